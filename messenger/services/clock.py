"""The real clock."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


def rfc3339(moment: datetime) -> str:
    """RFC 3339 UTC with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class SystemClock:
    """`ports.Clock` on the system's clocks."""

    def now(self) -> str:
        return rfc3339(datetime.now(UTC))

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
