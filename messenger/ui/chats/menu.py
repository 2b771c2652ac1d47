"""The menu of a chat in the list: keep at the top, mute, Report abuse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from messenger.domain.conversation import ChatSummary
from messenger.domain.report import ReportContext
from messenger.i18n import tr
from messenger.ui.border import Engine
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext


def chat_menu(
    ctx: ThemeContext, engine: Engine, owner: QWidget, chat: ChatSummary, report: Callable[[ReportContext], None]
) -> QMenu:
    """Made anew each time; deletes itself when it closes."""
    menu = QMenu(owner)
    menu.setAccessibleName(visible(chat.title))
    icon = ctx.icon
    pin = tr("Take from the top") if chat.pinned else tr("Keep at the top")
    mute = tr("Tell me about messages") if chat.muted else tr("Mute this chat")
    one = menu.addAction(icon("pin-off" if chat.pinned else "pin", "muted"), pin)
    one.triggered.connect(
        lambda: engine.call(lambda hub: hub.conversations.set_pinned(chat.conversation, not chat.pinned))
    )
    two = menu.addAction(icon("bell" if chat.muted else "bell-off", "muted"), mute)
    two.triggered.connect(
        lambda: engine.call(lambda hub: hub.conversations.set_muted(chat.conversation, not chat.muted))
    )
    menu.addSeparator()
    abuse = menu.addAction(icon("octagon-alert", "report-text"), tr("Report abuse"))
    context = ReportContext(chat.account, chat.conversation, (), chat.counterpart)
    abuse.triggered.connect(lambda: report(context))
    menu.aboutToHide.connect(menu.deleteLater)
    return menu
