"""The head of the Safety room: title, Hide this, the notices that were shown, and Report abuse at the end.

Until it was read once, how Hide this works and how to come back stands below: the notes that take Robin's place do not say it.
"""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui.report.pages import Heading
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import LINK, Button, ReportButton
from messenger.ui.widgets.labels import TextLabel

_SLIM = 400  # px at 100 %
_Plan = tuple[tuple[QWidget | None, ...], ...]  # lines of parts; None is the air between what begins and what ends a line


def _width(line: tuple[QWidget | None, ...]) -> int:
    shown = [one.sizeHint().width() for one in line if one is not None]
    return sum(shown) + 16 * (len(shown) - 1)


class SafetyHead(Surface):
    """72 px high at 100 %; its parts go below each other where there is no room."""

    report = Signal()
    seen = Signal()
    hide_all = Signal()
    explained = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "window", "b")
        self.setMinimumHeight(72)
        self._ctx = ctx
        column = self._column = QVBoxLayout(self)
        column.setSpacing(8)
        self.title = Heading(ctx, tr("Safety"), "card-title", "safety.title")
        hide = Button(ctx, tr("Hide this"), "safety.hide", icon="eye-off", hint=tr("Shift ×3"), height=44)
        hide.setAccessibleDescription(tr("Or press Shift three times. Open Robin again to go on."))
        hide.clicked.connect(self.hide_all)
        seen = Button(ctx, tr("Notices I have seen"), "safety.notices", LINK, "history", height=44)
        seen.clicked.connect(self.seen)
        shrinkable(seen)
        report = ReportButton(ctx, "safety.report")
        report.clicked.connect(self.report)
        self._parts: tuple[QWidget, ...] = (self.title, hide, seen, report)
        self._lines = [QHBoxLayout() for _ in self._parts]
        self._plan: _Plan = ()
        column.addStretch(1)
        for line in self._lines:
            line.setSpacing(16)
            column.addLayout(line)
        column.addStretch(1)
        ctx.changed.connect(self._fit)
        self._fit()
        self.how = self._make_how(ctx)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As few lines as there is room for. The order stays, and Report abuse ends the last line."""
        side = 16 if self.width() < self._ctx.px(_SLIM) else 24
        self._column.setContentsMargins(side, 13, 16, 13)
        room = self.width() - side - 16
        title, hide, seen, report = self._parts
        plans: tuple[_Plan, ...] = (
            ((title, None, hide, seen, report),),
            ((title, None, hide), (seen, None, report)),
            ((title, None), (hide, None), (seen, None, report)),
            ((title, None), (hide, None), (seen, None), (None, report)),
        )
        plan = next((one for one in plans if all(_width(line) <= room for line in one)), plans[-1])
        if plan == self._plan:
            return
        self._plan = plan
        for layout in self._lines:
            while layout.takeAt(0) is not None:
                pass
        for layout, line in zip(self._lines, plan, strict=False):
            for one in line:
                if one is None:
                    layout.addStretch(1)
                else:
                    layout.addWidget(one)

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
