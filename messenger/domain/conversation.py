"""A conversation as the chat list shows it."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.domain.account import Show
from messenger.domain.message import DeliveryState, Direction


@dataclass(frozen=True, slots=True)
class ChatSummary:
    """One row of the chat list. `at` is the time of the last message, RFC 3339 UTC, or ''."""

    conversation: int
    account: str
    counterpart: str
    title: str
    preview: str
    at: str
    last_direction: Direction | None
    last_state: DeliveryState | None
    unread: int
    draft: str
    known: bool
    show: Show = Show.OFFLINE
    pinned: bool = False
    muted: bool = False
    blocked: bool = False
    typing: bool = False
    avatar: bytes | None = None
    is_room: bool = False
