"""The tray icon and the notices of new messages: a name at most, never words of a message, never the word report."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

from messenger import resources
from messenger.domain.conversation import ChatSummary
from messenger.domain.events import AdviceArrived, MessagesStored
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.lock.curtain import TRAY_MENU
from messenger.ui.plain import visible

_SHOWN_MS = 6000


def window_icon() -> QIcon:
    """Robin's mark."""
    return QIcon(str(resources.path("icons/robin.svg")))


class Tray(QObject):
    """Where there is a tray: open, report, lock, quit. Notices are shown only while no window of Robin is in use.

    `may` says what they may tell: "all", "little" (no name) or "nothing".
    """

    opened = Signal()
    report = Signal()
    lock = Signal()
    quit = Signal()

    def __init__(self, engine: Engine, may: Callable[[], str]) -> None:
        super().__init__()
        self._engine, self._may = engine, may
        self._last: int | None = None
        self._icon = QSystemTrayIcon(window_icon(), self)
        self._menu = QMenu()
        self._menu.setObjectName(TRAY_MENU)
        entries = (
            (tr("Open Robin"), self.opened),
            (tr("Report abuse"), self.report),
            (tr("Lock Robin"), self.lock),
            (tr("Quit Robin"), self.quit),
        )
        made = [self._menu.addAction(words) for words, _signal in entries]
        for action, (_words, signal) in zip(made, entries, strict=True):
            action.triggered.connect(signal.emit)
        self._lock_action = made[2]
        self.show_lock(False)
        self._icon.setContextMenu(self._menu)
        self._icon.setToolTip(tr("Robin"))
        self._icon.activated.connect(self._pressed)
        self._icon.messageClicked.connect(self.opened)
        self._icon.show()
        engine.on(MessagesStored, self._stored)
        engine.on(AdviceArrived, lambda _event: self._show("", tr("There is news for you.")))

    def show_lock(self, is_set: bool) -> None:
        """Offer the lock, where there is a PIN."""
        self._lock_action.setVisible(is_set)

    def clear(self) -> None:
        """Take a notice that is shown now from sight, as far as the desktop lets us: the icon's own balloon goes with it."""
        self._icon.hide()
        self._icon.show()

    def _pressed(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()

    def _stored(self, event: MessagesStored) -> None:
        if event.live and event.incoming and self._away():
            conversation = event.conversation
            self._engine.call(lambda hub: hub.conversations.summary(conversation), self._tell)

    def _tell(self, chat: ChatSummary) -> None:
        # A person who was not accepted yet makes no notice at all, with or without words.
        if chat.known and not chat.muted and not chat.blocked:
            self._engine.call(lambda hub: hub.settings.get("notifications"), lambda wish: self._by_wish(wish, chat))

    def _by_wish(self, wish: str, chat: ChatSummary) -> None:
        if wish == "on":
            self._show(visible(chat.title), tr("New message"))
        elif wish == "private":
            self._show("", tr("New message"))

    def _show(self, title: str, words: str) -> None:
        if self._away():
            name = title if self._may() == "all" else ""
            self._icon.showMessage(name or tr("Robin"), words, window_icon(), _SHOWN_MS)

    def _away(self) -> bool:
        return QApplication.activeWindow() is None and self._may() != "nothing"
