"""A place of its own for a bar over a chat: as high as what it holds, but never the whole window; then it scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from messenger.i18n import tr
from messenger.ui import a11y

_SHARE, _BESIDE, _LEAST = 0.6, 0.36, 140


class Holder(QScrollArea):
    """Holds one widget. `room` is the chat: at most a share of its height is taken, so that messages stay in sight.

    `other` is the place of the other bar: while that one is there too, this one takes less.
    """

    def __init__(self, widget: QWidget, room: QWidget, other: QWidget, ident: str) -> None:
        super().__init__()
        self._held, self._room, self._other = widget, room, other
        a11y.name(self, ident, tr("Note from Robin"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(widget)
        widget.setAutoFillBackground(False)
        widget.installEventFilter(self)
        room.installEventFilter(self)
        other.installEventFilter(self)

    def fit(self) -> None:
        """Take the height that is needed now."""
        width = max(1, self.width())
        wanted = self._held.heightForWidth(width) if self._held.hasHeightForWidth() else self._held.sizeHint().height()
        share = _SHARE if self._other.isHidden() else _BESIDE
        most = max(_LEAST, round(self._room.height() * share))
        if wanted > most:
            wanted = self._held.heightForWidth(max(1, width - self.verticalScrollBar().sizeHint().width()))
        self.setFixedHeight(min(max(wanted, 1), most))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if (
            (watched is self._held and kind == QEvent.Type.LayoutRequest)
            or (watched is self._room and kind == QEvent.Type.Resize)
            or (watched is self._other and kind in {QEvent.Type.Show, QEvent.Type.Hide})
        ):
            self.fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.fit()


def chain(before: QWidget, stops: Sequence[QWidget], after: QWidget) -> None:
    """Tab goes from `before` through `stops` to `after`: a bar is made late, and would come last by keyboard."""
    for one, two in pairwise([before, *stops, after]):
        QWidget.setTabOrder(one, two)
