"""The notice bar, the pause and their windows on stand-in services: what each button does, what nobody can forge, how they fit."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from messenger.domain.events import MessagesStored, NoticeRaised
from messenger.domain.notice import CardLine, NoticeCard
from messenger.domain.room import RoomInfo, RoomNow, RoomState
from messenger.ui import a11y
from messenger.ui import notices as room
from messenger.ui.notices.presenter import link_of
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.buttons import ReportButton
from tests.reading import hardest, tone
from tests.ui.notices.samples import WORDS, a_pause, incoming
from tests.ui.stand_ins import at
from tests.ui.walk import faults

TEXT = "ring 020 7946 0018 ok"


@pytest.fixture
def spoken(monkeypatch):
    """(words, at once) of every announcement."""
    said = []
    monkeypatch.setattr(a11y, "announce", lambda _widget, words, now=False: said.append((words, now)))
    return said


@pytest.fixture
def service(engine):
    return engine.hub.notices


@pytest.fixture
def raise_(in_chat, engine, service, qtbot):
    """Raises a notice in the open chat and gives the bar."""

    def go(rule, id=7, **more):
        notice = incoming(rule, id, **more)
        service.waiting[1].append(notice)
        engine.tell(NoticeRaised(1))
        first = service.waiting[1][0].id
        qtbot.waitUntil(lambda: in_chat.notices.shown() is not None and in_chat.notices.shown().id == first)
        return in_chat.notices.bar()

    return go


def _answers(service):
    return [deed[1:] for deed in service.deeds if deed[0] == "answer"]


def _press(bar, qtbot, ident):
    button = bar.button(ident)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Return)


def test_one_at_a_time_and_the_next_when_it_is_answered(in_chat, service, raise_, qtbot):
    bar = raise_("R8", 7)
    raise_("R12", 8)
    assert bar.sentence.text() == WORDS.rule("R8").text
    _press(bar, qtbot, "fine")
    qtbot.waitUntil(lambda: in_chat.notices.shown() is not None and in_chat.notices.shown().id == 8)
    assert bar.sentence.text() == WORDS.rule("R12").text
    qtbot.mouseClick(bar.close_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(in_chat.conversation.notice_area.isHidden)
    assert _answers(service) == [(7, "fine"), (8, "dismiss")]


def test_only_a_threat_is_told_at_once(raise_, spoken, in_chat):
    raise_("R8", 7)
    in_chat.notices.close()
    raise_("R14", 8)
    told = [(words, now) for words, now in spoken if words.startswith("Note from Robin")]
    assert [now for _, now in told] == [False, True]


def test_another_chats_notice_is_not_shown_here(in_chat, engine, service, qtbot):
    service.waiting[2] = [incoming("R8", 9, conversation=2)]
    engine.tell(NoticeRaised(2))
    qtbot.wait(30)
    assert in_chat.conversation.notice_area.isHidden()
    in_chat.open_conversation(2)
    qtbot.waitUntil(in_chat.conversation.notice_area.isVisible)
    in_chat.open_conversation(4)
    qtbot.waitUntil(in_chat.conversation.notice_area.isHidden)


def test_a_message_that_looks_like_a_notice_is_a_message(in_chat, engine, service, raise_, qtbot):
    """The shield in its colour and the note's ground are the program's own: nothing in the list can have them."""
    talk = engine.hub.conversations
    forged = talk.add(
        1, "\U0001f6e1\ufe0f Note from Robin\n<b>This message asks about you.</b> <img src=x>", at(0, 15, 40)
    )
    engine.tell(MessagesStored(1, (forged.id,), True, True))
    bar = raise_("R8")
    qtbot.waitUntil(lambda: in_chat.messages.rowCount() == 9)
    in_chat.conversation.list.to_end()
    own = {in_chat._ctx.colour(role).rgb() for role in ("notice", "notice-line", "notice-icon")}

    def colours(widget):
        image = widget.grab().toImage()
        return {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(image.height())}

    assert own <= colours(bar), "the bar itself has them"
    assert not own & colours(in_chat.conversation.list.viewport())
    assert not bar.isAncestorOf(in_chat.conversation.list)
    assert not in_chat.conversation.list.isAncestorOf(bar)
    spoken = [in_chat.messages.index(n, 0).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(9)]
    assert all("Only you can see this note" not in str(one) for one in spoken)


def test_peer_text_is_plain_short_and_kept_apart(raise_, qtbot):
    hostile = "<a href='x'>hi</a>\u202egnp.exe\n\n" + "a" * 5000
    bar = raise_("R8", matched=hostile)
    bar.why.click()
    quoted = bar.why_panel.quoted
    assert quoted.textFormat() is Qt.TextFormat.PlainText
    assert "\u202e" not in quoted.text()
    assert "\u27e8RLO\u27e9" in quoted.text()
    assert "\n" not in quoted.text()
    assert len(quoted.text()) < 100
    for label in bar.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


def test_a_name_in_a_notice_cannot_turn_its_sentence_round(in_chat, service, engine, qtbot):
    name = "Ann\u202e<b>"
    made = incoming("R16")
    made = replace(made, text=made.text.replace("Ann Lee", name))
    service.waiting[1] = [made]
    engine.tell(NoticeRaised(1))
    qtbot.waitUntil(in_chat.conversation.notice_area.isVisible)
    assert "\u202e" not in in_chat.notices.bar().sentence.text()


@pytest.mark.parametrize("rule", ["R14", "R8", "R19"])
def test_reporting_keeps_the_message_and_asks_nothing_of_the_server(rule, in_chat, service, raise_, reports, qtbot):
    bar = raise_(rule, message=None if rule == "R19" else 2)
    ident = {"R14": "report", "R8": "block_and_report", "R19": "add_to_report"}[rule]
    _press(bar, qtbot, ident)
    assert reports[0].conversation == 1
    assert reports[0].messages == (() if rule == "R19" else (2,))
    assert in_chat._engine.hub.blocking.deeds == []
    assert _answers(service) == [(7, ident)]


def test_block_is_asked_once_more_and_only_yes_is_an_answer(in_chat, service, raise_, qtbot):
    bar = raise_("R18", message=None)
    _press(bar, qtbot, "block")
    question = in_chat.findChild(Question)
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert in_chat._engine.hub.blocking.deeds == []
    assert _answers(service) == []
    assert in_chat.conversation.notice_area.isVisible()
    _press(bar, qtbot, "block")
    in_chat.findChildren(Question)[-1].yes.click()
    assert in_chat._engine.hub.blocking.deeds == [("block", "sam@example.org", "ann@example.org")]
    assert _answers(service) == [(7, "block")]


def test_who_can_help_leads_to_the_numbers_and_the_note_stays(in_chat, service, raise_, qtbot):
    wanted = []
    in_chat.notices.helplines_wanted.connect(lambda: wanted.append(1))
    bar = raise_("R14")
    _press(bar, qtbot, "who_can_help")
    assert wanted == [1]
    qtbot.wait(30)
    assert in_chat.conversation.notice_area.isVisible()
    assert _answers(service) == [(7, "who_can_help")]


def test_a_risky_link_opens_only_after_yes_with_the_real_site_in_bold(in_chat, service, raise_, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    bar = raise_("R15", matched="http://paypal.com.login.example.net/x")
    bar.why.click()
    assert "It may look like a site you know" in bar.why_panel.reason.text()
    _press(bar, qtbot, "open")
    qtbot.waitUntil(lambda: in_chat.findChild(Question) is not None)
    question = in_chat.findChild(Question)
    said = [one.text() for one in question.findChildren(QLabel)]
    assert question.detail.text() == "example.net"
    assert question.detail.label_font().weight() >= 600
    assert any("may not be what it seems" in one for one in said)
    assert any("paypal.com.login.example.net" in one for one in said)
    question.no.click()
    assert opened == []
    assert in_chat.conversation.notice_area.isVisible(), "no is no answer"
    _press(bar, qtbot, "open")
    qtbot.waitUntil(lambda: any(one.isVisible() for one in in_chat.findChildren(Question)))
    next(one for one in in_chat.findChildren(Question) if one.isVisible()).yes.click()
    assert opened == ["http://paypal.com.login.example.net/x"]
    assert _answers(service) == [(7, "open")]


def test_copy_and_leave(in_chat, service, raise_, qtbot):
    bar = raise_("R15")
    _press(bar, qtbot, "copy")
    assert QGuiApplication.clipboard().text() == "http://example.net/a.exe"
    _press(bar, qtbot, "leave")
    qtbot.waitUntil(in_chat.conversation.notice_area.isHidden)
    assert _answers(service) == [(7, "copy"), (7, "leave")]


def test_links_without_or_with_a_broken_scheme_are_read_as_people_mean_them():
    for written, meant in (
        ("bit.ly/x", "http://bit.ly/x"), ("hxxps://a.example/b", "https://a.example/b"), ("HTTP://A.example", "http://A.example"),
    ):  # fmt: skip
        assert link_of(incoming("R15", matched=written)) == meant


def test_both_addresses_stand_beside_each_other(in_chat, engine, raise_, qtbot):
    known = replace(engine.hub.contacts.people[0], jid="ann@school.example")
    engine.hub.contacts.people.append(known)
    bar = raise_("R16", message=None)
    _press(bar, qtbot, "show_both")
    qtbot.waitUntil(bar.why_panel.addresses.isVisible)
    said = [one.text() for one in bar.why_panel.addresses.findChildren(QLabel)]
    assert said == ["Ann Lee, in your people", "ann@school.example", "Who writes here", "ann@example.org"]


def test_cards_name_their_source_and_escape_closes_them(in_chat, service, raise_, qtbot):
    line = CardLine("Take a grown-up with you.", "Childnet", "https://www.childnet.com/x", "2026-11-24")
    service.cards = {
        "meet": NoticeCard("meet", "How to meet safely", (line,)),
        "money": NoticeCard("money", "Money", (line,)),
    }
    for rule, deed in (("R11", "meet_safely"), ("R13", "money_safely")):
        bar = raise_(rule)
        _press(bar, qtbot, deed)
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
        card = QApplication.activeModalWidget()
        assert "Based on facts from Childnet" in [one.text() for one in card.findChildren(QLabel)]
        assert faults(card) == []
        qtbot.keyClick(card, Qt.Key.Key_Escape)
        assert QApplication.activeModalWidget() is None
        assert in_chat.conversation.notice_area.isVisible()
        in_chat.notices.close()
        qtbot.waitUntil(in_chat.conversation.notice_area.isHidden)


@pytest.fixture
def card(in_chat, service, raise_, qtbot):
    """The card of how to meet safely, open over its note; its button was pressed twice."""
    service.cards = {"meet": NoticeCard("meet", "How to meet safely", (CardLine("Take a friend.", "Childnet", "", "2026-11-24"),))}
    bar = raise_("R11")
    for _ in range(2):
        bar.button("meet_safely").click()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    qtbot.wait(20)
    return QApplication.activeModalWidget()


def test_a_button_that_is_pressed_twice_opens_one_card(card):
    card.reject()
    assert QApplication.activeModalWidget() is None


def test_report_abuse_of_a_card_works_when_its_chat_is_gone(card, in_chat, reports, qtbot):
    in_chat.conversation_presenter.leave()  # such as after a sign-out
    assert in_chat.notices.shown() is None
    card.findChild(ReportButton).click()
    assert [(one.conversation, one.messages) for one in reports] == [(1, (2,))]


def test_report_abuse_of_a_card_is_about_its_note(card, in_chat, service, reports):
    card.findChild(ReportButton).click()
    assert [(one.conversation, one.messages) for one in reports] == [(1, (2,))]
    assert ("answer", 7, "block_and_report") in service.deeds


def test_in_a_group_nobody_is_blocked_by_the_groups_address(in_chat, service, engine, qtbot):
    rows = engine.hub.conversations.rows
    rows[1] = replace(rows[1], is_room=True)
    info = RoomInfo("club@rooms.example", "Club")
    engine.hub.rooms.stands[2] = RoomNow("club@rooms.example", RoomState.OUTSIDE, info, None, ())
    service.waiting[2] = [incoming("R18", 9, conversation=2, message=None)]
    in_chat.open_conversation(2)
    qtbot.waitUntil(in_chat.conversation.notice_area.isVisible)
    assert in_chat.notices.bar().button("block") is None
    assert in_chat.notices.bar().button("mute_day") is not None


def test_a_contacts_new_picture_is_a_fact_and_no_question(in_chat, service, raise_, qtbot):
    bar = raise_("R16.picture", message=None, matched="")
    assert bar.sentence.text() == "Ann Lee has a new picture."
    assert bar.second.text() == "Only you can see this note."
    bar.why.click()
    assert "The address is the same" in bar.why_panel.reason.text()
    assert [bar.button(one) is not None for one in ("fine", "block", "block_and_report")] == [True, False, False]
    _press(bar, qtbot, "fine")
    qtbot.waitUntil(in_chat.conversation.notice_area.isHidden)
    assert _answers(service) == [(7, "fine")]


def test_tab_goes_as_the_eye_does_and_nothing_is_nameless(in_chat, raise_, qtbot):
    bar = raise_("R11")
    bar.why.click()
    in_chat.conversation.header.report.setFocus(Qt.FocusReason.TabFocusReason)
    seen = []
    for _ in range(len(bar.stops()) + 1):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen[:-1] == bar.stops()
    assert seen[-1] is in_chat.conversation.list
    assert faults(in_chat) == []
    for stop in bar.stops():
        assert stop.height() >= 44, stop.objectName()


def test_escape_in_the_pause_is_cancel_and_send_is_never_off(in_chat, service, engine, qtbot):
    service.pauses[TEXT] = a_pause("R1", TEXT, "020 7946 0018")
    composer = in_chat.conversation.composer
    composer.writer.setPlainText(TEXT)
    composer.send.click()
    before = in_chat.conversation_presenter.deeds.before
    qtbot.waitUntil(lambda: before.pause() is not None)
    assert composer.send.isEnabled()
    qtbot.keyClick(composer.writer, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is before.bar().button("take_out")
    assert faults(in_chat) == []
    for stop in before.bar().stops():
        assert stop.height() >= 44
    before.bar().rest.setChecked(True)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert before.pause() is None
    assert [one for one in service.deeds if one[0] == "rest"] == [], "Escape changes nothing"
    assert composer.text() == TEXT
    assert composer.writer.hasFocus()
    assert [one for one in engine.hub.conversations.deeds if one[0] == "send"] == []
    assert _answers(service) == [(3, "cancel")]


def test_enter_twice_at_once_sends_once(in_chat, engine, qtbot):
    composer = in_chat.conversation.composer
    composer.writer.setPlainText("hello")
    qtbot.keyClick(composer.writer, Qt.Key.Key_Return)
    qtbot.keyClick(composer.writer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: composer.text() == "")
    assert [one for one in engine.hub.conversations.deeds if one[0] == "send"] == [("send", 1, "hello", None)]


def test_words_written_while_robin_looks_are_not_lost(in_chat, engine, service, qtbot):
    """What was sent goes, also when other words are sent before the rules have answered."""
    composer = in_chat.conversation.composer
    for text in ("one", "two"):
        composer.writer.setPlainText(text)
        composer.send.click()
    qtbot.waitUntil(lambda: len([one for one in engine.hub.conversations.deeds if one[0] == "send"]) == 2)
    assert [one[2] for one in engine.hub.conversations.deeds if one[0] == "send"] == ["one", "two"]
    service.pauses[TEXT] = a_pause("R1", TEXT, "020 7946 0018")
    composer.writer.setPlainText(TEXT)
    composer.send.click()
    composer.writer.setPlainText(TEXT + " and more")
    qtbot.waitUntil(lambda: "once more" in composer._note.text())
    assert composer.text() == TEXT + " and more"
    assert in_chat.conversation_presenter.deeds.before.pause() is None


@pytest.mark.parametrize(("rule", "safe"), [("R6", "do_not_send"), ("R20", "edit"), ("R7", "cancel")])
def test_the_keyboard_lands_on_an_answer_that_does_not_send(in_chat, service, qtbot, rule, safe):
    service.pauses[TEXT] = a_pause(rule, TEXT, "ok")
    composer = in_chat.conversation.composer
    composer.writer.setPlainText(TEXT)
    composer.send.click()
    before = in_chat.conversation_presenter.deeds.before
    qtbot.waitUntil(lambda: before.pause() is not None)
    qtbot.keyClick(composer.writer, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is before.bar().button(safe)


@pytest.mark.parametrize(("scale", "width"), [(100, 360), (100, 1180), (200, 700), (200, 1180)])
def test_bars_fit_their_window(ctx, in_chat, service, raise_, qtbot, scale, width):
    bar = raise_("R11")
    ctx.set_scale(scale)
    in_chat.resize(width, 900)
    bar.why.click()
    service.pauses[TEXT] = a_pause("R1", TEXT, "020 7946 0018")
    in_chat.conversation.composer.writer.setPlainText(TEXT)
    in_chat.conversation.composer.send.click()
    before = in_chat.conversation_presenter.deeds.before
    qtbot.waitUntil(lambda: before.pause() is not None)
    qtbot.wait(60)
    for one in (bar, before.bar()):
        holder = one.parentWidget()
        assert one.width() <= holder.width()
        for button in one.findChildren(QPushButton):
            if button.isVisible():
                left = button.mapTo(one, button.rect().topLeft()).x()
                assert left >= 0
                assert left + button.width() <= one.width(), button.objectName()
        for label in one.findChildren(QLabel):
            if label.isVisible() and label.text():
                assert label.height() >= label.heightForWidth(label.width()) - 1, label.text()
    assert in_chat.conversation.list.height() > 0
    assert in_chat.conversation.composer.isVisible()


def test_words_are_easy_and_kind():
    """Every sentence of the notices' own windows is at most grade 4 and has a kind tone."""
    said = []
    for path in Path(room.__file__).parent.glob("*.py"):
        said += re.findall(r"\btr\(\s*\"((?:[^\"\\]|\\.)*)\"", path.read_text("utf-8"))
    assert len(said) > 50
    hard = [(round(hardest(one), 1), one) for one in said if hardest(one) > 4]
    assert hard == []
    assert [one for one in said if tone(one)] == []


