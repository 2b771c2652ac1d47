"""XEP-0085 chat states: that somebody is writing, or stopped."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.domain.message import ChatState

NS = "http://jabber.org/protocol/chatstates"
_STATES = {f"{{{NS}}}{state.value}": state for state in ChatState}


def read(message: Element) -> ChatState | None:
    """The state in a message; None when there is none or more than one."""
    found = [_STATES[child.tag] for child in message if child.tag in _STATES]
    return found[0] if len(found) == 1 else None


def write(message: Element, state: ChatState) -> None:
    """Put a state into an outgoing message."""
    SubElement(message, f"{{{NS}}}{state.value}")
