"""The border between the two threads: the engine's asyncio loop on one side, the window on the other.

`call` carries a question in; answers and events come back as queued Qt signals, so that they arrive on the GUI
thread in order. The loop never touches a widget and the window never touches a service.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from messenger.domain.errors import RobinError
from messenger.domain.events import Event, TaskFailed

if TYPE_CHECKING:
    from messenger.services.hub import Hub

log = logging.getLogger(__name__)
T = TypeVar("T")
E = TypeVar("E", bound=Event)
Build = Callable[[], Coroutine[Any, Any, "Hub"]]
Close = Callable[["Hub"], Coroutine[Any, Any, None]]

_CLOSE_SECONDS = 8.0


class Engine(QObject):
    """Runs the hub on a loop in a thread of its own. Implements `ui.border.Engine`.

    `build` makes the hub on that loop; it may fail with a failure of the world (`start_failed`), and `retry`
    tries another way, such as with a passphrase. Calls made before the hub is there wait for it.
    """

    started = Signal()
    start_failed = Signal(object)
    _posted = Signal(object)
    _told = Signal(object)

    def __init__(self, build: Build, close: Close) -> None:
        super().__init__()
        self._build = build
        self._close = close
        self._handlers: dict[type[Event], list[Callable[[Any], None]]] = {}
        self._loop = asyncio.new_event_loop()
        self._hub: asyncio.Future[Hub] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._closing = False
        self._posted.connect(self._give, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the thread and build the hub."""
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._begin(self._build), self._loop)

    def retry(self, build: Build) -> None:
        """Build the hub in another way after `start_failed`."""
        asyncio.run_coroutine_threadsafe(self._begin(build), self._loop)

    def call(
        self,
        ask: Callable[[Hub], Coroutine[Any, Any, T]],
        done: Callable[[T], None] | None = None,
        failed: Callable[[RobinError], None] | None = None,
    ) -> Callable[[], None]:
        """See `ui.border.Engine.call`."""
        live = [True]

        def post(answer: Callable[[], None]) -> None:
            if not self._closing:
                self._posted.emit(lambda: answer() if live[0] else None)

        if not self._closing:
            asyncio.run_coroutine_threadsafe(self._ask(ask, done, failed, post), self._loop)

        def forget() -> None:
            live[0] = False

        return forget

    async def _ask(
        self,
        ask: Callable[[Hub], Coroutine[Any, Any, T]],
        done: Callable[[T], None] | None,
        failed: Callable[[RobinError], None] | None,
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        hub = await asyncio.shield(self._hub)
        try:
            result = await ask(hub)
        except RobinError as error:
            kept = error
            if failed is not None:
                post(lambda: failed(kept))
            else:
                hub.bus.publish(TaskFailed("call", kept))
        except Exception as error:  # noqa: BLE001 - door: a task of the engine, asked for by the window
            log.error("call failed: %s at %s", type(error).__name__, _where(error))
            hub.bus.publish(TaskFailed("call", None))
        else:
            if done is not None:
                post(lambda: done(result))

    def early(self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do slow work that needs no hub (reading a data file) off both threads; `done` is called on the GUI thread."""

        async def do() -> None:
            result = await asyncio.to_thread(work)
            if not self._closing:
                self._posted.emit(lambda: done(result))

        asyncio.run_coroutine_threadsafe(do(), self._loop)

    def on(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """See `ui.border.Engine.on`."""
        self._handlers.setdefault(kind, []).append(handler)

        def end() -> None:
            if handler in self._handlers[kind]:
                self._handlers[kind].remove(handler)

        return end

    def running(self) -> bool:
        """Whether its thread lives."""
        return self._thread.is_alive()

    def close(self) -> None:
        """End the hub, the loop and the thread. At most a few seconds; nothing saved depends on it."""
        if self._closing or not self._thread.is_alive():
            return
        self._closing = True
        ended = asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        try:
            ended.result(_CLOSE_SECONDS)
        except (TimeoutError, CancelledError):
            log.warning("engine did not end in time")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2.0)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _begin(self, build: Build) -> None:
        try:
            hub = await build()
        except RobinError as error:
            self.start_failed.emit(error)
        except Exception as error:  # noqa: BLE001 - door: the first task of the engine
            log.error("start failed: %s at %s", type(error).__name__, _where(error))
            self.start_failed.emit(None)
        else:
            hub.bus.subscribe(Event, self._told.emit)
            self._hub.set_result(hub)
            self.started.emit()

    async def _end(self) -> None:
        if self._hub.done():
            await self._close(self._hub.result())
        else:
            self._hub.cancel()
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _give(self, answer: Callable[[], None]) -> None:
        answer()

    def _tell(self, event: Event) -> None:
        for kind in (type(event), Event):
            for handler in tuple(self._handlers.get(kind, ())):
                handler(event)


def _where(error: BaseException) -> str:
    """Places only: an exception's text may hold values."""
    trace = error.__traceback__
    places: list[str] = []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " > ".join(places[-6:])
