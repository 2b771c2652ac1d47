"""Cards that help at once: the emergency card with the country's number, helplines, and plain advice."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.jurisdiction import HelpLine
from messenger.i18n import tr, trd
from messenger.questionnaire.form import CardKind
from messenger.ui import a11y
from messenger.ui.report.helprow import HelpRow, NumberButton
from messenger.ui.report.state import Ask, CardState
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import DANGER, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

_LINE_ICONS = ("users", "save", "info")


class HelpCard(QWidget):
    """A card as the questionnaire describes it. Signals ask the page; nothing is decided here."""

    ticked = Signal(str, str, bool)
    numbers = Signal()
    opened = Signal(str)

    def __init__(self, ctx: ThemeContext, state: CardState, answer: Ask | None) -> None:
        super().__init__()
        self._ctx, self.state, self.answer = ctx, state, answer
        self._turning: list[QBoxLayout] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        danger = state.kind is CardKind.EMERGENCY
        card = Card(
            ctx, "report-soft" if danger else "sunken", "report-border" if danger else "line", 2 if danger else 1
        )
        card.column.setSpacing(16)
        column.addWidget(card)
        a11y.name(self, f"card.{state.id}", state.title)
        if danger:
            self._emergency(card)
            for number, words in enumerate(state.lines):
                column.addWidget(self._line(words, _LINE_ICONS[min(number, 2)]))
        else:
            self._plain(card)

    def _emergency(self, card: Card) -> None:
        state, country = self.state, self.state.country
        both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        both.setSpacing(20)
        self._turning.append(both)
        if country is not None and country.emergency_number:
            both.addWidget(self._number(country.emergency_number, country.name))
            both.addWidget(Line(self._ctx, vertical=True))
        how = country.emergency_how if country is not None else ""
        title = trd(how).rstrip(".") if state.call and how else state.title
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(TextLabel(self._ctx, title, "account", weight=700))
        body = [trd(country.cannot_talk)] if country is not None and country.cannot_talk else []
        if how and not state.call:
            body.insert(0, trd(how))
        if body:
            words.addWidget(TextLabel(self._ctx, " ".join(body), "message"))
        words.addStretch(1)
        both.addLayout(words, 1)
        card.column.addLayout(both)
        card.column.addWidget(self._buttons())
        if state.helpline is not None:
            card.column.addWidget(self._help_row(state.helpline, "helpline"))

    def _number(self, number: str, country: str) -> QWidget:
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        words = TextLabel(
            self._ctx, number, "emergency", "report-text", tabular=True, align=Qt.AlignmentFlag.AlignHCenter
        )
        words.setWordWrap(False)
        words.setMinimumWidth(words.sizeHint().width())
        column.addWidget(words)
        column.addWidget(TextLabel(self._ctx, trd(country), "meta", "muted", align=Qt.AlignmentFlag.AlignHCenter))
        column.addStretch(1)
        return ground

    def _buttons(self) -> QWidget:
        ground = QWidget()
        wrap = Wrap(ground, 12, 8, stretch=True)
        if self.answer is not None and "called" in self.state.actions:
            for number, choice in enumerate(self.answer.choices):
                button = Button(
                    self._ctx, choice.text, f"{self.answer.id}.{choice.id}", DANGER if number == 0 else "quiet",
                    icon="check" if choice.chosen else "phone" if number == 0 else "", height=44,
                )  # fmt: skip
                button.setCheckable(True)
                button.setChecked(choice.chosen)
                ask = self.answer.id
                # Not clicked: a screen reader or a switch turns it over without a click.
                button.toggled.connect(lambda on, a=ask, c=choice.id: self.ticked.emit(a, c, on))
                wrap.addWidget(button)
        country = self.state.country
        if country is not None and country.emergency_number and "called" not in self.state.actions:
            copy = NumberButton(self._ctx, country.emergency_number, tr("help"), f"card.{self.state.id}.copy")
            copy.set_kind("quiet")
            copy.set_padding(16)
            wrap.addWidget(copy)
        if "numbers" in self.state.actions:
            other = Button(self._ctx, tr("Show other numbers"), f"card.{self.state.id}.numbers", height=44)
            other.clicked.connect(self.numbers)
            wrap.addWidget(other)
        return ground

    def _plain(self, card: Card) -> None:
        state = self.state
        card.column.setContentsMargins(16, 16, 16, 16)
        card.column.setSpacing(8)
        card.column.addWidget(TextLabel(self._ctx, state.title, "section"))
        for words in state.lines:
            card.column.addWidget(TextLabel(self._ctx, words, "body"))
        rows = ([state.helpline] if state.helpline is not None else []) + list(state.more)
        for number, line in enumerate(rows):
            card.column.addWidget(Line(self._ctx))
            card.column.addWidget(self._help_row(line, f"line{number}"))

    def _help_row(self, line: HelpLine, ident: str) -> HelpRow:
        row = HelpRow(self._ctx, line, f"card.{self.state.id}.{ident}")
        row.opened.connect(self.opened)
        return row

    def _line(self, words: str, icon: str) -> QWidget:
        """A sentence beside a picture; what stands before the first stop is strong."""
        ground = QWidget()
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(Picture(self._ctx, icon, "muted"), 0, Qt.AlignmentFlag.AlignTop)
        label = TextLabel(self._ctx, words, "body")
        if (stop := words.find(". ")) > 0:
            label.set_emphasis(stop + 1, "muted")
        row.addWidget(label, 1)
        return ground

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= self._ctx.px(420)
        for one in self._turning:
            one.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
