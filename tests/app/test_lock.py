"""S51: while Robin is locked nothing in sight tells of the chats: windows, titles, tray, notices, late dialogs, a new start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip, QWidget

from messenger.domain.account import Account
from messenger.domain.errors import StoreFull
from messenger.ui.lock.screen import LockScreen
from messenger.ui.tray import Tray
from messenger.ui.widgets.ask import Question
from tests.app.running import ask
from tests.ui.walk import nodes

# The offscreen screen says so of every window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PIN, WORDS = "4821", "marmalade"


class Painted(QObject):
    """Which windows were painted on the screen."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.seen.append(watched.window())
        return False


@pytest.fixture
def robin(start, qtbot):
    """A Robin with a PIN."""
    made = start()
    ask(made, qtbot, lambda hub: hub.lock.set_pin(PIN))
    qtbot.waitUntil(lambda: made.curtain.is_set)
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    return made


def in_sight():
    QApplication.processEvents()
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]


def the_screen():
    (screen,) = in_sight()
    assert isinstance(screen, LockScreen)
    return screen


def type_pin(qtbot, pin=PIN):
    screen = the_screen()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is screen.pin)
    QTest.keyClicks(screen.pin, pin)
    QTest.keyClick(screen.pin, Qt.Key.Key_Return)


