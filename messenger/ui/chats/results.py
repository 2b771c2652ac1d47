"""What a search found: chats by name, messages by words, or an address to start a chat with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from messenger.domain.conversation import ChatSummary
from messenger.domain.message import SearchHit
from messenger.i18n import tr
from messenger.ui import times
from messenger.ui.plain import visible

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Found:
    """A row: `kind` is heading, chat, message or start."""

    kind: str
    words: str = ""
    note: str = ""
    chat: ChatSummary | None = None
    hit: SearchHit | None = None
    address: str = ""


class ResultsModel(QAbstractListModel):
    """Headings can not be chosen."""

    FOUND = Qt.ItemDataRole.UserRole + 2

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Found] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        found = self._rows[index.row()]
        if role == self.FOUND:
            return found
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return _spoken(found)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None
        if found is None or found.kind == "heading":
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def show_rows(self, rows: Sequence[Found]) -> None:
        """Take new results."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def first(self) -> int | None:
        """The first row that can be chosen."""
        return next((number for number, one in enumerate(self._rows) if one.kind != "heading"), None)

    def hits(self) -> list[SearchHit]:
        """The messages found so far."""
        return [one.hit for one in self._rows if one.hit is not None]


def _spoken(found: Found) -> str:
    if found.chat is not None:
        return tr("Chat with {name}").format(name=visible(found.chat.title))
    if found.hit is not None:
        hit = found.hit
        return (
            f"{visible(hit.title)}, {visible(hit.sender_name)}, {times.long_words(hit.at)}: {visible(hit.snippet, 300)}"
        )
    return f"{found.words} {found.note}".strip()
