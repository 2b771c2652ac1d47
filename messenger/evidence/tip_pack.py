"""The signature around a file of newer tips: one compact JWS (Ed25519, typ `robin-tips+jws`) over canonical JSON.

    text = make_pack(book, "2026-11-24T09:00:00Z", key)
    found = read_pack(data, "tips.jws", keys)      # raises AssetRefused with a plain sentence

The payload is `{"type": "urn:robin:tip-pack:1", "issued_at": ..., "book": {...}}`, where `book` is a file of assets/tips.
What the book says is read by safety/deck.py; whether it is newer is services/tip_pack.py's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from messenger.domain.errors import AssetRefused, EvidenceRefused, FormatRefused
from messenger.evidence.canonical import canonical, digest, parse_canonical
from messenger.evidence.keys import Jwk, PublicKeys, SigningKey
from messenger.evidence.signature import sign, signer, verify

TYPE = "urn:robin:tip-pack:1"
TYP = "robin-tips+jws"
MAX_BYTES = 512 * 1024
"""Bytes of the whole file: several times what all bands of one language need."""
_MEMBERS = frozenset({"type", "issued_at", "book"})
_TIME = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_WHOLE = "tips"


@dataclass(frozen=True, slots=True)
class SignedPack:
    """A pack whose signature holds. `book` are the bytes for safety/deck.py, `signer` the thumbprint of the key."""

    issued_at: str
    digest: str
    signer: str
    text: str = field(repr=False)
    book: bytes = field(repr=False)


def make_pack(book: Mapping[str, Any], issued_at: str, key: SigningKey) -> str:
    """The file's text for a whole file of tips. Raises `FormatRefused`; whether the book is right is safety/deck's."""
    payload = canonical({"type": TYPE, "issued_at": issued_at, "book": dict(book)})
    _content(payload)
    return sign(payload, key, TYP) + "\n"


def read_pack(data: bytes, file: str, keys: Iterable[Jwk]) -> SignedPack:
    """The pack in `data`, signed by one of `keys`. Raises `AssetRefused` naming `file`."""
    if len(data) > MAX_BYTES:
        _refuse(file, "it is too big")
    text = data.decode("ascii", "replace").removesuffix("\n")
    try:
        payload = verify(text, PublicKeys(keys), TYP, MAX_BYTES)
    except EvidenceRefused:
        _refuse(file, "it was changed, or nobody whom this Robin trusts signed it")
    try:
        content = _content(payload)
    except FormatRefused:
        _refuse(file, "it is not a file of tips")
    book = json.dumps(content["book"], ensure_ascii=False).encode("utf-8")
    return SignedPack(content["issued_at"], digest(payload), signer(text, TYP, MAX_BYTES), text + "\n", book)


def _content(payload: bytes) -> dict[str, Any]:
    found = parse_canonical(payload, MAX_BYTES)
    if set(found) != _MEMBERS or found["type"] != TYPE or not isinstance(found["book"], dict):
        raise FormatRefused("members")
    if not isinstance(found["issued_at"], str) or not _TIME.fullmatch(found["issued_at"]):
        raise FormatRefused("issued_at")
    return found


def _refuse(file: str, reason: str) -> NoReturn:
    raise AssetRefused(file, _WHOLE, reason)
