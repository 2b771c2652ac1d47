"""GIVEN two federated servers WHEN somebody reports a person on the other one THEN nothing goes there, from click to receipt."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from messenger.demo.cast import BAD, Actor
from messenger.desk.connections import Connections, account
from messenger.desk.server import Desk, Options
from messenger.domain.account import Login
from messenger.domain.message import Direction
from messenger.domain.receipt import IdentityLevel
from messenger.domain.report import OutboxState, ReportContext
from messenger.xmpp.server import XmppServer
from tests.e2e.conftest import home, until
from tests.e2e.federation import AWAY, HOME, Federation
from tests.e2e.reporting import walk

ME, THEY = f"sam@{HOME}", f"{BAD.user}@{AWAY}"


@pytest.fixture
def federation() -> Iterator[Federation]:
    folder = Path(tempfile.mkdtemp(prefix="rf"))
    one = Federation(folder)
    try:
        one.start()
        yield one
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def desk(federation: Federation, tmp_path: Path) -> Iterator[Desk]:
    """A desk with an account of its own on the reporter's server, so that the proof of the address is in the capture, too."""
    address = federation.home.address
    asyncio.run(XmppServer().register(HOME, "desk", "quiet-pass-3", address))
    options = Options(connections=Connections(line=account(f"desk@{HOME}", "quiet-pass-3", address)))
    one = Desk.create(tmp_path / "desk", "four quiet words", "Test desk", "gb", options=options)
    one.start()
    try:
        yield one
    finally:
        one.stop()


def test_no_stanza_and_no_byte_goes_to_the_reported_domain(federation: Federation, desk: Desk, tmp_path: Path) -> None:
    async def job() -> None:
        xmpp = XmppServer()
        await xmpp.register(HOME, "sam", "quiet-pass-1", federation.home.address)
        await xmpp.register(AWAY, BAD.user, "quiet-pass-2", federation.away.address)
        async with home(tmp_path / "profile", desk.profile_path) as hub:
            me = (await hub.accounts.sign_in(ME, "quiet-pass-1", False, federation.home.address)).jid
            actor = Actor(BAD, xmpp, Login(THEY, "quiet-pass-2", federation.away.address, "other"), ME, 0.0)
            await actor.session.start()
            try:
                await hub.contacts.add(me, THEY, "")
                await actor.session.add_contact(ME, "")
                await actor.befriended()
                await until("the desk is online", lambda: desk.online)
                conversation = await hub.conversations.open(me, THEY)
                await actor.open()

                async def heard() -> list[int]:
                    page = await hub.conversations.page(conversation)
                    return [one.id for one in page.messages if one.direction is Direction.IN]

                async with asyncio.timeout(30):
                    while len(await heard()) < 2:
                        await asyncio.sleep(0.05)
                await hub.conversations.send(conversation, "why do you want to know")
                async with asyncio.timeout(30):
                    while len(await heard()) < 3:
                        await asyncio.sleep(0.05)
                await hub.conversations.set_typing(conversation, True)
                await until("the test sees what goes there", lambda: _there(federation, "c2s"))
                await asyncio.sleep(1.0)  # what is still on its way there arrives
                calls, there = federation.to_away.calls, federation.to_away.bytes_there
                back = federation.to_home.bytes_back
                seen = len(_there(federation, "s2sout"))
                # The click; the person looks around, reads and types; the report goes out.
                draft, _form, talk = await hub.reporting.begin(ReportContext(me, conversation, (), THEY))
                ids = await heard()
                await hub.conversations.mark_read(conversation, ids[-1])
                await hub.conversations.set_typing(conversation, False)
                await hub.conversations.set_typing(conversation, True)
                kept = replace(draft, interview=walk(talk).to_json(), chosen=tuple(ids))
                id = await hub.reporting.submit((await hub.reporting.save(kept)).id)
                done = await hub.outbox.wait(id, 40)
                assert done.state is OutboxState.SENT
                assert done.identity_level is IdentityLevel.VERIFIED
                assert federation.to_away.calls == calls
                assert federation.to_away.bytes_there - there == 0
                assert federation.to_home.bytes_back - back == 0
                assert len(_there(federation, "s2sout")) == seen
                # Afterwards the same deed is seen again: the silence was no accident of the test.
                await hub.conversations.set_typing(conversation, False)
                await until("it is seen again", lambda: len(_there(federation, "s2sout")) > seen)
                await until("and counted", lambda: federation.to_away.bytes_there > there)
            finally:
                await actor.leave()

    asyncio.run(job())


def _there(federation: Federation, line: str) -> list[str]:
    """Stanzas at the reporter's server that are for the other domain; c2s: as they came in, s2sout: as they left."""
    way = "in" if line == "c2s" else "out"
    found = federation.wire(federation.home)
    return [
        one.text for one in found if one.line == line and one.way == way and one.to.partition("/")[0].endswith(AWAY)
    ]
