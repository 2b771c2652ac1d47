"""A signed-in session whose server hands over hostile stanzas: nothing leaves, nothing breaks, the next message arrives."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence

import pytest
from hostile import BIND, DOMAIN, JID, PASSWORD, Authority, HostileServer, Talk
from people import Listener, until

from messenger.domain.account import ConnectionState, Login, ServerAddress
from messenger.domain.message import IncomingMessage, OutgoingMessage
from messenger.stream.address import prepared
from messenger.stream.plan import StreamPlan
from messenger.xmpp.session import Session

FULL = f"{JID}/r1"
SAM = f"sam@{DOMAIN}"
EVE = "eve@attacker.example/x"
ROSTER = f"<item jid='{SAM}' subscription='both' name='Sam'/>"

Act = Callable[[Talk], Awaitable[None]]
Check = Callable[[Session, Listener], Awaitable[None]]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def no_canary_in_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """L20, S49: whatever happens in these tests, no body, address or password is logged."""
    caplog.set_level(logging.DEBUG)
    yield
    for secret in ("canary", PASSWORD, SAM, "eve@", "kim@", "<message", "<iq"):
        assert secret not in caplog.text


def with_session(authority: Authority, act: Act, check: Check, idle: float = 60.0) -> HostileServer:
    """Sign in at a scripted server, let it act on the first line and be honest on later ones; then check."""

    settled = asyncio.Event()

    async def first(talk: Talk) -> None:
        await talk.settled(ROSTER)
        settled.set()
        await act(talk)
        await talk.rest(5)

    async def later(talk: Talk) -> None:
        await talk.settled(ROSTER, BIND)  # it has forgotten the session
        talk.say(message(f"{SAM}/x", "<body>after the break</body>"))
        await talk.rest(5)

    async def run() -> HostileServer:
        async with HostileServer(authority.context(), first, later) as server:
            account = prepared(JID)
            assert account is not None
            address = ServerAddress("127.0.0.1", server.port, True, str(authority.file))
            heard = Listener()
            session = Session(Login(JID, PASSWORD), heard, StreamPlan(account, PASSWORD, address, idle=idle))
            await session.start()
            try:
                await asyncio.wait_for(settled.wait(), 60)
                await check(session, heard)
            finally:
                await session.stop()
        return server

    return asyncio.run(asyncio.wait_for(run(), 60))


def message(sender: str, inner: str, more: str = "type='chat' id='m'") -> str:
    return f"<message from='{sender}' to='{FULL}' {more}>{inner}</message>"


GOOD = message(f"{SAM}/x", "<body>good</body>", "type='chat' id='good'")
BATTERY = [
    f"<presence from='{EVE}' to='{JID}' type='subscribe'/>",
    f"<presence from='{EVE}' to='{JID}' type='subscribed'/>",
    f"<presence from='{EVE}' to='{JID}' type='unsubscribe'/>",
    f"<presence from='{EVE}' to='{JID}' type='probe'/>",
    f"<presence from='{EVE}' to='{FULL}'><x xmlns='vcard-temp:x:update'><photo>{'a' * 40}</photo></x></presence>",
    f"<presence from='{EVE}' to='{FULL}'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v'/></presence>",
    message(EVE, "<body>x</body><request xmlns='urn:xmpp:receipts'/>"),
    message(EVE, "<body>x</body><markable xmlns='urn:xmpp:chat-markers:0'/>"),
    message(EVE, "<active xmlns='http://jabber.org/protocol/chatstates'/>"),
    message(EVE, "<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>"),
    message(EVE, "<received xmlns='urn:xmpp:receipts' id='x'/>"),
    message(EVE, "<attention xmlns='urn:xmpp:attention:0'/>"),
    message(EVE, "<confirm xmlns='http://jabber.org/protocol/http-auth' id='x' method='GET' url='https://a.example'/>"),
    message(EVE, "<x xmlns='jabber:x:conference' jid='room@muc.attacker.example'/>"),
    message(EVE, "<propose xmlns='urn:xmpp:jingle-message:0' id='x'/>"),
    message(EVE, "<replace xmlns='urn:xmpp:message-correct:0' id='good'/><body>y</body>"),
    message(EVE, "<retract xmlns='urn:xmpp:message-retract:1' id='good'/>"),
    message(EVE, "<error type='cancel'/>", "type='error' id='x'"),
    message(EVE, "<result xmlns='urn:xmpp:mam:2' queryid='q'/>"),
    message(EVE, "<x xmlns='jabber:x:data' type='form'/>", "type='normal'"),
    *(
        f"<iq from='{EVE}' to='{FULL}' type='{kind}' id='q{n}'>{payload}</iq>"
        for n, (kind, payload) in enumerate(
            [
                ("get", "<ping xmlns='urn:xmpp:ping'/>"),
                ("get", "<query xmlns='jabber:iq:version'/>"),
                ("get", "<time xmlns='urn:xmpp:time'/>"),
                ("get", "<query xmlns='jabber:iq:last'/>"),
                ("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>"),
                ("get", "<query xmlns='http://jabber.org/protocol/disco#items'/>"),
                ("get", "<vCard xmlns='vcard-temp'/>"),
                ("set", "<jingle xmlns='urn:xmpp:jingle:1' action='session-initiate' sid='s'/>"),
                ("set", "<command xmlns='http://jabber.org/protocol/commands' node='x' action='execute'/>"),
                ("set", "<open xmlns='http://jabber.org/protocol/ibb' sid='s' block-size='4096'/>"),
                (
                    "set",
                    "<query xmlns='jabber:iq:roster'><item jid='eve@attacker.example' subscription='both'/></query>",
                ),
                ("set", "<block xmlns='urn:xmpp:blocking'><item jid='sam@robin.test'/></block>"),
                ("set", "<query xmlns='jabber:iq:register'><remove/></query>"),
                ("get", ""),
                ("nonsense", "<x xmlns='urn:x'/>"),
            ]
        )
    ),
    f"<iq from='{EVE}' to='{FULL}' type='result' id='nobody-asked'/>",
    f"<message from='@@' to='{FULL}'><body>x</body></message>",
    f"<unknown xmlns='jabber:client' from='{EVE}'/>",
]


def test_s54_l13_l15_strangers_get_no_answer_at_all(authority: Authority) -> None:
    said: list[str] = []

    async def act(talk: Talk) -> None:
        for stanza in BATTERY:
            talk.say(stanza)
        said.append(await talk.rest(0.5))
        talk.say(GOOD)
        said.append(await talk.rest(0.5))

    async def check(_session: Session, heard: Listener) -> None:
        await until(lambda: "good" in heard.bodies)
        await until(lambda: len(said) == 2)
        assert heard.requests == [("eve@attacker.example", "")]
        assert list(heard.rosters) == [SAM]
        assert heard.blocked == ()
        assert heard.typing == []
        assert {m.counterpart for m in heard.stored if m.body == "y"} == {"eve@attacker.example"}

    with_session(authority, act, check)
    assert said == ["", ""]


def test_s11_commands_of_the_own_server_are_refused(authority: Authority) -> None:
    said: list[str] = []

    async def act(talk: Talk) -> None:
        command = "<command xmlns='http://jabber.org/protocol/commands' node='x' action='execute'/>"
        for sender in (DOMAIN, f"{JID}/phone", f"{SAM}/x"):
            talk.say(f"<iq from='{sender}' to='{FULL}' type='set' id='c'>{command}</iq>")
            said.append(await talk.rest(0.2))
        talk.say(
            f"<iq from='{SAM}/x' to='{FULL}' type='get' id='d'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>"
        )
        said.append(await talk.rest(0.2))
        talk.say(f"<iq from='{DOMAIN}' to='{FULL}' type='get' id='p'><ping xmlns='urn:xmpp:ping'/></iq>")
        said.append(await talk.rest(0.2))

    async def check(_session: Session, _heard: Listener) -> None:
        await until(lambda: len(said) == 5)

    with_session(authority, act, check)
    assert all("service-unavailable" in one and 'type="error"' in one for one in said[:3])
    assert '<identity category="client" name="Robin" type="pc"/>' in said[3]
    assert "commands" not in said[3]
    assert "slixmpp" not in "".join(said).lower()
    assert 'id="p"' in said[4]
    assert 'type="result"' in said[4]


def test_s13_unsound_stanzas_between_good_ones(authority: Authority) -> None:
    unsound = [
        message(EVE.replace("@", "@@"), "<body>canary</body>"),
        message(EVE, "<replace xmlns='urn:xmpp:message-correct:0'/>"),
        message(EVE, "<delay xmlns='urn:xmpp:delay' stamp='canary'/>"),
        "<iq/>",
        "<presence from='\u202e'/>",
        message(JID, "<received xmlns='urn:xmpp:carbons:2'/>"),
        "<message/>",
    ]

    async def act(talk: Talk) -> None:
        for number in range(1000):
            talk.say(unsound[number % len(unsound)])
            talk.say(message(f"{SAM}/x", f"<body>{number}</body>", f"type='chat' id='i{number}'"))
        await talk.rest(5)

    async def check(session: Session, heard: Listener) -> None:
        await until(lambda: len(heard.stored) == 1000)
        assert heard.bodies == [str(n) for n in range(1000)]
        assert heard.readies == [False]
        assert max(heard.batches) <= 100
        assert session.drops()["bad address"] > 100

    with_session(authority, act, check)


def test_l22_a_burst_waits_in_the_network_and_not_in_memory(authority: Authority) -> None:
    number = 8000

    async def act(talk: Talk) -> None:
        for n in range(number):
            talk.say(message(f"{SAM}/x", f"<body>{n}</body>", f"type='chat' id='b{n}'"))
            if n % 200 == 0:
                await talk.writer.drain()
        await talk.rest(20)

    async def check(session: Session, heard: Listener) -> None:
        waiting: list[int] = []

        async def slowly(batch: Sequence[IncomingMessage]) -> None:
            waiting.append(session._traffic._above)
            await asyncio.sleep(0.005)
            heard.stored.extend(batch)

        heard.messages = slowly  # type: ignore[method-assign]
        await until(lambda: len(heard.stored) == number, 50)
        assert heard.bodies == [str(n) for n in range(number)]
        assert max(waiting) < 2000 + 3000  # the mark, and what one read of the socket can hold
        assert heard.readies == [False]

    with_session(authority, act, check)


def test_s07_corrections(authority: Authority) -> None:
    async def act(talk: Talk) -> None:
        fix = "<replace xmlns='urn:xmpp:message-correct:0' id='{}'/><body>x</body>"
        talk.say(message(f"{SAM}/x", fix.format("self"), "type='chat' id='self'"))
        talk.say(message(f"{SAM}/x", fix.format("b"), "type='chat' id='a'"))
        talk.say(message(f"{SAM}/x", fix.format("a"), "type='chat' id='b'"))
        for number in range(2000):
            talk.say(message(f"{SAM}/x", fix.format("one"), f"type='chat' id='c{number}'"))
        await talk.rest(5)

    async def check(_session: Session, heard: Listener) -> None:
        await until(lambda: len(heard.stored) == 2003)
        assert [m.corrects for m in heard.stored[:4]] == ["", "b", "a", "one"]

    with_session(authority, act, check)


@pytest.mark.parametrize("depth", [65, 5_000])
def test_s27_l18_a_deep_stanza_is_dropped_and_counted(authority: Authority, depth: int) -> None:
    answers: list[str] = []

    async def act(talk: Talk) -> None:
        talk.say(message(EVE, "<a>" * depth + "canary" + "</a>" * depth))
        talk.say(GOOD)
        await asyncio.sleep(0.2)
        talk.say("<r xmlns='urn:xmpp:sm:3'/>")
        answers.append((await talk.until(r"<a xmlns='urn:xmpp:sm:3' h='(\d+)'/>"))[1])

    async def check(session: Session, heard: Listener) -> None:
        await until(lambda: heard.bodies == ["good"] and answers)
        assert session.drops()["overdeep"] == 1
        assert heard.readies == [False]

    with_session(authority, act, check)
    # The dropped stanza counts as handled, or the server would send it for ever: 6 answers of the set-up, and these two.
    assert int(answers[0]) >= 8


@pytest.mark.parametrize(
    "attack",
    [
        message(EVE, "<body>" + "canary" * 100_000 + "</body>"),
        "<message><body>canary</message>",
        "<message>" + "<canary/>" * 20_000,
        "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
        "</stream:stream>",
    ],
)
def test_s27_l20_a_line_that_must_be_closed_comes_back(authority: Authority, attack: str) -> None:
    said: list[str] = []

    async def act(talk: Talk) -> None:
        talk.say(GOOD)
        await talk.rest(0.2)
        talk.say(attack)
        said.append(await talk.rest(3))

    async def check(session: Session, heard: Listener) -> None:
        await until(lambda: ConnectionState.RECONNECTING in [state for state, _ in heard.states])
        session.retry_now()
        await until(lambda: "after the break" in heard.bodies)
        assert heard.bodies == ["good", "after the break"]

    with_session(authority, act, check)
    assert "canary" not in "".join(said)
    assert "error" not in "".join(said)


def test_l14_a_failing_handler_answers_nobody(authority: Authority) -> None:
    said: list[str] = []
    go = asyncio.Event()

    async def act(talk: Talk) -> None:
        await go.wait()
        talk.say(message(EVE, "<body>canary</body>"))
        said.append(await talk.rest(0.3))
        talk.say(GOOD)
        said.append(await talk.rest(0.3))

    async def check(session: Session, heard: Listener) -> None:
        heard.fail_next.append(KeyError("canary"))
        go.set()
        await until(lambda: heard.bodies == ["good"] and len(said) == 2)
        assert session._traffic.up

    with_session(authority, act, check)
    assert said == ["", ""]


def test_a_silent_server_is_noticed(authority: Authority) -> None:
    async def act(talk: Talk) -> None:
        await talk.until("<r xmlns='urn:xmpp:sm:3'/>")
        await asyncio.sleep(5)

    async def check(session: Session, heard: Listener) -> None:
        await until(lambda: ConnectionState.RECONNECTING in [state for state, _ in heard.states], 10)
        session.retry_now()
        await until(lambda: "after the break" in heard.bodies)

    with_session(authority, act, check, idle=0.4)


def test_errors_count_only_from_where_the_message_went(authority: Authority) -> None:
    error = "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    go = asyncio.Event()

    async def act(talk: Talk) -> None:
        await talk.until('id="o1"')
        talk.say(message(EVE, error, "type='error' id='o1'"))
        talk.say(message(SAM, error, "type='error' id='o2'"))
        talk.say(GOOD)
        await go.wait()
        talk.say(message(SAM, error, "type='error' id='o1'"))
        talk.say(message(SAM, error, "type='error' id='o1'"))
        talk.say(GOOD)
        await talk.rest(3)

    async def check(session: Session, heard: Listener) -> None:
        await session.send(OutgoingMessage(JID, SAM, "o1", "hello"))
        await until(lambda: heard.bodies == ["good"])
        assert heard.rejects == []
        go.set()
        await until(lambda: len(heard.bodies) == 2)
        assert heard.rejects == ["o1"]

    with_session(authority, act, check)


def test_s45_media_are_named_and_never_fetched(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = (
        "<body>https://files.attacker.example/a%2F..%2Fcat.png</body><x xmlns='jabber:x:oob'>"
        "<url>https://files.attacker.example/a%2F..%2Fcat.png</url></x>"
        "<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><name>dog.jpg</name>"
        "<media-type>image/jpeg</media-type><size>77</size><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>q80a</hash></file>"
        "<sources><url-data xmlns='http://jabber.org/protocol/url-data' target='https://files.attacker.example/dog.jpg'/>"
        "</sources></file-sharing>"
    )
    dialled: list[object] = []

    async def act(talk: Talk) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **_: dialled.append(a))
        monkeypatch.setattr(socket.socket, "connect", lambda *a, **_: dialled.append(a))
        talk.say(message(f"{SAM}/x", inner))
        await talk.rest(0.5)

    async def check(_session: Session, heard: Listener) -> None:
        await until(lambda: heard.stored)
        await asyncio.sleep(0.3)
        dog, cat = heard.stored[0].media
        assert (dog.name, dog.mime, dog.size, dog.hashes) == ("dog.jpg", "image/jpeg", 77, (("sha-256", "q80a"),))
        assert dog.url == "https://files.attacker.example/dog.jpg"
        assert cat.url == "https://files.attacker.example/a%2F..%2Fcat.png"
        assert dialled == []

    with_session(authority, act, check)


def test_avatars_only_of_contacts_small_and_true(authority: Authority) -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 100
    name = hashlib.sha1(png, usedforsecurity=False).hexdigest()

    def metadata(sender: str, more: str = "", identity: str = name) -> str:
        return message(
            sender,
            "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:avatar:metadata'>"
            f"<item id='{identity}'><metadata xmlns='urn:xmpp:avatar:metadata'>"
            f"<info id='{identity}' type='image/png' bytes='108' {more}/></metadata></item></items></event>",
            "type='headline'",
        )

    asked: list[str] = []

    async def act(talk: Talk) -> None:
        talk.say(metadata("eve@attacker.example"))
        talk.say(metadata(SAM, "url='https://attacker.example/a.png'"))
        talk.say(metadata(SAM).replace("bytes='108'", "bytes='9999999'"))
        talk.say(metadata(SAM, identity="../../etc/passwd"))
        asked.append(await talk.rest(0.3))
        talk.say(metadata(SAM))
        iq = (await talk.until(r'<iq[^>]*id="([^"]+)"[^>]*>.*?</iq>'))[0]
        asked.append(iq)
        number = iq.partition('id="')[2].partition('"')[0]
        data = base64.b64encode(png).decode()
        payload = (
            "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:avatar:data'>"
            f"<item id='{name}'><data xmlns='urn:xmpp:avatar:data'>{data}</data></item></items></pubsub>"
        )
        talk.say(f"<iq type='result' from='{EVE}' id='{number}' to='{FULL}'>{payload.replace(data, 'AAAA')}</iq>")
        talk.say(f"<iq type='result' from='{SAM}' id='{number}' to='{FULL}'>{payload}</iq>")
        talk.say(metadata(SAM))
        asked.append(await talk.rest(0.3))

    async def check(_session: Session, heard: Listener) -> None:
        await until(lambda: len(asked) == 3)
        assert heard.avatars == [(SAM, png)]

    with_session(authority, act, check)
    assert asked[0] == asked[2] == ""
    assert f'to="{SAM}"' in asked[1]
