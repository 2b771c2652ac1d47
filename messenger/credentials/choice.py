"""Which key store to use: the system's when there is one, else memory; then the store asks for a passphrase."""

from __future__ import annotations

from keyring.backend import KeyringBackend

from messenger.credentials.keyring_store import KeyringStore
from messenger.credentials.memory_store import MemoryStore
from messenger.services.ports import SecretStore


async def choose(profile: str, backend: KeyringBackend | None = None) -> SecretStore:
    """The system's key store, or memory where there is none (look at `persistent`).

    Raises `KeyringLocked` when there is one that stays locked: the person decides whether to go on with a passphrase.
    """
    store = KeyringStore(profile, backend)
    return store if await store.usable() else MemoryStore()
