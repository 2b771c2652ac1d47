"""The keyring door: where secrets are kept."""
