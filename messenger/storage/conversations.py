"""Conversations in the store: made when new, their rows of the chat list, drafts, marks, and erasing."""

from __future__ import annotations

from messenger.domain.account import Show
from messenger.domain.conversation import ChatSummary
from messenger.domain.message import DeliveryState, Direction
from messenger.storage.connection import Connection, Row, scalar

PREVIEW = 120
"""Characters of the last message that the chat list keeps."""

_SUMMARY = """
SELECT c.*, k.name, k.subscription, a.image, b.jid IS NOT NULL AS blocked, r.name AS room_name
FROM conversations c
LEFT JOIN rooms r ON r.conversation = c.id
LEFT JOIN contacts k ON k.account = c.account AND k.jid = c.counterpart
LEFT JOIN avatars a ON a.account = c.account AND a.jid = c.counterpart
LEFT JOIN blocked b ON b.account = c.account AND b.jid = c.counterpart
"""
_KNOWN = "(k.subscription IN ('to', 'from', 'both') OR k.pending OR c.accepted = 1)"


def ensure(conn: Connection, account: str, counterpart: str) -> int:
    """The id of the conversation between these bare addresses, made when new."""
    found = find(conn, account, counterpart)
    if found is not None:
        return found
    return conn.execute(
        "INSERT INTO conversations(account, counterpart) VALUES (?, ?)", (account, counterpart)
    ).lastrowid


def find(conn: Connection, account: str, counterpart: str) -> int | None:
    """The id of a conversation, or None."""
    found = scalar(conn, "SELECT id FROM conversations WHERE account = ? AND counterpart = ?", (account, counterpart))
    return None if found is None else int(found)


def ends(conn: Connection, conversation: int) -> tuple[str, str]:
    """Account and counterpart. Raises `KeyError`."""
    row = conn.execute("SELECT account, counterpart FROM conversations WHERE id = ?", (conversation,)).fetchone()
    if row is None:
        raise KeyError("conversation")
    return str(row["account"]), str(row["counterpart"])


def chats(conn: Connection, account: str) -> tuple[ChatSummary, ...]:
    """The chat list of an account: people in the roster or accepted; pinned first, then the newest."""
    rows = conn.execute(
        _SUMMARY
        + " WHERE c.account = ? AND "
        + _KNOWN
        + " AND (c.last_sort <> '' OR c.draft <> '' OR (c.accepted = 1 AND coalesce(r.wanted, 1)))"
        + " ORDER BY c.pinned DESC, c.last_sort DESC, c.id DESC",
        (account,),
    )
    return tuple(_summary(row) for row in rows)


def summary(conn: Connection, conversation: int) -> ChatSummary:
    """One row of the chat list. Raises `KeyError`."""
    row = conn.execute(_SUMMARY + " WHERE c.id = ?", (conversation,)).fetchone()
    if row is None:
        raise KeyError("conversation")
    return _summary(row)


def strangers(conn: Connection, account: str) -> list[tuple[str, str, str, int]]:
    """First messages of people who are neither known nor put away: (address, words, time, messages), newest first."""
    rows = conn.execute(
        "SELECT c.counterpart, c.last_preview, c.last_at,"
        " (SELECT count(*) FROM (SELECT 1 FROM messages m WHERE m.conversation = c.id AND m.direction = 'in' LIMIT 100)) AS n"
        " FROM conversations c LEFT JOIN contacts k ON k.account = c.account AND k.jid = c.counterpart"
        " LEFT JOIN blocked b ON b.account = c.account AND b.jid = c.counterpart"
        " WHERE c.account = ? AND c.accepted = 0 AND b.jid IS NULL AND c.last_sort <> ''"
        " AND NOT coalesce(k.subscription IN ('to', 'from', 'both') OR k.pending, 0)"
        " ORDER BY c.last_sort DESC",
        (account,),
    )
    return [(str(r["counterpart"]), str(r["last_preview"]), str(r["last_at"]), int(r["n"])) for r in rows if r["n"]]


