"""A page of questions from the data: start, choices, tiles, follow-ups, people, words and details alike."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.jurisdiction import HelpLine
from messenger.i18n import tr
from messenger.questionnaire.form import CardKind, PageKind
from messenger.ui import a11y
from messenger.ui.report.asks import AskBox, TilesAsk, make_ask
from messenger.ui.report.cards import HelpCard
from messenger.ui.report.helprow import HelpRow
from messenger.ui.report.pages import Page, tab_stops
from messenger.ui.report.state import Ask, CardState, PageState
from messenger.ui.report.wrap import shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

_HERE = Qt.FocusReason.OtherFocusReason
_TOP = Qt.AlignmentFlag.AlignTop
_ALL_TILES = 490
"""Three rows of tiles with their title need so many px of height at 100 %."""


class QuestionPage(Page):
    """Draws a `PageState` and keeps its controls over every refresh, so that the focus stays where it is."""

    ticked = Signal(str, str, bool)
    wrote = Signal(str, str)
    numbers = Signal()
    opened = Signal(str)

    def __init__(self, ctx: ThemeContext, state: PageState) -> None:
        super().__init__(ctx, state.title, state.help)
        self.state = state
        self.asks: dict[str, AskBox] = {}
        self.cards: dict[str, HelpCard] = {}
        self._more_open = False
        self._urgent_line: HelpLine | None = None
        self._urgent_card: Card | None = None
        self.column.addSpacing(20)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(12)
        self.column.addLayout(self._lines)
        if state.lines:
            self._add_lines()
        self._asks = QVBoxLayout()
        self._folded = QVBoxLayout()
        self._low_cards = QVBoxLayout()
        for one in (self._asks, self._folded, self._low_cards):
            one.setSpacing(24)
        self.more = Button(ctx, tr("More, if you know it"), "page.more", LINK, icon="chevron-down", height=44)
        self.more.setCheckable(True)
        self.more.toggled.connect(self._open_more)
        self._fold = QWidget()
        fold = QVBoxLayout(self._fold)
        fold.setContentsMargins(0, 12, 0, 0)
        shrinkable(self.more)
        self.more.set_padding(0, left=True)
        fold.addWidget(self.more)
        fold.addLayout(self._folded)
        self._low = QWidget()
        self._low.setLayout(self._low_cards)
        self._low_cards.setContentsMargins(0, 20, 0, 0)
        self._notes = QVBoxLayout()
        self._noted: tuple[tuple[str, str], ...] = ()
        self.column.addLayout(self._notes)
        self.column.addLayout(self._asks)
        self.column.addWidget(self._fold)
        self.column.addWidget(self._low)
        self.column.addStretch(1)
        self.errors.chosen.connect(self.lead_to)
        self.renew(state)

    def renew(self, state: PageState) -> None:
        """Show the answers, follow-ups and cards as they are now."""
        self.state = state
        self.set_words(state.title, state.help)
        shown = [one for one in state.asks if not one.in_card]
        for id in [one for one in self.asks if one not in {ask.id for ask in shown}]:
            box = self.asks.pop(id)
            box.hide()
            box.setParent(None)
            box.deleteLater()
        for ask in shown:
            self._renew_ask(ask)
        self._renew_cards(state)
        self._order(state)
        if not state.faults:
            self.show_errors(())
        if state.lines:
            self._renew_urgent(state.urgent)
        if state.notes != self._noted:
            self._renew_notes(state.notes)

    def show_faults(self, state: PageState) -> None:
        """The error summary on top, with the focus."""
        self.renew(state)
        self.show_errors([(one.question, one.words) for one in state.faults])

    def lead_to(self, question: str) -> None:
        """A line of the error summary: to the question's control."""
        box = self.asks.get(question)
        if box is not None:
            if box.ask.more and not self._more_open:
                self.more.click()
            box.first().setFocus(_HERE)
            self.bring(box)

    def arrange(self, narrow: bool) -> None:
        for box in self.asks.values():
            box.arrange(narrow)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for box in self.asks.values():
            if isinstance(box, TilesAsk):
                box.set_low(self.height() < self.ctx.px(_ALL_TILES))

    def _renew_ask(self, ask: Ask) -> None:
        box = self.asks.get(ask.id)
        if box is not None and len(box.ask.choices) == len(ask.choices):
            box.renew(ask)
            return
        if box is not None:
            box.setParent(None)
            box.deleteLater()
        box = make_ask(self.ctx, ask, self.state.kind is PageKind.TILES)
        box.ticked.connect(self.ticked)
        box.wrote.connect(self.wrote)
        box.arrange(self.narrow)
        self.asks[ask.id] = box

    def _order(self, state: PageState) -> None:
        """Each question in its place with the cards it called for; folded ones behind the button, open when answered."""
        shown = [one for one in state.asks if not one.in_card]
        main: list[QWidget] = []
        for ask in shown:
            if not ask.more:
                main.append(self.asks[ask.id])
                main += [self.cards[one.id] for one in state.cards if self._after(one, state) == ask.id]
        for number, box in enumerate(main):
            self._put(self._asks, number, box)
        folded = [one for one in shown if one.more]
        for number, ask in enumerate(folded):
            self._put(self._folded, number, self.asks[ask.id])
        low = [one for one in state.cards if not self._after(one, state)]
        for number, card in enumerate(low):
            self._put(self._low_cards, number, self.cards[card.id])
        self._low.setVisible(bool(low))
        if any(one.value or any(choice.chosen for choice in one.choices) for one in folded):
            self._more_open = True
        self._fold.setVisible(bool(folded))
        self.more.setChecked(self._more_open)
        self.more.set_icon("chevron-up" if self._more_open else "chevron-down")
        for ask in folded:
            self.asks[ask.id].setVisible(self._more_open)

    @staticmethod
    def _after(card: CardState, state: PageState) -> str:
        """The question on this page below which the card stands, or ''."""
        return card.after if any(one.id == card.after and not one.more for one in state.asks) else ""

    def _put(self, layout: QVBoxLayout, number: int, box: QWidget) -> None:
        item = layout.itemAt(number)
        if item is None or item.widget() is not box:
            layout.insertWidget(number, box)

    def _open_more(self, on: bool) -> None:
        # Not clicked: a screen reader or a switch turns it over without a click. Showing what is open changes nothing.
        if on != self._more_open:
            self._more_open = on
            self.renew(self.state)

    def _renew_cards(self, state: PageState) -> None:
        answer = next((one for one in state.asks if one.in_card), None)
        for id in [one for one in self.cards if one not in {card.id for card in state.cards}]:
            self._drop_card(id)
        for card in state.cards:
            old = self.cards.get(card.id)
            asked = answer if "called" in card.actions else None
            if old is not None and old.state == card and old.answer == asked:
                continue
            focus = old.focusWidget().objectName() if old is not None and _has_focus(old) else ""
            if old is not None:
                self._drop_card(card.id)
            made = HelpCard(self.ctx, card, asked)
            made.ticked.connect(self.ticked)
            made.numbers.connect(self.numbers)
            made.opened.connect(self.opened)
            self.cards[card.id] = made
            if focus:
                again = made.findChild(QWidget, focus)
                if again is not None:
                    again.setFocus(_HERE)
            elif old is None and card.kind is CardKind.EMERGENCY and self.isVisible():
                self.bring(made)

    def _drop_card(self, id: str) -> None:
        card = self.cards.pop(id)
        card.hide()
        card.setParent(None)
        card.deleteLater()

    def stops(self) -> list[QWidget]:
        """Questions with the cards they called for, folded questions, other cards."""
        shown = [self.asks[one.id] for one in self.state.asks if one.id in self.asks]
        found: list[QWidget] = [*tab_stops(self._errors), self.title]
        if self._urgent_card is not None:
            found += tab_stops(self._urgent_card)
        for box in shown:
            if not box.ask.more:
                found += tab_stops(box)
                found += self._card_stops(box.ask.id)
        found.append(self.more)
        found += [one for box in shown if box.ask.more for one in tab_stops(box)]
        return found + self._card_stops("")

    def _card_stops(self, after: str) -> list[QWidget]:
        # Qt may ask while a card is being made anew: one that is not there has no stops.
        shown = [one for one in self.state.cards if one.id in self.cards]
        cards = [self.cards[one.id] for one in shown if self._after(one, self.state) == after]
        return [one for card in cards for one in tab_stops(card)]

    def _add_lines(self) -> None:
        """The start page: plain sentences, each with a picture."""
        for icon, words in self.state.lines:
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Picture(self.ctx, icon, "report-text" if icon == "siren" else "muted"), 0, _TOP)
            row.addWidget(TextLabel(self.ctx, words, "message"), 1)
            self._lines.addLayout(row)
        self._urgent = QVBoxLayout()
        self._lines.addLayout(self._urgent)

    def _renew_notes(self, notes: tuple[tuple[str, str], ...]) -> None:
        """What happens with what is told here: who sees it, and how they check it."""
        self._noted = notes
        while (item := self._notes.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        card = Card(self.ctx, "sunken", "", 0, 10, 16)
        card.column.setContentsMargins(16, 12, 16, 12)
        for icon, words in notes:
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Picture(self.ctx, icon, "muted"), 0, _TOP)
            row.addWidget(TextLabel(self.ctx, words, "body"), 1)
            card.column.addLayout(row)
        a11y.name(card, "page.notes", " ".join(words for _, words in notes))
        self._notes.setContentsMargins(0, 0, 0, 24)
        self._notes.addWidget(card)

    def _renew_urgent(self, line: HelpLine | None) -> None:
        """The emergency number on the start page, when the country's numbers are there."""
        if line is None or line == self._urgent_line:
            return
        self._urgent_line = line
        while (item := self._urgent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        card = self._urgent_card = Card(self.ctx, "report-soft", "report-border", 1, 12, 16)
        card.column.addWidget(HelpRow(self.ctx, line, "start.emergency"))
        self._urgent.addSpacing(8)
        self._urgent.addWidget(card)


def _has_focus(widget: QWidget) -> bool:
    focus = widget.window().focusWidget()
    return focus is not None and widget.isAncestorOf(focus)
