"""From the click to the receipt no stanza is for the reported party (decision 10), and no log knows anybody (S49, L20)."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from messenger.app import logging as app_logging
from messenger.demo.world import Credentials, World
from messenger.domain.errors import WrongPassword
from messenger.domain.message import Direction
from messenger.domain.report import OutboxState, ReportContext
from messenger.services.hub import Hub
from tests.e2e.conftest import home, until
from tests.e2e.reporting import walk

BAD = "mike_2010"
WRONG, WORDS = "canary-password", "canary-message"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log as `robin --debug` writes it; the program's own hooks are taken out again afterwards."""
    root, path = logging.getLogger(), tmp_path / "robin.log"
    before, level, hook = list(root.handlers), root.level, sys.excepthook
    app_logging.begin(path, debug=True)
    try:
        yield path
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers[:] = before
        root.setLevel(level)
        sys.excepthook = hook


def addressed(sent: list[str], jid: str) -> list[str]:
    """The stanzas among what was written that are for this person."""
    found = []
    for text in sent:
        try:
            to = ET.fromstring(text).get("to", "")
        except ET.ParseError:
            to = text  # a stream's head or a half of something: looked through as it is
        if jid in to:
            found.append(text)
    return found


async def incoming(hub: Hub, conversation: int) -> list[int]:
    page = await hub.conversations.page(conversation)
    return [one.id for one in page.messages if one.direction is Direction.IN]


def test_s49_l20_quiet_on_the_wire_and_in_the_log(
    world: tuple[World, Credentials], tmp_path: Path, log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place, me = world
    bad = place.jid(BAD)
    seen: dict[str, str] = {}

    async def job() -> None:
        async with home(tmp_path / "profile", place.desk.profile_path) as hub:
            with pytest.raises(WrongPassword):
                await hub.accounts.sign_in(me.jid, WRONG, False, me.server)
            account = (await hub.accounts.sign_in(me.jid, me.password, False, me.server)).jid
            conversation = await hub.conversations.open(account, bad)
            place.play(BAD)
            async with asyncio.timeout(30):
                while len(await incoming(hub, conversation)) < 2:
                    await asyncio.sleep(0.05)
            await hub.conversations.set_typing(conversation, True)
            await hub.conversations.send(conversation, WORDS)
            async with asyncio.timeout(30):
                while len(await incoming(hub, conversation)) < 3:  # the answer to it
                    await asyncio.sleep(0.05)
            sent: list[str] = []
            traffic = hub.accounts._sessions.get(account)._traffic  # type: ignore[union-attr]
            write = traffic._write

            def listen_in(text: str) -> None:
                sent.append(text)
                write(text)

            traffic._write = listen_in
            await hub.conversations.set_typing(conversation, True)
            await until("typing is seen by this test", lambda: addressed(sent, bad))
            sent.clear()
            # The click. The other side goes on; the person reads, begins to type, and sends the report.
            draft, _form, talk = await hub.reporting.begin(ReportContext(account, conversation, (), bad))
            place.play(BAD)
            async with asyncio.timeout(30):
                while len(await incoming(hub, conversation)) < 5:
                    await asyncio.sleep(0.05)
            newest = (await incoming(hub, conversation))[-1]
            await hub.conversations.mark_read(conversation, newest)
            await hub.conversations.set_typing(conversation, False)
            await hub.conversations.set_typing(conversation, True)
            talk = walk(talk)
            kept = replace(draft, interview=talk.to_json(), chosen=(newest,))
            id = await hub.reporting.submit((await hub.reporting.save(kept)).id)
            done = await hub.outbox.wait(id, 30)
            assert done.state is OutboxState.SENT
            assert addressed(sent, bad) == []
            # And afterwards the same deeds are seen again, so that the silence was no accident of the test.
            await hub.conversations.set_typing(conversation, False)
            await until("typing is seen again", lambda: addressed(sent, bad))
            seen.update(case=done.case_number, code=done.receipt_code, address=bad, own=me.jid, password=me.password)

    asyncio.run(job())
    logging.getLogger("messenger.tests").debug("this log is written")
    logging.getLogger("slixmpp.xmlstream").error(WORDS)
    logging.getLogger("aiohttp").error(WORDS)
    said = log.read_text("utf-8")
    assert "this log is written" in said
    assert os.stat(log).st_mode & 0o077 == 0
    out, err = capfd.readouterr()
    secrets = {"wrong": WRONG, "words": WORDS, "name": "Sam", "report": "my school", "user": BAD, "stanza": "<message", **seen}
    for what, secret in secrets.items():
        for text in (said, out, err):
            assert secret not in text, what
