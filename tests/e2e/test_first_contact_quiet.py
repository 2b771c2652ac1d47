"""GIVEN a real server and a stranger who asks for everything WHEN the card stands and is answered THEN the stranger hears nothing.

Only a yes sends something, and only what the yes is: the answer to the request for presence and asking back.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

import pytest

from messenger.demo.prosody import Prosody
from messenger.domain.errors import AccountError, GuardianNeeded
from messenger.domain.guardian import GuardianRules, Standing
from messenger.domain.notice import FirstContact
from messenger.services.hub import Hub
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.plan import StreamPlan
from messenger.stream.serial import CLIENT_NS, serialise
from messenger.xmpp.server import XmppServer
from tests.e2e.conftest import home

PASSWORD = "quiet-pass-1"
RECEIPTS, MARKERS, STATES = "urn:xmpp:receipts", "urn:xmpp:chat-markers:0", "http://jabber.org/protocol/chatstates"


@pytest.fixture(scope="module")
def server() -> Iterator[Prosody]:
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="rq", dir=shared if os.access(shared, os.W_OK) else None))
    try:
        with Prosody(folder) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Stranger:
    """A bare stream that asks for all that a client can ask for, and keeps all that comes back."""

    def __init__(self, client: GuardedClient | None = None) -> None:
        self.heard: list[str] = []

    def stanza(self, element: Element, received: str) -> None:
        self.heard.append(serialise(element))

    def acked(self, keys: list[str]) -> None:
        pass

    def lost(self, reason: AccountError) -> None:
        pass


class Scene:
    """The person's hub, the stranger's stream, and everything that the person's client wrote."""

    def __init__(self, hub: Hub, me: str, client: GuardedClient, stranger: Stranger, jid: str) -> None:
        self.hub, self.me, self.client, self.stranger, self.jid = hub, me, client, stranger, jid
        self.said: list[str] = []
        session: Any = hub.contacts._sessions.need(me)
        write = session._traffic._write

        def listen_in(text: str) -> None:
            self.said.append(text)
            write(text)

        session._traffic._write = listen_in

    def ask_for_everything(self, words: str) -> None:
        """Presence, a picture by its hash, and a message that wants a receipt, a marker and a chat state."""
        for kind in ("subscribe", ""):
            presence = Element(f"{{{CLIENT_NS}}}presence", {"to": self.me} | ({"type": kind} if kind else {}))
            photo = SubElement(presence, "{vcard-temp:x:update}x")
            SubElement(photo, "{vcard-temp:x:update}photo").text = "a" * 40
            self.client.traffic.put(presence)
        message = Element(f"{{{CLIENT_NS}}}message", {"to": self.me, "type": "chat", "id": words})
        SubElement(message, f"{{{CLIENT_NS}}}body").text = words
        SubElement(message, f"{{{RECEIPTS}}}request")
        SubElement(message, f"{{{MARKERS}}}markable")
        SubElement(message, f"{{{STATES}}}active")
        self.client.traffic.put(message)

    def told(self) -> list[str]:
        """What the stranger heard, without the server's own "not there", which it says of every address alike."""
        own = f'from="{self.me}" to="{self.jid}" type="unavailable"/>'
        return [one for one in self.stranger.heard if own not in one]

    def to_stranger(self) -> list[str]:
        """What the person's client wrote that is for the stranger."""
        found = []
        for text in self.said:
            try:
                to = ET.fromstring(text).get("to", "")
            except ET.ParseError:
                to = text  # a half of something: looked through as it is
            if self.jid in to:
                found.append(text)
        return found

    async def card(self, count: int) -> FirstContact:
        """The card, as soon as so many messages and the request are there."""
        async with asyncio.timeout(20):
            while True:
                found = await self.hub.first_contact.waiting(self.me)
                if found and found[0].count == count and found[0].asks:
                    return found[0]
                await asyncio.sleep(0.05)

    async def look(self, conversation: int) -> None:
        """What a window may do while the card stands, and more than it does: read, type, wait."""
        assert await self.hub.first_contact.card(conversation) is not None
        page = await self.hub.conversations.page(conversation)
        await self.hub.conversations.mark_read(conversation, page.messages[-1].id)
        await self.hub.conversations.set_typing(conversation, True)
        await self.hub.conversations.set_typing(conversation, False)
        await self.hub.accounts.set_active(True)
        await self.hub.notices.findings(conversation)
        await asyncio.sleep(1.0)


@asynccontextmanager
async def scene(server: Prosody, folder: Path, name: str) -> AsyncIterator[Scene]:
    xmpp = XmppServer()
    me = await xmpp.register(server.domain, f"kim-{name}", PASSWORD, server.address)
    jid = await xmpp.register(server.domain, f"eve-{name}", PASSWORD, server.address)
    async with AsyncExitStack() as closing:
        hub = await closing.enter_async_context(home(folder, offline=False))
        await hub.accounts.sign_in(me, PASSWORD, False, server.address)
        account = prepared(jid)
        assert account is not None
        stranger = Stranger()
        client = GuardedClient(StreamPlan(account, PASSWORD, server.address), stranger)
        await client.open()
        closing.push_async_callback(client.close)
        client.traffic.put(Element(f"{{{CLIENT_NS}}}presence"))
        async with asyncio.timeout(60):
            while not stranger.heard:
                await asyncio.sleep(0.02)
        made = Scene(hub, me, client, stranger, jid)
        made.ask_for_everything("hey")
        made.ask_for_everything("see https://bad.example/x.exe")
        await made.card(2)
        stranger.heard.clear()
        yield made


