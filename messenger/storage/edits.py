"""Corrections (XEP-0308) and retractions (XEP-0424): only by the same sender, appended, never written over.

The first words stay in the row for evidence; the window shows the newest correction, or that it was taken back.
An edit that arrives before its message (archives are read backwards) is a line of its own until then.
"""

from __future__ import annotations

from messenger.domain.message import IncomingMessage
from messenger.storage import journal
from messenger.storage.connection import Connection, Row, scalar
from messenger.storage.duplicates import same_sender
from messenger.storage.lines import stanza_row

CORRECTION, RETRACTION, MODERATION = "correction", "retraction", "retraction_by_room"
_FOUND = "SELECT id, sender, kind, direction, occupant_id, stay FROM messages"


def target(conn: Connection, conversation: int, message: IncomingMessage) -> int | None:
    """The stored message that this one edits, or None: unknown, of another sender, another kind, or itself."""
    wanted = message.retracts or message.corrects
    if not wanted or wanted in (message.stanza_id, message.origin_id):
        return None
    if message.moderates:
        # Only the room itself gets here (stream/rooms.py), and it names the message by the id that it gave.
        row = conn.execute(_BY_ROOM, (conversation, message.counterpart, wanted)).fetchone()
        return None if row is None else int(row["id"])
    for sql in (_BY_STANZA, _BY_ORIGIN, _BY_EDIT, _BY_ARCHIVE if message.kind == "groupchat" else ""):
        for row in conn.execute(sql, (conversation, wanted)) if sql else ():
            if _may(row, message):
                return int(row["id"])
    return None


_BY_STANZA = (
    _FOUND
    + " WHERE conversation = ? AND stanza_id = ? AND stanza_id <> '' AND merged IS NULL ORDER BY id DESC LIMIT 50"
)
_BY_ORIGIN = (
    _FOUND
    + " WHERE conversation = ? AND origin_id = ? AND origin_id <> '' AND merged IS NULL ORDER BY id DESC LIMIT 50"
)
_BY_ARCHIVE = (
    _FOUND
    + " WHERE conversation = ? AND archive_id = ? AND archive_id <> '' AND merged IS NULL ORDER BY id DESC LIMIT 50"
)
_BY_ROOM = (
    _FOUND + " WHERE conversation = ? AND archive_by = ? AND archive_id = ? AND archive_id <> '' AND merged IS NULL"
)
# Some clients name the last correction instead of the first message.
_BY_EDIT = (
    "SELECT m.id, m.sender, m.kind, m.direction, m.occupant_id, m.stay FROM edits e JOIN messages m ON m.id = e.message"
    " WHERE e.conversation = ? AND e.stanza_id = ? AND e.stanza_id <> '' ORDER BY e.id DESC LIMIT 50"
)


def _may(row: Row, message: IncomingMessage) -> bool:
    if row["kind"] != message.kind or row["direction"] != message.direction.value:
        return False
    if message.kind == "groupchat" and row["direction"] == "in":
        return _same_occupant(row, message)
    return message.kind == "groupchat" or same_sender(str(row["sender"]), message.sender, message.kind)


def _same_occupant(row: Row, message: IncomingMessage) -> bool:
    """By the room's lasting id; without one, by name as long as they never left (XEP-0308, section 5; S06)."""
    lasting = message.occupant.occupant_id if message.occupant is not None else ""
    if lasting or row["occupant_id"]:
        return bool(lasting == row["occupant_id"])
    return bool(message.stay) and row["stay"] == message.stay and row["sender"] == message.sender


def apply(conn: Connection, target: int, message: IncomingMessage) -> None:
    """Append an edit that arrived after its message."""
    kind = MODERATION if message.moderates else RETRACTION if message.retracts else CORRECTION
    digest = journal.digest_of(
        {
            "xml": message.raw.sha256,
            "media_free": message.raw.media_free_sha256,
            "from": message.sender,
            "ids": [message.stanza_id, message.origin_id, message.retracts or message.corrects],
            "body": message.body,
            "times": [message.times.received, message.times.delay, message.times.archive],
        }
    )
    index, _value = journal.append(conn, kind, message.times.received, digest)
    archive = message.archive_id
    add(
        conn,
        target,
        (
            kind,
            message.body,
            message.sender,
            message.stanza_id,
            message.origin_id,
            archive.by if archive else "",
            archive.id if archive else "",
            message.times.best,
            message.times.received,
            message.times.delay,
            message.times.archive,
            message.times.claimed,
            stanza_row(conn, message.raw),
            index,
        ),
    )


