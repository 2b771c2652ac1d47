"""Countries: emergency numbers, helplines, and the bodies that take reports, each with what it takes and what it does not.

    countries = Jurisdictions.of(load(resources.read(name), name) for name in resources.names("jurisdictions"))
    countries.card("gb", today)                         # domain.CountryCard for the Safety tab and the wizard
    countries.helpline("gb", "13_15", today)            # the one "Talk to someone" line of every wizard page
    countries.routes("gb", "bullying", "soon", "13_15", today=today, translate=tr)

A country without a file of its own gets the card of the union it is a member of, else the card "elsewhere". Routing is
the data's: a body that does not take a category names who does. No body named here has an agreement with Robin.
`today` is a `datetime.date`; a line whose check is older than a year is marked stale. `translate` is the translation
function: the words that come out are finished, with numbers filled in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from messenger.domain.datafile import Reader, open_reader
from messenger.domain.errors import AssetRefused
from messenger.domain.jurisdiction import CountryCard, HelpLine

log = logging.getLogger(__name__)
CATEGORIES = (
    *("grooming", "sexual", "blackmail", "meeting", "threat", "bullying", "self_harm", "deception", "unsure"),
)
TIERS = ("now", "today", "soon", "log")
AGE_BANDS = ("under_13", "13_15", "16_17", "18_over", "unknown")
GENERAL = "any"
"""In place of an age band: the reader may be of any age."""
HINTS = ("pictures", "fraud", "school", "account", "police")
STALE_AFTER = 365
"""Days after which a line asks to be checked (decisions.md 34: a release check, not a test that fails with time)."""
ELSEWHERE = "elsewhere"
Translate = Callable[[str], str]


class BodyKind(StrEnum):
    """HELPLINE listens. REPORT takes reports. POLICE is the police outside emergencies. TAKE_DOWN removes pictures.
    ADVICE is a person near by, such as a teacher, and has no number."""

    HELPLINE = "helpline"
    REPORT = "report"
    POLICE = "police"
    TAKE_DOWN = "take_down"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number is from. `status`: checked (by a person, at its owner), second-hand, or unchecked."""

    url: str
    status: str
    checked_on: str


