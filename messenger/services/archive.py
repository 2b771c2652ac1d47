"""Archive sync (XEP-0313): the newest page first, then backwards until known; gaps outlive a lost connection."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from messenger.domain.errors import AccountError, FeatureMissing, NotConnected, ServerTimedOut, ServerUnreachable
from messenger.domain.message import Marker
from messenger.services.ports import ArchivePage, Clock
from messenger.services.receiving import Receiver
from messenger.services.sessions import Sessions
from messenger.storage import archive as store
from messenger.storage.archive import Gap, Known
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.history import Stored

log = logging.getLogger(__name__)
PAGE = 250
Marked = Callable[[str, str, Marker, str, bool], Awaitable[None]]


class ArchiveSync:
    """Brings the store up to the own server's archive."""

    def __init__(self, database: Database, sessions: Sessions, receiver: Receiver, clock: Clock) -> None:
        self._database = database
        self._sessions = sessions
        self._receiver = receiver
        self._clock = clock
        self.marked: Marked | None = None

    async def newest(self, account: str) -> None:
        """The newest page: what the person sees first. Older missing messages become a gap. Quiet without an archive."""
        session = self._sessions.online(account)
        if session is None:
            return
        known = await self._database.run(store.newest, account)
        try:
            page = await session.archive_page(None, PAGE)
        except (FeatureMissing, NotConnected, ServerTimedOut, ServerUnreachable):
            return
        stored = await self._receiver.page(page.messages, count_unread=bool(known.id))
        await self._marks(account, page)
        await self._database.write(_note_newest, account, page, known, _reached(page, stored, known), self._clock.now())
        self._receiver.synced(account, True)

    async def gaps(self, account: str) -> None:
        """Read what is missing, newest first, page by page; goes on from where it stood after a lost connection."""
        for gap in await self._database.run(store.gaps, account):
            if not await self._gap(account, gap):
                return

    async def _marks(self, account: str, page: ArchivePage) -> None:
        """Receipts and read marks that came while nobody was signed in."""
        if self.marked is not None:
            for counterpart, marker, stanza_id, by_me in page.marks:
                await self.marked(account, counterpart, marker, stanza_id, by_me)

    async def _gap(self, account: str, gap: Gap) -> bool:
        before = gap.before
        while True:
            session = self._sessions.online(account)
            if session is None:
                return False
            try:
                page = await session.archive_page(before, PAGE)
            except (NotConnected, ServerTimedOut, ServerUnreachable):
                return False
            except AccountError:
                # The archive does not know this place any more: nothing older can be had through it.
                log.info("archive gap given up")
                break
            stored = await self._receiver.page(page.messages, count_unread=bool(gap.known.id))
            await self._marks(account, page)
            if page.complete or not page.first or page.first == before or _reached(page, stored, gap.known):
                break
            before = page.first
            await self._database.write(store.narrow, gap.id, before)
        await self._database.write(store.close_gap, gap.id)
        return True


def _reached(page: ArchivePage, stored: Sequence[Stored], known: Known) -> bool:
    """Whether the page goes back to what was here before."""
    if not known.id:
        return False
    ids = {page.first, page.last} | {one.archive_id.id for one in page.messages if one.archive_id is not None}
    return known.id in ids or any(row <= known.row for one in stored for row in one.same)


def _note_newest(conn: Connection, account: str, page: ArchivePage, known: Known, reached: bool, at: str) -> None:
    if page.first and not page.complete and not reached:
        store.open_gap(conn, account, page.first, known)
    if page.last:
        store.set_newest(conn, account, page.last, at)
