"""The list of keys (F1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.ring import FocusRing


class Line(Protocol):
    """A line of the list."""

    @property
    def words(self) -> str:
        """What it does."""

    @property
    def keys(self) -> str:
        """The keys."""


class KeysDialog(QDialog):
    """What each key does."""

    def __init__(self, ctx: ThemeContext, keys: Sequence[Line], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("List of keys"))
        self.setAccessibleName(tr("List of keys"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        ground = Surface(ctx, "window")
        outer.addWidget(ground)
        column = QVBoxLayout(ground)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(16)
        column.addWidget(TextLabel(ctx, tr("List of keys"), "card-title"))
        scroll = QScrollArea()
        a11y.name(scroll, "keys.scroll", tr("List of keys"))
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar = scroll.verticalScrollBar()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        inside = Surface(ctx, "window")
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for number, line in enumerate(keys):
            grid.addWidget(TextLabel(ctx, line.words, "body"), number, 0)
            label = TextLabel(ctx, line.keys, "body", "muted", weight=500)
            grid.addWidget(label, number, 1, Qt.AlignmentFlag.AlignLeft)
        scroll.setWidget(inside)
        column.addWidget(scroll, 1)
        row = QHBoxLayout()
        close = Button(ctx, tr("Close"), "keys.close")
        close.clicked.connect(self.accept)
        row.addWidget(close)
        row.addStretch(1)
        column.addLayout(row)
        self.resize(560, 620)
        self._ring = FocusRing(ctx, self)
        self.finished.connect(self.deleteLater)
        close.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Down: self._bar.singleStep(),
            Qt.Key.Key_Up: -self._bar.singleStep(),
            Qt.Key.Key_PageDown: self._bar.pageStep(),
            Qt.Key.Key_PageUp: -self._bar.pageStep(),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._bar.setValue(self._bar.value() + step)
