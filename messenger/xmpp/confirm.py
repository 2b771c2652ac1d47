"""XEP-0070: says yes to a desk's question only where this very client made the request, and once; all else is refused.

A question reaches this place only from a desk that is or was waited for, or from somebody whose questions are answered
anyway; what strangers ask ends in the ingress, in silence (S54). So nobody can bomb a person with questions: there is
nothing to click, and a refusal is told once a minute at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import InvalidAddress
from messenger.stream.address import prepared
from messenger.stream.facts import ConfirmAsked
from messenger.stream.ingress import CONFIRM
from messenger.stream.serial import CLIENT_NS
from messenger.xmpp import answers

METHOD = "POST"
TELL_EVERY = 60.0
"""Seconds between two tellings of a refusal."""
_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What goes back, whether it is a yes, and whether the person is to be told of a refusal."""

    reply: Element
    confirmed: bool
    tell: bool


class Confirmations:
    """Pending requests of one account by transaction id."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._pending: dict[str, tuple[str, str]] = {}
        self._desks: set[str] = set()
        self._told_at: float | None = None

    @property
    def desks(self) -> frozenset[str]:
        """Bare addresses whose questions are looked at: the desks that are or were waited for."""
        return frozenset(self._desks)

    def expect(self, desk: str, url: str, transaction: str) -> None:
        """Answer one question of this desk about this transaction. Raises `InvalidAddress`."""
        address = prepared(desk)
        if address is None:
            raise InvalidAddress
        self._desks.add(address.bare)
        self._pending[transaction] = (address.bare, url)

    def forget(self, transaction: str) -> None:
        """Answer it no more; a late question is refused."""
        self._pending.pop(transaction, None)

    def judge(self, asked: ConfirmAsked) -> Verdict:
        """The answer to a question; one that is confirmed is not pending any more."""
        wanted = self._pending.get(asked.transaction)
        if asked.kind == "get" and asked.method == METHOD and wanted == (asked.sender.bare, asked.url):
            del self._pending[asked.transaction]
            return Verdict(answers.result(asked.query_id, asked.sender.full), True, False)
        return Verdict(_refusal(asked), False, self._may_tell())

    def _may_tell(self) -> bool:
        now = self._monotonic()
        if self._told_at is not None and now - self._told_at < TELL_EVERY:
            return False
        self._told_at = now
        return True


def _refusal(asked: ConfirmAsked) -> Element:
    iq = Element(f"{{{CLIENT_NS}}}iq", {"type": "error", "id": asked.query_id, "to": asked.sender.full})
    iq.append(Element(f"{{{CONFIRM}}}confirm", {"id": asked.transaction, "method": asked.method, "url": asked.url}))
    error = SubElement(iq, f"{{{CLIENT_NS}}}error", {"type": "auth"})
    SubElement(error, f"{{{_STANZAS}}}not-authorized")
    return iq
