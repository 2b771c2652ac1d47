"""How old the facts of the country cards, the tips and the places are, for the check before a release (decisions.md 34). Pure.

A card that nobody looked at for 12 months says so by itself (`HelpLine.stale`); at 18 months no release is made with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from messenger.safety.deck import TipBook
from messenger.safety.jurisdictions import STALE_AFTER, Jurisdiction, Source
from messenger.safety.pictures import Places

TOO_OLD = 548
"""Days: 18 months."""


@dataclass(frozen=True, slots=True)
class Dated:
    """One fact: its place (such as gb.childline or T51), its source, and the day when it was last looked at."""

    place: str
    url: str
    status: str
    checked_on: str

    def days(self, today: date) -> int:
        """How long ago that was."""
        return (today - date.fromisoformat(self.checked_on)).days

    def old(self, today: date) -> bool:
        """Whether it asks to be checked."""
        return self.days(today) > STALE_AFTER

    def too_old(self, today: date) -> bool:
        """Whether no release may go out with it."""
        return self.days(today) > TOO_OLD


def of_country(country: Jurisdiction) -> Iterator[Dated]:
    """Every number and page of a card."""
    sources: list[tuple[str, Source | None]] = [
        (f"{country.code}.emergency", country.emergency_source),
        (f"{country.code}.police", country.passed_on_source),
        *((f"{country.code}.{one.id}", one.source) for one in country.bodies),
    ]
    for place, source in sources:
        if source is not None:
            yield Dated(place, source.url, source.status, source.checked_on)


def of_tips(book: TipBook) -> Iterator[Dated]:
    """Every tip."""
    yield from (Dated(one.id, one.source_url, one.status, one.seen_on) for one in book.tips)


def of_places(places: Places) -> Iterator[Dated]:
    """Every place where people share pictures."""
    yield from (Dated(place, one.url, one.status, one.checked_on) for place, one in places.sources)


def too_old(facts: Iterable[Dated], today: date) -> tuple[Dated, ...]:
    """Those with which no release may go out, the oldest first."""
    return tuple(sorted((one for one in facts if one.too_old(today)), key=lambda one: one.checked_on))
