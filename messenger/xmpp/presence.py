"""RFC 6121 presence: what contacts' devices show, and what we broadcast (with XEP-0115 capabilities)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.domain.account import Show
from messenger.domain.contact import Presence
from messenger.stream.facts import PresenceKind, PresenceSeen
from messenger.stream.serial import CLIENT_NS
from messenger.xmpp import disco

_BEST_FIRST = (Show.CHAT, Show.ONLINE, Show.DND, Show.AWAY, Show.XA)
_MOST_DEVICES = 32


class Devices:
    """Who is there: the devices of each contact, of which the most available one counts."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[str, Presence]] = {}

    def seen(self, fact: PresenceSeen) -> Presence | None:
        """Take in a presence; what the contact shows now, or None when this kind says nothing about it."""
        jid = fact.sender.bare
        devices = self._shown.setdefault(jid, {})
        if fact.kind is PresenceKind.AVAILABLE:
            if len(devices) < _MOST_DEVICES or fact.sender.resource in devices:
                devices[fact.sender.resource] = Presence(jid, fact.show, fact.status, fact.sender.resource)
        elif fact.kind is PresenceKind.UNAVAILABLE:
            if fact.sender.resource:
                devices.pop(fact.sender.resource, None)
            else:
                devices.clear()
        else:
            return None
        return self.best(jid, fact.status)

    def best(self, jid: str, last_words: str = "") -> Presence:
        """The most available device's presence."""
        devices = self._shown.get(jid)
        if not devices:
            self._shown.pop(jid, None)
            return Presence(jid, Show.OFFLINE, last_words)
        return min(devices.values(), key=lambda shown: _BEST_FIRST.index(shown.show))

    def clear(self) -> tuple[str, ...]:
        """Nobody is known to be there any more; who was."""
        gone = tuple(self._shown)
        self._shown.clear()
        return gone


def broadcast(show: Show, status: str) -> Element:
    """Our presence for the server to hand to our contacts."""
    presence = Element(f"{{{CLIENT_NS}}}presence")
    if show is Show.OFFLINE:
        presence.set("type", "unavailable")
    elif show is not Show.ONLINE:
        SubElement(presence, f"{{{CLIENT_NS}}}show").text = show.value
    if status:
        SubElement(presence, f"{{{CLIENT_NS}}}status").text = status
    presence.append(disco.caps())
    return presence
