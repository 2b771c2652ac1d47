"""Contacts and requests."""
