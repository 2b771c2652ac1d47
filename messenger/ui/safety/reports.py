"""My reports decided: what is listed, what is news, and what a press does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from messenger.domain.errors import RobinError
from messenger.domain.events import AdviceArrived, DraftsChanged, Event, ReportAccepted, ReportChanged, ReportQueued
from messenger.domain.receipt import FormAnswer
from messenger.domain.report import DraftSummary, ReportSummary
from messenger.i18n import tr
from messenger.safety.handing import HandedWay
from messenger.ui.report import by_hand
from messenger.ui.report.helpdesk import plain_words
from messenger.ui.safety.cases import Case, Unfinished, case_of, unfinished_of
from messenger.ui.safety.identity_box import Proof
from messenger.ui.safety.proofs import Proofs

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.border import Engine

_Found = tuple[tuple[ReportSummary, ...], tuple[DraftSummary, ...]]


class ReportsView(Protocol):
    """What draws the list."""

    def show_cases(self, cases: tuple[Case, ...], drafts: tuple[Unfinished, ...]) -> None:
        """All reports and drafts, the newest first."""

    def show_note(self, report_id: str, words: str, done: bool) -> None:
        """A sentence under one report; `done` says that its written reply went."""

    def show_proof(self, report_id: str, proof: Proof) -> None:
        """How a check of who reports went."""

    def show_handing(self, report_id: str, way: HandedWay) -> None:
        """How a report that was made is handed over."""

    def in_sight(self) -> bool:
        """Whether the person can see the list now."""


class ReportsPresenter:
    """Follows the events of reports and drafts."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now
        self._view: ReportsView | None = None
        self._fresh: set[tuple[str, int]] = set()
        self.proofs = Proofs(engine, self._proved)
        kinds = (ReportQueued, ReportChanged, ReportAccepted, AdviceArrived, DraftsChanged)
        self._ends = [engine.on(kind, self._changed) for kind in kinds]

    def attach(self, view: ReportsView) -> None:
        """The list that draws."""
        self._view = view

    def load(self) -> None:
        """Ask for all reports and drafts."""

        async def ask(hub: Hub) -> _Found:
            return await hub.outbox.reports(), await hub.reporting.drafts()

        self._engine.call(ask, self._got, lambda _error: None)

    def opened(self) -> None:
        """The list came into sight: what is new is read now, and the desk is asked for news."""
        self._fresh.clear()
        self.load()
        self._engine.call(lambda hub: hub.outbox.refresh())

    def retry(self, report_id: str) -> None:
        """Try to send again."""
        self._engine.call(lambda hub: hub.outbox.retry(report_id), lambda _none: self.load(), self._note(report_id))

    def tick(self, report_id: str, n: int, step: str, done: bool) -> None:
        """A step of advice was ticked."""
        self._engine.call(lambda hub: hub.outbox.tick_step(report_id, n, step, done), None, self._note(report_id))

    def write(self, report_id: str, text: str) -> None:
        """Write back to the desk."""
        if not text.strip():
            self._say(report_id, tr("Write a few words first."), False)
            return
        view = self._view

        def went(_none: None) -> None:
            if view is not None:
                view.show_note(report_id, tr("Your words are sent."), True)
            self.load()

        self._engine.call(lambda hub: hub.outbox.write(report_id, text.strip()), went, self._note(report_id))

    def do(self, report_id: str, deed: str, more: object) -> None:
        """What was pressed at one report, by name; see `CaseView.wanted`."""
        if deed == "answers" and isinstance(more, tuple):
            self._answer(report_id, *more)
        elif deed == "prove":
            self.proofs.again(report_id)
        elif deed == "ask_code":
            self.proofs.ask(report_id, str(more))
        elif deed == "answer_code":
            self.proofs.answer(report_id, str(more))
        elif deed == "carry":
            self._carry(report_id, str(more))
        elif deed == "save_file":
            by_hand.save_file(self._engine, report_id, str(more), lambda words: self._say(report_id, words, False))
        elif deed == "receipt":
            by_hand.take_receipt(self._engine, report_id, str(more), lambda words: self._say(report_id, words, False))
        elif deed == "hand_over":
            self._engine.call(
                lambda hub: hub.outbox.handed(report_id), lambda way: self._hand(report_id, way), self._note(report_id)
            )

    def _carry(self, report_id: str, path: str) -> None:
        """Write the sealed report to a file; it is still not sent."""
        words = tr("The sealed copy is saved. No one has it until you hand it over.")
        self._engine.call(
            lambda hub: hub.outbox.save_sealed(report_id, path),
            lambda _none: self._say(report_id, words, False),
            self._note(report_id),
        )

    def _hand(self, report_id: str, way: HandedWay | None) -> None:
        if way is not None and self._view is not None:
            self._view.show_handing(report_id, way)

    def _answer(self, report_id: str, n: int, answers: tuple[FormAnswer, ...]) -> None:
        """Answers to the desk's questions, once. Where they cannot go now they are kept and go by themselves."""

        def went(_none: None) -> None:
            self._say(report_id, tr("Your answers are sent."), True)
            self.load()

        def failed(error: RobinError) -> None:
            self._say(report_id, plain_words(error), False)
            self.load()

        self._engine.call(lambda hub: hub.outbox.answer_form(report_id, n, answers), went, failed)

    def discard(self, draft_id: str) -> None:
        """Erase a draft, after the person was asked."""
        self._engine.call(
            lambda hub: hub.reporting.discard(draft_id), lambda _none: self.load(), lambda _error: self.load()
        )

    def close(self) -> None:
        """End with the window."""
        for end in self._ends:
            end()
        self._view = None

    def _changed(self, _event: Event) -> None:
        self.load()

    def _got(self, found: _Found) -> None:
        view, now = self._view, self._now()
        if view is None:
            return
        reports, drafts = found
        seen = view.in_sight()
        for report in reports:
            for letter in report.advice:
                if not letter.read and letter.kind != "reply":
                    self._fresh.add((report.id, letter.n))
                    if seen:
                        self._read(report.id, letter.n)
        cases = tuple(self._still_new(case_of(one, now)) for one in reports)
        view.show_cases(cases, tuple(unfinished_of(one, now) for one in drafts))

    def _still_new(self, case: Case) -> Case:
        """A letter keeps its mark until the list is opened again, so that it does not vanish under the reader."""
        letters = tuple(replace(one, new=(case.id, one.n) in self._fresh) for one in case.letters)
        return replace(case, letters=letters)

    def _read(self, report_id: str, n: int) -> None:
        self._engine.call(lambda hub: hub.outbox.mark_read(report_id, n), None, lambda _error: None)

    def _proved(self, report_id: str, proof: Proof) -> None:
        if self._view is not None:
            self._view.show_proof(report_id, proof)
        self.load()

    def _note(self, report_id: str) -> Callable[[RobinError], None]:
        return lambda error: self._say(report_id, plain_words(error), False)

    def _say(self, report_id: str, words: str, done: bool) -> None:
        if self._view is not None:
            self._view.show_note(report_id, words, done)
