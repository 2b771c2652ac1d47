"""How far the own archive (XEP-0313) is known: the newest message, and gaps still to be read, backwards."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.storage.connection import Connection, scalar


@dataclass(frozen=True, slots=True)
class Gap:
    """Older messages are missing before archive id `before`, back to `known` ('': to the archive's beginning)."""

    id: int
    before: str
    known: str


def newest(conn: Connection, account: str) -> str:
    """The newest archive id that a finished or running sync has seen, or ''."""
    return str(scalar(conn, "SELECT newest FROM archive_state WHERE account = ?", (account,)) or "")


def set_newest(conn: Connection, account: str, archive_id: str, at: str) -> None:
    """Keep the newest archive id seen."""
    conn.execute(
        "INSERT INTO archive_state(account, newest, synced_at) VALUES (?, ?, ?)"
        " ON CONFLICT(account) DO UPDATE SET newest = excluded.newest, synced_at = excluded.synced_at",
        (account, archive_id, at),
    )


def gaps(conn: Connection, account: str) -> list[Gap]:
    """What is still to be read, newest first."""
    rows = conn.execute("SELECT * FROM archive_gaps WHERE account = ? ORDER BY id DESC", (account,))
    return [Gap(int(row["id"]), str(row["before_id"]), str(row["known_id"])) for row in rows]


def open_gap(conn: Connection, account: str, before: str, known: str) -> Gap:
    """Note that older messages are missing."""
    row = conn.execute(
        "INSERT INTO archive_gaps(account, before_id, known_id) VALUES (?, ?, ?)", (account, before, known)
    ).lastrowid
    return Gap(row, before, known)


def narrow(conn: Connection, gap: int, before: str) -> None:
    """A page of the gap is stored: go on before this id."""
    conn.execute("UPDATE archive_gaps SET before_id = ? WHERE id = ?", (before, gap))


def close_gap(conn: Connection, gap: int) -> None:
    """Everything of the gap is stored."""
    conn.execute("DELETE FROM archive_gaps WHERE id = ?", (gap,))


def forget_gaps(conn: Connection, account: str) -> None:
    """The archive lost what the gaps named."""
    conn.execute("DELETE FROM archive_gaps WHERE account = ?", (account,))
