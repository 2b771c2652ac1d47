"""Chips and switches of the settings answer to the action of a screen reader, and tell each change once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from messenger.ui.settings.view import ChipRow, ToggleRow


def act(widget):
    """What a screen reader does to turn it over: the first action it is told of."""
    actions = QAccessible.queryAccessibleInterface(widget).actionInterface()
    actions.doAction(actions.actionNames()[0])


def test_a_chip(ctx, qtbot):
    row = ChipRow(ctx, "Colours", "", "look", (("light", "Light"), ("dark", "Dark")))
    qtbot.addWidget(row)
    heard = []
    row.chosen.connect(heard.append)
    row.show()
    row.set_value("light")
    assert heard == [], "showing a value tells nothing"
    light, dark = row.findChildren(QPushButton)
    act(dark)
    assert heard == ["dark"]
    assert dark.isChecked()
    QTest.mouseClick(light, Qt.MouseButton.LeftButton)
    assert heard == ["dark", "light"]


def test_a_switch(ctx, qtbot):
    row = ToggleRow(ctx, "Less movement", "", "motion")
    qtbot.addWidget(row)
    heard = []
    row.changed.connect(heard.append)
    row.show()
    row.set_value(True)
    assert heard == []
    act(row.toggle)
    QTest.keyClick(row.toggle, Qt.Key.Key_Space)
    assert heard == [False, True]
