"""What the wizard keeps: the draft and its interview, saved at every change, and who can help meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from messenger.domain.errors import RobinError
from messenger.domain.report import Draft, ReportContext
from messenger.questionnaire.interview import Interview
from messenger.ui.report.evidence import EvidencePresenter
from messenger.ui.report.helpdesk import HelpDesk, plain_words
from messenger.ui.report.keeper import DraftKeeper, Later
from messenger.ui.report.prefill import asked_of, country_of
from messenger.ui.report.wizard_view import WizardView

if TYPE_CHECKING:
    from messenger.ui.border import Engine

Now = Callable[[], str]


class Drafting:
    """The half of the wizard that holds and keeps."""

    def __init__(self, engine: Engine, later: Later, now: Now) -> None:
        self._engine, self._now = engine, now
        self._view: WizardView | None = None
        self._keeper = DraftKeeper(engine, later, self._saving)
        self.evidence = EvidencePresenter(engine, self._chosen)
        self.help = HelpDesk(engine, self._helped)
        self._draft: Draft | None = None
        self._talk: Interview | None = None
        self._closed = False

    def attach(self, view: WizardView) -> None:
        """The window that draws."""
        self._view = view

    def holds(self, context: ReportContext | None = None, draft_id: str = "") -> bool:
        """Whether this report, not sent yet, is the one about `context`'s chat or the draft with this id."""
        draft = self._draft
        if draft is None or self._closed:
            return False
        if draft_id:
            return draft.id == draft_id
        chat = draft.snapshot.conversation if draft.snapshot is not None else None
        return context is not None and context.conversation == chat and context.counterpart in ("", draft.counterpart)

    def sent(self) -> None:
        """The sealed report is on disk: the draft is done with."""
        self._keeper.forget()
        self._draft = None

    def preview(self) -> None:
        """Show exactly what will be sent."""
        draft, view = self._draft, self._view
        if draft is None or view is None:
            return

        def ask() -> None:
            self._engine.call(
                lambda hub: hub.reporting.preview(draft),
                lambda found: view.show_preview(found, ""),
                lambda error: view.show_preview(None, plain_words(error)),
            )

        self._keeper.flush(ask)

    def save_and_leave(self) -> None:
        """Save and come back later."""
        view = self._view
        if view is not None:
            self._keeper.flush(view.leave)

    def close(self) -> None:
        """The window goes away by any way: what is not saved yet is saved now."""
        if not self._closed:
            self._closed = True
            self._keeper.flush()
            self._view = None

    def _ask_help(self) -> None:
        if self._talk is not None:
            self.help.ask(country_of(self._talk), self._talk.result().reporter_age_band)

    def _ask_receiver(self, then: Callable[[], None] = lambda: None) -> None:
        """Who receives it, by the answers as they are now."""
        if self._draft is not None and self._talk is not None:
            self.help.ask_receiver(self._draft, asked_of(self._talk), then)

    def _chosen(self, draft: Draft) -> None:
        self._draft = draft
        self._keep(False)

    def _keep(self, soon: bool) -> None:
        if self._draft is not None and self._talk is not None:
            self._draft = replace(self._draft, interview=self._talk.to_json())
            self._keeper.keep(self._draft, soon)

    def _saving(self, error: RobinError | None) -> None:
        if self._view is not None:
            self._view.show_trouble("" if error is None else plain_words(error))

    def _failed(self, error: RobinError) -> None:
        if self._view is not None:
            self._view.show_trouble(plain_words(error))

    def _helped(self) -> None:
        """Numbers or the receiver are there, or are others now."""
