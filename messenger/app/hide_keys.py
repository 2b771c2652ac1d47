"""The bare Shift key three times hides Robin from every window of a report, and from the Safety room."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QWidget

from messenger.ui.lock.curtain import is_notes
from messenger.ui.rail.view import SAFETY

if TYPE_CHECKING:
    # Imported with the first window: the wizard's own parts are not needed before the first paint.
    from messenger.ui.main_window import MainWindow
    from messenger.ui.report.hiding import ShiftWatch


class HideKeys(QObject):
    """Looks at each window from its first focus on, dialogs too; windows of a report that watch themselves are left to it.

    `hide_from` hides from a window that has no `hide_this` of its own. The chats are no part of it: Shift stays for typing.
    `hidden` is called when notes come up that nobody told of, such as those of a practice report.
    """

    def __init__(
        self, app: QApplication, main: MainWindow, hide_from: Callable[[QWidget], None], hidden: Callable[[], None]
    ) -> None:
        super().__init__(main)
        self._main, self._hide_from, self._hidden = main, hide_from, hidden
        self._watch: ShiftWatch | None = None
        app.focusWindowChanged.connect(self._follow)

    def _follow(self, handle: QWindow | None) -> None:
        if handle is None:
            return
        if self._watch is None:
            from messenger.ui.report.hiding import ShiftWatch

            self._watch = ShiftWatch(self._main)
            self._watch.pressed.connect(self.hide)
        self._watch.follow(handle)
        for window in QApplication.topLevelWidgets():
            if window.windowHandle() is handle and is_notes(window) and not window.property("told"):
                self._hidden()

    def hide(self) -> None:
        """Hide from the window in use, where that belongs to a report or the Safety room."""
        window = QApplication.activeWindow()
        if window is None:
            return
        while (parent := window.parentWidget()) is not None:
            window = parent.window()
        if is_notes(window) or (window is self._main and self._main.room != SAFETY):
            return
        own = getattr(window, "hide_this", None)
        if own is not None:
            own()
        else:
            self._hide_from(window)