def test_two_bars_at_once_leave_the_messages_in_sight(in_chat, service, raise_, qtbot):
    bar = raise_("R8")
    bar.why.click()
    service.pauses[TEXT] = a_pause("R1", TEXT, "020 7946 0018")
    in_chat.conversation.composer.writer.setPlainText(TEXT)
    in_chat.conversation.composer.send.click()
    before = in_chat.conversation_presenter.deeds.before
    qtbot.waitUntil(lambda: before.pause() is not None)
    qtbot.wait(60)
    pane = in_chat.conversation
    assert pane.list.height() >= 60
    parts = (pane.header, pane.notice_area, pane.list, pane.typing, pane.pause_area, pane.composer)
    assert sum(one.height() for one in parts) <= pane.height()
    before.close()
    qtbot.waitUntil(lambda: bar.height() <= bar.parentWidget().height())


def test_right_to_left_mirrors_the_bar_with_its_margins(in_chat, raise_, qtbot):
    bar = raise_("R8")
    start = bar.top.shield.mapTo(bar, bar.top.shield.rect().topLeft()).x()
    bar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    bar.resize(bar.width() - 1, bar.height())
    qtbot.wait(30)
    end = bar.width() - bar.top.shield.mapTo(bar, bar.top.shield.rect().topRight()).x() - 1
    assert end == start
    assert bar.close_button.mapTo(bar, bar.close_button.rect().topLeft()).x() < bar.width() / 4


