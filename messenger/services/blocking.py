"""Blocking (XEP-0191), always the person's own deed."""

from __future__ import annotations


class BlockingService:
    """The block list as the server keeps it, cached in the store."""

    async def blocked(self, account: str) -> tuple[str, ...]:
        """The blocked addresses."""
        raise NotImplementedError

    async def block(self, account: str, jid: str) -> None:
        """Block an address. Raises `NotConnected`, `FeatureMissing` or `InvalidAddress`."""
        raise NotImplementedError

    async def unblock(self, account: str, jid: str) -> None:
        """Take an address from the block list. Raises `NotConnected` or `FeatureMissing`."""
        raise NotImplementedError

    async def supported(self, account: str) -> bool:
        """Whether the account's server can block."""
        raise NotImplementedError
