"""The sealed package of a report, the file in the outbox: one canonical JSON file, of which any change is refused."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from messenger.domain.errors import EvidenceRefused, FormatRefused, SealRefused
from messenger.domain.report import EndpointProfile
from messenger.evidence.canonical import canonical, digest, parse_canonical
from messenger.evidence.keys import PublicKeys
from messenger.evidence.report import Prepared
from messenger.evidence.seal import check_sealed

PACKAGE_TYPE = "urn:robin:package:1"
MAX_PACKAGE_BYTES = 24 * 1024 * 1024
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


def _profile(found: dict[str, Any]) -> EndpointProfile:
    keys = tuple(dict(one) for one in found["keys"])
    many = {name: tuple(found[name]) for name in ("languages", "auth", "pins")}
    return EndpointProfile(**{**found, **many, "keys": keys})


def _wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wire(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(one) for one in value]
    return value
