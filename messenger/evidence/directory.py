"""The signed directory of desks: who signed it, whether it is newer than the one in use, and whose keys it may name.

    found = read_directory(data, "directory.jws", roots, now, kept)      # raises AssetRefused with a plain sentence
    found.endpoints, found.routes                                        # what safety/directory.py reads

The file holds one compact JWS (Ed25519, typ `robin-directory+jws`) over canonical JSON, or two of them over the same
bytes, one a line, when another root takes over: the root in use signs too. Whoever steals a root key can not put a desk's
keys away for keys of their own: new keys of a known desk are taken only when the directory in use named them as that
desk's backup keys, or when the desk's own signing key says so (`make_succession`). A desk that is left out for a while
is remembered, so that it can not come back as somebody else. Threats: security.md, "Endpoint impersonation".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NoReturn

from messenger.domain.errors import AssetRefused, EvidenceRefused, FormatRefused, SignatureRefused
from messenger.evidence.canonical import canonical, digest, parse_canonical
from messenger.evidence.keys import Jwk, PublicKeys, SigningKey, thumbprint
from messenger.evidence.signature import sign, signer, unchecked_payload, verify

TYPE = "urn:robin:directory:1"
TYP = "robin-directory+jws"
SUCCESSION_TYPE = "urn:robin:key-succession:1"
SUCCESSION_TYP = "robin-key-succession+jws"
MAX_BYTES = 512 * 1024
"""Bytes of the whole file."""
LONGEST_LIFE = timedelta(days=400)
SKEW = timedelta(days=1)
"""How far the clock of this computer may be behind the clock of whoever signed."""
_MEMBERS = frozenset({"type", "version", "issued_at", "expires_at", "endpoints", "routes"})
_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_MOST_VERSION = 2**53 - 1
_WHOLE = "directory"

Keys = tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class SignedDirectory:
    """A checked directory. `text` is the file, `digest` that of its payload, `signers` thumbprints of the roots that signed.

    `known`: for every desk ever seen, the public keys that it may use (keys and backup keys), by the desk's id.
    """

    version: int
    issued_at: str
    expires_at: str
    digest: str
    signers: tuple[str, ...]
    text: str = field(repr=False)
    endpoints: tuple[dict[str, Any], ...] = field(repr=False)
    routes: tuple[dict[str, Any], ...] = field(repr=False)
    known: Mapping[str, Keys] = field(repr=False)

    def expired(self, now: str) -> bool:
        """Whether it is out of date (RFC 3339 `now`)."""
        return _moment(self.expires_at) <= datetime.fromisoformat(now)


def make_directory(content: Mapping[str, Any], key: SigningKey, *others: SigningKey) -> str:
    """The file's text for `content` (the payload's members but `type`), signed by one root or by two.

    Raises `FormatRefused` for content that is no directory; whether its desks and routes are right is safety/directory's.
    """
    payload = canonical({**content, "type": TYPE})
    _content(payload)
    return "\n".join(sign(payload, one, TYP) for one in (key, *others)) + "\n"


def make_succession(key: SigningKey, desk: str, keys: Iterable[Jwk]) -> str:
    """The word of a desk's signing key that these are its keys from now on: the entry's member `succession`."""
    named = sorted(thumbprint(one) for one in keys)
    return sign(canonical({"type": SUCCESSION_TYPE, "id": desk, "keys": named}), key, SUCCESSION_TYP)


def read_directory(
    data: bytes, file: str, roots: Iterable[Jwk], now: str, kept: SignedDirectory | None = None
) -> SignedDirectory:
    """The directory in `data` for use from `now` on in place of `kept`. Raises `AssetRefused` naming `file` and the place.

    Refused are: no signature of a trusted root, the root in use gone from the signers, expired, not yet valid, older than
    `kept` or as old but different, keys of a known desk that nobody may vouch for, and any form but the canonical one.
    """
    found = reopen(data, file, roots, kept.known if kept is not None else {})
    if _moment(found.issued_at) > datetime.fromisoformat(now) + SKEW:
        _refuse(file, "it is from a time to come: check the clock of this computer")
    if found.expired(now):
        _refuse(file, "it is out of date")
    if kept is None:
        return found
    if not set(kept.signers) & set(found.signers):
        _refuse(file, "another root signed it: the root in use has to sign it too")
    if found.version < kept.version:
        _refuse(file, "it is older than the one in use")
    if found.version == kept.version and found.digest != kept.digest:
        _refuse(file, "it has the number of the one in use and is another one")
    return found


def reopen(
    data: bytes, file: str, roots: Iterable[Jwk], known: Mapping[str, Sequence[Mapping[str, str]]]
) -> SignedDirectory:
    """A directory that was accepted before, whatever the time is now. Raises `AssetRefused`."""
    if len(data) > MAX_BYTES:
        _refuse(file, "it is too big")
    lines = data.decode("ascii", "replace").removesuffix("\n").split("\n")
    if len(lines) > 2:
        _refuse(file, "it has more than two signatures")
    try:
        payload = unchecked_payload(lines[0], MAX_BYTES)
        content = _content(payload)
    except (FormatRefused, SignatureRefused):
        _refuse(file, "it is damaged, or not a directory")
    trusted = PublicKeys(roots)
    signers = tuple(_signer(line, payload, trusted, file) for line in lines)
    if len(set(signers)) != len(signers):
        _refuse(file, "the same root signed it twice")
    kept = {desk: tuple(dict(key) for key in keys) for desk, keys in known.items()}
    return SignedDirectory(
        version=content["version"],
        issued_at=content["issued_at"],
        expires_at=content["expires_at"],
        digest=digest(payload),
        signers=signers,
        text="\n".join(lines) + "\n",
        endpoints=tuple(content["endpoints"]),
        routes=tuple(content["routes"]),
        known={**kept, **_keys(content["endpoints"], kept, file)},
    )


def _signer(line: str, payload: bytes, trusted: PublicKeys, file: str) -> str:
    try:
        if verify(line, trusted, TYP, MAX_BYTES) != payload:
            _refuse(file, "its two signatures are over different words")
        return signer(line, TYP, MAX_BYTES)
    except EvidenceRefused:
        _refuse(file, "no root that this Robin trusts signed it")


def _content(payload: bytes) -> dict[str, Any]:
    """The payload's own members. Raises `FormatRefused`."""
    found = parse_canonical(payload, MAX_BYTES)
    if set(found) != _MEMBERS or found["type"] != TYPE:
        raise FormatRefused("members")
    version = found["version"]
    if type(version) is not int or not 1 <= version <= _MOST_VERSION:
        raise FormatRefused("version")
    for name in ("endpoints", "routes"):
        if not isinstance(found[name], list) or not all(isinstance(one, dict) for one in found[name]):
            raise FormatRefused(name)
    life = _moment(found["expires_at"]) - _moment(found["issued_at"])
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise FormatRefused("expires_at")
    return found


