"""The tray icon: open, report, lock, quit; and the balloon of a notification where the desktop has no service for it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from messenger import resources
from messenger.i18n import tr
from messenger.ui.lock.curtain import TRAY_MENU


def window_icon() -> QIcon:
    """Robin's mark."""
    return QIcon(str(resources.path("icons/robin.svg")))


class Tray(QObject):
    """Where there is a tray: open, report, lock, quit, and balloons (`ui.notifications` says when)."""

    opened = Signal()
    report = Signal()
    lock = Signal()
    quit = Signal()
    balloon_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._told = False
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
        self._icon.messageClicked.connect(self.balloon_pressed)
        self._icon.show()

    def show_lock(self, is_set: bool) -> None:
        """Offer the lock, where there is a PIN."""
        self._lock_action.setVisible(is_set)

    def balloon(self, title: str, words: str, milliseconds: int) -> None:
        """Show a notification of the icon's own."""
        self._told = True
        self._icon.showMessage(title, words, window_icon(), milliseconds)

    def clear(self) -> None:
        """Take a balloon from sight, as far as the desktop lets us: it goes with the icon, which comes back."""
        if self._told:
            self._told = False
            self._icon.hide()
            self._icon.show()

    def _pressed(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()
