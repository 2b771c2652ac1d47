"""The people I blocked: seen, unblocked by keyboard, and reached from where a tip or a setting leads."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QLabel

from messenger.domain.errors import NotConnected
from messenger.domain.events import ContactsChanged
from messenger.ui.people.blocked import BlockList
from messenger.ui.widgets.buttons import ReportButton
from tests.ui.stand_ins import ME
from tests.ui.walk import faults, find

EVE, BOB = "eve@games.example", "bob@games.example"


@pytest.fixture
def listed(window, qtbot):
    """The list with two people."""
    window._engine.hub.blocking.jids = [BOB, EVE]
    made = BlockList(window._ctx, window._engine, window)
    made.open()
    qtbot.waitUntil(lambda: made.jids() == (BOB, EVE))
    qtbot.wait(20)
    return made


def test_who_is_blocked_is_shown_with_a_way_back(listed, window, qtbot):
    words = [one.text() for one in listed.findChildren(QLabel) if one.isVisible()]
    assert {BOB, EVE} <= set(words)
    button = find(listed, f"Unblock {EVE}")
    assert button.height() >= 44
    assert listed.findChild(ReportButton).isVisible()
    assert faults(listed) == []
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: listed.jids() == (BOB,))
    assert window._engine.hub.blocking.deeds == [("unblock", ME, EVE)]
    qtbot.waitUntil(listed.close_button.hasFocus)
    window._engine.hub.blocking.jids.clear()
    window._engine.tell(ContactsChanged(ME, (BOB,)))
    qtbot.waitUntil(listed.empty.isVisible)


def test_offline_it_is_said_in_words(listed, window, qtbot):
    window._engine.hub.blocking.fail["unblock"] = NotConnected()
    qtbot.mouseClick(find(listed, f"Unblock {BOB}"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: any("You are not online." in one.text() for one in listed.findChildren(QLabel)))
    assert listed.jids() == (BOB, EVE)


@pytest.mark.parametrize("error", [None, NotConnected()])
def test_an_answer_that_comes_after_it_was_closed_finds_nothing(listed, window, qtbot, error):
    if error is not None:
        window._engine.hub.blocking.fail["unblock"] = error
    listed.unblock(BOB)
    listed.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(listed)
    qtbot.wait(20)  # a mistake in an answer fails the test


def test_it_opens_from_the_settings(window, qtbot):
    window.show_room("settings")
    qtbot.mouseClick(
        find(window._rooms["settings"], "See or unblock the people I blocked"), Qt.MouseButton.LeftButton
    )
    qtbot.waitUntil(lambda: window.findChild(BlockList) is not None)


def test_narrow_and_large_it_is_whole(listed, window, qtbot):
    window._ctx.set_scale(200)
    listed.resize(360, 600)
    qtbot.wait(40)
    button = find(listed, f"Unblock {EVE}")
    assert button.mapTo(listed, button.rect().bottomRight()).x() < listed.width()
    window._ctx.set_scale(100)


def test_somebodys_presence_takes_the_keyboard_from_no_button(listed, window, qtbot):
    button = find(listed, f"Unblock {EVE}")
    button.setFocus()
    window._engine.tell(ContactsChanged(ME, ("ann@example.org",)))
    qtbot.wait(20)
    assert find(listed, f"Unblock {EVE}") is button
    assert listed.focusWidget() is button
