"""The top of a bar: the shield, its words, and what stands at the end; where it is narrow, the words go below the shield."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.pictures import Picture

_SIDE, _NARROW, _STACKED = 18, 460, 290


class BarTop(QWidget):
    """The shield of `ctx`'s notice colour is drawn only here and in the list of seen notices: no message can draw it."""

    def __init__(self, ctx: ThemeContext, labels: Sequence[QWidget], end: QWidget | None = None) -> None:
        super().__init__()
        self._ctx = ctx
        self.shield = Picture(ctx, "shield", "notice-icon")
        self._words = QWidget()
        column = QVBoxLayout(self._words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for one in labels:
            column.addWidget(one)
        self._grid = QGridLayout(self)
        self._grid.setSpacing(0)
        self._grid.setColumnStretch(1, 1)
        above = QVBoxLayout()
        above.setContentsMargins(0, 14, 0, 0)
        above.addWidget(self.shield)
        above.addStretch(1)
        self._grid.addLayout(above, 0, 0)
        self._grid.addWidget(self._words, 0, 1)
        if end is not None:
            self._grid.addWidget(end, 0, 2, 2, 1, Qt.AlignmentFlag.AlignTop)
        self._end = end
        self._stacked = False

    def fit(self, width: int) -> tuple[int, int]:
        """Lay the parts out for a bar of this width; returns the margins (start, end) of what stands below."""
        wide = width >= self._ctx.px(_NARROW)
        stacked = width < self._ctx.px(_STACKED)
        side = _SIDE if wide else 12
        gap = 0 if stacked else 13
        rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        self._grid.setContentsMargins(*edges(side, 0, 7 if self._end is not None else side, 0, rtl))
        self._words.setContentsMargins(*edges(gap, 4 if stacked else 13, side if stacked else 0, 0, rtl))
        if stacked != self._stacked:
            self._stacked = stacked
            self._grid.removeWidget(self._words)
            if self._end is not None:
                self._grid.removeWidget(self._end)
                self._grid.addWidget(self._end, 0, 2, 1 if stacked else 2, 1, Qt.AlignmentFlag.AlignTop)
            if stacked:
                self._grid.addWidget(self._words, 1, 0, 1, 3)
            else:
                self._grid.addWidget(self._words, 0, 1)
        return (side + self._ctx.px(20) + 13 if wide else side), (30 if wide else side)


def edges(start: int, top: int, end: int, bottom: int, rtl: bool) -> tuple[int, int, int, int]:
    """Margins by where reading starts: Qt mirrors the parts of a layout, but not its margins."""
    return (end, top, start, bottom) if rtl else (start, top, end, bottom)
