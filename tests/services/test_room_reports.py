"""A report from a room: whom it is about, what of the others goes, and that edits stay a history."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

from messenger.domain.errors import EndpointUnreachable
from messenger.domain.message import ArchiveId, Direction, IncomingMessage, Occupant
from messenger.domain.report import ReportContext
from messenger.domain.room import RoomInfo, RoomNow, RoomState
from messenger.evidence.package import Package
from messenger.evidence.report import open_report, read_items
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import unseal
from messenger.evidence.verify import verify
from messenger.storage import history, report_after, rooms
from tests.services.report_world import ACCOUNT, StandIn, World, message, opened

ROOM = "club@rooms.home.example"
ME = Occupant("sam", "id-sam", "participant", "member")
BOB = Occupant("bob", "id-bob", "participant", "none", "bob@bad.example")
ANN = Occupant("ann", "id-ann", "moderator", "owner", "ann@home.example")


def said(number: int, who: Occupant, body: str = "", **more: Any) -> IncomingMessage:
    made = message(number, ACCOUNT, ROOM, body)
    return replace(
        made,
        direction=Direction.OUT if who == ME else Direction.IN,
        sender=f"{ROOM}/{who.nick}",
        to=ACCOUNT,
        kind="groupchat",
        archive_id=ArchiveId(ROOM, f"a{number}"),
        occupant=who,
        **more,
    )


async def a_room(world: World, *batch: IncomingMessage) -> list[int]:
    """A room with these lines; their ids."""

    def make(conn: Any) -> None:
        rooms.ensure(conn, ACCOUNT, ROOM, "sam")
        features = ("urn:xmpp:mam:2", "urn:xmpp:occupant-id:0", "urn:xmpp:sid:0")
        info = RoomInfo(ROOM, "Club", features=features)
        rooms.put_now(conn, ACCOUNT, RoomNow(ROOM, RoomState.INSIDE, info, ME, (ME, BOB, ANN)))

    await world.db.write(make)
    stored = await world.db.write(history.store, list(batch))
    return [one for part in stored for one in part.new]


async def sent(world: World, desk: StandIn, context: ReportContext) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Report, save, and open what was saved: (report, items)."""
    draft, form, talk = await world.services.reporting.begin(context)
    draft = await world.answer(draft, form, talk)
    name = await world.services.reporting.submit(draft.id)
    schemas = Schemas.packaged()
    package = Package.decode((world.folder / "outbox" / f"{name}.robin").read_bytes())
    signed = open_report(package.report, desk.sealing, schemas)
    return signed.body, read_items(signed, unseal(package.items, desk.sealing), schemas)


def run(tmp_path: Path, play: Any) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            await play(world, desk)

    asyncio.run(main())


def test_the_reported_party_is_who_said_the_chosen_line(tmp_path: Path) -> None:
    async def play(world: World, desk: StandIn) -> None:
        ids = await a_room(world, said(1, ANN, "hello"), said(2, BOB, "bad words"), said(3, ME, "stop"))
        context = ReportContext(ACCOUNT, None, (ids[1],), ROOM)
        report, items = await sent(world, desk, context)
        [party] = report["reported"]
        assert (party["jid"], party["occupant_id"]) == ("bob@bad.example", "id-bob")
        assert "bob" in party["names_seen"]
        assert "ann" not in party["names_seen"]
        assert (report["incident"]["place"], report["incident"]["room_jid"]) == ("room", ROOM)
        manifest = report["evidence"]
        assert (manifest["kind"], manifest["room"]["jid"], manifest["room"]["public"]) == ("room", ROOM, True)
        assert manifest["room"]["me"]["occupant_id"] == "id-sam"
        assert [one["from"] for one in items] == [f"{ROOM}/ann", f"{ROOM}/bob", f"{ROOM}/sam"]

    run(tmp_path, play)


def test_others_go_under_their_shown_name_only(tmp_path: Path) -> None:
    async def play(world: World, desk: StandIn) -> None:
        ids = await a_room(world, said(1, ANN, "hello"), said(2, BOB, "bad words"), said(3, ME, "stop"))
        _report, items = await sent(world, desk, ReportContext(ACCOUNT, None, (ids[1],), ROOM))
        ann, bob, me = items
        assert ann["occupant"] == {"nick": "ann", "occupant_id": "", "role": "", "affiliation": "", "jid": ""}
        assert ann["raw_xml"] is None
        assert ann["body"] == "hello"
        assert bob["occupant"]["jid"] == "bob@bad.example"
        assert bob["raw_xml"]
        assert me["occupant"]["occupant_id"] == "id-sam"
        assert "ann@home.example" not in str(items)
        assert "id-ann" not in str(items)

    run(tmp_path, play)


def test_report_of_a_person_in_the_list_needs_no_message(tmp_path: Path) -> None:
    async def play(world: World, desk: StandIn) -> None:
        ids = await a_room(world, said(1, ANN, "hello"), said(2, BOB, "words"))
        report, _items = await sent(world, desk, ReportContext(ACCOUNT, None, (), ROOM, occupant=BOB))
        [party] = report["reported"]
        assert (party["jid"], party["occupant_id"]) == ("bob@bad.example", "id-bob")
        # The person that was pointed at stays the first, whoever else said a chosen line.
        context = ReportContext(ACCOUNT, None, (ids[0],), ROOM, occupant=Occupant("cy", "id-cy"))
        report, _items = await sent(world, desk, context)
        assert [one["occupant_id"] for one in report["reported"]] == ["id-cy", "id-ann"]
        assert report["reported"][0]["jid"] == f"{ROOM}/cy"

    run(tmp_path, play)


