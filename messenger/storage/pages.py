"""History, read for the window: runs of messages in order of time, and single ones as they are now."""

from __future__ import annotations

from collections.abc import Sequence

from messenger.domain.message import DeliveryState, Direction, MessagePage, MessageView
from messenger.storage import conversations, rooms
from messenger.storage.connection import Connection, Row, scalar
from messenger.storage.lines import media_of, occupant_of

_LONGEST = 500
_COLUMNS = (
    "id, sort_at, conversation, direction, sender, kind, coalesce(shown, body) AS words, state, edited, retracted,"
    " reply_to, media, nick, occupant_id, role, affiliation, real_jid, moderated,"
    " coalesce(archived, delay, received) AS at"
)
_NEWEST = (
    "SELECT " + _COLUMNS + " FROM messages WHERE conversation = ? AND merged IS NULL"
    " ORDER BY sort_at DESC, id DESC LIMIT ?"
)
_BEFORE = (
    "SELECT " + _COLUMNS + " FROM messages WHERE conversation = ? AND merged IS NULL AND (sort_at, id) < (?, ?)"
    " ORDER BY sort_at DESC, id DESC LIMIT ?"
)
_FROM = (
    "SELECT " + _COLUMNS + " FROM messages WHERE conversation = ? AND merged IS NULL AND (sort_at, id) >= (?, ?)"
    " ORDER BY sort_at, id LIMIT ?"
)
_AFTER = (
    "SELECT " + _COLUMNS + " FROM messages WHERE conversation = ? AND merged IS NULL AND (sort_at, id) > (?, ?)"
    " ORDER BY sort_at, id LIMIT ?"
)


def page(
    conn: Connection,
    conversation: int,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 60,
) -> MessagePage:
    """The newest run, or the one before, after or around a message. A message that is gone: the newest run."""
    limit = max(1, min(limit, _LONGEST))
    anchor = before if before is not None else after if after is not None else around
    place = None if anchor is None else _place(conn, conversation, anchor)
    if place is None:
        older, has_older = _cut(conn.execute(_NEWEST, (conversation, limit + 1)).fetchall(), limit)
        rows, has_newer = older[::-1], False
    elif before is not None:
        older, has_older = _cut(conn.execute(_BEFORE, (conversation, *place, limit + 1)).fetchall(), limit)
        rows, has_newer = older[::-1], True
    elif after is not None:
        rows, has_newer = _cut(conn.execute(_AFTER, (conversation, *place, limit + 1)).fetchall(), limit)
        has_older = True
    else:
        half = limit // 2
        older, has_older = _cut(conn.execute(_BEFORE, (conversation, *place, half + 1)).fetchall(), half)
        newer, has_newer = _cut(conn.execute(_FROM, (conversation, *place, limit - half + 1)).fetchall(), limit - half)
        rows = older[::-1] + newer
    return MessagePage(
        conversation, _views(conn, conversation, rows), has_older, has_newer, first_unread(conn, conversation)
    )


def messages(conn: Connection, conversation: int, ids: Sequence[int]) -> tuple[MessageView, ...]:
    """These messages as they are now, in order of time."""
    rows = [row for one in dict.fromkeys(ids) if (row := conn.execute(_ONE, (one, conversation)).fetchone())]
    rows.sort(key=lambda row: (row["sort_at"], row["id"]))
    return _views(conn, conversation, rows)


_ONE = "SELECT " + _COLUMNS + " FROM messages WHERE id = ? AND conversation = ? AND merged IS NULL"


def first_unread(conn: Connection, conversation: int) -> int | None:
    """The oldest message that was not read yet."""
    unread = int(scalar(conn, "SELECT unread FROM conversations WHERE id = ?", (conversation,)) or 0)
    if unread < 1:
        return None
    found = scalar(
        conn,
        "SELECT id FROM messages WHERE conversation = ? AND direction = 'in' AND merged IS NULL"
        " ORDER BY sort_at DESC, id DESC LIMIT 1 OFFSET ?",
        (conversation, unread - 1),
    )
    return None if found is None else int(found)


def conversation_of(conn: Connection, message: int) -> int | None:
    """The conversation of a message, or None."""
    row = conn.execute("SELECT conversation FROM messages WHERE id = ?", (message,)).fetchone()
    return None if row is None else int(row[0])


def sent_by_me(conn: Connection, message: int) -> Row | None:
    """An own message that may still be edited, with its conversation's ends; None for any other."""
    return conn.execute(
        "SELECT m.id, m.conversation, m.kind, m.stanza_id, m.origin_id, m.archive_id, m.body, m.retracted, m.state,"
        " c.account, c.counterpart"
        " FROM messages m JOIN conversations c ON c.id = m.conversation"
        " WHERE m.id = ? AND m.direction = 'out' AND m.merged IS NULL AND NOT m.retracted",
        (message,),
    ).fetchone()


