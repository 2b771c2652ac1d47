"""The parts of the desk's line by themselves: what the reception lets in, how originals are compared, rooms that are gone, settings."""

from __future__ import annotations

import argparse
import asyncio
import base64
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from desk_case import ACCOUNT, OTHER, SCHEMAS, ReporterApp, line
from hypothesis import given
from hypothesis import strategies as st

from messenger.desk import cli, connections, corroboration
from messenger.desk.cases import Filing, Incoming, file_report, put, put_file
from messenger.desk.connections import Connections, MailServer, account
from messenger.desk.corroboration import Corroboration, rooms_to_read
from messenger.desk.intake import Intake, Rules
from messenger.desk.keys import FILE as KEY_FILE
from messenger.desk.keys import DeskKeys
from messenger.desk.line import DeskLine
from messenger.desk.originals import Fit, Verdict, compare_forwarded, compare_room_line
from messenger.desk.reception import Forwarded, OwnQuestion, Parcel, Reception, RoomLine, Turned, Turnings
from messenger.desk.sessions import _refusal
from messenger.desk.store import FILE, Store
from messenger.domain.account import ServerAddress
from messenger.domain.errors import FormatRefused, ServerTimedOut, StoreLocked
from messenger.domain.evidence import Occupant, RoomFacts
from messenger.domain.message import ArchiveId
from messenger.domain.report import EndpointProfile
from messenger.evidence.capture import capture
from messenger.stream.address import prepared
from messenger.stream.requests import Refused

ME = "desk@robin.test"
ROOM = "block@rooms.robin.test"
CASE, DIGEST = "AB23-CD45", "d" * 43


class Desk:
    """A reception with its counts."""

    def __init__(self) -> None:
        self.turnings = Turnings()
        address = prepared(ME)
        assert address is not None
        self.reception = Reception(address, self.turnings)
        self.reception.own_full = f"{ME}/robin.1"

    def turned(self, xml: str) -> list[str]:
        assert self.reception.admit(fromstring(xml)) is None
        return list(self.turnings.table())

    def let_in(self, xml: str) -> Any:
        found = self.reception.admit(fromstring(xml))
        assert self.turnings.table() == {}
        return found


@pytest.fixture
def desk() -> Desk:
    return Desk()


def message(inside: str, attributes: str = 'from="robin.test"') -> str:
    return f'<message xmlns="jabber:client" to="{ME}" {attributes}>{inside}</message>'


def report(inside: str = f'<ref xmlns="urn:robin:ref:1" case="{CASE}" digest="{DIGEST}"/>') -> str:
    return f'<report xmlns="urn:xmpp:reporting:1" reason="urn:xmpp:reporting:abuse">{inside}</report>'


ORIGINAL = (
    '<forwarded xmlns="urn:xmpp:forward:0"><delay xmlns="urn:xmpp:delay" stamp="2026-11-24T10:00:00Z"/>'
    '<message xmlns="jabber:client" from="mike@chat.example/phone" to="sam@robin.test"><body>hi</body></message></forwarded>'
)


