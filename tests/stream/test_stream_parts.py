"""Serialising, SCRAM, XEP-0198 counters, iq replies, places and back-off, each by itself."""

from __future__ import annotations

import asyncio
import logging
import random
import socket
import ssl
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.account import ServerAddress
from messenger.domain.errors import BadCertificate, NotConnected, ServerTimedOut, ServerUnreachable, UnknownHost
from messenger.evidence.canonical import digest
from messenger.evidence.media import media_free_xml
from messenger.stream import sasl
from messenger.stream.address import prepared
from messenger.stream.counts import Counts, Drop
from messenger.stream.link import Backoff
from messenger.stream.management import Management, counter
from messenger.stream.plan import Place, StreamPlan, load_roots, places, tls_context
from messenger.stream.quiet import hush
from messenger.stream.requests import Refused, Requests
from messenger.stream.serial import raw_stanza, serialise

# serialising

_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=12)
_NAMES = st.sampled_from(["a", "b", "message", "{urn:x}a", "{urn:y}b", "{jabber:client}message"])
_KEYS = st.sampled_from(["k", "m", "{urn:x}k", "{urn:z}k", "{http://www.w3.org/XML/1998/namespace}lang"])


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> ET.Element:
    element = ET.Element(draw(_NAMES), draw(st.dictionaries(_KEYS, _TEXT, max_size=3)))
    element.text = draw(_TEXT | st.none())
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        child = draw(trees(depth - 1))
        child.tail = draw(_TEXT | st.none())
        element.append(child)
    return element


def same(a: ET.Element, b: ET.Element) -> bool:
    return (
        a.tag == b.tag
        and a.attrib == b.attrib
        and (a.text or "") == (b.text or "")
        and (a.tail or "") == (b.tail or "")
        and len(a) == len(b)
        and all(same(x, y) for x, y in zip(a, b, strict=True))
    )


@given(trees())
def test_serialising_keeps_everything_and_is_stable(tree: ET.Element) -> None:
    text = serialise(tree)
    again = ET.fromstring(text)
    assert same(tree, again)
    assert serialise(again) == text
    assert same(tree, ET.fromstring(f'<r xmlns="urn:x">{serialise(tree, "urn:x")}</r>')[0])


def test_control_characters_in_attributes_survive() -> None:
    element = ET.Element("a", {"k": "tab\tline\nreturn\r<>&\"'"})
    element.text = "return\rline\n"
    assert same(element, ET.fromstring(serialise(element)))


def test_l18_any_depth_can_be_serialised() -> None:
    root = current = ET.Element("a")
    for _ in range(50_000):
        current = ET.SubElement(current, "a")
    assert serialise(root).count("<a") == 50_001


def test_attribute_order_does_not_matter() -> None:
    one = ET.fromstring("<a z='1' b='2' xmlns:q='urn:q' q:c='3'/>")
    other = ET.fromstring("<a xmlns:other='urn:q' other:c='3' b='2' z='1'/>")
    assert serialise(one) == serialise(other) == '<a b="2" z="1" xmlns:a0="urn:q" a0:c="3"/>'


def test_the_media_free_form_keeps_names_and_loses_bytes() -> None:
    picture = "iVBORw0KGgo" + "A" * 400
    element = ET.fromstring(
        f"<message xmlns='jabber:client' from='sam@robin.test'><body>look data:image/png;base64,{picture} end</body>"
        f"<data xmlns='urn:xmpp:bob' cid='sha1+1@bob.xmpp.org' type='image/png'>iVBORw0K</data>"
        f"<file xmlns='urn:xmpp:file:metadata:0'><name>holiday.png</name><media-type>image/png</media-type>"
        f"<size>12345</size><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>q80a</hash>"
        f"<thumbnail xmlns='urn:xmpp:thumbs:1' uri='data:image/png;base64,{picture}' width='8'/></file></message>"
    )
    raw = raw_stanza(element)
    assert raw.xml.count(picture) == 2
    assert "AAAAAAAAAA" not in raw.media_free_xml
    assert "iVBORw0K" not in raw.media_free_xml
    for kept in ("holiday.png", "image/png", "12345", "q80a", "look", " end", "sha1+1@bob.xmpp.org", 'width="8"'):
        assert kept in raw.media_free_xml
    assert raw.sha256 == digest(raw.xml.encode())
    assert raw.media_free_sha256 == digest(raw.media_free_xml.encode()) != raw.sha256
    ET.fromstring(raw.media_free_xml)
    plain = raw_stanza(ET.fromstring("<message xmlns='jabber:client'><body>hi</body></message>"))
    assert plain.xml == plain.media_free_xml
    assert plain.sha256 == plain.media_free_sha256


