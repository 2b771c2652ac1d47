"""The frame of a room: a header of 72 px with its title and Report abuse at the right end, and a scrolling column."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import ReportButton
from messenger.ui.widgets.labels import ElidedLabel

_SLIM = 400  # px at 100 %: less air at the sides


def _side(ctx: ThemeContext, width: int) -> int:
    """The air at the sides, in px."""
    return 16 if width < ctx.px(_SLIM) else 24


class PageHeader(Surface):
    """The title, room for a link or two (`extra`), and Report abuse."""

    report = Signal()

    def __init__(self, ctx: ThemeContext, title: str, ident: str, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "window", "b", parent)
        self.setMinimumHeight(72)
        column = self._column = QVBoxLayout(self)
        column.setSpacing(4)
        self._row, self._second = QHBoxLayout(), QHBoxLayout()
        self._title = ElidedLabel(ctx, title, "card-title")
        self.extra = QHBoxLayout()
        self.report_button = ReportButton(ctx, f"{ident}.report")
        self.report_button.clicked.connect(self.report)
        self._row.setSpacing(16)
        self._row.addWidget(self._title, 1)
        self._row.addLayout(self.extra)
        self._row.addWidget(self.report_button)
        self._second.addStretch(1)
        column.addStretch(1)
        column.addLayout(self._row)
        column.addLayout(self._second)
        column.addStretch(1)
        self._stacked = False
        self._fit()
        ctx.changed.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is no room for both, Report abuse goes to a line of its own, at the same end."""
        side = _side(self._ctx, self.width())
        self._column.setContentsMargins(side, 8, 16, 8)
        metrics = QFontMetricsF(self._title.label_font())
        whole = metrics.horizontalAdvance(self._title.text()) + 2
        room = self.width() - side - 32 - self.report_button.sizeHint().width()
        extra = self.extra.sizeHint().width()
        stacked = room - (extra + 16 if extra else 0) < whole
        self._title.set_broken(stacked and whole > self.width() - side - 16)
        if stacked == self._stacked:
            return
        self._stacked = stacked
        old, new = (self._row, self._second) if stacked else (self._second, self._row)
        old.removeWidget(self.report_button)
        new.addWidget(self.report_button)


class Page(QWidget):
    """A header above a scrolling column of cards, at most `width` px wide at 100 %."""

    def __init__(
        self, ctx: ThemeContext, title: str, ident: str, width: int = 760, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ctx, self._width = ctx, width
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.header = PageHeader(ctx, title, ident)
        outer.addWidget(self.header)
        self.scroll_area = QScrollArea()
        a11y.name(self.scroll_area, f"{ident}.scroll", title)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = Surface(ctx, "canvas")
        row = self._around = QHBoxLayout(ground)
        self._inner = QWidget()
        self.column = QVBoxLayout(self._inner)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(16)
        row.addWidget(self._inner, 1)
        row.addStretch(0)
        self.scroll_area.setWidget(ground)
        outer.addWidget(self.scroll_area, 1)
        ctx.changed.connect(self._renew)
        self._renew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_margins()

    def _set_margins(self) -> None:
        side = _side(self._ctx, self.width())
        self._around.setContentsMargins(side, 24, side, 24)

    def _renew(self) -> None:
        self._set_margins()
        self._inner.setMaximumWidth(self._ctx.px(self._width))
        # The track of the scroll bar is the scroll area's own ground.
        palette = QPalette(QApplication.palette())
        palette.setColor(QPalette.ColorRole.Window, self._ctx.colour("canvas"))
        self.scroll_area.setPalette(palette)
