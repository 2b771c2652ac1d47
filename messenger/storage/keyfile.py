"""What lies beside the store in clear: a salt for passphrases, a check value of the key, and how the store was left.

Neither tells anything about the key: the check value is an HMAC of a fixed word, and a key is 32 random bytes or
comes from Argon2id (RFC 9106).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw

KEY_BYTES = 32
_SALT_BYTES = 16
_WORD = b"robin store check 1"
# RFC 9106, section 4: the second recommended choice (64 MiB, three passes, four lanes).
_PASSES, _KIBIBYTES, _LANES = 3, 64 * 1024, 4


@dataclass(frozen=True, slots=True)
class StoreMark:
    """How the store was left. `begun`: it held a schema; `clean`: it was closed in good order."""

    verifier: str
    begun: bool = False
    clean: bool = False


def verifier(key: bytes) -> str:
    """A value by which a wrong key is told from a damaged file."""
    return hmac.new(key, _WORD, hashlib.sha256).hexdigest()


def derive(database: Path, passphrase: str) -> bytes:
    """The raw key for a passphrase (takes about 0.2 s: call it off the loop). The salt file is made when missing.

    Raises `OSError` when the salt can neither be read nor written.
    """
    salt = _salt(database.with_name(database.name + ".salt"))
    return hash_secret_raw(passphrase.encode("utf-8"), salt, _PASSES, _KIBIBYTES, _LANES, KEY_BYTES, Type.ID)


def new_key() -> bytes:
    """A random raw key, for the keyring."""
    return os.urandom(KEY_BYTES)


def _salt(path: Path) -> bytes:
    for place in (path, path.with_name(path.name + "2")):
        try:
            found = place.read_bytes()
        except OSError:
            continue
        # Twice with a digest: a damaged salt would lock out everything.
        if len(found) == _SALT_BYTES + 8 and hashlib.sha256(found[:_SALT_BYTES]).digest()[:8] == found[_SALT_BYTES:]:
            return found[:_SALT_BYTES]
    salt = os.urandom(_SALT_BYTES)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in (path, path.with_name(path.name + "2")):
        write_private(place, salt + hashlib.sha256(salt).digest()[:8])
    return salt


def read_mark(path: Path) -> StoreMark | None:
    """The mark beside a store, or None when it is missing or unreadable."""
    try:
        found = json.loads(path.read_bytes())
        return StoreMark(str(found["verifier"]), bool(found["begun"]), bool(found["clean"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_mark(path: Path, mark: StoreMark) -> None:
    """Keep the mark. Raises `OSError`."""
    write_private(path, json.dumps(asdict(mark)).encode("ascii"))


def write_private(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 that is whole or not there: temporary name, fsync, rename, fsync of the folder."""
    part = path.with_name(path.name + ".part")
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(fd, 0o600)
        with os.fdopen(fd, "wb", closefd=False) as file:
            file.write(data)
        os.fsync(fd)
    finally:
        os.close(fd)
    os.replace(part, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
