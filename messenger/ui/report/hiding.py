"""The window side of Hide this: counts bare Shift presses over one window, and the plain notes that take its place."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.hide import TripleShift

_USED = {QEvent.Type.MouseButtonPress, QEvent.Type.Wheel}


class ShiftWatch(QObject):
    """Watches the keys that reach `window` or its children. `pressed` when Shift was pressed three times."""

    pressed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._count = window, TripleShift()
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        counted = kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) or kind in _USED
        mine = counted and isinstance(watched, QWidget) and watched.window() is self._window
        # A key event climbs from the focus to the window: count it once, where it starts.
        if mine and isinstance(watched, QWidget) and self._first(watched, event):
            self._take(event)
        return False

    def _first(self, watched: QWidget, event: QEvent) -> bool:
        if event.type() in _USED:
            return True
        return watched is (self._window.focusWidget() or self._window)

    def _take(self, event: QEvent) -> None:
        at = time.monotonic() * 1000
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Shift:
            if event.type() != QEvent.Type.KeyRelease:
                self._count.used()
            return
        if event.type() == QEvent.Type.KeyPress:
            self._count.shift_down(at, event.isAutoRepeat())
        elif not event.isAutoRepeat() and self._count.shift_up(at):
            self.pressed.emit()


class Notes(QWidget):
    """A plain window to write notes in, in Qt's own look and with no word of Robin. It keeps nothing."""

    def __init__(self, size_of: QWidget) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Notes"))
        self.setGeometry(size_of.geometry())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.text = QPlainTextEdit()
        self.text.setFrameStyle(0)
        self.text.setViewportMargins(16, 16, 16, 16)
        self.text.setPlaceholderText(tr("Write a note"))
        a11y.name(self.text, "notes.text", tr("Note"))
        column.addWidget(self.text)
        self.text.setFocus()
