"""XEP-0461 replies, with the quoted text of XEP-0428 for programs that cannot do this."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.stream.ingress import sound_id
from messenger.stream.serial import CLIENT_NS

NS = "urn:xmpp:reply:0"
_FALLBACK = "urn:xmpp:fallback:0"
_BODY = f"{{{CLIENT_NS}}}body"


def reply_to(message: Element) -> str:
    """The id of the message that this one answers, or ''."""
    found = message.findall(f"{{{NS}}}reply")
    return sound_id(found[0].get("id")) if len(found) == 1 else ""


def own_words(message: Element, body: str) -> str:
    """The body without the quotation in front, where one range says so; the body as it is when nothing would be left."""
    for fallback in message.iterfind(f"{{{_FALLBACK}}}fallback"):
        if fallback.get("for") != NS:
            continue
        ranges = fallback.findall(f"{{{_FALLBACK}}}body")
        start, end = (_position(ranges[0], "start"), _position(ranges[0], "end")) if len(ranges) == 1 else (None, None)
        if start == 0 and end is not None and end < len(body) and body[end:].strip():
            return body[end:]
    return body


def reply(message: Element, stanza_id: str, to: str, quote: str, words: str) -> str:
    """Make an outgoing message a reply; returns the body to send, with the quotation in front of `words`."""
    SubElement(message, f"{{{NS}}}reply", {"id": stanza_id, "to": to})
    if not quote:
        return words
    front = "".join(f"> {line}\n" for line in quote.splitlines())
    fallback = SubElement(message, f"{{{_FALLBACK}}}fallback", {"for": NS})
    SubElement(fallback, f"{{{_FALLBACK}}}body", {"start": "0", "end": str(len(front))})
    return front + words


def _position(element: Element, name: str) -> int | None:
    text = element.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None
