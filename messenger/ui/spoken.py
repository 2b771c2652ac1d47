"""Has words said by screen readers that do not listen for announcements: Orca before 45, as in Debian 12 and Ubuntu 22.04.

Those say an object of the role "notification" when it appears. A newer Orca would say both, so the accessibility bus is
asked who listens, beside the window's thread. Source: Orca 43.1 (default.py, onShowingChanged) and its history
(object:announcement since 45); at-spi2-core 2.46, xml/Registry.xml.
"""

from __future__ import annotations

import os
import sys
import threading

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QWidget

_BUS = ("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
_REGISTRY = ("/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry")
_ANSWER_SECONDS = 5.0
_KEPT_MS = 10_000
"""So long the reader can ask for the words."""


class Spoken(QWidget):
    """Words that a screen reader says as a notification. It never shows, and goes by itself."""

    def __init__(self, window: QWidget, words: str) -> None:
        super().__init__(window)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(words)
        QTimer.singleShot(_KEPT_MS, self, self.deleteLater)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.ObjectShow))


class _Question(QObject):
    """Asks the bus, and says the words when nobody listens for announcements. Belongs to the window."""

    answered = Signal(bool)

    def __init__(self, window: QWidget, words: str) -> None:
        super().__init__(window)
        self._window, self._words = window, words
        self.answered.connect(self._say, Qt.ConnectionType.QueuedConnection)

    def ask(self) -> None:
        """Runs beside the window's thread: D-Bus may keep it waiting."""
        heard = listened_for("object:announcement")
        try:
            self.answered.emit(heard)
        except RuntimeError:
            return  # the window went away meanwhile, and with it this

    def _say(self, heard: bool) -> None:
        if not heard and self._window.isVisible():
            Spoken(self._window, self._words)
        self.deleteLater()


def say_as_notification(window: QWidget, words: str) -> None:
    """Have `words` said where a screen reader is there that knows no announcements; elsewhere nothing happens."""
    if sys.platform == "linux" and QAccessible.isActive() and os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        question = _Question(window, words)
        threading.Thread(target=question.ask, name="spoken", daemon=True).start()


def listened_for(event: str) -> bool:
    """Whether some reader on the accessibility bus listens for `event`; True as well where that cannot be learned."""
    # Only where there is D-Bus, and only when there is something to say.
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    address = new_method_call(DBusAddress(*_BUS), "GetAddress")
    events = new_method_call(DBusAddress(*_REGISTRY), "GetRegisteredEvents")
    try:
        with open_dbus_connection("SESSION") as session:
            where = session.send_and_get_reply(address, timeout=_ANSWER_SECONDS)
        if where.header.message_type is not MessageType.method_return:
            return True
        with open_dbus_connection(str(where.body[0])) as bus:
            answer = bus.send_and_get_reply(events, timeout=_ANSWER_SECONDS)
    except (OSError, EOFError, ValueError, KeyError, RuntimeError):
        return True
    if answer.header.message_type is not MessageType.method_return:
        return True
    return any(_covers(str(one[1]), event) for one in answer.body[0])


def _covers(asked: str, event: str) -> bool:
    """Whether one who asked for `asked` ("Object:Announcement:", or all of "object:") gets `event`."""
    wanted = asked.lower().rstrip(":").split(":")
    return event.split(":")[: len(wanted)] == wanted
