"""The request card in the place of a chat: by keyboard alone, by name, live, and without a thing that is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel

from messenger.domain.contact import ContactRequest
from messenger.domain.errors import NotConnected
from messenger.domain.events import ContactsChanged, MessagesStored, RequestsChanged
from messenger.domain.guardian import Standing
from messenger.domain.notice import Notice
from messenger.domain.report import ReportContext
from messenger.domain.room import RoomInvitation
from messenger.ui.conversation.request import Bubble, RequestCard
from messenger.ui.rooms.invitation import InvitationCard
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.buttons import FILLED, Button, ReportButton
from tests.ui.stand_ins import ME, at
from tests.ui.walk import act, faults, find

MIKE = "mike_2010@chat.example"
WORDS = ("hey", "are you on?", "add me on https://app.example <b>now</b>")


@pytest.fixture
def asked(window, qtbot):
    """Mike's three messages, and his chat asked for."""
    talk = window._engine.hub.conversations
    row = replace(talk.rows[0], conversation=30, counterpart=MIKE, title="mike_2010", known=False, pinned=False, unread=3)
    talk.rows.append(row)
    for minute, words in enumerate(WORDS):
        talk.add(30, words, at(0, 10, minute))
    for one in (talk, window._engine.hub.contacts):
        one.deeds.clear()
    window.open_conversation(30)
    qtbot.waitUntil(lambda: window.first.context() is not None)
    qtbot.wait(20)
    return window


def card(window) -> RequestCard:
    return window.first.page().card


def said(widget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisible()]


def press(qtbot, key, times=1):
    for _ in range(times):
        qtbot.keyClick(QApplication.focusWidget(), key)


def test_the_card_stands_in_the_place_of_messages_and_composer(asked):
    assert asked.conversation.request_area.isVisible()
    for gone in (asked.conversation.list, asked.conversation.composer, asked.conversation.typing, asked.conversation.header):
        assert not gone.isVisible()
    assert asked.messages.rowCount() == 0
    assert asked.conversation_presenter.chat is None
    words = said(asked.first.page())
    for one in (
        "New person", MIKE, "Not in your people. No groups in common.", "Looks like nobody you know.",
        "The country is not known.", "3 messages", "links and pictures are off", *WORDS,
        "They cannot see that you read this. You do not have to answer.",
    ):  # fmt: skip
        assert one in words, one
    assert f"Wants to write to you  \u00b7  {MIKE}" in words
    assert any("Trust the odd feeling" in one for one in words)


def test_nothing_is_marked_typed_or_kept_while_it_stands(asked, qtbot):
    talk = asked._engine.hub.conversations
    asked.conversation_presenter.look_again()
    asked.conversation_presenter.to_end()
    asked._engine.tell(MessagesStored(30, (talk.add(30, "hello?", at(0, 11)).id,), True, True))
    qtbot.waitUntil(lambda: "4 messages" in said(card(asked)))
    asked.conversation_presenter.look_again()
    qtbot.wait(60)
    assert talk.deeds == []
    assert asked._engine.hub.contacts.deeds == []


def test_the_four_answers_have_equal_weight_and_none_is_the_default(asked):
    buttons = list(card(asked).answers.buttons.values())
    assert [one.words() for one in buttons] == ["I know them: accept", "Not now", "Block", "Block and report"]
    assert len({(one.width(), one.height()) for one in buttons}) == 1
    assert buttons[0].height() >= 44
    assert not [one for one in buttons if one._kind == FILLED or one.isDefault() or one.autoDefault() or one.hasFocus()]
    assert {one.accessibleDescription() for one in buttons} == {MIKE}


def test_enter_presses_nothing_unasked(asked, qtbot):
    assert QApplication.focusWidget() is card(asked).title
    press(qtbot, Qt.Key.Key_Return)
    press(qtbot, Qt.Key.Key_Space)
    qtbot.wait(20)
    assert asked._engine.hub.contacts.deeds == []
    assert asked._engine.hub.blocking.deeds == []


def test_tab_goes_through_why_and_the_answers_in_their_order(asked, qtbot):
    order = []
    for _ in range(5):
        press(qtbot, Qt.Key.Key_Tab)
        order.append(QApplication.focusWidget().accessibleName())
    assert order == ["Why do I see this?", "I know them: accept", "Not now", "Block", "Block and report"]


