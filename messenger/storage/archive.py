"""How far the own archive (XEP-0313) is known: the newest message, and gaps still to be read, backwards."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Known:
    """Everything up to archive id `id` is here, or named in a gap; its rows have ids up to `row`. '' at first."""

    id: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Older messages are missing before archive id `before`, back to what is `known`."""

    id: int
    before: str
    known: Known


def newest(conn: Connection, account: str) -> Known:
    """How far the archive is known."""
    row = conn.execute("SELECT newest, newest_row FROM archive_state WHERE account = ?", (account,)).fetchone()
    return Known() if row is None else Known(str(row["newest"]), int(row["newest_row"]))


def set_newest(conn: Connection, account: str, archive_id: str, at: str) -> None:
    """Everything up to this archive id is stored now, or named in a gap."""
    conn.execute(
        "INSERT INTO archive_state(account, newest, newest_row, synced_at)"
        " VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM messages), ?)"
        " ON CONFLICT(account) DO UPDATE SET newest = excluded.newest, newest_row = excluded.newest_row,"
        " synced_at = excluded.synced_at",
        (account, archive_id, at),
    )


def gaps(conn: Connection, account: str) -> list[Gap]:
    """What is still to be read, newest first."""
    rows = conn.execute("SELECT * FROM archive_gaps WHERE account = ? ORDER BY id DESC", (account,))
    return [Gap(int(r["id"]), str(r["before_id"]), Known(str(r["known_id"]), int(r["known_row"]))) for r in rows]


def open_gap(conn: Connection, account: str, before: str, known: Known) -> None:
    """Note that older messages are missing."""
    conn.execute(
        "INSERT INTO archive_gaps(account, before_id, known_id, known_row) VALUES (?, ?, ?, ?)",
        (account, before, known.id, known.row),
    )


def narrow(conn: Connection, gap: int, before: str) -> None:
    """A page of the gap is stored: go on before this id."""
    conn.execute("UPDATE archive_gaps SET before_id = ? WHERE id = ?", (before, gap))


def close_gap(conn: Connection, gap: int) -> None:
    """Everything of the gap is stored."""
    conn.execute("DELETE FROM archive_gaps WHERE id = ?", (gap,))


def forget_gaps(conn: Connection, account: str) -> None:
    """The archive lost what the gaps named."""
    conn.execute("DELETE FROM archive_gaps WHERE account = ?", (account,))
