"""How long to wait before the next try: doubling, spread out, capped."""

from __future__ import annotations

from collections.abc import Callable

FIRST = 2.0
LINE_CAP = 45.0
"""Seconds at most while the way to a desk is broken: a report goes out within a minute of the network's return (F15)."""
BUSY_CAP = 900.0
"""Seconds at most while the desk itself says that it cannot, and names no time."""


def delay(attempts: int, cap: float, random: Callable[[], float]) -> float:
    """Seconds before try number `attempts` + 1: between half and all of ``FIRST * 2**(attempts-1)``, at most `cap`.

    `random` gives numbers from 0 to 1, so that many Robins do not come back at one moment.
    """
    whole = min(cap, FIRST * 2.0 ** min(max(attempts - 1, 0), 30))
    return float(whole * (0.5 + random() / 2))
