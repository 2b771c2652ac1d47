"""What every page of the wizard is made of: a scrolling column with a title that takes the focus."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from messenger.ui import a11y
from messenger.ui.report.wrap import shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import ErrorSummary
from messenger.ui.widgets.labels import TextLabel

NARROW = 560
"""Below this width (px) tiles are rows, cards stand below each other and the progress has words only."""
WIDEST = 800
_SETTLED_MS = 40
"""New widgets have their heights by then, so that scrolling to them goes to the right place."""


def narrow_at(ctx: ThemeContext) -> int:
    """The width in px below which a page is laid out for a narrow window, at the chosen text size."""
    return max(NARROW, ctx.px(420))


def tab_stops(widget: QWidget) -> list[QWidget]:
    """The controls inside `widget` that Tab reaches, in the order in which they were put there."""
    return [one for one in widget.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]


def chain(stops: list[QWidget]) -> None:
    """Let Tab go from each of these to the next."""
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)


class Heading(TextLabel):
    """A page's title: a screen reader reads it and what stands below first, because the focus goes here when the page opens."""

    ring_off = True

    def __init__(self, ctx: ThemeContext, text: str = "", style: str = "page-title", ident: str = "page.title") -> None:
        super().__init__(ctx, text, style)
        a11y.name(self, ident, text)

    def set_words(self, text: str) -> None:
        """Another title."""
        self.setText(text)
        self.setAccessibleName(text)


class Page(QScrollArea):
    """A scrolling page. Put widgets into `column`; `foot` may hold the window's footer. `arrange` is told of the width."""

    def __init__(self, ctx: ThemeContext, title: str = "", help: str = "") -> None:
        super().__init__()
        self.ctx = ctx
        self.narrow = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self._ground = ground = QWidget()
        ground.setAutoFillBackground(False)
        whole = QVBoxLayout(ground)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.column = QVBoxLayout()
        self.column.setSpacing(0)
        self.foot = QVBoxLayout()
        whole.addLayout(self.column, 1)
        whole.addLayout(self.foot)
        self.errors = ErrorSummary(ctx)
        self.title = Heading(ctx, title)
        self.help = TextLabel(ctx, help, "message", "muted")
        self._errors = QWidget()
        top = QVBoxLayout(self._errors)
        top.setContentsMargins(0, 0, 0, 20)
        top.addWidget(self.errors)
        self._errors.hide()
        self.column.addWidget(self._errors)
        self.column.addWidget(self.title)
        self.column.addSpacing(4)
        self.column.addWidget(self.help)
        # Only now: a widget without a parent would be shown as a window of its own.
        self.help.setHidden(not help)
        self.setWidget(ground)
        ground.setAutoFillBackground(False)
        self._margins()

    def set_words(self, title: str, help: str) -> None:
        """Another title and the sentence under it."""
        self.title.set_words(title)
        self.help.setText(help)
        self.help.setVisible(bool(help))

    def show_errors(self, errors: Sequence[tuple[str, str]]) -> None:
        """The error summary at the top with the focus, or nothing."""
        self._errors.setVisible(bool(errors))
        self.errors.show_errors(errors)
        for line in self.errors.findChildren(QPushButton):
            shrinkable(line)
        if errors:
            self.verticalScrollBar().setValue(0)

    def stops(self) -> list[QWidget]:
        """What Tab reaches on this page, in the order of the eye; the title is where it starts after the errors."""
        return [*tab_stops(self._errors), self.title, *(one for one in tab_stops(self._ground) if not self._above(one))]

    def _above(self, widget: QWidget) -> bool:
        return self._errors.isAncestorOf(widget)

    def settle(self) -> None:
        """The page opens: at its top, with the focus on its title."""
        self.verticalScrollBar().setValue(0)
        words = [one for one in a11y.standing_words(self.column) if one != self.title.text()]
        self.title.setAccessibleDescription(" ".join(words))
        self.title.setFocus(Qt.FocusReason.OtherFocusReason)

    def bring(self, widget: QWidget) -> None:
        """Scroll so that a control is in sight, when the layout has settled."""
        QTimer.singleShot(_SETTLED_MS, widget, lambda: self._ensure(widget))

    def _ensure(self, widget: QWidget) -> None:
        if self._ground.isAncestorOf(widget):
            self.ensureWidgetVisible(widget, 0, 24)

    def focusNextPrevChild(self, next: bool) -> bool:
        moved = super().focusNextPrevChild(next)
        focus = self.focusWidget()
        if moved and focus is not None and self._ground.isAncestorOf(focus):
            self._ensure_small(focus)
        return moved

    def _ensure_small(self, focus: QWidget) -> None:
        corner = focus.mapTo(self._ground, focus.rect().topLeft())
        rect = QRect(corner, focus.size())
        self.ensureVisible(rect.center().x(), rect.bottom(), 0, 24)
        self.ensureVisible(rect.center().x(), rect.top(), 0, 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < narrow_at(self.ctx)
        if narrow != self.narrow:
            self.narrow = narrow
            self.arrange(narrow)
        self._margins()

    def arrange(self, narrow: bool) -> None:
        """Lay the page out for a narrow or a wide window."""

    def _margins(self) -> None:
        side = 16 if self.narrow else max(40, (self.width() - WIDEST) // 2)
        bar = max(0, self.width() - self.viewport().width())
        self.column.setContentsMargins(side, 24, max(4, side - bar), 16)