@dataclass(frozen=True, slots=True)
class Body:
    """Someone who can help. `ages`: child, adult or both. `takes` are categories; `hands_on` says who takes the others.

    `anonymous`: yes, no, partly or unknown. `hints` are routes of an answer (pictures, fraud, ...) that lead here.
    """

    id: str
    kind: BodyKind
    name: str
    detail: str
    number: str
    url: str
    ages: tuple[str, ...]
    takes: tuple[str, ...]
    hands_on: Mapping[str, str]
    hints: tuple[str, ...]
    anonymous: str
    languages: tuple[str, ...]
    source: Source | None


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A whole file: a country, a union with `members`, or elsewhere. `emergency_how` and `at_night` may hold {number}.

    `at_night`: what to do when nobody reads reports just now. `passed_on`: that police pass a report on to other lands.
    """

    code: str
    name: str
    languages: tuple[str, ...]
    members: tuple[str, ...]
    emergency_number: str
    emergency_how: str
    cannot_talk: str
    emergency_source: Source
    at_night: str
    passed_on: str
    passed_on_source: Source
    bodies: tuple[Body, ...]

    def body(self, id: str) -> Body:
        """Raises `KeyError`."""
        for one in self.bodies:
            if one.id == id:
                return one
        raise KeyError(id)

    def words(self) -> Iterable[tuple[str, str]]:
        """(id, words) of everything to be translated and held to the reading grade."""
        yield self.code, self.emergency_how
        if self.cannot_talk:
            yield self.code, self.cannot_talk
        yield self.code, self.at_night
        yield self.code, self.passed_on
        yield from ((f"{self.code}.{one.id}", one.detail) for one in self.bodies)


@dataclass(frozen=True, slots=True)
class Route:
    """One place where a report, or the person, can go. `kind` is emergency or a `BodyKind`. `instead_of` names the body
    that does not take this category. `anonymous` as in `Body`."""

    kind: str
    line: HelpLine
    anonymous: str
    instead_of: str = ""


# -- reading


def load(data: bytes, file: str) -> Jurisdiction:
    """The country in `data`. Raises `AssetRefused` naming `file` and the id."""
    top = open_reader(data, file)
    code = top.text("code")
    if not (code in (ELSEWHERE,) or (len(code) == 2 and code.isascii() and code.islower())):
        top.refuse("'code' must be two small letters, or elsewhere")
    emergency, police = top.child("emergency"), top.child("police")
    assert emergency is not None
    assert police is not None
    country = Jurisdiction(
        code=code,
        name=top.text("name"),
        languages=top.texts("languages", required=True),
        members=top.texts("members"),
        emergency_number=emergency.text("number", "" if code == ELSEWHERE else None),
        emergency_how=emergency.text("how"),
        cannot_talk=emergency.text("cannot_talk", ""),
        emergency_source=_source(emergency),
        at_night=top.text("at_night"),
        passed_on=police.text("passed_on"),
        passed_on_source=_source(police),
        bodies=tuple(_body(one) for one in top.children("bodies")),
    )
    emergency.done()
    police.done()
    top.done()
    _check(country, file)
    return country


def _source(reader: Reader) -> Source:
    child = reader.child("source")
    assert child is not None
    source = Source(
        child.url("url"), child.word("status", ("checked", "second-hand", "unchecked")), child.date("checked_on")
    )
    child.done()
    return source


def _body(reader: Reader) -> Body:
    number = reader.text("number", "")
    url = reader.url("url", "")
    body = Body(
        id=reader.text("id"),
        kind=BodyKind(reader.word("kind", BodyKind)),
        name=reader.text("name"),
        detail=reader.text("detail"),
        number=number,
        url=url,
        ages=_known(reader, "ages", ("child", "adult")),
        takes=_known(reader, "takes", CATEGORIES),
        hands_on=reader.words_of("hands_on"),
        hints=_known(reader, "hints", HINTS),
        anonymous=reader.word("anonymous", ("yes", "no", "partly", "unknown")),
        languages=reader.texts("languages"),
        source=_source(reader) if number or url or reader.has("source") else None,
    )
    if body.kind is not BodyKind.ADVICE and not (number or url):
        reader.refuse("needs a number or an address")
    if number and not all(letter.isdigit() or letter in " +-" for letter in number):
        reader.refuse("'number' must be digits")
    if not body.ages:
        reader.refuse("'ages' is empty")
    reader.done()
    return body


def _known(reader: Reader, key: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    found = reader.texts(key)
    for one in found:
        if one not in allowed:
            reader.refuse(f"unknown word '{one}' in '{key}'")
    return found


def _check(country: Jurisdiction, file: str) -> None:
    ids = {one.id for one in country.bodies}
    for one in country.bodies:
        for category, other in one.hands_on.items():
            if category not in CATEGORIES:
                raise AssetRefused(file, one.id, f"unknown category '{category}' in 'hands_on'")
            if category in one.takes:
                raise AssetRefused(file, one.id, f"takes '{category}' and hands it on")
            if other not in ids:
                raise AssetRefused(file, one.id, f"hands '{category}' on to unknown '{other}'")
        missing = [name for name in CATEGORIES if name not in one.takes and name not in one.hands_on]
        if one.kind in (BodyKind.REPORT, BodyKind.POLICE) and missing:
            raise AssetRefused(file, one.id, f"does not say who takes '{missing[0]}'")
    for age in ("child", "adult"):
        if not any(one.kind is BodyKind.HELPLINE and age in one.ages for one in country.bodies):
            raise AssetRefused(file, country.code, f"there is no helpline for ages '{age}'")


def readable(files: Iterable[tuple[str, bytes]]) -> Jurisdictions:
    """The countries of (name, bytes), without those that are wrong: one wrong card must not take the others' numbers away.

    Raises `AssetRefused` where the card for elsewhere is wrong: nobody would have an answer.
    """
    found: dict[str, Jurisdiction] = {}
    for name, data in files:
        try:
            country = load(data, name)
        except AssetRefused:
            log.error("a country card is wrong and is left out")
            continue
        found.setdefault(country.code, country)
    return Jurisdictions(found)


# -- asking


class Jurisdictions:
    """All countries. Every question has an answer, whatever the country."""

    def __init__(self, by_code: Mapping[str, Jurisdiction]) -> None:
        if ELSEWHERE not in by_code:
            raise AssetRefused("jurisdictions", ELSEWHERE, "there is no card for elsewhere")
        self._by_code = dict(by_code)
        self._member_of = {member: one.code for one in by_code.values() for member in one.members}

    @classmethod
    def of(cls, countries: Iterable[Jurisdiction]) -> Jurisdictions:
        found: dict[str, Jurisdiction] = {}
        for one in countries:
            if one.code in found:
                raise AssetRefused("jurisdictions", one.code, "this code is there twice")
            found[one.code] = one
        return cls(found)

    @property
    def codes(self) -> tuple[str, ...]:
        """The countries with a card, by name; elsewhere last."""
        names = sorted((one.name, one.code) for one in self._by_code.values() if one.code != ELSEWHERE)
        return (*(code for _name, code in names), ELSEWHERE)

    def find(self, country: str) -> Jurisdiction:
        """The file for a country code: its own, its union's, or elsewhere. Never fails."""
        code = country.lower()
        return self._by_code.get(code) or self._by_code.get(self._member_of.get(code, "")) or self._by_code[ELSEWHERE]

    def card(self, country: str, today: date, translate: Translate = str) -> CountryCard:
        """The card with every line of the country, helplines first."""
        found = self.find(country)
        order = (BodyKind.HELPLINE, BodyKind.REPORT, BodyKind.TAKE_DOWN, BodyKind.POLICE)
        bodies = [one for kind in order for one in found.bodies if one.kind is kind]
        return CountryCard(
            found.code,
            found.name,
            found.emergency_number,
            _how(found, translate),
            translate(found.cannot_talk) if found.cannot_talk else "",
            (*_emergency(found, today, translate), *(_line(one, today, translate) for one in bodies)),
        )

    def helpline(self, country: str, age_band: str, today: date, translate: Translate = str) -> HelpLine:
        """The first helpline for this age; an age that was not told is a child's. `GENERAL` is for who may be any age."""
        found = self.find(country)
        lines = [one for one in found.bodies if one.kind is BodyKind.HELPLINE]
        ages = {"adult", "child"} if age_band == GENERAL else {_age(age_band)}
        fits = [one for one in lines if ages <= set(one.ages)] or [one for one in lines if "child" in one.ages]
        return _line(fits[0], today, translate)

    def routes(
        self,
        country: str,
        category: str,
        tier: str,
        age_band: str = "unknown",
        hints: Iterable[str] = (),
        reader: str = "",
        *,
        today: date,
        translate: Translate = str,
    ) -> tuple[Route, ...]:
        """Where this can go, best first: the emergency number when it is now, bodies that take it, who takes it instead,
        help with what was said (pictures, fraud, ...), and always a helpline.

        `age_band` is of the person harmed, `reader` of the reporter (for the helpline; the same when not given).
        Raises `ValueError` for an unknown category, tier or age band."""
        if category not in CATEGORIES or tier not in TIERS or not {age_band, reader or age_band} <= set(AGE_BANDS):
            raise ValueError("unknown category, tier or age band")
        found = self.find(country)
        bodies = _bodies(found, category, _age(age_band), frozenset(hints))
        bodies.append(found.body(self.helpline(country, reader or age_band, today).id))
        wrong = remit(found, category, age_band)
        notes = {wrong.hands_on[category]: wrong.name} if wrong is not None else {}
        urgent = _emergency(found, today, translate) if tier == "now" else []
        if tier == "now" and not urgent:
            # No number fits every land: the police where one lives come first.
            bodies.sort(key=lambda one: "police" not in one.hints)
        routes = [Route("emergency", one, "no") for one in urgent]
        for one in dict.fromkeys(body.id for body in bodies):
            body = found.body(one)
            line = _line(body, today, translate)
            routes.append(Route(body.kind.value, line, body.anonymous, notes.get(body.id, "")))
        return tuple(routes)


