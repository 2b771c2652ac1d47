"""XEP-0045 rooms, with XEP-0313, 0410 and 0421: going in and out, who is there, and what a room is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from messenger.domain.errors import (
    FeatureMissing,
    InvalidAddress,
    NotConnected,
    RoomError,
    RoomExists,
    RoomMissing,
    ServerTimedOut,
)
from messenger.domain.message import IncomingMessage, Occupant, OutgoingMessage
from messenger.domain.room import RoomEnd, RoomInfo, RoomInvitation, RoomNow, RoomState
from messenger.services.ports import ArchivePage, SessionListener
from messenger.services.room_ports import NewRoom
from messenger.stream import stamps
from messenger.stream.address import Address, prepared
from messenger.stream.facts import RoomFact
from messenger.stream.requests import Refused
from messenger.stream.room_facts import Came, RoomInvited, RoomNotice, RoomPresence, RoomSubject
from messenger.stream.rooms import Place, RoomIngress
from messenger.stream.traffic import Traffic
from messenger.xmpp import room_words, stanzas
from messenger.xmpp.archive import Archive
from messenger.xmpp.room_questions import RoomQuestions

_JOINING = 30.0
_GATHER = 0.15  # seconds in which changes of who is there are told as one
_PING_EVERY = 240.0
_PING = 20.0
_HISTORY = 50
_STILL_IN = frozenset({"service-unavailable", "feature-not-implemented", "item-not-found"})

Spawn = Callable[[Coroutine[Any, Any, None]], None]


@dataclass(slots=True)
class _Room:
    """What is known of one room while this session lasts."""

    info: RoomInfo
    joining: asyncio.Future[RoomPresence] | None = None
    subject: str = ""
    end: RoomEnd = RoomEnd.NONE
    leaving: bool = False
    due: bool = False
    stale: bool = False
    last: Occupant = field(default_factory=lambda: Occupant(""))


class Rooms(RoomQuestions):
    """The rooms of one session. See `room_ports.ChatRooms` for what each call promises."""

    def __init__(
        self,
        account: Address,
        traffic: Traffic,
        ingress: RoomIngress,
        archive: Archive,
        listener: SessionListener,
        features: Callable[[], frozenset[str]],
        spawn: Spawn,
        is_quiet: Callable[[str], bool],
    ) -> None:
        super().__init__(account, traffic, features)
        self._ingress = ingress
        self._archive = archive
        self._listener = listener
        self._spawn = spawn
        self._is_quiet = is_quiet
        self._rooms: dict[str, _Room] = {}

    # life

    async def begin(self) -> None:
        """A fresh session: this account is in no room any more; who was in one is told."""
        for room in self._ingress.clear():
            await self._ended(room, RoomEnd.LOST)

    async def check_all(self) -> None:
        """Ask each room whether this client is still in (XEP-0410)."""
        for name in tuple(self._rooms):
            place = self._ingress.place(name)
            if place is None or not place.inside or self._is_quiet(name):
                continue
            if not await self._still_in(place):
                self._ingress.leave(name)
                await self._ended(name, RoomEnd.LOST)
            elif self._rooms[name].stale:
                self._spawn(self._look_again(name))

    async def watch(self) -> None:
        """Ask now and then, for as long as the session lasts."""
        while True:
            await asyncio.sleep(_PING_EVERY)
            if self._traffic.up:
                await self.check_all()

    async def _still_in(self, place: Place) -> bool:
        try:
            await self._traffic.request("get", Element("{urn:xmpp:ping}ping"), f"{place.jid}/{place.nick}", _PING)
        except Refused as refused:
            return refused.condition in _STILL_IN
        except (NotConnected, ServerTimedOut):
            return True  # nothing is known: the stream itself finds out
        return True

    # facts, in order

    async def react(self, fact: RoomFact) -> None:
        """What a checked fact of a room means."""
        if isinstance(fact, RoomInvited):
            await self._invited(fact)
            return
        room = self._rooms.get(fact.room)
        if room is None:
            return
        if isinstance(fact, RoomPresence):
            await self._presence(room, fact)
        elif isinstance(fact, RoomSubject):
            room.subject = fact.text
            self._soon(fact.room)
        elif isinstance(fact, RoomNotice):
            # Settings changed: what the room announces decides what is believed, so it is asked anew. Whoever owns the
            # room can do this at any time: while it is reported nothing goes back, and it is asked afterwards.
            room.stale = True
            if not self._is_quiet(fact.room):
                self._spawn(self._look_again(fact.room))

    async def _presence(self, room: _Room, fact: RoomPresence) -> None:
        waiting = room.joining
        if fact.came is Came.REFUSED:
            if waiting is not None and not waiting.done():
                waiting.set_exception(room_words.refused(fact.condition))
        elif fact.came is Came.HERE:
            if fact.mine:
                room.last, room.end = fact.occupant, RoomEnd.NONE
            if fact.mine and waiting is not None and not waiting.done():
                waiting.set_result(fact)
            self._soon(fact.room)
        elif fact.mine and not fact.new_nick:
            end = room_words.end_of(fact, room.leaving)
            if waiting is not None and not waiting.done():
                waiting.set_exception(room_words.refused("forbidden" if end is RoomEnd.BANNED else ""))
            await self._ended(fact.room, end)
        else:
            self._soon(fact.room)

    async def _invited(self, fact: RoomInvited) -> None:
        made = RoomInvitation(
            self._account.bare, fact.room, fact.inviter, fact.by_room, fact.reason, fact.password, stamps.now()
        )
        await self._listener.invited(self._account.bare, made)

    async def _ended(self, name: str, end: RoomEnd) -> None:
        room = self._rooms.get(name)
        if room is not None:
            room.end, room.leaving = end, False
            await self._listener.room_changed(self._account.bare, self.now(name))

    def _soon(self, name: str) -> None:
        room = self._rooms[name]
        if not room.due and room.joining is None:
            room.due = True
            self._spawn(self._tell(name))

    async def _tell(self, name: str) -> None:
        await asyncio.sleep(_GATHER)
        self._rooms[name].due = False
        await self._listener.room_changed(self._account.bare, self.now(name))

    async def _look_again(self, name: str) -> None:
        self._rooms[name].stale = False
        info, place = await self.look(name), self._ingress.place(name)
        if info.found:
            self._rooms[name].info = info
            if place is not None:
                place.announce(info.ids, info.occupant_ids)
                self._rooms[name].last = place.me
            self._soon(name)

    # asking

    def now(self, room: str) -> RoomNow:
        known, place = self._rooms.get(room), self._ingress.place(room)
        if known is None:
            return RoomNow(room, info=RoomInfo(room))
        if place is None:
            return RoomNow(room, RoomState.OUTSIDE, known.info, known.last, (), known.subject, known.end)
        people = tuple(sorted(place.occupants.values(), key=lambda one: (one.nick.casefold(), one.nick)))
        state = RoomState.INSIDE if place.inside else RoomState.JOINING
        return RoomNow(room, state, known.info, place.me, people, known.subject)

    # going in and out

    async def join(self, room: str, nick: str, password: str = "", new: NewRoom | None = None) -> RoomNow:
        address = self.address(room)
        wanted = prepared(f"{address.bare}/{nick.strip()}")
        if wanted is None or not wanted.resource:
            raise InvalidAddress
        info = await self.look(address.bare)
        if new is not None and info.found:
            raise RoomExists
        if new is None and not info.found:
            raise RoomMissing
        await self._enter(address.bare, wanted.resource, password, info, new)
        return self.now(address.bare)

    async def _enter(self, name: str, nick: str, password: str, info: RoomInfo, new: NewRoom | None) -> None:
        room = self._rooms.setdefault(name, _Room(info))
        if room.joining is not None:
            raise RoomError
        place = self._ingress.place(name)
        if place is not None and place.inside:
            return
        room.info = info
        room.joining = asyncio.get_running_loop().create_future()
        self._ingress.enter(Place(name, nick, info.ids, info.occupant_ids))
        try:
            self._traffic.put(room_words.join(name, nick, password, 0 if info.archive else _HISTORY))
            async with asyncio.timeout(_JOINING):
                mine = await room.joining
            if 201 in mine.codes:
                await self._set_up(name, new)
        except TimeoutError:
            self._ingress.leave(name)
            raise ServerTimedOut from None
        except (RoomError, NotConnected):
            self._ingress.leave(name)
            raise
        finally:
            room.joining = None

    async def _set_up(self, name: str, new: NewRoom | None) -> None:
        """A room that this join made: give it its settings; a service that knows none of them gets the plain form."""
        try:
            await self._traffic.request("set", room_words.set_up(new or NewRoom()), name)
        except Refused:
            try:
                await self._traffic.request("set", room_words.set_up(None), name)
            except Refused:
                raise RoomError from None
        info, place = await self.look(name), self._ingress.place(name)
        self._rooms[name].info = info
        if place is not None:
            place.announce(info.ids, info.occupant_ids)

    async def leave(self, room: str) -> None:
        place = self._ingress.place(room)
        known = self._rooms.get(room)
        if place is not None and known is not None:
            known.leaving = True
            self._traffic.put(room_words.leave(room, place.nick))

    def remember(self, rooms: frozenset[str]) -> None:
        self._ingress.known = rooms

    # giving

    def send(self, message: OutgoingMessage) -> None:
        """Say something; the room's copy of it is the acknowledgement. Raises `NotConnected` when outside."""
        place = self._ingress.place(message.counterpart)
        if place is None or not place.inside:
            raise NotConnected
        self._traffic.put(stanzas.outgoing(message))

    async def invite(self, room: str, jid: str) -> None:
        person = prepared(jid)
        if person is None or "@" not in person.bare:
            raise InvalidAddress
        through = self.now(room).info.members_only
        make = room_words.invite_through if through else room_words.invite_directly
        self._traffic.put(make(room, person.bare))

    # what was said

    async def page(self, room: str, before: str | None, size: int = 100) -> ArchivePage:
        place = await self._place(room)
        return await self._archive.page_of_room(place, before, size)

    async def by_ids(self, room: str, ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        place = await self._place(room)
        return await self._archive.by_ids_of_room(place, ids)

    async def _place(self, room: str) -> Place:
        """This client's place, or for a room that it is not in, one that can only be asked."""
        place, known = self._ingress.place(room), self._rooms.get(room)
        info = known.info if known is not None and known.info.found else await self.look(room)
        if not info.archive:
            raise FeatureMissing
        if place is None:
            mine = known.last.occupant_id if known is not None else ""
            place = Place(room, "", info.ids, info.occupant_ids, my_id=mine)
        return place
