"""The window side of Hide this: counts bare Shift presses over one window, and the plain notes that take its place."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QStyle, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.hide import TripleShift
from messenger.ui.report.neutral import make_neutral

_OPENS = {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease}
_WATCHED = {*_OPENS, QEvent.Type.KeyRelease, QEvent.Type.Wheel}
_WATCHED_MARK = "shift-watched"


class ShiftWatch(QObject):
    """Watches what reaches a window from the keyboard and the mouse. `pressed` when Shift was pressed three times.

    It looks at the window's own events, before any control has them: a filter over the whole program would be asked
    about every event there is. `follow` lets it watch further windows, each of which one watch alone looks at.
    """

    pressed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window, self._count = window, TripleShift()

    def start(self) -> None:
        """Begin to watch; the window has to be shown first."""
        handle = self._window.windowHandle()
        if handle is not None:
            self.follow(handle)

    def follow(self, handle: QWindow) -> None:
        """Watch this window too, if no watch does yet."""
        if handle.property(_WATCHED_MARK) is None:
            handle.setProperty(_WATCHED_MARK, True)
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _WATCHED:
            self._take(event)
        return False

    def _follow_menu(self) -> None:
        """An open menu has the keyboard for itself: watch it too."""
        popup = QApplication.activePopupWidget()
        handle = popup.windowHandle() if popup is not None else None
        if handle is not None:
            self.follow(handle)

    def _take(self, event: QEvent) -> None:
        if event.type() in _OPENS:
            QTimer.singleShot(0, self, self._follow_menu)
        if event.type() == QEvent.Type.MouseButtonRelease:
            return
        at = time.monotonic() * 1000
        if not isinstance(event, QKeyEvent) or event.key() != Qt.Key.Key_Shift:
            if event.type() != QEvent.Type.KeyRelease:
                self._count.used()
            return
        if event.type() == QEvent.Type.KeyPress:
            self._count.shift_down(at, event.isAutoRepeat())
        elif not event.isAutoRepeat() and self._count.shift_up(at):
            while (popup := QApplication.activePopupWidget()) is not None and popup.close():
                pass  # a menu would stay in front of the notes
            self.pressed.emit()


class Notes(QWidget):
    """A plain window to write notes in, in Qt's own look and with no word of Robin. It keeps nothing."""

    def __init__(self, size_of: QWidget) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("notes")
        self.setWindowTitle(tr("Notes"))
        self.setWindowIcon(self.style().standardIcon(QStyle.StandardPixmap.SP_FileIcon))
        # Nobody else holds on to it when the wizard is gone: this connection does, until the window is closed.
        self.destroyed.connect(lambda _=None, keep=self: None)
        self.setGeometry(size_of.geometry())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.text = QPlainTextEdit()
        self.text.setFrameStyle(0)
        self.text.setViewportMargins(16, 16, 16, 16)
        self.text.setPlaceholderText(tr("Write a note"))
        a11y.name(self.text, "notes.text", tr("Note"))
        # What was written here is not thrown away when Robin comes back.
        self.text.textChanged.connect(lambda: self.setProperty("used", bool(self.text.toPlainText())))
        column.addWidget(self.text)
        self.text.setFocus()
        make_neutral(self)
