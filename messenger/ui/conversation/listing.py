"""The list of messages: scrolling by pages, jumping, choosing several, links, and the keys for all of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFrame, QListView, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.conversation.delegate import MessageDelegate
from messenger.ui.conversation.model import MessageModel, Row
from messenger.ui.conversation.scrolling import PagedList
from messenger.ui.theme.context import ThemeContext

_MARK_MS = 1_800


class MessageList(PagedList):
    """Emits what the person wants; never decides it."""

    link_pressed = Signal(str)
    menu_wanted = Signal(int, object)
    resend_wanted = Signal(int)
    quote_pressed = Signal(int)
    choosing_changed = Signal(bool)

    def __init__(self, ctx: ThemeContext, model: MessageModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._ctx = ctx
        self._delegate = MessageDelegate(ctx, self)
        self.ring_off = True
        a11y.name(self, "conversation.messages", tr("Messages"))
        self.setItemDelegate(self._delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Not drawn. Without it a screen reader says "not selected" after every message.
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._unmark = QTimer(self)
        self._unmark.setSingleShot(True)
        self._unmark.setInterval(_MARK_MS)
        self._unmark.timeout.connect(self._end_mark)
        ctx.changed.connect(self._renew)
        self._renew()

    @property
    def delegate(self) -> MessageDelegate:
        """The painter of the rows."""
        return self._delegate

    def is_choosing(self) -> bool:
        """Whether messages are being chosen."""
        return self._delegate.choosing

    def show_message(self, message: int, mark: bool = True) -> bool:
        """Bring a message into sight; False when it is not in the window."""
        number = self._model.row_of(message)
        if number is None:
            return False
        self._quiet = True
        self.executeDelayedItemsLayout()
        self.scrollTo(self._model.index(number, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
        self.setCurrentIndex(self._model.index(number, 0))
        self._quiet = False
        self._at_end = self._is_at_end()
        self.at_end_changed.emit(self._at_end)
        if mark:
            self._delegate.marked = message
            self._unmark.start()
        self.viewport().update()
        return True

    def start_choosing(self, message: int | None = None) -> None:
        """Show check marks; `message` is chosen first."""
        self._delegate.choosing = True
        if message is not None:
            self._model.choose(message)
        self.viewport().update()
        self.choosing_changed.emit(True)

    def stop_choosing(self) -> None:
        """Take the check marks away."""
        if not self._delegate.choosing:
            return
        self._delegate.choosing = False
        self._model.choose_none()
        self.viewport().update()
        self.choosing_changed.emit(False)

    def current_message(self) -> int | None:
        """The message that the keyboard is on."""
        index = self.currentIndex()
        return self._model.message(index.row()).id if index.isValid() else None

    def focusInEvent(self, event: QFocusEvent) -> None:
        # The newest, and before Qt, which would take the oldest.
        if not self.currentIndex().isValid() and self._model.rowCount():
            self.setCurrentIndex(self._model.index(self._model.rowCount() - 1, 0))
        super().focusInEvent(event)
        self._delegate.key_focus = event.reason() not in {
            Qt.FocusReason.MouseFocusReason,
            Qt.FocusReason.PopupFocusReason,
        }
        a11y.say_row(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._delegate.key_focus = False
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._delegate.key_focus = True
        message = self.current_message()
        key = event.key()
        menu = key == Qt.Key.Key_Menu or (
            key == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        )
        if key == Qt.Key.Key_Escape and self._delegate.choosing:
            self.stop_choosing()
        elif message is not None and key == Qt.Key.Key_Space:
            self._toggle(message)
        elif message is not None and menu:
            rect = self.visualRect(self.currentIndex())
            self.menu_wanted.emit(message, self.viewport().mapToGlobal(rect.center()))
        elif message is not None and key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter(message)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._delegate.key_focus = False
        row, inside = self._hit(event.position())
        if row is None:
            super().mousePressEvent(event)
            return
        message = row.view.id
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_wanted.emit(message, event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            self.setCurrentIndex(self._model.index(self._model.row_of(message) or 0, 0))
            several = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            if self._delegate.choosing or several:
                self._toggle(message)
            else:
                self._press(row, inside)
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A second press is a press, so that quick choosing works."""
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row, inside = self._hit(event.position())
        over = False
        if row is not None:
            made = self._delegate.bubble(row, self._delegate.width(), self._mirrored())
            over = made.link_at(inside) is not None or (made.more is not None and made.more.contains(inside))
            over = over or (made.quote is not None and made.quote.contains(inside))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            return True
        return super().viewportEvent(event)

    def _enter(self, message: int) -> None:
        """The one thing that a message offers: go on choosing, show more, open its first link."""
        number = self._model.row_of(message)
        if number is None:
            return
        if self._delegate.choosing:
            self._toggle(message)
            return
        made = self._delegate.bubble(self._model.row(number), self._delegate.width(), self._mirrored())
        if made.more is not None:
            self._model.show_more(message)
        elif made.spans:
            self.link_pressed.emit(made.spans[0].url)

    def _press(self, row: Row, inside: QPointF) -> None:
        made = self._delegate.bubble(row, self._delegate.width(), self._mirrored())
        url = made.link_at(inside)
        if url is not None:
            self.link_pressed.emit(url)
        elif made.more is not None and made.more.contains(inside):
            self._model.show_more(row.view.id)
        elif made.quote is not None and made.quote.contains(inside) and row.view.reply_id is not None:
            self.quote_pressed.emit(row.view.reply_id)

    def _toggle(self, message: int) -> None:
        if not self._delegate.choosing:
            self.start_choosing(message)
        else:
            self._model.choose(message)

    def _hit(self, position: QPointF) -> tuple[Row | None, QPointF]:
        index = self.indexAt(position.toPoint())
        if not index.isValid():
            return None, QPointF()
        return self._model.row(index.row()), position - QPointF(self.visualRect(index).topLeft())

    def _mirrored(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def _end_mark(self) -> None:
        self._delegate.marked = None
        self.viewport().update()

    def _renew(self) -> None:
        palette = QPalette(QApplication.palette())
        palette.setColor(QPalette.ColorRole.Base, self._ctx.colour("canvas"))
        self.setPalette(palette)
        # With a style sheet on the application the viewport keeps the colours that it was polished with.
        self.viewport().setPalette(palette)
        self.scheduleDelayedItemsLayout()
        self.viewport().update()


def draw_dots(painter: QPainter, colour: QColor, x: float, middle: float) -> None:
    """The three still dots of "is writing"."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for number, strength in enumerate((1.0, 0.65, 0.35)):
        shade = QColor(colour)
        shade.setAlphaF(strength)
        painter.setBrush(shade)
        painter.drawEllipse(QPointF(x + 3 + number * 8, middle), 3, 3)
