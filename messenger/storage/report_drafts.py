"""Unfinished reports in the encrypted store, the details that are asked only once, and keys where no key store is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from messenger.domain.evidence import CapturedMessage, JournalHead, Occupant, RoomFacts, Snapshot
from messenger.domain.report import Draft, DraftSummary
from messenger.storage import snapshots
from messenger.storage.connection import Connection, Row, scalar
from messenger.storage.pages import Names


def find(conn: Connection, account: str, counterpart: str, conversation: int | None) -> Draft | None:
    """The newest draft about the same conversation, or about the same person where there is none."""
    row = conn.execute(
        "SELECT * FROM report_drafts WHERE addendum_of = '' AND conversation IS ? AND (conversation IS NOT NULL"
        " OR (account = ? AND counterpart = ?)) ORDER BY updated_at DESC, rowid DESC LIMIT 1",
        (conversation, account, counterpart),
    ).fetchone()
    return None if row is None else _draft(row)


def get(conn: Connection, id: str) -> Draft | None:
    """A draft, or None."""
    row = conn.execute("SELECT * FROM report_drafts WHERE id = ?", (id,)).fetchone()
    return None if row is None else _draft(row)


def addendum(conn: Connection, report_id: str) -> Draft | None:
    """The draft of later evidence for a report, or None."""
    row = conn.execute("SELECT * FROM report_drafts WHERE addendum_of = ? LIMIT 1", (report_id,)).fetchone()
    return None if row is None else _draft(row)


def addendum_of(conn: Connection, id: str) -> str:
    """The report to which this draft adds something, or '' for a report of its own or no draft at all."""
    return str(scalar(conn, "SELECT addendum_of FROM report_drafts WHERE id = ?", (id,)) or "")


def every(conn: Connection) -> tuple[DraftSummary, ...]:
    """All drafts of reports, the newest first."""
    rows = conn.execute(
        "SELECT id, counterpart, updated_at FROM report_drafts WHERE addendum_of = ''"
        " ORDER BY updated_at DESC, rowid DESC"
    ).fetchall()
    return tuple(DraftSummary(str(row[0]), str(row[1]), str(row[2])) for row in rows)


def add(conn: Connection, draft: Draft, addendum_of: str = "") -> None:
    """Keep a new draft, of a report or of later evidence for one."""
    conn.execute(
        "INSERT INTO report_drafts(id, account, counterpart, conversation, snapshot, questionnaire, interview, chosen,"
        " left_out, started_at, updated_at, occupant, addendum_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (draft.id, *_values(draft), addendum_of),
    )


def put(conn: Connection, draft: Draft) -> bool:
    """Keep the newest state of a draft; False when it is gone, so that a late save never brings it back."""
    changed = conn.execute(
        "UPDATE report_drafts SET account = ?, counterpart = ?, conversation = ?, snapshot = ?, questionnaire = ?,"
        " interview = ?, chosen = ?, left_out = ?, started_at = ?, updated_at = ?, occupant = ? WHERE id = ?",
        (*_values(draft), draft.id),
    )
    return changed.rowcount == 1


def drop(conn: Connection, id: str) -> bool:
    """Erase a draft; False when there was none."""
    return conn.execute("DELETE FROM report_drafts WHERE id = ?", (id,)).rowcount == 1


def details(conn: Connection) -> dict[str, str]:
    """What was given about the reporter before, by field."""
    return {str(row[0]): str(row[1]) for row in conn.execute("SELECT field, value FROM report_details")}


def set_details(conn: Connection, values: Mapping[str, str]) -> None:
    """Keep these fields in place of the ones before."""
    conn.execute("DELETE FROM report_details")
    conn.executemany("INSERT INTO report_details(field, value) VALUES (?, ?)", list(values.items()))


def key(conn: Connection, account: str) -> str | None:
    """The reporter's kept secret for an account ('' when signed out), or None."""
    found = scalar(conn, "SELECT secret FROM reporter_keys WHERE account = ?", (account,))
    return None if found is None else str(found)


def add_key(conn: Connection, account: str, secret: str) -> str:
    """Keep a secret unless there is one; returns the one that is kept."""
    conn.execute("INSERT OR IGNORE INTO reporter_keys(account, secret) VALUES (?, ?)", (account, secret))
    kept = key(conn, account)
    assert kept is not None
    return kept


