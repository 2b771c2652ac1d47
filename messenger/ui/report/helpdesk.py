"""What the wizard knows of the outside: the country's numbers, who receives the report, and who else can help."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from messenger.domain.errors import RobinError
from messenger.domain.jurisdiction import CountryCard, HelpLine
from messenger.domain.report import Draft, EndpointProfile, Shown
from messenger.i18n import tr, trd
from messenger.safety.where import Asked, Where
from messenger.ui.plain import isolate
from messenger.ui.report.state import Numbers, Receiver
from messenger.ui.report.ways import checks, way_of

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.services.receivers import Routed
    from messenger.ui.border import Cancel, Engine

_Routed = tuple["Routed | None", Where]
_Found = tuple[CountryCard, HelpLine, tuple[tuple[str, str], ...]]


def _nothing() -> None:
    """For who waits for nothing."""


class HelpDesk:
    """Asks the services again when an answer changes what they say; `changed` is called when something is new."""

    def __init__(self, engine: Engine, changed: Callable[[], None]) -> None:
        self._engine, self._changed = engine, changed
        self._profile: EndpointProfile | None = None
        self._closed = ""
        self._asked: tuple[str, str] | None = None
        self._forget: Cancel = _nothing
        self.numbers = Numbers()
        self.where: Where | None = None

    @property
    def shown(self) -> Shown:
        """Who the person was told of."""
        return Shown(self._profile)

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

    def ask_country(self, code: str) -> None:
        """The numbers of another country, for the same reader."""
        self.ask(code, self._asked[1] if self._asked is not None else "")

    def ask_receiver(self, draft: Draft, asked: Asked, then: Callable[[], None] = _nothing) -> None:
        """Who receives this report by its answers as they are, and who else can help; `then` follows in any case."""

        async def route(hub: Hub) -> _Routed:
            routed = await hub.reporting.route(draft)
            profile, closed = (routed.profile, routed.closed) if routed is not None else (None, "")
            return routed, await hub.safety.where(asked, profile, closed, isolate)

        async def nobody(hub: Hub) -> _Routed:
            return None, await hub.safety.where(asked, None, "", isolate)

        def got(found: _Routed) -> None:
            self._got_receiver(*found)
            then()

        # A receiver's file that is wrong is said at the start of the program, and by Send; here there is nobody.
        self._forget()
        self._forget = self._engine.call(route, got, lambda _error: self._ask_nobody(nobody, got))

    def _ask_nobody(
        self, nobody: Callable[[Hub], Coroutine[Any, Any, _Routed]], got: Callable[[_Routed], None]
    ) -> None:
        self._forget = self._engine.call(nobody, got)

    def receiver(self) -> Receiver | None:
        """Who gets the report, in words; None where there is nobody."""
        profile = self._profile
        if profile is None:
            return None
        name = isolate(profile.name)
        hand_set = tr("Set by hand: this report goes to {name}.").format(name=name) if profile.hand_set else ""
        practice = tr("This desk is for a try. No one comes to help from here.") if profile.demonstration else ""
        country = self.numbers.country_name(profile.country.lower()) if profile.country else ""
        closed = ""
        if self._closed:
            closed = tr("{name} is closed now. They take it instead.").format(name=isolate(self._closed))
        way, chat = way_of(profile), profile.base.startswith("xmpp:")
        return Receiver(name, trd(country), hand_set, practice, way, checks(profile), closed, chat)

    def _got(self, found: _Found) -> None:
        numbers = Numbers(*found)
        if numbers != self.numbers:
            self.numbers = numbers
            self._changed()

    def _got_receiver(self, routed: Routed | None, where: Where) -> None:
        profile, closed = (routed.profile, routed.closed) if routed is not None else (None, "")
        if (profile, closed, where) != (self._profile, self._closed, self.where):
            self._profile, self._closed, self.where = profile, closed, where
            self._changed()


def plain_words(error: RobinError) -> str:
    """What happened and what to do next, in the reader's language."""
    return f"{trd(error.sentence).format(**error.fields)} {trd(error.advice).format(**error.fields)}"
