"""Add more, decided: messages of now and own words, linked to the report; on disk before anything is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from messenger.domain.errors import RobinError
from messenger.domain.report import Draft
from messenger.i18n import tr
from messenger.ui.report.evidence import EvidencePresenter
from messenger.ui.report.helpdesk import plain_words
from messenger.ui.report.keeper import DraftKeeper, Later

if TYPE_CHECKING:
    from messenger.ui.border import Engine

LONGEST = 2000
"""Characters of own words."""
_WORDS = "words"
"""Where a draft that has no questions keeps what was typed."""


class AddView(Protocol):
    """What draws the three pages."""

    def show_messages(self) -> None:
        """Choose messages."""

    def show_words(self, words: str) -> None:
        """Own words."""

    def show_added(self) -> None:
        """It is saved and goes by itself."""

    def show_fault(self, words: str) -> None:
        """What is missing or went wrong, '' for nothing."""


class AddPresenter:
    """One addition to one report."""

    def __init__(self, engine: Engine, later: Later) -> None:
        self._engine = engine
        self._view: AddView | None = None
        self._keeper = DraftKeeper(engine, later, self._saving)
        self.evidence = EvidencePresenter(engine, self._chosen)
        self._draft: Draft | None = None
        self._words = ""
        self._busy = False

    def attach(self, view: AddView) -> None:
        """The window that draws."""
        self._view = view

    def begin(self, report_id: str) -> None:
        """Fix the chat as it is now."""

        def got(draft: Draft) -> None:
            self._draft = draft
            kept = draft.interview.get(_WORDS, "")
            self._words = kept if isinstance(kept, str) else ""
            if self._view is not None:
                self._view.show_messages()
                self.evidence.open(draft)

        self._engine.call(lambda hub: hub.addenda.begin(report_id), got, self._fault)

    def to_messages(self) -> None:
        """Back to the messages."""
        if self._view is not None and self._draft is not None:
            self._view.show_messages()
            self.evidence.open(self._draft)

    def to_words(self) -> None:
        """On to the own words."""
        if self._view is not None:
            self._view.show_words(self._words)

    def write(self, words: str) -> None:
        """Words were typed; they are kept with the ticks."""
        self._words = words[:LONGEST]
        if self._draft is not None:
            self._draft = replace(self._draft, interview={_WORDS: self._words})
            self._keeper.keep(self._draft, soon=True)

    def send(self) -> None:
        """Seal it and put it on disk; the worker sends it."""
        draft, words = self._draft, self._words.strip()
        if draft is None or self._busy:
            return
        if not draft.chosen and not words:
            self._say(tr("Choose a message, or write a few words."))
            return
        self._busy = True
        self._say("")

        def ask() -> None:
            self._engine.call(lambda hub: hub.addenda.submit(draft.id, words), self._went, self._fault)

        self._keeper.flush(ask)

    def discard(self) -> None:
        """The person does not want to add anything."""
        self._keeper.forget()
        draft, self._draft = self._draft, None
        if draft is not None:
            self._engine.call(lambda hub: hub.addenda.discard(draft.id))

    def close(self) -> None:
        """The window goes away by any way: what was begun is kept and gone on with the next time."""
        self._view = None
        self._keeper.flush()

    def _went(self, _id: str) -> None:
        self._keeper.forget()
        self._draft, self._busy = None, False
        if self._view is not None:
            self._view.show_added()

    def _chosen(self, draft: Draft) -> None:
        self._draft = draft
        self._keeper.keep(draft)

    def _saving(self, error: RobinError | None) -> None:
        if error is not None:
            self._fault(error)

    def _fault(self, error: RobinError) -> None:
        self._busy = False
        self._say(plain_words(error))

    def _say(self, words: str) -> None:
        if self._view is not None:
            self._view.show_fault(words)
