"""The checks of a stored report, done again each time an officer opens it, and their results in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from messenger.desk.intake import Intake
from messenger.desk.problems import Problem
from messenger.domain.errors import EvidenceRefused
from messenger.evidence.report import SignedReport, check_sealed_file, read_identity, read_items
from messenger.evidence.schema import Schemas
from messenger.i18n import ntr, tr


@dataclass(frozen=True, slots=True)
class Check:
    """`good` None: there was nothing to check, or it is for a person to weigh."""

    name: str
    good: bool | None
    words: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A stored report, opened. `entries` and `reporter` are None where their file does not hold."""

    signed: SignedReport
    entries: list[dict[str, Any]] | None
    reporter: dict[str, Any] | None
    checks: tuple[Check, ...]

    @property
    def whole(self) -> bool:
        return all(one.good is not False for one in self.checks)


def open_stored(
    intake: Intake, schemas: Schemas, stored_digest: str, report: bytes, items: bytes, identity: bytes
) -> Opened | None:
    """Open and check all of a stored report; None when not even the report itself opens (the store was damaged)."""
    try:
        signed = intake.open(report)
    except Problem:
        return None
    checks = [
        Check(tr("Signature"), True, tr("fits the reporter's key, and the form is right")),
        Check(tr("Digest"), signed.digest == stored_digest, signed.digest),
    ]
    entries: list[dict[str, Any]] | None = None
    reporter: dict[str, Any] | None = None
    try:
        check_sealed_file(signed, "items", items)
        entries = read_items(signed, intake.unseal(items), schemas)
        words = ntr("{n} line fits its digest and the Merkle root", "{n} lines fit their digest and the Merkle root", len(entries))
        checks.append(Check(tr("Messages"), True, words))
    except (EvidenceRefused, Problem):
        checks.append(Check(tr("Messages"), False, tr("changed since they were signed")))
    try:
        check_sealed_file(signed, "identity", identity)
        reporter = read_identity(signed, intake.unseal(identity), schemas)
        checks.append(Check(tr("Name part"), True, tr("sealed, fits its digest")))
    except (EvidenceRefused, Problem):
        checks.append(Check(tr("Name part"), False, tr("changed since it was signed")))
    checks.append(_journal(signed, entries or []))
    checks.append(_duplicates(signed))
    return Opened(signed, entries, reporter, tuple(checks))


def _journal(signed: SignedReport, entries: list[dict[str, Any]]) -> Check:
    """The lines' places in the app's journal: each before its head, and growing as the lines do."""
    head = signed.body["evidence"]["journal"]
    if head is None:
        return Check(tr("App's journal"), None, tr("none was sent"))
    places = [entry["journal"]["index"] for entry in entries if entry.get("journal")]
    if any(place > head["index"] for place in places):
        return Check(tr("App's journal"), False, tr("a line stands after the journal's end"))
    if places != sorted(set(places)):
        # Lines from an archive can be written down later than newer live ones.
        return Check(tr("App's journal"), None, tr("lines were not written in the order of their time"))
    words = ntr("{n} line was written before the report", "{n} lines were written before the report, in order", len(places))
    return Check(tr("App's journal"), True, words)


def _duplicates(signed: SignedReport) -> Check:
    count = signed.body["evidence"]["integrity"]["dup_stanza_ids"]
    if not count:
        return Check(tr("Server ids"), True, tr("no message came with a false one"))
    return Check(
        tr("Server ids"), None, ntr("{n} message came with a false one", "{n} messages came with a false one", count)
    )