def test_a_forwarded_report_in_the_documented_forms(desk: Desk) -> None:
    """The address of the reported party is shown inside the report by the documentation, and beside it by its prose."""
    inside = report(f'<jid xmlns="urn:xmpp:jid:0">mike@chat.example</jid><text>ref case {CASE}, sha-256:{DIGEST}</text>')
    beside = report() + '<jid xmlns="urn:xmpp:jid:0">mike@chat.example</jid>'
    for text in (inside, beside):
        found = desk.let_in(message(text + ORIGINAL))
        assert isinstance(found, Forwarded)
        assert (found.domain, found.case_number, found.digest) == ("robin.test", CASE, DIGEST)
        assert found.reported == "mike@chat.example"
        assert found.original is not None
        assert found.original.get("from") == "mike@chat.example/phone"
    assert desk.let_in(message(report())).original is None


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (message(report() + ORIGINAL, 'from="sam@robin.test"'), Turned.FORGED_REPORT),
        (message(report() + ORIGINAL, 'from="robin.test/x"'), Turned.FORGED_REPORT),
        (message(report() + ORIGINAL, ""), Turned.FORGED_REPORT),
        (message(report() + ORIGINAL, 'from="@"'), Turned.BAD_ADDRESS),
        (message(report() + ORIGINAL, 'from="robin.test" type="groupchat"'), Turned.CHAT),
        (message(report() + ORIGINAL, 'from="robin.test" type="error"'), Turned.CHAT),
        (message(report() + report()), Turned.BROKEN),
        (message(report() + ORIGINAL + ORIGINAL), Turned.BROKEN),
        (message(report() + ORIGINAL.replace("<body>", '<forwarded xmlns="urn:xmpp:forward:0"/><body>')), Turned.BROKEN),
        (message(report() + '<forwarded xmlns="urn:xmpp:forward:0"/>'), Turned.BROKEN),
        (message(report("")), Turned.UNKNOWN_CASE),
        (message(report(f'<ref xmlns="urn:robin:ref:1" case="{CASE}" digest="short"/>')), Turned.UNKNOWN_CASE),
        (message(report(f'<ref xmlns="urn:robin:ref:1" case="AB23-CD4" digest="{DIGEST}"/>')), Turned.UNKNOWN_CASE),
        (message("<body>hello</body>", 'from="sam@robin.test/a"'), Turned.CHAT),
        (message('<received xmlns="urn:xmpp:carbons:2"/>', f'from="{ME}"'), Turned.CHAT),
        (f'<message xmlns="jabber:client" to="other@robin.test" from="robin.test">{report()}</message>', Turned.NOT_FOR_US),
        (f'<presence xmlns="jabber:client" to="{ME}" from="sam@robin.test" type="subscribe"/>', Turned.PRESENCE),
        (f'<iq xmlns="jabber:client" to="{ME}" from="sam@robin.test/a" type="get" id="1"/>', Turned.STRANGER_QUERY),
        (f'<iq xmlns="jabber:client" to="{ME}" from="robin.test/x" type="get" id="1"/>', Turned.STRANGER_QUERY),
        (f'<iq xmlns="jabber:client" to="{ME}" from="robin.test" type="get"/>', Turned.STRANGER_QUERY),
    ],
)
def test_what_is_turned_away(desk: Desk, xml: str, reason: Turned) -> None:
    assert desk.turned(xml) == [reason.value]


def result(query: str, sender: str, inside: str = ORIGINAL) -> str:
    held = f'<result xmlns="urn:xmpp:mam:2" queryid="{query}" id="a1">{inside}</result>'
    return message(held, f'from="{sender}"')


def test_lines_of_a_room_only_for_a_question_to_that_room(desk: Desk) -> None:
    desk.reception.queries["q1"] = ROOM
    found = desk.let_in(result("q1", ROOM))
    assert isinstance(found, RoomLine)
    assert (found.query, found.id) == ("q1", "a1")
    for query, sender in (("q2", ROOM), ("q1", f"{ROOM}/mike"), ("q1", "evil@rooms.robin.test"), ("", ROOM), ("q1", ME)):
        assert desk.turned(result(query, sender)) == [Turned.FORGED_ARCHIVE.value]
    other = Desk()
    other.reception.queries["q1"] = ROOM
    assert other.turned(result("q1", ROOM, "")) == [Turned.BROKEN.value]


def test_a_package_needs_a_person_and_a_form(desk: Desk) -> None:
    text = base64.b64encode(b"data").decode()
    held = f'<package xmlns="urn:robin:package:1" id="r-1" digest="{DIGEST}">{text[:4]}\n {text[4:]}</package>'
    found = desk.let_in(message(held, 'from="sam@robin.test/a" id="m1"'))
    assert found == Parcel(prepared("sam@robin.test/a"), "m1", "r-1", DIGEST, b"data")  # type: ignore[arg-type]
    assert desk.turned(message(held)) == [Turned.BROKEN.value]
    for broken in (held.replace("r-1", "r 1"), held.replace(DIGEST, "x"), held.replace(text[:4], "é")):
        assert Desk().turned(message(broken, 'from="sam@robin.test/a"')) == [Turned.BROKEN.value]


def test_our_own_server_is_heard(desk: Desk) -> None:
    ping = f'<iq xmlns="jabber:client" to="{ME}/robin.1" from="robin.test" type="get" id="7"><ping xmlns="urn:xmpp:ping"/></iq>'
    assert desk.let_in(ping) == OwnQuestion("robin.test", "7", True)
    push = '<iq xmlns="jabber:client" type="set" id="8"><query xmlns="jabber:iq:roster"/></iq>'
    assert desk.let_in(push) == OwnQuestion(ME, "8", False)


