"""A start in this new process: `empty` (a QMainWindow) or `robin PROFILE` (offline). Prints JSON: ms to the first paint."""

from __future__ import annotations

import time

BEGAN = time.perf_counter()

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent))


def process_age_ms() -> float:
    """Milliseconds since this process was started, interpreter included."""
    ticks = int(Path("/proc/self/stat").read_text("ascii").rsplit(")", 1)[1].split()[19])
    uptime = float(Path("/proc/uptime").read_text("ascii").split()[0])
    return (uptime - ticks / os.sysconf("SC_CLK_TCK")) * 1000


def main() -> None:
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

    found: dict[str, float] = {}

    class Watch(QObject):
        def __init__(self, window: QWidget) -> None:
            super().__init__()
            self._window = window

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if watched is self._window and event.type() == QEvent.Type.Paint and "painted_ms" not in found:
                QTimer.singleShot(0, lambda: found.setdefault("painted_ms", round(process_age_ms(), 1)))
            return False

    if sys.argv[1] == "empty":
        app = QApplication([])
        window: QWidget = QMainWindow()
        watch = Watch(window)
        window.installEventFilter(watch)
        window.resize(1180, 760)
        window.show()
        ready = lambda: "painted_ms" in found  # noqa: E731
        close = lambda: None  # noqa: E731
    else:
        from messenger.app import paths
        from messenger.app.window import Application, application

        app = application(["robin"])
        profile = paths.find(sys.argv[2])
        profile.make()
        robin = Application(app, profile, offline=True)
        watch = Watch(robin.window)
        robin.window.installEventFilter(watch)
        robin.engine.started.connect(lambda: found.setdefault("store_open_ms", round(process_age_ms(), 1)))
        robin.start()
        ready = lambda: {"painted_ms", "store_open_ms"} <= set(found)  # noqa: E731
        close = robin.close
    end = time.monotonic() + 30
    while not ready() and time.monotonic() < end:
        app.processEvents()
    settle = time.monotonic() + 0.5
    while time.monotonic() < settle:
        app.processEvents()
    from memory import pss_mb

    found["pss_mb"] = pss_mb()
    close()
    print(json.dumps(found))


main()
