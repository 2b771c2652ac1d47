"""The signed directory of desks in use, kept in the encrypted store: nobody can put an older one in its place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from messenger.storage.connection import Connection


def get(conn: Connection) -> tuple[bytes, dict[str, list[dict[str, str]]]] | None:
    """(the file's bytes, the keys that each desk may use), or None."""
    row = conn.execute("SELECT words, known FROM directory WHERE id = 1").fetchone()
    return None if row is None else (str(row["words"]).encode("utf-8"), json.loads(row["known"]))


def put(conn: Connection, words: str, known: Mapping[str, Sequence[Mapping[str, str]]]) -> None:
    """Use this one from now on."""
    conn.execute(
        "INSERT OR REPLACE INTO directory(id, words, known) VALUES (1, ?, ?)",
        (words, json.dumps(known, sort_keys=True)),
    )
