"""What the four steps share: a scrolling page with a title, and a row that opens something else."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line, Surface
from messenger.ui.widgets.buttons import pressed_by_enter
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.rows import ChoiceRow

WIDE, SLIM = 56, 20
"""Space at the sides in px: in a wide window and in a narrow one."""


class Step(QScrollArea):
    """One screen. `first` is where the keyboard begins; the title is said when the screen opens."""

    def __init__(self, ctx: ThemeContext, ident: str, title: str, note: str) -> None:
        super().__init__()
        self._ctx, self.title = ctx, title
        self.first: QWidget = self
        a11y.name(self, f"welcome.{ident}", title)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = Surface(ctx, "window")
        self.column = QVBoxLayout(ground)
        self.column.setSpacing(12)
        self.column.addWidget(TextLabel(ctx, title, "page-title"))
        self.column.addWidget(TextLabel(ctx, note, "message", "muted"))
        self.set_narrow(False)
        self.setWidget(ground)
        ctx.changed.connect(self._renew)
        self._renew()

    def set_narrow(self, narrow: bool) -> None:
        """Less space at the sides."""
        side = SLIM if narrow else WIDE
        self.column.setContentsMargins(side, 8, side, 24)

    def card(self, *rows: QWidget) -> None:
        """Rows between hairlines in a box."""
        card = Card(self._ctx, padding=0)
        card.column.setSpacing(0)
        for number, row in enumerate(rows):
            if number:
                card.column.addWidget(Line(self._ctx))
            card.column.addWidget(row)
        self.column.addWidget(card)

    def _renew(self) -> None:
        # The track of the scroll bar is the scroll area's own ground.
        palette = QPalette(QApplication.palette())
        palette.setColor(QPalette.ColorRole.Window, self._ctx.colour("window"))
        self.setPalette(palette)


class Door(ChoiceRow, QPushButton):
    """A row that opens something: an icon, a title, a second line."""

    def __init__(self, ctx: ThemeContext, text: str, note: str, icon: str, ident: str) -> None:
        super().__init__()
        self._start = icon
        self._dress(ctx, text, ident, note, "chevron-right", framed=True)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def _mark(self, painter: QPainter, rect: QRectF, on: bool) -> None:
        pixmap = self._ctx.pixmap(self._start, "accent-text", round(rect.width()), self.devicePixelRatioF())
        painter.drawPixmap(rect.topLeft(), pixmap)
