"""Notices in the store: which were shown and what came of them, rules that are quiet, chats that are not asked, private words.

The words that a rule saw are read from the message; they are never kept twice. Nothing of this leaves the computer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from messenger.storage import conversations
from messenger.storage.connection import Connection, Row, scalar

MATCHED = 500
"""Characters of the matched words that are read at most."""
_KEPT = (
    "SELECT n.*, c.counterpart, k.name, r.name AS room_name,"
    " substr(coalesce(e.body, m.body, ''), n.first + 1, n.last - n.first) AS matched"
    " FROM notices n JOIN conversations c ON c.id = n.conversation"
    " LEFT JOIN messages m ON m.id = n.message LEFT JOIN edits e ON e.id = n.edit"
    " LEFT JOIN contacts k ON k.account = c.account AND k.jid = c.counterpart"
    " LEFT JOIN rooms r ON r.conversation = c.id"
)
_INCOMING = " AND n.rule NOT IN ('R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R20')"


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding on its way into the store. `message` and `edit` say where `first` and `last` are counted."""

    rule: str
    message: int | None = None
    edit: int | None = None
    first: int = 0
    last: int = 0
    places: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice as it is kept, with the words that it is about and the title of its chat."""

    id: int
    conversation: int
    chat: str = field(repr=False)
    message: int | None
    rule: str
    matched: str = field(repr=False)
    places: tuple[tuple[str, str], ...] = field(repr=False)
    at: str
    state: str
    action: str
    useful: bool | None


def add(conn: Connection, conversation: int, one: Raised, at: str) -> int:
    """Keep a notice that is shown from now on; returns its id."""
    return conn.execute(
        "INSERT INTO notices(conversation, message, edit, rule, first, last, places, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            conversation,
            one.message,
            one.edit,
            one.rule,
            one.first,
            one.last,
            json.dumps(dict(one.places), ensure_ascii=False),
            at,
        ),
    ).lastrowid


def get(conn: Connection, notice: int) -> Kept | None:
    """One notice, or None."""
    row = conn.execute(_KEPT + " WHERE n.id = ?", (notice,)).fetchone()
    return None if row is None else _kept(row)


def waiting(conn: Connection, conversation: int) -> tuple[Kept, ...]:
    """What was not answered yet in a chat, the newest first. What was about words to be sent does not wait."""
    rows = conn.execute(
        _KEPT
        + " WHERE n.conversation = ? AND n.state = 'shown'"
        + _INCOMING
        + " ORDER BY n.at DESC, n.id DESC LIMIT 50",
        (conversation,),
    )
    return tuple(_kept(row) for row in rows)


def close(conn: Connection, notice: int, state: str, action: str) -> bool:
    """A notice was answered; whether it was still waiting."""
    done = conn.execute(
        "UPDATE notices SET state = ?, action = CASE WHEN ? = '' THEN action ELSE ? END WHERE id = ? AND state = 'shown'",
        (state, action, action, notice),
    )
    return done.rowcount > 0


def set_useful(conn: Connection, notice: int, yes: bool) -> bool:
    """What the person said of a notice; whether that is new."""
    done = conn.execute("UPDATE notices SET useful = ? WHERE id = ? AND useful IS NOT ?", (int(yes), notice, int(yes)))
    return done.rowcount > 0


def shown_between(conn: Connection, since: str, until: str, conversation: int | None = None) -> dict[str, int]:
    """How often each rule was shown between two times, in one chat or in all."""
    rows = conn.execute(
        "SELECT rule, count(*) AS n FROM notices WHERE at > ? AND at < ? AND (? IS NULL OR conversation = ?) GROUP BY rule",
        (since, until, conversation, conversation),
    )
    return {str(row["rule"]): int(row["n"]) for row in rows}


def ever(conn: Connection, conversation: int, rule: str) -> bool:
    """Whether this rule was ever shown in this chat."""
    return bool(
        scalar(conn, "SELECT EXISTS (SELECT 1 FROM notices WHERE conversation = ? AND rule = ?)", (conversation, rule))
    )


def is_there(conn: Connection, message: int | None) -> bool:
    """Whether the message that a finding is about was not erased meanwhile; True where it is about none."""
    return message is None or bool(scalar(conn, "SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?)", (message,)))


def drop_oldest_waiting(conn: Connection, conversation: int, rule: str, keep: int) -> None:
    """Forget the oldest unanswered notices of a rule, so that a flood of them does not pile up: nobody saw them."""
    conn.execute(
        "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE conversation = ? AND rule = ?"
        " AND state = 'shown' ORDER BY at DESC, id DESC LIMIT -1 OFFSET ?)",
        (conversation, rule, keep),
    )


def seen(conn: Connection, limit: int) -> tuple[Kept, ...]:
    """All notices, the newest first."""
    rows = conn.execute(_KEPT + " ORDER BY n.at DESC, n.id DESC LIMIT ?", (max(1, limit),))
    return tuple(_kept(row) for row in rows)


def counts(conn: Connection) -> dict[str, int]:
    """How many were shown, and of these how many were acted on and put away."""
    row = conn.execute(
        "SELECT count(*) AS shown, coalesce(sum(state = 'acted' OR action <> ''), 0) AS acted,"
        " coalesce(sum(state = 'dismissed' AND action = ''), 0) AS dismissed FROM notices"
    ).fetchone()
    return {} if row is None else {key: int(row[key]) for key in ("shown", "acted", "dismissed")}


def forget(conn: Connection) -> tuple[int, ...]:
    """Erase what was shown and what was said of it; the chats in which something still waited.

    What the person chose stays: private words, people marked as known, chats in which a rule is not to ask.
    """
    rows = conn.execute("SELECT DISTINCT n.conversation FROM notices n WHERE n.state = 'shown'" + _INCOMING).fetchall()
    conn.execute("DELETE FROM notices")
    conn.execute("DELETE FROM notice_rules")
    return tuple(int(row[0]) for row in rows)


def quiet(conn: Connection, now: str, latest: str) -> frozenset[str]:
    """The rules that are quiet at this time. What is quiet until after `latest` was set by a clock that was wrong."""
    rows = conn.execute("SELECT rule FROM notice_rules WHERE quiet_until > ? AND quiet_until <= ?", (now, latest))
    return frozenset(str(row[0]) for row in rows)


def rate(conn: Connection, rule: str, yes: bool, most: int, until: str) -> bool:
    """Count "not useful" answers to a rule, a yes takes them back; with `most` of them it is quiet `until` then: True."""
    if yes:
        conn.execute("DELETE FROM notice_rules WHERE rule = ?", (rule,))
        return False
    conn.execute(
        "INSERT INTO notice_rules(rule, not_useful) VALUES (?, 1) ON CONFLICT(rule) DO UPDATE SET"
        " not_useful = not_useful + 1",
        (rule,),
    )
    done = conn.execute(
        "UPDATE notice_rules SET not_useful = 0, quiet_until = ? WHERE rule = ? AND not_useful >= ?",
        (until, rule, most),
    )
    return done.rowcount > 0


def rest(conn: Connection, conversation: int, rule: str) -> None:
    """Do not ask for this chat again."""
    conn.execute("INSERT OR IGNORE INTO notice_unasked(conversation, rule) VALUES (?, ?)", (conversation, rule))


def resting(conn: Connection, conversation: int) -> frozenset[str]:
    """The rules that do not ask in this chat."""
    rows = conn.execute("SELECT rule FROM notice_unasked WHERE conversation = ?", (conversation,))
    return frozenset(str(row[0]) for row in rows)


def private_words(conn: Connection) -> tuple[str, ...]:
    """The private words in the order in which they were written."""
    return tuple(str(row[0]) for row in conn.execute("SELECT word FROM private_words ORDER BY rowid"))


def set_private_words(conn: Connection, words: Sequence[str]) -> None:
    """Take over the private words."""
    conn.execute("DELETE FROM private_words")
    conn.executemany("INSERT OR IGNORE INTO private_words(word) VALUES (?)", [(one,) for one in words])


def _kept(row: Row) -> Kept:
    places: object = json.loads(row["places"])
    return Kept(
        id=int(row["id"]),
        conversation=int(row["conversation"]),
        chat=conversations.title(row["room_name"] or row["name"], str(row["counterpart"])),
        message=None if row["message"] is None else int(row["message"]),
        rule=str(row["rule"]),
        matched=str(row["matched"])[:MATCHED] if row["rule"] != "R15" else str(row["matched"]),
        places=tuple((str(key), str(value)) for key, value in places.items()) if isinstance(places, dict) else (),
        at=str(row["at"]),
        state=str(row["state"]),
        action=str(row["action"]),
        useful=None if row["useful"] is None else bool(row["useful"]),
    )
