"""The topics answer to the action of a screen reader, and tell each press once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from messenger.ui.safety.tip_card import TopicChips

TOPICS = (("secrets", "Secrets", "lock"), ("people", "People", "users"))


def test_a_topic_is_chosen_and_left_again(ctx, qtbot):
    chips = TopicChips(ctx)
    qtbot.addWidget(chips)
    heard = []
    chips.chosen.connect(heard.append)
    chips.show_topics(TOPICS, "")
    chips.show()
    actions = QAccessible.queryAccessibleInterface(chips._chips["people"]).actionInterface()
    actions.doAction(actions.actionNames()[0])
    assert heard == ["people"]
    chips.show_topics(TOPICS, "people")
    assert heard == ["people"], "showing what is chosen tells nothing"
    QTest.mouseClick(chips._chips["people"], Qt.MouseButton.LeftButton)
    assert heard == ["people", "people"], "the same again: the page goes back to the day's tip"
