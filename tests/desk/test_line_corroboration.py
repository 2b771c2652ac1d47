"""A3 and A3r on a real server: originals that the reporter's server forwards, and a public room that is read without joining."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest
from desk_case import content_digest
from line_case import (
    DESK,
    DOMAIN,
    ROOMS,
    LineApp,
    Puppet,
    as_captured,
    desk_on,
    new_account,
    puppets,
    room_facts,
    server_with_rooms,
    signed_in,
    until,
)
from officer_case import Officer

from messenger.demo.prosody import Prosody
from messenger.desk import corroboration
from messenger.desk.corroboration import Marks
from messenger.desk.reception import Turned
from messenger.desk.server import Desk
from messenger.desk.store import FILE, Store
from messenger.domain.evidence import Occupant
from messenger.domain.message import ArchiveId, Direction
from messenger.evidence.consent import LaterConsent, make_consent
from messenger.evidence.receipt import verify_receipt
from messenger.services.ports import ServerReport
from messenger.stream.facts import Chat

SAID = ("which school do you go to?", "do not tell your dad", "i can get you coins")
_CONFIG = (("FORM_TYPE", "http://jabber.org/protocol/muc#roomconfig"), ("muc#roomconfig_persistentroom", "1"))
REPORTING = "urn:xmpp:reporting:1"


class Case:
    """Sam has real messages of Mike, and a report about them is filed."""

    def __init__(self, desk: Desk, app: LineApp, mike: str) -> None:
        self.desk, self.app, self.mike = desk, app, mike
        self.number = self.digest = ""

    def file(self, *lines: object, **more: object) -> None:
        made = self.app.about(self.mike, lines, **more)  # type: ignore[arg-type]
        answer = self.app.https.send(made)
        self.digest = made.digest
        self.number = verify_receipt(answer.json["receipt"], self.app.endpoint.keys, made.digest).case_number

    def marks(self) -> Marks:
        store = Store(self.desk.folder / FILE)
        try:
            return store.run_now(corroboration.marks, self.app.report_id)
        finally:
            store.close()

    def levels(self) -> dict[int, list[str]]:
        return {seq: [one.level for one in found] for seq, found in self.marks().lines.items()}

    def findings(self) -> list[tuple[int, str]]:
        return [(one.seq, one.kind) for one in self.marks().findings]

    def consent(self, read_room: bool) -> None:
        enc = next(key for key in self.app.endpoint.keys if key["crv"] == "X25519")
        said = LaterConsent(self.app.report_id, str(uuid.uuid4()), "2026-11-24T12:00:00.000Z", True, read_room)
        body = make_consent(self.app.signing, enc, said)
        path = f"/v1/reports/{self.app.report_id}/consent"
        headers = {"Content-Type": "application/jose", "Content-Digest": content_digest(body)}
        answer = self.app.https.call("POST", path, body, {**headers, **self.app.authorization("POST", path)})
        assert answer.status in (200, 201), answer.body


async def talked(chat: Prosody, desk: Desk) -> tuple[Case, list[Chat]]:
    """A case whose lines are what Mike really wrote."""
    sam_jid, mike_jid = await new_account(chat), await new_account(chat)
    async with signed_in(chat, sam_jid, mike_jid) as [sam, mike]:
        for words in SAID:
            await mike.say(sam, words)
        await until(lambda: len(sam.heard.stored) == len(SAID))
        stored = list(sam.heard.stored)
    case = Case(desk, LineApp(desk, sam_jid), mike_jid)
    return case, stored  # type: ignore[return-value]


def block(case: Case, ids: list[str], ref: bool = True) -> Element:
    """The block that carries one report for each message (reporting.md, facts 5 to 8)."""
    made = Element("{urn:xmpp:blocking}block")
    for one in ids:
        item = SubElement(made, "{urn:xmpp:blocking}item", {"jid": case.mike})
        report = SubElement(item, f"{{{REPORTING}}}report", {"reason": "urn:xmpp:reporting:abuse"})
        for by in (case.app.jid, case.mike):
            SubElement(report, "{urn:xmpp:sid:0}stanza-id", {"by": by, "id": one})
        text = SubElement(report, f"{{{REPORTING}}}text")
        text.text = f"ref case {case.number}, sha-256:{case.digest}"
        if ref:
            SubElement(report, "{urn:robin:ref:1}ref", {"case": case.number, "digest": case.digest})
    return made


async def tell_server(chat: Prosody, case: Case, ids: list[str], ref: bool = True) -> None:
    async with puppets(chat, case.app.jid) as [sam]:
        await sam.client.traffic.request("set", block(case, ids, ref))


def archive_ids(stored: list[Chat]) -> list[str]:
    return [one.archive_id.id for one in stored if one.archive_id is not None]


@pytest.mark.parametrize("ref", [True, False], ids=["element", "text"])
async def test_originals_from_the_reporters_server_make_a3(chat: Prosody, lined: Desk, ref: bool) -> None:
    case, stored = await talked(chat, lined)
    case.file(*(as_captured(one, seq) for seq, one in enumerate(stored, 1)))  # type: ignore[arg-type]
    assert case.levels() == {}
    await tell_server(chat, case, archive_ids(stored), ref)
    await until(lambda: len(case.levels()) == 3)
    assert case.levels() == {1: ["A3"], 2: ["A3"], 3: ["A3"]}
    assert case.findings() == []
    assert {one.by for found in case.marks().lines.values() for one in found} == {DOMAIN}


async def test_the_clients_own_block_with_a_report_makes_a3(chat: Prosody, lined: Desk) -> None:
    """As above, with the block that Robin itself sends; and Robin hears the desk's nudge."""
    case, stored = await talked(chat, lined)
    case.file(*(as_captured(one, seq) for seq, one in enumerate(stored, 1)))  # type: ignore[arg-type]
    text = f"ref case {case.number}, sha-256:{case.digest}"
    async with signed_in(chat, case.app.jid) as [sam]:
        reports = [ServerReport("abuse", text, case.number, case.digest, one) for one in archive_ids(stored)]
        await sam.session.block_and_report(case.mike, reports)
        await until(lambda: len(case.levels()) == 3)
        assert case.findings() == []
        sam.session.expect_confirm(DESK, case.app.endpoint.base + "/v1/sessions", case.digest)
        sam.session.expect_news(frozenset({DESK}))
        assert (await asyncio.to_thread(case.app.prove, sam.session.full_jid())).status == 201
        assert sam.heard.nudges == []
        await asyncio.to_thread(take, case)
        await until(lambda: sam.heard.nudges)
        assert sam.heard.nudges == [DESK]
        assert len(sam.heard.stored) == 0


