"""The words of the notices: one for each rule; they speak of the message; wrong files are refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.safety import deck, notices

FILE = "notices/en-GB.json"
ALL = notices.load(resources.read(FILE), FILE)


def test_every_rule_has_words_and_choices() -> None:
    assert [one.id for one in ALL.rules] == [f"R{number}" for number in range(1, 21)]
    for one in ALL.rules:
        assert 2 <= len(one.actions) <= 4
        assert one.why


def test_only_threats_and_links_are_always_shown() -> None:
    assert [one.id for one in ALL.rules if one.always] == ["R14", "R15"]
    assert [one.id for one in ALL.rules if one.known] == ["R6", "R14", "R15", "R16"]


def test_the_limits_of_the_design() -> None:
    assert ALL.limits == notices.Limits(chat_hours=24, day=3, not_useful=2, quiet_days=30)


def test_the_request_card_has_its_four_choices_in_order() -> None:
    assert [one.id for one in ALL.rule("R17").actions] == ["accept", "not_now", "block", "block_and_report"]


def test_a_rule_that_asks_about_the_reporter_leads_to_the_report() -> None:
    for id in ("R8", "R9", "R10", "R11", "R12", "R13"):
        assert "block_and_report" in [one.id for one in ALL.rule(id).actions]
    assert ALL.rule("R14").actions[0].id == "report"


def test_every_rule_has_a_tip() -> None:
    book = deck.load(resources.read("tips/en-GB.json"), "tips/en-GB.json")
    triggers = {trigger for tip in book.tips for trigger in tip.triggers}
    assert set(notices.RULES) - triggers <= {"R5", "R19"}


def test_another_fact_of_a_rule_has_words_of_its_own() -> None:
    [one] = ALL.rule("R16").also
    assert one == ALL.rule("R16.picture")
    assert (one.direction, one.always, one.known, one.places) == ("in", False, True, ("name",))
    assert ("R16.picture", one.text) in ALL.words()
    assert ("R16.picture", one.why) in ALL.words()
    assert all(not other.also for other in ALL.rules if other.id != "R16")


def test_an_unknown_rule_is_our_own_mistake() -> None:
    with pytest.raises(KeyError):
        ALL.rule("R21")


BROKEN: list[tuple[Callable[[dict[str, Any]], Any], str, str]] = [
    (lambda v: v["rules"].pop(), "notices", "R1 to R20"),
    (lambda v: v["rules"].reverse(), "notices", "R1 to R20"),
    (lambda v: v["rules"][1].update(id="R1"), "R1", "twice"),
    (lambda v: v["rules"][0].update(text=""), "R1", "no words"),
    (lambda v: v["rules"][0].pop("why"), "R1", "'why' is missing"),
    (lambda v: v["rules"][0].update(direction="up"), "R1", "not one of"),
    (lambda v: v["rules"][0].update(actions=["dance"]), "R1", "unknown action"),
    (lambda v: v["rules"][0].update(actions=[]), "R1", "empty"),
    (lambda v: v["rules"][0].update(text="This goes to {site}."), "R1", "unknown {site}"),
    (lambda v: v["rules"][14].update(text="This link goes there."), "R15", "no {site}"),
    (lambda v: v["rules"][0].update(places=["moon"]), "R1", "unknown place"),
    (lambda v: v["rules"][0].update(always="yes"), "R1", "true or false"),
    (lambda v: v["rules"][0].update(score=3), "R1", "'score' is not known"),
    (lambda v: v["rules"][15]["also"][0].update(id="R8.picture"), "R16", "no fact of this rule"),
    (lambda v: v["rules"][15]["also"][0].update(text="A new picture.", why="The same."), "R16.picture", "no {name}"),
    (lambda v: v["rules"][15]["also"][0].update(actions=["dance"]), "R16.picture", "unknown action"),
    (lambda v: v["rules"][15]["also"][0].update(known=True), "R16.picture", "'known' is not known"),
    (lambda v: v["actions"].append({"id": "dance", "label": "Dance"}), "notices", "nobody uses"),
    (lambda v: v["actions"][0].update(icon="x"), "take_out", "'icon' is not known"),
    (lambda v: v["actions"].append(v["actions"][0]), "take_out", "twice"),
    (lambda v: v["limits"].update(day=0), "notices", "from 1"),
    (lambda v: v["limits"].update(week=5), "notices", "'week' is not known"),
    (lambda v: v.pop("limits"), "notices", "'limits' is missing"),
]


@pytest.mark.parametrize(
    ("change", "id", "reason"), BROKEN, ids=[f"{number}-{one[2]}" for number, one in enumerate(BROKEN)]
)
def test_a_broken_file_is_refused_by_name(change: Callable[[dict[str, Any]], Any], id: str, reason: str) -> None:
    value = json.loads(resources.read(FILE))
    change(value)
    with pytest.raises(AssetRefused) as refused:
        notices.load(json.dumps(value).encode(), "notices.json")
    assert (refused.value.fields["file"], refused.value.fields["id"]) == ("notices.json", id)
    assert reason in str(refused.value.fields["reason"])
