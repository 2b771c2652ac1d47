"""One of several: radio rows, and radio cards that open to hold fields. None is chosen at the start."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QRadioButton, QVBoxLayout, QWidget

from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.paint import box
from messenger.ui.widgets.rows import ChoiceRow


def draw_radio(painter: QPainter, ctx: ThemeContext, rect: QRectF, on: bool) -> None:
    """A radio disc of the given size."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if on:
        painter.setPen(QPen(ctx.colour("accent"), rect.width() * 0.3))
        painter.setBrush(ctx.colour("on-accent"))
        inset = rect.width() * 0.15
        painter.drawEllipse(rect.adjusted(inset, inset, -inset, -inset))
    else:
        painter.setPen(QPen(ctx.colour("field-border"), 1))
        painter.setBrush(ctx.colour("raised"))
        painter.drawEllipse(rect.adjusted(0.5, 0.5, -0.5, -0.5))


class RadioRow(ChoiceRow, QRadioButton):
    """One of several: title, a second line, an icon at the end. `framed` draws its own box (56 px high)."""

    def __init__(
        self,
        ctx: ThemeContext,
        text: str,
        ident: str,
        note: str = "",
        icon: str = "",
        framed: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._dress(ctx, text, ident, note, icon, framed)

    def _mark(self, painter: QPainter, rect: QRectF, on: bool) -> None:
        draw_radio(painter, self._ctx, rect, on)


class RadioCard(QFrame):
    """A radio row whose card opens to hold fields. Put the cards' `radio` into one QButtonGroup."""

    def __init__(
        self, ctx: ThemeContext, text: str, note: str, icon: str, ident: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.radio = RadioRow(ctx, text, ident, note, icon, framed=False)
        self.body = QWidget()
        self.body_layout = QVBoxLayout(self.body)
        self.body_layout.setContentsMargins(49, 4, 17, 17)
        self.body_layout.setSpacing(12)
        self.body.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.radio)
        column.addWidget(self.body)
        self.radio.toggled.connect(self._toggled)
        ctx.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.radio.isChecked()
        edge = self._ctx.colour("accent" if on else "field-border")
        box(painter, QRectF(self.rect()), self._ctx.colour("raised"), edge, 2 if on else 1, 12)
        painter.end()

    def _toggled(self, on: bool) -> None:
        self.body.setVisible(on and self.body_layout.count() > 0)
        self.update()


def group(owner: QWidget, buttons: list[QAbstractButton]) -> QButtonGroup:
    """One of these, although they lie in different parents. None is chosen."""
    made = QButtonGroup(owner)
    made.setExclusive(True)
    for number, one in enumerate(buttons):
        made.addButton(one, number)
    return made
