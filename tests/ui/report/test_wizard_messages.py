"""The messages page: what goes, what goes too, what is left out, and only a window of a long chat."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from messenger.ui.report.evidence import KEPT
from messenger.ui.report.lines_model import ROW
from tests.ui.report.stand_ins import CONTEXT, TALK, Reporting


def at_messages(hands):
    hands.open()
    hands.window.presenter._talk = hands.window.presenter._talk.go_to("messages")
    hands.window.presenter.show_again()
    hands.settle()
    return hands.window.page


def goes(page):
    rows = [page._model.index(n).data(ROW) for n in range(page._model.rowCount())]
    return {one.message: one.goes for one in rows if hasattr(one, "goes")}


def test_ticks_come_from_where_it_was_opened_and_context_goes_too(hands):
    page = at_messages(hands)
    assert goes(page) == {1: "context", 2: "context", 3: "chosen", 4: "context", 5: "chosen", 6: "chosen", 7: "chosen", 8: "context"}
    assert page.counts.text() == "4 chosen, 4 next to them"


def test_it_or_them_goes_by_how_many_are_chosen(hands):
    page = at_messages(hands)
    for message in (3, 5, 6):
        click_row(hands, page, message)
    hands.settle()
    assert page.counts.text().startswith("1 chosen, ")
    assert page.counts.text().endswith(" next to it")


def test_the_hint_of_a_mark_is_there_only_with_the_mark(hands):
    page = at_messages(hands)
    assert page.hint.isVisible()
    for message in (3, 5, 6, 7):
        click_row(hands, page, message)
    hands.settle()
    assert set(goes(page).values()) == {"no"}
    assert not page.hint.isVisible()


def click_row(hands, page, message, right=False):
    index = page._model.index(page._model.row_of(message))
    page.list.scrollTo(index)
    rect = page.list.visualRect(index)
    at = rect.center()
    if right:
        at.setX(rect.right() - 20)
    QTest.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    hands.settle()


def test_a_click_ticks_and_a_click_on_goes_too_leaves_out(hands):
    page = at_messages(hands)
    click_row(hands, page, 1, right=True)
    assert goes(page)[1] == "no"
    assert hands.hub.reporting.kept["d1"].left_out == (1,)
    click_row(hands, page, 1, right=True)
    assert hands.hub.reporting.kept["d1"].left_out == ()
    click_row(hands, page, 3)
    assert 3 not in hands.hub.reporting.kept["d1"].chosen


def test_space_ticks_and_delete_leaves_out(hands):
    page = at_messages(hands)
    page.list.setFocus()
    page.list.setCurrentIndex(page._model.index(page._model.row_of(8)))
    hands.key(Qt.Key.Key_Delete)
    assert hands.hub.reporting.kept["d1"].left_out == (8,)
    hands.key(Qt.Key.Key_Space)
    kept = hands.hub.reporting.kept["d1"]
    assert 8 in kept.chosen
    assert kept.left_out == ()


def test_the_whole_chat_and_back(hands):
    page = at_messages(hands)
    hands.click("messages.all")
    assert set(goes(page).values()) == {"chosen"}
    assert hands.find("messages.all").words() == "Take all ticks away"
    hands.click("messages.all")
    assert hands.hub.reporting.kept["d1"].chosen == ()
    assert page.counts.text() == "None chosen"


def test_a_picture_is_words_and_says_so_to_a_screen_reader(hands):
    page = at_messages(hands)
    index = page._model.index(page._model.row_of(6))
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "not shown, not sent" in said
    assert "chosen" in said
    assert index.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Checked.value


def test_a_long_chat_is_a_window_that_follows_the_scroll_bar(hands):
    talk = [("in", f"{n // 60 % 24:02}:{n % 60:02}", f"line {n}") for n in range(2000)]
    hands.hub.reporting.__init__(talk)
    page = at_messages(hands)
    assert page._model.rowCount() < 150
    for _ in range(30):
        page.list.verticalScrollBar().setValue(page.list.verticalScrollBar().maximum())
        hands.settle()
    assert len(goes(page)) <= KEPT
    assert max(goes(page)) == 2000
    for _ in range(30):
        page.list.verticalScrollBar().setValue(0)
        hands.settle()
    assert min(goes(page)) == 1


def test_newest_first_turns_the_rows(hands):
    page = at_messages(hands)
    page.order.picked.emit("newest")
    hands.settle()
    order = list(goes(page))
    assert order == sorted(order, reverse=True)
    assert len(order) == len(TALK)
    assert isinstance(hands.hub.reporting, Reporting)
    assert CONTEXT.messages == (3, 5, 6, 7)


def test_report_abuse_pressed_again_in_the_chat_ticks_that_message_too(hands):
    from messenger.domain.report import ReportContext

    window = hands.open()
    again = ReportContext(CONTEXT.account, CONTEXT.conversation, (1,), CONTEXT.counterpart)
    assert window.presenter.holds(again)
    window.presenter.also(again)
    hands.settle()
    assert set(next(iter(hands.hub.reporting.kept.values())).chosen) == {1, 3, 5, 6, 7}


def test_words_have_the_room_that_no_mark_at_the_end_takes(hands, qtbot):
    from messenger.ui.report.lines_model import LinesModel
    from messenger.ui.report.lines_view import LinesDelegate, LinesView

    view = LinesView(hands.ctx, LinesModel())
    qtbot.addWidget(view)
    delegate = view.itemDelegate()
    assert isinstance(delegate, LinesDelegate)
    assert delegate._places(640.0, False).body_wide - delegate._places(640.0, True).body_wide > 40
