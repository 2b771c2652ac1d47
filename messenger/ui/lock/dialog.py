"""The dialog of the PIN: set one, change it, or take the lock off."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from messenger.domain.errors import RobinError
from messenger.domain.lock import LONGEST, SHORTEST, LockAnswer
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.lock.screen import wait_words
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.ask import SmallWindow
from messenger.ui.widgets.buttons import FILLED, Button
from messenger.ui.widgets.fields import Field

if TYPE_CHECKING:
    from messenger.ui.border import Cancel, Engine


class Deed(StrEnum):
    """What the dialog is for."""

    SET = "set"
    CHANGE = "change"
    REMOVE = "remove"


def _words(deed: Deed) -> tuple[str, str, str]:
    """Title, sentence and button."""
    if deed is Deed.SET:
        return tr("Set a PIN"), tr("No one can bring a PIN back. Choose one that you will know."), tr("Set this PIN")
    if deed is Deed.CHANGE:
        return tr("Change the PIN"), tr("Type the PIN of now, then the new one."), tr("Change the PIN")
    return tr("Take the lock off"), tr("Then anyone who is here can open Robin."), tr("Take the lock off")


class PinDialog(SmallWindow):
    """Asks and does it. Escape, or Cancel, changes nothing."""

    def __init__(self, ctx: ThemeContext, engine: Engine, parent: QWidget, deed: Deed) -> None:
        title, sentence, button = _words(deed)
        super().__init__(ctx, parent, title, sentence)
        self._engine, self._deed = engine, deed
        self._end: Cancel = lambda: None
        self._asking = False  # each try counts: Enter that is held must not be several
        hint = tr("4 to 12 numbers or letters.")
        self.old = Field(ctx, tr("PIN of now"), "pin.old", secret=True)
        self.new = Field(ctx, tr("New PIN"), "pin.new", hint, secret=True)
        self.again = Field(ctx, tr("New PIN once more"), "pin.again", secret=True)
        fields = {Deed.SET: (self.new, self.again), Deed.REMOVE: (self.old,)}
        self._fields = fields.get(deed, (self.old, self.new, self.again))
        for field in (self.old, self.new, self.again):
            field.edit.setMaxLength(LONGEST)
            field.edit.returnPressed.connect(self._go)
            if field in self._fields:
                self.column.addWidget(field)
            else:
                field.setParent(self)
                field.hide()
        self.column.addStretch(1)
        row = QWidget()
        wrap = Wrap(row, 12, 8)
        self.yes = Button(ctx, button, "pin.yes", FILLED, height=44)
        self.no = Button(ctx, tr("Cancel"), "pin.no", height=44)
        wrap.addWidget(self.yes)
        wrap.addWidget(self.no)
        self.column.addWidget(row)
        self.yes.clicked.connect(self._go)
        self.no.clicked.connect(self.reject)
        self.finished.connect(self._forget)
        self.setMinimumWidth(min(ctx.px(420), 560))
        self._fields[0].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go(self) -> None:
        if self._asking:
            return
        for field in self._fields:
            field.set_error("")
        old, new = self.old.text(), self.new.text()
        if self._deed is not Deed.SET and not old:
            self._fault(self.old, tr("Type the PIN of now."))
        elif self._deed is not Deed.REMOVE and not (SHORTEST <= len(new) <= LONGEST and new.isalnum()):
            self._fault(self.new, tr("Use 4 to 12 numbers or letters."))
        elif self._deed is not Deed.REMOVE and self.again.text() != new:
            self._fault(self.again, tr("This is not the same. Type it once more."))
        else:
            self._asking = True
            self._ask(old, new)

    def _ask(self, old: str, new: str) -> None:
        call = self._engine.call
        if self._deed is Deed.SET:
            self._end = call(lambda hub: hub.lock.set_pin(new), lambda _none: self.accept(), self._failed)
        elif self._deed is Deed.CHANGE:
            self._end = call(lambda hub: hub.lock.change(old, new), self._answered, self._failed)
        else:
            self._end = call(lambda hub: hub.lock.remove(old), self._answered, self._failed)

    def _failed(self, error: RobinError) -> None:
        self._asking = False
        self._fault(self._fields[0], f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))

    def _answered(self, answer: LockAnswer) -> None:
        self._asking = False
        if answer.ok:
            self.accept()
            return
        self.old.set_text("")
        if answer.wait_seconds:
            self._fault(self.old, wait_words(answer.wait_seconds))
        else:
            self._fault(self.old, tr("That is not the PIN. Try again."))

    def _fault(self, field: Field, words: str) -> None:
        field.set_error(words)
        field.edit.selectAll()
        field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        a11y.announce(self, words, True)
        QTimer.singleShot(0, self, self.grow)

    def _forget(self) -> None:
        self._end()  # closed by Hide this, the lock or Cancel: an answer that is on its way finds nothing here
        for field in self._fields:
            field.forget()  # a PIN does not stay in memory longer than it has to
