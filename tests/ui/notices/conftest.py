"""The main window over the real engine, store, bus and chat services; only the XMPP door is played by the test."""

from __future__ import annotations

import asyncio
import time
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt

from messenger.app.engine import Engine
from messenger.domain.contact import RosterItem, Subscription
from messenger.services.lock import LockService
from messenger.storage.database import Database
from messenger.ui.main_window import MainWindow
from tests.chat_case import ME, SAM, message
from tests.chat_world import Secrets, Server, TestClock, World
from tests.ui.stand_ins import Reporting


class Live:
    """A signed-in window. Sam is in the roster, but not known for long."""

    def __init__(self, qtbot, ctx, folder, reports) -> None:
        self.qtbot, self.server, self.world = qtbot, Server(), None
        self.server.roster = (RosterItem(SAM, "Sam", Subscription.BOTH),)
        self._folder, self._count = folder, 0
        self.clock = TestClock()
        self.engine = Engine(self._build, self._close)
        self.engine.start()
        self.window = MainWindow(ctx, self.engine, reports.append)
        self.window.show()
        self.window.activateWindow()
        self.window.start()
        qtbot.waitUntil(self.window.isActiveWindow)
        qtbot.waitUntil(lambda: self.window.session.known, timeout=20000)
        self.before.patience_ms = 120_000  # on a slow computer no message goes out before the rules have answered
        self.open(SAM)

    async def _build(self):
        database = await Database.open(self._folder / "robin.db", bytes(range(32)))
        self.world = World(database, self.server, Secrets(), self.clock)
        chat = self.world.services
        names = (
            "accounts",
            "conversations",
            "contacts",
            "blocking",
            "rooms",
            "safety",
            "notices",
            "first_contact",
            "settings",
            "guardian",
        )
        await chat.accounts.sign_in(ME, "correct horse", True)
        lock = LockService(database, chat.settings, self.world.bus, self.clock)
        parts = {one: getattr(chat, one) for one in names}
        return SimpleNamespace(bus=self.world.bus, reporting=Reporting(), lock=lock, **parts)

    async def _close(self, hub) -> None:
        await hub.accounts.close()
        await self.world.tasks.close()
        await hub.conversations.close()
        await self.world.database.close()

    # -- what the test does

    def run(self, work):
        """Run a coroutine on the engine's loop and give its answer."""
        return asyncio.run_coroutine_threadsafe(work, self.engine._loop).result(20)

    def open(self, jid: str) -> int:
        self.chat = self.run(self.world.services.conversations.open(ME, jid))
        self.window.open_conversation(self.chat)
        self.wait(lambda: self.presenter.chat is not None and self.presenter.chat.conversation == self.chat)
        return self.chat

    def say(self, *texts: str, by: str = SAM, **more) -> None:
        """Messages come in, one second after the other."""
        made = []
        for text in texts:
            self._count += 1
            self.clock.seconds += 1
            made.append(message(text, int(self.clock.seconds), counterpart=by, stanza_id=f"say-{self._count}", **more))
        self.run(self.world.me.listener.messages(made))

    def write(self, text: str) -> None:
        self.writer.setFocus()
        self.qtbot.keyClicks(self.writer, text)

    def enter(self) -> None:
        self.key(Qt.Key.Key_Return)

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        self.qtbot.keyClick(self.window.focusWidget() or self.window, key, modifier)

    def wait(self, until) -> None:
        self.qtbot.waitUntil(until, timeout=20000)

    def quiet(self) -> None:
        """Let the engine answer everything that was asked, and what is asked because of it."""
        calm, until = 0, time.monotonic() + 5  # one that waits for good keeps nobody longer
        while calm < 3 and time.monotonic() < until:
            self.run(self.world.database.run(lambda _conn: None))
            self.qtbot.wait(30)
            calm = calm + 1 if not self.run(_asked()) else 0

    # -- what is there

    @property
    def presenter(self):
        return self.window.conversation_presenter

    @property
    def pane(self):
        return self.window.conversation

    @property
    def writer(self):
        return self.window.conversation.composer.writer

    @property
    def notices(self):
        return self.window.notices

    @property
    def before(self):
        return self.presenter.deeds.before

    def bodies(self) -> list[str]:
        """The words that went onto the stream."""
        return [one.body for kind, one in self.server.sent() if kind == "message"]


async def _asked() -> int:
    """How many questions of the window are not answered yet."""
    return sum(getattr(one.get_coro(), "__name__", "") == "_ask" for one in asyncio.all_tasks())


@pytest.fixture
def live(qtbot, ctx, tmp_path, reports):
    one = Live(qtbot, ctx, tmp_path, reports)
    yield one
    one.window.close()
    one.quiet()  # what was asked is answered while the window is still there
    one.engine.close()
    one.window.deleteLater()
    qtbot.wait(1)
