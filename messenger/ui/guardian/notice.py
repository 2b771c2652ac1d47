"""The honest notice: while young-person mode is on, what a grown-up can see of it and what never. Always in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.events import GuardianChanged
from messenger.domain.guardian import GuardianState
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.guardian.words import always, never, sees
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

if TYPE_CHECKING:
    from messenger.ui.border import Engine


class GuardianNotice(QWidget):
    """Asks by itself how the mode stands, and is hidden while it is off."""

    def __init__(
        self, ctx: ThemeContext, engine: Engine, ident: str, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
    ) -> None:
        super().__init__()
        self._engine = engine
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*margins)
        card = Card(ctx, "accent-soft", "line", padding=16)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Picture(ctx, "user-check", "text", 20), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        title = tr("Young-person mode is on")
        column.addWidget(TextLabel(ctx, title, "body", weight=600))
        for words in (
            tr("A grown-up says yes first when someone new wants to write to you."),
            sees(),
            never(),
            always(),
        ):
            column.addWidget(TextLabel(ctx, words, "body"))
        row.addLayout(column, 1)
        card.column.addLayout(row)
        outer.addWidget(card)
        a11y.name(self, ident, title)
        self.setAccessibleDescription(f"{sees()} {never()} {always()}")
        self.hide()
        end = engine.on(GuardianChanged, lambda _event: self.load())
        self.destroyed.connect(lambda: end())
        self.load()

    def load(self) -> None:
        """Ask anew."""
        self._engine.call(lambda hub: hub.guardian.state(), self._got, lambda _: None)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _got(self, state: GuardianState) -> None:
        self.setVisible(state.on)
