"""The account's head above the chat list: picture, name, status line edited in place, and the presence menu."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from messenger.domain.account import Account, ConnectionState, Show
from messenger.i18n import tr
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import LINK, Button, IconButton
from messenger.ui.widgets.fields import LineEdit
from messenger.ui.widgets.labels import ElidedLabel
from messenger.ui.widgets.paint import elided
from messenger.ui.widgets.pictures import Avatar, AvatarPainter, presence_words

_OFFERED = (Show.ONLINE, Show.AWAY, Show.DND)
_STATUS_LIMIT = 200


class StatusEdit(LineEdit):
    """Enter keeps, Escape and leaving go back."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class AccountHeader(QWidget):
    """96 px high at 100 %."""

    status_changed = Signal(str)
    show_changed = Signal(object)
    sign_out_wanted = Signal()
    sign_in_wanted = Signal()
    new_chat_wanted = Signal()

    def __init__(self, ctx: ThemeContext, avatars: AvatarPainter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._account: Account | None = None
        self._brief = False
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 8, 8)
        row.setSpacing(14)
        self.avatar = Avatar(ctx, avatars, 64)
        row.addWidget(self.avatar, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(0)
        self.name = ElidedLabel(ctx, "", "account")
        column.addWidget(self.name)
        self._line = QStackedWidget()
        self.status = Button(ctx, "", "account.status", LINK, trailing="pencil", height=24, style="secondary")
        self.status.set_padding(0, left=True)
        self.status.set_role("muted")
        self.edit = StatusEdit(ctx, tr("Your status line"), "account.status.edit", height=24)
        self.edit.setMaxLength(_STATUS_LIMIT)
        self._line.addWidget(self.status)
        self._line.addWidget(self.edit)
        column.addWidget(self._line)
        self.presence = Button(ctx, "", "account.presence", LINK, trailing="chevron-down", height=24, style="secondary")
        self.presence.set_padding(0, left=True)
        column.addWidget(self.presence, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        row.addLayout(column, 1)
        self.new_chat = IconButton(ctx, "square-pen", tr("Start a chat"), "account.new_chat")
        row.addWidget(self.new_chat, 0, Qt.AlignmentFlag.AlignTop)
        self.status.clicked.connect(self._start_edit)
        self.edit.returnPressed.connect(self._keep)
        self.edit.left.connect(self._stop_edit)
        self.edit.editingFinished.connect(self._stop_edit)
        self.presence.clicked.connect(self._menu)
        self.new_chat.clicked.connect(self.new_chat_wanted)
        ctx.changed.connect(self._renew)
        self._renew()
        self.show_account(None, ConnectionState.OFFLINE)

    def show_account(self, account: Account | None, state: ConnectionState) -> None:
        """Show whose account this is, and how it stands."""
        self._account = account
        self._line.setVisible(account is not None and not self._brief)
        self.new_chat.setVisible(account is not None)
        self.presence.set_trailing("chevron-down" if account is not None else "")
        if account is None:
            self.avatar.set_person("", "", None, None, "user")
            self.name.setText(tr("Not signed in"))
            self.presence.set_words(tr("Sign in"))
            self.presence.set_role("")
            return
        name = visible(account.nick or account.jid.partition("@")[0])
        online = state is ConnectionState.ONLINE
        self.avatar.set_person(account.jid, name, None, account.show if online else None)
        self.name.setText(name)
        self.name.setToolTip(visible(account.jid))
        self._say_status()
        here = presence_words(account.show) if online else _state_words(state)
        self.presence.set_words(here, tr("{presence}, change").format(presence=here))
        self.presence.set_role("ok" if online and account.show in {Show.ONLINE, Show.CHAT} else "muted")

    def set_brief(self, brief: bool) -> None:
        """Without the status line, where a low window needs its place for the chats."""
        if brief != self._brief:
            self._brief = brief
            self._line.setVisible(self._account is not None and not brief)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say_status()

    def _say_status(self) -> None:
        """The status line on one line, cut with an ellipsis; the whole of it in its name and tool tip."""
        if self._account is None:
            return
        words = visible(self._account.status_text, _STATUS_LIMIT)
        room = self._line.width() - self._ctx.px(16) - 12
        shown = elided(words or tr("Add a status line"), self._ctx.font("secondary", weight=500), max(40, room))
        self.status.set_words(shown, tr("Status line: {words}").format(words=words or tr("none")))
        self.status.setToolTip(words)

    def menu(self) -> QMenu:
        """Presence and signing out."""
        menu = QMenu(self)
        menu.setAccessibleName(tr("How you are shown"))
        account = self._account
        if account is not None:
            for show in _OFFERED:
                action = menu.addAction(presence_words(show))
                action.setCheckable(True)
                action.setChecked(account.show is show)
                action.triggered.connect(lambda _=False, new=show: self.show_changed.emit(new))
            menu.addSeparator()
            out = menu.addAction(self._ctx.icon("log-out", "muted"), tr("Sign out"))
            out.triggered.connect(self.sign_out_wanted)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _menu(self) -> None:
        if self._account is None:
            self.sign_in_wanted.emit()
        else:
            self.menu().popup(self.presence.mapToGlobal(QPoint(0, self.presence.height())))

    def _start_edit(self) -> None:
        if self._account is not None:
            self.edit.setText(self._account.status_text)
            self._line.setCurrentWidget(self.edit)
            self.edit.setFocus()
            self.edit.selectAll()

    def _keep(self) -> None:
        text = self.edit.text().strip()
        if self._account is not None and text != self._account.status_text:
            self.status_changed.emit(text)
        self._stop_edit()

    def _stop_edit(self) -> None:
        had = self.edit.hasFocus()
        self._line.setCurrentWidget(self.status)
        if had:
            self.status.setFocus()

    def _renew(self) -> None:
        self._line.setFixedHeight(max(24, self._ctx.line("secondary") + 4))


def _state_words(state: ConnectionState) -> str:
    words = {
        ConnectionState.OFFLINE: tr("Offline"),
        ConnectionState.CONNECTING: tr("Connecting"),
        ConnectionState.ONLINE: tr("Online"),
        ConnectionState.RECONNECTING: tr("No connection"),
        ConnectionState.FAILED: tr("Not signed in"),
    }
    return words[state]
