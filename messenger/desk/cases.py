"""What is written about a report, from its first byte to its erasure. Each function is one transaction's work."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from messenger.desk import journal
from messenger.desk.moments import DAY, HOUR

UNFINISHED_AFTER = DAY
ASKED_FOR = HOUR
"""How long letters and questions to one address are counted."""
RETENTION_DAYS = 90


class Stored(Enum):
    NEW = "new"
    SAME = "same"
    OTHER = "other"
    GONE = "gone"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Incoming:
    """What the queue needs of a report, read from the checked report itself."""

    report_id: str
    digest: str
    sealed: bytes
    category: str
    tier: str
    age_band: str
    country: str
    factors: Sequence[str]
    files: Mapping[str, str]
    addresses: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Filing:
    """What is fixed when a report is complete."""

    case_number: str
    answer: bytes
    code_hash: str
    filed: float
    answer_by: float


def known(db: sqlite3.Connection, report_id: str) -> sqlite3.Row | None:
    """The report's row."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM reports WHERE report_id = ?", (report_id,)).fetchone()
    return row


def is_erased(db: sqlite3.Connection, report_id: str) -> bool:
    """Whether a report was here and its time was over."""
    return db.execute("SELECT 1 FROM erased WHERE report_id = ?", (report_id,)).fetchone() is not None


def tombstone(db: sqlite3.Connection, report_id: str) -> sqlite3.Row | None:
    """What is left of a report that its reporter took back before anybody looked."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM tombstones WHERE report_id = ?", (report_id,)).fetchone()
    return row


def known_or_left(
    db: sqlite3.Connection, report_id: str
) -> tuple[sqlite3.Row | None, sqlite3.Row | None]:
    """The report's row and its tombstone, seen in the same moment: at most one of them is there."""
    return known(db, report_id), tombstone(db, report_id)


def withdrawal(db: sqlite3.Connection, report_id: str) -> sqlite3.Row | None:
    """The note that a report was taken back when people had begun to look at it."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM withdrawals WHERE report_id = ?", (report_id,)).fetchone()
    return row


def put(db: sqlite3.Connection, incoming: Incoming, now: float) -> Stored:
    """Keep a checked report, once."""
    if tombstone(db, incoming.report_id) is not None:
        return Stored.WITHDRAWN
    if is_erased(db, incoming.report_id):
        return Stored.GONE
    row = known(db, incoming.report_id)
    if row is not None:
        return Stored.SAME if row["digest"] == incoming.digest else Stored.OTHER
    db.execute(
        "INSERT INTO reports (report_id, digest, sealed, created, category, tier, first_tier, age_band, country, factors)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            incoming.report_id, incoming.digest, incoming.sealed, now, incoming.category,
            incoming.tier, incoming.tier, incoming.age_band, incoming.country, json.dumps(list(incoming.factors)),
        ),
    )  # fmt: skip
    for name, sealed_digest in incoming.files.items():
        db.execute("INSERT INTO files VALUES (?, ?, ?, NULL)", (incoming.report_id, sealed_digest, name))
    for kind, keyed in incoming.addresses:
        db.execute("INSERT OR IGNORE INTO addresses VALUES (?, ?, ?)", (incoming.report_id, kind, keyed))
    return Stored.NEW


def file_row(db: sqlite3.Connection, report_id: str, sealed_digest: str) -> sqlite3.Row | None:
    """The row of a file that the report names."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM files WHERE report_id = ? AND sealed_digest = ?", (report_id, sealed_digest)
    ).fetchone()
    return row


def put_file(db: sqlite3.Connection, report_id: str, sealed_digest: str, body: bytes) -> Stored:
    """Keep a checked file that the report names, once."""
    row = file_row(db, report_id, sealed_digest)
    if row is None:
        return Stored.GONE
    if row["body"] is not None:
        return Stored.SAME
    db.execute("UPDATE files SET body = ? WHERE report_id = ? AND sealed_digest = ?", (body, report_id, sealed_digest))
    return Stored.NEW


def missing(db: sqlite3.Connection, report_id: str) -> list[str]:
    """The sealed digests that are named but not here."""
    rows = db.execute("SELECT sealed_digest FROM files WHERE report_id = ? AND body IS NULL", (report_id,))
    return sorted(row[0] for row in rows)


def body(db: sqlite3.Connection, report_id: str, name: str) -> bytes | None:
    """The sealed bytes of the file `name` (items or identity)."""
    row = db.execute("SELECT body FROM files WHERE report_id = ? AND name = ?", (report_id, name)).fetchone()
    return row[0] if row else None


def case_number_free(db: sqlite3.Connection, case_number: str) -> bool:
    """A number is used once, reports that were erased since included."""
    used = db.execute(
        "SELECT 1 FROM reports WHERE case_number = :n UNION ALL SELECT 1 FROM journal WHERE case_number = :n",
        {"n": case_number},
    ).fetchone()
    return used is None


def file_report(db: sqlite3.Connection, report_id: str, filing: Filing) -> bytes:
    """File a complete report, once; returns the answer that stands (the first one, for ever)."""
    row = known(db, report_id)
    assert row is not None
    if row["answer"] is not None:
        return bytes(row["answer"])
    db.execute(
        "UPDATE reports SET filed = ?, case_number = ?, answer = ?, code_hash = ?, answer_by = ? WHERE report_id = ?",
        (filing.filed, filing.case_number, filing.answer, filing.code_hash, filing.answer_by, report_id),
    )
    set_status(db, report_id, "received", filing.filed)
    journal.write(db, filing.filed, "", "received", filing.case_number)
    return filing.answer