@pytest.mark.parametrize("deed", ["block", "report", "open"])
def test_a_bar_of_a_chat_that_was_left_does_nothing(deed, in_chat, raise_, reports, service, qtbot):
    """The old chat stays on the screen until the next one is there."""
    raise_("R15" if deed == "open" else "R19", matched="https://bit.ly/3xyz" if deed == "open" else "")
    in_chat.open_conversation(2)
    assert in_chat.conversation_presenter.chat is None
    in_chat.notices.do(deed)
    qtbot.waitUntil(lambda: in_chat.conversation_presenter.chat is not None)
    qtbot.wait(20)
    assert in_chat.findChild(Question) is None
    assert [one.conversation for one in reports] == ([1] if deed == "report" else []), "a report is never off"
    assert _answers(service) == []


def test_a_risky_link_of_a_new_person_is_off_as_their_other_links_are(in_chat, engine, service, raise_, qtbot, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    engine.hub.first_contact.open_links = False
    bar = raise_("R15", matched="https://bit.ly/3xyz")
    _press(bar, qtbot, "open")
    qtbot.waitUntil(lambda: in_chat.findChild(Question) is not None)
    question = in_chat.findChild(Question)
    said = [one.text() for one in question.findChildren(QLabel)]
    assert "Links from new people are off" in said
    question.yes.click()
    qtbot.wait(20)
    assert opened == []
    assert _answers(service) == []


def test_what_is_written_on_stays_the_draft(in_chat, engine, service, qtbot):
    composer = in_chat.conversation.composer
    service.pauses[TEXT] = a_pause("R1", TEXT, "020 7946 0018")
    composer.writer.setPlainText(TEXT)
    composer.send.click()
    composer.writer.setPlainText(TEXT + " and more")
    composer.flush()  # as after a short rest in writing, while the rules still look
    qtbot.waitUntil(lambda: "once more" in composer._note.text())
    in_chat.open_conversation(2)
    qtbot.waitUntil(lambda: in_chat.conversation_presenter.chat is not None)
    assert engine.hub.conversations.drafts[1] == TEXT + " and more"


def _change_own(window, text, qtbot):
    """Begin to change the newest own message and write other words; its number."""
    deeds = window.conversation_presenter.deeds
    composer = window.conversation.composer
    qtbot.keyClick(composer.writer, Qt.Key.Key_Up)
    assert deeds.is_changing()
    composer.rewrite(text)
    return deeds.changing()


def _go_to(window, conversation, qtbot):
    window.open_conversation(conversation)
    presenter = window.conversation_presenter
    qtbot.waitUntil(lambda: presenter.chat is not None and presenter.chat.conversation == conversation)


@pytest.mark.parametrize("asked", [False, True])
def test_a_change_that_waits_for_an_answer_outlives_a_look_into_another_chat(asked, in_chat, engine, service, qtbot):
    """`asked`: the question is there already; else the rules still look when the other chat comes."""
    deeds, composer = in_chat.conversation_presenter.deeds, in_chat.conversation.composer
    service.pauses[TEXT] = a_pause("R1", TEXT, "020 7946 0018")
    message = _change_own(in_chat, TEXT, qtbot)
    composer.send.click()
    if asked:
        qtbot.waitUntil(lambda: deeds.before.pause() is not None)
    _go_to(in_chat, 2, qtbot)
    assert not deeds.is_changing()
    qtbot.waitUntil(lambda: [one for one in service.deeds if one[0] == "before_send"] != [])
    assert composer.text() != TEXT
    assert deeds.before.pause() is None
    _go_to(in_chat, 1, qtbot)
    qtbot.waitUntil(deeds.is_changing)
    assert (deeds.changing(), composer.text()) == (message, TEXT)
    assert "not sent yet" in composer._note.text()
    assert [one for one in engine.hub.conversations.deeds if one[0] in {"correct", "send"}] == []
    composer.send.click()
    qtbot.waitUntil(lambda: deeds.before.pause() is not None)
    _press(deeds.before.bar(), qtbot, "send_anyway")
    qtbot.waitUntil(lambda: not deeds.is_changing())
    assert [one for one in engine.hub.conversations.deeds if one[0] == "correct"] == [("correct", message, TEXT)]
    assert engine.hub.conversations.drafts.get(1, "") != TEXT, "a change is no draft of a new message"
    _go_to(in_chat, 2, qtbot)
    _go_to(in_chat, 1, qtbot)
    qtbot.wait(30)
    assert not deeds.is_changing(), "it went once and does not come back"


def test_a_change_that_the_person_left_does_not_come_back(in_chat, engine, service, qtbot):
    deeds, composer = in_chat.conversation_presenter.deeds, in_chat.conversation.composer
    service.pauses[TEXT] = a_pause("R1", TEXT, "020 7946 0018")
    _change_own(in_chat, TEXT, qtbot)
    composer.send.click()
    qtbot.waitUntil(lambda: deeds.before.pause() is not None)
    qtbot.keyClick(composer.writer, Qt.Key.Key_Escape)
    assert not deeds.is_changing()
    _go_to(in_chat, 2, qtbot)
    _go_to(in_chat, 1, qtbot)
    qtbot.wait(30)
    assert not deeds.is_changing()
    assert composer.text() != TEXT


def test_a_change_that_is_fine_goes_also_when_another_chat_comes_first(in_chat, engine, service, qtbot):
    deeds, composer = in_chat.conversation_presenter.deeds, in_chat.conversation.composer
    message = _change_own(in_chat, "ok", qtbot)
    composer.send.click()
    _go_to(in_chat, 2, qtbot)
    qtbot.waitUntil(lambda: ("correct", message, "ok") in engine.hub.conversations.deeds)
    _go_to(in_chat, 1, qtbot)
    qtbot.wait(30)
    assert not deeds.is_changing()


def test_words_begun_anew_are_not_pushed_away_by_a_kept_change(in_chat, engine, service, qtbot):
    deeds, composer = in_chat.conversation_presenter.deeds, in_chat.conversation.composer
    service.pauses[TEXT] = a_pause("R1", TEXT, "020 7946 0018")
    message = _change_own(in_chat, TEXT, qtbot)
    composer.send.click()
    _go_to(in_chat, 2, qtbot)
    in_chat.open_conversation(1)
    presenter = in_chat.conversation_presenter
    writing = presenter.opened.connect(lambda _chat: composer.rewrite("hello"))
    qtbot.waitUntil(lambda: presenter.chat is not None)
    qtbot.wait(30)
    assert (deeds.is_changing(), composer.text()) == (False, "hello")
    composer.rewrite("")
    composer.flush()
    _go_to(in_chat, 2, qtbot)
    presenter.opened.disconnect(writing)
    in_chat.open_conversation(1)
    qtbot.waitUntil(deeds.is_changing)
    assert deeds.changing() == message
