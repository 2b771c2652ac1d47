"""The rooms service over a real Prosody: two people, their stores, and what is missed, resent, forgotten and refused."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from messenger.demo.prosody import ROOMS, Prosody
from messenger.domain.account import ConnectionState
from messenger.domain.errors import InvalidAddress, NotConnected, RoomBanned, RoomMissing, ServerUnreachable
from messenger.domain.events import Event, RequestsChanged, RoomChanged
from messenger.domain.message import DeliveryState, Direction, MessageView
from messenger.domain.room import RoomEnd, RoomState
from messenger.services.assembly import ChatServices, chat_services
from messenger.services.bus import Bus
from messenger.services.room_following import is_near
from messenger.services.tasks import Tasks
from messenger.storage import outgoing, rooms
from messenger.storage.database import Database
from messenger.xmpp.server import XmppServer
from tests.services.report_world import Memory

PASSWORD = "a quiet river"


@pytest.fixture(scope="module")
def server() -> Iterator[Prosody]:
    shared = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(prefix="robin-", dir=shared if shared.is_dir() else None) as folder,
        Prosody(Path(folder), components={"rooms.robin.test": ROOMS}) as running,
    ):
        yield running


class Robin:
    """One person's program, without a window."""

    def __init__(self, database: Database, jid: str, server: Prosody) -> None:
        self.jid, self._server, self.database = jid, server, database
        self.bus = Bus()
        self.tasks = Tasks(self.bus)
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.services: ChatServices = chat_services(database, XmppServer(), Memory(), self.tasks, self.bus)

    @property
    def rooms(self) -> Any:
        return self.services.rooms

    @property
    def session(self) -> Any:
        return self.services.sessions.get(self.jid)

    async def sign_in(self) -> None:
        await self.services.accounts.sign_in(self.jid, PASSWORD, True, self._server.address)
        await until(lambda: self.services.sessions.state(self.jid) is ConnectionState.ONLINE)

    async def lines(self, conversation: int) -> tuple[MessageView, ...]:
        return (await self.services.conversations.page(conversation)).messages

    async def bodies(self, conversation: int) -> list[str]:
        return [one.body for one in await self.lines(conversation)]

    async def close(self) -> None:
        await self.services.accounts.close()
        await self.services.conversations.close()
        await self.tasks.close()
        await self.database.close()


async def until(true: Callable[[], Any], seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            found = true()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def robins(tmp_path: Path, server: Prosody, *names: str) -> AsyncIterator[Sequence[Robin]]:
    made: list[Robin] = []
    try:
        for name in names:
            made.append(await robin(tmp_path, server, name))
            await made[-1].sign_in()
        yield made
    finally:
        for one in made:
            await one.close()


async def robin(tmp_path: Path, server: Prosody, name: str) -> Robin:
    jid = f"{name}@{server.domain}"
    folder = tmp_path / name
    if not folder.exists():
        await XmppServer().register(server.domain, name, PASSWORD, server.address)
    return Robin(await Database.open(folder / "robin.db", bytes(range(32))), jid, server)


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 90))  # type: ignore[arg-type]


async def address(one: Robin, conversation: int) -> str:
    return (await one.services.conversations.summary(conversation)).counterpart


def test_two_people_make_a_group_and_talk(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "ada", "ben") as (ada, ben):
            chat = await ada.rooms.create(ada.jid, "Book club")
            room = await address(ada, chat)
            assert room.startswith("book-club-")
            [row] = await ada.services.conversations.chats(ada.jid)
            assert (row.title, row.is_room) == ("Book club", True)
            await ada.rooms.invite(chat, ben.jid)
            await until(lambda: _some(ben.rooms.invitations(ben.jid)))
            [invitation] = await ben.rooms.invitations(ben.jid)
            assert invitation.room == room
            assert await ben.services.conversations.chats(ben.jid) == ()  # nothing is joined by itself
            theirs = await ben.rooms.accept(ben.jid, room)
            assert await ben.rooms.invitations(ben.jid) == ()
            await until(lambda: _count(ada, chat, 2))
            message = await ada.services.conversations.send(chat, "hello all")
            await until(lambda: _is(ben.bodies(theirs), ["hello all"]))
            await until(lambda: _state(ada, chat, message, DeliveryState.SENT))
            assert await ada.database.run(outgoing.waiting, ada.jid) == []
            [line] = await ben.lines(theirs)
            assert (line.sender_name, line.direction) == ("ada", Direction.IN)
            await ada.services.conversations.correct(message, "hello everybody")
            await until(lambda: _is(ben.bodies(theirs), ["hello everybody"]))
            await ada.services.conversations.retract(message)
            await until(lambda: _is(ben.bodies(theirs), [""]))
            assert (await ada.lines(chat))[0].retracted

    run(work)


