"""Receiving: drop what is here already, drop the blocked, apply edits, store, then tell. A burst is one transaction."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

from messenger.domain.events import ChatsChanged, MessagesChanged, MessagesStored, RequestsChanged, TypingChanged
from messenger.domain.message import IncomingMessage, Marker
from messenger.services.bus import Bus
from messenger.services.ports import Clock
from messenger.services.quiet import Quiet
from messenger.services.sessions import Sessions
from messenger.storage import archive, contacts, conversations, first_contact, history, notice_facts, rooms
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.history import Stored


class Receiver:
    """The pipeline for live messages and archive pages of all accounts."""

    def __init__(self, database: Database, sessions: Sessions, quiet: Quiet, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._sessions = sessions
        self._quiet = quiet
        self._bus = bus
        self._clock = clock
        self._blocked: dict[str, frozenset[str]] = {}
        self._synced: set[str] = set()
        self._lock = asyncio.Lock()
        self._burst = _Burst()

    async def live(self, batch: Sequence[IncomingMessage]) -> None:
        """Store messages as they arrive. Calls that wait for each other share one transaction. Raises `StoreError`."""
        burst = self._burst
        burst.messages.extend(batch)
        async with self._lock:
            if burst.work is None:
                self._burst = _Burst()
                burst.work = asyncio.get_running_loop().create_task(self._live(burst.messages))
            await asyncio.shield(burst.work)

    async def page(self, batch: Sequence[IncomingMessage], count_unread: bool) -> tuple[Stored, ...]:
        """Store a page of the archive."""
        kept = await self._unblocked(batch)
        stored, requests = await self._database.write(_store_page, kept, count_unread)
        self._tell(stored, requests, live=False)
        return stored

    def synced(self, account: str, yes: bool) -> None:
        """From now on live messages move the known end of the archive (or not, while a sync is still to come)."""
        (self._synced.add if yes else self._synced.discard)(account)

    async def set_blocked(self, account: str, jids: Sequence[str]) -> tuple[str, ...]:
        """Take over the block list; the addresses that changed."""
        self._blocked[account] = frozenset(jids)
        return await self._database.write(_set_blocked, account, tuple(jids), self._clock.now())

    def forget(self, account: str) -> None:
        """The account is gone."""
        self._blocked.pop(account, None)
        self._synced.discard(account)

    async def _live(self, batch: list[IncomingMessage]) -> None:
        kept = await self._unblocked(batch)
        with contextlib.ExitStack() as failed:
            # What could not be stored is fetched from the archive at the next sign-in: the known end must stay.
            failed.callback(self._synced.difference_update, {one.account for one in batch})
            stored, requests = await self._database.write(_store_live, kept, frozenset(self._synced), self._clock.now())
            failed.pop_all()
        self._tell(stored, requests, live=True)
        await self._receipts(stored)

    async def _unblocked(self, batch: Sequence[IncomingMessage]) -> list[IncomingMessage]:
        for account in {one.account for one in batch} - set(self._blocked):
            self._blocked[account] = frozenset(await self._database.run(contacts.blocked, account))
        return [one for one in batch if not _is_blocked(one, self._blocked[one.account])]

    def _tell(self, stored: Sequence[Stored], requests: Mapping[str, int], live: bool) -> None:
        changed: dict[str, list[int]] = {}
        for one in stored:
            if one.new:
                if self._sessions.set_typing(one.account, one.counterpart, False):
                    self._bus.publish(TypingChanged(one.conversation, False))
                self._bus.publish(MessagesStored(one.conversation, tuple(one.new), live, one.incoming))
            if one.changed:
                self._bus.publish(MessagesChanged(one.conversation, tuple(dict.fromkeys(one.changed))))
            if one.new or one.changed:
                changed.setdefault(one.account, []).append(one.conversation)
        for account, ids in changed.items():
            self._bus.publish(ChatsChanged(account, tuple(ids)))
        for account, count in requests.items():
            self._bus.publish(RequestsChanged(account, count))

    async def _receipts(self, stored: Sequence[Stored]) -> None:
        for one in stored:
            session = self._sessions.online(one.account)
            # `accepted` is read in the transaction that stored the message.
            if session is None or not one.accepted or self._quiet.holds(one.account, one.counterpart):
                continue
            for stanza_id in one.receipts:
                await session.send_marker(one.counterpart, Marker.DELIVERED, stanza_id)


class _Burst:
    """Messages that are stored together."""

    def __init__(self) -> None:
        self.messages: list[IncomingMessage] = []
        self.work: asyncio.Task[None] | None = None


def _is_blocked(message: IncomingMessage, blocked: frozenset[str]) -> bool:
    """By full or bare address or domain (XEP-0191, section 3.1). Own messages to blocked people are kept."""
    if not blocked or message.direction.value == "out":
        return False
    domain = message.counterpart.rpartition("@")[2]
    return not blocked.isdisjoint((message.counterpart, message.sender, domain))


def _set_blocked(conn: Connection, account: str, jids: Sequence[str], at: str) -> tuple[str, ...]:
    notice_facts.note_blocks(conn, account, jids, at)
    return contacts.set_blocked(conn, account, jids)


def _store_live(
    conn: Connection, batch: Sequence[IncomingMessage], synced: frozenset[str], at: str
) -> tuple[tuple[Stored, ...], dict[str, int]]:
    found = _store_page(conn, batch, count_unread=True)
    newest = {
        one.account: one.archive_id.id
        for one in batch
        if one.archive_id is not None and one.archive_id.by == one.account and one.account in synced
    }
    for account, archive_id in newest.items():
        archive.set_newest(conn, account, archive_id, at)
    return found


def _store_page(
    conn: Connection, batch: Sequence[IncomingMessage], count_unread: bool
) -> tuple[tuple[Stored, ...], dict[str, int]]:
    """What was stored, and by account how many requests there are where a stranger wrote."""
    stored = history.store(conn, batch, count_unread)
    for one in stored:
        one.accepted = conversations.accepted(conn, one.account, one.counterpart)
    strange = sorted({one.account for one in stored if one.incoming and not one.accepted})
    if strange and first_contact.nobody_new(conn):
        for one in stored:
            if one.incoming and not one.accepted:
                first_contact.put_new_away(conn, one.account, one.counterpart)
    return stored, {account: requests_count(conn, account) for account in strange}


def requests_count(conn: Connection, account: str) -> int:
    """People who ask for presence or wrote for the first time, and invitations into rooms."""
    asking = {jid for jid, _words, _at in contacts.requests(conn, account)}
    writing = {jid for jid, _words, _at, _n in conversations.strangers(conn, account)}
    return len(asking | writing) + len(rooms.invitations(conn, account))
