"""The first steps in the running program: not behind the lock, after a report, and with a real practice."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.app import bootstrap as parts
from messenger.app import paths
from messenger.app.window import Application
from messenger.credentials.memory_store import MemoryStore
from messenger.ui.lock.screen import LockScreen
from messenger.ui.report.practice import PracticeWindow
from messenger.ui.welcome.view import Welcome

# The offscreen screen says so of every window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PIN = "4821"


class Keys(MemoryStore):
    """A key store that lasts as long as the test."""

    persistent = True


@pytest.fixture
def start(qapp, tmp_path, monkeypatch, qtbot):
    """Starts Robin as a person does; again, as after an end."""
    keys = Keys()

    async def choose(_name):
        return keys

    monkeypatch.setattr(parts, "choose", choose)
    made = []

    def begin(report=False, welcome=True):
        profile = paths.find(str(tmp_path))
        profile.make()
        one = Application(qapp, profile, offline=True)
        one.start()
        if report:
            one.report()
        if welcome:
            one.welcome()
        made.append(one)
        qtbot.waitUntil(lambda: one.locking.ready, timeout=20_000)
        return one

    def end(one):
        one.curtain.lift()
        one._leaving = False
        for window in QApplication.topLevelWidgets():
            window.close()
            window.deleteLater()
        one.close()
        QTest.qWait(10)
        made.remove(one)

    begin.end = end
    yield begin
    for one in list(made):
        end(one)


def ask(robin, qtbot, question):
    """What the engine answers."""
    answers = []
    robin.engine.call(question, lambda answer: answers.append(answer))
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    QApplication.processEvents()
    return answers[0]


def in_sight(kind):
    QApplication.processEvents()
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]


def test_they_come_after_the_window_and_only_where_a_person_starts_robin(start, qtbot):
    robin = start(welcome=False)
    ask(robin, qtbot, lambda hub: hub.settings.get("onboarded"))
    assert in_sight(Welcome) == [], "the demonstration and the measures start it without"
    robin.welcome()
    qtbot.waitUntil(lambda: len(in_sight(Welcome)) == 1, timeout=10_000)
    assert robin.window.isVisible()


def test_a_locked_robin_shows_them_after_the_pin_only(start, qtbot):
    robin = start()
    qtbot.waitUntil(lambda: len(in_sight(Welcome)) == 1, timeout=10_000)
    ask(robin, qtbot, lambda hub: hub.lock.set_pin(PIN))
    qtbot.waitUntil(lambda: robin.curtain.is_set)
    qtbot.waitUntil(robin._profile.locked_mark.exists, timeout=10_000)
    start.end(robin)
    again = start()
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
    robin = start(report=True)
    ask(robin, qtbot, lambda hub: hub.settings.get("onboarded"))
    (report,) = robin.report_windows()
    assert report.isVisible()
    assert in_sight(Welcome) == []
    report.close()
    qtbot.waitUntil(lambda: len(in_sight(Welcome)) == 1, timeout=10_000)


def test_practise_now_opens_a_real_practice_over_them(start, qtbot):
    robin = start()
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
