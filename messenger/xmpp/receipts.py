"""XEP-0184 delivery receipts and XEP-0333 displayed markers: read from and written to messages."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.domain.message import Marker
from messenger.stream.ingress import sound_id

RECEIPTS = "urn:xmpp:receipts"
MARKERS = "urn:xmpp:chat-markers:0"
_STORE = "{urn:xmpp:hints}store"

_READ = {
    f"{{{RECEIPTS}}}received": Marker.DELIVERED,
    f"{{{MARKERS}}}received": Marker.DELIVERED,
    f"{{{MARKERS}}}displayed": Marker.READ,
    f"{{{MARKERS}}}acknowledged": Marker.READ,
}


def marks(message: Element) -> list[tuple[Marker, str]]:
    """What a message says about earlier ones: (mark, stanza id)."""
    return [(_READ[child.tag], name) for child in message if child.tag in _READ and (name := sound_id(child.get("id")))]


def wants_receipt(message: Element) -> bool:
    """Whether the sender asks to be told of the delivery."""
    return message.find(f"{{{RECEIPTS}}}request") is not None


def markable(message: Element) -> bool:
    """Whether the sender asks to be told when the message was seen."""
    return message.find(f"{{{MARKERS}}}markable") is not None


def ask(message: Element) -> None:
    """Ask for both on an outgoing message."""
    SubElement(message, f"{{{RECEIPTS}}}request")
    SubElement(message, f"{{{MARKERS}}}markable")


def tell(message: Element, marker: Marker, stanza_id: str) -> None:
    """Say that the message with this id was delivered or seen."""
    tag = f"{{{RECEIPTS}}}received" if marker is Marker.DELIVERED else f"{{{MARKERS}}}displayed"
    SubElement(message, tag, {"id": stanza_id})
    SubElement(message, _STORE)
