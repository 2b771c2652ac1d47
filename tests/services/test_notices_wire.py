"""Notices over a real Prosody: what a real message raises, in a chat and in a room, and what the wire carries: nothing of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from messenger.demo.prosody import ROOMS, Prosody
from messenger.domain.notice import Notice
from tests.services.test_service_rooms import Robin, address, robins, run, until

ASKS = (
    "send me a pic",
    "if you dont send it ill post it everywhere",
    "see https://bit.ly/3xyz",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Prosody]:
    shared = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(prefix="robin-", dir=shared if shared.is_dir() else None) as folder,
        Prosody(Path(folder), components={"rooms.robin.test": ROOMS}) as running,
    ):
        yield running


def tap(one: Robin) -> list[str]:
    """Everything that this program writes to its stream from now on."""
    sent: list[str] = []
    traffic = one.session._traffic
    write = traffic._write

    def listen_in(text: str) -> None:
        sent.append(text)
        write(text)

    traffic._write = listen_in
    return sent


def told(sent: list[str], jid: str) -> list[str]:
    """What the stanzas to this address hold: the names of their parts."""
    found = []
    for text in sent:
        try:
            stanza = ET.fromstring(text)
        except ET.ParseError:
            assert jid not in text
            continue
        if jid in stanza.get("to", ""):
            found += [part.tag.rpartition("}")[2] for part in stanza]
    return found


async def _has(one: Robin, conversation: int, rule: str) -> bool:
    found: Notice | None = await one.services.notices.current(conversation)
    return found is not None and found.rule == rule


async def _deeds(one: Robin, conversation: int) -> list[str]:
    """Everything that a person can do with notices; the rules that were answered."""
    notices, seen = one.services.notices, []
    while (notice := await notices.current(conversation)) is not None:
        seen.append(notice.rule)
        await notices.useful(notice.id, False)
        for button in notice.buttons:
            await notices.answer(notice.id, button.id)
        await notices.answer(notice.id, "dismiss")
    await notices.set_private_words(["kingfisher"])
    pause = await notices.before_send(conversation, "kingfisher +44 20 7946 0123")
    assert pause is not None
    await notices.answer(pause.id, "cancel")
    await notices.rest(conversation, "R1")
    await notices.set_known(conversation, True)
    await notices.seen()
    await notices.forget_all()
    return seen


def test_of_notices_in_a_chat_nothing_is_on_the_wire(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "nell", "otto") as (nell, otto):
            chat = await nell.services.contacts.accept(nell.jid, otto.jid)
            theirs = await otto.services.conversations.open(otto.jid, nell.jid)
            sent = tap(nell)
            for text in ASKS:
                await otto.services.conversations.send(theirs, text)
            await until(lambda: _has(nell, chat, "R14"))
            await until(lambda: _all_raised(nell, 3))
            assert await _deeds(nell, chat) == ["R14", "R15", "R12"]
            assert told(sent, otto.jid) == []
            await nell.services.conversations.send(chat, "hello")
            await until(lambda: "body" in told(sent, otto.jid))  # so the silence was no accident of the test
            assert not any("kingfisher" in one or "R14" in one for one in sent)

    run(work)


def test_of_notices_in_a_room_nothing_is_on_the_wire(tmp_path: Path, server: Prosody) -> None:
    async def work() -> None:
        async with robins(tmp_path, server, "pia", "quin") as (pia, quin):
            chat = await pia.rooms.create(pia.jid, "Kites", members_only=False)
            room = await address(pia, chat)
            theirs = await quin.rooms.join(quin.jid, room)
            await quin.services.conversations.send(theirs, "hello all")
            await until(lambda: _lines(pia, chat, 1))
            sent = tap(pia)
            for text in ASKS:
                await quin.services.conversations.send(theirs, text)
            await until(lambda: _has(pia, chat, "R14"))
            await until(lambda: _all_raised(pia, 3))
            assert await _deeds(pia, chat) == ["R14", "R15", "R12"]
            assert told(sent, room) == []
            assert told(sent, quin.jid) == []
            await pia.services.conversations.send(chat, "hello")
            await until(lambda: "body" in told(sent, room))

    run(work)


async def _all_raised(one: Robin, count: int) -> bool:
    shown: dict[str, Any] = await one.services.notices.counts()
    return bool(shown["shown"] == count)


async def _lines(one: Robin, conversation: int, count: int) -> bool:
    return len(await one.lines(conversation)) == count
