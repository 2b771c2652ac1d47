"""The whole program in a test: started as a person starts it, ended, and started again on the same profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from messenger.app import bootstrap as parts
from messenger.app import paths
from messenger.app.window import Application
from messenger.credentials.memory_store import MemoryStore


class Keys(MemoryStore):
    """A key store that lasts as long as the test and counts who asks."""

    persistent = True

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    async def get(self, name: str) -> str | None:
        self.asked += 1
        return await super().get(name)

    async def put(self, name: str, value: str) -> None:
        self.asked += 1
        await super().put(name, value)


class Start:
    """`start()` starts Robin off line on the test's profile; after `end` again. Those still running end with the test."""

    def __init__(self, qapp, place: Path, monkeypatch, qtbot) -> None:
        self._app, self._qtbot = qapp, qtbot
        self.keys = Keys()
        self.profile = paths.find(str(place))
        self.profile.make()
        self._running: list[Application] = []

        async def choose(_name) -> Keys:
            return self.keys

        monkeypatch.setattr(parts, "choose", choose)

    def __call__(self, report: bool = False, welcome: bool = False) -> Application:
        """As with ``--report``, and with the first steps where a person starts it."""
        one = Application(self._app, self.profile, offline=True)
        one.start()
        if report:
            one.report()
        if welcome:
            one.welcome()
        self._running.append(one)
        self._qtbot.waitUntil(lambda: one.locking.ready, timeout=20_000)
        return one

    def end(self, one: Application) -> None:
        one.curtain.lift()
        one._leaving = False
        for window in QApplication.topLevelWidgets():
            window.close()
            window.deleteLater()  # now, and not when Python comes to collect it in the middle of another test
        one.close()
        QTest.qWait(10)
        self._running.remove(one)

    def end_all(self) -> None:
        for one in list(self._running):
            self.end(one)


def ask(robin: Application, qtbot, question) -> Any:
    """What the engine answers."""
    answers: list[Any] = []
    robin.engine.call(question, lambda answer: answers.append(answer))
    qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
    QApplication.processEvents()
    return answers[0]
