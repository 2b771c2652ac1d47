"""A page of questions from the data: start, choices, tiles, follow-ups, people, words and details alike."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.questionnaire.form import CardKind, PageKind
from messenger.ui.report.asks import AskBox, make_ask
from messenger.ui.report.cards import HelpCard
from messenger.ui.report.pages import Page
from messenger.ui.report.state import Ask, PageState
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

_HERE = Qt.FocusReason.OtherFocusReason
_START_ICONS = ("clock-3", "user-check", "users", "message-circle", "eye-off", "info")


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
        self.more.clicked.connect(self._open_more)
        row = QHBoxLayout()
        row.addWidget(self.more)
        row.addStretch(1)
        self.column.addLayout(self._asks)
        self.column.addSpacing(12)
        self.column.addLayout(row)
        self.column.addLayout(self._folded)
        self.column.addSpacing(8)
        self.column.addLayout(self._low_cards)
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
        self._order(shown)
        self._renew_cards(state)
        if not state.faults:
            self.errors.show_errors(())
        self.chain()

    def show_faults(self, state: PageState) -> None:
        """The error summary on top, with the focus."""
        self.renew(state)
        self.verticalScrollBar().setValue(0)
        self.errors.show_errors([(one.question, one.words) for one in state.faults])

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

    def _order(self, shown: list[Ask]) -> None:
        """Each question in its place; the folded ones behind the button, open when one of them has an answer."""
        for number, ask in enumerate(one for one in shown if not one.more):
            self._put(self._asks, number, self.asks[ask.id])
        folded = [one for one in shown if one.more]
        for number, ask in enumerate(folded):
            self._put(self._folded, number, self.asks[ask.id])
        if any(one.value or any(choice.chosen for choice in one.choices) for one in folded):
            self._more_open = True
        self.more.setVisible(bool(folded))
        self.more.setChecked(self._more_open)
        self.more.set_icon("chevron-up" if self._more_open else "chevron-down")
        for ask in folded:
            self.asks[ask.id].setVisible(self._more_open)

    def _put(self, layout: QVBoxLayout, number: int, box: QWidget) -> None:
        item = layout.itemAt(number)
        if item is None or item.widget() is not box:
            layout.insertWidget(number, box)

    def _open_more(self) -> None:
        self._more_open = self.more.isChecked()
        self.renew(self.state)

    def _renew_cards(self, state: PageState) -> None:
        answer = next((one for one in state.asks if one.in_card), None)
        for id in [one for one in self.cards if one not in {card.id for card in state.cards}]:
            self._drop_card(id)
        for number, card in enumerate(state.cards):
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
            self._low_cards.insertWidget(number, made)
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

    def chain(self) -> None:
        """Tab goes as the eye does: questions, folded questions, cards."""
        shown = [self.asks[one.id] for one in self.state.asks if one.id in self.asks]
        boxes: list[QWidget] = [box for box in shown if not box.ask.more]
        order = [one for box in boxes for one in _stops(box)]
        order.append(self.more)
        order += [one for box in shown if box.ask.more for one in _stops(box)]
        order += [one for id in (card.id for card in self.state.cards) for one in _stops(self.cards[id])]
        last: QWidget = self.title
        for one in order:
            QWidget.setTabOrder(last, one)
            last = one

    def _add_lines(self) -> None:
        """The start page: plain sentences, each with a picture."""
        for number, words in enumerate(self.state.lines):
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Picture(self.ctx, _START_ICONS[min(number, len(_START_ICONS) - 1)], "muted"))
            row.addWidget(TextLabel(self.ctx, words, "message"), 1)
            self._lines.addLayout(row)


def _has_focus(widget: QWidget) -> bool:
    focus = widget.window().focusWidget()
    return focus is not None and widget.isAncestorOf(focus)


def _stops(box: QWidget) -> list[QWidget]:
    return [one for one in box.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]
