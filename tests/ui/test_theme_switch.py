"""A new theme reaches the ground of every list at once, both ways."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication
from pytestqt.qtbot import QtBot

from messenger.ui.chats.view import RowList
from messenger.ui.conversation.listing import MessageList
from messenger.ui.conversation.model import MessageModel
from messenger.ui.theme.context import ThemeContext


@pytest.mark.parametrize("kind", ["rows", "messages"])
def test_the_ground_of_a_list_follows_the_theme(kind: str, qtbot: QtBot, qapp: QApplication) -> None:
    ctx = ThemeContext(qapp, "light")
    view: QAbstractScrollArea
    if kind == "rows":
        view, role = RowList(ctx, "rows", "Rows"), "window"
    else:
        view, role = MessageList(ctx, MessageModel()), "canvas"
    qtbot.addWidget(view)
    view.resize(240, 240)
    view.show()
    for theme in ("dark", "light", "cream"):
        ctx.set_choice(theme)
        qapp.processEvents()
        assert view.grab().toImage().pixelColor(120, 120).name() == ctx.colour(role).name(), theme
    ctx.set_choice("light")
