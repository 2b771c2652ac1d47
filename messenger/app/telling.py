"""The tray and the notifications of one running Robin, and what they open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from messenger import resources
from messenger.ui.notifications.server import Server
from messenger.ui.notifications.teller import Notifications
from messenger.ui.tray import Tray

if TYPE_CHECKING:
    from messenger.app.engine import Engine
    from messenger.app.locking import Locking, Robin
    from messenger.ui.main_window import MainWindow


class Telling(QObject):
    """Made after the first paint. While Robin is locked a notification leads to the lock screen, and behind it to the chat."""

    def __init__(self, app: QApplication, engine: Engine, window: MainWindow, locking: Locking, robin: Robin) -> None:
        super().__init__(window)
        self._window, self._locking, self._robin = window, locking, robin
        self._wanted = 0
        self.tray = Tray() if QSystemTrayIcon.isSystemTrayAvailable() else None
        icon = resources.path("icons/robin.svg").as_uri()
        server = Server(icon, self) if Server.is_usual() else None
        self.notifications = Notifications(engine, locking.tray_may, app, server, self.tray)
        self.notifications.opened.connect(self.open)
        if self.tray is not None:
            self.tray.opened.connect(robin.show)
            self.tray.report.connect(lambda: robin.report())
            self.tray.lock.connect(locking.lock_now)
            self.tray.quit.connect(app.quit)
        locking.curtain.covered.connect(self._covered)
        locking.curtain.opened.connect(self._opened)
        locking.curtain.shown.connect(self._known)
        self._known()

    def open(self, chat: int) -> None:
        """A notification was pressed."""
        self._robin.show()
        self._wanted = chat
        if not self._locking.curtain.locked:
            self._opened()

    def _opened(self) -> None:
        chat, self._wanted = self._wanted, 0
        if chat:
            self._window.open_conversation(chat)

    def _covered(self) -> None:
        self._wanted = 0
        self.notifications.clear()

    def _known(self) -> None:
        if self.tray is not None:
            self.tray.show_lock(self._locking.curtain.is_set)
