"""A PIN and its tries: Argon2id (RFC 9106) off the loop, and a wait that grows after five wrong tries in a row."""

from __future__ import annotations

import asyncio
import math
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from messenger.domain.lock import LONGEST, SHORTEST, LockAnswer
from messenger.services.clock import rfc3339
from messenger.services.ports import Clock
from messenger.storage.connection import Connection
from messenger.storage.database import Database

FREE = 5
"""So many wrong tries before the first wait."""
FIRST_WAIT, LONGEST_WAIT = 30, 3600
"""Seconds. It doubles with each wrong try; the owner of the PIN must not be kept out for days by somebody else's tries."""


class Kept(Protocol):
    """What is kept of a PIN (storage.lock.PinRow)."""

    @property
    def pin(self) -> str: ...
    @property
    def wrong(self) -> int: ...
    @property
    def wait_until(self) -> str: ...


def fits(pin: str) -> bool:
    """Whether this can be a PIN: 4 to 12 figures or letters, as they are kept."""
    plain = unicodedata.normalize("NFKC", pin)
    return SHORTEST <= len(plain) <= LONGEST and plain.isalnum()


def wait_after(wrong: int) -> int:
    """Seconds to wait after so many wrong tries in a row."""
    if wrong < FREE:
        return 0
    return int(min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(wrong - FREE, 20)))


async def hashed(pin: str) -> str:
    """The Argon2id hash of a PIN, made in a thread. Raises `ValueError` for what is no PIN."""
    if not fits(pin):
        raise ValueError("pin")
    return await asyncio.to_thread(PasswordHasher().hash, _plain(pin))


class Tries:
    """Checks one PIN. A try is on disk as wrong before it is looked at, so that ending the program gives no free tries."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        get: Callable[[Connection], Kept | None],
        count: Callable[[Connection, int, str], None],
    ) -> None:
        self._database, self._clock = database, clock
        self._get, self._count = get, count
        self._lock = asyncio.Lock()
        self._over: float | None = None
        """When the wait is over, by the clock that never goes back; None until it was read once."""

    async def check(self, pin: str) -> LockAnswer:
        """Whether this is the PIN. While one has to wait nothing is looked at. True when no PIN is set."""
        async with self._lock:
            kept = await self._database.run(self._get)
            if kept is None:
                return LockAnswer(True)
            left = self._left(kept)
            if left:
                return LockAnswer(False, left)
            wrong = kept.wrong + 1
            wait = wait_after(wrong)
            await self._keep(wrong, wait)
            if await asyncio.to_thread(_matches, kept.pin, pin):
                await self._keep(0, 0)
                return LockAnswer(True)
            return LockAnswer(False, wait)

    async def wait_seconds(self) -> int:
        """How long no try counts, 0 when one may try."""
        async with self._lock:
            kept = await self._database.run(self._get)
            return self._left(kept) if kept is not None else 0

    def forget(self) -> None:
        """Another PIN was set or the PIN was taken off."""
        self._over = None

    async def _keep(self, wrong: int, wait: int) -> None:
        self._over = self._clock.monotonic() + wait
        until = rfc3339(_moment(self._clock.now()) + timedelta(seconds=wait)) if wait else ""
        await self._database.write(self._count, wrong, until)

    def _left(self, kept: Kept) -> int:
        now = self._clock.monotonic()
        if self._over is None:
            self._over = now + self._left_by_wall(kept)
        return max(0, math.ceil(self._over - now))

    def _left_by_wall(self, kept: Kept) -> float:
        """At the first look after a start. A clock that was set back makes it the whole wait, never less and never more."""
        if not kept.wait_until:
            return 0.0
        left = (_moment(kept.wait_until) - _moment(self._clock.now())).total_seconds()
        return min(max(0.0, left), float(wait_after(kept.wrong)))


def _matches(kept: str, pin: str) -> bool:
    try:
        return PasswordHasher().verify(kept, _plain(pin))
    except (VerificationError, InvalidHashError):
        return False


def _plain(pin: str) -> bytes:
    """The same figures and letters, however the keyboard made them; half a character is no error, it fits nothing."""
    return unicodedata.normalize("NFKC", pin).encode("utf-8", "surrogatepass")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
