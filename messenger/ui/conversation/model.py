"""The messages of one chat as a window of rows: older and newer pages are put on, the far end is let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from messenger.domain.message import DeliveryState, Direction, MessagePage, MessageView
from messenger.i18n import tr
from messenger.ui import times
from messenger.ui.plain import isolate, message_text, shorten, visible

MAX_ROWS = 360
FIRST_SHOWN, MORE_SHOWN = 2_000, 4_000  # characters of a long message
_RUN_MINUTES = 5
_SPOKEN = 1_000
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Row:
    """A message with what its neighbours make of it. `day` is the chip above it, or ''."""

    view: MessageView
    day: str
    first_new: bool
    joined_above: bool
    joined_below: bool
    last_read: bool
    shown: int
    chosen: bool


class MessageModel(QAbstractListModel):
    """At most `MAX_ROWS` messages in order of time."""

    ROW = Qt.ItemDataRole.UserRole + 1
    trimmed = Signal()
    chosen_changed = Signal(int)

    def __init__(self, today: date | None = None) -> None:
        super().__init__()
        self._rows: list[MessageView] = []
        self._place: dict[int, int] = {}
        self._shown: dict[int, int] = {}
        self._chosen: dict[int, MessageView] = {}
        self._last_read: int | None = None
        self._today = today
        self.conversation: int | None = None
        self.has_older = self.has_newer = False
        self.first_unread: int | None = None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        if role == self.ROW:
            return self.row(index.row())
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.spoken(self._rows[index.row()])
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self._described(self._rows[index.row()])
        return None

    def row(self, number: int) -> Row:
        """A row with its surroundings."""
        view = self._rows[number]
        above = self._rows[number - 1] if number else None
        below = self._rows[number + 1] if number + 1 < len(self._rows) else None
        day = self._day(view, above)
        first_new = self.first_unread == view.id
        return Row(
            view,
            day,
            first_new,
            above is not None and not day and not first_new and _joined(above, view),
            below is not None and self.first_unread != below.id and not self._day(below, view) and _joined(view, below),
            view.id == self._last_read,
            self._shown.get(view.id, FIRST_SHOWN),
            view.id in self._chosen,
        )

    def message(self, number: int) -> MessageView:
        """The message of a row."""
        return self._rows[number]

    def row_of(self, message: int) -> int | None:
        """Where a message stands, or None when it is not in the window."""
        return self._place.get(message)

    def edges(self) -> tuple[int | None, int | None]:
        """The ids of the first and the last row."""
        return (self._rows[0].id, self._rows[-1].id) if self._rows else (None, None)

    def show_page(self, page: MessagePage) -> None:
        """Begin anew with a page."""
        self.beginResetModel()
        self.conversation = page.conversation
        self._rows = list(page.messages)[-MAX_ROWS:]
        self.has_older, self.has_newer = page.has_older, page.has_newer
        self.first_unread = page.first_unread
        self._shown.clear()
        self._number()
        self.endResetModel()

    def clear(self) -> None:
        """No chat."""
        self.choose_none()
        self.show_page(MessagePage(-1, (), False, False))
        self.conversation = None

    def add_older(self, page: MessagePage) -> None:
        """Put a page on top; lets go of the newest rows beyond the window."""
        new = [one for one in page.messages if one.id not in self._place]
        self.has_older = page.has_older
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._rows[:0] = new
            self._number()
            self.endInsertRows()
            self._touch(len(new))
        spare = len(self._rows) - MAX_ROWS
        if spare > 0:
            self._drop(len(self._rows) - spare, len(self._rows) - 1)
            self.has_newer = True

    def add_newer(self, messages: Sequence[MessageView], has_newer: bool) -> None:
        """Put messages below; lets go of the oldest rows beyond the window."""
        new = [one for one in messages if one.id not in self._place][-MAX_ROWS:]
        self.has_newer = has_newer
        spare = len(self._rows) + len(new) - MAX_ROWS
        if spare > 0 and self._rows:
            self._drop(0, min(spare, len(self._rows)) - 1)
            self.has_older = True
        if new:
            start = len(self._rows)
            self.beginInsertRows(QModelIndex(), start, start + len(new) - 1)
            self._rows.extend(new)
            self._number()
            self.endInsertRows()
            self._touch(start - 1)

    def fits_below(self, messages: Sequence[MessageView]) -> bool:
        """Whether these go after the last row in order of time; if not, the page has to be asked for again."""
        return not self._rows or not messages or messages[0].at >= self._rows[-1].at

    def replace(self, messages: Sequence[MessageView]) -> None:
        """Messages changed: state, correction or retraction."""
        for one in messages:
            number = self._place.get(one.id)
            if number is None:
                continue
            self._rows[number] = one
            self._touch(number)
        before = self._last_read
        self._find_last_read()
        if before is not None and before != self._last_read and before in self._place:
            # "Read" stands on the last read message only.
            self._touch(self._place[before])

    def show_more(self, message: int) -> None:
        """Show more of a long message."""
        self._shown[message] = self._shown.get(message, FIRST_SHOWN) + MORE_SHOWN
        self._touch(self._place.get(message, -1))

    def set_first_unread(self, message: int | None) -> None:
        """Move or take away the line above the new messages."""
        before, self.first_unread = self.first_unread, message
        for one in (before, message):
            if one is not None and one in self._place:
                self._touch(self._place[one])

    def choose(self, message: int) -> None:
        """Choose a message, or let it go."""
        number = self._place.get(message)
        if number is None:
            return
        if self._chosen.pop(message, None) is None:
            self._chosen[message] = self._rows[number]
        self._touch(number)
        self.chosen_changed.emit(len(self._chosen))

    def choose_none(self) -> None:
        """Let all go."""
        gone, self._chosen = self._chosen, {}
        for one in gone:
            self._touch(self._place.get(one, -1))
        if gone:
            self.chosen_changed.emit(0)

    def chosen(self) -> tuple[MessageView, ...]:
        """The chosen messages in order of time."""
        return tuple(sorted(self._chosen.values(), key=lambda one: (one.at, one.id)))

    def spoken(self, view: MessageView) -> str:
        """What a screen reader says of a message: who, time, words, state (A7)."""
        mine = view.direction is Direction.OUT
        who = tr("You") if mine else visible(view.sender_name)
        if view.looks_like:
            who = f"{who} ({alike_words(view)})"
        words = shorten(message_text(view.body), _SPOKEN)
        if view.retracted:
            words = gone_words(view)
        files = ", ".join(tr("file {name}").format(name=visible(one.name)) for one in view.media)
        said = [f"{who}, {times.clock(view.at)}:", words]
        if files:
            said.append(files)
        if view.edited and not view.retracted:
            said.append(f"({tr('changed')})")
        if mine:
            said.append(f"({state_words(view.state)})")
        return " ".join(part for part in said if part)

    def _described(self, view: MessageView) -> str:
        if view.reply_id is None and not view.reply_body:
            return ""
        return tr("Reply to {name}: {words}").format(name=visible(view.reply_name), words=shorten(view.reply_body, 120))

    def _day(self, view: MessageView, above: MessageView | None) -> str:
        own = times.day(view.at)
        if own is None or (above is not None and times.day(above.at) == own):
            return ""
        return times.day_words(own, self._today or date.today())

    def _drop(self, first: int, last: int) -> None:
        self.beginRemoveRows(QModelIndex(), first, last)
        del self._rows[first : last + 1]
        self._number()
        self.endRemoveRows()
        self.trimmed.emit()

    def _number(self) -> None:
        self._place = {one.id: number for number, one in enumerate(self._rows)}
        self._find_last_read()

    def _find_last_read(self) -> None:
        self._last_read = next((one.id for one in reversed(self._rows) if one.state is DeliveryState.READ), None)

    def _touch(self, number: int) -> None:
        if not self._rows or number < -1:
            return
        # A neighbour's corners and chip may change with it.
        first, last = max(0, number - 1), min(len(self._rows) - 1, number + 1)
        self.dataChanged.emit(self.index(first, 0), self.index(last, 0))


def gone_words(view: MessageView) -> str:
    """What stands in the place of a message that is gone: our own words, never somebody's (S15)."""
    return tr("The group took this message away.") if view.moderated else tr("This message was taken back.")


