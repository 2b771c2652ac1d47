"""Taking a report back: the reporter's signed and sealed wish, and the desk's signed answer."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.domain.receipt import WithdrawalOutcome, Withdrawn
from messenger.domain.report import WithdrawReason
from messenger.evidence import letter
from messenger.evidence.canonical import canonical, scalar_text
from messenger.evidence.keys import Jwk, PublicKeys, SealingKey, SigningKey
from messenger.evidence.receipt import CASE_FORM, MAX_RECEIPT_BYTES
from messenger.evidence.seal import Random
from messenger.evidence.signature import sign

TYPE = "urn:robin:withdrawal:1"
TYP = "robin-withdrawal+jws"
RECEIPT_TYPE = "urn:robin:withdrawal-receipt:1"
RECEIPT_TYP = "robin-withdrawal-receipt+jws"
MAX_TEXT = 2000
_WISH = frozenset({"type", "report_id", "id", "at", "reason", "text"})
_ANSWER = frozenset({"type", "report_id", "report_digest", "case_number", "at", "outcome"})


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """The wish to take a report back. `id` (16 to 64 characters) is made once and kept over every resend."""

    report_id: str
    id: str
    at: str
    reason: WithdrawReason
    text: str = ""


def make_withdrawal(key: SigningKey, desk_enc: Jwk, withdrawal: Withdrawal, random: Random = os.urandom) -> bytes:
    """The wish as sealed bytes for the desk. Raises `FormatRefused` for a bad one."""
    payload = {
        "type": TYPE,
        "report_id": withdrawal.report_id,
        "id": withdrawal.id,
        "at": withdrawal.at,
        "reason": withdrawal.reason.value,
        "text": scalar_text(withdrawal.text),
    }
    _wish(payload)
    return letter.close(payload, key, TYP, desk_enc, random)


def open_withdrawal(
    jwe: bytes, key: SealingKey, reporter_jwks: Iterable[Jwk] | PublicKeys, report_id: str
) -> Withdrawal:
    """The reporter's wish about this report. Raises `SealRefused` or `SignatureRefused`."""
    return letter.about(report_id, letter.opened(jwe, key, reporter_jwks, TYP), _wish, "withdrawal")


def make_withdrawal_receipt(key: SigningKey, withdrawn: Withdrawn) -> str:
    """The desk's signed answer; `withdrawn.jws` is not looked at. Raises `FormatRefused` for a bad one."""
    payload = {
        "type": RECEIPT_TYPE,
        "report_id": withdrawn.report_id,
        "report_digest": withdrawn.report_digest,
        "case_number": withdrawn.case_number,
        "at": withdrawn.at,
        "outcome": withdrawn.outcome.value,
    }
    _answer(payload, "")
    return sign(canonical(payload), key, RECEIPT_TYP)


def verify_withdrawal_receipt(
    jws: str, desk_jwks: Iterable[Jwk] | PublicKeys, expected_digest: str, report_id: str
) -> Withdrawn:
    """The desk's answer about exactly this report; `expected_digest` is the report's. Raises `SignatureRefused`."""
    found = letter.signed(jws, desk_jwks, RECEIPT_TYP, MAX_RECEIPT_BYTES)
    withdrawn = letter.about(report_id, found, lambda said: _answer(said, jws), "withdrawal receipt")
    if withdrawn.report_digest != expected_digest:
        raise SignatureRefused("withdrawal receipt")
    return withdrawn


def _wish(found: dict[str, Any]) -> Withdrawal:
    letter.members(found, _WISH, TYPE)
    return Withdrawal(
        report_id=letter.text(found["report_id"], 64),
        id=letter.text(found["id"], letter.MAX_ID, letter.MIN_ID),
        at=letter.text(found["at"], 64),
        reason=letter.one_of(WithdrawReason, found["reason"]),
        text=letter.text(found["text"], MAX_TEXT),
    )


def _answer(found: dict[str, Any], jws: str) -> Withdrawn:
    letter.members(found, _ANSWER, RECEIPT_TYPE)
    if not CASE_FORM.fullmatch(letter.text(found["case_number"], 64)):
        raise FormatRefused("case_number")
    return Withdrawn(
        report_id=letter.text(found["report_id"], 64),
        report_digest=letter.text(found["report_digest"], 43, 43),
        case_number=found["case_number"],
        at=letter.moment(found["at"]),
        outcome=letter.one_of(WithdrawalOutcome, found["outcome"]),
        jws=jws,
    )
