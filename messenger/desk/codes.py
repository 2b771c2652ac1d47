"""The fall-back where the chat server cannot vouch: a code of six digits sent to an e-mail address of the reporter.

Of address and code only keyed digests are kept. The level that it gives stands below `verified`.
"""

from __future__ import annotations

import hmac
import re
import secrets
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
from messenger.desk.mail import MailFailed, mail_address
from messenger.desk.moments import HOUR, MINUTE
from messenger.desk.problems import Problem
from messenger.domain.errors import FormatRefused
from messenger.domain.receipt import IdentityLevel
from messenger.evidence.canonical import parse_json
from messenger.evidence.consent import CODE_TYPE, CodeRequest, open_code_request

GOOD_FOR = 15 * MINUTE
TRIES = 5
MOST_LETTERS = 3
"""Letters in an hour for one report, and to one address."""
MOST_OF_ALL = 240
"""Letters in an hour altogether."""
_MAX_REQUEST = 64 * 1024
_MAX_ANSWER = 1024
_CODE = re.compile(r"[0-9]{6}")


class Postman(Protocol):
    """Who sends: the desk's `Mailer`."""

    async def send(self, to: str, code: str) -> None:
        """Send a code. Raises `MailFailed`."""


@dataclass(frozen=True, slots=True)
class _Wish:
    report_id: str
    request_id: str
    address: str
    code: str