def add(conn: Connection, target: int, values: tuple[object, ...]) -> None:
    """Write the row of an edit and show its effect."""
    conn.execute(
        "INSERT INTO edits(message, conversation, kind, body, sender, stanza_id, origin_id, archive_by, archive_id,"
        " sort_at, received, delay, archived, claimed, stanza, journal_index)"
        " VALUES (?, (SELECT conversation FROM messages WHERE id = ?),?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (target, target, *values),
    )
    show(conn, target)


def show(conn: Connection, message: int) -> None:
    """Bring what the window shows up to the edits: taken back wins, else the newest correction."""
    retracted = bool(
        scalar(
            conn,
            "SELECT EXISTS (SELECT 1 FROM edits WHERE message = ? AND kind IN (?, ?))",
            (message, RETRACTION, MODERATION),
        )
    )
    moderated = scalar(
        conn, "SELECT EXISTS (SELECT 1 FROM edits WHERE message = ? AND kind = ?)", (message, MODERATION)
    )
    newest = scalar(
        conn,
        "SELECT body FROM edits WHERE message = ? AND kind = ? ORDER BY sort_at DESC, id DESC LIMIT 1",
        (message, CORRECTION),
    )
    conn.execute(
        "UPDATE messages SET shown = ?, edited = ?, retracted = ?, moderated = ? WHERE id = ?",
        ("" if retracted else newest, int(newest is not None), int(retracted), int(moderated), message),
    )


def adopt(conn: Connection, conversation: int, row: int, message: IncomingMessage) -> list[int]:
    """Edits that arrived before this new message become its edits; the ids of lines that are no lines any more."""
    merged: list[int] = []
    by_room = message.archive_id.id if message.kind == "groupchat" and message.archive_id is not None else ""
    for wanted in {message.stanza_id, message.origin_id, by_room} - {""}:
        early = conn.execute(_EARLY, (conversation, wanted, conversation, wanted, row)).fetchall()
        for one in early:
            allowed = wanted == by_room if one["moderation"] else _may(one, message)
            if allowed and one["id"] != row:
                _merge(conn, row, one)
                merged.append(int(one["id"]))
    return merged


_EARLY = (
    "SELECT * FROM (SELECT * FROM messages WHERE conversation = ? AND corrects = ? AND corrects <> '' AND merged IS NULL"
    " UNION ALL SELECT * FROM messages WHERE conversation = ? AND retracts = ? AND retracts <> ''"
    " AND merged = journal_index) WHERE id <> ? ORDER BY id LIMIT 100"
)


def _merge(conn: Connection, row: int, early: Row) -> None:
    add(
        conn,
        row,
        (
            MODERATION if early["moderation"] else RETRACTION if early["retracts"] else CORRECTION,
            early["body"],
            early["sender"],
            early["stanza_id"],
            early["origin_id"],
            early["archive_by"],
            early["archive_id"],
            early["sort_at"],
            early["received"],
            early["delay"],
            early["archived"],
            early["claimed"],
            _copied_stanza(conn, early["stanza"]),
            early["journal_index"],
        ),
    )
    head = scalar(conn, "SELECT max(idx) FROM journal")
    # The line stays for reports whose snapshot is older than this, but says nothing to the search any more.
    conn.execute("UPDATE messages SET merged = ?, shown = '' WHERE id = ?", (head, early["id"]))
    if early["direction"] == "in" and not early["retracts"]:
        conn.execute("UPDATE conversations SET unread = max(0, unread - 1) WHERE id = ?", (early["conversation"],))


def _copied_stanza(conn: Connection, stanza: int | None) -> int:
    return conn.execute(
        "INSERT INTO stanzas(xml, sha256, media_free_xml, media_free_sha256)"
        " SELECT xml, sha256, media_free_xml, media_free_sha256 FROM stanzas WHERE id = ?",
        (stanza,),
    ).lastrowid
