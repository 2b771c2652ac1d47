"""The window before the chats."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from messenger.app.locking import numbers
from messenger.domain.errors import NoKeyring, RobinError, SecondInstance, StoreLocked
from messenger.ui.theme.context import ThemeContext
from messenger.ui.unlock import UnlockWindow
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel


def test_one_can_write_the_passphrase_at_once_and_see_where(qtbot: QtBot, qapp: QApplication) -> None:
    window = UnlockWindow(ThemeContext(qapp, "light"), NoKeyring())
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    assert window.focusWidget() is window.passphrase
    qtbot.waitUntil(lambda: window.ring.target() is window.passphrase)
    qtbot.keyClicks(window.focusWidget(), "robin garden kettle")
    with qtbot.waitSignal(window.unlocked, timeout=30000) as heard:
        qtbot.keyClick(window.passphrase, Qt.Key.Key_Return)
    assert heard.args == ["robin garden kettle"]


def test_after_a_wrong_passphrase_one_types_over_it(qtbot: QtBot, qapp: QApplication) -> None:
    window = UnlockWindow(ThemeContext(qapp, "light"), NoKeyring())
    qtbot.addWidget(window)
    window.show()
    qtbot.keyClicks(window.passphrase, "wrong one")
    window.wrong()
    qtbot.keyClicks(window.passphrase, "right")
    assert window.passphrase.text() == "right"


def test_the_numbers_of_a_locked_start_are_not_cut(qtbot: QtBot, qapp: QApplication) -> None:
    window = UnlockWindow(ThemeContext(qapp, "light"), NoKeyring())
    qtbot.addWidget(window)
    window.show()
    window.set_numbers(numbers())
    window.wrong()
    window.show_numbers()
    QApplication.processEvents()
    labels = [one for one in window.findChildren(TextLabel) if one.isVisible()]
    assert len(labels) > 5
    assert [one.text() for one in labels if one.height() < one.heightForWidth(one.width())] == []


@pytest.mark.parametrize("error", [NoKeyring(), StoreLocked(), SecondInstance()])
def test_a_second_enter_does_not_open_the_store_twice(qtbot: QtBot, qapp: QApplication, error: RobinError) -> None:
    window = UnlockWindow(ThemeContext(qapp, "light"), error)
    qtbot.addWidget(window)
    window.show()
    asked: list[str] = []
    window.unlocked.connect(asked.append)
    window.again.connect(lambda: asked.append("again"))
    go = window.findChild(Button, "unlock.go")
    assert go is not None
    qtbot.keyClicks(window.passphrase, "robin garden kettle")
    for _ in range(3):
        qtbot.keyClick(window.passphrase, Qt.Key.Key_Return)
        go.click()
    assert len(asked) == 1
    window.wrong()
    go.click()
    assert len(asked) == 2


def test_the_key_of_report_abuse_shows_the_numbers(qtbot: QtBot, qapp: QApplication) -> None:
    window = UnlockWindow(ThemeContext(qapp, "light"), StoreLocked())
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.keyClick(window.passphrase, Qt.Key.Key_F8)
    assert window._help.isVisible()
