"""Where it goes: finished words for every country, category, tier and age, honest about who takes what."""

from __future__ import annotations

import ast
import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import reading

from messenger import resources
from messenger.domain.report import EndpointProfile
from messenger.safety import jurisdictions
from messenger.safety import where as subject
from messenger.safety.where import Asked, where

TODAY = date(2026, 11, 24)
FILES = [jurisdictions.load(resources.read(name), name) for name in resources.names("jurisdictions")]
ALL = jurisdictions.Jurisdictions.of(FILES)
DESK = EndpointProfile("desk", "Harbour desk", "https://desk.example.org", (), "gb")


def words(asked: Asked, receiver: EndpointProfile | None = DESK, closed: str = "") -> subject.Where:
    return where(ALL, asked, receiver, closed, today=TODAY)


@pytest.mark.parametrize("country", [*ALL.codes, "fr", "jp"])
def test_there_is_always_a_place_to_go(country: str) -> None:
    ways = itertools.product(
        jurisdictions.CATEGORIES,
        jurisdictions.TIERS,
        jurisdictions.AGE_BANDS,
        [(), *((one,) for one in jurisdictions.HINTS)],
    )
    for category, tier, age, hints in ways:
        found = words(Asked(country, category, tier, age, hints), None)
        assert found.places
        assert found.lines
        assert found.notes[-1] == "These are not part of Robin. You can go to them too."
        assert not any("{" in one for one in (*found.lines, *found.notes))


def test_bullying_in_the_united_kingdom_is_honest_about_ceop() -> None:
    found = words(Asked("gb", "bullying", "soon", "13_15"))
    assert found.lines == (
        "Your report goes to Harbour desk.",
        "CEOP does not take this. Childline can help with it.",
    )
    assert [one.line.id for one in found.places] == ["school", "chat_service", "childline"]


def test_what_a_body_takes_is_not_denied() -> None:
    assert words(Asked("gb", "grooming", "now", "13_15")).lines == ("Your report goes to Harbour desk.",)


@pytest.mark.parametrize(
    ("country", "category", "age", "line"),
    [
        ("us", "bullying", "13_15", "NCMEC CyberTipline does not take this. Childhelp can help with it."),
        ("us", "deception", "13_15", "NCMEC CyberTipline does not take this. IC3 can help with it."),
        ("ca", "threat", "16_17", "Cybertip.ca does not take this. Your own police can help with it."),
        ("au", "bullying", "under_13", "ACCCE does not take this. eSafety can help with it."),
        ("nz", "self_harm", "13_15", "Netsafe does not take this. 1737 can help with it."),
        (
            "elsewhere",
            "bullying",
            "13_15",
            "NCMEC CyberTipline does not take this. Child Helpline International can help with it.",
        ),
    ],
)
def test_remits(country: str, category: str, age: str, line: str) -> None:
    assert line in words(Asked(country, category, "soon", age)).lines


def test_police_are_never_said_not_to_take_something() -> None:
    for country, category in itertools.product(ALL.codes, jurisdictions.CATEGORIES):
        for age in jurisdictions.AGE_BANDS:
            assert not any("olice does not" in one for one in words(Asked(country, category, "soon", age)).lines)
    assert words(Asked("gb", "bullying", "soon", "18_over")).lines == ("Your report goes to Harbour desk.",)


def test_elsewhere_ones_own_police_pass_it_to_interpol_and_come_first_when_it_is_now() -> None:
    found = words(Asked("jp", "grooming", "now", "13_15"))
    assert "Your own police pass it to INTERPOL." in found.notes
    assert "An answer can take a day. If it can not wait, call the police." in found.notes
    assert found.places[0].line.id == "own_police"


def test_at_night_the_number_stands_there() -> None:
    assert "If it can not wait, call 999." in words(Asked("gb", "blackmail", "today")).notes[0]
    assert not any("999" in one for one in words(Asked("gb", "blackmail", "soon")).notes)


def test_every_report_body_says_who_takes_what_it_does_not() -> None:
    for one in FILES:
        for body in one.bodies:
            if body.kind.value in ("report", "police"):
                assert {*body.takes, *body.hands_on} == set(jurisdictions.CATEGORIES), body.id


def test_a_desk_that_stands_in_is_said_and_so_is_one_that_was_set_by_hand() -> None:
    desk = replace(DESK, name="Night desk", hand_set=True, demonstration=True)
    assert words(Asked("gb", "grooming", "now"), desk, "Harbour desk").lines == (
        "Your report goes to Night desk.",
        "Harbour desk is closed now. Night desk is open, so your report goes there.",
        "Set by hand: this report goes to Night desk.",
        "This desk is for a try. No one comes to help from here.",
    )


@pytest.mark.parametrize(
    ("base", "part"),
    [
        ("xmpp:desk@example.org", "over your chat account"),
        ("mailto:desk@example.org", "by e-mail"),
        ("folder:///x", "in a folder"),
    ],
)
def test_the_way_is_said(base: str, part: str) -> None:
    assert part in words(Asked("gb", "grooming", "now"), replace(DESK, base=base)).lines[0]


def test_without_a_desk_it_is_said_and_names_are_isolated() -> None:
    assert words(Asked("gb", "grooming", "now"), None).lines[0].startswith("There is no one to send it to yet")
    found = where(ALL, Asked("gb", "bullying", "log"), DESK, today=TODAY, isolate=lambda name: f"<{name}>")
    assert found.lines[:2] == (
        "Your report goes to <Harbour desk>.",
        "<CEOP> does not take this. <Childline> can help with it.",
    )


def test_the_words_are_for_a_ten_year_old() -> None:
    source = ast.parse(Path(subject.__file__).read_text("utf-8"))
    said = [
        node.args[0].value
        for node in ast.walk(source)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "tr"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert len(said) >= 9
    for one in said:
        assert reading.hardest(one) <= 4, one
        assert reading.longest(one) <= 15, one
        assert reading.tone(one) == [], one


def test_no_name_implies_an_agreement() -> None:
    for one in FILES:
        for _id, text in one.words():
            assert not any(word in text.lower() for word in ("partner", "robin", "works with", "official"))
