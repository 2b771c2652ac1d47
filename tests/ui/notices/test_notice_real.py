"""Notices over the real services, by keyboard alone: nothing is sent by itself, nothing is held back for good."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QMenu

from messenger.ui import a11y
from messenger.ui.notices.doors import open_private_words, open_seen
from tests.chat_case import ME, SAM
from tests.ui.walk import faults

NUMBER = "my number is +44 20 7946 0123 ok"


def _bar(live):
    live.wait(lambda: live.notices.shown() is not None and live.pane.notice_area.isVisible())
    return live.notices.bar()


def _pause(live):
    live.wait(lambda: live.before.pause() is not None)
    return live.before.bar()


def _rows(live) -> str:
    model = live.window.messages
    return " ".join(str(model.index(n, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for n in range(model.rowCount()))


def test_an_ask_shows_the_bar_and_leaves_the_keyboard_where_it_is(live):
    live.write("I was wri")
    live.say("which school do you go to?")
    bar = _bar(live)
    assert live.writer.hasFocus()
    live.qtbot.keyClicks(live.writer, "ting")
    assert live.pane.composer.text() == "I was writing"
    assert bar.sentence.text() == "This message asks about you."
    live.wait(lambda: "which school" in _rows(live))
    assert bar.sentence.text() not in _rows(live), "a notice is not a message"
    assert faults(live.window) == []


def test_f6_reaches_the_bar_and_why_opens_in_place(live):
    live.say("which <b>school</b> do you go to?")
    bar = _bar(live)
    live.key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    live.key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert live.window.focusWidget() is bar.button("fine")
    live.key(Qt.Key.Key_Tab)
    live.key(Qt.Key.Key_Tab)
    live.key(Qt.Key.Key_Tab)
    assert live.window.focusWidget() is bar.why
    live.enter()
    assert bar.why_panel.isVisible()
    assert QApplication.activeModalWidget() is None
    said = [one.text() for one in bar.why_panel.findChildren(QLabel)]
    assert "Robin looked at the words only. Nothing was sent." in said
    quoted = bar.why_panel.quoted
    assert quoted.textFormat() is Qt.TextFormat.PlainText
    live.key(Qt.Key.Key_Escape)
    assert bar.why_panel.isHidden()
    live.key(Qt.Key.Key_Escape)
    assert live.writer.hasFocus()
    assert live.notices.shown() is not None, "Escape puts nothing away"


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_way_to_say_no_is_written_and_not_sent(live):
    live.write("hm.")
    live.say("send me a pic")
    bar = _bar(live)
    ways = live.run(live.world.services.notices.ways("R12"))
    live.wait(lambda: bar._ways == ways)
    bar.button("ways_out").setFocus(Qt.FocusReason.TabFocusReason)
    live.enter()
    menu = bar.findChild(QMenu, "notice.ways")
    live.wait(menu.isVisible)
    live.qtbot.keyClick(menu, Qt.Key.Key_Down)
    live.qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert live.pane.composer.text() == f"hm. {ways[1]}"
    assert live.writer.hasFocus()
    live.quiet()
    assert live.bodies() == []


def test_fine_puts_it_away_and_the_other_side_hears_nothing(live):
    live.say("which school do you go to?")
    bar = _bar(live)
    before = len(live.server.sent())
    bar.button("fine").setFocus(Qt.FocusReason.TabFocusReason)
    live.enter()
    live.wait(live.pane.notice_area.isHidden)
    assert live.writer.hasFocus(), "the keyboard is not left in the air"
    live.quiet()
    kinds = {kind for kind, _ in live.server.sent()[before:]}
    assert kinds <= {"marker"}, "only what reading a message sends anyway"
    assert live.run(live.world.services.notices.counts())["acted"] == 1


def test_block_and_report_opens_the_report_with_the_message(live, reports):
    live.say("do not tell your dad that we chat, ok? it is our secret")
    bar = _bar(live)
    message = live.notices.shown().message
    bar.button("block_and_report").setFocus(Qt.FocusReason.TabFocusReason)
    live.enter()
    live.wait(lambda: bool(reports))
    assert reports[0].conversation == live.chat
    assert reports[0].messages == (message,)
    assert reports[0].counterpart == SAM
    live.quiet()
    assert [one for one in live.server.sent() if one[0] == "block"] == [], "report first, block after the receipt"


def test_a_second_no_lets_this_kind_of_note_rest(live):
    for round_, text in enumerate(("which school do you go to?", "how old are you and where do you live?")):
        live.say(text)
        bar = _bar(live)
        bar.why.setFocus(Qt.FocusReason.TabFocusReason)
        live.enter()
        bar.why_panel.no.setFocus(Qt.FocusReason.TabFocusReason)
        live.enter()
        live.wait(bar.why_panel.no.isHidden)
        words = bar.why_panel.question.text()
        assert ("30 days" in words) is (round_ == 1)
        live.notices.close()
        live.wait(lambda: live.notices.shown() is None)
        live.clock.seconds += 90_000


def test_before_a_number_goes_out_robin_asks_once_and_never_sends_by_itself(live):
    live.write(NUMBER)
    live.enter()
    bar = _pause(live)
    assert live.writer.hasFocus()
    assert live.pane.composer.send.isEnabled()
    assert "+44 20 7946 0123" in bar.sentence.text()
    assert live.bodies() == []
    live.enter()  # once more: it must not slip through
    assert live.window.focusWidget() is bar.button("take_out")
    live.quiet()
    assert live.bodies() == []
    live.enter()
    live.wait(lambda: live.pane.composer.text() == "my number is ok")
    assert live.writer.hasFocus()
    assert live.pane.pause_area.isHidden()
    live.enter()
    live.wait(lambda: live.bodies() == ["my number is ok"])
    live.wait(lambda: live.pane.composer.text() == "")


def test_send_anyway_sends_and_the_question_can_rest_for_this_person(live):
    live.write(NUMBER)
    live.enter()
    bar = _pause(live)
    assert bar.rest.words() == "Do not ask for Sam again"
    bar.rest.setFocus(Qt.FocusReason.TabFocusReason)
    live.key(Qt.Key.Key_Space)
    bar.button("send_anyway").setFocus(Qt.FocusReason.TabFocusReason)
    live.enter()
    live.wait(lambda: live.bodies() == [NUMBER])
    live.wait(lambda: live.pane.composer.text() == "")
    live.write(NUMBER)
    live.enter()
    live.wait(lambda: live.bodies() == [NUMBER, NUMBER])


def test_cancel_and_other_words_end_the_question(live):
    live.write(NUMBER)
    live.enter()
    bar = _pause(live)
    bar.button("cancel").setFocus(Qt.FocusReason.TabFocusReason)
    live.enter()
    assert live.before.pause() is None
    assert live.pane.composer.text() == NUMBER
    live.enter()
    _pause(live)
    live.key(Qt.Key.Key_X)
    assert live.before.pause() is None, "the question was about the old words"
    live.quiet()
    assert live.bodies() == []
    draft = live.run(live.world.services.conversations.draft(live.chat))
    assert draft.startswith(NUMBER), "until it is answered, the words are a draft"


def test_a_code_is_always_asked_about_and_first_the_safe_answer(live):
    live.say("what was the code they sent you?")
    live.write("483920")
    live.enter()
    bar = _pause(live)
    assert bar.rest.isHidden()
    live.enter()
    assert live.window.focusWidget() is bar.button("do_not_send")


def test_a_change_is_looked_at_as_well(live):
    live.write("hello")
    live.enter()
    live.wait(lambda: live.bodies() == ["hello"])
    live.wait(lambda: live.window.messages.rowCount() == 1)
    live.key(Qt.Key.Key_Up)
    assert live.pane.composer.text() == "hello"
    live.pane.composer.rewrite(NUMBER)
    live.enter()
    bar = _pause(live)
    live.quiet()
    assert live.bodies() == ["hello"]
    bar.button("send_anyway").setFocus(Qt.FocusReason.TabFocusReason)
    live.enter()
    live.wait(lambda: live.bodies() == ["hello", NUMBER])
    assert live.server.sent()[-1][1].corrects or [
        one for _, one in live.server.sent() if getattr(one, "corrects", None)
    ]


@pytest.mark.parametrize("broken", ["raises", "never answers"])
def test_a_broken_service_never_holds_a_message(live, monkeypatch, broken):
    async def before_send(_conversation, _text):
        if broken == "raises":
            raise RuntimeError
        import asyncio

        await asyncio.Event().wait()

    monkeypatch.setattr(type(live.world.services.notices), "before_send", staticmethod(before_send))
    live.before.patience_ms = 50
    live.write(NUMBER)
    live.enter()
    live.wait(lambda: live.bodies() == [NUMBER])


def test_another_chat_ends_the_question_and_keeps_the_words(live):
    live.write(NUMBER)
    live.enter()
    _pause(live)
    first = live.chat
    live.open("ann@a.example")
    assert live.pane.pause_area.isHidden()
    assert live.pane.composer.text() == ""
    live.quiet()
    assert live.bodies() == []
    assert live.run(live.world.services.conversations.draft(first)) == NUMBER


def test_i_know_them_is_told_first_and_then_robin_asks_less(live):
    live.quiet()
    menu = live.pane.header.menu()
    action = next(one for one in menu.actions() if one.text() == "I know them")
    assert action.isCheckable()
    assert not action.isChecked()
    action.trigger()
    question = QApplication.activeModalWidget()
    assert "real life" in " ".join(one.text() for one in question.findChildren(QLabel))
    question.yes.setFocus()
    live.qtbot.keyClick(question.yes, Qt.Key.Key_Return)
    live.wait(lambda: live.pane.header._marked is True)
    live.write(NUMBER)
    live.enter()
    live.wait(lambda: live.bodies() == [NUMBER])


def test_private_words_are_added_by_keyboard_and_then_asked_about(live):
    open_private_words(live.window._ctx, live.engine, live.window, lambda: None)
    editor = QApplication.activeModalWidget()
    live.wait(editor.empty.isVisible)
    assert faults(editor) == []
    field = editor.field.edit
    assert field.hasFocus()
    for word, wrong in (("x", True), ("a" * 61, True), ("Biscuit", False), ("biscuit", True)):
        field.setText(word)
        live.qtbot.keyClick(field, Qt.Key.Key_Return)
        assert bool(field.accessibleDescription()) is wrong
        assert editor.field._fault.isVisible() is wrong
    live.wait(lambda: live.run(live.world.services.notices.private_words()) == ("Biscuit",))
    live.qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None
    live.write("my cat is b1scuit, ok")
    live.enter()
    assert "private words" in _pause(live).sentence.text()
    open_private_words(live.window._ctx, live.engine, live.window, lambda: None)
    editor = QApplication.activeModalWidget()
    live.wait(lambda: editor.words() == ("Biscuit",))
    editor.remove("Biscuit")
    live.wait(lambda: live.run(live.world.services.notices.private_words()) == ())


def test_the_list_of_seen_notices_and_forgetting_them(live):
    live.say("which school do you go to?")
    bar = _bar(live)
    bar.button("fine").click()
    live.wait(lambda: live.run(live.world.services.notices.counts())["acted"] == 1)
    open_seen(live.window._ctx, live.engine, live.window, lambda: None)
    page = QApplication.activeModalWidget()
    live.wait(page.list.isVisible)
    assert faults(page) == []
    spoken = page.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "This message asks about you." in spoken
    assert "you chose: I am OK" in spoken
    assert page.counts.text() == "Shown: 1. You chose something: 1. You closed: 0."
    page.forget.setFocus()
    live.qtbot.keyClick(page.forget, Qt.Key.Key_Return)
    question = QApplication.activeModalWidget()
    live.wait(question.no.hasFocus)
    live.qtbot.keyClick(question.yes, Qt.Key.Key_Return)
    live.wait(page.empty.isVisible)
    assert live.run(live.world.services.notices.seen()) == ()
    live.qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_a_note_of_a_chat_behind_a_card_is_not_spoken(live, monkeypatch):
    said = []
    monkeypatch.setattr(a11y, "announce", lambda _widget, words, now=False: said.append(words))
    sam = live.chat
    live.say("hi", by="eve@b.example")
    card = live.run(live.world.services.conversations.open(ME, "eve@b.example"))
    live.window.open_conversation(card)
    live.wait(lambda: live.pane.landing() is live.pane.request_area.first)
    live.say("which school do you go to?")
    live.wait(lambda: live.run(live.world.services.notices.current(sam)) is not None)
    live.quiet()
    assert [one for one in said if "Note from Robin" in one] == []
    live.open(SAM)
    _bar(live)
