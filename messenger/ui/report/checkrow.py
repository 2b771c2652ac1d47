"""A row to tick: the look of a radio row with a box, for a question with several answers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.choices import WholeArea, draw_check
from messenger.ui.widgets.paint import Laid, box, lay_out

_RADIUS = 10


class CheckRow(WholeArea, QCheckBox):
    """One of several that may be ticked together; 56 px high, more when its words wrap."""

    def __init__(self, ctx: ThemeContext, text: str, ident: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.ring_radius = _RADIUS
        self.setText(text.replace("&", "&&"))
        a11y.name(self, ident, text)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        ctx.changed.connect(self.updateGeometry)

    def words(self) -> str:
        """What stands beside the box."""
        return self.text().replace("&&", "&")

    def sizeHint(self) -> QSize:
        wide = QFontMetricsF(self._ctx.font("message", weight=500)).horizontalAdvance(self.words())
        return QSize(round(wide) + self._start() + 20, self.heightForWidth(400))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._start() + 88), 56)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(56, round(self._lay(width)[1]) + 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on, area, size = self.isChecked(), QRectF(self.rect()), self._ctx.px(20)
        fill = "accent-soft" if on else "hover" if self.underMouse() or self.isDown() else "raised"
        edge = self._ctx.colour("accent" if on else "field-border")
        box(painter, area, self._ctx.colour(fill), edge, 2 if on else 1, _RADIUS)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = area.width() - 16 - size if mirrored else 16.0
        tick = QRectF(left, area.center().y() - size / 2, size, size)
        draw_check(painter, self._ctx, tick, on, self.devicePixelRatioF())
        layout, height, _ = self._lay(self.width())
        painter.setPen(self._ctx.colour("text"))
        x = 16.0 if mirrored else float(self._start())
        layout.draw(painter, QPointF(x, area.center().y() - height / 2))
        painter.end()

    def _start(self) -> int:
        return 16 + self._ctx.px(20) + 12

    def _lay(self, width: int) -> Laid:
        wide = width - self._start() - 16
        return lay_out(self.words(), self._ctx.font("message", weight=500), wide, self._ctx.line("message"))
