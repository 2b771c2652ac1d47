"""Each tip's one button does something true: every action of the file, from the card, with the real page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from messenger import resources
from messenger.domain.tip import Band, Tip
from messenger.safety import deck
from messenger.ui.notices.private import PrivateWords
from messenger.ui.people.blocked import BlockList
from messenger.ui.safety.page import SafetyPage
from messenger.ui.theme.context import ThemeContext
from tests.ui.safety.test_safety_tab import Tab

BOOK = deck.load(resources.read("tips/en-GB.json"), "tips/en-GB.json")
TIPS = {
    tip.id: tip
    for band in Band
    for country in ("gb", "us")
    for topic in BOOK.topics
    for tip in deck.Deck(BOOK, band, "one", country).topic(topic.id)
}
BY_ACTION = {tip.action: tip for tip in TIPS.values()}
SETTINGS = ("who_can_write", "links_from_new", "read_receipts", "trusted_adult")


@pytest.fixture
def tab(qtbot, qapp):
    made = Tab(qtbot, ThemeContext(qapp, "light"))
    made.open()
    return made


def press(tab, tip: Tip) -> None:
    tab.page.show_tip(tip)
    assert tab.page.tip.act.isVisible()
    assert tab.page.tip.act.isEnabled()
    tab.page.tip.act.click()
    QTest.qWait(10)


def test_every_tip_of_the_file_is_one_that_can_be_shown_and_every_action_is_used():
    assert len(TIPS) == len(BOOK.tips) == 72
    assert set(BY_ACTION) == set(deck.ACTIONS)


@pytest.mark.parametrize("id", sorted(TIPS))
def test_every_tip_has_a_button_with_its_words(tab, id):
    tab.page.show_tip(TIPS[id])
    known = TIPS[id].action not in ("account", "practise_report")
    assert tab.page.tip.act.isVisible()
    assert tab.page.tip.act.words() == (TIPS[id].action_label if known else "Who can I talk to?")


@pytest.mark.parametrize("action", SETTINGS)
def test_a_setting_is_led_to(tab, action):
    press(tab, BY_ACTION[action])
    assert tab.page.checks.lead_to(action).hasFocus()


def test_private_words_and_the_block_list_open(tab):
    async def none() -> tuple[str, ...]:
        return ()

    tab.hub.notices = SimpleNamespace(private_words=none)
    press(tab, BY_ACTION["private_words"])
    assert tab.page.findChild(PrivateWords) is not None
    press(tab, BY_ACTION["block_list"])
    assert tab.page.findChild(BlockList) is not None


def test_the_numbers_and_the_report(tab):
    press(tab, BY_ACTION["helplines"])
    assert tab.page.help.first().hasFocus()
    asked = []
    tab.page.report.connect(lambda: asked.append(1))
    press(tab, BY_ACTION["report"])
    assert asked == [1]


@pytest.mark.parametrize("action", deck.PAGES)
def test_a_web_page_is_asked_for(tab, action):
    asked = []
    tab.page.link_requested.connect(asked.append)
    press(tab, BY_ACTION[action])
    assert asked == [BY_ACTION[action].action_url]
    assert asked[0].startswith("https://")


def test_what_the_window_cannot_do_leads_to_the_numbers(tab):
    press(tab, BY_ACTION["practise_report"])
    assert tab.page.help.first().hasFocus()


@pytest.mark.parametrize("action", ["account", "practise_report"])
def test_a_deed_of_the_window_is_done(qtbot, qapp, action):
    from tests.ui.report.stand_ins import make_hub

    done = []
    engine, _hub = make_hub()
    page = SafetyPage(ThemeContext(qapp, "light"), engine, {action: lambda: done.append(action)})
    qtbot.addWidget(page)
    page.show()
    page.show_tip(BY_ACTION[action])
    assert page.tip.act.words() == BY_ACTION[action].action_label
    page.tip.act.click()
    assert done == [action]


def test_who_checked_a_tip_is_said(tab):
    tip = TIPS["T01"]
    tab.page.show_tip(tip)
    assert tab.page.tip.checked.text() == "Not yet checked by a child safety body."
    tab.page.show_tip(Tip(**{**{name: getattr(tip, name) for name in Tip.__slots__}, "reviewer": "Harbour House"}))
    assert "Harbour House" in tab.page.tip.checked.text()
    assert tab.page.findChild(QWidget, "tip") is tab.page.tip
