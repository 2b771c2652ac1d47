"""The key pairs of reporters and desks: Ed25519 signs, X25519 receives (RFC 8037), named by RFC 7638 thumbprints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from messenger.domain.errors import FormatRefused
from messenger.evidence.canonical import b64u, canonical, digest, unb64u

SIGNING_CURVE = "Ed25519"
SEALING_CURVE = "X25519"
_USES = {SIGNING_CURVE: "sig", SEALING_CURVE: "enc"}
_MEMBERS = {"kty", "crv", "x", "use", "kid"}
_PRIME = 2**255 - 19
_EIGHTH = 55188659117513257062467267217118295137698188065244968500265048394206261417927
# The points of small order by what their bytes say (y, or u), modulo the prime: eight of Ed25519 with their signs, those of
# X25519 in RFC 7748, section 6.1. Such a signing key takes signatures that anybody can make; what is sealed to such a
# sealing key anybody can open.
_WEAK = {
    SIGNING_CURVE: {0, 1, _PRIME - 1, _EIGHTH, _PRIME - _EIGHTH},
    SEALING_CURVE: {
        0,
        1,
        _PRIME - 1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    },
}

Jwk = Mapping[str, str]


def check_jwk(jwk: Jwk, curve: str = "") -> bytes:
    """The 32 public bytes of a key. Raises `FormatRefused`.

    Members: kty "OKP", crv, x; use ("sig" or "enc", as the curve says) and kid (the thumbprint) may be there;
    nothing else may, a private key least of all. A key of small order is refused.
    """
    found = jwk.get("crv")
    if not set(jwk) <= _MEMBERS or not all(isinstance(value, str) for value in jwk.values()):
        raise FormatRefused("key")
    if jwk.get("kty") != "OKP" or found not in _USES or (curve and found != curve):
        raise FormatRefused("key")
    text = jwk.get("x", "")
    if len(text) != 43 or jwk.get("use", _USES[found]) != _USES[found]:
        raise FormatRefused("key")
    public = unb64u(text)
    if int.from_bytes(public, "little") % 2**255 % _PRIME in _WEAK[found]:
        raise FormatRefused("key")
    if "kid" in jwk and jwk["kid"] != _thumbprint(found, text):
        raise FormatRefused("key")
    return public


def thumbprint(jwk: Jwk) -> str:
    """The RFC 7638 thumbprint: 43 characters. Raises `FormatRefused`."""
    check_jwk(jwk)
    return _thumbprint(jwk["crv"], jwk["x"])


def _thumbprint(curve: str, x: str) -> str:
    return digest(canonical({"crv": curve, "kty": "OKP", "x": x}))


def _jwk(curve: str, public: bytes) -> dict[str, str]:
    return {"kty": "OKP", "crv": curve, "x": b64u(public), "use": _USES[curve]}


def _secret_bytes(text: str) -> bytes:
    seed = unb64u(text)
    if len(seed) != 32:
        raise FormatRefused("key")
    return seed


class SigningKey:
    """An Ed25519 key pair. Its secret never appears in a repr."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self._jwk = _jwk(SIGNING_CURVE, private.public_key().public_bytes_raw())
        self.thumbprint = thumbprint(self._jwk)

    @classmethod
    def generate(cls) -> Self:
        """A new random key pair."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_secret(cls, text: str) -> Self:
        """The key pair of `to_secret`. Raises `FormatRefused`."""
        return cls(Ed25519PrivateKey.from_private_bytes(_secret_bytes(text)))

    def to_secret(self) -> str:
        """The secret for the keyring: 43 characters."""
        return b64u(self._private.private_bytes_raw())

    def public_jwk(self) -> dict[str, str]:
        """The public key: kty, crv, x, use."""
        return dict(self._jwk)

    def sign(self, data: bytes) -> bytes:
        """The 64-byte signature (RFC 8032)."""
        return self._private.sign(data)


class SealingKey:
    """An X25519 key pair. Its secret never appears in a repr."""

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private = private
        self._jwk = _jwk(SEALING_CURVE, private.public_key().public_bytes_raw())
        self.thumbprint = thumbprint(self._jwk)

    @classmethod
    def generate(cls) -> Self:
        """A new random key pair."""
        return cls(X25519PrivateKey.generate())

    @classmethod
    def from_secret(cls, text: str) -> Self:
        """The key pair of `to_secret`. Raises `FormatRefused`."""
        return cls(X25519PrivateKey.from_private_bytes(_secret_bytes(text)))

    def to_secret(self) -> str:
        """The secret for the keyring: 43 characters."""
        return b64u(self._private.private_bytes_raw())

    def public_jwk(self) -> dict[str, str]:
        """The public key: kty, crv, x, use."""
        return dict(self._jwk)

    def exchange(self, public: bytes) -> bytes:
        """The shared secret with a public key. Raises `FormatRefused` for a key of small order (RFC 7748, section 6.1)."""
        try:
            return self._private.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError:
            raise FormatRefused("key") from None


class PublicKeys:
    """A checked set of public keys (a desk's, a reporter's), in the order given. Raises `FormatRefused`."""

    def __init__(self, jwks: Iterable[Jwk]) -> None:
        self._keys = [dict(jwk) for jwk in jwks]
        self._by_thumbprint = {thumbprint(jwk): jwk for jwk in self._keys}
        if len(self._by_thumbprint) != len(self._keys):
            raise FormatRefused("key")

    def __iter__(self) -> Iterator[dict[str, str]]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def thumbprints(self) -> list[str]:
        """The thumbprints, sorted."""
        return sorted(self._by_thumbprint)

    def signing(self, kid: str) -> Ed25519PublicKey:
        """The Ed25519 key with this thumbprint. Raises `FormatRefused` when there is none."""
        jwk = self._by_thumbprint.get(kid)
        if jwk is None:
            raise FormatRefused("key")
        return Ed25519PublicKey.from_public_bytes(check_jwk(jwk, SIGNING_CURVE))

    def signing_jwk(self, kid: str) -> dict[str, str]:
        """The Ed25519 key with this thumbprint as exactly kty, crv, x, use. Raises `FormatRefused` when there is none."""
        return _jwk(SIGNING_CURVE, self.signing(kid).public_bytes_raw())

    def sealing_jwk(self) -> dict[str, str]:
        """The first X25519 key: seal to this one. Raises `FormatRefused` when there is none (no desk key, no Saved)."""
        for jwk in self._keys:
            if jwk["crv"] == SEALING_CURVE:
                return dict(jwk)
        raise FormatRefused("key")
