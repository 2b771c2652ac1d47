"""The rows of "Notices I have seen"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from messenger.domain.notice import NoticeSeen
from messenger.i18n import tr
from messenger.ui import times
from messenger.ui.notices.words import sentence
from messenger.ui.plain import isolate, visible

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1


class SeenModel(QAbstractListModel):
    """Newest first. A screen reader gets the whole row in words."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[NoticeSeen, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return f"{sentence(row.text)} {second(row)}"
        return None

    def show_rows(self, rows: Sequence[NoticeSeen]) -> None:
        """Take these rows."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()


def second(row: NoticeSeen) -> str:
    """Where and when it was, and what the person did."""
    parts = [isolate(visible(row.chat)), times.long_words(row.at), done(row)]
    if row.useful is not None:
        parts.append(tr("you found it useful") if row.useful else tr("you did not find it useful"))
    return "  \u00b7  ".join(one for one in parts if one)


def done(row: NoticeSeen) -> str:
    """What the person did with it."""
    if row.action:
        return tr("you chose: {action}").format(action=row.action)
    return tr("you closed it") if row.state == "dismissed" else tr("you saw it")