def take(case: Case) -> None:
    """An officer takes the case: its status changes."""
    officer = Officer(case.app.https)
    assert officer.sign_in("Priya Nair", case.desk.add_officer("Priya Nair")).status == 303
    officer.get(f"/desk/cases/{case.number}")
    assert officer.submit(f"/desk/cases/{case.number}/take").status == 303


async def test_a_changed_line_is_found(chat: Prosody, lined: Desk) -> None:
    """The reporter's program said other words than the server's archive holds."""
    case, stored = await talked(chat, lined)
    lines = [as_captured(one, seq) for seq, one in enumerate(stored, 1)]  # type: ignore[arg-type]
    case.file(lines[0], replace(lines[1], body="i will find you"), lines[2])
    await tell_server(chat, case, archive_ids(stored))
    await until(lambda: len(case.levels()) == 2 and case.findings())
    assert case.levels() == {1: ["A3"], 3: ["A3"]}
    assert case.findings() == [(2, "differs")]


async def test_a_message_that_is_not_among_the_lines(chat: Prosody, lined: Desk) -> None:
    case, stored = await talked(chat, lined)
    case.file(as_captured(stored[0], 1), as_captured(stored[2], 3))  # type: ignore[arg-type]
    await tell_server(chat, case, archive_ids(stored))
    await until(lambda: len(case.levels()) == 2 and case.findings())
    assert case.findings() == [(0, "other")]


async def test_a_server_that_gives_other_words(chat_folder: Path, tmp_path: Path) -> None:
    server = server_with_rooms(chat_folder / "changed", changed="something else")
    with server:
        await new_account(server, "desk")
        desk = await asyncio.to_thread(desk_on, server, tmp_path, __import__("time").time)
        try:
            case, stored = await talked(server, desk)
            case.file(*(as_captured(one, seq) for seq, one in enumerate(stored, 1)))  # type: ignore[arg-type]
            await tell_server(server, case, archive_ids(stored))
            await until(lambda: len(case.findings()) == 3)
            assert (case.levels(), case.findings()) == ({}, [(1, "differs"), (2, "differs"), (3, "differs")])
        finally:
            await asyncio.to_thread(desk.stop)


