"""Letters of a case: the desk's words with steps to tick and answers given, the reporter's own, and what was added later."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.wrap import Wrap
from messenger.ui.safety.cases import Added, Letter
from messenger.ui.safety.form_card import said_lines
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.choices import CheckBox
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.paint import box

Ticked = Callable[[int, str, bool], None]


class NewMark(TextLabel):
    """The word New on the accent ground."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("New"), "meta", "on-badge", weight=600)
        self.setContentsMargins(8, 0, 8, 0)
        self.setWordWrap(False)
        self.setFixedSize(self.sizeHint().width() + 16, ctx.line("meta") + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), self._ctx.colour("badge"), None, 0, self.height() / 2)
        painter.end()
        super().paintEvent(event)


def _top(ctx: ThemeContext, who: str, at: str) -> QWidget:
    top = QWidget()
    wrap = Wrap(top, 12, 0, far=True)
    wrap.addWidget(TextLabel(ctx, who, "secondary", weight=700))
    wrap.addWidget(TextLabel(ctx, at, "meta", "muted", tabular=True))
    return top


def letter_card(ctx: ThemeContext, case: str, letter: Letter, form: QWidget | None, ticked: Ticked) -> Card:
    """A letter with its steps, its questions (`form`), or the answers that were given."""
    card = Card(ctx, "sunken" if letter.mine else "accent-soft", "", 0, 12, 16)
    card.column.addWidget(_top(ctx, letter.who, letter.at))
    if letter.text:
        card.column.addWidget(TextLabel(ctx, letter.text, "body"))
    for step in letter.steps:
        tick = CheckBox(ctx, step.text, f"case.{case}.{letter.n}.{step.id}", size=18)
        tick.setChecked(step.done)
        tick.toggled.connect(lambda on, n=letter.n, id=step.id: ticked(n, id, on))
        card.column.addWidget(tick)
    if form is not None:
        card.column.addWidget(form)
        form.show()
    if letter.said:
        card.column.addWidget(TextLabel(ctx, tr("You answered:"), "secondary", weight=600))
        for one in said_lines(ctx, letter.said):
            card.column.addWidget(one)
    words = tr("{who}, {when}: {words}").format(who=letter.who, when=letter.at, words=letter.text)
    a11y.name(card, f"case.{case}.letter.{letter.n}", words)
    return card


def added_card(ctx: ThemeContext, case: str, added: Added) -> Card:
    """Something that the reporter added later."""
    card = Card(ctx, "sunken", "", 0, 12, 16)
    card.column.addWidget(_top(ctx, tr("You"), added.at))
    card.column.addWidget(TextLabel(ctx, added.words, "body"))
    if added.text:
        card.column.addWidget(TextLabel(ctx, added.text, "body", "muted"))
    a11y.name(
        card, f"case.{case}.added.{added.id}", tr("You, {when}: {words}").format(when=added.at, words=added.words)
    )
    return card
