"""Every action of the main window once, with its words and its keys. Report abuse is among them and is always on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from messenger.i18n import tr

REPORT_KEYS = ("F8", "Ctrl+Shift+R")


@dataclass(frozen=True, slots=True)
class Key:
    """A line of the shortcut list."""

    words: str
    keys: str


class Actions(QObject):
    """The QActions of one main window. The window connects them; menus and buttons only show them."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.report_abuse = self._make("report_abuse", tr("Report abuse"), *REPORT_KEYS)
        HeardOver(window, self.report_abuse)
        self.search = self._make("search", tr("Search or start a chat"), "Ctrl+K", "Ctrl+F")
        self.new_chat = self._make("new_chat", tr("Start a chat"), "Ctrl+N")
        self.next_chat = self._make("next_chat", tr("Next chat"), "Alt+Down", "Ctrl+Tab")
        self.previous_chat = self._make("previous_chat", tr("Chat before"), "Alt+Up", "Ctrl+Shift+Tab")
        self.next_pane = self._make("next_pane", tr("Next part of the window"), "F6")
        self.previous_pane = self._make("previous_pane", tr("Part of the window before"), "Shift+F6")
        self.chats = self._make("chats", tr("Chats"), "Ctrl+1")
        self.people = self._make("people", tr("People"), "Ctrl+2")
        self.safety = self._make("safety", tr("Safety"), "Ctrl+3")
        self.settings = self._make("settings", tr("Settings"), "Ctrl+4", "Ctrl+,")
        self.jump_to_end = self._make("jump_to_end", tr("Newest message"), "Ctrl+End")
        self.shortcuts = self._make("shortcuts", tr("List of keys"), "F1")
        self.lock_now = self._make("lock_now", tr("Lock Robin"), "Ctrl+L")
        self.quit = self._make("quit", tr("Quit Robin"), "Ctrl+Q")

    def keys(self) -> tuple[Key, ...]:
        """The shortcut list, in order; the keys of the message list and the composer at the end."""
        made = [
            Key(
                action.text(),
                ", ".join(key.toString(QKeySequence.SequenceFormat.NativeText) for key in action.shortcuts()),
            )
            for action in self.findChildren(QAction)
        ]
        return (
            *made,
            Key(tr("Send the message"), tr("Enter")),
            Key(tr("New line in a message"), tr("Shift+Enter")),
            Key(tr("Change my last message"), tr("Up, in an empty box")),
            Key(tr("Choose messages"), tr("Space, in the messages")),
            Key(tr("Menu of a message or chat"), tr("Menu key, or Shift+F10")),
        )

    def _make(self, ident: str, words: str, *keys: str) -> QAction:
        action = QAction(words, self)
        action.setObjectName(f"action.{ident}")
        action.setShortcuts([QKeySequence(key) for key in keys])
        self._window.addAction(action)
        return action


class HeardOver(QObject):
    """A window's action is heard in each dialog that stands over it too, and over another dialog: Qt keeps keys to one window."""

    def __init__(self, window: QWidget, action: QAction) -> None:
        super().__init__(window)
        self._window, self._action = window, action
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.focusWindowChanged.connect(self._follow)

    def _follow(self, handle: QWindow | None) -> None:
        over = next((one for one in QApplication.topLevelWidgets() if one.windowHandle() is handle), None)
        root = over
        while root is not None and (parent := root.parentWidget()) is not None:
            root = parent.window()
        if handle is not None and over is not None and root is self._window and self._action not in over.actions():
            over.addAction(self._action)


def hear_report(window: QWidget, pressed: Callable[[], None]) -> None:
    """Report abuse by its keys in a window that has no other actions, and in the dialogs over it."""
    action = QAction(tr("Report abuse"), window)
    action.setShortcuts([QKeySequence(key) for key in REPORT_KEYS])
    action.triggered.connect(lambda: pressed())
    window.addAction(action)
    HeardOver(window, action)
