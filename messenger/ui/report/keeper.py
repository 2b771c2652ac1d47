"""Keeps the draft: at once for a choice, at most 400 ms later for typing, and before the window goes away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from messenger.domain.errors import RobinError
from messenger.domain.report import Draft

if TYPE_CHECKING:
    from messenger.ui.border import Cancel, Engine

TYPING_MS = 400
Later = Callable[[int, Callable[[], None]], Callable[[], None]]
"""Calls back after so many milliseconds on the GUI thread; returns the call that takes it back."""


class DraftKeeper:
    """One save at a time, always of the newest draft, so that an older one can never overwrite a newer one."""

    def __init__(self, engine: Engine, later: Later, trouble: Callable[[RobinError | None], None]) -> None:
        self._engine, self._later, self._trouble = engine, later, trouble
        self._draft: Draft | None = None
        self._timer: Cancel | None = None
        self._dirty = self._saving = False
        self._waiting: list[Callable[[], None]] = []

    def keep(self, draft: Draft, soon: bool = False) -> None:
        """Save `draft`; with `soon` (typing) together with what follows in the next 400 ms."""
        self._draft, self._dirty = draft, True
        if not soon:
            self._save()
        elif self._timer is None:
            self._timer = self._later(TYPING_MS, self._due)

    def flush(self, then: Callable[[], None] | None = None) -> None:
        """Save what is not saved, then call `then`; it is not called when saving failed."""
        if then is not None:
            self._waiting.append(then)
        self._save()

    def forget(self) -> None:
        """The draft was sent or thrown away: save nothing more."""
        self._stop_timer()
        self._dirty = False
        self._draft = None

    def _due(self) -> None:
        self._timer = None
        self._save()

    def _save(self) -> None:
        self._stop_timer()
        if self._saving:
            return
        draft = self._draft
        if draft is None or not self._dirty:
            self._release()
            return
        self._dirty, self._saving = False, True
        self._engine.call(lambda hub: hub.reporting.save(draft), self._saved, self._failed)

    def _saved(self, draft: Draft) -> None:
        self._saving = False
        self._trouble(None)
        if self._dirty and self._timer is None:
            self._save()
        elif not self._dirty:
            self._release()

    def _failed(self, error: RobinError) -> None:
        self._saving = False
        self._dirty = self._draft is not None
        self._waiting.clear()
        self._trouble(error)

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer()
            self._timer = None
