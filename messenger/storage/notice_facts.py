"""What the notice rules may know beside the words: whether somebody is known, who was blocked, what came before.

Read in one step for each burst of messages; none of it is a score of a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from messenger.storage import contacts, conversations
from messenger.storage.connection import Connection, Row, scalar
from messenger.storage.edits import CORRECTION

EACH_WAY = 20
"""Messages each way, and a week in the contacts, make somebody known."""
FAR_BACK = 2_000
"""Messages among which the 20 each way are counted: the newest ones."""
UNANSWERED = 12
CODE_LINES = 6
PICTURES = 20
"""Pictures of a person that are remembered, by their digest: the newest ones."""


@dataclass(frozen=True, slots=True)
class Line:
    """Words to look at: a message as it first came, or one of its corrections."""

    message: int
    edit: int | None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation. `began` is the time of its oldest message, or ''."""

    conversation: int
    account: str
    counterpart: str = field(repr=False)
    title: str = field(repr=False)
    room: bool
    accepted: bool
    blocked: bool
    known: bool
    began: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the contacts: address, shown name, digest of the picture or ''."""

    address: str
    name: str = field(repr=False)
    picture: str


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody who was blocked, as they were then."""

    address: str
    name: str = field(repr=False)
    picture: str
    at: str


@dataclass(frozen=True, slots=True)
class SeenPicture:
    """A picture of somebody that was seen here: its digest, since when or '', and whether a note spoke of it."""

    digest: str
    at: str
    told: bool


def chat(conn: Connection, conversation: int, week_ago: str) -> Chat | None:
    """The conversation with whether its person is known, or None when there is no such one."""
    row = conn.execute(
        "SELECT c.account, c.counterpart, c.kind, k.name, r.name AS room_name FROM conversations c"
        " LEFT JOIN contacts k ON k.account = c.account AND k.jid = c.counterpart"
        " LEFT JOIN rooms r ON r.conversation = c.id WHERE c.id = ?",
        (conversation,),
    ).fetchone()
    if row is None:
        return None
    account, counterpart = str(row["account"]), str(row["counterpart"])
    return Chat(
        conversation=conversation,
        account=account,
        counterpart=counterpart,
        title=conversations.title(row["room_name"] or row["name"], counterpart),
        room=row["kind"] == "room",
        accepted=conversations.accepted(conn, account, counterpart),
        blocked=counterpart in contacts.blocked(conn, account),
        known=known(conn, conversation, week_ago),
        began=_began(conn, conversation),
    )


def known(conn: Connection, conversation: int, week_ago: str) -> bool:
    """Marked as known by hand; or for a person: in the roster since `week_ago` or before, with 20 messages each way.

    Where nobody kept since when ('': they were in the roster before Robin wrote that down), the oldest message stands for
    it: the times of messages are this computer's or the own server's, so nobody can seem to be there for a week who is not.
    An own note-book is known.
    """
    row = conn.execute(
        "SELECT c.account, c.counterpart, c.kind, k.since, k.subscription, p.jid IS NOT NULL AS marked"
        " FROM conversations c LEFT JOIN contacts k ON k.account = c.account AND k.jid = c.counterpart"
        " LEFT JOIN known_people p ON p.account = c.account AND p.jid = c.counterpart WHERE c.id = ?",
        (conversation,),
    ).fetchone()
    if row is None:
        return False
    if row["marked"] or row["account"] == row["counterpart"]:
        return True
    if row["kind"] == "room" or row["subscription"] not in ("to", "from", "both"):
        return False
    since = str(row["since"] or _began(conn, conversation))
    return bool(since) and since <= week_ago and all(_said(conn, conversation, way) for way in ("out", "in"))


def set_known(conn: Connection, conversation: int, yes: bool) -> None:
    """Tick "I know them", or take it back. Raises `KeyError`."""
    ends = conversations.ends(conn, conversation)
    if yes:
        conn.execute("INSERT OR IGNORE INTO known_people(account, jid) VALUES (?, ?)", ends)
    else:
        conn.execute("DELETE FROM known_people WHERE account = ? AND jid = ?", ends)


