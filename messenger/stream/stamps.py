"""Times of stanzas (XEP-0082): read with suspicion, written as RFC 3339 UTC with milliseconds and Z."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_PROFILE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,12})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_EARLIEST = datetime(1999, 1, 1, tzinfo=UTC)  # XMPP is no older
_LATEST = datetime(2199, 1, 1, tzinfo=UTC)


def rfc3339(moment: datetime) -> str:
    """A moment as RFC 3339 UTC with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> str:
    """This computer's time."""
    return rfc3339(datetime.now(UTC))


def stamp(text: str | None) -> str | None:
    """A peer's or server's time stamp in our form; None when it is no sound XEP-0082 date-time."""
    if not text or len(text) > 40:
        return None
    match = _PROFILE.fullmatch(text)
    if match is None:
        return None
    fraction = (match[2] or ".0")[:7].ljust(7, "0")
    try:
        moment = datetime.fromisoformat(f"{match[1]}{fraction}{match[3]}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return rfc3339(moment) if _EARLIEST <= moment < _LATEST else None


def not_after(text: str, limit: str, seconds: int = 300) -> bool:
    """Whether stamp `text` is at most `seconds` later than `limit` (both in our form)."""
    edge = datetime.fromisoformat(limit) + timedelta(seconds=seconds)
    return datetime.fromisoformat(text) <= edge
