"""Times of the desk: Unix seconds inside, RFC 3339 UTC with milliseconds outside, short words on the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from messenger.i18n import tr

Clock = Callable[[], float]
MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def rfc3339(seconds: float) -> str:
    """``2026-11-24T09:10:11.123Z``"""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_rfc3339(text: str) -> float | None:
    """Unix seconds of an RFC 3339 time; None for anything else (a time in evidence may be nonsense)."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.timestamp() if found.tzinfo else None


def clock_time(seconds: float) -> str:
    """``21:04``"""
    return datetime.fromtimestamp(seconds, UTC).strftime("%H:%M")


def day(seconds: float) -> str:
    """``21 Nov 2026``"""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y")


def short(seconds: float, now: float) -> str:
    """The clock on the same day, else the weekday within a week, else the date."""
    if day(seconds) == day(now):
        return clock_time(seconds)
    moment = datetime.fromtimestamp(seconds, UTC)
    if abs(seconds - now) < 6 * DAY:
        return moment.strftime("%a %H:%M")
    return moment.strftime("%-d %b")


def waiting(seconds: float) -> str:
    """How long something waits: ``18 min``, ``2 h 05``, ``3 days``."""
    seconds = max(0.0, seconds)
    if seconds < HOUR:
        return tr("{n} min").format(n=int(seconds // MINUTE))
    if seconds < 4 * HOUR:
        return tr("{h} h {m}").format(h=int(seconds // HOUR), m=f"{int(seconds % HOUR // MINUTE):02d}")
    if seconds < DAY:
        return tr("{n} h").format(n=int(seconds // HOUR))
    days = int(seconds // DAY)
    return tr("1 day") if days == 1 else tr("{n} days").format(n=days)
