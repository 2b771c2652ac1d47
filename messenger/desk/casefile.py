"""Everything that the store holds about one case, read in one moment, and its sealed parts opened and checked."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from messenger.desk import addenda, cases, cases_found, checks, consents, corroboration, journal
from messenger.desk.bench import Bench
from messenger.desk.checks import Later, Opened
from messenger.desk.lines import Mark
from messenger.desk.moments import clock_time, day
from messenger.domain.errors import EvidenceRefused
from messenger.evidence.visible import escaped
from messenger.evidence.withdrawal import Withdrawal, open_withdrawal
from messenger.i18n import tr


@dataclass(frozen=True, slots=True)
class Stored:
    """A case as the store holds it. `identity_at` is when this officer opened name and contact, if ever."""

    row: sqlite3.Row
    items: bytes
    identity: bytes
    sent: Sequence[sqlite3.Row]
    came: Sequence[sqlite3.Row]
    history: Sequence[sqlite3.Row]
    entries: Sequence[sqlite3.Row]
    addenda: Sequence[sqlite3.Row]
    consents: Sequence[sqlite3.Row]
    withdrawal: sqlite3.Row | None
    marks: corroboration.Marks
    openings: Sequence[sqlite3.Row]
    identity_at: float | None

    @property
    def report_id(self) -> str:
        return str(self.row["report_id"])


def load(db: sqlite3.Connection, report_id: str, officer: str) -> Stored | None:
    """The case as it is now; None when it is gone."""
    row = cases.known(db, report_id)
    if row is None:
        return None
    return Stored(
        row=row,
        items=cases.body(db, report_id, "items") or b"",
        identity=cases.body(db, report_id, "identity") or b"",
        sent=cases.messages(db, report_id),
        came=cases.replies(db, report_id),
        history=cases.history(db, report_id),
        entries=journal.entries(db, row["case_number"], 50),
        addenda=addenda.of_report(db, report_id),
        consents=consents.of_report(db, report_id),
        withdrawal=cases.withdrawal(db, report_id),
        marks=corroboration.marks(db, report_id),
        openings=cases_found.openings(db, row["case_number"]),
        identity_at=cases_found.opened_at(db, report_id, officer),
    )


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its parts opened. `wish` is None where nothing was taken back, or the letter does not open any more."""

    stored: Stored
    opened: Opened
    later: Sequence[Later]
    wish: Withdrawal | None


def open_case(bench: Bench, stored: Stored) -> CaseFile | None:
    """Open and check all that is sealed; None when not even the report itself opens."""
    row = stored.row
    opened = checks.open_stored(
        bench.intake, bench.schemas, row["digest"], row["sealed"], stored.items, stored.identity
    )
    if opened is None:
        return None
    later = checks.open_addenda(bench.intake, bench.keys, bench.schemas, opened.signed, stored.addenda)
    wish: Withdrawal | None = None
    if stored.withdrawal is not None:
        keys = opened.signed.reporter_keys()
        try:
            wish = open_withdrawal(stored.withdrawal["sealed"], bench.keys.sealing, keys, stored.report_id)
        except EvidenceRefused:
            wish = None
    return CaseFile(stored, opened, later, wish)


def marks(stored: Stored) -> Mapping[int, Sequence[Mark]]:
    """What this desk found by itself, by line, in words."""
    found: dict[int, list[Mark]] = {}
    for seq, some in stored.marks.lines.items():
        for one in some:
            at = f"{day(one.at)} {clock_time(one.at)}"
            words = tr("Read by this desk in the archive of {by}, {at}.")
            if one.level == "A3":
                words = tr("Sent to us by the server {by}, {at}.")
            found.setdefault(seq, []).append(Mark(one.level, words.format(by=escaped(one.by), at=at)))
    for wrong in stored.marks.findings:
        if wrong.seq:
            found.setdefault(wrong.seq, []).append(Mark("", _wrong(wrong)))
    return found


def outside(stored: Stored) -> list[str]:
    """What this desk found that belongs to no line."""
    found = [_wrong(one) for one in stored.marks.findings if not one.seq]
    read = {
        "refused": tr("The room did not let this desk read its archive."),
        "none": tr("There is no room that this desk could read."),
    }
    return [*found, *(read[one] for one in (stored.marks.room_read,) if one in read)]


def _wrong(one: corroboration.Finding) -> str:
    words = {
        "differs": tr("The message that {by} sent us differs from this one."),
        "missing": tr("{by} has no message under this id."),
        "other": tr("{by} sent us a message that is none of these."),
    }
    return words.get(one.kind, one.kind).format(by=escaped(one.by))
