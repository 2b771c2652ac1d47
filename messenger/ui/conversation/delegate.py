"""Paints messages from kept layouts; measures a row once for each width."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from messenger.domain.message import DeliveryState
from messenger.i18n import tr
from messenger.ui.conversation.bubble import Bubble, measure
from messenger.ui.conversation.model import MessageModel, Row
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.choices import draw_check
from messenger.ui.widgets.paint import box, corners, elided, text_line

_KEPT = 800
_CORNER, _JOINED, _ASIDE = 14.0, 4.0, 24.0
Index = QModelIndex | QPersistentModelIndex


class MessageDelegate(QStyledItemDelegate):
    """`choosing` shows a check mark beside each message; `marked` is the message that was jumped to."""

    def __init__(self, ctx: ThemeContext, parent: QListView) -> None:
        super().__init__(parent)
        self._list = parent
        self._ctx = ctx
        self._kept: OrderedDict[tuple[int, int], Bubble] = OrderedDict()
        self.choosing = False
        self.marked: int | None = None
        self.key_focus = False
        ctx.changed.connect(self._kept.clear)

    def bubble(self, row: Row, width: int, mirrored: bool = False) -> Bubble:
        """The layout of a row, kept as long as nothing of it changes."""
        key = (row.view.id, width)
        found = self._kept.get(key)
        if found is not None and (found.row is row or found.row == row):
            self._kept.move_to_end(key)
            return found
        made = self._kept[key] = measure(self._ctx, row, width, mirrored)
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return made

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(MessageModel.ROW)
        width = self.width()
        return (
            QSize(width, round(self.bubble(row, width, self._mirrored()).height))
            if row is not None
            else QSize(width, 0)
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(MessageModel.ROW)
        if row is None:
            return
        area = QRectF(option.rect)
        made = self.bubble(row, self.width(), self._mirrored())
        painter.save()
        painter.translate(area.topLeft())
        self._paint_band(painter, area, made)
        if made.chip is not None:
            self._paint_chip(painter, made.chip, row.day)
        if made.new_line is not None:
            self._paint_new_line(painter, made.new_line)
        aside = self._aside(made)
        painter.translate(aside, 0)
        self._paint_bubble(painter, made)
        current = self._list.currentIndex() == index
        if current and self.key_focus:
            box(painter, made.rect.adjusted(-4, -4, 4, 4), None, self._ctx.colour("focus"), 2, _CORNER + 4)
        painter.translate(-aside, 0)
        if self.choosing:
            self._paint_choice(painter, made)
        painter.restore()

    def _aside(self, made: Bubble) -> float:
        """While messages are chosen, those beside the boxes move over, so that the boxes have air on both sides."""
        if not self.choosing or made.mine:
            return 0.0
        return -_ASIDE if self._mirrored() else _ASIDE

    def width(self) -> int:
        """The width that rows are laid out for: the scroll bar lies in the margin, so that nothing moves with it."""
        return int(self._list.width())

    def _mirrored(self) -> bool:
        return bool(self._list.layoutDirection() == Qt.LayoutDirection.RightToLeft)

    def _paint_band(self, painter: QPainter, area: QRectF, made: Bubble) -> None:
        if made.row.chosen or self.marked == made.row.view.id:
            band = QRectF(0, made.rect.top() - 2, area.width(), made.rect.height() + 4)
            painter.fillRect(band, self._ctx.colour("accent-soft"))

    def _paint_chip(self, painter: QPainter, rect: QRectF, words: str) -> None:
        box(painter, rect, self._ctx.colour("raised"), self._ctx.colour("line"), 1, rect.height() / 2)
        font = self._ctx.font("meta", weight=500)
        text_line(painter, rect, words, font, self._ctx.colour("muted"), Qt.AlignmentFlag.AlignHCenter)

    def _paint_new_line(self, painter: QPainter, rect: QRectF) -> None:
        font, colour = self._ctx.font("meta", weight=600), self._ctx.colour("accent-text")
        words = tr("New messages")
        painter.setFont(font)
        wide = painter.fontMetrics().horizontalAdvance(words) + 24
        middle = rect.center().y()
        painter.setPen(QPen(self._ctx.colour("accent"), 1))
        painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.center().x() - wide / 2, middle))
        painter.drawLine(QPointF(rect.center().x() + wide / 2, middle), QPointF(rect.right(), middle))
        text_line(painter, rect, words, font, colour, Qt.AlignmentFlag.AlignHCenter)

    def _paint_bubble(self, painter: QPainter, made: Bubble) -> None:
        ctx, row = self._ctx, made.row
        above = _JOINED if row.joined_above else _CORNER
        below = _JOINED if row.joined_below else _CORNER
        at_end = made.mine != self._mirrored()
        side = (_CORNER, above, below, _CORNER) if at_end else (above, _CORNER, _CORNER, below)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lined = not made.mine or ctx.theme.name == "contrast"
        painter.setPen(QPen(ctx.colour("bubble-in-line"), 1) if lined else Qt.PenStyle.NoPen)
        painter.setBrush(ctx.colour("bubble-own" if made.mine else "bubble-in"))
        shape = made.rect.adjusted(0.5, 0.5, -0.5, -0.5) if lined else made.rect
        painter.drawPath(corners(shape, *side))
        if made.who is not None:
            self._paint_who(painter, made, made.who)
        if made.quote is not None:
            self._paint_quote(painter, made)
        for one in made.files:
            self._paint_file(painter, one.rect, one.name, one.detail, made.mine)
        if made.body is not None:
            painter.setPen(ctx.colour(self._body_role(made)))
            made.body.draw(painter, made.body_at)
        if made.more is not None:
            font = ctx.font("body", weight=600)
            text_line(painter, made.more, tr("Show more"), font, ctx.colour("accent-text"))
        self._paint_meta(painter, made)

    def _body_role(self, made: Bubble) -> str:
        if made.row.view.retracted:
            return "bubble-own-meta" if made.mine else "muted"
        return "bubble-own-text" if made.mine else "text"

    def _paint_who(self, painter: QPainter, made: Bubble, rect: QRectF) -> None:
        ctx, mirrored = self._ctx, self._mirrored()
        font = ctx.font("secondary", weight=600)
        text_line(painter, rect, elided(made.who_name, font, rect.width()), font, ctx.colour(made.who_role))
        if made.alike is None:
            return
        size = ctx.px(14)
        x = made.alike.right() - size if mirrored else made.alike.left()
        pixmap = ctx.pixmap("circle-alert", "notice-icon", size, self._ratio(painter))
        painter.drawPixmap(QPointF(round(x), round(made.alike.center().y() - size / 2)), pixmap)
        room = made.alike.adjusted(0, 0, -size - 6, 0) if mirrored else made.alike.adjusted(size + 6, 0, 0, 0)
        plain = ctx.font("secondary")
        text_line(painter, room, elided(made.alike_text, plain, room.width()), plain, ctx.colour("text"))

    def _paint_quote(self, painter: QPainter, made: Bubble) -> None:
        ctx, rect = self._ctx, made.quote
        assert rect is not None
        box(painter, rect, ctx.colour("bubble-own-quote" if made.mine else "bubble-in-quote"), None, 0, 6)
        mirrored = self._mirrored()
        bar = QRectF(rect.right() - 3 if mirrored else rect.left(), rect.top(), 3, rect.height())
        box(painter, bar, ctx.colour("accent"), None, 0, 1.5)
        half = (rect.height() - 8) / 2
        inside = rect.adjusted(9, 4, -12, -4) if mirrored else rect.adjusted(12, 4, -9, -4)
        name, words = QRectF(inside), QRectF(inside)
        name.setHeight(half)
        words.setTop(inside.top() + half)
        text_line(painter, name, made.quote_name, ctx.font("secondary", weight=600), ctx.colour("accent-text"))
        role = "bubble-own-text" if made.mine else "text"
        text_line(painter, words, made.quote_body, ctx.font("secondary"), ctx.colour(role))

    def _paint_file(self, painter: QPainter, rect: QRectF, name: str, detail: str, mine: bool) -> None:
        ctx = self._ctx
        mirrored = self._mirrored()
        square = QRectF(rect.right() - 40 if mirrored else rect.left(), rect.center().y() - 20, 40, 40)
        box(painter, square, ctx.colour("bubble-own-quote" if mine else "accent-soft"), None, 0, 8)
        pixmap = ctx.pixmap("file-text", "accent-text", 20, self._ratio(painter))
        painter.drawPixmap(QPointF(square.left() + 10, square.top() + 10), pixmap)
        words = rect.adjusted(0, 0, -52, 0) if mirrored else rect.adjusted(52, 0, 0, 0)
        first, second = QRectF(words), QRectF(words)
        first.setHeight(ctx.line("body"))
        second.setTop(words.top() + ctx.line("body"))
        role, meta = ("bubble-own-text", "bubble-own-meta") if mine else ("text", "muted")
        font = ctx.font("body", weight=500)
        text_line(painter, first, elided(name, font, words.width()), font, ctx.colour(role))
        text_line(painter, second, detail, ctx.font("meta"), ctx.colour(meta))

    def _paint_meta(self, painter: QPainter, made: Bubble) -> None:
        ctx, rect = self._ctx, QRectF(made.meta_rect)
        role = "bubble-own-meta" if made.mine else "muted"
        if made.tick:
            size = ctx.px(16)
            read = made.row.view.state is DeliveryState.READ
            pixmap = ctx.pixmap(made.tick, "accent-text" if read else role, size, self._ratio(painter))
            painter.drawPixmap(QPointF(rect.right() - size, round(rect.center().y() - size / 2)), pixmap)
            rect.setRight(rect.right() - size - 4)
        text_line(painter, rect.adjusted(0, 0, 1, 0), made.meta, ctx.font("meta", tabular=True), ctx.colour(role))

    def _paint_choice(self, painter: QPainter, made: Bubble) -> None:
        left = 16.0 if not self._mirrored() else self.width() - 34.0
        mark = QRectF(left, made.rect.center().y() - 9, 18, 18)
        draw_check(painter, self._ctx, mark, made.row.chosen, self._ratio(painter))

    def _ratio(self, painter: QPainter) -> float:
        device = painter.device()
        return float(device.devicePixelRatio()) if device is not None else 1.0
