"""Get new tips: off until wanted, an address, and plain words on how it stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from messenger.domain.events import TipsRenewed
from messenger.services.settings import TABLE
from messenger.ui.settings.presenter import SettingsPresenter
from messenger.ui.settings.tips import standing_words
from messenger.ui.settings.view import SettingsPage
from tests.ui.stand_ins import NewerTips, make_engine
from tests.ui.walk import faults

SEEN = NewerTips().seen
NEWER = replace(SEEN, version=3, signed_by="Harbour House", got="2026-11-24T09:00:00.000Z", can=True)


@pytest.fixture
def engine():
    return make_engine()


@pytest.fixture
def page(ctx, engine, qtbot):
    made = SettingsPage(ctx)
    qtbot.addWidget(made)
    SettingsPresenter(engine, made)
    made.resize(900, 800)
    made.show()
    qtbot.waitUntil(lambda: bool(made.tips.now.text()))
    return made


def plain(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


def test_it_is_off_and_can_be_turned_on_by_keyboard(page, engine, qtbot):
    assert TABLE["new_tips"].default == "no"
    assert page.tips.now.text() == "There are 72 tips. They came with Robin."
    toggle = page.findChild(QWidget, "settings.new_tips")
    toggle.setFocus()
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert engine.hub.settings.values["new_tips"] == "yes"
    qtbot.waitUntil(lambda: page.tips.now.text().endswith("No one gives out new tips for this Robin yet."))


def test_an_address_is_kept_and_a_wrong_one_is_said(page, engine, qtbot):
    edit = page.tips.field.edit
    edit.setText("http://tips.example.org/a")
    edit.editingFinished.emit()
    assert engine.hub.settings.values["tips_address"] == ""
    assert "https" in edit.accessibleDescription()
    edit.setText(" https://tips.example.org/a ")
    edit.editingFinished.emit()
    assert engine.hub.settings.values["tips_address"] == "https://tips.example.org/a"
    qtbot.waitUntil(lambda: edit.text() == "https://tips.example.org/a")


def test_newer_tips_are_told_when_they_come(page, engine, qtbot):
    engine.hub.tips.seen = NEWER
    engine.tell(TipsRenewed())
    qtbot.waitUntil(lambda: "Harbour House" in page.tips.now.text())
    assert faults(page) == []


def test_what_went_wrong_since_is_said_when_the_page_is_looked_at_again(page, engine, qtbot):
    engine.hub.settings.values.update(new_tips="yes", tips_address="https://tips.example.org/a")
    page.hide()
    engine.hub.tips.seen = replace(SEEN, can=True, missed="certificate")
    page.show()
    qtbot.waitUntil(lambda: page.tips.now.text().endswith("so it took none."))


@pytest.mark.parametrize(
    ("standing", "wanted", "address", "end"),
    [
        (SEEN, False, False, "They came with Robin."),
        (SEEN, True, True, "No one gives out new tips for this Robin yet."),
        (replace(SEEN, can=True), True, False, "Robin needs to know where new tips come from."),
        (replace(SEEN, can=True), True, True, "They came with Robin."),
        (NEWER, True, True, "They are from Harbour House and came on 24 Nov 2026."),
        (replace(NEWER, refused="x"), True, True, "The last new tips were not right, so they are not used."),
        (
            replace(NEWER, missed="certificate"),
            True,
            True,
            "could not be sure who sends the new tips, so it took none.",
        ),
        (replace(NEWER, missed="status 404"), True, True, "Robin could not get new tips. It will try again."),
        (replace(NEWER, missed="timeout"), False, True, "They are from Harbour House and came on 24 Nov 2026."),
    ],
)
def test_how_it_stands(standing, wanted, address, end):
    assert plain(standing_words(standing, wanted, address)).endswith(end)
