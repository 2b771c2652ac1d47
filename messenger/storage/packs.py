"""The newer file of tips in use, and when one was last asked for. Kept in the encrypted store: nobody can put an older one in."""

from __future__ import annotations

from messenger.storage.connection import Connection

TIPS = "tips"
_ASKED = "tips asked"


def get(conn: Connection) -> tuple[int, bytes, str] | None:
    """(version, the signed file, when it came), or None."""
    row = conn.execute("SELECT version, words, got FROM packs WHERE kind = ?", (TIPS,)).fetchone()
    return None if row is None else (int(row["version"]), bytes(row["words"]), str(row["got"]))


def put(conn: Connection, version: int, words: bytes, got: str) -> None:
    """Use this one from now on."""
    conn.execute(
        "INSERT OR REPLACE INTO packs(kind, version, words, got) VALUES (?, ?, ?, ?)", (TIPS, version, words, got)
    )


def asked(conn: Connection) -> str:
    """When newer tips were last asked for (RFC 3339), '' for never."""
    row = conn.execute("SELECT got FROM packs WHERE kind = ?", (_ASKED,)).fetchone()
    return "" if row is None else str(row["got"])


def set_asked(conn: Connection, at: str) -> None:
    """They are asked for now, whatever comes of it."""
    conn.execute("INSERT OR REPLACE INTO packs(kind, version, words, got) VALUES (?, 0, x'', ?)", (_ASKED, at))
