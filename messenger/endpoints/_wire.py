"""How a call goes out: aiohttp with no redirect, no proxy, no decompression, no cookie, and a bounded answer.

Its defaults would send the body on to wherever a 307 points, expand a gzip bomb, and wait for ever for an answer that
comes drop by drop (security.md F11, F13, S23, S31). Imported at the first call, see `_transport`.
"""

from __future__ import annotations

import io
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime

import aiohttp

from messenger.domain.errors import EndpointUnreachable
from messenger.endpoints._reply import Answer, date_of, retry_after

USER_AGENT = "Robin-Messenger"
_AT_ONCE = 256 * 1024


class Wire:
    """One session; connections are kept only while they are used."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self, method: str, url: str, context: ssl.SSLContext, body: bytes, headers: Mapping[str, str], max_answer: int
    ) -> Answer:
        """One call, as long as it takes. Every status is an answer, redirects among them.

        Raises `EndpointUnreachable` with name, certificate, tls, packed, size or connection.
        """
        try:
            return await self._call(method, url, context, body, headers, max_answer)
        except aiohttp.ClientConnectorDNSError:
            raise EndpointUnreachable("name") from None
        except (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError):
            raise EndpointUnreachable("certificate") from None
        except (aiohttp.ClientSSLError, ssl.SSLError):
            raise EndpointUnreachable("tls") from None
        except TimeoutError:
            raise  # an OSError too, and the caller's
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
                date=date_of(response.headers.get("Date", "")),
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
