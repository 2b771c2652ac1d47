"""Robin Messenger: a safe XMPP messenger with a Report abuse control that works."""

__version__ = "0.1.0"
