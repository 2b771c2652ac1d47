"""What fails in the background is said in the window, in every room, until it is put away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from messenger.domain.errors import AssetRefused, FeatureMissing, NotConnected, StoreDamaged, StoreFull
from messenger.domain.events import ConfirmRefused, TaskFailed
from tests.ui.walk import faults, find


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (TaskFailed("store", StoreDamaged()), f"{StoreDamaged.sentence} {StoreDamaged.advice}"),
        (TaskFailed("call", None), "Something went wrong. Please try again."),
        (TaskFailed("call", FeatureMissing()), "Your server cannot do this. The rest of Robin works as before."),
        (
            TaskFailed("endpoint", AssetRefused("a{b}.json", "x", "y")),
            "The file a{b}.json is wrong at x: y. Mend the file or take it away.",
        ),
    ],
)  # fmt: skip
def test_a_failure_is_said_in_each_room_and_put_away(window, engine, qtbot, event, words):
    assert window.trouble.words() == ""
    engine.tell(event)
    for room in ("chats", "people", "settings"):
        window.show_room(room)
        assert window.trouble.isVisible()
        assert window.trouble.words() == words
        assert faults(window) == []
    qtbot.mouseClick(find(window, "Close this note"), Qt.MouseButton.LeftButton)
    assert window.trouble.words() == ""


def test_the_connection_is_said_by_its_own_bar_only(window, engine):
    engine.tell(TaskFailed("archive sync", NotConnected()))
    assert window.trouble.words() == ""
    engine.tell(TaskFailed("archive sync", StoreFull()))
    assert window.trouble.words().startswith("There is no space left")


def test_a_question_that_nobody_here_asked_for_is_warned_of(window, engine):
    engine.tell(ConfirmRefused("sam@example.org", "evil@example.net"))
    assert window.trouble.isVisible()
    assert "Robin said no." in window.trouble.words()
    assert "evil" not in window.trouble.words()