def forwarded(case: Case, body: str, name: str, **changed: str) -> Element:
    """What a server would send, made by somebody else."""
    message = Element("{jabber:client}message", {"to": DESK})
    report = SubElement(message, f"{{{REPORTING}}}report", {"reason": "urn:xmpp:reporting:abuse"})
    reference = {"case": case.number, "digest": case.digest, **changed}
    SubElement(report, "{urn:robin:ref:1}ref", reference)
    SubElement(message, "{urn:xmpp:jid:0}jid").text = case.mike
    inner = SubElement(SubElement(message, "{urn:xmpp:forward:0}forwarded"), "{jabber:client}message")
    inner.attrib.update({"from": f"{case.mike}/phone", "to": case.app.jid, "id": name, "type": "chat"})
    SubElement(inner, "{jabber:client}body").text = body
    return message


async def dropped(desk: Desk, reason: Turned, make: Callable[[], None]) -> None:
    before = desk.dropped().get(reason.value, 0)
    make()
    await until(lambda: desk.dropped().get(reason.value, 0) == before + 1)


async def test_reports_forged_by_people_are_dropped(chat: Prosody, lined: Desk) -> None:
    case, stored = await talked(chat, lined)
    case.file(*(as_captured(one, seq) for seq, one in enumerate(stored, 1)))  # type: ignore[arg-type]
    async with puppets(chat, case.app.jid, case.mike) as both:
        for one in both:
            await dropped(lined, Turned.FORGED_REPORT, lambda one=one: one.put(forwarded(case, SAID[0], stored[0].stanza_id)))  # type: ignore[misc,attr-defined]
    assert (case.levels(), case.findings()) == ({}, [])


async def read_room_case(chat: Prosody, desk: Desk, public: bool = True) -> tuple[Case, list[Element], str]:
    """A public room in which Mike and Sam wrote; Sam's live copies with the room's archive ids."""
    room = f"{uuid.uuid4().hex[:8]}@{ROOMS}"
    sam_jid, mike_jid = await new_account(chat), await new_account(chat)
    async with puppets(chat, sam_jid, mike_jid) as [sam, mike]:
        for one, nick in ((mike, "mike_2010"), (sam, "sam")):
            await enter(one, room, nick)
            if one is mike:
                await set_room(mike, room, False)
        for one, words in ((mike, SAID[0]), (sam, "why?"), (mike, SAID[1])):
            message = Element("{jabber:client}message", {"to": room, "type": "groupchat", "id": uuid.uuid4().hex})
            SubElement(message, "{jabber:client}body").text = words
            one.put(message)
        said = lambda: [m for m in sam.messages() if m.get("type") == "groupchat" and m.findtext("{jabber:client}body")]  # noqa: E731
        await until(lambda: len(said()) == 3)
        heard = said()
        if not public:
            await set_room(mike, room, True)
    return Case(desk, LineApp(desk, sam_jid), mike_jid), heard, room


async def enter(one: Puppet, room: str, nick: str) -> None:
    join = Element("{jabber:client}presence", {"to": f"{room}/{nick}"})
    SubElement(join, "{http://jabber.org/protocol/muc}x")
    one.put(join)
    place = f"{room}/{nick}"
    await until(lambda: any(p.tag == "{jabber:client}presence" and p.get("from") == place for p in one.seen))


async def set_room(owner: Puppet, room: str, members_only: bool) -> None:
    query = Element("{http://jabber.org/protocol/muc#owner}query")
    form = SubElement(query, "{jabber:x:data}x", {"type": "submit"})
    for name, value in _CONFIG:
        field = SubElement(form, "{jabber:x:data}field", {"var": name})
        SubElement(field, "{jabber:x:data}value").text = value
    field = SubElement(form, "{jabber:x:data}field", {"var": "muc#roomconfig_membersonly"})
    SubElement(field, "{jabber:x:data}value").text = "1" if members_only else "0"
    await owner.client.traffic.request("set", query, room)


def room_line(heard: Element, seq: int, room: str, sam: str) -> object:
    """A room's message as evidence has it."""
    template = as_captured_from(heard, room)
    mine = (heard.get("from") or "").endswith("/sam")
    return replace(template, message=seq, seq=seq, direction=Direction.OUT if mine else Direction.IN)


