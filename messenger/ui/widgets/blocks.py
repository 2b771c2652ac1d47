"""Blocks of a page: surfaces, cards, hairlines, badges, progress, empty states, the connection bar, error summaries."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import FILLED, LINK, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.paint import box
from messenger.ui.widgets.pictures import Picture


class Surface(QWidget):
    """A ground in the colour of a role, with hairlines at the edges named in `edges` (l, t, r, b)."""

    def __init__(self, ctx: ThemeContext, role: str = "window", edges: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._role, self._edges = ctx, role, edges
        ctx.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._ctx.colour(self._role))
        line = self._ctx.colour("line")
        wide, tall = self.width(), self.height()
        edges = self._edges
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            edges = edges.translate(str.maketrans("lr", "rl"))
        for edge, x, y, w, h in (
            ("l", 0, 0, 1, tall),
            ("t", 0, 0, wide, 1),
            ("r", wide - 1, 0, 1, tall),
            ("b", 0, tall - 1, wide, 1),
        ):
            if edge in edges:
                painter.fillRect(x, y, w, h, line)
        painter.end()


class Card(QWidget):
    """A raised box with a hairline. `role` and `edge` choose other colours; `width` is the border's."""

    def __init__(
        self,
        ctx: ThemeContext,
        role: str = "raised",
        edge: str = "line",
        width: float = 1,
        radius: int = 12,
        padding: int = 24,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx, self._role, self._edge, self._width, self._radius = ctx, role, edge, width, radius
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(padding, padding, padding, padding)
        self.column.setSpacing(8)
        ctx.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        edge = self._ctx.colour(self._edge) if self._edge else None
        box(painter, QRectF(self.rect()), self._ctx.colour(self._role), edge, self._width, self._radius)
        painter.end()


class Line(QWidget):
    """A hairline."""

    def __init__(self, ctx: ThemeContext, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
        ctx.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._ctx.colour("line"))
        painter.end()


def count_words(number: int) -> str:
    """A count as a badge shows it."""
    return str(number) if number < 1000 else "999+"


def badge_width(ctx: ThemeContext, number: int) -> float:
    """How wide a badge is, in px."""
    font = ctx.font("meta", tabular=True, weight=600)
    return max(float(_badge_height(ctx)), QFontMetricsF(font).horizontalAdvance(count_words(number)) + 12)


def _badge_height(ctx: ThemeContext) -> int:
    return max(20, ctx.line("meta") + 4)


def draw_badge(
    painter: QPainter, ctx: ThemeContext, right: float, middle: float, number: int, muted: bool = False
) -> float:
    """A badge that ends at `right`; returns its width."""
    font = ctx.font("meta", tabular=True, weight=600)
    words = count_words(number)
    tall, wide = float(_badge_height(ctx)), badge_width(ctx, number)
    rect = QRectF(right - wide, middle - tall / 2, wide, tall)
    box(painter, rect, ctx.colour("badge-muted" if muted else "badge"), None, 0, tall / 2)
    painter.setFont(font)
    painter.setPen(ctx.colour("on-badge-muted" if muted else "on-badge"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, words)
    return wide


class Badge(QWidget):
    """A count. Hidden at zero. The control that it belongs to says the count in its name."""

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx, self._number = ctx, 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()
        ctx.changed.connect(self.updateGeometry)

    def set_number(self, number: int) -> None:
        """Show another count."""
        self._number = number
        self.setVisible(number > 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(round(badge_width(self._ctx, self._number)), _badge_height(self._ctx))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_badge(painter, self._ctx, self.width(), self.height() / 2, self._number)
        painter.end()


class ProgressBars(QProgressBar):
    """Where we are: `count` short bars, the first `at` filled. The words beside it say the same."""

    def __init__(self, ctx: ThemeContext, count: int, ident: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.setRange(0, count)
        self.setTextVisible(False)
        a11y.name(self, ident, words)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        ctx.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(max(0, self.maximum() * 24 - 4), 16)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for number in range(self.maximum()):
            x = number * 24.0
            x = self.width() - x - 20 if mirrored else x
            role = "accent" if number < self.value() else "line-strong"
            box(painter, QRectF(x, self.height() / 2 - 2, 20, 4), self._ctx.colour(role), None, 0, 2)
        painter.end()


class EmptyState(QWidget):
    """What stands where there is nothing yet: a picture, a title, what to do, and the button that does it."""

    pressed = Signal()

    def __init__(
        self,
        ctx: ThemeContext,
        icon: str,
        title: str,
        words: str,
        button: str = "",
        ident: str = "empty",
        filled: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._ctx = ctx
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(_Disc(ctx, icon), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        centre = Qt.AlignmentFlag.AlignHCenter
        self.title = TextLabel(ctx, title, "section", align=centre)
        self.words = TextLabel(ctx, words, "body", "muted", align=centre)
        column.addWidget(self.title)
        column.addWidget(self.words)
        self.button: Button | None = None
        if button:
            column.addSpacing(8)
            self.button = Button(ctx, button, f"{ident}.button", FILLED if filled else "quiet")
            self.button.clicked.connect(self.pressed)
            column.addWidget(self.button, 0, centre)
        column.addStretch(1)


class _Disc(QWidget):
    """A picture on a soft round ground."""

    def __init__(self, ctx: ThemeContext, icon: str) -> None:
        super().__init__()
        self._ctx, self._icon = ctx, icon
        self.setFixedSize(72, 72)
        ctx.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), self._ctx.colour("accent-soft"), None, 0, 36)
        pixmap = self._ctx.pixmap(self._icon, "accent-text", 32, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(20, 20), pixmap)
        painter.end()


class ConnectionBar(Surface):
    """Says in words that the stream is down and what happens next. Hidden while online."""

    pressed = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "accent-soft", "b", parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        self._picture = Picture(ctx, "wifi-off", "text", 16)
        self._words = TextLabel(ctx, "", "secondary")
        self._button = Button(ctx, tr("Try now"), "connection.retry", LINK, height=28)
        self._button.clicked.connect(self.pressed)
        row.addWidget(self._picture)
        row.addWidget(self._words, 1)
        row.addWidget(self._button)
        a11y.name(self, "connection", tr("Connection"))
        self.hide()

    def words(self) -> str:
        """What it says now, '' when hidden."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, words: str, button: str = "") -> None:
        """Show these words, or hide for none; `button` is what can be pressed, if anything."""
        changed = words != self._words.text()
        self._words.setText(words)
        self._button.setVisible(bool(button))
        if button:
            self._button.set_words(button)
        self.setVisible(bool(words))
        if words and changed:
            a11y.announce(self, words)


class ErrorSummary(Card):
    """After a try: what is wrong, each line a way to its field. Takes the focus when shown."""

    chosen = Signal(str)

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "raised", "text", 2, 10, 16, parent)
        # The title takes the focus: a screen reader knows a label's role, not a plain widget's.
        self.title = TextLabel(ctx, tr("There is a problem"), "section")
        self.title.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        a11y.name(self.title, "errors", tr("There is a problem"))
        self.column.addWidget(self.title)
        self._lines: list[Button] = []
        self.hide()

    def show_errors(self, errors: Sequence[tuple[str, str]]) -> None:
        """Show (field's id, words) pairs, or hide for none."""
        for line in self._lines:
            self.column.removeWidget(line)
            line.deleteLater()
        self._lines = []
        for number, (field, words) in enumerate(errors):
            line = Button(self._ctx, words, f"errors.{number}", LINK, height=24)
            line.set_padding(0, left=True)
            line.clicked.connect(lambda _=False, to=field: self.chosen.emit(to))
            self.column.addWidget(line)
            self._lines.append(line)
        for before, after in itertools.pairwise([self.title, *self._lines]):
            QWidget.setTabOrder(before, after)  # made late, they would come last by keyboard
        self.setVisible(bool(errors))
        if errors:
            spoken = " ".join(words for _, words in errors)
            self.title.setAccessibleDescription(spoken)
            self.title.setFocus(Qt.FocusReason.OtherFocusReason)
            a11y.announce(self.title, f"{self.title.text()}. {spoken}", now=True)
