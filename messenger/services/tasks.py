"""The one door for background work of the engine: every failure surfaces here."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Coroutine
from typing import Any

from messenger.domain.errors import RobinError
from messenger.domain.events import TaskFailed
from messenger.services.bus import Bus

log = logging.getLogger(__name__)


class Tasks:
    """Starts background coroutines, keeps them alive, tells failures, and ends them all."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._running: set[asyncio.Task[None]] = set()

    def start(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` in the background. `name` is a fixed word (it is logged)."""
        task = asyncio.get_running_loop().create_task(self._run(name, work), name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # A task that is cancelled before its first step would leave its work neither run nor closed.
        task.add_done_callback(lambda _task: work.close())
        return task

    async def _run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except RobinError as error:
            log.info("task %s: %s", name, type(error).__name__)
            self._bus.publish(TaskFailed(name, error))
        except Exception as error:  # noqa: BLE001 - door: task
            # Only places and class names: values in an exception's text may be personal.
            frames = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
            log.error("task %s failed: %s at %s", name, type(error).__name__, where)
            self._bus.publish(TaskFailed(name, None))

    async def close(self) -> None:
        """Cancel what runs and wait for it."""
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