def accepted(conn: Connection, account: str, counterpart: str) -> bool:
    """Whether this person may learn anything from us: in the roster, or accepted by the person; and not blocked."""
    row = conn.execute(
        "SELECT coalesce(k.subscription IN ('to', 'from', 'both') OR k.pending, 0) OR coalesce(c.accepted = 1, 0) AS ok,"
        " b.jid IS NOT NULL AS blocked FROM (SELECT ? AS account, ? AS jid) p"
        " LEFT JOIN contacts k ON k.account = p.account AND k.jid = p.jid"
        " LEFT JOIN conversations c ON c.account = p.account AND c.counterpart = p.jid"
        " LEFT JOIN blocked b ON b.account = p.account AND b.jid = p.jid",
        (account, counterpart),
    ).fetchone()
    return row is not None and bool(row["ok"]) and not row["blocked"]


def set_accepted(conn: Connection, conversation: int, value: int) -> None:
    """1: accepted by the person; 0: not decided; -1: put away."""
    conn.execute("UPDATE conversations SET accepted = ? WHERE id = ?", (value, conversation))


def muted(conn: Connection, account: str) -> frozenset[str]:
    """The counterparts whose chats make no notifications."""
    rows = conn.execute("SELECT counterpart FROM conversations WHERE account = ? AND muted", (account,))
    return frozenset(str(row[0]) for row in rows)


def set_muted(conn: Connection, conversation: int, value: bool) -> None:
    """No notifications of this chat, until it is changed."""
    conn.execute("UPDATE conversations SET muted = ?, muted_until = '' WHERE id = ?", (int(value), conversation))


def mute_until(conn: Connection, conversation: int, until: str) -> None:
    """No notifications of this chat until a time; a chat that is muted by hand stays as it is."""
    conn.execute(
        "UPDATE conversations SET muted = 1, muted_until = ? WHERE id = ? AND (NOT muted OR muted_until <> '')",
        (until, conversation),
    )


def next_unmuting(conn: Connection) -> str:
    """When the next chat is to be heard again, or ''."""
    return str(scalar(conn, "SELECT min(muted_until) FROM conversations WHERE muted_until <> ''") or "")


def shorten_mutes(conn: Connection, latest: str) -> None:
    """No mute for a time lasts beyond this: it was set by a clock that was ahead."""
    conn.execute("UPDATE conversations SET muted_until = ? WHERE muted_until > ?", (latest, latest))


def unmute_over(conn: Connection, now: str) -> list[tuple[str, int]]:
    """Let chats be heard whose time is over: (account, conversation)."""
    rows = conn.execute(
        "SELECT id, account FROM conversations WHERE muted_until <> '' AND muted_until <= ?", (now,)
    ).fetchall()
    for row in rows:
        set_muted(conn, int(row["id"]), False)
    return [(str(row["account"]), int(row["id"])) for row in rows]


def set_pinned(conn: Connection, conversation: int, value: bool) -> None:
    """Keep a chat at the top."""
    conn.execute("UPDATE conversations SET pinned = ? WHERE id = ?", (int(value), conversation))


def draft(conn: Connection, conversation: int) -> str:
    """The unsent words, or ''."""
    return str(scalar(conn, "SELECT draft FROM conversations WHERE id = ?", (conversation,)) or "")


def set_draft(conn: Connection, conversation: int, text: str) -> None:
    """Keep unsent words."""
    conn.execute("UPDATE conversations SET draft = ? WHERE id = ?", (text, conversation))


def mark_read(conn: Connection, conversation: int, upto: int) -> Row | None:
    """Count as read up to this message; the newest incoming one that a marker may name, when something was unread."""
    unread = int(scalar(conn, "SELECT unread FROM conversations WHERE id = ?", (conversation,)) or 0)
    place = conn.execute(
        "SELECT sort_at, id FROM messages WHERE id = ? AND conversation = ?", (upto, conversation)
    ).fetchone()
    if unread == 0 or place is None:
        return None
    left = int(
        scalar(
            conn,
            "SELECT count(*) FROM (SELECT 1 FROM messages WHERE conversation = ? AND (sort_at, id) > (?, ?)"
            " AND direction = 'in' AND merged IS NULL ORDER BY sort_at DESC, id DESC LIMIT ?)",
            (conversation, place["sort_at"], place["id"], unread),
        )
    )
    if left >= unread:
        return None
    conn.execute("UPDATE conversations SET unread = ? WHERE id = ?", (left, conversation))
    return conn.execute(
        "SELECT id, stanza_id, origin_id, archive_id, markable, kind FROM messages WHERE conversation = ?"
        " AND (sort_at, id) <= (?, ?) AND direction = 'in' AND merged IS NULL ORDER BY sort_at DESC, id DESC LIMIT 1",
        (conversation, place["sort_at"], place["id"]),
    ).fetchone()


