"""A stranger on a real Prosody learns nothing: not whether somebody is there, nor what program they use (S54, L12-L15)."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from xml.etree.ElementTree import Element, SubElement

from people import PASSWORD, befriend, new_account, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.domain.errors import AccountError
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.plan import StreamPlan
from messenger.stream.serial import CLIENT_NS, serialise

QUESTIONS = [
    "{jabber:iq:version}query",
    "{urn:xmpp:time}time",
    "{jabber:iq:last}query",
    "{urn:xmpp:ping}ping",
    "{http://jabber.org/protocol/disco#info}query",
    "{http://jabber.org/protocol/disco#items}query",
    "{vcard-temp}vCard",
    "{http://jabber.org/protocol/commands}command",
    "{urn:xmpp:jingle:1}jingle",
]
PAYLOADS = [
    "{urn:xmpp:receipts}request",
    "{urn:xmpp:chat-markers:0}markable",
    "{http://jabber.org/protocol/chatstates}active",
    "{urn:xmpp:attention:0}attention",
    "{urn:xmpp:jingle-message:0}propose",
    "{http://jabber.org/protocol/http-auth}confirm",
    "{jabber:x:conference}x",
]


class Stranger:
    """A bare stream that sends anything and keeps all that comes back."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def stanza(self, element: Element, received: str) -> None:
        self.heard.append(serialise(element))

    def acked(self, keys: list[str]) -> None:
        pass

    def lost(self, reason: AccountError) -> None:
        pass


def test_s54_a_stranger_hears_nothing(server: Prosody) -> None:
    async def test() -> None:
        kim_jid, sam_jid, eve_jid = [await new_account(server) for _ in range(3)]
        async with signed_in(server, kim_jid, sam_jid) as [kim, sam], AsyncExitStack() as closing:
            await befriend(kim, sam)
            full = kim.session._traffic.requests.own_full
            account = prepared(eve_jid)
            assert account is not None
            eve = Stranger()
            client = GuardedClient(StreamPlan(account, PASSWORD, server.address), eve)
            await client.open()
            closing.push_async_callback(client.close)
            client.traffic.put(Element(f"{{{CLIENT_NS}}}presence"))
            await until(lambda: len(eve.heard) == 1)  # its own presence
            eve.heard.clear()
            said: list[str] = []
            write = kim.session._traffic._write

            def listen_in(text: str) -> None:
                # Counting and the thanks for the server's own roster pushes have no addressee.
                if "urn:xmpp:sm:3" not in text and not (text.startswith("<iq") and ' to="' not in text):
                    said.append(text)
                write(text)

            kim.session._traffic._write = listen_in  # type: ignore[method-assign]
            asked = []
            for to in (full, kim_jid):
                for kind in ("subscribe", "subscribed", "unsubscribe", "unsubscribed", "probe", ""):
                    presence = Element(f"{{{CLIENT_NS}}}presence", {"to": to} | ({"type": kind} if kind else {}))
                    client.traffic.put(presence)
                for tag in PAYLOADS:
                    message = Element(f"{{{CLIENT_NS}}}message", {"to": to, "type": "chat", "id": tag[-9:]})
                    SubElement(message, f"{{{CLIENT_NS}}}body").text = "hello"
                    SubElement(message, tag, {"id": "x"})
                    client.traffic.put(message)
            for tag in QUESTIONS:
                for kind in ("get", "set"):
                    iq, answer = client.traffic.requests.make(kind, Element(tag), full)
                    client.traffic.put(iq)
                    asked.append(answer)
            await until(lambda: len(kim.heard.stored) == 2 * len(PAYLOADS))
            await asyncio.sleep(1.0)
            answered = [answer for answer in asked if answer.done()]
            for answer in asked:
                answer.cancel()
            # Prosody itself refuses to let strangers' questions through; ours would be answers of type result.
            assert all(answer.exception() is not None for answer in answered)
            assert said == []  # not a stanza left our client
            # The server speaks for itself: no device's address, nothing but "not there".
            assert not any(full in one for one in eve.heard)
            assert all('type="unavailable"' in one for one in eve.heard)
            assert set(kim.heard.requests) == {(eve_jid, "")}
            assert kim.heard.typing == []
            assert kim.heard.marks == []
            assert {jid for jid, item in kim.heard.rosters.items() if item.subscription not in ("none", "remove")} == {
                sam_jid
            }

    asyncio.run(asyncio.wait_for(test(), 60))
