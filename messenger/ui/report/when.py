"""Times in words: RFC 3339 UTC strings as the person's own clock and language show them."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QLocale

from messenger.i18n import tr


def local(at: str) -> datetime | None:
    """`at` (RFC 3339) in this computer's time zone, or None when it is no time."""
    try:
        return datetime.fromisoformat(at.replace("Z", "+00:00")).astimezone()
    except ValueError:
        return None


def clock(at: str) -> str:
    """Hour and minute, 24 hours, such as 21:04."""
    found = local(at)
    return f"{found:%H:%M}" if found else ""


def full(at: str) -> str:
    """Day, month, year and time, such as 23 Nov 2026, 21:04."""
    found = local(at)
    if found is None:
        return ""
    return tr("{day}, {time}").format(day=_date(found, "d MMM yyyy"), time=f"{found:%H:%M}")


def day(at: str) -> str:
    """A whole day in words, such as Saturday 21 November 2026."""
    found = local(at)
    return _date(found, "dddd d MMMM yyyy") if found else ""


def near(at: str, now: datetime) -> str:
    """Today, yesterday, or day and month."""
    found = local(at)
    if found is None:
        return ""
    if found.date() == now.date():
        return tr("today")
    if found.date() == (now - timedelta(days=1)).date():
        return tr("yesterday")
    return _date(found, "d MMM")


def near_time(at: str, now: datetime) -> str:
    """A time not long ago: today, yesterday, the day of the week, or the date, each with hour and minute."""
    found = local(at)
    if found is None:
        return ""
    name = near(at, now)
    if timedelta(days=1) < now - found < timedelta(days=6) and found.date() != (now - timedelta(days=1)).date():
        name = _date(found, "dddd")
    return tr("{day}, {time}").format(day=name, time=f"{found:%H:%M}")


def by(at: str, now: datetime) -> str:
    """A time to come: today, tomorrow, the day of the week within six days, or the date, with hour and minute."""
    found = local(at)
    if found is None:
        return ""
    days = (found.date() - now.date()).days
    if days == 0:
        name = tr("today")
    elif days == 1:
        name = tr("tomorrow")
    else:
        name = _date(found, "dddd" if 1 < days <= 6 else "d MMMM")
    return tr("{day} {time}").format(day=name, time=f"{found:%H:%M}")


def _date(moment: datetime, shape: str) -> str:
    return QLocale().toString(QDate(moment.year, moment.month, moment.day), shape)
