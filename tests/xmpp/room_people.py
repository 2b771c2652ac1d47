"""Rooms on a real server for the tests of the XMPP door."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from people import Person, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.domain.message import OutgoingMessage
from messenger.domain.room import RoomState
from messenger.services.room_ports import NewRoom

_numbers = itertools.count(1)


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))  # type: ignore[arg-type]


def service(server: Prosody) -> str:
    return f"rooms.{server.domain}"


def new_name(server: Prosody) -> str:
    return f"room{next(_numbers)}@{service(server)}"


async def say(person: Person, room: str, body: str, name: str = "", **more: str) -> str:
    """Say something in a room; the id that it has."""
    name = name or f"r{next(_numbers)}"
    await person.session.send(OutgoingMessage(person.jid, room, name, body, kind="groupchat", **more))
    return name


@asynccontextmanager
async def in_a_room(server: Prosody, *jids: str, members_only: bool = False) -> AsyncIterator[tuple[str, list[Person]]]:
    """People who are in one new room, as nick0, nick1 and so on; the first of them owns it."""
    room = new_name(server)
    async with signed_in(server, *jids) as people:
        first, *others = people
        await first.session.rooms.join(room, "nick0", new=NewRoom("The room", members_only))
        for number, one in enumerate(others, 1):
            await one.session.rooms.join(room, f"nick{number}")
        await until(lambda: all(len(one.session.rooms.now(room).occupants) == len(people) for one in people))
        yield room, people


def inside(person: Person, room: str) -> bool:
    return person.session.rooms.now(room).state is RoomState.INSIDE
