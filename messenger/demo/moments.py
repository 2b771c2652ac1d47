"""The headless demonstration of safety in the moment: a notice, a pause before sending, somebody new, Hide this and the lock."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from messenger.demo.cast import NEW
from messenger.demo.person import Person, StepFailed
from messenger.demo.world import World
from messenger.i18n import tr
from messenger.ui.lock.curtain import is_notes
from messenger.ui.notices.before import BeforeSend

NUMBER = "ring me, it is 020 7946 0018"
PIN = "2580"
_PATIENCE_MS = 60_000
"""The demonstration waits for the rules on a slow computer too, where a message would go out unasked after three seconds."""
Both = Callable[[QWidget, str], None]


class Moments:
    """Plays the person. `both` pictures a window light and dark, `come_back` is what opening Robin again does."""

    def __init__(
        self, person: Person, window: QWidget, both: Both, world: World, come_back: Callable[[], None]
    ) -> None:
        self._person, self._window, self._both, self._world = person, window, both, world
        self._come_back = come_back

    def in_chat(self) -> None:
        """In the chat that goes wrong: the note about what was asked, and the pause before a number goes out."""
        person, window = self._person, self._window
        person.find("notice", QWidget, window)
        person.click("notice.why", window)
        person.pause(200)
        self._both(window, "notice")
        person.click("notice.why", window)
        before = window.findChild(BeforeSend)
        if before is not None:
            before.patience_ms = _PATIENCE_MS
        writer = person.find("composer.text", QPlainTextEdit, window)
        person.press(writer)
        person.type(writer, NUMBER)
        person.key(writer, Qt.Key.Key_Return)
        person.find("pause", QWidget, window)
        self._both(window, "pause-before-sending")
        person.click(tr("Take it out"), window)
        person.wait("the number is out of the words", lambda: "7946" not in writer.toPlainText())
        writer.clear()
        person.wait("the pause is over", lambda: person.seek("pause", QWidget, window) is None)

    def somebody_new(self) -> None:
        """Somebody new writes: the card, and not now. Nothing at all reaches them."""
        person, window = self._person, self._window
        actor = self._world.actor(NEW.user)
        person.click("rail.chats", window)
        self._world.play(NEW.user)
        person.wait("they wrote", lambda: actor.said == len(NEW.opening))
        before = actor.noticed
        person.click("chats.requests", window)
        person.wait("the card of somebody new", lambda: person.seek(tr("Not now"), QWidget, window) is not None)
        person.pause(400)
        self._both(window, "somebody-new")
        person.click(tr("Not now"), window)
        person.wait("the card is away", lambda: person.seek(tr("Not now"), QWidget, window) is None)
        person.pause(400)
        if actor.noticed != before:
            raise StepFailed("quiet: somebody new noticed something")

    def hide(self) -> None:
        """Shift three times in the Safety room; Robin comes back when it is opened again."""
        person, window = self._person, self._window
        person.click("rail.safety", window)
        person.pause(300)
        window.activateWindow()
        person.wait("the window is in use", lambda: QApplication.activeWindow() is window)
        handle = QApplication.focusWindow()
        if handle is None:
            raise StepFailed("the window is in use")
        began = time.monotonic()
        for _ in range(3):
            QTest.keyPress(handle, Qt.Key.Key_Shift)
            QTest.keyRelease(handle, Qt.Key.Key_Shift)
        person.wait("plain notes in place of Robin", lambda: _notes() is not None and not window.isVisible())
        person.measure("first Shift to notes", (time.monotonic() - began) * 1000)
        notes = _notes()
        if notes is None or "Robin" in notes.windowTitle():
            raise StepFailed("plain notes in place of Robin")
        person.shot(notes, "hidden")
        self._come_back()
        person.wait("Robin is back", window.isVisible)

    def lock(self) -> None:
        """A PIN is set, Robin is locked and opened again."""
        person, window = self._person, self._window
        person.click("rail.settings", window)
        person.click("settings.lock.set", window)
        for name in ("pin.new", "pin.again"):
            person.type(person.find(name, QLineEdit), PIN)
        person.click("pin.yes")
        person.wait("the PIN is set", lambda: person.seek("settings.lock.now", QWidget, window) is not None)
        person.wait("the dialog is closed", lambda: person.seek("pin.yes", QWidget) is None)
        person.pause(400)
        person.click("settings.lock.now", window)
        field = person.find("lock.pin", QLineEdit)
        person.wait("the chats are out of sight", lambda: not window.isVisible())
        self._both(field.window(), "locked")
        person.type(field, PIN)
        person.click("lock.open")
        person.wait("Robin is open", window.isVisible)
        person.pause(300)


def _notes() -> QWidget | None:
    return next((one for one in QApplication.topLevelWidgets() if one.isVisible() and is_notes(one)), None)
