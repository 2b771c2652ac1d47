"""How many calls one address may make: generous, and a refused call is only asked to come again later."""

from __future__ import annotations

from messenger.desk.moments import Clock

_MOST_ADDRESSES = 10_000


class Floods:
    """A bucket of `burst` calls per address that fills again by `per_second`."""

    def __init__(self, clock: Clock, burst: int, per_second: float) -> None:
        self._clock = clock
        self._burst = burst
        self._per_second = per_second
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait(self, address: str) -> int:
        """0 when the call may go on, else the seconds to wait."""
        now = self._clock()
        left, since = self._buckets.get(address, (float(self._burst), now))
        left = min(float(self._burst), left + max(0.0, now - since) * self._per_second)
        allowed = left >= 1
        if allowed:
            left -= 1
        if len(self._buckets) >= _MOST_ADDRESSES and address not in self._buckets:
            self._forget(now)
        self._buckets[address] = (left, now)
        return 0 if allowed else max(1, int((1 - left) / self._per_second + 0.999))

    def _forget(self, now: float) -> None:
        """Buckets that are full again need no memory; if too few are, the older half goes."""
        full = self._burst / self._per_second
        self._buckets = {name: one for name, one in self._buckets.items() if now - one[1] < full}
        if len(self._buckets) > _MOST_ADDRESSES // 2:
            newest = sorted(self._buckets, key=lambda name: self._buckets[name][1])[-_MOST_ADDRESSES // 2 :]
            self._buckets = {name: self._buckets[name] for name in newest}
