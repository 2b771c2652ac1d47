"""What stays on every page of the wizard: Back, progress and Hide above; the next step and someone to talk to below."""

from __future__ import annotations

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.jurisdiction import HelpLine
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.report.pages import NARROW, narrow_at
from messenger.ui.report.wrap import Wrap
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import ProgressBars, Surface
from messenger.ui.widgets.buttons import FILLED, LINK, Button
from messenger.ui.widgets.labels import TextLabel


class Header(Surface):
    """Back, where we are, and Hide this, which is never off."""

    back = Signal()
    hide_all = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "window", "b")
        self._ctx = ctx
        self.setMinimumHeight(64)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        ground = QWidget()
        self._wrap = Wrap(ground, 16, 8, far=True)
        column.addWidget(ground, 0, Qt.AlignmentFlag.AlignVCenter)
        self.back_button = Button(ctx, tr("Back"), "wizard.back", LINK, icon="chevron-left", height=44)
        self.back_button.clicked.connect(self.back)
        self.place = TextLabel(ctx, tr("Report abuse"), "secondary", "muted", tabular=True)
        self.place.setWordWrap(False)
        self._middle = QWidget()
        row = QHBoxLayout(self._middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.place)
        self.bars = ProgressBars(ctx, 9, "wizard.progress", tr("Progress"))
        row.addWidget(self.bars)
        self.hide_button = Button(ctx, tr("Hide this"), "wizard.hide", icon="eye-off", hint=tr("Shift ×3"), height=44)
        self.hide_button.setAccessibleDescription(tr("Or press Shift three times. Your report is kept."))
        self.hide_button.clicked.connect(self.hide_all)
        for one in (self.back_button, self._middle, self.hide_button):
            self._wrap.addWidget(one)
        self._step = self._total = 0
        ctx.changed.connect(self._fit)
        self.show_place(0, 0, False)

    def show_place(self, step: int, total: int, back: bool, place: str = "") -> None:
        """Where we are; step 0 is before the questions, total 0 outside them; then `place` may say it."""
        moved = step != self._step
        self._step, self._total = step, total
        self.back_button.setVisible(back)
        words = tr("Question {n} of {all}").format(n=step, all=total) if step else place or tr("Report abuse")
        self.place.setText(words)
        if total:
            self.bars.setMaximum(total)
            self.bars.setValue(step)
        self.bars.setAccessibleName(words)
        if moved and step:
            a11y.announce(self, words)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        narrow = self.width() < max(NARROW, self._ctx.px(NARROW))
        self.bars.setVisible(self._step > 0 and not narrow)
        self.place.setMinimumWidth(self.place.sizeHint().width())
        side = 16 if self.width() < narrow_at(self._ctx) else 40
        margins = (side, 10, side, 10)
        if self._column.contentsMargins().left() != side:
            self._column.setContentsMargins(*margins)


class Footer(Surface):
    """Continue at the left, save for later, and the line to talk to someone. A note says who receives by a hand-set desk."""

    go_on = Signal()
    later = Signal()
    extra = Signal()
    numbers = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "window", "t")
        self._ctx = ctx
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(40, 16, 40, 16)
        column.setSpacing(8)
        self._above = QWidget()
        self._above_column = QVBoxLayout(self._above)
        self._above_column.setContentsMargins(0, 0, 0, 4)
        column.addWidget(self._above)
        self._above.hide()
        self.trouble = TextLabel(ctx, "", "body", weight=600)
        self.receiver = TextLabel(ctx, "", "secondary", weight=600)
        a11y.name(self.receiver, "wizard.receiver", "")
        for one in (self.trouble, self.receiver):
            one.hide()
            column.addWidget(one)
        ground = QWidget()
        self._wrap = Wrap(ground, 24, 8, far=True)
        column.addWidget(ground)
        self.next = Button(ctx, tr("Continue"), "wizard.continue", FILLED, height=44)
        self.next.set_padding(24)
        self.next.clicked.connect(self.go_on)
        self.extra_button = Button(ctx, tr("See what they will see"), "wizard.extra", LINK, height=44)
        self.extra_button.clicked.connect(self.extra)
        self.save = Button(ctx, tr("Save and come back later"), "wizard.later", LINK, height=44)
        self.save.clicked.connect(self.later)
        self.words = TextLabel(ctx, "", "secondary", "muted")
        self.talk = Button(ctx, tr("Talk to someone"), "wizard.talk", LINK, icon="phone", height=44)
        self.talk.set_role("muted")
        self.talk.clicked.connect(self.numbers)
        shown: tuple[QWidget, ...] = (self.next, self.extra_button, self.words, self.save, self.talk)
        for widget in shown:
            self._wrap.addWidget(widget)

    def show_actions(
        self, next: str, icon: str = "", later: str = "", extra: str = "", words: str = "", talk: bool = True
    ) -> None:
        """What can be done on this page; '' leaves a thing out. Nothing stands above until `set_above`."""
        self.set_above(None)
        self.next.set_words(next)
        self.next.set_icon(icon)
        for button, text in ((self.save, later), (self.extra_button, extra)):
            button.setVisible(bool(text))
            if text:
                button.set_words(text)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.talk.setVisible(talk)
        self._wrap.invalidate()

    def set_above(self, widget: QWidget | None) -> None:
        """What stands right above the next step: on the check page, who receives the report."""
        while (item := self._above_column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        if widget is not None:
            self._above_column.addWidget(widget)
        self._above.setVisible(widget is not None)

    def show_talk(self, line: HelpLine) -> None:
        """The helpline for this reader."""
        words = tr("Talk to someone: {name} {number}").format(name=trd(line.name), number=line.number).rstrip()
        self.talk.set_words(words, tr("{words}. Show all numbers.").format(words=words))

    def show_trouble(self, words: str) -> None:
        """A sentence about saving, '' for none."""
        changed = words != self.trouble.text()
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))
        if words and changed:
            a11y.announce(self.trouble, words, now=True)

    def show_receiver(self, words: str) -> None:
        """The permanent line about a desk that was set by hand."""
        self.receiver.setText(words)
        self.receiver.setAccessibleName(words)
        self.receiver.setVisible(bool(words))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Less air at a narrow width, and where the permanent line takes its place from the page."""
        side, line = 16 if self.width() < narrow_at(self._ctx) else 40, not self.receiver.isHidden()
        margins = QMargins(side, 10 if line else 16, side, 12 if line else 16)
        if self._column.contentsMargins() != margins:
            self._column.setContentsMargins(margins)
            self._column.setSpacing(4 if line else 8)
