"""One of several: radio rows, and radio cards that open to hold fields. None is chosen at the start."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.choices import WholeArea
from messenger.ui.widgets.paint import Laid, box, lay_out

_RADIUS = 10


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


class RadioRow(WholeArea, QRadioButton):
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
        self._ctx, self._note, self._icon, self._framed = ctx, note, icon, framed
        self.ring_radius = _RADIUS
        self.setText(text.replace("&", "&&"))
        a11y.name(self, ident, text, note)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        ctx.changed.connect(self.updateGeometry)

    def words(self) -> str:
        """The title."""
        return self.text().replace("&&", "&")

    def sizeHint(self) -> QSize:
        wide = QFontMetricsF(self._ctx.font("message", weight=500)).horizontalAdvance(self.words())
        return QSize(round(wide) + self._around() + 4, self.heightForWidth(400))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._around() + 72), 56)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(66 if self._note else 56, round(self._lay(width)[2]) + 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on, area = self.isChecked(), QRectF(self.rect())
        if self._framed:
            fill = "accent-soft" if on else "hover" if self.underMouse() or self.isDown() else "raised"
            edge = "accent" if on else "field-border"
            box(painter, area, self._ctx.colour(fill), self._ctx.colour(edge), 2 if on else 1, _RADIUS)
        title, note, height = self._lay(self.width())
        size, middle = self._ctx.px(20), area.center().y()
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft

        def place(x: float, width: float) -> float:
            return area.width() - x - width if mirrored else x

        draw_radio(painter, self._ctx, QRectF(place(16, size), middle - size / 2, size, size), on)
        wide = self.width() - self._around()
        x, top = place(16 + size + 12, wide), middle - height / 2
        painter.setPen(self._ctx.colour("text"))
        title[0].draw(painter, QPointF(x, top))
        if note is not None:
            painter.setPen(self._ctx.colour("muted"))
            note[0].draw(painter, QPointF(x, top + title[1]))
        if self._icon:
            pixmap = self._ctx.pixmap(self._icon, "accent-text" if on else "muted", size, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(place(area.width() - 16 - size, size), middle - size / 2), pixmap)
        painter.end()

    def _around(self) -> int:
        size = self._ctx.px(20)
        return 16 + size + 12 + 16 + (size + 12 if self._icon else 0)

    def _lay(self, width: int) -> tuple[Laid, Laid | None, float]:
        wide = max(40, width - self._around())
        weight = 600 if self._note else 500 if not self._framed else 400
        title = lay_out(self.words(), self._ctx.font("message", weight=weight), wide, self._ctx.line("message"))
        note = None
        if self._note:
            note = lay_out(self._note, self._ctx.font("secondary"), wide, self._ctx.line("secondary"))
        return title, note, title[1] + (note[1] if note else 0)


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
