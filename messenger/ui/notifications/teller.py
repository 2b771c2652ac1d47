"""When a notification is shown and when it is taken back: a name at most, never words of a message, never the word report."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtWidgets import QApplication

from messenger.domain.events import AccountsChanged, AdviceArrived, ChatsChanged, MessagesStored
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.notifications.bubble import SHOWN_MS, Bubble
from messenger.ui.notifications.server import Server
from messenger.ui.plain import visible

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.tray import Tray


@dataclass(frozen=True, slots=True)
class _News:
    """A chat as far as a notification needs it. `due`: there is something unread of somebody who may be told of."""

    chat: int
    due: bool
    name: str = ""
    wish: str = "off"


class Notifications(QObject):
    """Tells of new messages while no window of Robin is in use; as soon as one is, all are taken back.

    `may` says what they may tell: "all", "little" (no name) or "nothing". They go to the session bus's service; where there
    is none, to the tray's own balloon; where there is no tray either, nothing is shown. `opened(chat)`: one was pressed; 0
    is no chat.
    """

    opened = Signal(int)

    def __init__(
        self, engine: Engine, may: Callable[[], str], app: QGuiApplication, server: Server | None, tray: Tray | None
    ) -> None:
        super().__init__()
        self._engine, self._may, self._server, self._tray = engine, may, server, tray
        self._up: set[int] = set()
        self._balloon = 0
        engine.on(MessagesStored, self._stored)
        engine.on(AdviceArrived, lambda _event: self._show(0, "", tr("There is news for you.")))
        engine.on(ChatsChanged, lambda event: self._look_at(event.conversations))
        engine.on(AccountsChanged, lambda _event: self._look_at(()))
        app.focusWindowChanged.connect(self._used)
        if server is not None:
            server.pressed.connect(self._pressed)
            server.refused.connect(self._by_tray)
        if tray is not None:
            tray.balloon_pressed.connect(lambda: self.opened.emit(self._balloon))

    def clear(self) -> None:
        """Take all from sight, also what is on its way to the screen. The tray's balloon goes with its icon."""
        if self._up:
            self._up.clear()
            if self._server is not None:
                self._server.close()
        if self._tray is not None:
            self._tray.clear()

    def stop(self) -> None:
        """Robin ends: take all from sight. `join` waits for it, shortly."""
        self.clear()
        if self._server is not None:
            self._server.stop()

    def join(self) -> None:
        """Wait for the end of `stop`, at most two seconds."""
        if self._server is not None:
            self._server.join()

    def _used(self, window: QWindow | None) -> None:
        if window is not None:
            self.clear()

    def _stored(self, event: MessagesStored) -> None:
        if event.live and event.incoming and self._away():
            conversation = event.conversation
            self._engine.call(lambda hub: _ask(hub, conversation), self._tell)

    def _tell(self, news: _News) -> None:
        if news.due and news.wish != "off":
            self._show(news.chat, visible(news.name) if news.wish == "on" else "", tr("New message"))

    def _look_at(self, conversations: tuple[int, ...]) -> None:
        """Something changed: what was read, muted, blocked or signed out meanwhile has no notification any more."""
        for chat in self._up - {0} if not conversations else self._up & set(conversations):
            self._engine.call(lambda hub, chat=chat: _ask(hub, chat), self._stay)  # type: ignore[misc]

    def _stay(self, news: _News) -> None:
        if not news.due and news.chat in self._up:
            self._up.discard(news.chat)
            if self._server is not None:
                self._server.close(news.chat)
            if self._tray is not None and self._balloon == news.chat:
                self._tray.clear()

    def _show(self, chat: int, name: str, words: str) -> None:
        if self._away():
            bubble = Bubble(chat, name if self._may() == "all" else "", words)
            self._up.add(chat)
            if self._server is not None:
                self._server.tell(bubble)
            else:
                self._by_tray(bubble)

    def _by_tray(self, bubble: Bubble) -> None:
        """The bus could not; it is as late as its answer, so that everything is asked once more."""
        fits = self._may() == "all" or not bubble.name
        if self._tray is not None and bubble.chat in self._up and self._away() and fits:
            self._balloon = bubble.chat
            self._tray.balloon(bubble.title, bubble.words, SHOWN_MS)

    def _pressed(self, chat: int, token: str) -> None:
        if token and QGuiApplication.platformName().startswith("wayland"):
            os.environ["XDG_ACTIVATION_TOKEN"] = token  # Qt reads it, once, when it brings the window to the front
        self.opened.emit(chat)

    def _away(self) -> bool:
        return QApplication.activeWindow() is None and self._may() != "nothing"


async def _ask(hub: Hub, conversation: int) -> _News:
    try:
        chat = await hub.conversations.summary(conversation)
    except KeyError:
        return _News(conversation, False)
    here = {account.jid for account in await hub.accounts.list() if account.enabled}
    # A person who was not accepted yet makes no notice at all, with or without words.
    due = chat.known and not chat.muted and not chat.blocked and chat.unread > 0 and chat.account in here
    return _News(conversation, due, chat.title, await hub.settings.get("notifications"))
