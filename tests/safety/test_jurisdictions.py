"""Every country answers every question; remits are kept; wrong files are refused by name."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.safety import jurisdictions as subject

TODAY = date(2026, 11, 24)
NAMES = resources.names("jurisdictions")
ALL = subject.Jurisdictions.of(subject.load(resources.read(name), name) for name in NAMES)
CODES = ("gb", "us", "ca", "au", "nz", "ie", "eu", "elsewhere")


def ids(country: str, category: str, tier: str = "soon", age: str = "13_15", **more: Any) -> list[str]:
    return [one.line.id for one in ALL.routes(country, category, tier, age, today=TODAY, **more)]


def test_the_eight_cards_are_there() -> None:
    assert set(ALL.codes) == set(CODES)
    assert ALL.codes[-1] == "elsewhere"


@pytest.mark.parametrize("country", CODES)
def test_every_category_tier_and_age_ends_with_someone(country: str) -> None:
    for category, tier, age in itertools.product(subject.CATEGORIES, subject.TIERS, subject.AGE_BANDS):
        routes = ALL.routes(country, category, tier, age, subject.HINTS, today=TODAY)
        assert any(one.kind == "helpline" for one in routes)
        assert len({one.line.id for one in routes}) == len(routes)
        if tier == "now" and country != "elsewhere":
            assert routes[0].kind == "emergency"
        if category not in ("bullying", "self_harm", "unsure"):
            assert any(one.kind in ("report", "police") or one.line.id == "own_police" for one in routes)


@pytest.mark.parametrize("country", CODES)
@pytest.mark.parametrize("age", subject.AGE_BANDS)
def test_there_is_always_a_helpline(country: str, age: str) -> None:
    line = ALL.helpline(country, age, TODAY)
    assert line.kind == "helpline"
    assert line.number or line.url


@pytest.mark.parametrize("country", CODES)
def test_every_number_has_a_source_and_a_date(country: str) -> None:
    for line in ALL.card(country, TODAY).lines:
        if line.number or line.url:
            assert line.source_url.startswith("https://")
            assert date.fromisoformat(line.checked_on) <= TODAY


@pytest.mark.parametrize("country", CODES)
def test_nothing_is_called_checked_that_no_person_checked(country: str) -> None:
    found = ALL.find(country)
    statuses = {one.source.status for one in found.bodies if one.source} | {found.emergency_source.status}
    assert "checked" not in statuses
    if country in ("ie", "eu"):
        assert statuses <= {"unchecked", "second-hand"}
        assert found.emergency_source.status == "unchecked"


EMERGENCY = {"gb": "999", "us": "911", "ca": "911", "au": "000", "nz": "111", "ie": "112", "eu": "112", "elsewhere": ""}


@pytest.mark.parametrize(("country", "number"), EMERGENCY.items())
def test_emergency_numbers(country: str, number: str) -> None:
    card = ALL.card(country, TODAY)
    assert card.emergency_number == number
    assert number in card.emergency_how
    assert "{" not in card.emergency_how
    assert [one.number for one in card.lines if one.kind == "emergency"] == ([number] if number else [])


def _dialled(words: str) -> str:
    """A number in letters as its keys: the design gives some as 1-800-CALL-FBI."""
    keys = {
        letter: str(key)
        for key, letters in enumerate(["ABC", "DEF", "GHI", "JKL", "MNO", "PQRS", "TUV", "WXYZ"], start=2)
        for letter in letters
    }
    return "".join(keys.get(one, one) for one in words if one.isalnum())


@pytest.mark.parametrize(
    ("country", "line", "number"),
    [
        ("gb", "childline", "0800 1111"),
        ("gb", "nspcc", "0808 800 5000"),
        ("us", "cybertipline", "1-800-843-5678"),
        ("us", "fbi", "1-800-CALL-FBI"),
        ("us", "hsi", "877-4-HSI-TIP"),
        ("us", "988", "988"),
        ("ca", "cybertip_ca", "1-866-658-9022"),
        ("au", "kids_helpline", "1800 55 1800"),
        ("au", "crime_stoppers", "1800 333 000"),
        ("nz", "netsafe", "0508 638 723"),
        ("eu", "116111", "116 111"),
    ],
)
def test_numbers_are_those_of_the_design(country: str, line: str, number: str) -> None:
    assert _dialled(ALL.find(country).body(line).number) == _dialled(number)


def test_who_cannot_talk_in_the_united_kingdom_presses_55() -> None:
    assert "55" in ALL.card("gb", TODAY).cannot_talk


def test_words_come_out_translated_with_the_number_in_them() -> None:
    card = ALL.card("gb", TODAY, translate=lambda words: "[" + words + "]")
    assert card.emergency_how.startswith("[Call 999")
    assert card.cannot_talk.startswith("[")
    assert all(one.detail.startswith("[") for one in card.lines)
    assert ALL.card("ca", TODAY, translate=lambda words: "[" + words + "]").cannot_talk == ""


def test_bullying_in_the_united_kingdom_is_not_for_ceop() -> None:
    found = ALL.routes("gb", "bullying", "soon", "13_15", today=TODAY)
    assert "ceop" not in [one.line.id for one in found]
    assert {"school", "childline"} <= {one.line.id for one in found}
    assert next(one for one in found if one.line.id == "childline").instead_of == "CEOP"


def test_ceop_is_for_children_and_takes_no_anonymous_report() -> None:
    for category in ("grooming", "sexual", "blackmail", "meeting"):
        assert ids("gb", category)[0] == "ceop"
        assert "ceop" not in ids("gb", category, age="18_over")
        assert "police_101" in ids("gb", category, age="18_over")
    assert ALL.find("gb").body("ceop").anonymous == "no"


def test_remits_of_the_others() -> None:
    assert ids("us", "deception", age="18_over")[0] == "ic3"
    assert ids("us", "grooming")[0] == "cybertipline"
    assert ids("au", "bullying")[0] == "esafety"
    assert ids("au", "blackmail", age="18_over")[0] == "report_cyber"
    assert ids("au", "grooming")[0] == "accce"
    assert ids("nz", "bullying")[0] == "netsafe"
    assert ids("ca", "sexual")[0] == "cybertip_ca"
    assert ids("eu", "bullying")[0] == "safer_internet"
    assert ids("elsewhere", "grooming")[:2] == ["own_police", "cybertipline"]


def test_hints_bring_help_with_pictures_and_money() -> None:
    assert {"report_remove", "iwf"} <= set(ids("gb", "sexual", hints=["pictures"]))
    assert "stopncii" in ids("gb", "sexual", age="18_over", hints=["pictures"])
    assert "report_remove" not in ids("gb", "sexual", age="18_over", hints=["pictures"])
    assert "bank" in ids("us", "deception", hints=["fraud"])
    assert "take_it_down" in ids("us", "sexual", hints=["pictures"])
    assert "bank" not in ids("us", "sexual", hints=["pictures"])


def test_the_helpline_is_for_the_reporter_not_for_the_one_harmed() -> None:
    assert "childline" in ids("gb", "grooming", age="under_13", reader="under_13")
    assert ids("gb", "grooming", age="under_13", reader="18_over")[-1] == "samaritans"


@pytest.mark.parametrize(
    ("country", "code"),
    [
        ("GB", "gb"),
        ("de", "eu"),
        ("fr", "eu"),
        ("jp", "elsewhere"),
        ("", "elsewhere"),
        ("zz", "elsewhere"),
        ("ie", "ie"),
    ],
)
def test_a_country_without_a_file_has_a_card_too(country: str, code: str) -> None:
    assert ALL.find(country).code == code


def test_a_line_older_than_a_year_asks_to_be_checked() -> None:
    assert not any(one.stale for one in ALL.card("gb", TODAY).lines)
    assert all(one.stale for one in ALL.card("gb", date(2027, 12, 1)).lines)
    assert not ALL.helpline("gb", "13_15", date(2027, 11, 1)).stale
    assert ALL.helpline("gb", "13_15", date(2027, 11, 2)).stale


@pytest.mark.parametrize("bad", [("nothing", "now", "13_15"), ("threat", "later", "13_15"), ("threat", "now", "young")])
def test_unknown_words_are_our_own_mistake(bad: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="unknown"):
        ALL.routes("gb", *bad, today=TODAY)


def test_elsewhere_must_be_there_and_no_country_twice() -> None:
    gb = subject.load(resources.read("jurisdictions/gb.json"), "gb.json")
    elsewhere = subject.load(resources.read("jurisdictions/elsewhere.json"), "elsewhere.json")
    with pytest.raises(AssetRefused, match="elsewhere"):
        subject.Jurisdictions.of([gb])
    with pytest.raises(AssetRefused, match="twice"):
        subject.Jurisdictions.of([gb, elsewhere, gb])


def _body(value: dict[str, Any], id: str = "ceop") -> dict[str, Any]:
    return next(one for one in value["bodies"] if one["id"] == id)


BROKEN: list[tuple[Callable[[dict[str, Any]], Any], str, str]] = [
    (lambda v: v.update(code="GB"), "file", "two small letters"),
    (lambda v: v["emergency"].update(number=""), "file", "no words"),
    (lambda v: v["emergency"].pop("source"), "file", "'source' is missing"),
    (lambda v: v["emergency"]["source"].update(checked_on="1 November"), "file", "a date"),
    (lambda v: v["emergency"]["source"].update(url="http://x.example"), "file", "https"),
    (lambda v: v["emergency"]["source"].update(status="sure"), "file", "not one of"),
    (lambda v: _body(v, "childline").pop("source"), "childline", "'source' is missing"),
    (lambda v: _body(v).pop("url"), "ceop", "a number or an address"),
    (lambda v: _body(v, "childline").update(number="call us"), "childline", "digits"),
    (lambda v: _body(v).update(takes=["spying"]), "ceop", "unknown word"),
    (lambda v: _body(v).update(hints=["spying"]), "ceop", "unknown word"),
    (lambda v: _body(v).update(ages=["old"]), "ceop", "unknown word"),
    (lambda v: _body(v).update(ages=[]), "ceop", "'ages' is empty"),
    (lambda v: _body(v).update(anonymous="maybe"), "ceop", "not one of"),
    (lambda v: _body(v).update(kind="club"), "ceop", "not one of"),
    (lambda v: _body(v)["hands_on"].update(bullying="nobody"), "ceop", "unknown 'nobody'"),
    (lambda v: _body(v)["hands_on"].update(spying="childline"), "ceop", "unknown category"),
    (lambda v: _body(v)["hands_on"].update(grooming="childline"), "ceop", "hands it on"),
    (lambda v: _body(v).update(id="childline"), "childline", "twice"),
    (lambda v: _body(v).update(logo="x.png"), "ceop", "'logo' is not known"),
    (
        lambda v: v.update(bodies=[one for one in v["bodies"] if one["kind"] != "helpline"]),
        "ceop",
        "unknown 'childline'",
    ),
    (lambda v: [one.update(ages=["adult"]) for one in v["bodies"] if one["kind"] == "helpline"], "gb", "ages 'child'"),
    (lambda v: v.update(languages=[]), "file", "empty"),
]


@pytest.mark.parametrize(
    ("change", "id", "reason"), BROKEN, ids=[f"{number}-{one[2]}" for number, one in enumerate(BROKEN)]
)
def test_a_broken_country_is_refused_by_name(change: Callable[[dict[str, Any]], Any], id: str, reason: str) -> None:
    value = json.loads(resources.read("jurisdictions/gb.json"))
    change(value)
    with pytest.raises(AssetRefused) as refused:
        subject.load(json.dumps(value).encode(), "gb.json")
    assert (refused.value.fields["file"], refused.value.fields["id"]) == ("gb.json", id)
    assert reason in str(refused.value.fields["reason"])
