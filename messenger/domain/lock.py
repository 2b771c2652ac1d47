"""The app lock: what came of a PIN that was typed."""

from __future__ import annotations

from dataclasses import dataclass

SHORTEST, LONGEST = 4, 12
"""Characters of a PIN: figures or letters."""


@dataclass(frozen=True, slots=True)
class LockAnswer:
    """`ok`: it was the PIN. Otherwise no try counts for `wait_seconds` more (0: try again at once)."""

    ok: bool
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class LockState:
    """Whether a PIN is set, when the window locks by itself (minutes without use, 0 never) and whether it starts locked."""

    is_set: bool = False
    after_minutes: int = 0
    at_start: bool = False
