"""From Send to the case number: what is said at each state, and never more than is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from messenger.domain.errors import NoEndpoint, ReceiverChanged, RobinError
from messenger.domain.events import Event, ReportAccepted, ReportChanged
from messenger.domain.report import Draft, OutboxState, ReportSummary, Shown
from messenger.i18n import tr, trd
from messenger.safety.handing import HandedWay
from messenger.ui.plain import isolate
from messenger.ui.report import by_hand
from messenger.ui.report.helpdesk import plain_words
from messenger.ui.report.state import NextStep, Sending, SendState, Way
from messenger.ui.report.when import by, full

if TYPE_CHECKING:
    from messenger.ui.border import Cancel, Engine


class SendView(Protocol):
    """What draws the last page."""

    def show_sending(self, state: SendState) -> None:
        """Draw this state."""

    def on_disk(self) -> None:
        """The sealed report is safe: the draft is done with."""

    def other_receiver(self, error: RobinError) -> None:
        """Nothing was made: another one would get it than the one that was shown."""


class SendPresenter:
    """One report from submit to receipt. `now` is the person's clock, with a time zone."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now
        self._view: SendView | None = None
        self._draft: Draft | None = None
        self._keep_copy = self._may_keep = False
        self._way = Way.SENDS
        self._shown: Shown | None = None
        self._ends: list[Cancel] = []
        self._report = ""
        self.state = SendState(Sending.SAVING, "", ())
        self.announce: Callable[[str, bool], None] = lambda _words, _now: None

    def attach(self, view: SendView) -> None:
        """The page that draws."""
        self._view = view

    @property
    def report(self) -> str:
        """The id of the report, '' before it is saved."""
        return self._report

    def send(
        self, draft: Draft, keep_copy: bool, may_keep: bool, way: Way = Way.SENDS, shown: Shown | None = None
    ) -> None:
        """Save the sealed report; only then is anything said of it. `shown` is who the person was told gets it."""
        self._draft, self._keep_copy, self._may_keep, self._way, self._shown = draft, keep_copy, may_keep, way, shown
        self._show(SendState(Sending.SAVING, tr("Saving your report"), (tr("This takes a moment."),)))
        self._engine.call(lambda hub: hub.reporting.submit(draft.id, keep_copy, shown), self._saved, self._not_saved)

    def again(self) -> None:
        """Try again: to save where saving failed, else to send."""
        if self.state.kind is Sending.FAILED and self._draft is not None:
            self.send(self._draft, self._keep_copy, self._may_keep, self._way, self._shown)
        elif self._report:
            report = self._report
            self._show(self._on_its_way())
            self._engine.call(lambda hub: hub.outbox.retry(report), lambda _none: self._look(), lambda _e: self._look())

    def save_copy(self, path: str) -> None:
        """Write the readable copy to a file that the person named."""
        report = self._report
        if report and path:
            self._engine.call(
                lambda hub: hub.outbox.save_copy(report, path),
                lambda _none: self._say(tr("Your copy is saved.")),
                self._note,
            )

    def save_file(self, path: str) -> None:
        """Write the locked file, for a report that goes by hand."""
        by_hand.save_file(self._engine, self._report, path, self._say)

    def take_receipt(self, path: str) -> None:
        """The desk's receipt file came back: the right one makes the report sent."""
        by_hand.take_receipt(self._engine, self._report, path, self._say)

    def close(self) -> None:
        """The window goes away. What is saved is sent without it."""
        for end in self._ends:
            end()
        self._ends = []
        self._view = None
        report = self._report
        if report:
            self._engine.call(lambda hub: hub.outbox.forget_copy(report))

    def _saved(self, report_id: str) -> None:
        self._report = report_id
        self._ends = [
            self._engine.on(ReportAccepted, self._heard),
            self._engine.on(ReportChanged, self._heard),
        ]
        if self._view is not None:
            self._view.on_disk()
        self._show(self._on_its_way())
        self.announce(self.state.title, False)
        self._look()

    def _on_its_way(self) -> SendState:
        if self._way is not Way.SENDS:
            made = tr("Saved. Making your file.") if self._way is Way.FILE else tr("Saved. Making your e-mail.")
            return SendState(Sending.SAVED, made, (tr("Your report is safe on this computer."),))
        lines = (
            tr("Your report is safe on this computer. It goes out now."),
            tr("You can close this window. It goes on by itself."),
        )
        return SendState(Sending.SAVED, tr("Saved. Sending."), lines)

    def _not_saved(self, error: RobinError) -> None:
        if isinstance(error, ReceiverChanged) and self._view is not None:
            self._view.other_receiver(error)
        elif isinstance(error, NoEndpoint):
            lines = (tr("Your words are kept here. You can send them later."), tr("These people can help you now."))
            self._show(SendState(Sending.NOBODY, tr("There is nobody to send this to yet"), lines))
        else:
            lines = (plain_words(error), tr("Your answers are kept here."))
            self._show(SendState(Sending.FAILED, tr("Your report is not saved yet"), lines, retry=True))

    def _heard(self, event: Event) -> None:
        if isinstance(event, ReportAccepted | ReportChanged) and event.report_id == self._report:
            self._look()

    def _look(self) -> None:
        report = self._report
        self._engine.call(lambda hub: hub.outbox.report(report), self._stands, lambda _error: None)

    def _stands(self, summary: ReportSummary) -> None:
        if self.state.kind is Sending.SENT:
            return
        problem = " ".join(trd(one) for one in (summary.problem, summary.problem_advice) if one)
        if summary.state is OutboxState.SENT and summary.case_number:
            self._sent(summary)
        elif summary.state is OutboxState.HANDED:
            self._handed()
        elif summary.state is OutboxState.NEEDS_ATTENTION:
            lines = (problem or tr("It could not be sent."), tr("It is saved here. Nothing is lost."))
            self._show(SendState(Sending.ATTENTION, tr("Your report needs a look"), lines, retry=True))
        elif summary.problem:
            later = (
                problem,
                tr("Robin tries again by itself. You can close this window."),
                tr("You find it in Safety, under My reports."),
            )
            self._show(SendState(Sending.WAITING, tr("Saved, not sent yet"), later, retry=True))

    def _handed(self) -> None:
        """A thing was made and nobody has it: that is said, and never that it was sent."""
        if self.state.kind is Sending.HANDED:
            return
        if self._way is Way.EMAIL:
            title = tr("Your e-mail is ready, but not sent")
            first = tr("We made an e-mail for you. No one has it until you send it.")
        else:
            title = tr("Your file is ready, but not sent")
            first = tr("We made a file for you. No one has it until you hand it over.")
        last = tr("You find it in Safety, under My reports.")
        self._show(SendState(Sending.HANDED, title, (first, last)))
        report = self._report

        def told(way: HandedWay | None) -> None:
            if way is not None:
                self._show(SendState(Sending.HANDED, title, (first, way.next, last), handing=way))

        self._engine.call(lambda hub: hub.outbox.handed(report), told, lambda _error: None)
        self.announce(f"{title}. {first}", True)

    def _sent(self, summary: ReportSummary) -> None:
        state = SendState(
            Sending.SENT,
            tr("Your report is sent"),
            (tr("You did the right thing. It is not your fault."),),
            case=summary.case_number,
            code=summary.receipt_code,
            sent_at=full(summary.sent_at),
            steps=self._steps(summary),
            copy=self._may_keep,
        )
        self._show(state)
        self.announce(tr("Your report is sent. Your case number is {case}.").format(case=summary.case_number), True)

    def _steps(self, summary: ReportSummary) -> tuple[NextStep, ...]:
        who = isolate(summary.endpoint)
        now = tr("{who} has your report. It is kept safe.").format(who=who) if who else tr("Your report is kept safe.")
        steps = [NextStep("check", tr("Now"), now, True)]
        due = by(summary.next_contact_by, self._now())
        when = tr("By {day}").format(day=due) if due else tr("Next")
        steps.append(NextStep("eye", when, tr("A trained person reads it. See it in Safety, under My reports."), False))
        steps.append(
            NextStep("message-circle", tr("After that"), tr("They write to you, in the way you chose."), False)
        )
        return tuple(steps)

    def _note(self, error: RobinError) -> None:
        self._say(plain_words(error))

    def _say(self, words: str) -> None:
        self._show(replace(self.state, note=words))
        self.announce(words, False)

    def _show(self, state: SendState) -> None:
        self.state = state
        if self._view is not None:
            self._view.show_sending(state)
