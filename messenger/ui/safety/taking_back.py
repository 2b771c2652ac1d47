"""Take it back, decided: a reason, a second kind question, and the honest word for how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from messenger.domain.errors import RobinError
from messenger.domain.receipt import WithdrawalOutcome, Withdrawn
from messenger.domain.report import WithdrawReason
from messenger.i18n import tr
from messenger.ui.report.helpdesk import plain_words

if TYPE_CHECKING:
    from messenger.ui.border import Engine

LONGEST = 2000


def reasons() -> tuple[tuple[WithdrawReason, str], ...]:
    """The four reasons in plain words."""
    return (
        (WithdrawReason.MISTAKE, tr("I sent it by mistake")),
        (WithdrawReason.UNSAFE, tr("I do not feel safe with it")),
        (WithdrawReason.CHANGED_MIND, tr("I changed my mind")),
        (WithdrawReason.SOLVED, tr("It is all right now")),
    )


def outcome_words(outcome: WithdrawalOutcome) -> tuple[str, tuple[str, ...]]:
    """How it ended: a title and sentences."""
    if outcome is WithdrawalOutcome.ERASED:
        return tr("Your report is gone there"), (
            tr("No one had read it yet. All of it was erased."),
            tr("You can make a new report at any time."),
        )
    return tr("They know that you took it back"), (
        tr("People had read it and begun to help. So it was not erased."),
        tr("They may still have to keep someone safe."),
        tr("They may still write to you. You need not answer."),
    )


class TakeBackView(Protocol):
    """What draws the pages."""

    def show_reasons(self) -> None:
        """Why?"""

    def show_sure(self, unsafe: bool) -> None:
        """Asked for the second time; `unsafe`: help is offered first."""

    def show_end(self, title: str, lines: tuple[str, ...]) -> None:
        """How it ended."""

    def show_fault(self, words: str) -> None:
        """What is missing or went wrong, '' for nothing."""


class TakeBackPresenter:
    """One report. Nothing is taken back before it was asked twice and the desk has answered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._view: TakeBackView | None = None
        self._report, self._words = "", ""
        self._reason: WithdrawReason | None = None
        self._busy = False

    def attach(self, view: TakeBackView) -> None:
        """The window that draws."""
        self._view = view

    def begin(self, report_id: str) -> None:
        """Ask why."""
        self._report = report_id
        if self._view is not None:
            self._view.show_reasons()

    def choose(self, reason: WithdrawReason) -> None:
        """A reason was chosen."""
        self._reason = reason

    def write(self, words: str) -> None:
        """Own words, which may stay empty."""
        self._words = words[:LONGEST]

    def ask(self) -> None:
        """On to the second question."""
        if self._view is None:
            return
        if self._reason is None:
            self._view.show_fault(tr("Choose one."))
            return
        self._view.show_fault("")
        self._view.show_sure(self._reason is WithdrawReason.UNSAFE)

    def go(self) -> None:
        """Take it back."""
        reason, report, words = self._reason, self._report, self._words.strip()
        if reason is None or self._busy:
            return
        self._busy = True
        self._engine.call(lambda hub: hub.outbox.withdraw(report, reason, words), self._ended, self._failed)

    def close(self) -> None:
        """The window goes away."""
        self._view = None

    def _ended(self, answer: Withdrawn) -> None:
        self._busy = False
        if self._view is not None:
            self._view.show_end(*outcome_words(answer.outcome))

    def _failed(self, error: RobinError) -> None:
        self._busy = False
        if self._view is not None:
            self._view.show_fault(plain_words(error))
