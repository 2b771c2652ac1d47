"""The rail: the mark, the four rooms with their words, and Report abuse as the last item."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from messenger import resources
from messenger.i18n import ntr, tr
from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface, draw_badge
from messenger.ui.widgets.buttons import ReportButton, pressed_by_enter
from messenger.ui.widgets.paint import box, text_line

CHATS, PEOPLE, SAFETY, SETTINGS = "chats", "people", "safety", "settings"


class Mark(QWidget):
    """The robin. An ornament."""

    def __init__(self, size: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawn = QSvgRenderer(resources.read("icons/robin.svg"))
        self.setFixedSize(size, size)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._drawn.render(painter, QRectF(self.rect()))
        painter.end()


class RailItem(QPushButton):
    """An icon with its word below; a badge for what waits there.

    `chosen`: pressed by hand, key or screen reader. The action that Qt gives a reader turns a checkable button over
    without a click, so that `clicked` alone would not hear it.
    """

    chosen = Signal()

    def __init__(self, ctx: ThemeContext, icon: str, words: str, ident: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._icon, self._words, self._count = ctx, icon, words, 0
        self._showing = False
        self.ring_radius = 10
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        a11y.name(self, f"rail.{ident}", words)
        self.clicked.connect(self.chosen)
        self.toggled.connect(self._toggled)
        ctx.changed.connect(self._renew)

    def show_open(self) -> None:
        """Its room is the one that is open; nothing is told."""
        self._showing = True
        self.setChecked(True)
        self._showing = False

    def nextCheckState(self) -> None:
        # A click: `clicked` follows and tells it.
        self._showing = True
        super().nextCheckState()
        self._showing = False

    def set_count(self, count: int, spoken: str) -> None:
        """A badge; `spoken` goes into the name."""
        self._count = count
        self.setAccessibleName(f"{self._words}, {spoken}" if count else self._words)
        self.update()

    def sizeHint(self) -> QSize:
        word = QFontMetricsF(self._ctx.font("meta", weight=600)).horizontalAdvance(self._words)
        return QSize(max(72, round(word) + 12), max(64, self._ctx.px(24) + self._ctx.line("meta") + 24))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area, on = QRectF(self.rect()), self.isChecked()
        if on or self.underMouse():
            box(painter, area, self._ctx.colour("bubble-own" if on else "hover"), None, 0, 10)
            if on and self._ctx.theme.name == "contrast":
                box(painter, area, None, self._ctx.colour("accent"), 2, 10)
        ink = "text" if on else "muted"
        size = self._ctx.px(24)
        line = self._ctx.line("meta")
        top = round((area.height() - size - 2 - line) / 2)
        x = round((area.width() - size) / 2)
        painter.drawPixmap(QPointF(x, top), self._ctx.pixmap(self._icon, ink, size, self.devicePixelRatioF()))
        font = self._ctx.font("meta", weight=600 if on else 500)
        words = QRectF(2, top + size + 2, area.width() - 4, line)
        text_line(painter, words, self._words, font, self._ctx.colour(ink), Qt.AlignmentFlag.AlignHCenter)
        if self._count:
            half = max(20, self._ctx.line("meta") + 4) / 2
            draw_badge(painter, self._ctx, min(area.width(), x + size + 12), max(half, top + 3), self._count)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def _toggled(self, on: bool) -> None:
        if on and not self._showing:
            self.chosen.emit()

    def _renew(self) -> None:
        self.updateGeometry()
        self.update()


class RailBar(Surface):
    """88 px wide at 100 %."""

    chosen = Signal(str)
    report = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "rail", "r", parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 16, 8, 8)
        column.setSpacing(8)
        column.addWidget(Mark(40), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(16)
        self._items: dict[str, RailItem] = {}
        for ident, icon, words in (
            (CHATS, "message-circle", tr("Chats")),
            (PEOPLE, "users", tr("People")),
            (SAFETY, "shield-check", tr("Safety")),
            (SETTINGS, "settings", tr("Settings")),
        ):
            item = self._items[ident] = RailItem(ctx, icon, words, ident)
            item.chosen.connect(lambda room=ident: self.chosen.emit(room))
            column.addWidget(item)
        column.addStretch(1)
        self.report_button = ReportButton(ctx, "rail.report", rail=True)
        self.report_button.clicked.connect(self.report)
        column.addWidget(self.report_button)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        ctx.changed.connect(self._renew)
        self._renew()

    def set_room(self, room: str) -> None:
        """Show which room is open."""
        self._items[room].show_open()

    def set_unread(self, count: int) -> None:
        """Unread messages."""
        self._items[CHATS].set_count(count, ntr("{n} new message", "{n} new messages", count))

    def set_requests(self, count: int) -> None:
        """People who wait for an answer."""
        self._items[PEOPLE].set_count(count, ntr("{n} request", "{n} requests", count))

    def set_news(self, count: int) -> None:
        """News about the person's reports."""
        self._items[SAFETY].set_count(count, ntr("{n} answer for you", "{n} answers for you", count))

    def _renew(self) -> None:
        # In a narrow window the rooms give way first: Report abuse is never cut.
        words = [*self._items.values(), self.report_button]
        self.setMinimumWidth(max(88, max(item.sizeHint().width() for item in words) + 17))
