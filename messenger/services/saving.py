"""The save step: a sealed report on disk first, then its row, and only then is it Saved (security.md, steps 4 to 6)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from messenger.domain.errors import StoreError
from messenger.evidence.package import Package, make_copy
from messenger.services.copies import Copies
from messenger.services.ports import Clock
from messenger.services.preparing import Ready
from messenger.services.statement import urgency_place
from messenger.storage import outbox, report_after, report_drafts
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.outbox import Entry
from messenger.storage.sealed_files import SealedFiles


class Saving:
    """Puts finished reports where nothing can be lost any more.

    `gate` is shared with the worker's search for files without a row: file and row are written between two looks.
    """

    def __init__(self, db: Database, files: SealedFiles, copies: Copies, clock: Clock, gate: asyncio.Lock) -> None:
        self._db = db
        self._files = files
        self._copies = copies
        self._clock = clock
        self._gate = gate

    async def save(self, ready: Ready, details: Mapping[str, str], keep_copy: bool) -> None:
        """Returns when file and row are on disk. Raises `StoreFull` or `StoreDamaged`: then the draft is still there.

        A report that is queued already stays as it is: its file is never replaced.
        """
        async with self._gate:
            if await self._db.run(outbox.get, ready.prepared.report_id) is None:
                await self._save(ready, details, keep_copy)

    async def _save(self, ready: Ready, details: Mapping[str, str], keep_copy: bool) -> None:
        prepared = ready.prepared
        package, copy = await asyncio.to_thread(_encode, ready)
        await asyncio.to_thread(self._files.save, prepared.report_id, package)
        entry = Entry(
            report_id=prepared.report_id,
            digest=prepared.digest,
            account=ready.draft.account,
            about=ready.draft.counterpart,
            endpoint_id=prepared.endpoint.id,
            endpoint=prepared.endpoint.name,
            urgency=urgency_place(ready.result),
            key=ready.key,
            saved_at=self._clock.now(),
        )
        try:
            await self._db.write(_queue, entry, copy if keep_copy else None, details, ready.after)
        except StoreError:
            # A commit that failed may have reached the disk all the same; the store, opened anew, knows. When it did
            # not, the file stays: the next start queues it (it says by itself what it is), and Send can be pressed
            # again, which puts a new file in its place.
            if await self._db.run(outbox.get, prepared.report_id) is None:
                raise
        if not keep_copy:
            self._copies.hold(prepared.report_id, copy)

    async def discard(self, report_id: str) -> None:
        """Take away a file that was written for a draft which is thrown away now, unless it was queued."""
        async with self._gate:
            if await self._db.run(outbox.get, report_id) is None:
                await asyncio.to_thread(self._files.remove, report_id)


def _queue(
    conn: Connection, entry: Entry, copy: bytes | None, details: Mapping[str, str], after: report_after.After
) -> None:
    """One transaction: the row, the copy where one was asked for, the details for the next report; the draft goes."""
    if outbox.add(conn, entry, copy):
        report_drafts.set_details(conn, details)
        report_after.put(conn, after)


def _encode(ready: Ready) -> tuple[bytes, bytes]:
    prepared = ready.prepared
    return Package.of(prepared).encode(), make_copy(prepared.jws, prepared.items, prepared.identity)
