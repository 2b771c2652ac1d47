"""Staying in rooms: back in after a new sign-in, what was missed (XEP-0313), what rooms tell, and when the queue is open."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable

from messenger.domain.errors import FeatureMissing, NotConnected, RobinError, RoomBanned, RoomMembersOnly, RoomMissing
from messenger.domain.events import ChatsChanged, RequestsChanged, RoomChanged
from messenger.domain.room import RoomEnd, RoomInfo, RoomInvitation, RoomNow, RoomState
from messenger.services.bus import Bus
from messenger.services.outgoing import Outgoing
from messenger.services.ports import ChatSession, Clock
from messenger.services.quiet import Quiet
from messenger.services.receiving import Receiver, requests_count
from messenger.services.room_ports import Bookmark, NewRoom
from messenger.services.sessions import Sessions
from messenger.services.tasks import Tasks
from messenger.storage import contacts, conversations, first_contact
from messenger.storage import rooms as store
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.rooms import KnownRoom

log = logging.getLogger(__name__)
PAGE = 100
_MOST_PAGES = 20
_AGAIN = 15.0
_MOST_TRIES = 5
_FINAL = {RoomEnd.LEFT, RoomEnd.KICKED, RoomEnd.BANNED, RoomEnd.MEMBERS_ONLY, RoomEnd.DESTROYED}


async def _always(_account: str, _room: str) -> bool:
    return True


class RoomFollowing:
    """Keeps every account in the rooms that its person wants to be in.

    While a report about a room is open nothing goes there by itself (decision 10): no going back in and no look.
    """

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        receiver: Receiver,
        outgoing: Outgoing,
        quiet: Quiet,
        tasks: Tasks,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._receiver = receiver
        self._outgoing = outgoing
        self._quiet = quiet
        self._tasks = tasks
        self._bus = bus
        self._clock = clock
        self._locks: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self.may_enter: Callable[[str, str], Awaitable[bool]] = _always
        """Asked before a room is gone back into without the person's deed."""
        self._marks = asyncio.Lock()  # a room that was left must not be remembered by a task that began before

    # told by sessions

    async def remember(self, account: str) -> None:
        """Tell the session which addresses are rooms: what came privately through one is no chat with a person."""
        session = self._sessions.online(account)
        if session is not None:
            every = await self._database.run(store.every, account)
            session.rooms.remember(frozenset(one.jid for one in every))

    async def ready(self, account: str) -> None:
        """A fresh sign-in: back into the rooms, also into those that another device chose."""
        session = self._sessions.online(account)
        if session is None:
            return
        known = await self._database.run(store.every, account)
        try:
            known = await self._bookmarked(session, account, known)
        except RobinError as error:
            log.info("bookmarks: %s", type(error).__name__)
        for one in known:
            if one.wanted:
                self._tasks.start("room", self._back(one))

    async def resumed(self, account: str) -> None:
        """The same stream goes on: this account is still where it was, and nothing was missed."""
        session = self._sessions.online(account)
        for known in await self._database.run(store.every, account) if session is not None else ():
            if session is not None and session.rooms.now(known.jid).state is RoomState.INSIDE:
                self._sessions.set_room_open(account, known.jid, True)
                self._tell(known)

    async def changed(self, account: str, now: RoomNow) -> None:
        """A room told how things stand."""
        known = await self._database.run(store.find, account, now.jid)
        if known is None:
            return
        await self._database.write(_keep, account, now, self._sessions.room_open(account, now.jid))
        if now.state is not RoomState.INSIDE:
            self._sessions.set_room_open(account, now.jid, False)
            if now.end in _FINAL:
                await self._database.write(store.set_wanted, known.conversation, False)
            elif known.wanted and self._sessions.online(account) is not None:
                self._tasks.start("room again", self._later(known))
        self._tell(known)

    async def invited(self, account: str, invitation: RoomInvitation) -> None:
        """Somebody asks the person in. Only a room of the own server is looked at: another one would learn of it."""
        blocked = await self._database.run(contacts.blocked, account)
        by = {invitation.inviter, invitation.inviter.rpartition("@")[2], invitation.room}
        session = self._sessions.online(account)
        if not by.isdisjoint(blocked) or session is None:
            return
        if session.rooms.now(invitation.room).state is not RoomState.OUTSIDE:
            return
        if not await self._database.write(_keep_invitation, invitation):
            return
        self._bus.publish(RequestsChanged(account, await self._database.run(requests_count, account)))
        if is_near(account, invitation.room) and not self._quiet.holds(account, invitation.room):
            self._tasks.start("look at a room", self._look(session, invitation))

    def quiet_changed(self, account: str) -> None:
        """Somebody is kept quiet towards, or no more: rooms that waited for that may be gone back into."""
        if self._sessions.online(account) is not None:
            self._tasks.start("rooms", self._back_all(account))

    # asked by the person's deeds

    async def enter(self, account: str, room: str, nick: str, password: str = "", new: NewRoom | None = None) -> int:
        """Go in, fetch what was missed, open the queue; returns the room's conversation.

        Raises a `RoomError` or `NotConnected`: then everything is as it was before.
        """
        async with self._locks[account, room]:
            before = await self._database.run(store.find, account, room)
            known = await self._database.write(_ensured, account, room, nick, password)
            try:
                await self._enter(known, new)
            except RobinError:
                await self._database.write(_undo, known.conversation, before)
                raise
            return known.conversation

    async def _enter(self, known: KnownRoom, new: NewRoom | None) -> None:
        session = self._sessions.need(known.account)
        now = await session.rooms.join(known.jid, known.nick, known.password, new)
        await self.remember(known.account)
        await self._database.write(store.put_now, known.account, now)
        await self._missed(session, known, now.info)
        self._sessions.set_room_open(known.account, known.jid, True)
        self._tell(known)
        await self._outgoing.room_opened(
            known.account, await self._database.run(store.waiting, known.account, known.jid)
        )
        bookmark = Bookmark(known.jid, now.info.name, now.me.nick, True)
        self._tasks.start("bookmark", self._remember(session, known.account, bookmark))

    async def leave(self, known: KnownRoom) -> None:
        """Go out, and have it forgotten by the own server."""
        await self._database.write(store.set_wanted, known.conversation, False)
        self._sessions.set_room_open(known.account, known.jid, False)
        session = self._sessions.online(known.account)
        if session is not None:
            await session.rooms.leave(known.jid)
            self._tasks.start("bookmark", self._forget(session, known.jid))

    async def now(self, known: KnownRoom) -> RoomNow:
        """How things stand, from the session while it lasts, else as last kept."""
        session = self._sessions.online(known.account)
        now = session.rooms.now(known.jid) if session is not None else RoomNow(known.jid)
        if now.info.features:
            return now
        facts = await self._database.run(store.facts, known.conversation)
        if facts is None:
            return now
        end = now.end if now.end is not RoomEnd.NONE else await self._database.run(store.ended, known.conversation)
        return RoomNow(
            known.jid, now.state, RoomInfo(known.jid, facts.name, features=facts.features), facts.me, (), "", end
        )

    # beside

    async def _back_all(self, account: str) -> None:
        for known in await self._database.run(store.every, account):
            if known.wanted:
                await self._back(known)

    async def _later(self, known: KnownRoom, tries: int = 1) -> None:
        await self._clock.sleep(_AGAIN * tries)
        again = await self._database.run(store.get, known.conversation)
        if again is not None and again.wanted:
            await self._back(again, tries)

    async def _back(self, known: KnownRoom, tries: int = 0) -> None:
        session = self._sessions.online(known.account)
        if session is None or self._quiet.holds(known.account, known.jid):
            return
        if not await self.may_enter(known.account, known.jid):
            return
        try:
            async with self._locks[known.account, known.jid]:
                again = await self._database.run(store.get, known.conversation)
                inside = session.rooms.now(known.jid).state is not RoomState.OUTSIDE
                if again is not None and again.wanted and not inside:
                    await self._enter(again, None)
        except (RoomBanned, RoomMissing, RoomMembersOnly) as error:
            ends = {RoomBanned: RoomEnd.BANNED, RoomMissing: RoomEnd.DESTROYED, RoomMembersOnly: RoomEnd.MEMBERS_ONLY}
            await self.changed(known.account, RoomNow(known.jid, info=RoomInfo(known.jid), end=ends[type(error)]))
        except RobinError as error:
            # A name may still be held by the stream before this one; a server may be slow.
            log.info("room: %s", type(error).__name__)
            self._tell(known)
            if tries < _MOST_TRIES and self._sessions.online(known.account) is session:
                self._tasks.start("room again", self._later(known, tries + 1))

    async def _missed(self, session: ChatSession, known: KnownRoom, info: RoomInfo) -> None:
        """Page by page backwards until what was here before; of a new room the newest page is enough."""
        if not info.archive:
            return
        before: str | None = None
        newest = ""
        try:
            for _number in range(_MOST_PAGES if known.newest else 1):
                page = await session.rooms.page(known.jid, before, PAGE)
                newest = newest or page.last
                await self._receiver.page(page.messages, count_unread=bool(known.newest))
                ids = {page.first, page.last} | {one.archive_id.id for one in page.messages if one.archive_id}
                if page.complete or not page.first or page.first == before or known.newest in ids:
                    break
                before = page.first
        except (FeatureMissing, NotConnected):
            return
        except RobinError as error:
            log.info("archive of a room: %s", type(error).__name__)
            return
        if newest:
            await self._database.write(store.set_newest, known.conversation, newest)

    async def _bookmarked(
        self, session: ChatSession, account: str, known: tuple[KnownRoom, ...]
    ) -> tuple[KnownRoom, ...]:
        there = {one.jid for one in known}
        for mark in await session.rooms.bookmarks():
            if mark.autojoin and mark.room not in there:
                nick = mark.nick or account.partition("@")[0]
                await self._database.write(store.ensure, account, mark.room, nick)
        return await self._database.run(store.every, account)

    async def _look(self, session: ChatSession, invitation: RoomInvitation) -> None:
        try:
            info = await session.rooms.look(invitation.room)
        except RobinError as error:
            log.info("look at a room: %s", type(error).__name__)
            return
        await self._database.write(store.describe_invitation, invitation.account, info)
        count = await self._database.run(requests_count, invitation.account)
        self._bus.publish(RequestsChanged(invitation.account, count))

    async def _remember(self, session: ChatSession, account: str, bookmark: Bookmark) -> None:
        try:
            async with self._marks:
                known = await self._database.run(store.find, account, bookmark.room)
                if known is not None and known.wanted:
                    await session.rooms.set_bookmark(bookmark)
        except RobinError as error:
            log.info("bookmark: %s", type(error).__name__)

    async def _forget(self, session: ChatSession, room: str) -> None:
        try:
            async with self._marks:
                await session.rooms.drop_bookmark(room)
        except RobinError as error:
            log.info("bookmark: %s", type(error).__name__)

    def _tell(self, known: KnownRoom) -> None:
        self._bus.publish(RoomChanged(known.account, known.conversation))
        self._bus.publish(ChatsChanged(known.account, (known.conversation,)))


