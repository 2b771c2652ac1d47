"""A place of its own for a bar over a chat: as high as what it holds, but never the whole window; then it scrolls."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from messenger.i18n import tr
from messenger.ui import a11y

_SHARE, _BESIDE, _LEAST, _SIGHT = 0.6, 0.36, 96, 48  # _SIGHT: px of the messages that stay in sight


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
        most = max(_LEAST, min(round(self._room.height() * share), self._free()))
        if wanted > most:
            wanted = self._held.heightForWidth(max(1, width - self.verticalScrollBar().sizeHint().width()))
        self.setFixedHeight(min(max(wanted, 1), most))

    def _free(self) -> int:
        """What is left beside the head, the composer and the other bar, which are never squeezed for this one."""
        area = self.parentWidget()
        around = area.parentWidget() if area is not None else None
        column = around.layout() if around is not None else None
        inside = area.layout() if area is not None else None
        if not isinstance(column, QBoxLayout) or inside is None:
            return self._room.height()
        margins = inside.contentsMargins()
        left = self._room.height() - margins.top() - margins.bottom() - _SIGHT
        for number in range(column.count()):
            item = column.itemAt(number)
            widget = item.widget() if item is not None else None
            if widget is not None and widget is not area and not widget.isHidden() and not column.stretch(number):
                left -= max(widget.minimumHeight(), widget.minimumSizeHint().height())
        return left

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