def test_ctrl_l_locks_and_the_pin_opens_all_as_it_was(robin, qtbot):
    robin.report()
    (wizard,) = robin.report_windows()
    robin.window.activateWindow()
    qtbot.waitUntil(robin.window.isActiveWindow)
    QTest.keyClick(robin.window.windowHandle(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    the_screen()
    type_pin(qtbot, "0000")
    qtbot.waitUntil(lambda: the_screen()._said != "", timeout=10_000)
    type_pin(qtbot)
    qtbot.waitUntil(lambda: set(in_sight()) == {robin.window, wizard}, timeout=10_000)
    assert not robin.curtain.locked


class Quiet(QObject):
    """Whether a window was shown as one that asks for no keyboard."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, LockScreen):
            self.seen.append(watched.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating))
        return False


def test_the_keyboard_goes_along_to_the_lock_screen(robin, qapp, monkeypatch):
    # With openbox nothing is active from the moment that the window goes, and the PIN went nowhere (seen with Orca).
    cover = robin.curtain._cover

    def covering(*args, **keys):
        cover(*args, **keys)
        monkeypatch.setattr(QApplication, "activeWindow", lambda: None)

    monkeypatch.setattr(robin.curtain, "_cover", covering)
    quiet = Quiet()
    qapp.installEventFilter(quiet)
    robin.curtain.lock()
    qapp.removeEventFilter(quiet)
    assert quiet.seen == [False]


def test_without_a_pin_ctrl_l_leads_to_the_settings(start):
    robin = start()
    robin.window.actions_.lock_now.trigger()
    assert in_sight() == [robin.window]
    assert robin.window.room == "settings"


def test_s51_dialogs_menus_and_late_windows_are_not_in_sight(robin, qtbot):
    question = Question(robin.ctx, robin.window, "Open this link?", WORDS, "Open", lambda: None)
    question.open()
    menu = QMenu(robin.window)
    menu.addAction(WORDS)
    menu.popup(robin.window.pos())
    QApplication.clipboard().setText("what was copied")
    painted = Painted()
    robin.curtain.lock()
    QApplication.instance().installEventFilter(painted)
    the_screen()
    late = QLabel(WORDS)
    late.show()
    Question(robin.ctx, robin.window, WORDS, WORDS, "Open", lambda: None).open()
    robin.window.show()
    QTest.qWait(30)
    qtbot.waitUntil(lambda: bool(painted.seen), timeout=10_000)
    screen = the_screen()
    QApplication.instance().removeEventFilter(painted)
    assert {type(one) for one in painted.seen} == {LockScreen}, "not for one frame"
    assert QApplication.clipboard().text() == "what was copied"
    heard = " ".join(path for one in in_sight() for _node, path in nodes(one))
    assert WORDS not in heard
    assert screen.windowTitle() == "Robin"
    late.deleteLater()


def test_s51_a_start_that_is_locked_shows_no_chat_for_one_frame(start, robin, qtbot, qapp):
    start.end(robin)
    painted = Painted()
    qapp.installEventFilter(painted)
    again = start()
    the_screen()
    QTest.qWait(50)
    qtbot.waitUntil(lambda: bool(painted.seen), timeout=10_000)
    assert {type(one) for one in painted.seen} == {LockScreen}
    type_pin(qtbot)
    qtbot.waitUntil(lambda: in_sight() == [again.window], timeout=10_000)
    qapp.removeEventFilter(painted)


def test_s51_without_the_mark_the_store_says_so_before_anything_is_shown(start, robin, qtbot, qapp):
    profile = robin._profile
    start.end(robin)
    assert profile.locked_mark.exists()
    profile.locked_mark.unlink()
    shown = []

    class Looks(QObject):
        def eventFilter(self, watched, event):
            if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
                window = watched.window()
                shown.append(getattr(getattr(window, "session", None), "known", None))
            return False

    looks = Looks()
    qapp.installEventFilter(looks)
    again = start()
    the_screen()
    qtbot.waitUntil(lambda: again.window.session.known, timeout=10_000)
    QTest.qWait(30)
    the_screen()
    qapp.removeEventFilter(looks)
    assert False in shown, "the empty window came first"
    assert True not in shown, "no frame of it was painted with anything of the store in it"
    assert again.curtain.locked


def test_ending_robin_while_it_is_locked_does_not_open_it(start, robin, qtbot):
    ask(robin, qtbot, lambda hub: hub.settings.set("lock_at_start", "no"))
    robin.curtain.lock()
    ask(robin, qtbot, lambda hub: hub.lock.state())
    start.end(robin)
    again = start()
    assert again.curtain.locked
    type_pin(qtbot)
    qtbot.waitUntil(lambda: in_sight() == [again.window], timeout=10_000)
    ask(again, qtbot, lambda hub: hub.lock.state())
    start.end(again)
    third = start()
    assert not third.curtain.locked
    assert in_sight() == [third.window]


def test_report_while_locked_gives_numbers_at_once_and_the_report_after_the_pin(robin, qtbot):
    robin.curtain.lock()
    robin._heard("report")
    screen = the_screen()
    qtbot.waitUntil(screen._help.isVisible, timeout=10_000)
    assert robin.report_windows() == []
    type_pin(qtbot)
    qtbot.waitUntil(lambda: len(robin.report_windows()) == 1, timeout=10_000)


def test_locking_by_itself_with_no_window_in_sight_brings_none_up(robin):
    robin.window.hide()
    robin.curtain.lock()
    assert in_sight() == []
    robin.show()
    the_screen()


def test_hide_this_then_the_lock_comes_back_first(robin, qtbot):
    robin.window.show_room("safety")
    robin.curtain.hide_from(robin.window)
    (notes,) = in_sight()
    assert notes.windowTitle() == "Notes"
    robin.curtain.lock()
    assert in_sight() == [notes]
    robin._heard("show")
    type_pin(qtbot)
    qtbot.waitUntil(lambda: in_sight() == [robin.window], timeout=10_000)
    assert robin.window.room == "chats"


def test_a_forgotten_pin_takes_all_off_and_keeps_the_sealed_reports(start, robin, qtbot, qapp, monkeypatch):
    quits = []
    monkeypatch.setattr(robin, "_app", type("App", (), {"quit": staticmethod(lambda: quits.append(1))}))
    profile = robin._profile
    (profile.outbox / "sealed.robin").write_bytes(b"sealed")
    robin.curtain.lock()
    the_screen().anew.emit()
    qtbot.waitUntil(lambda: bool(quits), timeout=10_000)
    start.end(robin)
    assert not profile.database.exists()
    assert [one.name for one in profile.data.glob("robin.db*")] == []
    assert (profile.outbox / "sealed.robin").exists()
    assert not profile.locked_mark.exists()
    again = start()
    assert not again.curtain.is_set
    assert in_sight() == [again.window]


def test_s51_a_screen_reader_is_told_nothing_of_a_message_that_comes_meanwhile(robin, monkeypatch):
    from messenger.ui import a11y

    said = []
    monkeypatch.setattr(a11y.QAccessible, "updateAccessibility", lambda event: said.append(event.message()))
    a11y.announce(robin.window.conversation, WORDS)
    robin.curtain.lock()
    said_before = len(said)
    a11y.announce(robin.window.conversation, WORDS)
    assert said_before == 1
    assert WORDS not in said[1:]


def test_the_lock_screen_can_be_hidden_too(robin, qtbot):
    robin.curtain.lock()
    screen = the_screen()
    qtbot.waitUntil(screen.isActiveWindow)
    for _ in range(3):
        QTest.keyPress(QApplication.focusWindow(), Qt.Key.Key_Shift)
        QTest.keyRelease(QApplication.focusWindow(), Qt.Key.Key_Shift)
    (notes,) = in_sight()
    assert notes.windowTitle() == "Notes"
    robin.show()
    assert the_screen() is screen


def test_a_window_that_is_gone_meanwhile_does_not_keep_the_others_away(robin, qtbot):
    late = QWidget()
    late.show()
    robin.curtain.lock()
    the_screen()
    own = QLabel(WORDS)
    own.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    own.show()  # it came late, and is put off
    late.deleteLater()  # such as a report that was closed by what it waited for
    QTest.qWait(30)
    type_pin(qtbot)
    qtbot.waitUntil(lambda: robin.window in in_sight(), timeout=10_000)
    assert not robin.curtain.locked
    assert not any(isinstance(one, LockScreen) for one in in_sight())


def test_a_tool_tip_does_not_come_back_with_the_windows(robin, qtbot):
    QToolTip.showText(robin.window.mapToGlobal(robin.window.rect().center()), WORDS, robin.window)
    tips = [one for one in in_sight() if one.windowType() is Qt.WindowType.ToolTip]
    assert tips
    robin.curtain.lock()
    the_screen()
    QTest.qWait(30)
    type_pin(qtbot)
    qtbot.waitUntil(lambda: in_sight() == [robin.window], timeout=10_000)


@pytest.mark.qt_log_ignore("This plugin does not support", "systemTrayWindowChanged", extend=True)
def test_the_menu_of_the_tray_opens_while_it_is_locked_or_hidden(robin):
    """Where the tray is drawn by the desktop's panel alone the menu is a window of ours: Report abuse is in it."""
    tray = Tray()
    for cover in (robin.curtain.lock, lambda: robin.curtain.hide_from(robin.window)):
        cover()
        tray._menu.popup(robin.window.pos())
        QTest.qWait(20)
        assert tray._menu.isVisible()
        assert not tray._menu.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        tray._menu.close()
    tray._icon.hide()
    tray._menu.deleteLater()


def test_the_window_that_is_kept_from_sight_is_not_closed(robin, qtbot):
    robin.curtain.lock()
    robin.window.show()
    QTest.qWait(30)
    the_screen()
    assert not robin._leaving, "a closed window ends Robin"
    type_pin(qtbot)
    qtbot.waitUntil(lambda: in_sight() == [robin.window], timeout=10_000)


def test_starting_anew_works_with_no_space_left(start, robin, qtbot, monkeypatch):
    quits = []
    monkeypatch.setattr(robin, "_app", type("App", (), {"quit": staticmethod(lambda: quits.append(1))}))

    async def full(hub):
        async def accounts():
            return (Account("kim@robin.test"),)

        async def sign_out(_account, forget):
            raise StoreFull

        hub.accounts.list, hub.accounts.sign_out = accounts, sign_out

    ask(robin, qtbot, full)
    robin.curtain.lock()
    the_screen().anew.emit()
    qtbot.waitUntil(lambda: bool(quits), timeout=5_000)
    profile = robin._profile
    start.end(robin)
    assert [one.name for one in profile.data.glob("robin.db*")] == []


def test_a_report_that_was_asked_for_does_not_open_after_hide_this(robin, qtbot):
    robin.curtain.lock()
    robin.report()
    robin.curtain.hide_from(the_screen())
    robin.show()
    type_pin(qtbot)
    qtbot.waitUntil(lambda: robin.window in in_sight(), timeout=10_000)
    assert robin.report_windows() == [], "the chats come back, never the report"
