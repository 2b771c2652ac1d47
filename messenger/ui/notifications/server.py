"""The desktop's notification service as the window sees it: calls go in, what was pressed comes back. Nothing waits for the bus."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    # Imported by its own thread, with the first notification.
    from messenger.ui.notifications.bubble import Bubble
    from messenger.ui.notifications.line import Line

_END_SECONDS = 2.0


class Server(QObject):
    """Owns a thread with a loop, from the first notification on. The signals arrive on the GUI thread.

    `pressed(chat, token)`: somebody pressed one. `refused(bubble)`: it could not be shown here.
    """

    pressed = Signal(int, str)
    refused = Signal(object)

    def __init__(self, icon: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._line: Line | None = None
        self._over = False

    @staticmethod
    def is_usual() -> bool:
        """Whether this kind of computer has a session bus, and Robin a screen: without one it is nobody's desktop."""
        return sys.platform not in ("win32", "darwin") and QGuiApplication.platformName() not in ("offscreen", "minimal")

    def tell(self, bubble: Bubble) -> None:
        """Show it, in the place of that chat's last one."""
        if self._loop is None and not self._over:
            self._loop = loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._run, args=(loop,), name="notifications", daemon=True)
            self._thread.start()
        self._post(lambda line: line.tell(bubble))

    def close(self, chat: int | None = None) -> None:
        """Take down that chat's, or all; in the order of the calls, so that one told before is never left."""
        self._post(lambda line: line.close(chat))

    def stop(self) -> None:
        """Take down all and end. `join` waits for it."""
        if self._loop is not None and not self._over:
            asyncio.run_coroutine_threadsafe(self._end(), self._loop)
        self._over = True

    def join(self) -> None:
        """Wait until it ended, at most two seconds: a service that does not answer must not keep Robin."""
        if self._thread is not None:
            self._thread.join(_END_SECONDS)

    def _post(self, what: Callable[[Line], None]) -> None:
        if self._loop is not None and not self._over:
            self._loop.call_soon_threadsafe(lambda: what(self._get_line()))

    def _get_line(self) -> Line:
        if self._line is None:
            from messenger.ui.notifications.line import Line

            self._line = Line(self._icon, self.pressed.emit, self.refused.emit)
        return self._line

    async def _end(self) -> None:
        if self._line is not None:
            await self._line.end()
        asyncio.get_running_loop().stop()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()
