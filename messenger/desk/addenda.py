"""Later evidence of a filed report: each addendum names the one before it by digest, and none is taken twice or out of its place."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass

from messenger.desk import cases, journal
from messenger.desk.bodies import MAX_TOTAL
from messenger.desk.intake import Intake, looks_like_media
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import Clock, rfc3339
from messenger.desk.problems import Problem
from messenger.desk.store import Store
from messenger.domain.receipt import AddendumReceipt
from messenger.evidence.addendum import (
    MAX_SEALED_BYTES,
    TYPE,
    SignedAddendum,
    make_addendum_receipt,
    open_addendum,
)
from messenger.evidence.keys import PublicKeys
from messenger.evidence.schema import Schemas

MAX_ADDENDUM = MAX_SEALED_BYTES
MAX_ADDENDA = 100


@dataclass(frozen=True, slots=True)
class Arrived:
    """A checked addendum on its way into the store."""

    report_id: str
    addendum_id: str
    digest: str
    prev_digest: str
    sealed: bytes


class Addenda:
    """Takes addenda in. Raises `Problem` for what cannot be taken."""

    def __init__(self, keys: DeskKeys, store: Store, schemas: Schemas, intake: Intake, clock: Clock) -> None:
        self._keys = keys
        self._store = store
        self._schemas = schemas
        self._intake = intake
        self._clock = clock

    async def put(self, report_id: str, addendum_id: str, named_digest: str, body: bytes) -> tuple[str, bool]:
        """Check and keep an addendum: its receipt, and whether it is new. A repeat gets the receipt of the first time."""
        row = await self._intake.filed(report_id)
        found = await self._store.run(by_id, report_id, addendum_id)
        if found is not None:
            return _again(found, named_digest), False
        signed = await self._intake.signed(row)
        opened = await asyncio.to_thread(self._open, body, signed.reporter_keys(), report_id)
        if opened.digest != named_digest:
            raise Problem(400, "digest")
        if opened.addendum_id != addendum_id:
            raise Problem(422, "id")
        arrived = Arrived(report_id, addendum_id, named_digest, opened.prev_digest, body)
        return await self._store.run(keep, self._keys, arrived, self._clock())

    def _open(self, body: bytes, keys: PublicKeys, report_id: str) -> SignedAddendum:
        if looks_like_media(body):
            raise Problem(415, "media-type")
        return self._intake.read_letter(
            body, TYPE, lambda: open_addendum(body, self._keys.sealing, keys, report_id, self._schemas)
        )


def _again(found: sqlite3.Row, named_digest: str) -> str:
    if found["digest"] != named_digest:
        raise Problem(409, "other-digest")
    return str(found["receipt"])


def by_id(db: sqlite3.Connection, report_id: str, addendum_id: str) -> sqlite3.Row | None:
    """The addendum with this id."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM addenda WHERE report_id = ? AND addendum_id = ?", (report_id, addendum_id)
    ).fetchone()
    return row


def of_report(db: sqlite3.Connection, report_id: str) -> list[sqlite3.Row]:
    """A report's addenda in order."""
    return db.execute("SELECT * FROM addenda WHERE report_id = ? ORDER BY n", (report_id,)).fetchall()


def last_digest(db: sqlite3.Connection, row: sqlite3.Row) -> str:
    """The end of a report's chain: of its newest addendum, or of the report itself."""
    found = db.execute(
        "SELECT digest FROM addenda WHERE report_id = ? ORDER BY n DESC LIMIT 1", (row["report_id"],)
    ).fetchone()
    return str(found["digest"] if found else row["digest"])


def keep(db: sqlite3.Connection, keys: DeskKeys, arrived: Arrived, now: float) -> tuple[str, bool]:
    """Keep an addendum when it follows the last one: its receipt, and whether it is new. Raises `Problem`."""
    row = cases.known(db, arrived.report_id)
    if row is None:
        raise Problem(410, "withdrawn" if cases.tombstone(db, arrived.report_id) else "gone")
    found = by_id(db, arrived.report_id, arrived.addendum_id)
    if found is not None:
        return _again(found, arrived.digest), False
    if cases.withdrawal(db, arrived.report_id) is not None:
        raise Problem(409, "withdrawn-noted")
    count, held = db.execute(
        "SELECT count(*), coalesce(sum(length(sealed)), 0) FROM addenda WHERE report_id = ?", (arrived.report_id,)
    ).fetchone()
    last = last_digest(db, row)
    if arrived.prev_digest != last:
        raise Problem(409, "chain", last=last)
    if count >= MAX_ADDENDA or held + len(arrived.sealed) > MAX_TOTAL:
        raise Problem(413, "full")
    receipt = AddendumReceipt(
        report_id=arrived.report_id,
        addendum_id=arrived.addendum_id,
        addendum_digest=arrived.digest,
        case_number=row["case_number"],
        received_at=rfc3339(now),
        jws="",
    )
    made = make_addendum_receipt(keys.signing, receipt)
    db.execute(
        "INSERT INTO addenda (report_id, n, addendum_id, digest, at, sealed, receipt) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (arrived.report_id, count + 1, arrived.addendum_id, arrived.digest, now, arrived.sealed, made),
    )
    journal.write(db, now, "", "addendum", row["case_number"])
    return made, True
