"""A tip's "Open my account": the account's menu, or the way to sign in, from the Safety room and in a narrow window too."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from messenger.app.window import _lead_to_account
from messenger.ui.main_window import MainWindow
from messenger.ui.theme.context import ThemeContext
from tests.ui.stand_ins import everyday, make_engine


def opened(qtbot, engine, width: int) -> MainWindow:
    window = MainWindow(ThemeContext(QApplication.instance(), "light"), engine, lambda _context: None)
    qtbot.addWidget(window)
    window.resize(width, 700)
    window.show()
    window.start()
    QTest.qWait(50)
    return window


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("width", [1100, 400])
def test_signed_in_it_is_the_menu_of_the_account(qtbot, width):
    window = opened(qtbot, everyday(), width)
    window.open_conversation(1)
    QTest.qWait(50)
    _lead_to_account(window)
    QTest.qWait(50)
    assert window.account_header.presence.isVisible()
    menu = window.account_header.findChild(QMenu)
    assert menu is not None
    assert menu.isVisible()
    menu.close()


def test_signed_out_it_is_the_way_to_sign_in(qtbot):
    window = opened(qtbot, make_engine(), 1100)
    window.show_room("settings")
    _lead_to_account(window)
    QTest.qWait(50)
    dialogs = [one for one in window.findChildren(QDialog) if one.isVisible()]
    assert [one.windowTitle() for one in dialogs] == ["Your account"]
    dialogs[0].reject()
