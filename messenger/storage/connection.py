"""One SQLCipher connection: opened with private modes and strict pragmas, and its errors in words of the domain."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

import sqlcipher3.dbapi2 as sqlcipher

from messenger.domain.errors import StoreDamaged, StoreError, StoreFull

Error: type[Exception] = sqlcipher.Error
"""Every error of the library."""

_DAMAGED = {11, 26}  # SQLITE_CORRUPT, SQLITE_NOTADB
_FULL = {8, 10, 13, 14}  # SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN
_PRAGMAS = (
    ("PRAGMA cipher_log_level = NONE", None, None),  # it would write of pages to standard error
    (
        "PRAGMA locking_mode = EXCLUSIVE",
        None,
        "exclusive",
    ),  # one connection: no shared-memory file, no SIGBUS on a full disk
    ("PRAGMA journal_mode = WAL", None, "wal"),
    ("PRAGMA synchronous = FULL", "PRAGMA synchronous", 2),
    ("PRAGMA secure_delete = ON", "PRAGMA secure_delete", 1),
    ("PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", 0),
    ("PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", 1),
    ("PRAGMA temp_store = MEMORY", "PRAGMA temp_store", 2),
    ("PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", 1),
    ("PRAGMA journal_size_limit = 16777216", None, None),
)


class Row(Protocol):
    """A row; by name or place."""

    def __getitem__(self, key: str | int) -> Any: ...
    def keys(self) -> list[str]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Cursor(Protocol):
    """A running or finished statement."""

    @property
    def lastrowid(self) -> int: ...
    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Row | None: ...
    def fetchall(self) -> list[Row]: ...
    def __iter__(self) -> Iterator[Row]: ...


class Connection(Protocol):
    """The part of DB-API 2.0 that the store uses."""

    @property
    def in_transaction(self) -> bool: ...
    def execute(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ..., /) -> Cursor: ...
    def executemany(self, sql: str, parameters: Any, /) -> Cursor: ...
    def close(self) -> None: ...


def scalar(conn: Connection, sql: str, parameters: Sequence[Any] = ()) -> Any:
    """The first column of the first row, or None."""
    row = conn.execute(sql, parameters).fetchone()
    return None if row is None else row[0]


def connect(path: Path, key: bytes) -> Connection:
    """Open or make the file with a raw 32-byte key. Raises the library's errors, and `StoreFull`.

    The header is read, so that a wrong key or a damaged first page shows here.
    """
    _touch(path)
    conn = cast(
        Connection,
        sqlcipher.connect(str(path), isolation_level=None, check_same_thread=False, cached_statements=256, timeout=2),
    )
    with contextlib.ExitStack() as undo:
        undo.callback(conn.close)
        raw = cast(Any, conn)
        raw.row_factory = sqlcipher.Row
        # The key is hex made here from bytes; pragmas take no parameters.
        conn.execute("PRAGMA key = \"x'" + key.hex() + "'\"")
        for statement, readback, expected in _PRAGMAS:
            value = scalar(conn, statement)
            if readback is not None:
                value = scalar(conn, readback)
            if expected is not None and value != expected:
                raise StoreFull if expected == "wal" else RuntimeError(statement)
        scalar(conn, "SELECT count(*) FROM sqlite_master")
        raw.set_authorizer(_authorize)
        undo.pop_all()
    return conn


def connect_memory() -> Connection:
    """A new database that has no file; it ends with the connection."""
    conn = cast(
        Connection,
        sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=256),
    )
    raw = cast(Any, conn)
    raw.row_factory = sqlcipher.Row
    # No journal file and no temporary file: SQLite would make one beside any path, and there is none.
    for statement in ("PRAGMA journal_mode = MEMORY", "PRAGMA temp_store = MEMORY", "PRAGMA foreign_keys = ON"):
        conn.execute(statement)
    raw.set_authorizer(_authorize)
    return conn


def _authorize(action: int, *_about: Any) -> int:
    """Nothing may attach another file, whatever a statement says."""
    denied = action in (sqlcipher.SQLITE_ATTACH, sqlcipher.SQLITE_DETACH)
    return int(sqlcipher.SQLITE_DENY if denied else sqlcipher.SQLITE_OK)


def _touch(path: Path) -> None:
    """Make the file with mode 0600 whatever the umask; SQLite gives its -wal the same mode."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            if os.fstat(fd).st_mode & 0o077:
                os.fchmod(fd, 0o600)
        finally:
            os.close(fd)
    except OSError:
        raise StoreFull from None


def translated(error: Exception) -> Exception:
    """The domain's error for one of the library's, or the error itself when it is our own mistake."""
    if isinstance(error, StoreError) or not isinstance(error, Error):
        return error
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGED:
        return StoreDamaged()
    if code in _FULL:
        return StoreFull()
    return error
