"""People: requests with four equal answers, adding, blocking, removing, reporting."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from messenger.domain.errors import FeatureMissing, NotConnected
from messenger.domain.report import ReportContext
from messenger.ui.conversation.request import RequestCard
from messenger.ui.people.view import PersonRow
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.buttons import FILLED, Button
from tests.ui.stand_ins import ME
from tests.ui.walk import faults, find

MIKE = "mike_2010@chat.example"


@pytest.fixture
def people(window, qtbot):
    window.show_room("people")
    page = window._rooms["people"]
    qtbot.waitUntil(lambda: len(page.findChildren(PersonRow)) == 7 and len(page.findChildren(RequestCard)) == 1)
    qtbot.wait(20)
    return page


def _contacts(window):
    return window._engine.hub.contacts


def test_the_four_answers_have_equal_weight_and_none_is_first(people):
    buttons = list(people.findChild(RequestCard).answers.buttons.values())
    assert [one.words() for one in buttons] == ["I know them: accept", "Not now", "Block", "Block and report"]
    assert len({one.height() for one in buttons}) == 1
    assert len({one.width() for one in buttons}) == 1
    assert not [one for one in buttons if one._kind == FILLED or one.isDefault() or one.autoDefault()]
    assert faults(people.window()) == []


def test_accept_opens_the_chat(people, window, qtbot):
    qtbot.mouseClick(find(people, "I know them: accept"), Qt.MouseButton.LeftButton)
    assert ("accept", ME, MIKE) in _contacts(window).deeds
    qtbot.waitUntil(lambda: window.conversation_presenter.chat is not None)
    assert window._room == "chats"


def test_not_now_sends_nothing_else_and_takes_the_card_away(people, window, qtbot):
    qtbot.mouseClick(find(people, "Not now"), Qt.MouseButton.LeftButton)
    assert _contacts(window).deeds == [("decline", ME, MIKE)]
    qtbot.waitUntil(lambda: [one for one in people.findChildren(RequestCard) if one.isVisible()] == [])


def test_block_asks_first(people, window, qtbot):
    qtbot.mouseClick(people.findChild(Button, f"request.block.{MIKE}"), Qt.MouseButton.LeftButton)
    question = window.findChild(Question)
    qtbot.mouseClick(question.no, Qt.MouseButton.LeftButton)
    assert window._engine.hub.blocking.deeds == []
    qtbot.mouseClick(people.findChild(Button, f"request.block.{MIKE}"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.findChildren(Question)[-1].yes, Qt.MouseButton.LeftButton)
    assert window._engine.hub.blocking.deeds == [("block", ME, MIKE)]


def test_block_and_report_reports_first_and_blocks_nothing_yet(people, window, reports, qtbot):
    qtbot.mouseClick(find(people, "Block and report"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(reports) == 1)
    assert reports[0].counterpart == MIKE
    assert reports[0].conversation is not None
    assert window._engine.hub.blocking.deeds == []


def test_add_by_address(people, window, qtbot):
    people.address.edit.setFocus()
    qtbot.keyClicks(people.address.edit, "not an address")
    qtbot.mouseClick(find(people, "Ask to chat"), Qt.MouseButton.LeftButton)
    assert people.address.edit.accessibleDescription() == "Write an address, like ann@example.org."
    people.address.set_text("New@Example.org")
    qtbot.keyClick(people.address.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _contacts(window).deeds == [("add", ME, "new@example.org", "")])
    qtbot.waitUntil(lambda: people.note.isVisible())
    assert "new@example.org" in people.note.text()
    assert people.address.text() == ""


def test_l24_an_address_that_looks_like_a_known_one_is_asked_about_first(people, window, qtbot):
    twin = "d\u0430d@example.org"  # a Cyrillic letter
    people.address.set_text(twin)
    qtbot.keyClick(people.address.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.findChild(Question) is not None)
    question = window.findChild(Question)
    said = " ".join(one.text() for one in question.findChildren(QLabel))
    assert "looks like" in said
    assert "dad@example.org" in said
    assert _contacts(window).deeds == []
    qtbot.mouseClick(question.no, Qt.MouseButton.LeftButton)
    assert _contacts(window).deeds == []
    qtbot.keyClick(people.address.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(Question)))
    qtbot.mouseClick(window.findChildren(Question)[-1].yes, Qt.MouseButton.LeftButton)
    assert _contacts(window).deeds == [("add", ME, twin, "")]


def test_l24_a_request_that_looks_like_a_known_person_says_so(ctx, qtbot):
    from messenger.domain.notice import FirstContact
    from messenger.ui.widgets.pictures import AvatarPainter

    for resembled, said in (("", False), ("dad@example.org", True)):
        address = "d\u0430d@example.org"
        facts = FirstContact(1, ME, address, "d\u0430d", "example.org", resembled, (), ("hi",), 1)
        card = RequestCard(ctx, AvatarPainter(ctx), facts)
        qtbot.addWidget(card)
        words = " ".join(one.text() for one in card.findChildren(QLabel))
        assert ("looks like" in words) is said


def test_adding_offline_is_said_in_words(people, window, qtbot):
    _contacts(window).fail["add"] = NotConnected()
    people.address.set_text("new@example.org")
    qtbot.keyClick(people.address.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "You are not online." in people.address.edit.accessibleDescription())
    assert people.address.text() == "new@example.org"


def test_a_person_can_be_written_to_removed_and_reported(people, window, reports, qtbot):
    row = next(one for one in people.findChildren(PersonRow) if one._person.jid == "dad@example.org")
    menu = {action.text(): action for action in row.menu().actions()}
    menu["Report abuse"].trigger()
    qtbot.waitUntil(lambda: reports == [ReportContext(ME, 2, (), "dad@example.org")])
    menu["Take out of my people"].trigger()
    qtbot.mouseClick(window.findChildren(Question)[-1].yes, Qt.MouseButton.LeftButton)
    assert ("remove", ME, "dad@example.org") in _contacts(window).deeds
    qtbot.waitUntil(lambda: len([one for one in people.findChildren(PersonRow) if one.isVisible()]) == 6)
    qtbot.mouseClick(find(people, "Write to Leo Park"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(
        lambda: (
            window.conversation_presenter.chat is not None and window.conversation_presenter.chat.title == "Leo Park"
        )
    )


def test_a_server_that_can_not_block_is_said(people, window, qtbot):
    window._engine.hub.blocking.fail["block"] = FeatureMissing()
    qtbot.mouseClick(people.findChild(Button, f"request.block.{MIKE}"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.findChildren(Question)[-1].yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Your server cannot do this." in people.note.text())


def test_start_a_chat_leads_to_the_address_and_not_to_report_abuse(window, qtbot, monkeypatch):
    menus = []
    # The plug-in of the tests can show no menu over the window.
    monkeypatch.setattr(window.rooms, "pop_up", lambda _header: menus.append(window.rooms.menu()))
    window.activateWindow()
    window.account_header.new_chat.setFocus()
    qtbot.keyClick(window.account_header.new_chat, Qt.Key.Key_Return)
    assert [action.text() for action in menus[0].actions()] == ["Add a person", "Join or make a group"]
    menus[0].actions()[0].trigger()
    page = window._rooms["people"]
    assert page.isVisible()
    assert page.focusWidget() is page.address.edit


@pytest.mark.parametrize("width", [360, 1180])
def test_nothing_of_a_person_is_cut_in_a_narrow_window(people, window, qtbot, width):
    window.resize(width, 740)
    qtbot.wait(20)
    row = people.findChildren(PersonRow)[0]
    write = next(one for one in row.findChildren(Button) if one.objectName().startswith("person.write"))
    for one in (row.more, write, next(one for one in people.findChildren(Button) if one.objectName() == "people.add")):
        qtbot.waitUntil(lambda one=one: one.mapTo(people, one.rect().bottomRight()).x() < people.width() - 12)
        assert one.width() >= one.sizeHint().width()
    qtbot.waitUntil(lambda: (write.mapTo(row, write.rect().topLeft()).y() > 50) == (width == 360))


def test_what_was_put_away_can_be_looked_at_again(window, qtbot):
    from messenger.domain.contact import ContactRequest
    from messenger.domain.conversation import ChatSummary
    from messenger.domain.notice import FirstContact
    from messenger.domain.room import RoomInvitation

    hub = window._engine.hub
    eve, club = "eve@games.example", "club@rooms.example"
    hub.conversations.rows.append(ChatSummary(31, ME, eve, "eve", "", "", None, None, 0, "", False))
    hub.first_contact.away = [FirstContact(31, ME, eve, "eve", "games.example", "", (), ("hi",), 2)]
    hub.rooms.away = [RoomInvitation(ME, club, eve)]
    window.show_room("people")
    page = window._rooms["people"]
    qtbot.waitUntil(lambda: len([one for one in page.findChildren(Button) if one.objectName().startswith("away.")]) == 2)
    qtbot.wait(20)
    assert not any(one.text() == "hi" for one in page.findChildren(QLabel))
    assert faults(window) == []
    hub.contacts.waiting.append(ContactRequest(ME, eve, "hi", ""))
    qtbot.mouseClick(find(page, f"Look at the request of {eve}"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.first.context() is not None)
    assert window._room == "chats"
    assert window.first.context().counterpart == eve
    window.show_room("people")
    qtbot.mouseClick(find(page, f"Look at the request of {club}"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.first.context().counterpart == eve and window.first.context().conversation is None)
    assert window._room == "chats"
