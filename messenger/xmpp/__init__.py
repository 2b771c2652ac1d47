"""The XMPP door: a file is a feature."""