_TAGS = ["message", "iq", "presence", "body"]
_NAMES = ["from", "to", "type", "id", "queryid", "case", "digest", "by"]
_NS = ["jabber:client", "urn:xmpp:mam:2", "urn:xmpp:reporting:1", "urn:robin:package:1", "urn:robin:ref:1", "urn:xmpp:forward:0", ""]
_VALUES = st.one_of(
    st.sampled_from([ME, "robin.test", "sam@robin.test/a", ROOM, "normal", "get", "set", "q1", CASE, DIGEST, "@", ""]), st.text(max_size=8)
)
_LOCALS = st.sampled_from([*_TAGS, "result", "report", "package", "forwarded", "ref", "text", "jid", "stanza-id"])


@st.composite
def _elements(draw: Any, depth: int = 3) -> Element:
    made = Element(f"{{{draw(st.sampled_from(_NS))}}}{draw(_LOCALS)}", draw(st.dictionaries(st.sampled_from(_NAMES), _VALUES, max_size=4)))
    made.text = draw(st.one_of(st.none(), st.text(max_size=12)))
    if depth:
        made.extend(draw(st.lists(_elements(depth - 1), max_size=3)))
    return made


@given(_elements())
def test_f19_nothing_makes_the_reception_fail(stanza: Element) -> None:
    desk = Desk()
    desk.reception.queries["q1"] = ROOM
    stanza.tag = f"{{jabber:client}}{stanza.tag.partition('}')[2]}"
    found = desk.reception.admit(stanza)
    assert (found is None) == bool(desk.turnings.table())


class Wire:
    """`traffic.Traffic` as far as the line speaks to it: what is sent, and how many stanzas are done."""

    def __init__(self) -> None:
        self.sent: list[Element] = []
        self.done = 0

    def put(self, element: Element) -> None:
        self.sent.append(element)

    def handled(self, number: int) -> None:
        self.done += number


def a_line() -> tuple[DeskLine, Wire]:
    line, wire = DeskLine(account(ME, "a quiet river"), Turnings()), Wire()
    line._traffic = wire  # type: ignore[assignment]
    return line, wire


async def test_the_line_answers_its_own_server_and_nobody_else() -> None:
    line, wire = a_line()
    for xml in (
        f'<iq xmlns="jabber:client" to="{ME}" from="robin.test" type="get" id="7"><ping xmlns="urn:xmpp:ping"/></iq>',
        '<iq xmlns="jabber:client" type="set" id="8"><query xmlns="jabber:iq:roster"/></iq>',
        f'<iq xmlns="jabber:client" to="{ME}" from="sam@robin.test/a" type="get" id="9"><ping xmlns="urn:xmpp:ping"/></iq>',
        f'<presence xmlns="jabber:client" to="{ME}" from="sam@robin.test" type="subscribe"/>',
        message("<body>hello</body><request xmlns='urn:xmpp:receipts'/>", 'from="sam@robin.test/a"'),
    ):
        line.stanza(fromstring(xml), "")
    assert [(one.get("type"), one.get("id"), one.get("to")) for one in wire.sent] == [
        ("result", "7", "robin.test"),
        ("error", "8", ME),
    ]
    assert wire.sent[1].find("{jabber:client}error/{urn:ietf:params:xml:ns:xmpp-stanzas}service-unavailable") is not None
    assert wire.done == 5


async def test_a_stanza_counts_as_handled_when_it_is_dealt_with_and_a_flood_is_dropped() -> None:
    """XEP-0198: what is not dealt with yet stays with the server; the queue has an end."""
    line, wire = a_line()
    text = base64.b64encode(b"data").decode()
    held = f'<package xmlns="urn:robin:package:1" id="r-1" digest="{DIGEST}">{text}</package>'
    for _ in range(100):
        line.stanza(fromstring(message(held, 'from="sam@robin.test/a" id="m"')), "")
    assert wire.done == 0
    assert line.turnings[Turned.TOO_MUCH] == 36
    dealt: list[object] = []

    async def deal(fact: Forwarded | Parcel) -> None:
        dealt.append(fact)
        if len(dealt) % 2:
            raise ValueError("a mistake of ours")

    worker = asyncio.ensure_future(line._work(deal, wire))  # type: ignore[arg-type]
    await asyncio.wait_for(line.link_settled(), 60)
    worker.cancel()
    assert (len(dealt), wire.done) == (64, 100)
    assert line.turnings[Turned.OUR_FAULT] == 32
    assert wire.sent == []


