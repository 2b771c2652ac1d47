"""The rows of the messages page as a Qt model: days and messages, with what a screen reader says of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from messenger.domain.message import Direction
from messenger.domain.report import EvidenceRow
from messenger.i18n import tr
from messenger.ui.plain import message_text, visible
from messenger.ui.report.when import clock, day

ROW = Qt.ItemDataRole.UserRole + 1
CHOSEN, CONTEXT = "chosen", "context"
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class DayRow:
    """The line over the messages of one day."""

    words: str


def who(row: EvidenceRow) -> str:
    """The name before a message."""
    return tr("You") if row.direction == Direction.OUT else visible(row.name, 60)


def body(row: EvidenceRow) -> str:
    """The words of a message, or what stands for them."""
    if row.retracted:
        return (row.body and message_text(row.body)) or tr("This message was taken back.")
    return message_text(row.body)


def goes(row: EvidenceRow, left_out: bool) -> str:
    """What happens to the message, in a few words."""
    if row.goes == CHOSEN:
        return tr("say that it was sent") if row.media else ""
    if row.goes == CONTEXT:
        return tr("goes too")
    return tr("left out") if left_out else ""


def media_words(row: EvidenceRow) -> str:
    """A picture or file in words: it is never shown and never sent."""
    return tr("Picture or file, not shown, not sent") if row.media else ""


class LinesModel(QAbstractListModel):
    """Rows in the order of the screen. It holds what the presenter gives it and decides nothing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[DayRow | EvidenceRow] = []
        self._left: frozenset[int] = frozenset()

    def show(self, rows: Sequence[EvidenceRow], left_out: Sequence[int]) -> None:
        """Take these rows. Where only the ticks changed, the list stays as it is and repaints."""
        made: list[DayRow | EvidenceRow] = []
        last = ""
        for row in rows:
            words = day(row.at)
            if words != last:
                made.append(DayRow(words))
                last = words
            made.append(row)
        same = len(made) == len(self._rows) and all(_key(a) == _key(b) for a, b in zip(made, self._rows, strict=True))
        self._left = frozenset(left_out)
        if same:
            self._rows = made
            if made:
                self.dataChanged.emit(self.index(0), self.index(len(made) - 1))
            return
        self.beginResetModel()
        self._rows = made
        self.endResetModel()

    def row_of(self, message: int) -> int:
        """The row of a message, or -1."""
        found = (n for n, one in enumerate(self._rows) if isinstance(one, EvidenceRow) and one.message == message)
        return next(found, -1)

    def left_out(self, message: int) -> bool:
        """Whether the person took this line out."""
        return message in self._left

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if isinstance(self._at(index), EvidenceRow):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
        return Qt.ItemFlag.ItemIsEnabled

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._at(index)
        if row is None:
            return None
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.words if isinstance(row, DayRow) else self._spoken(row)
        if role == Qt.ItemDataRole.CheckStateRole and isinstance(row, EvidenceRow):
            # An int: PySide hands the enum itself over as an object that C++ reads as unchecked.
            return (Qt.CheckState.Checked if row.goes == CHOSEN else Qt.CheckState.Unchecked).value
        return None

    def _at(self, index: AnyIndex) -> DayRow | EvidenceRow | None:
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def _spoken(self, row: EvidenceRow) -> str:
        said = " ".join(one for one in (body(row), media_words(row)) if one)
        words = tr("{name}, {time}: {words}").format(name=who(row), time=clock(row.at), words=said)
        state = tr("chosen") if row.goes == CHOSEN else goes(row, self.left_out(row.message)) or tr("does not go")
        return tr("{message} ({state})").format(message=words, state=state)


def _key(row: DayRow | EvidenceRow) -> object:
    return row.words if isinstance(row, DayRow) else row.message
