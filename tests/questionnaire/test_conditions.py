"""The small language of conditions, read and held against answers."""

from __future__ import annotations

from typing import Any

import pytest

from messenger.domain.datafile import Reader
from messenger.domain.errors import AssetRefused
from messenger.questionnaire.conditions import Condition, Facts, Kind, holds, read


def make(value: dict[str, Any]) -> Condition:
    return read(Reader("file.json", "here", value))


def facts(score: int = 0, categories: tuple[str, ...] = (), **chosen: str) -> Facts:
    return Facts({id: frozenset(one.split()) for id, one in chosen.items()}, frozenset(categories), lambda: score)


YES, NO = {"answer": "q", "is": ["yes"]}, {"answer": "q", "is": ["no"]}
TABLE: list[tuple[dict[str, Any], Facts, bool]] = [
    (YES, facts(q="yes"), True),
    (YES, facts(q="no"), False),
    (YES, facts(), False),
    (YES, facts(other="yes"), False),
    ({"answer": "q", "is": ["yes", "no"]}, facts(q="no"), True),
    ({"answer": "q", "is": ["yes", "no"]}, facts(q="unsure"), False),
    ({"answer": "q", "is": ["yes"]}, facts(q="no yes"), True),
    ({"category": ["threat"]}, facts(categories=("threat",)), True),
    ({"category": ["threat", "meeting"]}, facts(categories=("meeting", "sexual")), True),
    ({"category": ["threat"]}, facts(categories=("meeting",)), False),
    ({"category": ["threat"]}, facts(q="threat"), False),
    ({"score>=": 40}, facts(40), True),
    ({"score>=": 40}, facts(39), False),
    ({"score>=": 0}, facts(0), True),
    ({"not": YES}, facts(q="yes"), False),
    ({"not": YES}, facts(), True),
    ({"all": [YES, {"score>=": 5}]}, facts(5, q="yes"), True),
    ({"all": [YES, {"score>=": 5}]}, facts(4, q="yes"), False),
    ({"all": [YES, {"score>=": 5}]}, facts(5, q="no"), False),
    ({"any": [YES, {"score>=": 5}]}, facts(5, q="no"), True),
    ({"any": [YES, {"score>=": 5}]}, facts(4, q="yes"), True),
    ({"any": [YES, {"score>=": 5}]}, facts(4, q="no"), False),
    ({"all": [{"not": {"any": [YES, NO]}}]}, facts(q="unsure"), True),
    ({"all": [{"not": {"any": [YES, NO]}}]}, facts(q="no"), False),
]


@pytest.mark.parametrize(
    ("value", "against", "true"), TABLE, ids=[f"{number}-{one[0]}" for number, one in enumerate(TABLE)]
)
def test_conditions_hold_or_not(value: dict[str, Any], against: Facts, true: bool) -> None:
    assert holds(make(value), against) is true


def test_no_condition_always_holds() -> None:
    assert holds(None, facts()) is True


def test_a_condition_is_read_in_full() -> None:
    assert make({"all": [YES, {"not": {"category": ["a", "b"]}}, {"any": [{"score>=": 7}]}]}) == Condition(
        Kind.ALL,
        parts=(
            Condition(Kind.ANSWER, question="q", values=("yes",)),
            Condition(Kind.NOT, parts=(Condition(Kind.CATEGORY, values=("a", "b")),)),
            Condition(Kind.ANY, parts=(Condition(Kind.SCORE, least=7),)),
        ),
    )


def test_each_part_is_walked_through() -> None:
    kinds = [one.kind.value for one in make({"all": [YES, {"not": {"any": [{"score>=": 7}]}}]}).each()]
    assert kinds == ["all", "answer", "not", "any", "score>="]


def _deep(levels: int) -> dict[str, Any]:
    return {"not": _deep(levels - 1)} if levels else YES


def test_four_levels_are_read_and_five_are_not() -> None:
    assert holds(make(_deep(4)), facts(q="yes"))
    with pytest.raises(AssetRefused, match="nested too deeply"):
        make(_deep(5))
    with pytest.raises(AssetRefused, match="nested too deeply"):
        make({"all": [{"any": [_deep(3)]}]})
    assert make({"all": [{"any": [_deep(2)]}]})


@pytest.mark.parametrize(
    ("value", "id", "reason"),
    [
        ({}, "here", "exactly one"),
        ({"answer": "q", "is": ["a"], "not": YES}, "here", "exactly one"),
        ({"answer": "q"}, "here", "'is' is missing"),
        ({"answer": "q", "is": []}, "here", "'is' is empty"),
        ({"answer": "q", "is": "yes"}, "here", "list of texts"),
        ({"answer": "q", "is": ["a", "a"]}, "here", "twice"),
        ({"answer": "q", "is": ["a"], "extra": 1}, "here", "'extra' is not known"),
        ({"answer": "", "is": ["a"]}, "here", "no words"),
        ({"category": []}, "here", "empty"),
        ({"score>=": -1}, "here", "from 0"),
        ({"score>=": "4"}, "here", "whole number"),
        ({"not": [YES]}, "here", "must be an object"),
        ({"all": YES}, "here", "list of objects"),
        ({"all": []}, "here", "'all' is empty"),
        ({"any": [YES, {"answer": "q"}]}, "here.any[1]", "'is' is missing"),
        ({"not": {"category": ["a"], "extra": 1}}, "here", "'extra' is not known"),
    ],
)
def test_a_wrong_condition_is_refused(value: dict[str, Any], id: str, reason: str) -> None:
    with pytest.raises(AssetRefused) as refused:
        make(value)
    assert (refused.value.fields["file"], refused.value.fields["id"]) == ("file.json", id)
    assert reason in str(refused.value.fields["reason"])
