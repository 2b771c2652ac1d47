"""When the first steps are offered: at a start, until they were gone through or skipped, and never over something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    # Shown once in the life of a profile: imported when they are needed.
    from messenger.ui.border import Engine
    from messenger.ui.lock.curtain import Curtain
    from messenger.ui.main_window import MainWindow
    from messenger.ui.theme.context import ThemeContext
    from messenger.ui.welcome.view import Welcome


class FirstRun(QObject):
    """Made after the first paint; the engine answers when the store is open.

    `busy` says whether a report is open, which goes first; `practise` opens a practice report. Behind the lock and behind
    the notes of Hide this nothing is offered; what the lock closed is offered again when it opens.
    """

    def __init__(
        self,
        ctx: ThemeContext,
        engine: Engine,
        window: MainWindow,
        curtain: Curtain,
        busy: Callable[[], bool],
        practise: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._ctx, self._engine, self._window = ctx, engine, window
        self._curtain, self._busy, self._practise = curtain, busy, practise
        self._over = False
        self.welcome: Welcome | None = None
        curtain.opened.connect(self.offer)
        self.offer()

    def offer(self) -> None:
        """Offer them, if they were not yet; asks the settings."""
        if not self._over and self.welcome is None:
            self._engine.call(lambda hub: hub.settings.get("onboarded"), self._got, lambda _error: None)

    def _got(self, onboarded: str) -> None:
        self._over = self._over or onboarded == "yes"
        covered = self._curtain.locked or self._curtain.away or not self._window.isVisible()
        taken = self._busy() or QApplication.activeModalWidget() is not None
        if self._over or covered or taken or self.welcome is not None:
            return
        from messenger.ui.welcome.presenter import WelcomePresenter
        from messenger.ui.welcome.view import Welcome

        welcome = self.welcome = Welcome(self._ctx, self._window)
        WelcomePresenter(self._ctx, self._engine, welcome, self._practise)
        welcome.report.connect(lambda: self._window.report())
        welcome.finished.connect(self._closed)
        welcome.open()
        welcome.land()

    def _closed(self) -> None:
        self.welcome = None
        # Escape means later: at the next start.
        self._over = not (self._curtain.locked or self._curtain.away)
