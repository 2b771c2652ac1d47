"""The smaller pages: which chat, exactly what will be sent, numbers to call, and a moment of opening."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QTextOption
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.jurisdiction import HelpLine
from messenger.domain.report import Preview
from messenger.i18n import tr
from messenger.ui.plain import visible
from messenger.ui.report.helprow import HelpRow
from messenger.ui.report.pages import Page
from messenger.ui.report.pick import Pick
from messenger.ui.report.places import ChatChoice
from messenger.ui.report.state import Numbers
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.fields import LineEdit, TextArea
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.radios import RadioRow

SEARCH_FROM = 8
"""So many chats get a field to find one."""


class ChatsPage(Page):
    """Which chat is it about? One of the chats, or none of them."""

    chosen = Signal(object)

    def __init__(self, ctx: ThemeContext, chats: tuple[ChatChoice, ...]) -> None:
        super().__init__(
            ctx,
            tr("Which chat is it about?"),
            tr("Choose one, so that you can send what was said. You can also go on with none."),
        )
        self._group = QButtonGroup(self)
        self._rows: list[tuple[RadioRow, ChatChoice | None]] = []
        self.column.addSpacing(20)
        self.search = LineEdit(ctx, tr("Find a chat"), "chats.search", icon="search")
        self.search.setPlaceholderText(tr("Find a chat"))
        self.search.textChanged.connect(self._filter)
        self.column.addWidget(self.search)
        self.search.setHidden(len(chats) <= SEARCH_FROM)
        rows = QVBoxLayout()
        rows.setSpacing(8)
        self.column.addSpacing(12)
        self.column.addLayout(rows)
        for number, chat in enumerate(chats):
            note = visible(chat.address)
            if chat.several:
                note = tr("{address}, in your account {account}").format(address=note, account=visible(chat.account))
            self._add(rows, RadioRow(ctx, visible(chat.name), f"chats.{number}", note), chat)
        self._add(rows, RadioRow(ctx, tr("None of these, or I am not sure"), "chats.none"), None)
        self.column.addStretch(1)
        self.errors.chosen.connect(lambda _: self._rows[0][0].setFocus())

    def _add(self, rows: QVBoxLayout, row: RadioRow, chat: ChatChoice | None) -> None:
        self._group.addButton(row)
        self._rows.append((row, chat))
        rows.addWidget(row)

    def _filter(self, words: str) -> None:
        for row, chat in self._rows:
            found = chat is None or words.casefold() in f"{chat.name} {chat.address}".casefold()
            row.setVisible(found or row.isChecked())

    def go_on(self) -> bool:
        """Continue: tell the choice, or ask for one. True when there was one."""
        for row, chat in self._rows:
            if row.isChecked():
                self.chosen.emit(chat)
                return True
        self.show_errors([("chats", tr("Choose a chat, or the last line."))])
        return False


class PreviewPage(Page):
    """Exactly what will be sent, as plain text that can be read and searched, not changed."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("What they will see"), tr("This is all that is sent. Nothing else goes."))
        self.text = TextArea(ctx, tr("What they will see"), "preview.text", 14)
        self.text.setReadOnly(True)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.note = TextLabel(ctx, "", "secondary", "muted")
        self.column.addSpacing(16)
        self.column.addWidget(self.text, 1)
        self.column.addSpacing(8)
        self.column.addWidget(self.note)

    def renew(self, preview: Preview | None, trouble: str) -> None:
        """Show the words, or why there are none."""
        self.text.setVisible(preview is not None)
        whole = preview is None or preview.whole
        words = tr("This is all that is sent. Nothing else goes.") if whole else tr("These go with what you tell us.")
        self.help.setText(trouble or words)
        if preview is not None:
            self.text.setPlainText(preview.text)
            who = tr("It goes to {name}. It is locked, so that no one else can read it.")
            self.note.setText(who.format(name=visible(preview.endpoint)) if preview.endpoint else "")


class NumbersPage(Page):
    """The country's numbers, with another country to choose."""

    opened = Signal(str)
    country = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(
            ctx, tr("Who can I talk to?"), tr("They are there to help. You need not give your name to all of them.")
        )
        self.pick = Pick(ctx, tr("Country"), "numbers.country", height=44)
        self.pick.picked.connect(self.country)
        row = QHBoxLayout()
        row.addWidget(self.pick)
        row.addStretch(1)
        self.column.addSpacing(16)
        self.column.addLayout(row)
        self.column.addSpacing(12)
        self._card = QWidget()
        self.column.addWidget(self._card)
        self.column.addStretch(1)

    def renew(self, numbers: Numbers) -> None:
        """Show a country's numbers."""
        if numbers.card is None:
            return
        self.pick.set_choices(numbers.countries, numbers.card.code)
        card = Card(self.ctx, "raised", "line", 1, 12, 16)
        for number, line in enumerate(numbers.card.lines):
            if number:
                card.column.addWidget(Line(self.ctx))
            made = HelpRow(self.ctx, line, f"numbers.{line.id}", in_list=True)
            made.opened.connect(self.opened)
            card.column.addWidget(made)
        old, self._card = self._card, card
        self.column.replaceWidget(old, card)
        old.hide()
        old.setParent(None)
        old.deleteLater()


class OpeningPage(Page):
    """The moment before the first page, and the place for a sentence when a report cannot be opened."""

    again = Signal()
    opened = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("Opening"), "")
        self._button = Button(ctx, tr("Try again"), "opening.again", LINK, height=44)
        self._button.clicked.connect(self.again)
        self._button.hide()
        self.column.addWidget(self._button)
        self._numbers = QVBoxLayout()
        self._numbers.setSpacing(8)
        self._numbers.setContentsMargins(0, 16, 0, 0)
        self.column.addLayout(self._numbers)
        self.column.addStretch(1)

    def fail(self, words: str) -> None:
        """Say why there is no page."""
        self.set_words(tr("Your report did not open"), words)
        self._button.show()

    def wait(self, lines: tuple[HelpLine, ...]) -> None:
        """Robin is locked or could not start: say so, and who can help meanwhile."""
        first = tr("Look at the other window first. Your report opens here then.")
        self.set_words(
            tr("Robin is not open yet"), f"{first} {tr('These people can help you now.')}" if lines else first
        )
        while (item := self._numbers.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for line in lines:
            row = HelpRow(self.ctx, line, f"opening.{line.id}")
            row.opened.connect(self.opened)
            self._numbers.addWidget(row)
