"""Draws the rows of the messages page: a tick, time, name, words, and what goes; a picture is a dashed box of words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from messenger.domain.report import EvidenceRow
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.lines_model import CHOSEN, CONTEXT, ROW, DayRow, LinesModel, body, goes, media_words, who
from messenger.ui.report.when import clock
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.choices import draw_check
from messenger.ui.widgets.paint import Laid, box, lay_out, text_line

AnyIndex = QModelIndex | QPersistentModelIndex
_STACKED = 520
_KEEP = 1200


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of a row stand, for one width and text size."""

    stacked: bool
    check: float
    time: float
    name: float
    name_wide: float
    body: float
    body_wide: float
    end_wide: float


class LinesDelegate(QStyledItemDelegate):
    """Paints days and messages; heights are kept for each width."""

    def __init__(self, ctx: ThemeContext, view: QWidget) -> None:
        super().__init__(view)
        self._ctx, self._view = ctx, view
        self._laid: dict[tuple[int, str, int], Laid] = {}
        ctx.changed.connect(self._laid.clear)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        row = index.data(ROW)
        wide = max(120, self._width())
        if isinstance(row, DayRow):
            return QSize(wide, self._ctx.line("meta") + 16)
        at = self._places(wide, bool(row.media))
        tall = self._words(row, at)[1] if body(row) else 0.0
        media = self._ctx.line("body") + 10 if row.media else 0
        tall += media + (4 if media and body(row) else 0)
        if at.stacked:
            return QSize(wide, round(tall) + self._ctx.line("body") + 20)
        return QSize(wide, max(40, round(tall) + 18))

    def end_rect(self, rect: QRect) -> QRect:
        """Where "goes too" stands, as large as a finger."""
        wide = round(self._places(rect.width(), False).end_wide) + 12
        x = rect.left() if self._mirrored() else rect.right() - wide
        return QRect(x, rect.top(), wide, rect.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row, rect = index.data(ROW), QRectF(option.rect)
        painter.save()
        if isinstance(row, DayRow):
            painter.fillRect(rect, self._ctx.colour("sunken"))
            text_line(
                painter, rect.adjusted(12, 0, -12, 0), row.words, self._ctx.font("meta", weight=600),
                self._ctx.colour("muted"), Qt.AlignmentFlag.AlignLeft,
            )  # fmt: skip
        elif isinstance(row, EvidenceRow):
            self._message(painter, rect, row, bool(option.state & QStyle.StateFlag.State_HasFocus), index)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), self._ctx.colour("line"))
        painter.restore()

    def _message(self, painter: QPainter, rect: QRectF, row: EvidenceRow, focus: bool, index: AnyIndex) -> None:
        chosen = row.goes == CHOSEN
        if chosen:
            painter.fillRect(rect, self._ctx.colour("accent-soft"))
        at, ctx = self._places(rect.width(), bool(row.media)), self._ctx
        line = ctx.line("body")
        top = rect.top() + (8 if at.stacked else (rect.height() - self._tall(row, at)) / 2)
        first = QRectF(rect.left(), top, rect.width(), line)
        size = ctx.px(20)
        check = QRectF(0, first.center().y() - size / 2, size, size)
        check.moveLeft(self._x(rect, at.check, size))
        draw_check(painter, ctx, check, chosen, self._view.devicePixelRatioF())
        muted = ctx.colour("muted" if not chosen else "text")
        time = ctx.font("secondary", tabular=True)
        self._line(painter, first, rect, at.time, ctx.px(44), clock(row.at), time, ctx.colour("muted"))
        strong, end = ctx.font("secondary", weight=600), goes(row, self._left(index, row))
        wide = at.name_wide
        if at.stacked:
            wide = max(40.0, rect.width() - at.name - QFontMetricsF(ctx.font("meta")).horizontalAdvance(end) - 24)
        own = row.direction == "out"
        self._line(painter, first, rect, at.name, wide, who(row), strong, ctx.colour("muted" if own else "text"))
        if end:
            place = self._x(rect, rect.width() - at.end_wide - 12, at.end_wide)
            area, font = QRectF(place, top, at.end_wide, line), ctx.font("meta")
            text_line(painter, area, end, font, ctx.colour("muted"), Qt.AlignmentFlag.AlignRight)
        y = top + (line + 4 if at.stacked else 0)
        if body(row):
            layout, height, _ = self._words(row, at)
            painter.setPen(ctx.colour("text") if chosen else muted)
            layout.draw(painter, QPointF(self._x(rect, at.body, at.body_wide), y))
            y += height + 4
        if row.media:
            self._media(painter, rect, row, at, y)
        if focus:
            box(painter, rect.adjusted(1, 1, -1, -2), None, ctx.colour("focus"), 2, 4)

    def _media(self, painter: QPainter, rect: QRectF, row: EvidenceRow, at: _Places, y: float) -> None:
        """A dashed box of words: the picture is not opened, not shown and not sent."""
        ctx, words = self._ctx, media_words(row)
        font = ctx.font("secondary")
        wide = min(at.body_wide, QFontMetricsF(font).horizontalAdvance(words) + 40)
        area = QRectF(self._x(rect, at.body, wide), y - 2, wide, ctx.line("body") + 8)
        painter.setPen(QPen(ctx.colour("field-border"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(ctx.colour("raised"))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        pixmap = ctx.pixmap("image-off", "muted", 16, self._view.devicePixelRatioF())
        mirrored = self._mirrored()
        painter.drawPixmap(QPointF(area.right() - 26 if mirrored else area.left() + 10, area.center().y() - 8), pixmap)
        inner = area.adjusted(8, 0, -32, 0) if mirrored else area.adjusted(32, 0, -8, 0)
        text_line(painter, inner, words, font, ctx.colour("muted"))

    def _line(
        self,
        painter: QPainter,
        first: QRectF,
        rect: QRectF,
        x: float,
        wide: float,
        words: str,
        font: QFont,
        colour: QColor,
    ) -> None:
        area = QRectF(self._x(rect, x, wide), first.top(), wide, first.height())
        text_line(painter, area, words, font, colour)

    def _places(self, width: float, media: bool) -> _Places:
        """A row keeps room for what may stand at its end, so that its words do not move when it is ticked."""
        ctx = self._ctx
        size, time, name = ctx.px(20), ctx.px(44), ctx.px(84)
        metrics = QFontMetricsF(ctx.font("meta"))
        ends = (tr("goes too"), tr("left out"), *((tr("say that it was sent"),) if media else ()))
        end = max(metrics.horizontalAdvance(one) for one in ends) + 4
        stacked = width < _STACKED * ctx.scale / 100
        if stacked:
            start = 12.0 + size + 12
            name_wide = max(40.0, width - start - time - end - 24)
            return _Places(True, 12, start, start + time + 4, name_wide, start, max(60.0, width - start - 12), end)
        first = 12.0 + size + 12
        words = first + time + 8 + name + 8
        body_wide = max(60.0, width - words - end - 24)
        return _Places(False, 12, first, first + time + 8, name, words, body_wide, end)

    def _tall(self, row: EvidenceRow, at: _Places) -> float:
        media = self._ctx.line("body") + 8 if row.media else 0
        words = self._words(row, at)[1] if body(row) else 0.0
        return words + media + (4 if words and media else 0)

    def _words(self, row: EvidenceRow, at: _Places) -> Laid:
        words, wide = body(row), round(at.body_wide)
        key = (row.message, words, wide)
        found = self._laid.get(key)
        if found is None:
            if len(self._laid) > _KEEP:
                self._laid.clear()
            found = self._laid[key] = lay_out(words, self._ctx.font("body"), wide, self._ctx.line("body"))
        return found

    def _left(self, index: AnyIndex, row: EvidenceRow) -> bool:
        model = index.model()
        return isinstance(model, LinesModel) and model.left_out(row.message)

    def _x(self, rect: QRectF, x: float, wide: float) -> float:
        return rect.right() - x - wide if self._mirrored() else rect.left() + x

    def _mirrored(self) -> bool:
        return self._view.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _width(self) -> int:
        view = self._view
        return view.viewport().width() if isinstance(view, QListView) else view.width()


class LinesView(QListView):
    """The list. Space or a click ticks; Delete, or a click on "goes too", takes a line out; ends ask for more."""

    toggled = Signal(int)
    left = Signal(int)
    at_top = Signal()
    at_end = Signal()

    def __init__(self, ctx: ThemeContext, model: LinesModel) -> None:
        super().__init__()
        self._ctx, self._lines = ctx, model
        self._delegate = LinesDelegate(ctx, self)
        self.ring_radius = 10
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)  # not drawn; see MessageList
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(180)
        a11y.name(
            self, "messages.list", tr("Messages to choose from"),
            tr("Space chooses a message. Delete leaves out one that goes too."),
        )  # fmt: skip
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        ctx.changed.connect(self.scheduleDelayedItemsLayout)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        box(painter, QRectF(self.viewport().rect()), None, self._ctx.colour("field-border"), 1, 2)
        painter.end()

    def row(self, index: AnyIndex) -> EvidenceRow | None:
        """The message at an index, None for a day."""
        found = index.data(ROW)
        return found if isinstance(found, EvidenceRow) else None

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed(event.position().toPoint())

    def _pressed(self, at: QPoint) -> None:
        index = self.indexAt(at)
        row = self.row(index)
        if row is None:
            return
        aside = row.goes == CONTEXT or self._lines.left_out(row.message)
        if aside and self._delegate.end_rect(self.visualRect(index)).contains(at):
            self.left.emit(row.message)
        else:
            self.toggled.emit(row.message)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.row(self.currentIndex())
        if row is not None and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Select):
            self.toggled.emit(row.message)
            return
        if row is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.left.emit(row.message)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # Before Qt, which would take the first line, a day.
        if not self.currentIndex().isValid() and self._lines.rowCount() > 1:
            self.setCurrentIndex(
                self.indexAt(QPoint(20, 60)) if self.indexAt(QPoint(20, 60)).isValid() else self._lines.index(1)
            )
        super().focusInEvent(event)
        a11y.say_row(self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos()) if event.reason() == QContextMenuEvent.Reason.Mouse else self.currentIndex()
        row = self.row(index)
        if row is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        choose = QAction(tr("Take the tick away") if row.goes == CHOSEN else tr("Choose this message"), menu)
        choose.triggered.connect(lambda: self.toggled.emit(row.message))
        menu.addAction(choose)
        if row.goes != CHOSEN:
            out = self._lines.left_out(row.message)
            leave = QAction(tr("Let it go too") if out else tr("Leave this out"), menu)
            leave.setEnabled(out or row.goes == CONTEXT)
            leave.triggered.connect(lambda: self.left.emit(row.message))
            menu.addAction(leave)
        menu.popup(self.viewport().mapToGlobal(self.visualRect(index).center()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def _scrolled(self, value: int) -> None:
        bar = self.verticalScrollBar()
        if value <= bar.minimum() + 80:
            self.at_top.emit()
        if value >= bar.maximum() - 80:
            self.at_end.emit()
