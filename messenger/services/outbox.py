"""The outbox: delivers saved reports, keeps receipts, fetches news and advice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import replace

from messenger.domain.account import ConnectionState
from messenger.domain.errors import EndpointRejected, EndpointUnreachable, StoreError
from messenger.domain.events import ConnectionChanged, ReportAccepted, ReportChanged, ReportQueued
from messenger.domain.report import OutboxState, ReportSummary
from messenger.services import problems
from messenger.services.bus import Bus
from messenger.services.copies import Copies
from messenger.services.correspondence import Correspondence
from messenger.services.delivery import Delivery
from messenger.services.ports import Clock, Endpoint
from messenger.services.quiet import Quiet
from messenger.services.tasks import Tasks
from messenger.storage import outbox, report_cases
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.outbox import Entry
from messenger.storage.report_cases import Case

log = logging.getLogger(__name__)
_SETTLED = frozenset({OutboxState.SENT, OutboxState.NEEDS_ATTENTION})


class OutboxService:
    """Saved reports on their way and after. The worker runs on the engine's loop; nothing saved is ever lost or doubled."""

    def __init__(
        self,
        db: Database,
        delivery: Delivery,
        correspondence: Correspondence,
        copies: Copies,
        endpoints: Mapping[str, Endpoint],
        bus: Bus,
        clock: Clock,
        tasks: Tasks,
        quiet: Quiet,
    ) -> None:
        self._db = db
        self._delivery = delivery
        self._correspondence = correspondence
        self._copies = copies
        self._endpoints = endpoints
        self._bus = bus
        self._clock = clock
        self._tasks = tasks
        self._quiet = quiet
        self._running: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()
        self._unsubscribe = [
            bus.subscribe(ReportQueued, lambda _event: delivery.wake()),
            bus.subscribe(ReportAccepted, lambda _event: correspondence.wake()),
            bus.subscribe(ConnectionChanged, self._connected),
            bus.subscribe(ReportChanged, self._tell),
        ]

    async def reports(self) -> tuple[ReportSummary, ...]:
        """My reports, the newest first."""
        return await self._db.run(_summaries)

    async def report(self, report_id: str) -> ReportSummary:
        """One report. Raises `KeyError` when there is none."""
        return await self._db.run(_summary, report_id)

    async def retry(self, report_id: str) -> None:
        """Try now, also one that needs attention."""
        await self._delivery.retry(report_id)

    async def wait(self, report_id: str, seconds: float) -> ReportSummary:
        """Wait until the report is sent or needs attention, at most so long; returns how it stands then. Raises `KeyError`."""
        until = self._clock.monotonic() + seconds
        while True:
            changed = self._changed
            summary = await self.report(report_id)
            left = until - self._clock.monotonic()
            if summary.state in _SETTLED or left <= 0:
                return summary
            await self._either(changed, left)

    async def refresh(self, report_id: str | None = None) -> None:
        """Ask the desk for news now, about one report or all. Never raises for the world; failures are shown as `problem`."""
        cases = await self._db.run(report_cases.every)
        self._delivery.wake()
        for one in [report_id] if report_id is not None else list(cases):
            if one not in cases:
                continue
            try:
                await self._correspondence.refresh(one)
            except (EndpointUnreachable, EndpointRejected):
                # The worker asks again by itself, and keeps what stays as the case's problem.
                continue

    async def mark_read(self, report_id: str, n: int) -> None:
        """The person has seen message `n` of the desk."""
        if await self._db.write(report_cases.mark_read, report_id, n):
            self._publish_changed(report_id)

    async def tick_step(self, report_id: str, n: int, step_id: str, done: bool) -> None:
        """Tick or untick a step of advice. It stays on this computer until a reply is written, which names what is done."""
        if await self._db.write(report_cases.tick, report_id, n, step_id, done):
            self._publish_changed(report_id)

    async def write(self, report_id: str, text: str) -> None:
        """Reply to the desk. Raises `EndpointUnreachable` or `EndpointRejected`; the words are kept and go out later."""
        await self._correspondence.write(report_id, text)

    async def copy(self, report_id: str) -> bytes:
        """The readable signed copy, with the receipt once there is one. Raises `NotKept` (decision 5)."""
        return await self._copies.get(report_id)

    async def save_copy(self, report_id: str, path: str) -> None:
        """Write the readable signed copy to a new file (mode 0600). Raises `NotKept`, `CannotWrite` or `StoreFull`."""
        await self._copies.save(report_id, path)

    async def forget_copy(self, report_id: str) -> None:
        """Forget a copy that was only held in memory: the wizard calls this when it closes."""
        self._copies.forget(report_id)

    async def start(self) -> None:
        """Start the worker: re-queue every sealed file found on disk (F7), then deliver. Open reports keep quiet again."""
        for id, account, counterpart in await self._db.run(outbox.people):
            self._quiet.hold(account, counterpart, id)
        try:
            # Before anybody can press Send again: a draft whose file is on disk already is no draft any more.
            await self._delivery.adopt()
        except StoreError:
            log.warning("sealed files could not be queued; the next start does it")
        if not self._running:
            self._running = [
                self._tasks.start("outbox", self._delivery.run()),
                self._tasks.start("case news", self._correspondence.watch()),
            ]

    async def close(self) -> None:
        """Stop the worker in good order. What is saved goes out at the next start."""
        for end in self._unsubscribe:
            end()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running = []
        for endpoint in self._endpoints.values():
            await endpoint.close()

    def _publish_changed(self, report_id: str) -> None:
        self._bus.publish(ReportChanged(report_id))

    def _connected(self, event: ConnectionChanged) -> None:
        if event.state is ConnectionState.ONLINE:
            self._delivery.wake()
            self._correspondence.wake()

    def _tell(self, _event: ReportChanged) -> None:
        told, self._changed = self._changed, asyncio.Event()
        told.set()

    async def _either(self, changed: asyncio.Event, seconds: float) -> None:
        waiting = [asyncio.ensure_future(_set(changed)), asyncio.ensure_future(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


async def _set(event: asyncio.Event) -> None:
    await event.wait()


def _summaries(conn: Connection) -> tuple[ReportSummary, ...]:
    cases = report_cases.every(conn)
    return tuple(_combined(conn, one, cases.get(one.report_id)) for one in outbox.every(conn))


def _summary(conn: Connection, report_id: str) -> ReportSummary:
    entry = outbox.get(conn, report_id)
    if entry is None:
        raise KeyError("report")
    return _combined(conn, entry, report_cases.get(conn, report_id))


def _combined(conn: Connection, entry: Entry, case: Case | None) -> ReportSummary:
    problem, advice = problems.words_for(case.problem if case else entry.problem)
    plain = ReportSummary(
        id=entry.report_id,
        about=entry.about,
        endpoint=entry.endpoint,
        state=entry.state if case is None else OutboxState.SENT,
        saved_at=entry.saved_at,
        problem=problem,
        problem_advice=advice,
    )
    if case is None:
        return plain
    return replace(
        plain,
        sent_at=case.sent_at,
        case_number=case.receipt.case_number,
        receipt_code=case.receipt_code,
        status=case.status,
        history=case.history,
        advice=report_cases.messages(conn, entry.report_id),
        next_contact_by=case.receipt.next_contact_by,
        receipt=case.receipt,
    )
