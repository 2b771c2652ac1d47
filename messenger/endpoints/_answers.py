"""What a desk's answer means: problem words (RFC 9457), and which refusals pass by themselves (F9, F10, F11)."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, FormatRefused, ReceiptRefused
from messenger.endpoints._reply import Answer
from messenger.evidence.canonical import parse_json

_RETRY = frozenset({408, 421, 425, 429})
"""Answers of the 400 kind that pass by themselves (RFC 9110, RFC 8470, RFC 6585)."""
_LOST_ON_THE_WAY = frozenset({(400, "length"), (400, "digest"), (409, "hash")})
"""The desk got other bytes than were sent (F3): no fault of the report, so it is sent again."""
_MAX_WORDS = 500
_MAX_DIGEST = 43
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def refuse(answer: Answer) -> NoReturn:
    """An answer that is not the one hoped for, as a failure.

    A chain that goes on elsewhere names its last link: `fields["last"]` of the `EndpointRejected`.
    """
    word = problem(answer)
    passing = answer.status in _RETRY or answer.status >= 500
    if passing or (answer.status, word) in _LOST_ON_THE_WAY:
        raise EndpointUnreachable(f"status {answer.status}", answer.retry_after)
    if answer.status < 400:
        # A redirect leads somewhere else (a sign-in page of a network, most often); another 200 is no answer of a desk.
        raise ReceiptRefused(f"status {answer.status}") if answer.status < 300 else EndpointUnreachable("redirect")
    error = EndpointRejected(answer.status, word, _words(answer))
    last = _problem_object(answer).get("last")
    if isinstance(last, str) and len(last) == _MAX_DIGEST:
        error.fields["last"] = last
    raise error


def problem(answer: Answer) -> str:
    """The last word of ``urn:robin:problem:<word>`` (RFC 9457), or ''."""
    kind = _problem_object(answer).get("type")
    return kind.removeprefix("urn:robin:problem:")[:40] if isinstance(kind, str) else ""


def found(answer: Answer) -> dict[str, Any]:
    """The object in an answer. Raises `EndpointUnreachable` where there is none: it is then no answer of a desk."""
    try:
        return parse_json(answer.body)
    except FormatRefused:
        raise EndpointUnreachable("form") from None


def _problem_object(answer: Answer) -> dict[str, Any]:
    if answer.content_type != "application/problem+json":
        return {}
    try:
        return parse_json(answer.body)
    except FormatRefused:
        return {}


def _words(answer: Answer) -> str:
    """The desk's plain sentence, cut and on one line."""
    words = _problem_object(answer).get("words")
    return _CONTROLS.sub(" ", words)[:_MAX_WORDS] if isinstance(words, str) else ""
