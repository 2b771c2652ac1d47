"""A real desk on a free port of this computer, for each module; its clock can be moved."""

from __future__ import annotations

import asyncio
import inspect
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_case import Https, ReporterApp
from desk_clock import Time, endpoint_of
from line_case import DESK_NAME, desk_on, new_account, server_with_rooms

from messenger.demo.prosody import Prosody
from messenger.desk.server import Desk, Options
from messenger.domain.report import EndpointProfile


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that is a coroutine gets a loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    asyncio.run(asyncio.wait_for(pyfuncitem.obj(**arguments), 90))
    return True


@pytest.fixture(scope="module")
def clock() -> Time:
    return Time()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, clock: Time) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    made = Desk.create(folder, "a long passphrase", "Harbour Child Safety Desk", "gb", options=Options(clock=clock))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def endpoint(desk: Desk) -> EndpointProfile:
    return endpoint_of(desk)


@pytest.fixture(scope="module")
def https(endpoint: EndpointProfile) -> Https:
    return Https(endpoint)


@pytest.fixture
def app(endpoint: EndpointProfile) -> ReporterApp:
    return ReporterApp(endpoint)


@pytest.fixture(scope="session")
def chat_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in memory where there is such a place: Prosody's SQLite waits for the disk four times a message."""
    shared = Path("/dev/shm")
    base = str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else str(tmp_path_factory.mktemp("prosody"))
    with tempfile.TemporaryDirectory(prefix="robin-desk-", dir=base) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def chat(chat_folder: Path) -> Iterator[Prosody]:
    """A chat server with rooms that forwards reports to the desk's account, which is there already."""
    with server_with_rooms(chat_folder / "one") as running:
        asyncio.run(new_account(running, DESK_NAME))
        yield running


@pytest.fixture(scope="module")
def lined(chat: Prosody, tmp_path_factory: pytest.TempPathFactory, clock: Time) -> Iterator[Desk]:
    """A desk that is signed in on the chat server."""
    made = desk_on(chat, tmp_path_factory.mktemp("lined"), clock)
    yield made
    made.stop()
