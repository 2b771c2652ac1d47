"""The limits of notices: rare, three a day in all, and a milder one never hides a graver one of its chat."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.safety import caps
from messenger.safety.people import NEW_PICTURE
from messenger.services import notice_choice

DAY = 3
RULES = sorted(caps.CAPPED)
MILD, GRAVER = ("R8", "R9", "R18"), ("R10", "R11", "R12", "R13", "R16", "R19")


def told(asks: list[tuple[int, str]], day: int = DAY) -> list[tuple[int, str]]:
    """What is shown of notices (chat, rule) that come one after the other within a day."""
    shown: list[tuple[int, str]] = []
    for chat, rule in asks:
        here = Counter(one for where, one in shown if where == chat)
        if caps.may_show(rule, here, Counter(one for _where, one in shown), day):
            shown.append((chat, rule))
    return shown


def test_every_rule_of_what_comes_in_has_a_step_or_is_beyond_the_limits() -> None:
    assert {*caps.CAPPED, *notice_choice.GRAVE} == set(notice_choice._IN)
    assert not caps.CAPPED & set(notice_choice.GRAVE)
    assert sum(map(len, caps.STEPS)) == len(caps.CAPPED)
    assert caps.step(NEW_PICTURE) == 0
    assert {caps.step(rule) for rule in MILD} == {1}
    assert {caps.step(rule) for rule in GRAVER} == {2}


@pytest.mark.parametrize("rule", ["R14", "R15", "R1", "R99"])
def test_a_rule_without_a_limit_has_no_step(rule: str) -> None:
    with pytest.raises(KeyError):
        caps.step(rule)


@pytest.mark.parametrize(("first", "second"), list(product(RULES, RULES)))
def test_in_one_chat_only_a_graver_one_follows(first: str, second: str) -> None:
    follows = caps.step(second) > caps.step(first)
    assert told([(1, first), (1, second)]) == [(1, first), (1, second)][: 1 + follows]


def test_a_chat_is_quiet_after_that() -> None:
    everything = [(1, rule) for rule in (*MILD, *GRAVER, *MILD, *GRAVER)]
    assert told(everything, day=100) == [(1, "R8"), (1, "R10")]


def test_three_a_day_and_the_last_place_is_not_for_a_mild_one() -> None:
    assert told([(chat, "R12") for chat in range(9)]) == [(chat, "R12") for chat in range(3)]
    assert told([(chat, "R8") for chat in range(9)]) == [(0, "R8"), (1, "R8")]
    assert told([(chat, NEW_PICTURE) for chat in range(9)]) == [(0, NEW_PICTURE)]
    assert told([(0, NEW_PICTURE), (1, "R8"), (2, "R8"), (3, "R12"), (4, "R12")]) == [(0, NEW_PICTURE), (1, "R8"), (3, "R12")]
    assert told([(0, "R8"), (1, "R18"), (2, "R9"), (3, "R11"), (4, "R13")]) == [(0, "R8"), (1, "R18"), (3, "R11")]
    assert told([(0, "R12"), (1, "R12"), (2, "R8"), (3, "R16")]) == [(0, "R12"), (1, "R12"), (3, "R16")]


def test_a_day_of_one_still_has_room_for_one() -> None:
    assert told([(0, "R8"), (0, "R12")], day=1) == [(0, "R8")]


def test_threats_links_and_pauses_count_for_nothing() -> None:
    assert caps.may_show("R8", {"R14": 3, "R15": 40}, {"R14": 9, "R15": 90, "R1": 5, "R20": 7}, DAY)
    assert not caps.may_show("R8", {"R8": 1}, {"R8": 1}, DAY)
    assert caps.may_show("R8", {"R8": 0}, {"R8": 0}, DAY)


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(RULES)), max_size=40), st.integers(1, 5))
def test_never_noisy_and_never_a_mild_one_after_a_graver_one(asks: list[tuple[int, str]], day: int) -> None:
    shown = told(asks, day)
    assert len(shown) <= day
    for chat in range(5):
        steps = [caps.step(rule) for where, rule in shown if where == chat]
        assert steps == sorted(set(steps))
    assert bool(shown) == bool(asks), "the first one of a day is shown"
