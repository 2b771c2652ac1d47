"""Safety tips: a file of assets/tips/ read into a `TipBook`, and the deck that says which tip is shown. Pure.

    book = load(resources.read("tips/en-GB.json"), "tips/en-GB.json")
    deck = Deck(book, Band.SIMPLE, seed=profile_id, country="gb")
    state = deck.open(DeckState.from_json(saved), today)     # once a day at most one new tip; the caller asks, nothing moves alone
    state = deck.next(state, today); deck.previous(state); deck.pin(state, tip.id, True); deck.mark(state, tip.id, True)
    tip = deck.tip(state, translate=tr)                      # domain.Tip
    deck.about("R8", translate=tr); deck.topic("meeting")    # tips for a notice or wizard, tips of a topic
    saved = state.to_json()

The order is a shuffle by the profile's seed: no tip comes again until all of the deck were shown. Seasons in the file make
some tips likelier to come early; they count from the day a round begins, so that the order never changes in its middle.
Titles, bodies and labels are msgids. A tip without a source is refused (decisions.md 34).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from messenger.domain.datafile import Reader, open_reader
from messenger.domain.tip import Band, Tip

BANDS = tuple(one.value for one in Band)
ACTIONS = (
    *("who_can_write", "links_from_new", "read_receipts", "trusted_adult", "private_words"),
    *("practise_report", "helplines", "report", "block_list", "account", "take_down", "report_remove"),
)
"""What a tip's button does; the window knows these."""
PAGES = ("take_down", "report_remove")
"""Those of them that open the web page which the tip names."""
TRIGGERS = (
    "deck",
    *(f"R{number}" for number in range(1, 21)),
    *("wizard", "evidence", "block_dialog", "onboarding", "settings", "account_setup", "group_invite"),
)
_MONTHS = frozenset(str(one) for one in range(1, 13))
LONGEST_TITLE = 6
LONGEST_BODY = 35
"""Words; a body has at most two sentences."""
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Words:
    """A tip in the words of one band."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class SourcedTip:
    """A tip as in the file. `words` by band; `countries` empty means everywhere. `status` is sourced or reviewed."""

    id: str
    topic: str
    triggers: tuple[str, ...]
    countries: tuple[str, ...]
    words: Mapping[Band, Words]
    action: str
    action_label: str
    action_url: str
    source: str
    source_url: str
    seen_on: str
    status: str
    reviewed_on: str
    reviewer: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A group of tips; `icon` is a name of assets/icons."""

    id: str
    title: str
    icon: str


@dataclass(frozen=True, slots=True)
class Season:
    """Tips that come early in a round that begins in one of these months (1 to 12) and, if given, countries."""

    id: str
    months: tuple[int, ...]
    countries: tuple[str, ...]
    tips: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class TipBook:
    """A whole file of tips."""

    id: str
    lang: str
    version: int
    licence: str
    topics: tuple[Topic, ...]
    seasons: tuple[Season, ...]
    tips: tuple[SourcedTip, ...]

    def words(self) -> Iterator[tuple[str, str]]:
        """(id, words) of everything to be translated."""
        yield from ((one.id, one.title) for one in self.topics)
        for tip in self.tips:
            yield tip.id, tip.action_label
            yield from ((tip.id, one) for both in tip.words.values() for one in (both.title, both.body))


# -- reading


def load(data: bytes, file: str) -> TipBook:
    """The tips in `data`. Raises `AssetRefused` naming `file` and the id."""
    top = open_reader(data, file)
    topics = tuple(_topic(one) for one in top.children("topics"))
    tips = tuple(_tip(one, {topic.id for topic in topics}) for one in top.children("tips"))
    seasons = tuple(_season(one, {tip.id for tip in tips}) for one in top.children("seasons", required=False))
    book = TipBook(
        top.text("id"), top.text("lang"), top.whole("version", least=1), top.text("licence"), topics, seasons, tips
    )
    top.done()
    return book


def _topic(reader: Reader) -> Topic:
    topic = Topic(reader.text("id"), reader.text("title"), reader.text("icon", ""))
    reader.done()
    return topic


def _season(reader: Reader, known: set[str]) -> Season:
    months = tuple(int(one) for one in reader.texts("months", required=True) if one in _MONTHS)
    season = Season(
        reader.text("id"),
        months,
        reader.texts("countries"),
        reader.texts("tips", required=True),
        reader.whole("weight", least=2, most=20),
    )
    if len(months) != len(reader.texts("months")):
        reader.refuse("'months' must be numbers from 1 to 12")
    for one in season.tips:
        if one not in known:
            reader.refuse(f"unknown tip '{one}'")
    reader.done()
    return season


