"""Rooms in the store: who said it, edits by the same occupant only, moderation as history, echoes, look-alikes, evidence."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from messenger.domain.message import (
    ArchiveId,
    DeliveryState,
    Direction,
    IncomingMessage,
    Occupant,
    OutgoingMessage,
    RawStanza,
    Times,
    Via,
)
from messenger.domain.room import RoomEnd, RoomInfo, RoomInvitation, RoomNow, RoomState
from messenger.storage import conversations, history, migrations, outgoing, pages, rooms, search, snapshots
from messenger.storage.connection import Connection, connect

ME, ROOM = "kim@robin.test", "club@rooms.robin.test"
BOB, EVE = Occupant("bob", "id-bob", "participant", "member"), Occupant("eve", "id-eve", "participant", "none")


@pytest.fixture
def conn(tmp_path: Path) -> Connection:
    made = connect(tmp_path / "robin.db", bytes(32))
    migrations.migrate(made)
    return made


@pytest.fixture
def room(conn: Connection) -> int:
    found = rooms.ensure(conn, ME, ROOM, "kim")
    features = ("urn:xmpp:mam:2", "urn:xmpp:occupant-id:0")
    me = Occupant("kim", "id-kim", "participant", "none")
    rooms.put_now(conn, ME, RoomNow(ROOM, RoomState.INSIDE, RoomInfo(ROOM, "Club", features=features), me, (me, BOB)))
    return found


def said(number: int, body: str, who: Occupant | None = BOB, **more: object) -> IncomingMessage:
    sender = f"{ROOM}/{who.nick}" if who else ROOM
    raw = RawStanza(f"<message>{body}{number}</message>", f"{number:064x}", "", f"{number:064x}")
    made = IncomingMessage(
        account=ME,
        counterpart=ROOM,
        direction=Direction.IN,
        via=Via.LIVE,
        sender=sender,
        to=ME,
        kind="groupchat",
        stanza_id=f"m{number}",
        origin_id="",
        archive_id=ArchiveId(ROOM, f"a{number}"),
        duplicate_archive_ids=False,
        body=body,
        lang="",
        times=Times(f"2026-11-24T10:00:{number:02}.000Z"),
        raw=raw,
        occupant=who,
    )
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def shown(conn: Connection, room: int) -> list[tuple[str, bool, bool]]:
    return [(one.body, one.edited, one.retracted) for one in pages.page(conn, room).messages]


def test_a_room_is_a_chat_with_its_name_and_says_who_spoke_last(conn: Connection, room: int) -> None:
    history.store(conn, [said(1, "hello")])
    [row] = conversations.chats(conn, ME)
    assert (row.is_room, row.title, row.preview, row.unread) == (True, "Club", "bob: hello", 1)
    [view] = pages.page(conn, room).messages
    assert (view.sender_name, view.occupant, view.looks_like) == ("bob", BOB, "")


def test_what_was_said_in_a_room_is_found_with_its_name(conn: Connection, room: int) -> None:
    history.store(conn, [said(1, "hello robin")])
    [hit] = search.search(conn, ME, "robin")
    assert (hit.title, hit.sender_name) == ("Club", "bob")


def test_own_words_come_back_as_one_line_and_are_acknowledged(conn: Connection, room: int) -> None:
    outgoing.add(conn, room, OutgoingMessage(ME, ROOM, "o1", "mine", kind="groupchat"), "2026-11-24T10:00:00.000Z")
    assert [one.kind for one in outgoing.waiting(conn, ME)] == ["groupchat"]
    me = Occupant("kim", "id-kim")
    echo = said(1, "mine", me, direction=Direction.OUT, origin_id="o1", stanza_id="o1")
    [stored] = history.store(conn, [echo])
    assert stored.acknowledged == ["o1"]
    assert outgoing.waiting(conn, ME) == []
    [view] = pages.page(conn, room).messages
    assert (view.direction, view.state, view.sender_name) == (Direction.OUT, DeliveryState.SENT, "kim")
    # The same again out of the archive, under another name and seen as somebody's: still one line.
    history.store(conn, [said(1, "mine", me, direction=Direction.OUT, origin_id="o1", stanza_id="o1", via=Via.ARCHIVE)])
    assert len(pages.page(conn, room).messages) == 1


def test_an_echo_in_a_room_without_lasting_ids_is_mine_too(conn: Connection, room: int) -> None:
    outgoing.add(conn, room, OutgoingMessage(ME, ROOM, "o1", "mine", kind="groupchat"), "2026-11-24T10:00:00.000Z")
    history.store(conn, [said(1, "mine", Occupant("kim"), origin_id="o1", stanza_id="o1", via=Via.ARCHIVE)])
    assert outgoing.waiting(conn, ME) == []
    assert len(pages.page(conn, room).messages) == 1


def test_s06_only_the_same_lasting_id_corrects(conn: Connection, room: int) -> None:
    history.store(conn, [said(1, "first"), said(2, "forged", EVE, corrects="m1")])
    assert shown(conn, room) == [("first", False, False), ("forged", False, False)]
    imposter = Occupant("bob", "id-eve")
    history.store(conn, [said(3, "forged again", imposter, corrects="m1")])
    assert shown(conn, room)[0] == ("first", False, False)
    renamed = Occupant("robert", "id-bob")
    history.store(conn, [said(4, "better", renamed, corrects="m1")])
    assert shown(conn, room)[0] == ("better", True, False)


def test_s06_without_lasting_ids_only_within_one_stay(conn: Connection, room: int) -> None:
    bob = Occupant("bob")
    history.store(conn, [said(1, "first", bob, stay="s1"), said(2, "later", bob, stay="s2", corrects="m1")])
    assert shown(conn, room) == [("first", False, False), ("later", False, False)]
    history.store(conn, [said(3, "no stay", bob, stay="", corrects="m1")])
    history.store(conn, [said(4, "other name", Occupant("rob"), stay="s1", corrects="m1")])
    assert shown(conn, room)[0] == ("first", False, False)
    history.store(conn, [said(5, "better", bob, stay="s1", corrects="m1")])
    assert shown(conn, room)[0] == ("better", True, False)
    # Out of an archive nobody's stay is known: two empty marks are no match.
    history.store(conn, [said(6, "old", bob, via=Via.ARCHIVE), said(7, "x", bob, via=Via.ARCHIVE, corrects="m6")])
    assert ("old", False, False) in shown(conn, room)


def test_s08_retraction_by_the_same_occupant_only_and_kept_as_history(conn: Connection, room: int) -> None:
    history.store(conn, [said(1, "words"), said(2, "", EVE, retracts="a1")])
    assert shown(conn, room)[0] == ("words", False, False)
    history.store(conn, [said(3, "", retracts="a1")])
    assert shown(conn, room)[0] == ("", False, True)
    snap = snapshots.snapshot(conn, room, "2026-11-24T11:00:00.000Z")
    [line] = snapshots.captured(conn, snap, [1])
    assert line.body == "words"
    assert [one.kind for one in line.edits] == ["retraction"]


def test_s08_the_room_takes_a_message_away_and_evidence_keeps_it(conn: Connection, room: int) -> None:
    history.store(conn, [said(1, "words"), said(2, "not here", None, retracts="a1", moderates="a1")])
    [view] = pages.page(conn, room).messages
    assert (view.body, view.retracted, view.moderated) == ("", True, True)
    snap = snapshots.snapshot(conn, room, "2026-11-24T11:00:00.000Z")
    [line] = snapshots.captured(conn, snap, [1])
    assert (line.body, [(one.kind, one.sender, one.body) for one in line.edits]) == (
        "words",
        [("retraction_by_room", ROOM, "not here")],
    )


def test_s08_a_moderation_that_comes_before_its_message(conn: Connection, room: int) -> None:
    history.store(conn, [said(2, "", None, retracts="a1", moderates="a1", via=Via.ARCHIVE)])
    assert shown(conn, room) == []
    history.store(conn, [said(1, "words", via=Via.ARCHIVE), said(3, "other", via=Via.ARCHIVE)])
    assert shown(conn, room) == [("", False, True), ("other", False, False)]


def test_s15_names_that_look_alike_are_marked_both_ways(conn: Connection, room: int) -> None:
    fakes = ["b\u043eb", "bob ", "b\u200bob", "bo\u00a0b", "\u3164bob"]
    history.store(conn, [said(1, "real")])
    for number, nick in enumerate(fakes, 2):
        history.store(conn, [said(number, "fake", Occupant(nick, f"id-{number}"))])
    history.store(conn, [said(20, "hello", EVE)])
    views = pages.page(conn, room).messages
    assert [one.looks_like != "" for one in views] == [True, *[True] * len(fakes), False]


def test_s15_one_person_under_two_spellings_is_not_marked_and_a_taken_name_is(conn: Connection, room: int) -> None:
    history.store(conn, [said(1, "a", EVE), said(2, "b", Occupant("Eve", "id-eve"))])
    assert {one.looks_like for one in pages.page(conn, room).messages} == {""}
    history.store(conn, [said(3, "c", Occupant("eve", "id-mallory"))])
    assert pages.page(conn, room).messages[2].looks_like in ("eve", "Eve")


def test_a_flood_of_names_is_cut(conn: Connection, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "_MOST_NAMES", 10)
    rooms.note_names(conn, room, [Occupant(f"n{n}") for n in range(50)])
    count = conn.execute("SELECT count(*) FROM room_names").fetchone()[0]
    assert count == 10


def test_a_snapshot_holds_the_room_and_the_own_place(conn: Connection, room: int) -> None:
    history.store(conn, [said(1, "words")])
    snap = snapshots.snapshot(conn, room, "2026-11-24T11:00:00.000Z")
    assert snap.room is not None
    assert (snap.room.jid, snap.room.name, snap.room.public) == (ROOM, "Club", True)
    assert snap.room.me == Occupant("kim", "id-kim", "participant", "none", ME)
    [line] = snapshots.captured(conn, snap, [1])
    assert line.occupant == BOB
    chat = conversations.ensure(conn, ME, "sam@robin.test")
    assert snapshots.snapshot(conn, chat, "2026-11-24T11:00:00.000Z").room is None


def test_leaving_and_how_it_ended_is_remembered(conn: Connection, room: int) -> None:
    rooms.set_wanted(conn, room, False)
    rooms.put_now(conn, ME, RoomNow(ROOM, RoomState.OUTSIDE, end=RoomEnd.KICKED))
    found = rooms.find(conn, ME, ROOM)
    assert found is not None
    assert (found.wanted, found.nick) == (False, "kim")
    assert conversations.chats(conn, ME) == ()  # nothing was said: no row is left behind
    rooms.ensure(conn, ME, ROOM, "kimberly", "pw")
    found = rooms.get(conn, room)
    assert found is not None
    assert (found.wanted, found.nick, found.password) == (True, "kimberly", "pw")
    assert "pw" not in repr(found)


def test_invitations_are_kept_until_answered_and_a_flood_is_cut(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = RoomInvitation(ME, ROOM, "sam@robin.test", False, "come", "pw", "2026-11-24T10:00:00.000Z")
    assert rooms.add_invitation(conn, made)
    assert rooms.invitations(conn, ME) == (made,)
    monkeypatch.setattr(rooms, "_MOST_INVITATIONS", 1)
    assert not rooms.add_invitation(conn, dataclasses.replace(made, room="other@rooms.robin.test"))
    assert rooms.add_invitation(conn, dataclasses.replace(made, reason="again"))  # the same room: in its place
    rooms.drop_invitation(conn, ME, ROOM)
    assert rooms.invitations(conn, ME) == ()