def alike_words(view: MessageView) -> str:
    """The mark beside a name in a group that can be taken for another one, or ''. Never says who is the real one."""
    if not view.looks_like:
        return ""
    if view.looks_like == view.sender_name:
        return tr("somebody else had this name too")
    name = isolate(visible(view.looks_like))
    if view.looks_like.isascii() and view.sender_name.isascii():
        return tr("looks like {name}").format(name=name)
    # On the screen the two may be the very same.
    return tr("there is another {name} here").format(name=name)


def state_words(state: DeliveryState) -> str:
    """The delivery state in a word."""
    words = {
        DeliveryState.QUEUED: tr("waiting to be sent"),
        DeliveryState.SENT: tr("sent"),
        DeliveryState.DELIVERED: tr("arrived"),
        DeliveryState.READ: tr("read"),
        DeliveryState.FAILED: tr("not sent"),
        DeliveryState.RECEIVED: "",
    }
    return words[state]


def _joined(above: MessageView, below: MessageView) -> bool:
    """Whether two messages are one run: the same person, within five minutes."""
    if above.direction is not below.direction or above.sender != below.sender:
        return False
    one_id, two_id = (one.occupant.occupant_id if one.occupant else "" for one in (above, below))
    if one_id != two_id:
        return False  # the same name in a group, and somebody else
    one, two = times.local(above.at), times.local(below.at)
    return one is not None and two is not None and abs((two - one).total_seconds()) < _RUN_MINUTES * 60
