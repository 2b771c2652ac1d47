"""Secrets that live as long as the process: for computers without a key store, and for one session only."""

from __future__ import annotations


class MemoryStore:
    """`ports.SecretStore` in memory."""

    persistent = False

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def __repr__(self) -> str:
        return "<MemoryStore>"

    async def get(self, name: str) -> str | None:
        """A secret, or None."""
        return self._secrets.get(name)

    async def put(self, name: str, value: str) -> None:
        """Keep a secret until the process ends."""
        self._secrets[name] = value

    async def delete(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none."""
        self._secrets.pop(name, None)
