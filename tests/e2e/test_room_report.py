"""GIVEN a group on a real server WHEN somebody in it is reported THEN the desk has a case about that occupant, quietly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from messenger.demo.world import DOMAIN, Credentials, World
from messenger.domain.message import Direction
from messenger.domain.report import OutboxState
from messenger.domain.room import RoomState
from messenger.evidence import verify
from messenger.services.hub import Hub
from messenger.xmpp.server import XmppServer
from tests.e2e.conftest import home
from tests.e2e.reporting import report

PASSWORD = "a quiet river"


async def until(what: str, holds: Callable[[], Awaitable[object]], seconds: float = 60.0) -> None:
    try:
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(what) from None


def test_an_occupant_is_reported_and_the_group_is_left_afterwards(
    world: tuple[World, Credentials], tmp_path: Path
) -> None:
    place, me = world

    async def job() -> None:
        async with (
            home(tmp_path / "kim", place.desk.profile_path) as hub,
            home(tmp_path / "zed") as other,
        ):
            account = (await hub.accounts.sign_in(me.jid, me.password, False, me.server)).jid
            zed = await XmppServer().register(DOMAIN, "zed", PASSWORD, me.server)
            await other.accounts.sign_in(zed, PASSWORD, False, me.server)
            chat = await hub.rooms.create(account, "Homework")
            await hub.rooms.invite(chat, zed)
            await until("asked in", lambda: other.rooms.invitations(zed))
            [invitation] = await other.rooms.invitations(zed)
            theirs = await other.rooms.accept(zed, invitation.room, "friend of yours")
            await other.conversations.send(theirs, "do not tell your mum about this group")
            await until("the line came", lambda: lines(hub, chat))
            [line] = await lines(hub, chat)
            before = await other.conversations.page(theirs)

            id = await report(hub, account, chat, (line,), keep_copy=True)
            done = await hub.outbox.wait(id, 60)
            assert done.state is OutboxState.SENT
            assert done.case_number
            copy = tmp_path / "copy.robin.json"
            await hub.outbox.save_copy(id, str(copy))
            assert verify.main([str(copy)]) == 0
            assert "friend of yours" in copy.read_text("utf-8")

            # Until here the group saw nothing; leaving is a deed of its own.
            assert await other.conversations.page(theirs) == before
            assert len(await other.rooms.people(theirs)) == 2
            options = await hub.aftercare.options(id)
            assert options.is_room
            assert (await hub.rooms.now(chat)).state is RoomState.INSIDE
            await hub.rooms.leave(chat)
            await until("out of the group", lambda: outside(hub, chat))
            await until("seen by the others", lambda: alone(other, theirs))

    asyncio.run(job())


async def lines(hub: Hub, conversation: int) -> list[int]:
    page = await hub.conversations.page(conversation)
    return [one.id for one in page.messages if one.direction is Direction.IN]


async def outside(hub: Hub, conversation: int) -> bool:
    return (await hub.rooms.now(conversation)).state is RoomState.OUTSIDE


async def alone(hub: Hub, conversation: int) -> bool:
    return len(await hub.rooms.people(conversation)) == 1
