"""Proof that a call comes from the holder of the reporter's key (after RFC 9449, without a token beside it)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.evidence.canonical import b64u, canonical, parse_canonical
from messenger.evidence.keys import Jwk, PublicKeys, SigningKey
from messenger.evidence.seal import Random
from messenger.evidence.signature import sign, verify

TYP = "dpop+jwt"
SCHEME = "DPoP"
WINDOW_SECONDS = 300
MAX_PROOF_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Proof:
    """A checked proof. The caller keeps each `jti` until `iat` is older than the window, and refuses it a second time."""

    jti: str
    iat: int


def target(url: str) -> str:
    """`url` without query and fragment, scheme and host in lower case: the proof's `htu`. Raises `FormatRefused`."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None and parts.port != 443 else ""
    except ValueError:
        raise FormatRefused("url") from None
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise FormatRefused("url")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"https://{host}{port}{parts.path or '/'}"


def make_proof(key: SigningKey, method: str, url: str, report_id: str, now: int, random: Random = os.urandom) -> str:
    """The proof for one call: send it as ``Authorization: DPoP <proof>``. `now` is Unix time in seconds."""
    claims = {"htm": method, "htu": target(url), "iat": now, "jti": b64u(random(16)), "report_id": report_id}
    return sign(canonical(claims), key, TYP)


def check_proof(
    jws: str,
    jwks: Iterable[Jwk] | PublicKeys,
    method: str,
    url: str,
    report_id: str,
    now: int,
    window: int = WINDOW_SECONDS,
) -> Proof:
    """The proof, made by one of `jwks` for this call not more than `window` seconds ago or ahead.

    Raises `SignatureRefused`. That a `jti` comes once only is the caller's to check.
    """
    payload = verify(jws, jwks, TYP, MAX_PROOF_BYTES)
    try:
        claims = parse_canonical(payload, MAX_PROOF_BYTES)
        wanted = {"htm": method, "htu": target(url), "report_id": report_id}
    except FormatRefused:
        raise SignatureRefused("proof") from None
    iat, jti = claims.get("iat"), claims.get("jti")
    if set(claims) != {"htm", "htu", "iat", "jti", "report_id"} or any(
        claims[name] != value for name, value in wanted.items()
    ):
        raise SignatureRefused("proof")
    if not isinstance(iat, int) or isinstance(iat, bool) or abs(now - iat) > window:
        raise SignatureRefused("proof")
    if not isinstance(jti, str) or not 16 <= len(jti) <= 64:
        raise SignatureRefused("proof")
    return Proof(jti=jti, iat=iat)
