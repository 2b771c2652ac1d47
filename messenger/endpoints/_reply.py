"""What comes back from an HTTPS call, bounded."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER = 24 * 3600
_DIGITS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, bounded. `retry_after` in seconds, 0 when nothing was said; `date` in Unix seconds or None."""

    status: int
    body: bytes
    content_type: str
    etag: str
    retry_after: int
    date: float | None


def retry_after(value: str, now: datetime) -> int:
    """Seconds of a Retry-After header (RFC 9110, section 10.2.3: seconds or a date), at most a day; 0 for nonsense."""
    text = value.strip()
    if _DIGITS.fullmatch(text):
        return min(int(text), MAX_RETRY_AFTER)
    then = date_of(text)
    if then is None:
        return 0
    return max(0, min(math.ceil(then - now.timestamp()), MAX_RETRY_AFTER))


def date_of(text: str) -> float | None:
    """Unix seconds of an HTTP date (RFC 9110, 5.6.7); None for what is none."""
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
