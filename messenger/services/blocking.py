"""Blocking (XEP-0191), always the person's own deed."""

from __future__ import annotations

from collections.abc import Sequence

from messenger.domain import jid as addresses
from messenger.services.ports import ServerReport, SessionListener
from messenger.services.sessions import Sessions
from messenger.storage import contacts
from messenger.storage.database import Database

FEATURE = "urn:xmpp:blocking"


class BlockingService:
    """The block list as the server keeps it, cached in the store."""

    def __init__(self, database: Database, sessions: Sessions, listener: SessionListener) -> None:
        self._database = database
        self._sessions = sessions
        self._listener = listener

    async def blocked(self, account: str) -> tuple[str, ...]:
        """The blocked addresses."""
        return await self._database.run(contacts.blocked, account)

    async def block(self, account: str, jid: str) -> None:
        """Block an address. Raises `NotConnected`, `FeatureMissing` or `InvalidAddress`."""
        address = addresses.bare(jid)
        await self._sessions.need(account).block((address,))
        # The server tells the new list too; until then nothing more of this person may be shown.
        await self._listener.blocklist(account, tuple(sorted({*await self.blocked(account), address})))

    async def block_and_report(self, account: str, jid: str, reports: Sequence[ServerReport]) -> None:
        """Block an address and tell the own server why (XEP-0377). Raises as `block` does."""
        address = addresses.bare(jid)
        await self._sessions.need(account).block_and_report(address, reports)
        await self._listener.blocklist(account, tuple(sorted({*await self.blocked(account), address})))

    async def unblock(self, account: str, jid: str) -> None:
        """Take an address from the block list. Raises `NotConnected` or `FeatureMissing`."""
        address = addresses.bare(jid)
        await self._sessions.need(account).unblock((address,))
        await self._listener.blocklist(account, tuple(sorted({*await self.blocked(account)} - {address})))

    async def supported(self, account: str) -> bool:
        """Whether the account's server can block."""
        session = self._sessions.online(account)
        return session is not None and FEATURE in session.features()
