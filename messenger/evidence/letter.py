"""Letters between reporter and desk: one small signed statement each, sealed to its reader, in exactly one form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.evidence.canonical import canonical, check_time, parse_canonical
from messenger.evidence.keys import Jwk, PublicKeys, SealingKey, SigningKey
from messenger.evidence.seal import Random, seal, unseal
from messenger.evidence.signature import sign, verify

MAX_LETTER_BYTES = 256 * 1024
MAX_ID = 64
MIN_ID = 16
_Word = TypeVar("_Word", bound=StrEnum)


class _OfReport(Protocol):
    @property
    def report_id(self) -> str: ...


_Said = TypeVar("_Said", bound=_OfReport)


def close(payload: dict[str, Any], key: SigningKey, typ: str, reader: Jwk, random: Random) -> bytes:
    """`payload` signed and sealed to `reader`. Raises `FormatRefused` when it would be too big to be opened."""
    sealed = seal(sign(canonical(payload), key, typ).encode("ascii"), reader, random)
    if len(sealed) > MAX_LETTER_BYTES:
        raise FormatRefused("size")
    return sealed


def opened(jwe: bytes, key: SealingKey, jwks: Iterable[Jwk] | PublicKeys, typ: str) -> dict[str, Any]:
    """What a letter says, signed by one of `jwks`. Raises `SealRefused` or `SignatureRefused`."""
    return signed(unseal(jwe, key, MAX_LETTER_BYTES).decode("ascii", "replace"), jwks, typ, MAX_LETTER_BYTES)


def signed(jws: str, jwks: Iterable[Jwk] | PublicKeys, typ: str, max_bytes: int) -> dict[str, Any]:
    """The object that a JWS carries, in canonical form. Raises `SignatureRefused`."""
    payload = verify(jws, jwks, typ, max_bytes)
    try:
        return parse_canonical(payload, max_bytes)
    except FormatRefused:
        raise SignatureRefused(typ) from None


def about(report_id: str, found: dict[str, Any], form: Callable[[dict[str, Any]], _Said], what: str) -> _Said:
    """What `form` reads in `found`, when it is of this report. Raises `SignatureRefused` with `what`, a word for it."""
    try:
        said = form(found)
    except FormatRefused:
        raise SignatureRefused(what) from None
    if said.report_id != report_id:
        raise SignatureRefused(what)
    return said


def members(found: Any, names: frozenset[str], kind: str = "") -> dict[str, Any]:
    """`found`, when it is an object of exactly these members, of this `type` where one is given. Raises `FormatRefused`."""
    if not isinstance(found, dict) or set(found) != names or (kind and found["type"] != kind):
        raise FormatRefused("members")
    return found


def text(value: Any, longest: int, shortest: int = 0) -> str:
    """`value`, when it is a text of this length in characters. Raises `FormatRefused`."""
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise FormatRefused("text")
    return value


def moment(value: Any) -> str:
    """`value`, when it is a time of the wire. Raises `FormatRefused`."""
    return check_time(text(value, 64))


def listed(value: Any, longest: int) -> Sequence[Any]:
    """`value`, when it is a list of at most so many. Raises `FormatRefused`."""
    if not isinstance(value, list) or len(value) > longest:
        raise FormatRefused("list")
    return value


def number(value: Any) -> int:
    """`value`, when it is a whole number from 1 on. Raises `FormatRefused`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise FormatRefused("number")
    return value


def truth(value: Any) -> bool:
    """`value`, when it is true or false. Raises `FormatRefused`."""
    if not isinstance(value, bool):
        raise FormatRefused("truth")
    return value


def one_of(kind: type[_Word], value: Any) -> _Word:
    """The member of an enum of words. Raises `FormatRefused`."""
    try:
        return kind(value)
    except ValueError:
        raise FormatRefused("word") from None


def unique(ids: Sequence[str]) -> None:
    """Raises `FormatRefused` when one id comes twice."""
    if len(set(ids)) != len(ids):
        raise FormatRefused("twice")
