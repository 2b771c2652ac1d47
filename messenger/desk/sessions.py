"""Proof that the reporter holds the account they name: the desk asks that account through its own server (XEP-0070).

The transaction is named by the report's digest, so that a yes is a statement about exactly this report. No token comes
of it: every later call is proved by the reporter's key. Few questions are asked, so that nobody can be worn down by them.
"""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from messenger.desk import bodies, identity
from messenger.desk.calls import Calls, as_json
from messenger.desk.changes import Changes
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import HOUR
from messenger.desk.problems import Problem
from messenger.domain.errors import FormatRefused, NotConnected, RobinError
from messenger.domain.receipt import IdentityLevel
from messenger.evidence.canonical import parse_json
from messenger.stream.address import Address, prepared
from messenger.stream.requests import Refused

PATH = "/v1/sessions"
MOST_QUESTIONS = 3
"""Questions for one report in an hour."""
MOST_TO_ONE = 6
"""Questions to one account in an hour: many reports in its name cannot be used to wear it down."""
_MAX_BODY = 8 * 1024
# What servers say for an address behind a line that is not there; some say not-allowed where they talk to no other server.
_UNREACHABLE = frozenset({"remote-server-not-found", "remote-server-timeout", "internal-server-error", "not-allowed"})
_NOBODY = frozenset({"service-unavailable", "recipient-unavailable", "item-not-found", "gone"})


class Asker(Protocol):
    """Who asks: the desk's line."""

    @property
    def up(self) -> bool:
        """Whether anybody can be asked now."""

    async def confirm(self, to: str, id: str, url: str) -> bool:
        """Whether the account at `to` makes the call `id`. Raises `Refused`, `ServerTimedOut` or `NotConnected`."""


@dataclass(frozen=True, slots=True)
class _Call:
    report_id: str
    digest: str
    device: Address


class Sessions:
    """The call POST /v1/sessions. `line` is None where the desk has no XMPP account."""

    def __init__(self, calls: Calls, keys: DeskKeys, changes: Changes, line: Asker | None) -> None:
        self._calls = calls
        self._keys = keys
        self._changes = changes
        self._line = line
        self._open: dict[str, tuple[Address, asyncio.Task[None]]] = {}

    def routes(self) -> list[BaseRoute]:
        return [Route(PATH, self._calls.guarded(self.begin), methods=["POST"])]

    async def begin(self, request: Request) -> Response:
        """Prove the report's address, once. Raises `Problem`: 403, 408, 409, 429 or 503."""
        call = await self._read(request)
        row = await self._calls.intake.row(call.report_id)
        before = identity.known(row)
        if before.level is IdentityLevel.VERIFIED:
            return _answer(before.domain, 200)
        await self._asked(call)
        return _answer(call.device.domain, 201)

    async def _read(self, request: Request) -> _Call:
        body = await bodies.small_body(request, _MAX_BODY)
        try:
            found = parse_json(body, _MAX_BODY)
        except FormatRefused:
            raise Problem(422, "schema", place="session") from None
        report_id, jid = found.get("report_id"), found.get("jid")
        if set(found) != {"report_id", "jid"} or not isinstance(report_id, str) or not isinstance(jid, str):
            raise Problem(422, "schema", place="session")
        signed = await self._calls.proved_for(request, report_id)
        device = prepared(jid)
        if device is None or not device.resource or "@" not in device.bare:
            raise Problem(422, "schema", place="session:/jid")
        named = prepared(signed.body["reporter"]["jid"])
        if named is None or named.bare != device.bare:
            raise Problem(409, "other-address")
        return _Call(report_id, signed.digest, device)

    async def _asked(self, call: _Call) -> None:
        """One question at a time for a report: a second call for the same device waits for the first one's answer."""
        device, task = self._open.get(call.report_id, (call.device, None))
        if device != call.device:
            raise Problem(429, "asked-already", retry_after=20)
        if task is None:
            task = asyncio.create_task(self._ask(call))
            self._open[call.report_id] = (call.device, task)
            task.add_done_callback(lambda done: self._answered(call.report_id, done))
        # The answer counts even when the caller has gone away meanwhile.
        await asyncio.shield(task)

    def _answered(self, report_id: str, done: asyncio.Task[None]) -> None:
        self._open.pop(report_id, None)
        if not done.cancelled():
            done.exception()  # a caller that went away need not hear of it

    async def _ask(self, call: _Call) -> None:
        line, now = self._line, self._calls.clock()
        if line is None or not line.up:
            raise Problem(503, "no-line", retry_after=60)
        wait = await self._calls.store.run(count_question, call.report_id, self._keys.index(call.device.bare), now)
        if wait:
            raise Problem(429, "asked-already", retry_after=wait)
        try:
            agreed = await line.confirm(call.device.full, call.digest, self._calls.base + PATH)
        except Refused as refused:
            raise _refusal(refused.condition) from None
        except NotConnected:
            raise Problem(503, "no-line", retry_after=60) from None
        except RobinError:
            raise Problem(408, "no-answer") from None
        if not agreed:
            raise Problem(403, "not-confirmed")
        domain, now = call.device.domain, self._calls.clock()
        await self._calls.store.run(identity.rise, call.report_id, IdentityLevel.VERIFIED, domain, now)
        self._changes.wake(call.report_id)


def count_question(db: sqlite3.Connection, report_id: str, keyed: str, now: float) -> int:
    """Count one more question for a report: 0, or the seconds to wait when there were too many in the last hour.

    `keyed` is the keyed digest of the account's bare address.
    """
    since = {"since": now - HOUR, "report": report_id, "keyed": keyed}
    counted = (
        (MOST_QUESTIONS, "SELECT at FROM asked WHERE kind = 'confirm' AND at > :since AND report_id = :report ORDER BY at"),
        (MOST_TO_ONE, "SELECT at FROM asked WHERE kind = 'confirm' AND at > :since AND keyed = :keyed ORDER BY at"),
    )
    for most, query in counted:
        rows = db.execute(query, since).fetchall()
        if len(rows) >= most:
            return max(1, int(rows[-most]["at"] + HOUR - now) + 1)
    db.execute("INSERT INTO asked VALUES (?, 'confirm', ?, ?)", (report_id, keyed, now))
    return 0


def _answer(domain: str, status: int) -> Response:
    return as_json({"identity_level": IdentityLevel.VERIFIED.value, "domain": domain}, status)


def _refusal(condition: str) -> Problem:
    """What an error as answer means: that server cannot be reached, nobody is there, or the answer is no."""
    if condition in _UNREACHABLE:
        return Problem(503, "no-line", retry_after=300)
    if condition in _NOBODY:
        return Problem(408, "no-answer")
    return Problem(403, "not-confirmed")
