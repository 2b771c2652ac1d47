"""Brings a store to the newest schema: numbered SQL files, each applied in one transaction with its number."""

from __future__ import annotations

from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from messenger.domain.errors import StoreNewer
from messenger.storage.connection import Connection, Error, scalar

_FOLDER = Path(__file__).resolve().parent


def files() -> list[Path]:
    """The migrations in order: ``0001_*.sql`` and so on, without gaps."""
    found = sorted(_FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql"))
    if [int(one.name[:4]) for one in found] != list(range(1, len(found) + 1)):
        raise RuntimeError("the migrations are not numbered one after the other")
    return found


def newest() -> int:
    """The number of the newest schema."""
    return len(files())


def version(conn: Connection) -> int:
    """The number of this store's schema. Raises `StoreNewer` when this Robin does not know it."""
    found = int(scalar(conn, "PRAGMA user_version"))
    if found > newest():
        raise StoreNewer
    return found


def migrate(conn: Connection, upto: int | None = None) -> int:
    """Apply what is missing; returns the number that the store had. `upto` makes an old schema, for tests."""
    before = version(conn)
    for number, file in enumerate(files(), 1):
        if before < number and (upto is None or number <= upto):
            conn.execute("BEGIN IMMEDIATE")
            try:
                for statement in statements(file.read_text("utf-8")):
                    conn.execute(statement)
                conn.execute("PRAGMA user_version = " + str(number))
                conn.execute("COMMIT")
            except Error:
                if conn.in_transaction:
                    conn.execute("ROLLBACK")
                raise
    return before


def statements(script: str) -> list[str]:
    """The statements of a script; a trigger's inner semicolons do not end it."""
    found: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        if not pending.strip() and line.strip().startswith("--"):
            continue
        pending += line
        if pending.rstrip().endswith(";") and sqlcipher.complete_statement(pending):
            found.append(pending.strip())
            pending = ""
    if pending.strip():
        raise RuntimeError("a statement without its end")
    return found
