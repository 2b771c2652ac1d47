"""Pages of the windows that follow a report: own words, reasons, a second question, and how it ended."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGroupBox, QHBoxLayout, QVBoxLayout

from messenger.domain.report import WithdrawReason
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.pages import Page
from messenger.ui.report.send_page import Mark
from messenger.ui.safety.taking_back import LONGEST, reasons
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.fields import TextArea
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture
from messenger.ui.widgets.radios import RadioRow


class WordsPage(Page):
    """Own words to what was chosen."""

    wrote = Signal(str)

    def __init__(self, ctx: ThemeContext, words: str) -> None:
        super().__init__(ctx, tr("What else do you want to say?"), tr("You can leave this empty if you chose a message."))
        self.column.addSpacing(16)
        self.area = TextArea(ctx, self.title.text(), "add.words", 6)
        self.area.setPlainText(words)
        self.area.textChanged.connect(self._typed)
        self.column.addWidget(self.area)
        self.column.addStretch(1)
        self.errors.chosen.connect(lambda _: self.area.setFocus(Qt.FocusReason.OtherFocusReason))

    def _typed(self) -> None:
        self.wrote.emit(self.area.toPlainText()[:LONGEST])


class ReasonPage(Page):
    """Why the report is taken back: four reasons, none chosen, and what happens then."""

    chosen = Signal(object)
    wrote = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("Why do you want to take it back?"), tr("That is all right. You need not say more."))
        self.column.addSpacing(16)
        box = QGroupBox()
        box.setFlat(True)
        box.setStyleSheet("QGroupBox{border:0;margin:0;padding:0}")
        a11y.name(box, "take_back.reasons", self.title.text())
        rows = QVBoxLayout(box)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        self._group = QButtonGroup(box)
        self._rows: list[RadioRow] = []
        for reason, words in reasons():
            row = RadioRow(ctx, words, f"take_back.{reason.value}")
            row.clicked.connect(lambda _=False, one=reason: self._chose(one))
            self._group.addButton(row)
            self._rows.append(row)
            rows.addWidget(row)
        self.column.addWidget(box)
        self.column.addSpacing(20)
        label = TextLabel(ctx, tr("Your words to them (you can skip this)"), "name")
        self.area = TextArea(ctx, label.text(), "take_back.words", 2)
        label.setBuddy(self.area)
        self.area.textChanged.connect(lambda: self.wrote.emit(self.area.toPlainText()[:LONGEST]))
        self.column.addWidget(label)
        self.column.addSpacing(8)
        self.column.addWidget(self.area)
        self.column.addStretch(1)
        self.errors.chosen.connect(lambda _: self._rows[0].setFocus(Qt.FocusReason.OtherFocusReason))

    def _chose(self, reason: WithdrawReason) -> None:
        self.show_errors(())
        self.chosen.emit(reason)


class SurePage(Page):
    """The second time: both ends said honestly, and what one can do in its place."""

    def __init__(self, ctx: ThemeContext, unsafe: bool) -> None:
        super().__init__(ctx, tr("Do you want to take it back?"), tr("You can still keep it. Both are fine."))
        self.column.addSpacing(16)
        card = Card(ctx, "sunken", "", 0, 10, 16)
        card.column.setSpacing(12)
        for icon, words in (
            ("trash-2", tr("If no one has read it yet, all of it is erased there.")),
            ("users", tr("If people have begun to help, they write down that you took it back. "
                         "They may still have to keep someone safe.")),
            ("message-circle", tr("If you have a doubt, you can write to them first.")),
        ):  # fmt: skip
            row = QHBoxLayout()
            row.setSpacing(12)
            row.addWidget(Picture(ctx, icon, "muted"), 0, Qt.AlignmentFlag.AlignTop)
            row.addWidget(TextLabel(ctx, words, "message"), 1)
            card.column.addLayout(row)
        self.column.addWidget(card)
        if unsafe:
            self.column.addSpacing(16)
            words = tr("You do not feel safe. You can talk to someone now. The line is below.")
            self.column.addWidget(TextLabel(ctx, words, "body", weight=600))
        self.column.addStretch(1)


class EndPage(Page):
    """How it ended, with a mark."""

    def __init__(self, ctx: ThemeContext, title: str, lines: tuple[str, ...], icon: str = "check") -> None:
        super().__init__(ctx)
        self.title.hide()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Mark(ctx, icon, "ok-soft", "ok", 48), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        self.title = type(self.title)(ctx, title)
        words.addWidget(self.title)
        for line in lines:
            words.addWidget(TextLabel(ctx, line, "message", "muted"))
        row.addLayout(words, 1)
        self.column.addLayout(row)
        self.column.addStretch(1)
