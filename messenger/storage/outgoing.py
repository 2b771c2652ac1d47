"""The queue of what was written here: in the store before it is sent, gone from it when the own server has it (L17)."""

from __future__ import annotations

import json
from dataclasses import asdict

from messenger.domain.message import DeliveryState, Occupant, OutgoingMessage
from messenger.storage import conversations, edits, history, journal, rooms
from messenger.storage.connection import Connection, scalar


def add(conn: Connection, conversation: int, message: OutgoingMessage, at: str) -> int:
    """Store a message (QUEUED) and its queue entry in one transaction; returns the message's id."""
    index, value = journal.append(conn, "sent", at, _digest(message, at))
    last = scalar(
        conn, "SELECT sort_at FROM messages WHERE conversation = ? ORDER BY sort_at DESC LIMIT 1", (conversation,)
    )
    room = message.kind == "groupchat"
    me = rooms.own_place(conn, conversation) if room else Occupant("")
    row = conn.execute(
        "INSERT INTO messages(conversation, sort_at, direction, via, sender, recipient, kind, stanza_id, origin_id, body,"
        " lang, received, reply_to, state, journal_index, journal_hash, nick, occupant_id, role, affiliation, real_jid)"
        " VALUES (?, ?, 'out', 'sent_here', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            conversation,
            max(at, str(last or "")),
            f"{message.counterpart}/{me.nick}" if room else message.account,
            message.counterpart,
            message.kind,
            message.origin_id,
            message.origin_id,
            message.body,
            message.lang,
            at,
            message.reply_to,
            DeliveryState.QUEUED.value,
            index,
            value,
            me.nick,
            me.occupant_id,
            me.role,
            me.affiliation,
            me.jid,
        ),
    ).lastrowid
    _queue(conn, row, message)
    # Who writes to somebody has accepted them.
    conn.execute("UPDATE conversations SET draft = '', unread = 0, accepted = 1 WHERE id = ?", (conversation,))
    conversations.refresh_last(conn, conversation)
    return row


def add_edit(conn: Connection, target: int, message: OutgoingMessage, at: str) -> int:
    """Store an own correction or retraction with its queue entry; returns the conversation."""
    index, _value = journal.append(conn, "edited", at, _digest(message, at))
    kind = edits.RETRACTION if message.retracts else edits.CORRECTION
    ids = (message.origin_id, message.origin_id)
    edits.add(conn, target, (kind, message.body, message.account, *ids, "", "", at, at, None, None, None, None, index))
    _queue(conn, target, message)
    conversation = int(scalar(conn, "SELECT conversation FROM messages WHERE id = ?", (target,)))
    conversations.refresh_last(conn, conversation)
    return conversation


def waiting(conn: Connection, account: str) -> list[OutgoingMessage]:
    """What the own server has not yet taken, oldest first."""
    rows = conn.execute("SELECT payload FROM outgoing WHERE account = ? AND NOT failed ORDER BY id", (account,))
    return [_payload(str(row["payload"])) for row in rows]


def fail(conn: Connection, account: str, origin_id: str) -> tuple[int, int] | None:
    """An error stanza came back: (conversation, message), or None when there is no such message."""
    conn.execute("UPDATE outgoing SET failed = 1 WHERE account = ? AND origin_id = ?", (account, origin_id))
    row = conn.execute(
        "SELECT m.id, m.conversation, m.state FROM messages m JOIN conversations c ON c.id = m.conversation"
        " WHERE c.account = ? AND m.origin_id = ? AND m.origin_id <> '' AND m.direction = 'out'"
        " AND m.via = 'sent_here' ORDER BY m.id DESC LIMIT 1",
        (account, origin_id),
    ).fetchone()
    if row is None or row["state"] not in ("queued", "sent"):
        return None
    history.set_state(conn, int(row["conversation"]), int(row["id"]), DeliveryState.FAILED)
    return int(row["conversation"]), int(row["id"])


def again(conn: Connection, message: int) -> tuple[int, OutgoingMessage] | None:
    """Queue a failed message once more with the same id: (conversation, message), or None when it did not fail."""
    row = conn.execute(
        "SELECT m.*, c.account, c.counterpart FROM messages m JOIN conversations c ON c.id = m.conversation"
        " WHERE m.id = ? AND m.direction = 'out' AND m.state = 'failed'",
        (message,),
    ).fetchone()
    if row is None:
        return None
    kept = scalar(conn, "SELECT payload FROM outgoing WHERE message = ? AND origin_id = ?", (message, row["origin_id"]))
    if kept is None:
        made = OutgoingMessage(
            row["account"],
            row["counterpart"],
            row["origin_id"],
            row["body"],
            row["lang"],
            row["reply_to"],
            kind=row["kind"],
        )
        _queue(conn, message, made)
    else:
        made = _payload(str(kept))
        conn.execute("UPDATE outgoing SET failed = 0 WHERE origin_id = ?", (row["origin_id"],))
    history.set_state(conn, int(row["conversation"]), message, DeliveryState.QUEUED)
    return int(row["conversation"]), made


def _queue(conn: Connection, message: int, payload: OutgoingMessage) -> None:
    conn.execute(
        "INSERT INTO outgoing(account, message, origin_id, payload) VALUES (?, ?, ?, ?)",
        (payload.account, message, payload.origin_id, json.dumps(asdict(payload), ensure_ascii=False)),
    )


def _payload(text: str) -> OutgoingMessage:
    return OutgoingMessage(**json.loads(text))


def _digest(message: OutgoingMessage, at: str) -> str:
    return journal.digest_of({**asdict(message), "at": at})
