"""The desk's signed receipt, and what follows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class IdentityLevel(StrEnum):
    UNVERIFIED = "unverified"
    CODE = "code"
    VERIFIED = "verified"


class CaseStatus(StrEnum):
    """How a case stands at the desk (WIRE: GET /v1/reports/{id})."""

    RECEIVED = "received"
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    NEED_INFO = "need_info"
    WITH_POLICE = "with_police"
    ADVICE_GIVEN = "advice_given"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A verified receipt. `jws` is the signed form, kept so that it can be checked years later."""

    report_id: str
    report_digest: str
    case_number: str
    received_at: str
    reporter_jid: str
    identity_level: IdentityLevel
    next_contact_by: str
    jws: str


@dataclass(frozen=True, slots=True)
class AdviceStep:
    """Something to do that can be ticked off."""

    id: str
    text: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class FormOption:
    """An answer to choose."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """One question of the desk. `kind`: one, many, text or date. Every question may be skipped."""

    id: str
    kind: str
    text: str
    options: tuple[FormOption, ...] = ()


@dataclass(frozen=True, slots=True)
class FormAnswer:
    """An answer to a question of the desk, in the words that were seen. `a` are option ids, or one own text or date."""

    q: str
    a: tuple[str, ...]
    text_shown: str
    answer_shown: str


@dataclass(frozen=True, slots=True)
class AddendumReceipt:
    """The desk's signed word that later evidence arrived, linked to its report."""

    report_id: str
    addendum_id: str
    addendum_digest: str
    case_number: str
    received_at: str
    jws: str


class WithdrawalOutcome(StrEnum):
    """ERASED: nobody had looked, all is gone. NOTED: people had begun; they may still have to keep somebody safe."""

    ERASED = "erased"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The desk's signed answer to a withdrawal."""

    report_id: str
    report_digest: str
    case_number: str
    at: str
    outcome: WithdrawalOutcome
    jws: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A message of the desk to the reporter, opened and checked. `kind`: advice, question, safety_plan, status, emergency or reply."""

    report_id: str
    n: int
    at: str
    from_name: str
    from_role: str
    kind: str
    text: str
    steps: tuple[AdviceStep, ...] = ()
    read: bool = False
    form: tuple[FormQuestion, ...] = ()
    answered: tuple[FormAnswer, ...] = ()
