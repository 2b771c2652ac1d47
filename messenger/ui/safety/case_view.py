"""One report in My reports: number, five marks, letters with steps to tick, write back, and what to do when it waits."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.plain import isolate
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.safety.cases import Case, Letter
from messenger.ui.safety.timeline import Timeline
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.choices import CheckBox
from messenger.ui.widgets.fields import TextArea
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.paint import box

LONGEST = 4000
"""Characters of a reply."""


class NewMark(TextLabel):
    """The word New on the accent ground."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("New"), "meta", "on-badge", weight=600)
        self.setContentsMargins(8, 0, 8, 0)
        self.setWordWrap(False)
        self.setFixedSize(self.sizeHint().width() + 16, ctx.line("meta") + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), self._ctx.colour("badge"), None, 0, self.height() / 2)
        painter.end()
        super().paintEvent(event)


class CaseView(QWidget):
    """Draws a `Case`; keeps an open reply and a shown code over `renew`."""

    retry = Signal()
    ticked = Signal(int, str, bool)
    wrote = Signal(str)

    def __init__(self, ctx: ThemeContext, case: Case) -> None:
        super().__init__()
        self.ctx, self.case = ctx, case
        self._writing, self._code_open, self._words, self._note = False, False, "", ""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 0, 12)
        self._column.setSpacing(12)
        self._area: TextArea | None = None
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

    def _build(self) -> None:
        focus = self.window().focusWidget()
        focused = focus.objectName() if focus is not None and self.isAncestorOf(focus) else ""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self._area = None
        for one in self._parts():
            self._column.addWidget(one)
        if focused and (found := self.findChild(QWidget, focused)) is not None:
            found.setFocus(Qt.FocusReason.OtherFocusReason)

    def _parts(self) -> list[QWidget]:
        ctx, case = self.ctx, self.case
        a11y.name(self, f"case.{case.id}", " ".join((case.title, case.about, case.words)))
        parts: list[QWidget] = [self._head()]
        if case.problem:
            parts.append(TextLabel(ctx, case.problem, "body", weight=600))
        if not case.retry:
            parts.append(Timeline(ctx, case.marks, f"case.{case.id}.marks"))
        parts.append(TextLabel(ctx, case.words, "secondary", "muted"))
        parts += [self._letter(one) for one in case.letters]
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
                TextLabel(ctx, tr("With it you can see your report on a new machine. Keep it safe."), "secondary", "muted"),
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

    def _letter(self, letter: Letter) -> QWidget:
        """A letter with its steps."""
        card = Card(self.ctx, "sunken" if letter.mine else "accent-soft", "", 0, 12, 16)
        top = QWidget()
        wrap = Wrap(top, 12, 0, far=True)
        wrap.addWidget(TextLabel(self.ctx, letter.who, "secondary", weight=700))
        wrap.addWidget(TextLabel(self.ctx, letter.at, "meta", "muted", tabular=True))
        card.column.addWidget(top)
        card.column.addWidget(TextLabel(self.ctx, letter.text, "body"))
        for step in letter.steps:
            tick = CheckBox(self.ctx, step.text, f"case.{self.case.id}.{letter.n}.{step.id}", size=18)
            tick.setChecked(step.done)
            tick.toggled.connect(lambda on, n=letter.n, id=step.id: self.ticked.emit(n, id, on))
            card.column.addWidget(tick)
        words = tr("{who}, {when}: {words}").format(who=letter.who, when=letter.at, words=letter.text)
        a11y.name(card, f"case.{self.case.id}.letter.{letter.n}", words)
        return card

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
        if case.code:
            words = tr("Hide my receipt code") if self._code_open else tr("Show my receipt code")
            code = Button(ctx, words, f"case.{case.id}.code", LINK)
            code.clicked.connect(self._turn_code)
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


class DraftRow(QWidget):
    """A report that was not finished."""

    resume = Signal()
    discard = Signal()

    def __init__(self, ctx: ThemeContext, id: str, about: str, saved: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        ground = QWidget()
        row.addWidget(ground)
        wrap = Wrap(ground, 16, 4, far=True)
        words = QWidget()
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(TextLabel(ctx, tr("Draft, not sent"), "body", weight=600))
        column.addWidget(TextLabel(ctx, ", ".join(one for one in (about, saved) if one), "secondary", "muted"))
        wrap.addWidget(words)
        ways = QWidget()
        pair = Wrap(ways, 16, 0)
        away = Button(ctx, tr("Throw away"), f"draft.{id}.discard", LINK, height=44)
        away.setAccessibleName(tr("Throw away the draft {about}").format(about=about))
        go = Button(ctx, tr("Continue"), f"draft.{id}.resume", height=44)
        go.setAccessibleName(tr("Continue the draft {about}").format(about=about))
        away.clicked.connect(self.discard)
        go.clicked.connect(self.resume)
        for one in (away, go):
            shrinkable(one)
            pair.addWidget(one)
        wrap.addWidget(ways)
