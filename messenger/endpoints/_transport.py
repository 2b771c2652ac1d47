"""One HTTPS call to a desk within every limit: addresses, time, trust and what came back. How it goes out: `_wire`."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

from messenger.domain.errors import EndpointRejected, EndpointUnreachable
from messenger.endpoints._reply import Answer
from messenger.evidence.canonical import digest

if TYPE_CHECKING:
    from messenger.endpoints._wire import Wire

DEADLINE = 30.0
"""Seconds for one whole call; a large body adds to it, see `allowed_seconds`."""
MAX_ANSWER = 64 * 1024
_SLOWEST = 16 * 1024
"""Bytes a second at which a large body may still go up within its deadline."""


def checked_base(base: str) -> str:
    """The base of a desk's address without its last slash. Raises `EndpointRejected` for what is not plain https."""
    try:
        parts = urlsplit(base)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username is not None or parts.query or parts.fragment:
        raise EndpointRejected(0, "address")
    return base.rstrip("/")


def content_digest(body: bytes) -> str:
    """The Content-Digest header's value (RFC 9530, section 2)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode('ascii')}:"


def allowed_seconds(deadline: float, body: bytes) -> float:
    """The whole call's time: `deadline`, or longer where so large a body needs it on a slow line."""
    return max(deadline, len(body) / _SLOWEST)


def trust(ca_file: str, pins: tuple[str, ...] = ()) -> ssl.SSLContext:
    """TLS 1.2 or newer, names and chains always checked. A desk's own `ca_file` takes the place of the system's roots.

    With `pins` the desk's certificate must have one of these public keys too, or no byte of a call goes out: an authority
    that somebody put into this computer (a school's, a parent's) can not stand in the middle (F12). Reads files: call it
    off the loop. Raises `EndpointUnreachable` when the file cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ssl.SSLError):
        raise EndpointUnreachable("ca_file") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if pins:
        context.sslobject_class = _pinned(frozenset(pins))
    return context


def _pinned(pins: frozenset[str]) -> type[ssl.SSLObject]:
    """A TLS connection whose handshake fails unless the peer has one of these keys."""

    class Pinned(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            certificate = self.getpeercert(binary_form=True)
            if certificate is None or spki_pin(certificate) not in pins:
                raise ssl.SSLCertVerificationError("the key is not the pinned one")

    return Pinned


def spki_pin(certificate: bytes) -> str:
    """The pin of a certificate (DER): SHA-256 of its public key (SPKI), in base64url without padding."""
    key = load_der_x509_certificate(certificate).public_key()
    return digest(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


class Transport:
    """Makes calls. One session, one TLS context a `ca_file`; connections are kept only while they are used."""

    def __init__(self, deadline: float = DEADLINE) -> None:
        self._deadline = deadline
        self._wire: Wire | None = None
        self._trust: dict[tuple[str, tuple[str, ...]], ssl.SSLContext] = {}

    async def call(
        self,
        method: str,
        url: str,
        ca_file: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        wait: int = 0,
        max_answer: int = MAX_ANSWER,
        pins: tuple[str, ...] = (),
    ) -> Answer:
        """One call; `wait` adds seconds for an answer that may be held back. Raises `EndpointUnreachable`.

        Every status comes back as an answer, redirects among them. A `ca_file` is read once. `pins`: see `trust`.
        """
        context = self._trust.get((ca_file, pins))
        if context is None:
            context = self._trust[ca_file, pins] = await asyncio.to_thread(trust, ca_file, pins)
        if self._wire is None:
            # A third of a second of imports that no start needs, and that the loop must not wait for.
            module = await asyncio.to_thread(importlib.import_module, "messenger.endpoints._wire")
            self._wire = self._wire or module.Wire()
        try:
            async with asyncio.timeout(allowed_seconds(self._deadline, body) + wait):
                return await self._wire.request(method, url, context, body, headers or {}, max_answer)
        except TimeoutError:
            raise EndpointUnreachable("timeout") from None
        except EndpointUnreachable as error:
            if error.fields["reason"] == "certificate":
                # The file may have been replaced, as when a demonstration makes a new authority.
                self._trust.pop((ca_file, pins), None)
            raise

    async def close(self) -> None:
        """Let go of connections."""
        if self._wire is not None:
            await self._wire.close()
            self._wire = None
