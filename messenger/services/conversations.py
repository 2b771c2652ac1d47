"""Conversations: the chat list, pages of messages, sending, correcting, reading and finding."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace

from messenger.domain import jid as addresses
from messenger.domain.conversation import ChatSummary
from messenger.domain.events import ChatsChanged, MessagesChanged, MessagesStored
from messenger.domain.message import ChatState, Marker, MessagePage, MessageView, OutgoingMessage, SearchHit
from messenger.services.bus import Bus
from messenger.services.courtesy import Courtesy
from messenger.services.guardian import GuardianService
from messenger.services.outgoing import Outgoing, message_for, sendable
from messenger.services.ports import Clock
from messenger.services.sessions import Sessions
from messenger.storage import conversations as store
from messenger.storage import outgoing as queue
from messenger.storage import pages, search
from messenger.storage.connection import Connection
from messenger.storage.database import Database


class ConversationsService:
    """What a person does with their chats. `conversation` and `message` are ids of this profile's store."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        outgoing: Outgoing,
        courtesy: Courtesy,
        guardian: GuardianService,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._outgoing = outgoing
        self._courtesy = courtesy
        self._guardian = guardian
        self._bus = bus
        self._clock = clock
        self._told: dict[int, ChatState] = {}
        self._pushes: set[asyncio.Task[None]] = set()

    async def chats(self, account: str) -> tuple[ChatSummary, ...]:
        """The chat list: pinned first, then by the last message's time. Strangers' requests are not here."""
        return tuple(self._now(one) for one in await self._database.run(store.chats, account))

    async def summary(self, conversation: int) -> ChatSummary:
        """One row of the chat list. Raises `KeyError` when there is no such conversation."""
        return self._now(await self._database.run(store.summary, conversation))

    async def open(self, account: str, jid: str) -> int:
        """The conversation with this address, made when new. Raises `InvalidAddress`."""
        counterpart = addresses.bare(jid)
        found = await self._database.run(store.find, account, counterpart)
        return found if found is not None else await self._database.write(store.ensure, account, counterpart)

    async def page(
        self,
        conversation: int,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = 60,
    ) -> MessagePage:
        """A run of messages in order of time: the newest, or those before, after or around a message id."""
        return await self._database.run(pages.page, conversation, before, after, around, limit)

    async def messages(self, conversation: int, ids: Sequence[int]) -> tuple[MessageView, ...]:
        """These messages as they are now, in order of time; unknown ids are absent."""
        return await self._database.run(pages.messages, conversation, ids)

    async def send(self, conversation: int, body: str, reply_to: int | None = None) -> int:
        """Store a message (QUEUED), then send it as soon as there is a stream; returns its id. Raises `StoreFull`.

        Raises `ValueError` for a body without words, `KeyError` for an unknown conversation, `GuardianNeeded` while a
        guardian has to say yes to the other side first; then nothing is stored.
        """
        words, origin_id = sendable(body), str(uuid.uuid4())
        await self._guardian.need_chat(conversation)
        account, message = await self._database.write(_add, conversation, origin_id, words, reply_to, self._clock.now())
        self._told.pop(conversation, None)
        self._bus.publish(MessagesStored(conversation, (message,), live=True, incoming=False))
        self._bus.publish(ChatsChanged(account, (conversation,)))
        self._push(account)
        return message

    async def resend(self, message: int) -> None:
        """Try a failed message again, with the same origin id. Raises `GuardianNeeded` as `send`."""
        conversation = await self._database.run(pages.conversation_of, message)
        if conversation is not None:
            await self._guardian.need_chat(conversation)
        await self._outgoing.again(message)

    async def correct(self, message: int, body: str) -> None:
        """Correct an own message (XEP-0308). The first words stay in the evidence store. Raises `GuardianNeeded` as `send`."""
        words, conversation = sendable(body), await self._database.run(pages.conversation_of, message)
        if conversation is not None:
            await self._guardian.need_chat(conversation)
        await self._edit(message, words, retract=False)

    async def retract(self, message: int) -> None:
        """Take back an own message (XEP-0424)."""
        await self._edit(message, "", retract=True)

    async def mark_read(self, conversation: int, upto: int) -> None:
        """The person has seen everything up to this message. A displayed marker goes only to accepted people."""
        if await self._database.run(pages.first_unread, conversation) is None:
            return
        row = await self._database.write(store.mark_read, conversation, upto)
        if row is None:
            return
        account, counterpart = await self._database.run(store.ends, conversation)
        self._bus.publish(ChatsChanged(account, (conversation,)))
        session = self._sessions.online(account)
        if (
            session is not None
            and row["markable"]
            and row["stanza_id"]
            and await self._courtesy.read_markers(account, counterpart)
        ):
            await session.send_marker(counterpart, Marker.READ, str(row["stanza_id"]))

    async def set_typing(self, conversation: int, typing: bool) -> None:
        """The person is writing, or stopped (XEP-0085). Nothing goes to strangers or when the setting is off."""
        state = ChatState.COMPOSING if typing else ChatState.PAUSED
        before = self._told.get(conversation)
        if before is state or (before is None and not typing):
            return
        account, counterpart = await self._database.run(store.ends, conversation)
        session = self._sessions.online(account)
        if session is not None and await self._courtesy.typing(account, counterpart):
            self._told[conversation] = state
            await session.send_chat_state(counterpart, state)

    async def draft(self, conversation: int) -> str:
        """The unsent words."""
        return await self._database.run(store.draft, conversation)

    async def set_draft(self, conversation: int, text: str) -> None:
        """Keep unsent words over a restart."""
        before = await self.draft(conversation)
        if before != text:
            await self._database.write(store.set_draft, conversation, text)
            if bool(before) is not bool(text):
                await self._changed(conversation)

    async def set_pinned(self, conversation: int, pinned: bool) -> None:
        """Keep a chat at the top of the list."""
        await self._database.write(store.set_pinned, conversation, pinned)
        await self._changed(conversation)

    async def set_muted(self, conversation: int, muted: bool) -> None:
        """No notifications of this chat. Local and immediate; nothing is sent."""
        await self._database.write(store.set_muted, conversation, muted)
        await self._changed(conversation)

    async def delete_history(self, conversation: int) -> None:
        """Erase all bodies and raw stanzas of a chat; the hash chain of digests stays (decision 11)."""
        await self._database.write(store.erase, conversation)
        self._bus.publish(MessagesChanged(conversation, ()))
        await self._changed(conversation)

    async def search(
        self, account: str, query: str, before: int | None = None, limit: int = 50, conversation: int | None = None
    ) -> tuple[SearchHit, ...]:
        """Messages that hold all words of `query` (the last one as a beginning), newest first, below id `before`."""
        return await self._database.run(search.search, account, query, before, limit, conversation)

    async def close(self) -> None:
        """Wait for what is being handed to the streams."""
        await asyncio.gather(*self._pushes, return_exceptions=True)

    async def _edit(self, message: int, body: str, retract: bool) -> None:
        found = await self._database.write(_add_edit, message, str(uuid.uuid4()), body, retract, self._clock.now())
        if found is not None:
            account, conversation = found
            self._bus.publish(MessagesChanged(conversation, (message,)))
            self._bus.publish(ChatsChanged(account, (conversation,)))
            self._push(account)

    def _push(self, account: str) -> None:
        # The window goes on as soon as the words are stored; the stream may take its time.
        task = asyncio.get_running_loop().create_task(self._outgoing.push(account))
        self._pushes.add(task)
        task.add_done_callback(self._pushes.discard)

    async def _changed(self, conversation: int) -> None:
        account, _counterpart = await self._database.run(store.ends, conversation)
        self._bus.publish(ChatsChanged(account, (conversation,)))

    def _now(self, chat: ChatSummary) -> ChatSummary:
        """With what is only known while the stream lasts."""
        return replace(
            chat,
            show=self._sessions.presence(chat.account, chat.counterpart).show,
            typing=self._sessions.typing(chat.account, chat.counterpart),
        )


def _add(
    conn: Connection, conversation: int, origin_id: str, body: str, reply_to: int | None, at: str
) -> tuple[str, int]:
    account, counterpart = store.ends(conn, conversation)
    reply = pages.reply_facts(conn, conversation, reply_to) if reply_to is not None else ("", "")
    made = message_for(account, counterpart, origin_id, body, reply, store.is_room(conn, conversation))
    return account, queue.add(conn, conversation, made, at)


def _add_edit(
    conn: Connection, message: int, origin_id: str, body: str, retract: bool, at: str
) -> tuple[str, int] | None:
    row = pages.sent_by_me(conn, message)
    if row is None:
        return None
    room = row["kind"] == "groupchat"
    # In a room a retraction names the id that the room gave (XEP-0424, section 5).
    name = str(row["archive_id"] if room and retract and row["archive_id"] else row["stanza_id"])
    made = OutgoingMessage(
        account=str(row["account"]),
        counterpart=str(row["counterpart"]),
        origin_id=origin_id,
        body=body,
        corrects="" if retract else name,
        retracts=name if retract else "",
        kind=str(row["kind"]),
    )
    return made.account, queue.add_edit(conn, message, made, at)
