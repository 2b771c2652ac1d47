"""The main window and the first steps over the real engine, store and chat services; nobody is signed in."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from messenger.app.engine import Engine
from messenger.storage.database import Database
from messenger.ui.lock.curtain import Curtain
from messenger.ui.main_window import MainWindow
from messenger.ui.welcome.first_run import FirstRun
from tests.chat_world import Secrets, Server, TestClock, World
from tests.ui.stand_ins import Reporting

_NAMES = (
    *("accounts", "conversations", "contacts", "blocking", "rooms"),
    *("safety", "notices", "first_contact", "settings", "guardian"),
)


class First:
    """One start of Robin on the test's folder. `ready` starts the engine."""

    def __init__(self, app, ctx, folder, busy=False) -> None:
        self._folder = folder
        self.reports, self.practised = [], []
        self.busy, self._open = busy, True
        self.engine = Engine(self._build, self._close)
        self.engine.start()
        self.window = MainWindow(ctx, self.engine, self.reports.append)
        self.window.show()
        self.window.activateWindow()
        self.window.start()
        self.curtain = Curtain(ctx, self.engine, self.window, app)
        practise = lambda: self.practised.append(True)  # noqa: E731
        self.first = FirstRun(ctx, self.engine, self.window, self.curtain, lambda: self.busy, practise)

    @property
    def welcome(self):
        return self.first.welcome

    async def _build(self):
        database = await Database.open(self._folder / "robin.db", bytes(range(32)))
        self.world = World(database, Server(), Secrets(), TestClock())
        chat = self.world.services
        return SimpleNamespace(bus=self.world.bus, reporting=Reporting(), **{one: getattr(chat, one) for one in _NAMES})

    async def _close(self, hub) -> None:
        await hub.accounts.close()
        await self.world.tasks.close()
        await hub.conversations.close()
        await self.world.database.close()

    def run(self, work):
        """Run a coroutine on the engine's loop and give its answer."""
        return asyncio.run_coroutine_threadsafe(work, self.engine._loop).result(20)

    def setting(self, key: str) -> str:
        return self.run(self.world.services.settings.get(key))

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        if self.welcome is not None:
            self.welcome.close()
        self.window.close()
        self.window.deleteLater()
        self.engine.close()
