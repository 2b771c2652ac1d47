"""XEP-0030, 0045, 0402: what can be asked of a room or of the own server without being in the room."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from messenger.domain.errors import FeatureMissing, InvalidAddress, NotARoom, ServerTimedOut
from messenger.domain.room import RoomInfo
from messenger.services.room_ports import Bookmark
from messenger.stream.address import Address, prepared
from messenger.stream.ids import sound_id
from messenger.stream.requests import Refused
from messenger.stream.traffic import Traffic
from messenger.xmpp import bookmarks, room_words
from messenger.xmpp.disco import INFO, ITEMS


class RoomQuestions:
    """Questions of one account. See `room_ports.ChatRooms` for what each call promises."""

    def __init__(self, account: Address, traffic: Traffic, features: Callable[[], frozenset[str]]) -> None:
        self._account = account
        self._traffic = traffic
        self._features = features

    async def look(self, room: str) -> RoomInfo:
        address = self.address(room)
        try:
            answer = await self._traffic.request("get", Element(f"{{{INFO}}}query"), address.bare)
        except Refused as refused:
            if refused.condition in ("item-not-found", "gone") and await self._is_service(address.domain):
                return RoomInfo(address.bare, found=False)
            raise NotARoom from None
        query = answer.find(f"{{{INFO}}}query")
        info = room_words.info_of(address.bare, query) if query is not None else None
        if info is None:
            raise NotARoom
        return info

    async def service(self) -> str:
        try:
            answer = await self._traffic.request("get", Element(f"{{{ITEMS}}}query"), self._account.domain)
        except Refused:
            raise FeatureMissing from None
        for item in answer.iterfind(f"{{{ITEMS}}}query/{{{ITEMS}}}item"):
            at = prepared(item.get("jid"))
            if at is not None and "@" not in at.full and await self._is_service(at.full):
                return at.full
        raise FeatureMissing

    async def _is_service(self, domain: str) -> bool:
        try:
            answer = await self._traffic.request("get", Element(f"{{{INFO}}}query"), domain)
        except (Refused, ServerTimedOut):
            return False
        query = answer.find(f"{{{INFO}}}query")
        return query is not None and room_words.info_of(domain, query) is not None

    def address(self, room: str) -> Address:
        """A room's checked address. Raises `InvalidAddress`."""
        address = prepared(room)
        if address is None or "@" not in address.bare or address.resource or address == self._account:
            raise InvalidAddress
        return address

    async def report_occupant(self, room: str, occupant_id: str, text: str, reason: str = "abuse") -> None:
        info = await self.look(room)
        if not info.reports or not sound_id(occupant_id):
            raise FeatureMissing
        try:
            await self._traffic.request("set", room_words.report(occupant_id, text, reason), room)
        except Refused:
            raise FeatureMissing from None

    # remembering

    async def bookmarks(self) -> tuple[Bookmark, ...]:
        return await bookmarks.load(self._traffic)

    async def set_bookmark(self, bookmark: Bookmark) -> bool:
        return await bookmarks.store(self._traffic, self._features(), bookmark)

    async def drop_bookmark(self, room: str) -> None:
        await bookmarks.drop(self._traffic, room)
