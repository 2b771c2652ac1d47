"""The wizard's window after Send: sending, the case number, and the step about the other person. The way there is a subclass's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtGui import QCloseEvent

from messenger.domain.errors import RobinError
from messenger.i18n import tr
from messenger.safety.handing import file_name
from messenger.ui import a11y
from messenger.ui.report.aftercare import AftercarePresenter, AftercareState
from messenger.ui.report.aftercare_page import AftercarePage
from messenger.ui.report.by_hand import ask_place, ask_receipt
from messenger.ui.report.pages import Page
from messenger.ui.report.send_page import SendPage
from messenger.ui.report.sending import SendPresenter
from messenger.ui.report.shell import Shell
from messenger.ui.report.state import Sending, SendState
from messenger.ui.theme.context import ThemeContext

if TYPE_CHECKING:
    from messenger.ui.border import Engine


class AfterWindow(Shell):
    """Holds the pages after Send and draws what their presenters decide."""

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__(ctx)
        self.sending = SendPresenter(engine, lambda: datetime.now().astimezone())
        self.sending.announce = self._announce
        self.aftercare = AftercarePresenter(engine, self._announce)
        self.send_page, self.after_page = SendPage(ctx), AftercarePage(ctx, self.aftercare)
        self._lasting = (*self._lasting, self.send_page, self.after_page)
        self._asked_step = self._step = False
        for page in (self.send_page, self.after_page):
            self.stack.addWidget(page)
        self.send_page.again.connect(self.sending.again)
        self.send_page.copy.connect(self._save_copy)
        self.send_page.by_hand.connect(self._by_hand)
        self.sending.attach(self)
        self.aftercare.attach(self)

    # -- SendView

    def show_sending(self, state: SendState) -> None:
        """See `SendView`."""
        self.send_page.renew(state)
        if state.kind is Sending.SENT and not self._asked_step:
            self._asked_step = True
            self.aftercare.learn(self.sending.report, self._step_known)
        if self.page is self.after_page or (self.aside and self._from is not None and self.is_after(self._from)):
            return
        if self.page is not self.send_page:
            self.go(self.send_page, state.title)
        self._sending_frame(state)

    def on_disk(self) -> None:
        """See `SendView`."""
        raise NotImplementedError  # abstract: the window that holds the draft lets it go

    def other_receiver(self, error: RobinError) -> None:
        """See `SendView`."""
        raise NotImplementedError  # abstract: the window with the check page shows it again

    # -- AftercareView

    def show_aftercare(self, state: AftercareState) -> None:
        """See `AftercareView`."""
        self.after_page.show_aftercare(state)
        if self.page is self.after_page:
            self._after_frame()

    # -- moving

    def is_after(self, page: Page) -> bool:
        """Whether this is a page after Send."""
        return page in (self.send_page, self.after_page)

    def return_to(self, page: Page) -> None:
        """Back to a page after Send, as it was."""
        self.stack.setCurrentWidget(page)
        self.seat_footer()
        if page is self.after_page:
            self._after_frame()
        else:
            self._sending_frame(self.sending.state)
        page.settle()

    def go_on_after(self) -> None:
        """The footer's button on a page after Send."""
        if self.page is self.after_page:
            if self.aftercare.over:
                self.close()
            else:
                self.aftercare.go()
                if self.aftercare.state.missing:
                    self.name_window(self.after_page.title.text(), wrong=True)
        elif self.sending.state.kind is Sending.SENT and self._step:
            self.aftercare.show()
            self.go(self.after_page, self.after_page.title.text())
            self._after_frame()
        else:
            self.close()

    def _step_known(self, there: bool) -> None:
        self._step = there
        if self.page is self.send_page:
            self._sending_frame(self.sending.state)

    def _sending_frame(self, state: SendState) -> None:
        self.name_window(state.title)
        self.header.show_place(0, 0, state.kind in (Sending.NOBODY, Sending.FAILED))
        step = state.kind is Sending.SENT and self._step
        words = tr("One more choice: what about them now?") if step else ""
        onward = tr("Continue") if step else tr("Done")
        self.footer.show_actions(onward, words=words, talk=state.kind is not Sending.SENT)
        self.footer.next.setVisible(state.kind is not Sending.SAVING)
        self.seat_footer()

    def _after_frame(self) -> None:
        self.name_window(self.after_page.title.text())
        self.header.show_place(0, 0, True)
        over = self.aftercare.over
        self.footer.show_actions(tr("Done") if over else tr("Do this"), later="" if over else tr("Not now"))
        self.footer.next.show()
        self.seat_footer()

    def _announce(self, words: str, now: bool) -> None:
        a11y.announce(self, words, now)

    def _save_copy(self) -> None:
        name = f"report-{self.sending.state.case}.robin.json"
        ask_place(self, tr("Save a copy"), name, self.sending.save_copy)

    def _by_hand(self, deed: str) -> None:
        if deed == "receipt":
            ask_receipt(self, self.sending.take_receipt)
        else:
            ask_place(self, tr("Save the locked file"), file_name(self.sending.report), self.sending.save_file)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.sending.close()
        self.aftercare.close()
        super().closeEvent(event)
