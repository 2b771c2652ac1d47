"""Rows L10 and L25 of security.md at the XMPP door: nobody moderates a chat of two, and blocking tells nobody why."""

from __future__ import annotations

import asyncio
from xml.etree import ElementTree as ET

import pytest
from people import befriend, new_account, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.stream.address import prepared
from messenger.stream.counts import Counts, Drop
from messenger.stream.facts import Chat
from messenger.stream.ingress import Ingress
from messenger.xmpp import stanzas

ME = "kim@robin.test"
ROOM = "room@muc.robin.test"
NOW = "2026-11-24T10:00:00.000Z"
OLD = (
    "<apply-to xmlns='urn:xmpp:fasten:0' id='good'><moderated xmlns='urn:xmpp:message-moderate:0' by='{by}'>"
    "<retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>"
)
NEW = (
    "<retract xmlns='urn:xmpp:message-retract:1' id='good'><moderated xmlns='urn:xmpp:message-moderate:1' by='{by}'/>"
    "<reason>x</reason></retract>"
)


@pytest.mark.parametrize("form", [OLD, NEW])
@pytest.mark.parametrize("sender", [ROOM, f"{ROOM}/eve", "eve@attacker.example/x"])
def test_l10_a_moderation_of_a_room_is_dropped(form: str, sender: str) -> None:
    account, counts = prepared(ME), Counts()
    assert account is not None
    text = f"<message xmlns='jabber:client' from='{sender}' to='{ME}' type='groupchat' id='m'>{form.format(by=ROOM)}</message>"
    assert Ingress(account, counts).admit(ET.fromstring(text), NOW) is None
    assert counts[Drop.ROOM] == 1


@pytest.mark.parametrize("sender", [f"{ROOM}/eve", "eve@attacker.example/x"])
def test_l10_a_forged_moderation_in_a_chat_counts_for_the_senders_own_messages_only(sender: str) -> None:
    """Whoever is named as the moderator: the sender alone decides which message can be meant (history, S06 and S08)."""
    account = prepared(ME)
    assert account is not None
    for form in (OLD, NEW):
        inner = form.format(by="sam@robin.test")
        text = f"<message xmlns='jabber:client' from='{sender}' to='{ME}' type='chat' id='m'>{inner}</message>"
        fact = Ingress(account, Counts()).admit(ET.fromstring(text), NOW)
        assert isinstance(fact, Chat)
        assert fact.sender.full == sender
        read = stanzas.incoming(ME, fact)
        assert read is None or (read.sender == sender and read.counterpart in sender)


def test_l25_blocking_carries_no_report_to_anybody(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            await befriend(kim, sam)
            sent: list[str] = []
            write = kim.session._traffic._write

            def listen_in(text: str) -> None:
                sent.append(text)
                write(text)

            kim.session._traffic._write = listen_in  # type: ignore[method-assign]
            await kim.session.block([sam.jid])
            await until(lambda: kim.heard.blocked == (sam.jid,))
            (change,) = [ET.fromstring(text) for text in sent if "<block " in text]
            assert change.get("to") is None  # the own server only
            (block,) = change
            (item,) = block
            assert (item.attrib, len(item), item.text) == ({"jid": sam.jid}, 0, None)
            assert not any("urn:xmpp:reporting" in text or "report-origin" in text for text in sent)
            assert not any(f'to="{sam.jid}' in text for text in sent)

    asyncio.run(asyncio.wait_for(test(), 60))
