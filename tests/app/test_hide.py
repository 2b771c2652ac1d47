"""Hide this and the window behind it: My reports does not stay in sight beside the notes."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from messenger.app import paths
from messenger.app.engine import Engine
from messenger.app.window import Application
from messenger.domain.report import ReportContext


@pytest.fixture
def robin(qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(Engine, "call", lambda *_, **__: lambda: None)  # nothing behind the windows is asked
    made = Application(qapp, paths.find(str(tmp_path)), offline=True)
    made.window.show()
    made.window.show_room("safety")
    yield made
    for window in made.report_windows():
        window.close()
    made.window.close()
    QApplication.processEvents()


def test_my_reports_goes_from_sight_with_the_wizard(robin):
    robin.report(ReportContext())
    (wizard,) = robin.report_windows()
    assert robin.window._room == "safety"
    wizard.hide_this()
    wizard.notes.close()
    assert robin.window._room == "chats"


def test_my_reports_goes_from_sight_with_a_window_that_follows_a_report(robin):
    robin.window._rooms["safety"]._steps.hidden.emit()
    assert robin.window._room == "chats"


def test_another_room_stays(robin):
    robin.window.show_room("settings")
    robin.window.put_reports_away()
    assert robin.window._room == "settings"