_RUNS = st.builds(
    lambda start, run, count, gap: start + gap.join([run[:70] * 3] * count),
    st.sampled_from(["", "data:image/png;base64,", "DATA:,", "iVBORw0KGgo", "/9j/", "word ", "R0lGODlh", "89504e470d"]),
    st.text("ABCDEFabcdef0123456789+/_-", min_size=4, max_size=90),
    st.integers(1, 14),
    st.sampled_from(["", " ", "\n", "\r\n", "&#10;", "=", ", "]),
)


@given(_RUNS, _RUNS)
def test_the_short_cut_never_leaves_media_in(one: str, other: str) -> None:
    for name in ("body", "thumb", "subject"):
        element = ET.Element("{jabber:client}message", {"k": other})
        ET.SubElement(element, f"{{jabber:client}}{name}").text = one
        whole = serialise(element)
        assert raw_stanza(element).media_free_xml == media_free_xml(whole)[0]


# SCRAM (the vectors are facts of RFC 5802, section 5, and RFC 7677, section 3)


@pytest.mark.parametrize(
    ("mechanism", "nonce", "first", "challenge", "final", "verdict"),
    [
        (
            "SCRAM-SHA-1", "fyko+d2lbbFgONRv9qkxdawL", b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
            b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
            b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
            b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        ),
        (
            "SCRAM-SHA-256", "rOprNGfwEbeRWgbNEkqO", b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
            b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
            b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        ),
    ],
)  # fmt: skip
def test_scram_vectors(
    mechanism: str, nonce: str, first: bytes, challenge: bytes, final: bytes, verdict: bytes
) -> None:
    exchange = sasl.Scram(mechanism, "user", "pencil", nonce=nonce)
    assert exchange.first() == first
    rounds, salt = exchange.challenge(challenge)
    assert exchange.final(exchange.derive(rounds, salt)) == final
    exchange.verify(verdict)
    for wrong in (b"v=" + b"A" * 28, b"e=other-error", b"", b"v=%%%", b"\xff"):
        with pytest.raises(sasl.ServerProofWrong):
            exchange.verify(wrong)


@pytest.mark.parametrize(
    "challenge",
    [b"", b"r=other,s=AAAA,i=4096", b"r=n,s=AAAA,i=4096", b"r=nx,s=,i=4096", b"r=nx,s=AAAA,i=x", b"r=nx,s=AAAA",
     b"m=x,r=nx,s=AAAA,i=4096", b"r=nx,s=%%,i=4096", b"r=nx,s=AAAA,i=-1", b"r=nx,s=AAAA,i=" + b"9" * 30],
)  # fmt: skip
def test_scram_challenges_that_are_refused(challenge: bytes) -> None:
    with pytest.raises(sasl.ServerProofWrong):
        sasl.Scram("SCRAM-SHA-256", "user", "pencil", nonce="n").challenge(challenge)


