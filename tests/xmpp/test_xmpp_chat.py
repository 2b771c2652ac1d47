"""Two people on a real Prosody: signing in, registering, talking, marks, carbons, archive, contacts, blocking."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from people import PASSWORD, Person, befriend, new_account, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.domain.account import ConnectionState, ServerAddress, Show
from messenger.domain.errors import (
    AccountExists,
    BadCertificate,
    InvalidAddress,
    RegistrationUnsupported,
    ServerTimedOut,
    ServerUnreachable,
    UnknownHost,
    WrongPassword,
)
from messenger.domain.message import ChatState, Direction, Marker, Via
from messenger.xmpp.server import XmppServer


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))  # type: ignore[arg-type]


def full_address(person: Person) -> str:
    return person.session._traffic.requests.own_full


def test_sign_in_and_out(server: Prosody) -> None:
    async def test() -> None:
        jid = await new_account(server)
        async with signed_in(server, jid) as [kim]:
            assert [state for state, _ in kim.heard.states] == [ConnectionState.CONNECTING, ConnectionState.ONLINE]
            assert kim.heard.readies == [False]
            assert "urn:xmpp:mam:2" in kim.session.features()
            await until(lambda: kim.session.time_offset_ms() is not None)
            assert abs(kim.session.time_offset_ms() or 0) < 5000
        assert kim.heard.states[-1] == (ConnectionState.OFFLINE, None)

    run(test)


def test_sign_in_over_direct_tls(server: Prosody) -> None:
    async def test() -> None:
        jid = await new_account(server)
        kim = Person(jid, server.direct_address)
        await kim.session.start()
        await until(lambda: kim.heard.readies)
        await kim.session.stop()

    run(test)


def test_wrong_password(server: Prosody) -> None:
    async def test() -> None:
        kim = Person(await new_account(server), server.address, "something else")
        with pytest.raises(WrongPassword):
            await kim.session.start()
        state, reason = kim.heard.states[-1]
        assert state is ConnectionState.FAILED
        assert isinstance(reason, WrongPassword)

    run(test)


def test_unknown_host_bad_certificate_and_no_server(server: Prosody) -> None:
    async def test() -> None:
        nobody = XmppServer()
        with pytest.raises((UnknownHost, ServerUnreachable)):
            await nobody.register("no-such-host.invalid", "kim", PASSWORD, None)
        kim = Person(f"kim@{server.domain}", ServerAddress("127.0.0.1", server.port, True, None))
        with pytest.raises(BadCertificate):
            await kim.session.start()
        with pytest.raises(UnknownHost):
            await nobody.register("other.test", "kim", PASSWORD, server.address)
        with pytest.raises(ServerUnreachable):
            await nobody.register(server.domain, "kim", PASSWORD, ServerAddress("127.0.0.1", 1, True, None))
        for wrong in ("", "kim", "kim@", "a b@c", f"kim@{server.domain}/phone"):
            with pytest.raises(InvalidAddress):
                Person(wrong, server.address)

    run(test)


def test_registration(server: Prosody, memory_folder: Callable[[], Path]) -> None:
    async def test() -> None:
        jid = await new_account(server)
        with pytest.raises(AccountExists):
            await XmppServer().register(server.domain, jid.partition("@")[0], "other", server.address)
        with pytest.raises(InvalidAddress):
            await XmppServer().register(server.domain, "a b", PASSWORD, server.address)
        async with signed_in(server, jid) as [kim]:
            await kim.session.change_password("new words")
        again = Person(jid, server.address, "new words")
        await again.session.start()
        await again.session.stop()
        with (
            Prosody(memory_folder(), registration=False) as closed,
            pytest.raises(RegistrationUnsupported),
        ):
            await XmppServer().register(closed.domain, "kim", PASSWORD, closed.address)

    run(test)


def test_chat_both_ways_with_receipts_and_markers(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            await befriend(kim, sam)
            first = await kim.say(sam, "hello <&> \u202e\U0001f600")
            await until(lambda: sam.heard.stored and kim.heard.acks == [first])
            [message] = sam.heard.stored
            assert message.body == "hello <&> \u202e\U0001f600"
            assert (message.direction, message.via, message.counterpart) == (Direction.IN, Via.LIVE, kim.jid)
            assert message.stanza_id == message.origin_id == first
            assert message.archive_id is not None
            assert message.archive_id.by == sam.jid
            assert message.wants_receipt
            assert message.markable
            assert message.raw.xml.startswith('<message xmlns="jabber:client"')
            await sam.session.send_marker(kim.jid, Marker.DELIVERED, first)
            await sam.session.send_marker(kim.jid, Marker.READ, first)
            await until(lambda: len(kim.heard.marks) == 2)
            assert kim.heard.marks == [
                (sam.jid, Marker.DELIVERED, first, False),
                (sam.jid, Marker.READ, first, False),
            ]
            second = await sam.say(kim, "hi", reply_to=first, quote="hello")
            await until(lambda: kim.heard.stored)
            assert kim.heard.bodies == ["hi"]
            assert kim.heard.stored[0].reply_to == first
            third = await sam.say(kim, "hi Kim", corrects=second)
            await sam.say(kim, "", retracts=third)
            await until(lambda: len(kim.heard.stored) == 3)
            assert kim.heard.stored[1].corrects == second
            assert kim.heard.stored[2].retracts == third
            assert kim.heard.stored[2].body == ""

    run(test)


def test_typing_and_marks_only_between_contacts(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            await sam.session.send_chat_state(kim.jid, ChatState.COMPOSING)
            await sam.session.send_marker(kim.jid, Marker.READ, "x")
            await befriend(kim, sam)
            await sam.session.send_chat_state(kim.jid, ChatState.COMPOSING)
            await until(lambda: kim.heard.typing)
            assert kim.heard.typing == [(sam.jid, ChatState.COMPOSING)]
            assert kim.heard.marks == []
            kim.session.set_quiet(frozenset({sam.jid}))
            await kim.session.send_chat_state(sam.jid, ChatState.COMPOSING)
            await kim.session.send_marker(sam.jid, Marker.READ, "x")
            await kim.say(sam, "by hand")  # what the person sends is their own deed
            await until(lambda: sam.heard.bodies == ["by hand"])
            with pytest.raises(ServerTimedOut):  # not even a sign of life
                await sam.session._traffic.request("get", Element("{urn:xmpp:ping}ping"), full_address(kim), 0.3)
            kim.session.set_quiet(frozenset())
            await sam.session._traffic.request("get", Element("{urn:xmpp:ping}ping"), full_address(kim), 5)
            assert sam.heard.typing == [(kim.jid, ChatState.ACTIVE)]
            assert sam.heard.marks == []

    run(test)


def test_carbons_reach_a_second_device(server: Prosody) -> None:
    async def test() -> None:
        jid = await new_account(server)
        async with signed_in(server, jid, jid, await new_account(server)) as [laptop, phone, sam]:
            await befriend(laptop, sam)
            await laptop.say(sam, "from the laptop")
            await until(lambda: phone.heard.stored and sam.heard.stored)
            [carbon] = phone.heard.stored
            assert (carbon.direction, carbon.via, carbon.counterpart) == (Direction.OUT, Via.CARBON, sam.jid)
            assert carbon.archive_id is not None
            await sam.say(jid, "to both")
            await until(lambda: laptop.heard.stored and len(phone.heard.stored) == 2)
            assert laptop.heard.bodies == ["to both"]
            assert phone.heard.bodies == ["from the laptop", "to both"]
            await laptop.session.send_marker(sam.jid, Marker.READ, "some-id")
            await until(lambda: phone.heard.marks)
            assert phone.heard.marks == [(sam.jid, Marker.READ, "some-id", True)]

    run(test)


def test_subscription_flow(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            await kim.session.add_contact(sam.jid, "Sam")
            await until(lambda: sam.heard.requests)
            await asyncio.sleep(0.2)
            assert kim.heard.presences == []  # nothing was answered by itself (L12)
            assert sam.heard.rosters == {}
            await sam.session.answer_request(kim.jid, False)
            await until(lambda: kim.heard.rosters[sam.jid].pending is False)
            await kim.session.remove_contact(sam.jid)
            await until(lambda: kim.heard.rosters[sam.jid].subscription == "remove")
            sam.heard.requests.clear()
            await befriend(kim, sam)
            await until(lambda: kim.heard.presences and sam.heard.presences)
            assert kim.heard.presences[-1].show is Show.ONLINE
            await sam.session.set_presence(Show.AWAY, "out")
            await until(lambda: kim.heard.presences[-1].show is Show.AWAY)
            assert kim.heard.presences[-1].status == "out"
            await kim.session.rename_contact(sam.jid, "Sam from swimming")
            await until(lambda: kim.heard.rosters[sam.jid].name == "Sam from swimming")
            await sam.session.stop()
            await until(lambda: kim.heard.presences[-1].show is Show.OFFLINE)

    run(test)


def test_blocking(server: Prosody) -> None:
    async def test() -> None:
        jid = await new_account(server)
        async with signed_in(server, jid, jid, await new_account(server)) as [kim, phone, sam]:
            await kim.session.block([sam.jid])
            await until(lambda: kim.heard.blocked == (sam.jid,) and phone.heard.blocked == (sam.jid,))
            name = await sam.say(kim, "hello?")
            await until(lambda: sam.heard.rejects == [name])
            assert kim.heard.stored == []
            await kim.session.unblock([])  # never everybody by mistake
            await kim.session.unblock([sam.jid])
            await until(lambda: kim.heard.blocked == () and phone.heard.blocked == ())
            await sam.say(kim, "hello again")
            await until(lambda: kim.heard.bodies == ["hello again"])

    run(test)


def test_client_state(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            await befriend(kim, sam)
            await kim.session.set_active(False)
            await sam.say(kim, "important enough to be sent at once")
            await until(lambda: kim.heard.stored)
            await kim.session.set_active(True)
            await sam.say(kim, "second")
            await until(lambda: len(kim.heard.stored) == 2)

    run(test)