# originals


def original(body: str, name: str = "id-3", sender: str = f"{OTHER}/phone", to: str = ACCOUNT, archived: str = "") -> Element:
    made = fromstring('<message xmlns="jabber:client"><body/></message>')
    for key, value in (("from", sender), ("to", to), ("id", name)):
        if value:
            made.set(key, value)
    made[0].text = body
    if archived:
        made.append(Element("{urn:xmpp:sid:0}stanza-id", {"by": ACCOUNT, "id": archived}))
    return made


ENTRIES = capture(
    [line(1, "in", "hello"), line(2, "out", "hi"), line(3, "in", "which school?"), line(4, "in", "no id", stanza_id="", archive_id=None)],
    {1, 2, 3, 4},
).entries


@pytest.mark.parametrize(
    ("message", "verdict"),
    [
        (original("which school?"), Verdict(3, Fit.SAME)),
        (original("which school?", name="", archived="archive-3"), Verdict(3, Fit.SAME)),
        (original("which school?", sender=f"{OTHER}/other-device"), Verdict(3, Fit.SAME)),
        (original("which school?", to=""), Verdict(3, Fit.SAME)),
        (original("no id", name=""), Verdict(4, Fit.SAME)),
        (original("other words"), Verdict(3, Fit.DIFFERS)),
        (original("other words", name="", archived="archive-3"), Verdict(3, Fit.DIFFERS)),
        (original("which school? "), Verdict(3, Fit.DIFFERS)),
        (original("which school?", sender="somebody@chat.example/x"), Verdict(3, Fit.DIFFERS)),
        (original("which school?", name="never-seen"), Verdict(0, Fit.OTHER)),
        (original("never said", name=""), Verdict(0, Fit.OTHER)),
        (original("hi", name="id-2"), Verdict(0, Fit.OTHER)),
        (original("which school?", to="kim@example.org"), Verdict(0, Fit.OTHER)),
        (original("which school?", sender=""), Verdict(0, Fit.OTHER)),
    ],
)
def test_originals_beside_the_lines(message: Element, verdict: Verdict) -> None:
    assert compare_forwarded(message, ENTRIES, ACCOUNT) == verdict


def test_only_the_reporters_own_archive_names_a_line() -> None:
    """Anybody can write a stanza-id; one that is not by the reporter's archive names nothing."""
    planted = original("other words", name="")
    planted.append(Element("{urn:xmpp:sid:0}stanza-id", {"by": "evil@chat.example", "id": "archive-3"}))
    assert compare_forwarded(planted, ENTRIES, ACCOUNT) == Verdict(0, Fit.OTHER)


@pytest.mark.parametrize(
    ("changes", "fit"),
    [
        ({}, Fit.SAME),
        ({"occupant": ""}, Fit.SAME),
        ({"occupant": "o-2"}, Fit.DIFFERS),
        ({"sender": "other@rooms.robin.test/mike"}, Fit.DIFFERS),
        ({"sender": f"{ROOM}/Mike"}, Fit.DIFFERS),
        ({"sender": ROOM}, Fit.DIFFERS),
        ({"sender": ""}, Fit.DIFFERS),
        ({"body": "hello "}, Fit.DIFFERS),
    ],
)
def test_a_rooms_copy_beside_a_line(changes: dict[str, str], fit: Fit) -> None:
    said = line(1, "in", "hello", sender=f"{ROOM}/mike", kind="groupchat", occupant=Occupant("mike", "o-1"), media=())
    [item] = capture([said], {1}).entries
    copy = original(changes.get("body", "hello"), sender=changes.get("sender", f"{ROOM}/mike"))
    if occupant := changes.get("occupant", "o-1"):
        copy.append(Element("{urn:xmpp:occupant-id:0}occupant-id", {"id": occupant}))
    assert compare_room_line(copy, item, ROOM, "sam") is fit


