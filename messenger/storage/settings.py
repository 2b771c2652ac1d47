"""Settings in the store: keys and values as text."""

from __future__ import annotations

from messenger.storage.connection import Connection


def every(conn: Connection) -> dict[str, str]:
    """What differs from the defaults."""
    return {str(row["key"]): str(row["value"]) for row in conn.execute("SELECT key, value FROM settings")}


def put(conn: Connection, key: str, value: str) -> None:
    """Keep a value."""
    conn.execute("INSERT OR REPLACE INTO settings(key, value) VALUES (?, ?)", (key, value))