def remit(found: Jurisdiction, category: str, age_band: str) -> Body | None:
    """The body that people think of first (the one that takes reports of grooming, for this age) where it does not take
    this category, else None. `hands_on` says who does. Police are not named so: they look into many things."""
    for one in found.bodies:
        if one.kind is BodyKind.REPORT and "grooming" in one.takes and _age(age_band) in one.ages:
            return one if category in one.hands_on else None
    return None


def _bodies(found: Jurisdiction, category: str, age: str, hints: frozenset[str]) -> list[Body]:
    """Bodies that take the category, those it is handed on to, and those that an answer hinted at; some may come twice."""
    open_to = [one for one in found.bodies if age in one.ages]
    takes = [one for one in open_to if category in one.takes and one.kind is not BodyKind.HELPLINE]
    handed = [found.body(one.hands_on[category]) for one in open_to if category in one.hands_on]
    hinted = [one for one in open_to if hints.intersection(one.hints)]
    return [*takes, *(one for one in handed if age in one.ages), *hinted]


def _how(found: Jurisdiction, translate: Translate) -> str:
    return translate(found.emergency_how).replace("{number}", found.emergency_number)


def _emergency(found: Jurisdiction, today: date, translate: Translate) -> list[HelpLine]:
    if not found.emergency_number:
        return []
    return [
        HelpLine(
            "emergency",
            "emergency",
            found.name,
            _how(found, translate),
            found.emergency_number,
            "",
            found.emergency_source.url,
            found.emergency_source.checked_on,
            _stale(found.emergency_source, today),
            found.emergency_source.status == "checked",
        )
    ]


def _age(age_band: str) -> str:
    return "adult" if age_band == "18_over" else "child"


def _stale(source: Source, today: date) -> bool:
    return (today - date.fromisoformat(source.checked_on)).days > STALE_AFTER


def _line(body: Body, today: date, translate: Translate) -> HelpLine:
    source = body.source
    return HelpLine(
        body.id,
        body.kind.value,
        body.name,
        translate(body.detail),
        body.number,
        body.url,
        source.url if source else "",
        source.checked_on if source else "",
        _stale(source, today) if source else False,
        source is not None and source.status == "checked",
    )
