"""The main window as a whole: Report abuse everywhere, keys, rooms, narrow form, names for screen readers."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget

from messenger.domain.account import ConnectionState
from messenger.domain.errors import WrongPassword
from messenger.domain.events import ConnectionChanged
from messenger.domain.report import ReportContext
from messenger.ui.settings.keys import KeysDialog
from messenger.ui.widgets.buttons import ReportButton
from tests.ui.stand_ins import ME
from tests.ui.walk import faults, find, nodes


def _report_buttons(window: QWidget) -> list[ReportButton]:
    return [one for one in window.findChildren(ReportButton) if one.isVisible()]


def test_every_focusable_control_has_a_name_in_every_room(in_chat, qtbot):
    assert len(list(nodes(in_chat))) > 60
    for room in ("chats", "people", "settings"):
        in_chat.show_room(room)
        QApplication.processEvents()
        assert faults(in_chat) == [], room


def test_every_focusable_control_has_a_name_signed_out(signed_out):
    assert faults(signed_out) == []


def test_report_abuse_is_in_the_rail_and_the_header_of_every_room(in_chat):
    for room in ("chats", "people", "settings"):
        in_chat.show_room(room)
        QApplication.processEvents()
        seen = _report_buttons(in_chat)
        assert len(seen) == 2, room
        rail, header = sorted(seen, key=lambda one: one.mapTo(in_chat, QPoint()).x())
        assert rail.geometry().bottom() == in_chat.height() - 9
        right = header.mapTo(in_chat, QPoint(header.width(), 0)).x()
        assert in_chat.width() - right == 16, room


def test_report_from_a_chat_names_the_chat_and_from_the_rail_does_not(in_chat, reports, qtbot):
    qtbot.mouseClick(in_chat.conversation.header.report, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(in_chat.rail.report_button, Qt.MouseButton.LeftButton)
    assert reports == [ReportContext(ME, 1, (), "ann@example.org"), ReportContext(ME)]


_BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def test_the_key_of_report_abuse_is_heard_in_a_dialog_over_a_room_and_over_a_dialog(make_window, engine, reports, qtbot):
    from messenger.ui.notices.history import NoticeHistory
    from messenger.ui.widgets.ask import Question

    window = make_window(engine)
    leaf = NoticeHistory(window._ctx, engine, window.conversation)  # its parent is no window
    leaf.open()
    qtbot.waitUntil(leaf.isActiveWindow)
    qtbot.keyClick(leaf, Qt.Key.Key_F8)
    assert len(reports) == 1
    question = Question(window._ctx, leaf, "Sure?", "Words.", "Yes", lambda: None)
    question.open()
    qtbot.waitUntil(question.isActiveWindow)
    qtbot.keyClick(question, Qt.Key.Key_F8)
    assert len(reports) == 2
    question.reject()
    leaf.reject()


@pytest.mark.parametrize("keys", [(Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_R, _BOTH)])
def test_report_by_key_works_signed_out(signed_out, reports, qtbot, keys):
    qtbot.keyClick(signed_out, *keys)
    assert reports == [ReportContext()]


def test_report_by_key_in_a_chat_names_the_chat(in_chat, reports, qtbot):
    qtbot.keyClick(in_chat.conversation.composer.writer, Qt.Key.Key_F8)
    assert reports == [ReportContext(ME, 1, (), "ann@example.org")]


def test_report_by_key_works_while_a_dialog_is_open(in_chat, reports, qtbot):
    in_chat.sign_in()
    (dialog,) = [one for one in in_chat.findChildren(QDialog) if one.isVisible()]
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog, Qt.Key.Key_F8)
    assert reports == [ReportContext(ME, 1, (), "ann@example.org")]
    dialog.close()


def test_signed_out_offers_to_sign_in(signed_out, qtbot):
    assert signed_out.chats.part() is signed_out.chats.signed_out
    qtbot.mouseClick(signed_out.chats.signed_out.button, Qt.MouseButton.LeftButton)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    dialog.close()


def _open_now(window):
    chat = window.conversation_presenter.chat
    return chat.conversation if chat is not None else None


def test_alt_arrows_step_through_the_chats(window, qtbot):
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        QApplication.processEvents()
    qtbot.waitUntil(lambda: _open_now(window) == 3)
    qtbot.keyClick(window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: _open_now(window) == 2)


def test_f6_goes_round_all_parts(in_chat, qtbot):
    parts = (
        in_chat.rail,
        in_chat.chats,
        in_chat.conversation.header,
        in_chat.conversation.list,
        in_chat.conversation.composer,
    )
    seen = []
    for _ in parts:
        qtbot.keyClick(in_chat, Qt.Key.Key_F6)
        focus = QApplication.focusWidget()
        seen.append(next(n for n, part in enumerate(parts) if part is focus or part.isAncestorOf(focus)))
    assert sorted(seen) == [0, 1, 2, 3, 4]
    qtbot.keyClick(in_chat, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert parts[seen[-2]] is QApplication.focusWidget() or parts[seen[-2]].isAncestorOf(QApplication.focusWidget())


def test_tab_leaves_every_control_and_comes_round(in_chat, qtbot):
    in_chat.rail._items["chats"].setFocus()
    seen = []
    for _ in range(60):
        seen.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        if QApplication.focusWidget() is seen[0]:
            break
    names = [one.objectName() for one in seen]
    assert QApplication.focusWidget() is seen[0]
    for wanted in (
        "rail.report",
        "chats.search",
        "chats.list",
        "chat.report",
        "conversation.messages",
        "composer.text",
        "composer.send",
    ):
        assert wanted in names, (wanted, names)


def test_f1_lists_the_keys(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_F1)
    dialog = window.findChild(KeysDialog)
    assert not dialog.isModal()  # Report abuse in the window behind it can be pressed (rule 7)
    words = [label.text() for label in dialog.findChildren(QLabel)]
    assert "Report abuse" in words
    assert any("F8" in one for one in words)
    assert faults(dialog) == []
    dialog.close()


def test_a_narrow_window_shows_the_list_then_the_chat(in_chat, qtbot):
    in_chat.resize(480, 700)
    assert in_chat.conversation.isVisible()
    assert not in_chat.chats.isVisible()
    qtbot.mouseClick(find(in_chat, "Back to the chats"), Qt.MouseButton.LeftButton)
    assert in_chat.chats.isVisible()
    assert not in_chat.conversation.isVisible()
    in_chat.open_conversation(2)
    qtbot.waitUntil(in_chat.conversation.isVisible)
    in_chat.resize(1180, 760)
    assert in_chat.chats.isVisible()
    assert in_chat.conversation.isVisible()


@pytest.mark.parametrize("width", [480, 800, 1180])
def test_report_abuse_is_never_cut(in_chat, width):
    in_chat.resize(width, 700)
    QApplication.processEvents()
    for button in _report_buttons(in_chat):
        assert button.width() >= button.minimumSizeHint().width()
        assert button.height() >= 44
        where = button.mapTo(in_chat, QPoint(button.width(), button.height()))
        assert where.x() <= in_chat.width()
        assert where.y() <= in_chat.height()


def test_a_failed_sign_in_is_said_in_words_with_a_way_on(in_chat, qtbot):
    in_chat._engine.tell(ConnectionChanged(ME, ConnectionState.FAILED, WrongPassword()))
    assert in_chat.connection.words() == "The address or the password is not right. Check both and try again."
    qtbot.mouseClick(find(in_chat, "Sign in"), Qt.MouseButton.LeftButton)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    dialog.close()
    in_chat._engine.tell(ConnectionChanged(ME, ConnectionState.ONLINE))
    assert in_chat.connection.words() == ""


def test_a_lost_connection_says_that_messages_wait(in_chat, qtbot):
    in_chat._engine.tell(ConnectionChanged(ME, ConnectionState.RECONNECTING, None, 5))
    qtbot.waitUntil(lambda: "Your messages wait here" in in_chat.connection.words(), timeout=30000)
    qtbot.mouseClick(find(in_chat, "Try now"), Qt.MouseButton.LeftButton)
    assert ("reconnect", ME) in in_chat._engine.hub.accounts.deeds


def test_rooms_are_imported_only_when_opened():
    code = (
        "import sys, messenger.ui.main_window; "
        "print([name for name in sys.modules if name.startswith(('messenger.ui.settings.', 'messenger.ui.people.', "
        "'messenger.ui.accounts.view', 'messenger.ui.report', 'messenger.ui.safety', 'messenger.services', 'linkify_it', 'slixmpp'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_settings_apply_at_once(window, qtbot):
    window.show_room("settings")
    qtbot.mouseClick(window.findChild(QWidget, "settings.theme.dark"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window._ctx.theme.name == "dark")
    qtbot.mouseClick(window.findChild(QWidget, "settings.text_size.150"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window._ctx.scale == 150)
    assert window._engine.hub.settings.values["theme"] == "dark"


def test_the_safety_room_is_made_once_and_its_report_is_connected(make_window, engine, reports, qtbot):
    from PySide6.QtCore import Signal

    class Room(QWidget):
        report = Signal()

    made = []

    def make():
        made.append(Room())
        return made[-1]

    window = make_window(engine, make)
    window.show_room("safety")
    window.show_room("chats")
    window.show_room("safety")
    assert len(made) == 1
    made[0].report.emit()
    assert reports == [ReportContext(ME)]


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_no_label_is_cut_without_a_tool_tip(window, scale, qtbot):
    window._ctx.set_scale(scale)
    for room in ("people", "settings"):
        window.show_room(room)
        QApplication.processEvents()
        qtbot.wait(20)
        for label in window.findChildren(QLabel):
            if label.isVisible() and label.text() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()) - 1, (label.text(), label.size())


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_of_a_chat_never_covers_report_abuse(in_chat, qtbot):
    header = in_chat.conversation.header
    for width in (1180, 720, 480):
        in_chat.resize(width, 640)
        QApplication.processEvents()
        qtbot.mouseClick(header.more, Qt.MouseButton.LeftButton)
        menu = QApplication.activePopupWidget()
        assert menu is not None
        button = QRect(header.report.mapToGlobal(QPoint()), header.report.size())
        assert not menu.geometry().intersects(button), width
        menu.close()


def test_the_keyboard_never_lands_on_report_abuse_when_a_room_opens(in_chat, qtbot):
    in_chat.conversation.composer.writer.setFocus()
    for room in ("people", "settings"):
        in_chat.show_room(room)
        QApplication.processEvents()
        assert not isinstance(in_chat.focusWidget(), ReportButton), room
    in_chat.open_conversation(1)
    QApplication.processEvents()
    assert in_chat.focusWidget() is in_chat.conversation.composer.writer
    in_chat.show_room("people")
    in_chat.show_room("chats")
    QApplication.processEvents()
    assert in_chat.focusWidget() is in_chat.conversation.composer.writer


def test_newest_message_answers_enter(in_chat, qtbot):
    pressed = []
    in_chat.conversation.jump.clicked.connect(lambda: pressed.append(1))
    in_chat.conversation.jump.show()
    in_chat.conversation.jump.setFocus()
    qtbot.keyClick(in_chat.conversation.jump, Qt.Key.Key_Return)
    assert pressed == [1]


def test_the_status_line_stays_on_its_line_in_a_slim_list(window, qtbot):
    head = window.account_header
    for width in (1180, 720):
        window.resize(width, 640)
        qtbot.wait(20)
        assert head.status._lines == 1, width
        assert "at the park until four" in head.status.accessibleName()
    assert head.status.words().endswith("…")
