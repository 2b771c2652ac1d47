"""The settings check: strict from the start, "safe" only when true, and each tip's button leads to its control."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from messenger.domain.tip import Tip
from messenger.services.settings import TABLE
from messenger.ui.people.blocked import BlockList
from messenger.ui.safety.help_card import checks
from messenger.ui.theme.context import ThemeContext
from tests.ui.safety.test_safety_tab import Tab
from tests.ui.walk import faults


@pytest.fixture
def tab(qtbot, qapp):
    made = Tab(qtbot, ThemeContext(qapp, "light"))
    made.open()
    return made


def words(tab) -> list[str]:
    return [one.text() for one in tab.page.checks.findChildren(QLabel) if one.isVisible()]


def test_the_strictest_is_what_everybody_starts_with():
    assert TABLE["who_can_write"].default == "accepted"
    assert TABLE["links_from_new"].default == "off"
    assert TABLE["read_receipts"].default == "contacts"
    for key, check in checks().items():
        assert {value for value, _words in check.choices} == set(TABLE[key].allowed)
        assert TABLE[key].default in check.safe


def test_the_rows_and_what_cannot_be_set(tab):
    shown = words(tab)
    for one in ("Who can write to me", "Links from new people", "New people see when I read", "Never. It stays so."):
        assert one in shown
    assert "All of these are safe" in shown
    assert not any("icture" in one for one in shown)  # Robin sends none yet
    assert faults(tab.page) == []


@pytest.mark.parametrize(("key", "value", "safe"), [
    ("who_can_write", "nobody_new", True), ("links_from_new", "ask", False), ("links_from_new", "off", True),
    ("read_receipts", "on", False), ("read_receipts", "off", True), ("typing", "off", True), ("notifications", "private", True),
])  # fmt: skip
def test_safe_is_said_only_when_it_is_true(tab, key, value, safe):
    tab.page.checks._picks[key].picked.emit(value)
    tab.settle()
    assert tab.hub.settings.kept[key] == value
    assert ("All of these are safe" in words(tab)) is safe


@pytest.mark.parametrize("action", ["who_can_write", "links_from_new", "read_receipts", "notifications"])
def test_a_tip_leads_to_its_setting(tab, action):
    tab.page.show_tip(Tip("T14", "Only people you know", "Ask who knows them.", "people", action, "Check", "x", "", 1, 72))
    assert tab.page.tip.act.isVisible()
    tab.page.tip.act.click()
    QTest.qWait(10)
    assert tab.page.checks.lead_to(action).hasFocus()
    assert tab.page.checks.lead_to(action).height() >= 44


def test_a_tip_leads_to_the_block_list(tab):
    tab.page.show_tip(Tip("T55", "Save it", "Mute or block.", "kind", "block_list", "See who I blocked", "x", "", 1, 72))
    tab.page.tip.act.click()
    QTest.qWait(10)
    assert tab.page.findChild(BlockList) is not None
