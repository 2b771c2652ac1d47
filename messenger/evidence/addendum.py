"""Later evidence of a report: signed by the reporter, linked to what came before by digest, sealed once to the desk."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from messenger.domain.errors import EvidenceRefused, FormatRefused, SignatureRefused
from messenger.domain.evidence import Snapshot
from messenger.domain.receipt import AddendumReceipt
from messenger.evidence import letter
from messenger.evidence.canonical import canonical, digest, parse_canonical, scalar_text
from messenger.evidence.capture import Capture
from messenger.evidence.keys import Jwk, PublicKeys, SealingKey, SigningKey
from messenger.evidence.manifest import check_entries, make_manifest
from messenger.evidence.receipt import CASE_FORM, MAX_RECEIPT_BYTES
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import Random, seal, unseal
from messenger.evidence.signature import sign, verify
from messenger.evidence.statement import ServerFacts

TYPE = "urn:robin:addendum:1"
TYP = "robin-addendum+jws"
RECEIPT_TYPE = "urn:robin:addendum-receipt:1"
RECEIPT_TYP = "robin-addendum-receipt+jws"
MAX_ADDENDUM_BYTES = 3_000_000
"""Of the payload; its JWS then keeps within the 4 MiB of every JWS, its seal within `MAX_SEALED_BYTES`."""
MAX_SEALED_BYTES = 8 * 1024 * 1024
MAX_LINES_BYTES = 1024 * 1024
"""For `capture`: what the shown lines of an addendum may take. Its lines travel inline, so that they take less than a report's."""
_RECEIPT = frozenset({"type", "report_id", "addendum_id", "addendum_digest", "case_number", "received_at"})


@dataclass(frozen=True, slots=True)
class AddendumInput:
    """What the reporter adds. `addendum_id` is a random UUID (version 4) made once; times are RFC 3339 UTC.

    `prev_digest` is the digest of the report, or of the addendum before this one.
    """

    report_id: str
    addendum_id: str
    created_at: str
    prev_digest: str
    lang: str
    narrative: str = ""
    server: ServerFacts = field(default_factory=ServerFacts)


