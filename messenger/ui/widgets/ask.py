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


class Question(QDialog):
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
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        ground = Surface(ctx, "window")
        outer.addWidget(ground)
        column = QVBoxLayout(ground)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(TextLabel(ctx, title, "card-title"))
        column.addWidget(TextLabel(ctx, words, "message"))
        if detail:
            self.detail = TextLabel(ctx, detail, "message", weight=600)
            column.addWidget(self.detail)
        if whole:
            column.addWidget(TextLabel(ctx, whole, "secondary", "muted"))
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(12)
        self.yes = Button(ctx, yes, "question.yes", FILLED if filled else QUIET, height=44)
        self.no = Button(ctx, no or tr("Cancel"), "question.no", QUIET, height=44)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        row.addStretch(1)
        column.addLayout(row)
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.reject)
        self.accepted.connect(answered)
        self.finished.connect(self.deleteLater)
        self.setMinimumWidth(420)
        self._ring = FocusRing(ctx, self)
        self.no.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        grow(self)


def grow(dialog: QDialog) -> None:
    """As tall as all words need at this width, at any text size."""
    column = dialog.layout()
    if column is not None:
        column.activate()
        dialog.resize(dialog.width(), max(dialog.height(), column.totalHeightForWidth(dialog.width())))
