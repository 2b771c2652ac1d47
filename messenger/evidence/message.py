"""Advice from the desk and the reporter's replies: signed by the writer, sealed to the reader."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.domain.receipt import Advice, AdviceStep
from messenger.evidence.canonical import canonical, parse_canonical, scalar_text
from messenger.evidence.keys import Jwk, PublicKeys, SealingKey, SigningKey
from messenger.evidence.seal import Random, seal, unseal
from messenger.evidence.signature import sign, verify

TYPE = "urn:robin:message:1"
TYP = "robin-message+jws"
REPLY_TYPE = "urn:robin:reply:1"
REPLY_TYP = "robin-reply+jws"
KINDS = frozenset({"advice", "question", "safety_plan", "status", "emergency"})
MAX_TEXT = 10_000
MAX_STEPS = 20
MAX_STEP_TEXT = 500
MAX_MESSAGE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What the reporter writes back. `id` is made once and kept over every resend; `done` are ids of advice steps."""

    report_id: str
    id: str
    at: str
    text: str
    done: tuple[str, ...] = ()


def make_message(key: SigningKey, reporter_enc: Jwk, advice: Advice, random: Random = os.urandom) -> bytes:
    """A message of the desk as sealed bytes. `read` and `done` are not sent. Raises `FormatRefused` for a bad one."""
    payload: dict[str, Any] = {
        "type": TYPE,
        "report_id": advice.report_id,
        "n": advice.n,
        "at": advice.at,
        "from": {"name": scalar_text(advice.from_name), "role": scalar_text(advice.from_role)},
        "kind": advice.kind,
        "text": scalar_text(advice.text),
        "steps": [{"id": step.id, "text": scalar_text(step.text)} for step in advice.steps],
    }
    _advice(payload)
    return seal(sign(canonical(payload), key, TYP).encode("ascii"), reporter_enc, random)


def open_message(
    jwe: bytes, key: SealingKey, desk_jwks: Iterable[Jwk] | PublicKeys, report_id: str, n: int | None = None
) -> Advice:
    """A message of the desk about this report; `n` is compared where it is given.

    Raises `SealRefused`, or `SignatureRefused` for another signer, another report or another form.
    """
    found = _opened(jwe, key, desk_jwks, TYP)
    try:
        advice = _advice(found)
    except FormatRefused:
        raise SignatureRefused("message") from None
    if advice.report_id != report_id or n not in (None, advice.n):
        raise SignatureRefused("message")
    return advice


def make_reply(key: SigningKey, desk_enc: Jwk, reply: Reply, random: Random = os.urandom) -> bytes:
    """The reporter's words for the desk, as sealed bytes. Raises `FormatRefused` for a bad one."""
    payload: dict[str, Any] = {
        "type": REPLY_TYPE,
        "report_id": reply.report_id,
        "id": reply.id,
        "at": reply.at,
        "text": scalar_text(reply.text),
        "done": list(reply.done),
    }
    _reply(payload)
    return seal(sign(canonical(payload), key, REPLY_TYP).encode("ascii"), desk_enc, random)


def open_reply(jwe: bytes, key: SealingKey, reporter_jwks: Iterable[Jwk] | PublicKeys, report_id: str) -> Reply:
    """The reporter's words. Raises `SealRefused` or `SignatureRefused`."""
    found = _opened(jwe, key, reporter_jwks, REPLY_TYP)
    try:
        reply = _reply(found)
    except FormatRefused:
        raise SignatureRefused("reply") from None
    if reply.report_id != report_id:
        raise SignatureRefused("reply")
    return reply


def _opened(jwe: bytes, key: SealingKey, jwks: Iterable[Jwk] | PublicKeys, typ: str) -> dict[str, Any]:
    jws = unseal(jwe, key, MAX_MESSAGE_BYTES).decode("ascii", "replace")
    payload = verify(jws, jwks, typ, MAX_MESSAGE_BYTES)
    try:
        return parse_canonical(payload, MAX_MESSAGE_BYTES)
    except FormatRefused:
        raise SignatureRefused(typ) from None


def _advice(found: dict[str, Any]) -> Advice:
    if set(found) != {"type", "report_id", "n", "at", "from", "kind", "text", "steps"} or found["type"] != TYPE:
        raise FormatRefused("message")
    n, writer = found["n"], found["from"]
    if not isinstance(n, int) or isinstance(n, bool) or n < 1 or found["kind"] not in KINDS:
        raise FormatRefused("message")
    if not isinstance(writer, dict) or set(writer) != {"name", "role"}:
        raise FormatRefused("message")
    return Advice(
        report_id=_text(found["report_id"], 64),
        n=n,
        at=_text(found["at"], 64),
        from_name=_text(writer["name"], 200),
        from_role=_text(writer["role"], 200),
        kind=found["kind"],
        text=_text(found["text"], MAX_TEXT),
        steps=tuple(_step(one) for one in _list(found["steps"], MAX_STEPS)),
    )


def _reply(found: dict[str, Any]) -> Reply:
    if set(found) != {"type", "report_id", "id", "at", "text", "done"} or found["type"] != REPLY_TYPE:
        raise FormatRefused("reply")
    return Reply(
        report_id=_text(found["report_id"], 64),
        id=_text(found["id"], 64),
        at=_text(found["at"], 64),
        text=_text(found["text"], MAX_TEXT),
        done=tuple(_text(one, 64) for one in _list(found["done"], MAX_STEPS * 10)),
    )


def _step(found: Any) -> AdviceStep:
    if not isinstance(found, dict) or set(found) != {"id", "text"}:
        raise FormatRefused("step")
    return AdviceStep(id=_text(found["id"], 64), text=_text(found["text"], MAX_STEP_TEXT))


def _text(value: Any, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise FormatRefused("text")
    return value


def _list(value: Sequence[Any], limit: int) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > limit:
        raise FormatRefused("list")
    return value