def _moment(text: Any) -> datetime:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise FormatRefused("time")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise FormatRefused("time") from None


def _keys(endpoints: Iterable[Mapping[str, Any]], known: Mapping[str, Keys], file: str) -> dict[str, Keys]:
    """The keys that each desk may use from now on. Nothing that the desk itself does not vouch for is let in."""
    allowed: dict[str, Keys] = {}
    seen: set[str] = set()
    for one in endpoints:
        desk = one.get("id")
        if not isinstance(desk, str) or not desk:
            _refuse(file, "a desk has no id")
        if desk in allowed:
            _refuse(file, "this id is there twice", desk)
        keys = _named(one, file, desk)
        names = set(keys.thumbprints())
        if names & seen:
            _refuse(file, "another desk has one of its keys", desk)
        seen |= names
        allowed[desk] = tuple(keys)
        if desk in known:
            _vouch(one, desk, keys, PublicKeys(known[desk]), file)
    return allowed


def _named(entry: Mapping[str, Any], file: str, desk: str) -> PublicKeys:
    found: list[Jwk] = []
    for name in ("keys", "backup_keys"):
        jwks = entry.get(name, [])
        if not isinstance(jwks, list) or not all(isinstance(one, dict) for one in jwks):
            _refuse(file, f"'{name}' must be a list of keys", desk)
        found.extend(jwks)
    try:
        return PublicKeys(found)
    except FormatRefused:
        _refuse(file, "a key is wrong, or there twice", desk)


def _vouch(entry: Mapping[str, Any], desk: str, keys: PublicKeys, before: PublicKeys, file: str) -> None:
    names = keys.thumbprints()
    if set(names) <= set(before.thumbprints()):
        return
    word = entry.get("succession", "")
    try:
        said = parse_canonical(verify(word if isinstance(word, str) else "", before, SUCCESSION_TYP, MAX_BYTES))
    except EvidenceRefused:
        _refuse(file, "it has other keys than before, and its own old key does not vouch for them", desk)
    if said != {"type": SUCCESSION_TYPE, "id": desk, "keys": names}:
        _refuse(file, "its old key vouches for other keys than these", desk)


def _refuse(file: str, reason: str, place: str = _WHOLE) -> NoReturn:
    raise AssetRefused(file, place, reason)
