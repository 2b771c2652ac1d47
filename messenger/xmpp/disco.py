"""XEP-0030 service discovery and XEP-0115 capabilities: what a server can do, and who we are to those who may ask."""

from __future__ import annotations

import base64
import hashlib
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import AccountError
from messenger.stream.requests import Refused
from messenger.stream.traffic import Traffic

INFO = "http://jabber.org/protocol/disco#info"
ITEMS = "http://jabber.org/protocol/disco#items"
CAPS = "http://jabber.org/protocol/caps"
_NODE = "https://robin-messenger.example/caps"
_IDENTITY = ("client", "pc", "", "Robin")
_FEATURES = tuple(
    sorted(
        (
            CAPS,
            INFO,
            "http://jabber.org/protocol/chatstates",
            "http://jabber.org/protocol/muc",
            "jabber:x:conference",
            "jabber:x:oob",
            "urn:xmpp:avatar:metadata+notify",
            "urn:xmpp:chat-markers:0",
            "urn:xmpp:message-correct:0",
            "urn:xmpp:message-retract:1",
            "urn:xmpp:ping",
            "urn:xmpp:receipts",
            "urn:xmpp:reply:0",
            "urn:xmpp:sid:0",
        )
    )
)


async def features_of(traffic: Traffic, address: str) -> frozenset[str]:
    """The features of an entity; empty when it will not say. Raises `NotConnected`."""
    try:
        answer = await traffic.request("get", Element(f"{{{INFO}}}query"), address)
    except Refused:
        return frozenset()
    query = answer.find(f"{{{INFO}}}query")
    found = query.iterfind(f"{{{INFO}}}feature") if query is not None else ()
    return frozenset(name for feature in found if (name := feature.get("var")) and len(name) <= 1024)


async def features_or_none(traffic: Traffic, address: str) -> frozenset[str]:
    """As `features_of`, but a server that does not answer is one without features."""
    try:
        return await features_of(traffic, address)
    except AccountError:
        return frozenset()


def verification() -> str:
    """The hash of our identity and features (XEP-0115, 5.1)."""
    category, kind, lang, name = _IDENTITY
    text = f"{category}/{kind}/{lang}/{name}<" + "".join(f"{feature}<" for feature in _FEATURES)
    # SHA-1 is what the protocol names; nothing is protected by it.
    return base64.b64encode(hashlib.sha1(text.encode(), usedforsecurity=False).digest()).decode()


def caps() -> Element:
    """The element for our presence."""
    return Element(f"{{{CAPS}}}c", {"hash": "sha-1", "node": _NODE, "ver": verification()})


def answer(question: Element) -> Element | None:
    """Our answer to a disco#info question; None for a node that we do not have."""
    node = question.get("node")
    if node is not None and node != f"{_NODE}#{verification()}":
        return None
    query = Element(f"{{{INFO}}}query")
    if node is not None:
        query.set("node", node)
    category, kind, _lang, name = _IDENTITY
    SubElement(query, f"{{{INFO}}}identity", {"category": category, "type": kind, "name": name})
    for feature in _FEATURES:
        SubElement(query, f"{{{INFO}}}feature", {"var": feature})
    return query
