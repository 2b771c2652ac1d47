"""Rooms: what a person does with groups. Going in is always their own deed, or of a room that they chose before."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace

from messenger.domain import jid as addresses
from messenger.domain.errors import GuardianNeeded, InvalidAddress, NotConnected
from messenger.domain.events import ChatsChanged, RequestsChanged, RoomChanged
from messenger.domain.room import RoomInfo, RoomInvitation, RoomNow, RoomPerson, RoomState
from messenger.services.bus import Bus
from messenger.services.guardian import GuardianService
from messenger.services.receiving import requests_count
from messenger.services.room_following import RoomFollowing
from messenger.services.room_ports import NewRoom
from messenger.services.sessions import Sessions
from messenger.storage import accounts, conversations
from messenger.storage import rooms as store
from messenger.storage.connection import Connection
from messenger.storage.database import Database

_LONGEST_NAME = 80


class RoomsService:
    """Groups of all accounts. `conversation` is a room's chat in the store."""

    def __init__(
        self, database: Database, sessions: Sessions, following: RoomFollowing, guardian: GuardianService, bus: Bus
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._following = following
        self._guardian = guardian
        self._bus = bus

    async def look(self, account: str, address: str) -> RoomInfo:
        """What a room says of itself; nobody in it learns of it. Raises `InvalidAddress`, `NotARoom` or `NotConnected`."""
        return await self._sessions.need(account).rooms.look(addresses.bare(address))

    async def nick(self, account: str) -> str:
        """The name that this person would go in under."""
        found = await self._database.run(accounts.get, account)
        return (found.nick if found is not None else "") or conversations.title(None, account)

    async def join(self, account: str, address: str, nick: str = "", password: str = "") -> int:
        """Go into a room; returns its conversation.

        Raises a `RoomError`, `InvalidAddress`, `NotConnected`, or `GuardianNeeded` while a guardian has to say yes first.
        """
        room = addresses.bare(address)
        if "@" not in room:
            raise InvalidAddress
        await self._guardian.need(account, room, group=True)
        return await self._go_in(account, room, nick.strip() or await self.nick(account), password, None)

    async def create(self, account: str, name: str, nick: str = "", members_only: bool = True) -> int:
        """Make a room on the own server and go in; returns its conversation.

        Raises `InvalidAddress` for no name, `FeatureMissing` where the server keeps no rooms, a `RoomError` or `NotConnected`;
        `GuardianNeeded` for an open room, into which anybody could come, in young-person mode.
        """
        words = " ".join(name.split())[:_LONGEST_NAME]
        if not words:
            raise InvalidAddress
        service = await self._sessions.need(account).rooms.service()
        plain = re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")[:30] or "group"
        room = f"{plain}-{secrets.token_hex(3)}@{service}"
        if not members_only and not await self._guardian.allows_group(account, room):
            raise GuardianNeeded(account)
        name_there = nick.strip() or await self.nick(account)
        conversation = await self._go_in(account, room, name_there, "", NewRoom(words, members_only))
        await self._guardian.own_group(account, room)
        return conversation

    async def join_again(self, conversation: int, password: str = "") -> None:
        """Go back into a room. Raises as `join`."""
        known = await self._known(conversation)
        await self._guardian.need(known.account, known.jid, group=True)
        await self._go_in(known.account, known.jid, known.nick, password or known.password, None)

    async def leave(self, conversation: int) -> None:
        """Go out for good; the chat stays on this computer. Works offline too."""
        known = await self._known(conversation)
        await self._following.leave(known)
        self._tell(known.account, conversation)

    async def now(self, conversation: int) -> RoomNow:
        """How the person stands in this room. Raises `KeyError` when the chat is no room."""
        return await self._following.now(await self._known(conversation))

    async def people(self, conversation: int) -> tuple[RoomPerson, ...]:
        """Who is there now, the person first. Empty from outside."""
        now = await self.now(conversation)
        if now.state is not RoomState.INSIDE:
            return ()
        marks = await self._database.write(_marks, conversation, now)
        found = [
            RoomPerson(one, one.nick == now.me.nick, "" if one.nick == now.me.nick else marks[one.nick])
            for one in now.occupants
        ]
        return tuple(sorted(found, key=lambda one: not one.me))

    async def invite(self, conversation: int, jid: str) -> None:
        """Ask a person in. Raises `InvalidAddress`, `GuardianNeeded` or `NotConnected`."""
        known = await self._known(conversation)
        await self._guardian.need(known.account, addresses.bare(jid))
        await self._sessions.need(known.account).rooms.invite(known.jid, addresses.bare(jid))

    async def report_occupant(self, conversation: int, occupant_id: str, text: str) -> None:
        """Tell the people who run the room about somebody in it, after a receipt and by the person's choice.

        Raises `FeatureMissing` where the room does not take such reports, or `NotConnected`.
        """
        known = await self._known(conversation)
        await self._sessions.need(known.account).rooms.report_occupant(known.jid, occupant_id, text)

    async def invitations(self, account: str) -> tuple[RoomInvitation, ...]:
        """Who asks this account into which room, the newest first."""
        return await self._held(await self._database.run(store.invitations, account))

    async def put_away(self, account: str) -> tuple[RoomInvitation, ...]:
        """Invitations that were put away by themselves, because nobody new may write."""
        return await self._held(await self._database.run(store.invitations, account, True))

    async def accept(self, account: str, room: str, nick: str = "") -> int:
        """Go into the room of an invitation; returns its conversation. Raises as `join`; the invitation then stays."""
        found = await self._database.run(store.invitation, account, room)
        password = found.password if found is not None else ""
        conversation = await self.join(account, room, nick, password)
        await self.decline(account, room)
        return conversation

    async def decline(self, account: str, room: str) -> None:
        """Put an invitation away. Nothing is sent."""
        await self._database.write(store.drop_invitation, account, room)
        await self._guardian.withdraw(account, room)
        self._bus.publish(RequestsChanged(account, await self._database.run(requests_count, account)))

    async def _go_in(self, account: str, room: str, nick: str, password: str, new: NewRoom | None) -> int:
        if self._sessions.online(account) is None:
            raise NotConnected
        conversation = await self._following.enter(account, room, nick, password, new)
        self._tell(account, conversation)
        return conversation

    async def _held(self, found: tuple[RoomInvitation, ...]) -> tuple[RoomInvitation, ...]:
        """With how a guardian's yes stands."""
        return tuple(
            [replace(one, guardian=await self._guardian.standing(one.account, one.room, group=True)) for one in found]
        )

    async def _known(self, conversation: int) -> store.KnownRoom:
        found = await self._database.run(store.get, conversation)
        if found is None:
            raise KeyError("room")
        return found

    def _tell(self, account: str, conversation: int) -> None:
        self._bus.publish(RoomChanged(account, conversation))
        self._bus.publish(ChatsChanged(account, (conversation,)))


def _marks(conn: Connection, conversation: int, now: RoomNow) -> dict[str, str]:
    store.note_names(conn, conversation, now.occupants)
    return {one.nick: store.looks_like(conn, conversation, one.nick, one.occupant_id) for one in now.occupants}
