"""One report in My reports: number, five marks, letters with steps to tick, write back, and what to do when it waits."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.safety.handing import HandedWay
from messenger.ui import a11y
from messenger.ui.plain import isolate
from messenger.ui.report.handing_card import handing_card
from messenger.ui.report.pages import tab_stops
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.safety.cases import Case, Letter
from messenger.ui.safety.form_card import FormCard
from messenger.ui.safety.identity_box import IdentityBox, Proof
from messenger.ui.safety.letters import NewMark, added_card, letter_card
from messenger.ui.safety.timeline import Timeline
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import LINK, QUIET, Button
from messenger.ui.widgets.fields import TextArea
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

LONGEST = 4000
"""Characters of a reply."""


class CaseView(QWidget):
    """Draws a `Case`; keeps open replies, half-filled questions and a shown code over `renew`.

    `wanted` names what was pressed: answers (n, answers), prove, ask_code, answer_code, add, take_back, step, numbers, carry,
    save_file, receipt, hand_over.
    """

    retry = Signal()
    ticked = Signal(int, str, bool)
    wrote = Signal(str)
    wanted = Signal(str, object)

    def __init__(self, ctx: ThemeContext, case: Case) -> None:
        super().__init__()
        self.ctx, self.case = ctx, case
        self._writing, self._code_open, self._words, self._note = False, False, "", ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 0, 12)
        self._column.setSpacing(12)
        self._area: TextArea | None = None
        self._forms: dict[int, FormCard] = {}
        self._identity: IdentityBox | None = None
        self._handing: HandedWay | None = None
        self._build()

    def renew(self, case: Case) -> None:
        """The report as it is now."""
        if case != self.case:
            self.case = case
            self._build()

    def note(self, words: str, done: bool) -> None:
        """A sentence about what was done; `done` closes the reply."""
        self._note = words
        if done:
            self._writing, self._words = False, ""
        self._build()
        a11y.announce(self, words)

    def show_proof(self, proof: Proof) -> None:
        """How a check of who reports went."""
        if self._identity is not None:
            self._identity.show_proof(proof)

    def show_handing(self, way: HandedWay) -> None:
        """How a report that was made is handed over."""
        self._handing = way
        self._build()
        a11y.announce(self, way.next)

    def _build(self) -> None:
        focus = self.window().focusWidget()
        focused = focus.objectName() if focus is not None and self.isAncestorOf(focus) else ""
        who = self._identity if focus is not None and self._identity and self._identity.isAncestorOf(focus) else None
        if focus is not None and focused:
            focus.clearFocus()  # else Qt hands it on, and the page jumps to where it went
        for kept in (*self._forms.values(), *((self._identity,) if self._identity is not None else ())):
            kept.setParent(None)  # lives on; its card is made anew
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self._area = None
        for one in self._parts():
            self._column.addWidget(one)
            one.show()
        if focused:
            rest = (
                who.resting_place() if who is not None and who is self._identity else next(iter(tab_stops(self)), None)
            )
            found = self.findChild(QWidget, focused) or rest
            if found is not None:
                found.setFocus(Qt.FocusReason.OtherFocusReason)

    def _parts(self) -> list[QWidget]:
        ctx, case = self.ctx, self.case
        a11y.name(self, f"case.{case.id}", " ".join((case.title, case.about, case.words)))
        parts: list[QWidget] = [self._head()]
        if case.problem:
            parts.append(TextLabel(ctx, case.problem, "body", weight=600))
        if case.marks:
            parts.append(Timeline(ctx, case.marks, f"case.{case.id}.marks"))
        parts.append(TextLabel(ctx, case.words, "secondary", "muted"))
        if case.overdue:
            parts.append(self._overdue())
        if self._handing is not None and case.handed:
            parts.append(handing_card(ctx, f"case.{case.id}.handing", self._handing))
        if (identity := self._who()) is not None:
            parts.append(identity)
        parts += [letter_card(ctx, case.id, one, self._form(one), self.ticked.emit) for one in case.letters]
        parts += [added_card(ctx, case.id, one) for one in case.added]
        if self._note:
            parts.append(TextLabel(ctx, self._note, "body", weight=600))
        if self._writing:
            parts.append(self._reply())
        parts.append(self._ways())
        if self._code_open and case.code:
            code = TextLabel(ctx, isolate(case.code), "account", tabular=True)
            a11y.name(code, f"case.{case.id}.code.words", tr("Your receipt code is {code}").format(code=case.code))
            parts += [
                code,
                TextLabel(
                    ctx, tr("With it you can see your report on a new machine. Keep it safe."), "secondary", "muted"
                ),
            ]
        return parts

    def _head(self) -> QWidget:
        ground = QWidget()
        wrap = Wrap(ground, 12, 0, far=True)
        title = TextLabel(self.ctx, self.case.title, "name", weight=700, tabular=True)
        wrap.addWidget(title)
        if any(one.new for one in self.case.letters):
            wrap.addWidget(NewMark(self.ctx))
        if self.case.about:
            wrap.addWidget(TextLabel(self.ctx, self.case.about, "secondary", "muted"))
        return ground

    def _overdue(self) -> QWidget:
        """They are late: said without blame, with two things to do."""
        card = Card(self.ctx, "sunken", "line-strong", 1, 10, 12)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Picture(self.ctx, "clock-3", "text"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(TextLabel(self.ctx, self.case.overdue, "body", weight=600), 1)
        card.column.addLayout(row)
        call = Button(self.ctx, tr("Who can I talk to?"), f"case.{self.case.id}.numbers", LINK, icon="phone", height=44)
        call.set_padding(0, left=True)
        call.clicked.connect(lambda: self.wanted.emit("numbers", None))
        card.column.addWidget(call, 0, Qt.AlignmentFlag.AlignLeft)
        a11y.name(card, f"case.{self.case.id}.overdue", self.case.overdue)
        return card

    def _who(self) -> IdentityBox | None:
        identity = self.case.identity
        if identity is None:
            self._identity = None
        elif self._identity is None:
            made = self._identity = IdentityBox(self.ctx, f"case.{self.case.id}.who", identity)
            made.again.connect(lambda: self.wanted.emit("prove", None))
            made.ask.connect(lambda email: self.wanted.emit("ask_code", email))
            made.answer.connect(lambda code: self.wanted.emit("answer_code", code))
        else:
            self._identity.renew(identity)
        return self._identity

    def _form(self, letter: Letter) -> FormCard | None:
        """The letter's questions; what was filled in stays over `renew`."""
        kept = self._forms.get(letter.n)
        if not letter.form:
            if kept is not None:
                self._forms.pop(letter.n).deleteLater()
            return None
        if kept is None or kept.form != letter.form:
            kept = self._forms[letter.n] = FormCard(self.ctx, f"case.{self.case.id}.{letter.n}.form", letter.form)
            kept.sent.connect(lambda answers, n=letter.n: self.wanted.emit("answers", (n, answers)))
        return kept

    def _ways(self) -> QWidget:
        ctx, case, ground = self.ctx, self.case, QWidget()
        wrap = Wrap(ground, 16, 0)
        if case.retry:
            again = Button(ctx, tr("Try again"), f"case.{case.id}.retry", icon="refresh-cw")
            again.clicked.connect(self.retry)
            wrap.addWidget(again)
        if case.write and not self._writing:
            write = Button(ctx, tr("Write back"), f"case.{case.id}.write")
            write.clicked.connect(self._open_reply)
            wrap.addWidget(write)
        for there, words, deed, kind in (
            (case.add, tr("Add more"), "add", QUIET),
            (case.step, tr("Mute, block or leave"), "step", LINK),
            (case.handed and self._handing is None, tr("How do I hand it over?"), "hand_over", QUIET),
            (case.carry, tr("Save a sealed copy to carry"), "carry", LINK),
            (case.handed, tr("Save the locked file"), "save_file", LINK),
            (case.carry or case.handed, tr("I have a receipt file"), "receipt", LINK),
            (case.take_back, tr("Take it back"), "take_back", LINK),
        ):
            if there:
                way = Button(ctx, words, f"case.{case.id}.{deed}", kind)
                way.clicked.connect(lambda _=False, what=deed: self.wanted.emit(what, None))
                shrinkable(way)
                wrap.addWidget(way)
        if case.code:
            words = tr("Hide my receipt code") if self._code_open else tr("Show my receipt code")
            code = Button(ctx, words, f"case.{case.id}.code", LINK)
            code.clicked.connect(self._turn_code)
            shrinkable(code)
            wrap.addWidget(code)
        return ground

    def _reply(self) -> QWidget:
        ctx, ground = self.ctx, QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        label = TextLabel(ctx, tr("What do you want to tell them?"), "body", weight=600)
        self._area = TextArea(ctx, label.text(), f"case.{self.case.id}.reply", 4)
        self._area.setPlainText(self._words)
        self._area.textChanged.connect(self._typed)
        label.setBuddy(self._area)
        row = QWidget()
        wrap = Wrap(row, 12, 8)
        send = Button(ctx, tr("Send"), f"case.{self.case.id}.reply.send", icon="send", height=44)
        send.clicked.connect(lambda: self.wrote.emit(self._words))
        stop = Button(ctx, tr("Not now"), f"case.{self.case.id}.reply.stop", LINK, height=44)
        stop.clicked.connect(self._close_reply)
        wrap.addWidget(send)
        wrap.addWidget(stop)
        for one in (label, self._area, row):
            column.addWidget(one)
        return ground

    def _typed(self) -> None:
        if self._area is not None:
            self._words = self._area.toPlainText()[:LONGEST]

    def _open_reply(self) -> None:
        self._writing, self._note = True, ""
        self._build()
        if self._area is not None:
            self._area.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close_reply(self) -> None:
        self._writing = False
        self._build()

    def _turn_code(self) -> None:
        self._code_open = not self._code_open
        self._build()
