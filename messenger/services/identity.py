"""Who reports: proof of the chat address by XEP-0070, a code by e-mail, and how well the desk knows the reporter.

Nothing here ever holds a report up for long, or stops it: a proof that does not work is tried again after the receipt.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import uuid4

from messenger.domain.errors import (
    CodeNotSent,
    CodeOver,
    CodeWrong,
    EndpointRejected,
    FormatRefused,
    InvalidAddress,
    NotConnected,
    NotProved,
    RobinError,
)
from messenger.domain.events import ReportChanged
from messenger.domain.receipt import IdentityLevel
from messenger.domain.report import EndpointProfile
from messenger.evidence.consent import CodeRequest, make_code_request
from messenger.services import problems
from messenger.services.bus import Bus
from messenger.services.desks import Desks, Way
from messenger.services.ports import Clock, Endpoint
from messenger.services.reporter_keys import ReporterKeys
from messenger.services.sessions import Sessions
from messenger.storage import report_cases
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.outbox import Entry

log = logging.getLogger(__name__)
BY_CHAT, BY_EMAIL = "xmpp-0070", "code-email"
"""Names in `EndpointProfile.auth`."""
BEFORE_FILING = 10.0
"""Seconds for which a report waits for the proof on its way."""
AFTERWARDS = 25.0
"""Seconds for a proof that nothing waits for."""
_ORDER = (IdentityLevel.UNVERIFIED, IdentityLevel.CODE, IdentityLevel.VERIFIED)


class Identity:
    """Proves addresses and keeps levels. `forget_tries` is called when a line comes up: then each case is tried once more."""

    def __init__(
        self, db: Database, sessions: Sessions, keys: ReporterKeys, desks: Desks, bus: Bus, clock: Clock
    ) -> None:
        self._db = db
        self._sessions = sessions
        self._keys = keys
        self._desks = desks
        self._bus = bus
        self._clock = clock
        self._tried: set[str] = set()
        self._one = asyncio.Lock()

    def forget_tries(self) -> None:
        """A line came up."""
        self._tried.clear()

    def before_filing(
        self, entry: Entry, profile: EndpointProfile, endpoint: Endpoint
    ) -> Callable[[], Awaitable[None]] | None:
        """What to do between handing over and filing, so that the receipt says that the address was checked; or None.

        It ends within `BEFORE_FILING` seconds and never raises for the world.
        """
        if not provable(profile) or self._sessions.online(entry.account) is None:
            return None

        async def prove() -> None:
            try:
                pair = await self._keys.find(entry.account, entry.key)
                if pair is not None:
                    call = self._desks.prover(profile, endpoint, pair, entry.report_id)
                    await self._prove(
                        profile, endpoint, entry.report_id, entry.digest, entry.account, call, BEFORE_FILING
                    )
            except RobinError as error:
                log.info("the address was not checked yet: %s", type(error).__name__)

        return prove

    async def carry(self, way: Way) -> None:
        """After the receipt: try once for each line that comes up. Failures are no trouble; the person can try again."""
        case = way.case
        if case.identity is IdentityLevel.VERIFIED or case.over or case.report_id in self._tried:
            return
        if not provable(way.profile) or self._sessions.online(way.account) is None:
            return
        self._tried.add(case.report_id)
        try:
            await self._prove_way(way)
        except RobinError as error:
            log.info("the address was not checked yet: %s", type(error).__name__)

    async def prove_again(self, report_id: str) -> IdentityLevel:
        """Try now, because the person asks. Raises `NotConnected`, `EndpointUnreachable`, `NotProved` or `KeyError`."""
        way = await self._desks.to(report_id)
        if not provable(way.profile):
            raise NotProved
        try:
            return await self._prove_way(way)
        except (EndpointRejected, InvalidAddress):
            raise NotProved from None

    async def ask_code(self, report_id: str, email: str) -> None:
        """Have a code sent. Raises `EndpointUnreachable`, `CodeNotSent` (no such address, too often) or `KeyError`."""
        way = await self._desks.to(report_id)
        request = CodeRequest(report_id, str(uuid4()), self._clock.now(), email.strip())
        try:
            sealed = make_code_request(way.pair.signing, way.reader, request)
            await way.endpoint.ask_code(way.profile, report_id, way.prove, sealed)
        except (FormatRefused, EndpointRejected):
            raise CodeNotSent from None

    async def answer_code(self, report_id: str, code: str) -> IdentityLevel:
        """Give the code. Raises `EndpointUnreachable`, `CodeWrong`, `CodeOver` or `KeyError`."""
        way = await self._desks.to(report_id)
        digits = "".join(one for one in code if one in "0123456789")
        if len(digits) != 6:
            raise CodeWrong
        try:
            level = await way.endpoint.answer_code(way.profile, report_id, way.prove, digits)
        except EndpointRejected as error:
            raise (CodeWrong if error.fields["status"] == 403 else CodeOver) from None
        await self._keep(report_id, level)
        return level

    async def _prove_way(self, way: Way) -> IdentityLevel:
        case = way.case
        level = await self._prove(
            way.profile, way.endpoint, case.report_id, case.receipt.report_digest, way.account, way.prove, AFTERWARDS
        )
        await self._keep(case.report_id, level)
        return level

    async def _prove(
        self,
        profile: EndpointProfile,
        endpoint: Endpoint,
        report_id: str,
        digest: str,
        account: str,
        prove: Callable[[str, str], str],
        seconds: float,
    ) -> IdentityLevel:
        session = self._sessions.need(account)
        try:
            # One at a time: the desk's question about a report is waited for by one call alone.
            async with asyncio.timeout(seconds), self._one:
                jid = session.full_jid()
                if not jid:
                    raise NotConnected
                session.expect_confirm(profile.jid, f"{profile.base.rstrip('/')}/v1/sessions", digest)
                try:
                    return await endpoint.prove_address(profile, report_id, prove, jid)
                finally:
                    session.forget_confirm(digest)
        except TimeoutError:
            raise NotProved from None

    async def _keep(self, report_id: str, level: IdentityLevel) -> None:
        if await self._db.write(_keep, report_id, level):
            self._bus.publish(ReportChanged(report_id))


def provable(profile: EndpointProfile) -> bool:
    """Whether the desk can ask this client over XMPP."""
    return BY_CHAT in profile.auth and bool(profile.jid)


def fell(before: IdentityLevel, now: IdentityLevel) -> bool:
    """Whether the desk knows less of the reporter than it said before."""
    return _ORDER.index(now) < _ORDER.index(before)


def _keep(conn: Connection, report_id: str, level: IdentityLevel) -> bool:
    if report_cases.set_identity(conn, report_id, level) is None:
        return False
    report_cases.end_problem(conn, report_id, problems.IDENTITY)
    return True
