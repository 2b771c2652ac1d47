"""Sending: what is written is stored first, sent in order, sent again with the same id, and never lost or doubled (F16)."""

from __future__ import annotations

import asyncio
import unicodedata
from collections import defaultdict
from collections.abc import Sequence

from messenger.domain.errors import NotConnected
from messenger.domain.events import ChatsChanged, MessagesChanged
from messenger.domain.message import OutgoingMessage
from messenger.services.bus import Bus
from messenger.services.sessions import Sessions
from messenger.storage import history
from messenger.storage import outgoing as store
from messenger.storage.database import Database


class Outgoing:
    """The durable queue of all accounts. `push` may be called at any time; it sends what has not gone on this stream."""

    def __init__(self, database: Database, sessions: Sessions, bus: Bus) -> None:
        self._database = database
        self._sessions = sessions
        self._bus = bus
        self._ready: set[str] = set()
        self._on_stream: dict[str, set[str]] = defaultdict(set)
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def opened(self, account: str, resumed: bool) -> None:
        """The stream can carry messages. A fresh one (not resumed) has carried nothing yet."""
        if not resumed:
            self._on_stream[account].clear()
        self._ready.add(account)

    def closed(self, account: str) -> None:
        """The stream is gone; it may be resumed."""
        self._ready.discard(account)

    async def push(self, account: str) -> None:
        """Send, in order, what waits and has not gone on this stream."""
        async with self._locks[account]:
            if account not in self._ready:
                return
            for message in await self._database.run(store.waiting, account):
                session = self._sessions.online(account)
                if session is None:
                    return
                if message.origin_id in self._on_stream[account]:
                    continue
                if message.kind == "groupchat" and not self._sessions.room_open(account, message.counterpart):
                    continue
                self._on_stream[account].add(message.origin_id)
                try:
                    await session.send(message)
                except NotConnected:
                    self._on_stream[account].discard(message.origin_id)
                    return

    async def room_opened(self, account: str, waiting: Sequence[str]) -> None:
        """The account came (back) into a room: what did not come back from there before goes once more, by the same ids."""
        self._on_stream[account].difference_update(waiting)
        await self.push(account)

    async def acknowledged(self, account: str, origin_id: str) -> None:
        """The own server has it."""
        self._on_stream[account].discard(origin_id)
        self._tell(account, await self._database.write(history.acknowledged, account, origin_id))

    async def rejected(self, account: str, origin_id: str) -> None:
        """An error stanza came back: the person may try again."""
        self._on_stream[account].discard(origin_id)
        self._tell(account, await self._database.write(store.fail, account, origin_id))

    async def again(self, message: int) -> None:
        """Put a failed message in the queue once more."""
        found = await self._database.write(store.again, message)
        if found is not None:
            conversation, outgoing = found
            self._on_stream[outgoing.account].discard(outgoing.origin_id)
            self._tell(outgoing.account, (conversation, message))
            await self.push(outgoing.account)

    def _tell(self, account: str, changed: tuple[int, int] | None) -> None:
        if changed is not None:
            self._bus.publish(MessagesChanged(changed[0], (changed[1],)))
            self._bus.publish(ChatsChanged(account, (changed[0],)))


def sendable(text: str) -> str:
    """What may stand in a stanza: no characters that XML forbids, no half characters. Raises `ValueError` when empty."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept = "".join(char for char in whole if char in "\n\t" or not _forbidden(char))
    if not kept.strip():
        raise ValueError("no words")
    return kept


def _forbidden(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char in "\ufffe\uffff"


def message_for(
    account: str, counterpart: str, origin_id: str, body: str, reply: tuple[str, str], room: bool = False
) -> OutgoingMessage:
    """A new message; `reply` is the id and the words of the message that it answers, or two times ''."""
    kind = "groupchat" if room else "chat"
    return OutgoingMessage(account, counterpart, origin_id, body, reply_to=reply[0], quote=reply[1], kind=kind)
