"""The same build chats with a client that is not ours (profanity, from Debian), both ways, and reports it."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

from messenger.demo.world import DOMAIN, Credentials, World
from messenger.domain.message import DeliveryState, Direction
from messenger.domain.report import OutboxState
from messenger.services.hub import Hub
from messenger.xmpp.server import XmppServer
from tests.e2e.conftest import home
from tests.e2e.profanity import Profanity
from tests.e2e.reporting import report


async def heard(hub: Hub, account: str, other: str) -> list[tuple[int, str]]:
    """(id, body) of what `other` wrote, accepting them first as a person would."""
    if any(one.jid == other for one in await hub.contacts.requests(account)):
        await hub.contacts.accept(account, other)
    for chat in await hub.conversations.chats(account):
        if chat.counterpart == other:
            page = await hub.conversations.page(chat.conversation)
            return [(m.id, m.body) for m in page.messages if m.direction is Direction.IN]
    return []


def test_chats_with_profanity_both_ways_and_reports_it(world: tuple[World, Credentials], tmp_path: Path) -> None:
    place, me = world
    password = secrets.token_urlsafe(9)
    other = f"pat@{DOMAIN}"

    async def job() -> None:
        await XmppServer().register(DOMAIN, "pat", password, me.server)
        pat = await asyncio.to_thread(Profanity, tmp_path / "pat", other, password, me.server.host, me.server.port)
        try:
            async with home(tmp_path / "profile", place.desk.profile_path) as hub:
                account = (await hub.accounts.sign_in(me.jid, me.password, False, me.server)).jid
                await asyncio.to_thread(pat.say, me.jid, "hello from another client")
                async with asyncio.timeout(30):
                    while not (lines := await heard(hub, account, other)):
                        await asyncio.sleep(0.1)
                assert lines[0][1] == "hello from another client"
                conversation = await hub.conversations.open(account, other)
                sent = await hub.conversations.send(conversation, "hello from Robin 😊")
                async with asyncio.timeout(30):
                    while "hello from Robin 😊" not in await asyncio.to_thread(pat.heard):
                        await asyncio.sleep(0.2)
                    while (await hub.conversations.messages(conversation, [sent]))[0].state is DeliveryState.QUEUED:
                        await asyncio.sleep(0.1)
                await asyncio.to_thread(pat.say, me.jid, "where do you live?")
                async with asyncio.timeout(30):
                    while len(lines := await heard(hub, account, other)) < 2:
                        await asyncio.sleep(0.1)
                id = await report(hub, account, conversation, (lines[-1][0],))
                done = await hub.outbox.wait(id, 30)
                assert done.state is OutboxState.SENT
                assert done.case_number
        finally:
            await asyncio.to_thread(pat.close)

    asyncio.run(job())
