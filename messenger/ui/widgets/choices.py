"""Choices: check boxes, tiles, chips and switches. None is ever chosen at the start by itself."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import pressed_by_enter
from messenger.ui.widgets.paint import Laid, box, lay_out

_RADIUS = 10


def draw_check(painter: QPainter, ctx: ThemeContext, rect: QRectF, on: bool, ratio: float, live: bool = True) -> None:
    """A check box of the given size, with the tick when on."""
    if on:
        box(painter, rect, ctx.colour("accent" if live else "muted"), None, 0, 5)
        size = round(rect.width() * 0.7)
        pixmap = ctx.pixmap("check", "on-accent" if live else "window", size, ratio)
        painter.drawPixmap(QPointF(rect.center().x() - size / 2, rect.center().y() - size / 2), pixmap)
    else:
        box(painter, rect, ctx.colour("raised"), ctx.colour("field-border" if live else "line"), 1, 5)


class WholeArea:
    """Mixed into check and radio buttons: the whole area answers, and hover repaints."""

    def hitButton(self, pos: QPoint) -> bool:
        return bool(self.rect().contains(pos))  # type: ignore[attr-defined]

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)  # type: ignore[misc]
        self.update()  # type: ignore[attr-defined]

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)  # type: ignore[misc]
        self.update()  # type: ignore[attr-defined]


class CheckBox(WholeArea, QCheckBox):
    """A check box with words that wrap."""

    def __init__(self, ctx: ThemeContext, text: str, ident: str, size: int = 20, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._size = ctx, size
        self.ring_radius = 6
        self.setText(text.replace("&", "&&"))
        a11y.name(self, ident, text)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        ctx.changed.connect(self.updateGeometry)

    def words(self) -> str:
        """What stands beside the box."""
        return self.text().replace("&&", "&")

    def sizeHint(self) -> QSize:
        wide = QFontMetricsF(self._ctx.font("body")).horizontalAdvance(self.words())
        return QSize(round(wide) + self._start() + 4, max(28, self._ctx.line("body") + 8))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._start() + 96), max(28, self._ctx.line("body") + 8))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        _, height, _ = lay_out(self.words(), self._ctx.font("body"), width - self._start(), self._ctx.line("body"))
        return max(28, round(height) + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        step, start = self._ctx.line("body"), self._start()
        size = self._ctx.px(self._size)
        layout, height, _ = lay_out(self.words(), self._ctx.font("body"), self.width() - start, step)
        top = (self.height() - height) / 2
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        x = self.width() - size if mirrored else 0
        mark = QRectF(x, top + (step - size) / 2, size, size)
        draw_check(painter, self._ctx, mark, self.isChecked(), self.devicePixelRatioF(), self.isEnabled())
        painter.setPen(self._ctx.colour("text" if self.isEnabled() else "muted"))
        layout.draw(painter, QPointF(0 if mirrored else start, top))
        painter.end()

    def _start(self) -> int:
        return (self._ctx.px(self._size) + 10) if self.words() else self._ctx.px(self._size)


class Tile(WholeArea, QCheckBox):
    """A check tile with an icon: a square of the grid, or with `set_row` one row of a list."""

    def __init__(self, ctx: ThemeContext, text: str, icon: str, ident: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._icon, self._row, self._low = ctx, icon, False, False
        self.ring_radius = _RADIUS
        self.setText(text.replace("&", "&&"))
        a11y.name(self, ident, text)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        ctx.changed.connect(self.updateGeometry)

    def words(self) -> str:
        """What stands on the tile."""
        return self.text().replace("&&", "&")

    def set_row(self, row: bool) -> None:
        """Be a row (narrow windows) or a square."""
        self._row = row
        self.updateGeometry()
        self.update()

    def set_low(self, low: bool) -> None:
        """Take less height, where there is little."""
        if low != self._low:
            self._low = low
            self.updateGeometry()
            self.update()

    def _least(self) -> int:
        return 96 if self._low else 116

    def sizeHint(self) -> QSize:
        wide = 320 if self._row else 205
        return QSize(wide, self.heightForWidth(wide))

    def minimumSizeHint(self) -> QSize:
        wide = 200 if self._row else 130
        return QSize(wide, 56 if self._row else self._least())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        _, height, _ = self._lay(width)
        if self._row:
            return max(56, round(height) + 24)
        return max(self._least(), round(height) + self._ctx.px(24) + 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on, area = self.isChecked(), QRectF(self.rect())
        fill = "accent-soft" if on else "hover" if self.underMouse() or self.isDown() else "raised"
        edge = "accent" if on else "field-border"
        box(painter, area, self._ctx.colour(fill), self._ctx.colour(edge), 2 if on else 1, _RADIUS)
        ratio, size, tick = self.devicePixelRatioF(), self._ctx.px(24), self._ctx.px(20)
        layout, height, _ = self._lay(self.width())
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        icon_x = area.width() - 12 - size if mirrored else 12
        tick_x = 12 if mirrored else area.width() - 12 - tick
        icon = self._ctx.pixmap(self._icon, "accent-text" if on else "muted", size, ratio)
        if self._row:
            middle = area.center().y()
            painter.drawPixmap(QPointF(icon_x, round(middle - size / 2)), icon)
            draw_check(painter, self._ctx, QRectF(tick_x, round(middle - tick / 2), tick, tick), on, ratio)
            painter.setPen(self._ctx.colour("text"))
            layout.draw(painter, QPointF(12 + tick + 12 if mirrored else 12 + size + 12, middle - height / 2))
        else:
            painter.drawPixmap(QPointF(icon_x, 13), icon)
            draw_check(painter, self._ctx, QRectF(tick_x, 12, tick, tick), on, ratio)
            painter.setPen(self._ctx.colour("text"))
            layout.draw(painter, QPointF(13, area.height() - 12 - height))
        painter.end()

    def _lay(self, width: int) -> Laid:
        around = 48 + self._ctx.px(24) + self._ctx.px(20) if self._row else 26
        font = self._ctx.font("body", weight=500)
        return lay_out(self.words(), font, max(40, width - around), self._ctx.line("body"))


class Chip(QPushButton):
    """A pill: a topic to press, or with `checkable` a filter that stays."""

    def __init__(
        self,
        ctx: ThemeContext,
        text: str,
        ident: str,
        icon: str = "",
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._icon = ctx, icon
        self.ring_radius = 18
        self.setText(text.replace("&", "&&"))
        self.setCheckable(checkable)
        self.setAutoDefault(False)
        a11y.name(self, ident, text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        ctx.changed.connect(self.updateGeometry)

    def words(self) -> str:
        """What stands on the chip."""
        return self.text().replace("&&", "&")

    def sizeHint(self) -> QSize:
        wide = QFontMetricsF(self._ctx.font("body", weight=500)).horizontalAdvance(self.words())
        return QSize(round(wide) + self._around(), max(36, self._ctx.line("body") + 16))

    def minimumSizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._ctx.font("body", weight=500))
        longest = max((metrics.horizontalAdvance(word) for word in self.words().split()), default=0.0)
        return QSize(min(self.sizeHint().width(), round(longest) + self._around() + 2), self.sizeHint().height())

    def heightForWidth(self, width: int) -> int:
        if width >= self.sizeHint().width():
            return self.sizeHint().height()
        return max(36, round(self._lay(width)[1]) + 16)

    def _around(self) -> int:
        return 30 + (self._ctx.px(18) + 6 if self._icon else 0)

    def _lay(self, width: int) -> Laid:
        wide = max(24, width - self._around())
        return lay_out(self.words(), self._ctx.font("body", weight=500), wide, self._ctx.line("body"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area, on = QRectF(self.rect()), self.isCheckable() and self.isChecked()
        fill = "accent-soft" if on else "line-strong" if self.isDown() else "hover" if self.underMouse() else "raised"
        edge = self._ctx.colour("accent" if on else "field-border")
        one_line = self.width() >= self.sizeHint().width()
        box(painter, area, self._ctx.colour(fill), edge, 2 if on else 1, area.height() / 2 if one_line else _RADIUS * 2)
        size = self._ctx.px(18)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        start = 15 + (size + 6 if self._icon else 0)
        if self._icon:
            pixmap = self._ctx.pixmap(self._icon, "muted", size, self.devicePixelRatioF())
            x = area.width() - 15 - size if mirrored else 15
            painter.drawPixmap(QPointF(x, round(area.center().y() - size / 2)), pixmap)
        painter.setFont(self._ctx.font("body", weight=500))
        painter.setPen(self._ctx.colour("text"))
        if one_line:
            words = QRectF(15 if mirrored else start, 0, area.width() - start - 13, area.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.words())
        else:
            layout, height, _ = self._lay(self.width())
            layout.draw(painter, QPointF(15 if mirrored else start, (area.height() - height) / 2))
        painter.end()


class Toggle(WholeArea, QCheckBox):
    """A switch, 36 x 20, for a setting that takes effect at once. The row beside it says On or Off in words."""

    changed = Signal(bool)

    def __init__(self, ctx: ThemeContext, words: str, ident: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.ring_radius = 12
        a11y.name(self, ident, words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._showing = False
        self.toggled.connect(self._toggled)
        ctx.changed.connect(self.updateGeometry)

    def setChecked(self, on: bool) -> None:
        """Show the value; nothing is told."""
        self._showing = True
        super().setChecked(on)
        self._showing = False

    def _toggled(self, on: bool) -> None:
        # Not `clicked`: the action of a screen reader turns it over without a click.
        if not self._showing:
            self.changed.emit(on)

    def sizeHint(self) -> QSize:
        return QSize(self._ctx.px(36), max(24, self._ctx.px(20) + 4))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tall = self._ctx.px(20)
        area = QRectF(0, (self.height() - tall) / 2, self.width(), tall)
        on = self.isChecked()
        if on:
            box(painter, area, self._ctx.colour("accent"), None, 0, tall / 2)
        else:
            box(painter, area, self._ctx.colour("raised"), self._ctx.colour("field-border"), 1, tall / 2)
        knob = tall - 6
        right = on == (self.layoutDirection() == Qt.LayoutDirection.LeftToRight)
        x = area.right() - knob - 3 if right else area.left() + 3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ctx.colour("on-accent" if on else "field-border"))
        painter.drawEllipse(QRectF(x, area.top() + 3, knob, knob))
        painter.end()
