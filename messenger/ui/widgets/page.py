"""The frame of a room: a header of 72 px with its title and Report abuse at the right end, and a scrolling column."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import ReportButton
from messenger.ui.widgets.labels import ElidedLabel

_WITH_TITLE, _LEAST_TITLE = 140, 40  # px at 100 %: of the head, and what is worth reading of the title


class PageHeader(Surface):
    """The title, room for a link or two (`extra`), and Report abuse."""

    report = Signal()

    def __init__(self, ctx: ThemeContext, title: str, ident: str, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "window", "b", parent)
        self.setMinimumHeight(72)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 8, 16, 8)
        row.setSpacing(16)
        self._title = ElidedLabel(ctx, title, "card-title")
        row.addWidget(self._title, 1)
        self.extra = QHBoxLayout()
        row.addLayout(self.extra)
        self.report_button = ReportButton(ctx, f"{ident}.report")
        self.report_button.clicked.connect(self.report)
        row.addWidget(self.report_button)
        ctx.changed.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # Where there is no room for both, the words of Report abuse stay whole.
        room = self.width() - 56 - self.report_button.sizeHint().width() - self.extra.sizeHint().width()
        enough = self.width() >= self._ctx.px(_WITH_TITLE) and room >= self._ctx.px(_LEAST_TITLE)
        self._title.setVisible(enough)


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
        row = QHBoxLayout(ground)
        row.setContentsMargins(24, 24, 24, 24)
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

    def _renew(self) -> None:
        self._inner.setMaximumWidth(self._ctx.px(self._width))
        # The track of the scroll bar is the scroll area's own ground.
        palette = QPalette(QApplication.palette())
        palette.setColor(QPalette.ColorRole.Window, self._ctx.colour("canvas"))
        self.scroll_area.setPalette(palette)
