"""People in the store: the roster, requests, blocked addresses and pictures."""

from __future__ import annotations

import json
from collections.abc import Sequence

from messenger.domain.contact import RosterItem, Subscription
from messenger.storage.connection import Connection, Row, scalar

_SINCE = "SELECT jid, since FROM contacts WHERE account = ?"


def roster(conn: Connection, account: str) -> tuple[RosterItem, ...]:
    """The roster, in order of name."""
    rows = conn.execute(
        "SELECT * FROM contacts WHERE account = ? ORDER BY lower(CASE name WHEN '' THEN jid ELSE name END), jid",
        (account,),
    )
    return tuple(_item(row) for row in rows)


def item(conn: Connection, account: str, jid: str) -> RosterItem | None:
    """One line of the roster, or None."""
    row = conn.execute("SELECT * FROM contacts WHERE account = ? AND jid = ?", (account, jid)).fetchone()
    return None if row is None else _item(row)


def put(conn: Connection, account: str, items: Sequence[RosterItem], whole: bool, at: str = "") -> None:
    """Take over the server's roster (`whole`), or changes of it.

    Since when somebody is in it here is kept over every replacement. Who comes with the very first roster of an account
    was in it before: since when is not known, and is kept as ''.
    """
    since = {str(row[0]): str(row[1]) for row in conn.execute(_SINCE, (account,))}
    new = at if since or not whole else ""
    if whole:
        conn.execute("DELETE FROM contacts WHERE account = ?", (account,))
    for one in items:
        if one.subscription is Subscription.REMOVE:
            conn.execute("DELETE FROM contacts WHERE account = ? AND jid = ?", (account, one.jid))
            continue
        conn.execute(
            "INSERT OR REPLACE INTO contacts(account, jid, name, subscription, pending, groups, since)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                account,
                one.jid,
                one.name,
                one.subscription.value,
                int(one.pending),
                json.dumps(one.groups),
                since.get(one.jid, new),
            ),
        )
        if one.subscription in (Subscription.FROM, Subscription.BOTH):
            drop_request(conn, account, one.jid)


def add_request(conn: Connection, account: str, jid: str, words: str, at: str) -> bool:
    """Somebody asks for presence; false when the same request waits already."""
    before = scalar(conn, "SELECT count(*) FROM requests WHERE account = ? AND jid = ?", (account, jid))
    conn.execute(
        "INSERT OR REPLACE INTO requests(account, jid, words, at) VALUES (?, ?, ?, ?)", (account, jid, words, at)
    )
    return not before


def drop_request(conn: Connection, account: str, jid: str) -> bool:
    """The request was answered; whether there was one."""
    return conn.execute("DELETE FROM requests WHERE account = ? AND jid = ?", (account, jid)).rowcount > 0


def requests(conn: Connection, account: str) -> list[tuple[str, str, str]]:
    """(address, words, time) of subscription requests, newest first; not of people who are blocked or were put away.

    Nor of those whom the person asked themselves: they get their answer without a question.
    """
    rows = conn.execute(
        "SELECT r.jid, r.words, r.at FROM requests r LEFT JOIN blocked b ON b.account = r.account AND b.jid = r.jid"
        " LEFT JOIN conversations c ON c.account = r.account AND c.counterpart = r.jid"
        " LEFT JOIN contacts k ON k.account = r.account AND k.jid = r.jid"
        " WHERE r.account = ? AND b.jid IS NULL AND coalesce(c.accepted, 0) <> -1"
        " AND NOT coalesce(k.subscription IN ('to', 'from', 'both') OR k.pending, 0) ORDER BY r.at DESC",
        (account,),
    )
    return [(str(row["jid"]), str(row["words"]), str(row["at"])) for row in rows]


def asked(conn: Connection, account: str, jid: str) -> bool:
    """Whether this person asks for presence and was not answered yet; also when the request was put away."""
    return bool(scalar(conn, "SELECT count(*) FROM requests WHERE account = ? AND jid = ?", (account, jid)))


def blocked(conn: Connection, account: str) -> tuple[str, ...]:
    """The blocked addresses."""
    rows = conn.execute("SELECT jid FROM blocked WHERE account = ? ORDER BY jid", (account,))
    return tuple(str(row[0]) for row in rows)


def set_blocked(conn: Connection, account: str, jids: Sequence[str]) -> tuple[str, ...]:
    """Take over the server's block list; the addresses that changed."""
    before = set(blocked(conn, account))
    conn.execute("DELETE FROM blocked WHERE account = ?", (account,))
    conn.executemany("INSERT OR IGNORE INTO blocked(account, jid) VALUES (?, ?)", [(account, jid) for jid in jids])
    return tuple(sorted(before ^ set(jids)))


def avatar(conn: Connection, account: str, jid: str) -> bytes | None:
    """A person's picture, or None."""
    found = scalar(conn, "SELECT image FROM avatars WHERE account = ? AND jid = ?", (account, jid))
    return None if found is None else bytes(found)


def set_avatar(conn: Connection, account: str, jid: str, image: bytes) -> None:
    """Keep a picture; empty bytes take it away."""
    conn.execute("DELETE FROM avatars WHERE account = ? AND jid = ?", (account, jid))
    if image:
        conn.execute("INSERT INTO avatars(account, jid, image) VALUES (?, ?, ?)", (account, jid, image))


def avatars(conn: Connection, account: str) -> dict[str, bytes]:
    """All pictures of an account's people."""
    rows = conn.execute("SELECT jid, image FROM avatars WHERE account = ?", (account,))
    return {str(row["jid"]): bytes(row["image"]) for row in rows}


def _item(row: Row) -> RosterItem:
    return RosterItem(
        jid=str(row["jid"]),
        name=str(row["name"]),
        subscription=Subscription(row["subscription"]),
        pending=bool(row["pending"]),
        groups=tuple(json.loads(row["groups"])),
    )
