"""What the officers' pages ask the store for: lists, counts and one case. Each function is one transaction's work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from messenger.desk import cases, journal, triage

# What came from the reporter after an officer last opened or did something: nothing of it may stay unseen.
_UNSEEN = """
SELECT report_id, max(kind = 'addendum') AS added, max(kind = 'reply') AS wrote FROM (
  SELECT report_id, at, 'addendum' AS kind FROM addenda
  UNION ALL SELECT report_id, at, 'reply' FROM replies
  UNION ALL SELECT report_id, at, 'withdrawal' FROM withdrawals
) JOIN reports USING (report_id)
WHERE at > coalesce((SELECT max(at) FROM journal WHERE case_number = reports.case_number AND officer <> ''), 0)
GROUP BY report_id
"""


@dataclass(frozen=True, slots=True)
class News:
    """What waits for an officer: reports by id. `unseen` came in since somebody last looked at the case."""

    wrote: frozenset[str]
    added: frozenset[str]
    unseen: frozenset[str]
    withdrawn: frozenset[str]


def news(db: sqlite3.Connection) -> News:
    """What the reporters sent that nobody has answered or looked at yet, and what was taken back."""
    unseen = db.execute(_UNSEEN).fetchall()
    return News(
        wrote=frozenset(waiting_replies(db)) | {row["report_id"] for row in unseen if row["wrote"]},
        added=frozenset(row["report_id"] for row in unseen if row["added"]),
        unseen=frozenset(row["report_id"] for row in unseen),
        withdrawn=frozenset(row[0] for row in db.execute("SELECT report_id FROM withdrawals")),
    )


def queue(db: sqlite3.Connection, state: str = "open", officer: str = "", tier: str = "") -> list[sqlite3.Row]:
    """The open or closed reports, most urgent first, then by the time of the answer; of one officer or tier where given.

    A closed one that has unseen news is open as well.
    """
    rows = db.execute("SELECT * FROM reports WHERE filed IS NOT NULL").fetchall()
    unseen = {row["report_id"] for row in db.execute(_UNSEEN)}
    if state == "closed":
        rows = [row for row in rows if row["status"] == "closed"]
    else:
        rows = [row for row in rows if row["status"] != "closed" or row["report_id"] in unseen]
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


def known_number(db: sqlite3.Connection, case_number: str) -> bool:
    """Whether there is a case with this number, or the tombstone of one."""
    found = db.execute(
        "SELECT 1 FROM reports WHERE filed IS NOT NULL AND case_number = :n"
        " UNION ALL SELECT 1 FROM tombstones WHERE case_number = :n",
        {"n": case_number},
    ).fetchone()
    return found is not None


def open_case(db: sqlite3.Connection, case_number: str, officer: str, now: float) -> sqlite3.Row | None:
    """The filed report with this case number, noted as opened in the same moment: from now on it can not be taken back unseen."""
    row = by_case(db, case_number)
    if row is not None:
        journal.write_seldom(db, now, officer, "opened", case_number)
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


def openings(db: sqlite3.Connection, case_number: str) -> list[sqlite3.Row]:
    """Who opened name and contact, when and why, oldest first."""
    return db.execute(
        "SELECT journal.at, journal.officer, journal_words.words FROM journal LEFT JOIN journal_words USING (id)"
        " WHERE case_number = ? AND action = 'identity' ORDER BY id",
        (case_number,),
    ).fetchall()


def open_identity(db: sqlite3.Connection, row: sqlite3.Row, officer: str, reason: str, now: float) -> None:
    """Note that an officer opens name and contact, and why."""
    db.execute("INSERT OR IGNORE INTO opened VALUES (?, ?, ?)", (row["report_id"], officer, now))
    journal.write(db, now, officer, "identity", row["case_number"], reason)


def take(db: sqlite3.Connection, row: sqlite3.Row, officer: str, now: float) -> None:
    """Give the case to an officer, when it is still there."""
    now_there = cases.known(db, row["report_id"])
    if now_there is None:
        return
    db.execute("UPDATE reports SET officer = ? WHERE report_id = ?", (officer, row["report_id"]))
    if now_there["status"] in ("received", "triaged"):
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
