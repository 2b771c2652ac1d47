"""One Robin a profile: a second start shows the window that is open, or opens Report abuse there."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from messenger.app.paths import Profile

_SECONDS = 1.0
# Longer paths do not fit the address of a UNIX socket (108 bytes).
_LONGEST = 100


def _path(profile: Profile) -> Path:
    return profile.state / "window.sock"


def ask_open_window(profile: Profile, word: str) -> bool:
    """Ask a Robin that is open to `show` itself or to open a `report`; False when none is."""
    path = str(_path(profile))
    if len(path.encode()) > _LONGEST:
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(_SECONDS)
            line.connect(path)
            line.sendall(word.encode("ascii") + b"\n")
            return line.recv(16) == b"ok\n"
    except OSError:
        return False


class Doorbell(QObject):
    """Hears a second start. Lives in the profile's private folder."""

    def __init__(self, profile: Profile, heard: Callable[[str], None]) -> None:
        # Here, after the first paint: the window itself does not need Qt's network library.
        from PySide6.QtNetwork import QLocalServer

        super().__init__()
        self._heard = heard
        path = str(_path(profile))
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if len(path.encode()) > _LONGEST:
            return
        if not self._server.listen(path):
            QLocalServer.removeServer(path)
            self._server.listen(path)
        self._server.newConnection.connect(self._rung)

    def close(self) -> None:
        """Stop hearing."""
        self._server.close()

    def _rung(self) -> None:
        while (line := self._server.nextPendingConnection()) is not None:

            def read(line: object = line) -> None:
                word = bytes(line.readAll().data()).strip().decode("ascii", "replace")  # type: ignore[attr-defined]
                line.write(b"ok\n")  # type: ignore[attr-defined]
                if word in ("show", "report"):
                    self._heard(word)

            line.readyRead.connect(read)
            line.disconnected.connect(line.deleteLater)
