"""The end of a practice report: that nothing was sent, what would come next, and where the real button is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.pages import Page
from messenger.ui.report.send_page import Mark
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

_TOP = Qt.AlignmentFlag.AlignTop


class PracticePage(Page):
    """Plain words; nothing on it can be mistaken for a case number or a receipt."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("This is where it would be sent"), "")
        self.column.removeWidget(self.title)
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(Mark(ctx, "flag", "notice", "notice-icon", 48), 0, _TOP)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.title)
        words.addWidget(TextLabel(ctx, tr("Nothing was sent. You know the way now."), "message", "muted"))
        top.addLayout(words, 1)
        self.column.insertLayout(1, top)
        self.column.addSpacing(20)
        self._add_next()
        self._add_where()
        self.column.addStretch(1)

    def _add_next(self) -> None:
        """What follows a real report."""
        self.column.addWidget(TextLabel(self.ctx, tr("After a real report"), "section"))
        self.column.addSpacing(12)
        steps = (
            ("file-text", tr("You get a case number"), tr("It shows that they have your report.")),
            ("eye", tr("A person reads it"), tr("You can see this in Safety, under My reports.")),
            ("message-circle", tr("They write to you"), tr("They do it in the way you chose. The other person is not told.")),
        )  # fmt: skip
        for number, (icon, when, words) in enumerate(steps):
            last = number == len(steps) - 1
            row = QHBoxLayout()
            row.setSpacing(16)
            row.addWidget(Mark(self.ctx, icon, "raised", "muted", 32, "field-border", not last))
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(TextLabel(self.ctx, when, "body", weight=600))
            column.addWidget(TextLabel(self.ctx, words, "body", "muted"))
            column.addSpacing(0 if last else 10)
            row.addLayout(column, 1)
            self.column.addLayout(row)

    def _add_where(self) -> None:
        """Where the real button is, and how to hide."""
        card = Card(self.ctx, "sunken", "", 0, 10, 16)
        card.column.setSpacing(8)
        lines = (
            ("octagon-alert", tr("The real button is red. It says Report abuse. It is in each window. The F8 key works too.")),
            ("eye-off", tr("Hide this, or three times Shift, puts plain notes in the place of the page.")),
        )  # fmt: skip
        for icon, words in lines:
            ground = QWidget()
            row = QHBoxLayout(ground)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(12)
            role = "report-text" if icon == "octagon-alert" else "muted"
            row.addWidget(Picture(self.ctx, icon, role), 0, _TOP)
            row.addWidget(TextLabel(self.ctx, words, "body"), 1)
            card.column.addWidget(ground)
        a11y.name(card, "practice.where", " ".join(words for _, words in lines))
        self.column.addSpacing(20)
        self.column.addWidget(card)
