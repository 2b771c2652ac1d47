"""Buttons: filled (one a view, the next step), quiet, links, icons, and Report abuse, which is never off or hidden."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.paint import box, lay_out

FILLED, QUIET, LINK, REPORT, DANGER, NOTICE = "filled", "quiet", "link", "report", "danger", "notice"
_GAP, _PADDING, _WIDE, _RADIUS = 8, 16, 24, 10
# fill, hover, pressed, border, text - by role; '' is none.
_LOOKS = {
    FILLED: ("accent", "accent-hover", "accent-pressed", "", "on-accent"),
    QUIET: ("raised", "hover", "line-strong", "field-border", "text"),
    LINK: ("", "", "", "", "accent-text"),
    REPORT: ("raised", "report-soft", "report-soft", "report-border", "report-text"),
    DANGER: ("report", "report-hover", "report-hover", "", "on-report"),
    NOTICE: ("raised", "notice", "notice", "notice-text", "text"),
}


def pressed_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Press a button for the Enter key too; True when this was it. Qt does so in dialogs only."""
    if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
        return False
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or event.isAutoRepeat():
        return False
    button.click()
    return True


class Button(QPushButton):
    """A button with words. `kind` is one of the constants above; `hint` is muted text at the end (a shortcut)."""

    def __init__(
        self,
        ctx: ThemeContext,
        text: str,
        ident: str,
        kind: str = QUIET,
        icon: str = "",
        trailing: str = "",
        hint: str = "",
        height: int = 40,
        style: str = "control",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._kind, self._icon, self._trailing, self._style = ctx, kind, icon, trailing, style
        self._hint, self._height, self._role = hint, height, ""
        self._padding = 0 if kind == LINK else _WIDE if kind == FILLED and height >= 44 else _PADDING
        self._left = False
        self.ring_radius = 6 if kind == LINK else _RADIUS
        self.setText(text.replace("&", "&&"))
        a11y.name(self, ident, text)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._lines = 1
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        ctx.changed.connect(self._renew)

    def words(self) -> str:
        """What stands on the button."""
        return self.text().replace("&&", "&")

    def set_words(self, text: str, name: str = "") -> None:
        """Change what stands on the button; `name` is what a screen reader says, when that is more."""
        self.setText(text.replace("&", "&&"))
        self.setAccessibleName(name or text)
        self._renew()

    def set_kind(self, kind: str) -> None:
        """Change the look."""
        self._kind = kind
        self._renew()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._renew()

    def set_trailing(self, icon: str) -> None:
        """Show another icon at the end, or none."""
        self._trailing = icon
        self._renew()

    def set_role(self, role: str) -> None:
        """Text in the colour of another role."""
        self._role = role
        self.update()

    def set_padding(self, padding: int, left: bool = False) -> None:
        """Space left and right in px; `left` puts the words at the start instead of the middle."""
        self._padding, self._left = padding, left
        self._renew()

    def sizeHint(self) -> QSize:
        return QSize(round(self._around() + self._text_width()), self._tall(self._lines))

    def minimumSizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._font())
        longest = max((metrics.horizontalAdvance(word) for word in self.words().split()), default=0.0)
        return QSize(min(self.sizeHint().width(), round(self._around() + longest) + 2), self._tall(self._lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._count_lines()

    def _count_lines(self) -> None:
        """Grow in height when the words need more than one line, as at 200 %."""
        room = max(24.0, self.width() - self._around() + 1)
        lines = 1
        if room < self._text_width():
            _, height, _ = lay_out(self.words(), self._font(), room, self._line())
            lines = round(height / self._line())
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._kind == FILLED:
            event.accept()  # a double click is one step: the second press would take the next one unseen
            return
        super().mouseDoubleClickEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        ink = self._paint_ground(painter, area)
        if self._icon and not self.words():
            self._paint_icon(painter, self._icon, area.center(), ink)
            painter.end()
            return
        self._paint_words(painter, area, ink)
        painter.end()

    def _font(self) -> QFont:
        return self._ctx.font(self._style, weight=500 if self._kind == LINK else None)

    def _line(self) -> int:
        return self._ctx.line(self._style)

    def _tall(self, lines: int) -> int:
        return max(self._height, lines * self._line() + (4 if self._kind == LINK else 16))

    def _icon_size(self) -> int:
        return min(40, self._ctx.px(20 if self._kind == REPORT else 18))

    def _text_width(self) -> float:
        return QFontMetricsF(self._font()).horizontalAdvance(self.words()) + 1

    def _around(self) -> float:
        """All width that is not words."""
        wide = 2.0 * self._padding
        if self._icon:
            wide += self._icon_size() + _GAP
        if self._trailing:
            wide += self._ctx.px(16) + _GAP
        if self._hint:
            wide += QFontMetricsF(self._ctx.font("meta")).horizontalAdvance(self._hint) + _GAP
        return wide

    def _paint_ground(self, painter: QPainter, area: QRectF) -> str:
        fill, hover, pressed, border, ink = _LOOKS[self._kind]
        if not self.isEnabled():
            if self._kind != LINK:
                box(painter, area, self._ctx.colour("sunken"), self._ctx.colour("line"), 1, _RADIUS)
            return "muted"
        ground = pressed if self.isDown() else hover if self.underMouse() else fill
        if self.isCheckable() and self.isChecked():
            ground = "accent-soft"
            if self._kind in {FILLED, DANGER}:  # their words are for their own fill and could not be read on this one
                border, ink = "field-border", "text"
        if ground:
            width = 1.5 if self._kind == REPORT else 1
            edge = self._ctx.colour(border) if border else None
            box(painter, area, self._ctx.colour(ground), edge, width, _RADIUS)
        return self._role or ink

    def _paint_icon(self, painter: QPainter, icon: str, centre: QPointF, ink: str) -> None:
        size = self._icon_size()
        pixmap = self._ctx.pixmap(icon, ink, size, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(round(centre.x() - size / 2), round(centre.y() - size / 2)), pixmap)

    def _paint_words(self, painter: QPainter, area: QRectF, ink: str) -> None:
        around = self._around()
        room = max(24.0, area.width() - around + 1)
        layout, height, wide = lay_out(self.words(), self._font(), room, self._line())
        start = self._padding if self._left else max(self._padding, (area.width() - wide - around) / 2 + self._padding)
        middle = area.center().y()
        right_to_left = self.layoutDirection() == Qt.LayoutDirection.RightToLeft

        def place(x: float, width: float) -> float:
            return area.width() - x - width if right_to_left else x

        x = float(start)
        if self._icon:
            size = self._icon_size()
            self._paint_icon(painter, self._icon, QPointF(place(x, size) + size / 2, middle), ink)
            x += size + _GAP
        painter.setPen(self._ctx.colour(ink))
        left = place(x, wide)
        layout.draw(painter, QPointF(left - (room - wide if right_to_left else 0), middle - height / 2))
        if self._kind == LINK and self.isEnabled() and self.underMouse():
            y = middle + height / 2 - 2
            painter.drawLine(QPointF(left, y), QPointF(left + wide, y))
        x += wide + _GAP
        if self._hint:
            font = self._ctx.font("meta")
            width = QFontMetricsF(font).horizontalAdvance(self._hint)
            painter.setFont(font)
            painter.setPen(self._ctx.colour("muted"))
            painter.drawText(
                QRectF(place(x, width), 0, width + 2, area.height()), Qt.AlignmentFlag.AlignVCenter, self._hint
            )
            x += width + _GAP
        if self._trailing:
            size = self._ctx.px(16)
            pixmap = self._ctx.pixmap(self._trailing, ink, size, self.devicePixelRatioF())
            painter.drawPixmap(QPointF(round(place(x, size)), round(middle - size / 2)), pixmap)

    def _renew(self) -> None:
        self._count_lines()
        self.updateGeometry()
        self.update()


class IconButton(QPushButton):
    """A 40 px square with an icon; its name is its tool tip. Never used for Report abuse."""

    def __init__(
        self,
        ctx: ThemeContext,
        icon: str,
        words: str,
        ident: str,
        size: int = 40,
        icon_size: int = 20,
        framed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._icon, self._size, self._icon_size, self._framed = ctx, icon, size, icon_size, framed
        self._role = "muted" if not framed else "text"
        self.ring_radius = _RADIUS
        a11y.name(self, ident, words)
        self.setToolTip(words)
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        ctx.changed.connect(self._renew)

    def set_icon(self, icon: str, words: str) -> None:
        """Another icon with its words."""
        self._icon = icon
        self.setAccessibleName(words)
        self.setToolTip(words)
        self.update()

    def set_role(self, role: str) -> None:
        """The icon in the colour of another role."""
        self._role = role
        self.update()

    @staticmethod
    def size_at(ctx: ThemeContext, size: int = 40) -> QSize:
        """How large one of `size` px is at the chosen text size."""
        # It grows with the text, but the place is needed more by the words beside it.
        grown = min(max(size, ctx.px(size)), size + 24)
        return QSize(grown, grown)

    def sizeHint(self) -> QSize:
        return self.size_at(self._ctx, self._size)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        live = self.isEnabled()
        ground = "line-strong" if self.isDown() else "hover" if self.underMouse() and live else ""
        if self.isCheckable() and self.isChecked():
            ground = "accent-soft"
        if self._framed:
            edge = self._ctx.colour("field-border" if live else "line")
            box(painter, area, self._ctx.colour(ground or ("raised" if live else "sunken")), edge, 1, _RADIUS)
        elif ground:
            box(painter, area, self._ctx.colour(ground), None, 0, _RADIUS)
        size = min(self._ctx.px(self._icon_size), self._icon_size + 20)
        role = self._role if live else "muted"
        pixmap = self._ctx.pixmap(self._icon, role, size, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(round((self.width() - size) / 2), round((self.height() - size) / 2)), pixmap)
        painter.end()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def _renew(self) -> None:
        self.updateGeometry()
        self.update()


class ReportButton(Button):
    """Report abuse: octagon and words, the same everywhere. Cannot be disabled. `rail` is the tall form."""

    def __init__(
        self, ctx: ThemeContext, ident: str = "report.button", rail: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(ctx, tr("Report abuse"), ident, REPORT, "octagon-alert", height=44, parent=parent)
        self._rail, self._beside = rail, False
        self.setToolTip(tr("Tell a trained person. F8"))

    def setEnabled(self, enabled: bool) -> None:
        """Stays on whatever is asked (screens.md b.1)."""
        super().setEnabled(True)

    def setDisabled(self, disabled: bool) -> None:
        """Stays on whatever is asked."""
        super().setEnabled(True)

    def set_beside(self, beside: bool) -> None:
        """In the rail: the octagon beside the words, or above them."""
        if beside != self._beside:
            self._beside = beside
            self._renew()

    def hint(self, beside: bool) -> QSize:
        """The size of one form in the rail."""
        line, longest = self._ctx.line("meta"), self._longest()
        if beside:
            return QSize(max(72, longest + self._rail_icon(True) + 6 + 18), max(52, 2 * line + 12))
        return QSize(max(72, longest + 18), max(80, self._rail_icon(False) + 2 * line + 24))

    def sizeHint(self) -> QSize:
        return self.hint(self._beside) if self._rail else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint() if self._rail else super().minimumSizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._rail:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        area = QRectF(self.rect())
        ink = self._paint_ground(painter, area)
        font, step, size = self._ctx.font("meta", weight=600), self._ctx.line("meta"), self._rail_icon(self._beside)
        room = self._longest() + 2.0 if self._beside else area.width() - 8
        layout, height, _ = lay_out(self.words(), font, room, step, Qt.AlignmentFlag.AlignHCenter)
        if self._beside:
            mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            start, top = (area.width() - size - 6 - room) / 2, (area.height() - size) / 2
            x = area.width() - start - size if mirrored else start
            words = QPointF(start if mirrored else start + size + 6, (area.height() - height) / 2)
        else:
            x, top = (area.width() - size) / 2, (area.height() - size - 4 - height) / 2
            words = QPointF(4, top + size + 4)
        pixmap = self._ctx.pixmap(self._icon, ink, size, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(round(x), round(top)), pixmap)
        painter.setPen(self._ctx.colour(ink))
        layout.draw(painter, words)
        painter.end()

    def _longest(self) -> int:
        metrics = QFontMetricsF(self._ctx.font("meta", weight=600))
        return round(max(metrics.horizontalAdvance(word) for word in self.words().split()))

    def _rail_icon(self, beside: bool) -> int:
        return min(32, self._ctx.px(24)) if beside else self._ctx.px(24)
