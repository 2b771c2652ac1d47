"""One chat on stand-in services: pages, live messages, drafts, replies, choosing, hostile text."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication

from messenger.domain.errors import StoreFull
from messenger.domain.events import MessagesStored, TypingChanged
from messenger.domain.message import DeliveryState
from messenger.domain.report import ReportContext
from messenger.ui.conversation.composer import LONGEST
from messenger.ui.conversation.deeds import Before
from messenger.ui.conversation.model import MAX_ROWS
from messenger.ui.widgets.ask import Question
from tests.ui.stand_ins import ME, at
from tests.ui.walk import find


def _talk(window):
    return window._engine.hub.conversations


def _deeds(window, name):
    return [deed for deed in _talk(window).deeds if deed[0] == name]


def _fill(window, count):
    talk = _talk(window)
    talk.stored[1].clear()
    for number in range(count):
        talk.add(1, f"line {number}", at(1, 10 + number // 3600, number // 60 % 60, number % 60), number % 3 == 0)


def _write(window, qtbot, text):
    window.conversation.composer.writer.setFocus()
    qtbot.keyClicks(window.conversation.composer.writer, text)


def _menu_deed(window, message, words):
    menu = window.conversation.message_menu(window.messages, message)
    next(action for action in menu.actions() if action.text() == words).trigger()


@pytest.fixture
def long_chat(window, qtbot):
    """A chat of 2,000 messages."""
    _fill(window, 2000)
    window.open_conversation(1)
    qtbot.waitUntil(lambda: window.messages.rowCount() == 60)
    return window


def test_enter_sends_and_empties_the_box(in_chat, qtbot):
    _write(in_chat, qtbot, "hello there")
    qtbot.keyClick(in_chat.conversation.composer.writer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: in_chat.conversation.composer.text() == "")
    assert _deeds(in_chat, "send") == [("send", 1, "hello there", None)]
    qtbot.waitUntil(lambda: in_chat.messages.rowCount() == 9)
    assert in_chat.messages.message(8).body == "hello there"
    assert in_chat.conversation.list.at_end()


def test_shift_enter_is_a_new_line_and_the_box_grows(in_chat, qtbot):
    writer = in_chat.conversation.composer.writer
    before = writer.height()
    _write(in_chat, qtbot, "one")
    qtbot.keyClick(writer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(writer, "two")
    qtbot.keyClick(writer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(writer, "three")
    assert in_chat.conversation.composer.text() == "one\ntwo\nthree"
    assert writer.height() > before
    assert _deeds(in_chat, "send") == []


def test_with_enter_off_control_enter_sends(in_chat, qtbot):
    writer = in_chat.conversation.composer.writer
    writer.enter_sends = False
    _write(in_chat, qtbot, "one")
    qtbot.keyClick(writer, Qt.Key.Key_Return)
    qtbot.keyClick(writer, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: _deeds(in_chat, "send") == [("send", 1, "one", None)])


def test_send_is_never_off_and_says_why_nothing_happens(in_chat, qtbot):
    send = in_chat.conversation.composer.send
    assert send.isEnabled()
    qtbot.mouseClick(send, Qt.MouseButton.LeftButton)
    assert in_chat.conversation.composer._note.text() == "Write something first."
    assert _deeds(in_chat, "send") == []


def test_what_could_not_be_stored_stays_in_the_box(in_chat, qtbot):
    _talk(in_chat).fail["send"] = StoreFull()
    _write(in_chat, qtbot, "important")
    qtbot.keyClick(in_chat.conversation.composer.writer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "no space left" in in_chat.conversation.composer._note.text())
    assert in_chat.conversation.composer.text() == "important"


def test_unsent_words_are_kept_for_each_chat(in_chat, qtbot):
    _write(in_chat, qtbot, "half a")
    in_chat.open_conversation(4)
    qtbot.waitUntil(
        lambda: (
            in_chat.conversation_presenter.chat is not None and in_chat.conversation_presenter.chat.conversation == 4
        )
    )
    assert _talk(in_chat).drafts[1] == "half a"
    assert in_chat.conversation.composer.text() == ""
    in_chat.open_conversation(1)
    qtbot.waitUntil(lambda: in_chat.conversation.composer.text() == "half a")


def test_unsent_words_are_kept_when_the_window_closes(in_chat, qtbot):
    _write(in_chat, qtbot, "half a")
    in_chat.close()
    assert _talk(in_chat).drafts[1] == "half a"


def test_typing_is_told_once_and_taken_back(in_chat, qtbot):
    _write(in_chat, qtbot, "abc")
    assert _deeds(in_chat, "set_typing") == [("set_typing", 1, True)]
    in_chat.conversation.composer.writer.clear()
    assert _deeds(in_chat, "set_typing")[-1] == ("set_typing", 1, False)


def test_is_writing_is_shown_and_taken_away(in_chat):
    in_chat._engine.tell(TypingChanged(1, True))
    assert in_chat.conversation.typing.words() == "Ann is writing"
    in_chat._engine.tell(TypingChanged(2, False))
    assert in_chat.conversation.typing.words() == "Ann is writing"
    in_chat._engine.tell(TypingChanged(1, False))
    assert in_chat.conversation.typing.words() == ""


def test_older_pages_come_on_scrolling_up_and_nothing_jumps(long_chat, qtbot):
    view = long_chat.conversation.list
    assert long_chat.messages.message(59).body == "line 1999"
    view.verticalScrollBar().setValue(view.verticalScrollBar().minimum() + 100)
    middle = view.indexAt(view.viewport().rect().center())
    message, top = long_chat.messages.message(middle.row()).id, view.visualRect(middle).top()
    qtbot.waitUntil(lambda: long_chat.messages.rowCount() == 120)
    now = long_chat.messages.index(long_chat.messages.row_of(message), 0)
    assert abs(view.visualRect(now).top() - top) <= 2


def test_the_window_of_rows_is_bounded_and_both_ends_can_be_reached(long_chat, qtbot):
    view, model = long_chat.conversation.list, long_chat.messages
    for _ in range(60):
        view.verticalScrollBar().setValue(0)
        qtbot.wait(5)
        assert model.rowCount() <= MAX_ROWS
        if not model.has_older:
            break
    assert model.message(0).body == "line 0"
    assert model.has_newer
    assert long_chat.conversation.jump.isVisible()
    qtbot.mouseClick(long_chat.conversation.jump, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: model.message(model.rowCount() - 1).body == "line 1999")
    assert view.at_end()


def test_newer_pages_come_on_scrolling_down(long_chat, qtbot):
    model, view = long_chat.messages, long_chat.conversation.list
    target = _talk(long_chat).stored[1][500].id
    long_chat.conversation_presenter.jump(target)
    qtbot.waitUntil(lambda: model.row_of(target) is not None)
    last = model.message(model.rowCount() - 1).id
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: model.message(model.rowCount() - 1).id > last)


def test_a_burst_of_ten_thousand_keeps_the_rows_bounded(in_chat, qtbot):
    talk, model = _talk(in_chat), in_chat.messages
    for block in range(100):
        views = [talk.add(1, f"burst {block * 100 + n}", at(0, 16, block % 60, n % 60)) for n in range(100)]
        in_chat._engine.tell(MessagesStored(1, tuple(one.id for one in views), True, True))
        if block % 10 == 0:
            qtbot.wait(1)
            assert model.rowCount() <= MAX_ROWS
    qtbot.waitUntil(lambda: model.rowCount() > 0 and model.message(model.rowCount() - 1).body == "burst 9999")
    assert model.rowCount() <= MAX_ROWS
    assert talk.biggest_page <= 60
    assert in_chat._engine.calls < 400


def test_a_live_message_appears_and_is_read_only_at_the_end(long_chat, qtbot):
    talk, view = _talk(long_chat), long_chat.conversation.list
    new = talk.add(1, "are you there?", at(0, 16, 0))
    long_chat._engine.tell(MessagesStored(1, (new.id,), True, True))
    qtbot.waitUntil(lambda: ("mark_read", 1, new.id) in talk.deeds)
    view.verticalScrollBar().setValue(0)
    qtbot.waitUntil(lambda: not view.at_end())
    two = talk.add(1, "hello?", at(0, 16, 1))
    long_chat._engine.tell(MessagesStored(1, (two.id,), True, True))
    qtbot.wait(80)
    assert ("mark_read", 1, two.id) not in talk.deeds
    assert long_chat.conversation.jump.accessibleName() == "1 new message"
    qtbot.mouseClick(long_chat.conversation.jump, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("mark_read", 1, two.id) in talk.deeds)


def test_messages_of_another_chat_change_nothing_here(in_chat, qtbot):
    new = _talk(in_chat).add(2, "dad says", at(0, 16, 0))
    in_chat._engine.tell(MessagesStored(2, (new.id,), True, True))
    qtbot.wait(60)
    assert in_chat.messages.rowCount() == 8


def test_delivery_state_is_shown_as_it_changes(in_chat, qtbot):
    talk = _talk(in_chat)
    last = talk.stored[1][-1]
    for state, words in (
        (DeliveryState.FAILED, "Not sent"),
        (DeliveryState.QUEUED, "Waiting"),
        (DeliveryState.READ, "Read"),
    ):
        talk.change(last, state=state)
        qtbot.waitUntil(lambda want=state: in_chat.messages.message(7).state is want)
        row = in_chat.messages.row(7)
        assert words in in_chat.conversation.list.delegate.bubble(row, 700).meta


def test_a_failed_message_can_be_sent_again(in_chat, qtbot):
    talk = _talk(in_chat)
    last = talk.stored[1][-1]
    talk.change(last, state=DeliveryState.FAILED)
    qtbot.waitUntil(lambda: in_chat.messages.message(7).state is DeliveryState.FAILED)
    _menu_deed(in_chat, last.id, "Try again")
    assert ("resend", last.id) in talk.deeds


def test_reply_and_leaving_it(in_chat, qtbot):
    first = _talk(in_chat).stored[1][1]
    _menu_deed(in_chat, first.id, "Reply")
    assert in_chat.conversation.composer._context_name.text() == "Reply to Ann Lee"
    qtbot.keyClick(in_chat.conversation.composer.writer, Qt.Key.Key_Escape)
    assert not in_chat.conversation.composer._context.isVisible()
    _menu_deed(in_chat, first.id, "Reply")
    _write(in_chat, qtbot, "yes")
    qtbot.keyClick(in_chat.conversation.composer.writer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _deeds(in_chat, "send") == [("send", 1, "yes", first.id)])


def test_up_in_an_empty_box_changes_the_last_own_message(in_chat, qtbot):
    writer = in_chat.conversation.composer.writer
    writer.setFocus()
    qtbot.keyClick(writer, Qt.Key.Key_Up)
    last = _talk(in_chat).stored[1][-1]
    assert in_chat.conversation.composer.text() == last.body
    writer.setPlainText("got it, thanks")
    qtbot.keyClick(writer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: _deeds(in_chat, "correct") == [("correct", last.id, "got it, thanks")])
    assert 1 not in _talk(in_chat).drafts or _talk(in_chat).drafts[1] == ""


def test_copy_and_take_back(in_chat, qtbot):
    last = _talk(in_chat).stored[1][-1]
    _menu_deed(in_chat, last.id, "Copy")
    assert QGuiApplication.clipboard().text() == last.body
    _menu_deed(in_chat, last.id, "Take back")
    assert ("retract", last.id) in _talk(in_chat).deeds


def test_report_of_one_message_and_of_several(in_chat, reports, qtbot):
    messages = _talk(in_chat).stored[1]
    _menu_deed(in_chat, messages[1].id, "Report abuse")
    _menu_deed(in_chat, messages[1].id, "Choose messages")
    view = in_chat.conversation.list
    at_two = view.visualRect(in_chat.messages.index(2, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at_two)
    assert find(in_chat, "Report these").isVisible()
    qtbot.mouseClick(find(in_chat, "Report these"), Qt.MouseButton.LeftButton)
    one, two = messages[1].id, messages[2].id
    assert reports == [
        ReportContext(ME, 1, (one,), "ann@example.org"),
        ReportContext(ME, 1, (one, two), "ann@example.org"),
    ]
    assert not view.is_choosing()


def test_several_messages_are_copied_with_who_and_when(in_chat, qtbot):
    view = in_chat.conversation.list
    view.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.mouseClick(find(in_chat, "Copy"), Qt.MouseButton.LeftButton)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 2
    assert "You: I found the bird book" in lines[0]
    assert "Ann Lee: hi! are you coming" in lines[1]


def test_escape_ends_choosing(in_chat, qtbot):
    view = in_chat.conversation.list
    view.start_choosing(1)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert not view.is_choosing()
    assert in_chat.conversation.composer.isVisible()


def test_a_link_is_pressed_in_the_list_and_asks_first(in_chat, qtbot):
    view = in_chat.conversation.list
    row = in_chat.messages.row(5)
    made = view.delegate.bubble(row, view.delegate.width())
    line = made.body.lineAt(made.body.lineCount() - 1)
    inside = made.body_at + QPointF(line.naturalTextWidth() / 2, line.y() + 5)
    spot = view.visualRect(in_chat.messages.index(5, 0)).topLeft() + inside.toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: in_chat.findChild(Question) is not None)
    question = in_chat.findChild(Question)
    assert question.detail.text() == "maths-club.example"
    question.reject()


def test_a_press_beside_a_link_opens_nothing(in_chat, qtbot):
    view = in_chat.conversation.list
    spot = view.visualRect(in_chat.messages.index(5, 0)).center() + QPoint(300, 0)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert in_chat.findChild(Question) is None


def test_a_quote_leads_to_its_message(in_chat, qtbot):
    view = in_chat.conversation.list
    made = view.delegate.bubble(in_chat.messages.row(3), view.delegate.width())
    spot = view.visualRect(in_chat.messages.index(3, 0)).topLeft() + made.quote.center().toPoint()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert view.delegate.marked == _talk(in_chat).stored[1][1].id


def test_the_line_above_new_messages(window, qtbot):
    _fill(window, 300)
    unread = _talk(window).stored[1][290].id
    _talk(window).first_unread[1] = unread
    window.open_conversation(1)
    qtbot.waitUntil(lambda: window.messages.rowCount() == 60)
    assert window.messages.row(window.messages.row_of(unread)).first_new


def test_block_and_erase_ask_first(in_chat, qtbot):
    in_chat.conversation.header.wanted.emit("block")
    question = in_chat.findChild(Question)
    assert in_chat._engine.hub.blocking.deeds == []
    qtbot.mouseClick(question.yes, Qt.MouseButton.LeftButton)
    assert in_chat._engine.hub.blocking.deeds == [("block", ME, "ann@example.org")]
    QApplication.processEvents()
    in_chat.conversation.header.wanted.emit("erase")
    qtbot.mouseClick(in_chat.findChildren(Question)[-1].yes, Qt.MouseButton.LeftButton)
    assert ("delete_history", 1) in _talk(in_chat).deeds


@pytest.mark.parametrize(
    "body",
    [
        "😀" * 100_000,
        "http://example.org/" + "a" * 1_000_000,
        "\u202e\u2067\u200f" * 33_334,
        "e" + "\u0301" * 100_000,
        "x" * 1_000_000,
    ],
    ids=["emoji", "url", "bidi", "zalgo", "wall"],
)
def test_s29_hostile_text_is_cut_with_show_more_and_does_not_stall(in_chat, qtbot, body):
    view = _talk(in_chat).add(1, body, at(0, 16, 0))
    start = time.monotonic()
    in_chat._engine.tell(MessagesStored(1, (view.id,), True, True))
    qtbot.waitUntil(lambda: in_chat.messages.rowCount() == 9)
    in_chat.grab()
    # Ten times what is wanted, so that a busy machine does not matter.
    assert time.monotonic() - start < 10 * 0.3
    made = in_chat.conversation.list.delegate.bubble(in_chat.messages.row(8), 700)
    assert made.more is not None
    assert len(made.text) < 40_000
    in_chat.messages.show_more(view.id)
    in_chat.grab()
    more = in_chat.conversation.list.delegate.bubble(in_chat.messages.row(8), 700)
    # A pile of marks on one letter is thinned to one letter, however much is shown.
    assert more.row.shown > made.row.shown
    assert more.height > made.height or "\u0301" in body


def test_s29_a_paste_of_nine_megabytes_is_cut_and_said(in_chat, qtbot):
    data = QMimeData()
    data.setText("paste " * 1_600_000)
    start = time.monotonic()
    in_chat.conversation.composer.writer.insertFromMimeData(data)
    assert time.monotonic() - start < 5
    assert len(in_chat.conversation.composer.text()) <= LONGEST + 1
    assert "as long as one message can be" in in_chat.conversation.composer._note.text()


def test_pasted_html_becomes_plain_text(in_chat):
    data = QMimeData()
    data.setHtml("<b>bold</b><img src='http://example.org/x.png'>")
    data.setText("bold")
    in_chat.conversation.composer.writer.insertFromMimeData(data)
    assert in_chat.conversation.composer.text() == "bold"


def test_erased_and_empty_chats_say_so(window, qtbot):
    _talk(window).stored[3].clear()
    window.open_conversation(3)
    qtbot.waitUntil(lambda: window.conversation.nothing.isVisible())
    assert window.messages.rowCount() == 0


def test_enter_again_while_it_is_being_stored_sends_once(in_chat, qtbot):
    writer = in_chat.conversation.composer.writer
    in_chat.conversation_presenter.deeds.before = Before()  # asks nothing, so that it goes at once
    _write(in_chat, qtbot, "hello there")
    for _ in range(3):
        qtbot.keyClick(writer, Qt.Key.Key_Return)  # the engine is slow: its answer comes a turn later
    qtbot.waitUntil(lambda: in_chat.conversation.composer.text() == "")
    assert [deed[2] for deed in _deeds(in_chat, "send")] == ["hello there"]
    _write(in_chat, qtbot, "hello there")
    qtbot.keyClick(writer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: in_chat.conversation.composer.text() == "")
    assert [deed[2] for deed in _deeds(in_chat, "send")] == ["hello there"] * 2, "the same words can be sent again"


def test_a_held_enter_sends_nothing_more(in_chat, qtbot):
    writer = in_chat.conversation.composer.writer
    _write(in_chat, qtbot, "hello there")
    held = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True, 1)
    QApplication.sendEvent(writer, held)
    qtbot.wait(20)
    assert _deeds(in_chat, "send") == []
    assert in_chat.conversation.composer.text() == "hello there"


def test_what_was_sent_is_no_draft_when_another_chat_is_opened_at_once(in_chat, qtbot):
    composer = in_chat.conversation.composer
    in_chat.conversation_presenter.deeds.before = Before()
    _write(in_chat, qtbot, "hello ")
    composer.flush()  # as after a short rest in writing
    _write(in_chat, qtbot, "there")
    qtbot.keyClick(composer.writer, Qt.Key.Key_Return)
    in_chat.open_conversation(2)
    qtbot.waitUntil(lambda: in_chat.conversation_presenter.chat is not None)
    assert [deed[2] for deed in _deeds(in_chat, "send")] == ["hello there"]
    assert in_chat.conversation_presenter.chat.conversation == 2
    qtbot.wait(20)
    assert _talk(in_chat).drafts.get(1, "") == "", "it would be sent a second time"


def test_a_change_begun_while_another_message_is_stored_stays(in_chat, qtbot):
    in_chat.conversation_presenter.deeds.before = Before()
    mine = next(one for one in _talk(in_chat).stored[1] if one.direction.value == "out" and not one.retracted)
    _write(in_chat, qtbot, "hello there")
    qtbot.keyClick(in_chat.conversation.composer.writer, Qt.Key.Key_Return)
    _menu_deed(in_chat, mine.id, "Change")
    _write(in_chat, qtbot, " and more")
    qtbot.wait(20)
    assert in_chat.conversation_presenter.deeds.is_changing()
    assert in_chat.conversation.composer.text() == f"{mine.body} and more"
    assert _talk(in_chat).drafts.get(1, "") == "", "an old message's words are no draft"
    qtbot.keyClick(in_chat.conversation.composer.writer, Qt.Key.Key_Return)
    _write(in_chat, qtbot, " again")
    qtbot.wait(20)
    assert in_chat.conversation.composer.text() == f"{mine.body} and more again", "what is written on is not lost"
    assert in_chat.conversation_presenter.deeds.is_changing()
