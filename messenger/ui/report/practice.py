"""The wizard's window for practice: the same pages over a sandbox, with a ribbon on each, and an end that says what would happen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from messenger.domain.report import Draft, DraftSummary, Preview, Shown
from messenger.i18n import tr
from messenger.questionnaire.form import CardKind, PageKind
from messenger.ui import a11y
from messenger.ui.report.check_page import CheckPage
from messenger.ui.report.pages import narrow_at
from messenger.ui.report.practice_page import PracticePage
from messenger.ui.report.state import CardState, CheckState, PageState
from messenger.ui.report.window import ReportWindow
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Card, Surface
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel
from messenger.ui.widgets.pictures import Picture

if TYPE_CHECKING:
    from messenger.ui.border import Engine


class Ribbon(Surface):
    """Says on every page that this is practice, and leads to a real report."""

    real = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "notice", "b")
        self._ctx = ctx
        column = self._column = QVBoxLayout(self)
        ground = QWidget()
        wrap = Wrap(ground, 16, 0, far=True)
        said = QWidget()
        row = QHBoxLayout(said)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Picture(ctx, "info", "notice-icon", 20), 0, Qt.AlignmentFlag.AlignTop)
        self.words = TextLabel(ctx, tr("Practice. Nothing is sent."), "body", "notice-text", weight=600)
        a11y.name(self.words, "practice.ribbon", self.words.text())
        row.addWidget(self.words, 1)
        wrap.addWidget(said)
        button = Button(ctx, tr("Make a real report"), "practice.real", LINK, icon="octagon-alert", height=36)
        button.set_role("notice-text")
        button.clicked.connect(self.real)
        shrinkable(button)
        wrap.addWidget(button)
        column.addWidget(ground)
        ctx.changed.connect(self._fit)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        side = 16 if self.width() < narrow_at(self._ctx) else 40
        if self._column.contentsMargins().left() != side:
            self._column.setContentsMargins(side, 8, side, 8)


class PracticeCheck(CheckPage):
    """Says in the place of who gets it that nobody does."""

    def receiver(self) -> QWidget:
        """The box above the last button."""
        card = Card(self.ctx, "sunken", "", 0, 10, 16)
        words = tr("In a real report, this box says who gets it and what they see.")
        card.column.addWidget(TextLabel(self.ctx, words, "body"))
        see = Button(self.ctx, tr("See what they would see"), "check.preview", LINK, height=28)
        see.clicked.connect(self.preview)
        see.set_padding(0, left=True)
        shrinkable(see)
        card.column.addWidget(see)
        a11y.name(card, "check.receiver", words)
        return card


class PracticeWindow(ReportWindow):
    """One practice over a sandbox's engine. Call `start` once, then `show`. It has no way to send: `send` shows the end.

    `again`: do it once more; `practised`: the end was reached; `real`: a real report is wanted.
    """

    again = Signal()
    practised = Signal()
    real = Signal()

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__(ctx, engine)
        self._engine = engine
        self.end = PracticePage(ctx)
        self._lasting = (*self._lasting, self.end)
        self.stack.addWidget(self.end)
        self.ribbon = Ribbon(ctx)
        self.ribbon.real.connect(self._make_real)
        self.put_on_top(self.ribbon)
        self.footer.later.connect(self._once_more)
        self.header.hide_button.setAccessibleDescription(tr("Or press Shift three times."))

    def start(self) -> None:
        """Open the sandbox's own report, which is filled in."""

        def got(drafts: tuple[DraftSummary, ...]) -> None:
            self.resume(drafts[0].id)

        self._engine.call(lambda hub: hub.reporting.drafts(), got)

    def name_window(self, page: str, wrong: bool = False) -> None:
        """The title says so too, for the list of windows and for a screen reader."""
        words = tr("{page} - Practice. Nothing is sent.").format(page=page) if page else tr("Practice. Nothing is sent.")
        self.setWindowTitle(tr("Error: {title}").format(title=words) if wrong else words)

    # -- WizardView

    def show_page(self, state: PageState) -> None:
        """See `WizardView`."""
        super().show_page(_as_practice(state))

    def refresh_page(self, state: PageState) -> None:
        """See `WizardView`."""
        super().refresh_page(_as_practice(state))

    def show_faults(self, state: PageState) -> None:
        """See `WizardView`."""
        super().show_faults(_as_practice(state))

    def show_check(self, state: CheckState) -> None:
        """See `WizardView`."""
        if self.page is self.end:
            return
        super().show_check(replace(state, receiver=None, where=None, may_keep=False, declaration=""))
        if isinstance(self.page, CheckPage):
            self.footer.next.set_words(tr("Practise sending"))
            self.footer.save.set_words(tr("Stop the practice"))

    def make_check(self, state: CheckState) -> CheckPage:
        """The page to check all answers on."""
        return PracticeCheck(self._ctx, state)

    def show_preview(self, preview: Preview | None, trouble: str) -> None:
        """See `WizardView`."""
        if preview is not None:
            # Its first line counts what goes; here nothing does.
            preview = replace(preview, text=preview.text.partition("\n")[2])
        super().show_preview(preview, trouble)
        if preview is not None:
            self.preview.help.setText(tr("In a real report, this would go. Now it goes to no one."))

    def send(self, draft: Draft, keep_copy: bool, may_keep: bool, shown: Shown) -> None:
        """See `WizardView`. There is nothing that could be asked to send."""
        self.show_end()
        self.practised.emit()

    # -- moving

    def show_end(self) -> None:
        """What would have happened."""
        self.go(self.end, self.end.title.text())
        self._end_frame()
        a11y.announce(self, tr("This is where it would be sent. Nothing was sent."), True)

    def _end_frame(self) -> None:
        self.name_window(self.end.title.text())
        self.header.show_place(0, 0, True, tr("Practice"))
        self.footer.show_actions(tr("Done"), later=tr("Do it again"))
        self.seat_footer()

    def _place(self, state: PageState) -> None:
        super()._place(state)
        if not self.footer.save.isHidden():
            self.footer.save.set_words(tr("Stop the practice"))
        if not state.step:
            self.header.show_place(0, 0, state.back, tr("Practice"))

    def _once_more(self) -> None:
        """The window closes by the same press; another one takes its place."""
        if self.page is self.end:
            self.again.emit()

    def come_back(self) -> None:
        """Return from the preview or the numbers."""
        if self._from is self.end:
            self.stack.setCurrentWidget(self.end)
            self._end_frame()
            self.end.settle()
        else:
            super().come_back()

    def _back(self) -> None:
        if self.page is self.end:
            self.presenter.show_again()
        else:
            super()._back()

    def _go_on(self) -> None:
        if self.page is self.end:
            self.close()
        else:
            super()._go_on()

    def _make_real(self) -> None:
        self.real.emit()
        self.close()


def _as_practice(state: PageState) -> PageState:
    """The page with what is other in practice: its beginning, and a word beside numbers that are real."""
    if state.kind is PageKind.START:
        lines = (
            ("clock-3", tr("It takes less than a minute.")),
            ("pencil", tr("It is all filled in. You can change what you like.")),
            ("keyboard", tr("Press Continue on each page. The Enter key does it too.")),
            ("eye-off", tr("Press Shift three times to hide this page.")),
        )
        help = tr("The person and the chat are made up. Nothing is sent.")
        return replace(state, title=tr("Practise a report"), help=help, lines=lines)
    return replace(state, cards=tuple(_real_number(one) for one in state.cards))


def _real_number(card: CardState) -> CardState:
    if card.kind is not CardKind.EMERGENCY:
        return card
    return replace(card, lines=(*card.lines, tr("This is practice. The number is real, and you can call it.")))
