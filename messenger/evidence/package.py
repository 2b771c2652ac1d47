"""The two files of a report: the sealed package in the outbox, and the readable copy that a person may keep.

Each is one canonical JSON file; the reader re-encodes it and compares byte for byte, so that any change is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from messenger.domain.errors import CopyFull, EvidenceRefused, FormatRefused, SealRefused
from messenger.domain.receipt import AddendumReceipt, Receipt, Withdrawn
from messenger.domain.report import EndpointProfile
from messenger.evidence import addendum as addenda
from messenger.evidence import receipt as receipts
from messenger.evidence import withdrawal as withdrawals
from messenger.evidence.addendum import SignedAddendum
from messenger.evidence.canonical import canonical, check_time, digest, parse_canonical, unb64u
from messenger.evidence.keys import SEALING_CURVE, Jwk, PublicKeys, thumbprint
from messenger.evidence.report import Prepared, SignedReport, read_identity, read_items, read_report
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import check_sealed
from messenger.evidence.signature import signer, unchecked_payload

PACKAGE_TYPE = "urn:robin:package:1"
COPY_TYPE = "urn:robin:copy:1"
MAX_PACKAGE_BYTES = 24 * 1024 * 1024
MAX_COPY_BYTES = 64 * 1024 * 1024
"""Holds a report of any size, its receipts and all the addenda that a desk takes (64 MiB sealed, 48 MiB as their JWS)."""
COPY_SUFFIX = ".robin.json"
MEDIA_TYPE = "application/jose"
_COPY_MEMBERS = frozenset(("type", "check", "report", "files", "receipt", "addenda", "withdrawal", "desk_keys"))


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
            keys = PublicKeys(package.endpoint.keys)
            known = {thumbprint(key) for key in keys if key["crv"] == SEALING_CURVE}
            check_time(package.created_at)
            for one in (package.digest, *package.endpoint.pins):
                unb64u(one)
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
class Added:
    """Later evidence in a copy, and the desk's receipt for it, or None while there is none."""

    addendum: SignedAddendum
    receipt: AddendumReceipt | None


@dataclass(frozen=True, slots=True)
class Copy:
    """A checked readable copy: everything in it is pinned by the reporter's signature, what is the desk's by the desk's."""

    signed: SignedReport
    entries: tuple[dict[str, Any], ...]
    reporter: dict[str, Any]
    receipt: Receipt | None
    addenda: tuple[Added, ...] = ()
    withdrawn: Withdrawn | None = None


def make_copy(jws: str, items: bytes, identity: bytes, receipt: str = "", desk_jwks: Iterable[Jwk] = ()) -> bytes:
    """The copy's bytes. Of `desk_jwks` only the key that signed the receipt is put in. Raises `EvidenceRefused`."""
    body: dict[str, Any] = {
        "type": COPY_TYPE,
        "report": jws,
        "files": {"items": parse_canonical(items), "identity": parse_canonical(identity)},
        "receipt": receipt or None,
        "addenda": [],
        "withdrawal": None,
        "desk_keys": [],
    }
    return _written(body, desk_jwks)


def with_receipt(copy: bytes, receipt: str, desk_jwks: Iterable[Jwk]) -> bytes:
    """A copy that was kept before sending, with the receipt put in. Raises `EvidenceRefused`."""
    found = _parsed(copy)
    if found["receipt"] is not None:
        raise FormatRefused("copy")
    return _written({**found, "receipt": receipt}, desk_jwks)


def with_addendum(copy: bytes, addendum: str, receipt: str, desk_jwks: Iterable[Jwk]) -> bytes:
    """A copy with later evidence (its JWS) put in, or with the receipt (its JWS, '' while there is none) of one that is in.

    `desk_jwks` are the desk's keys. Raises `EvidenceRefused`: also when nothing would change, and for evidence that does
    not follow what is in the copy (as when another computer added something in between).
    """
    found = _parsed(copy)
    added: list[dict[str, Any]] = found["addenda"]
    present = next((one for one in added if one["addendum"] == addendum), None)
    if present is None:
        last = added[-1]["addendum"] if added else found["report"]
        if parse_canonical(unchecked_payload(addendum)).get("prev_digest") != digest(unchecked_payload(last)):
            raise EvidenceRefused("chain")
        added.append({"addendum": addendum, "receipt": receipt or None})
    elif present["receipt"] is None and receipt:
        present["receipt"] = receipt
    else:
        raise FormatRefused("copy")
    return _written(found, desk_jwks)


def with_withdrawal(copy: bytes, withdrawal: str, desk_jwks: Iterable[Jwk]) -> bytes:
    """A copy with the desk's signed answer to a withdrawal put in. Raises `EvidenceRefused`."""
    found = _parsed(copy)
    if found["withdrawal"] is not None:
        raise FormatRefused("copy")
    return _written({**found, "withdrawal": withdrawal}, desk_jwks)


def read_package(data: bytes, schemas: Schemas) -> Package:
    """The package in `data`, every field checked. Raises `FormatRefused` or another `EvidenceRefused`."""
    schemas.check("package", parse_canonical(data, MAX_PACKAGE_BYTES))
    return Package.decode(data)


