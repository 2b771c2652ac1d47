"""The outbox in the encrypted store: a row for every report that was saved, in order, with its state."""

from __future__ import annotations

from dataclasses import dataclass, replace

from messenger.domain.report import Draft, OutboxState
from messenger.storage import report_cases, report_drafts
from messenger.storage.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class Entry:
    """A saved report. `urgency`: 0 now to 3 log. `key`: thumbprint of the reporter's signing key.

    `problem` is a fixed word of services/problems.py, or ''.
    """

    report_id: str
    digest: str
    account: str
    about: str
    endpoint_id: str
    endpoint: str
    urgency: int
    key: str
    saved_at: str
    state: OutboxState = OutboxState.SAVED
    attempts: int = 0
    problem: str = ""
    n: int = 0


def add(conn: Connection, entry: Entry, copy: bytes | None = None) -> bool:
    """Queue a report and erase its draft, in one transaction; with its readable copy where one was asked for.

    A report that is there already stays as it is; then False.
    """
    new = conn.execute(
        "INSERT OR IGNORE INTO outbox(report_id, digest, account, about, endpoint_id, endpoint, urgency, key, saved_at,"
        " state, problem) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.report_id,
            entry.digest,
            entry.account,
            entry.about,
            entry.endpoint_id,
            entry.endpoint,
            entry.urgency,
            entry.key,
            entry.saved_at,
            entry.state.value,
            entry.problem,
        ),
    )
    report_drafts.drop(conn, entry.report_id)
    if new.rowcount != 1:
        return False
    if copy is not None:
        report_cases.keep_copy(conn, entry.report_id, copy)
    return True


def adopt(conn: Connection, entry: Entry, draft: Draft | None) -> bool:
    """Queue a report of which only the sealed file was found; a draft of it tells whose it is and about whom."""
    known = entry if draft is None else replace(entry, account=draft.account, about=draft.counterpart)
    return add(conn, known)


def get(conn: Connection, report_id: str) -> Entry | None:
    """The row of a report, or None."""
    row = conn.execute("SELECT * FROM outbox WHERE report_id = ?", (report_id,)).fetchone()
    return None if row is None else _entry(row)


def people(conn: Connection) -> list[tuple[str, str, str]]:
    """(id, account, address) of everybody whom an open draft or a report without its receipt is about."""
    rows = conn.execute(
        "SELECT id, account, counterpart FROM report_drafts WHERE counterpart <> '' AND addendum_of = '' UNION ALL"
        " SELECT report_id, account, about FROM outbox WHERE about <> '' AND state NOT IN ('sent', 'handed') UNION ALL"
        " SELECT report_id, account, party FROM outbox JOIN report_after USING (report_id)"
        " WHERE party <> '' AND state NOT IN ('sent', 'handed')"
    )
    return [(str(row[0]), str(row[1]), str(row[2])) for row in rows]


def every(conn: Connection) -> tuple[Entry, ...]:
    """All rows, the newest first."""
    return tuple(_entry(row) for row in conn.execute("SELECT * FROM outbox ORDER BY n DESC"))


def waiting(conn: Connection) -> tuple[Entry, ...]:
    """What is to be sent: the urgent first, then in order."""
    rows = conn.execute("SELECT * FROM outbox WHERE state IN ('saved', 'sending') ORDER BY urgency > 0, n")
    return tuple(_entry(row) for row in rows)


def crowding(conn: Connection, entry: Entry, since: str, hourly: int) -> str:
    """When the report was saved that makes this one the first too many since then, or '' when it is not."""
    row = conn.execute(
        "SELECT saved_at FROM outbox WHERE n < ? AND saved_at > ? ORDER BY n DESC LIMIT 1 OFFSET ?",
        (entry.n, since, hourly - 1),
    ).fetchone()
    return "" if row is None else str(row[0])


def set_state(conn: Connection, report_id: str, state: OutboxState, problem: str = "") -> None:
    """How the report stands now."""
    conn.execute("UPDATE outbox SET state = ?, problem = ? WHERE report_id = ?", (state.value, problem, report_id))


def count_attempt(conn: Connection, report_id: str) -> int:
    """One more try begins; returns how many there were."""
    conn.execute(
        "UPDATE outbox SET attempts = attempts + 1, state = ? WHERE report_id = ?",
        (OutboxState.SENDING.value, report_id),
    )
    row = conn.execute("SELECT attempts FROM outbox WHERE report_id = ?", (report_id,)).fetchone()
    return 0 if row is None else int(row[0])


def again(conn: Connection, report_id: str) -> bool:
    """Queue a report once more that needed attention; False when it is not one to send."""
    changed = conn.execute(
        "UPDATE outbox SET state = ?, problem = '' WHERE report_id = ? AND state <> ?",
        (OutboxState.SAVED.value, report_id, OutboxState.SENT.value),
    )
    return changed.rowcount == 1


def _entry(row: Row) -> Entry:
    return Entry(
        report_id=str(row["report_id"]),
        digest=str(row["digest"]),
        account=str(row["account"]),
        about=str(row["about"]),
        endpoint_id=str(row["endpoint_id"]),
        endpoint=str(row["endpoint"]),
        urgency=int(row["urgency"]),
        key=str(row["key"]),
        saved_at=str(row["saved_at"]),
        state=OutboxState(row["state"]),
        attempts=int(row["attempts"]),
        problem=str(row["problem"]),
        n=int(row["n"]),
    )
