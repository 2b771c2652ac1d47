"""The head of a chat: who it is, how they are, what can be done, and Report abuse at the right end."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from messenger.domain.account import Show
from messenger.domain.conversation import ChatSummary
from messenger.i18n import tr
from messenger.ui.plain import visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import IconButton, ReportButton
from messenger.ui.widgets.labels import ElidedLabel
from messenger.ui.widgets.pictures import Avatar, AvatarPainter, presence_words

_NAME, _LEAST = 150, 96  # px at 100 %: what a name should have, and what it has at least beside Report abuse


class ChatHeader(Surface):
    """72 px high at 100 %. Emits what is wanted by the name of the deed.

    The name and the words of Report abuse stay. Where the place is scarce, searching and the people of a group are in the menu only,
    then the picture goes, and at last Report abuse goes to a second line, at the same end.
    """

    wanted = Signal(str)
    back = Signal()

    def __init__(self, ctx: ThemeContext, painter: AvatarPainter, parent: QWidget | None = None) -> None:
        super().__init__(ctx, "window", "b", parent)
        self._ctx = ctx
        self._chat: ChatSummary | None = None
        self._narrow = False
        self._marked: bool | None = None
        self.setMinimumHeight(72)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(4)
        self._column.addStretch(1)
        row = self._row = QHBoxLayout()
        row.setSpacing(4)
        self._second = QHBoxLayout()
        self._second.addStretch(1)
        self._stacked = False
        self.back_button = IconButton(ctx, "arrow-left", tr("Back to the chats"), "chat.back")
        self.back_button.clicked.connect(self.back)
        self.back_button.hide()
        self.avatar = Avatar(ctx, painter, 44)
        words = self._words = QVBoxLayout()
        words.setContentsMargins(12, 0, 8, 0)
        words.setSpacing(0)
        words.addStretch(1)
        self.name = ElidedLabel(ctx, "", "name")
        line = QHBoxLayout()
        line.setSpacing(6)
        self.presence = ElidedLabel(ctx, "", "secondary", "ok", weight=500)
        self.presence.setMinimumWidth(0)
        self.address = ElidedLabel(ctx, "", "secondary", "muted")
        line.addWidget(self.presence, 0)
        line.addWidget(self.address, 1)
        line.addStretch(0)  # an empty line would have no width, and the name above it neither
        words.addWidget(self.name)
        words.addLayout(line)
        words.addStretch(1)
        self.search = IconButton(ctx, "search", tr("Search in this chat"), "chat.search")
        self.people = IconButton(ctx, "users", tr("People in this group"), "chat.people")
        self.people.hide()
        self.more = IconButton(ctx, "ellipsis", tr("More about this chat"), "chat.more")
        self.report = ReportButton(ctx, "chat.report")
        self.search.clicked.connect(lambda: self.wanted.emit("search"))
        self.people.clicked.connect(lambda: self.wanted.emit("people"))
        self.report.clicked.connect(lambda: self.wanted.emit("report"))
        self.more.clicked.connect(self._menu)
        row.addWidget(self.back_button)
        row.addWidget(self.avatar)
        row.addLayout(words, 1)
        row.addWidget(self.search)
        row.addWidget(self.people)
        row.addWidget(self.more)
        row.addSpacing(8)
        row.addWidget(self.report)
        self._column.addLayout(row)
        self._column.addLayout(self._second)
        self._column.addStretch(1)
        ctx.changed.connect(self._fit)
        self._fit()

    def show_chat(self, chat: ChatSummary) -> None:
        """Show who this is."""
        another = self._chat is None or self._chat.conversation != chat.conversation
        self._chat = chat
        if another:
            self._marked = None
        self._fit()
        name = visible(chat.title)
        if chat.is_room:
            self._show_room(chat, name, another)
            return
        # Without a subscription nobody knows whether they are there: say nothing rather than "offline".
        show = chat.show if chat.known else None
        self.avatar.set_person(chat.counterpart, chat.title, chat.avatar, show, "" if chat.known else "user")
        self.name.setText(name)
        self.name.setAccessibleDescription(visible(chat.counterpart))
        words = presence_words(chat.show) if chat.known else tr("Not in your people")
        if chat.blocked:
            words = tr("Blocked")
        self.presence.setText(words)
        online = chat.known and not chat.blocked and chat.show in {Show.ONLINE, Show.CHAT}
        self.presence.set_role("ok" if online else "muted")
        self.address.setText(self._behind(chat.counterpart))
        self.setAccessibleName(tr("Chat with {name}").format(name=name))

    def set_marked(self, marked: bool | None) -> None:
        """Whether the person said "I know them"; None where that is not asked."""
        self._marked = marked

    def show_room_words(self, words: str) -> None:
        """How many people are in the group, or that this account is not in it."""
        self.presence.setText(words)

    def _show_room(self, chat: ChatSummary, name: str, another: bool) -> None:
        self.avatar.set_person(chat.counterpart, chat.title, None, None, "users")
        self.name.setText(name)
        self.name.setAccessibleDescription(visible(chat.counterpart))
        if another:
            self.presence.setText(tr("Group"))
            self.presence.set_role("muted")
        self.address.setText(self._behind(chat.counterpart))
        self.setAccessibleName(tr("Group {name}").format(name=name))

    def menu(self) -> QMenu:
        """The menu of the chat."""
        chat = self._chat
        menu = QMenu(self)
        menu.setAccessibleName(tr("More about this chat"))
        if chat is not None:
            if self._marked is not None and not chat.is_room:
                known = menu.addAction(tr("I know them"))
                known.setCheckable(True)
                known.setChecked(self._marked)
                known.triggered.connect(lambda on: self.wanted.emit("known" if on else "unknown"))
            for deed, words, icon in _deeds(chat):
                action = menu.addAction(self._ctx.icon(icon, "muted"), words)
                action.triggered.connect(lambda _=False, what=deed: self.wanted.emit(what))
        menu.addSeparator()
        action = menu.addAction(self._ctx.icon("octagon-alert", "report-text"), tr("Report abuse"))
        action.triggered.connect(lambda: self.wanted.emit("report"))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _menu(self) -> None:
        """Open the menu under the head, ending where its button ends: Report abuse is never covered."""
        menu = self.menu()
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = 0 if mirrored else self.more.width() - menu.sizeHint().width()
        corner = self.more.mapTo(self, QPoint(left, 0))
        menu.popup(self.mapToGlobal(QPoint(max(0, corner.x()), self.height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_narrow(self, narrow: bool) -> None:
        """In a narrow window the way back to the list is here."""
        self._narrow = narrow
        self._fit()

    def _fit(self) -> None:
        """Give the place to the name and to the words of Report abuse."""
        narrow, px = self._narrow, self._ctx.px
        left, inner = (8, 4) if narrow else (24, 12)
        self._column.setContentsMargins(left, 8, 16, 8)
        self._words.setContentsMargins(inner, 0, 4 if narrow else 8, 0)
        button, report = self.more.sizeHint().width() + 4, self.report.sizeHint().width() + 12
        room = self.width() - left - 16 - 2 * inner - button * (2 if narrow else 1) - report
        # A short name needs no more than itself.
        whole = QFontMetricsF(self.name.label_font()).horizontalAdvance(self.name.text()) + 2
        self._stack(room < min(px(_LEAST), whole))
        spare = room + (report if self._stacked else 0) - px(_NAME)
        self.back_button.setVisible(narrow)
        group = self._chat is not None and self._chat.is_room
        extra = button * (2 if group else 1)
        beside = not narrow and spare >= extra
        self.search.setVisible(beside)
        self.people.setVisible(beside and group)
        self.avatar.setVisible(spare - (extra if beside else 0) >= 44 + 4)
        self.address.setVisible(not narrow)

    def _stack(self, stacked: bool) -> None:
        """Report abuse beside the name, or at the same end of a line of its own."""
        if stacked == self._stacked:
            return
        self._stacked = stacked
        old, new = (self._row, self._second) if stacked else (self._second, self._row)
        old.removeWidget(self.report)
        new.addWidget(self.report)

    def _behind(self, address: str) -> str:
        """The address behind the presence: the dot is on the side of the presence, whatever the address is written in."""
        mark = "\u200f" if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else ""
        return f"{mark}\u00b7  {visible(address)}"


def _deeds(chat: ChatSummary) -> list[tuple[str, str, str]]:
    if chat.is_room:
        return [
            ("people", tr("People in this group"), "users"),
            ("search", tr("Search in this chat"), "search"),
            ("unpin", tr("Take from the top"), "pin-off") if chat.pinned else ("pin", tr("Keep at the top"), "pin"),
            ("unmute", tr("Tell me about messages"), "bell")
            if chat.muted
            else ("mute", tr("Mute this chat"), "bell-off"),
            ("leave", tr("Leave the group"), "log-out"),
            ("erase", tr("Erase the messages here"), "trash-2"),
        ]
    return [
        ("search", tr("Search in this chat"), "search"),
        ("unpin", tr("Take from the top"), "pin-off") if chat.pinned else ("pin", tr("Keep at the top"), "pin"),
        ("unmute", tr("Tell me about messages"), "bell") if chat.muted else ("mute", tr("Mute this chat"), "bell-off"),
        ("unblock", tr("Unblock"), "circle-check") if chat.blocked else ("block", tr("Block"), "ban"),
        ("erase", tr("Erase the messages here"), "trash-2"),
    ]
