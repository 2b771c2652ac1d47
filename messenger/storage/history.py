"""History, written: a burst of messages goes in as one transaction; one message is one row whichever way it came.

Pipeline for each: the same again (live, carbon, archive)? -> an edit of a known message? -> a new line, and edits
that came before it. Raw stanzas and the journal's entries are written beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from messenger.domain.message import DeliveryState, Direction, IncomingMessage, Occupant, Via
from messenger.storage import conversations, duplicates, edits, journal, rooms
from messenger.storage.connection import Connection, scalar
from messenger.storage.lines import media_text, stanza_row


@dataclass(slots=True)
class Stored:
    """What a batch changed in one conversation. `receipts` are ids of new live messages that ask for a receipt.

    `acknowledged` are origin ids of own queued messages that came back, so that the server has them; `same` are rows
    of which a further copy came. `accepted` is for the caller to fill: whether the counterpart may learn anything.
    """

    conversation: int
    account: str
    counterpart: str
    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    incoming: bool = False
    accepted: bool = False
    receipts: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    same: list[int] = field(default_factory=list)


def store(conn: Connection, batch: Sequence[IncomingMessage], count_unread: bool = True) -> tuple[Stored, ...]:
    """Store messages in order of arrival. `count_unread` is false for an archive's past that nobody missed."""
    touched: dict[tuple[str, str], Stored] = {}
    for message in batch:
        key = (message.account, message.counterpart)
        if key not in touched:
            touched[key] = Stored(_conversation(conn, message), *key)
        _one(conn, message, touched[key], count_unread)
    for stored in touched.values():
        if stored.new or stored.changed:
            conversations.refresh_last(conn, stored.conversation)
    return tuple(touched.values())


def _conversation(conn: Connection, message: IncomingMessage) -> int:
    found = conversations.ensure(conn, message.account, message.counterpart)
    if message.kind == "groupchat":
        conn.execute("UPDATE conversations SET kind = 'room', accepted = 1 WHERE id = ? AND kind <> 'room'", (found,))
    return found


def _one(conn: Connection, message: IncomingMessage, stored: Stored, count_unread: bool) -> None:
    same = duplicates.find(conn, stored.conversation, message)
    if same is not None:
        duplicates.enrich(conn, same, message)
        stored.same.append(same.message)
        if same.own:
            _came_back(conn, same, message, stored)
        return
    target = edits.target(conn, stored.conversation, message)
    if target is not None:
        edits.apply(conn, target, message)
        stored.changed.append(target)
        return
    if not (message.body or message.media or message.retracts):
        return
    row = insert(conn, stored.conversation, message)
    if message.occupant is not None and not message.retracts:
        rooms.note_names(conn, stored.conversation, (message.occupant,))
    if message.retracts:
        # Kept out of sight: it is applied when what it takes back arrives, and never to another sender's words.
        conn.execute("UPDATE messages SET merged = journal_index WHERE id = ?", (row,))
        return
    stored.changed += edits.adopt(conn, stored.conversation, row, message)
    stored.new.append(row)
    if message.direction is Direction.IN:
        stored.incoming = True
        if count_unread and not _answered(conn, stored.conversation, row):
            conn.execute("UPDATE conversations SET unread = unread + 1 WHERE id = ?", (stored.conversation,))
        if message.wants_receipt and message.stanza_id and message.via is Via.LIVE:
            stored.receipts.append(message.stanza_id)
    else:
        # Written on another device of this person: they have accepted the other side, and read what came before.
        conn.execute("UPDATE conversations SET accepted = 1 WHERE id = ?", (stored.conversation,))
        conversations.mark_read(conn, stored.conversation, row)


def _answered(conn: Connection, conversation: int, row: int) -> bool:
    """Whether this person wrote something that stands after this message (an archive is read backwards)."""
    return bool(
        scalar(
            conn,
            "SELECT EXISTS (SELECT 1 FROM messages WHERE conversation = ? AND direction = 'out'"
            " AND sort_at > (SELECT sort_at FROM messages WHERE id = ?))",
            (conversation, row),
        )
    )


def _came_back(conn: Connection, same: duplicates.Same, message: IncomingMessage, stored: Stored) -> None:
    """An own message is on the server: its queue entry can go."""
    if message.origin_id and acknowledged(conn, message.account, message.origin_id) is not None:
        stored.acknowledged.append(message.origin_id)
        if same.edit is None:
            stored.changed.append(same.message)


