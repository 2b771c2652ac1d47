"""RFC 6121 roster items: read from a result or a push, written for a set."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from messenger.domain.contact import RosterItem, Subscription
from messenger.stream.address import prepared

_NS = "jabber:iq:roster"
_MAX_NAME = 1023
_MAX_GROUPS = 50


def items(query: Element) -> Iterator[RosterItem]:
    """The sound items of a roster query; others are left out."""
    for element in query.iterfind(f"{{{_NS}}}item"):
        address = prepared(element.get("jid"))
        try:
            subscription = Subscription(element.get("subscription", "none"))
        except ValueError:
            continue
        if address is None:
            continue
        groups = [(group.text or "")[:_MAX_NAME] for group in element.iterfind(f"{{{_NS}}}group")]
        yield RosterItem(
            jid=address.bare,
            name=(element.get("name") or "")[:_MAX_NAME],
            subscription=subscription,
            pending=element.get("ask") == "subscribe",
            groups=tuple(groups[:_MAX_GROUPS]),
        )
