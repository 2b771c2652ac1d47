"""XEP-0070 at the door: a desk's question is answered once and only where it was asked for; nobody can bomb with questions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from people import PASSWORD, Person, befriend, new_account, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.domain.errors import AccountError, InvalidAddress
from messenger.services.ports import ServerReport
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.counts import Counts, Drop
from messenger.stream.facts import Chat, ConfirmAsked, Fact, Nudge
from messenger.stream.ingress import CONFIRM, NEWS, Ingress
from messenger.stream.plan import StreamPlan
from messenger.stream.requests import Refused
from messenger.stream.serial import CLIENT_NS, serialise
from messenger.xmpp.confirm import TELL_EVERY, Confirmations

URL = "https://desk.example/v1/sessions"
DIGEST = "A" * 43
ME, FULL, DESK = "kim@robin.test", "kim@robin.test/r1", "desk@help.example"
NOW = "2026-11-24T10:00:00.000Z"


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 60))  # type: ignore[arg-type]


def confirm(transaction: str = DIGEST, url: str = URL, method: str = "POST") -> Element:
    return Element(f"{{{CONFIRM}}}confirm", {"id": transaction, "url": url, "method": method})


def question(sender: str, payload: Element, kind: str = "get", name: str = "q1") -> Element:
    iq = Element(f"{{{CLIENT_NS}}}iq", {"type": kind, "id": name, "from": sender, "to": FULL})
    iq.append(payload)
    return iq


@pytest.fixture
def ingress() -> Ingress:
    account = prepared(ME)
    assert account is not None
    made = Ingress(account, Counts())
    made.own_full = FULL
    return made


def admitted(ingress: Ingress, stanza: Element) -> Fact | None:
    return ingress.admit(stanza, NOW)


def asked(
    sender: str = f"{DESK}/line", transaction: str = DIGEST, url: str = URL, method: str = "POST", kind: str = "get"
) -> Any:
    address = prepared(sender)
    assert address is not None
    return ConfirmAsked(address, kind, "q1", transaction, method, url)


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


# -- the one way in


def test_s54_a_strangers_question_ends_in_silence(ingress: Ingress) -> None:
    assert admitted(ingress, question("eve@attacker.example/x", confirm())) is None
    assert ingress._counts[Drop.STRANGER_QUERY] == 1


def test_a_waited_for_desks_question_comes_through_with_its_words(ingress: Ingress) -> None:
    ingress.confirmers = frozenset({DESK})
    fact = admitted(ingress, question(f"{DESK}/line", confirm()))
    assert isinstance(fact, ConfirmAsked)
    assert (fact.sender.full, fact.kind, fact.query_id) == (f"{DESK}/line", "get", "q1")
    assert (fact.transaction, fact.method, fact.url) == (DIGEST, "POST", URL)


def test_a_desk_that_is_waited_for_gets_no_other_question_answered(ingress: Ingress) -> None:
    ingress.confirmers = frozenset({DESK})
    for payload in ("{jabber:iq:version}query", "{urn:xmpp:ping}ping", "{http://jabber.org/protocol/disco#info}query"):
        assert admitted(ingress, question(f"{DESK}/line", Element(payload))) is None


@pytest.mark.parametrize("word", ["id", "url", "method"])
def test_words_that_no_desk_would_send_come_through_empty(ingress: Ingress, word: str) -> None:
    ingress.confirmers = frozenset({DESK})
    payload = confirm()
    payload.set(word, "x\x00y" if word == "id" else "https://x/\n" + "y" * 5000)
    fact = admitted(ingress, question(f"{DESK}/line", payload))
    assert isinstance(fact, ConfirmAsked)
    assert "" in (fact.transaction, fact.url, fact.method)


@pytest.mark.parametrize(
    ("sender", "kind", "more"),
    [
        ("eve@attacker.example/x", "headline", ""),
        (DESK, "chat", ""),
        (DESK, "headline", "body"),
        (DESK, "headline", "subject"),
    ],
)
def test_only_an_empty_headline_of_a_known_desk_is_a_nudge(ingress: Ingress, sender: str, kind: str, more: str) -> None:
    ingress.nudgers = frozenset({DESK})
    stanza = Element(f"{{{CLIENT_NS}}}message", {"type": kind, "from": sender, "to": ME})
    stanza.append(Element(f"{{{NEWS}}}news"))
    if more:
        stanza.append(Element(f"{{{CLIENT_NS}}}{more}"))
    assert isinstance(admitted(ingress, stanza), Chat)


def test_a_nudge_names_its_desk(ingress: Ingress) -> None:
    stanza = Element(f"{{{CLIENT_NS}}}message", {"type": "headline", "from": f"{DESK}/line", "to": ME})
    stanza.append(Element(f"{{{NEWS}}}news"))
    assert isinstance(admitted(ingress, stanza), Chat)
    ingress.nudgers = frozenset({DESK})
    assert admitted(ingress, stanza) == Nudge(DESK)
    stanza.remove(stanza[0])
    assert isinstance(admitted(ingress, stanza), Chat)


# -- the judge


def test_the_right_question_is_confirmed_once() -> None:
    judge = Confirmations()
    judge.expect(DESK, URL, DIGEST)
    assert judge.desks == {DESK}
    first, second = judge.judge(asked()), judge.judge(asked())
    assert (first.confirmed, first.tell, first.reply.get("type"), first.reply.get("to")) == (
        True,
        False,
        "result",
        f"{DESK}/line",
    )
    assert (second.confirmed, second.tell, second.reply.get("type")) == (False, True, "error")
    assert serialise(second.reply).count("not-authorized") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"transaction": "B" * 43},
        {"transaction": ""},
        {"url": "https://desk.example/v1/session"},
        {"url": "http://desk.example/v1/sessions"},
        {"url": ""},
        {"method": "GET"},
        {"method": "post"},
        {"sender": "other@help.example/line"},
        {"sender": "help.example"},
        {"kind": "set"},
    ],
)
def test_a_question_that_differs_in_one_thing_is_refused_and_the_right_one_is_still_waited_for(
    change: dict[str, str],
) -> None:
    judge = Confirmations()
    judge.expect(DESK, URL, DIGEST)
    wrong = judge.judge(asked(**change))
    assert (wrong.confirmed, wrong.tell, wrong.reply.get("type"), wrong.reply.get("id")) == (False, True, "error", "q1")
    assert judge.judge(asked()).confirmed


def test_a_question_after_forgetting_is_refused() -> None:
    judge = Confirmations()
    judge.expect(DESK, URL, DIGEST)
    judge.forget(DIGEST)
    judge.forget("never there")
    assert not judge.judge(asked()).confirmed


def test_two_reports_wait_side_by_side() -> None:
    judge = Confirmations()
    judge.expect(DESK, URL, DIGEST)
    judge.expect("second@help.example", URL, "B" * 43)
    assert not judge.judge(asked("second@help.example/x", DIGEST)).confirmed
    assert judge.judge(asked("second@help.example/x", "B" * 43)).confirmed
    assert judge.judge(asked()).confirmed


def test_a_thousand_questions_are_told_once_a_minute() -> None:
    ticks = Ticks()
    judge = Confirmations(ticks)
    judge.expect(DESK, URL, DIGEST)
    told = 0
    for number in range(1000):
        verdict = judge.judge(asked(transaction=f"{number:043d}"))
        assert not verdict.confirmed
        told += verdict.tell
    assert told == 1
    ticks.now = TELL_EVERY - 0.1
    assert not judge.judge(asked(transaction="x" * 43)).tell
    ticks.now = TELL_EVERY
    assert judge.judge(asked(transaction="x" * 43)).tell
    assert judge.judge(asked()).confirmed


def test_an_address_that_is_none_is_not_waited_for() -> None:
    with pytest.raises(InvalidAddress):
        Confirmations().expect("@", URL, DIGEST)


# -- against a real server


class Quiet:
    """An ordinary account of a desk: it asks, and hears nothing else."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def stanza(self, element: Element, received: str) -> None:
        self.heard.append(element.tag)

    def acked(self, keys: list[str]) -> None:
        pass

    def lost(self, reason: AccountError) -> None:
        pass


