"""A run of cuts, resumptions and restarts while words are being sent (F16)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from chat_case import ME, SAM
from chat_world import Secrets, Server, TestClock, World

from messenger.storage.database import Database


def replay(folder: Path, steps: list[str]) -> None:
    """Play the steps, come back online at the end, and compare what was written with what the server has."""
    server, secrets, clock = Server(), Secrets(), TestClock()
    written: list[str] = []

    async def part(run: list[str], last: bool) -> None:
        database = await Database.open(folder / "robin.db", bytes(32))
        world = World(database, server, secrets, clock)
        if not server.sessions:
            await world.sign_in()
        else:
            await world.services.accounts.resume()
            await world.settle()
        for step in run:
            await _step(world, step, written)
        if last:
            if world.me.online:
                world.me.drop()
            await world.me.connect(resumed=False)
            await world.settle()
            await _compare(world, written)
        await world.services.accounts.close()
        await world.tasks.close()
        await world.services.conversations.close()
        await database.close()

    parts: list[list[str]] = [[]]
    for step in steps:
        if step == "restart":
            parts.append([])
        else:
            parts[-1].append(step)
    for number, run in enumerate(parts):
        asyncio.run(part(run, number == len(parts) - 1))


async def _step(world: Any, step: str, written: list[str]) -> None:
    session = world.me
    if step == "send":
        written.append(f"words {len(written)}")
        conversation = await world.services.conversations.open(ME, SAM)
        await world.services.conversations.send(conversation, written[-1])
    elif step == "lose" and session.online:
        session.lose_next = 1
    elif step == "drop" and session.online:
        session.drop()
    elif step == "resume" and not session.online:
        await session.connect(resumed=True)
    elif step == "fresh" and not session.online:
        await session.connect(resumed=False)
    await world.settle()


async def _compare(world: Any, written: list[str]) -> None:
    assert sorted(one.body for one in world.server.archive) == sorted(written)
    conversation = await world.services.conversations.open(ME, SAM)
    page = await world.services.conversations.page(conversation, limit=500)
    assert [one.body for one in page.messages] == written
    assert {one.state.value for one in page.messages} <= {"sent"}