def read_copy(data: bytes, schemas: Schemas, max_bytes: int = MAX_COPY_BYTES) -> Copy:
    """The copy in `data`, every part checked. Raises `FormatRefused` or another `EvidenceRefused`."""
    found = _parsed(data, max_bytes)
    schemas.check("copy", found)
    signed = read_report(found["report"], schemas)
    entries = read_items(signed, canonical(found["files"]["items"]), schemas)
    reporter = read_identity(signed, canonical(found["files"]["identity"]), schemas)
    keys = _desk_keys(found, signed)
    receipt = _receipt(found, keys, signed)
    for name, jws in _words(found):
        schemas.check(name, parse_canonical(unchecked_payload(jws)))
    added = tuple(_addenda(found["addenda"], keys, signed, receipt, schemas))
    return Copy(signed, tuple(entries), reporter, receipt, added, _withdrawn(found, keys, signed, receipt))


def _parsed(data: bytes, max_bytes: int = MAX_COPY_BYTES) -> dict[str, Any]:
    """The copy's own members, with a `check` that fits. What stands in them is checked afterwards."""
    found = parse_canonical(data, max_bytes)
    if found.get("type") != COPY_TYPE or set(found) != _COPY_MEMBERS:
        raise FormatRefused("copy")
    if found["check"] != _check(found):
        raise EvidenceRefused("check")
    return found


def _written(body: dict[str, Any], desk_jwks: Iterable[Jwk]) -> bytes:
    """The bytes of a copy, with exactly the desk's keys that signed something in it."""
    if body["receipt"] is None and (body["addenda"] or body["withdrawal"] is not None):
        raise FormatRefused("receipt")
    known = PublicKeys({jwk["x"]: jwk for jwk in (*body["desk_keys"], *desk_jwks)}.values())
    whole = {**body, "desk_keys": [known.signing_jwk(kid) for kid in _signers(body)]}
    data = canonical({**whole, "check": _check(whole)})
    if len(data) > MAX_COPY_BYTES:
        raise CopyFull("size")
    return data


def _check(body: dict[str, Any]) -> str:
    return digest(canonical({name: value for name, value in body.items() if name != "check"}))


def _signers(body: dict[str, Any]) -> list[str]:
    """The thumbprints of the keys that the desk's parts of a copy name, sorted."""
    return sorted({signer(jws, f"robin-{name}+jws") for name, jws in _words(body)})


def _words(body: dict[str, Any]) -> list[tuple[str, str]]:
    """What the desk signed in a copy: the name of its schema, and its JWS."""
    parts = [("receipt", body["receipt"]), ("withdrawal-receipt", body["withdrawal"])]
    parts += [("addendum-receipt", one["receipt"]) for one in body["addenda"]]
    return [(name, jws) for name, jws in parts if jws is not None]


def _desk_keys(found: dict[str, Any], signed: SignedReport) -> PublicKeys:
    # Exactly the keys that signed something, in their one form and order, so that no byte of the file is unpinned.
    keys = PublicKeys(found["desk_keys"])
    if found["desk_keys"] != [keys.signing_jwk(kid) for kid in _signers(found)]:
        raise FormatRefused("desk_keys")
    # The report names the keys of the desk it was sealed for; a receipt by another key is no receipt for it.
    if not set(keys.thumbprints()) <= set(signed.body["sent_to"]["keys"]):
        raise EvidenceRefused("receipt")
    return keys


def _receipt(found: dict[str, Any], keys: PublicKeys, signed: SignedReport) -> Receipt | None:
    if found["receipt"] is not None:
        return receipts.verify_receipt(found["receipt"], keys, signed.digest, signed.report_id)
    if found["addenda"] or found["withdrawal"] is not None:
        raise EvidenceRefused("receipt")
    return None


def _addenda(
    found: list[dict[str, Any]], keys: PublicKeys, signed: SignedReport, receipt: Receipt | None, schemas: Schemas
) -> Iterator[Added]:
    last = signed.digest
    seen: set[str] = set()
    for one in found:
        added = addenda.read_addendum(one["addendum"], signed.reporter_keys(), signed.report_id, schemas)
        if added.prev_digest != last or added.addendum_id in seen:
            raise EvidenceRefused("chain")
        last = added.digest
        seen.add(added.addendum_id)
        word = None
        if one["receipt"] is not None:
            word = addenda.verify_addendum_receipt(
                one["receipt"], keys, added.digest, signed.report_id, added.addendum_id
            )
            _same_case(word, receipt)
        yield Added(added, word)


def _withdrawn(
    found: dict[str, Any], keys: PublicKeys, signed: SignedReport, receipt: Receipt | None
) -> Withdrawn | None:
    if found["withdrawal"] is None:
        return None
    word = withdrawals.verify_withdrawal_receipt(found["withdrawal"], keys, signed.digest, signed.report_id)
    _same_case(word, receipt)
    return word


def _same_case(word: AddendumReceipt | Withdrawn, receipt: Receipt | None) -> None:
    if receipt is None or word.case_number != receipt.case_number:
        raise EvidenceRefused("case_number")


def _profile(found: dict[str, Any]) -> EndpointProfile:
    if not all(isinstance(found[name], bool) for name in ("hand_set", "demonstration")):
        raise FormatRefused("package")
    keys = tuple(dict(one) for one in found["keys"])
    many = {name: tuple(found[name]) for name in ("languages", "auth", "pins")}
    return EndpointProfile(**{**found, **many, "keys": keys})


def _wire(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _wire(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_wire(one) for one in value]
    return value