def set_status(db: sqlite3.Connection, report_id: str, status: str, now: float) -> bool:
    """Add a status; False when it is the present one."""
    row = db.execute("SELECT status FROM reports WHERE report_id = ?", (report_id,)).fetchone()
    if row["status"] == status:
        return False
    n = db.execute("SELECT count(*) FROM history WHERE report_id = ?", (report_id,)).fetchone()[0] + 1
    db.execute("INSERT INTO history VALUES (?, ?, ?, ?)", (report_id, n, status, now))
    db.execute("UPDATE reports SET status = ?, status_at = ? WHERE report_id = ?", (status, now, report_id))
    return True


def history(db: sqlite3.Connection, report_id: str) -> list[sqlite3.Row]:
    """The statuses so far, oldest first."""
    return db.execute("SELECT status, at FROM history WHERE report_id = ? ORDER BY n", (report_id,)).fetchall()


def message_count(db: sqlite3.Connection, report_id: str) -> int:
    """How many messages the desk has written."""
    return int(db.execute("SELECT count(*) FROM messages WHERE report_id = ?", (report_id,)).fetchone()[0])


def news(db: sqlite3.Connection, report_id: str) -> tuple[list[sqlite3.Row], int, sqlite3.Row | None]:
    """Statuses so far, number of the desk's messages and the row itself, all of the same moment."""
    return history(db, report_id), message_count(db, report_id), known(db, report_id)


def messages(db: sqlite3.Connection, report_id: str, after: int = 0, limit: int = 1000) -> list[sqlite3.Row]:
    """The messages of the desk after number `after`, in order."""
    return db.execute(
        "SELECT * FROM messages WHERE report_id = ? AND n > ? ORDER BY n LIMIT ?", (report_id, after, limit)
    ).fetchall()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of the desk: `sealed` to the reporter, `own` to the desk itself."""

    report_id: str
    n: int
    at: float
    officer: str
    sealed: bytes
    own: bytes
    draft: str


def draft_used(db: sqlite3.Connection, report_id: str, draft: str) -> bool:
    """Whether the form with this number was sent before."""
    found = db.execute("SELECT 1 FROM messages WHERE report_id = ? AND draft = ?", (report_id, draft)).fetchone()
    return found is not None


def put_message(db: sqlite3.Connection, one: Outgoing) -> None:
    """Keep a message of the desk."""
    db.execute(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)",
        (one.report_id, one.n, one.at, one.officer, one.sealed, one.own, one.draft),
    )


def replies(db: sqlite3.Connection, report_id: str) -> list[sqlite3.Row]:
    """What the reporter wrote back, in order."""
    return db.execute("SELECT * FROM replies WHERE report_id = ? ORDER BY at, id", (report_id,)).fetchall()


def put_reply(db: sqlite3.Connection, report_id: str, id: str, sealed: bytes, now: float) -> bool | None:
    """Keep a reply, once; True when it is new, None when the report is gone."""
    row = known(db, report_id)
    if row is None:
        return None
    found = db.execute("INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?)", (report_id, id, now, sealed))
    if found.rowcount:
        journal.write(db, now, "", "reply", row["case_number"] or "")
    return bool(found.rowcount)


def use_proof(db: sqlite3.Connection, jti: str, until: float) -> bool:
    """False when this proof was used before."""
    return bool(db.execute("INSERT OR IGNORE INTO proofs VALUES (?, ?)", (jti, until)).rowcount)


def purge(db: sqlite3.Connection, now: float, retention_days: int) -> int:
    """Erase what is over its time; returns how many reports went. Unfinished ones go after 24 hours, and may come again."""
    db.execute("DELETE FROM proofs WHERE until < ?", (now,))
    db.execute("DELETE FROM sessions WHERE until < ?", (now,))
    erased = db.execute(
        "DELETE FROM reports WHERE filed IS NULL AND created < ?", (now - UNFINISHED_AFTER,)
    ).rowcount
    over = db.execute(
        "SELECT report_id, case_number FROM reports WHERE filed < ?", (now - retention_days * DAY,)
    ).fetchall()
    db.execute(
        "DELETE FROM asked WHERE at < ? AND report_id NOT IN (SELECT report_id FROM reports)", (now - ASKED_FOR,)
    )
    # A tombstone keeps the answer for a repeat; after the same time only the id is known to be gone.
    stones = "SELECT report_id, at FROM tombstones WHERE at < :limit"
    limit = {"limit": now - retention_days * DAY}
    for row in db.execute(stones, limit).fetchall():
        db.execute("INSERT OR IGNORE INTO erased VALUES (?, ?)", (row["report_id"], row["at"]))
    db.execute("DELETE FROM tombstones WHERE at < :limit", limit)
    for row in over:
        db.execute("INSERT OR IGNORE INTO erased VALUES (?, ?)", (row["report_id"], now))
        db.execute("DELETE FROM reports WHERE report_id = ?", (row["report_id"],))
        journal.forget_words(db, row["case_number"])
        journal.write(db, now, "", "erased", row["case_number"])
    return erased + len(over)
