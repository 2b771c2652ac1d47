"""The deck of tips: its seed and its state as JSON. It never leaves this computer."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from messenger.storage.connection import Connection


def seed(conn: Connection) -> str:
    """The seed by which this profile's deck is shuffled, made at the first call (a write)."""
    conn.execute("INSERT OR IGNORE INTO deck(id, seed, state) VALUES (1, ?, '{}')", (secrets.token_hex(16),))
    row = conn.execute("SELECT seed FROM deck WHERE id = 1").fetchone()
    assert row is not None
    return str(row["seed"])


def state(conn: Connection) -> object:
    """The state as it was kept, whatever it is; None at first."""
    row = conn.execute("SELECT state FROM deck WHERE id = 1").fetchone()
    try:
        return None if row is None else json.loads(row["state"])
    except ValueError:
        return None


def keep(conn: Connection, state: Mapping[str, Any]) -> None:
    """Keep the state; `seed` was asked before."""
    conn.execute("UPDATE deck SET state = ? WHERE id = 1", (json.dumps(state),))
