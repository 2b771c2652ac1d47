"""The look of a row to choose: a disc or a box, a title, a second line, an icon at the end. Radio and check rows share it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QSizePolicy, QWidget

from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.choices import WholeArea, draw_check
from messenger.ui.widgets.paint import Laid, box, lay_out

_RADIUS, _LEAST = 10, 160


class ChoiceRow(WholeArea):
    """Mixed into a radio or check button; 56 px high, more with a note or when its words wrap. `weight` of a title alone."""

    weight = 400

    def _dress(self, ctx: ThemeContext, text: str, ident: str, note: str, icon: str, framed: bool) -> None:
        """Take the words and the look. Called once by the class that mixes this in, after its own Qt base."""
        button = self._button()
        self._ctx, self._note, self._icon, self._framed = ctx, note, icon, framed
        self.ring_radius = _RADIUS
        button.setText(text.replace("&", "&&"))
        a11y.name(button, ident, text, note)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        button.setSizePolicy(policy)
        ctx.changed.connect(button.updateGeometry)

    def _button(self) -> QAbstractButton:
        assert isinstance(self, QAbstractButton)
        return self

    def words(self) -> str:
        """The title."""
        return self._button().text().replace("&&", "&")

    def sizeHint(self) -> QSize:
        wide = QFontMetricsF(self._ctx.font("message", weight=500)).horizontalAdvance(self.words())
        # A row that lies somewhere already asks for the height that it needs there, so that no page is too high by guess.
        width = self._button().width()
        return QSize(round(wide) + self._around() + 4, self.heightForWidth(width if width > _LEAST else 400))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._around() + 72), 56)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(66 if self._note else 56, round(self._lay(width)[2]) + 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)  # type: ignore[misc]
        if self.heightForWidth(event.size().width()) != self.heightForWidth(max(1, event.oldSize().width())):
            self._button().updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        button = self._button()
        painter = QPainter(button)
        on, area = button.isChecked(), QRectF(button.rect())
        if self._framed:
            fill = "accent-soft" if on else "hover" if button.underMouse() or button.isDown() else "raised"
            edge = "accent" if on else "field-border"
            box(painter, area, self._ctx.colour(fill), self._ctx.colour(edge), 2 if on else 1, _RADIUS)
        title, note, height = self._lay(button.width())
        size, middle = self._ctx.px(20), area.center().y()
        mirrored = button.layoutDirection() == Qt.LayoutDirection.RightToLeft

        def place(x: float, width: float) -> float:
            return area.width() - x - width if mirrored else x

        self._mark(painter, QRectF(place(16, size), middle - size / 2, size, size), on)
        wide = button.width() - self._around()
        x, top = place(16 + size + 12, wide), middle - height / 2
        painter.setPen(self._ctx.colour("text"))
        title[0].draw(painter, QPointF(x, top))
        if note is not None:
            painter.setPen(self._ctx.colour("muted"))
            note[0].draw(painter, QPointF(x, top + title[1]))
        if self._icon:
            pixmap = self._ctx.pixmap(self._icon, "accent-text" if on else "muted", size, button.devicePixelRatioF())
            painter.drawPixmap(QPointF(place(area.width() - 16 - size, size), middle - size / 2), pixmap)
        painter.end()

    def _mark(self, painter: QPainter, rect: QRectF, on: bool) -> None:
        """The disc or the box before the words."""
        raise NotImplementedError  # abstract: a radio row draws a disc, a check row a box

    def _around(self) -> int:
        size = self._ctx.px(20)
        return 16 + size + 12 + 16 + (size + 12 if self._icon else 0)

    def _lay(self, width: int) -> tuple[Laid, Laid | None, float]:
        wide = max(40, width - self._around())
        weight = 600 if self._note else 500 if not self._framed else self.weight
        title = lay_out(self.words(), self._ctx.font("message", weight=weight), wide, self._ctx.line("message"))
        note = None
        if self._note:
            note = lay_out(self._note, self._ctx.font("secondary"), wide, self._ctx.line("secondary"))
        return title, note, title[1] + (note[1] if note else 0)


class CheckRow(ChoiceRow, QCheckBox):
    """One of several that may be ticked together."""

    weight = 500

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
        draw_check(painter, self._ctx, rect, on, self.devicePixelRatioF())