def test_why_opens_in_place_by_keyboard(asked, qtbot):
    press(qtbot, Qt.Key.Key_Tab)
    press(qtbot, Qt.Key.Key_Return)
    assert card(asked).show_why()
    assert any(one.startswith("You see this because someone new wrote to you.") for one in said(card(asked)))
    assert QApplication.focusWidget() is card(asked).why
    press(qtbot, Qt.Key.Key_Return)
    assert not card(asked).show_why()


def test_accept_by_keyboard_opens_the_chat_with_the_composer(asked, qtbot):
    talk = asked._engine.hub.conversations
    accept = asked._engine.hub.contacts.accept

    async def accepted(account, jid):
        await accept(account, jid)
        talk.rows[-1] = replace(talk.rows[-1], known=True)
        return 30

    asked._engine.hub.contacts.accept = accepted
    press(qtbot, Qt.Key.Key_Tab, 2)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: asked.conversation_presenter.chat is not None)
    assert ("accept", ME, MIKE) in asked._engine.hub.contacts.deeds
    qtbot.waitUntil(asked.conversation.composer.isVisible)
    assert asked.first.context() is None
    assert not asked.conversation.request_area.isVisible()
    qtbot.waitUntil(lambda: asked.messages.rowCount() == 3)


def test_not_now_by_keyboard_puts_it_away_and_closes(asked, qtbot):
    press(qtbot, Qt.Key.Key_Tab, 3)
    press(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: asked.first.context() is None)
    assert asked._engine.hub.contacts.deeds == [("decline", ME, MIKE)]
    assert asked._engine.hub.conversations.deeds == []
    assert asked.conversation.empty.isVisible()
    assert asked.chats.list.hasFocus()


