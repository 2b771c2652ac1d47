"""Settings: each takes effect and is kept; who gets reports is said."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from messenger.domain.report import EndpointProfile
from messenger.services.settings import TABLE
from messenger.ui.settings.presenter import SettingsPresenter, receiver_words
from messenger.ui.settings.view import SettingsPage
from tests.ui.stand_ins import make_engine


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
    qtbot.waitUntil(lambda: made.findChild(QWidget, "settings.theme.system").isChecked())
    return made


def test_values_that_are_offered_are_values_that_are_allowed(page):
    offered = [(key, value) for key, row in page._chips.items() for value in row._chips]
    offered += [(key, value) for key, (_, on, off) in page._toggles.items() for value in (on, off)]
    assert len(offered) > 20
    assert [(key, value) for key, value in offered if not TABLE[key].fits(value)] == []


def test_a_press_is_kept(page, engine, qtbot):
    for ident, key, value in (
        ("settings.theme.cream", "theme", "cream"),
        ("settings.text_size.200", "text_size", "200"),
        ("settings.band.S", "band", "S"),
        ("settings.read_receipts.off", "read_receipts", "off"),
        ("settings.notifications.private", "notifications", "private"),
        ("settings.typing", "typing", "off"),
        ("settings.enter_sends", "enter_sends", "no"),
        ("settings.motion", "motion", "reduced"),
    ):
        control = page.findChild(QWidget, ident)
        page.scroll_area.ensureWidgetVisible(control)
        qtbot.mouseClick(control, Qt.MouseButton.LeftButton)
        assert engine.hub.settings.values[key] == value


def test_changes_from_elsewhere_are_shown(page, engine, qtbot):
    from messenger.domain.events import SettingsChanged

    engine.hub.settings.values["theme"] = "dark"
    engine.tell(SettingsChanged(("theme",)))
    qtbot.waitUntil(lambda: page.findChild(QWidget, "settings.theme.dark").isChecked())
    assert not page.findChild(QWidget, "settings.theme.system").isChecked()


def test_f19_who_gets_reports_is_said_and_a_hand_set_one_has_its_line():
    assert "Nobody yet" in receiver_words(None)[0]
    desk = EndpointProfile("d", "Harbour Desk", "https://desk.example", (), "United Kingdom")
    assert receiver_words(desk) == ("Reports go to Harbour Desk, United Kingdom.", "")
    by_hand = EndpointProfile("d", "Harbour Desk", "https://desk.example", (), hand_set=True, demonstration=True)
    words, note = receiver_words(by_hand)
    assert "demonstration" in words
    assert note == "This receiver was set by hand: Harbour Desk."


def test_the_receiver_is_on_the_page(page, engine, qtbot):
    from messenger.domain.events import SettingsChanged

    engine.hub.reporting.profile = EndpointProfile("d", "Harbour Desk", "https://desk.example", (), hand_set=True)
    engine.tell(SettingsChanged(("endpoint",)))
    qtbot.waitUntil(lambda: page._receiver_note.text() == "This receiver was set by hand: Harbour Desk.")
    assert page._receiver.text() == "Reports go to Harbour Desk."