@asynccontextmanager
async def ordinary(server: Prosody, jid: str) -> Any:
    account = prepared(jid)
    assert account is not None
    client = GuardedClient(StreamPlan(account, PASSWORD, server.address), Quiet())
    await client.open()
    try:
        yield client
    finally:
        await client.close()


async def refusal(client: GuardedClient, to: str, payload: Element) -> str:
    try:
        await client.traffic.request("get", payload, to, 5)
    except Refused as refused:
        return refused.condition
    return ""


def test_an_ordinary_account_gets_one_yes_for_the_digest_and_the_stranger_nothing(server: Prosody) -> None:
    async def test() -> None:
        kim_jid, desk_jid, eve_jid = [await new_account(server) for _ in range(3)]
        async with (
            signed_in(server, kim_jid) as [kim],
            ordinary(server, desk_jid) as desk,
            ordinary(server, eve_jid) as eve,
        ):
            full = kim.session.full_jid()
            assert full.startswith(f"{kim_jid}/")
            kim.session.expect_confirm(desk_jid, URL, DIGEST)
            # Wrong first: refused, and the right one is still waited for.
            assert await refusal(desk, full, confirm("B" * 43)) == "not-authorized"
            for _ in range(20):
                iq, _answer = eve.traffic.requests.make("get", confirm(), full)
                eve.traffic.put(iq)
            answer = await desk.traffic.request("get", confirm(), full, 5)
            assert (answer.get("from"), len(answer)) == (full, 0)
            assert await refusal(desk, full, confirm()) == "not-authorized"
            assert kim.heard.refused == [desk_jid]
            assert kim.session.drops()["query of a stranger"] == 20
            await asyncio.sleep(0.3)
            assert eve.traffic.requests._waiting  # every one of them waits for ever

    run(test)


