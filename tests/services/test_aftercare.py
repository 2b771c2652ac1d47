"""After the receipt: nothing happens by itself, each deed is the person's own and is kept with the case."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from messenger.domain.contact import RosterItem, Subscription
from messenger.domain.errors import EndpointRejected, EndpointUnreachable, FeatureMissing, NotConnected
from messenger.domain.events import ChatsChanged, ReportChanged
from messenger.domain.evidence import RoomFacts
from messenger.domain.message import ArchiveId, Occupant
from messenger.domain.report import AftercareDeed
from messenger.domain.room import RoomInfo
from messenger.evidence.statement import CATEGORIES
from messenger.services import aftercare
from messenger.storage import contacts, conversations, history, outbox, report_after
from tests.services.played_chat import BLOCKING, signed_in
from tests.services.report_world import ACCOUNT, CASE, OTHER, Manual, Memory, StandIn, World, message, opened
from tests.services.test_correspondence import look, sent

KEEP, MUTE = AftercareDeed.KEEP, AftercareDeed.MUTE
BLOCK, LEAVE = AftercareDeed.BLOCK, AftercareDeed.BLOCK_AND_LEAVE


async def about(world: World, tiles: str = "grooming", chosen: int = 3, ids: bool = True) -> str:
    """A sent report about a chat whose lines have ids of the own archive."""
    lines = [message(number) for number in range(1, 13)]
    if ids:
        lines = [replace(one, archive_id=ArchiveId(ACCOUNT, f"a-{one.stanza_id}")) for one in lines]
    stored = await world.db.write(history.store, lines)
    new = [one for part in stored for one in part.new]
    draft = await world.draft(chosen=tuple(new[:chosen]), conversation=stored[0].conversation, what=tiles)
    report_id = await world.services.reporting.submit(draft.id)
    await world.services.delivery.deliver_due()
    return report_id


def test_nothing_is_done_by_itself(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            await look(world, one)
            options = await world.services.aftercare.options(one)
            assert (options.counterpart, options.done, options.told_server) == (OTHER, (), False)
            assert (options.can_block, options.can_tell_server, options.own_server) == (True, True, "home.example")
            assert (options.in_roster, options.is_room, options.public_room) == (False, False, False)
            assert session.did("block", "block_and_report", "remove") == []
            assert desk.consents == []
            with pytest.raises(KeyError):
                await world.services.aftercare.options("nowhere")

    asyncio.run(main())


def test_before_the_receipt_there_is_nothing_to_choose(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            draft = await world.draft()
            report_id = await world.services.reporting.submit(draft.id)
            for deed in ("options", "keep", "mute", "block", "block_and_leave", "allow_room"):
                with pytest.raises(KeyError):
                    await getattr(world.services.aftercare, deed)(report_id)

    asyncio.run(main())


@pytest.mark.parametrize("category", CATEGORIES)
def test_telling_the_server_is_ticked_only_where_the_rules_say_so(tmp_path: Path, category: str) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await sent(world)
            await world.db.write(
                lambda conn: conn.execute("UPDATE report_after SET category = ? WHERE report_id = ?", (category, one))
            )
            options = await world.services.aftercare.options(one)
            assert options.tell_server_default is (category in ("deception", "bullying"))

    asyncio.run(main())


def test_keep_and_mute_stay_on_this_computer(tmp_path: Path) -> None:
    async def main() -> None:
        desk, secrets = StandIn(), Memory()
        async with opened(tmp_path, desk, Manual(), secrets, profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            assert (await world.services.aftercare.keep(one)).done == (KEEP,)
            world.events.clear()
            assert (await world.services.aftercare.mute(one)).done == (KEEP, MUTE)
            found = await world.db.run(conversations.find, ACCOUNT, OTHER)
            assert found is not None
            assert await world.db.run(conversations.muted, ACCOUNT) == {OTHER}
            assert [event.conversations for event in world.told(ChatsChanged)] == [(found,)]  # type: ignore[attr-defined]
            assert world.told(ReportChanged)
            assert (await world.services.aftercare.mute(one)).done == (KEEP, MUTE)
            assert session.did("block", "block_and_report", "remove") == []
        async with opened(tmp_path, desk, Manual(), secrets) as world:
            assert (await world.services.aftercare.options(one)).done == (KEEP, MUTE)

    asyncio.run(main())


def test_a_plain_block_tells_nobody(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world, "bullying")
            after = await world.services.aftercare.block(one)
            assert (after.done, after.told_server) == ((BLOCK,), False)
            assert session.did("block", "block_and_report", "remove") == [("block", OTHER)]
            assert desk.consents == []

    asyncio.run(main())


@pytest.mark.parametrize(("tiles", "reason"), [("grooming", "abuse"), ("deception", "spam")])
def test_telling_the_server_names_the_chosen_lines_of_theirs(tmp_path: Path, tiles: str, reason: str) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            session.archive = [replace(message(n), archive_id=ArchiveId(ACCOUNT, f"a-m-{n}")) for n in range(1, 13)]
            one = await about(world, tiles)
            order: list[str] = []
            given = session.block_and_report

            async def watched(jid: str, reports: object) -> None:
                order.append("block" if desk.consents else "block before consent")
                await given(jid, reports)  # type: ignore[arg-type]

            session.block_and_report = watched  # type: ignore[method-assign]
            after = await world.services.aftercare.block(one, tell_server=True)
            assert (after.done, after.told_server) == ((BLOCK,), True)
            [(_name, jid, reports)] = session.did("block_and_report")
            assert jid == OTHER
            # Lines 1 and 3 are theirs, line 2 is the person's own; nobody else's words are told of.
            assert [report.archive_id for report in reports] == ["a-m-1", "a-m-3"]
            digest = desk.filed[one].digest
            assert {(r.reason, r.case_number, r.digest, r.third_party) for r in reports} == {
                (reason, CASE, digest, False)
            }
            assert all(report.text.endswith(f"ref case {CASE}, sha-256:{digest}") for report in reports)
            # The desk knew before that it may hear of this from the server.
            assert order == ["block"]
            assert [(c.tell_own_server, c.read_room) for c in desk.consents] == [(True, False)]
            assert not session.did("block")

    asyncio.run(main())


@pytest.mark.parametrize(("urgency", "urgent"), [(0, True), (1, True), (2, False), (3, False)])
def test_what_is_urgent_is_said_first(tmp_path: Path, urgency: int, urgent: bool) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            await world.db.write(
                lambda conn: conn.execute("UPDATE outbox SET urgency = ? WHERE report_id = ?", (urgency, one))
            )
            await world.services.aftercare.block(one, tell_server=True)
            [(_name, _jid, reports)] = session.did("block_and_report")
            words = f"ref case {CASE}, sha-256:{desk.filed[one].digest}"
            assert {report.text for report in reports} == {f"urgent, {words}" if urgent else words}

    asyncio.run(main())


def test_no_more_items_than_a_server_should_have_to_read(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            names = json.dumps([f"a-{number}" for number in range(80)])
            await world.db.write(
                lambda conn: conn.execute("UPDATE report_after SET marked = ? WHERE report_id = ?", (names, one))
            )
            await world.services.aftercare.block(one, tell_server=True)
            [(_name, _jid, reports)] = session.did("block_and_report")
            assert [report.archive_id for report in reports] == [f"a-{number}" for number in range(50)]

    asyncio.run(main())


def test_lines_that_the_archive_does_not_confirm_are_not_named(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            session.archive = [replace(message(3), archive_id=ArchiveId(ACCOUNT, "a-m-3"))]
            one = await about(world)
            await world.services.aftercare.block(one, tell_server=True)
            [(_name, _jid, reports)] = session.did("block_and_report")
            assert [report.archive_id for report in reports] == ["a-m-3"]

    asyncio.run(main())


def test_without_ids_one_item_names_the_case_alone(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world, ids=False)
            await world.services.aftercare.block(one, tell_server=True)
            [(_name, _jid, reports)] = session.did("block_and_report")
            assert [(report.archive_id, report.case_number) for report in reports] == [("", CASE)]

    asyncio.run(main())


def test_the_consent_goes_later_when_the_desk_is_gone_and_the_block_does_not_wait(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            desk.plans["consent"] = [EndpointUnreachable("timeout"), EndpointUnreachable("timeout"), None]
            await world.services.aftercare.block(one, tell_server=True)
            await world.services.aftercare.block(one, tell_server=True)
            assert len(session.did("block_and_report")) == 1, "it is told once"
            assert desk.consents == []
            await look(world, one)
            await look(world, one)
            assert [(c.tell_own_server, c.read_room) for c in desk.consents] == [(True, False)]

    asyncio.run(main())


def test_two_windows_that_block_at_once_tell_the_server_once(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            service = world.services.aftercare
            first, second = await asyncio.gather(
                service.block(one, tell_server=True), service.block_and_leave(one, tell_server=True)
            )
            assert len(session.did("block_and_report")) == 1
            assert len(desk.consents) == 1
            assert first.told_server
            assert second.told_server

    asyncio.run(main())


def test_a_desk_that_never_answers_the_consent_does_not_hold_the_block_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aftercare, "CONSENT_FIRST", 0.05)

    async def main() -> None:
        desk = StandIn()

        async def never(*_parts: object) -> None:
            await asyncio.Event().wait()

        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            desk.consent = never  # type: ignore[assignment]
            await world.services.aftercare.block(one, tell_server=True)
            assert len(session.did("block_and_report")) == 1

    asyncio.run(main())


def test_a_desk_that_will_not_have_the_consent_is_not_asked_for_ever(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            desk.plans["consent"] = [EndpointRejected(422, "schema")]
            await world.services.aftercare.block(one, tell_server=True)
            await look(world, one)
            assert desk.calls.count("consent") == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "waits"), [(0, True), (401, True), (404, True), (410, True), (400, False), (409, False)]
)
def test_a_case_that_is_gone_keeps_its_consent(tmp_path: Path, status: int, waits: bool) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            desk.plans["consent"] = [EndpointRejected(status, "word")] * 2
            await world.services.aftercare.block(one, tell_server=True)
            assert bool(await world.db.run(report_after.letters, one, report_after.CONSENT)) is waits

    asyncio.run(main())


def test_a_server_that_will_not_hear_still_blocks(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            session.report_fails = FeatureMissing()
            after = await world.services.aftercare.block(one, tell_server=True)
            assert (after.done, after.told_server) == ((BLOCK,), False)
            assert session.did("block") == [("block", OTHER)]

    asyncio.run(main())


def test_a_server_that_takes_no_reports_is_not_told_and_the_desk_hears_of_no_consent(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT, (BLOCKING,))
            one = await about(world)
            options = await world.services.aftercare.options(one)
            assert (options.can_block, options.can_tell_server) == (True, False)
            after = await world.services.aftercare.block(one, tell_server=True)
            assert (after.done, after.told_server) == ((BLOCK,), False)
            assert session.did("block", "block_and_report") == [("block", OTHER)]
            assert desk.consents == []

    asyncio.run(main())


def test_signed_out_and_without_blocking_nothing_is_said_to_be_done(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await about(world)
            options = await world.services.aftercare.options(one)
            assert (options.can_block, options.can_tell_server) == (False, False)
            for deed in (world.services.aftercare.block, world.services.aftercare.block_and_leave):
                with pytest.raises(NotConnected):
                    await deed(one, True)
            signed_in(world.sessions, ACCOUNT, ())
            with pytest.raises(FeatureMissing):
                await world.services.aftercare.block(one)
            assert (await world.services.aftercare.options(one)).done == ()

    asyncio.run(main())


def test_block_and_leave_takes_them_off_the_contacts(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            after = await world.services.aftercare.block_and_leave(one)
            assert session.did("block", "remove") == [("block", OTHER)]
            await world.db.write(contacts.put, ACCOUNT, [RosterItem(OTHER, "Max", Subscription.BOTH)], False)
            assert (await world.services.aftercare.options(one)).in_roster
            after = await world.services.aftercare.block_and_leave(one, tell_server=True)
            assert session.out[-1] == ("remove", OTHER)
            assert session.did("block_and_report")
            assert (after.done, after.told_server) == ((BLOCK, LEAVE), True)

    asyncio.run(main())


def test_in_a_room_leaving_leaves_and_blocking_needs_an_address(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            room = await world.db.run(conversations.find, ACCOUNT, OTHER)
            set_room = "UPDATE report_after SET room = 1, party = ?, public_room = ? WHERE report_id = ?"
            await world.db.write(lambda conn: conn.execute(set_room, ("", 0, one)))
            options = await world.services.aftercare.options(one)
            assert (options.is_room, options.can_block, options.can_tell_server) == (True, False, False)
            with pytest.raises(FeatureMissing):
                await world.services.aftercare.block(one)
            after = await world.services.aftercare.block_and_leave(one, tell_server=True)
            assert (after.done, world.left, session.did("block")) == ((LEAVE,), [room], [])
            # The room shows who it is: then the person can be blocked, too, and the room's server is told nothing.
            await world.db.write(lambda conn: conn.execute(set_room, ("real@elsewhere.example", 0, one)))
            assert (await world.services.aftercare.options(one)).can_block
            await world.services.aftercare.block_and_leave(one, tell_server=True)
            assert session.did("block", "block_and_report") == [("block", "real@elsewhere.example")]
            with pytest.raises(FeatureMissing):
                await world.services.aftercare.allow_room(one)

    asyncio.run(main())


def test_a_public_room_may_be_read_once_that_is_allowed(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            one = await about(world)
            await world.db.write(
                lambda conn: conn.execute(
                    "UPDATE report_after SET room = 1, public_room = 1 WHERE report_id = ?", (one,)
                )
            )
            assert not (await world.services.aftercare.options(one)).read_room
            after = await world.services.aftercare.allow_room(one)
            assert (after.public_room, after.read_room) == (True, True)
            assert [(c.tell_own_server, c.read_room) for c in desk.consents] == [(False, True)]

    asyncio.run(main())


def test_the_people_who_run_a_room_are_told_once_and_only_where_it_takes_that(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            care = world.services.aftercare
            one = await about(world)
            room = await world.db.run(conversations.find, ACCOUNT, OTHER)
            session.rooms.info = RoomInfo(OTHER, features=("urn:xmpp:gcreport:0",))
            assert not (await care.options(one)).can_tell_room, "a chat with one person"
            with pytest.raises(FeatureMissing):
                await care.tell_room(one)
            as_room = "UPDATE report_after SET room = 1, occupant = ? WHERE report_id = ?"
            await world.db.write(lambda conn: conn.execute(as_room, ("", one)))
            assert not (await care.options(one)).can_tell_room, "nobody can be named"
            with pytest.raises(FeatureMissing):
                await care.tell_room(one)
            await world.db.write(lambda conn: conn.execute(as_room, ("max-1", one)))
            assert (await care.options(one)).can_tell_room
            session.rooms.info = RoomInfo(OTHER)
            assert not (await care.options(one)).can_tell_room, "the room does not offer it"
            session.rooms.info = RoomInfo(OTHER, features=("urn:xmpp:gcreport:0",))
            assert world.rooms_told == [], "nothing by itself"
            told = await care.tell_room(one)
            assert told.told_room
            digest = (await world.services.outbox.report(one)).receipt.report_digest  # type: ignore[union-attr]
            assert world.rooms_told == [(room, "max-1", f"ref case {CASE}, sha-256:{digest}")]
            assert (await care.tell_room(one)).told_room
            assert len(world.rooms_told) == 1
            with pytest.raises(KeyError):
                await care.tell_room("nobody")

    asyncio.run(main())


def test_a_room_that_refuses_is_not_called_told(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            as_room = "UPDATE report_after SET room = 1, occupant = 'max-1' WHERE report_id = ?"
            await world.db.write(lambda conn: conn.execute(as_room, (one,)))

            async def refuse(*_told: object) -> None:
                raise FeatureMissing

            world.services.aftercare._tell_room = refuse
            with pytest.raises(FeatureMissing):
                await world.services.aftercare.tell_room(one)
            assert not (await world.services.aftercare.options(one)).told_room

    asyncio.run(main())


@pytest.mark.parametrize(("age", "reader"), [("18_over", "18_over"), ("13_15", "13_15")])
def test_whose_helpline_fits_is_kept_with_the_case(tmp_path: Path, age: str, reader: str) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            draft = await world.draft(age=age, country="ie")
            await world.services.reporting.submit(draft.id)
            await world.services.outbox.start()
            await world.services.outbox.wait(draft.id, 20)
            summary = await world.services.outbox.report(draft.id)
            assert (summary.reader, summary.country) == (reader, "ie")

    asyncio.run(main())


def test_what_is_kept_of_a_room_report(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            await world.chat(4)
            found = await world.db.run(conversations.find, ACCOUNT, OTHER)
            draft = await world.draft(conversation=found)
            assert draft.snapshot is not None
            room = RoomFacts(OTHER, "Chess", Occupant("Sam", "me-1"), public=True)
            kept = replace(
                draft,
                snapshot=replace(draft.snapshot, room=room),
                occupant=Occupant("Max", "max-1", jid="max@real.example"),
            )
            await world.services.reporting.save(kept)
            again, _form, _talk = await world.services.reporting.resume(draft.id)
            assert (again.snapshot, again.occupant) == (kept.snapshot, kept.occupant)
            await world.services.reporting.submit(draft.id)
            after = await world.db.run(report_after.get, draft.id)
            assert (after.room, after.public_room, after.party) == (True, True, "max@real.example")
            assert after.occupant == "max-1"

    asyncio.run(main())


def test_a_report_that_was_found_as_a_file_can_be_followed_too(tmp_path: Path) -> None:
    async def main() -> None:
        desk = StandIn()
        async with opened(tmp_path, desk, Manual(), profile=desk.profile) as world:
            session = signed_in(world.sessions, ACCOUNT)
            one = await about(world)
            await world.db.write(lambda conn: conn.execute("DELETE FROM report_after"))
            entry = await world.db.run(outbox.get, one)
            assert entry is not None
            options = await world.services.aftercare.options(one)
            assert (options.counterpart, options.tell_server_default, options.done) == (OTHER, False, ())
            after = await world.services.aftercare.block(one, tell_server=True)
            assert (after.done, after.told_server) == ((BLOCK,), True)
            [(_name, _jid, reports)] = session.did("block_and_report")
            assert [report.archive_id for report in reports] == [""]

    asyncio.run(main())
