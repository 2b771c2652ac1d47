"""Questions to servers and devices (iq): an answer counts only from the one that was asked (RFC 6120, 8.2.3; S05)."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from messenger.domain.errors import NotConnected, RobinError, ServerTimedOut
from messenger.stream.address import Address, prepared
from messenger.stream.counts import Counts, Drop
from messenger.stream.serial import CLIENT_NS

_STANZA_ERRORS = "{urn:ietf:params:xml:ns:xmpp-stanzas}"


class Refused(Exception):
    """The one that was asked answered with an error. `condition` is RFC 6120's name for it."""

    def __init__(self, condition: str) -> None:
        super().__init__("refused")
        self.condition = condition


@dataclass(slots=True)
class _Waiting:
    answer: asyncio.Future[Element]
    to: Address | None


class Requests:
    """Open questions of one account."""

    def __init__(self, account: str, counts: Counts) -> None:
        self._account = prepared(account)
        self._counts = counts
        self._waiting: dict[str, _Waiting] = {}
        self.own_full = ""

    def make(self, kind: str, payload: Element | None, to: str) -> tuple[Element, asyncio.Future[Element]]:
        """An iq element of type `kind` and the future of its answer."""
        name = secrets.token_hex(8)
        iq = Element(f"{{{CLIENT_NS}}}iq", {"type": kind, "id": name})
        if to:
            iq.set("to", to)
        if payload is not None:
            iq.append(payload)
        future: asyncio.Future[Element] = asyncio.get_running_loop().create_future()
        self._waiting[name] = _Waiting(future, prepared(to))
        future.add_done_callback(lambda _done: self._waiting.pop(name, None))
        return iq, future

    async def wait(self, future: asyncio.Future[Element], seconds: float) -> Element:
        """The answer. Raises `Refused`, `NotConnected` or `ServerTimedOut`."""
        try:
            # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the answer.
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            raise ServerTimedOut from None

    def settle(self, iq: Element) -> None:
        """An iq of type result or error came in."""
        waiting = self._waiting.get(iq.get("id", ""))
        if waiting is None:
            self._counts.add(Drop.STRAY_REPLY)
            return
        if not self._is_from(iq.get("from"), waiting.to):
            self._counts.add(Drop.FORGED_REPLY)
            return
        if waiting.answer.done():
            return
        if iq.get("type") == "error":
            waiting.answer.set_exception(Refused(condition_of(iq)))
        else:
            waiting.answer.set_result(iq)

    def fail(self, reason: RobinError | None = None) -> None:
        """The stream is gone: nothing will be answered any more."""
        for waiting in tuple(self._waiting.values()):
            if not waiting.answer.done():
                waiting.answer.set_exception(reason or NotConnected())
                waiting.answer.exception()  # whoever gave up waiting need not hear of it again

    def _is_from(self, sender: str | None, asked: Address | None) -> bool:
        own = self._account
        if sender is None:
            # Without a sender it is the own server speaking for the account (RFC 6120, 8.1.2.1).
            return asked is None or asked == own
        address = prepared(sender)
        if address is None:
            return False
        if asked is not None:
            return address == asked
        return own is not None and (address == own or address.full == self.own_full or address.full == own.domain)


def condition_of(stanza: Element) -> str:
    """The defined condition in a stanza's error, or 'undefined-condition'."""
    error = stanza.find(f"{{{CLIENT_NS}}}error")
    for child in error if error is not None else ():
        if child.tag.startswith(_STANZA_ERRORS) and child.tag != f"{_STANZA_ERRORS}text":
            return child.tag[len(_STANZA_ERRORS) :]
    return "undefined-condition"
