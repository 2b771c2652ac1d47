"""The weights of single words: found quickly as they are found plainly, added up for a sentence, shown in few words."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.safety import leanings, phrases, words
from messenger.safety.leanings import Leanings

SOME = {
    "R8": {"": -9, "red": 4, "^ red": 3, "red .. blue": 5, "blue |": 2, "?": 6},
    "R9": {"": 1, "red": -2, "blue $": 7},
}


@cache
def shipped() -> phrases.Phrases:
    return phrases.load(resources.read("phrases/en.json"), "phrases/en.json")


def plainly(weights: dict[str, dict[str, int]], forms: tuple[str, ...], text: words.Text) -> dict[int, list[int]]:
    """What `sums` has to give, for a message of one sentence."""
    found = {piece for _place, piece in leanings.pieces(forms, text)}
    return {text.words[0].sentence: [one[""] + sum(one.get(piece, 0) for piece in found) for one in weights.values()]}


def test_pieces_are_words_neighbours_and_pairs_further_apart() -> None:
    text = words.read("red and blue, red?")
    found = [piece for _place, piece in leanings.pieces(("red", "and", "blue", "red"), text)]
    assert found[:5] == ["red", "^ red", "and", "red and", "^ .. and"]
    assert {"blue |", "| red", "red .. blue", "?", "red ?"} <= set(found)
    assert "red .. ?" not in found  # the first is too far away; of the last it is the neighbour


@given(
    st.lists(st.sampled_from(["red", "blue", "and", "green", ",", ";"]), min_size=1, max_size=30),
    st.sampled_from(["", "?"]),
)
def test_the_quick_way_finds_what_the_plain_way_finds(pieces: list[str], end: str) -> None:
    text = words.read(" ".join(pieces) + end)
    if text.words:
        forms = tuple(one.text for one in text.words)
        assert Leanings(SOME).sums(forms, text) == plainly(SOME, forms, text)


def test_a_sentence_leans_with_its_neighbours_and_not_with_those_far_away() -> None:
    text = words.read("red. nothing. nothing. blue")
    sums = Leanings({"R8": {"": 0, "red": 4, "blue": 1}}).sums(tuple(one.text for one in text.words), text)
    assert list(sums.values()) == [[4], [4], [1], [1]]


def test_what_is_quoted_leans_to_nothing() -> None:
    text = words.read('she said "red" to me')
    sums = Leanings({"R8": {"": 0, "red": 4}}).sums(tuple(one.text for one in text.words), text)
    assert list(sums.values()) == [[0]]


def test_without_weights_there_is_nothing_to_add() -> None:
    assert Leanings({}).sums(("red",), words.read("red")) == {}


def test_few_words_are_shown() -> None:
    text = words.read("I went to the shop and then could you send me the red one of those please my friend")
    forms = tuple(one.text for one in text.words)
    shown = Leanings({"R8": {"": 0, "send me": 9, "you": 3, "the": 1, "red": 2}}).shown("R8", 0, forms, text)
    assert shown is not None
    assert forms[shown[0] : shown[1]] == ("you", "send", "me", "the", "red")


def test_words_alone_can_say_enough_and_are_shown() -> None:
    rule = {
        "id": "R8",
        "cues": [{"id": "asks", "weight": 4, "any": ["purple"]}],
        "start": -5,
        "leanings": [{"weight": 6, "words": ["red", "blue"]}],
    }
    value = {"lang": "en", "version": 1, "sets": [{"id": "joiners", "words": ["and"]}], "rules": [rule]}
    small = phrases.load(json.dumps(value).encode(), "x")
    assert small.find("R8", words.read("is it red or blue now")) == (6, 21), "some words around explain more than one"
    assert small.find("R8", words.read("is it red")) is None
    assert small.find("R8", words.read("purple")) == (0, 6)


@pytest.mark.parametrize(
    ("key", "change", "reason"),
    [
        ("weight", 100, "from -99 to 99"),
        ("words", ["^ red", "^ red"], "the same text twice"),
        ("words", [], "'words' is empty"),
    ],
)
def test_wrong_weights_are_refused_by_rule(key: str, change: object, reason: str) -> None:
    leaning: dict[str, Any] = {"weight": 3, "words": ["red"], key: change}
    rule = {"id": "R8", "cues": [{"id": "asks", "weight": 4, "any": ["red"]}], "leanings": [leaning]}
    value = {"lang": "en", "version": 1, "sets": [{"id": "joiners", "words": ["and"]}], "rules": [rule]}
    with pytest.raises(AssetRefused) as refused:
        phrases.load(json.dumps(value).encode(), "phrases/xx.json")
    assert "R8.leanings[0]" in str(refused.value)
    assert reason in str(refused.value)


def test_a_word_with_two_weights_is_refused() -> None:
    rule = {
        "id": "R8",
        "cues": [{"id": "asks", "weight": 4, "any": ["red"]}],
        "leanings": [{"weight": 3, "words": ["red"]}, {"weight": 2, "words": ["red"]}],
    }
    value = {"lang": "en", "version": 1, "sets": [{"id": "joiners", "words": ["and"]}], "rules": [rule]}
    with pytest.raises(AssetRefused, match="two weights"):
        phrases.load(json.dumps(value).encode(), "phrases/xx.json")


@pytest.mark.parametrize(
    ("rule", "text"),
    [("R8", "so anyway we had a nice day at the beach with the dog and the ball. which school do you go to?"),
     ("R10", "i really like talking to you every evening after tea, dont tell your mum about us ok, she would not get it"),
     ("R12", "hey hope you had a good day at training and the bus was not late again, send me a pic of you"),
     ("R14", "i waited all day for you and you did not come, so send it or ill post it everywhere")],
)  # fmt: skip
def test_the_asking_words_are_shown_and_not_the_whole_message(rule: str, text: str) -> None:
    found = shipped().find(rule, words.read(text))
    assert found is not None
    assert found[1] - found[0] <= len(text) // 2


@pytest.mark.parametrize("before", ["", "hi\n", "hey there.\n", "lol. ", "hi. how was it. ", "ok cool. "])
@pytest.mark.parametrize("after", ["", "\nlol", "\nok then"])
@pytest.mark.parametrize(
    ("rule", "ask"), [("R14", "pics or i don't believe u"), ("R12", "i sent my pic now u send urs")]
)
def test_the_words_that_are_shown_are_of_the_ask_and_not_of_the_small_talk_beside_it(
    rule: str, ask: str, before: str, after: str
) -> None:
    """Sentences lean with their neighbours: "hi" came out as what a threat was seen by."""
    raw = before + ask + after
    span = shipped().find(rule, words.read(raw))
    if span is not None:  # whether there is enough for the rule is another question
        assert len(before) <= span[0] < span[1] <= len(before) + len(ask), raw[slice(*span)]


def test_of_neighbours_the_one_that_leans_most_is_shown() -> None:
    weights = Leanings({"R8": {"": 0, "red": 4, "blue": 6}})
    for raw, shown in (("hi. red. hi", (1, 2)), ("red. hi. blue", (2, 3)), ("hi. hi. red", (2, 3)), ("hi. hi. hi. red", (1, 2))):
        text = words.read(raw)
        found = weights.shown("R8", text.words[1].sentence, tuple(one.text for one in text.words), text)
        assert found == shown, raw


@pytest.mark.parametrize(
    "text", ["ok see you", "ok then. see you", "bye, see you", "bye, see ya soon", "that was fun! see you x", "good game. see you"]
)
def test_a_goodbye_asks_for_no_picture(text: str) -> None:
    assert shipped().find("R12", words.read(text)) is None
