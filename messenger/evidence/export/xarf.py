"""XARF v4.2 (xarf.org), the report that abuse desks of hosters read, as JSON bytes.

Only what XARF has a type for: content/csem, content/fraud, content/phishing, messaging/spam. Bullying, threats and
self-harm have none, nor has anything done to an adult that is not a fraud: `NoSuchForm` then. Never any visual content.
The reporter is left out unless the caller asks: such a report may land at the very server of the reported party.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from messenger.domain.errors import NoSuchForm
from messenger.evidence.canonical import canonical, unb64u
from messenger.evidence.export.dossier import Dossier, Part, best_time, domain, moment

VERSION = "4.2.0"
_PREFIX = "xarf:"
# Which of a report's codes speaks for it: the first of its category's that the report has. The codes themselves are the
# questionnaire's, which also knows that csem is about children only.
_CODES = {
    "grooming": ("content/csem:grooming",),
    "meeting": ("content/csem:grooming",),
    "sexual": ("content/csem:solicitation",),
    "blackmail": ("content/csem:sextortion",),
    "deception": ("content/fraud", "content/phishing", "messaging/spam"),
}
_PLAIN = {category: found[0] for category, found in _CODES.items() if category != "deception"}
_AGES = {"under_13": "prepubescent", "13_15": "pubescent", "16_17": "pubescent"}
_PIECE_BYTES = 4 * 1024 * 1024  # below the 5 MB that one item of evidence may have
_MOST_PIECES = 50
_DOMAIN = re.compile(r"([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_REPORTER = "the reporter"


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who makes or sends a report, as XARF names it. `contact` is an e-mail address, `domain` a host name."""

    org: str
    contact: str
    domain: str


def xarf_report(dossier: Dossier, desk: Organisation | None = None, named: bool = False) -> dict[str, Any]:
    """The XARF report. `desk` is taken from the report when not given; `named` gives the reporter's address away.

    Raises `NoSuchForm` when XARF has no type for it, when nobody with an address is reported, or when the report names
    no desk that could stand for it.
    """
    code = _code(dossier)
    accused = dossier.accused
    desk = desk or _desk(dossier)
    if not code or not accused or desk is None:
        raise NoSuchForm("xarf")
    family, _, kind = code.partition(":")
    category, _, type_ = family.partition("/")
    evidence = list(_evidence(dossier, named))
    found: dict[str, Any] = {
        "xarf_version": VERSION,
        "report_id": dossier.report["report_id"],
        "timestamp": _incident_at(dossier),
        "reporter": asdict(desk),
        "sender": asdict(_sender(dossier, desk, named)),
        "source_identifier": accused,
        "category": category,
        "type": type_,
        "evidence_source": "user_complaint" if category == "messaging" else "user_report",
        "evidence": evidence[:_MOST_PIECES],
        "tags": _tags(dossier),
        "description": _description(dossier, len(evidence) > _MOST_PIECES),
    }
    if category == "messaging":
        return {**found, **_spam(dossier)}
    found["url"] = f"xmpp:{quote(accused, safe='@/')}"  # RFC 5122
    found["verification_method"] = "user_report"
    if _DOMAIN.fullmatch(domain(accused)):
        found["domain"] = domain(accused)
    return {**found, **_specific(dossier, type_, kind)}


def xarf_bytes(dossier: Dossier, desk: Organisation | None = None, named: bool = False) -> bytes:
    """The XARF report as a file: canonical JSON. Raises `NoSuchForm`."""
    return canonical(xarf_report(dossier, desk, named))


def _code(dossier: Dossier) -> str:
    """The code of the report's own category, else of one that is ticked beside it, else ''."""
    report = dossier.report
    given = dossier.codes(_PREFIX, _PLAIN)
    for category in (report["category"], *report["also"]):
        for code in _CODES.get(category, ()):
            if code in given:
                return code
    return ""


def _desk(dossier: Dossier) -> Organisation | None:
    """The desk that the report was made for. Its address for mail is RFC 2142's where the report names none."""
    to = dossier.report["sent_to"]
    parts = urlsplit(to["base"])
    mail = parts.path if parts.scheme == "mailto" else to["jid"]
    host = domain(mail) if mail else parts.hostname
    if not host:
        return None
    return Organisation(to["name"][:200], mail if "@" in mail else f"abuse@{host}", host)


def _sender(dossier: Dossier, desk: Organisation, named: bool) -> Organisation:
    jid = dossier.report["reporter"]["jid"]
    if not named or "@" not in jid:
        return desk
    return Organisation(f"user of {domain(jid)}"[:200], jid, domain(jid))


