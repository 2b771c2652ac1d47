"""Newer tips: one signed file from one static address, at most once a day, and only when the person wants it.

Nothing about the person or this computer goes out: no name, no number, no mark of an earlier visit (endpoints.fetch). The
last good file stays in use whatever comes. A file that is forged, older, in another language, too big, or wrong in any word
is refused with a plain sentence, and nothing changes. Without a key nothing is fetched: none is shipped with Robin.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from messenger import resources
from messenger.domain.errors import AssetRefused, EndpointUnreachable, RobinError
from messenger.domain.events import TipsRenewed
from messenger.evidence import tip_pack as signed
from messenger.evidence.keys import thumbprint
from messenger.safety import deck, tip_pack
from messenger.safety.deck import TipBook
from messenger.safety.directory import Root, load_roots
from messenger.services.bus import Bus
from messenger.services.directory import Fetch, own_roots
from messenger.services.ports import Clock
from messenger.services.settings import SettingsService
from messenger.storage import packs as store
from messenger.storage.database import Database

log = logging.getLogger(__name__)
KEYS = "tips/keys/keys.json"
BOOK = "tips/en-GB.json"
DAY = timedelta(days=1)
_LOOK = 3600.0
"""Seconds between two looks at whether a day has passed: the switch may have been turned meanwhile."""


@dataclass(frozen=True, slots=True)
class TipsStanding:
    """The tips in use. `signed_by` and `got` are '' for those that came with Robin; `can` tells that a key is there;
    `refused` is why the last file was not used, '' when nothing was wrong."""

    version: int
    count: int
    signed_by: str
    issued_at: str
    got: str
    can: bool
    refused: str


@dataclass(frozen=True, slots=True)
class CheckedPack:
    """A pack that may be used: its book, its signature, and the name of who signed it."""

    book: TipBook
    pack: signed.SignedPack
    signed_by: str


def shipped_keys() -> tuple[Root, ...]:
    """The keys that come with this Robin: none, unless who built it put some there. Reads a file."""
    return load_roots(resources.read(KEYS), KEYS)


def shipped_book() -> TipBook:
    """The tips that come with this Robin. Reads a file."""
    return deck.load(resources.read(BOOK), BOOK)


def judge(data: bytes, file: str, keys: Sequence[Root], own: TipBook) -> CheckedPack:
    """A pack of the kind of `own` that one of `keys` signed; whether it is newer is not asked. Raises `AssetRefused`."""
    if not keys:
        raise AssetRefused(file, "tips", "this Robin has no key to check new tips with")
    found = signed.read_pack(data, file, [one.key for one in keys])
    book = tip_pack.read(found.book, file, own)
    names = [one.name for one in keys if thumbprint(one.key) == found.signer]
    return CheckedPack(book, found, names[0])


class TipPackService:
    """See the module. `keys_file` is the person's own list of keys, in the form of the shipped one."""

    def __init__(
        self,
        db: Database,
        settings: SettingsService,
        bus: Bus,
        clock: Clock,
        keys_file: Path | None = None,
        fetch: Fetch | None = None,
    ) -> None:
        self._db = db
        self._settings = settings
        self._bus = bus
        self._clock = clock
        self._keys_file = keys_file
        self._fetch = fetch
        self._own: TipBook | None = None
        self._kept: CheckedPack | None = None
        self._got = ""
        self._refused = ""
        self._one = asyncio.Lock()

    async def book(self) -> TipBook:
        """The tips in use: the newer file where there is a good one, else those that came with Robin."""
        async with self._one:
            return await self._used()

    async def standing(self) -> TipsStanding:
        """What is in use and from whom."""
        async with self._one:
            book, kept = await self._used(), self._kept
            return TipsStanding(
                version=book.version,
                count=len(book.tips),
                signed_by=kept.signed_by if kept else "",
                issued_at=kept.pack.issued_at if kept else "",
                got=self._got if kept else "",
                can=bool(await self._keys()),
                refused=self._refused,
            )

    async def install(self, data: bytes, file: str) -> bool:
        """Use this pack from now on; False when it is the one in use. Raises `AssetRefused`; then nothing changes."""
        async with self._one:
            used = await self._used()
            assert self._own is not None
            found = await asyncio.to_thread(judge, data, file, await self._keys(strict=True), self._own)
            if self._kept is not None and found.pack.digest == self._kept.pack.digest:
                return False
            tip_pack.newer(found.book, used, file)
            got = self._clock.now()
            await self._db.write(store.put, found.book.version, found.pack.text.encode("ascii"), got)
            self._kept, self._got = found, got
        self._bus.publish(TipsRenewed())
        return True

    async def update(self) -> bool:
        """Fetch the file now and use it when it is newer; whether it was. False where it is off, or has no address or key.

        Raises `EndpointUnreachable`, `EndpointRejected` or `AssetRefused`; the last good one stays.
        """
        address = await self._settings.get("tips_address")
        if (
            self._fetch is None
            or not address
            or await self._settings.get("new_tips") != "yes"
            or not await self._keys()
        ):
            return False
        await self._db.write(store.set_asked, self._clock.now())
        try:
            data = await self._fetch(address, signed.MAX_BYTES)
            new = await self.install(data, address.rpartition("/")[2] or "tips")
        except AssetRefused as error:
            self._refused = str(error.fields["reason"])
            raise
        self._refused = ""
        return new

    async def watch(self) -> None:
        """Look for newer tips when a day has passed since the last look, for ever. A bad file is told in Settings."""
        while True:
            try:
                if await self._due():
                    await self.update()
            except EndpointUnreachable:
                log.info("new tips could not be fetched")
            except RobinError:
                log.warning("new tips were refused")
            await self._clock.sleep(_LOOK)

    async def _due(self) -> bool:
        asked = await self._db.run(store.asked)
        if not asked:
            return True
        gone = datetime.fromisoformat(self._clock.now()) - datetime.fromisoformat(asked)
        return gone >= DAY or gone < timedelta(0)  # a clock that was wrong must not keep tips away for years

    async def _keys(self, strict: bool = False) -> tuple[Root, ...]:
        try:
            own = await asyncio.to_thread(own_roots, self._keys_file)
        except AssetRefused:
            if strict:
                raise
            log.warning("a file of keys for tips cannot be read")
            own = ()
        return (*await asyncio.to_thread(shipped_keys), *own)

    async def _used(self) -> TipBook:
        if self._own is None:
            self._own = await asyncio.to_thread(shipped_book)
            await self._reopen(self._own)
        return self._own if self._kept is None else self._kept.book

    async def _reopen(self, own: TipBook) -> None:
        """What was used before, if its key is still trusted and it is newer than what this Robin brought."""
        kept = await self._db.run(store.get)
        if kept is None or kept[0] <= own.version:
            return
        try:
            self._kept = await asyncio.to_thread(judge, kept[1], "tips", await self._keys(), own)
            self._got = kept[2]
        except AssetRefused:
            log.warning("the newer tips are trusted no more")
