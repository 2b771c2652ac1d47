"""The pane beside a first step or a sign-in: the robin, what Robin promises, and Report abuse. Wide windows only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from messenger.i18n import tr
from messenger.ui.rail.view import Mark
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import ReportButton
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

_FROM = 860  # px at 100 %: in a narrower window Report abuse stands elsewhere


class Side(Surface):
    """`report` is its Report abuse, named `ident`, which does `deed`; `foot` are the words below it."""

    def __init__(self, ctx: ThemeContext, ident: str, deed: Callable[[], None], foot: str) -> None:
        super().__init__(ctx, "rail", "r")
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 40, 40, 24)
        column.setSpacing(0)
        column.addWidget(Mark(96))
        column.addSpacing(24)
        column.addWidget(TextLabel(ctx, tr("Robin"), "brand"))
        column.addSpacing(4)
        words = tr("Chat with people you know. Get help when you need it.")
        column.addWidget(TextLabel(ctx, words, "name", "muted", weight=400))
        column.addSpacing(32)
        for icon, words in (
            ("user-check", tr("You choose who can write to you.")),
            ("lightbulb", tr("Tips stay on this computer.")),
            ("heart-handshake", tr("Help is always one press away.")),
        ):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Picture(ctx, icon, "accent-text", 20), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(TextLabel(ctx, words, "body"), 1)
            column.addLayout(row)
            column.addSpacing(16)
        column.addStretch(1)
        self.report = ReportButton(ctx, ident)
        self.report.clicked.connect(lambda: deed())
        column.addWidget(self.report, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(8)
        column.addWidget(TextLabel(ctx, foot, "meta", "muted"))

    def fit(self, wide: int) -> bool:
        """Stand in a window of this width (px) if it is wide enough. True if so."""
        stands = wide >= self._ctx.px(_FROM)
        self.setVisible(stands)
        self.setFixedWidth(self._ctx.px(344))
        return stands
