"""Paints chat rows, and the rows of a search: headings, chats, messages found, and "start a chat"."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from messenger.domain.conversation import ChatSummary
from messenger.domain.message import DeliveryState, Direction, SearchHit
from messenger.ui import times
from messenger.ui.chats.model import ChatListModel, preview
from messenger.ui.chats.results import Found, ResultsModel
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import badge_width, draw_badge
from messenger.ui.widgets.paint import box, text_line
from messenger.ui.widgets.pictures import AvatarPainter

_TICKS = {
    DeliveryState.QUEUED: "clock-3",
    DeliveryState.SENT: "check",
    DeliveryState.DELIVERED: "check-check",
    DeliveryState.READ: "check-check",
    DeliveryState.FAILED: "circle-alert",
}
Index = QModelIndex | QPersistentModelIndex


class ChatDelegate(QStyledItemDelegate):
    """Rows of 64 px at 100 %, inset by 8."""

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, parent: QListView) -> None:
        super().__init__(parent)
        self._ctx, self._avatars, self._list = ctx, avatars, parent
        self.today = date.today()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        found = index.data(ResultsModel.FOUND)
        if found is not None and found.kind == "heading":
            return QSize(100, self._ctx.line("secondary") + 20)
        return QSize(100, max(64, self._ctx.line("body") + self._ctx.line("secondary") + 24))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(option.rect).adjusted(8, 0, -8, 0)
        found = index.data(ResultsModel.FOUND)
        if found is not None and found.kind == "heading":
            font = self._ctx.font("secondary", weight=600)
            text_line(painter, area.adjusted(8, 8, 0, 0), found.words, font, self._ctx.colour("muted"))
            painter.restore()
            return
        self._ground(painter, area, option)
        inner = area.adjusted(8, 0, -8, 0)
        if found is None:
            self._chat(painter, inner, index.data(ChatListModel.CHAT), option)
        elif found.chat is not None:
            self._chat(painter, inner, found.chat, option)
        else:
            self._found(painter, inner, found)
        painter.restore()

    def _ground(self, painter: QPainter, area: QRectF, option: QStyleOptionViewItem) -> None:
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            box(painter, area, self._ctx.colour("accent-soft"), None, 0, 10)
            if self._ctx.theme.name == "contrast":
                box(painter, area, None, self._ctx.colour("accent"), 2, 10)
        elif state & QStyle.StateFlag.State_MouseOver:
            box(painter, area, self._ctx.colour("hover"), None, 0, 10)
        if state & QStyle.StateFlag.State_HasFocus and self._list.property("keys"):
            box(painter, area.adjusted(1, 1, -1, -1), None, self._ctx.colour("focus"), 2, 9)

    def _chat(self, painter: QPainter, area: QRectF, chat: ChatSummary, option: QStyleOptionViewItem) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        mirrored = self._mirrored()
        disc = QRectF(area.right() - 44 if mirrored else area.left(), area.center().y() - 22, 44, 44)
        show = chat.show if chat.known and not chat.is_room else None
        icon = "users" if chat.is_room else ""
        ground = "accent-soft" if selected else "window"
        self._avatars.draw(painter, disc, chat.counterpart, chat.title, chat.avatar, show, ground, icon)
        words = area.adjusted(0, 0, -56, 0) if mirrored else area.adjusted(56, 0, 0, 0)
        first, second = self._lines(words)
        right = self._right_top(painter, first, chat)
        self._title(painter, first, right, chat)
        right = self._right_bottom(painter, second, chat)
        self._preview(painter, second, right, chat)

    def _lines(self, words: QRectF) -> tuple[QRectF, QRectF]:
        one, two = self._ctx.line("body"), self._ctx.line("secondary")
        top = words.center().y() - (one + two) / 2
        return QRectF(words.left(), top, words.width(), one), QRectF(words.left(), top + one, words.width(), two)

    def _right_top(self, painter: QPainter, line: QRectF, chat: ChatSummary) -> float:
        """Time and tick at the end of the first line; returns the width used."""
        ctx = self._ctx
        font = ctx.font("meta", tabular=True)
        words = times.list_words(chat.at, self.today)
        wide = QFontMetricsF(font).horizontalAdvance(words)
        at = QRectF(line.left() if self._mirrored() else line.right() - wide, line.top(), wide + 1, line.height())
        text_line(painter, at, words, font, ctx.colour("muted"))
        used = wide + 8
        if chat.last_direction is Direction.OUT and chat.last_state in _TICKS and not chat.draft:
            size = ctx.px(16)
            role = "accent-text" if chat.last_state is DeliveryState.READ else "muted"
            x = line.left() + wide + 5 if self._mirrored() else line.right() - wide - 5 - size
            self._icon(painter, _TICKS[chat.last_state], role, size, x, line)
            used += size + 5
        return used

    def _title(self, painter: QPainter, line: QRectF, used: float, chat: ChatSummary) -> None:
        ctx = self._ctx
        font = ctx.font("body", weight=600 if chat.unread and not chat.muted else 500)
        room = line.adjusted(used, 0, 0, 0) if self._mirrored() else line.adjusted(0, 0, -used, 0)
        mark = 22 if chat.muted else 0
        room = room.adjusted(mark, 0, 0, 0) if self._mirrored() else room.adjusted(0, 0, -mark, 0)
        wide = text_line(painter, room, visible(chat.title), font, ctx.colour("text"))
        if chat.muted:
            size = ctx.px(14)
            x = room.right() - wide - 6 - size if self._mirrored() else room.left() + wide + 6
            self._icon(painter, "bell-off", "muted", size, x, line)

    def _right_bottom(self, painter: QPainter, line: QRectF, chat: ChatSummary) -> float:
        """The badge, or the pin; returns the width used."""
        middle = line.center().y()
        if chat.unread:
            right = line.right()
            if self._mirrored():
                right = line.left() + badge_width(self._ctx, chat.unread)
            return draw_badge(painter, self._ctx, right, middle, chat.unread, chat.muted) + 8
        icon = "ban" if chat.blocked else "pin" if chat.pinned else ""
        if icon:
            size = self._ctx.px(14)
            self._icon(painter, icon, "muted", size, line.left() if self._mirrored() else line.right() - size, line)
            return size + 8
        return 0

    def _preview(self, painter: QPainter, line: QRectF, used: float, chat: ChatSummary) -> None:
        ctx = self._ctx
        lead, rest = preview(chat)
        room = line.adjusted(used, 0, 0, 0) if self._mirrored() else line.adjusted(0, 0, -used, 0)
        if lead:
            font = ctx.font("secondary", weight=500)
            wide = text_line(painter, room, lead, font, ctx.colour("accent-text")) + 4
            room = room.adjusted(0, 0, -wide, 0) if self._mirrored() else room.adjusted(wide, 0, 0, 0)
        role = "text" if chat.unread and not chat.muted and not chat.draft else "muted"
        text_line(painter, room, rest, ctx.font("secondary"), ctx.colour(role))

    def _found(self, painter: QPainter, area: QRectF, found: Found) -> None:
        ctx = self._ctx
        mirrored = self._mirrored()
        disc = QRectF(area.right() - 44 if mirrored else area.left(), area.center().y() - 22, 44, 44)
        box(painter, disc, ctx.colour("accent-soft"), None, 0, 22)
        icon = "message-circle" if found.hit is not None else "user-plus"
        pixmap = ctx.pixmap(icon, "accent-text", 20, self._ratio(painter))
        painter.drawPixmap(QPointF(disc.left() + 12, disc.top() + 12), pixmap)
        words = area.adjusted(0, 0, -56, 0) if mirrored else area.adjusted(56, 0, 0, 0)
        first, second = self._lines(words)
        if found.hit is None:
            text_line(painter, first, found.words, ctx.font("body", weight=500), ctx.colour("text"))
            text_line(painter, second, found.note, ctx.font("secondary"), ctx.colour("muted"))
            return
        font, at = ctx.font("meta", tabular=True), times.list_words(found.hit.at, self.today)
        wide = QFontMetricsF(font).horizontalAdvance(at)
        place = QRectF(first.left() if mirrored else first.right() - wide, first.top(), wide + 1, first.height())
        text_line(painter, place, at, font, ctx.colour("muted"))
        room = first.adjusted(wide + 8, 0, 0, 0) if mirrored else first.adjusted(0, 0, -wide - 8, 0)
        title = visible(found.hit.title)
        text_line(painter, room, title, ctx.font("body", weight=500), ctx.colour("text"))
        self._snippet(painter, second, found.hit)

    def _snippet(self, painter: QPainter, line: QRectF, hit: SearchHit) -> None:
        """The words around the match, the match itself in bold."""
        ctx = self._ctx
        strong, plain = ctx.font("secondary", weight=700), ctx.font("secondary")
        x = line.left()
        parts = snippet_parts(hit)
        for words, match in parts:
            if not words or x >= line.right():
                continue
            room = QRectF(x, line.top(), line.right() - x, line.height())
            shown = visible(words.strip(), 300)
            shown = (" " if words[0].isspace() else "") + shown
            shown += " " if words[-1].isspace() and words.strip() else ""
            font = strong if match else plain
            text_line(painter, room, shown, font, ctx.colour("text" if match else "muted"))
            x += QFontMetricsF(font).horizontalAdvance(shown)

    def _icon(self, painter: QPainter, icon: str, role: str, size: int, x: float, line: QRectF) -> None:
        pixmap = self._ctx.pixmap(icon, role, size, self._ratio(painter))
        painter.drawPixmap(QPointF(round(x), round(line.center().y() - size / 2)), pixmap)

    def _mirrored(self) -> bool:
        return self._list.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _ratio(self, painter: QPainter) -> float:
        device = painter.device()
        return float(device.devicePixelRatio()) if device is not None else 1.0


def snippet_parts(hit: SearchHit, lead: int = 18) -> list[tuple[str, bool]]:
    """The snippet in pieces, each with whether it is a match; begins near the first match, so that it is in sight."""
    text = hit.snippet[:600]
    spans = [(start, end) for start, end in hit.spans if 0 <= start < end <= len(text)]
    begin = max(0, spans[0][0] - lead) if spans else 0
    if begin:
        space = text.find(" ", begin, spans[0][0])
        begin = space + 1 if space >= 0 else begin
    parts = [("\u2026", False)] if begin else []
    at = begin
    for start, end in spans:
        if start >= at:
            parts.extend(((text[at:start], False), (text[start:end], True)))
            at = end
    parts.append((text[at:], False))
    return [part for part in parts if part[0]]