def as_captured_from(heard: Element, room: str) -> object:
    from desk_case import line

    archived = next(one.get("id", "") for one in heard.iterfind("{urn:xmpp:sid:0}stanza-id") if one.get("by") == room)
    nick = (heard.get("from") or "").partition("/")[2]
    return line(
        1,
        "in",
        heard.findtext("{jabber:client}body") or "",
        sender=heard.get("from"),
        to=room,
        kind="groupchat",
        stanza_id=heard.get("id"),
        origin_id="",
        archive_id=ArchiveId(room, archived),
        media=(),
        journal_hash="",
        occupant=Occupant(nick),
    )


async def test_a_public_room_is_read_without_joining(chat: Prosody, lined: Desk) -> None:
    case, heard, room = await read_room_case(chat, lined)
    lines = [room_line(one, seq, room, case.app.jid) for seq, one in enumerate(heard, 1)]
    case.file(*lines, room=room_facts(room, "sam"))
    await asyncio.sleep(0.2)
    assert case.marks() == Marks({}, (), "")
    case.consent(read_room=False)
    await asyncio.sleep(0.3)
    assert case.marks() == Marks({}, (), "")
    case.consent(read_room=True)
    await until(lambda: case.marks().room_read == "read")
    assert case.levels() == {1: ["A3r"], 2: ["A3r"], 3: ["A3r"]}
    assert case.findings() == []
    assert {one.by for found in case.marks().lines.values() for one in found} == {room}


async def test_a_rooms_archive_shows_what_was_changed_and_what_is_not_there(chat: Prosody, lined: Desk) -> None:
    case, heard, room = await read_room_case(chat, lined)
    first, second, third = (room_line(one, seq, room, case.app.jid) for seq, one in enumerate(heard, 1))
    changed = replace(first, body="something worse")  # type: ignore[type-var]
    renamed = replace(third, occupant=Occupant("somebody"))  # type: ignore[type-var]
    invented = replace(second, archive_id=ArchiveId(room, "no-such-id"))  # type: ignore[type-var]
    case.file(changed, invented, renamed, room=room_facts(room, "sam"))
    case.consent(read_room=True)
    await until(lambda: case.marks().room_read == "read")
    assert (case.levels(), case.findings()) == ({}, [(1, "differs"), (2, "missing"), (3, "differs")])


async def test_a_closed_room_gives_nothing(chat: Prosody, lined: Desk) -> None:
    case, heard, room = await read_room_case(chat, lined, public=False)
    lines = [room_line(one, seq, room, case.app.jid) for seq, one in enumerate(heard, 1)]
    case.file(*lines, room=room_facts(room, "sam"))
    case.consent(read_room=True)
    await until(lambda: case.marks().room_read == "refused")
    assert (case.levels(), case.findings()) == ({}, [])


async def test_a_chat_has_no_room_to_read(chat: Prosody, lined: Desk) -> None:
    case, stored = await talked(chat, lined)
    case.file(as_captured(stored[0], 1))  # type: ignore[arg-type]
    case.consent(read_room=True)
    await until(lambda: case.marks().room_read == "none")


async def test_a_nudge_says_nothing_and_goes_only_to_the_verified(chat: Prosody, lined: Desk) -> None:
    case, stored = await talked(chat, lined)
    case.file(as_captured(stored[0], 1))  # type: ignore[arg-type]

    def write() -> None:
        officer = Officer(case.app.https)
        assert officer.sign_in("Priya Nair", lined.add_officer("Priya Nair")).status == 303
        officer.get(f"/desk/cases/{case.number}")
        officer.submit(f"/desk/cases/{case.number}/message", kind="advice", text="You did well.", do="send")

    async with puppets(chat, case.app.jid) as [sam]:
        await asyncio.to_thread(take, case)
        await asyncio.sleep(0.4)
        assert sam.messages() == []
        call = asyncio.ensure_future(asyncio.to_thread(case.app.prove, sam.full))
        await until(sam.questions)
        [iq] = sam.questions()
        sam.iq("result", iq.get("from", ""), iq.get("id", ""))
        assert (await call).status == 201
        await asyncio.sleep(0.3)
        assert sam.messages() == []
        await asyncio.to_thread(write)
        await until(sam.messages)
        [nudge] = sam.messages()
    assert (nudge.get("type"), nudge.get("to")) == ("headline", case.app.jid)
    assert [child.tag for child in nudge] == ["{urn:robin:news:1}news"]
    assert not nudge[0].attrib
    assert not nudge[0].text
    assert len(nudge[0]) == 0