def _incident_at(dossier: Dossier) -> str:
    """When it last happened, as far as anything says so with a whole time."""
    stamps = [best_time(one["times"]) for part in dossier.parts for one in part.highlighted]
    stamps += [dossier.report["incident"]["last_at"] or "", dossier.report["incident"]["first_at"] or ""]
    return next((one for one in reversed(sorted(stamps)) if moment(one)), str(dossier.report["created_at"]))


def _evidence(dossier: Dossier, named: bool) -> Iterator[dict[str, Any]]:
    """The shown messages as JSON, in pieces that each fit; what was added later in pieces of its own."""
    for part in dossier.parts:
        yield from _pieces(dossier, part, named)


def _pieces(dossier: Dossier, part: Part, named: bool) -> Iterator[dict[str, Any]]:
    pieces: list[list[dict[str, Any]]] = [[]]
    size = 0
    for item in part.shown:
        line = _line(item, named)
        length = len(canonical(line))
        if size and size + length > _PIECE_BYTES:
            pieces.append([])
            size = 0
        pieces[-1].append(line)
        size += length
    for lines in filter(None, pieces):
        data = canonical({"report_id": dossier.report["report_id"], "digest": part.digest, "messages": lines})
        yield {
            "content_type": "application/json",
            "description": f"Messages {lines[0]['seq']} to {lines[-1]['seq']}, text only{', added later' if part.id else ''}",
            "payload": base64.b64encode(data).decode("ascii"),
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "size": len(data),
        }


def _line(item: dict[str, Any], named: bool) -> dict[str, Any]:
    incoming = item["dir"] == "in"
    return {
        "seq": item["seq"],
        "at": best_time(item["times"]),
        "from": item["from"] if named or incoming else _REPORTER,
        "to": item["to"] if named or not incoming else _REPORTER,
        "id": item["id"],
        "archive_id": item["stanza_id"]["id"] if item["stanza_id"] else None,
        "body": item["body"],
        "chosen": item["highlighted"],
        "changes": [{"kind": one["kind"], "at": best_time(one["times"]), "body": one["body"]} for one in item["edits"]],
        "files": [_file(one) for one in item["media_refs"]],
    }


def _file(media: dict[str, Any]) -> dict[str, Any]:
    # A key may stand behind the # of an address (XEP-0454); it is for the authority alone.
    url = media["url"].partition("#")[0] if media["url"] else None
    return {"name": media["name"], "mime": media["mime"], "size": media["size"], "url": url, "hashes": media["hashes"]}


def _tags(dossier: Dossier) -> list[str]:
    tags = [f"urgency:{dossier.report['urgency']['tier']}", f"report-sha256:{unb64u(dossier.digest).hex()}"]
    return [*tags, f"case:{dossier.case_number.lower()}"] if dossier.case_number else tags


def _description(dossier: Dossier, more: bool) -> str:
    """Fixed English words: XARF is read by machines and operators everywhere. `more`: not all messages fit."""
    rest = " There are more messages than this format holds; ask the sender of this report." if more else ""
    said = dossier.report["declaration"]["text_shown"]
    return (
        "A person reported this account with a chat program. This is what they say, not a finding. "
        f"Case {dossier.name}, digest of the signed report {dossier.digest}.{rest} They declared: {said}"
    )[:1000]


def _specific(dossier: Dossier, type_: str, kind: str) -> dict[str, Any]:
    if type_ == "fraud":
        return {"fraud_type": "other"}
    if type_ == "phishing":
        return {"lure_type": "other"}
    ages = {_AGES.get(one["age_band"], "unknown") for one in dossier.report["affected"]}
    files = any(one["media_refs"] for one in dossier.shown)
    return {
        "exploitation_type": kind,
        "victim_age_range": ages.pop() if len(ages) == 1 else "unknown",
        "detection_method": "user_report",
        "platform": "messaging_app",
        "evidence_type": ["chat_logs", "metadata"] if files else ["chat_logs"],
        "perpetrator_indicators": {"account_id": dossier.accused},
    }


def _spam(dossier: Dossier) -> dict[str, Any]:
    found: dict[str, Any] = {"protocol": "chat"}
    first = next(dossier.own.highlighted, None)
    if first and first["id"] and len(first["id"]) <= 200:
        found["message_id"] = first["id"]
    if first and first["lang"] and _LANGUAGE.fullmatch(first["lang"]):
        found["language"] = first["lang"]
    return found