def refresh_last(conn: Connection, conversation: int) -> None:
    """Bring the columns of the chat list up to the newest message."""
    row = conn.execute(
        "SELECT id, sort_at, direction, state, retracted, media, nick, coalesce(archived, delay, received) AS at,"
        " substr(coalesce(shown, body), 1, 400) AS words FROM messages"
        " WHERE conversation = ? AND merged IS NULL ORDER BY sort_at DESC, id DESC LIMIT 1",
        (conversation,),
    ).fetchone()
    if row is None:
        values: tuple[object, ...] = (None, "", "", "", None, None)
    else:
        words = " ".join(str(row["words"]).split())
        if row["nick"] and words and row["direction"] == "in":
            words = f"{row['nick']}: {words}"
        words = words[:PREVIEW]
        values = (row["id"], row["sort_at"], row["at"], words, row["direction"], row["state"])
    conn.execute(
        "UPDATE conversations SET last_message = ?, last_sort = ?, last_at = ?, last_preview = ?, last_direction = ?,"
        " last_state = ? WHERE id = ?",
        (*values, conversation),
    )


def is_room(conn: Connection, conversation: int) -> bool:
    """Whether this is a room and no chat with a person."""
    return bool(scalar(conn, "SELECT kind FROM conversations WHERE id = ?", (conversation,)) == "room")


def drop_if_empty(conn: Connection, conversation: int) -> None:
    """Take away a conversation in which nothing was ever said or begun."""
    conn.execute(
        "DELETE FROM conversations WHERE id = ? AND draft = ''"
        " AND NOT EXISTS (SELECT 1 FROM messages WHERE conversation = conversations.id)",
        (conversation,),
    )


def erase(conn: Connection, conversation: int) -> None:
    """Erase every message, edit and raw stanza of a conversation; the journal's digests stay."""
    conn.execute("DELETE FROM edits WHERE conversation = ?", (conversation,))
    conn.execute("DELETE FROM messages WHERE conversation = ?", (conversation,))
    conn.execute("DELETE FROM notices WHERE conversation = ?", (conversation,))
    conn.execute("UPDATE conversations SET unread = 0, draft = '' WHERE id = ?", (conversation,))
    refresh_last(conn, conversation)


def known(row: Row) -> bool:
    """In the roster with a subscription, or accepted, by a joined row."""
    return row["subscription"] in ("to", "from", "both") or row["accepted"] == 1


def title(name: str | None, counterpart: str) -> str:
    """What a person is called: the roster's name, else the first part of the address."""
    return name or counterpart.partition("@")[0] or counterpart


def _summary(row: Row) -> ChatSummary:
    return ChatSummary(
        conversation=int(row["id"]),
        account=str(row["account"]),
        counterpart=str(row["counterpart"]),
        title=title(row["room_name"] or row["name"], row["counterpart"]),
        preview=str(row["last_preview"]),
        at=str(row["last_at"]),
        last_direction=Direction(row["last_direction"]) if row["last_direction"] else None,
        last_state=DeliveryState(row["last_state"]) if row["last_state"] else None,
        unread=int(row["unread"]),
        draft=str(row["draft"]),
        known=known(row),
        show=Show.OFFLINE,
        pinned=bool(row["pinned"]),
        muted=bool(row["muted"]),
        blocked=bool(row["blocked"]),
        avatar=row["image"],
        is_room=row["kind"] == "room",
    )
