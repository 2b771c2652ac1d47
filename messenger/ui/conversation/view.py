"""One chat on the screen: header, place for notices, messages, typing line, composer or the bar for chosen messages."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from messenger.domain.conversation import ChatSummary
from messenger.domain.message import DeliveryState, Direction, MessageView
from messenger.i18n import ntr, tr
from messenger.ui import a11y
from messenger.ui.conversation.composer import Composer
from messenger.ui.conversation.header import ChatHeader
from messenger.ui.conversation.listing import MessageList, draw_dots
from messenger.ui.conversation.model import MessageModel
from messenger.ui.conversation.outside import OutsideBar
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import EmptyState, Surface, draw_badge
from messenger.ui.widgets.buttons import LINK, REPORT, Button, pressed_by_enter
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.paint import box, text_line
from messenger.ui.widgets.pictures import AvatarPainter

_LOW = 320  # px at 100 %


class JumpButton(QPushButton):
    """Floats above the end of the list while newer messages are out of sight."""

    def __init__(self, ctx: ThemeContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx, self._count = ctx, 0
        self.ring_radius = 20
        a11y.name(self, "conversation.jump", tr("Newest message"))
        self.setToolTip(tr("Newest message"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.resize(44, 52)
        self.hide()

    def set_count(self, count: int) -> None:
        """How many came in the meantime."""
        self._count = count
        words = ntr("{n} new message", "{n} new messages", count) if count else tr("Newest message")
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(44, 52)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        disc = QRectF(2, 10, 40, 40)
        ground = "hover" if self.underMouse() else "raised"
        box(painter, disc, self._ctx.colour(ground), self._ctx.colour("line-strong"), 1, 20)
        pixmap = self._ctx.pixmap("arrow-down", "text", 20, self.devicePixelRatioF())
        painter.drawPixmap(12, 20, pixmap)
        if self._count:
            draw_badge(painter, self._ctx, 43, 10, self._count)
        painter.end()


class TypingLine(QWidget):
    """ "Ann is writing". Keeps its height, so that nothing jumps."""

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._words, self._low = ctx, "", False
        ctx.changed.connect(self._renew)
        self._renew()

    def set_low(self, low: bool) -> None:
        """In a low window the line is there only while somebody writes: the messages need the place."""
        if low != self._low:
            self._low = low
            self._renew()

    def say(self, words: str) -> None:
        """Show these words, or nothing."""
        self._words = words
        self.setAccessibleName(words)
        self._renew()

    def words(self) -> str:
        """What it says now."""
        return self._words

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ctx.colour("canvas"))
        if self._words:
            muted = self._ctx.colour("muted")
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            draw_dots(painter, muted, self.width() - 48 if mirrored else 25, self.height() / 2 - 2)
            area = QRectF(56, -2, self.width() - 112, self.height())
            text_line(painter, area, self._words, self._ctx.font("secondary"), muted)
        painter.end()

    def _renew(self) -> None:
        self.setFixedHeight(8 if self._low and not self._words else max(32, self._ctx.line("secondary") + 8))
        self.update()


class ChooseBar(Surface):
    """Stands in the composer's place while messages are chosen."""

    copy = Signal()
    report = Signal()
    done = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "window", "t", parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 16, 12)
        row.setSpacing(12)
        self._count = TextLabel(ctx, "", "body", weight=600)
        row.addWidget(self._count, 1)
        for words, ident, kind, icon, signal in (
            (tr("Cancel"), "choose.done", LINK, "", self.done),
            (tr("Copy"), "choose.copy", "quiet", "copy", self.copy),
            (tr("Report these"), "choose.report", REPORT, "octagon-alert", self.report),
        ):
            button = Button(ctx, words, ident, kind, icon, height=44)
            if kind == LINK:
                button.set_padding(8)
            button.clicked.connect(signal)
            row.addWidget(button)

    def set_count(self, count: int) -> None:
        """How many are chosen."""
        words = ntr("{n} message chosen", "{n} messages chosen", count) if count else tr("Choose messages")
        self._count.setText(words)
        if count and self.isVisible():
            a11y.announce(self, words)


class Area(QWidget):
    """A place for a bar of our own. `first` is where F6 lands in it."""

    first: QWidget | None = None


