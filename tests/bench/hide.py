"""Hide this, in this new process: `hide.py PROFILE wizard|safety`. Prints JSON: ms from the third release of Shift to the notes.

`exposed_ms`: the screen shows the notes' window (Qt's expose event); `painted_ms`: its words are painted; `gone_ms`: every
other window is hidden. The real program with its store, a chat list and a report open; on Xvfb or a screen where DISPLAY is set.
"""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from messenger.app import paths
from messenger.app.window import Application, application

TIMES = 7


class Watch(QObject):
    """When something first happened to the notes."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[str, float] = {}

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind, now = event.type(), time.perf_counter()
        notes = next((one for one in QApplication.topLevelWidgets() if one.objectName() == "notes" and one.isVisible()), None)
        if notes is not None:
            handle = notes.windowHandle()
            if kind == QEvent.Type.Expose and watched is handle and handle.isExposed():
                self.at.setdefault("exposed_ms", now)
            if kind == QEvent.Type.Paint and isinstance(watched, QWidget) and watched.window() is notes:
                self.at.setdefault("painted_ms", now)
            if "gone_ms" not in self.at and [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [notes]:
                self.at["gone_ms"] = now
        return False


def wait(app: QApplication, seconds: float, until: object = None) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not (callable(until) and until()):
        app.processEvents()


def once(app: QApplication, robin: Application, place: str) -> dict[str, float]:
    robin.show()
    window: QWidget = robin.window
    if place == "safety":
        robin.window.show_room("safety")
    else:
        robin.report()
        window = robin.report_windows()[0]
    window.raise_()
    window.activateWindow()
    wait(app, 5, window.isActiveWindow)
    wait(app, 0.6)
    watch = Watch()
    handle = window.windowHandle()
    for press in range(3):
        QTest.keyPress(handle, Qt.Key.Key_Shift)
        if press == 2:
            app.installEventFilter(watch)
        began = time.perf_counter()
        QTest.keyRelease(handle, Qt.Key.Key_Shift)
    wait(app, 0.5)
    app.removeEventFilter(watch)
    return {key: (at - began) * 1000 for key, at in watch.at.items()}


def main() -> None:
    app = application(["robin"])
    profile = paths.find(sys.argv[1])
    profile.make()
    robin = Application(app, profile, offline=True)
    robin.start()
    wait(app, 20, lambda: robin.locking.ready)
    runs = [once(app, robin, sys.argv[2]) for _ in range(TIMES)]
    found = {key: sorted(run[key] for run in runs)[TIMES // 2] for key in ("exposed_ms", "painted_ms", "gone_ms")}
    worst, first = max(run["exposed_ms"] for run in runs), runs[0]["exposed_ms"]
    robin.curtain.lift()
    robin.close()
    found |= {"first_exposed_ms": first, "worst_exposed_ms": worst}
    print(json.dumps({key: round(value, 1) for key, value in found.items()}))


main()
