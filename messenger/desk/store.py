"""The desk's SQLite store: one file, one thread, every call one transaction that is on the disk when it returns.

Reports, items and messages are kept as the sealed bytes that came in; beside them only what the queue needs.
Addresses are kept as keyed digests. Letters and questions to one are counted for an hour even when the report goes: who
takes reports back could else have any number of them sent to somebody. Reasons that officers type stand apart from the
journal, so that they can be erased.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from messenger.domain.errors import StoreDamaged, StoreNewer

FILE = "desk.sqlite3"
VERSION = 1
P = ParamSpec("P")
T = TypeVar("T")

_SCHEMA = """
CREATE TABLE reports (
  report_id TEXT PRIMARY KEY, digest TEXT NOT NULL, sealed BLOB NOT NULL, created REAL NOT NULL,
  category TEXT NOT NULL, tier TEXT NOT NULL, first_tier TEXT NOT NULL, age_band TEXT NOT NULL, country TEXT NOT NULL,
  factors TEXT NOT NULL, filed REAL, case_number TEXT UNIQUE, answer BLOB, code_hash TEXT, answer_by REAL,
  status TEXT, status_at REAL, officer TEXT,
  identity_level TEXT NOT NULL DEFAULT 'unverified', identity_domain TEXT NOT NULL DEFAULT '', identity_at REAL
) STRICT;
CREATE INDEX reports_by_status ON reports (status, tier, answer_by);
CREATE TABLE files (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, sealed_digest TEXT NOT NULL, name TEXT NOT NULL,
  body BLOB, PRIMARY KEY (report_id, sealed_digest)
) STRICT;
CREATE TABLE history (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, n INTEGER NOT NULL, status TEXT NOT NULL,
  at REAL NOT NULL, PRIMARY KEY (report_id, n)
) STRICT;
CREATE TABLE messages (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, n INTEGER NOT NULL, at REAL NOT NULL,
  officer TEXT NOT NULL, sealed BLOB NOT NULL, own BLOB NOT NULL, draft TEXT NOT NULL,
  PRIMARY KEY (report_id, n), UNIQUE (report_id, draft)
) STRICT;
CREATE TABLE replies (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, id TEXT NOT NULL, at REAL NOT NULL,
  sealed BLOB NOT NULL, PRIMARY KEY (report_id, id)
) STRICT;
CREATE TABLE addresses (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, kind TEXT NOT NULL, keyed TEXT NOT NULL,
  PRIMARY KEY (report_id, kind, keyed)
) STRICT;
CREATE INDEX addresses_by_key ON addresses (keyed);
CREATE TABLE opened (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, officer TEXT NOT NULL, at REAL NOT NULL,
  PRIMARY KEY (report_id, officer)
) STRICT;
CREATE TABLE addenda (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, n INTEGER NOT NULL, addendum_id TEXT NOT NULL,
  digest TEXT NOT NULL, at REAL NOT NULL, sealed BLOB NOT NULL, receipt TEXT NOT NULL,
  PRIMARY KEY (report_id, n), UNIQUE (report_id, addendum_id), UNIQUE (report_id, digest)
) STRICT;
CREATE TABLE consents (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, id TEXT NOT NULL, at REAL NOT NULL, sealed BLOB NOT NULL,
  tell_own_server INTEGER NOT NULL, read_room INTEGER NOT NULL, PRIMARY KEY (report_id, id)
) STRICT;
CREATE TABLE withdrawals (
  report_id TEXT PRIMARY KEY REFERENCES reports ON DELETE CASCADE, id TEXT NOT NULL, at REAL NOT NULL,
  sealed BLOB NOT NULL, statement TEXT NOT NULL
) STRICT;
CREATE TABLE tombstones (
  report_id TEXT PRIMARY KEY, case_number TEXT NOT NULL UNIQUE, at REAL NOT NULL, withdrawal_id TEXT NOT NULL,
  reporter_key TEXT NOT NULL, statement TEXT NOT NULL
) STRICT;
CREATE TABLE asked (report_id TEXT NOT NULL, kind TEXT NOT NULL, keyed TEXT NOT NULL, at REAL NOT NULL) STRICT;
CREATE TRIGGER asked_still_counts AFTER DELETE ON reports BEGIN
  DELETE FROM asked WHERE report_id = OLD.report_id AND kind = 'proven';
  UPDATE asked SET report_id = '' WHERE report_id = OLD.report_id;
