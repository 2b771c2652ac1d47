"""Rooms in the store: which this account wants to be in, what they said of themselves, who was seen, and invitations."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from messenger.domain.evidence import Occupant, RoomFacts
from messenger.domain.lookalike import nick_skeleton
from messenger.domain.room import RoomEnd, RoomInfo, RoomInvitation, RoomNow, RoomState
from messenger.storage import conversations
from messenger.storage.connection import Connection, Row, scalar

_MOST_NAMES = 5_000
_MOST_INVITATIONS = 100


@dataclass(frozen=True, slots=True)
class KnownRoom:
    """A room as it is remembered. `nick` is the name to go in under."""

    conversation: int
    account: str
    jid: str
    name: str
    nick: str
    wanted: bool
    newest: str
    password: str = field(default="", repr=False)


_KNOWN = (
    "SELECT r.*, c.account, c.counterpart FROM rooms r JOIN conversations c ON c.id = r.conversation"
    " WHERE c.kind = 'room'"
)


def ensure(conn: Connection, account: str, jid: str, nick: str, password: str = "") -> int:
    """The conversation of a room that the person wants to be in, made when new."""
    conversation = conversations.ensure(conn, account, jid)
    conn.execute("UPDATE conversations SET kind = 'room', accepted = 1 WHERE id = ?", (conversation,))
    conn.execute(
        "INSERT INTO rooms(conversation, nick, password) VALUES (?, ?, ?) ON CONFLICT(conversation) DO UPDATE SET"
        " nick = excluded.nick, password = excluded.password, wanted = 1, ended = ''",
        (conversation, nick, password),
    )
    return conversation


def get(conn: Connection, conversation: int) -> KnownRoom | None:
    """A room by its conversation, or None."""
    row = conn.execute(_KNOWN + " AND c.id = ?", (conversation,)).fetchone()
    return None if row is None else _known(row)


def find(conn: Connection, account: str, jid: str) -> KnownRoom | None:
    """A room by its address, or None."""
    row = conn.execute(_KNOWN + " AND c.account = ? AND c.counterpart = ?", (account, jid)).fetchone()
    return None if row is None else _known(row)


def every(conn: Connection, account: str) -> tuple[KnownRoom, ...]:
    """All rooms that this account was ever in."""
    rows = conn.execute(_KNOWN + " AND c.account = ? ORDER BY c.id", (account,))
    return tuple(_known(row) for row in rows)


def set_wanted(conn: Connection, conversation: int, wanted: bool) -> None:
    """Whether the person wants to be in."""
    conn.execute("UPDATE rooms SET wanted = ? WHERE conversation = ?", (int(wanted), conversation))


def set_newest(conn: Connection, conversation: int, archive_id: str) -> None:
    """The room's archive is known up to this id."""
    conn.execute("UPDATE rooms SET newest = ? WHERE conversation = ?", (archive_id, conversation))


def reach_newest(conn: Connection, conversation: int, jid: str) -> None:
    """Everything of the room is here: its archive is known up to the newest message."""
    found = scalar(
        conn,
        "SELECT archive_id FROM messages WHERE conversation = ? AND archive_by = ? ORDER BY sort_at DESC, id DESC LIMIT 1",
        (conversation, jid),
    )
    if found:
        set_newest(conn, conversation, str(found))


def ended(conn: Connection, conversation: int) -> RoomEnd:
    """Why the account was last outside."""
    return RoomEnd(str(scalar(conn, "SELECT ended FROM rooms WHERE conversation = ?", (conversation,)) or ""))


def put_now(conn: Connection, account: str, now: RoomNow) -> int | None:
    """Keep how a room stands; its conversation, or None for a room that is not known here."""
    known = find(conn, account, now.jid)
    if known is None:
        return None
    conn.execute("UPDATE rooms SET ended = ? WHERE conversation = ?", (now.end.value, known.conversation))
    if now.info.features:
        conn.execute(
            "UPDATE rooms SET name = ?, features = ? WHERE conversation = ?",
            (now.info.name, json.dumps(now.info.features), known.conversation),
        )
    if now.state is RoomState.INSIDE:
        me = now.me
        conn.execute(
            "UPDATE rooms SET nick = ?, occupant_id = ?, role = ?, affiliation = ?, subject = ? WHERE conversation = ?",
            (me.nick, me.occupant_id, me.role, me.affiliation, now.subject, known.conversation),
        )
        note_names(conn, known.conversation, now.occupants)
    return known.conversation


def note_names(conn: Connection, conversation: int, occupants: Iterable[Occupant]) -> None:
    """Names that were seen in a room; a flood of them is cut."""
    count = int(scalar(conn, "SELECT count(*) FROM room_names WHERE conversation = ?", (conversation,)))
    for one in occupants:
        if count >= _MOST_NAMES:
            return
        count += conn.execute(
            "INSERT OR IGNORE INTO room_names(conversation, nick, occupant_id, skeleton) VALUES (?, ?, ?, ?)",
            (conversation, one.nick, one.occupant_id, nick_skeleton(one.nick)),
        ).rowcount


