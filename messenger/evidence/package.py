"""The two files of a report: the sealed package in the outbox, and the readable copy that a person may keep.

Each is one canonical JSON file; the reader re-encodes it and compares byte for byte, so that any change is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from messenger.domain.errors import EvidenceRefused, FormatRefused, SealRefused
from messenger.domain.receipt import Receipt
from messenger.domain.report import EndpointProfile
from messenger.evidence import receipt as receipts
from messenger.evidence.canonical import canonical, digest, parse_canonical
from messenger.evidence.keys import Jwk, PublicKeys
from messenger.evidence.report import Prepared, SignedReport, read_identity, read_items, read_report
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import check_sealed
from messenger.evidence.signature import signer

PACKAGE_TYPE = "urn:robin:package:1"
COPY_TYPE = "urn:robin:copy:1"
MAX_PACKAGE_BYTES = 24 * 1024 * 1024
MAX_COPY_BYTES = 16 * 1024 * 1024
COPY_SUFFIX = ".robin.json"
MEDIA_TYPE = "application/jose"


@dataclass(frozen=True, slots=True)
class Package:
    """A sealed report that says by itself where it goes. `report`, `items`, `identity` are the JWE bytes to send."""

    report_id: str
    digest: str
    created_at: str
    endpoint: EndpointProfile
    report: bytes
    items: bytes
    identity: bytes

    @classmethod
    def of(cls, prepared: Prepared) -> Package:
        """The package of a prepared report."""
        return cls(
            report_id=prepared.report_id,
            digest=prepared.digest,
            created_at=prepared.created_at,
            endpoint=prepared.endpoint,
            report=prepared.sealed_report,
            items=prepared.sealed_items,
            identity=prepared.sealed_identity,
        )

    def files(self) -> dict[str, bytes]:
        """The files to PUT by their sealed digest, items first: sealed digest -> JWE bytes."""
        return {digest(one): one for one in (self.items, self.identity)}

    def encode(self) -> bytes:
        """The file's bytes. `check` at its head is a digest of the rest: it finds damage, the desk finds forgery."""
        body = self._body()
        return canonical({**body, "check": digest(canonical(body))})

    @classmethod
    def decode(cls, data: bytes, max_bytes: int = MAX_PACKAGE_BYTES) -> Package:
        """The package in `data`. Raises `FormatRefused`, or `EvidenceRefused` when one byte is not as it was saved."""
        found = parse_canonical(data, max_bytes)
        if found.get("type") != PACKAGE_TYPE:
            raise FormatRefused("type")
        check = found.pop("check", None)
        if check != digest(canonical(found)):
            raise EvidenceRefused("check")
        try:
            package = cls(
                report_id=found["report_id"],
                digest=found["digest"],
                created_at=found["created_at"],
                endpoint=_profile(found["endpoint"]),
                report=found["report"].encode("ascii"),
                items=found["files"]["items"].encode("ascii"),
                identity=found["files"]["identity"].encode("ascii"),
            )
            kids = {check_sealed(one) for one in (package.report, package.items, package.identity)}
            known = set(PublicKeys(package.endpoint.keys).thumbprints())
        except (KeyError, TypeError, AttributeError, UnicodeEncodeError, SealRefused):
            raise FormatRefused("package") from None
        if package._body() != found or not kids <= known:
            raise FormatRefused("package")
        return package

    def _body(self) -> dict[str, Any]:
        return {
            "type": PACKAGE_TYPE,
            "report_id": self.report_id,
            "digest": self.digest,
            "created_at": self.created_at,
            "endpoint": _wire(asdict(self.endpoint)),
            "report": self.report.decode("ascii"),
            "files": {"items": self.items.decode("ascii"), "identity": self.identity.decode("ascii")},
        }


@dataclass(frozen=True, slots=True)
class Copy:
    """A checked readable copy: everything in it is pinned by the reporter's signature, the receipt by the desk's."""

    signed: SignedReport
    entries: tuple[dict[str, Any], ...]
    reporter: dict[str, Any]
    receipt: Receipt | None


def make_copy(jws: str, items: bytes, identity: bytes, receipt: str = "", desk_jwks: Iterable[Jwk] = ()) -> bytes:
    """The copy's bytes. Of `desk_jwks` only the key that signed the receipt is put in. Raises `EvidenceRefused`."""
    keys: list[dict[str, str]] = []
    if receipt:
        keys = [PublicKeys(desk_jwks).signing_jwk(signer(receipt, receipts.TYP))]
    return canonical(
        {
            "type": COPY_TYPE,
            "report": jws,
            "files": {"items": parse_canonical(items), "identity": parse_canonical(identity)},
            "receipt": receipt or None,
            "desk_keys": keys,
        }
    )


def with_receipt(copy: bytes, receipt: str, desk_jwks: Iterable[Jwk]) -> bytes:
    """A copy that was kept before sending, with the receipt put in. Raises `EvidenceRefused`."""
    found = parse_canonical(copy, MAX_COPY_BYTES)
    if found.get("type") != COPY_TYPE or found.get("receipt") is not None:
        raise FormatRefused("copy")
    keys = [PublicKeys(desk_jwks).signing_jwk(signer(receipt, receipts.TYP))]
    return canonical({**found, "receipt": receipt, "desk_keys": keys})


def read_copy(data: bytes, schemas: Schemas, max_bytes: int = MAX_COPY_BYTES) -> Copy:
    """The copy in `data`, every part checked. Raises `FormatRefused` or another `EvidenceRefused`."""
    found = parse_canonical(data, max_bytes)
    _check_members(found)
    signed = read_report(found["report"], schemas)
    entries = read_items(signed, canonical(found["files"]["items"]), schemas)
    reporter = read_identity(signed, canonical(found["files"]["identity"]), schemas)
    return Copy(signed, tuple(entries), reporter, _receipt(found, signed))


def _check_members(found: dict[str, Any]) -> None:
    """The copy's own members; what stands in them is checked by signature, digest and schema afterwards."""
    if found.get("type") != COPY_TYPE or set(found) != {"type", "report", "files", "receipt", "desk_keys"}:
        raise FormatRefused("copy")
    files, keys = found["files"], found["desk_keys"]
    if not isinstance(files, dict) or set(files) != {"items", "identity"}:
        raise FormatRefused("files")
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise FormatRefused("desk_keys")
    if not isinstance(found["report"], str) or not isinstance(found["receipt"], str | None):
        raise FormatRefused("copy")


def _receipt(found: dict[str, Any], signed: SignedReport) -> Receipt | None:
    keys = PublicKeys(found["desk_keys"])
    if found["receipt"] is None:
        if len(keys):
            raise FormatRefused("desk_keys")
        return None
    # Exactly the one key in its one form, so that no byte of the file is unpinned.
    if found["desk_keys"] != [keys.signing_jwk(signer(found["receipt"], receipts.TYP))]:
        raise FormatRefused("desk_keys")
    # The report names the keys of the desk it was sealed for; a receipt by another key is no receipt for it.
    if not set(keys.thumbprints()) <= set(signed.body["sent_to"]["keys"]):
        raise EvidenceRefused("receipt")
    return receipts.verify_receipt(found["receipt"], keys, signed.digest, signed.report_id)


def _profile(found: dict[str, Any]) -> EndpointProfile:
    keys = tuple(dict(one) for one in found["keys"])
    many = {name: tuple(found[name]) for name in ("languages", "auth")}
    return EndpointProfile(**{**found, **many, "keys": keys})


def _wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wire(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(one) for one in value]
    return value
