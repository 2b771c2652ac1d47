"""The lock screen: a field for the PIN and Report abuse. No name, no count, nothing of any chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from messenger.domain.errors import RobinError
from messenger.domain.jurisdiction import HelpLine
from messenger.domain.lock import LONGEST, LockAnswer
from messenger.i18n import ntr, tr, trd
from messenger.ui import a11y
from messenger.ui.actions import hear_report
from messenger.ui.rail.view import Mark
from messenger.ui.report.helprow import HelpRow
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.ask import Question
from messenger.ui.widgets.blocks import Card, Surface
from messenger.ui.widgets.buttons import FILLED, LINK, Button, ReportButton
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.ring import FocusRing

if TYPE_CHECKING:
    from messenger.ui.border import Cancel, Engine

_SECOND = 1000


def wait_words(seconds: int) -> str:
    """How long one has to wait, in seconds or, above two minutes, in minutes."""
    if seconds <= 120:
        return ntr("Wait {n} second. Then try again.", "Wait {n} seconds. Then try again.", seconds).format(n=seconds)
    minutes = -(-seconds // 60)
    return ntr("Wait {n} minute. Then try again.", "Wait {n} minutes. Then try again.", minutes).format(n=minutes)


class LockScreen(Surface):
    """`opened`: the PIN was right. `numbers_wanted`: Report abuse was pressed. `anew`: the PIN is forgotten and all is to go."""

    opened = Signal()
    numbers_wanted = Signal()
    anew = Signal()
    gone = Signal()
    link_requested = Signal(str)

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__(ctx, "window")
        self._engine = engine
        self._left = 0
        self._asking = False
        self._forget_try: Cancel = lambda: None
        self.setObjectName("lock")
        self.setWindowTitle(tr("Robin"))
        self._count = QTimer(self)
        self._count.setInterval(_SECOND)
        self._count.timeout.connect(self._tick)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = area = QScrollArea()
        a11y.name(area, "lock.scroll", tr("Robin is locked"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = Surface(ctx, "window")
        area.setWidget(ground)
        outer.addWidget(area)
        self._fill(ground)
        hear_report(self, self.numbers_wanted.emit)
        self.setMinimumSize(320, 360)
        self.ring = FocusRing(ctx, self)

    def _fill(self, ground: QWidget) -> None:
        ctx = self._ctx
        middle = QVBoxLayout(ground)
        middle.setContentsMargins(24, 40, 24, 24)
        inner = QWidget()
        inner.setMaximumWidth(ctx.px(460))
        middle.addWidget(inner, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Mark(64))
        column.addWidget(TextLabel(ctx, tr("Robin is locked"), "page-title"))
        column.addWidget(TextLabel(ctx, tr("Type your PIN to go on."), "message", "muted"))
        self._field = Field(ctx, tr("PIN"), "lock.pin", secret=True)
        self.pin = self._field.edit
        self.pin.setMaxLength(LONGEST)
        self.pin.returnPressed.connect(self._go)
        column.addWidget(self._field)
        row = QWidget()
        wrap = Wrap(row, 12, 8, far=True)
        self._open = Button(ctx, tr("Open Robin"), "lock.open", FILLED, height=44)
        self._open.clicked.connect(self._go)
        wrap.addWidget(self._open)
        report = ReportButton(ctx, "lock.report")
        report.clicked.connect(self.numbers_wanted)
        wrap.addWidget(report)
        column.addWidget(row)
        forgot = Button(ctx, tr("I forgot my PIN"), "lock.forgot", LINK, height=44)
        forgot.clicked.connect(self._forgot)
        column.addWidget(forgot, 0, Qt.AlignmentFlag.AlignLeft)
        self._help = Card(ctx, padding=16)
        self._help.column.setSpacing(8)
        self._help.hide()
        column.addWidget(self._help)
        middle.addStretch(1)

    def settle(self) -> None:
        """Begin anew: an empty field with the keyboard in it, no numbers, and what is left to wait."""
        self._asking = False
        self._field.forget()
        self._say("")
        self._help.hide()
        self.pin.setFocus(Qt.FocusReason.OtherFocusReason)
        self._engine.call(lambda hub: hub.lock.wait_seconds(), self._wait)

    def show_numbers(self, lines: tuple[HelpLine, ...]) -> None:
        """Report abuse: who can help now, and why the report itself has to wait."""
        column = self._help.column
        while (item := column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        words = tr("Your report opens when you type your PIN. It goes in your name, so only you can send it.")
        column.addWidget(TextLabel(self._ctx, words, "body", weight=600))
        if lines:
            column.addWidget(TextLabel(self._ctx, tr("These people can help you now."), "body"))
        for line in lines:
            row = HelpRow(self._ctx, line, f"lock.{line.id}", in_list=True)
            row.opened.connect(self.link_requested)
            column.addWidget(row)
        self._help.show()
        QTimer.singleShot(0, self._help, lambda: self._area.ensureWidgetVisible(self._help, 0, 24))
        a11y.announce(self, words, True)

    def _go(self) -> None:
        pin = self.pin.text()
        if not pin or self._asking:
            return
        if self._left:
            self._wait(self._left)
            return
        self._asking = True
        self._forget_try = self._engine.call(lambda hub: hub.lock.check(pin), self._answered, self._failed)

    def _failed(self, error: RobinError) -> None:
        """A try is written down before it is looked at: with no space left there is none, and it is said."""
        self._asking = False
        self._field.set_text("")
        self._say(f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))
        a11y.announce(self, self._said, True)

    def _answered(self, answer: LockAnswer) -> None:
        self._asking = False
        self._field.set_text("")
        if answer.ok:
            self._say("")
            self.opened.emit()
            return
        if answer.wait_seconds:
            self._wait(answer.wait_seconds)
        else:
            self._say(tr("That is not the PIN. Try again."))
        a11y.announce(self, self._said, True)
        self.pin.setFocus(Qt.FocusReason.OtherFocusReason)

    def _wait(self, seconds: int) -> None:
        self._left = seconds
        if seconds:
            self._say(wait_words(seconds))
            self._count.start()

    def _tick(self) -> None:
        self._left = max(0, self._left - 1)
        if self._left:
            self._say(wait_words(self._left))
        else:
            self._count.stop()
            self._say("")
            a11y.announce(self, tr("You can try again now."))

    def _say(self, words: str) -> None:
        self._said = words
        self._field.set_error(words)

    def _forgot(self) -> None:
        title = tr("Did you forget your PIN?")
        words = tr(
            "No one can bring it back. You can wait and try again. Or you can start anew. Then your chats and your account "
            "go from here for good. So does the list of your reports. Reports that are saved are still sent."
        )
        Question(
            self._ctx, self, title, words, tr("Start anew"), self._sure, tr("Keep trying"), filled=False
        ).open()

    def _sure(self) -> None:
        title = tr("Take it all off here?")
        words = tr("You can not take this back. Robin will close. Open it again to start.")
        Question(
            self._ctx, self, title, words, tr("Take it all off"), self.anew.emit, tr("Keep it"), filled=False
        ).open()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._forget_try()  # behind the notes of Hide this a right PIN that is answered late must open nothing
        self._asking = False
        self._field.forget()
        self._count.stop()
        self._left = 0

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.gone.emit()
