"""A small question in a window of its own, without a nested loop: title, words, and two or three answers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import FILLED, QUIET, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.ring import FocusRing


class SmallWindow(QDialog):
    """Title and words over a `column` to fill; as tall as its words need when it is shown."""

    def __init__(self, ctx: ThemeContext, parent: QWidget, title: str, words: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        ground = Surface(ctx, "window")
        outer.addWidget(ground)
        self.column = QVBoxLayout(ground)
        self.column.setContentsMargins(24, 24, 24, 24)
        self.column.setSpacing(12)
        self.column.addWidget(TextLabel(ctx, title, "card-title"))
        self.column.addWidget(TextLabel(ctx, words, "message"))
        self._ring = FocusRing(ctx, self)
        self.finished.connect(self.deleteLater)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.grow()

    def grow(self) -> None:
        """As tall as all words need at this width, at any text size."""
        grow(self)


class Question(SmallWindow):
    """Asks, then calls. Closing it, or Escape, is No."""

    def __init__(
        self,
        ctx: ThemeContext,
        parent: QWidget,
        title: str,
        words: str,
        yes: str,
        answered: Callable[[], None],
        no: str = "",
        filled: bool = True,
        detail: str = "",
        whole: str = "",
    ) -> None:
        super().__init__(ctx, parent, title, words)
        if detail:
            self.detail = TextLabel(ctx, detail, "message", weight=600)
            self.column.addWidget(self.detail)
        if whole:
            self.column.addWidget(TextLabel(ctx, whole, "secondary", "muted"))
        self.column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.yes = Button(ctx, yes, "question.yes", FILLED if filled else QUIET, height=44)
        self.no = Button(ctx, no or tr("Cancel"), "question.no", QUIET, height=44)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        row.addStretch(1)
        self.column.addLayout(row)
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.reject)
        self.accepted.connect(answered)
        self.setMinimumWidth(420)
        self.no.setFocus()


def grow(window: QWidget) -> None:
    """Make a window as tall as all words need at this width, at any text size."""
    column = window.layout()
    if column is not None:
        column.activate()
        window.resize(window.width(), max(window.height(), column.totalHeightForWidth(window.width())))
