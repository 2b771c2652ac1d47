"""A real SQLCipher store for each test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from messenger.storage.database import Database

KEY = bytes(range(32))
Scenario = Callable[[Callable[[Database], Awaitable[Any]]], Any]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "robin.db"


@pytest.fixture
def scenario(path: Path) -> Scenario:
    """Runs one coroutine function over the test's store; may be called several times, as after a restart."""

    def run(work: Callable[[Database], Awaitable[Any]]) -> Any:
        async def whole() -> Any:
            database = await Database.open(path, KEY)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(whole())

    return run
