"""Accounts in the store, without passwords."""

from __future__ import annotations

from messenger.domain.account import Account, ServerAddress, Show
from messenger.storage.connection import Connection, Row

_FORGET = {
    "contacts": "DELETE FROM contacts WHERE account = ?",
    "requests": "DELETE FROM requests WHERE account = ?",
    "invitations": "DELETE FROM invitations WHERE account = ?",
    "blocked": "DELETE FROM blocked WHERE account = ?",
    "blocks": "DELETE FROM blocks WHERE account = ?",
    "guardian_people": "DELETE FROM guardian_people WHERE account = ?",
    "known_people": "DELETE FROM known_people WHERE account = ?",
    "avatars": "DELETE FROM avatars WHERE account = ?",
    "pictures_seen": "DELETE FROM pictures_seen WHERE account = ?",
    "archive_state": "DELETE FROM archive_state WHERE account = ?",
    "archive_gaps": "DELETE FROM archive_gaps WHERE account = ?",
    "outgoing": "DELETE FROM outgoing WHERE account = ?",
}


def every(conn: Connection) -> tuple[Account, ...]:
    """All accounts in the order in which they were added."""
    return tuple(_account(row) for row in conn.execute("SELECT * FROM accounts ORDER BY position"))


def get(conn: Connection, jid: str) -> Account | None:
    """One account, or None."""
    row = conn.execute("SELECT * FROM accounts WHERE jid = ?", (jid,)).fetchone()
    return None if row is None else _account(row)


def put(conn: Connection, account: Account) -> None:
    """Add or change an account; its place stays."""
    server = account.server
    conn.execute(
        "INSERT INTO accounts(jid, position, nick, status_text, show, host, port, starttls_only, ca_file, enabled)"
        " VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM accounts), ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(jid) DO UPDATE SET nick = excluded.nick, status_text = excluded.status_text, show = excluded.show,"
        " host = excluded.host, port = excluded.port, starttls_only = excluded.starttls_only, ca_file = excluded.ca_file,"
        " enabled = excluded.enabled",
        (
            account.jid,
            account.nick,
            account.status_text,
            account.show.value,
            server.host if server else None,
            server.port if server else None,
            int(server.starttls_only) if server else 1,
            server.ca_file if server else None,
            int(account.enabled),
        ),
    )


def drop(conn: Connection, jid: str) -> None:
    """Take back a `put` of an account that never signed in; nothing else is touched."""
    conn.execute("DELETE FROM accounts WHERE jid = ?", (jid,))


def forget(conn: Connection, jid: str) -> None:
    """Erase an account with its people and chats; the journal's digests stay."""
    for statement in _FORGET.values():
        conn.execute(statement, (jid,))
    rows = conn.execute("SELECT id FROM conversations WHERE account = ?", (jid,)).fetchall()
    for row in rows:
        conn.execute("DELETE FROM edits WHERE conversation = ?", (row["id"],))
        conn.execute("DELETE FROM messages WHERE conversation = ?", (row["id"],))
    conn.execute("DELETE FROM conversations WHERE account = ?", (jid,))
    conn.execute("DELETE FROM accounts WHERE jid = ?", (jid,))


def _account(row: Row) -> Account:
    server = None
    if row["host"] is not None:
        server = ServerAddress(str(row["host"]), int(row["port"]), bool(row["starttls_only"]), row["ca_file"])
    return Account(
        jid=str(row["jid"]),
        nick=str(row["nick"]),
        status_text=str(row["status_text"]),
        show=Show(row["show"]),
        server=server,
        enabled=bool(row["enabled"]),
    )
