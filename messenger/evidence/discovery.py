"""The desk's signed description of itself: what it takes, where, and with which keys (reporting.md c.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.evidence.canonical import canonical, parse_canonical, parse_json
from messenger.evidence.keys import Jwk, PublicKeys, SigningKey
from messenger.evidence.schema import Schemas
from messenger.evidence.signature import sign, verify

PATH = "/.well-known/abuse-report"
TYP = "robin-discovery+jws"
MAX_DISCOVERY_BYTES = 256 * 1024


def make_discovery(key: SigningKey, document: Mapping[str, Any], schemas: Schemas) -> bytes:
    """The answer's bytes. `document["keys"]` is a JWKS that holds `key`'s public half. Raises `FormatRefused`."""
    answer = {"document": dict(document), "signature": sign(canonical(dict(document)), key, TYP)}
    schemas.check("discovery", answer)
    return canonical(answer)


def read_discovery(data: bytes, schemas: Schemas, pinned: Iterable[Jwk] | PublicKeys | None = None) -> dict[str, Any]:
    """The document, signed by one of the `pinned` keys, or by its own where none is pinned yet (first use).

    Raises `SignatureRefused` when another key signed it, or `FormatRefused`.
    """
    answer = parse_json(data, MAX_DISCOVERY_BYTES)
    schemas.check("discovery", answer)
    document: dict[str, Any] = answer["document"]
    own = PublicKeys(document["keys"]["keys"])
    keys = own if pinned is None else pinned
    signed = verify(answer["signature"], keys, TYP, MAX_DISCOVERY_BYTES)
    try:
        same = parse_canonical(signed, MAX_DISCOVERY_BYTES) == document
    except FormatRefused:
        same = False
    if not same:
        raise SignatureRefused("discovery")
    return document
