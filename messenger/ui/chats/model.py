"""The chat list as a Qt model: rows move and change in place, so that the selection and the scroll stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from messenger.domain.account import Show
from messenger.domain.conversation import ChatSummary
from messenger.domain.message import Direction
from messenger.i18n import ntr, tr
from messenger.ui import times
from messenger.ui.conversation.model import state_words
from messenger.ui.plain import visible
from messenger.ui.widgets.pictures import presence_words

Index = QModelIndex | QPersistentModelIndex


class ChatListModel(QAbstractListModel):
    """Rows in the order in which the service gives them."""

    CHAT = Qt.ItemDataRole.UserRole + 1

    def __init__(self) -> None:
        super().__init__()
        self._chats: list[ChatSummary] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._chats)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._chats):
            return None
        chat = self._chats[index.row()]
        if role == self.CHAT:
            return chat
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return spoken(chat)
        return None

    def chats(self) -> Sequence[ChatSummary]:
        """All rows."""
        return self._chats

    def row_of(self, conversation: int) -> int | None:
        """Where a chat stands."""
        return next((n for n, chat in enumerate(self._chats) if chat.conversation == conversation), None)

    def show_chats(self, chats: Sequence[ChatSummary]) -> None:
        """Take the new state. Same chats in the same order only change their data; anything else moves rows."""
        new = [chat.conversation for chat in chats]
        old = [chat.conversation for chat in self._chats]
        if new == old:
            for number, chat in enumerate(chats):
                if chat != self._chats[number]:
                    self._chats[number] = chat
                    self.dataChanged.emit(self.index(number, 0), self.index(number, 0))
            return
        if set(new) == set(old) and len(new) == len(set(new)):
            self._move(list(chats), new, old)
            return
        self.beginResetModel()
        self._chats = list(chats)
        self.endResetModel()

    def _move(self, chats: list[ChatSummary], new: list[int], old: list[int]) -> None:
        """Reorder with persistent indexes kept on their chats."""
        self.layoutAboutToBeChanged.emit()
        place = {conversation: number for number, conversation in enumerate(new)}
        before = self.persistentIndexList()
        after = [self.index(place[old[index.row()]], 0) for index in before]
        self._chats = chats
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()


def preview(chat: ChatSummary) -> tuple[str, str]:
    """The first words in accent, if any, and the rest of the second line."""
    if chat.typing:
        return tr("is writing"), ""
    if chat.draft:
        return tr("Draft:"), visible(chat.draft, 160)
    return "", visible(chat.preview, 160)


def spoken(chat: ChatSummary) -> str:
    """What a screen reader says of a chat row."""
    lead, rest = preview(chat)
    said = [visible(chat.title)]
    if chat.known and chat.show is not Show.OFFLINE:
        said.append(presence_words(chat.show))
    said.append(" ".join(part for part in (lead, rest) if part))
    if chat.at:
        said.append(times.list_words(chat.at, date.today()))
    if chat.unread:
        said.append(ntr("{n} new message", "{n} new messages", chat.unread))
    if chat.last_direction is Direction.OUT and chat.last_state is not None and not chat.draft:
        said.append(state_words(chat.last_state))
    if chat.pinned:
        said.append(tr("kept at the top"))
    if chat.muted:
        said.append(tr("muted"))
    if chat.blocked:
        said.append(tr("blocked"))
    return ", ".join(part for part in said if part)
