"""Compact JWE (RFC 7516): ECDH-ES over X25519 and A256GCM, in exactly one form. Only the holder of the key can open it.

The sender's key is made for this one seal and forgotten, so that the device itself cannot read the result back.
Made with `cryptography` itself for the reasons given in signature.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.concatkdf import ConcatKDFHash

from messenger.domain.errors import FormatRefused, SealRefused
from messenger.evidence.canonical import b64u, canonical, parse_canonical, unb64u
from messenger.evidence.keys import SEALING_CURVE, Jwk, SealingKey, check_jwk, thumbprint

MAX_PLAIN_BYTES = 8 * 1024 * 1024
MAX_JWE_BYTES = 12 * 1024 * 1024
TYP = "robin-sealed+jwe"
_ALG = "ECDH-ES"
_ENC = "A256GCM"
_MAX_HEADER_CHARS = 1024
_IV_CHARS = 16
_TAG_CHARS = 22
_TAG_BYTES = 16

Random = Callable[[int], bytes]


def seal(plain: bytes, jwk: Jwk, random: Random = os.urandom) -> bytes:
    """`plain` sealed to the X25519 key `jwk`, as a compact JWE. Raises `FormatRefused` for a bad key or too much.

    `random` gives secret random bytes; tests give their own, so that the same input makes the same bytes.
    """
    public = check_jwk(jwk, SEALING_CURVE)
    if len(plain) > MAX_PLAIN_BYTES:
        raise FormatRefused("size")
    ephemeral = SealingKey(X25519PrivateKey.from_private_bytes(random(32)))
    epk = {name: ephemeral.public_jwk()[name] for name in ("crv", "kty", "x")}
    header = b64u(canonical({"alg": _ALG, "enc": _ENC, "epk": epk, "kid": thumbprint(jwk), "typ": TYP}))
    iv = random(12)
    key = _content_key(ephemeral.exchange(public))
    sealed = AESGCM(key).encrypt(iv, plain, header.encode("ascii"))
    text, tag = sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]
    return f"{header}..{b64u(iv)}.{b64u(text)}.{b64u(tag)}".encode("ascii")


def unseal(jwe: bytes, key: SealingKey, max_bytes: int = MAX_JWE_BYTES) -> bytes:
    """What was sealed to `key`. Raises `SealRefused` for a seal that is broken, loose in form or for another key."""
    try:
        header_text, iv, text, tag = _split(jwe, max_bytes)
        header = _header(header_text)
        if header["kid"] != key.thumbprint:
            raise FormatRefused("kid")
        content_key = _content_key(key.exchange(unb64u(header["epk"]["x"])))
        return AESGCM(content_key).decrypt(unb64u(iv), unb64u(text) + unb64u(tag), header_text.encode("ascii"))
    except (FormatRefused, InvalidTag, UnicodeDecodeError):
        raise SealRefused("seal") from None


def check_sealed(jwe: bytes, max_bytes: int = MAX_JWE_BYTES) -> str:
    """What can be checked without the key: the form. Returns the receiving key's thumbprint. Raises `SealRefused`."""
    try:
        header_text, *rest = _split(jwe, max_bytes)
        for part in rest:
            unb64u(part)
        return str(_header(header_text)["kid"])
    except (FormatRefused, UnicodeDecodeError):
        raise SealRefused("seal") from None


def _split(jwe: bytes, max_bytes: int) -> tuple[str, str, str, str]:
    if len(jwe) > max_bytes:
        raise FormatRefused("size")
    parts = jwe.decode("ascii").split(".")
    if len(parts) != 5 or parts[1] or len(parts[0]) > _MAX_HEADER_CHARS:
        raise FormatRefused("jwe")
    if len(parts[2]) != _IV_CHARS or len(parts[4]) != _TAG_CHARS:
        raise FormatRefused("jwe")
    return parts[0], parts[2], parts[3], parts[4]


def _header(text: str) -> Mapping[str, Any]:
    header = parse_canonical(unb64u(text))
    if set(header) != {"alg", "enc", "epk", "kid", "typ"}:
        raise FormatRefused("header")
    if (header["alg"], header["enc"], header["typ"]) != (_ALG, _ENC, TYP):
        raise FormatRefused("header")
    epk = header["epk"]
    if not isinstance(epk, dict) or set(epk) != {"crv", "kty", "x"} or not isinstance(header["kid"], str):
        raise FormatRefused("header")
    check_jwk(epk, SEALING_CURVE)
    return header


def _content_key(shared: bytes) -> bytes:
    """Concat KDF of RFC 7518, section 4.6.2, with empty party information."""
    info = len(_ENC).to_bytes(4) + _ENC.encode("ascii") + bytes(4) + bytes(4) + (256).to_bytes(4)
    return ConcatKDFHash(SHA256(), 32, info).derive(shared)
