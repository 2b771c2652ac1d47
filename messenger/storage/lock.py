"""The app lock in the store: the hash of the PIN, wrong tries in a row, and until when no try counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from messenger.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class PinRow:
    """A PIN as it is kept. `pin` is an Argon2id hash, `wait_until` RFC 3339 UTC or ''."""

    pin: str = field(repr=False)
    wrong: int = 0
    wait_until: str = ""


def get(conn: Connection) -> PinRow | None:
    """The PIN of the app lock, or None."""
    row = conn.execute("SELECT pin, wrong, wait_until FROM app_lock WHERE id = 1").fetchone()
    return PinRow(str(row["pin"]), int(row["wrong"]), str(row["wait_until"])) if row is not None else None


def put(conn: Connection, pin: str) -> None:
    """Keep a new hash; the tries begin anew."""
    conn.execute("INSERT OR REPLACE INTO app_lock(id, pin, wrong, wait_until) VALUES (1, ?, 0, '')", (pin,))


def count(conn: Connection, wrong: int, wait_until: str) -> None:
    """Keep how many tries were wrong and until when none counts."""
    conn.execute("UPDATE app_lock SET wrong = ?, wait_until = ? WHERE id = 1", (wrong, wait_until))


def drop(conn: Connection) -> None:
    """No lock any more."""
    conn.execute("DELETE FROM app_lock WHERE id = 1")