END;
CREATE INDEX asked_by_report ON asked (report_id, kind, at);
CREATE INDEX asked_by_key ON asked (kind, keyed, at);
CREATE TABLE codes (
  report_id TEXT PRIMARY KEY REFERENCES reports ON DELETE CASCADE, request_id TEXT NOT NULL, address TEXT NOT NULL,
  code TEXT NOT NULL, at REAL NOT NULL, tries INTEGER NOT NULL
) STRICT;
CREATE TABLE corroborated (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, seq INTEGER NOT NULL, level TEXT NOT NULL,
  at REAL NOT NULL, by TEXT NOT NULL, PRIMARY KEY (report_id, seq, level)
) STRICT;
CREATE TABLE findings (
  report_id TEXT NOT NULL REFERENCES reports ON DELETE CASCADE, seq INTEGER NOT NULL, kind TEXT NOT NULL,
  at REAL NOT NULL, by TEXT NOT NULL, PRIMARY KEY (report_id, seq, kind, by)
) STRICT;
CREATE TABLE room_reads (
  report_id TEXT PRIMARY KEY REFERENCES reports ON DELETE CASCADE, at REAL NOT NULL, outcome TEXT NOT NULL
) STRICT;
CREATE TABLE erased (report_id TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
CREATE TABLE proofs (jti TEXT PRIMARY KEY, until REAL NOT NULL) STRICT;
CREATE TABLE officers (name TEXT PRIMARY KEY COLLATE NOCASE, hash TEXT NOT NULL, created REAL NOT NULL) STRICT;
CREATE TABLE sessions (token TEXT PRIMARY KEY, officer TEXT NOT NULL, csrf TEXT NOT NULL, until REAL NOT NULL) STRICT;
CREATE TABLE journal (
  id INTEGER PRIMARY KEY, at REAL NOT NULL, officer TEXT NOT NULL, action TEXT NOT NULL, case_number TEXT NOT NULL,
  words_digest TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE INDEX journal_by_case ON journal (case_number, at);
CREATE TABLE journal_words (id INTEGER PRIMARY KEY REFERENCES journal, words TEXT NOT NULL) STRICT;
CREATE TRIGGER journal_is_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER journal_is_fixed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""


class Store:
    """Opens the file at `path` (made when it is not there). Raises `StoreNewer` or `StoreDamaged`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="desk-store")
        with contextlib.ExitStack() as failed:
            failed.callback(self._thread.shutdown)
            self._db = self._thread.submit(self._open).result()
            failed.pop_all()

    def _open(self) -> sqlite3.Connection:
        # Made here and not by SQLite, so that the file and its -wal are private whatever the umask is.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        self._path.chmod(0o600)
        db = sqlite3.connect(self._path, isolation_level=None, timeout=30)
        with contextlib.ExitStack() as failed:
            failed.callback(db.close)
            try:
                self._prepare(db)
            except sqlite3.DatabaseError:
                raise StoreDamaged from None
            failed.pop_all()
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA trusted_schema=OFF")
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA secure_delete=ON")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        if (db.execute("PRAGMA journal_mode").fetchone()[0], db.execute("PRAGMA synchronous").fetchone()[0]) != ("wal", 2):
            raise StoreDamaged
        db.execute("BEGIN IMMEDIATE")
        found = db.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            db.execute("ROLLBACK")
            raise StoreNewer
        if found == 0:
            for statement in _statements(_SCHEMA):
                db.execute(statement)
            db.execute("PRAGMA user_version=1")
        db.execute("COMMIT")

    async def run(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work(db, ...)` in one transaction on the store's thread; committed and synced when it returns."""
        return await asyncio.wrap_future(self._thread.submit(lambda: self._transaction(work, *args, **kwargs)))

    def run_now(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`run` for callers without a loop (the command line)."""
        return self._thread.submit(lambda: self._transaction(work, *args, **kwargs)).result()

    def _transaction(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            result = work(self._db, *args, **kwargs)
            self._db.execute("COMMIT")
            return result
        finally:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")

    async def tidy(self) -> None:
        """Bring the write-ahead log into the file, so that what was erased is nowhere any more."""
        await asyncio.wrap_future(self._thread.submit(self._checkpoint))

    def _checkpoint(self) -> None:
        # Read to its end here: a statement that is still open would lock out what comes next on this connection.
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self._thread.submit(self._db.close).result()
        self._thread.shutdown()


def _statements(script: str) -> list[str]:
    statements: list[str] = []
    part = ""
    for line in script.splitlines(keepends=True):
        part += line
        if sqlite3.complete_statement(part):
            statements.append(part)
            part = ""
    return statements
