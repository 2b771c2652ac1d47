"""The encrypted store of one profile: one SQLCipher file, one thread, every write on disk before it is told.

    db = await Database.open(path, key)
    rows = await db.run(pages.newest, conversation)          # reads
    ids = await db.write(history.store, account, batch)      # one transaction; bursts share a commit

A function gets the connection first. It must not keep it, commit, or do slow work of another kind.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from messenger.domain.errors import StoreDamaged, StoreError, StoreFull, StoreLocked
from messenger.storage import keyfile, migrations, salvage
from messenger.storage.connection import Connection, Error, connect, scalar, translated
from messenger.storage.instance import InstanceLock
from messenger.storage.worker import Worker

log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")

_CHECK_AT_ONCE = 16 * 1024 * 1024
"""Bytes up to which the whole file is checked at start after an unclean end (about 0.1 s)."""


class Database:
    """Made by `open`. `damaged` is the place of a file that had to be put aside, now or while running, or None.

    `on_damage` (set by whoever wants to know) is called on the database thread after a new store was begun.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self.damaged: Path | None = None
        self.needs_check = False
        self.on_damage: Callable[[], None] | None = None
        self._key = key
        self._mark = path.with_name(path.name + ".check")
        self._lock: InstanceLock | None = None
        self._worker: Worker | None = None

    def __repr__(self) -> str:
        return "<Database>"

    @classmethod
    async def open(cls, path: Path, key: bytes) -> Database:
        """Open or make the store with a raw 32-byte key (`keyfile.new_key` or `keyfile.derive`).

        Raises `SecondInstance`, `StoreLocked` (wrong key), `StoreNewer` (nothing is changed) or `StoreFull`. A
        damaged file is moved aside with its -wal and a new store is begun: see `damaged`.
        """
        if len(key) != keyfile.KEY_BYTES:
            raise ValueError("a key has 32 bytes")
        made = cls(path, key)
        await asyncio.to_thread(made._open)
        return made

    @staticmethod
    async def put_aside(path: Path) -> Path | None:
        """Move a store that nobody can open any more (its key is lost) aside, so that a new one can be begun.

        Nothing is erased; returns the new place, or None when there was no store. Raises `SecondInstance` or `StoreFull`.
        """
        return await asyncio.to_thread(_put_aside, path)

    async def run(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read: run ``work(connection, ...)`` on the database thread. Raises `StoreFull` or `StoreDamaged`."""
        return await self._submit(functools.partial(_call, work, args, kwargs), write=False)  # type: ignore[no-any-return]

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Write: as `run`, in a transaction that is on disk (WAL, synchronous=FULL) when this returns.

        Raises `StoreFull` or `StoreDamaged`, or what `work` raised; then nothing of it was written. Writes that
        wait at the same time share one commit.
        """
        return await self._submit(functools.partial(_call, work, args, kwargs), write=True)  # type: ignore[no-any-return]

    async def check(self) -> bool:
        """Read the whole file (seconds for a large one); a damaged one is put aside. True when it is whole."""
        before = self.damaged
        await self.run(_quick_check)
        self.needs_check = False
        return self.damaged is before

    async def close(self) -> None:
        """Finish what is queued, close the file and let go of the profile."""
        await asyncio.to_thread(self._close)

    async def _submit(self, work: Callable[[Connection], Any], write: bool) -> Any:
        if self._worker is None:
            raise RuntimeError("the store is closed")
        return await asyncio.wrap_future(self._worker.submit(work, write))

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.chmod(self.path.parent, 0o700)
        except OSError:
            raise StoreFull from None
        with contextlib.ExitStack() as undo:
            self._lock = InstanceLock(self.path.with_name(self.path.name + ".lock"))
            undo.callback(self._lock.release)
            self._worker = Worker(self._begin(), self._reopen)
            undo.pop_all()

    def _begin(self) -> Connection:
        mark = keyfile.read_mark(self._mark)
        known = mark is not None and mark.verifier == keyfile.verifier(self._key)
        if mark is not None and mark.begun and not _has_bytes(self.path):
            if not known:
                raise StoreLocked
            return self._anew()
        if mark is None and not _has_bytes(self.path):
            self._write_mark(begun=False, clean=False, must=True)
        try:
            conn = self._checked(clean=mark is None or mark.clean)
        except StoreDamaged:
            if not known:
                raise StoreLocked from None
            conn = self._anew()
        self._write_mark(begun=True, clean=False)
        return conn

    def _checked(self, clean: bool) -> Connection:
        """The connection, migrated, and read as far as the state of things asks for. Raises `StoreError`."""
        conn: Connection | None = None
        try:
            conn = connect(self.path, self._key)
            if not clean:
                # A large file is checked in the background instead, so that the window is not kept waiting.
                self.needs_check = self.path.stat().st_size > _CHECK_AT_ONCE
                if not self.needs_check:
                    _quick_check(conn)
            migrations.migrate(conn)
            return conn
        except (Error, StoreError) as error:
            if conn is not None:
                conn.close()
            raise translated(error) from None

    def _reopen(self, damaged: bool) -> Connection:
        """For the worker, on its thread: after a failed write the same file, after damage a new one."""
        if not damaged:
            return self._checked(clean=True)
        conn = self._anew()
        if self.on_damage is not None:
            self.on_damage()
        return conn

    def _anew(self) -> Connection:
        log.warning("store damaged: begun anew")
        try:
            self.damaged = salvage.set_aside(self.path)
            conn = connect(self.path, self._key)
            migrations.migrate(conn)
            conn.execute("BEGIN IMMEDIATE")
            rows = salvage.salvage(self.damaged, self._key, conn)
            conn.execute("COMMIT")
            log.info("rows of small tables brought over: %d", rows)
            return conn
        except OSError:
            raise StoreFull from None
        except Error as error:
            raise translated(error) from None

    def _write_mark(self, begun: bool, clean: bool, must: bool = False) -> None:
        try:
            keyfile.write_mark(self._mark, keyfile.StoreMark(keyfile.verifier(self._key), begun, clean))
        except OSError:
            # On a full disk the store can still be read; only the first mark must be there.
            if must:
                raise StoreFull from None

    def _close(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()
            self._write_mark(begun=True, clean=True)
        if self._lock is not None:
            self._lock.release()


def _call(work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], conn: Connection) -> Any:
    return work(conn, *args, **kwargs)


def _put_aside(path: Path) -> Path | None:
    if not path.exists():
        return None
    lock = InstanceLock(path.with_name(path.name + ".lock"))
    try:
        aside = salvage.set_aside(path)
        for suffix in (".check", ".salt", ".salt2"):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                os.replace(beside, aside.with_name(aside.name + suffix))
        return aside
    except OSError:
        raise StoreFull from None
    finally:
        lock.release()


def _has_bytes(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def _quick_check(conn: Connection) -> None:
    if scalar(conn, "PRAGMA quick_check(1)") != "ok":
        raise StoreDamaged


__all__ = ["Connection", "Database", "StoreError"]
