"""XEP-0084 avatars, and XEP-0153 / XEP-0054 photos of cards: contacts' pictures only, small ones, PNG or JPEG by their first bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import AccountError
from messenger.stream.requests import Refused
from messenger.stream.traffic import Traffic

METADATA = "urn:xmpp:avatar:metadata"
_DATA = "urn:xmpp:avatar:data"
_PUBSUB = "http://jabber.org/protocol/pubsub"
_CARD = "vcard-temp"
_MAX_BYTES = 256 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"


class Avatars:
    """Fetches pictures when contacts' hashes change; a hash is asked for once a session."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._known: dict[str, str] = {}
        self._published: set[str] = set()

    def news(self, jid: str, metadata: Element) -> str:
        """A published metadata element: the hash to fetch, or ''."""
        info = metadata.find(f"{{{METADATA}}}info")
        name = _sha1(info.get("id")) if info is not None else ""
        if info is None or not name or info.get("url") is not None or not _small(info.get("bytes")):
            return ""
        self._published.add(jid)
        return self._new(jid, name)

    def photo(self, jid: str, name: str) -> str:
        """A photo's hash in presence: the hash to fetch, or ''. A published avatar goes first."""
        return "" if jid in self._published or not name else self._new(jid, name)

    def _new(self, jid: str, name: str) -> str:
        if self._known.get(jid) == name:
            return ""
        self._known[jid] = name
        return name

    async def published(self, jid: str, name: str) -> bytes | None:
        """The published picture with this hash, or None."""
        pubsub = Element(f"{{{_PUBSUB}}}pubsub")
        items = SubElement(pubsub, f"{{{_PUBSUB}}}items", {"node": _DATA})
        SubElement(items, f"{{{_PUBSUB}}}item", {"id": name})
        answer = await self._ask(jid, pubsub)
        data = answer.findtext(f".//{{{_DATA}}}data") if answer is not None else None
        return picture(data, name)

    async def carded(self, jid: str, name: str) -> bytes | None:
        """The photo of the contact's card with this hash, or None."""
        answer = await self._ask(jid, Element(f"{{{_CARD}}}vCard"))
        data = answer.findtext(f"{{{_CARD}}}vCard/{{{_CARD}}}PHOTO/{{{_CARD}}}BINVAL") if answer is not None else None
        return picture(data, name)

    async def _ask(self, jid: str, payload: Element) -> Element | None:
        try:
            return await self._traffic.request("get", payload, jid)
        except (Refused, AccountError):
            self._known.pop(jid, None)
            return None


def picture(data: str | None, name: str) -> bytes | None:
    """The bytes of a picture that is small, is a PNG or JPEG by its first bytes and has the SHA-1 that was announced."""
    if not data or len(data) > _MAX_BYTES * 3 // 2:
        return None
    try:
        image = base64.b64decode("".join(data.split()), validate=True)
    except (ValueError, binascii.Error):
        return None
    if len(image) > _MAX_BYTES or not image.startswith((_PNG, _JPEG)):
        return None
    return image if hashlib.sha1(image, usedforsecurity=False).hexdigest() == name else None


def _sha1(text: str | None) -> str:
    text = (text or "").lower()
    return text if len(text) == 40 and all(ch in "0123456789abcdef" for ch in text) else ""


def _small(text: str | None) -> bool:
    text = text or ""
    return text.isascii() and text.isdecimal() and len(text) <= 7 and 0 < int(text) <= _MAX_BYTES
