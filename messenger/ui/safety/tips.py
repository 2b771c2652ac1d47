"""The tip, the topics and the numbers decided: one tip a day, changed only by a press; a topic shows its own tips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from messenger.domain.errors import RobinError
from messenger.domain.events import SettingsChanged
from messenger.domain.jurisdiction import CountryCard
from messenger.domain.tip import Tip

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.border import Engine

Topic = tuple[str, str, str]
"""(id, title, icon)"""
Countries = tuple[tuple[str, str], ...]
CHECKED = (
    *("who_can_write", "links_from_new", "read_receipts", "typing", "notifications", "trusted_adult", "hide_explained"),
)
"""The settings on the Safety page."""


class SafetyShown(Protocol):
    """What draws tip, topics, numbers and settings."""

    def show_tip(self, tip: Tip) -> None:
        """The tip."""

    def show_topics(self, topics: tuple[Topic, ...], chosen: str) -> None:
        """The topics; `chosen` is '' for none."""

    def show_card(self, card: CountryCard, countries: Countries) -> None:
        """A country's numbers."""

    def show_settings(self, values: Mapping[str, str]) -> None:
        """The settings of `CHECKED`."""


class SafetyPresenter:
    """Asks the safety and settings services."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._page: SafetyShown | None = None
        self._topics: tuple[Topic, ...] = ()
        self._topic = ""
        self._of_topic: list[Tip] = []
        self._place = 0
        self._tip: Tip | None = None
        self._end = engine.on(SettingsChanged, self._changed)

    def attach(self, page: SafetyShown) -> None:
        """The page that draws."""
        self._page = page

    def load(self) -> None:
        """Tip, topics, numbers and settings; each is shown as it comes."""
        self._engine.call(lambda hub: hub.safety.tip(), self._got_tip, self._quiet)
        self._engine.call(lambda hub: hub.safety.topics(), self._got_topics, self._quiet)
        self._load_card()
        self._load_settings()

    def close(self) -> None:
        """End with the window."""
        self._end()
        self._page = None

    # -- the tip

    def next(self) -> None:
        """One tip on: of the topic when one is chosen, else of the deck."""
        self._go(1)

    def previous(self) -> None:
        """One tip back."""
        self._go(-1)

    def pin(self, pinned: bool) -> None:
        """Keep the tip in sight, or let it go."""
        tip = self._tip
        if tip is not None:
            self._engine.call(
                lambda hub: hub.safety.pin(tip.id, pinned), self._marked(replace(tip, pinned=pinned)), self._quiet
            )

    def useful(self, yes: bool) -> None:
        """Whether the tip is useful; the same answer again takes it back. Stays on this computer."""
        tip = self._tip
        if tip is not None:
            answer = None if tip.useful is yes else yes
            self._engine.call(
                lambda hub: hub.safety.useful(tip.id, answer), self._marked(replace(tip, useful=answer)), self._quiet
            )

    def choose_topic(self, topic: str) -> None:
        """Show the tips of a topic; the same topic again goes back to the deck."""
        self._topic = "" if topic == self._topic else topic
        self._show_topics()
        wanted = self._topic
        if not wanted:
            self._engine.call(lambda hub: hub.safety.tip(), self._got_tip, self._quiet)
            return

        def got(tips: tuple[Tip, ...]) -> None:
            if self._topic == wanted and tips:
                self._of_topic, self._place = list(tips), 0
                self._show_of_topic()

        self._engine.call(lambda hub: hub.safety.topic(wanted), got, self._quiet)

    def _go(self, step: int) -> None:
        if self._topic and self._of_topic:
            self._place = (self._place + step) % len(self._of_topic)
            self._show_of_topic()
        elif step > 0:
            self._engine.call(lambda hub: hub.safety.next_tip(), self._got_tip, self._quiet)
        else:
            self._engine.call(lambda hub: hub.safety.previous_tip(), self._got_tip, self._quiet)

    def _show_of_topic(self) -> None:
        tip = self._of_topic[self._place]
        self._got_tip(replace(tip, number=self._place + 1, count=len(self._of_topic)))

    def _marked(self, tip: Tip) -> Callable[[Tip], None]:
        """The answer names the tip of the deck; under a topic the one in sight stays. One may have gone on meanwhile."""

        def got(of_deck: Tip) -> None:
            self._of_topic = [tip if one.id == tip.id else one for one in self._of_topic]
            if not self._topic:
                self._got_tip(of_deck)
            elif self._tip is not None and self._tip.id == tip.id:
                self._got_tip(tip)

        return got

    def _got_tip(self, tip: Tip) -> None:
        self._tip = tip
        if self._page is not None:
            self._page.show_tip(tip)

    def _got_topics(self, topics: tuple[Topic, ...]) -> None:
        self._topics = topics
        self._show_topics()

    def _show_topics(self) -> None:
        if self._page is not None:
            self._page.show_topics(self._topics, self._topic)

    # -- numbers and settings

    def choose_country(self, code: str) -> None:
        """The country whose numbers are shown here and in reports."""
        self._engine.call(lambda hub: hub.settings.set("country", code), lambda _none: self._load_card(), self._quiet)

    def set(self, key: str, value: str) -> None:
        """Change a setting; it holds at once."""
        self._engine.call(lambda hub: hub.settings.set(key, value), None, lambda _error: self._load_settings())

    def _changed(self, event: SettingsChanged) -> None:
        if "country" in event.keys:
            self._load_card()
        if set(event.keys) & set(CHECKED):
            self._load_settings()
        if "band" in event.keys:
            self._engine.call(lambda hub: hub.safety.tip(), self._got_tip, self._quiet)

    def _load_card(self) -> None:
        async def ask(hub: Hub) -> tuple[CountryCard, Countries]:
            return await hub.safety.card(), await hub.safety.countries()

        def got(found: tuple[CountryCard, Countries]) -> None:
            if self._page is not None:
                self._page.show_card(*found)

        self._engine.call(ask, got, self._quiet)

    def _load_settings(self) -> None:
        def got(values: Mapping[str, str]) -> None:
            if self._page is not None:
                self._page.show_settings({key: values[key] for key in CHECKED if key in values})

        self._engine.call(lambda hub: hub.settings.all(), got, self._quiet)

    def _quiet(self, _error: RobinError) -> None:
        """What stood there before stays; nothing here can be lost."""
