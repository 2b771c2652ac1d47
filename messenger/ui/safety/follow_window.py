"""Windows that follow a report: the step about the other person, later evidence, and taking it back. Each can be hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent

from messenger.i18n import tr
from messenger.questionnaire.form import PageKind
from messenger.safety.jurisdictions import GENERAL
from messenger.ui import a11y
from messenger.ui.plain import isolate
from messenger.ui.report.aftercare import AftercarePresenter, AftercareState
from messenger.ui.report.aftercare_page import AftercarePage
from messenger.ui.report.helpdesk import HelpDesk
from messenger.ui.report.messages_page import MessagesPage
from messenger.ui.report.shell import Shell
from messenger.ui.report.state import PageState
from messenger.ui.safety.adding import AddPresenter
from messenger.ui.safety.cases import Case
from messenger.ui.safety.follow_pages import EndPage, ReasonPage, SurePage, WordsPage
from messenger.ui.safety.taking_back import TakeBackPresenter
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import FILLED, QUIET

if TYPE_CHECKING:
    from messenger.ui.border import Engine


class FollowWindow(Shell):
    """A window about one report. `gone` is its last word, `link_requested` a web address to open after asking."""

    goes_to_desk = True
    gone = Signal()
    link_requested = Signal(str)

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__(ctx)
        self.case = ""
        self._help = HelpDesk(engine, self._helped)
        self.footer.numbers.connect(self.show_help)
        self.footer.later.connect(self.leave)
        self.footer.go_on.connect(self._next)
        self.header.back.connect(self._before)
        self.numbers.opened.connect(self.link_requested)
        self.numbers.country.connect(self._help.ask_country)

    def begin(self, case: Case) -> None:
        """Start, for this report, with the helpline that its wizard named.

        Who receives what is told here stands on every page, as in the wizard (decision 19).
        """
        self.case = case.title
        self._help.ask(case.country, case.reader or GENERAL)
        if self.goes_to_desk and case.desk:
            self.footer.show_receiver(tr("This goes to {name}.").format(name=isolate(case.desk)))
        self.start(case.id)

    def start(self, report_id: str) -> None:
        """Start the window's own presenter."""
        raise NotImplementedError  # abstract: each window below has another one

    def go_on(self) -> None:
        """The footer's button."""
        raise NotImplementedError  # abstract: each window below says what its button does

    def go_back(self) -> None:
        """Back, where there is a page before."""

    def leave(self) -> None:
        """The footer's second way: not now."""
        self.close()

    def redraw(self) -> None:
        """Header and footer of the page in sight."""
        raise NotImplementedError  # abstract: each window below names its own buttons

    def show_help(self) -> None:
        """Numbers to call."""
        self.numbers.renew(self._help.numbers)
        self.go_aside(self.numbers)

    def come_back(self) -> None:
        """Return from the numbers."""
        if self._from is not None:
            self.stack.setCurrentWidget(self._from)
            self.name_window(self._from.title.text())
            self.redraw()
            self._from.settle()

    def show_fault(self, words: str) -> None:
        """What is missing or went wrong stands at the top of the page."""
        if self.page is self.opening and words:
            self.opening.fail(words)
        elif self.page is not None:
            self.page.show_errors([("page", words)] if words else ())
            self.name_window(self.page.title.text(), wrong=bool(words))

    def frame(self, onward: str, back: bool = False, later: str = "", plain: bool = False) -> None:
        """Header and footer of a page; `plain`: the button is no more the way to go than the other one."""
        self.header.show_place(0, 0, back, tr("Report {case}").format(case=self.case))
        self.footer.show_actions(onward, later=later)
        self.footer.next.set_kind(QUIET if plain else FILLED)
        self.footer.next.show()
        self.seat_footer()

    def _next(self) -> None:
        if self.aside:
            self.come_back()
        elif isinstance(self.page, EndPage) or self.page is self.opening:
            self.close()
        else:
            self.go_on()

    def _before(self) -> None:
        if self.aside:
            self.come_back()
        else:
            self.go_back()

    def _helped(self) -> None:
        if self._help.numbers.talk is not None:
            self.footer.show_talk(self._help.numbers.talk)
        if self.page is self.numbers:
            self.numbers.renew(self._help.numbers)
        self.seat_footer()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.gone.emit()