def looks_like(conn: Connection, conversation: int, nick: str, occupant_id: str) -> str:
    """The name of somebody else in this room that this one can be taken for, or ''. The same lasting id is the same person."""
    row = conn.execute(
        "SELECT nick FROM room_names WHERE conversation = ? AND skeleton = ? AND (nick <> ? OR occupant_id <> ?)"
        " AND (occupant_id <> ? OR occupant_id = '') ORDER BY nick <> ? DESC, nick LIMIT 1",
        (conversation, nick_skeleton(nick), nick, occupant_id, occupant_id, nick),
    ).fetchone()
    return "" if row is None else str(row["nick"])


def facts(conn: Connection, conversation: int) -> RoomFacts | None:
    """The room and the own place in it for evidence, or None when this is no room."""
    row = conn.execute(_KNOWN + " AND c.id = ?", (conversation,)).fetchone()
    if row is None:
        return None
    features = tuple(json.loads(row["features"]))
    me = Occupant(str(row["nick"]), str(row["occupant_id"]), str(row["role"]), str(row["affiliation"]), row["account"])
    jid = str(row["counterpart"])
    return RoomFacts(jid, str(row["name"]), me, RoomInfo(jid, features=features).public, features)


def own_place(conn: Connection, conversation: int) -> Occupant:
    """The own place as it was last."""
    found = facts(conn, conversation)
    return found.me if found is not None else Occupant("")


def waiting(conn: Connection, account: str, jid: str) -> tuple[str, ...]:
    """Origin ids of what was written to a room and has not come back."""
    rows = conn.execute(
        "SELECT o.origin_id FROM outgoing o JOIN messages m ON m.id = o.message JOIN conversations c"
        " ON c.id = m.conversation WHERE c.account = ? AND c.counterpart = ? ORDER BY o.id",
        (account, jid),
    )
    return tuple(str(row[0]) for row in rows)


def add_invitation(conn: Connection, made: RoomInvitation) -> bool:
    """Keep an invitation, a newer one in place of an older one to the same room; False when there are too many."""
    count = int(scalar(conn, "SELECT count(*) FROM invitations WHERE account = ?", (made.account,)))
    known = invitation(conn, made.account, made.room)
    if known is None and count >= _MOST_INVITATIONS:
        return False
    conn.execute(
        "INSERT OR REPLACE INTO invitations(account, room, inviter, by_room, reason, password, at, name, people)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            made.account,
            made.room,
            made.inviter,
            int(made.by_room),
            made.reason,
            made.password,
            made.at,
            made.name,
            made.people,
        ),
    )
    return True


def invitation(conn: Connection, account: str, room: str) -> RoomInvitation | None:
    """The invitation to a room, or None."""
    row = conn.execute("SELECT * FROM invitations WHERE account = ? AND room = ?", (account, room)).fetchone()
    return None if row is None else _invitation(row)


def invitations(conn: Connection, account: str, away: bool = False) -> tuple[RoomInvitation, ...]:
    """Those that wait, or those that were put away by themselves; the newest first. Not of who was blocked since."""
    rows = conn.execute(
        "SELECT * FROM invitations i WHERE account = ? AND away = ?"
        " AND NOT EXISTS (SELECT 1 FROM blocked b WHERE b.account = i.account AND b.jid IN (i.inviter, i.room))"
        " ORDER BY at DESC, room",
        (account, int(away)),
    )
    return tuple(_invitation(row) for row in rows)


def put_invitation_away(conn: Connection, account: str, room: str) -> None:
    """Nobody new may write: it is kept, and asks for nothing."""
    conn.execute("UPDATE invitations SET away = 1 WHERE account = ? AND room = ?", (account, room))


def describe_invitation(conn: Connection, account: str, info: RoomInfo) -> None:
    """What the room says of itself is known now."""
    conn.execute(
        "UPDATE invitations SET name = ?, people = ? WHERE account = ? AND room = ?",
        (info.name, info.people, account, info.jid),
    )


def drop_invitation(conn: Connection, account: str, room: str) -> None:
    """It was answered."""
    conn.execute("DELETE FROM invitations WHERE account = ? AND room = ?", (account, room))


def _known(row: Row) -> KnownRoom:
    return KnownRoom(
        int(row["conversation"]),
        str(row["account"]),
        str(row["counterpart"]),
        str(row["name"]),
        str(row["nick"]),
        bool(row["wanted"]),
        str(row["newest"]),
        str(row["password"]),
    )


def _invitation(row: Row) -> RoomInvitation:
    return RoomInvitation(
        str(row["account"]),
        str(row["room"]),
        str(row["inviter"]),
        bool(row["by_room"]),
        str(row["reason"]),
        str(row["password"]),
        str(row["at"]),
        str(row["name"]),
        None if row["people"] is None else int(row["people"]),
    )
