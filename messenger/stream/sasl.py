"""Proof of the password: SCRAM (RFC 5802, 7677) by an allow-list, PLAIN (RFC 4616) only where configured, nothing else.

The library's own SCRAM is not used: its nonce is predictable, its key derivation runs in Python on the loop, and it lets a
server ask for any number of rounds.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Collection

from slixmpp.util.sasl.client import saslprep
from slixmpp.util.stringprep_profiles import StringPrepError

_BEST_FIRST = ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1")
_LEAST_ROUNDS = 4096  # RFC 5802, 5.1
_MOST_ROUNDS = 2_000_000


class ServerProofWrong(Exception):
    """The server could not show that it knows the password, or answered out of order."""


def choose(offered: Collection[str], allow_plain: bool, binding: bytes | None) -> str | None:
    """The best mechanism of our allow-list among `offered`; None when there is none. Never ANONYMOUS."""
    for name in _BEST_FIRST:
        if name in offered and (binding is not None or not name.endswith("-PLUS")):
            return name
    return "PLAIN" if allow_plain and "PLAIN" in offered else None


def prepare(text: str) -> str:
    """SASLprep (RFC 4013); characters younger than its Unicode 3.2 are kept, as for query strings."""
    try:
        return str(saslprep(text))
    except (StringPrepError, UnicodeError):
        return unicodedata.normalize("NFKC", text)


def plain(username: str, password: str) -> bytes:
    """The one message of PLAIN."""
    return f"\0{prepare(username)}\0{prepare(password)}".encode()


class Scram:
    """One SCRAM exchange. The calls go `first`, `challenge`, `derive`, `final`, `verify`, in this order.

    `binding` is the channel's tls-unique data where there is any: used for ``-PLUS``, and otherwise told as "able, but
    not offered", so that the server notices an offer that was stripped on the way (RFC 5802, section 6).
    """

    def __init__(
        self, mechanism: str, username: str, password: str, binding: bytes | None = None, nonce: str | None = None
    ) -> None:
        self._hash = "sha256" if "SHA-256" in mechanism else "sha1"
        self._password = prepare(password).encode()
        self._nonce = nonce or secrets.token_urlsafe(24)
        if mechanism.endswith("-PLUS") and binding is not None:
            self._gs2, self._binding = b"p=tls-unique,,", binding
        else:
            self._gs2, self._binding = (b"n,," if binding is None else b"y,,"), b""
        name = prepare(username).replace("=", "=3D").replace(",", "=2C")
        self._first_bare = f"n={name},r={self._nonce}".encode()
        self._challenge = b""
        self._server_nonce = b""
        self._signature: bytes | None = None

    def first(self) -> bytes:
        """The client's first message."""
        return self._gs2 + self._first_bare

    def challenge(self, challenge: bytes) -> tuple[int, bytes]:
        """Read the server's first message: rounds and salt. Raises `ServerProofWrong`."""
        fields = _fields(challenge)
        try:
            nonce = fields["r"]
            salt = base64.b64decode(fields["s"], validate=True)
            rounds = int(fields["i"])
        except (KeyError, ValueError, binascii.Error):
            raise ServerProofWrong from None
        fresh = nonce.startswith(self._nonce) and len(nonce) > len(self._nonce)
        if "m" in fields or not fresh or not salt or not _LEAST_ROUNDS <= rounds <= _MOST_ROUNDS:
            raise ServerProofWrong
        self._challenge, self._server_nonce = challenge, nonce.encode()
        return rounds, salt

    def derive(self, rounds: int, salt: bytes) -> bytes:
        """The salted password. Slow on purpose: call it off the loop."""
        return hashlib.pbkdf2_hmac(self._hash, self._password, salt, rounds)

    def final(self, salted: bytes) -> bytes:
        """The client's final message with its proof."""
        client_key = self._hmac(salted, b"Client Key")
        stored_key = hashlib.new(self._hash, client_key).digest()
        bare = b"c=" + base64.b64encode(self._gs2 + self._binding) + b",r=" + self._server_nonce
        signed = self._first_bare + b"," + self._challenge + b"," + bare
        mask = self._hmac(stored_key, signed)
        proof = bytes(a ^ b for a, b in zip(client_key, mask, strict=True))
        self._signature = self._hmac(self._hmac(salted, b"Server Key"), signed)
        return bare + b",p=" + base64.b64encode(proof)

    def verify(self, data: bytes) -> None:
        """Check the server's final message. Raises `ServerProofWrong`."""
        try:
            given = base64.b64decode(_fields(data)["v"], validate=True)
        except (KeyError, binascii.Error):
            raise ServerProofWrong from None
        if self._signature is None or not hmac.compare_digest(given, self._signature):
            raise ServerProofWrong

    def _hmac(self, key: bytes, text: bytes) -> bytes:
        return hmac.new(key, text, self._hash).digest()


def _fields(message: bytes) -> dict[str, str]:
    try:
        parts = message.decode("utf-8").split(",")
    except UnicodeDecodeError:
        raise ServerProofWrong from None
    return {part[0]: part[2:] for part in parts if part[1:2] == "="}
