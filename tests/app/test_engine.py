"""The border: answers and events arrive on the GUI thread, in order; failures surface; the end is clean."""

from __future__ import annotations

import asyncio
import logging
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from messenger.app.engine import Engine
from messenger.domain.errors import NotConnected, RobinError, StoreFull
from messenger.domain.events import AccountsChanged, Event, TaskFailed
from messenger.services.bus import Bus


def engine_with(hub: Any) -> Engine:
    async def build() -> Any:
        await asyncio.sleep(0)
        return hub

    async def close(one: Any) -> None:
        one.closed = True

    return Engine(build, close)


@pytest.fixture
def hub() -> Any:
    return SimpleNamespace(bus=Bus(), closed=False)


@pytest.fixture
def engine(hub: Any, qtbot: QtBot) -> Any:
    one = engine_with(hub)
    one.start()
    yield one
    one.close()


def test_answer_arrives_on_the_gui_thread(engine: Engine, qtbot: QtBot) -> None:
    seen: list[tuple[int, threading.Thread, threading.Thread]] = []

    async def ask(hub: Any) -> tuple[int, threading.Thread]:
        return 7, threading.current_thread()

    engine.call(ask, lambda answer: seen.append((answer[0], answer[1], threading.current_thread())))
    qtbot.waitUntil(lambda: bool(seen))
    value, there, here = seen[0]
    assert value == 7
    assert there is not here
    assert here is threading.main_thread()


def test_calls_before_the_start_wait_for_the_hub(hub: Any, qtbot: QtBot) -> None:
    engine = engine_with(hub)
    seen: list[str] = []

    async def ask(_: Any) -> str:
        return "here"

    engine.call(ask, seen.append)
    engine.start()
    qtbot.waitUntil(lambda: seen == ["here"])
    engine.close()
    assert hub.closed


def test_a_failure_of_the_world_goes_to_failed_only(engine: Engine, qtbot: QtBot) -> None:
    done: list[object] = []
    failed: list[RobinError] = []

    async def ask(_: Any) -> None:
        raise StoreFull

    engine.call(ask, done.append, failed.append)
    qtbot.waitUntil(lambda: len(failed) == 1)
    assert isinstance(failed[0], StoreFull)
    assert not done


def test_failures_without_a_handler_become_events(engine: Engine, qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    told: list[TaskFailed] = []
    engine.on(TaskFailed, told.append)

    async def world(_: Any) -> None:
        raise NotConnected

    async def ours(_: Any) -> None:
        raise ValueError("the canary value")

    with caplog.at_level(logging.DEBUG):
        engine.call(world)
        engine.call(ours)
        qtbot.waitUntil(lambda: len(told) == 2)
    assert isinstance(told[0].error, NotConnected)
    assert told[1].error is None
    assert "canary" not in caplog.text, "an exception's text may be personal"


def test_forgotten_answers_are_not_given(engine: Engine, qtbot: QtBot) -> None:
    seen: list[int] = []

    async def first(_: Any) -> int:
        await asyncio.sleep(0.05)
        return 1

    async def second(_: Any) -> int:
        await asyncio.sleep(0.1)
        return 2

    forget = engine.call(first, seen.append)
    forget()
    engine.call(second, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [2]


def test_events_arrive_in_order_and_end_with_the_subscription(engine: Engine, hub: Any, qtbot: QtBot) -> None:
    seen: list[Event] = []
    end = engine.on(TaskFailed, seen.append)
    everything: list[Event] = []
    engine.on(Event, everything.append)

    async def publish(one: Any) -> None:
        for number in range(50):
            one.bus.publish(TaskFailed(str(number), None))
        one.bus.publish(AccountsChanged())

    engine.call(publish)
    qtbot.waitUntil(lambda: len(everything) == 51)
    assert [event.name for event in seen if isinstance(event, TaskFailed)] == [str(n) for n in range(50)]
    end()
    engine.call(publish)
    qtbot.waitUntil(lambda: len(everything) == 102)
    assert len(seen) == 50


def test_a_start_that_fails_can_be_tried_another_way(hub: Any, qtbot: QtBot) -> None:
    async def broken() -> Any:
        raise StoreFull

    async def working() -> Any:
        return hub

    async def close(_: Any) -> None:
        return None

    engine = Engine(broken, close)
    failures: list[object] = []
    engine.start_failed.connect(failures.append)
    engine.start()
    qtbot.waitUntil(lambda: len(failures) == 1)
    assert isinstance(failures[0], StoreFull)
    with qtbot.waitSignal(engine.started):
        engine.retry(working)
    engine.close()
