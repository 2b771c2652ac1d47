"""One chat: header, messages, composer."""
