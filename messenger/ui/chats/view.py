"""The list column: account header, search, requests, chats or what a search found, and the tip of the day."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QListView,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from messenger.domain.tip import Tip
from messenger.i18n import ntr, tr
from messenger.ui import a11y
from messenger.ui.accounts.header import AccountHeader
from messenger.ui.chats.delegate import ChatDelegate
from messenger.ui.chats.model import ChatListModel
from messenger.ui.chats.results import ResultsModel
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import EmptyState, Line, Surface, badge_width, draw_badge
from messenger.ui.widgets.buttons import LINK, Button, IconButton, pressed_by_enter
from messenger.ui.widgets.fields import LineEdit
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.paint import box, text_line
from messenger.ui.widgets.pictures import AvatarPainter, Picture

_TALL, _LOW = 400, 300  # px at 100 %: a lower list keeps its place for chats: the tip is one line, then no status line


class RowList(QListView):
    """A plain list of painted rows. `keys` is on while the keyboard moves it."""

    chosen = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, ctx: ThemeContext, ident: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.ring_off = True
        a11y.name(self, ident, words)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalScrollBar().setSingleStep(32)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        ctx.changed.connect(self._renew)
        self._renew()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.setProperty("keys", True)
        row = self.currentIndex().row()
        if row >= 0 and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.chosen.emit(row)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setProperty(
            "keys", event.reason() not in {Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason}
        )
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            at = self.visualRect(index).center() if by_key else event.pos()
            self.menu_wanted.emit(index.row(), self.viewport().mapToGlobal(at))

    def _renew(self) -> None:
        palette = QPalette(QApplication.palette())
        palette.setColor(QPalette.ColorRole.Base, self._ctx.colour("window"))
        self.setPalette(palette)
        # With a style sheet on the application the viewport keeps the colours that it was polished with.
        self.viewport().setPalette(palette)
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


class RequestsRow(QPushButton):
    """People who wait for an answer. Hidden when nobody does."""

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._count, self._open = ctx, 0, False
        self.ring_radius, self.ring_offset = 10, -2
        a11y.name(self, "chats.requests", tr("Requests"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()
        ctx.changed.connect(self.updateGeometry)

    def set_open(self, on: bool) -> None:
        """Whether a request stands beside the list."""
        self._open = on
        self.update()

    def set_count(self, count: int) -> None:
        """How many wait."""
        self._count = count
        self.setAccessibleName(tr("Requests") + ", " + str(count))
        self.setVisible(count > 0)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, max(48, self._ctx.line("body") + 28))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(8, 0, -8, 0)
        if self._open:
            box(painter, area, self._ctx.colour("accent-soft"), None, 0, 10)
        elif self.underMouse() or self.isDown():
            box(painter, area, self._ctx.colour("hover"), None, 0, 10)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        middle, ratio = area.center().y(), self.devicePixelRatioF()
        size, tip = min(40, self._ctx.px(20)), min(28, self._ctx.px(16))
        icon = self._ctx.pixmap("user-plus", "muted", size, ratio)
        x = area.right() - 30 if mirrored else area.left() + 30  # the middle of the pictures below
        painter.drawPixmap(QPointF(x - size / 2, round(middle - size / 2)), icon)
        end = 40 + tip + badge_width(self._ctx, self._count)
        words = area.adjusted(end, 0, -64, 0) if mirrored else area.adjusted(64, 0, -end, 0)
        text_line(painter, words, tr("Requests"), self._ctx.font("body", weight=500), self._ctx.colour("text"))
        wide, gap = badge_width(self._ctx, self._count), 22 + tip / 2
        right = area.left() + gap + wide if mirrored else area.right() - gap
        draw_badge(painter, self._ctx, right, middle, self._count)
        name = "chevron-left" if mirrored else "chevron-right"
        arrow = self._ctx.pixmap(name, "muted", tip, ratio)
        x = area.left() + 16 if mirrored else area.right() - 16
        painter.drawPixmap(QPointF(x - tip / 2, round(middle - tip / 2)), arrow)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()


class TipStrip(Surface):
    """The tip of the day below the list. Takes a Tip; never changes under the reader by itself."""

    pressed = Signal(str)

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "window", "t", parent)
        self._action = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 12)
        row.setSpacing(10)
        row.addWidget(Picture(ctx, "lightbulb", "notice-icon", 20), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        top = QHBoxLayout()
        top.addWidget(TextLabel(ctx, tr("Tip of the day"), "meta", "muted", weight=600), 1)
        self.more = Button(ctx, tr("Read it"), "tip.more", LINK, height=24, style="secondary")
        self.more.setAccessibleName(tr("Read the tip"))
        self.more.clicked.connect(lambda: self.pressed.emit(self._action))
        top.addWidget(self.more)
        words.addLayout(top)
        self.body = TextLabel(ctx, "", "secondary")
        words.addWidget(self.body)
        row.addLayout(words, 1)
        self.hide()

    def show_tip(self, tip: Tip | None) -> None:
        """Show a tip, or hide for None."""
        self.setVisible(tip is not None)
        if tip is not None:
            self._action = tip.action
            self.body.setText(tip.title)

    def set_brief(self, brief: bool) -> None:
        """Only that there is one, where the chats need the place."""
        self.body.setVisible(not brief)


class ChatsPane(Surface):
    """320 px wide at 100 %. `header` is the account's."""

    def __init__(
        self,
        ctx: ThemeContext,
        avatars: AvatarPainter,
        header: AccountHeader,
        chats: ChatListModel,
        results: ResultsModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(ctx, "window", "r", parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        self._header = header
        column.addWidget(header)
        self.search = LineEdit(ctx, tr("Search or start a chat"), "chats.search", "search", height=40)
        self.search.setPlaceholderText(tr("Search or start a chat"))
        self.search.setClearButtonEnabled(False)
        self.hint = TextLabel(ctx, "Ctrl K", "meta", "muted")
        self.search.set_end(self.hint)
        self.clear = IconButton(ctx, "x", tr("Leave the search"), "chats.search.leave", size=32, icon_size=18)
        self.clear.setParent(self.search)
        self.clear.hide()
        self.search.textChanged.connect(lambda words: self.search.set_end(self.clear if words else self.hint))
        box_row = QHBoxLayout()
        box_row.setContentsMargins(16, 0, 16, 8)
        box_row.addWidget(self.search)
        column.addLayout(box_row)
        self.requests = RequestsRow(ctx)
        column.addWidget(self.requests)
        self._rule = QWidget()
        rule = QHBoxLayout(self._rule)
        rule.setContentsMargins(72, 4, 16, 4)
        rule.addWidget(Line(ctx))
        self._rule.hide()
        column.addWidget(self._rule)
        self.list = RowList(ctx, "chats.list", tr("Chats"))
        self.list.setModel(chats)
        self.list.setItemDelegate(ChatDelegate(ctx, avatars, self.list))
        self.results = RowList(ctx, "chats.results", tr("Found"))
        self.results.setModel(results)
        self.results.setItemDelegate(ChatDelegate(ctx, avatars, self.results))
        words = tr("Add someone you know. They have to say yes before you can chat.")
        self.empty = EmptyState(ctx, "users", tr("No chats yet"), words, tr("Add a person"), "chats.empty")
        self.none = EmptyState(ctx, "search", tr("Nothing found"), tr("Try other words."), ident="chats.none")
        self.signed_out = EmptyState(
            ctx, "log-in", tr("You are not signed in"), tr("Sign in to see your chats."), tr("Sign in"), "chats.signin"
        )
        self._stack = QStackedWidget()
        for page in (self.list, self.results, self.empty, self.none, self.signed_out):
            self._stack.addWidget(page)
        column.addWidget(self._stack, 1)
        self.tip = TipStrip(ctx)
        column.addWidget(self.tip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tip.set_brief(self.height() < self._ctx.px(_TALL))
        self._header.set_brief(self.height() < self._ctx.px(_LOW))

    def show_part(self, part: QWidget) -> None:
        """Show the list, the results or one of the empty states."""
        self._stack.setCurrentWidget(part)

    def part(self) -> QWidget | None:
        """What is shown now."""
        return self._stack.currentWidget()

    def set_requests(self, count: int) -> None:
        """Show or hide the requests row."""
        self.requests.set_count(count)
        self._rule.setVisible(count > 0)
        if count:
            self.requests.setAccessibleDescription(ntr("{n} person wants to write", "{n} people want to write", count))
