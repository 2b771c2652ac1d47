"""One engine after another over the test's store."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from chat_world import Secrets, Server, TestClock, World

from messenger.services import notice_eyes
from messenger.storage.database import Database

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
