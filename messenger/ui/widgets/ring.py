"""The focus ring: one overlay a window that follows the keyboard focus, 2 px wide, outside the control."""

from __future__ import annotations

import weakref

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QWidget

from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.paint import box

_WIDTH, _OFFSET = 2, 2
_MOVES = {QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide}


class FocusRing(QWidget):
    """Made once for each window, after its other children. Buttons show it for the keyboard only, fields always.

    A widget may have `ring_radius` (px of its own corner), `ring_offset`, or `ring_off` when it shows focus itself.
    """

    def __init__(self, ctx: ThemeContext, window: QWidget) -> None:
        super().__init__(window)
        self._ctx, self._home = ctx, window
        self._target: QWidget | None = None
        self._followed: list[QWidget] = []
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        # The program outlives the window, and may move the focus while the window is half gone: then nobody is asked.
        mine = weakref.ref(self)

        def moved(old: QWidget | None, new: QWidget | None) -> None:
            ring = mine()
            if ring is not None and shiboken6.isValid(ring):
                ring._moved(old, new)

        hearing = app.focusChanged.connect(moved)
        self.destroyed.connect(lambda: QObject.disconnect(hearing))
        ctx.changed.connect(self.update)

    def target(self) -> QWidget | None:
        """The control that has the ring now."""
        return self._target if self.isVisible() else None

    def paintEvent(self, event: QPaintEvent) -> None:
        target = self._target
        if target is None:
            return
        painter = QPainter(self)
        corner = float(getattr(target, "ring_radius", 6)) + self._offset() + _WIDTH
        box(painter, QRectF(self.rect()), None, self._ctx.colour("focus"), _WIDTH, corner)
        painter.end()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES or (watched is self._target and event.type() == QEvent.Type.FocusIn):
            self._place()
        return False

    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        for one in self._followed:
            # A page that was taken away leaves its wrappers behind.
            if shiboken6.isValid(one):
                one.removeEventFilter(self)
        self._followed = []
        self._target = None
        if new is None or new.window() is not self._home or getattr(new, "ring_off", False):
            self.hide()
            return
        if isinstance(new, QAbstractButton) and not _by_keyboard():
            self.hide()
            return
        self._target = new
        walk: QWidget | None = new
        while walk is not None and walk is not self._home:
            walk.installEventFilter(self)
            self._followed.append(walk)
            walk = walk.parentWidget()
        self._place()

    def _offset(self) -> int:
        return int(getattr(self._target, "ring_offset", _OFFSET))

    def _place(self) -> None:
        target = self._target
        if target is None or not shiboken6.isValid(target) or not target.isVisible():
            self.hide()
            return
        grow = self._offset() + _WIDTH
        corner = target.mapTo(self._home, QPoint(0, 0))
        place = QRect(corner, target.size()).adjusted(-grow, -grow, grow, grow)
        self.setGeometry(place)
        ground = _viewport_of(target)
        if ground is None:
            self.clearMask()
        else:
            # Scrolled out of sight in part: the ring is cut where its control is.
            seen = QRect(ground.mapTo(self._home, QPoint(0, 0)), ground.size()) & place
            if seen.isEmpty():
                self.hide()
                return
            self.setMask(seen.translated(-place.topLeft()))
        self.show()
        self.raise_()


def _viewport_of(widget: QWidget) -> QWidget | None:
    """The nearest scrolling ground, so that the ring is clipped like its control."""
    walk = widget.parentWidget()
    while walk is not None:
        above = walk.parentWidget()
        if isinstance(above, QAbstractScrollArea) and above.viewport() is walk:
            return walk
        walk = above
    return None


def _by_keyboard() -> bool:
    # Qt does not tell focusChanged its reason: a mouse button held down is a click.
    return QApplication.mouseButtons() == Qt.MouseButton.NoButton
