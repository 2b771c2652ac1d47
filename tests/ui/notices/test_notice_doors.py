"""The ways to the list of seen notices and to the private words: from the Safety room, from a tip and from Settings."""

from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication

from messenger.domain.errors import StoreFull
from messenger.domain.events import SettingsChanged
from messenger.ui.notices.history import NoticeHistory
from messenger.ui.notices.private import MOST, PrivateWords, fault
from messenger.ui.safety.help_card import SettingsCheck
from messenger.ui.safety.page import SafetyPage
from tests.ui.notices.samples import seen_rows
from tests.ui.safety.test_safety_tab import Tab
from tests.ui.stand_ins import Notices
from tests.ui.walk import faults, find


@pytest.fixture
def safety(qtbot, ctx):
    """The Safety room with notices behind it."""
    tab = Tab(qtbot, ctx)
    tab.engine.hub.notices = Notices()
    tab.engine.hub.notices.rows = seen_rows()
    page = tab.open()
    assert isinstance(page, SafetyPage)
    return page


def _open(kind):
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, kind)
    return dialog


def test_the_safety_room_leads_to_the_list_by_keyboard(safety, qtbot):
    link = find(safety, "Notices I have seen")
    link.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(link, Qt.Key.Key_Return)
    page = _open(NoticeHistory)
    qtbot.waitUntil(lambda: page.model.rowCount() == 5)
    assert faults(page) == []
    reports = []
    safety.report.connect(lambda: reports.append(1))
    find(page, "Report abuse").click()
    assert reports == [1]
    assert QApplication.activeModalWidget() is None


def test_rows_are_spoken_whole_and_reached_by_arrow(safety, qtbot):
    find(safety, "Notices I have seen").click()
    page = _open(NoticeHistory)
    qtbot.waitUntil(page.list.isVisible)
    page.list.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    row = page.list.currentIndex()
    assert row.row() == 1
    assert "you chose: Who can help now?" in row.data(Qt.ItemDataRole.AccessibleTextRole)
    qtbot.keyClick(page.list, Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None


def test_a_tip_and_the_settings_card_open_the_private_words(safety, qtbot):
    safety._do("private_words")
    qtbot.keyClick(_open(PrivateWords), Qt.Key.Key_Escape)
    button = safety.findChild(SettingsCheck).findChild(object, "checks.private_words")
    button.click()
    qtbot.keyClick(_open(PrivateWords), Qt.Key.Key_Escape)
    assert QApplication.activeModalWidget() is None


def test_settings_keep_which_notes_and_hard_words(window, engine, qtbot):
    window.show_room("settings")
    page = window.settings_presenter.view
    qtbot.waitUntil(lambda: page._chips["notices"]._chips["all"].isChecked())
    few = page._chips["notices"]._chips["few"]
    few.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(few, Qt.Key.Key_Space)
    toggle = page._toggles["harsh_words"][0].toggle
    assert not toggle.isChecked()
    toggle.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(toggle, Qt.Key.Key_Space)
    assert engine.hub.settings.values["notices"] == "few"
    assert engine.hub.settings.values["harsh_words"] == "yes"
    engine.hub.settings.values["harsh_words"] = "no"
    engine.tell(SettingsChanged(("harsh_words",)))
    qtbot.waitUntil(lambda: not toggle.isChecked())
    find(page, "See or change").click()
    qtbot.keyClick(_open(PrivateWords), Qt.Key.Key_Escape)


def _gone(widget):
    """Close it, and let Qt delete it before what was asked is answered."""
    widget.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(widget)


def test_a_word_that_is_added_before_the_list_is_there_takes_nothing_away(safety, ctx, qtbot):
    service = safety._steps._engine.hub.notices
    service.kept_words = ("Biscuit",)
    editor = PrivateWords(ctx, safety._steps._engine, safety)
    editor.field.set_text("Rose Lane")
    editor.add()
    qtbot.waitUntil(lambda: editor.words() == ("Biscuit",))
    editor.add()
    assert service.kept_words == ("Biscuit", "Rose Lane")
    editor.reject()


def test_what_fails_after_the_window_was_closed_is_told_to_nobody(safety, ctx, qtbot):
    engine = safety._steps._engine
    editor = PrivateWords(ctx, engine, safety)
    qtbot.waitUntil(lambda: not editor.empty.isHidden())
    engine.hub.notices.fail["set_private_words"] = StoreFull()
    editor.field.set_text("Rose Lane")
    editor.add()
    _gone(editor)
    page = NoticeHistory(ctx, engine, safety)
    qtbot.waitUntil(lambda: page.model.rowCount() == 5)
    page._forget_all()
    _gone(page)
    qtbot.wait(20)  # a mistake in an answer fails the test
    assert engine.hub.notices.rows == []


@pytest.mark.parametrize(
    ("word", "have", "wrong"),
    [
        ("", (), True), ("x", (), True), ("xy", (), False), ("x" * 60, (), False), ("x" * 61, (), True),
        ("Straße", ("STRASSE",), True), ("new", tuple(f"word {n}" for n in range(MOST)), True),
        ("new", tuple(f"word {n}" for n in range(MOST - 1)), False),
    ],
)  # fmt: skip
def test_what_can_be_a_private_word(word, have, wrong):
    assert bool(fault(word, have)) is wrong