def drop_key(conn: Connection, account: str) -> None:
    """Erase the secret of an account."""
    conn.execute("DELETE FROM reporter_keys WHERE account = ?", (account,))


@dataclass(frozen=True, slots=True)
class Lines:
    """A run of a snapshot with the counts over the whole: `context` are ids that go too, `names` by message."""

    messages: tuple[CapturedMessage, ...]
    names: Mapping[int, str]
    has_older: bool
    has_newer: bool
    total: int
    chosen: frozenset[int]
    context: frozenset[int]


def lines(
    conn: Connection,
    draft: Draft,
    reach: int,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 100,
    newest: bool = False,
) -> Lines:
    """A run of the draft's snapshot; `reach` lines before and after each chosen one go too unless left out."""
    snap = draft.snapshot
    if snap is None:
        return Lines((), {}, False, False, 0, frozenset(), frozenset())
    ids = snapshots.all_ids(conn, snap)
    chosen, context = went(ids, draft.chosen, draft.left_out, reach)
    limit = max(1, min(limit, 500))
    start, end = _window(ids, before, after, around, limit, newest)
    found = snapshots.captured(conn, snap, ids[start:end])
    called = Names(conn, snap.conversation)
    names = {one.message: called.of(one.direction.value, one.sender, one.kind) for one in found}
    return Lines(found, names, start > 0, end < len(ids), len(ids), chosen, context)


def went(
    ids: Sequence[int], chosen: Sequence[int], left_out: Sequence[int], reach: int
) -> tuple[frozenset[int], frozenset[int]]:
    """(chosen, context) of a selection: which of `ids` go because they were chosen, and which go too."""
    removed, wanted = set(left_out), set(chosen)
    places = [place for place, one in enumerate(ids) if one in wanted]
    near = {ids[at] for place in places for at in range(max(0, place - reach), min(len(ids), place + reach + 1))}
    picked = frozenset(ids[place] for place in places) - removed
    return picked, frozenset(near - wanted - removed)


def _window(
    ids: Sequence[int], before: int | None, after: int | None, around: int | None, limit: int, newest: bool
) -> tuple[int, int]:
    """The run's place in `ids`; an anchor that is not there counts as the place right before the next id."""
    if before is not None:
        end = _place(ids, before)
        return max(0, end - limit), end
    if after is not None:
        start = _place(ids, after) + (after in ids)
    elif around is not None:
        start = _place(ids, around) - limit // 2
    else:
        start = len(ids) - limit if newest else 0
    start = max(0, min(start, len(ids) - 1))
    return start, min(len(ids), start + limit)


def _place(ids: Sequence[int], anchor: int) -> int:
    for wanted in (anchor, anchor + 1):
        if wanted in ids:
            return ids.index(wanted)
    return next((place for place, one in enumerate(ids) if one > anchor), len(ids))


def _values(draft: Draft) -> tuple[object, ...]:
    snap = draft.snapshot
    return (
        draft.account,
        draft.counterpart,
        snap.conversation if snap else None,
        json.dumps(asdict(snap)) if snap else "",
        draft.questionnaire_sha256,
        json.dumps(draft.interview),
        json.dumps(draft.chosen),
        json.dumps(draft.left_out),
        draft.started_at,
        draft.updated_at,
        json.dumps(asdict(draft.occupant)) if draft.occupant else "",
    )


def _draft(row: Row) -> Draft:
    return Draft(
        id=str(row["id"]),
        snapshot=snapshot_of(json.loads(row["snapshot"])) if row["snapshot"] else None,
        questionnaire_sha256=str(row["questionnaire"]),
        interview=json.loads(row["interview"]),
        chosen=tuple(json.loads(row["chosen"])),
        left_out=tuple(json.loads(row["left_out"])),
        account=str(row["account"]),
        counterpart=str(row["counterpart"]),
        started_at=str(row["started_at"]),
        updated_at=str(row["updated_at"]),
        occupant=Occupant(**json.loads(row["occupant"])) if row["occupant"] else None,
    )


def snapshot_of(found: dict[str, Any]) -> Snapshot:
    """A snapshot from its kept form."""
    room = found["room"]
    if room is not None:
        room = RoomFacts(**{**room, "me": Occupant(**room["me"]), "features": tuple(room["features"])})
    return Snapshot(**{**found, "head": JournalHead(**found["head"]), "room": room})
