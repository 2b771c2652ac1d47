"""What is on its way while Robin is hidden or locked: an answer that comes late opens nothing, and Robin does not end."""

from __future__ import annotations

import asyncio
import threading

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QClipboard
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.domain.errors import StoreLocked
from messenger.domain.lock import LockState
from messenger.domain.report import ReportContext
from messenger.ui.lock.screen import LockScreen
from tests.app.running import ask

# The offscreen screen says so of every window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PIN = "4821"


@pytest.fixture
def robin(start, qtbot):
    """A Robin of this test alone, with a PIN."""
    made = start()
    ask(made, qtbot, lambda hub: hub.lock.set_pin(PIN))
    qtbot.waitUntil(lambda: made.curtain.is_set, timeout=30_000)
    made.window.activateWindow()
    qtbot.waitUntil(made.window.isActiveWindow)
    return made


def in_sight():
    QApplication.processEvents()
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]


def only_notes():
    (notes,) = in_sight()
    assert notes.windowTitle() == "Notes"
    return notes


def the_screen():
    (screen,) = in_sight()
    assert isinstance(screen, LockScreen)
    return screen


def type_pin(qtbot):
    screen = the_screen()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is screen.pin)
    QTest.keyClicks(screen.pin, PIN)
    QTest.keyClick(screen.pin, Qt.Key.Key_Return)


def test_a_right_pin_that_is_answered_after_hide_this_opens_nothing(robin, qtbot):
    gate, looked = threading.Event(), []

    async def slow(hub):
        check = hub.lock.check

        async def late(pin):
            answer = await check(pin)
            await asyncio.to_thread(gate.wait, 30)
            looked.append(answer.ok)
            return answer

        hub.lock.check = late

    ask(robin, qtbot, slow)
    robin.curtain.lock()
    screen = the_screen()
    type_pin(qtbot)
    robin.curtain.hide_from(screen)
    gate.set()
    qtbot.waitUntil(lambda: looked == [True], timeout=20_000)
    ask(robin, qtbot, lambda hub: hub.lock.state())  # its answer comes after that of the PIN
    only_notes()
    assert robin.curtain.locked
    robin.show()
    type_pin(qtbot)
    qtbot.waitUntil(lambda: in_sight() == [robin.window], timeout=20_000)


def test_a_lock_that_is_taken_off_behind_the_notes_brings_nothing_up(robin, qtbot):
    """The PIN dialog was answered, and Hide this pressed, at the same time."""
    robin.curtain.hide_from(robin.window)
    ask(robin, qtbot, lambda hub: hub.lock.remove(PIN))
    qtbot.waitUntil(lambda: not robin.curtain.is_set, timeout=20_000)
    only_notes()
    robin.show()
    assert in_sight() == [robin.window]


@pytest.fixture
def quits(robin, monkeypatch):
    """How often Robin was to end."""
    asked = []
    monkeypatch.setattr(robin, "_app", type("App", (), {"quit": staticmethod(lambda: asked.append(1))}))
    return asked


def practise_alone(robin, qtbot):
    """A practice is open, and the chats were closed before."""
    robin.practise()
    qtbot.waitUntil(lambda: robin._practising.window is not None, timeout=30_000)
    robin.window.close()
    return robin._practising.window


def test_a_real_report_from_a_practice_does_not_end_robin_when_the_chats_are_closed(robin, quits, qtbot):
    practise_alone(robin, qtbot).real.emit()
    QApplication.processEvents()
    assert len(robin.report_windows()) == 1
    assert quits == []


def test_a_practice_that_is_done_once_more_does_not_end_robin(robin, quits, qtbot):
    first = practise_alone(robin, qtbot)
    first.close()  # by the same press
    first.again.emit()
    QApplication.processEvents()
    second = robin._practising.window
    assert second is not None
    assert quits == []
    second.close()
    qtbot.waitUntil(lambda: bool(quits))  # the last window ends it all the same


