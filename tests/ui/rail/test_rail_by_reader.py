"""The rail's rooms open by the action that a screen reader takes, by key and by hand; each press is told once."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from messenger.ui.rail.view import RailBar


@pytest.fixture
def rail(ctx, qtbot):
    made = RailBar(ctx)
    qtbot.addWidget(made)
    made.set_room("chats")
    made.show()
    made.heard = []
    made.chosen.connect(made.heard.append)
    return made


def act(item):
    """What a screen reader does to press it: the first action it is told of."""
    seen = QAccessible.queryAccessibleInterface(item)
    actions = seen.actionInterface()
    actions.doAction(actions.actionNames()[0])


def test_the_action_of_a_reader_opens_the_room_in_the_window(window, qtbot):
    act(window.rail._items["people"])
    qtbot.waitUntil(lambda: window.room == "people")
    act(window.rail._items["chats"])
    qtbot.waitUntil(lambda: window.room == "chats")


def test_every_way_is_told_once(rail, qtbot):
    act(rail._items["people"])
    assert rail.heard == ["people"]
    QTest.mouseClick(rail._items["settings"], Qt.MouseButton.LeftButton)
    QTest.keyClick(rail._items["safety"], Qt.Key.Key_Return)
    QTest.keyClick(rail._items["chats"], Qt.Key.Key_Space)
    assert rail.heard == ["people", "settings", "safety", "chats"]
    QTest.mouseClick(rail._items["chats"], Qt.MouseButton.LeftButton)
    assert rail.heard[4:] == ["chats"], "a press on the open room is told, as before"


def test_showing_a_room_tells_nothing(rail):
    rail.set_room("people")
    assert rail.heard == []
