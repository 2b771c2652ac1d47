"""The signed directory of desks: read at start, brought up to date from one static address, or put in by hand.

The last good one stays in use whatever comes: a directory that is forged, older, out of date, or that swaps a desk's keys
is refused with a plain sentence, and nothing changes (security.md, "Endpoint impersonation"). One in use that goes out of
date stays in use too, and says so: nobody is left without a desk because an update did not come.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from messenger import resources
from messenger.domain.errors import EndpointUnreachable, RobinError
from messenger.evidence import directory as signed
from messenger.evidence.directory import SignedDirectory
from messenger.evidence.keys import thumbprint
from messenger.safety import directory as said
from messenger.safety.directory import NOBODY, Desks, Root
from messenger.services.ports import Clock
from messenger.services.signed_file import Fetch, SignedFile
from messenger.storage import directory as store
from messenger.storage.database import Database

log = logging.getLogger(__name__)
ROOTS = "endpoints/roots.json"
SHIPPED = "endpoints/directory.jws"
"""A directory that a distribution puts beside its roots. None comes with Robin."""
DAY = 24 * 3600.0


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


@dataclass(frozen=True, slots=True)
class _Checked:
    signed: SignedDirectory
    standing: Standing


class _Kind:
    """What is particular to a directory, for `SignedFile`."""

    name, keys, most = "directory", ROOTS, signed.MAX_BYTES

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def judge(self, data: bytes, file: str, roots: Sequence[Root], kept: _Checked | None) -> _Checked:
        return _Checked(*judge(data, file, roots, self._clock.now(), kept.signed if kept is not None else None))

    def shipped(self) -> bytes | None:
        try:
            with resources.path(SHIPPED).open("rb") as file:
                return file.read(signed.MAX_BYTES + 1)
        except FileNotFoundError:
            return None

    async def stored(self) -> Callable[[Sequence[Root]], _Checked] | None:
        row = await self._db.run(store.get)
        if row is None:
            return None
        data, known = row

        def reopen(roots: Sequence[Root]) -> _Checked:
            found = signed.reopen(data, self.name, [one.key for one in roots], known)
            return _Checked(found, standing(found, self.name, roots, self._clock.now()))

        return reopen

    async def keep(self, found: _Checked) -> None:
        await self._db.write(store.put, found.signed.text, found.signed.known)


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
        self._clock = clock
        self._can_fetch = fetch is not None
        self._address = address
        self._file = SignedFile(_Kind(db, clock), roots_file, fetch)

    async def desks(self) -> Desks:
        """The desks and routes in use; none where there is no directory. Never raises for a bad file: the log says so."""
        found = await self._file.in_use()
        return found.standing.desks if found is not None else NOBODY

    async def standing(self) -> Standing | None:
        """The directory in use, read when it is first asked for, or None."""
        found = await self._file.in_use()
        if found is None:
            return None
        return replace(found.standing, expired=found.signed.expired(self._clock.now()))

    async def check(self, data: bytes, file: str) -> Standing:
        """Whether a directory could be put in use now; nothing changes. Raises `AssetRefused` naming the file and the place."""
        return (await self._file.check(data, file)).standing

    async def install(self, data: bytes, file: str) -> Standing:
        """Put a directory in use; returns when it is on disk. Raises `AssetRefused`; then the last good one stays."""
        found, _new = await self._file.install(data, file)
        return found.standing

    async def update(self) -> bool:
        """Fetch and put in use what the set address has; False where none is set or it is the one in use.

        Raises `EndpointUnreachable`, `EndpointRejected` or `AssetRefused`; the last good one stays.
        """
        address = await self._address()
        if not address or not self._can_fetch:
            return False
        data, name = await self._file.fetch(address)
        before = await self._file.in_use()
        after = await self.install(data, name)
        return before is None or after.version != before.signed.version

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
