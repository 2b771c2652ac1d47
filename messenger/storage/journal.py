"""The client's journal: a hash chain over digests only, written in the same transaction as what it speaks of.

``hash_n = SHA-256(hash_{n-1} || entry_n)`` where the entry is "index LF kind LF time LF digest" in ASCII. Messages
can be erased without breaking it (decision 11). A digest covers ids that are random, so that it cannot be guessed.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from typing import Any

from messenger.domain.evidence import JournalHead
from messenger.storage.connection import Connection, Row

_BEGAN = "began"


def append(conn: Connection, kind: str, at: str, digest: str) -> tuple[int, str]:
    """Add an entry; returns its index and chain value. `kind` is a fixed word, `digest` from `digest_of`."""
    last = conn.execute("SELECT idx, hash FROM journal ORDER BY idx DESC LIMIT 1").fetchone()
    if last is None:
        last = _begin(conn, at, 0)
    index = int(last["idx"]) + 1
    value = _chain(str(last["hash"]), index, kind, at, digest)
    conn.execute(
        "INSERT INTO journal(idx, kind, at, digest, hash) VALUES (?, ?, ?, ?, ?)", (index, kind, at, digest, value)
    )
    return index, value


def head(conn: Connection) -> JournalHead:
    """The end of the chain, and when it began; index 0 and an empty head when nothing was ever stored."""
    last = conn.execute("SELECT idx, hash FROM journal ORDER BY idx DESC LIMIT 1").fetchone()
    first = conn.execute("SELECT at FROM journal ORDER BY idx LIMIT 1").fetchone()
    if last is None or first is None:
        return JournalHead(0, "", "")
    return JournalHead(int(last["idx"]), str(last["hash"]), str(first["at"]))


def holds(conn: Connection) -> bool:
    """Whether every chain value follows from the one before, without gaps."""
    before: Row | None = None
    for row in conn.execute("SELECT idx, kind, at, digest, hash FROM journal ORDER BY idx"):
        if before is None:
            if row["kind"] != _BEGAN or row["hash"] != _chain("", int(row["idx"]), _BEGAN, row["at"], row["digest"]):
                return False
        elif row["idx"] != before["idx"] + 1 or row["hash"] != _chain(
            str(before["hash"]), int(row["idx"]), str(row["kind"]), str(row["at"]), str(row["digest"])
        ):
            return False
        before = row
    return True


def digest_of(facts: dict[str, Any]) -> str:
    """SHA-256 over sorted JSON of these facts, in base64url."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return _b64u(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())


def begin(conn: Connection, at: str, index: int) -> None:
    """Start a chain at this index (a new store after damage goes on far above the old one)."""
    _begin(conn, at, index)


def _begin(conn: Connection, at: str, index: int) -> Row:
    seed = _b64u(os.urandom(32))
    conn.execute(
        "INSERT OR REPLACE INTO journal(idx, kind, at, digest, hash) VALUES (?, ?, ?, ?, ?)",
        (index, _BEGAN, at, seed, _chain("", index, _BEGAN, at, seed)),
    )
    row = conn.execute("SELECT idx, hash FROM journal WHERE idx = ?", (index,)).fetchone()
    assert row is not None
    return row


def _chain(before: str, index: int, kind: str, at: str, digest: str) -> str:
    entry = f"{index}\n{kind}\n{at}\n{digest}".encode("ascii", "replace")
    return _b64u(hashlib.sha256(before.encode("ascii") + entry).digest())


def _b64u(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
