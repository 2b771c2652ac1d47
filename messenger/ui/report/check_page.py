"""Check your answers: every answer with its Change link, and who receives it right above Send."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.jurisdiction import HelpLine
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.report.helprow import HelpRow
from messenger.ui.report.pages import Page
from messenger.ui.report.state import CheckRow, CheckState, Way
from messenger.ui.report.ways import elsewhere, where_words
from messenger.ui.report.wrap import shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Line
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.choices import CheckBox
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture


class _Row(QWidget):
    """Label, value and Change; below each other in a narrow window."""

    def __init__(self, ctx: ThemeContext, row: CheckRow, number: int) -> None:
        super().__init__()
        self._ctx = ctx
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 8, 0, 8)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(2)
        self._label = TextLabel(ctx, row.label, "body", weight=600)
        self._value = TextLabel(ctx, row.value, "body", "text" if row.given else "muted")
        self.change = Button(ctx, tr("Change"), f"change.{row.question or row.page}", LINK, height=22)
        self.change.setAccessibleName(tr("Change: {what}").format(what=row.label))
        self.change.setMinimumHeight(24)
        for one in (self._label, self._value):
            one.setContentsMargins(0, 2, 0, 2)
        a11y.name(self, f"check.{number}", tr("{label}: {value}").format(label=row.label, value=row.value))
        self.arrange(False)

    def arrange(self, narrow: bool) -> None:
        for one in (self._label, self._value, self.change):
            self._grid.removeWidget(one)
        top = Qt.AlignmentFlag.AlignTop
        if narrow:
            self._label.setMinimumWidth(0)
            self._label.setMaximumWidth(16777215)
            self._grid.addWidget(self._label, 0, 0)
            self._grid.addWidget(self.change, 0, 1, top | Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(self._value, 1, 0, 1, 2)
            self._grid.setColumnStretch(0, 1)
            self._grid.setColumnStretch(1, 0)
        else:
            self._label.setFixedWidth(self._ctx.px(152))
            self._grid.addWidget(self._label, 0, 0, top)
            self._grid.addWidget(self._value, 0, 1, top)
            self._grid.addWidget(self.change, 0, 2, top)
            self._grid.setColumnStretch(0, 0)
            self._grid.setColumnStretch(1, 1)


class CheckPage(Page):
    """Draws a `CheckState`."""

    changed = Signal(str)
    kept = Signal(bool)
    opened = Signal(str)
    preview = Signal()
    numbers = Signal()

    def __init__(self, ctx: ThemeContext, state: CheckState) -> None:
        super().__init__(ctx, state.title, "")
        self._rows: list[_Row] = []
        self._pages: dict[str, str] = {}
        self._place: dict[str, _Row] = {}
        self._answers = QVBoxLayout()
        self._answers.setSpacing(0)
        self._high = QVBoxLayout()
        self.column.addSpacing(8)
        self.column.addLayout(self._high)
        self.column.addLayout(self._answers)
        self._low = QVBoxLayout()
        self._low.setSpacing(12)
        self.column.addSpacing(12)
        self.column.addLayout(self._low)
        self.column.addStretch(1)
        self.errors.chosen.connect(self._lead_to)
        self.renew(state)

    def renew(self, state: CheckState) -> None:
        """Show the answers as they are now."""
        self.state = state
        self.set_words(state.title, "")
        for part in (self._high, self._answers, self._low):
            _empty(part)
        self._rows, self._place = [], {}
        for number, row in enumerate(state.rows):
            made = _Row(self.ctx, row, number)
            made.arrange(self.narrow)
            made.change.clicked.connect(lambda _=False, page=row.page: self.changed.emit(page))
            self._answers.addWidget(made)
            if number < len(state.rows) - 1:
                self._answers.addWidget(Line(self.ctx))
            self._rows.append(made)
            self._place[row.question] = made
        self._pages = {one.question: one.page for one in state.faults}
        rows = elsewhere(state)
        if rows:
            (self._low if state.receiver is not None else self._high).addWidget(self._others(state, rows))
        if state.may_keep and state.receiver is not None:
            keep = CheckBox(self.ctx, tr("Keep a copy for me on this computer"), "check.keep")
            keep.setAccessibleDescription(tr("Others who use this computer may find it."))
            keep.setChecked(state.keep_copy)
            keep.toggled.connect(self.kept)
            self._low.addWidget(keep)
        if state.talk is not None:
            self._low.addWidget(self._talk(state.talk, state.talk in rows))
        self.show_errors([(one.question, one.words) for one in state.faults])

    def arrange(self, narrow: bool) -> None:
        for row in self._rows:
            row.arrange(narrow)

    def _lead_to(self, question: str) -> None:
        page = self._pages.get(question, "")
        if page:
            self.changed.emit(page)

    def _talk(self, line: HelpLine, named: bool) -> Button:
        words = tr("Talk to someone: {name} {number}").format(name=trd(line.name), number=line.number).rstrip()
        if named:
            words = tr("Who else can I talk to?")
        button = Button(self.ctx, words, "check.numbers", LINK, icon="phone", height=44)
        button.set_role("muted")
        button.set_padding(0, left=True)
        shrinkable(button)
        button.setAccessibleName(tr("{words}. Show all numbers.").format(words=words))
        button.clicked.connect(self.numbers)
        return button

    def receiver(self) -> QWidget | None:
        """The sunken box above Send: who gets it, what they see, and that the other person is not told."""
        state = self.state
        if state.receiver is None:
            return None
        first, rest = where_words(state.receiver, state.about)
        card = Card(self.ctx, "sunken", "", 0, 10, 16)
        if state.notice:
            card.column.addWidget(TextLabel(self.ctx, state.notice, "body", weight=600))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(
            Picture(self.ctx, "lock" if state.receiver.way is Way.SENDS else "hand", "muted"),
            0,
            Qt.AlignmentFlag.AlignTop,
        )
        words = TextLabel(self.ctx, f"{first} {rest}", "body")
        words.set_emphasis(len(first), "muted")
        row.addWidget(words, 1)
        card.column.addLayout(row)
        see = Button(self.ctx, tr("See what they will see"), "check.preview", LINK, height=28)
        see.clicked.connect(self.preview)
        see.set_padding(0, left=True)
        shrinkable(see)
        card.column.addWidget(see)
        # Who a hand-set endpoint belongs to stands in the footer of every page, right below this box.
        if state.receiver.practice:
            card.column.addWidget(TextLabel(self.ctx, state.receiver.practice, "body", weight=600))
        a11y.name(card, "check.receiver", f"{state.notice} {words.text()}".strip())
        return card

    def _others(self, state: CheckState, rows: tuple[HelpLine, ...]) -> QWidget:
        """Who else can help; where nobody is there to send to, that is said plainly, with them at once."""
        card = Card(self.ctx, "raised" if state.receiver else "sunken", "line" if state.receiver else "", 1, 12, 16)
        card.column.setSpacing(8)
        title = tr("Who else can help") if state.receiver else tr("There is nobody to send this to yet.")
        card.column.addWidget(TextLabel(self.ctx, title, "section"))
        if state.receiver is None:
            words = tr("Your words are kept here. These people can help you now.")
            card.column.addWidget(TextLabel(self.ctx, words, "body", "muted"))
        where = state.where
        if where is not None and where.remit:
            card.column.addWidget(TextLabel(self.ctx, where.remit, "body", weight=600))
        for line in rows:
            ident = "check.talk" if line == state.talk else f"check.place.{line.id}"
            row = HelpRow(self.ctx, line, ident)
            row.opened.connect(self.opened)
            card.column.addWidget(row)
        if where is not None:
            card.column.addWidget(TextLabel(self.ctx, " ".join(where.notes), "secondary", "muted"))
        a11y.name(card, "check.others", " ".join((title, where.remit if where is not None else "")).strip())
        return card


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
