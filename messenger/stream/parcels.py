"""What a desk answers to a sealed package that was sent over XMPP: receipt and code, a refusal, or a bounce on the way.

An answer is looked at only when it comes from the desk that is waited for and names the message that carried the package;
what it says is checked later, by signature. The desk's problems are those of HTTPS (RFC 9457), in a stanza error.
"""

from __future__ import annotations

import json
from xml.etree.ElementTree import Element

from messenger.stream.facts import ParcelAnswer
from messenger.stream.requests import condition_of

RECEIPT = "{urn:robin:receipt:1}receipt"
CODE = "{urn:robin:receipt:1}code"
PROBLEM = "{urn:robin:problem:1}problem"
_LONGEST_RECEIPT = 16 * 1024
_LONGEST_PROBLEM = 8 * 1024
_KIND = "urn:robin:problem:"


def parcel_answer(stanza: Element, stanza_id: str) -> ParcelAnswer:
    """The answer in a message that was waited for. A receipt that is none is left to the check of its signature."""
    receipt, code = stanza.find(RECEIPT), stanza.find(CODE)
    if stanza.get("type") != "error" and receipt is not None:
        return ParcelAnswer(stanza_id, _text(receipt), _text(code), 0, "")
    problem = next(stanza.iter(PROBLEM), None)
    if problem is None:
        return ParcelAnswer(stanza_id, "", "", 0, condition_of(stanza) or "no answer of a desk")
    status = problem.get("status", "")
    return ParcelAnswer(stanza_id, "", "", int(status) if status.isascii() and status.isdigit() else 0, _word(problem))


def _text(element: Element | None) -> str:
    text = (element.text or "").strip() if element is not None else ""
    return text if len(text) <= _LONGEST_RECEIPT else ""


def _word(problem: Element) -> str:
    """The last word of the problem's type, or ''."""
    text = problem.text or ""
    try:
        found = json.loads(text) if len(text) <= _LONGEST_PROBLEM else {}
    except (ValueError, RecursionError):
        return ""
    kind = found.get("type") if isinstance(found, dict) else None
    return kind.removeprefix(_KIND)[:40] if isinstance(kind, str) else ""