def test_verify_before_the_proof_is_refused() -> None:
    with pytest.raises(sasl.ServerProofWrong):
        sasl.Scram("SCRAM-SHA-1", "user", "pencil").verify(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=")


def test_channel_binding_flags() -> None:
    assert sasl.Scram("SCRAM-SHA-256-PLUS", "u", "p", b"tls", "n").first() == b"p=tls-unique,,n=u,r=n"
    assert sasl.Scram("SCRAM-SHA-256", "u", "p", b"tls", "n").first() == b"y,,n=u,r=n"
    assert sasl.Scram("SCRAM-SHA-256", "a=b,c", "p", None, "n").first() == b"n,,n=a=3Db=2Cc,r=n"


def test_choice_of_mechanism() -> None:
    offer = {"PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "ANONYMOUS", "DIGEST-MD5", "EXTERNAL"}
    assert sasl.choose(offer, False, b"x") == "SCRAM-SHA-256-PLUS"
    assert sasl.choose(offer, True, None) == "SCRAM-SHA-256"
    assert sasl.choose({"SCRAM-SHA-1", "PLAIN"}, True, None) == "SCRAM-SHA-1"
    assert sasl.choose({"PLAIN", "ANONYMOUS"}, False, None) is None
    assert sasl.choose({"PLAIN", "ANONYMOUS"}, True, None) == "PLAIN"
    assert sasl.choose({"ANONYMOUS", "DIGEST-MD5", "CRAM-MD5", "LOGIN", "EXTERNAL", "SCRAM-MD5"}, True, b"x") is None


def test_sasl_preparation() -> None:
    assert sasl.prepare("I\u00adX") == "IX"
    assert sasl.prepare("\u2168") == "IX"
    assert sasl.prepare("\U0001f9a9") == "\U0001f9a9"  # younger than Unicode 3.2
    assert sasl.plain("user", "pencil") == b"\0user\0pencil"


# XEP-0198


def test_only_what_is_handled_is_acknowledged() -> None:
    memory = Management()
    memory.arrived(later=True)
    assert memory.h == 0  # not counted before it is enabled
    memory.begin("id")
    for later in (True, False, True, False):
        memory.arrived(later)
    assert memory.answer() == 0
    assert not memory.owes_answer
    memory.handled(1)
    assert memory.h == 2
    memory.handled(5)
    assert memory.h == 4
    assert memory.owes_answer
    assert memory.answer() == 4
    assert not memory.owes_answer


def test_rewinding_before_a_resume() -> None:
    memory = Management()
    memory.begin("id")
    for _ in range(3):
        memory.arrived(later=True)
    memory.handled(1)
    memory.suspend()
    memory.rewind()
    assert memory.h == 1
    memory.resumed(0)
    memory.arrived(later=True)
    memory.handled(1)
    assert memory.h == 2


def test_outgoing_keys() -> None:
    memory = Management()
    assert memory.sent("early", "<a/>") is False
    memory.begin("id")
    assert memory.sent("a", "<a/>") is True
    assert memory.sent("", "<b/>") is False
    memory.sent("c", "<c/>")
    assert memory.acked(2) == ["a"]
    assert memory.ask_again()
    assert not memory.ask_again()
    assert memory.acked(99) == []  # nonsense acknowledges nothing
    assert memory.acked(2) == []
    memory.sent("d", "<d/>")
    memory.suspend()
    assert memory.resumed(3) == (["c"], ["<d/>"])
    assert memory.unacked == (("d", "<d/>"),)
    memory.end()
    assert memory.unacked == ()
    assert memory.resume_id == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("4294967295", 4294967295), ("4294967296", None), ("-1", None), ("", None), (None, None), ("NaN", None),
     ("1" * 30, None), ("٣", None), ("1.0", None), (" 1", None)],
)  # fmt: skip
def test_s30_counters(text: str | None, number: int | None) -> None:
    assert counter(text) == number


# iq replies


def test_s05_a_reply_counts_only_from_the_one_that_was_asked() -> None:
    async def test() -> None:
        counts = Counts()
        requests = Requests("kim@robin.test", counts)
        requests.own_full = "kim@robin.test/r1"

        def reply(name: str | None, sender: str | None, kind: str = "result") -> None:
            iq = ET.Element("{jabber:client}iq", {"type": kind, "id": name or ""})
            if sender is not None:
                iq.set("from", sender)
            requests.settle(iq)

        def ask(to: str) -> tuple[str, asyncio.Future[ET.Element]]:
            iq, future = requests.make("get", None, to)
            return iq.get("id", ""), future

        for to, wrong, right in (
            ("sam@robin.test", ["sam@robin.test/x", "eve@a.example", None, "robin.test", "@@"], "sam@robin.test"),
            ("robin.test", ["sam@robin.test", None, "kim@robin.test", "robin.test/x"], "robin.test"),
            ("", ["sam@robin.test", "kim@robin.test/phone", "kim@a.example"], None),
            ("", ["eve@robin.test"], "kim@robin.test"),
            ("", ["eve@robin.test"], "kim@robin.test/r1"),
            ("", ["eve@robin.test"], "robin.test"),
            ("kim@robin.test", ["robin.test", "kim@robin.test/phone"], None),
        ):
            name, future = ask(to)
            for sender in wrong:
                reply(name, sender)
                assert not future.done()
            reply(name, right)
            assert future.done()
            reply(name, right)
            await asyncio.sleep(0)
            reply(name, right)
        reply("nobody-asked", "robin.test")
        assert counts[Drop.FORGED_REPLY] == 17
        assert counts[Drop.STRAY_REPLY] == 8
        name, future = ask("robin.test")
        reply(name, "robin.test", "error")
        with pytest.raises(Refused) as caught:
            await requests.wait(future, 1)
        assert caught.value.condition == "undefined-condition"
        _name, future = ask("robin.test")
        with pytest.raises(ServerTimedOut):
            await requests.wait(future, 0.01)
        _name, future = ask("robin.test")
        requests.fail()
        with pytest.raises(NotConnected):
            await requests.wait(future, 1)

    asyncio.run(test())


