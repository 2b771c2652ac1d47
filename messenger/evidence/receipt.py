"""The desk's signed receipt and the receipt code: made by the desk, checked by everybody, for ever, offline."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.domain.receipt import IdentityLevel, Receipt
from messenger.evidence.canonical import canonical, check_time, parse_canonical
from messenger.evidence.keys import Jwk, PublicKeys, SealingKey, SigningKey
from messenger.evidence.seal import Random, seal, unseal
from messenger.evidence.signature import sign, verify

TYPE = "urn:robin:receipt:1"
TYP = "robin-receipt+jws"
CODE_TYPE = "urn:robin:receipt-code:1"
CODE_TYP = "robin-receipt-code+jws"
MAX_RECEIPT_BYTES = 16 * 1024

# No I, O, 0 or 1, which people mix up; 32 signs, so that a random byte can be cut to five bits evenly.
CASE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CASE_FORM = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
CODE_FORM = re.compile(r"[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}")
_MEMBERS = frozenset(
    (
        "type",
        "report_id",
        "report_digest",
        "case_number",
        "received_at",
        "reporter_jid",
        "identity_level",
        "next_contact_by",
    )
)


def new_case_number(random: Random = os.urandom) -> str:
    """A case number such as ``AB42-CD34``: 40 random bits, said easily on the telephone."""
    signs = "".join(CASE_ALPHABET[byte & 31] for byte in random(8))
    return f"{signs[:4]}-{signs[4:]}"


def new_receipt_code(random: Random = os.urandom) -> str:
    """A receipt code such as ``4827 1930 5561 0374``: 53 random bits."""
    digits = f"{int.from_bytes(random(16)) % 10**16:016d}"
    return " ".join(digits[at : at + 4] for at in (0, 4, 8, 12))


def make_receipt(key: SigningKey, receipt: Receipt) -> str:
    """The signed form of a receipt; `receipt.jws` is not looked at. Raises `FormatRefused` for a bad case number or time."""
    if not CASE_FORM.fullmatch(receipt.case_number):
        raise FormatRefused("case_number")
    check_time(receipt.received_at)
    payload = {
        "type": TYPE,
        "report_id": receipt.report_id,
        "report_digest": receipt.report_digest,
        "case_number": receipt.case_number,
        "received_at": receipt.received_at,
        "reporter_jid": receipt.reporter_jid,
        "identity_level": receipt.identity_level.value,
        "next_contact_by": receipt.next_contact_by,
    }
    return sign(canonical(payload), key, TYP)


def verify_receipt(
    jws: str, desk_jwks: Iterable[Jwk] | PublicKeys, expected_digest: str, expected_report_id: str = ""
) -> Receipt:
    """The receipt, signed by the desk for exactly this report. Raises `SignatureRefused` for anything else.

    `expected_report_id` is compared where it is given.
    """
    payload = verify(jws, desk_jwks, TYP, MAX_RECEIPT_BYTES)
    try:
        found = _checked(parse_canonical(payload, MAX_RECEIPT_BYTES))
        receipt = Receipt(
            report_id=found["report_id"],
            report_digest=found["report_digest"],
            case_number=found["case_number"],
            received_at=found["received_at"],
            reporter_jid=found["reporter_jid"],
            identity_level=IdentityLevel(found["identity_level"]),
            next_contact_by=found["next_contact_by"],
            jws=jws,
        )
    except (FormatRefused, ValueError):
        raise SignatureRefused("receipt") from None
    if receipt.report_digest != expected_digest or expected_report_id not in ("", receipt.report_id):
        raise SignatureRefused("receipt")
    return receipt


def make_code(
    key: SigningKey, reporter_enc: Jwk, report_id: str, report_digest: str, code: str, random: Random = os.urandom
) -> bytes:
    """The receipt code, signed by the desk and sealed to the reporter."""
    payload = {"type": CODE_TYPE, "report_id": report_id, "report_digest": report_digest, "code": code}
    return seal(sign(canonical(payload), key, CODE_TYP).encode("ascii"), reporter_enc, random)


def open_code(jwe: bytes, key: SealingKey, desk_jwks: Iterable[Jwk] | PublicKeys, expected_digest: str) -> str:
    """The receipt code. Raises `SealRefused` or `SignatureRefused`."""
    jws = unseal(jwe, key, MAX_RECEIPT_BYTES).decode("ascii", "replace")
    payload = verify(jws, desk_jwks, CODE_TYP, MAX_RECEIPT_BYTES)
    try:
        found = parse_canonical(payload, MAX_RECEIPT_BYTES)
    except FormatRefused:
        raise SignatureRefused("code") from None
    code = found.get("code")
    if found.get("type") != CODE_TYPE or found.get("report_digest") != expected_digest:
        raise SignatureRefused("code")
    if not isinstance(code, str) or not CODE_FORM.fullmatch(code):
        raise SignatureRefused("code")
    return code


def _checked(found: dict[str, Any]) -> dict[str, str]:
    if set(found) != _MEMBERS or found["type"] != TYPE:
        raise FormatRefused("receipt")
    if not all(isinstance(value, str) and len(value) <= 4096 for value in found.values()):
        raise FormatRefused("receipt")
    if not CASE_FORM.fullmatch(found["case_number"]):
        raise FormatRefused("receipt")
    check_time(found["received_at"])
    return found
