"""The checks of a stored report, done again each time an officer opens it, and their results in words."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from messenger.desk.intake import Intake
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import clock_time, day, from_rfc3339
from messenger.desk.problems import Problem
from messenger.domain.errors import EvidenceRefused
from messenger.evidence.addendum import TYPE, SignedAddendum, open_addendum
from messenger.evidence.report import SignedReport, check_sealed_file, read_identity, read_items
from messenger.evidence.schema import Schemas
from messenger.i18n import ntr, tr


@dataclass(frozen=True, slots=True)
class Check:
    """`good` None: there was nothing to check, or it is for a person to weigh.

    `found`: not good, but a finding about the messages and no sign that the report was changed.
    """

    name: str
    good: bool | None
    words: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A stored report, opened. `entries` and `reporter` are None where their file does not hold."""

    signed: SignedReport
    entries: list[dict[str, Any]] | None
    reporter: dict[str, Any] | None
    checks: tuple[Check, ...]

    @property
    def whole(self) -> bool:
        return _whole(self.checks)


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
        checks.append(_lines(len(entries)))
    except (EvidenceRefused, Problem):
        checks.append(Check(tr("Messages"), False, tr("changed since they were signed")))
    try:
        check_sealed_file(signed, "identity", identity)
        reporter = read_identity(signed, intake.unseal(identity), schemas)
        checks.append(Check(tr("Name part"), True, tr("sealed, fits its digest")))
    except (EvidenceRefused, Problem):
        checks.append(Check(tr("Name part"), False, tr("changed since it was signed")))
    manifest = signed.body["evidence"]
    checks += [_journal(manifest, entries or []), *_findings(manifest)]
    return Opened(signed, entries, reporter, tuple(checks))


def _journal(manifest: dict[str, Any], entries: list[dict[str, Any]]) -> Check:
    """The lines' places in the app's journal: each before its head, and growing as the lines do."""
    head = manifest["journal"]
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


def _findings(manifest: dict[str, Any]) -> list[Check]:
    """What stands out over all lines: planted ids, and what the server's archive said to the reporter's program."""
    stated = manifest["integrity"]
    count = stated["dup_stanza_ids"]
    planted = ntr("{n} message came with a false one", "{n} messages came with a false one", count)
    checks = [
        Check(tr("Server ids"), not count, planted if count else tr("no message came with a false one"), found=bool(count))
    ]
    if stated["mam_same"] is None:
        checks.append(Check(tr("Server archive"), None, tr("the reporter's program did not ask it")))
        return checks
    words = tr("the reporter's program says: {same} the same, {found} under another id, {missing} missing, {differs} different")
    said = words.format(
        same=stated["mam_same"], found=stated["mam_found"], missing=stated["mam_missing"], differs=stated["mam_mismatch"]
    )
    asked_at = from_rfc3339(stated["asked_at"] or "")
    if asked_at is not None:
        said = f"{said} ({day(asked_at)} {clock_time(asked_at)})"
    good = None if stated["mam_missing"] else True
    differs = bool(stated["mam_mismatch"])
    checks.append(Check(tr("Server archive"), False if differs else good, said, found=differs))
    return checks


@dataclass(frozen=True, slots=True)
class Later:
    """A stored addendum, opened. `signed` is None where it does not open any more."""

    n: int
    at: float
    signed: SignedAddendum | None
    checks: tuple[Check, ...]

    @property
    def whole(self) -> bool:
        return _whole(self.checks)


def open_addenda(
    intake: Intake, keys: DeskKeys, schemas: Schemas, signed: SignedReport, rows: Sequence[sqlite3.Row]
) -> list[Later]:
    """Open and check a report's addenda in order: each of itself, and that it names the one before."""
    found: list[Later] = []
    before = signed.digest
    for row in rows:
        opened = _addendum(intake, keys, schemas, signed, row)
        if opened is None:
            broken = Check(tr("Signature"), False, tr("does not open any more"))
            found.append(Later(row["n"], row["at"], None, (broken,)))
        else:
            checks = [
                Check(tr("Signature"), True, tr("fits the reporter's key, and the form is right")),
                Check(tr("Digest"), opened.digest == row["digest"], opened.digest),
                _link(opened.prev_digest == before, row["n"]),
            ]
            manifest = opened.body["evidence"]
            if manifest is not None:
                checks += [_lines(len(opened.entries)), _journal(manifest, opened.entries), *_findings(manifest)]
            found.append(Later(row["n"], row["at"], opened, tuple(checks)))
        before = row["digest"]
    return found


def _addendum(
    intake: Intake, keys: DeskKeys, schemas: Schemas, signed: SignedReport, row: sqlite3.Row
) -> SignedAddendum | None:
    try:
        return intake.read_letter(
            row["sealed"],
            TYPE,
            lambda: open_addendum(row["sealed"], keys.sealing, signed.reporter_keys(), signed.report_id, schemas),
        )
    except Problem:
        return None


def _link(good: bool, n: int) -> Check:
    words = tr("follows the report") if n == 1 else tr("follows the one before")
    return Check(tr("Place"), good, words if good else tr("does not follow what stands before it"))


def _lines(n: int) -> Check:
    words = ntr("{n} line fits its digest and the Merkle root", "{n} lines fit their digest and the Merkle root", n)
    return Check(tr("Messages"), True, words)


def _whole(checks: Sequence[Check]) -> bool:
    return all(one.good is not False or one.found for one in checks)
