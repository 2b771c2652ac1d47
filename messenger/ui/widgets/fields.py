"""Fields: a label, a line or a box to write in, a hint and, after a try, what is wrong in words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMargins, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.paint import box
from messenger.ui.widgets.pictures import Picture

_RADIUS, _INSET = 10, 14
_BULLET = "\u2022"


def _clear_base(widget: QWidget) -> None:
    """The control's own ground is drawn by us; Qt must not fill it."""
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Base, QColor(0, 0, 0, 0))
    widget.setPalette(palette)


class LineEdit(QLineEdit):
    """One line to write in. Right clicks give Qt's own menu."""

    def __init__(
        self, ctx: ThemeContext, words: str, ident: str, icon: str = "", height: int = 44, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ctx, self._icon, self._height = ctx, icon, height
        self._wrong = False
        self.ring_radius, self.ring_offset = _RADIUS, 1
        self._end: QWidget | None = None
        a11y.name(self, ident, words)
        self.setFrame(False)
        _clear_base(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ctx.changed.connect(self._renew)
        self._renew()

    def set_end(self, widget: QWidget) -> None:
        """Put a small widget inside, at the end. The one that was there before stays hidden."""
        if self._end is not None and self._end is not widget:
            self._end.hide()
        self._end = widget
        if widget.parent() is not self:
            widget.setParent(self)
        widget.show()
        self._renew()

    def set_wrong(self, wrong: bool) -> None:
        """Mark the field after a try; the words beside it say why."""
        self._wrong = wrong
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._ctx.px(240), max(self._height, self._ctx.line("body") + 20))

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        live = self.isEnabled()
        edge = "text" if self._wrong else "field-border" if live else "line"
        fill = self._ctx.colour("raised" if live else "sunken")
        box(painter, QRectF(self.rect()), fill, self._ctx.colour(edge), 2 if self._wrong else 1, _RADIUS)
        if self._icon:
            size = self._ctx.px(18)
            pixmap = self._ctx.pixmap(self._icon, "muted", size, self.devicePixelRatioF())
            x = _INSET if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else self.width() - _INSET - size
            painter.drawPixmap(x, round((self.height() - size) / 2), pixmap)
        painter.end()
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_end()

    def _place_end(self) -> None:
        if self._end is None:
            return
        size = self._end.sizeHint()
        tall = min(size.height(), self.height() - 4)
        x = self.width() - size.width() - _INSET
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            x = _INSET
        self._end.setGeometry(x, (self.height() - tall) // 2, size.width(), tall)

    def _renew(self) -> None:
        self.setFont(self._ctx.font("message"))
        # Qt adds 2 px of its own on each side of the words.
        start = _INSET - 2 + (self._ctx.px(18) + 8 if self._icon else 0)
        end = _INSET - 2 + (self._end.sizeHint().width() + 8 if self._end is not None else 0)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            start, end = end, start
        self.setTextMargins(QMargins(start, 0, end, 0))
        self._place_end()
        self.updateGeometry()
        self.update()


class SecretEdit(LineEdit):
    """A line whose letters are hidden until they are shown.

    Qt tells the accessibility bus each letter that comes into a hidden line, and a screen reader may say it (seen with
    Qt 6.11 and Orca 43.1). So Qt holds bullets only, one a letter; the letters are kept here.
    """

    def __init__(self, ctx: ThemeContext, words: str, ident: str) -> None:
        super().__init__(ctx, words, ident)
        self._kept = ""
        super().setEchoMode(QLineEdit.EchoMode.Password)
        self.textChanged.connect(self._follow)

    def text(self) -> str:
        """What was written."""
        return self._kept if self._hides() else super().text()

    def setText(self, text: str | None) -> None:
        """Fill the line."""
        if self._hides():
            self._kept = (text or "")[: self.maxLength()]
            self._show(_BULLET * len(self._kept))
        else:
            super().setText(text)

    def setEchoMode(self, mode: QLineEdit.EchoMode) -> None:
        """Hide the letters or show them."""
        text = self.text()
        with QSignalBlocker(self):
            super().setText("")
            super().setEchoMode(mode)
            self.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys, words = QKeySequence.StandardKey, event.text()
        control, alt = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
        held = event.modifiers() & (control | alt | Qt.KeyboardModifier.MetaModifier)
        if not self._hides():
            super().keyPressEvent(event)
        elif event.matches(keys.Paste):
            self._put(QGuiApplication.clipboard().text())
        elif event.matches(keys.Undo) or event.matches(keys.Redo):
            event.accept()
        elif words and words.isprintable() and held in (Qt.KeyboardModifier.NoModifier, control | alt):
            self._put(words)  # Control and Alt together are the AltGr of Windows
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if self._hides() and event.commitString():
            self._put(event.commitString())
        else:
            super().inputMethodEvent(event)

    def _hides(self) -> bool:
        return self.echoMode() != QLineEdit.EchoMode.Normal

    def _put(self, words: str) -> None:
        """Write in the place of what is selected."""
        start = self.selectionStart() if self.hasSelectedText() else self.cursorPosition()
        end = start + self.selectionLength()
        rest = self._kept[end:]
        room = self.maxLength() - start - len(rest)
        words = "".join(one for one in words if one.isprintable())[: max(0, room)]
        self._kept = self._kept[:start] + words + rest
        self._show(_BULLET * len(self._kept))
        self.setCursorPosition(start + len(words))

    def _show(self, bullets: str) -> None:
        """As many bullets as there are letters; that something changed is told also where their number did not."""
        same = bullets == super().text()
        super().setText(bullets)
        if same:
            self.textChanged.emit(bullets)

    def _follow(self, seen: str) -> None:
        """What Qt did by itself: it took bullets out, or put letters in (its menu, a reader's own way to write)."""
        if not self._hides():
            return
        lead = len(seen) - len(seen.lstrip(_BULLET))
        trail = len(seen) - len(seen.rstrip(_BULLET))
        lost = len(self._kept) - len(seen)
        if lead < len(seen):
            inside = seen[lead : len(seen) - trail].replace(_BULLET, "")
            self._kept = self._kept[:lead] + inside + self._kept[max(lead, len(self._kept) - trail) :]
            with QSignalBlocker(self):
                super().setText(_BULLET * len(self._kept))
        elif lost > 0:
            place = self.cursorPosition()
            self._kept = self._kept[:place] + self._kept[place + lost :]
        elif lost < 0:
            self.setText("")  # nobody knows which letters these are


class TextArea(QPlainTextEdit):
    """A box to write several lines in. Tab goes on to the next control."""

    def __init__(
        self, ctx: ThemeContext, words: str, ident: str, lines: int = 5, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ctx, self._lines = ctx, lines
        self._wrong = False
        self.ring_radius, self.ring_offset = _RADIUS, 1
        a11y.name(self, ident, words)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        _clear_base(self)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.setViewportMargins(_INSET, 11, 6, 9)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        ctx.changed.connect(self._renew)
        self._renew()

    def set_wrong(self, wrong: bool) -> None:
        """Mark the box after a try."""
        self._wrong = wrong
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._ctx.px(320), self._lines * self._ctx.line("message") + 22)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, min(3, self._lines) * self._ctx.line("message") + 22)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            painter = QPainter(self)
            edge = self._ctx.colour("text" if self._wrong else "field-border")
            box(painter, QRectF(self.rect()), self._ctx.colour("raised"), edge, 2 if self._wrong else 1, _RADIUS)
            painter.end()
            return True
        return super().event(event)

    def _renew(self) -> None:
        self.setFont(self._ctx.font("message"))
        # The placeholder is drawn with the viewport's own font.
        self.viewport().setFont(self._ctx.font("message"))
        self.updateGeometry()
        self.update()


class Field(QWidget):
    """A labelled line: label above, hint below, then what is wrong. `secret` hides the letters, with Show beside."""

    changed = Signal(str)

    def __init__(
        self,
        ctx: ThemeContext,
        label: str,
        ident: str,
        hint: str = "",
        secret: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._label = label
        self._turn: Callable[[], None] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.caption = TextLabel(ctx, label, "secondary", weight=600)
        self.edit = SecretEdit(ctx, label, ident) if secret else LineEdit(ctx, label, ident)
        self.caption.setBuddy(self.edit)
        column.addWidget(self.caption)
        column.addWidget(self.edit)
        self.hint = TextLabel(ctx, hint, "secondary", "muted")
        column.addWidget(self.hint)  # before it is shown: without a parent it would be a window of its own
        self.hint.setVisible(bool(hint))
        self._fault = QWidget()
        row = QHBoxLayout(self._fault)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._fault_words = TextLabel(ctx, "", "secondary", weight=600)
        mark = QVBoxLayout()
        mark.setContentsMargins(0, 2, 0, 0)  # in the middle of the first line
        mark.addWidget(Picture(ctx, "circle-alert", "text", 16))
        mark.addStretch(1)
        row.addLayout(mark)
        row.addWidget(self._fault_words, 1)
        self._fault.hide()
        column.addWidget(self._fault)
        self.edit.setAccessibleDescription(hint)
        self.edit.textChanged.connect(self._tell)
        if secret:
            self._add_show(ctx, ident)

    def text(self) -> str:
        """What was written."""
        return self.edit.text()

    def _tell(self) -> None:
        self.changed.emit(self.edit.text())

    def set_text(self, text: str) -> None:
        """Fill the field."""
        self.edit.setText(text)

    def forget(self) -> None:
        """Take a secret out for good and hide the letters again: what Qt only clears can be brought back by Undo."""
        self.edit.setText("")
        if self.edit.echoMode() == QLineEdit.EchoMode.Normal and self._turn is not None:
            self._turn()

    def set_error(self, words: str) -> None:
        """Say what is wrong, or nothing."""
        self._fault_words.setText(words)
        self._fault.setVisible(bool(words))
        self.edit.set_wrong(bool(words))
        self.edit.setAccessibleDescription(words or self.hint.text())

    def _add_show(self, ctx: ThemeContext, ident: str) -> None:
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
        button = Button(ctx, tr("Show"), f"{ident}.show", LINK, "eye", height=32)
        button.setAccessibleName(tr("Show the password"))

        def flip() -> None:
            hidden = self.edit.echoMode() == QLineEdit.EchoMode.Password
            self.edit.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
            button.set_icon("eye-off" if hidden else "eye")
            button.set_words(
                tr("Hide") if hidden else tr("Show"), tr("Hide the password") if hidden else tr("Show the password")
            )
            self.edit.set_end(button)

        self._turn = flip
        button.clicked.connect(flip)
        self.edit.set_end(button)
        QWidget.setTabOrder(self.edit, button)
