"""A signed file from outside: the directory of desks, or newer tips. One is in use, and the last good one stays.

A file that is forged, older, or wrong in any word is refused with a plain sentence, and nothing changes. What is in use
binds what comes next, over restarts too; keys that could not be read for a while (a stick that is out, a file half written)
open no way back to an older one. Nothing that names the asker goes out with a fetch (endpoints.fetch). No key is shipped
with Robin: who builds it may put some into the package, and a person may have a file of keys.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from messenger import resources
from messenger.domain.errors import AssetRefused, EndpointUnreachable
from messenger.safety.directory import Root, load_roots

log = logging.getLogger(__name__)
_LARGEST_KEYS = 64 * 1024

Fetch = Callable[[str, int], Awaitable[bytes]]
"""One static file of an https address, at most so many bytes: no redirect, no cookie, nothing that names the asker.
Raises `EndpointUnreachable` or `EndpointRejected`."""

Found = TypeVar("Found")


def own_roots(path: Path | None) -> tuple[Root, ...]:
    """The keys in a person's own file, always hand-set; none where there is no file. Reads it. Raises `AssetRefused`."""
    if path is None:
        return ()
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_KEYS)
    except FileNotFoundError:
        return ()
    except OSError:
        raise AssetRefused(path.name, "file", "cannot be read") from None
    return load_roots(data, path.name, hand_set=True)


def shipped_roots(name: str) -> tuple[Root, ...]:
    """The keys that come with this Robin in an asset: none, unless who built it put some there. Reads a file."""
    return load_roots(resources.read(name), name)


class Kind(Protocol[Found]):
    """What is particular to one kind of file. `Found` is a file that was checked, with all that is asked of it later."""

    name: str
    """A word for a file without a name."""
    keys: str
    """The asset with the keys that come with Robin."""
    most: int
    """Bytes of a whole file."""

    def judge(self, data: bytes, file: str, roots: Sequence[Root], kept: Found | None) -> Found:
        """The file for use in place of `kept`, or `kept` itself where it is the same. Off the loop. Raises `AssetRefused`."""

    def shipped(self) -> bytes | None:
        """A signed file that came with Robin, if any. Off the loop."""

    async def stored(self) -> Callable[[Sequence[Root]], Found] | None:
        """How to open the one that was used before, off the loop, if its keys are trusted (else `AssetRefused`); or None."""

    async def keep(self, found: Found) -> None:
        """Write it to the store; returns when it is on disk."""


class SignedFile(Generic[Found]):
    """See the module. `keys_file` is the person's own list of keys."""

    def __init__(self, kind: Kind[Found], keys_file: Path | None = None, fetch: Fetch | None = None) -> None:
        self._kind = kind
        self._keys_file = keys_file
        self._fetch = fetch
        self._kept: Found | None = None
        self._unread: Callable[[Sequence[Root]], Found] | None = None
        """The one used before, while nobody is trusted who signed it."""
        self._loaded = False
        self._one = asyncio.Lock()

    async def in_use(self) -> Found | None:
        """The one in use, read when it is first asked for, or None. Never raises for a bad file: the log says so."""
        async with self._one:
            await self._load()
            return self._kept

    async def check(self, data: bytes, file: str) -> Found:
        """Whether a file could be put in use now; nothing changes. Raises `AssetRefused` naming the file and the place."""
        async with self._one:
            await self._load()
            return await self._judge(data, file)

    async def install(self, data: bytes, file: str) -> tuple[Found, bool]:
        """Put a file in use; returns it when it is on disk, and whether it is another one than before.

        Raises `AssetRefused`; then the last good one stays.
        """
        async with self._one:
            await self._load()
            found = await self._judge(data, file)
            new = found is not self._kept
            if new:
                await self._use(found)
            return found, new

    async def fetch(self, address: str) -> tuple[bytes, str]:
        """The bytes at an https address, and the name of the file. Raises `EndpointUnreachable` or `EndpointRejected`."""
        if self._fetch is None:
            raise EndpointUnreachable("off")
        return await self._fetch(address, self._kind.most), address.rpartition("/")[2] or self._kind.name

    async def has_keys(self) -> bool:
        """Whether anybody at all is trusted to sign one."""
        roots, _whole = await self._trusted()
        return bool(roots)

    async def _keys(self) -> tuple[Root, ...]:
        return await asyncio.to_thread(lambda: (*shipped_roots(self._kind.keys), *own_roots(self._keys_file)))

    async def _trusted(self) -> tuple[tuple[Root, ...], bool]:
        """Whose keys can be read now, and whether those are all. Never raises for a bad file."""
        found: list[Root] = []
        whole = True
        for read in (lambda: shipped_roots(self._kind.keys), lambda: own_roots(self._keys_file)):
            try:
                found += await asyncio.to_thread(read)
            except AssetRefused:
                log.warning("a file of keys cannot be read")
                whole = False
        return tuple(found), whole

    async def _judge(self, data: bytes, file: str) -> Found:
        return await asyncio.to_thread(self._kind.judge, data, file, await self._keys(), self._kept)

    async def _use(self, found: Found) -> None:
        await self._kind.keep(found)
        self._kept, self._unread = found, None

    async def _load(self) -> None:
        if self._loaded:
            if self._unread is not None:
                # The keys may be back (a stick is in again): what was in use binds the next one as before.
                with contextlib.suppress(AssetRefused):
                    await self._reopen(await self._keys())
            return
        roots, whole = await self._trusted()
        self._unread = await self._kind.stored()
        await self._reopen(roots)
        shipped = await asyncio.to_thread(self._kind.shipped) if whole else None
        if shipped is not None:
            try:
                await self._use(await asyncio.to_thread(self._kind.judge, shipped, self._kind.name, roots, self._kept))
            except AssetRefused:
                log.info("a signed file that came with Robin is not used")
        self._loaded = True

    async def _reopen(self, roots: Sequence[Root]) -> None:
        if self._unread is None:
            return
        try:
            self._kept = await asyncio.to_thread(self._unread, roots)
        except AssetRefused:
            # Nobody is trusted who signed it: it speaks for nobody, and does not bind the next one.
            if not self._loaded:
                log.warning("a signed file in use is trusted no more")
            return
        self._unread = None