def insert(conn: Connection, conversation: int, message: IncomingMessage) -> int:
    """A new row with its stanza and journal entry; returns its id."""
    times = message.times
    index, value = journal.append(conn, "message", times.received, _digest(message))
    archive = message.archive_id
    state = DeliveryState.RECEIVED if message.direction is Direction.IN else DeliveryState.SENT
    who = message.occupant or Occupant("")
    return conn.execute(
        "INSERT INTO messages(conversation, sort_at, direction, via, sender, recipient, kind, stanza_id, origin_id,"
        " archive_by, archive_id, duplicate_archive_ids, body, lang, received, delay, archived, claimed, corrects,"
        " retracts, reply_to, media, encryption, wants_receipt, markable, state, stanza, journal_index, journal_hash,"
        " nick, occupant_id, role, affiliation, real_jid, stay, moderation)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            conversation,
            sort_at(conn, conversation, message),
            message.direction.value,
            message.via.value,
            message.sender,
            message.to,
            message.kind,
            message.stanza_id,
            message.origin_id,
            archive.by if archive else "",
            archive.id if archive else "",
            int(message.duplicate_archive_ids),
            message.body,
            message.lang,
            times.received,
            times.delay,
            times.archive,
            times.claimed,
            message.corrects,
            message.retracts,
            message.reply_to,
            media_text(message.media),
            message.encryption,
            int(message.wants_receipt),
            int(message.markable),
            state.value,
            stanza_row(conn, message.raw),
            index,
            value,
            who.nick,
            who.occupant_id,
            who.role,
            who.affiliation,
            who.jid,
            message.stay,
            int(bool(message.moderates)),
        ),
    ).lastrowid


def sort_at(conn: Connection, conversation: int, message: IncomingMessage) -> str:
    """Where a message stands: by the server's stamp, else after everything that is here already (F08).

    A live message never goes before an earlier one, also when this computer's clock was set back.
    """
    if message.times.archive or message.times.delay:
        return message.times.best
    last = scalar(
        conn, "SELECT sort_at FROM messages WHERE conversation = ? ORDER BY sort_at DESC LIMIT 1", (conversation,)
    )
    return max(message.times.received, str(last or ""))


def acknowledged(conn: Connection, account: str, origin_id: str) -> tuple[int, int] | None:
    """The own server has a queued message: (conversation, message), or None when it was not waiting."""
    row = conn.execute(
        "SELECT o.id, o.message, m.conversation, m.origin_id, m.state FROM outgoing o JOIN messages m ON m.id = o.message"
        " WHERE o.account = ? AND o.origin_id = ?",
        (account, origin_id),
    ).fetchone()
    if row is None:
        return None
    conn.execute("DELETE FROM outgoing WHERE id = ?", (row["id"],))
    if row["origin_id"] == origin_id and row["state"] in ("queued", "failed"):
        set_state(conn, int(row["conversation"]), int(row["message"]), DeliveryState.SENT)
    return int(row["conversation"]), int(row["message"])


def set_state(conn: Connection, conversation: int, message: int, state: DeliveryState) -> None:
    """Change a delivery state, in the chat list too."""
    conn.execute("UPDATE messages SET state = ? WHERE id = ?", (state.value, message))
    conn.execute(
        "UPDATE conversations SET last_state = ? WHERE id = ? AND last_message = ?",
        (state.value, conversation, message),
    )


def delivered(conn: Connection, conversation: int, stanza_id: str) -> list[int]:
    """A receipt came for one own message; the ids that changed."""
    row = conn.execute(
        "SELECT id FROM messages WHERE conversation = ? AND stanza_id = ? AND direction = 'out'"
        " AND state IN ('queued', 'sent') ORDER BY id DESC LIMIT 1",
        (conversation, stanza_id),
    ).fetchone()
    if row is None or not stanza_id:
        return []
    set_state(conn, conversation, int(row["id"]), DeliveryState.DELIVERED)
    return [int(row["id"])]


def read(conn: Connection, conversation: int, stanza_id: str) -> list[int]:
    """The other side has seen everything up to one own message (XEP-0333); the ids that changed."""
    place = conn.execute(
        "SELECT sort_at, id FROM messages WHERE conversation = ? AND stanza_id = ? AND direction = 'out'"
        " ORDER BY id DESC LIMIT 1",
        (conversation, stanza_id),
    ).fetchone()
    if place is None or not stanza_id:
        return []
    found = conn.execute(
        "SELECT id FROM messages WHERE conversation = ? AND state IN ('sent', 'delivered') AND direction = 'out'"
        " AND (sort_at, id) <= (?, ?) ORDER BY id",
        (conversation, place["sort_at"], place["id"]),
    ).fetchall()
    for row in found:
        set_state(conn, conversation, int(row["id"]), DeliveryState.READ)
    return [int(row["id"]) for row in found]


def incoming_with(conn: Connection, conversation: int, stanza_id: str) -> int | None:
    """The incoming message with this stanza id, newest first."""
    return (
        None
        if not stanza_id
        else scalar(
            conn,
            "SELECT id FROM messages WHERE conversation = ? AND stanza_id = ? AND direction = 'in'"
            " ORDER BY id DESC LIMIT 1",
            (conversation, stanza_id),
        )
    )


def _digest(message: IncomingMessage) -> str:
    who = message.occupant
    room = {} if who is None else {"occupant": [who.nick, who.occupant_id, who.role, who.affiliation, who.jid]}
    return journal.digest_of(
        {
            **room,
            "xml": message.raw.sha256,
            "media_free": message.raw.media_free_sha256,
            "account": message.account,
            "counterpart": message.counterpart,
            "via": message.via.value,
            "from": message.sender,
            "ids": [message.stanza_id, message.origin_id, message.archive_id.id if message.archive_id else ""],
            "body": message.body,
            "times": [message.times.received, message.times.delay, message.times.archive, message.times.claimed],
        }
    )
