"""The report wizard's own window: draws what its two presenters decide, and tells them what was pressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent

from messenger.domain.errors import RobinError
from messenger.domain.jurisdiction import HelpLine
from messenger.domain.report import Draft, Preview, ReportContext, Shown
from messenger.i18n import tr
from messenger.questionnaire.form import PageKind
from messenger.ui.report.after_window import AfterWindow
from messenger.ui.report.check_page import CheckPage
from messenger.ui.report.messages_page import MessagesPage
from messenger.ui.report.places import ChatChoice
from messenger.ui.report.presenter import WizardPresenter
from messenger.ui.report.question_page import QuestionPage
from messenger.ui.report.small_pages import ChatsPage
from messenger.ui.report.state import CheckState, Numbers, PageState, Receiver, Way
from messenger.ui.report.ways import send_words
from messenger.ui.theme.context import ThemeContext

if TYPE_CHECKING:
    from messenger.ui.border import Engine


def utc_now() -> str:
    """The time of an answer, RFC 3339 UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class ReportWindow(AfterWindow):
    """One report. Call `begin` or `resume` once, then `show`. The draft stays when the window is closed.

    `link_requested` carries a web address, for the owner to open after asking; `gone` is the window's last word.
    """

    link_requested = Signal(str)
    gone = Signal()

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__(ctx, engine)
        self.presenter = WizardPresenter(engine, self.after, utc_now)
        self._again: Callable[[], None] = lambda: None
        self._helped, self._way = Numbers(), Way.SENDS
        self._wire()
        self.presenter.attach(self)

    def _wire(self) -> None:
        self.header.back.connect(self._back)
        self.footer.go_on.connect(self._go_on)
        self.footer.later.connect(self.presenter.save_and_leave)
        self.footer.extra.connect(self.presenter.preview)
        self.footer.numbers.connect(self.show_help)
        self.numbers.opened.connect(self.link_requested)
        self.numbers.country.connect(self.presenter.help.ask_country)
        self.opening.again.connect(lambda: self._again())
        self.opening.opened.connect(self.link_requested)
        self.send_page.numbers.connect(self.show_help)
        self.footer.show_actions(tr("Continue"))

    # -- beginning

    def begin(self, context: ReportContext) -> None:
        """Start a report about what was pressed."""
        self._again = lambda: self.presenter.begin(context)
        self._again()

    def resume(self, draft_id: str) -> None:
        """Go on with a draft."""
        self._again = lambda: self.presenter.resume(draft_id)
        self._again()

    def wait(self, lines: tuple[HelpLine, ...] = ()) -> None:
        """Robin is locked or could not start; the report opens by itself when it can. `lines` can help meanwhile."""
        if self.page is self.opening:
            self.opening.wait(lines)
            self.name_window(self.opening.title.text())
            self.footer.show_actions(tr("Continue"), talk=False)
            self.footer.next.hide()

    # -- WizardView

    def show_page(self, state: PageState) -> None:
        """See `WizardView`."""
        if state.kind is PageKind.MESSAGES:
            self.go(MessagesPage(self._ctx, state, self.presenter.evidence), state.title)
        else:
            page = QuestionPage(self._ctx, state)
            page.ticked.connect(self.presenter.tick)
            page.wrote.connect(self.presenter.write)
            page.numbers.connect(self.show_help)
            page.opened.connect(self.link_requested)
            self.go(page, state.title)
        self._place(state)

    def refresh_page(self, state: PageState) -> None:
        """See `WizardView`."""
        page = self.page
        if isinstance(page, QuestionPage) and page.state.id == state.id:
            page.renew(state)
            self._place(state)

    def show_faults(self, state: PageState) -> None:
        """See `WizardView`."""
        if isinstance(self.page, QuestionPage):
            self.page.show_faults(state)
            self.name_window(state.title, wrong=True)

    def show_chats(self, chats: tuple[ChatChoice, ...]) -> None:
        """See `WizardView`."""
        page = ChatsPage(self._ctx, chats)
        page.chosen.connect(self.presenter.choose_chat)
        self.go(page, page.title.text())
        self.header.show_place(0, 0, True)
        self.footer.show_actions(tr("Continue"), later=tr("Save and come back later"))

    def show_check(self, state: CheckState) -> None:
        """See `WizardView`."""
        if isinstance(self.page, CheckPage):
            self.page.renew(state)
        elif not self.aside:
            page = self.make_check(state)
            page.changed.connect(self.presenter.change)
            page.kept.connect(self.presenter.keep_copy)
            page.opened.connect(self.link_requested)
            page.preview.connect(self.presenter.preview)
            page.numbers.connect(self.show_help)
            self.go(page, state.title)
        else:
            return
        self.name_window(state.title, wrong=bool(state.faults))
        self.header.show_place(state.step, state.total, True)
        self.footer.show_actions(
            send_words(state.receiver),
            "send" if self._way is Way.SENDS else "file-down",
            later=tr("Save for later"),
            words=state.declaration,
            talk=False,
        )
        if isinstance(self.page, CheckPage):
            self.footer.set_above(self.page.receiver())
        self.seat_footer()

    def make_check(self, state: CheckState) -> CheckPage:
        """The page to check all answers on."""
        return CheckPage(self._ctx, state)

    def show_preview(self, preview: Preview | None, trouble: str) -> None:
        """See `WizardView`."""
        self.preview.renew(preview, trouble)
        self.go_aside(self.preview)

    def show_numbers(self, numbers: Numbers) -> None:
        """See `WizardView`."""
        self._helped = numbers
        if self.page is self.numbers:
            self.numbers.renew(numbers)
        if numbers.talk is not None:
            self.footer.show_talk(numbers.talk)
            self.seat_footer()

    def show_receiver(self, receiver: Receiver | None) -> None:
        """See `WizardView`."""
        self.footer.show_receiver(receiver.hand_set if receiver is not None else "")
        self._way = receiver.way if receiver is not None else Way.SENDS

    def show_trouble(self, words: str) -> None:
        """See `WizardView`."""
        if words and self.page is self.opening:
            self.opening.fail(words)
            self.opening.settle()
        else:
            self.footer.show_trouble(words)

    def send(self, draft: Draft, keep_copy: bool, may_keep: bool, shown: Shown) -> None:
        """See `WizardView`."""
        self.sending.send(draft, keep_copy, may_keep, self._way, shown)

    def leave(self) -> None:
        """See `WizardView`."""
        self.close()

    def on_disk(self) -> None:
        """See `SendView`."""
        self.presenter.sent()

    def other_receiver(self, error: RobinError) -> None:
        """See `SendView`."""
        self.presenter.other_receiver(error)

    # -- moving

    def _place(self, state: PageState) -> None:
        self.header.show_place(state.step, state.total, state.back)
        onward = tr("Start") if state.kind is PageKind.START else tr("Continue")
        onward = tr("Keep telling here") if state.danger else onward
        messages = state.kind is PageKind.MESSAGES
        later = tr("Save for later") if state.danger else tr("Save and come back later")
        # Four things do not fit beside each other; closing the window saves too.
        later, extra = ("", tr("See what they will see")) if messages else (later, "")
        self.footer.show_actions(onward, later=later, extra=extra)
        self.seat_footer()

    def show_help(self) -> None:
        """Numbers to call, from any page."""
        self.numbers.renew(self._helped)
        self.go_aside(self.numbers)

    def come_back(self) -> None:
        """Return from the preview or the numbers."""
        page = self._from
        if page is not None and self.is_after(page):
            self.return_to(page)
        elif page is self.opening:
            self.stack.setCurrentWidget(page)
            self.seat_footer()
            self.header.show_place(0, 0, False)
            self.footer.show_actions(tr("Continue"))
        elif page is not None:
            self.go(page, page.title.text())
            self.presenter.show_again()

    def _back(self) -> None:
        if self.aside:
            self.come_back()
        elif self.page is self.after_page:
            self.return_to(self.send_page)
        elif self.page is self.send_page:
            self.presenter.show_again()
        else:
            self.presenter.go_back()

    def _go_on(self) -> None:
        page = self.page
        if self.aside:
            self.come_back()
        elif page is not None and self.is_after(page):
            self.go_on_after()
        elif isinstance(page, CheckPage):
            self.presenter.send()
        elif isinstance(page, ChatsPage):
            if not page.go_on():
                self.name_window(page.title.text(), wrong=True)
        elif page is not self.opening:
            self.presenter.go_on()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.presenter.close()
        super().closeEvent(event)
        self.gone.emit()
