"""XEP-0313 message archive: pages from the newest backwards (XEP-0059), and single messages by their archive ids."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import FeatureMissing
from messenger.domain.message import IncomingMessage
from messenger.services.ports import ArchivePage
from messenger.stream.facts import ArchiveHit
from messenger.stream.ingress import ARCHIVE, Ingress, sound_id
from messenger.stream.requests import Refused
from messenger.stream.rooms import Place
from messenger.stream.traffic import Traffic
from messenger.xmpp import forms, stanzas

_RSM = "http://jabber.org/protocol/rsm"
_EXTENDED = "urn:xmpp:mam:2#extended"
_SECONDS = 60.0
_YIELD_EVERY = 25
_MOST_IDS = 100


@dataclass(slots=True)
class _Collected:
    most: int
    hits: list[ArchiveHit] = field(default_factory=list)


class Archive:
    """The own archive of one account."""

    def __init__(self, account: str, traffic: Traffic, ingress: Ingress) -> None:
        self._account = account
        self._traffic = traffic
        self._ingress = ingress
        self._open: dict[str, _Collected] = {}

    def hit(self, hit: ArchiveHit) -> None:
        """A checked result; kept until its page is whole. More than was asked for is not kept."""
        collected = self._open.get(hit.query)
        if collected is not None and len(collected.hits) < collected.most:
            collected.hits.append(hit)

    async def page(
        self, features: frozenset[str], before: str | None, size: int = 250, counterpart: str = ""
    ) -> ArchivePage:
        """A page ending before archive id `before`; see `ports.ChatSession.archive_page`."""
        self._need(features, ARCHIVE)
        values = {"with": counterpart} if counterpart else {}
        return await self._page(values, size, before, None)

    async def page_of_room(self, place: Place, before: str | None, size: int) -> ArchivePage:
        """A page of a room's archive; see `room_ports.ChatRooms.page`."""
        return await self._page({}, size, before, place)

    async def by_ids_of_room(self, place: Place, ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        """Messages of a room's archive by id; see `room_ports.ChatRooms.by_ids`."""
        return await self._by_ids(ids, place)

    async def _page(
        self, values: Mapping[str, str | Sequence[str]], size: int, before: str | None, place: Place | None
    ) -> ArchivePage:
        try:
            fin, hits = await self._query(values, size, before or "", place)
        except Refused as refused:
            if refused.condition != "item-not-found" or not before:
                raise FeatureMissing from None
            # The archive has forgotten that id: begin again at its end; what is known already is found to be so.
            fin, hits = await self._again(values, size, place)
        messages = await self._messages(hits)
        marks = tuple(mark for hit in hits if hit.chat is not None for mark in stanzas.marks(hit.chat))
        set_ = fin.find(f"{{{_RSM}}}set")
        first = sound_id(set_.findtext(f"{{{_RSM}}}first")) if set_ is not None else ""
        last = sound_id(set_.findtext(f"{{{_RSM}}}last")) if set_ is not None else ""
        complete = fin.get("complete") in ("true", "1") or not first
        return ArchivePage(messages, first, last, complete, marks)

    async def by_ids(self, features: frozenset[str], ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        """Messages by archive id, those that are there; see `ports.ChatSession.archive_by_ids`."""
        self._need(features, _EXTENDED)
        return await self._by_ids(ids, None)

    async def _by_ids(self, ids: Sequence[str], place: Place | None) -> tuple[IncomingMessage, ...]:
        found: list[IncomingMessage] = []
        for start in range(0, len(ids), _MOST_IDS):
            some = ids[start : start + _MOST_IDS]
            try:
                _fin, hits = await self._query({"ids": some}, len(some), None, place)
            except Refused as refused:
                if refused.condition != "item-not-found":
                    raise FeatureMissing from None
                hits = await self._one_by_one(some, place)
            found.extend(await self._messages(hits))
        return tuple(found)

    async def _one_by_one(self, ids: Sequence[str], place: Place | None) -> list[ArchiveHit]:
        """A server answers for all ids or for none (XEP-0313, 5.2): find those that are still there."""
        found: list[ArchiveHit] = []
        for one in ids:
            try:
                found += (await self._query({"ids": [one]}, 1, None, place))[1]
            except Refused:
                continue
        return found

    async def _again(
        self, values: Mapping[str, str | Sequence[str]], size: int, place: Place | None
    ) -> tuple[Element, list[ArchiveHit]]:
        try:
            return await self._query(values, size, "", place)
        except Refused:
            raise FeatureMissing from None

    @staticmethod
    def _need(features: frozenset[str], feature: str) -> None:
        if feature not in features:
            raise FeatureMissing

    async def _query(
        self, values: Mapping[str, str | Sequence[str]], size: int, before: str | None, place: Place | None
    ) -> tuple[Element, list[ArchiveHit]]:
        """Ask the own archive, or with `place` that room's."""
        name = secrets.token_hex(16)
        query = Element(f"{{{ARCHIVE}}}query", {"queryid": name})
        if values:
            query.append(forms.submit(ARCHIVE, values))
        set_ = SubElement(query, f"{{{_RSM}}}set")
        SubElement(set_, f"{{{_RSM}}}max").text = str(size)
        if before is not None:
            SubElement(set_, f"{{{_RSM}}}before").text = before or None
        collected = self._open[name] = _Collected(size)
        if place is None:
            self._ingress.queries.add(name)
        else:
            self._ingress.rooms.queries[name] = place
        try:
            answer = await self._traffic.request("set", query, place.jid if place else "", seconds=_SECONDS)
        finally:
            self._ingress.queries.discard(name)
            self._ingress.rooms.queries.pop(name, None)
            del self._open[name]
        fin = answer.find(f"{{{ARCHIVE}}}fin")
        return (fin if fin is not None else Element("fin")), collected.hits

    async def _messages(self, hits: Sequence[ArchiveHit]) -> tuple[IncomingMessage, ...]:
        """Each archive id once; the loop is let go now and then."""
        seen: set[str] = set()
        found: list[IncomingMessage] = []
        for number, hit in enumerate(hits, 1):
            if hit.chat is None or (hit.archive_id and hit.archive_id in seen):
                continue
            seen.add(hit.archive_id)
            message = stanzas.incoming(self._account, hit.chat)
            if message is not None:
                found.append(message)
            if number % _YIELD_EVERY == 0:
                await asyncio.sleep(0)
        return tuple(found)
