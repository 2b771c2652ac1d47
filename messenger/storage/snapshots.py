"""History, read for evidence: everything as it stood at the click on Report, nothing that came later (F17, F18).

A snapshot is the journal's head at the click. A line counts when its entry is at or before the head, an edit or an
archive's confirmation likewise; so two readings of one snapshot are equal as long as nothing is erased.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from messenger.domain.evidence import CapturedMessage, EditRecord, Snapshot
from messenger.domain.message import ArchiveId, Direction, Via
from messenger.storage import conversations, journal
from messenger.storage.connection import Connection, Row, scalar
from messenger.storage.lines import media_of, raw_of, times_of

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
    return Snapshot(conversation, account, counterpart, head, at, total)


def captured(conn: Connection, snap: Snapshot, ids: Sequence[int]) -> tuple[CapturedMessage, ...]:
    """These messages as of the snapshot, in order of time; ids that are not of it are absent."""
    wanted = set(ids)
    places = {number: seq for number, seq in _places(conn, snap) if number in wanted}
    return _captured(conn, snap, places)


def around(conn: Connection, snap: Snapshot, ids: Sequence[int], lines: int) -> tuple[CapturedMessage, ...]:
    """These messages and as many `lines` before and after each, in order of time."""
    wanted = set(ids)
    places = _places(conn, snap)
    near: set[int] = set()
    for index, (number, _seq) in enumerate(places):
        if number in wanted:
            near.update(range(max(0, index - lines), min(len(places), index + lines + 1)))
    return _captured(conn, snap, dict(places[index] for index in sorted(near)))


def all_ids(conn: Connection, snap: Snapshot) -> tuple[int, ...]:
    """Every message of the snapshot, in order of time."""
    return tuple(number for number, _seq in _places(conn, snap))


def page(
    conn: Connection,
    snap: Snapshot,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 100,
) -> CapturedPage:
    """A run of the snapshot: the newest, or before, after or around a message id."""
    places = _places(conn, snap)
    anchor = before if before is not None else after if after is not None else around
    at = next((index for index, (number, _seq) in enumerate(places) if number == anchor), None)
    if at is None:
        start, end = len(places) - limit, len(places)
    elif before is not None:
        start, end = at - limit, at
    elif after is not None:
        start, end = at + 1, at + 1 + limit
    else:
        start = max(0, at - limit // 2)
        end = start + limit
    start, end = max(0, start), min(len(places), end)
    return CapturedPage(_captured(conn, snap, dict(places[start:end])), start > 0, end < len(places))


def _places(conn: Connection, snap: Snapshot) -> list[tuple[int, int]]:
    """(message, place counted from 1) of the whole snapshot; read from the index alone."""
    rows = conn.execute(
        "SELECT m.id FROM messages m INDEXED BY messages_order" + _THEN + " ORDER BY m.sort_at, m.id",
        (snap.conversation, snap.head.index, snap.head.index),
    )
    return [(int(row[0]), seq) for seq, row in enumerate(rows, 1)]


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
        )
        for row in rows
    )