def lines(conn: Connection, conversation: int, messages: Sequence[int]) -> tuple[Line, ...]:
    """What these incoming messages said when they came, in the order given."""
    found = []
    for message in messages:
        row = conn.execute(
            "SELECT body FROM messages WHERE id = ? AND conversation = ? AND direction = 'in' AND merged IS NULL",
            (message, conversation),
        ).fetchone()
        if row is not None:
            found.append(Line(message, None, str(row["body"])))
    return tuple(found)


def corrections(conn: Connection, conversation: int, messages: Sequence[int], since: str) -> tuple[Line, ...]:
    """The newest words of these incoming messages where they were corrected live after a time (XEP-0308)."""
    found = []
    for message in messages:
        row = conn.execute(
            "SELECT e.id, e.body FROM edits e JOIN messages m ON m.id = e.message WHERE e.message = ? AND e.kind = ?"
            " AND m.conversation = ? AND m.direction = 'in' AND m.merged IS NULL AND e.archived IS NULL"
            " AND e.received > ? ORDER BY e.sort_at DESC, e.id DESC LIMIT 1",
            (message, CORRECTION, conversation, since),
        ).fetchone()
        if row is not None:
            found.append(Line(message, int(row["id"]), str(row["body"])))
    return tuple(found)


def newest(conn: Connection, conversation: int, limit: int) -> tuple[Line, ...]:
    """The newest incoming messages, in order of time, then as many of the words into which they were corrected."""
    rows = conn.execute(
        "SELECT id, body FROM messages WHERE conversation = ? AND direction = 'in' AND merged IS NULL"
        " ORDER BY sort_at DESC, id DESC LIMIT ?",
        (conversation, limit),
    ).fetchall()
    first = {int(row["id"]): Line(int(row["id"]), None, str(row["body"])) for row in reversed(rows)}
    edits = conn.execute(
        "SELECT id, message, body FROM edits WHERE conversation = ? AND kind = ? ORDER BY sort_at DESC, id DESC LIMIT ?",
        (conversation, CORRECTION, limit),
    ).fetchall()
    reworded = (Line(int(row["message"]), int(row["id"]), str(row["body"])) for row in reversed(edits))
    return (*first.values(), *(one for one in reworded if one.message in first))


def unanswered(conn: Connection, conversation: int) -> tuple[str, ...]:
    """When the newest messages were written, as far as that is trusted, to which nothing was said yet."""
    rows = conn.execute(
        "SELECT coalesce(archived, delay, received) FROM messages WHERE conversation = ? AND direction = 'in'"
        " AND merged IS NULL AND sort_at > coalesce((SELECT max(sort_at) FROM messages WHERE conversation = ? AND direction = 'out'), '')"
        " ORDER BY sort_at DESC, id DESC LIMIT ?",
        (conversation, conversation, UNANSWERED),
    )
    return tuple(str(row[0]) for row in rows)


def lately(conn: Connection, conversation: int, since: str) -> tuple[str, ...]:
    """The last incoming lines after a time, as they are shown now."""
    rows = conn.execute(
        "SELECT substr(coalesce(shown, body), 1, 2000) FROM messages WHERE conversation = ? AND direction = 'in'"
        " AND merged IS NULL AND sort_at > ? AND coalesce(archived, delay, received) > ?"
        " ORDER BY sort_at DESC, id DESC LIMIT ?",
        (conversation, since, since, CODE_LINES),
    )
    return tuple(str(row[0]) for row in rows)


def people(conn: Connection, account: str) -> tuple[Person, ...]:
    """The people in the roster that this account knows by a subscription."""
    pictures = contacts.avatars(conn, account)
    return tuple(
        Person(one.jid, one.name, picture_digest(pictures.get(one.jid)))
        for one in contacts.roster(conn, account)
        if one.subscription.value in ("to", "from", "both")
    )