def test_robin_that_is_opened_after_hide_this_does_not_end_before_the_pin(robin, quits, qtbot):
    robin.report()
    robin.window.close()
    robin.report_windows()[0].hide_this()
    notes = only_notes()
    robin.show()
    qtbot.waitUntil(lambda: not shiboken6.isValid(notes), timeout=30_000)  # the end of the notes once ended all
    the_screen()
    assert quits == []
    type_pin(qtbot)
    qtbot.waitUntil(lambda: in_sight() == [robin.window], timeout=30_000)


@pytest.mark.parametrize("again", ["report", "resume"])
def test_report_abuse_pressed_twice_opens_one_window(robin, again):
    for _ in range(2):  # before the engine has answered the first time
        if again == "report":
            robin.report(ReportContext("sam@robin.example", 4, (), "mike@chat.example"))
        else:
            robin.resume("d1")
    assert len(robin.report_windows()) == 1
    robin.report()
    assert len(robin.report_windows()) == 2, "about something else"


def test_hide_this_where_a_passphrase_is_asked_for_does_not_end_robin(robin, quits, qtbot):
    robin.window.hide()
    robin.curtain._take(LockState())  # nothing is known of a PIN before the store is open
    robin._start_failed(StoreLocked())
    robin._unlock.activateWindow()
    qtbot.waitUntil(robin._unlock.isActiveWindow)
    QTest.keyClicks(robin._unlock.passphrase, "marm")
    for _ in range(3):
        QTest.keyPress(QApplication.focusWindow(), Qt.Key.Key_Shift)
        QTest.keyRelease(QApplication.focusWindow(), Qt.Key.Key_Shift)
    only_notes()
    assert quits == []
    robin.show()
    assert robin._unlock.passphrase.text() == "", "what was typed does not wait for whoever opens Robin next"
    assert in_sight() == [robin._unlock]
    robin.curtain.hide_from(robin._unlock)
    only_notes()
    robin.report()  # from the tray
    assert in_sight() == [robin._unlock]
    assert robin._unlock._help.isVisible(), "the numbers, at once"
    robin._unlock.close()
    assert quits == [1]


def test_robin_that_is_opened_comes_up_from_the_task_bar(robin, qtbot):
    robin.window.showMinimized()
    robin.curtain.lock()
    screen = the_screen()
    assert screen.isMinimized(), "by itself nothing comes up"
    robin._heard("report")
    assert not screen.isMinimized()
    qtbot.waitUntil(screen.isActiveWindow)
    type_pin(qtbot)
    qtbot.waitUntil(lambda: len(robin.report_windows()) == 1, timeout=30_000)
    assert not robin.window.isMinimized()
    (wizard,) = robin.report_windows()
    for window, up in ((wizard, robin.report), (robin.window, robin.show)):
        window.showMinimized()
        up()
        assert not window.isMinimized()


class Board:
    """A clipboard of which Robin holds a part."""

    def __init__(self, *own):
        self.own, self.cleared = own, []

    def ownsClipboard(self):
        return QClipboard.Mode.Clipboard in self.own

    def ownsSelection(self):
        return QClipboard.Mode.Selection in self.own

    def supportsSelection(self):
        return True

    def clear(self, mode):
        self.cleared.append(mode)


@pytest.mark.parametrize(
    "own", [(), (QClipboard.Mode.Clipboard,), (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)]
)
def test_hide_this_lets_go_of_what_was_copied_here_and_of_nothing_else(robin, monkeypatch, own):
    board = Board(*own)
    monkeypatch.setattr(QApplication, "clipboard", lambda: board)
    robin.curtain.lock()
    assert board.cleared == [], "the lock keeps it for the one who comes back"
    robin.curtain.hide_from(the_screen())
    assert board.cleared == list(own)


def test_a_start_that_fails_brings_nothing_up_beside_the_notes(robin, quits, qtbot):
    robin.curtain.hide_from(robin.window)
    robin._start_failed(StoreLocked())
    QTest.qWait(20)
    only_notes()
    robin.show()
    assert in_sight() == [robin._unlock]
    assert quits == []
    robin._unlock.blockSignals(True)
