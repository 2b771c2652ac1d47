"""The head of the Safety room: title, Hide this, the notices that were shown, and Report abuse at the end.

Until it was read once, how Hide this works and how to come back stands below: the notes that take Robin's place do not say it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui.report.pages import Heading
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import LINK, Button, ReportButton
from messenger.ui.widgets.labels import TextLabel


class SafetyHead(Surface):
    """72 px high at 100 %; its parts go below each other where there is no room."""

    report = Signal()
    seen = Signal()
    hide_all = Signal()
    explained = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "window", "b")
        self.setMinimumHeight(72)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 13, 16, 13)
        row, end = QWidget(), QWidget()
        wrap, ways = Wrap(row, 16, 8, far=True), Wrap(end, 16, 8)
        self.title = Heading(ctx, tr("Safety"), "card-title", "safety.title")
        wrap.addWidget(self.title)
        hide = Button(ctx, tr("Hide this"), "safety.hide", icon="eye-off", hint=tr("Shift ×3"), height=44)
        hide.setAccessibleDescription(tr("Or press Shift three times. Open Robin again to go on."))
        hide.clicked.connect(self.hide_all)
        seen = Button(ctx, tr("Notices I have seen"), "safety.notices", LINK, "history", height=44)
        seen.clicked.connect(self.seen)
        shrinkable(seen)
        report = ReportButton(ctx, "safety.report")
        report.clicked.connect(self.report)
        ways.addWidget(hide)
        ways.addWidget(seen)
        ways.addWidget(report)
        wrap.addWidget(end)
        column.addWidget(row, 0, Qt.AlignmentFlag.AlignVCenter)
        self.how = self._make_how(ctx)

    def explain(self, wanted: bool) -> None:
        """Say how to hide and how to come back, or no more. `how` stands at the top of the page and scrolls with it."""
        self.how.setVisible(wanted)

    def _make_how(self, ctx: ThemeContext) -> QWidget:
        how = QWidget(self)
        line = Wrap(how, 16, 4)
        line.setContentsMargins(24, 16, 16, 0)
        words = tr(
            "Press Shift three times to hide Robin. Plain notes take its place. Open Robin again to go on. "
            "It cannot hide from a person or an app that sees your screen."
        )
        line.addWidget(TextLabel(ctx, words, "secondary", "muted"))
        known = Button(ctx, tr("I know that now"), "safety.hide.known", LINK, height=44)
        known.clicked.connect(self.explained)
        line.addWidget(known)
        how.hide()
        return how
