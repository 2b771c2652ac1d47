"""Tells a verified reporter's account that there is news: an empty headline, with no word of what or why (WIRE)."""

from __future__ import annotations

import asyncio
import logging
from typing import Protocol
from xml.etree.ElementTree import Element, SubElement

from messenger.desk import identity
from messenger.desk.intake import Intake
from messenger.desk.problems import Problem
from messenger.desk.store import Store
from messenger.domain.errors import RobinError
from messenger.domain.receipt import IdentityLevel
from messenger.stream.address import prepared
from messenger.stream.serial import CLIENT_NS

NEWS = "{urn:robin:news:1}news"
log = logging.getLogger(__name__)


class Speaker(Protocol):
    """Who sends: the desk's line."""

    def say(self, stanza: Element) -> None:
        """Send a stanza. Raises `NotConnected`."""


class Nudges:
    """Sends one nudge for any number of changes that come together. Follows `Changes`."""

    def __init__(self, store: Store, intake: Intake, line: Speaker) -> None:
        self._store = store
        self._intake = intake
        self._line = line
        self._pending: dict[str, asyncio.Task[None]] = {}

    def news(self, report_id: str) -> None:
        """The desk wrote something, or the status changed."""
        if report_id not in self._pending:
            task = asyncio.get_running_loop().create_task(self._nudge(report_id))
            self._pending[report_id] = task
            task.add_done_callback(lambda _done: self._pending.pop(report_id, None))

    async def _nudge(self, report_id: str) -> None:
        try:
            # Whoever holds an address only by their own word, or a mail address, gets nothing by XMPP.
            if await self._store.run(identity.level, report_id) is not IdentityLevel.VERIFIED:
                return
            signed = await self._intake.signed(await self._intake.row(report_id))
            address = prepared(signed.body["reporter"]["jid"])
            if address is not None:
                self._line.say(headline(address.bare))
        except (Problem, RobinError) as error:
            log.info("a nudge was not sent: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001  the door of tasks
            log.error("a nudge failed: %s", type(error).__name__)


def headline(to: str) -> Element:
    """The nudge to a bare address: it reaches the devices that are online now, and is kept nowhere (RFC 6121, 8.5.2)."""
    message = Element(f"{{{CLIENT_NS}}}message", {"type": "headline", "to": to})
    SubElement(message, NEWS)
    return message
