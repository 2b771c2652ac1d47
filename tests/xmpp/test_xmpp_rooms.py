"""Rooms of a real Prosody: going in and out, speaking, the archive, edits, invitations, and why it said no."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from people import Person, new_account, signed_in, until
from room_people import in_a_room, inside, new_name, run, say, service

from messenger.demo.prosody import ROOMS, Prosody
from messenger.domain.errors import (
    FeatureMissing,
    InvalidAddress,
    NotARoom,
    NotConnected,
    RoomBanned,
    RoomError,
    RoomExists,
    RoomFull,
    RoomMembersOnly,
    RoomMissing,
    RoomNameTaken,
    RoomPasswordWrong,
    RoomWantsProof,
)
from messenger.domain.message import Direction, Via
from messenger.domain.room import RoomEnd, RoomInfo, RoomState
from messenger.services.room_ports import Bookmark, NewRoom
from messenger.stream.rooms import Place
from messenger.xmpp import room_words


@pytest.fixture(scope="module")
def server(memory_folder: Callable[[], Path]) -> Iterator[Prosody]:
    """A server with rooms."""
    with Prosody(memory_folder(), components={"rooms.robin.test": ROOMS}) as running:
        yield running


def test_two_people_talk_in_a_room_and_the_own_words_come_back(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
            name = await say(kim, room, "hello all")
            await until(lambda: kim.heard.bodies == ["hello all"] and sam.heard.bodies == ["hello all"])
            [mine], [theirs] = kim.heard.stored, sam.heard.stored
            assert (mine.direction, mine.origin_id, mine.kind) == (Direction.OUT, name, "groupchat")
            assert (theirs.direction, theirs.sender) == (Direction.IN, f"{room}/nick0")
            assert theirs.archive_id is not None
            assert theirs.archive_id.by == room
            assert theirs.archive_id == mine.archive_id
            assert theirs.occupant is not None
            assert theirs.occupant.occupant_id
            assert (theirs.occupant.role, theirs.occupant.affiliation) == ("moderator", "owner")
            assert theirs.stay
            assert not theirs.wants_receipt
            assert not theirs.markable
            assert not kim.heard.acks  # the room's copy is the acknowledgement, not the server's

    run(test)


def test_the_people_of_a_room_and_what_it_says_of_itself(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
            now = sam.session.rooms.now(room)
            assert [one.nick for one in now.occupants] == ["nick0", "nick1"]
            assert now.state is RoomState.INSIDE
            assert now.me.nick == "nick1"
            assert now.me.occupant_id
            assert kim.session.rooms.now(room).occupants[1].jid == sam.jid  # the owner sees addresses
            assert now.occupants[0].jid == ""  # others do not
            info = await sam.session.rooms.look(room)
            assert (info.name, info.people, info.archive, info.occupant_ids) == ("The room", 2, True, True)
            assert info.public
            assert await sam.session.rooms.service() == service(server)

    run(test)


def test_the_archive_of_a_room_gives_the_same_lines(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
            for number in range(5):
                await say(kim if number % 2 else sam, room, f"line {number}")
            await until(lambda: len(sam.heard.stored) == 5 and len(kim.heard.stored) == 5)
            page = await sam.session.rooms.page(room, None, 50)
            assert [one.body for one in page.messages] == sam.heard.bodies
            assert [one.archive_id for one in page.messages] == [one.archive_id for one in sam.heard.stored]
            assert [one.direction for one in page.messages] == [one.direction for one in sam.heard.stored]
            assert {one.via for one in page.messages} == {Via.ARCHIVE}
            assert all(one.stay == "" and one.times.archive for one in page.messages)
            ids = [one.archive_id.id for one in page.messages if one.archive_id is not None]
            found = await sam.session.rooms.by_ids(room, [ids[1], "no-such-id", ids[3]])
            assert [one.body for one in found] == [sam.heard.bodies[1], sam.heard.bodies[3]]

    run(test)


def test_somebody_who_comes_later_gets_nothing_that_is_in_the_archive_twice(server: Prosody) -> None:
    async def test() -> None:
        late = await new_account(server)
        async with in_a_room(server, await new_account(server)) as (room, [kim]):
            await say(kim, room, "before")
            await until(lambda: kim.heard.bodies == ["before"])
            async with signed_in(server, late) as [sam]:
                await sam.session.rooms.join(room, "late")
                page = await sam.session.rooms.page(room, None)
                assert [one.body for one in page.messages] == ["before"]
                await say(kim, room, "after")
                await until(lambda: sam.heard.bodies == ["after"])

    run(test)


def test_why_a_room_says_no(server: Prosody) -> None:
    async def test() -> None:
        kim_jid, sam_jid = await new_account(server), await new_account(server)
        async with in_a_room(server, kim_jid) as (room, [_kim]), signed_in(server, sam_jid) as [sam]:
            rooms = sam.session.rooms
            with pytest.raises(RoomNameTaken):
                await rooms.join(room, "nick0")
            assert rooms.now(room).state is RoomState.OUTSIDE
            with pytest.raises(RoomExists):
                await rooms.join(room, "sam", new=NewRoom("mine"))
            with pytest.raises(RoomMissing):
                await rooms.join(new_name(server), "sam")
            with pytest.raises(NotARoom):
                await rooms.join(kim_jid, "sam")  # a person is no room: nothing goes to them
            with pytest.raises(NotARoom):
                await rooms.look("nobody@nowhere.invalid")
            for wrong in ("rooms.robin.test", "a b@rooms.robin.test", ""):
                with pytest.raises(InvalidAddress):
                    await rooms.join(wrong, "sam")
            with pytest.raises(InvalidAddress):
                await rooms.join(room, "  ")
        async with in_a_room(server, kim_jid, members_only=True) as (room, [_kim]), signed_in(server, sam_jid) as [sam]:
            assert (await sam.session.rooms.look(room)).members_only
            with pytest.raises(RoomMembersOnly):
                await sam.session.rooms.join(room, "sam")

    run(test)


def test_passwords_kicks_and_bans_are_told_by_their_codes(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
            await admin(kim, room, "<item nick='nick1' role='none'/>")
            await until(lambda: sam.heard.rooms.get(room) and sam.heard.rooms[room].end is RoomEnd.KICKED)
            assert not inside(sam, room)
            with pytest.raises(NotConnected):
                await say(sam, room, "am I here?")
            await sam.session.rooms.join(room, "nick1")
            await admin(kim, room, f"<item jid='{sam.jid}' affiliation='outcast'/>")
            await until(lambda: sam.heard.rooms[room].end is RoomEnd.BANNED)
            with pytest.raises(RoomBanned):
                await sam.session.rooms.join(room, "nick1")
            await admin(kim, room, f"<item jid='{sam.jid}' affiliation='none'/>")
            await config(kim, room, "muc#roomconfig_roomsecret", "sesame")
            with pytest.raises(RoomPasswordWrong):
                await sam.session.rooms.join(room, "nick1", "salt")
            await sam.session.rooms.join(room, "nick1", "sesame")
            assert inside(sam, room)
            assert not sam.session.rooms.now(room).info.public
            await destroy(kim, room)
            await until(lambda: sam.heard.rooms[room].end is RoomEnd.DESTROYED)

    run(test)


def test_leaving_is_the_own_deed_and_others_see_it(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
            await sam.session.rooms.leave(room)
            await until(lambda: room in sam.heard.rooms and sam.heard.rooms[room].end is RoomEnd.LEFT)
            await until(lambda: len(kim.session.rooms.now(room).occupants) == 1)
            await say(kim, room, "alone")
            await until(lambda: kim.heard.bodies == ["alone"])
            assert sam.heard.bodies == []

    run(test)


def test_s06_edits_name_their_message_and_their_occupant(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
            name = await say(kim, room, "first")
            await until(lambda: sam.heard.bodies == ["first"])
            first = sam.heard.stored[0]
            await say(kim, room, "second", corrects=name)
            await until(lambda: len(sam.heard.stored) == 2)
            assert sam.heard.stored[1].corrects == first.stanza_id
            assert sam.heard.stored[1].occupant == first.occupant
            assert sam.heard.stored[1].stay == first.stay
            await say(kim, room, "", retracts=first.archive_id.id if first.archive_id else "")
            await until(lambda: len(sam.heard.stored) == 3)
            assert sam.heard.stored[2].retracts == (first.archive_id.id if first.archive_id else None)
            # Who leaves and comes back is the same occupant, but another stay.
            await kim.session.rooms.leave(room)
            await until(lambda: not inside(kim, room))
            await kim.session.rooms.join(room, "nick0")
            await say(kim, room, "again")
            await until(lambda: len(sam.heard.stored) == 4)
            assert sam.heard.stored[3].stay != first.stay
            assert sam.heard.stored[3].occupant is not None
            assert first.occupant is not None
            assert sam.heard.stored[3].occupant.occupant_id == first.occupant.occupant_id

    run(test)


def test_invitations_are_facts_and_nothing_is_joined(server: Prosody) -> None:
    async def test() -> None:
        guest = await new_account(server)
        async with signed_in(server, guest) as [sam]:
            async with in_a_room(server, await new_account(server)) as (room, [kim]):
                await kim.session.rooms.invite(room, guest)
                await until(lambda: len(sam.heard.invitations) == 1)
                [found] = sam.heard.invitations
                assert (found.room, found.inviter, found.by_room) == (room, kim.jid, False)
            async with in_a_room(server, kim.jid, members_only=True) as (room, [kim]):
                await kim.session.rooms.invite(room, guest)
                await until(lambda: len(sam.heard.invitations) == 2)
                found = sam.heard.invitations[1]
                assert (found.room, found.inviter, found.by_room) == (room, f"{room}/nick0", True)
                assert not inside(sam, room)
                assert sam.heard.stored == []
                await sam.session.rooms.join(room, "guest")  # asked in, so a member now
                assert inside(sam, room)

    run(test)


def test_self_ping_finds_out_that_the_room_forgot_us(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [_kim, sam]):
            await sam.session.rooms.check_all()
            assert inside(sam, room)
            # Behind the session's back, as after a server's restart.
            nick = sam.session.rooms.now(room).me.nick
            stanza = f"<presence xmlns='jabber:client' to='{room}/{nick}' type='unavailable'/>"
            sam.session._ingress.rooms.leave(room)  # its answer is not heard
            sam.session._traffic.nonza(stanza)
            place = Place(room, nick, True, True, inside=True)
            await until(lambda: len(_kim.session.rooms.now(room).occupants) == 1)
            sam.session._ingress.rooms.enter(place)
            await sam.session.rooms.check_all()
            assert sam.heard.rooms[room].end is RoomEnd.LOST
            assert not inside(sam, room)

    run(test)


def test_private_messages_through_a_room_are_dropped_and_counted(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
            sam.session._traffic.nonza(
                f"<message xmlns='jabber:client' to='{room}/nick0' type='chat' id='pm'><body>psst</body></message>"
            )
            await until(lambda: kim.session.drops().get("private message of a room") == 1)
            assert kim.heard.stored == []

    run(test)


def test_s10_bookmarks_are_private_and_come_back(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server)) as [kim]:
            rooms = kim.session.rooms
            assert await rooms.bookmarks() == ()
            kept = Bookmark(f"a@{service(server)}", "A", "kim", True)
            assert await rooms.set_bookmark(kept)
            assert await rooms.bookmarks() == (kept,)
            await rooms.drop_bookmark(kept.room)
            assert await rooms.bookmarks() == ()

    run(test)


def test_a_room_without_reports_says_so(server: Prosody) -> None:
    async def test() -> None:
        async with in_a_room(server, await new_account(server)) as (room, [kim]):
            with pytest.raises(FeatureMissing):
                await kim.session.rooms.report_occupant(room, "someone", "words")

    run(test)


def test_s08_a_room_that_takes_reports_gets_one_and_takes_the_message_away(memory_folder: Callable[[], Path]) -> None:
    modules = ROOMS.replace('"muc_mam"', '"muc_mam", "room_reports"')
    plugins = (Path(__file__).parent / "prosody_modules",)
    with Prosody(memory_folder(), components={"rooms.robin.test": modules}, plugins=plugins) as server:

        async def test() -> None:
            async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
                await say(sam, room, "bad words")
                await until(lambda: kim.heard.bodies == ["bad words"])
                line = kim.heard.stored[0]
                assert line.archive_id is not None
                assert line.occupant is not None
                assert (await kim.session.rooms.look(room)).reports
                await kim.session.rooms.report_occupant(room, line.occupant.occupant_id, line.archive_id.id)
                await until(lambda: len(kim.heard.stored) == 2)
                taken = kim.heard.stored[1]
                assert (taken.moderates, taken.retracts) == (line.archive_id.id, line.archive_id.id)
                assert (taken.sender, taken.body, taken.occupant) == (room, "not here", None)

        run(test)


@pytest.mark.parametrize(
    ("condition", "error"),
    [
        ("captcha", RoomWantsProof),
        ("not-authorized", RoomPasswordWrong),
        ("registration-required", RoomMembersOnly),
        ("forbidden", RoomBanned),
        ("conflict", RoomNameTaken),
        ("service-unavailable", RoomFull),
        ("item-not-found", RoomMissing),
        ("something-new", RoomError),
    ],
)
def test_each_refusal_is_a_plain_sentence(condition: str, error: type[RoomError]) -> None:
    found = room_words.refused(condition)
    assert type(found) is error
    assert found.sentence.endswith(".")
    assert found.advice.endswith(".")


async def admin(person: Person, room: str, item: str) -> None:
    await ask(person, room, f"<query xmlns='http://jabber.org/protocol/muc#admin'>{item}</query>")


async def destroy(person: Person, room: str) -> None:
    await ask(person, room, "<query xmlns='http://jabber.org/protocol/muc#owner'><destroy/></query>")


async def config(person: Person, room: str, name: str, value: str) -> None:
    fields = "<field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>"
    form = f"<x xmlns='jabber:x:data' type='submit'>{fields}<field var='{name}'><value>{value}</value></field></x>"
    await ask(person, room, f"<query xmlns='http://jabber.org/protocol/muc#owner'>{form}</query>")


async def ask(person: Person, room: str, payload: str) -> None:
    await person.session._traffic.request("set", ElementTree.fromstring(payload), room)


def test_a_room_that_is_reported_is_not_looked_at_when_it_calls(server: Prosody, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever owns the room can change its settings at any time: a question back would show that somebody is there."""

    async def test() -> None:
        async with in_a_room(server, await new_account(server), await new_account(server)) as (room, [kim, sam]):
            asked: list[str] = []
            look = sam.session.rooms.look

            async def noted(name: str) -> RoomInfo:
                asked.append(name)
                return await look(name)

            monkeypatch.setattr(sam.session.rooms, "look", noted)
            sam.session.set_quiet(frozenset({room}))
            settings = room_words.set_up(NewRoom("Another name", members_only=False))
            await kim.session._traffic.request("set", settings, room)
            await until(lambda: kim.session.rooms.now(room).info.name == "Another name")
            await say(kim, room, "after it")
            await until(lambda: sam.heard.bodies == ["after it"])
            await sam.session.rooms.check_all()
            assert asked == []
            assert sam.session.rooms.now(room).info.name == "The room"
            sam.session.set_quiet(frozenset())
            await sam.session.rooms.check_all()
            await until(lambda: sam.session.rooms.now(room).info.name == "Another name")
            assert asked == [room]

    run(test)
