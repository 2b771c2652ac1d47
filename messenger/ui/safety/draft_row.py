"""A report in My reports that was not finished."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel


class DraftRow(QWidget):
    """A report that was not finished."""

    resume = Signal()
    discard = Signal()

    def __init__(self, ctx: ThemeContext, id: str, about: str, saved: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        ground = QWidget()
        row.addWidget(ground)
        wrap = Wrap(ground, 16, 4, far=True)
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(TextLabel(ctx, tr("Draft, not sent"), "body", weight=600))
        column.addWidget(TextLabel(ctx, ", ".join(one for one in (about, saved) if one), "secondary", "muted"))
        wrap.addWidget(words)
        ways = QWidget()
        pair = Wrap(ways, 16, 0)
        away = Button(ctx, tr("Throw away"), f"draft.{id}.discard", LINK, height=44)
        away.setAccessibleName(tr("Throw away the draft {about}").format(about=about))
        go = Button(ctx, tr("Continue"), f"draft.{id}.resume", height=44)
        go.setAccessibleName(tr("Continue the draft {about}").format(about=about))
        away.clicked.connect(self.discard)
        go.clicked.connect(self.resume)
        for one in (away, go):
            shrinkable(one)
            pair.addWidget(one)
        wrap.addWidget(ways)
