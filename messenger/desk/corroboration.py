"""Corroborates signed lines from the outside: originals that the reporter's server forwards (A3), a public room's archive (A3r).

What is found stands beside the report, per line and as findings; the report itself is never changed. Marks say who spoke
and when. A forwarded report counts only from the reporter's own domain, for a case and digest that fit.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from messenger.desk import cases, cases_found, consents
from messenger.desk.intake import Intake
from messenger.desk.moments import Clock
from messenger.desk.originals import Fit, Item, Verdict, compare_forwarded, compare_room_line, room_ids, shown
from messenger.desk.problems import Problem
from messenger.desk.reception import Forwarded, RoomLine, Turned, Turnings
from messenger.desk.store import Store
from messenger.domain.errors import EvidenceRefused, RobinError
from messenger.domain.evidence import Assurance
from messenger.evidence.report import SignedReport, read_items
from messenger.evidence.schema import Schemas
from messenger.stream.address import prepared
from messenger.stream.requests import Refused

_AT_ONCE = 50
MOST_SECONDS = 300.0
"""For one room altogether: one that takes its time for each line must not keep the others waiting."""
_LATER = frozenset({"remote-server-not-found", "remote-server-timeout", "resource-constraint", "internal-server-error"})
log = logging.getLogger(__name__)


class RoomReader(Protocol):
    """Who reads rooms: the desk's line."""

    async def room_lines(self, room: str, ids: Sequence[str]) -> list[RoomLine]:
        """Messages of a room's archive by id. Raises `Refused` or a `RobinError`."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that somebody else confirmed: `level` A3 or A3r, `at` in Unix seconds, `by` a domain or a room."""

    seq: int
    level: str
    at: float
    by: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not fit. `kind` is a `originals.Fit` value; `seq` is 0 for a message that is none of the lines."""

    seq: int
    kind: str
    at: float
    by: str


@dataclass(frozen=True, slots=True)
class Marks:
    """What was found about one report. `room_read`: "" (not asked yet), "read", "refused" or "none" (nothing to ask)."""

    lines: Mapping[int, tuple[Mark, ...]]
    findings: tuple[Finding, ...]
    room_read: str


def marks(db: sqlite3.Connection, report_id: str) -> Marks:
    """What was found about a report, for the officer's page."""
    lines: dict[int, tuple[Mark, ...]] = {}
    for row in db.execute("SELECT * FROM corroborated WHERE report_id = ? ORDER BY seq, level", (report_id,)):
        lines[row["seq"]] = (*lines.get(row["seq"], ()), Mark(row["seq"], row["level"], row["at"], row["by"]))
    found = db.execute("SELECT * FROM findings WHERE report_id = ? ORDER BY seq, kind, by", (report_id,))
    findings = tuple(Finding(row["seq"], row["kind"], row["at"], row["by"]) for row in found)
    read = db.execute("SELECT outcome FROM room_reads WHERE report_id = ?", (report_id,)).fetchone()
    return Marks(lines, findings, read[0] if read else "")


def note(
    db: sqlite3.Connection, report_id: str, verdicts: Sequence[Verdict], level: str, by: str, now: float, read: str = ""
) -> None:
    """Keep what was found, once each; `read` ends the reading of the room. Nothing happens when the report is gone."""
    if cases.known(db, report_id) is None:
        return
    for one in verdicts:
        if one.fit is Fit.SAME:
            db.execute(
                "INSERT OR IGNORE INTO corroborated VALUES (?, ?, ?, ?, ?)", (report_id, one.seq, level, now, by)
            )
        else:
            db.execute(
                "INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?, ?)", (report_id, one.seq, one.fit.value, now, by)
            )
    if read:
        db.execute("INSERT OR REPLACE INTO room_reads VALUES (?, ?, ?)", (report_id, now, read))


def rooms_to_read(db: sqlite3.Connection) -> list[str]:
    """The reports whose room may be read and was not yet. What was taken back is left alone."""
    rows = db.execute(
        "SELECT DISTINCT report_id FROM consents JOIN reports USING (report_id) WHERE read_room = 1 AND filed IS NOT NULL"
        " AND report_id NOT IN (SELECT report_id FROM room_reads UNION SELECT report_id FROM withdrawals)"
    )
    return [row[0] for row in rows.fetchall() if consents.current(db, row[0])[1]]


