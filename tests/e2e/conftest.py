"""The real world of the demonstration (Prosody, desk, cast) for end-to-end tests, and a hub to use in it."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from messenger.app.bootstrap import Bootstrap, Start
from messenger.app.paths import Profile
from messenger.demo.world import Credentials, World
from messenger.services.hub import Hub


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[World, Credentials]]:
    folder = Path(tempfile.mkdtemp(prefix="rw"))
    one = World(folder, pace=0.0, own_key_store=False)
    try:
        yield one, one.start()
    finally:
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


def profile(folder: Path) -> Profile:
    """A profile of its own, kept in one folder."""
    return Profile(folder, folder / "state", f"test:{folder}")


@asynccontextmanager
async def home(folder: Path, endpoint: Path | None = None, offline: bool = False) -> AsyncIterator[Hub]:
    """A whole engine without a window, on a store that a passphrase opens."""
    bootstrap = Bootstrap(Start(profile(folder), offline, endpoint, "four quiet words"))
    hub = await bootstrap.build()
    try:
        yield hub
    finally:
        await bootstrap.close(hub)


async def until(what: str, holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something holds; fails naming it."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.05)
    assert holds(), what
