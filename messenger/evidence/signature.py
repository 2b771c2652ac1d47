"""Compact JWS (RFC 7515) with Ed25519 (RFC 9864), in exactly one form: canonical header, strict base64url.

Made with `cryptography` itself rather than with a JOSE library: the header must be canonical to the byte, every
option that we do not want must be absent rather than switched off, and the import must stay cheap (a fifth of a
second otherwise). The tests read and write the same strings with joserfc.
"""

from __future__ import annotations

from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature

from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.evidence.canonical import b64u, canonical, parse_canonical, unb64u
from messenger.evidence.keys import Jwk, PublicKeys, SigningKey

ALGORITHM = "Ed25519"
MAX_JWS_BYTES = 4 * 1024 * 1024
_MAX_HEADER_CHARS = 1024
_SIGNATURE_CHARS = 86


def sign(payload: bytes, key: SigningKey, typ: str) -> str:
    """A compact JWS over `payload`; `typ` says what it is, so that one kind can never stand for another."""
    header = canonical({"alg": ALGORITHM, "kid": key.thumbprint, "typ": typ})
    signed = f"{b64u(header)}.{b64u(payload)}"
    return f"{signed}.{b64u(key.sign(signed.encode('ascii')))}"


def verify(jws: str, jwks: Iterable[Jwk] | PublicKeys, typ: str, max_bytes: int = MAX_JWS_BYTES) -> bytes:
    """The payload of a JWS signed by one of `jwks`. Raises `SignatureRefused` for everything else.

    Refused are: another algorithm, typ or header member, a header that is not canonical, a kid that is not the
    thumbprint of a given key, loose base64url, more than `max_bytes` characters.
    """
    try:
        header_text, payload_text, signature_text = _split(jws, max_bytes)
        kid = _kid(header_text, typ)
        keys = jwks if isinstance(jwks, PublicKeys) else PublicKeys(jwks)
        public = keys.signing(kid)
        payload = unb64u(payload_text)
        public.verify(unb64u(signature_text), f"{header_text}.{payload_text}".encode("ascii"))
    except (FormatRefused, InvalidSignature, UnicodeEncodeError):
        raise SignatureRefused(typ) from None
    return payload


def signer(jws: str, typ: str, max_bytes: int = MAX_JWS_BYTES) -> str:
    """The thumbprint that a JWS claims, unchecked: to find the key with. Raises `SignatureRefused`."""
    try:
        return _kid(_split(jws, max_bytes)[0], typ)
    except FormatRefused:
        raise SignatureRefused(typ) from None


def unchecked_payload(jws: str, max_bytes: int = MAX_JWS_BYTES) -> bytes:
    """The payload before any check: to find the key inside it with, for `verify` then. Raises `SignatureRefused`."""
    try:
        return unb64u(_split(jws, max_bytes)[1])
    except FormatRefused:
        raise SignatureRefused("payload") from None


def _split(jws: str, max_bytes: int) -> tuple[str, str, str]:
    if len(jws) > max_bytes:
        raise FormatRefused("size")
    parts = jws.split(".")
    if len(parts) != 3 or len(parts[0]) > _MAX_HEADER_CHARS or len(parts[2]) != _SIGNATURE_CHARS:
        raise FormatRefused("jws")
    return parts[0], parts[1], parts[2]


def _kid(header_text: str, typ: str) -> str:
    header = parse_canonical(unb64u(header_text))
    if set(header) != {"alg", "kid", "typ"} or header["alg"] != ALGORITHM or header["typ"] != typ:
        raise FormatRefused("header")
    kid = header["kid"]
    if not isinstance(kid, str) or len(kid) != 43:
        raise FormatRefused("header")
    return kid
