"""When a desk is open: `hours` of a profile in one small form that people can read too.

    hours = read("Mo-Fr 09:00-17:00, Sa 10:00-14:00 Europe/London")
    hours.open_at(datetime.fromisoformat("2026-11-24T20:00:00+00:00"))       # False

`24/7` is always. Days are Mo Tu We Th Fr Sa Su, alone or from-to; times are of the place named at the end (a name of the
tz database, or UTC). A time that ends at or before its start goes on past midnight. Other words are for people only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY = "|".join(_DAYS)
_SPAN = re.compile(rf"({_DAY})(?:-({_DAY}))? ([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_WHOLE = re.compile(rf"({_SPAN.pattern}(?:, {_SPAN.pattern})*) ([A-Za-z]+(?:/[A-Za-z0-9_+-]+)*)")
ALWAYS = "24/7"


@dataclass(frozen=True, slots=True)
class Span:
    """Open on this day of the week (0 is Monday) from `start` for `length`."""

    day: int
    start: time
    length: timedelta


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours. Without spans it is always open. `zone` is a name of the tz database."""

    spans: tuple[Span, ...]
    zone: str

    def open_at(self, moment: datetime) -> bool:
        """Whether somebody is there at this moment (with a time zone).

        Where this computer does not know the zone the desk counts as open: nobody is sent away by mistake.
        """
        place = _zone(self.zone)
        if not self.spans or place is None:
            return True
        here = moment.astimezone(place)
        for span in self.spans:
            for back in (0, 1):
                day = (here - timedelta(days=back)).date()
                begin = datetime.combine(day, span.start, place)
                if day.weekday() == span.day and begin <= here < begin + span.length:
                    return True
        return False


def read(text: str) -> Hours | None:
    """The hours in `text`, or None where the words are for people only."""
    if text == ALWAYS:
        return Hours((), "UTC")
    whole = _WHOLE.fullmatch(text)
    if whole is None or not _known_form(whole[0].rsplit(" ", 1)[1]):
        return None
    spans: list[Span] = []
    for first, last, from_hour, from_minute, to_hour, to_minute in _SPAN.findall(whole[1]):
        start = timedelta(hours=int(from_hour), minutes=int(from_minute))
        end = timedelta(hours=int(to_hour), minutes=int(to_minute))
        if end > timedelta(days=1):
            return None
        length = end - start if end > start else end - start + timedelta(days=1)
        at = time(int(from_hour), int(from_minute))
        spans += [Span(day, at, length) for day in _days(first, last or first)]
    return Hours(tuple(spans), whole[0].rsplit(" ", 1)[1])


def _days(first: str, last: str) -> list[int]:
    begin, end = _DAYS.index(first), _DAYS.index(last)
    return [day % 7 for day in range(begin, (end if end >= begin else end + 7) + 1)]


def _known_form(zone: str) -> bool:
    return zone == "UTC" or "/" in zone


def _zone(name: str) -> tzinfo | None:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
