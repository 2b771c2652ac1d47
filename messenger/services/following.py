"""What goes on with reports after their receipts: news, words, identity, taking back. One place for the outbox service to ask."""

from __future__ import annotations

from collections.abc import Sequence

from messenger.domain import jid as addresses
from messenger.domain.account import ConnectionState
from messenger.domain.errors import EndpointRejected, EndpointUnreachable, InvalidAddress
from messenger.domain.events import ConnectionChanged, DeskNudged, ReportAccepted
from messenger.domain.receipt import FormAnswer, IdentityLevel, Withdrawn
from messenger.domain.report import WithdrawReason
from messenger.services.bus import Bus
from messenger.services.correspondence import Correspondence
from messenger.services.identity import Identity
from messenger.services.sessions import Sessions
from messenger.services.tasks import Tasks
from messenger.services.withdrawals import Withdrawals
from messenger.storage import outbox, report_addenda, report_cases
from messenger.storage.connection import Connection
from messenger.storage.database import Database


class Following:
    """Listens for what makes it worth while to ask a desk again: a line, a receipt, a nudge of the desk."""

    def __init__(
        self,
        db: Database,
        correspondence: Correspondence,
        identity: Identity,
        withdrawals: Withdrawals,
        sessions: Sessions,
        bus: Bus,
        tasks: Tasks,
    ) -> None:
        self._db = db
        self._correspondence = correspondence
        self._identity = identity
        self._withdrawals = withdrawals
        self._sessions = sessions
        self._tasks = tasks
        self._unsubscribe = [
            bus.subscribe(ConnectionChanged, self._connected),
            bus.subscribe(ReportAccepted, self._accepted),
            bus.subscribe(DeskNudged, lambda _event: correspondence.nudge()),
        ]

    async def watch(self) -> None:
        """Ask for news for ever."""
        await self._correspondence.watch()

    async def refresh(self, report_id: str | None) -> None:
        """Ask now, about one report or all; failures of the world are kept as problems, never raised."""
        cases = await self._db.run(report_cases.every)
        for one in [report_id] if report_id is not None else list(cases):
            if one not in cases:
                continue
            try:
                await self._correspondence.refresh(one)
            except (EndpointUnreachable, EndpointRejected):
                # The worker asks again by itself, and keeps what stays as the case's problem.
                continue

    async def add_again(self, report_id: str) -> None:
        """Try what was added once more, also what the desk did not take before."""
        await self._db.write(report_addenda.again, report_id)
        self._correspondence.wake()

    async def write(self, report_id: str, text: str) -> None:
        """See `OutboxService.write`."""
        await self._correspondence.write(report_id, text)

    async def answer_form(self, report_id: str, n: int, answers: Sequence[FormAnswer]) -> None:
        """See `OutboxService.answer_form`."""
        await self._correspondence.answer_form(report_id, n, answers)

    async def withdraw(self, report_id: str, reason: WithdrawReason, text: str) -> Withdrawn:
        """See `OutboxService.withdraw`."""
        return await self._withdrawals.withdraw(report_id, reason, text)

    async def prove_again(self, report_id: str) -> IdentityLevel:
        """See `OutboxService.prove_again`."""
        return await self._identity.prove_again(report_id)

    async def ask_code(self, report_id: str, email: str) -> None:
        """See `OutboxService.ask_code`."""
        await self._identity.ask_code(report_id, email)

    async def answer_code(self, report_id: str, code: str) -> IdentityLevel:
        """See `OutboxService.answer_code`."""
        return await self._identity.answer_code(report_id, code)

    def close(self) -> None:
        """Listen no more."""
        for end in self._unsubscribe:
            end()

    def _connected(self, event: ConnectionChanged) -> None:
        if event.state is ConnectionState.ONLINE:
            self._identity.forget_tries()
            self._correspondence.wake()
            self._tasks.start("desks", self._expect_news())

    def _accepted(self, _event: ReportAccepted) -> None:
        self._correspondence.wake()
        self._tasks.start("desks", self._expect_news())

    async def _expect_news(self) -> None:
        """Each session knows which desks may nudge it: those of its account's open cases."""
        desks = await self._db.run(_desks)
        for account, session in self._sessions.every():
            session.expect_news(frozenset(desk for owner, desk in desks if owner == account))


def _desks(conn: Connection) -> list[tuple[str, str]]:
    """(account, bare address of a desk) for every open case."""
    cases = report_cases.every(conn)
    found = []
    for entry in outbox.every(conn):
        case = cases.get(entry.report_id)
        if case is None or case.over or not case.profile.jid:
            continue
        try:
            found.append((entry.account or case.receipt.reporter_jid, addresses.bare(case.profile.jid)))
        except InvalidAddress:
            continue
    return found
