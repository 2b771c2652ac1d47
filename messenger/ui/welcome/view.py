"""The window of the first steps: the robin and Report abuse at the side, four short screens, and the way on."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QChildEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QDialog, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.side import Side
from messenger.ui.theme.context import ThemeContext
from messenger.ui.welcome.step import SLIM, WIDE, Step
from messenger.ui.welcome.steps import AccountStep, Looks, People, TheButton
from messenger.ui.widgets.blocks import ProgressBars, Surface
from messenger.ui.widgets.buttons import FILLED, LINK, QUIET, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.page import PageHeader
from messenger.ui.widgets.ring import FocusRing


class Welcome(QDialog):
    """`done_with`: gone through or skipped, to be offered no more. Escape or closing it means later."""

    done_with = Signal()
    report = Signal()

    def __init__(self, ctx: ThemeContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.setObjectName("welcome")
        self.setWindowTitle(tr("Welcome to Robin"))
        self.setAccessibleName(tr("Welcome to Robin"))
        self.looks, self.account, self.people = Looks(ctx), AccountStep(ctx), People(ctx)
        self.button = TheButton(ctx)
        self.steps: tuple[Step, ...] = (self.looks, self.account, self.people, self.button)
        self.at, self._known = 0, False
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._side = Side(ctx, "welcome.report", self.report.emit, tr("It works now, too."))
        outer.addWidget(self._side)
        outer.addWidget(self._make_form(), 1)
        room = parent.window()
        self.resize(min(960, max(340, room.width() - 16)), min(720, max(420, room.height() - 16)))
        self.setMinimumSize(340, 420)
        self._ring = FocusRing(ctx, self)
        # The screen comes first for the keyboard, Report abuse at the side last, as in the rail.
        QWidget.setTabOrder(self.skip_all, self._side.report)
        ctx.changed.connect(self._fit)
        self.finished.connect(self.deleteLater)
        self.go_to(0)

    def go_to(self, at: int) -> None:
        """Show a screen, from 0."""
        self.at = at
        step = self.steps[at]
        self.say("")
        self._stack.setCurrentWidget(step)
        self._bars.setValue(at + 1)
        words = tr("Step {at} of {count}").format(at=at + 1, count=len(self.steps))
        self._place.setText(words)
        self.back.setVisible(at > 0)
        self._renew_way_on()
        step.verticalScrollBar().setValue(0)
        self.land()
        a11y.announce(self, f"{words}. {step.title}")

    def show_values(self, values: Mapping[str, str]) -> None:
        """What is set. The keyboard begins at the words that are chosen, once they are known."""
        untouched = not self._known and self.at == 0
        self._known = True
        self.looks.show_values(values)
        self.people.show_values(values)
        if untouched:
            self.land()

    def show_account(self, jid: str) -> None:
        """Who is signed in; '' for nobody. The keyboard goes on to Next."""
        before = self.account.signed_in
        self.account.show_account(jid)
        self._renew_way_on()
        if self.steps[self.at] is self.account and before != self.account.signed_in:
            self.land()

    def say(self, words: str) -> None:
        """Why a choice does not hold, or nothing."""
        self._note.setText(words)
        self._note.setVisible(bool(words))
        if words:
            a11y.announce(self, words, now=True)

    def _renew_way_on(self) -> None:
        # On the last screen the way that is offered first is to practise; without an account there is nothing to go on with.
        step, last = self.steps[self.at], self.at == len(self.steps) - 1
        waits = step is self.account and not self.account.signed_in
        self.skip.setVisible(not last and not waits)
        self.skip_all.setVisible(not last)
        self.next.set_words(tr("Done") if last else tr("Later") if waits else tr("Next"))
        self.next.set_kind(QUIET if last or waits else FILLED)

    def land(self) -> None:
        """The keyboard at the first control of the screen."""
        first = self.steps[self.at].first
        if not first.isHidden() and first.focusPolicy() & Qt.FocusPolicy.TabFocus:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        inside = first.findChildren(QAbstractButton)
        chosen = [one for one in inside if one.isChecked()]
        (chosen or inside or [self.next])[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def forward(self) -> None:
        """One screen on, or the end."""
        if self.steps[self.at] is self.people:
            self.people.keep()
        self._on()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        # What opens over this hears the key of Report abuse too, as this does over the window.
        child = event.child() if event.polished() else None
        if isinstance(child, QDialog):
            child.addActions(self.actions())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entered = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if entered and isinstance(self.focusWidget(), QLineEdit):
            self.next.click()
        elif not entered:
            super().keyPressEvent(event)

    def _on(self) -> None:
        if self.at + 1 < len(self.steps):
            self.go_to(self.at + 1)
        else:
            self._end()

    def _end(self) -> None:
        self.done_with.emit()
        self.accept()

    def _fit(self) -> None:
        narrow = not self._side.fit(self.width())
        self._head.setVisible(narrow)
        slim = self.width() < self._ctx.px(560)
        side = SLIM if slim else WIDE
        self._top.setContentsMargins(side, 20 if narrow else 44, side, 4)
        self._foot.setContentsMargins(side, 12, side, 12)
        self._said.setContentsMargins(side, 4, side, 4)
        # The others keep their places where the last screen has no Skip all.
        policy = self.skip_all.sizePolicy()
        policy.setRetainSizeWhenHidden(not slim)
        self.skip_all.setSizePolicy(policy)
        for step in self.steps:
            step.set_narrow(slim)

    def _make_form(self) -> QWidget:
        ctx = self._ctx
        form = Surface(ctx, "window")
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = PageHeader(ctx, tr("Welcome"), "welcome.head")
        self._head.report.connect(self.report)
        column.addWidget(self._head)
        self._top = QHBoxLayout()
        self._top.setSpacing(12)
        self._bars = ProgressBars(ctx, len(self.steps), "welcome.progress", tr("Steps"))
        self._place = TextLabel(ctx, "", "secondary", "muted")
        self._place.setWordWrap(False)
        self._top.addWidget(self._bars)
        self._top.addWidget(self._place, 1)
        column.addLayout(self._top)
        self._note = TextLabel(ctx, "", "body", weight=600)
        self._note.hide()
        self._said = QHBoxLayout()
        self._said.addWidget(self._note)
        column.addLayout(self._said)
        self._stack = QStackedWidget()
        for step in self.steps:
            self._stack.addWidget(step)
        column.addWidget(self._stack, 1)
        column.addWidget(self._make_foot())
        return form

    def _make_foot(self) -> QWidget:
        ctx = self._ctx
        foot = Surface(ctx, "window", "t")
        self._foot = Wrap(foot, 20, 8, far=True)
        self.next = Button(ctx, tr("Next"), "welcome.next", FILLED, height=44)
        self.back = Button(ctx, tr("Back"), "welcome.back", LINK, height=44)
        self.skip = Button(ctx, tr("Skip this"), "welcome.skip", LINK, height=44)
        self.skip_all = Button(ctx, tr("Skip all"), "welcome.skip_all", LINK, height=44)
        for button, deed in (
            (self.next, self.forward),
            (self.back, lambda: self.go_to(self.at - 1)),
            (self.skip, self._on),
            (self.skip_all, self._end),
        ):
            button.clicked.connect(deed)
            shrinkable(button)
            self._foot.addWidget(button)
        return foot
