"""Conversations: the chat list, pages of messages, sending, correcting, reading and finding."""

from __future__ import annotations

from collections.abc import Sequence

from messenger.domain.conversation import ChatSummary
from messenger.domain.message import MessagePage, MessageView, SearchHit


class ConversationsService:
    """What a person does with their chats. `conversation` and `message` are ids of this profile's store."""

    async def chats(self, account: str) -> tuple[ChatSummary, ...]:
        """The chat list: pinned first, then by the last message's time. Strangers' requests are not here."""
        raise NotImplementedError

    async def summary(self, conversation: int) -> ChatSummary:
        """One row of the chat list. Raises `KeyError` when there is no such conversation."""
        raise NotImplementedError

    async def open(self, account: str, jid: str) -> int:
        """The conversation with this address, made when new. Raises `InvalidAddress`."""
        raise NotImplementedError

    async def page(
        self,
        conversation: int,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = 60,
    ) -> MessagePage:
        """A run of messages in order of time: the newest, or those before, after or around a message id."""
        raise NotImplementedError

    async def messages(self, conversation: int, ids: Sequence[int]) -> tuple[MessageView, ...]:
        """These messages as they are now, in order of time; unknown ids are absent."""
        raise NotImplementedError

    async def send(self, conversation: int, body: str, reply_to: int | None = None) -> int:
        """Store a message (QUEUED), then send it as soon as there is a stream; returns its id. Raises `StoreFull`."""
        raise NotImplementedError

    async def resend(self, message: int) -> None:
        """Try a failed message again, with the same origin id."""
        raise NotImplementedError

    async def correct(self, message: int, body: str) -> None:
        """Correct an own message (XEP-0308). The first words stay in the evidence store."""
        raise NotImplementedError

    async def retract(self, message: int) -> None:
        """Take back an own message (XEP-0424)."""
        raise NotImplementedError

    async def mark_read(self, conversation: int, upto: int) -> None:
        """The person has seen everything up to this message. A displayed marker goes only to accepted people."""
        raise NotImplementedError

    async def set_typing(self, conversation: int, typing: bool) -> None:
        """The person is writing, or stopped (XEP-0085). Nothing goes to strangers or when the setting is off."""
        raise NotImplementedError

    async def draft(self, conversation: int) -> str:
        """The unsent words."""
        raise NotImplementedError

    async def set_draft(self, conversation: int, text: str) -> None:
        """Keep unsent words over a restart."""
        raise NotImplementedError

    async def set_pinned(self, conversation: int, pinned: bool) -> None:
        """Keep a chat at the top of the list."""
        raise NotImplementedError

    async def set_muted(self, conversation: int, muted: bool) -> None:
        """No notifications of this chat. Local and immediate; nothing is sent."""
        raise NotImplementedError

    async def delete_history(self, conversation: int) -> None:
        """Erase all bodies and raw stanzas of a chat; the hash chain of digests stays (decision 11)."""
        raise NotImplementedError

    async def search(
        self, account: str, query: str, before: int | None = None, limit: int = 50, conversation: int | None = None
    ) -> tuple[SearchHit, ...]:
        """Messages that hold all words of `query` (the last one as a beginning), newest first, below id `before`."""
        raise NotImplementedError
