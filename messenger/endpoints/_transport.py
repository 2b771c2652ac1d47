"""One HTTPS call with every limit of our own: no redirect, no proxy, no decompression, no cookie, bounded time and size.

aiohttp's defaults would send the body on to wherever a 307 points, expand a gzip bomb, and wait for ever for an answer
that comes drop by drop (security.md F11, F13, S23, S31).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import math
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

from messenger.domain.errors import EndpointRejected, EndpointUnreachable
from messenger.evidence.canonical import digest

USER_AGENT = "Robin-Messenger"
DEADLINE = 30.0
"""Seconds for one whole call; a large body adds to it, see `allowed_seconds`."""
MAX_ANSWER = 64 * 1024
MAX_RETRY_AFTER = 24 * 3600
_AT_ONCE = 256 * 1024
_SLOWEST = 16 * 1024
"""Bytes a second at which a large body may still go up within its deadline."""
_DIGITS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, bounded. `retry_after` in seconds, 0 when nothing was said; `date` in Unix seconds or None."""

    status: int
    body: bytes
    content_type: str
    etag: str
    retry_after: int
    date: float | None


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


def retry_after(value: str, now: datetime) -> int:
    """Seconds of a Retry-After header (RFC 9110, section 10.2.3: seconds or a date), at most a day; 0 for nonsense."""
    text = value.strip()
    if _DIGITS.fullmatch(text):
        return min(int(text), MAX_RETRY_AFTER)
    then = _date(text)
    if then is None:
        return 0
    return max(0, min(math.ceil(then - now.timestamp()), MAX_RETRY_AFTER))


def _date(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


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
        self._session: aiohttp.ClientSession | None = None
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
        try:
            async with asyncio.timeout(allowed_seconds(self._deadline, body) + wait):
                return await self._call(method, url, context, body, headers or {}, max_answer)
        except TimeoutError:
            raise EndpointUnreachable("timeout") from None
        except aiohttp.ClientConnectorDNSError:
            raise EndpointUnreachable("name") from None
        except (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError):
            # The file may have been replaced, as when a demonstration makes a new authority.
            self._trust.pop((ca_file, pins), None)
            raise EndpointUnreachable("certificate") from None
        except (aiohttp.ClientSSLError, ssl.SSLError):
            raise EndpointUnreachable("tls") from None
        except (aiohttp.ClientError, OSError, ValueError):
            # ValueError: aiohttp's own word for some malformed answers and addresses.
            raise EndpointUnreachable("connection") from None

    async def _call(
        self, method: str, url: str, context: ssl.SSLContext, body: bytes, headers: Mapping[str, str], max_answer: int
    ) -> Answer:
        async with self._opened().request(
            method,
            url,
            # aiohttp writes a large body from memory in one go, which would hold up the loop.
            data=(io.BytesIO(body) if len(body) > _AT_ONCE else body) if method != "GET" else None,
            headers=headers,
            ssl=context,
            allow_redirects=False,
        ) as response:
            data = await _bounded(response, max_answer)
            now = datetime.now(UTC)
            return Answer(
                status=response.status,
                body=data,
                content_type=response.content_type,
                etag=response.headers.get("ETag", "")[:200],
                retry_after=retry_after(response.headers.get("Retry-After", ""), now),
                date=_date(response.headers.get("Date", "")),
            )

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver(), limit=4, force_close=True),
                timeout=aiohttp.ClientTimeout(total=None),  # ours is around the whole call
                auto_decompress=False,
                trust_env=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity", "Accept": "application/json"},
            )
        return self._session

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _bounded(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, up to `limit` bytes; more, or one that is packed, is no answer of a desk."""
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise EndpointUnreachable("packed")
    data = bytearray()
    async for part in response.content.iter_chunked(16 * 1024):
        data += part
        if len(data) > limit:
            raise EndpointUnreachable("size")
    return bytes(data)
