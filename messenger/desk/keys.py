"""The desk's two key pairs, kept in one file that only the passphrase opens (decisions.md 8)."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Self

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messenger.domain.errors import FormatRefused, SealRefused, StoreLocked
from messenger.evidence.canonical import b64u, canonical, parse_canonical, unb64u
from messenger.evidence.keys import SealingKey, SigningKey

FILE = "desk-keys.json"
_TYPE = "urn:robin:desk-keys:1"
# RFC 9106, section 4, second recommended choice; `p` is part of the file so that it can change.
_COST = {"t": 3, "m": 65536, "p": 4}


class DeskKeys:
    """Signs receipts and advice, opens reports. Its secrets never appear in a repr."""

    def __init__(self, signing: SigningKey, sealing: SealingKey) -> None:
        self.signing = signing
        self.sealing = sealing
        self._index = hashlib.sha256(b"robin desk index\x00" + unb64u(sealing.to_secret())).digest()

    @classmethod
    def generate(cls) -> Self:
        return cls(SigningKey.generate(), SealingKey.generate())

    def jwks(self) -> tuple[dict[str, str], ...]:
        """The two public keys."""
        return self.signing.public_jwk(), self.sealing.public_jwk()

    def index(self, address: str) -> str:
        """A keyed digest of an address: the store can find a person again without holding the name in clear."""
        return hmac.new(self._index, address.strip().casefold().encode("utf-8"), hashlib.sha256).hexdigest()

    def save(self, path: Path, passphrase: str) -> None:
        """Write the file, new, private and whole (mode 0600, fsync, rename)."""
        salt, nonce = os.urandom(16), os.urandom(12)
        head = {"type": _TYPE, "kdf": {"name": "argon2id", "salt": b64u(salt), **_COST}, "nonce": b64u(nonce)}
        secret = canonical({"sig": self.signing.to_secret(), "enc": self.sealing.to_secret()})
        sealed = AESGCM(_derive(passphrase, salt, _COST)).encrypt(nonce, secret, canonical(head))
        write_private(path, canonical({**head, "sealed": b64u(sealed)}))

    @classmethod
    def load(cls, path: Path, passphrase: str) -> Self:
        """The keys in the file. Raises `StoreLocked` for a wrong passphrase, `FormatRefused` for a damaged file."""
        found = parse_canonical(path.read_bytes(), 4096)
        try:
            sealed = unb64u(found.pop("sealed"))
            kdf = found["kdf"]
            key = _derive(passphrase, unb64u(kdf["salt"]), kdf)
            secret = AESGCM(key).decrypt(unb64u(found["nonce"]), sealed, canonical(found))
            pair = json.loads(secret)
            return cls(SigningKey.from_secret(pair["sig"]), SealingKey.from_secret(pair["enc"]))
        except InvalidTag:
            raise StoreLocked from None
        except (KeyError, TypeError, ValueError, SealRefused):
            raise FormatRefused("desk-keys") from None


def _derive(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    if not (1 <= cost["t"] <= 16 and 8192 <= cost["m"] <= 1 << 20 and 1 <= cost["p"] <= 16):
        raise FormatRefused("kdf")
    return hash_secret_raw(passphrase.encode("utf-8"), salt, cost["t"], cost["m"], cost["p"], 32, Type.ID)


def write_private(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 whole or not at all: a name of its own, fsync, rename, fsync of the folder."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.fchmod(handle, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        # Gone after a rename; left over when writing failed.
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