def picture_digest(image: bytes | None) -> str:
    """SHA-256 of a picture's bytes as lower-case hex; '' for none."""
    return hashlib.sha256(image).hexdigest() if image else ""


def picture(conn: Connection, account: str, jid: str) -> str:
    """The digest of a person's picture, or ''."""
    return picture_digest(contacts.avatar(conn, account, jid))


def note_picture(conn: Connection, account: str, jid: str, image: bytes, at: str) -> None:
    """A picture comes in the place of the one that is kept now: since when it is known. To be called before it is kept."""
    for digest, since in ((picture(conn, account, jid), ""), (picture_digest(image), at)):
        if digest:
            conn.execute(
                "INSERT OR IGNORE INTO pictures_seen(account, jid, digest, at) VALUES (?, ?, ?, ?)",
                (account, jid, digest, since),
            )
    conn.execute(
        "DELETE FROM pictures_seen WHERE account = ? AND jid = ? AND digest NOT IN (SELECT digest FROM pictures_seen"
        " WHERE account = ? AND jid = ? ORDER BY at DESC, digest LIMIT ?)",
        (account, jid, account, jid, PICTURES),
    )


def pictures_seen(conn: Connection, account: str, jid: str) -> tuple[SeenPicture, ...]:
    """The pictures of a person that are remembered."""
    rows = conn.execute("SELECT digest, at, told FROM pictures_seen WHERE account = ? AND jid = ?", (account, jid))
    return tuple(SeenPicture(str(row["digest"]), str(row["at"]), bool(row["told"])) for row in rows)


def told_picture(conn: Connection, account: str, jid: str) -> None:
    """A note spoke of the pictures of a person that are there now."""
    conn.execute("UPDATE pictures_seen SET told = 1 WHERE account = ? AND jid = ?", (account, jid))


def blocks(conn: Connection, account: str, since: str) -> tuple[Block, ...]:
    """Whom this account blocked after a time."""
    rows = conn.execute("SELECT * FROM blocks WHERE account = ? AND at > ?", (account, since))
    return tuple(_block(row) for row in rows)


def note_blocks(conn: Connection, account: str, jids: Sequence[str], at: str) -> None:
    """The block list is now this one: what can be compared of people who are new on it is kept, the others are let go.

    A block that was made on another device counts from when it became known here.
    """
    kept = {str(row[0]) for row in conn.execute("SELECT jid FROM blocks WHERE account = ?", (account,))}
    conn.executemany(
        "DELETE FROM blocks WHERE account = ? AND jid = ?", [(account, jid) for jid in kept.difference(jids)]
    )
    for jid in dict.fromkeys(jids):
        if jid not in kept:
            item = contacts.item(conn, account, jid)
            conn.execute(
                "INSERT INTO blocks(account, jid, name, picture, at) VALUES (?, ?, ?, ?, ?)",
                (account, jid, item.name if item else "", picture(conn, account, jid), at),
            )


def _block(row: Row) -> Block:
    return Block(str(row["jid"]), str(row["name"]), str(row["picture"]), str(row["at"]))


def _began(conn: Connection, conversation: int) -> str:
    found = scalar(
        conn,
        "SELECT sort_at FROM messages WHERE conversation = ? AND merged IS NULL ORDER BY sort_at, id LIMIT 1",
        (conversation,),
    )
    return str(found or "")


def _said(conn: Connection, conversation: int, way: str) -> bool:
    """Whether enough of the newest messages went this way. What lies further back is not looked for."""
    found = scalar(
        conn,
        "SELECT count(*) FROM (SELECT 1 FROM (SELECT direction FROM messages WHERE conversation = ? AND merged IS NULL"
        " ORDER BY sort_at DESC, id DESC LIMIT ?) WHERE direction = ? LIMIT ?)",
        (conversation, FAR_BACK, way, EACH_WAY),
    )
    return int(found) >= EACH_WAY
