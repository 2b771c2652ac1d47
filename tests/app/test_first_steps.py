"""The first steps in the running program: not behind the lock, after a report, and with a real practice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.ui.lock.screen import LockScreen
from messenger.ui.report.practice import PracticeWindow
from messenger.ui.welcome.view import Welcome
from tests.app.running import ask

# The offscreen screen says so of every window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PIN = "4821"


def in_sight(kind):
    QApplication.processEvents()
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def test_they_come_after_the_window_and_only_where_a_person_starts_robin(start, qtbot):
    robin = start()
    ask(robin, qtbot, lambda hub: hub.settings.get("onboarded"))
    assert in_sight(Welcome) == [], "the demonstration and the measures start it without"
    robin.welcome()
    qtbot.waitUntil(lambda: len(in_sight(Welcome)) == 1, timeout=10_000)
    assert robin.window.isVisible()


def test_a_locked_robin_shows_them_after_the_pin_only(start, qtbot):
    robin = start(welcome=True)
    qtbot.waitUntil(lambda: len(in_sight(Welcome)) == 1, timeout=10_000)
    ask(robin, qtbot, lambda hub: hub.lock.set_pin(PIN))
    qtbot.waitUntil(lambda: robin.curtain.is_set)
    qtbot.waitUntil(robin._profile.locked_mark.exists, timeout=10_000)
    start.end(robin)
    again = start(welcome=True)
    ask(again, qtbot, lambda hub: hub.settings.get("onboarded"))
    (screen,) = in_sight(LockScreen)
    assert in_sight(Welcome) == []
    qtbot.waitUntil(lambda: QApplication.focusWidget() is screen.pin)
    QTest.keyClicks(screen.pin, PIN)
    QTest.keyClick(screen.pin, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(in_sight(Welcome)) == 1, timeout=20_000)
    assert again.curtain.lock(), "a lock closes them"
    assert in_sight(Welcome) == []


def test_a_report_goes_first_and_they_follow(start, qtbot):
    robin = start(report=True, welcome=True)
    ask(robin, qtbot, lambda hub: hub.settings.get("onboarded"))
    (report,) = robin.report_windows()
    assert report.isVisible()
    assert in_sight(Welcome) == []
    report.close()
    qtbot.waitUntil(lambda: len(in_sight(Welcome)) == 1, timeout=10_000)


def test_practise_now_opens_a_real_practice_over_them(start, qtbot):
    robin = start(welcome=True)
    qtbot.waitUntil(lambda: len(in_sight(Welcome)) == 1, timeout=10_000)
    (welcome,) = in_sight(Welcome)
    welcome.go_to(3)
    QTest.keyClick(welcome.button.go, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(in_sight(PracticeWindow)) == 1, timeout=20_000)
    (practice,) = in_sight(PracticeWindow)
    assert QApplication.activeModalWidget() is not practice
    assert practice.isEnabled()
    assert robin.report_windows() == []
    practice.close()
    welcome.next.click()
    QApplication.processEvents()
    assert in_sight(Welcome) == []
    for _ in range(100):
        if ask(robin, qtbot, lambda hub: hub.settings.get("onboarded")) == "yes":
            return
    raise AssertionError("it is kept that they were offered")
