"""A report of kind xmpp through all services: chat server, desk and reporter's account are real."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parent.parent / "desk"))  # its desk on a chat server

from desk_clock import endpoint_of
from line_case import DESK, DESK_NAME, desk_on, new_account, server_with_rooms, signed_in

from messenger.demo.prosody import Prosody
from messenger.domain.account import ConnectionState
from messenger.domain.events import ConnectionChanged
from messenger.domain.receipt import IdentityLevel
from messenger.domain.report import OutboxState
from messenger.endpoints import make_all
from messenger.services.bus import Bus
from messenger.services.clock import SystemClock
from messenger.services.package_line import SessionLine
from messenger.services.quiet import Quiet
from messenger.services.report_parts import Ways, report_services
from messenger.services.sessions import Sessions
from messenger.services.tasks import Tasks
from messenger.storage.database import Database
from tests.services.report_world import KEY, OTHER, Memory, World, write_profile


@pytest.fixture(scope="module")
def chat() -> Iterator[Prosody]:
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with (
        tempfile.TemporaryDirectory(prefix="robin-kind-", dir=shared) as folder,
        server_with_rooms(Path(folder)) as running,
    ):
        asyncio.run(new_account(running, DESK_NAME))
        yield running


def test_saved_offline_sent_online_and_the_address_is_proved(chat: Prosody, tmp_path: Path) -> None:
    desk = desk_on(chat, tmp_path / "desk", time.time)
    try:
        profile = replace(endpoint_of(desk), base=f"xmpp:{DESK}", ca_file="", hand_set=False)
        write_profile(tmp_path, profile)
        account = asyncio.run(new_account(chat))
        sent, summary, waiting = asyncio.run(_whole(chat, tmp_path, account))
    finally:
        desk.stop()
    assert waiting is OutboxState.SAVED
    assert sent.state is OutboxState.SENT
    assert summary.receipt.identity_level is IdentityLevel.VERIFIED
    assert summary.identity_domain == "robin.test"
    assert len(summary.receipt_code) == 19
    assert not summary.can_withdraw
    assert not list((tmp_path / "outbox").glob("*.robin"))


async def _whole(chat: Prosody, folder: Path, account: str) -> Any:
    db = await Database.open(folder / "robin.db", KEY)
    bus, clock, sessions = Bus(), SystemClock(), Sessions()
    tasks = Tasks(bus)

    async def country() -> str:
        return "gb"

    ways = Ways(folder / "outbox", folder / "endpoints", country=country)
    endpoints = make_all(clock, SessionLine(sessions))
    services = report_services(db, Memory(), endpoints, ways, tasks, bus, clock, sessions)
    world = World(folder, db, services, bus, tasks, clock, Quiet(), sessions)
    try:
        messages = await world.chat(40, account, OTHER)
        draft = await world.draft(tuple(messages), account=account, counterpart=OTHER)
        report_id = await services.reporting.submit(draft.id)
        await services.outbox.start()
        waiting = (await services.outbox.wait(report_id, 1)).state
        async with signed_in(chat, account) as [person]:
            sessions.put(account, person.session)
            sessions.set_state(account, ConnectionState.ONLINE)
            bus.publish(ConnectionChanged(account, ConnectionState.ONLINE))
            done = await services.outbox.wait(report_id, 60)
        return done, await services.outbox.report(report_id), waiting
    finally:
        await services.outbox.close()
        await tasks.close()
        await db.close()
