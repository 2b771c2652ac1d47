"""The rail: the mark, the four rooms with their words, and Report abuse as the last item.

It stands at the side, or lies along the foot of a window that is slim for its text size. Where there is no room for the words of
the rooms, their names and tool tips say them; the words of Report abuse always stay.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QBoxLayout, QPushButton, QSizePolicy, QSpacerItem, QWidget

from messenger import resources
from messenger.i18n import ntr, tr
from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface, draw_badge
from messenger.ui.widgets.buttons import ReportButton, pressed_by_enter
from messenger.ui.widgets.paint import box, text_line

CHATS, PEOPLE, SAFETY, SETTINGS = "chats", "people", "safety", "settings"
_SIDE, _SMALL_ICON = 88, 32  # px: of the rail at 100 %; the largest icon without words below it


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
        self._showing, self._slim, self._bare = False, False, False
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
        self.setToolTip(self.accessibleName() if self._bare else "")
        self.update()

    def set_form(self, slim: bool, bare: bool) -> None:
        """`slim` as it lies along the foot; `bare` without the word, which the tool tip then says."""
        if (slim, bare) != (self._slim, self._bare):
            self._slim, self._bare = slim, bare
            self.setToolTip(self.accessibleName() if bare else "")
            self._renew()

    def hint(self, slim: bool, bare: bool) -> QSize:
        """The size of one form of it."""
        size = self._ctx.px(24)
        if bare:
            return QSize(max(40, min(size, _SMALL_ICON) + 8), 48)
        word = QFontMetricsF(self._ctx.font("meta", weight=600)).horizontalAdvance(self._words)
        tall = size + self._ctx.line("meta") + (12 if slim else 24)
        return QSize(max(52 if slim else 72, round(word) + 12), max(52 if slim else 64, tall))

    def sizeHint(self) -> QSize:
        return self.hint(self._slim, self._bare)

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
        size = min(self._ctx.px(24), _SMALL_ICON) if self._bare else self._ctx.px(24)
        line = 0 if self._bare else self._ctx.line("meta")
        top = round((area.height() - size - (2 if line else 0) - line) / 2)
        x = round((area.width() - size) / 2)
        painter.drawPixmap(QPointF(x, top), self._ctx.pixmap(self._icon, ink, size, self.devicePixelRatioF()))
        font = self._ctx.font("meta", weight=600 if on else 500)
        words = QRectF(2, top + size + 2, area.width() - 4, line)
        if line:
            text_line(painter, words, self._words, font, self._ctx.colour(ink), Qt.AlignmentFlag.AlignHCenter)
        if self._count and self._bare:
            # Without a word, the icon is all that says which room it is: a mark at its corner, the count in the tool tip.
            box(painter, QRectF(x + size - 9, top - 5, 14, 14), self._ctx.colour("badge"), self._ctx.colour("rail"), 2, 7)
        elif self._count:
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
    """88 px wide at 100 %, or as high as a row at the foot of the window (`lie_across`)."""

    chosen = Signal(str)
    report = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "rail", "r", parent)
        self._across = False
        row = self._row = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._mark = Mark(40)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        self._air, self._spring = QSpacerItem(0, 16), QSpacerItem(0, 0)
        row.addSpacerItem(self._air)
        self._items: dict[str, RailItem] = {}
        for ident, icon, words in (
            (CHATS, "message-circle", tr("Chats")),
            (PEOPLE, "users", tr("People")),
            (SAFETY, "shield-check", tr("Safety")),
            (SETTINGS, "settings", tr("Settings")),
        ):
            item = self._items[ident] = RailItem(ctx, icon, words, ident)
            item.chosen.connect(lambda room=ident: self.chosen.emit(room))
            row.addWidget(item)
        row.addSpacerItem(self._spring)
        self.report_button = ReportButton(ctx, "rail.report", rail=True)
        self.report_button.clicked.connect(self.report)
        row.addWidget(self.report_button)
        ctx.changed.connect(self._renew)
        self._renew()

    def lie_across(self, across: bool) -> None:
        """Along the foot of the window, or at its side."""
        if across != self._across:
            self._across = across
            self._renew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

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
        ways, kinds = QBoxLayout.Direction, QSizePolicy.Policy
        self._edges = "t" if self._across else "r"
        self._row.setDirection(ways.LeftToRight if self._across else ways.TopToBottom)
        self._row.setContentsMargins(*((6, 4, 6, 4) if self._across else (8, 16, 8, 8)))
        self._row.setSpacing(4 if self._across else 8)
        # Along the foot the rooms share the place; at the side Report abuse stands at the end.
        self._spring.changeSize(0, 0, kinds.Minimum, kinds.Minimum if self._across else kinds.Expanding)
        self._air.changeSize(0, 0 if self._across else 16)
        self._row.invalidate()
        self.setSizePolicy(
            kinds.Preferred if self._across else kinds.Fixed, kinds.Fixed if self._across else kinds.Preferred
        )
        self._fit()
        self.update()

    def _fit(self) -> None:
        """The rooms give way: first the mark, then their words. Report abuse is never cut."""
        items, report = list(self._items.values()), self.report_button
        if self._across:
            room = self.width() - 12 - 4 * len(items)
            words = sum(item.hint(True, False).width() for item in items)
            icons = sum(item.hint(True, True).width() for item in items)
            beside, below = report.hint(True).width(), report.hint(False).width()
            bare = words + min(beside, below) > room
            report.set_beside(beside <= below or (icons if bare else words) + beside <= room)
            report.setMinimumHeight(items[0].hint(True, bare).height())
            self._mark.hide()
            self.setMinimumWidth(0)
        else:
            room = self.height() - 24 - report.hint(False).height() - 8 * (len(items) + 1)
            words = sum(item.hint(False, False).height() for item in items)
            bare = words > room
            report.set_beside(False)
            report.setMinimumHeight(0)
            self._mark.setVisible(not bare and words + self._mark.height() + 24 <= room)
            # Bare or not, the rail keeps its width, so that nothing beside it moves with the window's height.
            wide = max(item.hint(False, False).width() for item in items)
            self.setMinimumWidth(max(_SIDE, max(wide, report.hint(False).width()) + 17))
        for item in items:
            item.set_form(self._across, bare)