def test_an_id_used_twice_fits_the_line_with_the_same_words() -> None:
    """Ids are the sender's own choice: using one twice must not make a true line look false."""
    entries = capture([line(1, "in", "one", stanza_id="x"), line(2, "in", "two", stanza_id="x")], {1, 2}).entries
    assert compare_forwarded(original("two", name="x"), entries, ACCOUNT) == Verdict(2, Fit.SAME)
    assert compare_forwarded(original("three", name="x"), entries, ACCOUNT) == Verdict(1, Fit.DIFFERS)


def test_long_words_are_compared_as_far_as_they_go() -> None:
    said = "word " * 20_000
    entries = capture([line(1, "in", said)], {1}).entries
    assert entries[0]["body_length"] == len(said)
    assert compare_forwarded(original(said, name="id-1"), entries, ACCOUNT) == Verdict(1, Fit.SAME)
    assert compare_forwarded(original(said[:-1], name="id-1"), entries, ACCOUNT) == Verdict(1, Fit.DIFFERS)


# rooms


class Reader:
    """`corroboration.RoomReader` that answers from a script."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    async def room_lines(self, room: str, ids: Sequence[str]) -> list[RoomLine]:
        self.asked.append((room, tuple(ids)))
        found = self.script.pop(0)
        if isinstance(found, Exception):
            raise found
        return [one for one in found if one.id in ids]


class RoomCase:
    """A stored report about a room, with the reporter's leave to read it."""

    def __init__(self, folder: Path, public: bool = True, allowed: bool = True) -> None:
        self.keys = DeskKeys.generate()
        self.store = Store(folder / FILE)
        profile = EndpointProfile("desk-x", "Desk", "https://desk.example", self.keys.jwks(), country="gb")
        app = ReporterApp(profile)
        lines = [
            line(seq, "in", f"words {seq}", sender=f"{ROOM}/mike", to=ROOM, kind="groupchat", archive_id=ArchiveId(ROOM, f"a{seq}"),
                 media=(), occupant=Occupant("mike"))
            for seq in (1, 2)
        ]  # fmt: skip
        self.made = app.report(lines, (1, 2), room=RoomFacts(ROOM, "Blocks", Occupant("sam"), public))
        self.intake = Intake(self.keys, self.store, SCHEMAS, Rules(), lambda: 100.0)
        self.report_id = self.made.report_id
        self.store.run_now(self._keep, allowed)

    def _keep(self, db: Any, allowed: bool) -> None:
        made = self.made
        files = {"items": "i", "identity": "n"}
        put(db, Incoming(made.report_id, made.digest, made.sealed_report, "grooming", "now", "13_15", "gb", (), files, ()), 1.0)
        put_file(db, made.report_id, "i", made.sealed_items)
        put_file(db, made.report_id, "n", made.sealed_identity)
        file_report(db, made.report_id, Filing(CASE, b"answer", "hash", 2.0, 3.0))
        for number, read in enumerate((True, allowed)):
            db.execute("INSERT INTO consents VALUES (?, ?, ?, ?, 1, ?)", (made.report_id, f"c{number}", 4.0 + number, b"", read))

    async def read(self, reader: Reader) -> corroboration.Marks:
        await Corroboration(self.store, self.intake, SCHEMAS, reader, Turnings(), lambda: 100.0).catch_up()
        return await self.store.run(corroboration.marks, self.report_id)


def room_line(seq: int, words: str = "") -> RoomLine:
    held = f'<message xmlns="jabber:client" from="{ROOM}/mike" type="groupchat"><body>{words or f"words {seq}"}</body></message>'
    return RoomLine("q", f"a{seq}", fromstring(held))


