"""How sure they are who reports: in words, with a check again, or a code by e-mail in two small steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.pages import tab_stops
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.safety.cases import Identity
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

DIGITS = 6


class ProofStep(StrEnum):
    """Which small step stands open."""

    NONE = "none"
    EMAIL = "email"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a check gave: the step to show now and a sentence; `wrong` puts it at the field."""

    step: ProofStep
    words: str = ""
    wrong: bool = False


class IdentityBox(QWidget):
    """`again` asks for a check by the chat server, `ask` for a code to an e-mail, `answer` gives the code."""

    again = Signal()
    ask = Signal(str)
    answer = Signal(str)

    def __init__(self, ctx: ThemeContext, ident: str, identity: Identity) -> None:
        super().__init__()
        self._ctx, self._ident = ctx, ident
        self.identity, self._proof = identity, Proof(ProofStep.NONE)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._field: Field | None = None
        self._build("")

    def renew(self, identity: Identity) -> None:
        """What is known now; an open step stays."""
        if identity != self.identity:
            self.identity = identity
            if identity.sure:
                self._proof = Proof(ProofStep.NONE, self._proof.words)
            self._build(self._typed())

    def show_proof(self, proof: Proof) -> None:
        """How a check went."""
        typed = self._typed() if proof.step is self._proof.step else ""
        self._proof = proof
        self._build(typed)
        if self._field is not None:
            self._field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        if proof.words:
            a11y.announce(self, proof.words, proof.wrong)

    def _typed(self) -> str:
        return self._field.text() if self._field is not None else ""

    def _build(self, typed: str) -> None:
        focus = self.window().focusWidget()
        focused = focus is not None and self.isAncestorOf(focus)
        if focus is not None and focused:
            focus.clearFocus()  # else Qt hands it on, and the page jumps to where it went
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self._field = None
        ctx, identity, proof = self._ctx, self.identity, self._proof
        a11y.name(self, self._ident, identity.words)
        top = QWidget()
        row = QHBoxLayout(top)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        icon, role = ("user-check", "ok") if identity.sure else ("user", "muted")
        row.addWidget(Picture(ctx, icon, role, 18), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(TextLabel(ctx, identity.words, "secondary"), 1)
        a11y.name(top, f"{self._ident}.words", identity.words)
        self._column.addWidget(top)
        # Without a control of its own the sentence takes the focus that a pressed button had.
        self._said = TextLabel(ctx, proof.words or identity.words, "secondary", weight=600)
        a11y.name(self._said, f"{self._ident}.said", self._said.text())
        self._column.addWidget(self._said)
        self._said.setHidden(not proof.words or (proof.wrong and proof.step is not ProofStep.NONE))
        if proof.step is ProofStep.NONE:
            self._add_ways()
        else:
            self._add_step(typed)
        if focused:
            self.resting_place().setFocus(Qt.FocusReason.OtherFocusReason)

    def resting_place(self) -> QWidget:
        """Where the keyboard goes when what was pressed is gone: another control, else the sentence about it."""
        return next(iter(tab_stops(self)), self if self._said.isHidden() else self._said)

    def _add_ways(self) -> None:
        ground = QWidget()
        wrap = Wrap(ground, 16, 0)
        if self.identity.again:
            again = Button(self._ctx, tr("Check again"), f"{self._ident}.again", icon="refresh-cw")
            again.clicked.connect(self.again)
            wrap.addWidget(again)
        if self.identity.code:
            code = Button(self._ctx, tr("Use an e-mail code"), f"{self._ident}.code", LINK)
            code.clicked.connect(lambda: self.show_proof(Proof(ProofStep.EMAIL)))
            shrinkable(code)
            wrap.addWidget(code)
        if wrap.count():
            self._column.addWidget(ground)
        else:
            ground.deleteLater()

    def _add_step(self, typed: str) -> None:
        email = self._proof.step is ProofStep.EMAIL
        if email:
            field = Field(
                self._ctx, tr("Your e-mail"), f"{self._ident}.email", tr("The one that you gave in your report.")
            )
        else:
            field = Field(self._ctx, tr("The code"), f"{self._ident}.digits", tr("Six digits. Look in your e-mail."))
            field.edit.setMaxLength(DIGITS + 2)
            field.edit.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        field.set_text(typed)
        if self._proof.wrong:
            field.set_error(self._proof.words)
        field.edit.returnPressed.connect(self._go)
        self._field = field
        self._column.addWidget(field)
        ground = QWidget()
        wrap = Wrap(ground, 12, 8)
        words = tr("Send me a code") if email else tr("Check the code")
        go = Button(self._ctx, words, f"{self._ident}.go", height=44)
        go.clicked.connect(self._go)
        stop = Button(self._ctx, tr("Not now"), f"{self._ident}.stop", LINK, height=44)
        stop.setAccessibleName(tr("Not now, no code"))
        stop.clicked.connect(lambda: self.show_proof(Proof(ProofStep.NONE)))
        wrap.addWidget(go)
        wrap.addWidget(stop)
        self._column.addWidget(ground)

    def _go(self) -> None:
        words = "".join(self._typed().split())
        if self._proof.step is ProofStep.EMAIL:
            if "@" not in words.strip("@"):
                self.show_proof(Proof(ProofStep.EMAIL, tr("Type the whole e-mail, with the @ sign."), True))
            else:
                self.ask.emit(words)
        elif not (len(words) == DIGITS and words.isascii() and words.isdigit()):
            self.show_proof(Proof(ProofStep.CODE, tr("Type all six digits."), True))
        else:
            self.answer.emit(words)
