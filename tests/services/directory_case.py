"""A root, two desks and a directory of them, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from messenger.evidence.directory import make_directory
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.safety.directory import Root

NOW = "2026-11-24T12:00:00.000Z"
ROOT, OTHER_ROOT, STRANGER = SigningKey.generate(), SigningKey.generate(), SigningKey.generate()
ROOTS = (
    Root("harbour", "Harbour office", ROOT.public_jwk()),
    Root("tower", "Tower office", OTHER_ROOT.public_jwk()),
)


class DeskKeyRing:
    """The keys of one desk: in use, and put by."""

    def __init__(self) -> None:
        self.sig, self.enc = SigningKey.generate(), SealingKey.generate()
        self.backup_sig, self.backup_enc = SigningKey.generate(), SealingKey.generate()

    @property
    def keys(self) -> list[dict[str, str]]:
        return [self.sig.public_jwk(), self.enc.public_jwk()]

    @property
    def backup(self) -> list[dict[str, str]]:
        return [self.backup_sig.public_jwk(), self.backup_enc.public_jwk()]


A, B = DeskKeyRing(), DeskKeyRing()


def desk(id: str = "a", ring: DeskKeyRing = A, **changes: Any) -> dict[str, Any]:
    entry = {
        "id": id,
        "name": f"Desk {id}",
        "base": f"https://{id}.example.org",
        "country": "gb",
        "keys": ring.keys,
        "backup_keys": ring.backup,
    }
    return {name: value for name, value in {**entry, **changes}.items() if value is not None}


def route(to: str, country: str = "gb", category: str = "*", tier: str = "*") -> dict[str, str]:
    return {"country": country, "category": category, "tier": tier, "to": to}


def content(**changes: Any) -> dict[str, Any]:
    base = {
        "version": 5,
        "issued_at": "2026-11-20T09:00:00Z",
        "expires_at": "2027-02-20T09:00:00Z",
        "endpoints": [desk(), desk("b", B, country="ie")],
        "routes": [route("a"), route("card", category="bullying")],
    }
    return {**base, **changes}


def signed(said: Mapping[str, Any] | None = None, *keys: SigningKey) -> bytes:
    first, *others = keys or (ROOT,)
    return make_directory(content() if said is None else said, first, *others).encode()
