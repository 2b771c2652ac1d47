"""A wizard over stand-ins, and hands to use it: by name, by key, by mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from messenger.ui.report.window import ReportWindow
from messenger.ui.theme.context import ThemeContext
from tests.ui.report.stand_ins import CONTEXT, make_hub


class Hands:
    """Opens the wizard and works it. `settle` waits until every answer of the border has arrived."""

    def __init__(self, qtbot, ctx) -> None:
        self.qtbot, self.ctx = qtbot, ctx
        self.engine, self.hub = make_hub()
        self.window: ReportWindow | None = None

    def open(self, context=CONTEXT, draft: str = "", width: int = 720) -> ReportWindow:
        window = self.window = ReportWindow(self.ctx, self.engine)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.qtbot.addWidget(window)
        window.resize(width, 640)
        if draft:
            window.resume(draft)
        else:
            window.begin(context)
        window.show()

        window.activateWindow()
        self.qtbot.waitUntil(window.isActiveWindow, timeout=30000)
        self.settle()
        return window

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: self.engine.waiting == 0, timeout=30000)
        QTest.qWait(2)
        self.qtbot.waitUntil(lambda: self.engine.waiting == 0, timeout=30000)

    def find(self, ident: str) -> QWidget:
        """The one such control that is seen; with real parts behind the window it may come a moment later."""
        hits: list[QWidget] = []

        def one_is_there() -> None:
            hits[:] = [one for one in self.window.findChildren(QWidget, ident) if one.isVisible()]
            assert len(hits) == 1, (ident, len(hits))

        self.qtbot.waitUntil(one_is_there, timeout=10000)
        return hits[0]

    def there(self, ident: str) -> bool:
        return any(one.isVisible() for one in self.window.findChildren(QWidget, ident))

    def click(self, ident: str) -> None:
        found = self.find(ident)
        QTest.mouseClick(found, Qt.MouseButton.LeftButton, pos=found.rect().center())
        self.settle()

    def next(self) -> None:
        self.click("wizard.continue")

    def write(self, question: str, words: str) -> None:
        field = self.find(f"{question}.text")
        field.setFocus()
        QTest.keyClicks(field, words)
        QTest.qWait(2)
        self.settle()

    def title(self) -> str:
        return self.window.page.title.text()

    def key(self, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)
        self.settle()

    def to_check(self) -> None:
        """The shortest way to the check page, by mouse."""
        self.next()
        self.click("safe.yes")
        self.next()
        self.click("role.self")
        self.click("age.13_15")
        self.next()
        self.click("what.unsure")
        self.next()
        while self.title() != "How can we reach you?":
            self.next()
        self.write("name", "Sam")
        self.click("contact.here")
        self.next()


@pytest.fixture
def ctx(qapp):
    return ThemeContext(qapp, "light")


@pytest.fixture
def hands(qtbot, ctx):
    made = Hands(qtbot, ctx)
    yield made
    if made.window is not None:
        made.window.close()
        if made.window.notes is not None:
            made.window.notes.close()
