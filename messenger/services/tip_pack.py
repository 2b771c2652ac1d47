"""Newer tips: one signed file from one static address, at most once a day, and only when the person wants it.

Nothing about the person or this computer goes out: no name, no number, no mark of an earlier visit (endpoints.fetch). The
last good file stays in use whatever comes. A file that is forged, older, in another language, too big, or wrong in any word
is refused with a plain sentence, and nothing changes. Without a key nothing is fetched: none is shipped with Robin.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from messenger import resources
from messenger.domain.errors import AssetRefused, EndpointUnreachable, RobinError
from messenger.domain.events import TipsRenewed
from messenger.evidence import tip_pack as signed
from messenger.evidence.keys import thumbprint
from messenger.safety import deck, tip_pack
from messenger.safety.deck import TipBook
from messenger.safety.directory import Root
from messenger.services.bus import Bus
from messenger.services.ports import Clock
from messenger.services.settings import SettingsService
from messenger.services.signed_file import Fetch, SignedFile
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
    `refused` is why the last file was not used, `missed` why none came when one was last asked for (a word of
    `EndpointUnreachable`); '' when nothing was wrong."""

    version: int
    count: int
    signed_by: str
    issued_at: str
    got: str
    can: bool
    refused: str
    missed: str = ""


@dataclass(frozen=True, slots=True)
class CheckedPack:
    """A pack that may be used: its book, its signature, the name of who signed it, and when it came ('' until then)."""

    book: TipBook
    pack: signed.SignedPack
    signed_by: str
    got: str = ""


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


class _Kind:
    """What is particular to newer tips, for `SignedFile`."""

    name, keys, most = "tips", KEYS, signed.MAX_BYTES

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    @functools.cached_property
    def own(self) -> TipBook:
        """The tips that came with this Robin. Reads a file when it is first asked for: `stored` does, off the loop."""
        return shipped_book()

    def judge(self, data: bytes, file: str, roots: Sequence[Root], kept: CheckedPack | None) -> CheckedPack:
        found = judge(data, file, roots, self.own)
        if kept is not None and found.pack.digest == kept.pack.digest:
            return kept
        tip_pack.newer(found.book, self.own if kept is None else kept.book, file)
        return replace(found, got=self._clock.now())

    def shipped(self) -> bytes | None:
        return None

    async def stored(self) -> Callable[[Sequence[Root]], CheckedPack] | None:
        own = await asyncio.to_thread(lambda: self.own)
        row = await self._db.run(store.get)
        if row is None or row[0] <= own.version:
            return None
        _version, words, got = row
        return lambda roots: replace(judge(words, self.name, roots, own), got=got)

    async def keep(self, found: CheckedPack) -> None:
        await self._db.write(store.put, found.book.version, found.pack.text.encode("ascii"), found.got)


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
        self._can_fetch = fetch is not None
        self._kind = _Kind(db, clock)
        self._file = SignedFile(self._kind, keys_file, fetch)
        self._refused, self._missed = "", ""

    async def book(self) -> TipBook:
        """The tips in use: the newer file where there is a good one, else those that came with Robin."""
        kept = await self._file.in_use()
        return self._kind.own if kept is None else kept.book

    async def standing(self) -> TipsStanding:
        """What is in use and from whom."""
        kept = await self._file.in_use()
        book = self._kind.own if kept is None else kept.book
        return TipsStanding(
            version=book.version,
            count=len(book.tips),
            signed_by=kept.signed_by if kept else "",
            issued_at=kept.pack.issued_at if kept else "",
            got=kept.got if kept else "",
            can=await self._file.has_keys(),
            refused=self._refused,
            missed=self._missed,
        )

    async def install(self, data: bytes, file: str) -> bool:
        """Use this pack from now on; False when it is the one in use. Raises `AssetRefused`; then nothing changes."""
        _found, new = await self._file.install(data, file)
        if new:
            self._bus.publish(TipsRenewed())
        return new

    async def update(self) -> bool:
        """Fetch the file now and use it when it is newer; whether it was. False where it is off, or has no address or key.

        Raises `EndpointUnreachable`, `EndpointRejected` or `AssetRefused`; the last good one stays.
        """
        address = await self._settings.get("tips_address")
        wanted = await self._settings.get("new_tips") == "yes"
        if not self._can_fetch or not address or not wanted or not await self._file.has_keys():
            return False
        await self._db.write(store.set_asked, self._clock.now())
        try:
            found = await self._file.fetch(address)
        except EndpointUnreachable as error:
            self._missed = str(error.fields["reason"])
            raise
        self._missed = ""
        try:
            new = await self.install(*found)
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
