"""The XML feed of a stream: bytes in, whole stanzas out, with caps on size, elements and depth (RFC 6120, section 11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import cast
from xml.etree import ElementTree as ET

MAX_BYTES = 512 * 1024
"""Bytes of one stanza."""
MAX_ELEMENTS = 16_384
"""Elements of one stanza."""
MAX_DEPTH = 64
"""Depth of one stanza, its own element included."""
MAX_TAG = 64 * 1024
"""Bytes of one tag, where tags are put together here."""
_SLICE = 16 * 1024
_FINE_SLICE = 256
_MAX_PROLOG = 512
# What may come before the root: an XML declaration. No document type, comment or other instruction (RFC 6120, 11.1).
_PROLOG = re.compile(rb"\s*(?:<\?xml[^<>?]*\?>\s*)?<[A-Za-z_]")

# A whole tag: no angle bracket outside quotes. The parts cannot match the same bytes, so this takes linear time.
_TAG = re.compile(rb"""<[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>""")
_CDATA = b"<![CDATA["


class Refusal(StrEnum):
    """Why a stream was closed by us."""

    MALFORMED = "malformed"
    PROLOG = "prolog"
    TOO_LARGE = "too large"
    TOO_MANY_ELEMENTS = "too many elements"
    INJECTED = "injected"
    BEFORE_SIGN_IN = "before sign-in"
    STREAM_ERROR = "stream error"
    UNEXPECTED = "unexpected"


class StreamRefused(Exception):
    """The peer broke a rule that makes the whole stream untrustworthy; it is closed."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Piece(StrEnum):
    """What a feed yields."""

    OPEN = "open"
    STANZA = "stanza"
    OVERDEEP = "overdeep"
    CLOSE = "close"


class StanzaFeed:
    """Parses one XML stream, from its header to its end.

    A stanza that is too deep is yielded as `OVERDEEP`, emptied, so that it can be counted; a stanza that is too large ends
    the stream, since its end may never come.
    """

    def __init__(self) -> None:
        # The encoding is fixed: a declaration cannot choose another one.
        # No entity is expanded beyond expat's own guard (2.4 and newer), and no document type passes the prolog's check.
        parser = ET.XMLParser(target=ET.TreeBuilder(), encoding="utf-8")  # noqa: S314
        self._parser = ET.XMLPullParser(("start", "end"), _parser=parser)
        # Newer expat holds back a tag that came in pieces until much more data is there, and a stanza with it. Newer Python
        # can flush; Debian 12 has the new expat with a Python that cannot, so there a tag is given to it whole.
        self._flush = getattr(self._parser, "flush", None)
        self._held = b""
        self._head: bytes | None = b""
        self._root: ET.Element | None = None
        self._depth = 0
        self._deepest = 0
        self._elements = 0
        self._bytes = 0

    @property
    def inside(self) -> bool:
        """Whether a stanza has begun that has not ended."""
        return self._depth > 1

    def feed(self, data: bytes) -> Iterator[tuple[Piece, ET.Element]]:
        """Parse `data`. Raises `StreamRefused` on a broken rule; what was whole before it has been yielded."""
        if self._head is not None:
            self._head += data
            if not self._prolog_is_over(self._head):
                return
            data, self._head = self._head, None
        start = 0
        while start < len(data):
            # A stanza's end is only known to be somewhere in a slice: near the cap the slices get small.
            size = _SLICE if self._bytes < MAX_BYTES - 2 * _SLICE else _FINE_SLICE
            yield from self._slice(data[start : start + size])
            start += size

    @staticmethod
    def _prolog_is_over(head: bytes) -> bool:
        if _PROLOG.match(head):
            return True
        if b"<!" in head or len(head) > _MAX_PROLOG:
            raise StreamRefused(Refusal.PROLOG)
        return False

    def _slice(self, part: bytes) -> Iterator[tuple[Piece, ET.Element]]:
        if self._depth > 1 or part.strip():  # white space between stanzas keeps a line alive and is no stanza
            self._bytes += len(part)
        if self._flush is not None:
            self._parser.feed(part)
            self._flush()
        else:
            self._parser.feed(self._whole_tags(part))
        events = cast("Iterator[tuple[str, ET.Element]]", self._parser.read_events())
        try:
            for event, element in events:
                if event == "start":
                    if self._begin(element):
                        yield Piece.OPEN, element
                else:
                    self._depth -= 1
                    if self._depth <= 1:
                        yield self._finish(element, len(part)), element
        except ET.ParseError:
            raise StreamRefused(Refusal.MALFORMED) from None
        if self._bytes > MAX_BYTES:
            raise StreamRefused(Refusal.TOO_LARGE)

    def _whole_tags(self, part: bytes) -> bytes:
        """What was held and `part`, without an unfinished tag at the end, which is held for the next time."""
        data = self._held + part
        at = data.rfind(b"<")
        if at < 0 or data.startswith(_CDATA, at) or _TAG.match(data, at):
            self._held = b""
            return data
        self._held = data[at:]
        if len(self._held) > MAX_TAG:
            raise StreamRefused(Refusal.TOO_LARGE)
        return data[:at]

    def _finish(self, element: ET.Element, part: int) -> Piece:
        """A stanza or the stream ended. What is left of this slice can at most belong to the next stanza."""
        if self._depth == 0:
            return Piece.CLOSE
        deep = self._deepest > MAX_DEPTH
        self._elements = self._deepest = 0
        self._bytes = part
        if self._root is not None:
            self._root.clear()
        if deep:
            element.clear()
        return Piece.OVERDEEP if deep else Piece.STANZA

    def _begin(self, element: ET.Element) -> bool:
        """Count a start tag; True for the root's."""
        self._depth += 1
        if self._depth == 1:
            self._root = element
            self._bytes = 0
            return True
        if self._depth - 1 > self._deepest:
            self._deepest = self._depth - 1
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise StreamRefused(Refusal.TOO_MANY_ELEMENTS)
        return False