def run(work: Any) -> None:
    asyncio.run(asyncio.wait_for(work, 90))


def test_the_card_and_not_now_send_nothing_to_the_stranger(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(server, tmp_path, "away") as one:
            card = await one.card(2)
            assert card.words == ("hey", "see https://bad.example/x.exe")
            await one.look(card.conversation)
            await one.hub.contacts.decline(one.me, one.jid)
            await asyncio.sleep(1.0)
            one.ask_for_everything("hello?")
            async with asyncio.timeout(20):
                while (await one.hub.first_contact.put_away(one.me))[0].count < 3:
                    await asyncio.sleep(0.05)
            await asyncio.sleep(0.5)
            assert one.to_stranger() == []
            assert one.told() == []
            assert await one.hub.first_contact.waiting(one.me) == ()
            assert await one.hub.contacts.count(one.me) == 0

    run(test())


def test_not_now_holds_over_a_new_sign_in_though_the_server_asks_again(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(server, tmp_path, "again") as one:
            await one.hub.contacts.decline(one.me, one.jid)
            await one.hub.accounts.sign_out(one.me)
            await one.hub.accounts.sign_in(one.me, PASSWORD, False, server.address)
            await asyncio.sleep(1.5)
            assert await one.hub.contacts.count(one.me) == 0
            assert one.told() == []  # not even that somebody signed in

    run(test())


def test_accept_sends_only_the_yes(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(server, tmp_path, "yes") as one:
            card = await one.card(2)
            await one.look(card.conversation)
            assert one.to_stranger() == []
            conversation = await one.hub.contacts.accept(one.me, one.jid)
            assert await one.hub.first_contact.card(conversation) is None
            async with asyncio.timeout(20):
                while one.jid not in {person.jid for person in await one.hub.contacts.contacts(one.me)}:
                    await asyncio.sleep(0.05)
            page = await one.hub.conversations.page(conversation)
            await one.hub.conversations.mark_read(conversation, page.messages[-1].id)  # the chat that opens
            await asyncio.sleep(1.0)
            kinds = [ET.fromstring(text) for text in one.to_stranger()]
            assert [(el.tag.rpartition("}")[2], el.get("type")) for el in kinds] == [
                ("presence", "subscribed"),
                ("presence", "subscribe"),
            ]
            # What is said from now on is answered as among people who know each other.
            one.ask_for_everything("thank you")
            async with asyncio.timeout(20):
                while not any(RECEIPTS in text or "received" in text for text in one.to_stranger()):
                    await asyncio.sleep(0.05)

    run(test())


def test_accepting_a_first_message_alone_sends_nothing(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(server, tmp_path, "words") as one:
            other = await XmppServer().register(server.domain, "zoe-words", PASSWORD, server.address)
            account = prepared(other)
            assert account is not None
            zoe = Stranger()
            client = GuardedClient(StreamPlan(account, PASSWORD, server.address), zoe)
            await client.open()
            try:
                message = Element(f"{{{CLIENT_NS}}}message", {"to": one.me, "type": "chat", "id": "z1"})
                SubElement(message, f"{{{CLIENT_NS}}}body").text = "hi, it is Zoe"
                SubElement(message, f"{{{RECEIPTS}}}request")
                client.traffic.put(message)
                async with asyncio.timeout(20):
                    while other not in {one.counterpart for one in await one.hub.first_contact.waiting(one.me)}:
                        await asyncio.sleep(0.05)
                await one.hub.contacts.accept(one.me, other)
                await asyncio.sleep(0.5)
                assert not [text for text in one.said if other in text]
                assert zoe.heard == []
            finally:
                await client.close()

    run(test())


def test_in_young_person_mode_a_stranger_hears_nothing_before_both_said_yes(server: Prosody, tmp_path: Path) -> None:
    async def test() -> None:
        async with scene(server, tmp_path, "young") as one:
            guardian, contacts = one.hub.guardian, one.hub.contacts
            await guardian.begin("4821", GuardianRules())
            card = await one.card(2)
            with pytest.raises(GuardianNeeded):
                await contacts.accept(one.me, one.jid)
            with pytest.raises(GuardianNeeded):
                await contacts.add(one.me, one.jid)
            with pytest.raises(GuardianNeeded):
                await one.hub.conversations.send(card.conversation, "hello")
            await guardian.ask(one.me, one.jid)
            [asked] = await guardian.waiting()
            assert (asked.jid, asked.standing) == (one.jid, Standing.ASKED)
            assert "hey" not in repr(asked)
            await one.look(card.conversation)
            assert not (await guardian.decide("0000", one.me, one.jid, yes=True)).ok
            assert (await guardian.decide("4821", one.me, one.jid, yes=True)).ok
            await asyncio.sleep(0.5)
            assert (one.to_stranger(), one.told()) == ([], []), "a guardian's yes accepts nobody"
            await contacts.accept(one.me, one.jid)
            kinds = [(el.tag.rpartition("}")[2], el.get("type")) for el in map(ET.fromstring, one.to_stranger())]
            assert kinds == [("presence", "subscribed"), ("presence", "subscribe")]

    run(test())
