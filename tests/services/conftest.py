"""One engine after another over the test's store, and a desk."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from chat_world import Secrets, Server, TestClock, World

from messenger.domain.report import EndpointProfile
from messenger.safety import profiles
from messenger.services import notice_eyes
from messenger.storage.database import Database

if TYPE_CHECKING:
    from messenger.desk.server import Desk

_once = functools.cache(notice_eyes._load_rules)
Play = Callable[[Callable[[World], Awaitable[Any]]], Any]


@pytest.fixture(autouse=True)
def rules_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules have no state: a process of tests reads their files once."""
    monkeypatch.setattr(notice_eyes, "_load_rules", _once)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def secrets() -> Secrets:
    return Secrets()


@pytest.fixture
def play(tmp_path: Path, server: Server, secrets: Secrets) -> Play:
    """Runs one coroutine function over a fresh engine with the test's store; again, as after a restart."""
    clock = TestClock()

    def run(work: Callable[[World], Awaitable[Any]]) -> Any:
        async def whole() -> Any:
            database = await Database.open(tmp_path / "robin.db", bytes(range(32)))
            world = World(database, server, secrets, clock)
            try:
                return await work(world)
            finally:
                await world.services.accounts.close()
                await world.tasks.close()
                await world.services.conversations.close()
                await database.close()

        return asyncio.run(whole())

    return run


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A real desk on loopback that takes as many reports as a test has."""
    from messenger.desk.server import Desk, Options  # not for the others: it brings the web parts

    made = Desk.create(
        tmp_path_factory.mktemp("desk"),
        "a passphrase of the desk",
        "Harbour Desk",
        "gb",
        options=Options(flood_burst=100_000, flood_rate=100_000),
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def receiver(desk: Desk) -> EndpointProfile:
    """The profile that the desk gives out, set by hand."""
    return profiles.load(desk.profile_path.read_bytes(), "endpoint.json", hand_set=True)
