"""The desk's officers: who may sign in, and their sessions."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from messenger.desk import journal
from messenger.desk.moments import HOUR, Clock
from messenger.desk.store import FILE, Store

SESSION_SECONDS = 8 * HOUR
SHORTEST = 8
_hasher = PasswordHasher()
# Checked when there is no such officer, so that both answers take the same time.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
_NAME = re.compile(r"[^\W_][\w .'’-]{0,58}[\w.]|[^\W_]")


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in officer. `csrf` stands in every form; `until` is Unix seconds."""

    officer: str
    csrf: str
    until: float


class NameRefused(ValueError):
    """An officer's name has letters, digits, spaces, dots and hyphens; at most 60."""


def hash_password(password: str) -> str:
    """An Argon2id hash. Takes a while: call it off the loop. Raises `ValueError` for fewer than 8 characters."""
    if len(password) < SHORTEST:
        raise ValueError("a password has at least 8 characters")
    return _hasher.hash(password)


def add(folder: Path, name: str, password: str = "", clock: Clock = time.time) -> str:
    """Make an officer of the desk in `folder`, running or not; returns the password (random when none is given).

    Raises `NameRefused`, or `ValueError` for a short password.
    """
    password = password or secrets.token_urlsafe(12)
    store = Store(folder / FILE)
    try:
        store.run_now(put, name, hash_password(password), clock())
    finally:
        store.close()
    return password


def put(db: sqlite3.Connection, name: str, hashed: str, now: float) -> None:
    """Make an officer, or give one a new password; open sessions of that officer end."""
    if not _NAME.fullmatch(name):
        raise NameRefused(name)
    db.execute("INSERT OR REPLACE INTO officers VALUES (?, ?, ?)", (name, hashed, now))
    db.execute("DELETE FROM sessions WHERE officer = ? COLLATE NOCASE", (name,))
    journal.write(db, now, name, "officer-added")


def stored_hash(db: sqlite3.Connection, name: str) -> tuple[str, str]:
    """The officer's name as it is written, and the hash; ("", "") when there is none."""
    row = db.execute("SELECT name, hash FROM officers WHERE name = ?", (name,)).fetchone()
    return (row["name"], row["hash"]) if row else ("", "")


def fits(hashed: str, password: str) -> bool:
    """Whether the password fits; takes as long for an officer that does not exist. Call it off the loop."""
    try:
        _hasher.verify(hashed or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(hashed)


def begin(db: sqlite3.Connection, officer: str, now: float) -> str:
    """A new session's token for the cookie; the store keeps its digest only."""
    token = secrets.token_urlsafe(32)
    csrf = secrets.token_urlsafe(32)
    db.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", (_digest(token), officer, csrf, now + SESSION_SECONDS))
    journal.write(db, now, officer, "signed-in")
    return token


def session(db: sqlite3.Connection, token: str, now: float) -> Session | None:
    """The session of a cookie, while it lasts."""
    row = db.execute("SELECT * FROM sessions WHERE token = ?", (_digest(token),)).fetchone()
    if row is None or row["until"] <= now:
        return None
    return Session(row["officer"], row["csrf"], row["until"])


def end(db: sqlite3.Connection, token: str, now: float) -> None:
    """Sign out."""
    row = db.execute("SELECT officer FROM sessions WHERE token = ?", (_digest(token),)).fetchone()
    if row is not None:
        db.execute("DELETE FROM sessions WHERE token = ?", (_digest(token),))
        journal.write(db, now, row["officer"], "signed-out")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
