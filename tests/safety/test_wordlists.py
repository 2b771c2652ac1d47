"""The word lists of the rules about what a person gives away are data: wrong ones are refused, naming the file and the list."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.domain.notice import Surroundings, Way
from messenger.safety import phrases
from messenger.safety.rules import Rules

OUT = Surroundings(Way.OUT, country="gb", code_asked=True, harsh_words=True)


def shipped() -> dict[str, Any]:
    found = json.loads(resources.read("phrases/en.json"))
    assert isinstance(found, dict)
    return found


def load(value: dict[str, Any]) -> phrases.Phrases:
    return phrases.load(json.dumps(value).encode(), "phrases/xx.json")


def test_english_has_every_list() -> None:
    lists = load(shipped()).lists
    assert all(getattr(lists, field.name) is not None for field in fields(lists))


@pytest.mark.parametrize(
    ("group", "key", "value", "reason"),
    [
        ("address", "street", None, "'street' is missing"),
        ("codes", "units", [], "'units' is empty"),
        ("handles", "apps", ["snap", "snap"], "the same text twice"),
        ("belonging", "schools", "school", "must be a list of texts"),
        ("harsh", "shouted", ["x"], "'shouted' is not known here"),
    ],
)
def test_a_wrong_list_is_refused_by_file_and_group(group: str, key: str, value: object, reason: str) -> None:
    data = shipped()
    one = next(one for one in data["words"] if one["id"] == group)
    one[key] = value
    if value is None:
        del one[key]
    with pytest.raises(AssetRefused) as refused:
        load(data)
    assert "phrases/xx.json" in str(refused.value)
    assert group in str(refused.value)
    assert reason in str(refused.value)


def test_lists_that_no_rule_reads_by_are_refused() -> None:
    data = shipped()
    data["words"].append({"id": "weather", "rain": ["rain"]})
    with pytest.raises(AssetRefused, match="no rule reads by these words"):
        load(data)


def test_a_language_without_lists_has_its_patterns_alone() -> None:
    data = shipped()
    data["words"] = []
    rules = Rules(load(data))
    assert rules.explain("R3", "I live at 12 Oak Street", OUT) is None
    assert rules.explain("R6", "its 482 913", OUT) is None
    assert rules.explain("R1", "call me on 020 7946 0958", OUT) is not None
    assert rules.explain("R20", "you are such an idiot", OUT) is not None


def test_another_languages_words_are_read() -> None:
    """A street of another language is seen when its word is in the list."""
    data = shipped()
    address = next(one for one in data["words"] if one["id"] == "address")
    address["street"].append("gasse")
    assert Rules(load(shipped())).explain("R3", "it is by 12 Tern Gasse", OUT) is None
    assert Rules(load(data)).explain("R3", "it is by 12 Tern Gasse", OUT) is not None


def test_no_pattern_and_no_spelling_is_there_twice() -> None:
    data = shipped()
    for rule in data["rules"]:
        patterns = [one for cue in rule.get("cues", [rule]) for one in cue.get("any", [])]
        assert len(patterns) == len(set(patterns)), rule["id"]
    spelt = [word for one in data["spellings"] for word in one["words"]]
    assert len(spelt) == len(set(spelt))
