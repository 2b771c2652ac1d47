"""Which chat a report is about, when Report abuse was pressed outside any chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from messenger.services.hub import Hub


@dataclass(frozen=True, slots=True)
class ChatChoice:
    """A chat to choose. `several` says that the own address has to be told too."""

    account: str
    conversation: int | None
    name: str
    address: str
    several: bool


async def chat_choices(hub: Hub) -> tuple[ChatChoice, ...]:
    """Every chat of every account, the latest first, and those who asked to write. Works signed out: all of it is stored."""
    accounts = await hub.accounts.list()
    several = len(accounts) > 1
    found: list[ChatChoice] = []
    for account in accounts:
        for chat in await hub.conversations.chats(account.jid):
            found.append(ChatChoice(account.jid, chat.conversation, chat.title, chat.counterpart, several))
        for request in await hub.contacts.requests(account.jid):
            found.append(ChatChoice(account.jid, None, request.jid, request.jid, several))
    return tuple(found)
