"""Tells when Robin was not used for a while: looks at keys and mouse of the windows that are in use."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QWindow

_USE = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}
_MARK = "use-watched"
_STEP = 5_000  # ms


def _seconds() -> float:
    """A clock that goes on while the computer sleeps, where there is one."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(clock) if clock is not None else time.monotonic()


class IdleWatch(QObject):
    """`over` is sent after `minutes` without use; 0 minutes: never. Windows are looked at from their first focus on."""

    over = Signal()

    def __init__(self, app: QGuiApplication) -> None:
        super().__init__()
        self._minutes = 0.0
        self._last = _seconds()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        app.focusWindowChanged.connect(self._follow)

    def set_minutes(self, minutes: float) -> None:
        """Begin, change or end."""
        self._minutes, self._last = minutes, _seconds()
        self._follow(QGuiApplication.focusWindow())
        self._look()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _USE or not self._minutes:
            return False
        if _seconds() - self._last >= self._minutes * 60:
            # The computer slept meanwhile: this press must not do anything in a window that should be locked.
            self._look()
            return True
        self._last = _seconds()
        return False

    def _follow(self, handle: QWindow | None) -> None:
        if self._minutes and handle is not None and handle.property(_MARK) is None:
            handle.setProperty(_MARK, True)
            handle.installEventFilter(self)

    def _look(self) -> None:
        if not self._minutes:
            self._timer.stop()
            return
        left = self._minutes * 60 - (_seconds() - self._last)
        if left <= 0:
            self._last = _seconds()
            self.over.emit()
            left = self._minutes * 60
        # A timer does not count the time that the computer sleeps: after it the lock comes within one step, unasked.
        self._timer.start(max(1, min(_STEP, round(left * 1000))))
