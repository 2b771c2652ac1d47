"""A person without hands: finds controls by the names that a screen reader hears, and uses mouse and keys.

Every press is a Qt mouse or key event sent to the real window, so what a step shows is what a person would get.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QWidget

W = TypeVar("W", bound=QWidget)
_STEP_MS = 15


class StepFailed(Exception):
    """A step of the demonstration did not really happen. The text names the step, never what was written."""


class Person:
    """Uses the windows of this process. `shots` is where pictures go; `seconds` how long each wait may take."""

    def __init__(self, shots: Path, seconds: float = 30.0) -> None:
        self._shots = shots
        self._seconds = seconds
        self.durations: dict[str, float] = {}
        self.pictures: list[str] = []

    def wait(self, what: str, predicate: Callable[[], object], seconds: float | None = None) -> float:
        """Let the window live until `predicate` holds; returns the milliseconds it took. Raises `StepFailed`."""
        began = time.monotonic()
        end = began + (self._seconds if seconds is None else seconds)
        while not predicate():
            if time.monotonic() > end:
                raise StepFailed(what)
            QTest.qWait(_STEP_MS)
        return (time.monotonic() - began) * 1000

    def pause(self, ms: int) -> None:
        """Let the window settle."""
        QTest.qWait(ms)

    def measure(self, name: str, milliseconds: float) -> None:
        """Keep a duration for result.json."""
        self.durations[name] = round(milliseconds, 1)

    def widgets(self, kind: type[W], within: QWidget | None = None) -> Iterator[W]:
        """All visible widgets of a class, in every window or in one."""
        roots = [within] if within is not None else [one for one in QApplication.topLevelWidgets() if one.isVisible()]
        for root in roots:
            if isinstance(root, kind):
                yield root
            for child in root.findChildren(kind):
                if child.isVisible():
                    yield child

    def seek(self, name: str, kind: type[W], within: QWidget | None = None) -> W | None:
        """The first visible widget whose accessible name, object name or words are `name`, or None."""
        for widget in self.widgets(kind, within):
            if name in _names(widget):
                return widget
        return None

    def find(self, name: str, kind: type[W], within: QWidget | None = None) -> W:
        """As `seek`, but waits for it. Raises `StepFailed`."""
        self.wait(f"find {name}", lambda: self.seek(name, kind, within) is not None)
        found = self.seek(name, kind, within)
        if found is None:
            raise StepFailed(f"find {name}")
        return found

    def find_kind(self, kind: type[W], what: str) -> W:
        """The first visible widget of a class. Waits for it. Raises `StepFailed`."""
        self.wait(what, lambda: next(self.widgets(kind), None) is not None)
        return next(self.widgets(kind))

    def click(self, name: str, within: QWidget | None = None) -> QWidget:
        """Press a control with the mouse, in its middle."""
        widget: QWidget = (
            self.find(name, QAbstractButton, within)
            if self._is_button(name, within)
            else self.find(name, QWidget, within)
        )
        self.press(widget)
        return widget

    def press(self, widget: QWidget) -> None:
        """Press a widget with the mouse, in its middle."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, widget.rect().center())
        QTest.qWait(_STEP_MS)

    def type(self, widget: QWidget, text: str) -> None:
        """Type into a widget, key by key."""
        widget.setFocus(Qt.FocusReason.MouseFocusReason)
        QTest.keyClicks(widget, text)

    def key(self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press one key."""
        QTest.keyClick(widget, key, modifier)
        QTest.qWait(_STEP_MS)

    def row(self, view: QAbstractItemView, text: str, what: str) -> QModelIndex:
        """The row of a list whose words (shown or spoken) hold `text`. Waits for it. Raises `StepFailed`."""
        found: list[QModelIndex] = []

        def look() -> bool:
            found[:] = [index for index in _rows(view.model()) if text in _spoken(index)][-1:]
            return bool(found)

        self.wait(what, look)
        return found[0]

    def click_row(self, view: QAbstractItemView, index: QModelIndex, at: QPoint | None = None) -> None:
        """Scroll to a row and press it with the mouse; `at` is a place inside the row."""
        view.scrollTo(index)
        QTest.qWait(_STEP_MS)
        rect = view.visualRect(index)
        QTest.mouseClick(
            view.viewport(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            rect.topLeft() + at if at else rect.center(),
        )
        QTest.qWait(_STEP_MS)

    def shot(self, widget: QWidget, name: str) -> None:
        """Picture a window."""
        QTest.qWait(60)
        path = self._shots / f"{len(self.pictures) + 1:02d}-{name}.png"
        if not widget.grab().save(str(path)):
            raise StepFailed(f"picture {name}")
        self.pictures.append(path.name)

    def _is_button(self, name: str, within: QWidget | None) -> bool:
        return self.seek(name, QAbstractButton, within) is not None


def _names(widget: QWidget) -> set[str]:
    names = {widget.accessibleName(), widget.objectName()}
    if isinstance(widget, QAbstractButton | QLabel):
        names.add(widget.text().replace("&", ""))
    return names - {""}


def _rows(model: QAbstractItemModel) -> Iterator[QModelIndex]:
    for number in range(model.rowCount()):
        yield model.index(number, 0)


def _spoken(index: QModelIndex) -> str:
    roles = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.DisplayRole)
    return " ".join(str(index.data(role) or "") for role in roles)