def test_block_asks_first_and_closes(asked, qtbot):
    qtbot.mouseClick(find(asked, "Block"), Qt.MouseButton.LeftButton)
    question = asked.findChild(Question)
    assert question.no.hasFocus() or not question.isActiveWindow()
    qtbot.mouseClick(question.no, Qt.MouseButton.LeftButton)
    assert asked._engine.hub.blocking.deeds == []
    qtbot.mouseClick(find(asked, "Block"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(asked.findChildren(Question)[-1].yes, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: asked.first.context() is None)
    assert asked._engine.hub.blocking.deeds == [("block", ME, MIKE)]


def test_block_and_report_reports_first_and_the_card_stays(asked, reports, qtbot):
    qtbot.mouseClick(find(asked, "Block and report"), Qt.MouseButton.LeftButton)
    assert reports == [ReportContext(ME, 30, (), MIKE)]
    assert asked._engine.hub.blocking.deeds == []
    assert card(asked).isVisible()


def test_report_abuse_is_in_the_head_and_on_its_key(asked, reports, qtbot):
    button = asked.conversation.request_area.findChild(ReportButton)
    assert button.isVisible()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    asked.actions_.report_abuse.trigger()
    assert reports == [ReportContext(ME, 30, (), MIKE)] * 2


def test_escape_leaves_it_waiting(asked, qtbot):
    press(qtbot, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: asked.first.context() is None)
    assert asked._engine.hub.contacts.deeds == []
    assert asked.chats.list.hasFocus()


def test_a_failure_is_said_on_the_card(asked, qtbot):
    asked._engine.hub.contacts.fail["accept"] = NotConnected()
    qtbot.mouseClick(find(asked, "I know them: accept"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("You are not online." in one for one in said(card(asked))))
    assert asked.conversation_presenter.chat is None


def test_accepted_on_another_device_the_chat_opens(asked, qtbot):
    asked._engine.hub.contacts.waiting.clear()
    talk = asked._engine.hub.conversations
    talk.rows[-1] = replace(talk.rows[-1], known=True)
    asked._engine.tell(ContactsChanged(ME, (MIKE,)))
    qtbot.waitUntil(lambda: asked.conversation_presenter.chat is not None)
    assert asked.conversation.composer.isVisible()


def test_what_came_later_keeps_the_keyboard_where_it_is(asked, qtbot):
    press(qtbot, Qt.Key.Key_Tab, 3)
    before = QApplication.focusWidget()
    talk = asked._engine.hub.conversations
    for n in range(4):
        asked._engine.tell(MessagesStored(30, (talk.add(30, f"more {n}", at(0, 12, n)).id,), True, True))
    qtbot.waitUntil(lambda: "7 messages" in said(card(asked)))
    assert QApplication.focusWidget() is before
    assert len([one for one in card(asked).findChildren(Bubble) if one.isVisible()]) == 5
    assert "and 2 older ones" in said(card(asked))


def test_words_are_plain_text_and_hostile_ones_are_cut(asked, qtbot):
    talk = asked._engine.hub.conversations
    talk.add(30, "x" * 100_000 + "\u202e", at(0, 13))
    talk.add(30, "\u202eabc", at(0, 13, 1))
    asked._engine.tell(RequestsChanged(ME, 1))
    qtbot.waitUntil(lambda: "5 messages" in said(card(asked)))
    assert WORDS[2] in said(card(asked))
    assert max(len(one) for one in said(card(asked))) <= 320
    assert not any("\u202e" in one for one in said(card(asked)))
    assert all(one.textFormat() is Qt.TextFormat.PlainText for one in card(asked).findChildren(QLabel))
    assert not [one for one in card(asked).findChildren(QLabel) if one.openExternalLinks()]


def test_what_the_rules_see_and_other_facts_are_said(asked, qtbot):
    hub = asked._engine.hub
    hub.notices.found = [Notice(0, 30, "R14", "This looks like a threat.", "", "", (), at())]
    hub.first_contact.facts = {"asks": True, "maybe_blocked": True, "held": True, "guardian": Standing.HELD, "groups_known": False}
    asked._engine.tell(MessagesStored(30, (hub.conversations.add(30, "or else", at(0, 14)).id,), True, True))
    qtbot.waitUntil(lambda: "This looks like a threat." in said(card(asked)))
    words = said(card(asked))
    assert "They ask to see when you are online." in words
    assert "This may be someone you blocked. The name or the picture is like theirs." in words
    assert "Not in your people. Groups in common are not known." in words
    assert "A grown-up has to say yes first. You can ask them." in words
    assert not find(asked, "I know them: accept", Button).isEnabled()
    assert find(asked, "Block and report", Button).isEnabled()


def test_it_can_be_read_and_found_by_name(asked):
    assert faults(asked) == []
    title = QAccessible.queryAccessibleInterface(card(asked).title)
    assert title.text(QAccessible.Text.Name) == "New person: mike_2010"
    assert MIKE in title.text(QAccessible.Text.Description)
    assert "3 messages" in title.text(QAccessible.Text.Description)


@pytest.mark.parametrize(("width", "scale"), [(360, 100), (360, 200), (1180, 200), (1180, 100)])
def test_nothing_is_cut_when_it_is_narrow_or_large(asked, qtbot, width, scale):
    asked._ctx.set_scale(scale)
    asked.resize(width, 740)
    qtbot.wait(60)
    page = asked.first.page()
    for one in (*card(asked).answers.buttons.values(), card(asked).why):
        qtbot.waitUntil(lambda one=one: one.mapTo(page, one.rect().bottomRight()).x() < page.width())
        assert one.height() >= 44
    for label in card(asked).findChildren(QLabel):
        if label.isVisible():
            assert label.mapTo(page, label.rect().bottomRight()).x() <= page.width(), label.text()
            assert label.height() >= label.heightForWidth(label.width()) - 1, label.text()
    asked._ctx.set_scale(100)


def test_in_a_narrow_window_back_leads_to_the_list(asked, qtbot):
    asked.resize(480, 740)
    qtbot.waitUntil(asked.first.page().head.back.isVisible)
    qtbot.mouseClick(asked.first.page().head.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(asked.chats.isVisible)
    assert asked.first.context() is None


def test_the_row_leads_through_all_that_wait_people_and_groups(window, qtbot):
    hub = window._engine.hub
    hub.contacts.waiting.append(ContactRequest(ME, "eve@b.example", "hello", at(0, 9), 0))
    hub.rooms.waiting.append(RoomInvitation(ME, "club@rooms.example", "ann@example.org", people=4, name="Book club"))
    window.chats.requests.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.first.context() is not None)
    page = window.first.page()
    assert "Request 1 of 3" in said(page)
    qtbot.mouseClick(find(page, "The next request"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Request 2 of 3" in said(page))
    qtbot.waitUntil(lambda: "hello" in said(page))
    qtbot.mouseClick(find(page, "The next request"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Request 3 of 3" in said(page))
    assert isinstance(page.card, InvitationCard)
    qtbot.waitUntil(lambda: "Book club" in said(page))
    assert {"Book club", "ann@example.org asks you.", "4 people are there now."} <= set(said(page))
    assert "Look who is in it. You can leave at any time." in said(page)
    assert not find(page, "The next request").isEnabled()
    assert faults(window) == []
    qtbot.mouseClick(find(page, "Not now"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.first.context() is None)
    assert hub.rooms.deeds == [("decline", ME, "club@rooms.example")]


def test_links_of_new_people_are_off_and_it_is_said_why(in_chat, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", opened.append)
    hub = in_chat._engine.hub
    hub.first_contact.open_links = False
    in_chat.conversation.list.link_pressed.emit("https://maths-club.example/nine-dots")
    qtbot.waitUntil(lambda: in_chat.findChild(Question) is not None)
    question = in_chat.findChild(Question)
    words = " ".join(one.text() for one in question.findChildren(QLabel))
    assert "Links from new people are off" in words
    assert "maths-club.example" in words
    qtbot.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    assert ("set_known", 1, True) in hub.notices.deeds
    assert opened == []


def test_who_writes_first_to_a_chat_that_was_only_begun_gets_the_card(window, qtbot):
    hub = window._engine.hub
    hub.contacts.waiting.clear()
    talk = hub.conversations
    talk.rows.append(replace(talk.rows[0], conversation=30, counterpart=MIKE, title="mike_2010", known=False))
    window.open_conversation(30)
    qtbot.waitUntil(window.conversation.composer.isVisible)
    qtbot.waitUntil(lambda: window.conversation_presenter.chat is not None)
    talk.deeds.clear()
    hub.contacts.waiting.append(ContactRequest(ME, MIKE, "", at(), 1))
    window._engine.tell(MessagesStored(30, (talk.add(30, "hey", at()).id,), True, True))
    qtbot.waitUntil(lambda: window.first.context() is not None)
    assert not window.conversation.composer.isVisible()
    assert not [deed for deed in talk.deeds if deed[0] in {"mark_read", "set_typing"}]


def test_it_is_answered_through_the_accessibility_interface_alone(asked, qtbot):
    no = find(asked, "Not now", Button)
    assert QAccessible.queryAccessibleInterface(no).role() is QAccessible.Role.Button
    act(no)
    qtbot.waitUntil(lambda: asked.first.context() is None)
    assert asked._engine.hub.contacts.deeds == [("decline", ME, MIKE)]


class Slow:
    """An engine whose answers to the cards take a while."""

    def __init__(self, engine) -> None:
        self._engine = engine

    def call(self, ask, done=None, failed=None):
        QTimer.singleShot(60, lambda: self._engine.call(ask, done, failed))


def test_a_card_that_comes_late_does_not_cover_the_chat_that_was_opened_meanwhile(asked, qtbot, monkeypatch):
    asked.conversation_presenter.leave()
    monkeypatch.setattr(asked.first, "_engine", Slow(asked._engine))
    asked.open_conversation(30)
    qtbot.wait(20)
    asked.open_conversation(1)
    qtbot.wait(200)
    assert asked.conversation_presenter.chat.conversation == 1
    assert asked.conversation.shows_chat(), "what is marked as read is in sight"
    assert asked.first.context() is None
    asked.open_conversation(30)
    qtbot.wait(20)
    asked.conversation_presenter.leave()
    qtbot.wait(200)
    assert asked.first.context() is None, "it was left before it came"


@pytest.mark.parametrize("deed", ["accept", "decline"])
def test_an_answer_that_comes_late_takes_nobody_out_of_another_chat(asked, qtbot, deed, monkeypatch):
    contacts = asked._engine.hub.contacts
    yes = contacts.accept

    async def accept(account, jid):
        await yes(account, jid)
        return 30

    monkeypatch.setattr(contacts, "accept", accept)
    asked.first.answer(deed)
    asked.open_conversation(1)  # Ann, before the answer is there
    qtbot.waitUntil(lambda: asked.messages.rowCount() == 8)
    qtbot.wait(60)
    chat = asked.conversation_presenter.chat
    assert chat is not None
    assert chat.conversation == 1
    assert [one[0] for one in contacts.deeds] == [deed]


def test_a_request_that_was_asked_for_does_not_take_the_place_of_a_chat_asked_for_since(asked, qtbot):
    asked.conversation_presenter.leave()
    asked.first.open_waiting(ME)
    asked.open_conversation(1)
    qtbot.waitUntil(lambda: asked.messages.rowCount() == 8)
    qtbot.wait(60)
    assert asked.conversation_presenter.chat.conversation == 1
    assert asked.first.context() is None


def test_a_button_of_the_card_that_is_pressed_twice_is_one_answer(asked, qtbot):
    for deed in ("accept", "decline"):
        asked.first.answer(deed)
        asked.first.answer(deed)
    qtbot.wait(60)
    assert [one[0] for one in asked._engine.hub.contacts.deeds] == ["accept", "decline"]
