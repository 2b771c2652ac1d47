"""The wizard's way: opens or resumes a draft, takes answers, goes on and back, and keeps everything at each step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from messenger.domain.errors import RobinError
from messenger.domain.report import Draft, ReportContext
from messenger.i18n import trd
from messenger.questionnaire.form import PageKind, QuestionKind, Questionnaire
from messenger.questionnaire.interview import Interview, Problem
from messenger.ui.plain import isolate, visible
from messenger.ui.report.drafting import Drafting, Now
from messenger.ui.report.helpdesk import plain_words
from messenger.ui.report.keeper import Later
from messenger.ui.report.places import ChatChoice, chat_choices
from messenger.ui.report.prefill import about, with_counterpart, with_details
from messenger.ui.report.state import CheckState, Fault, PageState, check_rows, page_state
from messenger.ui.report.ways import details_lines

if TYPE_CHECKING:
    from messenger.ui.border import Engine


class WizardPresenter(Drafting):
    """Decides; see `WizardView` for what is drawn. `chats` are asked for when Report abuse was pressed outside a chat."""

    def __init__(self, engine: Engine, later: Later, now: Now) -> None:
        super().__init__(engine, later, now)
        self._faults: tuple[Problem, ...] = ()
        self._check_faults: tuple[Fault, ...] = ()
        self._notice = ""
        self._chats: tuple[ChatChoice, ...] = ()
        self._asking_chat = False
        self._keep_copy = False
        self._handed_on = False

    # -- beginning

    def begin(self, context: ReportContext) -> None:
        """Start a report; what is in the chat is fixed now. An open draft about the same chat is resumed."""
        self.help.ask()
        if context.conversation is None and not context.counterpart:
            self._engine.call(chat_choices, self._got_chats, lambda _error: None)
        self._engine.call(lambda hub: hub.reporting.begin(context), self._opened, self._failed)

    def resume(self, draft_id: str) -> None:
        """Go on with a draft where it was left."""
        self.help.ask()
        self._engine.call(lambda hub: hub.reporting.resume(draft_id), self._opened, self._failed)

    def also(self, context: ReportContext) -> None:
        """Report abuse was pressed again in this chat: what it was pressed on is ticked too, and what came since can be."""

        def got(found: tuple[Draft, Questionnaire, Interview]) -> None:
            if self._draft is None or self._draft.id != found[0].id or self._talk is None:
                return
            self._draft = found[0]
            if self._talk.page.kind in (PageKind.MESSAGES, PageKind.CHECK) and not self._handed_on:
                self._go()

        def ask() -> None:
            self._engine.call(lambda hub: hub.reporting.begin(context), got, self._failed)

        self._keeper.flush(ask)

    def choose_chat(self, chat: ChatChoice | None) -> None:
        """The chat it is about, or None for no chat. Nothing is asked twice: the empty draft gives way to the chat's."""
        self._asking_chat = False
        if chat is None:
            self._forward()
            return
        old, said = self._draft, self._talk
        self._chats = ()
        context = ReportContext(chat.account, chat.conversation, (), chat.address)

        def opened(found: tuple[Draft, Questionnaire, Interview]) -> None:
            draft, form, talk = found
            carried = said is not None and bool(said.answers) and not talk.answers
            if said is not None and carried:
                talk = said  # what was said before the chat was chosen goes along
            if old is not None and old.id != draft.id and (carried or said is None or not said.answers):
                self._engine.call(lambda hub: hub.reporting.discard(old.id))
            self._opened((draft, form, talk), past_start=True)

        self._keeper.forget()
        self._engine.call(lambda hub: hub.reporting.begin(context), opened, self._failed)

    def _opened(self, found: tuple[Draft, Questionnaire, Interview], past_start: bool = False) -> None:
        self._draft, _form, talk = found
        self._talk = with_counterpart(talk, about(self._draft), self._now())
        self._ask_receiver()
        self._engine.call(lambda hub: hub.reporting.details(), self._got_details, lambda _error: None)
        if past_start and talk.at_start:
            self._forward()
        else:
            self._go()
        self._ask_help()

    def _got_details(self, details: dict[str, object]) -> None:
        """What was given in an earlier report: fills only what was never answered or skipped here."""
        if self._talk is None:
            return
        talk = with_details(self._talk, details, self._now())
        if talk is not self._talk:
            self._take(talk, False)
            self._ask_help()

    def _got_chats(self, chats: tuple[ChatChoice, ...]) -> None:
        self._chats = chats

    # -- answering

    def tick(self, question: str, option: str, on: bool) -> None:
        """A box was ticked or unticked, or a radio button chosen."""
        if self._talk is None:
            return
        asked = self._talk.form.question(question)
        if asked.kind is QuestionKind.MANY:
            talk = self._talk.tick(question, option, on, at=self._now(), translate=trd)
        else:
            talk = self._talk.answer(question, *([option] if on else []), at=self._now(), translate=trd)
        self._take(talk, False)
        self._ask_help()

    def write(self, question: str, text: str) -> None:
        """Words were typed. Kept within 400 ms."""
        if self._talk is None:
            return
        longest = self._talk.form.question(question).max_length
        kept = self._talk.answer(question, text=text.strip()[:longest], at=self._now(), translate=trd)
        self._take(kept, True)

    def _take(self, talk: Interview, soon: bool) -> None:
        self._talk = talk
        if self._faults:
            missing = {one.question for one in talk.problems()}
            self._faults = tuple(one for one in self._faults if one.question in missing)
        self._keep(soon)
        if self._view is not None and not self._asking_chat and talk.page.kind not in (PageKind.CHECK,):
            self._view.refresh_page(self._state())

    # -- moving

    def go_on(self) -> None:
        """Continue. What is missing is said now and not before."""
        if self._talk is None:
            return
        if self._talk.at_start and self._chats and self._draft is not None and self._draft.snapshot is None:
            self._asking_chat = True
            if self._view is not None:
                self._view.show_chats(self._chats)
            return
        self._faults = self._talk.problems()
        if self._faults:
            if self._view is not None:
                self._view.show_faults(self._state())
            return
        self._forward()

    def _forward(self) -> None:
        if self._talk is not None:
            self._talk = self._talk.forward()
            self._moved()

    def go_back(self) -> None:
        """Back. Nothing is lost."""
        if self._asking_chat:
            self._asking_chat = False
            self._go()
        elif self._talk is not None:
            self._talk = self._talk.back()
            self._moved()

    def change(self, page: str) -> None:
        """A Change link of the check page."""
        if self._talk is not None:
            self._talk = self._talk.go_to(page)
            self._moved()

    def show_again(self) -> None:
        """Come back from the preview, the numbers, or a report that could not be saved."""
        self._handed_on = False
        self._go()

    def _moved(self) -> None:
        self._faults, self._check_faults, self._notice = (), (), ""
        self._keep(False)
        self._go()

    def _go(self) -> None:
        if self._view is None or self._talk is None or self._draft is None:
            return
        if self._talk.at_check or self._talk.page.kind is PageKind.DETAILS:
            self._ask_receiver()
        if self._talk.at_check:
            self.evidence.count(self._draft, self._checked)
            return
        self._view.show_page(self._state())
        if self._talk.page.kind is PageKind.MESSAGES:
            self.evidence.open(self._draft)

    def _state(self) -> PageState:
        assert self._talk is not None
        state = page_state(self._talk, self._faults, self.help.numbers, False)
        details = self._talk.page.kind is PageKind.DETAILS
        return replace(state, notes=details_lines(self.help.receiver())) if details else state

    # -- the check page

    def _checked(self) -> None:
        if self._view is None or self._talk is None or not self._talk.at_check:
            return
        talk, (step, total) = self._talk, self._talk.progress
        self._view.show_check(
            CheckState(
                title=trd(talk.page.title),
                help=trd(talk.page.help),
                rows=check_rows(talk, self.help.numbers, self.evidence.counts()),
                faults=self._check_faults,
                receiver=self.help.receiver(),
                about=isolate(visible(about(self._draft))) if self._draft else "",
                declaration=trd(talk.form.declaration),
                may_keep=not talk.child,
                keep_copy=self._keep_copy and not talk.child,
                step=step,
                total=total,
                talk=self.help.numbers.talk,
                where=self.help.where,
                notice=self._notice,
            )
        )

    def keep_copy(self, keep: bool) -> None:
        """Whether a readable copy stays here; never for a person who may be under 18."""
        self._keep_copy = keep and self._talk is not None and not self._talk.child

    def send(self) -> None:
        """Send, when nothing is missing; otherwise say what is."""
        talk, view = self._talk, self._view
        if talk is None or view is None or self._draft is None:
            return
        missing = {one.question: one for one in talk.all_problems()}
        if missing:
            pages = {question.id: page.id for page in talk.pages for question in talk.questions(page.id)}
            self._check_faults = tuple(Fault(id, trd(one.words), pages.get(id, "")) for id, one in missing.items())
            self._checked()
            return
        draft, keep = self._draft, self._keep_copy and not talk.child
        self._handed_on, self._notice = True, ""
        self._keeper.flush(lambda: view.send(draft, keep, not talk.child, self.help.shown))

    def other_receiver(self, error: RobinError) -> None:
        """Another one would get it than the one on the check page: that page again, with who it is now."""
        self._notice = plain_words(error)
        self._ask_receiver(self.show_again)

    def _helped(self) -> None:
        """Numbers or the receiver are there, or are others now."""
        view = self._view
        if view is None:
            return
        view.show_numbers(self.help.numbers)
        view.show_receiver(self.help.receiver())
        if self._talk is not None and not self._asking_chat and not self._handed_on:
            if self._talk.at_check:
                self._checked()
            else:
                view.refresh_page(self._state())
