"""XEP-0066, XEP-0385, XEP-0446 and XEP-0447: names, types, sizes and addresses of files. Nothing is ever fetched here."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from messenger.domain.message import MediaRef

_OOB = "{jabber:x:oob}x"
_OOB_URL = "{jabber:x:oob}url"
_SHARE = "{urn:xmpp:sfs:0}file-sharing"
_SOURCES = "{urn:xmpp:sfs:0}sources"
_FILE = "urn:xmpp:file:metadata:0"
_URL_DATA = "{http://jabber.org/protocol/url-data}url-data"
_SIMS = "{urn:xmpp:sims:1}media-sharing"
_SIMS_SOURCES = "{urn:xmpp:sims:1}sources"
_REFERENCE = "{urn:xmpp:reference:0}reference"
_JINGLE = "urn:xmpp:jingle:apps:file-transfer:5"
_HASH = "{urn:xmpp:hashes:2}hash"
_MAX = 10
_MAX_TEXT = 2048


def files(message: Element) -> tuple[MediaRef, ...]:
    """The files that a message names, each address once, at most ten."""
    found: list[MediaRef] = []
    for share in message.iter(_SHARE):
        found.append(_described(share.find(f"{{{_FILE}}}file"), _FILE, _target(share.find(_SOURCES))))
    for share in message.iter(_SIMS):
        found.append(_described(share.find(f"{{{_JINGLE}}}file"), _JINGLE, _reference(share.find(_SIMS_SOURCES))))
    known = {ref.url for ref in found if ref.url}
    for oob in message.iterfind(_OOB):
        url = (oob.findtext(_OOB_URL) or "").strip()[:_MAX_TEXT]
        if url and url not in known:
            known.add(url)
            found.append(MediaRef(name=_name_of(url), url=url))
    return tuple(found[:_MAX])


def _described(file: Element | None, space: str, url: str) -> MediaRef:
    if file is None:
        return MediaRef(name=_name_of(url), url=url)
    size = (file.findtext(f"{{{space}}}size") or "").strip()
    return MediaRef(
        name=_text(file, f"{{{space}}}name") or _name_of(url),
        mime=_text(file, f"{{{space}}}media-type"),
        size=int(size) if size.isascii() and size.isdecimal() and len(size) <= 15 else None,
        url=url,
        hashes=tuple(_hashes(file)),
    )


def _hashes(file: Element) -> Iterator[tuple[str, str]]:
    for one in file.findall(_HASH)[:_MAX]:
        algorithm, value = one.get("algo", "")[:32], (one.text or "").strip()[:256]
        if algorithm and value:
            yield algorithm, value


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()[:_MAX_TEXT]


def _target(sources: Element | None) -> str:
    data = sources.find(_URL_DATA) if sources is not None else None
    return data.get("target", "")[:_MAX_TEXT] if data is not None else ""


def _reference(sources: Element | None) -> str:
    data = sources.find(_REFERENCE) if sources is not None else None
    return data.get("uri", "")[:_MAX_TEXT] if data is not None else ""


def _name_of(url: str) -> str:
    """The last part of the address's path: a name to show, never a name to save under."""
    try:
        return unquote(urlsplit(url).path.rsplit("/", 1)[-1])[:255]
    except ValueError:
        return ""
