"""Notifications of the desktop: what they say, the session bus that shows them, and when they are taken back."""
