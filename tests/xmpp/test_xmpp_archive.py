"""The archive of a real Prosody: paged backwards, whole, each message once, and single messages by their ids."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from people import Person, befriend, new_account, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.domain.errors import FeatureMissing
from messenger.domain.message import Direction, IncomingMessage, Marker, Via


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 120))  # type: ignore[arg-type]


async def fill(sender: Person, to: Person, number: int) -> list[str]:
    """Send `number` messages; their ids, when the server has them all."""
    names = [await sender.say(to, f"line {n}") for n in range(number)]
    await until(lambda: len(sender.heard.acks) >= number, 60)
    return names


async def whole_archive(person: Person, size: int) -> tuple[list[IncomingMessage], int]:
    pages = 0
    found: list[IncomingMessage] = []
    before: str | None = None
    while True:
        page = await person.session.archive_page(before, size)
        pages += 1
        found = [*page.messages, *found]
        if page.complete:
            return found, pages
        before = page.first


def test_sync_of_1000_messages(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            names = await fill(sam, kim, 1000)
            await until(lambda: len(kim.heard.stored) == 1000, 60)
            assert [message.stanza_id for message in kim.heard.stored] == names
            found, pages = await whole_archive(kim, 250)
            assert pages in (4, 5)
            assert [message.stanza_id for message in found] == names
            assert {message.via for message in found} == {Via.ARCHIVE}
            assert all(message.direction is Direction.IN and message.times.archive for message in found)
            # The id under which the live message came is the id in the archive, so that both are known to be one.
            assert [m.archive_id for m in found] == [m.archive_id for m in kim.heard.stored]
            own, _pages = await whole_archive(sam, 250)
            assert [message.stanza_id for message in own] == names
            assert {message.direction for message in own} == {Direction.OUT}

    run(test)


def test_pages_of_one_conversation_and_an_unknown_start(server: Prosody) -> None:
    async def test() -> None:
        a, b, c = [await new_account(server) for _ in range(3)]
        async with signed_in(server, a, b, c) as [kim, sam, alex]:
            await fill(sam, kim, 7)
            await fill(alex, kim, 3)
            page = await kim.session.archive_page(None, 5, alex.jid)
            assert [m.counterpart for m in page.messages] == [alex.jid] * 3
            assert page.complete
            page = await kim.session.archive_page(None, 4, sam.jid)
            assert (len(page.messages), page.complete) == (4, False)
            page = await kim.session.archive_page(page.first, 4, sam.jid)
            assert (len(page.messages), page.complete) == (3, True)
            page = await kim.session.archive_page("no-such-id", 4, sam.jid)
            assert len(page.messages) == 4

    run(test)


def test_marks_that_came_while_nobody_was_here(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            await befriend(kim, sam)
            name = await kim.say(sam, "hello")
            await until(lambda: sam.heard.stored and kim.heard.acks)
            await kim.session.stop()
            await sam.session.send_marker(kim.jid, Marker.READ, name)
            async with signed_in(server, kim.jid) as [again]:
                page = await again.session.archive_page(None)
                assert [m.body for m in page.messages] == ["hello"]
                assert page.marks == ((sam.jid, Marker.READ, name, False),)

    run(test)


def test_messages_by_archive_ids(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            await fill(sam, kim, 5)
            await until(lambda: len(kim.heard.stored) == 5)
            ids = [m.archive_id.id for m in kim.heard.stored if m.archive_id is not None]
            found = await kim.session.archive_by_ids([ids[3], ids[1]])
            assert {m.body for m in found} == {"line 1", "line 3"}
            found = await kim.session.archive_by_ids([ids[3], "forged", ids[1]])
            assert {m.body for m in found} == {"line 1", "line 3"}
            assert await kim.session.archive_by_ids([]) == ()

    run(test)


def test_server_without_archive(memory_folder: Callable[[], Path]) -> None:
    async def test(server: Prosody) -> None:
        async with signed_in(server, await new_account(server)) as [kim]:
            with pytest.raises(FeatureMissing):
                await kim.session.archive_page(None)
            with pytest.raises(FeatureMissing):
                await kim.session.archive_by_ids(["x"])
            with pytest.raises(FeatureMissing):
                await kim.session.block(["sam@robin.test"])

    with Prosody(memory_folder(), without=["mam", "blocklist", "smacks", "csi"]) as plain:
        asyncio.run(asyncio.wait_for(test(plain), 60))


def test_acknowledgement_without_stream_management(memory_folder: Callable[[], Path]) -> None:
    async def test(server: Prosody) -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            name = await kim.say(sam, "hello")
            await until(lambda: kim.heard.acks == [name] and sam.heard.bodies == ["hello"])

    with Prosody(memory_folder(), without=["smacks"]) as plain:
        asyncio.run(asyncio.wait_for(test(plain), 60))