def reply_facts(conn: Connection, conversation: int, message: int) -> tuple[str, str]:
    """For a reply (XEP-0461): the id to name and the words to quote; two times '' when there is no such message."""
    row = conn.execute(
        "SELECT stanza_id, origin_id, archive_id, kind, coalesce(shown, body) AS words FROM messages"
        " WHERE id = ? AND conversation = ? AND merged IS NULL",
        (message, conversation),
    ).fetchone()
    if row is None:
        return "", ""
    name = row["archive_id"] if row["kind"] == "groupchat" else row["origin_id"] or row["stanza_id"]
    return str(name), str(row["words"])


def _place(conn: Connection, conversation: int, message: int) -> tuple[str, int] | None:
    row = conn.execute(
        "SELECT sort_at, id FROM messages WHERE id = ? AND conversation = ?", (message, conversation)
    ).fetchone()
    return None if row is None else (str(row["sort_at"]), int(row["id"]))


def _cut(rows: list[Row], limit: int) -> tuple[list[Row], bool]:
    return rows[:limit], len(rows) > limit


def _views(conn: Connection, conversation: int, rows: Sequence[Row]) -> tuple[MessageView, ...]:
    names = Names(conn, conversation)
    return tuple(_view(conn, names, row) for row in rows)


class Names:
    """Who is called what in one conversation."""

    def __init__(self, conn: Connection, conversation: int) -> None:
        row = conn.execute(
            "SELECT c.account, c.counterpart, k.name, a.nick FROM conversations c"
            " LEFT JOIN contacts k ON k.account = c.account AND k.jid = c.counterpart"
            " LEFT JOIN accounts a ON a.jid = c.account WHERE c.id = ?",
            (conversation,),
        ).fetchone()
        self._mine = "" if row is None else str(row["nick"] or conversations.title(None, row["account"]))
        self._theirs = "" if row is None else conversations.title(row["name"], row["counterpart"])
        self._conn, self._conversation = conn, conversation
        self._alike: dict[tuple[str, str], str] = {}

    def looks_like(self, row: Row) -> str:
        """The name of somebody else in the room that the sender's can be taken for, or ''."""
        if row["kind"] != "groupchat" or row["direction"] == "out":
            return ""
        key = (str(row["nick"]), str(row["occupant_id"]))
        if key not in self._alike:
            self._alike[key] = rooms.looks_like(self._conn, self._conversation, *key)
        return self._alike[key]

    def of(self, direction: str, sender: str, kind: str) -> str:
        """The sender's name; in a room the occupant's."""
        if kind == "groupchat":
            return sender.partition("/")[2] or sender
        return self._mine if direction == "out" else self._theirs


def _view(conn: Connection, names: Names, row: Row) -> MessageView:
    reply = _replied(conn, row) if row["reply_to"] else None
    return MessageView(
        id=int(row["id"]),
        conversation=int(row["conversation"]),
        direction=Direction(row["direction"]),
        sender=str(row["sender"]),
        sender_name=names.of(row["direction"], row["sender"], row["kind"]),
        body=str(row["words"]),
        at=str(row["at"]),
        state=DeliveryState(row["state"]),
        edited=bool(row["edited"]),
        retracted=bool(row["retracted"]),
        reply_id=None if reply is None else int(reply["id"]),
        reply_name="" if reply is None else names.of(reply["direction"], reply["sender"], reply["kind"]),
        reply_body="" if reply is None else str(reply["words"]),
        media=() if row["retracted"] else media_of(str(row["media"])),
        occupant=occupant_of(row),
        looks_like=names.looks_like(row),
        moderated=bool(row["moderated"]),
    )


def _replied(conn: Connection, row: Row) -> Row | None:
    for sql in _REPLIED:
        found = conn.execute(sql, (row["conversation"], row["reply_to"], row["id"])).fetchone()
        if found is not None:
            return found
    return None


_REPLY = "SELECT id, direction, sender, kind, substr(coalesce(shown, body), 1, 200) AS words FROM messages"
_REPLIED = (
    _REPLY + " WHERE conversation = ? AND origin_id = ? AND origin_id <> '' AND merged IS NULL AND id <> ?"
    " ORDER BY id DESC LIMIT 1",
    _REPLY + " WHERE conversation = ? AND stanza_id = ? AND stanza_id <> '' AND merged IS NULL AND id <> ?"
    " ORDER BY id DESC LIMIT 1",
    _REPLY + " WHERE conversation = ? AND archive_id = ? AND archive_id <> '' AND merged IS NULL AND id <> ?"
    " ORDER BY id DESC LIMIT 1",
)