async def test_what_a_room_answers(tmp_path: Path) -> None:
    both = [room_line(1), room_line(2, "other")]
    for number, (script, read, levels, findings) in enumerate(
        [
            ([both], "read", {1: "A3r"}, [(2, "differs")]),
            ([Refused("item-not-found"), [room_line(1)], Refused("item-not-found")], "read", {1: "A3r"}, [(2, "missing")]),
            ([Refused("item-not-found")] * 3, "refused", {}, []),
            ([Refused("forbidden")], "refused", {}, []),
            ([Refused("remote-server-timeout")], "", {}, []),
            ([ServerTimedOut()], "", {}, []),
        ]
    ):
        (tmp_path / str(number)).mkdir()
        case = RoomCase(tmp_path / str(number))
        try:
            found = await case.read(Reader(*script))
            assert {seq: one[0].level for seq, one in found.lines.items()} == levels
            assert [(one.seq, one.kind) for one in found.findings] == findings
            assert found.room_read == read
            assert await case.store.run(rooms_to_read) == ([] if read else [case.report_id])
        finally:
            case.store.close()


async def test_a_room_that_drips_its_answers_does_not_hold_the_others_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A room of the reported party's own server can take as long as it likes for each of hundreds of lines."""
    monkeypatch.setattr(corroboration, "MOST_SECONDS", 0.2)

    class Slow(Reader):
        async def room_lines(self, room: str, ids: Sequence[str]) -> list[RoomLine]:
            self.asked.append((room, tuple(ids)))
            await asyncio.sleep(0.15)
            raise Refused("item-not-found")

    case = RoomCase(tmp_path)
    try:
        reader = Slow()
        found = await asyncio.wait_for(case.read(reader), 60)
        assert (found.room_read, found.lines, found.findings) == ("refused", {}, ())
        assert 1 <= len(reader.asked) <= 2, "three without the limit"
        assert await case.store.run(rooms_to_read) == []
    finally:
        case.store.close()


async def test_what_could_not_be_reached_is_tried_again(tmp_path: Path) -> None:
    case = RoomCase(tmp_path)
    try:
        reader = Reader(ServerTimedOut(), [room_line(1), room_line(2)])
        assert (await case.read(reader)).room_read == ""
        found = await case.read(reader)
        assert (found.room_read, sorted(found.lines)) == ("read", [1, 2])
        assert (await case.read(reader)) == found
        assert len(reader.asked) == 2
    finally:
        case.store.close()


async def test_a_room_is_read_only_where_it_is_public_and_allowed_last(tmp_path: Path) -> None:
    for number, options in enumerate(({"public": False}, {"allowed": False})):
        (tmp_path / str(number)).mkdir()
        case = RoomCase(tmp_path / str(number), **options)
        try:
            reader = Reader()
            await case.read(reader)
            assert reader.asked == []
        finally:
            case.store.close()


async def test_a_room_is_left_alone_when_the_report_was_taken_back(tmp_path: Path) -> None:
    case = RoomCase(tmp_path)
    try:
        assert await case.store.run(rooms_to_read) == [case.report_id]
        row = (case.report_id, "w" * 16, 5.0, b"", "statement")
        await case.store.run(lambda db: db.execute("INSERT INTO withdrawals VALUES (?, ?, ?, ?, ?)", row))
        assert await case.store.run(rooms_to_read) == []
    finally:
        case.store.close()


async def test_a_forwarded_report_must_fit_case_digest_and_domain(tmp_path: Path) -> None:
    case = RoomCase(tmp_path)
    try:
        for changes, reason in (
            ({"case_number": "ZZ22-ZZ22"}, Turned.UNKNOWN_CASE),
            ({"digest": "e" * 43}, Turned.UNKNOWN_CASE),
            ({"domain": "evil.test"}, Turned.OTHER_SERVER),
            ({"domain": "chat.example"}, Turned.OTHER_SERVER),
            ({"original": None}, Turned.NO_ORIGINAL),
        ):
            turnings = Turnings()
            made = Corroboration(case.store, case.intake, SCHEMAS, Reader(), turnings, lambda: 100.0)
            whole = Forwarded("example.org", CASE, case.made.digest, OTHER, original("words 1", "id-1", f"{ROOM}/mike"))
            await made.forwarded(replace(whole, **changes))  # type: ignore[arg-type]
            assert list(turnings.table()) == [reason.value]
        assert (await case.store.run(corroboration.marks, case.report_id)) == corroboration.Marks({}, (), "")
    finally:
        case.store.close()


