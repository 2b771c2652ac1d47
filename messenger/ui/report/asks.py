"""The questions of a page as controls: radio rows, ticks, tiles, fields, countries. Made once, then kept up to date."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QGroupBox, QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.questionnaire.form import QuestionKind
from messenger.ui import a11y
from messenger.ui.report.pick import Pick
from messenger.ui.report.state import Ask, Choice
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.choices import Tile
from messenger.ui.widgets.fields import LineEdit, TextArea
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture
from messenger.ui.widgets.radios import RadioRow
from messenger.ui.widgets.rows import CheckRow

LONG_ANSWER = 300
"""A typed answer that may be longer than this gets a box of several lines and a count."""
_SINGLE = frozenset((QuestionKind.TEXT, QuestionKind.PERSON, QuestionKind.COUNTRY))


class AskBox(QGroupBox):
    """One question with its words, help, error and control. Of several choices its accessible name is the question."""

    ticked = Signal(str, str, bool)
    wrote = Signal(str, str)

    def __init__(self, ctx: ThemeContext, ask: Ask) -> None:
        super().__init__()
        self.ctx, self.ask = ctx, ask
        self.setFlat(True)
        self.setTitle("")
        self.setStyleSheet("QGroupBox{border:0;margin:0;padding:0}")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self.words = TextLabel(ctx, "", "name")
        self.help = TextLabel(ctx, "", "secondary", "muted")
        self._fault = QWidget()
        row = QHBoxLayout(self._fault)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Picture(ctx, "circle-alert", "text", 16), 0, Qt.AlignmentFlag.AlignTop)
        self.error = TextLabel(ctx, "", "body", weight=600)
        row.addWidget(self.error, 1)
        for one in (self.words, self.help, self._fault):
            self.column.addWidget(one)
        self.renew(ask)

    def renew(self, ask: Ask) -> None:
        """Show the question as it is now."""
        self.ask = ask
        self.words.setText(tr("{question} (you can skip this)").format(question=ask.text) if ask.optional else ask.text)
        self.words.setVisible(not ask.title)
        self.help.setText(ask.help)
        self.help.setVisible(bool(ask.help))
        self.error.setText(ask.error)
        self._fault.setVisible(bool(ask.error))
        # A single control says the question itself; from its group it would be heard twice.
        single = ask.kind in _SINGLE
        a11y.name(self, f"ask.{ask.id}", "" if single else ask.text)
        self.setAccessibleDescription("" if single else self.said())

    def said(self) -> str:
        """What is said after the question: what is wrong, the help, and whether it can be left out."""
        labelled = self.ask.kind in (QuestionKind.TEXT, QuestionKind.PERSON)  # the label over a field says it
        skip = tr("You can skip this.") if self.ask.optional and not labelled else ""
        return " ".join(one for one in (self.ask.error, self.ask.help, skip) if one)

    def arrange(self, narrow: bool) -> None:
        """Lay the choices out anew."""

    def first(self) -> QWidget:
        """The control that an error leads to."""
        raise NotImplementedError  # abstract: each kind of question below says which control it is


class ChoiceAsk(AskBox):
    """One or several of a few: radio rows or ticked rows, beside each other while they are short and there is room."""

    def __init__(self, ctx: ThemeContext, ask: Ask) -> None:
        self.buttons: list[RadioRow | CheckRow | Tile] = []
        self._renewing = False
        super().__init__(ctx, ask)
        self._narrow = False
        one = ask.kind is QuestionKind.ONE
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self.grid = QGridLayout()
        self.grid.setSpacing(12)
        self.column.addLayout(self.grid)
        for choice in ask.choices:
            button = self.make(choice)
            if one:
                self._group.addButton(button)
            # Not clicked: a screen reader or a switch toggles a box without a click.
            button.toggled.connect(lambda on, id=choice.id: self._toggled(id, on))
            self.buttons.append(button)
        self._group.setExclusive(one)
        self.renew(ask)
        self.arrange(False)

    def make(self, choice: Choice) -> RadioRow | CheckRow | Tile:
        """The control of one answer."""
        ident = f"{self.ask.id}.{choice.id}"
        if self.ask.kind is QuestionKind.ONE:
            return RadioRow(self.ctx, choice.text, ident)
        return CheckRow(self.ctx, choice.text, ident)

    def renew(self, ask: Ask) -> None:
        super().renew(ask)
        if not self.buttons:
            return
        exclusive = self._group.exclusive()
        self._renewing = True
        self._group.setExclusive(False)
        for button, choice in zip(self.buttons, ask.choices, strict=True):
            button.setChecked(choice.chosen)
            if button.words() != choice.text:
                button.setText(choice.text.replace("&", "&&"))
                button.setAccessibleName(choice.text)
        self._group.setExclusive(exclusive)
        self._renewing = False

    def _toggled(self, choice: str, on: bool) -> None:
        # Of one among several, the one that goes off says nothing: the one that goes on takes its place.
        if not self._renewing and (on or self.ask.kind is not QuestionKind.ONE):
            self.ticked.emit(self.ask.id, choice, on)

    def columns(self, narrow: bool) -> int:
        """How many stand beside each other."""
        if narrow or max(len(one.text) for one in self.ask.choices) > 34:
            return 1
        return 3 if len(self.ask.choices) == 3 and max(len(one.text) for one in self.ask.choices) <= 20 else 2

    def arrange(self, narrow: bool) -> None:
        for button in self.buttons:
            self.grid.removeWidget(button)
        wide = self.columns(narrow)
        for number, button in enumerate(self.buttons):
            self.grid.addWidget(button, number // wide, number % wide)
        for column in range(3):
            self.grid.setColumnStretch(column, 1 if column < wide else 0)

    def first(self) -> QWidget:
        return next((one for one in self.buttons if one.isChecked()), self.buttons[0])


class TilesAsk(ChoiceAsk):
    """The nine tiles: three by three, below 560 px one column of rows."""

    def make(self, choice: Choice) -> RadioRow | CheckRow | Tile:
        return Tile(self.ctx, choice.text, choice.icon, f"{self.ask.id}.{choice.id}")

    def columns(self, narrow: bool) -> int:
        return 1 if narrow else 3

    def set_low(self, low: bool) -> None:
        """Lower tiles where the window leaves too little height for all nine."""
        for button in self.buttons:
            if isinstance(button, Tile):
                button.set_low(low)

    def arrange(self, narrow: bool) -> None:
        for button in self.buttons:
            if isinstance(button, Tile):
                button.set_row(narrow)
        super().arrange(narrow)


class TextAsk(AskBox):
    """Typed words: one line, or a box with a count. Never longer than allowed: what is too much is not taken."""

    def __init__(self, ctx: ThemeContext, ask: Ask) -> None:
        self.field: LineEdit | TextArea | None = None
        super().__init__(ctx, ask)
        self.count: TextLabel | None = None
        if ask.longest > LONG_ANSWER and ask.kind is QuestionKind.TEXT:
            area = TextArea(ctx, ask.text, f"{ask.id}.text", 6 if ask.longest > 1000 else 3)
            area.setPlainText(ask.value)
            area.textChanged.connect(self._typed)
            self.field = area
            self.column.addWidget(area)
            self.count = TextLabel(ctx, "", "meta", "muted", tabular=True)
            self.column.addWidget(self.count)
        else:
            line = LineEdit(ctx, ask.text, f"{ask.id}.text")
            line.setText(ask.value)
            line.setCursorPosition(0)
            line.setMaxLength(ask.longest)
            # Not textEdited: what a screen reader or a voice puts in is an answer too.
            line.textChanged.connect(self._typed)
            line.setMaximumWidth(480)
            self.field = line
            self.column.addWidget(line)
        self.words.setBuddy(self.field)
        self.renew(ask)
        self._counted()

    def renew(self, ask: Ask) -> None:
        super().renew(ask)
        if self.field is not None:
            self.field.set_wrong(bool(ask.error))
            self.field.setAccessibleName(ask.text)
            self.field.setAccessibleDescription(self.said())
            if not self.field.hasFocus() and self.text().strip() != ask.value:
                self._put(ask.value)

    def text(self) -> str:
        """What stands in the field."""
        if isinstance(self.field, TextArea):
            return self.field.toPlainText()
        return self.field.text() if self.field is not None else ""

    def first(self) -> QWidget:
        assert self.field is not None
        return self.field

    def _put(self, words: str) -> None:
        assert self.field is not None
        self.field.blockSignals(True)
        if isinstance(self.field, TextArea):
            self.field.setPlainText(words)
        else:
            self.field.setText(words)
            self.field.setCursorPosition(0)
        self.field.blockSignals(False)

    def _typed(self) -> None:
        longest = self.ask.longest
        if isinstance(self.field, TextArea) and len(self.text()) > longest:
            cursor = self.field.textCursor()
            place = cursor.position()
            self._put(self.text()[:longest])
            cursor = self.field.textCursor()
            cursor.setPosition(min(place, self.field.document().characterCount() - 1))
            self.field.setTextCursor(cursor)
        self._counted()
        self.wrote.emit(self.ask.id, self.text())

    def _counted(self) -> None:
        if self.count is not None:
            used = len(self.text())
            words = tr("{used} of {all} letters used").format(used=f"{used:,}", all=f"{self.ask.longest:,}")
            self.count.setText(words)


class CountryAsk(AskBox):
    """One of the countries there are cards for."""

    def __init__(self, ctx: ThemeContext, ask: Ask) -> None:
        self.pick: Pick | None = None
        super().__init__(ctx, ask)
        self.pick = Pick(ctx, ask.text, f"{ask.id}.pick", empty=tr("Choose a country"), height=44)
        self.pick.picked.connect(lambda code: self.ticked.emit(self.ask.id, code, True))
        row = QHBoxLayout()
        row.addWidget(self.pick)
        row.addStretch(1)
        self.column.addLayout(row)
        self.renew(ask)

    def renew(self, ask: Ask) -> None:
        super().renew(ask)
        if self.pick is not None:
            chosen = next((one.id for one in ask.choices if one.chosen), "")
            self.pick.set_choices([(one.id, one.text) for one in ask.choices], chosen)
            self.pick.setAccessibleDescription(self.said())

    def first(self) -> QWidget:
        assert self.pick is not None
        return self.pick


def make_ask(ctx: ThemeContext, ask: Ask, tiles: bool) -> AskBox:
    """The control for a question's kind."""
    if ask.kind is QuestionKind.COUNTRY:
        return CountryAsk(ctx, ask)
    if ask.kind in (QuestionKind.TEXT, QuestionKind.PERSON):
        return TextAsk(ctx, ask)
    return TilesAsk(ctx, ask) if tiles else ChoiceAsk(ctx, ask)
