"""History, read for evidence: everything as it stood at the click on Report, nothing that came later (F17, F18).

A snapshot is the journal's head at the click. A line counts when its entry is at or before the head, an edit or an
archive's confirmation likewise; so two readings of one snapshot are equal as long as nothing is erased.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from messenger.domain.evidence import CapturedMessage, EditRecord, Snapshot
from messenger.domain.message import ArchiveId, Direction, Via
from messenger.storage import conversations, journal, rooms
from messenger.storage.connection import Connection, Row, scalar
from messenger.storage.lines import media_of, occupant_of, raw_of, times_of

_THEN = " WHERE m.conversation = ? AND m.journal_index <= ? AND (m.merged IS NULL OR m.merged > ?)"
_COLUMNS = (
    "SELECT m.*, s.xml, s.sha256, s.media_free_xml, s.media_free_sha256 FROM messages m"
    " LEFT JOIN stanzas s ON s.id = m.stanza AND (m.stanza_journal IS NULL OR m.stanza_journal <= ?)"
)


@dataclass(frozen=True, slots=True)
class CapturedPage:
    """A run of captured messages in order of time, and whether there are more on either side."""

    messages: tuple[CapturedMessage, ...]
    has_older: bool
    has_newer: bool


def snapshot(conn: Connection, conversation: int, at: str) -> Snapshot:
    """Fix the conversation as it is now. Raises `KeyError` when there is no such conversation."""
    account, counterpart = conversations.ends(conn, conversation)
    head = journal.head(conn)
    total = int(scalar(conn, "SELECT count(*) FROM messages m" + _THEN, (conversation, head.index, head.index)))
    return Snapshot(conversation, account, counterpart, head, at, total, rooms.facts(conn, conversation))


def captured(conn: Connection, snap: Snapshot, ids: Sequence[int]) -> tuple[CapturedMessage, ...]:
    """These messages as of the snapshot, in order of time; ids that are not of it are absent."""
    return _captured(conn, snap, _ranked(conn, snap, _BY_ID, ids))


def around(conn: Connection, snap: Snapshot, ids: Sequence[int], lines: int) -> tuple[CapturedMessage, ...]:
    """These messages and as many `lines` before and after each, in order of time."""
    places = _ranked(conn, snap, _BY_ID, ids)
    near = {seq for place in places.values() for seq in range(place - lines, place + lines + 1)}
    return _captured(conn, snap, _ranked(conn, snap, _BY_SEQ, sorted(near)))


def all_ids(conn: Connection, snap: Snapshot) -> tuple[int, ...]:
    """Every message of the snapshot, in order of time."""
    return tuple(int(row[0]) for row in conn.execute(_LINES + _IN_ORDER, (*_bounds(snap), -1)))


def page(
    conn: Connection,
    snap: Snapshot,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 100,
) -> CapturedPage:
    """A run of the snapshot: the newest, or before, after or around a message id (of another chat: the newest)."""
    anchor = before if before is not None else after if after is not None else around
    place = conn.execute(_PLACE, (anchor, snap.conversation)).fetchone() if anchor is not None else None
    bounds = _bounds(snap)
    if place is None:
        older, newer = _ids(conn, _LINES + _BACK, (*bounds, limit + 1)), _NONE
        room = (limit, 0)
    elif before is not None:
        older, newer = _ids(conn, _LINES + _BELOW + _BACK, (*bounds, *place, limit + 1)), _NONE
        room = (limit, 0)
    elif after is not None:
        older, newer = _NONE, _ids(conn, _LINES + _ABOVE + _IN_ORDER, (*bounds, *place, limit + 1))
        room = (0, limit)
    else:
        room = (limit // 2, limit - limit // 2)
        older = _ids(conn, _LINES + _BELOW + _BACK, (*bounds, *place, room[0] + 1))
        newer = _ids(conn, _LINES + _FROM + _IN_ORDER, (*bounds, *place, room[1] + 1))
    run = older[: room[0]][::-1] + newer[: room[1]]
    first = _rank(conn, snap, run[0]) if run else 1
    places = {number: first + index for index, number in enumerate(run)}
    has_older = len(older) > room[0] or (after is not None and place is not None)
    has_newer = len(newer) > room[1] or (before is not None and place is not None)
    return CapturedPage(_captured(conn, snap, places), has_older, has_newer)


_NONE: list[int] = []
_LINES = "SELECT m.id FROM messages m INDEXED BY messages_order" + _THEN
_IN_ORDER = " ORDER BY m.sort_at, m.id LIMIT ?"
_BACK = " ORDER BY m.sort_at DESC, m.id DESC LIMIT ?"
_BELOW = " AND (m.sort_at, m.id) < (?, ?)"
_FROM = " AND (m.sort_at, m.id) >= (?, ?)"
_ABOVE = " AND (m.sort_at, m.id) > (?, ?)"
_PLACE = "SELECT sort_at, id FROM messages WHERE id = ? AND conversation = ?"
_RANKS = (
    "SELECT id, seq FROM (SELECT m.id AS id, row_number() OVER (ORDER BY m.sort_at, m.id) AS seq"
    " FROM messages m INDEXED BY messages_order" + _THEN + ")"
)
_BY_ID = _RANKS + " WHERE id IN (SELECT value FROM json_each(?))"
_BY_SEQ = _RANKS + " WHERE seq IN (SELECT value FROM json_each(?))"


def _bounds(snap: Snapshot) -> tuple[int, int, int]:
    return snap.conversation, snap.head.index, snap.head.index


def _ids(conn: Connection, sql: str, values: Sequence[object]) -> list[int]:
    return [int(row[0]) for row in conn.execute(sql, values)]


def _ranked(conn: Connection, snap: Snapshot, sql: str, values: Sequence[int]) -> dict[int, int]:
    """Message to place, counted from 1, for some ids or places."""
    rows = conn.execute(sql, (*_bounds(snap), json.dumps(list(values))))
    return {int(row["id"]): int(row["seq"]) for row in rows}


def _rank(conn: Connection, snap: Snapshot, message: int) -> int:
    place = conn.execute(_PLACE, (message, snap.conversation)).fetchone()
    assert place is not None
    return 1 + int(scalar(conn, "SELECT count(*) FROM messages m" + _THEN + _BELOW, (*_bounds(snap), *place)))


def _captured(conn: Connection, snap: Snapshot, places: dict[int, int]) -> tuple[CapturedMessage, ...]:
    head = snap.head.index
    found = []
    for number, seq in sorted(places.items(), key=lambda item: item[1]):
        row = conn.execute(_COLUMNS + " WHERE m.id = ?", (head, number)).fetchone()
        if row is not None:
            found.append(_message(row, seq, head, _edits(conn, number, head)))
    return tuple(found)


def _message(row: Row, seq: int, head: int, edits: tuple[EditRecord, ...]) -> CapturedMessage:
    confirmed = row["archive_journal"] is None or row["archive_journal"] <= head
    archive = ArchiveId(str(row["archive_by"]), str(row["archive_id"])) if row["archive_id"] and confirmed else None
    return CapturedMessage(
        message=int(row["id"]),
        seq=seq,
        direction=Direction(row["direction"]),
        via=Via(row["via"]),
        sender=str(row["sender"]),
        to=str(row["recipient"]),
        kind=str(row["kind"]),
        stanza_id=str(row["stanza_id"]),
        origin_id=str(row["origin_id"]),
        archive_id=archive,
        duplicate_archive_ids=bool(row["duplicate_archive_ids"]),
        body=str(row["body"]),
        lang=str(row["lang"]),
        times=times_of(row, archive=confirmed),
        raw=raw_of(row),
        edits=edits,
        reply_to=str(row["reply_to"]),
        media=media_of(str(row["media"])),
        encryption=str(row["encryption"]),
        journal_index=int(row["journal_index"]),
        journal_hash=str(row["journal_hash"]),
        occupant=occupant_of(row),
    )


def _edits(conn: Connection, message: int, head: int) -> tuple[EditRecord, ...]:
    rows = conn.execute(
        "SELECT e.*, s.xml, s.sha256, s.media_free_xml, s.media_free_sha256 FROM edits e"
        " LEFT JOIN stanzas s ON s.id = e.stanza AND (e.stanza_journal IS NULL OR e.stanza_journal <= ?)"
        " WHERE e.message = ? AND e.journal_index <= ? ORDER BY e.sort_at, e.id",
        (head, message, head),
    )
    return tuple(
        EditRecord(
            str(row["kind"]),
            str(row["body"]),
            str(row["sender"]),
            times_of(row),
            raw_of(row),
            int(row["journal_index"]),
            ArchiveId(str(row["archive_by"]), str(row["archive_id"])) if row["archive_id"] else None,
        )
        for row in rows
    )
