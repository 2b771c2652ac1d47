"""The card My reports: a view for each report, a row for each draft."""

from __future__ import annotations

from PySide6.QtCore import Signal

from messenger.i18n import tr
from messenger.safety.handing import HandedWay
from messenger.ui.report.wrap import shrinkable
from messenger.ui.safety.case_view import CaseView
from messenger.ui.safety.cases import Case, Unfinished
from messenger.ui.safety.draft_row import DraftRow
from messenger.ui.safety.help_card import ListCard
from messenger.ui.safety.identity_box import Proof
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel


class CasesCard(ListCard):
    """My reports."""

    retry = Signal(str)
    ticked = Signal(str, int, str, bool)
    wrote = Signal(str, str)
    wanted = Signal(str, str, object)
    resume = Signal(str)
    discard = Signal(str)
    practise = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, tr("My reports"), "reports")
        practise = Button(ctx, tr("Practise a report"), "reports.practise", LINK, height=36)
        practise.setAccessibleDescription(tr("Nothing is sent."))
        practise.clicked.connect(self.practise)
        shrinkable(practise)
        self.head_row.addWidget(practise)
        self._cases: dict[str, CaseView] = {}
        self._shown: tuple[str, ...] = ()
        self.show_cases((), ())

    def show_cases(self, cases: tuple[Case, ...], drafts: tuple[Unfinished, ...]) -> None:
        """All of them; a report that is there already keeps its open reply."""
        shown = (*(one.id for one in cases), *(f"{one.id} {one.saved}" for one in drafts), "")
        if shown == self._shown:
            for case in cases:
                self._cases[case.id].renew(case)
            return
        self._shown = shown
        kept = self._cases
        for view in kept.values():
            view.setParent(None)
        self.clear()
        self._cases = {}
        for case in cases:
            view = kept.pop(case.id) if case.id in kept else self._make(case)
            view.renew(case)
            self._cases[case.id] = view
            self.add(view)
            view.show()
        for old in kept.values():
            old.deleteLater()
        for draft in drafts:
            row = DraftRow(self.ctx, draft.id, draft.about, draft.saved)
            row.resume.connect(lambda id=draft.id: self.resume.emit(id))
            row.discard.connect(lambda id=draft.id: self.discard.emit(id))
            self.add(row)
        if not cases and not drafts:
            words = tr("You have made no report. The red button is there when you want it.")
            self.add(TextLabel(self.ctx, words, "body", "muted"), (16, 12, 16, 16))

    def show_note(self, report_id: str, words: str, done: bool) -> None:
        """A sentence under one report."""
        if report_id in self._cases:
            self._cases[report_id].note(words, done)

    def show_proof(self, report_id: str, proof: Proof) -> None:
        """How a check of who reports went."""
        if report_id in self._cases:
            self._cases[report_id].show_proof(proof)

    def show_handing(self, report_id: str, way: HandedWay) -> None:
        """How a report that was made is handed over."""
        if report_id in self._cases:
            self._cases[report_id].show_handing(way)

    def case(self, report_id: str) -> Case | None:
        """A report as it is shown."""
        return self._cases[report_id].case if report_id in self._cases else None

    def _make(self, case: Case) -> CaseView:
        view = CaseView(self.ctx, case)
        view.retry.connect(lambda id=case.id: self.retry.emit(id))
        view.ticked.connect(lambda n, step, on, id=case.id: self.ticked.emit(id, n, step, on))
        view.wrote.connect(lambda words, id=case.id: self.wrote.emit(id, words))
        view.wanted.connect(lambda deed, more, id=case.id: self.wanted.emit(id, deed, more))
        return view
