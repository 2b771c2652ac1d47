"""The outbox: delivers saved reports, keeps receipts, fetches news and advice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

from messenger.domain.account import ConnectionState
from messenger.domain.errors import StoreError
from messenger.domain.events import ConnectionChanged, ReportChanged, ReportQueued
from messenger.domain.receipt import FormAnswer, IdentityLevel, Withdrawn
from messenger.domain.report import OutboxState, ReportSummary, WithdrawReason
from messenger.safety.handing import HandedWay
from messenger.services import kept_quiet, summaries
from messenger.services.bus import Bus
from messenger.services.copies import Copies
from messenger.services.delivery import Delivery
from messenger.services.following import Following
from messenger.services.ports import Clock, Endpoint
from messenger.services.quiet import Quiet
from messenger.services.tasks import Tasks
from messenger.storage import report_cases
from messenger.storage.database import Database

log = logging.getLogger(__name__)
_SETTLED = frozenset({OutboxState.SENT, OutboxState.NEEDS_ATTENTION, OutboxState.HANDED})


class OutboxService:
    """Saved reports on their way and after. The worker runs on the engine's loop; nothing saved is ever lost or doubled."""

    def __init__(
        self,
        db: Database,
        delivery: Delivery,
        following: Following,
        copies: Copies,
        endpoints: Mapping[str, Endpoint],
        bus: Bus,
        clock: Clock,
        tasks: Tasks,
        quiet: Quiet,
    ) -> None:
        self._db = db
        self._delivery = delivery
        self._following = following
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
            bus.subscribe(ConnectionChanged, self._connected),
            bus.subscribe(ReportChanged, self._tell),
        ]

    async def reports(self) -> tuple[ReportSummary, ...]:
        """My reports, the newest first."""
        return await self._db.run(summaries.every, self._clock.now())

    async def report(self, report_id: str) -> ReportSummary:
        """One report. Raises `KeyError` when there is none."""
        return await self._db.run(summaries.one, report_id, self._clock.now())

    async def retry(self, report_id: str) -> None:
        """Try now, also one that needs attention, and what was added to it."""
        await self._delivery.retry(report_id)
        await self._following.add_again(report_id)

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
        self._delivery.wake()
        await self._following.refresh(report_id)

    async def mark_read(self, report_id: str, n: int) -> None:
        """The person has seen message `n` of the desk."""
        if await self._db.write(report_cases.mark_read, report_id, n):
            self._publish_changed(report_id)

    async def tick_step(self, report_id: str, n: int, step_id: str, done: bool) -> None:
        """Tick or untick a step of advice. It stays on this computer until a reply is written, which names what is done."""
        if await self._db.write(report_cases.tick, report_id, n, step_id, done):
            self._publish_changed(report_id)

    async def write(self, report_id: str, text: str) -> None:
        """Reply to the desk. Raises `TooLong`, or `EndpointUnreachable` or `EndpointRejected`: the words are kept and go out later."""
        await self._following.write(report_id, text)

    async def answer_form(self, report_id: str, n: int, answers: Sequence[FormAnswer]) -> None:
        """Answer the questions of the desk's message `n`; skipped ones are left out. Raises as `write`, or `KeyError`."""
        await self._following.answer_form(report_id, n, answers)

    async def withdraw(self, report_id: str, reason: WithdrawReason, text: str = "") -> Withdrawn:
        """Take a report back, now. Raises `NotWithdrawn` (an `EndpointUnreachable`: the desk did not say that it is),
        `EndpointRejected` (the desk does not keep this case any more) or `KeyError`."""
        return await self._following.withdraw(report_id, reason, text)

    async def prove_again(self, report_id: str) -> IdentityLevel:
        """Have the chat address checked now. Raises `NotConnected`, `EndpointUnreachable`, `NotProved` or `KeyError`."""
        return await self._following.prove_again(report_id)

    async def ask_code(self, report_id: str, email: str) -> None:
        """Have a code sent to an e-mail address. Raises `EndpointUnreachable`, `CodeNotSent` or `KeyError`."""
        await self._following.ask_code(report_id, email)

    async def answer_code(self, report_id: str, code: str) -> IdentityLevel:
        """Give the code that came. Raises `EndpointUnreachable`, `CodeWrong`, `CodeOver` or `KeyError`."""
        return await self._following.answer_code(report_id, code)

    async def copy(self, report_id: str) -> bytes:
        """The readable signed copy, with the receipt once there is one. Raises `NotKept` (decision 5)."""
        return await self._copies.get(report_id)

    async def save_copy(self, report_id: str, path: str) -> None:
        """Write the readable signed copy to a new file (mode 0600). Raises `NotKept`, `CannotWrite` or `StoreFull`."""
        await self._copies.save(report_id, path)

    async def save_sealed(self, report_id: str, path: str) -> None:
        """Write the sealed report, as it waits here, to a new file to carry. Raises as `save_copy`."""
        await self._copies.save_sealed(report_id, path)

    async def handed(self, report_id: str) -> HandedWay | None:
        """What the person does with a report that was made but not sent, or None. Raises `NotKept`."""
        return await self._copies.handed(report_id)

    async def forget_copy(self, report_id: str) -> None:
        """Forget a copy that was only held in memory: the wizard calls this when it closes."""
        self._copies.forget(report_id)

    async def start(self) -> None:
        """Start the worker: re-queue every sealed file found on disk (F7), then deliver. Open reports keep quiet again."""
        for id, account, counterpart in await self._db.run(kept_quiet.everybody):
            self._quiet.hold(account, counterpart, id)
        try:
            # Before anybody can press Send again: a draft whose file is on disk already is no draft any more.
            await self._delivery.adopt()
        except StoreError:
            log.warning("sealed files could not be queued; the next start does it")
        if not self._running:
            self._running = [
                self._tasks.start("outbox", self._delivery.run()),
                self._tasks.start("case news", self._following.watch()),
            ]

    async def close(self) -> None:
        """Stop the worker in good order. What is saved goes out at the next start."""
        self._following.close()
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