class Corroboration:
    """Takes forwarded reports, and reads rooms where the reporter allowed it."""

    def __init__(
        self, store: Store, intake: Intake, schemas: Schemas, line: RoomReader, turnings: Turnings, clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._schemas = schemas
        self._line = line
        self._turnings = turnings
        self._clock = clock
        self._reading = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def forwarded(self, one: Forwarded) -> None:
        """A server forwarded a report: compare its original with the case's lines (A3), or drop and count it."""
        row = await self._store.run(cases_found.by_case, one.case_number)
        if row is None or row["digest"] != one.digest:
            self._turnings.add(Turned.UNKNOWN_CASE)
            return
        signed, entries = await self._opened(row)
        reporter = prepared(signed.body["reporter"]["jid"])
        if reporter is None or reporter.domain != one.domain:
            self._turnings.add(Turned.OTHER_SERVER)
            return
        if one.original is None:
            self._turnings.add(Turned.NO_ORIGINAL)
            return
        verdict = compare_forwarded(one.original, entries, reporter.bare)
        level = Assurance.A3.value
        await self._store.run(note, row["report_id"], [verdict], level, one.domain, self._clock())

    async def _opened(self, row: sqlite3.Row) -> tuple[SignedReport, list[dict[str, Any]]]:
        body = await self._store.run(cases.body, row["report_id"], "items")
        return await asyncio.to_thread(self._open, row["sealed"], body or b"")

    def _open(self, sealed: bytes, items: bytes) -> tuple[SignedReport, list[dict[str, Any]]]:
        signed = self._intake.open(sealed)
        return signed, read_items(signed, self._intake.unseal(items), self._schemas)

    def allowed(self) -> None:
        """The reporter said what may be read: look now, or when the line is up."""
        task = asyncio.get_running_loop().create_task(self.catch_up())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def catch_up(self) -> None:
        """Read every room that may be read and was not; what cannot be reached now is tried at the next sign-in."""
        async with self._reading:
            for report_id in await self._store.run(rooms_to_read):
                try:
                    await self._read_room(report_id)
                except (RobinError, Problem) as error:
                    log.info("a room could not be read now: %s", type(error).__name__)
                except Exception as error:  # noqa: BLE001  the door of tasks
                    log.error("reading a room failed: %s", type(error).__name__)

    async def _read_room(self, report_id: str) -> None:
        row = await self._intake.row(report_id)
        try:
            signed, entries = await self._opened(row)
        except EvidenceRefused:
            return
        room = signed.body["evidence"].get("room")
        address = prepared(room["jid"]) if room and room["public"] else None
        ids = room_ids(entries, address.full) if address is not None else {}
        if address is None or not ids:
            await self._store.run(note, report_id, [], "", "", self._clock(), "none")
            return
        try:
            async with asyncio.timeout(MOST_SECONDS):
                lines = await self._lines(address.full, list(dict.fromkeys(ids.values())))
        except (Refused, TimeoutError) as refused:
            if not isinstance(refused, Refused) or refused.condition not in _LATER:
                await self._store.run(note, report_id, [], "", address.full, self._clock(), "refused")
            return
        verdicts = _room_verdicts(lines, ids, entries, address.full, room["me"]["nick"])
        now = self._clock()
        await self._store.run(note, report_id, verdicts, Assurance.A3R.value, address.full, now, "read")

    async def _lines(self, room: str, ids: Sequence[str]) -> dict[str, RoomLine]:
        """What the archive has. A room that knows no id at all may be gone: that says nothing of the lines."""
        found: dict[str, RoomLine] = {}
        answered = False
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            try:
                lines = await self._line.room_lines(room, some)
                answered = True
            except Refused as refused:
                if refused.condition != "item-not-found":
                    raise
                lines = await self._one_by_one(room, some)
            found |= {one.id: one for one in lines}
        if not found and not answered:
            raise Refused("item-not-found")
        return found

    async def _one_by_one(self, room: str, ids: Sequence[str]) -> list[RoomLine]:
        """An archive answers for all ids or for none (XEP-0313, 5.2): find those that are still there."""
        found: list[RoomLine] = []
        for one in ids:
            try:
                found += await self._line.room_lines(room, [one])
            except Refused as refused:
                if refused.condition != "item-not-found":
                    raise
        return found


def _room_verdicts(
    lines: Mapping[str, RoomLine], ids: Mapping[int, str], entries: Sequence[Item], room: str, me: str
) -> list[Verdict]:
    items = {item["seq"]: item for item in shown(entries)}
    found: list[Verdict] = []
    for seq, id in ids.items():
        line = lines.get(id)
        fit = Fit.MISSING if line is None else compare_room_line(line.message, items[seq], room, me)
        found.append(Verdict(seq, fit))
    return found
