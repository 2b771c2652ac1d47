"""A report: built from typed input, signed, sealed; and read back, checked, by who holds the key."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import Any

from messenger.domain.errors import EvidenceRefused, FormatRefused, SignatureRefused
from messenger.domain.evidence import Snapshot
from messenger.domain.report import EndpointProfile
from messenger.evidence.canonical import b64u, canonical, digest, parse_canonical, scalar_text
from messenger.evidence.capture import SALT_BYTES, Capture
from messenger.evidence.keys import PublicKeys, SealingKey, SigningKey
from messenger.evidence.manifest import check_entries, make_manifest
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import Random, seal, unseal
from messenger.evidence.signature import sign, unchecked_payload, verify
from messenger.evidence.statement import Qualifier, Reported, Reporter, ReportInput

REPORT_TYPE = "urn:robin:abuse-report:1"
ITEMS_TYPE = "urn:robin:items:1"
IDENTITY_TYPE = "urn:robin:identity:1"
TYP = "robin-report+jws"
MAX_REPORT_BYTES = 1024 * 1024
MAX_ITEMS_BYTES = 8 * 1024 * 1024
MAX_IDENTITY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Prepared:
    """A finished report: readable for the preview, sealed for the outbox. Nothing in it changes any more.

    `report` are the bytes that `digest` names; `jws` signs them. `items` and `identity` are the plain files.
    """

    report_id: str
    created_at: str
    digest: str
    report: bytes
    jws: str
    items: bytes
    identity: bytes
    sealed_report: bytes
    sealed_items: bytes
    sealed_identity: bytes
    endpoint: EndpointProfile


@dataclass(frozen=True, slots=True)
class SignedReport:
    """A report whose signature, form and schema hold. `body` is the parsed report, `digest` names its bytes."""

    jws: str
    report: bytes
    digest: str
    body: dict[str, Any]

    @property
    def report_id(self) -> str:
        return str(self.body["report_id"])

    def reporter_keys(self) -> PublicKeys:
        """The reporter's keys: the signing one, for proofs and replies, and the one that advice is sealed to."""
        keys = self.body["reporter"]["keys"]
        return PublicKeys([keys["sig"], keys["enc"]])


def prepare(
    stated: ReportInput,
    capture: Capture,
    snapshot: Snapshot | None,
    signing: SigningKey,
    sealing: SealingKey,
    schemas: Schemas,
    random: Random = os.urandom,
) -> Prepared:
    """Build, validate, sign and seal a report. `signing` and `sealing` are the reporter's own two keys.

    Raises `FormatRefused` when a field does not fit the schema or the endpoint has no key (no desk key, no Saved).
    """
    desk = PublicKeys(stated.endpoint.keys)
    desk_enc = desk.sealing_jwk()
    items = canonical({"type": ITEMS_TYPE, "report_id": stated.report_id, "items": list(capture.entries)})
    who = _identity(stated.report_id, stated.reporter, random)
    schemas.check("identity", who)
    identity = canonical(who)
    sealed_items, sealed_identity = seal(items, desk_enc, random), seal(identity, desk_enc, random)
    body = _clean(_statement(stated))
    body["reporter"]["keys"] = {"sig": signing.public_jwk(), "enc": sealing.public_jwk()}
    body["sent_to"]["keys"] = desk.thumbprints()
    body["files"] = {"items": _file(items, sealed_items), "identity": _file(identity, sealed_identity)}
    body["evidence"] = make_manifest(capture, snapshot, stated.server, stated.created_at)
    schemas.check("report", body)
    report = canonical(body)
    jws = sign(report, signing, TYP)
    return Prepared(
        report_id=stated.report_id,
        created_at=stated.created_at,
        digest=digest(report),
        report=report,
        jws=jws,
        items=items,
        identity=identity,
        sealed_report=seal(jws.encode("ascii"), desk_enc, random),
        sealed_items=sealed_items,
        sealed_identity=sealed_identity,
        endpoint=stated.endpoint,
    )


def open_report(jwe: bytes, key: SealingKey, schemas: Schemas) -> SignedReport:
    """At the desk: unseal and check a report. Raises `SealRefused`, `SignatureRefused` or `FormatRefused` (schema)."""
    return read_report(unseal(jwe, key).decode("ascii", "replace"), schemas)


