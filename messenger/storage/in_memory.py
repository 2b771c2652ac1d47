"""A store that has no file: it lives as long as it is open, in this process alone. For a practice report."""

from __future__ import annotations

import asyncio
from pathlib import Path

from messenger.storage import migrations
from messenger.storage.connection import Connection, connect_memory
from messenger.storage.database import Database
from messenger.storage.worker import Worker


class MemoryDatabase(Database):
    """`Database` without a path, a key, a lock or a mark: nothing of it can be found afterwards. Made by `make`."""

    def __init__(self) -> None:
        super().__init__(Path("no-file"), b"")

    @classmethod
    async def make(cls) -> MemoryDatabase:
        """An empty store with the newest schema."""
        made = cls()
        made._worker = await asyncio.to_thread(lambda: Worker(_fresh(), lambda _damaged: _fresh()))
        return made

    def _write_mark(self, begun: bool, clean: bool, must: bool = False) -> None:
        """There is no file beside it to mark."""


def _fresh() -> Connection:
    conn = connect_memory()
    migrations.migrate(conn)
    return conn