def _tip(reader: Reader, topics: set[str]) -> SourcedTip:
    action, source, review = reader.child("action"), reader.child("source"), reader.child("review")
    assert action is not None
    assert source is not None
    assert review is not None
    deed, status = action.word("id", ACTIONS), review.word("status", ("sourced", "reviewed"))
    if action.has("url") and deed not in PAGES:
        reader.refuse("'url' of the action is for a web page")
    if review.has("who") and status != "reviewed":
        reader.refuse("'who' is for a tip that a named person reviewed")
    tip = SourcedTip(
        id=reader.text("id"),
        topic=reader.word("topic", sorted(topics)),
        triggers=_listed(reader, "triggers", TRIGGERS),
        countries=reader.texts("countries"),
        words=_words(reader),
        action=deed,
        action_label=action.text("label"),
        action_url=action.url("url") if deed in PAGES else "",
        source=source.text("org"),
        source_url=source.url("url"),
        seen_on=source.date("seen_on"),
        status=status,
        reviewed_on=review.date("date"),
        reviewer=review.text("who") if status == "reviewed" else "",
    )
    for one in (action, source, review, reader):
        one.done()
    return tip


def _listed(reader: Reader, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    found = reader.texts(key, required=True)
    for one in found:
        if one not in allowed:
            reader.refuse(f"unknown word '{one}' in '{key}'")
    return found


def _words(reader: Reader) -> dict[Band, Words]:
    child = reader.child("words")
    assert child is not None
    found: dict[Band, Words] = {}
    for band in Band:
        words = child.child(band.value, required=False)
        if words is None:
            continue
        found[band] = Words(words.text("title"), words.text("body"))
        words.done()
        if len(found[band].title.split()) > LONGEST_TITLE:
            reader.refuse(f"the title for {band.value} has more than {LONGEST_TITLE} words")
        body = found[band].body
        if len(body.split()) > LONGEST_BODY:
            reader.refuse(f"the body for {band.value} has more than {LONGEST_BODY} words")
        if len([part for part in body.replace("?", ".").split(". ") if part.strip(". ")]) > 2:
            reader.refuse(f"the body for {band.value} has more than two sentences")
    child.done()
    if not found:
        reader.refuse("has no words for any band")
    return found


# -- the deck


@dataclass(frozen=True, slots=True)
class DeckState:
    """What is kept between days. `shown` are the tips of this round in the order shown, `at` the one on screen."""

    round: int = 0
    began: str = ""
    shown: tuple[str, ...] = ()
    at: int = 0
    day: str = ""
    pinned: str = ""
    useful: Mapping[str, bool] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "round": self.round,
            "began": self.began,
            "shown": list(self.shown),
            "at": self.at,
            "day": self.day,
            "pinned": self.pinned,
            "useful": dict(self.useful),
        }

    @classmethod
    def from_json(cls, value: object) -> DeckState:
        """The state kept before; a strange one begins anew."""
        if not isinstance(value, Mapping):
            return cls()
        number, at, shown, useful = (value.get(key) for key in ("round", "at", "shown", "useful"))
        if (
            not isinstance(shown, list)
            or not all(isinstance(one, str) for one in shown)
            or not isinstance(useful, Mapping)
        ):
            return cls()
        if not isinstance(number, int) or not isinstance(at, int) or not 0 <= at <= max(0, len(shown) - 1):
            return cls()
        marks = {str(id): one for id, one in useful.items() if isinstance(one, bool)}
        began, day, pinned = (str(value.get(key, "")) for key in ("began", "day", "pinned"))
        return cls(number, began, tuple(dict.fromkeys(shown)), min(at, max(0, len(set(shown)) - 1)), day, pinned, marks)


