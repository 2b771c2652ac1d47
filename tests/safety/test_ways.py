"""Ways to say no and the cards: for each rule and band, every line with a source; wrong files are refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.domain.notice import Surroundings, Way
from messenger.safety import notices, rules, ways
from messenger.safety.phrases import load as load_phrases

FILE = "notices/ways-en-GB.json"
ALL = ways.load(resources.read(FILE), FILE)


def test_each_rule_has_three_to_five_sentences_in_each_band() -> None:
    for rule in ways.RULES:
        for band in ("S", "T", "A", "C"):
            assert 3 <= len(ALL.say(rule, band)) <= 5
        assert ALL.say(rule, "C") == ALL.say(rule, "A")
        assert len({ALL.say(rule, band) for band in ways.BANDS}) == 3
    assert ALL.say("R14", "T") == ()


def test_the_rules_with_the_button_are_those_with_sentences() -> None:
    words = notices.load(resources.read("notices/en-GB.json"), "notices/en-GB.json")
    offering = [one.id for one in words.rules if "ways_out" in [action.id for action in one.actions]]
    assert offering == list(ways.RULES)


def test_no_sentence_gives_something_away_or_asks_for_it() -> None:
    """What Robin puts into the composer must not make Robin itself pause."""
    looking = rules.Rules(load_phrases(resources.read("phrases/en.json"), "phrases/en.json"))
    around = Surroundings(Way.OUT, country="gb", code_asked=True, harsh_words=True)
    wrong = [
        (id, words, [one.rule for one in looking.look(words, around)])
        for id, words in ALL.words()
        if id in ways.RULES and looking.look(words, around)
    ]
    assert wrong == []


def test_each_card_has_its_lines_for_every_band_and_each_line_a_source() -> None:
    for kind in ways.CARDS:
        for band in ("S", "T", "A", "C"):
            card = ALL.card(kind, band)
            assert card.title
            assert 3 <= len(card.lines) <= 5
            for line in card.lines:
                assert line.org
                assert line.url.startswith("https://")
                assert line.seen_on
    with pytest.raises(KeyError):
        ALL.card("moon", "T")


def test_the_file_fits_its_schema() -> None:
    schema = json.loads((resources.root() / "notices" / "schema" / "ways.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    value = json.loads(resources.read(FILE))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(value)] == []
    assert value["$schema"] == "schema/ways.json"
    assert schema["$id"] == "urn:robin:schema:ways:1"


def _first(value: dict[str, Any]) -> Any:
    return value["rules"][0]["ways"][0]


def _line(value: dict[str, Any]) -> Any:
    return value["cards"][0]["lines"][0]


BROKEN: list[tuple[Callable[[dict[str, Any]], Any], str, str]] = [
    (lambda v: v["rules"].pop(), "ways", "R8 to R13"),
    (lambda v: v["rules"].reverse(), "ways", "R8 to R13"),
    (lambda v: v["rules"][1].update(id="R8"), "R8", "twice"),
    (lambda v: v["rules"][0].update(id="R14"), "R14", "not one of"),
    (lambda v: v["rules"][0]["ways"].pop(), "R8", "band A is missing"),
    (lambda v: _first(v).update(band="T"), "R8", "band T is there twice"),
    (lambda v: _first(v).update(band="C"), "R8.ways[0]", "not one of"),
    (lambda v: _first(v).update(lines=["No.", "No no."]), "R8", "3 to 5 sentences"),
    (lambda v: _first(v).update(lines=["a", "b", "c", "d", "e", "f"]), "R8", "3 to 5 sentences"),
    (lambda v: _first(v).update(lines=["a", "b", "b"]), "R8.ways[0]", "twice"),
    (lambda v: _first(v).update(lines=["a", "b", "x" * 61]), "R8", "longer than 60"),
    (lambda v: _first(v).update(mood="kind"), "R8.ways[0]", "'mood' is not known"),
    (lambda v: v["cards"].pop(), "ways", "meet and money"),
    (lambda v: v["cards"][0].update(id="moon"), "moon", "not one of"),
    (lambda v: v["cards"][0].update(lines=v["cards"][0]["lines"][:2]), "meet", "3 to 5 lines"),
    (lambda v: v["cards"][0].update(title=""), "meet", "no words"),
    (lambda v: _line(v).update(bands=["S", "X"]), "meet.lines[0]", "unknown band 'X'"),
    (lambda v: _line(v).pop("source"), "meet.lines[0]", "'source' is missing"),
    (lambda v: _line(v)["source"].update(url="http://a.example"), "meet.lines[0]", "https"),
    (lambda v: _line(v)["source"].update(seen_on="soon"), "meet.lines[0]", "a date"),
    (lambda v: _line(v)["source"].update(page=3), "meet.lines[0]", "'page' is not known"),
    (lambda v: v.update(score=3), "ways", "'score' is not known"),
    (lambda v: v.pop("version"), "ways", "'version' is missing"),
]


@pytest.mark.parametrize(
    ("change", "id", "reason"), BROKEN, ids=[f"{number}-{one[2]}" for number, one in enumerate(BROKEN)]
)
def test_a_broken_file_is_refused_by_name(change: Callable[[dict[str, Any]], Any], id: str, reason: str) -> None:
    value = json.loads(resources.read(FILE))
    change(value)
    with pytest.raises(AssetRefused) as refused:
        ways.load(json.dumps(value).encode(), "ways.json")
    assert (refused.value.fields["file"], refused.value.fields["id"]) == ("ways.json", id)
    assert reason in str(refused.value.fields["reason"])
