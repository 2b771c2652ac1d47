"""One guarded connection: bytes to stanzas under the rules of RFC 6120, and the early phase in which nothing is trusted.

A line lives from connect to loss and is never used again; what an old one still says reaches nobody.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from messenger.domain.errors import AccountError, BadCertificate, NoSecureConnection, ServerUnreachable
from messenger.stream import stamps
from messenger.stream.counts import Counts, Drop
from messenger.stream.feed import Piece, Refusal, StanzaFeed, StreamRefused
from messenger.stream.negotiation import PROCEED, SUCCESS
from messenger.stream.serial import CLIENT_NS

STANZAS = frozenset({f"{{{CLIENT_NS}}}message", f"{{{CLIENT_NS}}}presence", f"{{{CLIENT_NS}}}iq"})
IQ = f"{{{CLIENT_NS}}}iq"
_MAX_EARLY = 8
_TAILS = (b"/>", b"proceed>", b"success>")

Take = Callable[[Element, str], None]
Lost = Callable[[AccountError], None]

log = logging.getLogger(__name__)


class Line(asyncio.Protocol):
    """The connection. Implements `negotiation.Wire`.

    `asking` allows answers before sign-in (registration). `overdeep` is told of stanzas that were too deep to keep.
    """

    def __init__(self, header: str, domain: str, context: ssl.SSLContext, counts: Counts, asking: bool = False) -> None:
        self.secure = False
        self.authenticated = False
        self.heard = 0.0
        self.gone = asyncio.Event()
        self.end: AccountError = ServerUnreachable()
        self._header = header
        self._domain = domain
        self._context = context
        self._counts = counts
        self._asking = asking
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._feed: StanzaFeed | None = None
        self._switching = False
        self._inbox: asyncio.Queue[tuple[Element, str] | None] = asyncio.Queue()
        self._take: Take | None = None
        self._overdeep: Callable[[str], None] | None = None
        self._lost: Lost | None = None

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection, or its encrypted form, is there."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.secure = transport.get_extra_info("ssl_object") is not None
        self.heard = self._loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, whoever ended it."""
        self._transport = None
        self._feed = None
        if self.gone.is_set():
            return
        self.gone.set()
        self._inbox.put_nowait(None)
        if self._lost is not None:
            self._lost(self.end)

    def data_received(self, data: bytes) -> None:
        """Bytes of the server. One broken rule ends the connection."""
        self.heard = self._loop.time()
        feed = self._feed
        if feed is None:
            return
        received = stamps.now()
        try:
            self._may_go_on()
            for piece, element in feed.feed(data):
                self._may_go_on()
                self._piece(piece, element, received)
                if self._feed is not feed:
                    return
            if self._switching and (feed.inside or not data.rstrip().endswith(_TAILS)):
                raise StreamRefused(Refusal.INJECTED)
        except StreamRefused as refused:
            self.refuse(refused.reason)

    def _may_go_on(self) -> None:
        if self._switching:
            raise StreamRefused(Refusal.INJECTED)

    def _piece(self, piece: Piece, element: Element, received: str) -> None:
        if piece is Piece.STANZA:
            if self._take is not None:
                self._take(element, received)
            else:
                self._early(element, received)
        elif piece is Piece.OVERDEEP:
            self._counts.add(Drop.OVERDEEP)
            if self._overdeep is None:
                raise StreamRefused(Refusal.BEFORE_SIGN_IN)
            self._overdeep(element.tag)
        elif piece is Piece.CLOSE:
            self._feed = None
            self.write("</stream:stream>")
            self.drop()

    def _early(self, element: Element, received: str) -> None:
        """A child of a stream that has no session yet."""
        if not self.authenticated:
            if element.tag in STANZAS and not (self._asking and self.secure and element.tag == IQ):
                raise StreamRefused(Refusal.BEFORE_SIGN_IN)
            if self._inbox.qsize() >= _MAX_EARLY:
                raise StreamRefused(Refusal.UNEXPECTED)
            # After these two the server must wait for our next stream: what stands behind them, somebody else put there.
            if element.tag == PROCEED and self._transport is not None:
                self._transport.pause_reading()
            self._switching = element.tag in (PROCEED, SUCCESS)
        self._inbox.put_nowait((element, received))

    # the script's side (negotiation.Wire)

    def write(self, text: str) -> None:
        """Send XML text; nothing happens when the connection is gone."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(text.encode())

    def restart(self) -> None:
        """Begin a new XML stream on this connection."""
        self._feed = StanzaFeed()
        self._switching = False
        self.write(self._header)

    async def upgrade(self) -> None:
        """STARTTLS with the certificate checked for the account's domain."""
        plain = self._transport
        if plain is None:
            raise self.end
        self._feed = None
        try:
            encrypted = await self._loop.start_tls(plain, self, self._context, server_hostname=self._domain)
        except ssl.SSLCertVerificationError:
            raise BadCertificate from None
        except (OSError, UnicodeError):
            raise NoSecureConnection from None
        finally:
            self._transport = plain
        if encrypted is None:
            raise NoSecureConnection
        self.connection_made(encrypted)

    async def element(self) -> Element:
        """The next child of the stream. Raises why there is none."""
        item = await self._inbox.get()
        if item is None:
            self._inbox.put_nowait(None)
            raise self.end
        return item[0]

    def proven(self) -> None:
        """Password and server's proof were checked."""
        self.authenticated = True

    def channel_binding(self) -> bytes | None:
        """tls-unique (RFC 5929), which exists below TLS 1.3 only."""
        tls: Any = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        if tls is None or tls.version() == "TLSv1.3":
            return None
        binding = tls.get_channel_binding("tls-unique")
        return bytes(binding) if binding else None

    # the client's side

    def go_live(self, take: Take, overdeep: Callable[[str], None], lost: Lost) -> None:
        """The session is reached: hand everything to `take`, beginning with what has come already. Raises if it ended."""
        if self.gone.is_set() or not (self.secure and self.authenticated):
            raise self.end
        self._take, self._overdeep, self._lost = take, overdeep, lost
        while not self._inbox.empty():
            item = self._inbox.get_nowait()
            if item is not None:
                take(*item)

    @property
    def up(self) -> bool:
        """Whether a session is up on this line."""
        return self._take is not None and self._transport is not None and not self._transport.is_closing()

    def refuse(self, reason: Refusal) -> None:
        """Close because the peer broke a rule. Nothing of what it sent is repeated, to it or to a log."""
        log.warning("stream closed: %s", reason.name)
        early = reason in (Refusal.INJECTED, Refusal.BEFORE_SIGN_IN, Refusal.UNEXPECTED)
        self.cut(NoSecureConnection() if early else ServerUnreachable())

    def cut(self, reason: AccountError) -> None:
        """Drop the connection at once, for this reason."""
        self.end = reason
        self._feed = None
        self._inbox.put_nowait(None)
        self.drop()

    def drop(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    async def discard(self) -> None:
        """Drop the connection of a script that failed, and wait for its end."""
        self.drop()
        if self._transport is None:
            self.gone.set()
        try:
            async with asyncio.timeout(2):
                await self.gone.wait()
        except TimeoutError:
            self.gone.set()

    def pause(self, paused: bool) -> None:
        """Stop or go on reading, so that a burst waits in the network and not in memory."""
        if self._transport is None or self._transport.is_closing():
            return
        if paused:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()