class ConversationPane(QWidget):
    """The right side of the window. Draws and emits; the presenter decides."""

    message_deed = Signal(str, int)
    narrowed = Signal(bool)

    def __init__(
        self, ctx: ThemeContext, painter: AvatarPainter, model: MessageModel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.ctx = ctx
        self._stack = QStackedLayout(self)
        self.empty = _empty(ctx)
        self._stack.addWidget(self.empty)
        chat = Surface(ctx, "canvas")
        column = QVBoxLayout(chat)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.header = ChatHeader(ctx, painter)
        self.notice_area = Area()
        self.notices = QVBoxLayout(self.notice_area)
        self.notices.setContentsMargins(16, 12, 16, 8)
        self.notice_area.hide()
        self.pause_area = Area()
        self.pauses = QVBoxLayout(self.pause_area)
        self.pauses.setContentsMargins(16, 0, 16, 12)
        self.pause_area.hide()
        self.list = MessageList(ctx, model)
        self.list.setMinimumHeight(24)  # with large text in a low window the head and the notes are not squeezed for it
        self.nothing = EmptyState(ctx, "message-circle", tr("No messages yet"), tr("Say hello."), ident="chat.empty")
        self.nothing.setParent(self.list)
        self.nothing.hide()
        self.typing = TypingLine(ctx)
        self.composer = Composer(ctx)
        self.outside = OutsideBar(ctx)
        self.choose_bar = ChooseBar(ctx)
        self.choose_bar.hide()
        self.jump = JumpButton(ctx, chat)
        for widget, stretch in (
            (self.header, 0),
            (self.notice_area, 0),
            (self.list, 1),
            (self.typing, 0),
            (self.pause_area, 0),
            (self.composer, 0),
            (self.outside, 0),
            (self.choose_bar, 0),
        ):
            column.addWidget(widget, stretch)
        self._stack.addWidget(chat)
        self.request_area = Area()
        self._requests = QVBoxLayout(self.request_area)
        self._requests.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.request_area)
        self.list.installEventFilter(self)
        self.list.choosing_changed.connect(self._choosing)
        model.chosen_changed.connect(self.choose_bar.set_count)
        self.list.menu_wanted.connect(lambda message, at: self.message_menu(model, message).popup(at))
        self.jump.raise_()

    def show_chat(self, chat: ChatSummary) -> None:
        """Show the chat's head and its page."""
        self.header.show_chat(chat)
        self.list.setAccessibleName(tr("Messages with {name}").format(name=visible(chat.title)))
        self._stack.setCurrentIndex(1)

    def show_outside(self, words: str, again: str = "") -> None:
        """In the composer's place: that this account is not in the group now. '' brings the composer back."""
        self.outside.say(words, again)
        self.composer.setVisible(not words and self.choose_bar.isHidden())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < self.ctx.px(_LOW)
        self.typing.set_low(low)
        self.composer.writer.set_low(low)

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window the way back to the list is in the head."""
        self.header.set_narrow(narrow)
        self.narrowed.emit(narrow)

    def put_requests(self, page: QWidget) -> None:
        """The page of people who are not accepted yet; made when it is first needed."""
        self._requests.addWidget(page)

    def show_requests(self, first: QWidget) -> None:
        """Show that page in the place of head, messages and composer; `first` is where the keyboard lands."""
        self.request_area.first = first
        self._stack.setCurrentWidget(self.request_area)

    def landing(self) -> QWidget | None:
        """Where one goes on in what is shown: the composer, or a request; None where there is nothing."""
        if self._stack.currentWidget() is self.request_area:
            return self.request_area.first
        return self.composer.writer if self.shows_chat() else None

    def show_nothing(self) -> None:
        """No chat is open."""
        self._stack.setCurrentIndex(0)

    def shows_chat(self) -> bool:
        """Whether a chat is on the screen."""
        return self._stack.currentIndex() == 1

    def message_menu(self, model: MessageModel, message: int) -> QMenu:
        """The menu of a message."""
        menu = QMenu(self)
        menu.setAccessibleName(tr("Message"))
        number = model.row_of(message)
        if number is not None:
            for deed, words, icon in _deeds(model.message(number)):
                action = menu.addAction(self.ctx.icon(icon, "muted"), words)
                action.triggered.connect(lambda _=False, what=deed: self.message_deed.emit(what, message))
        menu.addSeparator()
        action = menu.addAction(self.ctx.icon("octagon-alert", "report-text"), tr("Report abuse"))
        action.triggered.connect(lambda: self.message_deed.emit("report", message))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.list and event.type() in {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show}:
            corner = self.list.geometry().bottomRight()
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            x = self.list.geometry().left() + 20 if mirrored else corner.x() - 64
            self.jump.move(QPoint(x, corner.y() - 56))
            self.nothing.setGeometry(self.list.rect())
        return False

    def _choosing(self, on: bool) -> None:
        (self.list if on else self.composer.writer).setFocus(Qt.FocusReason.OtherFocusReason)
        self.choose_bar.setVisible(on)
        self.choose_bar.set_count(1 if on else 0)
        self.composer.setVisible(not on and self.outside.isHidden())
        if not on and self.outside.isHidden():
            self.composer.writer.setFocus(Qt.FocusReason.OtherFocusReason)


def _empty(ctx: ThemeContext) -> QWidget:
    ground = Surface(ctx, "canvas")
    column = QVBoxLayout(ground)
    words = tr("Choose a chat in the list, or start one with someone you know.")
    column.addWidget(EmptyState(ctx, "messages-square", tr("Your chats are here"), words, ident="conversation.empty"))
    return ground


def _deeds(view: MessageView) -> list[tuple[str, str, str]]:
    mine = view.direction is Direction.OUT
    deeds: list[tuple[str, str, str]] = []
    if mine and view.state is DeliveryState.FAILED:
        deeds.append(("resend", tr("Try again"), "refresh-cw"))
    if not view.retracted:
        deeds.append(("reply", tr("Reply"), "reply"))
        deeds.append(("copy", tr("Copy"), "copy"))
    if mine and not view.retracted:
        deeds.append(("change", tr("Change"), "pencil"))
        deeds.append(("retract", tr("Take back"), "undo-2"))
    deeds.append(("choose", tr("Choose messages"), "list-checks"))
    return deeds