class StepWindow(FollowWindow):
    """The step about the other person, from My reports."""

    goes_to_desk = False

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__(ctx, engine)
        self.aftercare = AftercarePresenter(engine, lambda words, now: a11y.announce(self, words, now))
        self.after_page = AftercarePage(ctx, self.aftercare)
        self.aftercare.attach(self)

    def start(self, report_id: str) -> None:
        """See `FollowWindow`."""
        self.aftercare.learn(report_id, self._known)

    def _known(self, there: bool) -> None:
        if not there:
            self.go(EndPage(self._ctx, tr("There is nothing to choose"), (), "info"), tr("There is nothing to choose"))
            self.frame(tr("Done"))
            return
        self.aftercare.show()
        self.go(self.after_page, self.after_page.title.text())
        self.redraw()

    def show_aftercare(self, state: AftercareState) -> None:
        """See `AftercareView`."""
        self.after_page.show_aftercare(state)
        if self.page is self.after_page:
            self.redraw()

    def redraw(self) -> None:
        """See `FollowWindow`."""
        over = self.aftercare.over
        self.frame(tr("Done") if over else tr("Do this"), later="" if over else tr("Not now"))

    def go_on(self) -> None:
        """See `FollowWindow`."""
        if self.aftercare.over:
            self.close()
        else:
            self.aftercare.go()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.aftercare.close()
        super().closeEvent(event)


class AddWindow(FollowWindow):
    """Later evidence: messages, own words, saved."""

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__(ctx, engine)
        self.presenter = AddPresenter(engine, self.after)
        self.presenter.attach(self)

    def start(self, report_id: str) -> None:
        """See `FollowWindow`."""
        self.presenter.begin(report_id)

    def show_messages(self) -> None:
        """See `AddView`."""
        title = tr("Which messages do you want to add?")
        help = tr("Tick the new ones that matter. You can also add none and only write.")
        state = PageState("add", PageKind.MESSAGES, title, help, (), None, (), (), (), 0, 0, False, False, False)
        self.go(MessagesPage(self._ctx, state, self.presenter.evidence), title)
        self.redraw()

    def show_words(self, words: str) -> None:
        """See `AddView`."""
        page = WordsPage(self._ctx, words)
        page.wrote.connect(self.presenter.write)
        self.go(page, page.title.text())
        self.redraw()

    def show_added(self) -> None:
        """See `AddView`."""
        title = tr("Saved. It goes to them.")
        lines = (
            tr("It joins your report {case}.").format(case=self.case),
            tr("You see it in Safety, under My reports."),
        )
        self.go(EndPage(self._ctx, title, lines), title)
        self.redraw()
        a11y.announce(self, title, True)

    def redraw(self) -> None:
        """See `FollowWindow`."""
        if isinstance(self.page, EndPage):
            self.frame(tr("Done"))
        elif isinstance(self.page, WordsPage):
            self.frame(tr("Add this"), True, tr("Do not add"))
        else:
            self.frame(tr("Continue"), False, tr("Do not add"))

    def go_on(self) -> None:
        """See `FollowWindow`."""
        if isinstance(self.page, WordsPage):
            self.presenter.send()
        else:
            self.presenter.to_words()

    def go_back(self) -> None:
        """See `FollowWindow`."""
        self.presenter.to_messages()

    def leave(self) -> None:
        """See `FollowWindow`."""
        self.presenter.discard()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.presenter.close()
        super().closeEvent(event)


class TakeBackWindow(FollowWindow):
    """Taking a report back, asked twice."""

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__(ctx, engine)
        self.presenter = TakeBackPresenter(engine)
        self._reasons = ReasonPage(ctx)
        self._reasons.chosen.connect(self.presenter.choose)
        self._reasons.wrote.connect(self.presenter.write)
        self._lasting = (*self._lasting, self._reasons)
        self.presenter.attach(self)

    def start(self, report_id: str) -> None:
        """See `FollowWindow`."""
        self.presenter.begin(report_id)

    def show_reasons(self) -> None:
        """See `TakeBackView`."""
        self.go(self._reasons, self._reasons.title.text())
        self.redraw()

    def show_sure(self, unsafe: bool) -> None:
        """See `TakeBackView`."""
        page = SurePage(self._ctx, unsafe)
        self.go(page, page.title.text())
        self.redraw()

    def show_end(self, title: str, lines: tuple[str, ...]) -> None:
        """See `TakeBackView`."""
        self.go(EndPage(self._ctx, title, lines), title)
        self.redraw()
        a11y.announce(self, " ".join((title, *lines)), True)

    def redraw(self) -> None:
        """See `FollowWindow`."""
        if isinstance(self.page, EndPage):
            self.frame(tr("Done"))
        elif isinstance(self.page, SurePage):
            self.frame(tr("Take it back"), True, tr("Keep my report"), plain=True)
        else:
            self.frame(tr("Continue"), False, tr("Keep my report"))

    def go_on(self) -> None:
        """See `FollowWindow`."""
        if isinstance(self.page, SurePage):
            self.presenter.go()
        else:
            self.presenter.ask()

    def go_back(self) -> None:
        """See `FollowWindow`."""
        self.show_reasons()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.presenter.close()
        super().closeEvent(event)