@dataclass(frozen=True, slots=True)
class Addendum:
    """A finished addendum. `digest` names the bytes of `payload`, `jws` signs them, `sealed` is what is sent, unchanged."""

    report_id: str
    addendum_id: str
    digest: str
    payload: bytes
    jws: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class SignedAddendum:
    """An addendum whose signature, form, schema and lines hold. `body` is parsed, `digest` names its bytes."""

    jws: str
    digest: str
    body: dict[str, Any]

    @property
    def addendum_id(self) -> str:
        return str(self.body["addendum_id"])

    @property
    def prev_digest(self) -> str:
        return str(self.body["prev_digest"])

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Its lines, shown and withheld."""
        found: list[dict[str, Any]] = self.body["items"]
        return found


def make_addendum(
    key: SigningKey,
    desk_enc: Jwk,
    stated: AddendumInput,
    capture: Capture,
    snapshot: Snapshot | None,
    schemas: Schemas,
    random: Random = os.urandom,
) -> Addendum:
    """Build, validate, sign and seal an addendum. `snapshot` is None, and `capture` empty, where there are words only.

    Raises `FormatRefused`: "size" when it is too big (make the capture with `MAX_LINES_BYTES`), "empty" when there is nothing in it.
    """
    words = scalar_text(stated.narrative)
    body: dict[str, Any] = {
        "type": TYPE,
        "report_id": stated.report_id,
        "addendum_id": stated.addendum_id,
        "created_at": stated.created_at,
        "prev_digest": stated.prev_digest,
        "lang": stated.lang,
        "narrative": {"text": words, "lang": stated.lang} if words else None,
        "evidence": make_manifest(capture, snapshot, stated.server, stated.created_at) if snapshot else None,
        "items": list(capture.entries),
    }
    _check(body, schemas)
    payload = canonical(body)
    if len(payload) > MAX_ADDENDUM_BYTES:
        raise FormatRefused("size")
    jws = sign(payload, key, TYP)
    return Addendum(
        report_id=stated.report_id,
        addendum_id=stated.addendum_id,
        digest=digest(payload),
        payload=payload,
        jws=jws,
        sealed=seal(jws.encode("ascii"), desk_enc, random),
    )


def open_addendum(
    jwe: bytes, key: SealingKey, reporter_jwks: Iterable[Jwk] | PublicKeys, report_id: str, schemas: Schemas
) -> SignedAddendum:
    """At the desk: unseal and check an addendum to this report. That `prev_digest` is the last one is the caller's to check.

    Raises `SealRefused`, `SignatureRefused` (another signer or report), `FormatRefused` (schema) or `EvidenceRefused` (lines).
    """
    return read_addendum(
        unseal(jwe, key, MAX_SEALED_BYTES).decode("ascii", "replace"), reporter_jwks, report_id, schemas
    )


def read_addendum(
    jws: str, reporter_jwks: Iterable[Jwk] | PublicKeys, report_id: str, schemas: Schemas
) -> SignedAddendum:
    """A signed addendum to this report, checked. Raises as `open_addendum` does."""
    payload = verify(jws, reporter_jwks, TYP)
    try:
        body = parse_canonical(payload, MAX_ADDENDUM_BYTES)
    except FormatRefused:
        raise SignatureRefused("addendum") from None
    if body.get("report_id") != report_id:
        raise SignatureRefused("addendum")
    _check(body, schemas)
    return SignedAddendum(jws=jws, digest=digest(payload), body=body)


def make_addendum_receipt(key: SigningKey, receipt: AddendumReceipt) -> str:
    """The signed form of a receipt; `receipt.jws` is not looked at. Raises `FormatRefused` for a bad one."""
    payload = {
        "type": RECEIPT_TYPE,
        "report_id": receipt.report_id,
        "addendum_id": receipt.addendum_id,
        "addendum_digest": receipt.addendum_digest,
        "case_number": receipt.case_number,
        "received_at": receipt.received_at,
    }
    _receipt(payload, "")
    return sign(canonical(payload), key, RECEIPT_TYP)


def verify_addendum_receipt(
    jws: str, desk_jwks: Iterable[Jwk] | PublicKeys, expected_digest: str, report_id: str, addendum_id: str
) -> AddendumReceipt:
    """The receipt, signed by the desk for exactly this addendum. Raises `SignatureRefused` for anything else."""
    found = letter.signed(jws, desk_jwks, RECEIPT_TYP, MAX_RECEIPT_BYTES)
    receipt = letter.about(report_id, found, lambda said: _receipt(said, jws), "addendum receipt")
    if (receipt.addendum_digest, receipt.addendum_id) != (expected_digest, addendum_id):
        raise SignatureRefused("addendum receipt")
    return receipt


def _check(body: dict[str, Any], schemas: Schemas) -> None:
    schemas.check("addendum", body)
    if body["evidence"] is not None:
        check_entries(body["evidence"], body["items"])
    elif body["items"]:
        raise EvidenceRefused("items")
    if not body["items"] and body["narrative"] is None:
        raise FormatRefused("empty")


def _receipt(found: dict[str, Any], jws: str) -> AddendumReceipt:
    letter.members(found, _RECEIPT, RECEIPT_TYPE)
    if not CASE_FORM.fullmatch(letter.text(found["case_number"], 64)):
        raise FormatRefused("case_number")
    return AddendumReceipt(
        report_id=letter.text(found["report_id"], 64),
        addendum_id=letter.text(found["addendum_id"], 64),
        addendum_digest=letter.text(found["addendum_digest"], 43, 43),
        case_number=found["case_number"],
        received_at=letter.moment(found["received_at"]),
        jws=jws,
    )
