"""Wakes the calls that wait for news of a report."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator


class Changes:
    """One desk's waiting calls. All on the desk's loop."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._followers: list[Callable[[str], None]] = []

    def follow(self, follower: Callable[[str], None]) -> None:
        """Call `follower` with the report's id at each `tell`."""
        self._followers.append(follower)

    def tell(self, report_id: str) -> None:
        """The desk wrote something about this report, or its status changed."""
        self.wake(report_id)
        for follower in self._followers:
            follower(report_id)

    def wake(self, report_id: str) -> None:
        """Let the calls that wait for news of this report look again; nobody else is told."""
        for event in self._waiting.pop(report_id, ()):
            event.set()

    def tell_all(self) -> None:
        """The desk stops: let every waiting call answer."""
        for report_id in list(self._waiting):
            self.wake(report_id)

    def waiting(self) -> int:
        """How many calls listen now."""
        return sum(len(events) for events in self._waiting.values())

    @contextlib.contextmanager
    def listen(self, report_id: str) -> Iterator[asyncio.Event]:
        """An event that is set at the next change. Begin to listen before reading, so that nothing falls between."""
        event = asyncio.Event()
        self._waiting[report_id].add(event)
        try:
            yield event
        finally:
            events = self._waiting.get(report_id)
            if events is not None:
                events.discard(event)
                if not events:
                    del self._waiting[report_id]
