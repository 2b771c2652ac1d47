"""What the ingress dropped, as numbers only: nothing of a stanza's text is ever kept for this."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum


class Drop(StrEnum):
    """Why a stanza was dropped."""

    OVERDEEP = "overdeep"
    BAD_ADDRESS = "bad address"
    NOT_FOR_US = "not for us"
    FORGED_CARBON = "forged carbon"
    FORGED_ARCHIVE = "forged archive result"
    FORGED_EVENT = "forged event"
    FORGED_ROSTER = "forged roster push"
    FORGED_BLOCKLIST = "forged blocklist push"
    FORGED_REPLY = "forged reply"
    STRAY_REPLY = "stray reply"
    NESTED = "nested wrapper"
    STRANGER_QUERY = "query of a stranger"
    STRANGER_PRESENCE = "presence of a stranger"
    UNKNOWN_KIND = "unknown kind"
    ROOM = "room message"
    ROOM_PRIVATE = "private message of a room"
    BROKEN = "broken content"
    OUR_FAULT = "handler failed"


class Dropped(Exception):
    """A stanza is dropped, and why."""

    def __init__(self, reason: Drop) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Counts:
    """Counts drops by reason."""

    def __init__(self) -> None:
        self._counter: Counter[Drop] = Counter()

    def add(self, reason: Drop) -> None:
        """Count one dropped stanza."""
        self._counter[reason] += 1

    def __getitem__(self, reason: Drop) -> int:
        return self._counter[reason]

    def total(self) -> int:
        """All drops."""
        return self._counter.total()

    def table(self) -> dict[str, int]:
        """Reason and number, for a diagnosis page."""
        return {reason.value: number for reason, number in sorted(self._counter.items())}
