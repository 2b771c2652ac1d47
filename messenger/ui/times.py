"""Times as people read them: the clock of the day, the day's name, the short form of the chat list."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache

from PySide6.QtCore import QDate, QLocale

from messenger.i18n import tr


def _locale() -> QLocale:
    own = QLocale()
    # The C locale writes dates for machines.
    return (
        QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
        if own.language() == QLocale.Language.C
        else own
    )


@lru_cache(maxsize=4096)
def local(at: str) -> datetime | None:
    """An RFC 3339 time in the time zone of this computer; None for '' or nonsense."""
    try:
        return datetime.fromisoformat(at).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def clock(at: str) -> str:
    """Hours and minutes, or ''."""
    moment = local(at)
    return f"{moment:%H:%M}" if moment is not None else ""


def day(at: str) -> date | None:
    """The local day."""
    moment = local(at)
    return moment.date() if moment is not None else None


def day_words(one: date, today: date) -> str:
    """What a day chip says."""
    if one == today:
        return tr("Today, {date}").format(date=_format(one, "dddd d MMMM"))
    if one == today - timedelta(days=1):
        return tr("Yesterday")
    return _format(one, "dddd d MMMM" if one.year == today.year else "d MMMM yyyy")


def list_words(at: str, today: date) -> str:
    """What the end of a chat row says: the clock today, the day's name this week, else the date."""
    moment = local(at)
    if moment is None:
        return ""
    one = moment.date()
    if one == today:
        return clock(at)
    if timedelta(0) < today - one < timedelta(days=7):
        return _format(one, "ddd")
    return _format(one, "d MMM" if one.year == today.year else "d MMM yyyy")


def long_words(at: str) -> str:
    """Day and clock, for search hits and tool tips."""
    moment = local(at)
    return f"{_format(moment.date(), 'd MMM yyyy')}, {clock(at)}" if moment is not None else ""


def date_words(date_text: str) -> str:
    """A date (YYYY-MM-DD) in words, such as 1 Nov 2026; what is no date stays as it is."""
    try:
        return _format(date.fromisoformat(date_text), "d MMM yyyy")
    except ValueError:
        return date_text


def _format(one: date, pattern: str) -> str:
    return _locale().toString(QDate(one.year, one.month, one.day), pattern)
