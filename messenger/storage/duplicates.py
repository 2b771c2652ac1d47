"""Is this message here already? Live, carbon and archive copies of one message are one row that learns from each.

Rules, within one conversation: the same archive id; or the same origin id, sender and body; or the same stanza id,
sender and body within a day, unless the archive says that they are two. (Some clients count their ids from 1 at
every start; such a line said again is a new line.)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from messenger.domain.errors import InvalidAddress
from messenger.domain.jid import bare
from messenger.domain.message import Direction, IncomingMessage
from messenger.storage import journal
from messenger.storage.connection import Connection, Row, scalar
from messenger.storage.lines import stanza_row

_DAY = timedelta(days=1)
_COLUMNS = (
    "id, sender, body, kind, direction, archive_by, archive_id, stanza, coalesce(archived, delay, received) AS at"
)
_EDIT_COLUMNS = "id, message, sender, body, archive_by, archive_id, stanza, coalesce(archived, delay, received) AS at"


@dataclass(frozen=True, slots=True)
class Same:
    """The stored copy: a message, or with `edit` an edit of it. `known_archive`, `known_stanza`: what it has; `own`: written here."""

    message: int
    edit: int | None
    known_archive: bool
    known_stanza: bool
    own: bool = False


def find(conn: Connection, conversation: int, message: IncomingMessage) -> Same | None:
    """The stored copy of a message, or None."""
    for table, row in _candidates(conn, conversation, message):
        if table == "messages":
            own = row["direction"] == "out"
            return Same(int(row["id"]), None, bool(row["archive_id"]), row["stanza"] is not None, own)
        own = message.direction is Direction.OUT
        return Same(int(row["message"]), int(row["id"]), bool(row["archive_id"]), row["stanza"] is not None, own)
    return None


def _candidates(conn: Connection, conversation: int, message: IncomingMessage) -> list[tuple[str, Row]]:
    edit = bool(message.corrects or message.retracts)
    archive = message.archive_id
    found: list[tuple[str, Row]] = []
    if archive is not None:
        by_archive = (conversation, archive.by, archive.id)
        found += _rows(conn, _BY_ARCHIVE, by_archive, edit)
    if not found and message.origin_id:
        rows = _rows(conn, _BY_ORIGIN, (conversation, message.origin_id), edit)
        found = [(table, row) for table, row in rows if _same_words(row, message)]
    if not found and message.stanza_id:
        rows = _rows(conn, _BY_STANZA, (conversation, message.stanza_id), edit)
        found = [
            (table, row)
            for table, row in rows
            if _same_words(row, message) and not _two_by_archive(row, message) and _near(row, message)
        ]
    return found


def _rows(conn: Connection, queries: tuple[str, str], values: tuple[object, ...], edit: bool) -> list[tuple[str, Row]]:
    found = [("messages", row) for row in conn.execute(queries[0], values)]
    if edit:
        found += [("edits", row) for row in conn.execute(queries[1], values)]
    return found


_BY_ARCHIVE = (
    "SELECT " + _COLUMNS + " FROM messages WHERE conversation = ? AND archive_by = ? AND archive_id = ?"
    " AND archive_id <> ''",
    "SELECT " + _EDIT_COLUMNS + " FROM edits WHERE conversation = ? AND archive_by = ? AND archive_id = ?"
    " AND archive_id <> ''",
)
_BY_ORIGIN = (
    "SELECT " + _COLUMNS + " FROM messages WHERE conversation = ? AND origin_id = ? AND origin_id <> ''"
    " ORDER BY id DESC LIMIT 50",
    "SELECT " + _EDIT_COLUMNS + " FROM edits WHERE conversation = ? AND origin_id = ? AND origin_id <> ''"
    " ORDER BY id DESC LIMIT 50",
)
_BY_STANZA = (
    "SELECT " + _COLUMNS + " FROM messages WHERE conversation = ? AND stanza_id = ? AND stanza_id <> ''"
    " ORDER BY id DESC LIMIT 50",
    "SELECT " + _EDIT_COLUMNS + " FROM edits WHERE conversation = ? AND stanza_id = ? AND stanza_id <> ''"
    " ORDER BY id DESC LIMIT 50",
)


def same_sender(stored: str, sender: str, kind: str) -> bool:
    """The same person: by bare address, in a room by the whole one."""
    if kind == "groupchat":
        return stored == sender
    return _bare(stored) == _bare(sender)


def _bare(address: str) -> str:
    try:
        return bare(address)
    except InvalidAddress:
        return address


def _same_words(row: Row, message: IncomingMessage) -> bool:
    if message.kind == "groupchat" and message.direction is Direction.OUT:
        # What is known to be mine stays mine under another name.
        return bool(row["body"] == message.body)
    return bool(row["body"] == message.body) and same_sender(str(row["sender"]), message.sender, message.kind)


def _two_by_archive(row: Row, message: IncomingMessage) -> bool:
    archive = message.archive_id
    return archive is not None and row["archive_by"] == archive.by and row["archive_id"] not in ("", archive.id)


def _near(row: Row, message: IncomingMessage) -> bool:
    try:
        stored = datetime.fromisoformat(str(row["at"]))
        return abs(stored - datetime.fromisoformat(message.times.best)) <= _DAY
    except (ValueError, TypeError, OverflowError):
        return True


def enrich(conn: Connection, same: Same, message: IncomingMessage) -> None:
    """A stored copy learns the archive's id and time, and a message sent from here its stanza."""
    archive = message.archive_id
    gains_archive = archive is not None and not same.known_archive and not message.duplicate_archive_ids
    gains_stanza = not same.known_stanza and same.own
    if not (gains_archive or gains_stanza):
        return
    at = message.times.received
    digest = journal.digest_of(
        {"xml": message.raw.sha256, "archive": archive.id if archive else "", "time": message.times.archive}
    )
    index, _value = journal.append(conn, "archive", at, digest)
    if gains_archive and archive is not None:
        values = (archive.by, archive.id, message.times.archive, index)
        if same.edit is not None:
            conn.execute(
                "UPDATE edits SET archive_by = ?, archive_id = ? WHERE id = ?", (archive.by, archive.id, same.edit)
            )
        elif not _taken(conn, same.message, archive.by, archive.id):
            conn.execute(
                "UPDATE messages SET archive_by = ?, archive_id = ?, archived = coalesce(archived, ?),"
                " archive_journal = ? WHERE id = ?",
                (*values, same.message),
            )
    if gains_stanza:
        row = stanza_row(conn, message.raw)
        if same.edit is not None:
            conn.execute("UPDATE edits SET stanza = ?, stanza_journal = ? WHERE id = ?", (row, index, same.edit))
        else:
            conn.execute("UPDATE messages SET stanza = ?, stanza_journal = ? WHERE id = ?", (row, index, same.message))


def _taken(conn: Connection, message: int, by: str, id: str) -> bool:
    return bool(
        scalar(
            conn,
            "SELECT count(*) FROM messages WHERE conversation = (SELECT conversation FROM messages WHERE id = ?)"
            " AND archive_by = ? AND archive_id = ? AND archive_id <> ''",
            (message, by, id),
        )
    )
