"""After the receipt: status, advice and replies. News are asked for politely; every message is opened and checked here."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from messenger.domain.errors import (
    EndpointRejected,
    EndpointUnreachable,
    EvidenceRefused,
    FormatRefused,
    RobinError,
    TooLong,
)
from messenger.domain.events import AdviceArrived, ReportChanged
from messenger.domain.receipt import Advice, CaseStatus, FormAnswer, WithdrawalOutcome
from messenger.evidence.canonical import scalar_text
from messenger.evidence.keys import PublicKeys
from messenger.evidence.message import Reply, make_reply, open_message
from messenger.services import problems
from messenger.services.bus import Bus
from messenger.services.desks import Desks, Way
from messenger.services.identity import fell
from messenger.services.ports import CaseNews, Clock
from messenger.storage import outbox, report_cases
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.report_cases import Case

log = logging.getLogger(__name__)
WAIT = 25
"""Seconds for which the desk may hold back its answer for the newest case (RFC 7240)."""
FRESH = 48 * 3600.0
"""Seconds after the last change for which a case is watched closely."""
CALM = 600.0
"""Seconds between two questions about a case on which nothing happens."""
PAUSE = 3.0
"""Seconds from one question to the next at least, when the desk answers at once (it did so because it had news)."""
FAILED = 300.0
"""Seconds to wait after a question that came to nothing."""
_ENDED = frozenset({CaseStatus.CLOSED, CaseStatus.WITHDRAWN})
_GONE = frozenset({404, 410})
_MOST_ROUNDS = 50
_NOT_THESE_WORDS = frozenset({400, 409, 413, 415, 422})
_NUDGES = 30
"""Nudges of an hour that are followed at once."""


@dataclass(slots=True)
class _Reading:
    """Messages of one answer: opened ones, how far it went, and whether one could not be opened."""

    advice: list[Advice] = field(default_factory=list)
    last: int = 0
    refused: bool = False


class Correspondence:
    """News of cases, and words back. Failures of `refresh` are raised; `watch` keeps them as the case's problem.

    `carriers` take what else waits for a desk over the same way, before the desk is asked; they raise when it is gone.
    """

    def __init__(
        self,
        db: Database,
        desks: Desks,
        carriers: Sequence[Callable[[Way], Awaitable[None]]],
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._db = db
        self._desks = desks
        self._carriers = tuple(carriers)
        self._bus = bus
        self._clock = clock
        self._asked: dict[str, float] = {}
        self._resting: dict[str, float] = {}
        self._nudges: deque[float] = deque()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A case began, or the network is back: look again."""
        self._asked.clear()
        self._woken.set()

    def nudge(self) -> None:
        """A desk says that there is news: look again, but no desk can keep this client busy."""
        now = self._clock.monotonic()
        while self._nudges and now - self._nudges[0] > 3600.0:
            self._nudges.popleft()
        if len(self._nudges) < _NUDGES:
            self._nudges.append(now)
            self._resting.clear()
            self.wake()

    async def watch(self) -> None:
        """Ask for news for ever: the newest fresh case by a long question, the others now and then."""
        while True:
            self._woken.clear()
            began = self._clock.monotonic()
            await self._ask_round()
            # A desk that answers a long question at once is not asked again at once.
            left = PAUSE - (self._clock.monotonic() - began)
            await self._rest(max(left, 1.0))

    async def refresh(self, report_id: str, wait: int = 0) -> None:
        """Hand over waiting replies, then ask for news of one case. Raises `EndpointUnreachable`, `EndpointRejected` or `KeyError`."""
        try:
            way = await self._desks.to(report_id)
        except EndpointRejected as error:
            if error.fields["reason"] != problems.KEYS:
                raise
            await self._set_problem(report_id, problems.KEYS)
            return
        if way.case.outcome is WithdrawalOutcome.ERASED:
            # There is nothing left at the desk that could be asked about.
            self._asked[report_id] = self._clock.monotonic()
            return
        # What the desk never takes must not stand between a person and its words: news are asked for all the same.
        stuck = await self._carry(way)
        await self._news(way, 0 if stuck else wait)
        if stuck is not None:
            raise stuck

    async def _carry(self, way: Way) -> EndpointUnreachable | EndpointRejected | None:
        """Hand over whatever waits; the first thing that stopped some of it, or None."""
        stuck: EndpointUnreachable | EndpointRejected | None = None
        for carry in (self._hand_over, *self._carriers):
            try:
                await carry(way)
            except (EndpointUnreachable, EndpointRejected) as error:
                if error.fields.get("status") in _GONE:
                    raise
                stuck = stuck or error
        return stuck

    async def _news(self, way: Way, wait: int) -> None:
        report_id = way.case.report_id
        after, etag = way.case.seen, way.case.etag
        for _ in range(_MOST_ROUNDS):
            news = await way.endpoint.news(way.profile, report_id, way.prove, after, etag, wait)
            if news is None:
                break
            last = await self._take(way, news)
            if last <= after:
                break
            # The desk gives its messages in parts: ask on until there is none left.
            after, etag, wait = last, "", 0
        self._asked[report_id] = self._clock.monotonic()

    async def write(self, report_id: str, text: str) -> None:
        """Keep words for the desk, sealed once, and hand them over. Raises `TooLong`, `KeyError`, or what stopped them: they go later."""
        await self._answer(report_id, scalar_text(text), None, ())

    async def answer_form(self, report_id: str, n: int, answers: Sequence[FormAnswer]) -> None:
        """Keep answers to the questions of the desk's message `n`, sealed once, and hand them over; skipped ones are absent.

        Raises `KeyError` when there is no such message, or what stopped them: they go later.
        """
        asked = await self._db.run(report_cases.message, report_id, n)
        if asked is None:
            raise KeyError("message")
        known = {one.id for one in asked.form}
        await self._answer(report_id, "", n, tuple(one for one in answers if one.q in known))

    async def _answer(self, report_id: str, text: str, to: int | None, answers: tuple[FormAnswer, ...]) -> None:
        way = await self._desks.to(report_id)
        done = await self._db.run(report_cases.ticked, report_id)
        now = self._clock.now()
        reply = Reply(report_id, str(uuid4()), now, text, done[:200], to, answers)
        try:
            sealed = await asyncio.to_thread(make_reply, way.pair.signing, way.reader, reply)
        except FormatRefused:
            raise TooLong from None
        await self._db.write(report_cases.add_reply, report_id, now, text, sealed, to or 0, answers)
        self._bus.publish(ReportChanged(report_id))
        await self._hand_over(way)

    # -- watching

    async def _ask_round(self) -> None:
        cases = await self._db.run(report_cases.every)
        order = [one.report_id for one in await self._db.run(outbox.every) if one.report_id in cases]
        for place, report_id in enumerate(order):
            case = cases[report_id]
            if self._clock.monotonic() < self._resting.get(case.profile.base, 0.0):
                continue
            long = place == 0 and self._is_fresh(case)
            asked = self._asked.get(report_id)
            if long or asked is None or self._clock.monotonic() - asked >= CALM:
                await self._ask(report_id, WAIT if long else 0, case.profile.base)

    def _is_fresh(self, case: Case) -> bool:
        if case.status in _ENDED or case.problem in (problems.CLOSED, problems.KEYS):
            return False
        age = datetime.fromisoformat(self._clock.now()) - datetime.fromisoformat(case.changed_at)
        return abs(age.total_seconds()) < FRESH

    async def _ask(self, report_id: str, wait: int, desk: str = "") -> None:
        try:
            await self.refresh(report_id, wait)
        except EndpointRejected as error:
            self._asked[report_id] = self._clock.monotonic()
            if error.fields["status"] in _GONE and await self._db.write(_closed, report_id):
                self._bus.publish(ReportChanged(report_id))
        except EndpointUnreachable as error:
            self._asked[report_id] = self._clock.monotonic()
            # The desk has the rest that it asks for; no other one waits for it.
            self._resting[desk] = self._clock.monotonic() + float(error.fields["retry_after"])
            await self._rest(FAILED)
        except RobinError as error:
            self._asked[report_id] = self._clock.monotonic()
            log.info("news could not be kept: %s", type(error).__name__)

    async def _rest(self, seconds: float) -> None:
        waiting = [asyncio.ensure_future(one) for one in (self._clock.sleep(seconds), self._wait_woken())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _wait_woken(self) -> None:
        await self._woken.wait()

    # -- one case

    async def _hand_over(self, way: Way) -> None:
        """Words that wait, in order. Those that the desk will not take are kept and told; they hold nothing else up."""
        report_id = way.case.report_id
        for reply in await self._db.run(report_cases.replies, report_id, waiting=True):
            refused = False
            try:
                if reply.sealed is not None:
                    await way.endpoint.write(way.profile, report_id, way.prove, reply.sealed)
            except EndpointRejected as error:
                if error.fields["status"] not in _NOT_THESE_WORDS:
                    raise
                refused = True
            await self._db.write(report_cases.reply_sent, reply.n)
            if refused:
                await self._set_problem(report_id, problems.REPLY)
            self._bus.publish(ReportChanged(report_id))

    async def _take(self, way: Way, news: CaseNews) -> int:
        """Keep an answer in one transaction, then tell; returns the number of its last message."""
        report_id = way.case.report_id
        read = await asyncio.to_thread(_open_all, way, news)
        changed, arrived = await self._db.write(_keep, report_id, news, read, self._clock.now())
        for n in arrived:
            self._bus.publish(AdviceArrived(report_id, n))
        if changed or arrived:
            self._bus.publish(ReportChanged(report_id))
        return read.last

    async def _set_problem(self, report_id: str, problem: str) -> None:
        if await self._db.write(report_cases.set_problem, report_id, problem):
            self._bus.publish(ReportChanged(report_id))


def _open_all(way: Way, news: CaseNews) -> _Reading:
    """Only what the desk signed for this report under this number is shown."""
    read = _Reading()
    desk, report_id = PublicKeys(way.profile.keys), way.case.report_id
    for n, sealed in news.sealed:
        try:
            read.advice.append(open_message(sealed.encode("ascii", "replace"), way.pair.sealing, desk, report_id, n))
        except EvidenceRefused:
            read.refused = True
        read.last = max(read.last, n)
    return read


def _closed(conn: Connection, report_id: str) -> bool:
    """The desk does not know the case any more; where it was taken back and erased meanwhile, that is as it should be."""
    case = report_cases.get(conn, report_id)
    erased = case is not None and case.outcome is WithdrawalOutcome.ERASED
    return not erased and report_cases.set_problem(conn, report_id, problems.CLOSED)


def _keep(conn: Connection, report_id: str, news: CaseNews, read: _Reading, now: str) -> tuple[bool, list[int]]:
    case = report_cases.get(conn, report_id)
    if case is None or case.outcome is WithdrawalOutcome.ERASED:
        # An answer that was on its way when the report was taken back.
        return False, []
    changed = report_cases.set_news(conn, report_id, news.status, news.history, now)
    before = report_cases.set_identity(conn, report_id, news.identity_level)
    if before is not None:
        changed = True
        report_cases.end_problem(conn, report_id, problems.IDENTITY)
        if fell(before, news.identity_level):
            report_cases.set_problem(conn, report_id, problems.IDENTITY)
    arrived = [one.n for one in read.advice if report_cases.add_message(conn, one, now)]
    # While messages still come the tag is not kept: the next question has to be answered in full.
    report_cases.set_place(conn, report_id, read.last, "" if news.sealed else news.etag)
    if read.refused:
        changed |= report_cases.set_problem(conn, report_id, problems.MESSAGE)
    return changed, arrived
