"""The ways into groups: the menu of the pen in the list's head, the dialog, and what a group's chat shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from messenger.i18n import tr
from messenger.ui.accounts.header import AccountHeader
from messenger.ui.border import Engine
from messenger.ui.conversation.presenter import ConversationPresenter
from messenger.ui.conversation.view import ConversationPane
from messenger.ui.rooms.presenter import RoomPresenter
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.pictures import AvatarPainter


class RoomDoors(QObject):
    """Belongs to the main window. `open_chat` shows a conversation; `add_person` goes to where people are added."""

    def __init__(
        self,
        ctx: ThemeContext,
        engine: Engine,
        window: QWidget,
        open_chat: Callable[[int], None],
        add_person: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._ctx, self._engine, self._window = ctx, engine, window
        self._open_chat, self._add_person = open_chat, add_person
        self._account = ""

    def follow(self, pane: ConversationPane, chats: ConversationPresenter, avatars: AvatarPainter) -> RoomPresenter:
        """Let the open chat show what belongs to a group."""
        made = RoomPresenter(self._engine, pane, avatars)
        chats.opened.connect(made.show)
        made.report_wanted.connect(chats.report_wanted)
        self.presenter = made
        return made

    def set_account(self, jid: str) -> None:
        """Another account is shown; '' is signed out."""
        self._account = jid
        self.presenter.show(None)

    def menu(self) -> QMenu:
        """What can be begun."""
        menu = QMenu(self._window)
        menu.setAccessibleName(tr("Start a chat"))
        person = menu.addAction(self._ctx.icon("user-plus", "muted"), tr("Add a person"))
        person.triggered.connect(lambda: self._add_person())
        room = menu.addAction(self._ctx.icon("users", "muted"), tr("Join or make a group"))
        room.triggered.connect(self.open_dialog)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def pop_up(self, header: AccountHeader) -> None:
        """Open the menu under the pen."""
        menu, pen = self.menu(), header.new_chat
        menu.popup(pen.mapToGlobal(QPoint(pen.width() - menu.sizeHint().width(), pen.height() + 4)))
        first = menu.actions()[0]
        menu.setActiveAction(first)

    def open_dialog(self) -> None:
        """Join or make a group."""
        from messenger.ui.rooms.joining import GroupDialog

        if self._account:
            dialog = GroupDialog(self._ctx, self._engine, self._account, self._window)
            dialog.joined.connect(self._open_chat)
            dialog.show()
