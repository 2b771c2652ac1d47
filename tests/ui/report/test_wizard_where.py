"""The check page says who gets the report, who does not take this and who does, and asks again when that is another one."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QLabel

from messenger.domain.errors import AssetRefused
from messenger.domain.report import EndpointProfile, Shown
from messenger.evidence.keys import SigningKey
from messenger.safety import profiles
from messenger.safety.where import Asked
from messenger.services.safety import SafetyService
from messenger.services.settings import SettingsService
from messenger.ui.report.check_page import CheckPage
from messenger.ui.report.prefill import asked_of
from messenger.ui.report.state import Sending
from messenger.ui.report.ways import checks
from messenger.ui.theme.context import ThemeContext
from tests.services.report_world import StandIn, write_profile
from tests.ui.report.conftest import Hands
from tests.ui.report.stand_ins import CONTEXT
from tests.ui.report.test_wizard_real import Real, context
from tests.ui.report.words import cut
from tests.ui.walk import faults


def to_check(hands, what="bullying", age="13_15", safe="yes", country="gb"):
    """Straight to the check page with these answers."""
    window = hands.window or hands.open()
    presenter = window.presenter
    for question, option in (("safe", safe), ("role", "self"), ("age", age), ("what", what), ("country", country)):
        presenter.tick(question, option, True)
    presenter.write("name", "Sam")
    presenter.tick("contact", "here", True)
    presenter.change("check")
    hands.settle()
    assert isinstance(window.page, CheckPage)
    return window


def said(hands):
    """All words of the card about who else can help."""
    return " | ".join(one.text() for one in hands.find("check.others").findChildren(QLabel) if one.text())


def box(hands):
    return hands.find("check.receiver").accessibleName()


# -- who else can help


def test_bullying_in_the_uk_is_not_ceops_and_childline_stands_there_with_its_number(hands):
    to_check(hands)
    words = said(hands)
    assert "CEOP does not take this. Childline can help with it." in words
    assert "These are not part of Robin." in words
    assert words.index("Childline | ") < words.index("Your school")
    assert hands.find("check.talk.number").words() == "0800 1111"
    assert "0800 1111" not in hands.find("check.numbers").words(), "not said twice"
    assert "Goes to: Harbour Child Safety Desk" in box(hands)
    assert faults(hands.window) == []


def test_for_an_adult_it_is_another_line(hands):
    to_check(hands, age="18_over")
    assert "Childline" not in said(hands)
    assert "Samaritans" in hands.find("check.numbers").words()


def test_grooming_has_its_body_and_says_nothing_of_a_wrong_one(hands):
    to_check(hands, what="grooming")
    words = said(hands)
    assert "does not take this" not in words
    assert "CEOP" in words
    assert hands.there("check.place.ceop.page")
    assert "0800 1111" in hands.find("check.numbers").words()
    assert not hands.there("check.talk.number"), "the helpline stands in its own line"


def test_in_danger_the_emergency_number_comes_first_and_what_to_do_at_night(hands):
    to_check(hands, what="grooming", safe="no")
    words = said(hands)
    assert words.index("In danger now") < words.index("CEOP")
    assert hands.find("check.place.emergency.number").words() == "999"
    assert "999" in words[words.index("These") - 200 :], "at night"


def test_another_country_another_body(hands):
    to_check(hands, country="gb")
    hands.window.presenter.change("details")
    hands.settle()
    hands.window.presenter.tick("country", "au", True)
    hands.window.presenter.change("check")
    hands.settle()
    assert "CEOP" not in said(hands)
    assert hands.hub.reporting.asked[-1].interview == hands.window.presenter._draft.interview


def test_with_no_desk_the_authorities_stand_first_of_all(hands):
    hands.hub.reporting.profile = None
    window = to_check(hands, what="grooming")
    words = said(hands)
    assert words.startswith("There is nobody to send this to yet.")
    assert "CEOP" in words
    assert "Childline" in words
    page = window.page
    card, first = hands.find("check.others"), hands.find("check.0")
    assert card.mapTo(page.widget(), card.rect().bottomLeft()).y() <= first.mapTo(page.widget(), first.rect().topLeft()).y()
    assert not hands.there("check.receiver")


def test_a_receivers_file_that_is_wrong_leaves_the_numbers(hands):
    async def refused(_draft):
        raise AssetRefused("desk.json", "id", "is empty")

    hands.hub.reporting.route = refused
    to_check(hands, what="grooming")
    assert "CEOP" in said(hands)


# -- who gets it


def test_a_desk_that_stands_in_says_for_whom_and_why(hands):
    hands.hub.reporting.closed = "Day desk"
    to_check(hands, what="grooming", safe="no")
    assert box(hands).startswith("Goes to: ")
    assert "Day desk" in box(hands)
    assert "is closed now. They take it instead." in box(hands)


def test_over_the_chat_account_the_message_is_the_proof(hands):
    hands.hub.reporting.profile = replace(hands.hub.reporting.profile, base="xmpp:desk@desk.example", auth=())
    to_check(hands)
    assert "over your chat account." in box(hands)
    assert "That tells them it is you." in box(hands)
    assert "cannot check" not in box(hands)
    assert "cannot check" in checks(EndpointProfile("a", "A", "https://a.example", ()))


OTHER = EndpointProfile("night", "Night desk", "https://night.example", (), country="ie")


def test_another_receiver_at_send_shows_the_check_page_again_and_sends_nothing(hands):
    to_check(hands)
    hands.hub.reporting.profile = OTHER
    hands.next()
    assert hands.title() == "Check your answers"
    assert hands.hub.reporting.submitted == []
    assert "Someone else gets your report now." in box(hands)
    assert "Night desk" in box(hands)
    assert not hands.window.windowTitle().startswith("Error")
    hands.next()
    assert [one for one, _copy in hands.hub.reporting.submitted] == ["d1"]
    assert hands.window.sending.state.kind is Sending.SAVED


def test_the_sentence_goes_with_the_next_change(hands):
    to_check(hands)
    hands.hub.reporting.profile = OTHER
    hands.next()
    hands.click("change.age")
    hands.click("age.16_17")
    hands.next()
    while not isinstance(hands.window.page, CheckPage):
        hands.next()
    assert "Someone else" not in box(hands)


def test_somebody_where_there_was_nobody_is_shown_first(hands):
    hands.hub.reporting.profile = None
    to_check(hands)
    hands.hub.reporting.profile = OTHER
    hands.next()
    assert hands.hub.reporting.submitted == []
    assert "Night desk" in box(hands)


def test_what_a_person_is_told_of_decides_not_the_address():
    desk = replace(OTHER, keys=({"x": "a"},))
    moved = replace(desk, base="https://other.example", keys=({"x": "b"},), auth=("xmpp-0070",))
    assert Shown(desk).fits(moved)
    for other in (
        replace(desk, id="b"), replace(desk, name="B"), replace(desk, country="gb"), replace(desk, hand_set=True),
        replace(desk, base="mailto:a@b.example"), replace(desk, demonstration=True),
    ):  # fmt: skip
        assert not Shown(desk).fits(other)
    assert not Shown(None).fits(desk)


def test_another_country_of_numbers_keeps_the_reader(hands):
    to_check(hands, age="18_over")
    hands.window.presenter.help.ask_country("us")
    hands.settle()
    talk = hands.window.presenter.help.numbers.talk
    assert talk == hands.hub.safety.all.helpline("us", "18_over", hands.hub.safety.today)


@pytest.mark.parametrize(("scale", "width"), [(100, 720), (100, 360), (200, 720)])
def test_no_words_of_the_page_are_cut(qapp, qtbot, scale, width):
    hands = Hands(qtbot, ThemeContext(qapp, "light", scale))
    hands.hub.reporting.closed = "Day desk"
    hands.open(CONTEXT, width=width)
    to_check(hands, what="grooming", safe="no")
    hands.hub.reporting.profile = OTHER
    hands.next()
    qtbot.waitUntil(lambda: cut(hands.window) == [], timeout=30000)
    hands.window.close()


# -- over the real services


class RealWhere(Real):
    """With the real countries."""

    async def _build(self):
        hub = await super()._build()
        settings = SettingsService(self.world.db, self.world.bus)
        hub.safety = SafetyService(self.world.db, settings, self.world.clock)
        return SimpleNamespace(**vars(hub))


def test_a_desk_that_closes_while_the_page_is_open_is_said_before_anything_goes(qtbot, ctx, tmp_path):
    desk = StandIn("Day desk")
    one = RealWhere(qtbot, ctx, tmp_path, desk)
    try:
        one.open(context(one, 3, 4))
        to_check(one, what="bullying", safe="no")
        assert "Day desk" in box(one)
        assert "CEOP does not take this. Childline can help with it." in said(one)
        # It closes, and the night desk takes what is urgent.
        night = EndpointProfile(
            "night", "Night desk", desk.profile.base, (SigningKey.generate().public_jwk(), desk.sealing.public_jwk()),
            country="gb", hours="24/7",
        )  # fmt: skip
        closed = replace(desk.profile, hours="Mo 00:00-00:01 UTC", out_of_hours="night")
        write_profile(tmp_path, closed)
        (tmp_path / "endpoints" / "night.json").write_bytes(profiles.dump(night))
        one.next()
        one.qtbot.waitUntil(lambda: "Someone else gets your report now." in box(one), timeout=20000)
        assert "Night desk" in box(one)
        assert "is closed now. They take it instead." in box(one)
        assert desk.filed == {}
        assert desk.tries == []
        one.next()
        one.qtbot.waitUntil(lambda: bool(desk.tries), timeout=20000)
    finally:
        one.window.close()
        one.engine.close()


def test_what_is_asked_comes_from_the_answers(hands):
    to_check(hands, what="bullying", age="16_17")
    asked = asked_of(hands.window.presenter._talk)
    assert asked == Asked("gb", "bullying", asked.tier, "16_17", asked.hints, "16_17")
