"""The outbox worker: hands over what is saved, one report at a time, until the desk's signed receipt is on disk.

It runs on queue, on connect, at start and by back-off. A report leaves the queue in two ways only: a verified receipt
for its digest, or a plain refusal that waits for the person.
"""

from __future__ import annotations

import asyncio
import logging
import random as stdlib_random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from messenger.domain.errors import (
    EndpointRejected,
    EndpointUnreachable,
    EvidenceRefused,
    Handed,
    RobinError,
    StoreError,
)
from messenger.domain.events import DraftsChanged, ReportAccepted, ReportChanged
from messenger.domain.report import OutboxState
from messenger.services import backoff, problems
from messenger.services.bus import Bus
from messenger.services.clock import rfc3339
from messenger.services.handing import Handing
from messenger.services.ports import Accepted, Clock
from messenger.storage import outbox, report_drafts
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.outbox import Entry
from messenger.storage.sealed_files import SealedFiles

log = logging.getLogger(__name__)
HOURLY = 5
"""Reports of an hour that go at once; more of them, when not urgent, wait until the hour is over. None is lost."""
_HOUR = 3600.0
_URGENT = 1
"""Tiers now and today are never held back."""


class Delivery:
    """See the module. `run` is the worker; `wake` makes it look again."""

    def __init__(
        self,
        db: Database,
        files: SealedFiles,
        handing: Handing,
        bus: Bus,
        clock: Clock,
        gate: asyncio.Lock,
        hourly: int = HOURLY,
        random: Callable[[], float] = stdlib_random.random,
    ) -> None:
        self._db = db
        self._files = files
        self._handing = handing
        self._bus = bus
        self._clock = clock
        self._gate = gate
        self._hourly = hourly
        self._random = random
        self._due: dict[str, float] = {}
        self._told: dict[str, float] = {}
        self._unheld: set[str] = set()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Try everything now that the desk did not ask to wait with."""
        self._due = dict(self._told)
        self._woken.set()

    async def retry(self, report_id: str) -> None:
        """Try this one now, also when it needed attention or the desk asked to wait."""
        self._told.pop(report_id, None)
        self._unheld.add(report_id)
        if await self._db.write(outbox.again, report_id):
            self._bus.publish(ReportChanged(report_id))
        self.wake()

    async def take_receipt(self, entry: Entry, receipt: str, code: str) -> None:
        """The desk's receipt came back by hand: the report is sent. Raises `EvidenceRefused`."""
        await self._accept(entry, await self._handing.take(entry, receipt, code))

    async def run(self) -> None:
        """Deliver for ever."""
        while True:
            self._woken.clear()
            await self._pause(await self.deliver_due())

    async def adopt(self) -> None:
        """Queue every sealed file that has no row: after a crash between file and row, or when the store was lost (F7).

        `gate` keeps it apart from the save step, which writes the file first and then the row.
        """
        async with self._gate:
            for report_id in await asyncio.to_thread(self._files.every):
                entry = await self._db.run(outbox.get, report_id)
                if entry is None:
                    await self._adopt(report_id)
                elif entry.state is OutboxState.SENT:
                    await asyncio.to_thread(self._files.remove, report_id)
        self._woken.set()

    async def _adopt(self, report_id: str) -> None:
        try:
            package = await asyncio.to_thread(self._handing.package, report_id)
            found = Entry(
                report_id, package.digest, "", "", package.endpoint.id, package.endpoint.name, 0, "", package.created_at
            )
        except EvidenceRefused:
            state = OutboxState.NEEDS_ATTENTION
            found = Entry(report_id, "", "", "", "", "", 0, "", self._clock.now(), state, problem=problems.DAMAGED)
        await self._db.write(_take_over, found)
        self._bus.publish(ReportChanged(report_id))
        self._bus.publish(DraftsChanged())

    async def deliver_due(self) -> float | None:
        """Try whatever is due; seconds until the next one is, or None when nothing waits."""
        while True:
            moments = [(await self._moment(one), one) for one in await self._db.run(outbox.waiting)]
            now = self._clock.monotonic()
            entry = next((one for at, one in moments if at <= now), None)
            if entry is None:
                return min((at - now for at, _one in moments), default=None)
            await self._try(entry)

    async def _pause(self, seconds: float | None) -> None:
        waiting: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._woken.wait())]
        if seconds is not None:
            waiting.append(asyncio.ensure_future(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _moment(self, entry: Entry) -> float:
        """When this one is due, in monotonic seconds."""
        due = self._due.get(entry.report_id, 0.0)
        if entry.urgency <= _URGENT or entry.report_id in self._unheld:
            return due
        return max(due, await self._crowded_until(entry))

    async def _crowded_until(self, entry: Entry) -> float:
        hour_before = datetime.fromisoformat(entry.saved_at) - timedelta(seconds=_HOUR)
        first = await self._db.run(outbox.crowding, entry, rfc3339(hour_before), self._hourly)
        if not first:
            return 0.0
        passed = datetime.fromisoformat(self._clock.now()) - datetime.fromisoformat(first)
        left = _HOUR - passed.total_seconds()
        # A clock that jumps may not hold a report back for longer than an hour.
        if left <= 0 or left > _HOUR:
            self._unheld.add(entry.report_id)
            return 0.0
        if entry.problem != problems.MANY:
            await self._set(entry.report_id, OutboxState.SAVED, problems.MANY)
        return self._clock.monotonic() + left

    # -- one try

    async def _try(self, entry: Entry) -> None:
        attempts = await self._begin_try(entry)
        try:
            await self._accept(entry, await self._handing.hand_over(entry))
        except Handed:
            # It has no receipt and is never called sent; the file stays until the person tries again or has a receipt.
            self._due.pop(entry.report_id, None)
            await self._set(entry.report_id, OutboxState.HANDED, problems.HANDED)
        except EndpointRejected as error:
            await self._attend(entry, error)
        except EndpointUnreachable as error:
            await self._later(entry, attempts, error)
        except EvidenceRefused as error:
            await self._attend(entry, error)
        except RobinError as error:
            await self._later(entry, attempts, error)
        except Exception as error:  # noqa: BLE001 - door: outbox worker
            log.error("a try to send failed: %s", type(error).__name__)
            await self._later(entry, attempts, RobinError())

    async def _begin_try(self, entry: Entry) -> int:
        try:
            attempts = await self._db.write(outbox.count_attempt, entry.report_id)
        except StoreError:
            # On a full disk the report can still go out; the desk gives the same receipt again later.
            attempts = entry.attempts + 1
        self._bus.publish(ReportChanged(entry.report_id))
        return attempts

    async def _accept(self, entry: Entry, accepted: Accepted) -> None:
        self._due.pop(entry.report_id, None)
        self._told.pop(entry.report_id, None)
        self._unheld.discard(entry.report_id)
        self._bus.publish(ReportAccepted(entry.report_id, accepted.receipt.case_number))
        self._bus.publish(ReportChanged(entry.report_id))
        await asyncio.to_thread(self._files.remove, entry.report_id)
        # The way is open: what waits for the same desk need not wait for its own time.
        for other in await self._db.run(outbox.waiting):
            if other.endpoint_id == entry.endpoint_id and other.problem != problems.FAULT:
                self._due[other.report_id] = self._told.get(other.report_id, 0.0)

    async def _attend(self, entry: Entry, error: RobinError) -> None:
        word = problems.word_for(error)
        if error.fields.get("what") == problems.GONE:
            word = problems.GONE
        if not await self._set(entry.report_id, OutboxState.NEEDS_ATTENTION, word):
            self._due[entry.report_id] = self._clock.monotonic() + backoff.BUSY_CAP

    async def _later(self, entry: Entry, attempts: int, error: RobinError) -> None:
        now = self._clock.monotonic()
        busy = isinstance(error, EndpointUnreachable) and problems.answered(error)
        wait = backoff.delay(attempts, backoff.BUSY_CAP if busy else backoff.LINE_CAP, self._random)
        told = int(error.fields.get("retry_after", 0))
        if told:
            self._told[entry.report_id] = now + told
            wait = float(told)
        self._due[entry.report_id] = now + wait
        if isinstance(error, EndpointUnreachable) and not busy:
            await self._postpone_others(entry, now + wait)
        # Told last: whoever hears of it and finds the network back can wake the worker at once.
        await self._set(entry.report_id, OutboxState.SAVED, problems.word_for(error))

    async def _postpone_others(self, entry: Entry, until: float) -> None:
        """Nobody gets through to a desk that does not answer: the others keep their order behind this one."""
        for other in await self._db.run(outbox.waiting):
            if other.endpoint_id == entry.endpoint_id and other.report_id != entry.report_id:
                self._due[other.report_id] = max(until, self._told.get(other.report_id, 0.0))

    async def _set(self, report_id: str, state: OutboxState, problem: str) -> bool:
        try:
            await self._db.write(outbox.set_state, report_id, state, problem)
        except StoreError:
            log.warning("the state of a report could not be written")
            return False
        finally:
            self._bus.publish(ReportChanged(report_id))
        return True


def _take_over(conn: Connection, found: Entry) -> None:
    draft = report_drafts.get(conn, found.report_id)
    if draft is not None and found.state is OutboxState.NEEDS_ATTENTION:
        # The person can still send the draft: the damaged file will be replaced.
        return
    outbox.adopt(conn, found, draft)