def is_near(account: str, room: str) -> bool:
    """Whether the room is kept by the own server, so that looking at it tells nobody else anything."""
    own, domain = account.rpartition("@")[2], room.rpartition("@")[2]
    return domain == own or domain.endswith(f".{own}")


def _keep_invitation(conn: Connection, made: RoomInvitation) -> bool:
    """Keep it; false when there are too many, or when it is put away because nobody new may write."""
    if not store.add_invitation(conn, made):
        return False
    if first_contact.nobody_new(conn) and not conversations.accepted(
        conn, made.account, made.inviter.partition("/")[0]
    ):
        store.put_invitation_away(conn, made.account, made.room)
        return False
    return True


def _keep(conn: Connection, account: str, now: RoomNow, contiguous: bool) -> None:
    conversation = store.put_now(conn, account, now)
    if conversation is not None and contiguous:
        # Everything up to here was stored without a hole.
        store.reach_newest(conn, conversation, now.jid)


def _ensured(conn: Connection, account: str, room: str, nick: str, password: str) -> KnownRoom:
    found = store.get(conn, store.ensure(conn, account, room, nick, password))
    assert found is not None
    return found


def _undo(conn: Connection, conversation: int, before: KnownRoom | None) -> None:
    """Going in failed: as if it had not been tried."""
    if before is not None:
        store.ensure(conn, before.account, before.jid, before.nick, before.password)
    store.set_wanted(conn, conversation, before is not None and before.wanted)
    if before is None:
        conversations.drop_if_empty(conn, conversation)
