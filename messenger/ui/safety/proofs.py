"""Checks of who reports, decided: by the chat server again, or by a code that comes by e-mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from messenger.domain.errors import CodeOver, CodeWrong, EndpointUnreachable, RobinError
from messenger.domain.receipt import IdentityLevel
from messenger.i18n import ntr, tr
from messenger.ui.report.helpdesk import plain_words
from messenger.ui.safety.identity_box import Proof, ProofStep

if TYPE_CHECKING:
    from messenger.ui.border import Engine

TRIES = 5
"""So often a code may be tried (the desk's rule); then a new one is needed."""


class Proofs:
    """`told` hears the report's id and what to show."""

    def __init__(self, engine: Engine, told: Callable[[str, Proof], None]) -> None:
        self._engine, self._told = engine, told
        self._left: dict[str, int] = {}

    def again(self, report_id: str) -> None:
        """Ask the desk to ask the chat server once more."""

        def got(level: IdentityLevel) -> None:
            sure = level is IdentityLevel.VERIFIED
            words = (
                tr("They checked. It is you.") if sure else tr("They could not check it yet. You can try again later.")
            )
            self._told(report_id, Proof(ProofStep.NONE, words))

        self._engine.call(
            lambda hub: hub.outbox.prove_again(report_id),
            got,
            lambda error: self._told(report_id, Proof(ProofStep.NONE, _words(error))),
        )

    def ask(self, report_id: str, email: str) -> None:
        """Have a code sent."""

        def went(_none: None) -> None:
            self._left[report_id] = TRIES
            self._told(report_id, Proof(ProofStep.CODE, tr("A code is on its way to you. It is good for 15 minutes.")))

        self._engine.call(
            lambda hub: hub.outbox.ask_code(report_id, email),
            went,
            lambda error: self._told(report_id, Proof(ProofStep.EMAIL, _words(error), True)),
        )

    def answer(self, report_id: str, code: str) -> None:
        """Give the code."""

        def got(_level: IdentityLevel) -> None:
            self._left.pop(report_id, None)
            self._told(report_id, Proof(ProofStep.NONE, tr("The code is right. They know that this is your e-mail.")))

        self._engine.call(
            lambda hub: hub.outbox.answer_code(report_id, code), got, lambda error: self._wrong(report_id, error)
        )

    def _wrong(self, report_id: str, error: RobinError) -> None:
        if isinstance(error, CodeWrong):
            left = self._left[report_id] = max(0, self._left.get(report_id, TRIES) - 1)
            if left:
                words = ntr(
                    "That is not the code. You have {n} try left.",
                    "That is not the code. You have {n} tries left.",
                    left,
                )
                self._told(report_id, Proof(ProofStep.CODE, words, True))
                return
        if isinstance(error, CodeWrong | CodeOver):
            self._told(report_id, Proof(ProofStep.EMAIL, tr("That code is over. You can ask for a new one."), True))
        else:
            self._told(report_id, Proof(ProofStep.CODE, _words(error), True))


def _words(error: RobinError) -> str:
    """Of a desk that is out of reach nothing more is said: the report itself went long ago."""
    if isinstance(error, EndpointUnreachable):
        return tr("They did not answer. Try again later.")
    return plain_words(error)
