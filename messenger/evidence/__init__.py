"""Evidence that stands up: pure functions from bytes to bytes."""
