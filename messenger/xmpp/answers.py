"""XEP-0030 and XEP-0199 from the other side: what we answer, and to whom. Strangers' questions never come this far."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.stream.facts import Query
from messenger.stream.serial import CLIENT_NS
from messenger.xmpp import disco

_IQ = f"{{{CLIENT_NS}}}iq"
_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"


def result(query_id: str, to: str = "", payload: Element | None = None) -> Element:
    """An iq of type result."""
    iq = Element(_IQ, {"type": "result", "id": query_id})
    if to:
        iq.set("to", to)
    if payload is not None:
        iq.append(payload)
    return iq


def answer(query: Query) -> Element:
    """Our identity, a sign of life, or that we do not do this (commands, version, time, anything else: S11)."""
    payload = query.payload
    if payload is not None and query.kind == "get":
        if payload.tag == "{urn:xmpp:ping}ping":
            return result(query.query_id, query.sender)
        info = disco.answer(payload) if payload.tag == f"{{{disco.INFO}}}query" else None
        if info is not None:
            return result(query.query_id, query.sender, info)
    iq = Element(_IQ, {"type": "error", "id": query.query_id, "to": query.sender})
    error = SubElement(iq, f"{{{CLIENT_NS}}}error", {"type": "cancel"})
    SubElement(error, f"{{{_STANZAS}}}service-unavailable")
    return iq
