"""Work beside a session's queue: kept alive, its failures counted in the log by class only, ended with the session."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from messenger.domain.errors import RobinError

log = logging.getLogger(__name__)


class Jobs:
    """The tasks of one session."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the background."""
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A task that is cancelled before its first step would leave its work neither run nor closed.
        task.add_done_callback(lambda _task: work.close())

    async def end(self) -> None:
        """Cancel what runs and wait for it."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except RobinError as error:
            log.info("session task ended: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001  the door of tasks
            log.error("session task failed: %s", type(error).__name__)
