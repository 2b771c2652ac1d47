"""Use cases of a messenger and of a report; no Qt, no slixmpp."""
