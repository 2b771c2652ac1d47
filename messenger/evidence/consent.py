"""What the reporter allows after the receipt, and the wish for a code at an address: signed, sealed to the desk."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from messenger.domain.errors import FormatRefused
from messenger.evidence import letter
from messenger.evidence.keys import Jwk, PublicKeys, SealingKey, SigningKey
from messenger.evidence.seal import Random

TYPE = "urn:robin:consent:1"
TYP = "robin-consent+jws"
CODE_TYPE = "urn:robin:code-request:1"
CODE_TYP = "robin-code-request+jws"
EMAIL = "email"
MAX_EMAIL = 254
# One "@", and nothing that could end a header line or hide: an address for SMTP (RFC 5321), not every address there is.
EMAIL_FORM = re.compile(r"[!-?A-~]+@[!-?A-~]+")
_CONSENT = frozenset({"type", "report_id", "id", "at", "tell_own_server", "read_room"})
_REQUEST = frozenset({"type", "report_id", "id", "at", "kind", "value"})


@dataclass(frozen=True, slots=True)
class LaterConsent:
    """What is allowed from `at` on; the newest holds. `id` (16 to 64 characters) is kept over every resend."""

    report_id: str
    id: str
    at: str
    tell_own_server: bool = False
    read_room: bool = False


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """The wish for a code at an e-mail address, `value`. `id` (16 to 64 characters) is kept over every resend."""

    report_id: str
    id: str
    at: str
    value: str
    kind: str = EMAIL


def make_consent(key: SigningKey, desk_enc: Jwk, consent: LaterConsent, random: Random = os.urandom) -> bytes:
    """The consent as sealed bytes for the desk. Raises `FormatRefused` for a bad one."""
    payload = {
        "type": TYPE,
        "report_id": consent.report_id,
        "id": consent.id,
        "at": consent.at,
        "tell_own_server": consent.tell_own_server,
        "read_room": consent.read_room,
    }
    _consent(payload)
    return letter.close(payload, key, TYP, desk_enc, random)


def open_consent(
    jwe: bytes, key: SealingKey, reporter_jwks: Iterable[Jwk] | PublicKeys, report_id: str
) -> LaterConsent:
    """What the reporter allows about this report. Raises `SealRefused` or `SignatureRefused`."""
    return letter.about(report_id, letter.opened(jwe, key, reporter_jwks, TYP), _consent, "consent")


def make_code_request(key: SigningKey, desk_enc: Jwk, request: CodeRequest, random: Random = os.urandom) -> bytes:
    """The wish for a code as sealed bytes for the desk. Raises `FormatRefused` for an address that no letter can go to."""
    payload = {
        "type": CODE_TYPE,
        "report_id": request.report_id,
        "id": request.id,
        "at": request.at,
        "kind": request.kind,
        "value": request.value,
    }
    _request(payload)
    return letter.close(payload, key, CODE_TYP, desk_enc, random)


def open_code_request(
    jwe: bytes, key: SealingKey, reporter_jwks: Iterable[Jwk] | PublicKeys, report_id: str
) -> CodeRequest:
    """The reporter's wish for a code. Raises `SealRefused` or `SignatureRefused`."""
    return letter.about(report_id, letter.opened(jwe, key, reporter_jwks, CODE_TYP), _request, "code request")


def _consent(found: dict[str, Any]) -> LaterConsent:
    letter.members(found, _CONSENT, TYPE)
    return LaterConsent(
        report_id=letter.text(found["report_id"], 64),
        id=letter.text(found["id"], letter.MAX_ID, letter.MIN_ID),
        at=letter.text(found["at"], 64),
        tell_own_server=letter.truth(found["tell_own_server"]),
        read_room=letter.truth(found["read_room"]),
    )


def _request(found: dict[str, Any]) -> CodeRequest:
    letter.members(found, _REQUEST, CODE_TYPE)
    if found["kind"] != EMAIL or not EMAIL_FORM.fullmatch(letter.text(found["value"], MAX_EMAIL)):
        raise FormatRefused("address")
    return CodeRequest(
        report_id=letter.text(found["report_id"], 64),
        id=letter.text(found["id"], letter.MAX_ID, letter.MIN_ID),
        at=letter.text(found["at"], 64),
        value=found["value"],
    )
