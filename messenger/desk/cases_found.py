"""What the officers' pages ask the store for: lists, counts and one case. Each function is one transaction's work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from messenger.desk import cases, journal, triage

_SORT = {
    "open": "SELECT * FROM reports WHERE filed IS NOT NULL AND status NOT IN ('closed', 'withdrawn')",
    "closed": "SELECT * FROM reports WHERE filed IS NOT NULL AND status IN ('closed', 'withdrawn')",
}


def queue(db: sqlite3.Connection, state: str = "open", officer: str = "", tier: str = "") -> list[sqlite3.Row]:
    """The open or closed reports, most urgent first, then by the time of the answer; of one officer or tier where given."""
    rows = db.execute(_SORT[state]).fetchall()
    found = [row for row in rows if officer in ("", row["officer"]) and tier in ("", row["tier"])]
    if state == "closed":
        return sorted(found, key=lambda row: -row["status_at"])
    return sorted(found, key=lambda row: triage.Place(row["tier"], row["answer_by"], row["filed"]).order())


def waiting_replies(db: sqlite3.Connection) -> set[str]:
    """The reports whose reporter wrote after the desk's last message."""
    rows = db.execute(
        "SELECT report_id, max(at) AS last FROM replies GROUP BY report_id HAVING last >"
        " coalesce((SELECT max(at) FROM messages WHERE messages.report_id = replies.report_id), 0)"
    )
    return {row[0] for row in rows}


def by_case(db: sqlite3.Connection, case_number: str) -> sqlite3.Row | None:
    """The filed report with this case number."""
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM reports WHERE filed IS NOT NULL AND case_number = ?", (case_number,)
    ).fetchone()
    return row


def by_address(db: sqlite3.Connection, keyed: str) -> list[sqlite3.Row]:
    """The filed reports that name an address, newest first."""
    return db.execute(
        "SELECT * FROM reports WHERE filed IS NOT NULL AND report_id IN (SELECT report_id FROM addresses WHERE keyed = ?)"
        " ORDER BY filed DESC",
        (keyed,),
    ).fetchall()


def also_seen(db: sqlite3.Connection, report_id: str, keyed: Iterable[str]) -> list[str]:
    """The case numbers of other reports about the same reported addresses."""
    found: set[str] = set()
    for one in keyed:
        rows = db.execute(
            "SELECT case_number FROM reports JOIN addresses USING (report_id)"
            " WHERE keyed = ? AND kind = 'reported' AND report_id <> ? AND filed IS NOT NULL",
            (one, report_id),
        )
        found.update(row[0] for row in rows)
    return sorted(found)


def opened_at(db: sqlite3.Connection, report_id: str, officer: str) -> float | None:
    """When this officer opened name and contact, if ever."""
    row = db.execute("SELECT at FROM opened WHERE report_id = ? AND officer = ?", (report_id, officer)).fetchone()
    return float(row[0]) if row else None


def open_identity(db: sqlite3.Connection, row: sqlite3.Row, officer: str, reason: str, now: float) -> None:
    """Note that an officer opens name and contact, and why."""
    db.execute("INSERT OR IGNORE INTO opened VALUES (?, ?, ?)", (row["report_id"], officer, now))
    journal.write(db, now, officer, "identity", row["case_number"], reason)


def take(db: sqlite3.Connection, row: sqlite3.Row, officer: str, now: float) -> None:
    """Give the case to an officer."""
    db.execute("UPDATE reports SET officer = ? WHERE report_id = ?", (officer, row["report_id"]))
    if row["status"] in ("received", "triaged"):
        cases.set_status(db, row["report_id"], "assigned", now)
    journal.write(db, now, officer, "taken", row["case_number"])


def change_urgency(db: sqlite3.Connection, row: sqlite3.Row, officer: str, tier: str, reason: str, now: float) -> None:
    """Raise or lower the urgency; the time of the answer follows, counted from when the report came in."""
    db.execute(
        "UPDATE reports SET tier = ?, answer_by = ? WHERE report_id = ?",
        (tier, triage.answer_by(tier, row["filed"]), row["report_id"]),
    )
    journal.write(db, now, officer, "urgency", row["case_number"], f"{row['tier']} > {tier}: {reason}")


def change_status(db: sqlite3.Connection, row: sqlite3.Row, officer: str, status: str, reason: str, now: float) -> bool:
    """Set the status; False when it is the present one."""
    if not cases.set_status(db, row["report_id"], status, now):
        return False
    journal.write(db, now, officer, "status", row["case_number"], f"{status}: {reason}")
    return True
