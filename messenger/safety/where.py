"""The wizard's "Where it goes": who gets the report, who does not take this and who does, and who else can help.

    found = where(countries, Asked("gb", "bullying", "soon", "13_15"), profile, closed="", today=today, translate=trd)
    found.to            # "Your report goes to Harbour desk."
    found.remit         # "CEOP does not take this. Childline can help with it.", or ''
    found.lines         # both
    found.places        # Routes, best first: never empty
    found.notes         # what to do at night, that police pass it on, that nobody here is part of Robin

Pure: the words come out finished and translated. Nobody named here has an agreement with Robin, and the words say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from messenger.domain.report import EndpointProfile
from messenger.i18n import tr
from messenger.safety import jurisdictions
from messenger.safety.jurisdictions import Jurisdiction, Jurisdictions, Route, Translate

_URGENT = frozenset({"now", "today"})
_NOT_FOR_POLICE = frozenset({"bullying", "self_harm", "unsure"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What decides where a report goes. `age_band` of the person harmed, `reader` of the reporter, `hints` of the answers."""

    country: str
    category: str
    tier: str
    age_band: str = "unknown"
    hints: tuple[str, ...] = ()
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """Finished words. `to`: who gets it; `remit`: which body does not take this, and who does, or ''; `places`: who else can
    help, best first; `notes`: what to know of them."""

    to: tuple[str, ...]
    remit: str
    places: tuple[Route, ...]
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Who gets it and who does not take it."""
        return (*self.to, *((self.remit,) if self.remit else ()))


def where(
    countries: Jurisdictions,
    asked: Asked,
    receiver: EndpointProfile | None,
    closed: str = "",
    *,
    today: date,
    translate: Translate = str,
    isolate: Callable[[str], str] = str,
) -> Where:
    """The page's words. `receiver` gets the report (None: nobody is configured, or no desk takes this); `closed` is the name
    of the desk that it stands in for. `isolate` wraps names, as a window does for right-to-left scripts.

    Raises `ValueError` for an unknown category, tier or age band.
    """
    found = countries.find(asked.country)
    places = countries.routes(
        asked.country,
        asked.category,
        asked.tier,
        asked.age_band,
        asked.hints,
        asked.reader,
        today=today,
        translate=translate,
    )
    to, remit = _receiver(receiver, closed, isolate), _remit(found, asked, places, isolate)
    return Where(tuple(to), remit, places, tuple(_notes(found, asked, translate)))


def goes_to(receiver: EndpointProfile, isolate: Callable[[str], str] = str) -> str:
    """Who gets it and how, in one line."""
    name = isolate(receiver.name)
    way = {
        "xmpp": tr("Your report goes to {name}, over your chat account."),
        "mailto": tr("You send it to {name} by e-mail. Robin makes the locked file for you."),
        "folder": tr("Robin puts a locked file in a folder. You bring it to {name}."),
    }
    return way.get(receiver.base.partition(":")[0], tr("Your report goes to {name}.")).format(name=name)


def _receiver(receiver: EndpointProfile | None, closed: str, isolate: Callable[[str], str]) -> list[str]:
    if receiver is None:
        return [tr("There is no one to send it to yet. Your words stay on this computer.")]
    lines = [goes_to(receiver, isolate)]
    if closed:
        handed = tr("{closed} is closed now. {name} is open, so your report goes there.")
        lines.append(handed.format(closed=isolate(closed), name=isolate(receiver.name)))
    if receiver.hand_set:
        lines.append(tr("Set by hand: this report goes to {name}.").format(name=isolate(receiver.name)))
    if receiver.demonstration:
        lines.append(tr("This desk is for a try. No one comes to help from here."))
    return lines


def _remit(found: Jurisdiction, asked: Asked, places: tuple[Route, ...], isolate: Callable[[str], str]) -> str:
    """That the body which people think of does not take this, and who does."""
    wrong = jurisdictions.remit(found, asked.category, asked.age_band)
    if wrong is None:
        return ""
    right = found.body(wrong.hands_on[asked.category])
    if right.id not in {one.line.id for one in places}:
        return tr("{name} does not take this.").format(name=isolate(wrong.name))
    words = tr("{name} does not take this. {other} can help with it.")
    return words.format(name=isolate(wrong.name), other=isolate(right.name))


def _notes(found: Jurisdiction, asked: Asked, translate: Translate) -> list[str]:
    notes: list[str] = []
    if asked.tier in _URGENT:
        notes.append(translate(found.at_night).replace("{number}", found.emergency_number))
    if asked.category not in _NOT_FOR_POLICE:
        notes.append(translate(found.passed_on))
    notes.append(tr("These are not part of Robin. You can go to them too."))
    return notes
