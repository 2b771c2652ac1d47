"""Stands in the composer's place while this account is not in a group, and says why in our own words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture


class OutsideBar(Surface):
    """Hidden while there is nothing to say."""

    again = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "window", "t", parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(Picture(ctx, "info", "muted", 20), 0, Qt.AlignmentFlag.AlignVCenter)
        self._words = TextLabel(ctx, "", "body")
        row.addWidget(self._words, 1)
        self.button = Button(ctx, tr("Join again"), "room.again", height=44)
        self.button.clicked.connect(self.again)
        row.addWidget(self.button)
        self.hide()

    def say(self, words: str, button: str = "") -> None:
        """Say why, with a button where something can be done; '' hides the bar."""
        self._words.setText(words)
        self.button.setVisible(bool(button))
        if button:
            self.button.set_words(button)
        self.setVisible(bool(words))

    def words(self) -> str:
        """What it says now."""
        return self._words.text()