def test_what_was_missed_comes_and_what_waited_goes_once(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "cat", "dan") as (cat, dan):
            chat = await cat.rooms.create(cat.jid, "Missed", members_only=False)
            room = await address(cat, chat)
            theirs = await dan.rooms.join(dan.jid, room)
            await cat.services.conversations.send(chat, "one")
            await until(lambda: _is(dan.bodies(theirs), ["one"]))
            await dan.close()
            for number in range(3):
                await cat.services.conversations.send(chat, f"missed {number}")
            await until(lambda: _waiting(cat, 0))
            again = await robin(tmp_path, server, "dan")
            try:
                # Written before there is a stream: it waits until the room is open and the past is read.
                await again.services.conversations.send(theirs, "written offline")
                await again.sign_in()
                expected = ["one", "missed 0", "missed 1", "missed 2"]
                await until(lambda: _waiting(again, 0))
                assert sorted(await again.bodies(theirs)) == sorted([*expected, "written offline"])
                await until(lambda: _is(cat.bodies(chat), [*expected, "written offline"]))
                summary = await again.services.conversations.summary(theirs)
                assert summary.unread == 0 or summary.unread == 3
            finally:
                await again.close()

    run(work)


def test_after_a_short_break_the_stream_goes_on_and_so_does_the_group(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "pam", "quin") as (pam, quin):
            chat = await pam.rooms.create(pam.jid, "Break", members_only=False)
            theirs = await quin.rooms.join(quin.jid, await address(pam, chat))
            await pam.services.conversations.send(chat, "before")
            await until(lambda: _is(quin.bodies(theirs), ["before"]))
            before = pam.session
            before._client.cut(ServerUnreachable())
            await until(lambda: pam.services.sessions.online(pam.jid) is None)
            await pam.services.conversations.send(chat, "in the break")
            await quin.services.conversations.send(theirs, "to you")
            before.retry_now()
            await until(lambda: _waiting(pam, 0))
            await until(lambda: _is(quin.bodies(theirs), ["before", "to you", "in the break"]))
            assert sorted(await pam.bodies(chat)) == ["before", "in the break", "to you"]

    run(work)


def test_nothing_is_told_to_a_group_by_itself(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "ray", "sol") as (ray, sol):
            chat = await ray.rooms.create(ray.jid, "Still", members_only=False)
            theirs = await sol.rooms.join(sol.jid, await address(ray, chat))
            await ray.services.settings.set("read_receipts", "on")
            await ray.services.settings.set("typing", "on")
            message = await sol.services.conversations.send(theirs, "hello")
            await until(lambda: _is(ray.bodies(chat), ["hello"]))
            sent: list[str] = []
            put = ray.session._traffic.put
            ray.session._traffic.put = lambda element, key="": (sent.append(element.tag), put(element, key))
            await ray.services.conversations.set_typing(chat, True)
            await ray.services.conversations.mark_read(chat, (await ray.lines(chat))[-1].id)
            await asyncio.sleep(0.2)
            assert sent == []
            assert message

    run(work)


def test_the_own_server_remembers_rooms_for_another_computer(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "eli") as (eli,):
            chat = await eli.rooms.create(eli.jid, "Remembered")
            room = await address(eli, chat)
            await until(lambda: _some(eli.session.rooms.bookmarks()))
            other = Robin(await Database.open(tmp_path / "other" / "robin.db", bytes(32)), eli.jid, server)
            try:
                await other.sign_in()
                await until(lambda: other.session.rooms.now(room).state is RoomState.INSIDE)
                await until(lambda: _some(other.services.conversations.chats(eli.jid)))
                conversation = (await other.services.conversations.chats(eli.jid))[0].conversation
                await other.rooms.leave(conversation)
                await until(lambda: _is(other.session.rooms.bookmarks(), ()))
                assert (await other.rooms.now(conversation)).state is not RoomState.JOINING
            finally:
                await other.close()

    run(work)


def test_being_put_out_is_told_and_nobody_goes_back_by_itself(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "fay", "gus") as (fay, gus):
            chat = await fay.rooms.create(fay.jid, "Strict", members_only=False)
            room = await address(fay, chat)
            theirs = await gus.rooms.join(gus.jid, room, "gus")
            await admin(fay, room, f"<item jid='{gus.jid}' affiliation='outcast'/>")
            await until(lambda: _ended(gus, theirs, RoomEnd.BANNED))
            assert any(isinstance(one, RoomChanged) for one in gus.events)
            await until(lambda: _unwanted(gus, theirs))
            with pytest.raises(RoomBanned):
                await gus.rooms.join_again(theirs)
            await gus.services.conversations.send(theirs, "into nothing")
            assert [one.body for one in await gus.database.run(outgoing.waiting, gus.jid)] == ["into nothing"]
            assert await gus.rooms.people(theirs) == ()

    run(work)


