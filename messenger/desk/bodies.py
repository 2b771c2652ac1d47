"""Reads a request's body: whole, within its limit and time, and with the digest that was promised (F3)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re

from starlette.requests import ClientDisconnect, Request

from messenger.desk.problems import Problem
from messenger.evidence.letter import MAX_LETTER_BYTES

MEDIA_TYPE = "application/jose"
# The whole of one report stays under 64 MB; each part has a smaller limit of its own.
MAX_REPORT = 3 * 1024 * 1024
MAX_FILE = 12 * 1024 * 1024
MAX_LETTER = MAX_LETTER_BYTES
MAX_TOTAL = 64 * 1024 * 1024
SECONDS = 60.0
MOST_DRAINED = 64 * 1024 * 1024
DRAIN_SECONDS = 10.0
_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):")


async def sealed_body(request: Request, limit: int, seconds: float = SECONDS) -> bytes:
    """The body of a sealed file. Raises `Problem`: 415, 413, 408, or 400 where length or digest do not fit.

    A no that is clear from the head waits for the body all the same: who still writes cannot hear it, and would try again.
    """
    try:
        return await _sealed_body(request, limit, seconds)
    except Problem:
        await _drain(request)
        raise


async def _sealed_body(request: Request, limit: int, seconds: float) -> bytes:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if kind != MEDIA_TYPE or encoding != "identity":
        raise Problem(415, "media-type")
    wanted = _digest(request.headers.get("content-digest", ""))
    length = _length(request.headers.get("content-length", ""), limit)
    try:
        async with asyncio.timeout(seconds):
            body = await _read(request, limit)
    except TimeoutError:
        raise Problem(408, "slow") from None
    except ClientDisconnect:
        raise Problem(400, "length") from None
    if len(body) != length:
        raise Problem(400, "length")
    if hashlib.sha256(body).digest() != wanted:
        raise Problem(400, "digest")
    return body


async def small_body(request: Request, limit: int = 0, seconds: float = SECONDS) -> bytes:
    """The body of a call that should have none or a short one."""
    try:
        async with asyncio.timeout(seconds):
            return await _read(request, limit)
    except TimeoutError:
        raise Problem(408, "slow") from None
    except ClientDisconnect:
        raise Problem(400, "length") from None


async def _read(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > limit:
            raise Problem(413, "too-large", limit=limit)
        body += chunk
    return bytes(body)


async def _drain(request: Request) -> None:
    """Read on and throw away, for a while and up to a limit."""
    left = MOST_DRAINED
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            async for chunk in request.stream():
                left -= len(chunk)
                if left < 0:
                    return
    except (TimeoutError, ClientDisconnect, RuntimeError):
        # RuntimeError: starlette's word for a body that was read to its end.
        return


def _digest(header: str) -> bytes:
    """The SHA-256 in a Content-Digest header (RFC 9530)."""
    found = _SHA256.search(header)
    if found is None:
        raise Problem(400, "digest")
    try:
        return base64.b64decode(found.group(1), validate=True)
    except binascii.Error:
        raise Problem(400, "digest") from None


def _length(header: str, limit: int) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", header):
        raise Problem(400, "length")
    length = int(header)
    if length > limit:
        raise Problem(413, "too-large", limit=limit)
    return length
