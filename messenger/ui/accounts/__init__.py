"""Signing in, registering, and the header of the account."""