def test_a_failed_join_leaves_no_trace(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "hal") as (hal,):
            with pytest.raises(RoomMissing):
                await hal.rooms.join(hal.jid, "nothing-here@rooms.robin.test")
            assert await hal.services.conversations.chats(hal.jid) == ()
            assert await hal.database.run(rooms.every, hal.jid) == ()
            for wrong in ("rooms.robin.test", "", "a b@c"):
                with pytest.raises(InvalidAddress):
                    await hal.rooms.join(hal.jid, wrong)
            with pytest.raises(InvalidAddress):
                await hal.rooms.create(hal.jid, "   ")

    run(work)


def test_signed_out_nothing_is_tried(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "ivy") as (ivy,):
            await ivy.services.accounts.sign_out(ivy.jid)
            with pytest.raises(NotConnected):
                await ivy.rooms.join(ivy.jid, "a@rooms.robin.test")
            with pytest.raises(NotConnected):
                await ivy.rooms.create(ivy.jid, "Club")

    run(work)


def test_s15_people_that_look_alike_are_marked_in_the_list(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "jan", "kit", "lou") as (jan, kit, lou):
            chat = await jan.rooms.create(jan.jid, "Names", members_only=False)
            room = await address(jan, chat)
            await kit.rooms.join(kit.jid, room, "bob")
            await lou.rooms.join(lou.jid, room, "b\u043eb")
            await until(lambda: _count(jan, chat, 3))
            people = await jan.rooms.people(chat)
            assert people[0].me
            assert {one.occupant.nick: one.looks_like for one in people} == {
                "jan": "",
                "bob": "b\u043eb",
                "b\u043eb": "bob",
            }

    run(work)


def test_quiet_holds_nothing_goes_to_the_room_by_itself(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "mia") as (mia,):
            chat = await mia.rooms.create(mia.jid, "Quiet")
            room = await address(mia, chat)
            mia.services.quiet.hold(mia.jid, room, "report")
            await mia.services.accounts.sign_out(mia.jid)
            await mia.sign_in()
            await until(lambda: mia.services.sessions.online(mia.jid) is not None)
            await asyncio.sleep(0.3)  # time in which it would go back in
            assert (await mia.rooms.now(chat)).state is RoomState.OUTSIDE
            mia.services.quiet.release("report")
            await until(lambda: mia.session.rooms.now(room).state is RoomState.INSIDE)

    run(work)


def test_invitations_of_blocked_people_and_to_open_rooms_are_nothing(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "ned", "oda") as (ned, oda):
            chat = await ned.rooms.create(ned.jid, "Open", members_only=False)
            room = await address(ned, chat)
            await oda.services.blocking.block(oda.jid, ned.jid)
            await ned.rooms.invite(chat, oda.jid)
            await oda.rooms.join(oda.jid, room)
            await oda.services.blocking.unblock(oda.jid, ned.jid)
            await ned.rooms.invite(chat, oda.jid)
            await asyncio.sleep(0.3)
            assert await oda.rooms.invitations(oda.jid) == ()
            assert not any(isinstance(one, RequestsChanged) and one.count for one in oda.events)

    run(work)


def test_only_rooms_of_the_own_server_are_looked_at_unasked() -> None:
    assert is_near("kim@robin.test", "a@rooms.robin.test")
    assert is_near("kim@robin.test", "a@robin.test")
    assert not is_near("kim@robin.test", "a@rooms.evilrobin.test")
    assert not is_near("kim@robin.test", "a@robin.test.evil.example")


async def admin(one: Robin, room: str, item: str) -> None:
    from xml.etree import ElementTree

    payload = f"<query xmlns='http://jabber.org/protocol/muc#admin'>{item}</query>"
    await one.session._traffic.request("set", ElementTree.fromstring(payload), room)


async def _unwanted(one: Robin, conversation: int) -> bool:
    known = await one.database.run(rooms.get, conversation)
    return known is not None and not known.wanted


async def _some(found: Awaitable[Sequence[Any]]) -> bool:
    return len(await found) > 0


async def _is(found: Awaitable[Any], wanted: Any) -> bool:
    return bool(await found == wanted)


async def _count(one: Robin, conversation: int, wanted: int) -> bool:
    return len(await one.rooms.people(conversation)) == wanted


async def _state(one: Robin, conversation: int, message: int, wanted: DeliveryState) -> bool:
    return any(line.id == message and line.state is wanted for line in await one.lines(conversation))


async def _waiting(one: Robin, wanted: int) -> bool:
    return len(await one.database.run(outgoing.waiting, one.jid)) == wanted


async def _ended(one: Robin, conversation: int, wanted: RoomEnd) -> bool:
    return (await one.rooms.now(conversation)).end is wanted
