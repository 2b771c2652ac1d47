"""May this person learn that a message was read, or that somebody types? Only accepted people, not while quiet holds."""

from __future__ import annotations

from messenger.services.quiet import Quiet
from messenger.services.settings import SettingsService
from messenger.storage import contacts, conversations
from messenger.storage.connection import Connection
from messenger.storage.database import Database


class Courtesy:
    """One answer for displayed markers and chat states (receipts: `Receiver`). Strangers and blocked people learn nothing."""

    def __init__(self, database: Database, settings: SettingsService, quiet: Quiet) -> None:
        self._database = database
        self._settings = settings
        self._quiet = quiet

    async def read_markers(self, account: str, jid: str) -> bool:
        """Whether a displayed marker (XEP-0333) may go, by the setting too."""
        setting = await self._settings.get("read_receipts")
        if setting == "off" or not await self._accepted(account, jid):
            return False
        return setting == "on" or await self._database.run(contacts.item, account, jid) is not None

    async def typing(self, account: str, jid: str) -> bool:
        """Whether chat states (XEP-0085) may go, by the setting too."""
        return await self._settings.get("typing") == "on" and await self._accepted(account, jid)

    async def _accepted(self, account: str, jid: str) -> bool:
        if self._quiet.holds(account, jid):
            return False
        # To a group nothing of this kind goes: all in it would learn of it.
        return await self._database.run(_person_accepted, account, jid)


def _person_accepted(conn: Connection, account: str, jid: str) -> bool:
    conversation = conversations.find(conn, account, jid)
    room = conversation is not None and conversations.is_room(conn, conversation)
    return not room and conversations.accepted(conn, account, jid)
