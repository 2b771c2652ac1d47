"""The one database thread: takes jobs in order, and commits a burst of writes as one transaction."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from messenger.domain.errors import StoreDamaged, StoreError, StoreFull
from messenger.storage.connection import Connection, Error, translated

_BURST = 64
"""Writes that share one commit at most."""


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    write: bool
    future: Future[Any] = field(default_factory=Future)


class Worker:
    """Runs jobs on its own thread.

    `reopen(damaged)` gives a fresh connection after a failed commit or, with `damaged`, a new store.
    """

    def __init__(self, conn: Connection, reopen: Callable[[bool], Connection]) -> None:
        self._conn = conn
        self._reopen = reopen
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._closed = False
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="store", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Connection], Any], write: bool) -> Future[Any]:
        """Queue a job. Its future holds the result after the commit. Raises `RuntimeError` after `close`."""
        job = _Job(work, write)
        with self._gate:
            if self._closed:
                raise RuntimeError("the store is closed")
            self._jobs.put(job)
        return job.future

    def close(self) -> None:
        """Finish what is queued, close the connection and end the thread."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        held: _Job | None = None
        while (job := held or self._jobs.get()) is not None:
            held, ended = None, False
            if not job.write:
                self._read(job)
                continue
            batch = [job]
            while len(batch) < _BURST and not self._jobs.empty():
                following = self._jobs.get()
                if following is None or not following.write:
                    held, ended = following, following is None
                    break
                batch.append(following)
            self._write(batch)
            if ended:
                break
        self._conn.close()

    def _read(self, job: _Job) -> None:
        if not job.future.set_running_or_notify_cancel():
            return
        for again in (True, False):
            try:
                job.future.set_result(job.work(self._conn))
                return
            except Exception as error:  # noqa: BLE001 - door: the awaiting task gets it
                failure = translated(error)
            if not (again and isinstance(failure, StoreDamaged) and self._mend(True)):
                break
        job.future.set_exception(failure)

    def _write(self, batch: list[_Job]) -> None:
        batch = [job for job in batch if job.future.set_running_or_notify_cancel()]
        for again in (True, False):
            done, failure = self._transaction(batch)
            if failure is None:
                for job, result, error in done:
                    if error is None:
                        job.future.set_result(result)
                    else:
                        job.future.set_exception(error)
                return
            # After a failed write or sync the kernel's word on this file descriptor is not to be trusted (F06).
            mended = self._mend(isinstance(failure, StoreDamaged))
            if not (again and mended and isinstance(failure, StoreDamaged)):
                break
        for job in batch:
            job.future.set_exception(failure)

    def _transaction(self, batch: list[_Job]) -> tuple[list[tuple[_Job, Any, Exception | None]], Exception | None]:
        """Results of each job once all are committed, or why nothing was."""
        done: list[tuple[_Job, Any, Exception | None]] = []
        try:
            self._conn.execute("BEGIN IMMEDIATE")
            for job in batch:
                done.append(self._one(job))
            self._conn.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - door: the awaiting tasks get it
            self._roll_back()
            return [], translated(error)
        return done, None

    def _one(self, job: _Job) -> tuple[_Job, Any, Exception | None]:
        self._conn.execute("SAVEPOINT job")
        try:
            result = job.work(self._conn)
            self._conn.execute("RELEASE job")
            return job, result, None
        except Exception as error:  # noqa: BLE001 - door: the awaiting task gets it
            failure = translated(error)
            if isinstance(failure, StoreFull | StoreDamaged) or not self._conn.in_transaction:
                raise failure from None
            self._conn.execute("ROLLBACK TO job")
            self._conn.execute("RELEASE job")
            return job, None, failure

    def _roll_back(self) -> None:
        try:
            if self._conn.in_transaction:
                self._conn.execute("ROLLBACK")
        except Error:
            # What matters is the first failure; the connection is opened anew.
            return

    def _mend(self, damaged: bool) -> bool:
        try:
            self._conn.close()
            self._conn = self._reopen(damaged)
            return True
        except StoreError:
            self._conn = _Shut()
            return False


class _Shut:
    """Stands where no connection could be opened: every job fails plainly, and the next one tries to open again."""

    in_transaction = False

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        raise StoreFull

    def executemany(self, sql: str, parameters: Any, /) -> Any:
        raise StoreFull

    def close(self) -> None:
        pass
