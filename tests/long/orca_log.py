"""What Orca says, read from its log of speech while it is written."""

from __future__ import annotations

import re
import time
from pathlib import Path

_SPOKEN = re.compile(r"SPEECH OUTPUT: '(.*?)'(?: voice=\S*)?\s*(?:\{.*)?$")

_ECHOES = frozenset(("tab", "return", "space", "escape", "left shift"))
_QUIET, _NOTHING, _LONGEST = 0.8, 3.0, 10.0
"""Seconds: after the last word; when only the key was said; and at most."""


class Log:
    """The lines that were spoken. `place` is how many so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = self._from = self._shown = 0
        self._lines: list[str] = []
        self._rest = ""

    @property
    def place(self) -> int:
        """How many lines were spoken so far."""
        self._fill()
        return len(self._lines)

    def mark(self) -> None:
        """A step begins here."""
        self._from = self.place

    def said(self) -> list[str]:
        """What was said since the step began."""
        return self.since(self._from)

    def since(self, place: int) -> list[str]:
        """What was said since then."""
        self._fill()
        return self._lines[place:]

    def settle(self) -> list[str]:
        """Wait until Orca said something and then was quiet, or says nothing at all; what was said and not yet given."""
        end, seen, since = time.monotonic() + _LONGEST, self._shown, time.monotonic()
        while time.monotonic() < end:
            now = self.place
            if now != seen:
                seen, since = now, time.monotonic()
            answered = any(one not in _ECHOES for one in self._lines[self._shown :])
            if time.monotonic() - since > (_QUIET if answered else _NOTHING):
                break
            time.sleep(0.05)
        fresh = self.since(self._shown)
        self._shown = len(self._lines)
        return fresh

    def _fill(self) -> None:
        if not self.path.exists():
            return
        with self.path.open("rb") as log:
            log.seek(self._read)
            fresh = log.read()
        self._read += len(fresh)
        *whole, self._rest = (self._rest + fresh.decode("utf-8", "replace")).split("\n")
        for line in whole:
            found = _SPOKEN.search(line)
            if found is not None and found[1].strip(" ."):
                self._lines.append(found[1].strip())
