"""The signed directory of desks: read at start, brought up to date from one static address, or put in by hand.

The last good one stays in use whatever comes: a directory that is forged, older, out of date, or that swaps a desk's keys
is refused with a plain sentence, and nothing changes (security.md, "Endpoint impersonation"). One in use that goes out of
date stays in use too, and says so: nobody is left without a desk because an update did not come.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from messenger import resources
from messenger.domain.errors import AssetRefused, EndpointUnreachable, RobinError
from messenger.evidence import directory as signed
from messenger.evidence.directory import SignedDirectory
from messenger.evidence.keys import thumbprint
from messenger.safety import directory as said
from messenger.safety.directory import NOBODY, Desks, Root
from messenger.services.ports import Clock
from messenger.storage import directory as store
from messenger.storage.database import Database

log = logging.getLogger(__name__)
ROOTS = "endpoints/roots.json"
SHIPPED = "endpoints/directory.jws"
"""A directory that a distribution puts beside its roots. None comes with Robin."""
DAY = 24 * 3600.0
_LARGEST_ROOTS = 64 * 1024

Fetch = Callable[[str, int], Awaitable[bytes]]
"""One static file of an https address, at most so many bytes: no redirect, no cookie, nothing that names the asker.
Raises `EndpointUnreachable` or `EndpointRejected`."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The directory as people see it. `roots` are the names of who signed it; `hand_set`: a person's own file trusts them."""

    version: int
    issued_at: str
    expires_at: str
    roots: tuple[str, ...]
    hand_set: bool
    expired: bool
    desks: Desks


async def no_address() -> str:
    """Where no address for updates is set."""
    return ""


def own_roots(path: Path | None) -> tuple[Root, ...]:
    """The roots in a person's own file, always hand-set; none where there is no file. Reads it. Raises `AssetRefused`."""
    if path is None:
        return ()
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_ROOTS)
    except FileNotFoundError:
        return ()
    except OSError:
        raise AssetRefused(path.name, "file", "cannot be read") from None
    return said.load_roots(data, path.name, hand_set=True)


def shipped_roots() -> tuple[Root, ...]:
    """The roots that come with this Robin: none, unless who built it put some there. Reads a file."""
    return said.load_roots(resources.read(ROOTS), ROOTS)


def judge(
    data: bytes, file: str, roots: Sequence[Root], now: str, kept: SignedDirectory | None = None
) -> tuple[SignedDirectory, Standing]:
    """A directory for use in place of `kept`: signature, time, number, keys, desks and routes. Raises `AssetRefused`."""
    found = signed.read_directory(data, file, [one.key for one in roots], now, kept)
    return found, standing(found, file, roots, now)


def standing(found: SignedDirectory, file: str, roots: Sequence[Root], now: str) -> Standing:
    """What a checked directory says. Raises `AssetRefused`."""
    who = [one for one in roots if thumbprint(one.key) in found.signers]
    by_hand = all(one.hand_set for one in who)
    desks = said.read(found.endpoints, found.routes, file, by_hand)
    names = tuple(one.name for one in who)
    return Standing(found.version, found.issued_at, found.expires_at, names, by_hand, found.expired(now), desks)


class DirectoryService:
    """See the module. `roots_file` is the person's own list of roots; `address` gives the setting, '' for none."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        roots_file: Path | None = None,
        fetch: Fetch | None = None,
        address: Callable[[], Awaitable[str]] = no_address,
    ) -> None:
        self._db = db
        self._clock = clock
        self._roots_file = roots_file
        self._fetch = fetch
        self._address = address
        self._standing: Standing | None = None
        self._kept: SignedDirectory | None = None
        self._unread: tuple[bytes, dict[str, list[dict[str, str]]]] | None = None
        self._loaded = False
        self._one = asyncio.Lock()

    async def desks(self) -> Desks:
        """The desks and routes in use; none where there is no directory. Never raises for a bad file: the log says so."""
        found = await self.standing()
        return found.desks if found is not None else NOBODY

    async def standing(self) -> Standing | None:
        """The directory in use, read when it is first asked for, or None."""
        async with self._one:
            await self._load()
            return self._standing

    async def check(self, data: bytes, file: str) -> Standing:
        """Whether a directory could be put in use now; nothing changes. Raises `AssetRefused` naming the file and the place."""
        async with self._one:
            await self._load()
            _found, seen = await self._judge(data, file)
            return seen

    async def install(self, data: bytes, file: str) -> Standing:
        """Put a directory in use; returns when it is on disk. Raises `AssetRefused`; then the last good one stays."""
        async with self._one:
            await self._load()
            found, seen = await self._judge(data, file)
            await self._use(found, seen)
            return seen

    async def update(self) -> bool:
        """Fetch and put in use what the set address has; False where none is set or it is the one in use.

        Raises `EndpointUnreachable`, `EndpointRejected` or `AssetRefused`; the last good one stays.
        """
        address = await self._address()
        if not address or self._fetch is None:
            return False
        data = await self._fetch(address, signed.MAX_BYTES)
        before = await self.standing()
        after = await self.install(data, address.rpartition("/")[2] or "directory")
        return before is None or after.version != before.version

    async def watch(self, tell: Callable[[RobinError], None]) -> None:
        """Look for a newer one at start and once a day, for ever. A bad one is told once until a good one came."""
        told = False
        while True:
            try:
                await self.update()
                told = False
            except EndpointUnreachable:
                log.info("the directory could not be fetched")
            except RobinError as error:
                if not told:
                    tell(error)
                told = True
            await self._clock.sleep(DAY)

    async def _roots(self) -> tuple[Root, ...]:
        return await asyncio.to_thread(lambda: (*shipped_roots(), *own_roots(self._roots_file)))

    async def _judge(self, data: bytes, file: str) -> tuple[SignedDirectory, Standing]:
        roots, now = await self._roots(), self._clock.now()
        return await asyncio.to_thread(judge, data, file, roots, now, self._kept)

    async def _use(self, found: SignedDirectory, seen: Standing) -> None:
        await self._db.write(store.put, found.text, found.known)
        self._kept, self._standing, self._unread = found, seen, None

    async def _load(self) -> None:
        if self._loaded:
            if self._unread is not None:
                # The roots may be back (a stick is in again): what was in use binds the next one as before.
                with contextlib.suppress(AssetRefused):
                    await self._reopen(await self._roots())
            return
        try:
            roots = await self._roots()
        except AssetRefused:
            log.warning("a file of roots cannot be read")
            roots = ()
        self._unread = await self._db.run(store.get)
        await self._reopen(roots)
        shipped = await asyncio.to_thread(_shipped)
        if shipped is not None:
            try:
                await self._use(*await asyncio.to_thread(judge, shipped, SHIPPED, roots, self._clock.now(), self._kept))
            except AssetRefused:
                log.info("the directory that came with Robin is not used")
        self._loaded = True

    async def _reopen(self, roots: Sequence[Root]) -> None:
        if self._unread is None:
            return
        data, known = self._unread
        keys = [one.key for one in roots]
        try:
            found = await asyncio.to_thread(signed.reopen, data, "directory", keys, known)
            seen = await asyncio.to_thread(standing, found, "directory", roots, self._clock.now())
        except AssetRefused:
            # Its root is trusted no more: it speaks for nobody, and does not bind the next one.
            if not self._loaded:
                log.warning("the directory in use is trusted no more")
            return
        self._kept, self._standing, self._unread = found, seen, None


def _shipped() -> bytes | None:
    try:
        with resources.path(SHIPPED).open("rb") as file:
            return file.read(signed.MAX_BYTES + 1)
    except FileNotFoundError:
        return None