def test_from_the_header_with_nobody_chosen_it_is_about_the_room(tmp_path: Path) -> None:
    async def play(world: World, desk: StandIn) -> None:
        await a_room(world, said(1, ANN, "hello"))
        report, _items = await sent(world, desk, ReportContext(ACCOUNT, None, (), ROOM))
        [party] = report["reported"]
        assert (party["jid"], party["occupant_id"]) == (ROOM, "")
        assert report["incident"]["place"] == "room"

    run(tmp_path, play)


def test_whom_to_block_afterwards_is_known_only_where_the_room_shows_it(tmp_path: Path) -> None:
    async def play(world: World, desk: StandIn) -> None:
        hidden = replace(BOB, jid="")
        ids = await a_room(world, said(1, BOB, "words"), said(2, replace(hidden, nick="cy", occupant_id="c"), "more"))
        for chosen, party in ((ids[0], "bob@bad.example"), (ids[1], "")):
            draft, form, talk = await world.services.reporting.begin(ReportContext(ACCOUNT, None, (chosen,), ROOM))
            draft = await world.answer(draft, form, talk)
            name = await world.services.reporting.submit(draft.id)
            after = await world.db.run(report_after.get, name)
            assert after is not None
            assert (after.party, after.room) == (party, True)

    run(tmp_path, play)


def test_what_the_room_took_away_is_a_history_in_the_evidence(tmp_path: Path) -> None:
    async def play(world: World, desk: StandIn) -> None:
        moderation = replace(said(3, ANN), occupant=None, sender=ROOM, body="rude", retracts="a1", moderates="a1")
        ids = await a_room(world, said(1, BOB, "first"), said(2, BOB, "second", corrects="m-1"), moderation)
        _report, items = await sent(world, desk, ReportContext(ACCOUNT, None, (ids[0],), ROOM))
        [line] = items
        assert line["body"] == "first"
        assert [(one["kind"], one["from"]) for one in line["edits"]] == [
            ("correction", f"{ROOM}/bob"),
            ("retraction", ROOM),
        ]
        assert line["retracted"]

    run(tmp_path, play)


def test_the_court_clerks_check_agrees_with_a_report_from_a_room(tmp_path: Path) -> None:
    async def play(world: World, desk: StandIn) -> None:
        moderation = replace(said(4, ANN), occupant=None, sender=ROOM, body="", retracts="a2", moderates="a2")
        ids = await a_room(world, said(1, ANN, "hello"), said(2, BOB, "bad words"), said(3, ME, "stop"), moderation)
        draft, form, talk = await world.services.reporting.begin(ReportContext(ACCOUNT, None, (ids[1],), ROOM))
        draft = await world.answer(draft, form, talk)
        name = await world.services.reporting.submit(draft.id, keep_copy=True)
        findings = verify(await world.services.outbox.copy(name))
        assert findings
        assert [one for one in findings if one.result == "refused"] == []
        assert [one.level for one in findings if one.level] == ["A1", "A1", "A1"]

    run(tmp_path, play)


def test_a_room_and_a_known_address_are_kept_quiet_towards(tmp_path: Path) -> None:
    async def play(world: World, desk: StandIn) -> None:
        await a_room(world, said(1, BOB, "words"))
        draft, _form, _talk = await world.services.reporting.begin(ReportContext(ACCOUNT, None, (), ROOM, occupant=BOB))
        assert world.quiet.people(ACCOUNT) == {ROOM, "bob@bad.example"}
        await world.services.reporting.discard(draft.id)
        assert world.quiet.people(ACCOUNT) == frozenset()

    run(tmp_path, play)


def test_who_said_a_chosen_line_is_kept_quiet_towards_in_their_own_chat_too(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        both = {ROOM, "bob@bad.example"}
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            ids = await a_room(world, said(1, ANN, "hello"), said(2, BOB, "bad words"))
            context = ReportContext(ACCOUNT, None, (ids[1],), ROOM)
            draft, form, talk = await world.services.reporting.begin(context)
            assert world.quiet.people(ACCOUNT) == both
            draft = await world.services.reporting.save(replace(draft, chosen=tuple(ids)))
            assert world.quiet.people(ACCOUNT) == both | {"ann@home.example"}
            await world.services.reporting.discard(draft.id)
            assert world.quiet.people(ACCOUNT) == frozenset()
            draft, form, talk = await world.services.reporting.begin(context)
        desk.plan = [EndpointUnreachable("name")] * 50
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            await world.services.outbox.start()
            assert world.quiet.people(ACCOUNT) == both, "an open draft, after a new start"
            draft = await world.answer(draft, form, talk)
            await world.services.reporting.submit(draft.id)
            assert world.quiet.people(ACCOUNT) == both
        async with opened(tmp_path, desk, profile=desk.profile) as world:
            await world.services.outbox.start()
            assert world.quiet.people(ACCOUNT) == both, "a report without its receipt, after a new start"

    asyncio.run(main())
