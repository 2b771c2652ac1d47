"""Groups in the window: names with colours and marks, the head, the people, being outside, joining, invitations, reports."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from messenger.domain.conversation import ChatSummary
from messenger.domain.errors import InvalidAddress, RoomMembersOnly, RoomNameTaken, RoomPasswordWrong
from messenger.domain.events import ChatsChanged, MessagesChanged, RequestsChanged, RoomChanged
from messenger.domain.evidence import Occupant
from messenger.domain.message import DeliveryState, Direction
from messenger.domain.report import Draft, ReportContext
from messenger.domain.room import RoomEnd, RoomInfo, RoomInvitation, RoomNow, RoomPerson, RoomState
from messenger.ui.conversation.bubble import measure
from messenger.ui.conversation.model import alike_words
from messenger.ui.report.prefill import about
from messenger.ui.rooms.invitation import InvitationCard
from messenger.ui.rooms.joining import GroupDialog
from messenger.ui.rooms.people import RoomPeople, RoomPersonRow
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import colour_number
from tests.ui.stand_ins import ME, at
from tests.ui.walk import faults

ROOM = "club@rooms.example.org"
ANN, BOB = Occupant("Ann", "id-ann", "moderator", "owner"), Occupant("bob", "id-bob", "participant", "none")
FAKE = Occupant("b\u043eb", "id-fake", "participant", "none", "fake@bad.example")
SAM = Occupant("Sam", "id-sam", "participant", "member")


@pytest.fixture
def group(engine):
    """A group among the everyday chats: conversation 20."""
    hub = engine.hub
    got = DeliveryState.RECEIVED
    row = ChatSummary(
        20, ME, ROOM, "Book club", "bob: hello", at(0, 15, 40), Direction.IN, got, 0, "", True, is_room=True
    )
    hub.conversations.rows.append(row)
    info = RoomInfo(ROOM, "Book club", features=("urn:xmpp:mam:2",))
    hub.rooms.stands[20] = RoomNow(ROOM, RoomState.INSIDE, info, SAM, (ANN, BOB, FAKE, SAM))
    hub.rooms.there[20] = (
        RoomPerson(SAM, True),
        RoomPerson(ANN),
        RoomPerson(BOB, looks_like="b\u043eb"),
        RoomPerson(FAKE, looks_like="bob"),
    )
    talk = hub.conversations
    talk.add(20, "who read chapter 4?", at(0, 15, 38), occupant=ANN)
    return engine


def said(engine, body, who, **more):
    view = engine.hub.conversations.add(20, body, at(0, 15, 39), **more)
    stored = engine.hub.conversations.stored[20]
    stored[-1] = replace(view, sender=f"{ROOM}/{who.nick}", sender_name=who.nick, occupant=who)
    return stored[-1]


@pytest.fixture
def in_group(group, make_window, qtbot):
    """The window with the group open."""
    stored = group.hub.conversations.stored[20]
    stored[0] = replace(stored[0], sender=f"{ROOM}/Ann", sender_name="Ann", occupant=ANN)
    said(group, "me, it was good", BOB)
    said(group, "send me your number", FAKE, looks_like="bob")
    window = make_window(group)
    window.open_conversation(20)
    qtbot.waitUntil(lambda: window.messages.rowCount() == 3)
    qtbot.waitUntil(lambda: window.conversation.header.presence.text() == "4 people")
    return window


def test_the_head_says_that_it_is_a_group_and_how_many_people_are_there(in_group):
    head = in_group.conversation.header
    assert head.name.text() == "Book club"
    assert head.people.isVisible()
    assert head.accessibleName() == "Group Book club"
    assert head.report.isVisible()
    words = [action.text() for action in head.menu().actions()]
    assert "Leave the group" in words
    assert "Block" not in words
    assert words[-1] == "Report abuse"


def test_in_a_narrow_window_report_abuse_keeps_its_words(in_group, qtbot):
    in_group.resize(400, 740)
    qtbot.wait(50)
    head = in_group.conversation.header
    assert not head.people.isVisible()
    assert "People in this group" in [one.text() for one in head.menu().actions()]
    room = head.report.width()
    assert room >= head.report.minimumSizeHint().width()
    assert head.name.width() >= 56
    in_group.open_conversation(1)
    qtbot.waitUntil(lambda: head.name.text() == "Ann Lee")
    qtbot.wait(50)
    assert room == head.report.width()  # not less than beside a person's name
    in_group.open_conversation(20)
    in_group.resize(1180, 740)
    qtbot.waitUntil(head.people.isVisible)


def test_the_composer_names_the_whole_group(in_group, qtbot):
    writer = in_group.conversation.composer.writer
    assert "Book club" in writer.placeholderText()
    writer.setFocus()
    qtbot.keyClicks(writer, "hello")
    qtbot.keyClick(writer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: in_group.conversation.composer.text() == "")
    assert "Book club" in writer.placeholderText()


def test_a_chat_with_a_person_has_none_of_it(in_group, qtbot):
    in_group.open_conversation(1)
    qtbot.waitUntil(lambda: in_group.conversation.header.name.text() == "Ann Lee")
    assert not in_group.conversation.header.people.isVisible()
    assert "Leave the group" not in [one.text() for one in in_group.conversation.header.menu().actions()]


def test_each_person_has_a_name_and_one_colour(in_group, ctx):
    rows = [in_group.messages.row(number) for number in range(3)]
    made = [measure(ctx, row, 700) for row in rows]
    assert [one.who_name for one in made] == ["Ann", "bob", "b\u043eb"]
    assert made[1].who_role == f"avatar-{colour_number('id-bob')}-text"
    renamed = replace(rows[1], view=replace(rows[1].view, sender_name="robert", occupant=replace(BOB, nick="robert")))
    assert measure(ctx, renamed, 700).who_role == made[1].who_role  # the colour is the person's, not the name's
    assert made[0].who is not None
    assert made[0].who.bottom() <= made[0].body_at.y() + 1


def test_s15_a_name_that_looks_like_another_is_marked_and_spoken(in_group, ctx):
    made = measure(ctx, in_group.messages.row(2), 700)
    assert made.alike_text.startswith("there is another")
    assert "bob" in made.alike_text
    assert made.alike is not None
    spoken = in_group.messages.spoken(in_group.messages.message(2))
    assert "there is another" in spoken
    digits = replace(in_group.messages.message(1), sender_name="b0b", looks_like="bob")
    assert alike_words(digits).startswith("looks like")
    assert alike_words(replace(digits, sender_name="bob")) == "somebody else had this name too"
    assert measure(ctx, in_group.messages.row(0), 700).alike is None


def test_one_name_and_two_people_are_two_runs(in_group):
    first = in_group.messages.message(1)
    other = replace(first, id=99, occupant=replace(BOB, occupant_id="id-other"), at=first.at)
    in_group.messages.add_newer((replace(first, id=98), other), False)
    rows = {in_group.messages.row(number).view.id: in_group.messages.row(number) for number in range(5)}
    assert not rows[99].joined_above


@pytest.mark.parametrize("theme", ["light", "dark", "cream", "contrast"])
def test_the_colours_of_names_can_be_read(qapp, theme):
    ctx = ThemeContext(qapp, theme)
    for number in range(1, 8):
        assert contrast(ctx.colour(f"avatar-{number}-text"), ctx.colour("bubble-in")) >= 4.5


def contrast(one: QColor, other: QColor) -> float:
    def light(colour: QColor) -> float:
        parts = [colour.redF(), colour.greenF(), colour.blueF()]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_s08_what_the_group_took_away_says_so_in_our_words(in_group, qtbot):
    view = in_group.messages.message(1)
    in_group.messages.replace((replace(view, retracted=True, moderated=True, body="bob left the room"),))
    assert "The group took this message away." in in_group.messages.spoken(in_group.messages.message(1))
    made = measure(in_group._ctx, in_group.messages.row(1), 700)
    assert made.text == "The group took this message away."


def test_report_on_a_message_names_who_said_it(in_group, reports, qtbot):
    view = in_group.messages.message(2)
    menu = in_group.conversation.message_menu(in_group.messages, view.id)
    menu.actions()[-1].trigger()
    assert reports == [ReportContext(ME, 20, (view.id,), ROOM, occupant=FAKE)]
    qtbot.mouseClick(in_group.conversation.header.report, Qt.MouseButton.LeftButton)
    assert reports[-1] == ReportContext(ME, 20, (), ROOM)


def test_the_wizard_names_the_person_and_not_the_group():
    draft = Draft("d", None, "", counterpart=ROOM)
    assert about(draft) == ROOM
    assert about(replace(draft, occupant=BOB)) == "bob"
    assert about(replace(draft, occupant=FAKE)) == "fake@bad.example"


def people_of(window, qtbot) -> RoomPeople:
    window.conversation.header.people.setFocus()
    qtbot.keyClick(window.conversation.header.people, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.findChild(RoomPeople) is not None)
    panel = window.findChild(RoomPeople)
    qtbot.waitUntil(lambda: len(panel.findChildren(RoomPersonRow)) == 4)
    return panel


def test_the_people_can_be_seen_reported_and_added_to_by_keyboard(in_group, reports, qtbot):
    panel = people_of(in_group, qtbot)
    assert panel.count.text() == "4 people"
    assert faults(panel) == []
    buttons = [one for one in panel.findChildren(Button) if one.objectName().startswith("room.report.")]
    assert len(buttons) == 3  # not for oneself
    assert buttons[0].accessibleName().startswith("Report abuse by ")
    buttons[-1].setFocus()
    qtbot.keyClick(buttons[-1], Qt.Key.Key_Return)
    assert reports == [ReportContext(ME, 20, (), ROOM, occupant=FAKE)]
    panel.address.set_text("leo@example.org")
    qtbot.keyClick(panel.address.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("invite", 20, "leo@example.org") in in_group._engine.hub.rooms.deeds)
    qtbot.waitUntil(lambda: "You asked" in panel.count.text())
    in_group._engine.hub.rooms.fail["invite"] = InvalidAddress()
    panel.address.set_text("nobody")
    qtbot.keyClick(panel.address.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.address.edit.accessibleDescription().startswith("Write an address"))


def test_the_people_change_while_they_are_shown(in_group, qtbot):
    panel = people_of(in_group, qtbot)
    rooms = in_group._engine.hub.rooms
    rooms.there[20] = rooms.there[20][:2]
    rooms.stands[20] = replace(rooms.stands[20], occupants=(ANN, SAM))
    in_group._engine.tell(RoomChanged(ME, 20))
    qtbot.waitUntil(lambda: len([one for one in panel.findChildren(RoomPersonRow) if one.isVisible()]) == 2)
    qtbot.waitUntil(lambda: in_group.conversation.header.presence.text() == "2 people")


def test_being_put_out_takes_the_composers_place_and_can_be_undone(in_group, qtbot):
    rooms = in_group._engine.hub.rooms
    inside = rooms.stands[20]
    rooms.stands[20] = RoomNow(ROOM, RoomState.OUTSIDE, inside.info, SAM, end=RoomEnd.KICKED)
    in_group._engine.tell(RoomChanged(ME, 20))
    bar = in_group.conversation.outside
    qtbot.waitUntil(bar.isVisible)
    assert "put you out" in bar.words()
    assert not in_group.conversation.composer.isVisible()
    rooms.fail["join_again"] = RoomMembersOnly()
    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "only for its members" in bar.words())
    rooms.fail.clear()
    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rooms.deeds.count(("join_again", 20)) == 2)
    rooms.stands[20] = inside
    in_group._engine.tell(RoomChanged(ME, 20))
    qtbot.waitUntil(in_group.conversation.composer.isVisible)
    rooms.stands[20] = RoomNow(ROOM, RoomState.OUTSIDE, inside.info, SAM, end=RoomEnd.DESTROYED)
    in_group._engine.tell(RoomChanged(ME, 20))
    qtbot.waitUntil(bar.isVisible)
    assert not bar.button.isVisible()
    in_group.open_conversation(1)
    qtbot.waitUntil(in_group.conversation.composer.isVisible)  # another chat has its composer


@pytest.mark.parametrize("end", [RoomEnd.NONE, RoomEnd.LOST, RoomEnd.SHUT_DOWN])
def test_while_the_group_comes_back_words_can_be_written(in_group, qtbot, end):
    rooms = in_group._engine.hub.rooms
    rooms.stands[20] = RoomNow(ROOM, RoomState.OUTSIDE, rooms.stands[20].info, SAM, end=end)
    in_group._engine.tell(RoomChanged(ME, 20))
    qtbot.waitUntil(lambda: in_group.conversation.header.presence.text() == "Not there yet")
    assert in_group.conversation.composer.isVisible()


def test_who_may_only_read_is_told_so(in_group, qtbot):
    rooms = in_group._engine.hub.rooms
    rooms.stands[20] = replace(rooms.stands[20], me=replace(SAM, role="visitor"))
    in_group._engine.tell(RoomChanged(ME, 20))
    qtbot.waitUntil(in_group.conversation.outside.isVisible)
    assert in_group.conversation.outside.words() == "You can only read in this group."


def test_the_subject_is_shown_as_what_it_is(in_group, qtbot):
    rooms = in_group._engine.hub.rooms
    rooms.stands[20] = replace(rooms.stands[20], subject="<b>you were put out</b>")
    panel = people_of(in_group, qtbot)
    qtbot.waitUntil(panel.subject.isVisible)
    assert panel.subject.text().startswith("Subject: ")
    assert "<b>you were put out</b>" in panel.subject.text()
    assert panel.subject.textFormat() == Qt.TextFormat.PlainText


def test_leaving_is_asked_about(in_group, qtbot):
    in_group.conversation.header.wanted.emit("leave")
    question = in_group.findChildren(Question)[-1]
    qtbot.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("leave", 20) in in_group._engine.hub.rooms.deeds)


@pytest.fixture
def group_window(group, make_window, qtbot):
    window = make_window(group)
    qtbot.waitUntil(lambda: window.chats.list.model().rowCount() == 8)
    return window


@pytest.fixture
def dialog(group_window, qtbot):
    window = group_window
    window.rooms.open_dialog()
    made = window.findChild(GroupDialog)
    qtbot.waitUntil(lambda: made.nick.text() == "Sam")
    return made


def test_a_group_is_joined_by_keyboard(group_window, dialog, qtbot):
    assert faults(dialog) == []
    qtbot.keyClick(dialog.join_card.radio, Qt.Key.Key_Space)
    dialog.address.edit.setFocus()
    qtbot.keyClicks(dialog.address.edit, ROOM)
    qtbot.keyClick(dialog.address.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("join", ME, ROOM, "Sam", "") in group_window._engine.hub.rooms.deeds)
    qtbot.waitUntil(lambda: group_window.conversation.header.name.text() == "Book club")


def test_a_group_is_made_for_people_who_are_asked_in(group_window, dialog, qtbot):
    dialog.make_card.radio.setChecked(True)
    assert dialog.closed.isChecked()
    dialog.name.set_text("Maths")
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("create", ME, "Maths", "Sam", True) in group_window._engine.hub.rooms.deeds)


@pytest.mark.parametrize(
    ("error", "field"),
    [(RoomNameTaken(), "nick"), (RoomPasswordWrong(), "password"), (RoomMembersOnly(), "address")],
)
def test_why_it_did_not_work_stands_at_its_field(group_window, dialog, qtbot, error, field):
    group_window._engine.hub.rooms.fail["join"] = error
    dialog.join_card.radio.setChecked(True)
    dialog.address.set_text(ROOM)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    edit = getattr(dialog, field).edit
    qtbot.waitUntil(lambda: error.sentence in edit.accessibleDescription())
    assert dialog.isVisible()


def test_nothing_chosen_is_said(dialog, qtbot):
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert dialog.summary.isVisible()


@pytest.fixture
def invited(group, make_window, qtbot):
    group.hub.rooms.waiting.append(
        RoomInvitation(ME, ROOM, "eve@bad.example", False, "<b>free games</b>", "", at(0, 9, 0))
    )
    window = make_window(group)
    window.show_room("people")
    page = window._rooms["people"]
    qtbot.waitUntil(lambda: page.findChild(InvitationCard) is not None)
    # Before the first layout a press would land beside the button.
    qtbot.waitUntil(lambda: any(one.isVisible() and one.y() > 0 for one in page.findChildren(InvitationCard)))
    qtbot.waitUntil(lambda: page.findChild(Button, f"invitation.join.{ROOM}").width() > 120)
    return window


def test_an_invitation_is_a_card_of_facts(invited):
    page = invited._rooms["people"]
    card = page.findChild(InvitationCard)
    words = [one.text() for one in card.findChildren(TextLabel)]
    assert any("eve@bad.example" in one for one in words)
    assert ROOM in words
    assert "How many people are there is not known." in words
    assert "<b>free games</b>" in words  # plain text, as it was written
    assert faults(page) == []
    buttons = list(card.answers.buttons.values())
    assert [one.words() for one in buttons] == ["Join", "Not now", "Report abuse"]
    assert not any(one.isDefault() for one in buttons)


@pytest.mark.parametrize(("answer", "deed"), [("join", ("accept", ME, ROOM)), ("decline", ("decline", ME, ROOM))])
def test_an_invitation_is_answered(invited, qtbot, answer, deed):
    page = invited._rooms["people"]
    [button] = [one for one in page.findChildren(Button, f"invitation.{answer}.{ROOM}") if one.isVisible()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: deed in invited._engine.hub.rooms.deeds)
    invited._engine.tell(RequestsChanged(ME, 1))
    qtbot.waitUntil(lambda: not [one for one in page.findChildren(InvitationCard) if one.isVisible()])


def test_an_invitation_can_be_reported(invited, reports, qtbot):
    page = invited._rooms["people"]
    [button] = [one for one in page.findChildren(Button, f"invitation.report.{ROOM}") if one.isVisible()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert reports == [ReportContext(ME, None, (), "eve@bad.example")]


def test_who_asks_through_the_group_is_reported_by_their_name_there(invited, reports, qtbot):
    rooms = invited._engine.hub.rooms
    rooms.waiting = [RoomInvitation(ME, ROOM, f"{ROOM}/eve", True, "", "", at(0, 9, 0))]
    invited._engine.tell(RequestsChanged(ME, 1))
    page = invited._rooms["people"]
    qtbot.waitUntil(lambda: any("called" in one.text() for one in page.findChildren(TextLabel) if one.isVisible()))
    [button] = [one for one in page.findChildren(Button, f"invitation.report.{ROOM}") if one.isVisible()]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert reports == [ReportContext(ME, None, (), ROOM, occupant=Occupant("eve"))]


def test_the_ways_in_stand_in_the_pens_menu_and_on_the_people_page(window, qtbot):
    words = [action.text() for action in window.rooms.menu().actions()]
    assert words == ["Add a person", "Join or make a group"]
    window.show_room("people")
    qtbot.mouseClick(window.findChild(Button, "people.group"), Qt.MouseButton.LeftButton)
    assert window.findChild(GroupDialog) is not None


def test_groups_stand_in_the_list_of_chats(in_group):
    model = in_group.chats.list.model()
    said_of = [model.index(number, 0).data(Qt.ItemDataRole.AccessibleTextRole) for number in range(model.rowCount())]
    assert any("Book club" in one and "bob: hello" in one for one in said_of)
    in_group._engine.tell(ChatsChanged(ME, (20,)))
    in_group._engine.tell(MessagesChanged(20, (1,)))
