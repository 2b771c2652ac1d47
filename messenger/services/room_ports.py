"""What the hub asks of the XMPP door about rooms (XEP-0045)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from messenger.domain.message import IncomingMessage
from messenger.domain.room import RoomInfo, RoomNow
from messenger.services.archive_page import ArchivePage


@dataclass(frozen=True, slots=True)
class NewRoom:
    """How a new room is set up. `members_only`: only people who are asked in may come, and it is in no list."""

    name: str = ""
    members_only: bool = True


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A room that the own server remembers (XEP-0402)."""

    room: str
    name: str = ""
    nick: str = ""
    autojoin: bool = True


class ChatRooms(Protocol):
    """Rooms of one account (XEP-0045). `room` is a bare address. All calls raise `NotConnected` when offline."""

    async def look(self, room: str) -> RoomInfo:
        """What a room says of itself, without going in: nobody in it learns of it. Raises `InvalidAddress` or `NotARoom`."""

    async def service(self) -> str:
        """Where the own server keeps rooms. Raises `FeatureMissing`."""

    async def join(self, room: str, nick: str, password: str = "", new: NewRoom | None = None) -> RoomNow:
        """Go in under a name; with `new` make the room first. Raises a `RoomError` or `InvalidAddress`."""

    async def leave(self, room: str) -> None:
        """Go out; nothing happens when outside."""

    def now(self, room: str) -> RoomNow:
        """How things stand there."""

    def remember(self, rooms: frozenset[str]) -> None:
        """Rooms that this account was in at some time: messages through them are no chats with people."""

    async def page(self, room: str, before: str | None, size: int = 100) -> ArchivePage:
        """A page of the room's archive (XEP-0313) ending before an id (None: the newest). Raises `FeatureMissing`."""

    async def by_ids(self, room: str, ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        """Messages of the room's archive by id; unknown ones are absent. Raises `FeatureMissing`."""

    async def invite(self, room: str, jid: str) -> None:
        """Ask a person in: through the room where it is for members only (XEP-0045), else directly (XEP-0249)."""

    async def report_occupant(self, room: str, occupant_id: str, text: str, reason: str = "abuse") -> None:
        """Tell the people who run the room (urn:xmpp:gcreport:0). Raises `FeatureMissing` where the room does not offer it."""

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        """What the own server remembers; empty where it can not."""

    async def set_bookmark(self, bookmark: Bookmark) -> bool:
        """Have a room remembered; False where the server cannot keep it private, and then nothing is stored."""

    async def drop_bookmark(self, room: str) -> None:
        """Have it forgotten."""
