"""The last page: saved, sending, waiting, or sent with the case number and what happens next."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.plain import isolate
from messenger.ui.report.handing_card import handing_card
from messenger.ui.report.pages import Page
from messenger.ui.report.state import NextStep, Sending, SendState
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.paint import box

_MARKS = {
    Sending.SAVING: ("save", "accent-soft", "accent-text"),
    Sending.SAVED: ("send", "accent-soft", "accent-text"),
    Sending.WAITING: ("clock-3", "accent-soft", "accent-text"),
    Sending.ATTENTION: ("circle-alert", "sunken", "text"),
    Sending.NOBODY: ("circle-alert", "sunken", "text"),
    Sending.FAILED: ("circle-alert", "sunken", "text"),
    Sending.HANDED: ("hand", "accent-soft", "accent-text"),
    Sending.SENT: ("check", "ok-soft", "ok"),
}


class Mark(QWidget):
    """A picture on a round ground: 48 px at the top, 32 px for a step, with the line that joins steps."""

    def __init__(
        self, ctx: ThemeContext, icon: str, fill: str, ink: str, size: int, edge: str = "", line: bool = False
    ) -> None:
        super().__init__()
        self._ctx, self._icon, self._fill, self._ink = ctx, icon, fill, ink
        self._size, self._edge, self._line = size, edge, line
        self.setFixedWidth(size)
        self.setMinimumHeight(size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        size = self._size
        if self._line:
            painter.fillRect(QRectF(size / 2 - 1, size, 2, self.height() - size), self._ctx.colour("line-strong"))
        edge = self._ctx.colour(self._edge) if self._edge else None
        box(painter, QRectF(0, 0, size, size), self._ctx.colour(self._fill), edge, 1, size / 2)
        small = round(size * (0.62 if size > 40 else 0.5))
        pixmap = self._ctx.pixmap(self._icon, self._ink, small, self.devicePixelRatioF())
        painter.drawPixmap(round((size - small) / 2), round((size - small) / 2), pixmap)
        painter.end()


class SendPage(Page):
    """Draws a `SendState`. `by_hand` names what was pressed of a report that goes by hand: save_file or receipt."""

    again = Signal()
    copy = Signal()
    numbers = Signal()
    by_hand = Signal(str)

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx)
        self._body = QWidget()
        self._cells: list[Button] = []
        self._grid: QGridLayout | None = None
        self.state: SendState | None = None
        self.title.hide()
        self.help.hide()
        self.column.addWidget(self._body)
        self.column.addStretch(1)

    def renew(self, state: SendState) -> None:
        """Draw this state; the focus goes to the title only when the state is another one."""
        moved = self.state is None or self.state.kind is not state.kind
        self.state = state
        self._build(state)
        if moved:
            self.settle()

    def _build(self, state: SendState) -> None:
        old, self._body = self._body, QWidget()
        focus = self.window().focusWidget()
        focused = focus.objectName() if focus is not None and old.isAncestorOf(focus) else ""
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._top(state))
        if state.kind is Sending.SENT:
            self._sent(column, state)
        else:
            self._cells, self._grid = [], None
            if state.retry:
                again = Button(self.ctx, tr("Try again"), "send.again", icon="refresh-cw", height=44)
                again.clicked.connect(self.again)
                column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)
            if state.handing is not None:
                self._handing(column, state)
        self.column.replaceWidget(old, self._body)
        old.hide()
        old.setParent(None)
        old.deleteLater()
        if focused and (found := self._body.findChild(QWidget, focused)) is not None:
            found.setFocus(Qt.FocusReason.OtherFocusReason)

    def _top(self, state: SendState) -> QWidget:
        ground = QWidget()
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        icon, fill, ink = _MARKS[state.kind]
        row.addWidget(Mark(self.ctx, icon, fill, ink, 48), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        # The page's own title keeps the focus over every state.
        self.title = type(self.title)(self.ctx, state.title)
        words.addWidget(self.title)
        for line in state.lines:
            words.addWidget(TextLabel(self.ctx, line, "message", "muted"))
        row.addLayout(words, 1)
        return ground

    def _sent(self, column: QVBoxLayout, state: SendState) -> None:
        column.addWidget(self._case(state))
        column.addWidget(TextLabel(self.ctx, tr("What happens next"), "section"))
        steps = QWidget()
        rows = QVBoxLayout(steps)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for number, step in enumerate(state.steps):
            rows.addWidget(self._step(step, number == len(state.steps) - 1))
        column.addWidget(steps)
        if state.note:
            column.addWidget(TextLabel(self.ctx, state.note, "body", weight=600))
        column.addWidget(self._choices(state))
        if state.code:
            code = self._code(state.code, self._code_button)
            column.addWidget(code)
            code.hide()

    def _handing(self, column: QVBoxLayout, state: SendState) -> None:
        """What it takes to hand it over, the locked file, and the way back for the receipt."""
        assert state.handing is not None
        column.addWidget(handing_card(self.ctx, "send.handing", state.handing, lead=False))
        if state.note:
            column.addWidget(TextLabel(self.ctx, state.note, "body", weight=600))
        ground = QWidget()
        wrap = Wrap(ground, 12, 8)
        for words, deed, icon in (
            (tr("Save the locked file"), "save_file", "file-down"),
            (tr("I have a receipt file"), "receipt", "file-text"),
        ):
            button = Button(self.ctx, words, f"send.{deed}", icon=icon, height=44)
            button.clicked.connect(lambda _=False, what=deed: self.by_hand.emit(what))
            shrinkable(button)
            wrap.addWidget(button)
        column.addWidget(ground)

    def _case(self, state: SendState) -> QWidget:
        card = Card(self.ctx, "raised", "line-strong", 1, 12, 16)
        ground = QWidget()
        wrap = Wrap(ground, 16, 8, far=True)
        left = QWidget()
        words = QVBoxLayout(left)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        words.addWidget(TextLabel(self.ctx, tr("Your case number"), "secondary", "muted"))
        number = TextLabel(self.ctx, state.case, "case-number", tabular=True)
        number.setWordWrap(False)
        number.setMinimumWidth(number.sizeHint().width())
        number.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        a11y.name(number, "send.case", tr("Your case number is {case}").format(case=state.case))
        words.addWidget(number)
        wrap.addWidget(left)
        right = QWidget()
        row = QHBoxLayout(right)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        times = QVBoxLayout()
        times.setSpacing(0)
        times.addStretch(1)
        times.addWidget(TextLabel(self.ctx, tr("Sent"), "secondary", "muted"))
        at = TextLabel(self.ctx, state.sent_at, "body", weight=500, tabular=True)
        at.setWordWrap(False)
        at.setMinimumWidth(at.sizeHint().width())
        times.addWidget(at)
        times.addStretch(1)
        row.addLayout(times)
        copy = Button(self.ctx, tr("Copy"), "send.copy", icon="copy")
        copy.setAccessibleName(tr("Copy the case number"))
        copy.clicked.connect(lambda: self._copy(state.case, copy))
        row.addWidget(copy)
        wrap.addWidget(right)
        card.column.addWidget(ground)
        return card

    def _copy(self, words: str, button: Button) -> None:
        QGuiApplication.clipboard().setText(words)
        button.set_words(tr("Copied"))
        a11y.announce(button, tr("Copied"))

    def _step(self, step: NextStep, last: bool) -> QWidget:
        ground = QWidget()
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        fill, ink, edge = ("ok", "window", "") if step.done else ("raised", "muted", "field-border")
        row.addWidget(Mark(self.ctx, step.icon, fill, ink, 32, edge, not last))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(TextLabel(self.ctx, step.when, "body", weight=600))
        words.addWidget(TextLabel(self.ctx, step.words, "body", "muted"))
        words.addSpacing(0 if last else 10)
        row.addLayout(words, 1)
        return ground

    def _choices(self, state: SendState) -> QWidget:
        """Equal choices; none of them happens by itself."""
        ground = QWidget()
        self._grid = QGridLayout(ground)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self._cells = []
        if state.copy:
            self._cell(tr("Save a copy"), "send.save", "file-down").clicked.connect(self.copy)
        self._cell(tr("Who can I talk to?"), "send.talk", "phone").clicked.connect(self.numbers)
        if state.code:
            self._code_button = self._cell(tr("Show my receipt code"), "send.code", "key-round")
        self.arrange(self.narrow)
        return ground

    def _cell(self, words: str, ident: str, icon: str) -> Button:
        button = Button(self.ctx, words, ident, icon=icon, height=44)
        button.set_padding(16, left=True)
        shrinkable(button)
        self._cells.append(button)
        return button

    def arrange(self, narrow: bool) -> None:
        if self._grid is None:
            return
        for number, button in enumerate(self._cells):
            self._grid.removeWidget(button)
            self._grid.addWidget(button, number if narrow else number // 2, 0 if narrow else number % 2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 0 if narrow else 1)

    def _code(self, code: str, show: Button) -> QWidget:
        """The receipt code below the choices, shown when it is asked for."""
        ground = QWidget()
        column = QVBoxLayout(ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        words = TextLabel(self.ctx, isolate(code), "account", tabular=True)
        a11y.name(words, "send.code.words", tr("Your receipt code is {code}").format(code=code))
        note = TextLabel(self.ctx, tr("With it you can see your report on a new machine. Keep it safe."), "secondary", "muted")
        for one in (words, note):
            column.addWidget(one)
        ground.hide()

        def reveal() -> None:
            shown = ground.isHidden()
            ground.setVisible(shown)
            show.set_words(tr("Hide my receipt code") if shown else tr("Show my receipt code"))
            if shown:
                self.bring(ground)

        show.clicked.connect(reveal)
        return ground
