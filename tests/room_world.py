"""The rooms of a played session (`room_ports.ChatRooms`): nobody is anywhere, and nothing is remembered."""

from __future__ import annotations

from collections.abc import Sequence

from messenger.domain.errors import FeatureMissing, NotARoom
from messenger.domain.message import IncomingMessage
from messenger.domain.room import RoomInfo, RoomNow
from messenger.services.ports import ArchivePage
from messenger.services.room_ports import Bookmark, NewRoom


class PlayedRooms:
    """An account without rooms."""

    def __init__(self) -> None:
        self.remembered: frozenset[str] = frozenset()
        self.info: RoomInfo | None = None
        self.stands: dict[str, RoomNow] = {}

    async def look(self, room: str) -> RoomInfo:
        raise NotARoom

    async def service(self) -> str:
        raise FeatureMissing

    async def join(self, room: str, nick: str, password: str = "", new: NewRoom | None = None) -> RoomNow:
        raise NotARoom

    async def leave(self, room: str) -> None:
        pass

    def now(self, room: str) -> RoomNow:
        return self.stands.get(room) or RoomNow(room, info=self.info or RoomInfo(room))

    def remember(self, rooms: frozenset[str]) -> None:
        self.remembered = rooms

    async def page(self, room: str, before: str | None, size: int = 100) -> ArchivePage:
        raise FeatureMissing

    async def by_ids(self, room: str, ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        raise FeatureMissing

    async def invite(self, room: str, jid: str) -> None:
        pass

    async def report_occupant(self, room: str, occupant_id: str, text: str, reason: str = "abuse") -> None:
        raise FeatureMissing

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        return ()

    async def set_bookmark(self, bookmark: Bookmark) -> bool:
        return False

    async def drop_bookmark(self, room: str) -> None:
        pass
