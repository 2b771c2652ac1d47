"""Safety: the tip of the day and the country's numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime

from messenger import resources
from messenger.domain.jurisdiction import CountryCard, HelpLine
from messenger.domain.report import EndpointProfile
from messenger.domain.tip import Band, Tip
from messenger.i18n import trd
from messenger.safety import deck as decks
from messenger.safety import jurisdictions
from messenger.safety.deck import Deck, DeckState, TipBook
from messenger.safety.jurisdictions import Jurisdictions
from messenger.safety.where import Asked, Where, where
from messenger.services.ports import Clock
from messenger.services.settings import SettingsService
from messenger.storage import tips as store
from messenger.storage.database import Database

_BOOK = "tips/en-GB.json"
# Which helpline suits the reader: words for a carer or an adult go with an adult's.
_AGES = {"S": "under_13", "T": "13_15", "A": "18_over", "C": "18_over"}


class SafetyService:
    """Tips and help cards, with what the person pinned and found useful kept in the store. Works offline."""

    def __init__(self, database: Database, settings: SettingsService, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self.newer: Callable[[], Awaitable[TipBook]] | None = None
        """Gives the tips in use where newer ones can come; without it those that came with Robin are used."""
        self._book: TipBook | None = None
        self._gone: set[str] = set()
        self._countries: Jurisdictions | None = None
        self._lock = asyncio.Lock()

    async def tip(self) -> Tip:
        """Today's tip."""
        return await self._step(lambda deck, state, today: state)

    async def next_tip(self) -> Tip:
        """Go one tip on."""
        return await self._step(lambda deck, state, today: deck.next(state, today))

    async def previous_tip(self) -> Tip:
        """Go one tip back; at the first one nothing changes."""
        return await self._step(lambda deck, state, today: deck.previous(state))

    async def pin(self, tip_id: str, pinned: bool) -> Tip:
        """Keep a tip, or let it go; returns the one on screen. Raises `KeyError` for an unknown tip."""
        return await self._about(tip_id, lambda deck, state, today: deck.pin(state, tip_id, pinned))

    async def useful(self, tip_id: str, yes: bool | None) -> Tip:
        """Say whether a tip was useful; None takes the answer back. Stays on this computer."""
        return await self._about(tip_id, lambda deck, state, today: deck.mark(state, tip_id, yes))

    async def topics(self) -> tuple[tuple[str, str, str], ...]:
        """(id, title, icon) of every topic."""
        book = await self._tips()
        return tuple((one.id, trd(one.title), one.icon) for one in book.topics)

    async def topic(self, topic_id: str) -> tuple[Tip, ...]:
        """All tips of a topic."""
        return (await self._deck()).topic(topic_id, trd)

    async def about(self, trigger: str) -> tuple[Tip, ...]:
        """The tips for a notice rule (R1 to R20) or a place such as wizard or block_dialog."""
        return (await self._deck()).about(trigger, trd)

    async def countries(self) -> tuple[tuple[str, str], ...]:
        """(code, name) of every card, by name; elsewhere last."""
        found = await self._cards()
        return tuple((code, found.find(code).name) for code in found.codes)

    async def card(self, code: str | None = None) -> CountryCard:
        """A country's numbers; None means the chosen country. A country without a card gets its union's, or elsewhere."""
        return (await self._cards()).card(await self._country(code), self._today(), trd)

    async def talk_line(self, code: str | None = None, band: str = "") -> HelpLine:
        """The one line of "Talk to someone" for this country; `band` is a word band (S T A C) or an age band."""
        band = band or await self._settings.get("band")
        age = _AGES.get(band, band)
        return (await self._cards()).helpline(await self._country(code), age, self._today(), trd)

    async def where(
        self, asked: Asked, receiver: EndpointProfile | None, closed: str = "", isolate: Callable[[str], str] = str
    ) -> Where:
        """The words of "Where it goes": see `safety.where`. A country '' means the chosen one. Works offline."""
        countries = await self._cards()
        whole = replace(asked, country=asked.country or await self._country(None))
        return where(countries, whole, receiver, closed, today=self._today(), translate=trd, isolate=isolate)

    async def _about(self, tip_id: str, change: Callable[[Deck, DeckState, date], DeckState]) -> Tip:
        """A tip that a newer file no longer has may still be in sight: nothing is kept about it."""
        await self._tips()
        return await self._step((lambda deck, state, today: state) if tip_id in self._gone else change)

    async def _step(self, change: Callable[[Deck, DeckState, date], DeckState]) -> Tip:
        async with self._lock:
            deck, today = await self._deck(), self._today()
            kept = await self._database.run(store.state)
            opened = deck.open(DeckState.from_json(kept), today)
            state = change(deck, opened, today)
            if state.to_json() != kept:
                await self._database.write(store.keep, state.to_json())
            return deck.tip(state, trd)

    async def _deck(self) -> Deck:
        book = await self._tips()
        seed = await self._database.write(store.seed)
        return Deck(book, Band(await self._settings.get("band")), seed, await self._country(None))

    async def _tips(self) -> TipBook:
        if self.newer is not None:
            book = await self.newer()
            if self._book is not None and book is not self._book:
                self._gone |= {one.id for one in self._book.tips}
            self._gone -= {one.id for one in book.tips}
            self._book = book
        elif self._book is None:
            self._book = await asyncio.to_thread(_load_book)
        return self._book

    async def _cards(self) -> Jurisdictions:
        if self._countries is None:
            self._countries = await asyncio.to_thread(_load_countries)
        return self._countries

    async def _country(self, code: str | None) -> str:
        return code if code is not None else await self._settings.get("country")

    def _today(self) -> date:
        return datetime.fromisoformat(self._clock.now()).astimezone().date()


def _load_book() -> TipBook:
    return decks.load(resources.read(_BOOK), _BOOK)


def _load_countries() -> Jurisdictions:
    return jurisdictions.readable((name, resources.read(name)) for name in resources.names("jurisdictions"))