class Codes:
    """The calls that ask for a code and answer it. `mailer` is None where the desk sends no mail."""

    def __init__(self, calls: Calls, keys: DeskKeys, changes: Changes, mailer: Postman | None) -> None:
        self._calls = calls
        self._keys = keys
        self._changes = changes
        self._mailer = mailer

    def routes(self) -> list[BaseRoute]:
        place = "/v1/reports/{report_id}/code"
        return [
            Route(place, self._calls.guarded(self.ask), methods=["POST"]),
            Route(place + "/answer", self._calls.guarded(self.answer), methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """Send a code, once for each request's id. Raises `Problem`: 409 before the receipt, 422, 429 or 503."""
        report_id = await self._calls.proved(request)
        body = await bodies.sealed_body(request, _MAX_REQUEST)
        wish = await self._wish(report_id, body)
        if self._mailer is None:
            raise Problem(503, "no-mail")
        to = mail_address(wish.value)
        if not to:
            raise Problem(422, "contact-kind")
        code = f"{secrets.randbelow(10**6):06d}"
        made = _Wish(report_id, wish.id, self._keys.index(f"mailto:{to}"), self._digest(report_id, code))
        wait = await self._calls.store.run(begin, made, self._calls.clock())
        if wait:
            raise Problem(429, "asked-already", retry_after=wait)
        if wait is None:
            return as_json({}, 202)
        try:
            await self._mailer.send(to, code)
        except MailFailed:
            await self._calls.store.run(undo, made)
            raise Problem(503, "no-mail", retry_after=60) from None
        return as_json({}, 202)

    async def _wish(self, report_id: str, body: bytes) -> CodeRequest:
        intake = self._calls.intake
        keys = (await intake.signed(await intake.filed(report_id))).reporter_keys()
        return intake.read_letter(
            body, CODE_TYPE, lambda: open_code_request(body, self._keys.sealing, keys, report_id)
        )

    async def answer(self, request: Request) -> Response:
        """Take a code back. Raises `Problem`: 403 for a wrong one, 410 when there is none that could be right."""
        report_id = await self._calls.proved(request)
        await self._calls.intake.filed(report_id)
        body = await bodies.small_body(request, _MAX_ANSWER)
        try:
            code = parse_json(body, _MAX_ANSWER).get("code")
        except FormatRefused:
            raise Problem(422, "schema", place="code") from None
        if not isinstance(code, str):
            raise Problem(422, "schema", place="code")
        digits = "".join(code.split())
        right = bool(_CODE.fullmatch(digits))
        now = self._calls.clock()
        level = await self._calls.store.run(check, report_id, self._digest(report_id, digits) if right else "", now)
        if level is None:
            raise Problem(403, "wrong-code")
        self._changes.wake(report_id)
        return as_json({"identity_level": level.value})

    def _digest(self, report_id: str, code: str) -> str:
        return self._keys.index(f"code:{report_id}:{code}")


def begin(db: sqlite3.Connection, wish: _Wish, now: float) -> int | None:
    """Note a code that is about to be sent: 0, or the seconds to wait; None when this request had its letter before."""
    row = db.execute("SELECT request_id FROM codes WHERE report_id = ?", (wish.report_id,)).fetchone()
    if row is not None and row["request_id"] == wish.request_id:
        return None
    wait = _wait(db, wish, now)
    if wait:
        return wait
    db.execute("INSERT INTO asked VALUES (?, 'mail', ?, ?)", (wish.report_id, wish.address, now))
    db.execute(
        "INSERT OR REPLACE INTO codes VALUES (?, ?, ?, ?, ?, 0)",
        (wish.report_id, wish.request_id, wish.address, wish.code, now),
    )
    return 0


def _wait(db: sqlite3.Connection, wish: _Wish, now: float) -> int:
    """0, or the seconds until one of the last hour's letters is an hour old."""
    since = {"since": now - HOUR, "report": wish.report_id, "address": wish.address}
    counted = (
        (MOST_LETTERS, "SELECT at FROM asked WHERE kind = 'mail' AND at > :since AND report_id = :report ORDER BY at"),
        (MOST_LETTERS, "SELECT at FROM asked WHERE kind = 'mail' AND at > :since AND keyed = :address ORDER BY at"),
        (MOST_OF_ALL, "SELECT at FROM asked WHERE kind = 'mail' AND at > :since ORDER BY at"),
    )
    longest = 0
    for most, query in counted:
        rows = db.execute(query, since).fetchall()
        if len(rows) >= most:
            longest = max(longest, int(rows[-most]["at"] + HOUR - now) + 1)
    return longest


def undo(db: sqlite3.Connection, wish: _Wish) -> None:
    """The letter did not go: the code is void, and the letter is not counted."""
    code = (wish.report_id, wish.request_id)
    row = db.execute("SELECT at FROM codes WHERE report_id = ? AND request_id = ?", code).fetchone()
    if row is not None:
        db.execute("DELETE FROM codes WHERE report_id = ? AND request_id = ?", code)
        db.execute(
            "DELETE FROM asked WHERE kind = 'mail' AND report_id = ? AND keyed = ? AND at = ?",
            (wish.report_id, wish.address, row["at"]),
        )


def check(db: sqlite3.Connection, report_id: str, code: str, now: float) -> IdentityLevel | None:
    """The level after a right code; None for a wrong one. Each wrong one counts. Raises `Problem` 410 when it is over."""
    row = db.execute("SELECT * FROM codes WHERE report_id = ?", (report_id,)).fetchone()
    if row is None or now > row["at"] + GOOD_FOR or row["tries"] >= TRIES:
        raise Problem(410, "code-over")
    if not hmac.compare_digest(row["code"], code):
        db.execute("UPDATE codes SET tries = tries + 1 WHERE report_id = ?", (report_id,))
        return None
    proven = (report_id, row["address"])
    if db.execute("SELECT 1 FROM asked WHERE report_id = ? AND kind = 'proven' AND keyed = ?", proven).fetchone() is None:
        db.execute("INSERT INTO asked VALUES (?, 'proven', ?, ?)", (*proven, now))
    identity.rise(db, report_id, IdentityLevel.CODE, "", now)
    return identity.level(db, report_id)


def proven_address(db: sqlite3.Connection, keys: DeskKeys, report_id: str, address: str) -> bool:
    """Whether a code sent to this address came back: for the officer who opened name and contact."""
    to = mail_address(address)
    found = db.execute(
        "SELECT 1 FROM asked WHERE report_id = ? AND kind = 'proven' AND keyed = ?", (report_id, keys.index(f"mailto:{to}"))
    ).fetchone()
    return bool(to) and found is not None
