"""After damage: the file goes aside with its journal, and what can still be read of the small tables comes over.

Messages stay behind (the server's archive brings them back), and notices with the messages that they are about;
accounts, settings, people, drafts and reports come.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from messenger.domain.errors import StoreError
from messenger.storage import journal
from messenger.storage.connection import Connection, Error, connect, scalar

_LEFT_BEHIND = {"messages", "stanzas", "edits", "journal", "outgoing", "archive_gaps", "archive_state", "notices"}
_COUNTED = ("messages", "conversations", "edits")


def set_aside(path: Path) -> Path:
    """Move the store with its -wal and -shm to a name of its own; returns it. Raises `OSError`."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    for suffix in ("-wal", "-shm", "-journal", ""):
        part = path.with_name(path.name + suffix)
        if part.exists():
            os.replace(part, aside.with_name(aside.name + suffix))
    return aside


def salvage(aside: Path, key: bytes, into: Connection) -> int:
    """Copy the readable rows of the small tables into a new store; returns how many. Never raises for damage."""
    start_numbers(into)
    if not aside.exists():
        return 0
    try:
        old = connect(aside, key)
    except (Error, StoreError):
        return 0
    rows = 0
    try:
        for table, columns in _tables(into):
            rows += _copy(old, into, table, columns)
    finally:
        old.close()
    _forget_last_messages(into)
    return rows


def start_numbers(conn: Connection) -> None:
    """Let ids of the new store begin far above every old one, so that a report's draft never names another message."""
    first = time.time_ns() // 1_000_000
    for table in _COUNTED:
        conn.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        conn.execute("INSERT INTO sqlite_sequence(name, seq) VALUES (?, ?)", (table, first))
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    journal.begin(conn, now, first)


def _tables(conn: Connection) -> list[tuple[str, list[str]]]:
    names = conn.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    # Accounts first: other tables may refer to them.
    ordered = sorted((str(row[0]) for row in names), key=lambda name: (name != "accounts", name))
    return [
        (name, [str(row[0]) for row in conn.execute("SELECT name FROM pragma_table_info(?)", (name,))])
        for name in ordered
        if name not in _LEFT_BEHIND
    ]


def _copy(old: Connection, into: Connection, table: str, columns: list[str]) -> int:
    """Row by row until the damage. Names come from our own schema, not from the damaged file.

    A store of an older Robin has not all of them: SQLite would read a quoted name that is no column as a text.
    """
    rows = 0
    try:
        there = {str(row[0]) for row in old.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        known = [name for name in columns if name in there]
        if not known:
            return 0
        quoted = ", ".join('"' + name + '"' for name in known)
        insert = 'INSERT OR REPLACE INTO "' + table + '"(' + quoted + ") VALUES (" + ", ".join("?" for _ in known) + ")"
        for row in old.execute("SELECT " + quoted + ' FROM "' + table + '"'):
            try:
                into.execute(insert, tuple(row))
                rows += 1
            except Error:
                continue
    except (Error, OverflowError, UnicodeDecodeError):
        return rows
    return rows


def _forget_last_messages(conn: Connection) -> None:
    if scalar(conn, "SELECT count(*) FROM pragma_table_info('conversations') WHERE name = 'last_message'"):
        conn.execute("UPDATE conversations SET last_message = NULL, unread = 0")
    if scalar(conn, "SELECT count(*) FROM pragma_table_info('rooms') WHERE name = 'newest'"):
        # What was known of a room's archive is gone: it is read anew.
        conn.execute("UPDATE rooms SET newest = ''")