@pytest.mark.parametrize("first", ["the end", "the answer"])
def test_a_question_that_is_called_off_is_over_even_when_the_answer_comes_with_it(first: str) -> None:
    async def test() -> None:
        requests = Requests("kim@robin.test", Counts())
        iq, future = requests.make("get", None, "robin.test")
        asking = asyncio.create_task(requests.wait(future, 1000))
        await asyncio.sleep(0)
        reply = ET.Element("{jabber:client}iq", {"type": "result", "id": iq.get("id", ""), "from": "robin.test"})
        if first == "the end":
            asking.cancel()
            requests.settle(reply)
        else:
            requests.settle(reply)
            asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(test())


# places, TLS, back-off, logs


def plan(server: ServerAddress | None = None) -> StreamPlan:
    account = prepared("kim@robin.test")
    assert account is not None
    return StreamPlan(account, "secret", server)


def test_places() -> None:
    async def test() -> None:
        async def records(_domain: str) -> list[tuple[str, str, str, int]]:
            return [
                ("xmpp-client", "x.robin.test", "192.0.2.1", 5222),
                ("xmpps-client", "x.robin.test", "192.0.2.2", 443),
            ]

        async def nothing(_domain: str) -> list[tuple[str, str, str, int]]:
            return []

        async def found(_host: str, _port: int) -> object:
            return []

        async def missing(_host: str, _port: int) -> object:
            raise socket.gaierror(socket.EAI_NONAME, "no")

        async def offline(_host: str, _port: int) -> object:
            raise socket.gaierror(socket.EAI_AGAIN, "later")

        assert await places(plan(), records, found) == [Place("192.0.2.2", 443, True), Place("192.0.2.1", 5222, False)]
        assert await places(plan(), nothing, found) == [Place("robin.test", 5222, False)]
        with pytest.raises(UnknownHost):
            await places(plan(), nothing, missing)
        with pytest.raises(ServerUnreachable):
            await places(plan(), nothing, offline)
        by_hand = plan(ServerAddress("127.0.0.1", 9, False))
        assert await places(by_hand, records, found) == [Place("127.0.0.1", 9, True), Place("127.0.0.1", 9, False)]
        by_hand = plan(ServerAddress("127.0.0.1", 9))
        assert await places(by_hand, records, found) == [Place("127.0.0.1", 9, False)]

    asyncio.run(test())
    assert "secret" not in repr(plan())


def test_tls_rules() -> None:
    context = tls_context()
    assert context.cert_store_stats()["x509_ca"] == 0
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert not context.hostname_checks_common_name
    with pytest.raises(BadCertificate):
        load_roots(context, "/no/such/file.pem")


def test_backoff() -> None:
    backoff = Backoff(random.Random(1))
    delays = [backoff.next() for _ in range(14)]
    for number, delay in enumerate(delays):
        ceiling = min(300, 2**number)
        assert ceiling / 2 <= delay <= ceiling
    backoff.reset()
    assert backoff.next() <= 1
    assert len({Backoff().next() for _ in range(5)}) == 5


def test_l20_s49_the_library_cannot_log(caplog: pytest.LogCaptureFixture) -> None:
    hush()
    hush()
    caplog.set_level(logging.DEBUG)
    for name in ("slixmpp", "slixmpp.xmlstream.xmlstream", "slixmpp.plugins.base"):
        logger = logging.getLogger(name)
        logger.error("RECV: %s", "<body>canary</body>")
        logger.debug("SEND: %s", "canary")
    assert "canary" not in caplog.text
    assert caplog.text.count("the XMPP library spoke") == 3
    assert len(logging.getLogger("slixmpp").handlers) == 1


def test_counts() -> None:
    counts = Counts()
    counts.add(Drop.NESTED)
    counts.add(Drop.NESTED)
    assert counts[Drop.NESTED] == counts.total() == 2
    assert counts.table() == {"nested wrapper": 2}
