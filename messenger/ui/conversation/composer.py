"""The box to write a message in: several lines, Enter sends, unsent words are kept, a reply or change shown above."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.message import MessageView
from messenger.i18n import tr
from messenger.ui.plain import shorten, visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import FILLED, Button, IconButton
from messenger.ui.widgets.fields import TextArea
from messenger.ui.widgets.labels import ElidedLabel, TextLabel
from messenger.ui.widgets.paint import elided
from messenger.ui.widgets.pictures import Picture

LONGEST = 20_000  # characters in one message
_LINES, _LINES_LOW = 6, 2
_DRAFT_MS, _STILL_MS = 600, 4_000
_SLIM = 400  # px at 100 %: less air at the sides


class Writer(TextArea):
    """The box itself. Takes plain text only; a huge paste is cut before Qt lays it out (security.md S29)."""

    sent = Signal()
    edit_last = Signal()
    left = Signal()
    cut_short = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("Message"), "composer.text", lines=1)
        self.enter_sends, self._low = True, False
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow()

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 44)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        room = max(0, LONGEST - self.document().characterCount() + len(self.textCursor().selectedText()))
        if len(text) > room:
            text = shorten(text[: room + 64], room) if room else ""
            self.cut_short.emit()
        self.insertPlainText(text.replace("\0", ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if (enter and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier and self.enter_sends) or (
            enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            if not event.isAutoRepeat():  # a key that is held sends once
                self.sent.emit()
        elif event.key() == Qt.Key.Key_Up and self.document().isEmpty():
            self.edit_last.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text().isprintable() and event.text() and self.document().characterCount() > LONGEST:
            self.cut_short.emit()
        else:
            super().keyPressEvent(event)

    def set_low(self, low: bool) -> None:
        """In a low window the box stays low and scrolls."""
        if low != self._low:
            self._low = low
            self._grow()

    def _grow(self, *_: object) -> None:
        most = _LINES_LOW if self._low else _LINES
        lines = min(most, max(1, round(self.document().documentLayout().documentSize().height())))
        step = self.fontMetrics().lineSpacing()
        wanted = max(44, lines * step + 24)
        self.setFixedHeight(wanted)
        many = self.document().documentLayout().documentSize().height() > most
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if many else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )

    def _renew(self) -> None:
        super()._renew()
        if hasattr(self, "enter_sends"):
            self._grow()


class Composer(Surface):
    """The writer, what is answered or changed, and Send, which is never off."""

    send_wanted = Signal(str)
    draft_changed = Signal(str)
    typing_changed = Signal(bool)
    edit_last_wanted = Signal()
    left = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "window", "t", parent)
        self._typing = False
        self._loading = False
        self._ctx, self._hint = ctx, ""
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 16, 12)
        column.setSpacing(8)
        column.addWidget(self._make_context(ctx))
        self._note = TextLabel(ctx, "", "secondary", "muted")
        self._note.hide()
        column.addWidget(self._note)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.writer = Writer(ctx)
        self.send = Button(ctx, tr("Send"), "composer.send", FILLED, "send", height=44)
        self.send.set_padding(16)
        row.addWidget(self.writer, 1)
        row.addWidget(self.send, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(row)
        self._draft = self._timer(_DRAFT_MS, self._keep_draft)
        self._still = self._timer(_STILL_MS, self._stop_typing)
        self.writer.textChanged.connect(self._changed)
        self.writer.sent.connect(self._send)
        self.writer.edit_last.connect(self.edit_last_wanted)
        self.writer.left.connect(self.left)
        self.writer.cut_short.connect(lambda: self.note(tr("This is as long as one message can be.")))
        self.send.clicked.connect(self._send)

    def text(self) -> str:
        """What is written now."""
        return self.writer.toPlainText()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        slim = self.width() < self._ctx.px(_SLIM)
        self._column.setContentsMargins(12 if slim else 24, 12, 12 if slim else 16, 12)
        self.send.set_padding(12 if slim else 16)
        self._show_hint()

    def _show_hint(self) -> None:
        """Whom the words go to, on one line: Qt would break it and show the half."""
        room = self.writer.width() - 24
        self.writer.setPlaceholderText(elided(self._hint, self._ctx.font("message"), room))

    def load(self, text: str, name: str) -> None:
        """Begin with the kept words of another chat."""
        self._loading = True
        self._draft.stop()
        self.writer.setPlainText(text[:LONGEST])
        self.writer.moveCursor(self.writer.textCursor().MoveOperation.End)
        self._hint = tr("Write to {name}").format(name=name)
        self.writer.setAccessibleDescription(self._hint)
        self._show_hint()
        self.note("")
        self._loading = False

    def rewrite(self, text: str) -> None:
        """Put other words in the place of what is written; kept and taken back like words that were typed."""
        cursor = self.writer.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text[:LONGEST])
        self.writer.setTextCursor(cursor)

    def add(self, text: str) -> None:
        """Put words behind what is written. Nothing is sent."""
        before = self.text()
        gap = " " if before and not before[-1].isspace() else ""
        cursor = self.writer.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        cursor.insertText(f"{gap}{text}"[: max(0, LONGEST - len(before))])
        self.writer.setTextCursor(cursor)

    def flush(self) -> None:
        """Keep the words now: the chat or the window goes away."""
        if self._draft.isActive():
            self._draft.stop()
            self._keep_draft()
        self._stop_typing()

    def note(self, words: str) -> None:
        """A line of our own above the box, or none."""
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def show_context(self, view: MessageView | None, change: bool = False) -> None:
        """Show the message that is answered or changed, or nothing."""
        self._context.setVisible(view is not None)
        if view is not None:
            name = tr("Change your message") if change else tr("Reply to {name}").format(name=visible(view.sender_name))
            self._context_icon.set_icon("pencil" if change else "reply")
            self._context_name.setText(name)
            self._context_words.setText(visible(view.body, 200))

    def _make_context(self, ctx: ThemeContext) -> QWidget:
        self._context = QWidget()
        row = QHBoxLayout(self._context)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._context_name = ElidedLabel(ctx, "", "secondary", "accent-text", weight=600)
        self._context_words = ElidedLabel(ctx, "", "secondary", "muted")
        self._context_icon = Picture(ctx, "reply", "accent-text", 18)
        words.addWidget(self._context_name)
        words.addWidget(self._context_words)
        row.addWidget(self._context_icon)
        row.addLayout(words, 1)
        close = IconButton(ctx, "x", tr("Leave this"), "composer.leave", size=32, icon_size=18)
        close.clicked.connect(self.left)
        row.addWidget(close)
        self._context.hide()
        return self._context

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def _changed(self) -> None:
        if self._loading:
            return
        self._draft.start()
        if self.text().strip():
            self._still.start()
            if not self._typing:
                self._typing = True
                self.typing_changed.emit(True)
        else:
            self._stop_typing()

    def _stop_typing(self) -> None:
        self._still.stop()
        if self._typing:
            self._typing = False
            self.typing_changed.emit(False)

    def _keep_draft(self) -> None:
        self.draft_changed.emit(self.text())

    def _send(self) -> None:
        text = self.text().strip()
        if not text:
            self.note(tr("Write something first."))
            self.writer.setFocus()
            return
        self._draft.stop()
        self._stop_typing()
        self.note("")
        self.send_wanted.emit(text)
