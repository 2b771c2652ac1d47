"""Notifications of the whole program on a real session bus with a real service (dunst): the lock, a press, the end."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.app.telling import Telling
from messenger.ui.notifications.server import Server
from tests.app.running import ask
from tests.notifying import Desktop

# The offscreen screen says so of every window that is raised.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
PIN = "4821"


@pytest.fixture
def desktop(monkeypatch):
    """A session bus with a notification service."""
    folder = Path(tempfile.mkdtemp(prefix="rn"))
    made = Desktop(folder)
    monkeypatch.setattr(Server, "is_usual", staticmethod(lambda: True))  # the windows are off the screen, this is on one
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.environment["DBUS_SESSION_BUS_ADDRESS"])
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def robin(desktop, start, qtbot):
    """A Robin with a PIN whose window is not in sight; `opened`: the chats that were opened."""
    made = start()
    ask(made, qtbot, lambda hub: hub.lock.set_pin(PIN))
    qtbot.waitUntil(lambda: made.curtain.is_set)
    qtbot.waitUntil(lambda: isinstance(made._telling, Telling))
    made.opened = []
    made.window.open_conversation = made.opened.append
    made.window.hide()
    return made


def in_sight():
    QApplication.processEvents()
    return [one for one in QApplication.topLevelWidgets() if one.isVisible()]


def test_s51_they_go_with_the_lock_then_tell_no_name_and_lead_to_the_chat(desktop, start, robin, qtbot):
    def tell(title):
        qtbot.waitUntil(lambda: QApplication.activeWindow() is None)
        before = len(desktop.heard.calls("Notify"))
        robin._telling.notifications._show(7, "Heron", "New message")
        qtbot.waitUntil(lambda: desktop.dunst.displayed() == 1)
        qtbot.waitUntil(lambda: len(desktop.heard.calls("Notify")) == before + 1)
        assert desktop.heard.calls("Notify")[-1][3:5] == (title, "New message")

    def none_is_up():
        return desktop.dunst.displayed() == 0

    tell("Heron")
    robin.curtain.lock()
    qtbot.waitUntil(none_is_up)
    tell("Robin")
    desktop.dunst.press()
    qtbot.waitUntil(lambda: in_sight() == [robin.curtain.screen()])
    assert robin.opened == []
    field = robin.curtain.screen().pin
    qtbot.waitUntil(lambda: QApplication.focusWidget() is field)
    QTest.keyClicks(field, PIN)
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: robin.opened == [7])
    qtbot.waitUntil(none_is_up)
    robin.window.hide()
    tell("Heron")
    desktop.dunst.press()
    qtbot.waitUntil(lambda: robin.opened == [7, 7])
    assert in_sight() == [robin.window]
    robin.window.hide()
    tell("Heron")
    robin.curtain.hidden()
    qtbot.waitUntil(none_is_up)
    robin.curtain.lift()
    tell("Heron")
    start.end(robin)
    assert none_is_up(), "an end leaves nothing on the screen"
    qtbot.waitUntil(lambda: len(desktop.heard.closed()) == 5)
    assert {reason for _id, reason in desktop.heard.closed()} == {3}


def test_s51_a_chat_that_one_led_to_does_not_open_after_hide_this(robin):
    robin.curtain.lock()
    robin._telling.open(7)
    robin.curtain.hidden()
    robin.curtain.come_back()
    robin.curtain._open()
    assert robin.opened == []


def test_f22_without_a_service_and_without_a_tray_the_program_works(desktop, robin, qtbot):
    desktop.dunst.kill()
    tried = []
    robin._telling.notifications._server.refused.connect(tried.append)
    robin._telling.notifications._show(7, "Heron", "New message")
    qtbot.waitUntil(lambda: len(tried) == 1)
    robin.show()
    qtbot.waitUntil(lambda: in_sight() == [robin.window])
