"""Hide this: the bare Shift key three times within two seconds, told apart from Shift used for typing."""

from __future__ import annotations

WINDOW_MS = 2000
"""The three presses must fit into this many milliseconds (decisions.md 18)."""
PRESSES = 3


class TripleShift:
    """Counts bare presses of Shift. A press counts at its release, and only when nothing else was pressed meanwhile.

    Times are milliseconds of any clock that never goes back.
    """

    def __init__(self) -> None:
        self._down: float | None = None
        self._times: list[float] = []

    def shift_down(self, at: float, repeat: bool = False) -> None:
        """Shift went down. The keyboard's own repeats do not count."""
        if not repeat and self._down is None:
            self._down = at

    def used(self) -> None:
        """Another key or a mouse button: Shift was used for typing or choosing, so that no press so far counts."""
        self._down = None
        self._times.clear()

    def shift_up(self, at: float) -> bool:
        """Shift came up; True when this was the third bare press in time."""
        if self._down is None:
            return False
        self._times = [one for one in (*self._times, self._down) if at - one <= WINDOW_MS]
        self._down = None
        if len(self._times) < PRESSES:
            return False
        self._times.clear()
        return True