class Deck:
    """The tips of one person: a band and a country of a book, shuffled by the profile's seed."""

    def __init__(self, book: TipBook, band: Band, seed: str, country: str = "") -> None:
        self._book = book
        self._band = band
        self._seed = seed
        self._country = country
        fits = [one for one in book.tips if band in one.words and (not one.countries or country in one.countries)]
        self._all = {one.id: one for one in fits}
        self._ids = [one.id for one in fits if "deck" in one.triggers]
        if not self._ids:
            raise ValueError("no tips for this band")

    def __len__(self) -> int:
        return len(self._ids)

    def order(self, round: int, began: str) -> tuple[str, ...]:
        """The whole round, first to last: a weighted shuffle (Efraimidis and Spirakis, 2006) by the seed."""
        return tuple(sorted(self._ids, key=lambda id: self._key(round, began, id), reverse=True))

    def _key(self, round: int, began: str, id: str) -> float:
        digest = hashlib.sha256(f"{self._seed}|{round}|{id}".encode()).digest()
        drawn = (int.from_bytes(digest[:7], "big") + 1) / (2**56 + 1)
        return float(drawn ** (1 / self._weight(began, id)))

    def _weight(self, began: str, id: str) -> int:
        month = int(began[5:7]) if began[5:7].isdigit() else 0
        weights = (
            one.weight
            for one in self._book.seasons
            if id in one.tips and month in one.months and (not one.countries or self._country in one.countries)
        )
        return max(weights, default=1)

    def open(self, state: DeckState, today: date) -> DeckState:
        """The state for a look at the tips: on a new day one tip further, or the pinned one. A clock set back changes nothing."""
        day = today.isoformat()
        if not self._present(state):
            return replace(self._deal(state, today), day=max(day, state.day))
        if day <= state.day:
            return state
        if state.pinned in self._all and state.pinned in state.shown:
            return replace(state, at=state.shown.index(state.pinned), day=day)
        return replace(self._deal(state, today), day=day)

    def _present(self, state: DeckState) -> bool:
        return bool(state.shown) and state.shown[state.at] in self._all

    def _deal(self, state: DeckState, today: date) -> DeckState:
        """The next tip that was not shown in this round; when none is left, a new round."""
        began = state.began or today.isoformat()
        left = [id for id in self.order(state.round, began) if id not in state.shown]
        if left:
            return replace(state, began=began, shown=(*state.shown, left[0]), at=len(state.shown))
        fresh = [id for id in self.order(state.round + 1, today.isoformat()) if id != state.shown[-1]] or self._ids
        return replace(state, round=state.round + 1, began=today.isoformat(), shown=(fresh[0],), at=0)

    def next(self, state: DeckState, today: date) -> DeckState:
        """One further: a tip shown before when one went back, else a new one."""
        for at in range(state.at + 1, len(state.shown)):
            if state.shown[at] in self._all:
                return replace(state, at=at)
        return self._deal(state, today)

    def previous(self, state: DeckState) -> DeckState:
        """One back in this round; at its first tip nothing changes."""
        for at in range(state.at - 1, -1, -1):
            if state.shown[at] in self._all:
                return replace(state, at=at)
        return state

    def pin(self, state: DeckState, id: str, on: bool) -> DeckState:
        """Keeps a shown tip for the days to come, or lets it go. Only one is pinned. Raises `KeyError` for an unknown tip."""
        if id not in self._all:
            raise KeyError(id)
        if on and id in state.shown:
            return replace(state, pinned=id, at=state.shown.index(id))
        return state if state.pinned != id or on else replace(state, pinned="")

    def mark(self, state: DeckState, id: str, useful: bool | None) -> DeckState:
        """Notes whether a tip was useful; None takes the note away. Kept on this computer only. Raises `KeyError`."""
        if id not in self._all:
            raise KeyError(id)
        marks = {key: one for key, one in state.useful.items() if key != id}
        return replace(state, useful=marks if useful is None else {**marks, id: useful})

    def tip(self, state: DeckState, translate: Translate = str) -> Tip:
        """The tip on screen. `open` must have been asked before."""
        id = state.shown[state.at]
        shown = self._shown(self._all[id], translate)
        return replace(
            shown, number=min(state.at + 1, len(self)), pinned=id == state.pinned, useful=state.useful.get(id)
        )

    def about(self, trigger: str, translate: Translate = str) -> tuple[Tip, ...]:
        """The tips for a notice rule (R1 to R20) or a place such as wizard, in the file's order."""
        return tuple(self._shown(one, translate) for one in self._all.values() if trigger in one.triggers)

    def topic(self, topic: str, translate: Translate = str) -> tuple[Tip, ...]:
        """All tips of a topic, in the file's order."""
        return tuple(self._shown(one, translate) for one in self._all.values() if one.topic == topic)

    def _shown(self, tip: SourcedTip, translate: Translate) -> Tip:
        words = tip.words[self._band]
        return Tip(
            id=tip.id,
            title=translate(words.title),
            body=translate(words.body),
            topic=tip.topic,
            action=tip.action,
            action_label=translate(tip.action_label),
            source=tip.source,
            source_url=tip.source_url,
            number=0,
            count=len(self),
            action_url=tip.action_url,
            reviewer=tip.reviewer,
        )