def test_a_contact_that_is_no_desk_is_refused_and_told(server: Prosody) -> None:
    async def test() -> None:
        kim_jid, sam_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid, sam_jid) as [kim, sam]:
            await befriend(kim, sam)
            with pytest.raises(Refused) as refused:
                await sam.session._traffic.request("get", confirm(), kim.session.full_jid(), 5)
            assert refused.value.condition == "not-authorized"
            assert kim.heard.refused == [sam_jid]
            # While a report about them is open they hear nothing at all.
            kim.session.set_quiet(frozenset({sam_jid}))
            iq, answer = sam.session._traffic.requests.make("get", confirm(), kim.session.full_jid())
            sam.session._traffic.put(iq)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(answer, 0.5)

    run(test)


def test_a_nudge_of_the_desk_is_told_and_one_of_a_stranger_is_not(server: Prosody) -> None:
    async def test() -> None:
        kim_jid, desk_jid, eve_jid = [await new_account(server) for _ in range(3)]
        async with (
            signed_in(server, kim_jid) as [kim],
            ordinary(server, desk_jid) as desk,
            ordinary(server, eve_jid) as eve,
        ):
            kim.session.expect_news(frozenset({desk_jid}))
            for client in (eve, desk):
                nudge = Element(f"{{{CLIENT_NS}}}message", {"type": "headline", "to": kim_jid})
                nudge.append(Element(f"{{{NEWS}}}news"))
                client.traffic.put(nudge)
            await until(lambda: kim.heard.nudges)
            assert kim.heard.nudges == [desk_jid]
            assert not kim.heard.stored

    run(test)


def test_signed_out_there_is_no_full_address(server: Prosody) -> None:
    async def test() -> None:
        kim = Person(await new_account(server), server.address)
        assert kim.session.full_jid() == ""
        await kim.session.start()
        assert kim.session.full_jid()
        await kim.session.stop()
        assert kim.session.full_jid() == ""

    run(test)


# -- XEP-0377 inside the block


@pytest.fixture(scope="module")
def reporting_server(memory_folder: Callable[[], Path]) -> Iterator[tuple[Prosody, Path]]:
    folder = memory_folder()
    written = folder / "blocks.txt"
    with Prosody(
        folder,
        modules=("robin_test_reports",),
        plugins=(Path(__file__).parent / "prosody_modules",),
        settings=f'robin_test_reports = "{written}"',
    ) as running:
        yield running, written


def test_the_block_carries_one_item_a_message_with_both_forms_of_its_id(reporting_server: tuple[Prosody, Path]) -> None:
    server, written = reporting_server

    async def test() -> None:
        kim_jid, sam_jid = [await new_account(server) for _ in range(2)]
        async with signed_in(server, kim_jid, sam_jid) as [kim, sam]:
            common = {"reason": "abuse", "text": "ref case AB42-CD34", "case_number": "AB42-CD34", "digest": DIGEST}
            reports = [
                ServerReport(**common, archive_id="one"),
                ServerReport(**common, archive_id="two", third_party=True),
            ]
            await kim.session.block_and_report(sam_jid, reports)
            await until(lambda: kim.heard.blocked == (sam_jid,))
            await sam.say(kim, "are you there")
            await until(lambda: sam.heard.rejects or sam.heard.acks)
            assert not kim.heard.stored
        block = fromstring(written.read_text().splitlines()[-1]).find("{urn:xmpp:blocking}block")
        assert block is not None
        items = list(block)
        assert [item.get("jid") for item in items] == [sam_jid, sam_jid]
        for item, name, third in zip(items, ("one", "two"), (False, True), strict=True):
            [report] = list(item)
            assert (report.tag, report.get("reason")) == ("{urn:xmpp:reporting:1}report", "urn:xmpp:reporting:abuse")
            ids = [(one.get("by"), one.get("id")) for one in report.iterfind("{urn:xmpp:sid:0}stanza-id")]
            assert ids == [(kim_jid, name), (sam_jid, name)]
            assert report.findtext("{urn:xmpp:reporting:1}text") == "ref case AB42-CD34"
            ref = report.find("{urn:robin:ref:1}ref")
            assert ref is not None
            assert (ref.get("case"), ref.get("digest")) == ("AB42-CD34", DIGEST)
            assert (report.find("{urn:xmpp:reporting:1}third-party") is not None) is third
        assert "report-origin" not in written.read_text()

    run(test)


def test_l25_a_server_without_reports_gets_none(server: Prosody) -> None:
    from messenger.domain.errors import FeatureMissing, NotConnected

    async def test() -> None:
        kim_jid, sam_jid = [await new_account(server) for _ in range(2)]
        report = ServerReport("spam", "words", "AB42-CD34", DIGEST)
        async with signed_in(server, kim_jid) as [kim]:
            with pytest.raises(FeatureMissing):
                await kim.session.block_and_report(sam_jid, [report])
            assert kim.heard.blocked == ()
        with pytest.raises(NotConnected):
            await kim.session.block_and_report(sam_jid, [report])

    run(test)