def read_report(jws: str, schemas: Schemas) -> SignedReport:
    """A signed report, checked with the reporter's key that it carries.

    Raises `SignatureRefused`, or `FormatRefused` when the signature holds but the report does not fit the schema.
    """
    payload = unchecked_payload(jws)
    try:
        body = parse_canonical(payload, MAX_REPORT_BYTES)
        key = body["reporter"]["keys"]["sig"]
        keys = PublicKeys([key])
    except (FormatRefused, KeyError, TypeError, AttributeError):
        raise SignatureRefused("report") from None
    verify(jws, keys, TYP)
    schemas.check("report", body)
    if body["sent_to"]["keys"] != sorted(body["sent_to"]["keys"]):
        raise FormatRefused("report:/sent_to/keys (sorted)")
    return SignedReport(jws=jws, report=payload, digest=digest(payload), body=body)


def read_items(report: SignedReport, data: bytes, schemas: Schemas) -> list[dict[str, Any]]:
    """The entries of the items file that the report names, each checked against the manifest. Raises `EvidenceRefused`."""
    found = _named_file(report, "items", data, MAX_ITEMS_BYTES)
    schemas.check("items", found)
    entries: list[dict[str, Any]] = found["items"]
    check_entries(report.body["evidence"], entries)
    return entries


def read_identity(report: SignedReport, data: bytes, schemas: Schemas) -> dict[str, Any]:
    """The reporter's details of the identity file that the report names. Raises `EvidenceRefused`."""
    found = _named_file(report, "identity", data, MAX_IDENTITY_BYTES)
    schemas.check("identity", found)
    reporter: dict[str, Any] = found["reporter"]
    return reporter


def check_sealed_file(report: SignedReport, name: str, sealed: bytes) -> None:
    """Refuse sealed bytes that are not the ones the report names as file `name`. Raises `EvidenceRefused`."""
    named = report.body["files"][name]
    if (digest(sealed), len(sealed)) != (named["sealed_digest"], named["sealed_size"]):
        raise EvidenceRefused(name)


def _named_file(report: SignedReport, name: str, data: bytes, max_bytes: int) -> dict[str, Any]:
    named = report.body["files"][name]
    if (digest(data), len(data)) != (named["digest"], named["size"]):
        raise EvidenceRefused(name)
    found = parse_canonical(data, max_bytes)
    if found.get("report_id") != report.report_id:
        raise EvidenceRefused(name)
    return found


def _file(plain: bytes, sealed: bytes) -> dict[str, Any]:
    return {"digest": digest(plain), "size": len(plain), "sealed_digest": digest(sealed), "sealed_size": len(sealed)}


def _identity(report_id: str, reporter: Reporter, random: Random) -> dict[str, Any]:
    guardian = reporter.guardian
    found: dict[str, Any] = _clean(
        {
            "type": IDENTITY_TYPE,
            "report_id": report_id,
            "reporter": {
                "name": reporter.name,
                "age_band": reporter.age_band,
                "contact": [asdict(one) for one in reporter.contact],
                "guardian": asdict(guardian) if guardian else None,
            },
            # Names can be guessed from a digest; with a random salt in the file they cannot.
            "salt": b64u(random(SALT_BYTES)),
        }
    )
    return found


def _statement(stated: ReportInput) -> dict[str, Any]:
    reporter, endpoint = stated.reporter, stated.endpoint
    return {
        "type": REPORT_TYPE,
        "report_id": stated.report_id,
        "created_at": stated.created_at,
        "lang": stated.lang,
        "client": asdict(stated.client),
        "questionnaire": asdict(stated.questionnaire),
        "category": stated.category,
        "also": stated.also,
        "codes": stated.codes,
        "qualifiers": [_qualifier(one) for one in stated.qualifiers],
        "urgency": asdict(stated.urgency),
        "role": stated.role,
        "reporter": {
            "jid": reporter.jid,
            "country": reporter.country,
            "region": reporter.region,
            "lang": reporter.lang,
        },
        "affected": [asdict(one) for one in stated.affected],
        "reported": [_reported(one) for one in stated.reported],
        "incident": asdict(stated.incident),
        "narrative": {"text": stated.narrative, "lang": stated.lang} if stated.narrative else None,
        "declaration": {"good_faith": True, **asdict(stated.declaration)},
        "consent": {"send_to_endpoint": True, **asdict(stated.consent)},
        "actions": asdict(stated.actions),
        "sent_to": {"id": endpoint.id, "name": endpoint.name, "base": endpoint.base, "jid": endpoint.jid},
    }


def _qualifier(one: Qualifier) -> dict[str, Any]:
    return {"q": one.q, "a": one.a, "text_shown": one.text_shown, "answer_shown": one.answer_shown, "at": one.at}


def _reported(one: Reported) -> dict[str, Any]:
    return asdict(one)


def _clean(value: Any) -> Any:
    """Wire form of typed input: tuples become lists, broken characters (lone surrogates) become U+FFFD."""
    if isinstance(value, str):
        return scalar_text(value)
    if isinstance(value, dict):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value
