"""The deck: every tip once a round, one a day, nothing moves by itself; wrong files are refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.domain.tip import Band
from messenger.safety import deck as subject
from messenger.safety.deck import Deck, DeckState

FILE = "tips/en-GB.json"
BOOK = subject.load(resources.read(FILE), FILE)
DAY = date(2026, 11, 24)
BANDS = list(Band)


def make(band: Band = Band.SIMPLE, seed: str = "one", country: str = "gb") -> Deck:
    return Deck(BOOK, band, seed, country)


def ids(deck: Deck, state: DeckState, count: int) -> list[str]:
    """The next tips after the present one."""
    found = []
    for _ in range(count):
        state = deck.next(state, DAY)
        found.append(deck.tip(state).id)
    return found


@pytest.mark.parametrize("band", BANDS)
def test_a_round_shows_every_tip_once(band: Band) -> None:
    deck = make(band)
    state = deck.open(DeckState(), DAY)
    shown = [deck.tip(state).id, *ids(deck, state, len(deck) - 1)]
    assert len(set(shown)) == len(shown) == len(deck)


@pytest.mark.parametrize("band", BANDS)
def test_there_are_enough_tips(band: Band) -> None:
    assert len(BOOK.tips) >= 36
    assert len(make(band)) >= 10


def test_the_next_round_is_another_order_and_begins_with_another_tip() -> None:
    deck = make()
    state = deck.open(DeckState(), DAY)
    shown = [deck.tip(state).id, *ids(deck, state, 2 * len(deck) - 1)]
    first, second = shown[: len(deck)], shown[len(deck) :]
    assert sorted(first) == sorted(second)
    assert first != second
    assert first[-1] != second[0]


def test_the_order_is_the_profiles_own_and_stays() -> None:
    deck = make(seed="one")
    first = deck.order(0, "2026-05-01")
    assert first == make(seed="one").order(0, "2026-05-01")
    assert first != make(seed="two").order(0, "2026-05-01")


def test_one_new_tip_a_day_and_none_by_itself() -> None:
    deck = make()
    state = deck.open(DeckState(), DAY)
    assert deck.open(state, DAY) == state
    tomorrow = deck.open(state, DAY + timedelta(days=1))
    assert deck.tip(tomorrow).id != deck.tip(state).id
    later = deck.open(state, DAY + timedelta(days=30))
    assert deck.tip(later).number == 2


def test_a_clock_set_back_changes_nothing() -> None:
    deck = make()
    state = deck.open(DeckState(), DAY)
    assert deck.open(state, DAY - timedelta(days=300)) == state


def test_previous_and_next_go_back_and_forth() -> None:
    deck = make()
    one = deck.open(DeckState(), DAY)
    two = deck.next(one, DAY)
    three = deck.next(two, DAY)
    assert deck.tip(deck.previous(three)) == deck.tip(two)
    assert deck.tip(deck.previous(deck.previous(three))) == deck.tip(one)
    assert deck.previous(one) == one
    assert deck.tip(deck.next(deck.previous(three), DAY)) == deck.tip(three)
    assert [deck.tip(state).number for state in (one, two, three)] == [1, 2, 3]


def test_a_new_day_after_going_back_brings_a_new_tip() -> None:
    deck = make()
    state = deck.next(deck.open(DeckState(), DAY), DAY)
    seen = set(state.shown)
    back = deck.previous(state)
    assert deck.tip(deck.open(back, DAY + timedelta(days=1))).id not in seen


def test_a_pinned_tip_stays_over_the_days_until_it_is_let_go() -> None:
    deck = make()
    state = deck.open(DeckState(), DAY)
    id = deck.tip(state).id
    state = deck.pin(state, id, True)
    assert deck.tip(state).pinned
    state = deck.next(state, DAY)
    assert not deck.tip(state).pinned
    state = deck.open(state, DAY + timedelta(days=1))
    assert deck.tip(state).id == id
    free = deck.pin(state, id, False)
    assert free.pinned == ""
    assert deck.tip(deck.open(free, DAY + timedelta(days=2))).id != id


def test_letting_another_tip_go_keeps_the_pin() -> None:
    deck = make()
    state = deck.open(DeckState(), DAY)
    first = deck.tip(state).id
    state = deck.next(deck.pin(state, first, True), DAY)
    assert deck.pin(state, deck.tip(state).id, False).pinned == first


def test_marks_are_kept_and_taken_back() -> None:
    deck = make()
    state = deck.open(DeckState(), DAY)
    id = deck.tip(state).id
    assert deck.tip(state).useful is None
    assert deck.tip(deck.mark(state, id, False)).useful is False
    assert deck.tip(deck.mark(deck.mark(state, id, True), id, None)).useful is None


def test_an_unknown_tip_is_our_own_mistake() -> None:
    deck = make()
    state = deck.open(DeckState(), DAY)
    with pytest.raises(KeyError):
        deck.pin(state, "T999", True)
    with pytest.raises(KeyError):
        deck.mark(state, "T999", True)


def test_other_words_keep_what_was_shown() -> None:
    simple, teen = make(Band.SIMPLE), make(Band.TEEN)
    state = simple.open(DeckState(), DAY)
    for _ in range(5):
        state = simple.next(state, DAY)
    seen = set(state.shown)
    state = teen.next(state, DAY)
    assert teen.tip(state).id not in seen


def test_a_tip_that_the_new_words_lack_gives_way() -> None:
    simple, adult = make(Band.SIMPLE), make(Band.ADULT)
    state = simple.open(DeckState(), DAY)
    for _ in range(len(simple)):
        opened = adult.open(state, DAY)
        assert adult.tip(opened).count == len(adult)
        state = simple.next(state, DAY)


def test_a_countrys_own_tips_stay_in_the_country() -> None:
    assert "T52" in make(country="gb").order(0, "2026-01-01")
    assert "T52" not in make(country="us").order(0, "2026-01-01")
    assert not [one for one in make(Band.TEEN, country="").about("wizard") if one.id in ("T38", "T47", "T52")]


def test_a_season_brings_its_tips_forward() -> None:
    def mean_place(began: str) -> float:
        return sum(Deck(BOOK, Band.ADULT, f"s{n}").order(0, began).index("T68") for n in range(200)) / 200

    assert mean_place("2026-12-01") < mean_place("2026-05-01") * 0.75


def test_the_order_does_not_change_in_the_middle_of_a_round() -> None:
    deck = make(Band.ADULT)
    state = deck.open(DeckState(), date(2026, 10, 30))
    shown = [deck.tip(state).id]
    for day in range(1, len(deck)):
        state = deck.open(state, date(2026, 10, 30) + timedelta(days=day))
        shown.append(deck.tip(state).id)
    assert tuple(shown) == deck.order(0, "2026-10-30")


def test_tips_for_a_notice_and_for_a_topic() -> None:
    deck = make(Band.TEEN)
    assert "T19" in [one.id for one in deck.about("R10")]
    assert {one.topic for one in deck.topic("meeting")} == {"meeting"}
    assert deck.about("R20", translate=str.upper)[0].title.isupper()


def test_words_come_out_translated() -> None:
    deck = make()
    tip = deck.tip(deck.open(DeckState(), DAY), translate=lambda words: "[" + words + "]")
    assert tip.title.startswith("[")
    assert tip.body.startswith("[")
    assert tip.action_label.startswith("[")
    assert not tip.source.startswith("[")


@settings(max_examples=6, deadline=None)
@given(
    st.sampled_from(BANDS),
    st.text("abcdef0123456789", min_size=1, max_size=32),
    st.sampled_from(["gb", "us", "ie", "au", "", "zz"]),
    st.dates(date(2024, 1, 1), date(2040, 12, 31)),
    st.integers(1, 3),
)
def test_ten_thousand_days(band: Band, seed: str, country: str, first: date, step: int) -> None:
    """Every round has every tip once, whatever the seed, the country, the season and the days without a look."""
    deck = Deck(BOOK, band, seed, country)
    state, day, seen, rounds = deck.open(DeckState(), first), first, [], 0
    for _ in range(10_000):
        seen.append(deck.tip(state).id)
        assert len(seen) == len(set(seen))
        if len(seen) == len(deck):
            assert set(seen) == set(deck.order(0, ""))
            last, seen, rounds = seen[-1], [], rounds + 1
            state = deck.open(state, day := day + timedelta(days=step))
            assert deck.tip(state).id != last
        else:
            state = deck.open(state, day := day + timedelta(days=step))
    assert rounds == 10_000 // len(deck)


# The topics table of the design: the notices and places where each tip belongs. The deck may have more of them.
BELONGS = {
    "R1": "T01 T03", "R2": "T01", "R3": "T01", "R4": "T01 T04", "R6": "T64 T65", "R7": "T06 T07", "R8": "T05 T21 T28",
    "R9": "T22 T28", "R10": "T19 T20 T21 T28", "R11": "T13 T28 T31 T32 T33", "R12": "T07 T08 T12 T27 T28 T29 T30",
    "R13": "T18 T68 T69 T70", "R14": "T34 T35 T36 T37 T38 T39 T41 T48", "R15": "T66 T67", "R16": "T16",
    "R17": "T11 T14 T15 T67", "R18": "T23 T55 T61", "R20": "T58 T59", "onboarding": "T02 T49", "settings": "T09 T61 T63",
    "block_dialog": "T42", "group_invite": "T60", "account_setup": "T62", "evidence": "T40",
    "wizard": "T29 T34 T36 T37 T38 T39 T40 T41 T43 T44 T45 T46 T47 T48 T50 T52 T53 T56 T57 T72",
    "deck": "T01 T02 T03 T04 T05 T06 T07 T08 T09 T10 T11 T12 T13 T14 T17 T18 T19 T20 T22 T23 T24 T25 T26 T27 T30 T31 T37 "
    "T43 T45 T49 T50 T51 T52 T53 T54 T55 T56 T57 T58 T65 T68 T71 T72",
}  # fmt: skip


def test_all_72_are_there_and_each_comes_where_it_belongs() -> None:
    assert [one.id for one in BOOK.tips] == [f"T{number:02d}" for number in range(1, 73)]
    for trigger, wanted in BELONGS.items():
        assert set(wanted.split()) <= {one.id for one in BOOK.tips if trigger in one.triggers}, trigger
        # What comes at a notice comes there only: the deck is the one place that may hold more.
        if trigger != "deck":
            assert set(wanted.split()) == {one.id for one in BOOK.tips if trigger in one.triggers}, trigger


def test_every_tip_says_where_it_is_from_who_looked_and_what_to_do() -> None:
    for one in BOOK.tips:
        assert one.source_url.startswith("https://")
        assert one.seen_on <= one.reviewed_on
        assert one.status in ("sourced", "reviewed")
        assert one.action in subject.ACTIONS
        assert one.action_label
        assert one.words


@given(st.lists(st.sampled_from(["next", "previous", "day", "pin", "unpin", "mark", "save", "band"]), max_size=120))
def test_whatever_a_reader_does_there_is_a_tip(deeds: list[str]) -> None:
    deck, today = make(), DAY
    state = deck.open(DeckState(), today)
    for deed in deeds:
        id = deck.tip(state).id
        if deed == "next":
            state = deck.next(state, today)
        elif deed == "previous":
            state = deck.previous(state)
        elif deed == "day":
            today += timedelta(days=1)
            state = deck.open(state, today)
        elif deed in ("pin", "unpin"):
            state = deck.pin(state, id, deed == "pin")
        elif deed == "mark":
            state = deck.mark(state, id, True)
        elif deed == "save":
            state = DeckState.from_json(json.loads(json.dumps(state.to_json())))
        else:
            deck = make(Band.TEEN)
            state = deck.open(state, today)
        assert len(set(state.shown)) == len(state.shown)
        tip = deck.tip(state)
        assert tip.title
        assert 1 <= tip.number <= tip.count


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {},
        {"round": "1"},
        {"round": 0, "at": 5, "shown": ["T01"], "useful": {}},
        {"round": 0, "at": 0, "shown": [1], "useful": {}},
    ],
)
def test_a_strange_state_begins_anew(value: object) -> None:
    state = DeckState.from_json(value)
    assert state == DeckState()
    assert make().tip(make().open(state, DAY)).number == 1


def test_a_state_with_doubles_is_mended() -> None:
    state = DeckState.from_json(
        {"round": 0, "at": 2, "shown": ["T01", "T01", "T02"], "useful": {"T01": True, "T02": "x"}}
    )
    assert (state.shown, state.at, state.useful) == (("T01", "T02"), 1, {"T01": True})


def test_a_band_without_tips_is_our_own_mistake() -> None:
    value = json.loads(resources.read(FILE))
    value["tips"] = [one for one in value["tips"] if one["id"] == "T71"]
    value["seasons"] = []
    book = subject.load(json.dumps(value).encode(), "one.json")
    with pytest.raises(ValueError, match="no tips"):
        Deck(book, Band.SIMPLE, "one")
    alone = Deck(book, Band.CARER, "one")
    state = alone.open(DeckState(), DAY)
    assert alone.tip(alone.next(state, DAY)).id == "T71"


def _tip(value: dict[str, Any], id: str = "T01") -> dict[str, Any]:
    return next(one for one in value["tips"] if one["id"] == id)


BROKEN: list[tuple[Callable[[dict[str, Any]], Any], str, str]] = [
    (lambda v: _tip(v).pop("source"), "T01", "'source' is missing"),
    (lambda v: _tip(v)["source"].update(url="http://x.example"), "T01", "https"),
    (lambda v: _tip(v)["source"].update(org=""), "T01", "no words"),
    (lambda v: _tip(v)["source"].pop("seen_on"), "T01", "'seen_on' is missing"),
    (lambda v: _tip(v)["review"].update(status="draft"), "T01", "not one of"),
    (lambda v: _tip(v)["review"].update(status="reviewed"), "T01", "'who' is missing"),
    (lambda v: _tip(v)["review"].update(who="me"), "T01", "'who' is for"),
    (lambda v: _tip(v)["review"].update(date="today"), "T01", "a date"),
    (lambda v: _tip(v)["words"].clear(), "T01", "no words for any band"),
    (lambda v: _tip(v)["words"].update(X={"title": "a", "body": "b"}), "T01", "'X' is not known"),
    (lambda v: _tip(v)["words"]["S"].update(title="one two three four five six seven"), "T01", "more than 6 words"),
    (lambda v: _tip(v)["words"]["S"].update(body="word " * 35 + "word"), "T01", "more than 35 words"),
    (lambda v: _tip(v)["words"]["S"].update(body="One. Two? Three."), "T01", "more than two sentences"),
    (lambda v: _tip(v)["words"]["S"].update(body=""), "T01", "no words"),
    (lambda v: _tip(v)["action"].update(id="dance"), "T01", "not one of"),
    (lambda v: _tip(v)["action"].pop("label"), "T01", "'label' is missing"),
    (lambda v: _tip(v)["action"].update(url="https://a.example/b"), "T01", "is for a web page"),
    (lambda v: _tip(v, "T39")["action"].pop("url"), "T39", "'url' is missing"),
    (lambda v: _tip(v, "T39")["action"].update(url="http://a.example"), "T39", "https"),
    (lambda v: _tip(v).update(topic="moon"), "T01", "not one of"),
    (lambda v: _tip(v).update(triggers=["R99"]), "T01", "unknown word"),
    (lambda v: _tip(v).update(triggers=[]), "T01", "empty"),
    (lambda v: _tip(v, "T02").update(id="T01"), "T01", "twice"),
    (lambda v: _tip(v).update(picture="x.png"), "T01", "'picture' is not known"),
    (lambda v: v["seasons"][0].update(months=["13"]), "winter_scams", "from 1 to 12"),
    (lambda v: v["seasons"][0].update(months=["\u00b2"]), "winter_scams", "from 1 to 12"),
    (lambda v: v["seasons"][0].update(months=["1" * 500]), "winter_scams", "from 1 to 12"),
    (lambda v: _tip(v)["source"].update(seen_on="2026-02-30"), "T01", "must be a date"),
    (lambda v: v["seasons"][0].update(tips=["T99"]), "winter_scams", "unknown tip"),
    (lambda v: v["seasons"][0].update(weight=1), "winter_scams", "from 2"),
    (lambda v: v.update(version=0), "tips", "from 1"),
    (lambda v: v.update(tips=[]), "tips", "is empty"),
    (lambda v: v.update(extra=1), "tips", "'extra' is not known"),
]


@pytest.mark.parametrize(
    ("change", "id", "reason"), BROKEN, ids=[f"{number}-{one[2]}" for number, one in enumerate(BROKEN)]
)
def test_a_broken_file_is_refused_by_name(change: Callable[[dict[str, Any]], Any], id: str, reason: str) -> None:
    value = json.loads(resources.read(FILE))
    change(value)
    with pytest.raises(AssetRefused) as refused:
        subject.load(json.dumps(value).encode(), "tips.json")
    assert (refused.value.fields["file"], refused.value.fields["id"]) == ("tips.json", id)
    assert reason in str(refused.value.fields["reason"])
