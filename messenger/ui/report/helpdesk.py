"""What the wizard knows of the outside: the country's numbers, and who receives the report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from messenger.domain.errors import RobinError
from messenger.domain.jurisdiction import CountryCard, HelpLine
from messenger.domain.report import Draft, EndpointProfile
from messenger.i18n import tr, trd
from messenger.ui.plain import isolate
from messenger.ui.report.state import Numbers, Receiver
from messenger.ui.report.ways import checks, way_of

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.border import Engine

_Found = tuple[CountryCard, HelpLine, tuple[tuple[str, str], ...]]


class HelpDesk:
    """Asks the services once and again when the country changes; `changed` is called when something is new."""

    def __init__(self, engine: Engine, changed: Callable[[], None]) -> None:
        self._engine, self._changed = engine, changed
        self._profile: EndpointProfile | None = None
        self._asked: tuple[str, str] | None = None
        self.numbers = Numbers()

    def ask(self, code: str = "", age: str = "") -> None:
        """The numbers of a country ('' means the chosen one) for a person of this age band. Works offline."""
        if (code, age) == self._asked:
            return
        self._asked = (code, age)

        async def ask(hub: Hub) -> _Found:
            card = await hub.safety.card(code or None)
            return card, await hub.safety.talk_line(code or None, age), await hub.safety.countries()

        # A failure is an event: the main window says it, and the wizard goes on without.
        self._engine.call(ask, self._got)

    def ask_receiver(self, draft: Draft) -> None:
        """Who receives this report."""
        self._engine.call(lambda hub: hub.reporting.endpoint(draft), self._got_profile)

    def receiver(self) -> Receiver | None:
        """Who gets the report, in words; None where there is nobody."""
        profile = self._profile
        if profile is None:
            return None
        name = isolate(profile.name)
        hand_set = tr("Set by hand: this report goes to {name}.").format(name=name) if profile.hand_set else ""
        practice = tr("This desk is for a try. No one comes to help from here.") if profile.demonstration else ""
        country = self.numbers.country_name(profile.country.lower()) if profile.country else ""
        return Receiver(name, trd(country), hand_set, practice, way_of(profile), checks(profile))

    def _got(self, found: _Found) -> None:
        numbers = Numbers(*found)
        if numbers != self.numbers:
            self.numbers = numbers
            self._changed()

    def _got_profile(self, profile: EndpointProfile | None) -> None:
        if profile != self._profile:
            self._profile = profile
            self._changed()


def plain_words(error: RobinError) -> str:
    """What happened and what to do next, in the reader's language."""
    return f"{trd(error.sentence).format(**error.fields)} {trd(error.advice).format(**error.fields)}"
