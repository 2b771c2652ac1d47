"""A signed-in stream's two directions: stanzas up to the session and down to the server, counted by XEP-0198."""

from __future__ import annotations

import logging
from typing import Protocol
from xml.etree.ElementTree import Element

from messenger.domain.errors import AccountError, NotConnected
from messenger.stream import management, stamps
from messenger.stream.counts import Counts, Drop
from messenger.stream.line import IQ, STANZAS, Line
from messenger.stream.management import Management
from messenger.stream.negotiation import STREAM_ERROR, Session, failure_of
from messenger.stream.requests import Requests
from messenger.stream.serial import CLIENT_NS, serialise

_PAUSE_AT = 2000
_SM_ASK = f"{{{management.NS}}}r"
_SM_ANSWER = f"{{{management.NS}}}a"

log = logging.getLogger(__name__)


class Sink(Protocol):
    """Who takes what the stream brings. All calls come from the loop, in order, and must not block."""

    def stanza(self, element: Element, received: str) -> None:
        """A message, presence or question; call `Traffic.handled` when it is dealt with."""

    def acked(self, keys: list[str]) -> None:
        """The server has the stanzas with these keys."""

    def lost(self, reason: AccountError) -> None:
        """A session's line is gone."""


class Traffic:
    """What goes over the lines of one account, resumed or fresh."""

    def __init__(self, account: str, sink: Sink, counts: Counts) -> None:
        self.memory = Management()
        self.requests = Requests(account, counts)
        self._counts = counts
        self._sink = sink
        self._line: Line | None = None
        self._above = 0
        self._paused = False

    @property
    def up(self) -> bool:
        """Whether a signed-in stream is there."""
        return self._line is not None and self._line.up

    def begin(self, line: Line, session: Session) -> None:
        """A line reached its session. Raises an `AccountError` when it is gone already."""
        self._line = line
        self._paused = False
        self._above = 0
        if not session.resumed:
            self.requests.own_full = session.address
        for text in session.resend:
            line.write(text)
        if session.acked:
            self._sink.acked(list(session.acked))
        for element in session.early:
            if element.tag in STANZAS:
                self._stanza(element, stamps.now())
        line.go_live(self._take, self._overdeep, self._lost)
        self._ask()

    def _lost(self, reason: AccountError) -> None:
        self.memory.suspend()
        self.requests.fail()
        self._sink.lost(reason)

    # up

    def _take(self, element: Element, received: str) -> None:
        tag = element.tag
        if tag in STANZAS:
            self._stanza(element, received)
        elif tag == _SM_ASK:
            self._answer()
        elif tag == _SM_ANSWER:
            self._acknowledge(management.counter(element.get("h")))
        elif tag == STREAM_ERROR:
            if self._line is not None:
                self._line.cut(failure_of(element))
        else:
            self._counts.add(Drop.UNKNOWN_KIND)

    def _overdeep(self, tag: str) -> None:
        if tag in STANZAS:
            self.memory.arrived(later=False)

    def _stanza(self, element: Element, received: str) -> None:
        if element.tag == IQ and element.get("type") in ("result", "error"):
            self.memory.arrived(later=False)
            self.requests.settle(element)
            return
        self.memory.arrived(later=True)
        self._above += 1
        if self._above >= _PAUSE_AT and not self._paused and self._line is not None:
            self._paused = True
            self._line.pause(True)
        try:
            self._sink.stanza(element, received)
        except Exception as error:  # noqa: BLE001  the door of stanzas: a mistake of ours must never become an answer (L14)
            self._counts.add(Drop.OUR_FAULT)
            log.error("stanza handler failed: %s", type(error).__name__)
            self.handled(1)

    def handled(self, number: int) -> None:
        """The oldest `number` stanzas that were handed up are stored, or dropped for good."""
        self._above = max(0, self._above - number)
        self.memory.handled(number)
        if self._paused and self._above < _PAUSE_AT // 2 and self._line is not None:
            self._paused = False
            self._line.pause(False)
        if self.up and self.memory.owes_answer:
            self._answer()

    def _answer(self) -> None:
        self._write(f"<a xmlns='{management.NS}' h='{self.memory.answer()}'/>")

    def _acknowledge(self, h: int | None) -> None:
        if h is None:
            self._counts.add(Drop.BROKEN)
            return
        keys = self.memory.acked(h)
        if keys:
            self._sink.acked(keys)
        self._ask()

    def _ask(self) -> None:
        if self.memory.enabled and self.memory.ask_again():
            self._write(f"<r xmlns='{management.NS}'/>")

    # down

    def put(self, element: Element, key: str = "") -> None:
        """Send a stanza; `key` names it to `Sink.acked`. Raises `NotConnected`."""
        if not self.up:
            raise NotConnected
        text = serialise(element, CLIENT_NS)
        self._write(text)
        if self.memory.sent(key, text):
            self._write(f"<r xmlns='{management.NS}'/>")

    def nonza(self, text: str) -> None:
        """Send an element that is no stanza (client state); nothing happens offline."""
        if self.up:
            self._write(text)

    def probe(self) -> None:
        """Ask the server for a sign of life: by XEP-0198, or by XEP-0199 where that is not in use."""
        if not self.up:
            return
        if self.memory.enabled:
            self._write(f"<r xmlns='{management.NS}'/>")
            return
        iq, _answer = self.requests.make("get", Element("{urn:xmpp:ping}ping"), "")
        self.put(iq)

    def _write(self, text: str) -> None:
        if self._line is not None:
            self._line.write(text)

    async def request(self, kind: str, payload: Element | None, to: str = "", seconds: float = 30.0) -> Element:
        """Send an iq and wait for the answer of the one that was asked.

        Raises `Refused`, `NotConnected` or `ServerTimedOut`.
        """
        iq, answer = self.requests.make(kind, payload, to)
        try:
            self.put(iq)
        except NotConnected:
            answer.cancel()
            raise
        return await self.requests.wait(answer, seconds)
