"""The window before the chats: a passphrase where there is no key store, or a plain sentence why Robin cannot start.

Report abuse stands here too: the report itself needs the store, so the numbers are shown at once, from the data.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from messenger.domain.errors import KeyLost, NoKeyring, RobinError, StoreLocked
from messenger.domain.jurisdiction import HelpLine
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.actions import hear_report
from messenger.ui.plain import isolate
from messenger.ui.rail.view import Mark
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.ask import grow
from messenger.ui.widgets.blocks import Card, Surface
from messenger.ui.widgets.buttons import FILLED, Button, ReportButton
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.ring import FocusRing

SHORTEST = 8
"""Characters of a new passphrase."""


class UnlockWindow(Surface):
    """Says what is the matter. `unlocked` carries a passphrase, `again` asks to try once more."""

    unlocked = Signal(str)
    again = Signal()
    gone = Signal()

    def __init__(self, ctx: ThemeContext, error: RobinError | None) -> None:
        super().__init__(ctx, "window")
        self._ctx = ctx
        self._numbers: tuple[HelpLine, ...] = ()
        self._new = isinstance(error, NoKeyring)
        self._lost = isinstance(error, KeyLost)
        self._ask = self._new or isinstance(error, StoreLocked)
        self._going = False  # a second Enter would open the store a second time
        self.setObjectName("unlock")
        self.setWindowTitle(tr("Robin"))
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 40, 40, 24)
        column.setSpacing(12)
        column.addWidget(Mark(64))
        column.addSpacing(8)
        self._title = TextLabel(ctx, trd(error.sentence) if error else tr("Robin could not start."), "page-title")
        column.addWidget(self._title)
        column.addWidget(
            TextLabel(ctx, trd(error.advice) if error else tr("Close Robin and open it again."), "message", "muted")
        )
        column.addSpacing(8)
        hint = tr("Use a few words that only you know. Robin cannot bring it back.") if self._new else ""
        label = tr("New passphrase") if self._new else tr("Passphrase")
        self._field = Field(ctx, label, "unlock.passphrase", hint, secret=True)
        self.passphrase = self._field.edit
        self.passphrase.returnPressed.connect(self._go)
        if self._ask:
            column.addWidget(self._field)
        else:
            self._field.setParent(self)
            self._field.hide()
        column.addSpacing(8)
        column.addLayout(self._buttons())
        self._help = Card(ctx, padding=16)
        self._help_column = self._help.column
        self._help.hide()
        column.addWidget(self._help)
        column.addStretch(1)
        self.setMinimumWidth(ctx.px(440))
        self.resize(ctx.px(520), ctx.px(480))
        hear_report(self, self.show_numbers)
        self.ring = FocusRing(ctx, self)
        if self._ask:
            self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_numbers(self, numbers: tuple[HelpLine, ...]) -> None:
        """Who can help now, read from the data files meanwhile."""
        self._numbers = numbers
        if self._help.isVisible():
            self.show_numbers()

    def wrong(self) -> None:
        """The passphrase did not open the store."""
        self._going = False
        self._say(tr("This is not the passphrase. Try again."))

    def show_numbers(self) -> None:
        """Report abuse was pressed: say why the report has to wait, and who can help now."""
        while (item := self._help_column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        words = tr("To report, open your chats first. These people can help you now:")
        self._help_column.addWidget(TextLabel(self._ctx, words, "control"))
        for line in self._numbers:
            name = f"{trd(line.name)}: {isolate(line.number or line.url)}"
            self._help_column.addWidget(TextLabel(self._ctx, name, "message"))
        self._help.show()
        grow(self)  # a number that is cut helps nobody
        a11y.announce(self, words, True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._field.forget()  # behind the notes of Hide this no half of a passphrase waits for Show

    def closeEvent(self, event: QCloseEvent) -> None:
        self.gone.emit()
        super().closeEvent(event)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        words = tr("Open Robin") if self._ask else tr("Start anew") if self._lost else tr("Try again")
        go = Button(self._ctx, words, "unlock.go", FILLED, height=44)
        go.clicked.connect(self._go)
        row.addWidget(go)
        row.addStretch(1)
        report = ReportButton(self._ctx, "unlock.report")
        report.clicked.connect(self.show_numbers)
        row.addWidget(report, 0, Qt.AlignmentFlag.AlignRight)
        return row

    def _go(self) -> None:
        if self._going:
            return
        if not self._ask:
            self._going = True
            self.again.emit()
            return
        text = self.passphrase.text()
        if self._new and len(text) < SHORTEST:
            self._say(tr("Make it longer: eight letters or more."))
        elif text:
            self._going = True
            self.unlocked.emit(text)

    def _say(self, words: str) -> None:
        self._field.set_error(words)
        self.passphrase.selectAll()
        self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
        a11y.announce(self, words, True)
