"""Later evidence in the encrypted store: sealed once, kept until the desk's receipt is there, chained by digests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from messenger.domain.evidence import Snapshot
from messenger.domain.report import AddendumSummary
from messenger.storage.connection import Connection, Row
from messenger.storage.report_drafts import snapshot_of


@dataclass(frozen=True, slots=True)
class Selection:
    """What an addendum was made from: enough to make it again while its lines are there."""

    snapshot: Snapshot | None
    chosen: tuple[int, ...]
    left_out: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Addendum:
    """A row. `sealed` None: the desk has it. `refused`: the desk will not have it as it is."""

    n: int
    addendum_id: str
    report_id: str
    at: str
    words: str
    lines: int
    digest: str
    prev_digest: str
    sealed: bytes | None
    selection: Selection | None
    jws: str = ""
    sent_at: str = ""
    refused: bool = False


def add(conn: Connection, one: Addendum) -> bool:
    """Keep a sealed addendum; False when it is there already (it then stays as it is)."""
    new = conn.execute(
        "INSERT OR IGNORE INTO report_addenda(addendum_id, report_id, at, words, lines, digest, prev_digest, sealed,"
        " made, jws) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.addendum_id,
            one.report_id,
            one.at,
            one.words,
            one.lines,
            one.digest,
            one.prev_digest,
            one.sealed,
            _selection_text(one.selection),
            one.jws,
        ),
    )
    return new.rowcount == 1


def get(conn: Connection, addendum_id: str) -> Addendum | None:
    """A row, or None."""
    row = conn.execute("SELECT * FROM report_addenda WHERE addendum_id = ?", (addendum_id,)).fetchone()
    return None if row is None else _row(row)


def waiting(conn: Connection, report_id: str) -> tuple[Addendum, ...]:
    """Those that the desk does not have yet, in order; refused ones are absent."""
    rows = conn.execute(
        "SELECT * FROM report_addenda WHERE report_id = ? AND sent_at = '' AND refused = 0 ORDER BY n", (report_id,)
    )
    return tuple(_row(row) for row in rows)


def last_digest(conn: Connection, report_id: str) -> str:
    """The digest that the next addendum follows: of the last one that stands, or '' when there is none."""
    row = conn.execute(
        "SELECT digest FROM report_addenda WHERE report_id = ? AND refused = 0 ORDER BY n DESC LIMIT 1", (report_id,)
    ).fetchone()
    return "" if row is None else str(row[0])


def remake(conn: Connection, addendum_id: str, prev_digest: str, digest: str, sealed: bytes, jws: str) -> bool:
    """The same addendum sealed anew behind another link; only while the desk has nothing of it."""
    changed = conn.execute(
        "UPDATE report_addenda SET prev_digest = ?, digest = ?, sealed = ?, jws = ? WHERE addendum_id = ? AND sent_at = ''",
        (prev_digest, digest, sealed, jws, addendum_id),
    )
    return changed.rowcount == 1


def accepted(conn: Connection, addendum_id: str, at: str, receipt: str) -> None:
    """The desk's receipt is there; what it was made from and its sealed form are not needed any more."""
    conn.execute(
        "UPDATE report_addenda SET sent_at = ?, receipt = ?, sealed = NULL, made = '', jws = '' WHERE addendum_id = ?",
        (at, receipt, addendum_id),
    )


def refuse(conn: Connection, addendum_id: str) -> None:
    """The desk will not have it; it stays, and what comes after it follows the one before it."""
    conn.execute("UPDATE report_addenda SET refused = 1 WHERE addendum_id = ?", (addendum_id,))


def give_up(conn: Connection, report_id: str) -> None:
    """The report was taken back: what the desk does not have will never go, and its sealed form is erased."""
    conn.execute(
        "UPDATE report_addenda SET refused = 1, sealed = NULL, made = '', jws = '' WHERE report_id = ? AND sent_at = ''",
        (report_id,),
    )


def again(conn: Connection, report_id: str) -> None:
    """Try those once more that were refused."""
    conn.execute(
        "UPDATE report_addenda SET refused = 0 WHERE report_id = ? AND sent_at = '' AND sealed IS NOT NULL", (report_id,)
    )


def summaries(conn: Connection, report_id: str) -> tuple[AddendumSummary, ...]:
    """All of a report, in order."""
    rows = conn.execute("SELECT * FROM report_addenda WHERE report_id = ? ORDER BY n", (report_id,))
    return tuple(
        AddendumSummary(
            str(row["addendum_id"]), str(row["at"]), str(row["sent_at"]), str(row["words"]), int(row["lines"])
        )
        for row in rows
    )


def _selection_text(selection: Selection | None) -> str:
    if selection is None:
        return ""
    snap = selection.snapshot
    return json.dumps([asdict(snap) if snap else None, selection.chosen, selection.left_out])


def _selection(text: str) -> Selection | None:
    if not text:
        return None
    parts: Sequence[Any] = json.loads(text)
    return Selection(snapshot_of(parts[0]) if parts[0] else None, tuple(parts[1]), tuple(parts[2]))


def _row(row: Row) -> Addendum:
    return Addendum(
        n=int(row["n"]),
        addendum_id=str(row["addendum_id"]),
        report_id=str(row["report_id"]),
        at=str(row["at"]),
        words=str(row["words"]),
        lines=int(row["lines"]),
        digest=str(row["digest"]),
        prev_digest=str(row["prev_digest"]),
        sealed=None if row["sealed"] is None else bytes(row["sealed"]),
        selection=_selection(str(row["made"])),
        jws=str(row["jws"]),
        sent_at=str(row["sent_at"]),
        refused=bool(row["refused"]),
    )
