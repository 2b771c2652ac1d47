"""What sessions tell (ports.SessionListener): each fact goes to the part that keeps it, and then to the bus."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from messenger.domain.account import ConnectionState
from messenger.domain.contact import Presence, RosterItem
from messenger.domain.errors import RobinError
from messenger.domain.events import (
    ChatsChanged,
    ConfirmRefused,
    ConnectionChanged,
    ContactsChanged,
    DeskNudged,
    MessagesChanged,
    RequestsChanged,
    TypingChanged,
)
from messenger.domain.message import ChatState, IncomingMessage, Marker
from messenger.domain.room import RoomInvitation, RoomNow
from messenger.services.archive import ArchiveSync
from messenger.services.bus import Bus
from messenger.services.outgoing import Outgoing
from messenger.services.ports import Clock
from messenger.services.receiving import Receiver, requests_count
from messenger.services.room_following import RoomFollowing
from messenger.services.sessions import Sessions
from messenger.services.tasks import Tasks
from messenger.storage import contacts, conversations, first_contact, history, notice_facts
from messenger.storage.connection import Connection
from messenger.storage.database import Database

log = logging.getLogger(__name__)


class SessionFacts:
    """The listener of all sessions."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        receiver: Receiver,
        outgoing: Outgoing,
        archive: ArchiveSync,
        tasks: Tasks,
        bus: Bus,
        clock: Clock,
        rooms: RoomFollowing,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._receiver = receiver
        self._outgoing = outgoing
        self._archive = archive
        self._tasks = tasks
        self._bus = bus
        self._clock = clock
        self._rooms = rooms
        self._syncs: dict[str, asyncio.Task[None]] = {}

    def state_changed(self, account: str, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        """The stream's state."""
        self._sessions.set_state(account, state)
        if state is not ConnectionState.ONLINE:
            self._outgoing.closed(account)
            self._stop_sync(account)
        self._bus.publish(ConnectionChanged(account, state, reason, retry_in))
        self._bus.publish(ContactsChanged(account))

    async def ready(self, account: str, resumed: bool) -> None:
        """Signed in: a resumed stream goes on, a fresh one first looks into the archive for what already went."""
        if resumed:
            self._outgoing.opened(account, resumed=True)
            await self._rooms.resumed(account)
            await self._outgoing.push(account)
        else:
            self._receiver.synced(account, False)
            self._stop_sync(account)
            self._syncs[account] = self._tasks.start("archive sync", self._fresh(account))

    def _stop_sync(self, account: str) -> None:
        # A sync of a stream that is gone must not open the queue of the next one.
        task = self._syncs.pop(account, None)
        if task is not None:
            task.cancel()

    async def _fresh(self, account: str) -> None:
        await self._rooms.remember(account)
        try:
            await self._archive.newest(account)
        except RobinError as error:
            log.info("archive sync: %s", type(error).__name__)
        self._outgoing.opened(account, resumed=False)
        await self._outgoing.push(account)
        await self._rooms.ready(account)
        await self._archive.gaps(account)

    async def messages(self, batch: Sequence[IncomingMessage]) -> None:
        """Live messages and carbons."""
        await self._receiver.live(batch)

    async def acknowledged(self, account: str, origin_id: str) -> None:
        """The own server has an outgoing message."""
        await self._outgoing.acknowledged(account, origin_id)

    async def rejected(self, account: str, origin_id: str) -> None:
        """An error stanza came back for an outgoing message."""
        await self._outgoing.rejected(account, origin_id)

    async def marked(self, account: str, counterpart: str, marker: Marker, stanza_id: str, by_me: bool) -> None:
        """Delivered or read."""
        found = await self._database.write(_marked, account, counterpart, marker, stanza_id, by_me)
        if found is not None:
            conversation, ids = found
            if ids:
                self._bus.publish(MessagesChanged(conversation, tuple(ids)))
            self._bus.publish(ChatsChanged(account, (conversation,)))

    async def chat_state(self, account: str, counterpart: str, state: ChatState) -> None:
        """The counterpart is writing, or stopped."""
        conversation = await self._database.run(conversations.find, account, counterpart)
        typing = state is ChatState.COMPOSING
        if conversation is not None and self._sessions.set_typing(account, counterpart, typing):
            self._bus.publish(TypingChanged(conversation, typing))

    async def presence(self, account: str, presence: Presence) -> None:
        """A contact's presence changed."""
        self._sessions.set_presence(account, presence)
        self._bus.publish(ContactsChanged(account, (presence.jid,)))

    async def roster(self, account: str, items: Sequence[RosterItem], whole: bool) -> None:
        """The roster, or changes of it."""
        count = await self._database.write(_roster, account, tuple(items), whole, self._clock.now())
        self._bus.publish(ContactsChanged(account, () if whole else tuple(one.jid for one in items)))
        self._bus.publish(ChatsChanged(account))
        self._bus.publish(RequestsChanged(account, count))

    async def subscription_requested(self, account: str, jid: str, text: str) -> None:
        """Somebody asks for presence; nothing was answered."""
        count = await self._database.write(_request, account, jid, text, self._clock.now())
        if count is not None:
            self._bus.publish(RequestsChanged(account, count))

    async def blocklist(self, account: str, jids: Sequence[str]) -> None:
        """The whole block list."""
        changed = await self._receiver.set_blocked(account, jids)
        if changed:
            self._bus.publish(ContactsChanged(account, changed))
            self._bus.publish(ChatsChanged(account))
            self._bus.publish(RequestsChanged(account, await self._database.run(requests_count, account)))

    async def avatar(self, account: str, jid: str, image: bytes) -> None:
        """A contact's picture."""
        await self._database.write(_avatar, account, jid, image, self._clock.now())
        self._bus.publish(ContactsChanged(account, (jid,)))

    async def room_changed(self, account: str, room: RoomNow) -> None:
        """How this account stands in a room, or who is in it."""
        await self._rooms.changed(account, room)

    async def invited(self, account: str, invitation: RoomInvitation) -> None:
        """Somebody asks this account into a room."""
        await self._rooms.invited(account, invitation)

    async def nudged(self, account: str, desk: str) -> None:
        """A desk says that there is news."""
        self._bus.publish(DeskNudged(account, desk))

    async def confirm_refused(self, account: str, sender: str) -> None:
        """Somebody asked to confirm what was not begun here; nothing was confirmed."""
        self._bus.publish(ConfirmRefused(account, sender))


def _marked(
    conn: Connection, account: str, counterpart: str, marker: Marker, stanza_id: str, by_me: bool
) -> tuple[int, list[int]] | None:
    conversation = conversations.find(conn, account, counterpart)
    if conversation is None:
        return None
    if by_me:
        message = history.incoming_with(conn, conversation, stanza_id) if marker is Marker.READ else None
        if message is None or conversations.mark_read(conn, conversation, message) is None:
            return None
        return conversation, []
    mark = history.read if marker is Marker.READ else history.delivered
    ids = mark(conn, conversation, stanza_id)
    return (conversation, ids) if ids else None


def _roster(conn: Connection, account: str, items: Sequence[RosterItem], whole: bool, at: str) -> int:
    contacts.put(conn, account, items, whole, at)
    return requests_count(conn, account)


def _avatar(conn: Connection, account: str, jid: str, image: bytes, at: str) -> None:
    notice_facts.note_picture(conn, account, jid, image, at)
    contacts.set_avatar(conn, account, jid, image)


def _request(conn: Connection, account: str, jid: str, text: str, at: str) -> int | None:
    if jid in contacts.blocked(conn, account):
        return None
    contacts.add_request(conn, account, jid, text[:500], at)
    if first_contact.nobody_new(conn):
        first_contact.put_new_away(conn, account, jid)
    return requests_count(conn, account)
