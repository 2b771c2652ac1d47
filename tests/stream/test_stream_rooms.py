"""Forged stanzas of rooms at the one way in (security.md S03, S06, S08, S09, S15, S17, L10): only the room's own word counts."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.message import ArchiveId, Direction, Occupant, Via
from messenger.stream.address import prepared
from messenger.stream.counts import Counts, Drop
from messenger.stream.facts import ArchiveHit, Chat, Fact, Query
from messenger.stream.ingress import Ingress
from messenger.stream.room_facts import Came, RoomInvited, RoomNotice, RoomPresence, RoomSubject
from messenger.stream.rooms import Place

ME = "kim@robin.test"
FULL = "kim@robin.test/r1"
ROOM = "club@rooms.robin.test"
NOW = "2026-11-24T10:00:00.000Z"
BEFORE = "2026-11-24T09:00:00Z"
USER = "http://jabber.org/protocol/muc#user"


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def ingress(counts: Counts) -> Ingress:
    account = prepared(ME)
    assert account is not None
    made = Ingress(account, counts)
    made.own_full = FULL
    made.contacts = made.watchers = frozenset({"sam@robin.test"})
    made.rooms.enter(Place(ROOM, "kim", ids=True, occupant_ids=True))
    admit(made, presence("bob", oid("id-bob")))
    admit(made, presence("kim", oid("id-kim"), codes=(110,)))
    admit(made, message("bob", "<subject>talk</subject>"))
    return made


def admit(ingress: Ingress, xml: str) -> Fact | None:
    return ingress.admit(ET.fromstring(xml), NOW)


def oid(name: str) -> str:
    return f"<occupant-id xmlns='urn:xmpp:occupant-id:0' id='{name}'/>"


def sid(name: str, by: str = ROOM) -> str:
    return f"<stanza-id xmlns='urn:xmpp:sid:0' id='{name}' by='{by}'/>"


def delay(by: str = ROOM) -> str:
    return f"<delay xmlns='urn:xmpp:delay' from='{by}' stamp='{BEFORE}'/>"


def presence(
    nick: str,
    inner: str = "",
    codes: tuple[int, ...] = (),
    kind: str = "",
    item: str = "role='participant' affiliation='none'",
    extra: str = "",
    room: str = ROOM,
) -> str:
    status = "".join(f"<status code='{code}'/>" for code in codes)
    what = f"type='{kind}'" if kind else ""
    x = f"<x xmlns='{USER}'><item {item}/>{status}{extra}</x>"
    return f"<presence xmlns='jabber:client' from='{room}/{nick}' to='{FULL}' {what}>{x}{inner}</presence>"


def message(nick: str, inner: str = "<body>hi</body>", kind: str = "groupchat", room: str = ROOM) -> str:
    sender = f"{room}/{nick}" if nick else room
    return f"<message xmlns='jabber:client' from='{sender}' to='{FULL}' type='{kind}' id='m1'>{inner}</message>"


def said(ingress: Ingress, nick: str, inner: str = "") -> Chat:
    found = admit(ingress, message(nick, f"<body>hi</body>{inner}"))
    assert isinstance(found, Chat)
    return found


def result(inner: str, sender: str = ROOM, query: str = "q1", stamp: str = BEFORE) -> str:
    forwarded = f"<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>{inner}"
    return (
        f"<message xmlns='jabber:client' from='{sender}' to='{FULL}'><result xmlns='urn:xmpp:mam:2' queryid='{query}'"
        f" id='a1'><forwarded xmlns='urn:xmpp:forward:0'>{forwarded}</forwarded></result></message>"
    )


def test_only_joined_rooms_speak(ingress: Ingress, counts: Counts) -> None:
    assert admit(ingress, message("bob", room="other@rooms.robin.test")) is None
    assert admit(ingress, presence("bob", room="other@rooms.robin.test")) is None
    assert (counts[Drop.ROOM], counts[Drop.STRANGER_PRESENCE]) == (1, 1)
    ingress.rooms.leave(ROOM)
    assert admit(ingress, message("bob")) is None


def test_a_message_has_its_occupant_and_the_rooms_id(ingress: Ingress) -> None:
    found = said(ingress, "bob", oid("id-bob") + sid("s1"))
    assert (found.direction, found.counterpart, found.kind) == (Direction.IN, ROOM, "groupchat")
    assert found.occupant == Occupant("bob", "id-bob", "participant", "none")
    assert found.archive_id == ArchiveId(ROOM, "s1")
    assert found.stay


def test_s17_archive_ids_of_others_do_not_count(ingress: Ingress) -> None:
    for by in ("rooms.robin.test", f"{ROOM}/bob", ME, "club@rooms.robin.test.evil.example"):
        assert said(ingress, "bob", oid("id-bob") + sid("x", by)).archive_id is None
    both = said(ingress, "bob", sid("fake") + oid("id-bob") + sid("real"))
    assert both.archive_id is None
    assert both.duplicate_archive_ids


def test_s15_lasting_ids_only_where_the_room_announces_them(ingress: Ingress) -> None:
    place = ingress.rooms.place(ROOM)
    assert place is not None
    twice = said(ingress, "bob", oid("id-eve") + oid("id-bob"))
    assert twice.occupant == Occupant("bob")  # two of them: none counts
    place.announce(ids=False, occupant_ids=False)
    found = said(ingress, "bob", oid("id-bob") + sid("s1"))
    assert found.occupant is not None
    assert found.occupant.occupant_id == ""
    assert found.archive_id is None


def test_a_room_that_announces_its_ids_later_is_believed_from_then_on(ingress: Ingress) -> None:
    ingress.rooms.enter(Place(ROOM, "kim", ids=False, occupant_ids=False))
    admit(ingress, presence("kim", oid("id-kim"), codes=(110, 201)))
    place = ingress.rooms.place(ROOM)
    assert place is not None
    assert place.my_id == ""
    assert place.me.occupant_id == ""
    place.announce(ids=True, occupant_ids=True)
    assert place.my_id == "id-kim" == place.me.occupant_id


def test_my_own_words_are_known_by_name_and_lasting_id(ingress: Ingress) -> None:
    assert said(ingress, "kim", oid("id-kim")).direction is Direction.OUT
    assert said(ingress, "kim", oid("id-eve")).direction is Direction.IN
    assert said(ingress, "kim").direction is Direction.IN
    assert said(ingress, "bob", oid("id-kim")).direction is Direction.IN


def test_old_words_under_my_name_are_mine_only_by_the_lasting_id(ingress: Ingress) -> None:
    place = ingress.rooms.place(ROOM)
    assert place is not None
    place.history = True
    assert said(ingress, "kim", delay()).direction is Direction.IN
    assert said(ingress, "kim", delay() + oid("id-kim")).direction is Direction.OUT
    assert said(ingress, "old name", delay() + oid("id-kim")).direction is Direction.OUT


def test_s17_delays_count_only_of_the_room_and_only_in_its_history(ingress: Ingress) -> None:
    place = ingress.rooms.place(ROOM)
    assert place is not None
    assert said(ingress, "bob", delay()).times.delay is None  # the history is over
    place.history = True
    found = said(ingress, "bob", delay())
    assert found.times.delay == "2026-11-24T09:00:00.000Z"
    assert found.stay == ""
    for by in (f"{ROOM}/bob", "eve@evil.example", "robin.test"):
        assert said(ingress, "bob", delay(by)).times.delay is None
    assert said(ingress, "bob", delay() + delay()).times.delay is None


def test_the_subject_ends_the_history(ingress: Ingress) -> None:
    place = ingress.rooms.place(ROOM)
    assert place is not None
    place.history = True
    assert admit(ingress, message("bob", "<subject>new</subject>")) == RoomSubject(ROOM, "new")
    assert not place.history
    found = admit(ingress, message("bob", "<subject>new</subject><body>words</body>"))
    assert isinstance(found, Chat)  # with words it is a message


def test_s08_moderation_only_of_the_room_itself(ingress: Ingress, counts: Counts) -> None:
    inner = (
        "<retract xmlns='urn:xmpp:message-retract:1' id='s1'>"
        "<moderated xmlns='urn:xmpp:message-moderate:1' by='club@rooms.robin.test/bob'/></retract>"
    )
    old = (
        "<apply-to xmlns='urn:xmpp:fasten:0' id='s1'><moderated xmlns='urn:xmpp:message-moderate:0'>"
        "<retract xmlns='urn:xmpp:message-retract:0'/></moderated></apply-to>"
    )
    for form in (inner, old):
        real = admit(ingress, message("", form))
        assert isinstance(real, Chat)
        assert real.moderates == "s1"
        assert real.sender.full == ROOM
        forged = admit(ingress, message("bob", f"<body>x</body>{form}"))
        assert isinstance(forged, Chat)
        assert forged.moderates == ""
        assert forged.occupant is not None
    place = ingress.rooms.place(ROOM)
    assert place is not None
    place.announce(ids=False, occupant_ids=True)
    found = admit(ingress, message("", inner))
    assert isinstance(found, Chat)
    assert found.moderates == ""
    assert admit(ingress, message("", "<body>bob left</body>")) is None
    assert counts[Drop.ROOM] == 1


def test_s03_results_of_a_rooms_archive_only_from_the_room_that_was_asked(ingress: Ingress, counts: Counts) -> None:
    place = ingress.rooms.place(ROOM)
    assert place is not None
    ingress.rooms.queries["q1"] = place
    inner = message("bob", "<body>old</body>" + oid("id-bob") + sid("fake"))
    good = admit(ingress, result(inner))
    assert isinstance(good, ArchiveHit)
    assert good.chat is not None
    assert good.chat.archive_id == ArchiveId(ROOM, "a1")
    assert good.chat.via is Via.ARCHIVE
    assert good.chat.times.archive == "2026-11-24T09:00:00.000Z"
    assert (good.chat.direction, good.chat.stay) == (Direction.IN, "")
    mine = admit(ingress, result(message("kim", "<body>old</body>" + oid("id-kim"))))
    assert isinstance(mine, ArchiveHit)
    assert mine.chat is not None
    assert mine.chat.direction is Direction.OUT
    for sender in (ME, f"{ROOM}/bob", "eve@evil.example", "robin.test", "other@rooms.robin.test"):
        assert admit(ingress, result(inner, sender)) is None
    assert counts[Drop.FORGED_ARCHIVE] == 5
    assert admit(ingress, result(inner, query="q2")) is None
    other = admit(ingress, result(message("bob", room="other@rooms.robin.test")))
    chat = admit(ingress, result(message("bob", kind="chat")))
    assert isinstance(other, ArchiveHit)
    assert other.chat is None
    assert isinstance(chat, ArchiveHit)
    assert chat.chat is None


def test_s02_a_wrapper_inside_a_room_message_is_dropped(ingress: Ingress, counts: Counts) -> None:
    inner = "<received xmlns='urn:xmpp:carbons:2'/>"
    assert admit(ingress, message("bob", f"<body>x</body>{inner}")) is None
    # A carbon is never a room's: it ends as a forged one.
    assert counts[Drop.FORGED_CARBON] + counts[Drop.NESTED] == 1


def test_who_comes_goes_and_is_renamed(ingress: Ingress) -> None:
    place = ingress.rooms.place(ROOM)
    assert place is not None
    stay = place.stays["bob"]
    gone = admit(
        ingress, presence("bob", oid("id-bob"), codes=(303,), kind="unavailable", item="nick='robert' role='none'")
    )
    assert gone == RoomPresence(
        ROOM, Came.GONE, Occupant("bob", "id-bob", "none"), False, frozenset({303}), new_nick="robert"
    )
    admit(ingress, presence("robert", oid("id-bob")))
    assert place.stays["robert"] == stay
    assert "bob" not in place.occupants
    admit(ingress, presence("robert", kind="unavailable", item="role='none'"))
    admit(ingress, presence("robert", oid("id-eve")))
    assert place.stays["robert"] != stay


def test_being_put_out_closes_the_room_at_once(ingress: Ingress) -> None:
    found = admit(ingress, presence("kim", kind="unavailable", codes=(110, 307), item="role='none'"))
    assert isinstance(found, RoomPresence)
    assert found.mine
    assert found.codes == {110, 307}
    assert admit(ingress, message("bob")) is None


def test_status_codes_count_only_once_and_only_from_the_rooms_element(ingress: Ingress) -> None:
    forged = presence("bob", f"<x xmlns='{USER}'><status code='110'/></x>")
    assert admit(ingress, forged) is None  # two such elements: the room's and somebody's
    notice = admit(ingress, message("", f"<x xmlns='{USER}'><status code='104'/><status code='-1'/></x>"))
    assert notice == RoomNotice(ROOM, frozenset({104}))


def test_a_refused_join_says_why_and_lets_go(ingress: Ingress) -> None:
    ingress.rooms.enter(Place(ROOM, "kim", True, True))
    error = "<error type='auth'><not-authorized xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>"
    xml = f"<presence xmlns='jabber:client' from='{ROOM}/kim' to='{FULL}' type='error'>{error}</presence>"
    found = admit(ingress, xml)
    assert isinstance(found, RoomPresence)
    assert found.came is Came.REFUSED
    assert found.condition == "not-authorized"
    assert ingress.rooms.place(ROOM) is None


def test_a_question_for_proof_ends_the_try_and_later_ones_are_nothing(ingress: Ingress, counts: Counts) -> None:
    captcha = "<captcha xmlns='urn:xmpp:captcha'/><body>look at this picture</body>"
    assert admit(ingress, message("", captcha, kind="normal")) is None  # inside already: no such question is due
    ingress.rooms.enter(Place(ROOM, "kim", True, True))
    assert admit(ingress, message("bob", captcha, kind="normal")) is None
    found = admit(ingress, message("", captcha, kind="normal"))
    assert isinstance(found, RoomPresence)
    assert (found.came, found.condition) == (Came.REFUSED, "captcha")
    assert ingress.rooms.place(ROOM) is None


def test_private_messages_of_rooms_are_dropped_and_counted(ingress: Ingress, counts: Counts) -> None:
    assert admit(ingress, message("bob", kind="chat")) is None
    assert admit(ingress, message("bob", f"<body>x</body><x xmlns='{USER}'/>", "chat", "left@rooms.robin.test")) is None
    ingress.rooms.known = frozenset({"past@rooms.robin.test"})
    assert admit(ingress, message("bob", kind="chat", room="past@rooms.robin.test")) is None
    assert counts[Drop.ROOM_PRIVATE] == 3


def test_invitations_are_facts_with_the_servers_word_for_who_sent_them(ingress: Ingress) -> None:
    direct = "<x xmlns='jabber:x:conference' jid='new@rooms.robin.test' reason='come' password='pw'/>"
    xml = f"<message xmlns='jabber:client' from='eve@evil.example/x' to='{FULL}'>{direct}<body>join!</body></message>"
    assert admit(ingress, xml) == RoomInvited("new@rooms.robin.test", "eve@evil.example", False, "come", "pw")
    through = (
        f"<x xmlns='{USER}'><invite from='sam@robin.test/home'><reason>hi</reason></invite></x>"
        "<x xmlns='jabber:x:conference' jid='other@rooms.robin.test'/>"
    )
    xml = f"<message xmlns='jabber:client' from='new@rooms.robin.test' to='{FULL}'>{through}</message>"
    assert admit(ingress, xml) == RoomInvited("new@rooms.robin.test", "sam@robin.test", True, "hi", "")
    # A person who pretends to be a room can only ask into their own address.
    xml = f"<message xmlns='jabber:client' from='eve@evil.example/x' to='{FULL}' type='chat'>{through}</message>"
    assert admit(ingress, xml) is None
    bad = "<x xmlns='jabber:x:conference' jid='rooms.robin.test'/><body>words</body>"
    xml = f"<message xmlns='jabber:client' from='eve@evil.example/x' to='{FULL}'>{bad}</message>"
    assert isinstance(admit(ingress, xml), Chat)


def test_only_the_own_place_may_be_pinged_through_the_room(ingress: Ingress, counts: Counts) -> None:
    ping = (
        f"<iq xmlns='jabber:client' from='{ROOM}/kim' to='{FULL}' type='get' id='p1'><ping xmlns='urn:xmpp:ping'/></iq>"
    )
    assert isinstance(admit(ingress, ping), Query)
    assert admit(ingress, ping.replace("/kim", "/bob")) is None
    assert counts[Drop.STRANGER_QUERY] == 1


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["", "unavailable", "error", "x"]))
def test_no_name_or_id_breaks_the_way_in(nick: str, name: str, kind: str) -> None:
    account = prepared(ME)
    assert account is not None
    one = Ingress(account, Counts())
    one.own_full = FULL
    one.rooms.enter(Place(ROOM, "kim", True, True))
    element = ET.fromstring(presence("bob", oid("x"), kind=kind))
    element.set("from", f"{ROOM}/{nick}")
    element[1].set("id", name)
    one.admit(element, NOW)
    talk = ET.fromstring(message("bob", "<body>hi</body>" + oid("x") + sid("y")))
    talk.set("from", f"{ROOM}/{nick}")
    talk[2].set("id", name)
    one.admit(talk, NOW)
