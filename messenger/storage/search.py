"""Finding words: the full-text index asked with the person's words, newest first, never by rank (stack.md 5)."""

from __future__ import annotations

import re

from messenger.domain.message import SearchHit
from messenger.storage import conversations
from messenger.storage.connection import Connection, Error, Row
from messenger.storage.pages import Names

_OPEN, _CLOSE = "\x02", "\x03"
_MOST_WORDS = 12
_WORD = re.compile(r"[^\W_]")
_SNIPPET_WORDS = 24
_QUERY = (
    "SELECT s.rowid AS id, snippet(search, 0, char(2), char(3), '\u2026', 24) AS snippet, m.conversation, m.direction,"
    " m.sender, m.kind, coalesce(m.archived, m.delay, m.received) AS at, c.counterpart,"
    " coalesce(nullif(r.name, ''), k.name) AS name"
    " FROM search s CROSS JOIN messages m ON m.id = s.rowid CROSS JOIN conversations c ON c.id = m.conversation"
    " LEFT JOIN contacts k ON k.account = c.account AND k.jid = c.counterpart"
    " LEFT JOIN rooms r ON r.conversation = c.id"
    " WHERE search MATCH ? AND s.rowid < ? AND c.account = ? AND m.merged IS NULL"
)
_NEWEST = " ORDER BY s.rowid DESC LIMIT ?"
_FAR = 2**62


def match_of(words: str) -> str:
    """A safe FTS5 query: every word quoted, the last one as a beginning; '' when there is nothing to look for."""
    found = [word.replace("\x00", "") for word in words.split()]
    found = [word for word in found if _WORD.search(word)][:_MOST_WORDS]
    if not found:
        return ""
    return " ".join('"' + word.replace('"', '""') + '"' for word in found) + "*"


def search(
    conn: Connection,
    account: str,
    words: str,
    before: int | None = None,
    limit: int = 50,
    conversation: int | None = None,
) -> tuple[SearchHit, ...]:
    """Messages of an account that hold all words, newest first, with ids below `before`."""
    match = match_of(words)
    if not match:
        return ()
    values: list[object] = [match, _FAR if before is None else before, account]
    sql = _QUERY
    if conversation is not None:
        sql += " AND m.conversation = ?"
        values.append(conversation)
    values.append(max(1, min(limit, 500)))
    rows = conn.execute(sql + _NEWEST, values).fetchall()
    names: dict[int, Names] = {}
    return tuple(_hit(conn, row, names) for row in rows)


def optimise(conn: Connection) -> None:
    """Merge the index's parts; for times when nobody waits."""
    conn.execute("INSERT INTO search(search) VALUES ('optimize')")


def whole(conn: Connection) -> bool:
    """Whether the index holds exactly the words of the messages."""
    try:
        conn.execute("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)")
    except Error:
        return False
    return True


def _hit(conn: Connection, row: Row, names: dict[int, Names]) -> SearchHit:
    conversation = int(row["conversation"])
    if conversation not in names:
        names[conversation] = Names(conn, conversation)
    text, spans = _spans(" ".join(str(row["snippet"]).split()))
    return SearchHit(
        message=int(row["id"]),
        conversation=conversation,
        title=conversations.title(row["name"], str(row["counterpart"])),
        sender_name=names[conversation].of(row["direction"], row["sender"], row["kind"]),
        snippet=text,
        spans=spans,
        at=str(row["at"]),
    )


def _spans(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    text, spans, start = "", [], None
    for part in re.split("([\x02\x03])", marked):
        if part == _OPEN:
            start = len(text)
        elif part == _CLOSE and start is not None:
            spans.append((start, len(text)))
            start = None
        elif part not in (_OPEN, _CLOSE):
            text += part
    return text, tuple(spans)
