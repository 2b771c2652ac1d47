"""Canonical JSON (RFC 8785) and strict base64url: one value has exactly one form, and only that form is read.

No fraction is ever needed on Robin's wire (the schemas allow whole numbers only), but `canonical` knows the
whole of RFC 8785. Strings may hold every Unicode scalar value. RFC 7493 would also refuse noncharacters such as
U+FDD0; they are allowed here, because a person must be able to report a message that holds one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rfc8785 import CanonicalizationError
from rfc8785 import dumps as rfc8785_dumps

from messenger.domain.errors import FormatRefused

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 32
_MAX_INT = 2**53 - 1
_FIRST_WITH_EXPONENT = 1e21  # below it, RFC 8785 writes a fraction without a fractional part as a whole number
_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


def canonical(value: Any) -> bytes:
    """The RFC 8785 form of `value` (dict, list, tuple, str, int, float, bool, None).

    Raises `FormatRefused` for what is not I-JSON (RFC 7493): a whole number beyond 2**53-1, a fraction that is
    not finite or would be written as such a number, a lone surrogate, a key that is not a string, nesting deeper than `MAX_DEPTH`.
    """
    simple = _check(value, MAX_DEPTH)
    try:
        if simple:
            # Without fractions and with ASCII keys the C encoder gives the same bytes, eight times as fast.
            return _ENCODER.encode(value).encode("utf-8")
        return rfc8785_dumps(value)
    except (UnicodeEncodeError, CanonicalizationError):
        raise FormatRefused("text") from None


def parse_canonical(data: bytes, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """The object in `data`, which must be in canonical form to the last byte. Raises `FormatRefused`."""
    value = parse_json(data, max_bytes, max_depth)
    if canonical(value) != data:
        raise FormatRefused("form")
    return value


def parse_json(data: bytes, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> dict[str, Any]:
    """The I-JSON object in `data`, in any form (a discovery answer, a profile file). Raises `FormatRefused`."""
    if len(data) > max_bytes:
        raise FormatRefused("size")
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise FormatRefused("json") from None
    if not isinstance(value, dict):
        raise FormatRefused("object")
    _check(value, max_depth)
    return value


def digest(data: bytes) -> str:
    """SHA-256 in base64url without padding: 43 characters."""
    return b64u(hashlib.sha256(data).digest())


def b64u(data: bytes) -> str:
    """Base64url without padding (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """The bytes of `text`. Raises `FormatRefused` for padding, another alphabet, or bits left over that are not zero."""
    if not _ALPHABET.fullmatch(text) or len(text) % 4 == 1:
        raise FormatRefused("base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:  # pragma: no cover - the alphabet was checked
        raise FormatRefused("base64url") from None
    if b64u(data) != text:
        raise FormatRefused("base64url")
    return data


def check_time(text: str) -> str:
    """`text`, when it is a time of the wire: RFC 3339, UTC, milliseconds, on a day that exists. Raises `FormatRefused`.

    The RFC knows a year 0000 and, at the end of a day, a second 60; Python knows neither.
    """
    if not _TIME.fullmatch(text):
        raise FormatRefused("time")
    known = ("2000" + text[4:] if text.startswith("0000") else text).replace("T23:59:60", "T23:59:59")
    try:
        # Unlike fromisoformat of later Pythons, it has no hour 24.
        datetime.strptime(known, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        raise FormatRefused("time") from None
    return text


def scalar_text(text: str) -> str:
    """`text` with each lone surrogate (half of a broken character, as a window may hand over) made U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def _check(value: Any, max_depth: int) -> bool:
    """Refuse what is not I-JSON, without recursion; True when the C encoder's form is the canonical one."""
    simple = True
    level: list[Any] = [value]
    depth = 0
    while level:
        if depth > max_depth:
            raise FormatRefused("depth")
        inner: list[Any] = []
        for one in level:
            if type(one) is str or one is None:
                continue
            if isinstance(one, dict):
                simple &= _plain_keys(one)
                inner.extend(one.values())
            elif isinstance(one, list | tuple):
                inner.extend(one)
            elif not isinstance(one, str):
                simple &= _check_scalar(one)
        level = inner
        depth += 1
    return simple


def _plain_keys(value: dict[Any, Any]) -> bool:
    plain = True
    for key in value:
        if not isinstance(key, str):
            raise FormatRefused("key")
        # ASCII sorts alike by code point (Python) and by UTF-16 unit (RFC 8785, 3.2.3).
        plain = plain and key.isascii()
    if not plain and any(_SURROGATES.search(key) for key in value):
        raise FormatRefused("text")
    return plain


def _check_scalar(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        if abs(value) > _MAX_INT:
            raise FormatRefused("number")
        return True
    if isinstance(value, float):
        # The comparison is false for NaN too.
        if not abs(value) < float("inf") or (value.is_integer() and _MAX_INT < abs(value) < _FIRST_WITH_EXPONENT):
            raise FormatRefused("number")
        return False
    raise FormatRefused("type")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("duplicate key")
    return value


def _refuse_constant(_name: str) -> Iterator[None]:
    raise ValueError("not a JSON number")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
)
_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_refuse_constant)
