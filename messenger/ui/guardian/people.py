"""Lists of people on the guardian's page: names, addresses and answers, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.guardian import GuardianPerson, Standing
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.guardian.begin import who
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel


class PersonRow(QWidget):
    """Somebody with answers, below the name where there is no room."""

    def __init__(
        self, ctx: ThemeContext, one: GuardianPerson, answers: Sequence[tuple[str, str, str, Callable[[], None]]]
    ) -> None:
        super().__init__()
        self._ctx = ctx
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._both.setContentsMargins(0, 0, 12, 0)
        self._both.setSpacing(4)
        words = who(ctx, one)
        self._both.addWidget(words, 1)
        column = words.layout()
        note = {Standing.ASKED: tr("The young person asks for this."), Standing.REFUSED: tr("You said no.")}
        if one.standing in note and isinstance(column, QVBoxLayout):
            column.addWidget(TextLabel(ctx, note[one.standing], "secondary", weight=600))
        end = QWidget()
        row = QHBoxLayout(end)
        row.setContentsMargins(16, 0, 0, 8)
        row.setSpacing(8)
        for deed, short, name, press in answers:
            button = Button(ctx, short, f"guardian.{deed}.{one.account}.{one.jid}", height=44)
            button.setAccessibleName(name)
            button.clicked.connect(press)
            row.addWidget(button)
        row.addStretch(1)
        self._both.addWidget(end)
        self._row = row

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self._both.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < self._ctx.px(440)
        self._both.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(16 if narrow else 0, 0, 0, 8 if narrow else 0)


class People(QVBoxLayout):
    """A list of people in a card, or words for nobody."""

    def __init__(self, ctx: ThemeContext, ident: str, words: str, nobody: str) -> None:
        super().__init__()
        self._ctx, self._ident, self._words, self._nobody = ctx, ident, words, nobody

    def show_rows(self, rows: Sequence[PersonRow]) -> None:
        """Show these in the place of those that were there."""
        while self.count():
            item = self.takeAt(0)
            old = item.widget() if item is not None else None
            if old is not None:
                old.hide()
                old.deleteLater()
        if not rows:
            self.addWidget(TextLabel(self._ctx, self._nobody, "body", "muted"))
            return
        card = Card(self._ctx, padding=0)
        card.column.setSpacing(0)
        a11y.name(card, self._ident, self._words)
        for number, row in enumerate(rows):
            if number:
                card.column.addWidget(Line(self._ctx))
            card.column.addWidget(row)
        self.addWidget(card)

    def buttons(self) -> list[Button]:
        """The answers, from top to bottom."""
        item = self.itemAt(0)
        shown = item.widget() if item is not None else None
        return shown.findChildren(Button) if shown is not None else []