async def test_nothing_is_noted_about_a_report_that_is_gone(tmp_path: Path) -> None:
    case = RoomCase(tmp_path)
    try:
        await case.store.run(corroboration.note, str(uuid.uuid4()), [Verdict(1, Fit.SAME)], "A3", "example.org", 1.0, "read")
        await case.store.run(lambda db: db.execute("DELETE FROM reports"))
        await case.store.run(corroboration.note, case.report_id, [Verdict(1, Fit.SAME)], "A3", "example.org", 1.0, "read")
        assert (await case.store.run(corroboration.marks, case.report_id)) == corroboration.Marks({}, (), "")
    finally:
        case.store.close()


@pytest.mark.parametrize(
    ("condition", "status", "kind"),
    [
        ("not-authorized", 403, "not-confirmed"),
        ("forbidden", 403, "not-confirmed"),
        ("undefined-condition", 403, "not-confirmed"),
        ("service-unavailable", 408, "no-answer"),
        ("recipient-unavailable", 408, "no-answer"),
        ("remote-server-not-found", 503, "no-line"),
        ("remote-server-timeout", 503, "no-line"),
    ],
)
def test_what_an_error_as_answer_means(condition: str, status: int, kind: str) -> None:
    problem = _refusal(condition)
    assert (problem.status, problem.kind) == (status, kind)


# settings


def test_settings_are_sealed_in_the_folder(tmp_path: Path) -> None:
    keys = DeskKeys.generate()
    assert connections.load(tmp_path, keys) == Connections()
    kept = Connections(
        account(ME, "a quiet river", ServerAddress("127.0.0.1", 5222, True, "/ca.pem")),
        MailServer("mail.example", 587, "codes@desk.example", "desk", "a quiet sea"),
    )
    connections.save(tmp_path, keys, kept)
    path = tmp_path / connections.FILE
    assert connections.load(tmp_path, keys) == kept
    assert path.stat().st_mode & 0o777 == 0o600
    data = path.read_bytes()
    assert not any(word in data for word in (b"quiet", b"desk@", b"mail.example"))
    assert "quiet" not in repr(kept)
    with pytest.raises(FormatRefused):
        connections.load(tmp_path, DeskKeys.generate())
    path.write_bytes(data[:-4] + b"AAAA")
    with pytest.raises(FormatRefused):
        connections.load(tmp_path, keys)


@pytest.mark.parametrize(
    ("jid", "password"), [("", "x"), ("robin.test", "x"), ("desk@robin.test/a", "x"), ("desk@robin.test", ""), ("@", "x")]
)
def test_what_is_no_account(jid: str, password: str) -> None:
    with pytest.raises(FormatRefused):
        account(jid, password)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    return cli.run(parser.parse_args(list(words)))


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ROBIN_DESK_PASSPHRASE", "a long passphrase")
    monkeypatch.setenv("ROBIN_DESK_XMPP_PASSWORD", "a quiet river")
    monkeypatch.setenv("ROBIN_DESK_SMTP_PASSWORD", "a quiet sea")
    folder = ("--dir", str(tmp_path))
    assert run("account", "set", ME, *folder) == 1
    keys = DeskKeys.generate()
    keys.save(tmp_path / KEY_FILE, "a long passphrase")
    assert run("account", "set", ME, "--server", "[::1]:5223", "--starttls", *folder) == 0
    assert connections.load(tmp_path, keys).line == account(ME, "a quiet river", ServerAddress("::1", 5223, True))
    assert run("account", "set", "desk", *folder) == 1
    assert run("account", "set", ME, "--starttls", *folder) == 1
    mail = ("mail", "set", "--host", "mail.example", *folder)
    assert run(*mail, "--sender", "nobody") == 1
    assert run(*mail, "--sender", "codes@desk.example", "--user", "desk", "--tls", "tls", "--port", "465") == 0
    found = connections.load(tmp_path, keys)
    assert found.mail == MailServer("mail.example", 465, "codes@desk.example", "desk", "a quiet sea", "tls")
    assert found.auth() == ["xmpp-0070", "code-email"]
    assert run("account", "remove", *folder) == 0
    assert run("mail", "remove", *folder) == 0
    assert connections.load(tmp_path, keys) == Connections()
    monkeypatch.setenv("ROBIN_DESK_PASSPHRASE", "another")
    with pytest.raises(StoreLocked):
        DeskKeys.load(tmp_path / KEY_FILE, "another")
    assert run("account", "remove", *folder) == 1
    assert "quiet" not in "".join(capsys.readouterr())
