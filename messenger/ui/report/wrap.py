"""A row that breaks: controls beside each other while there is room, else below; the last may stand at the far end."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget


def shrinkable(widget: QWidget) -> None:
    """Let a button's words break when there is no room, instead of pushing the page wider than the window."""
    policy = widget.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
    widget.setSizePolicy(policy)


def _least(item: QLayoutItem) -> QSize:
    """The least size: of a widget what it says itself, also where its policy would hold it at its best size."""
    widget = item.widget()
    return item.minimumSize() if widget is None else widget.minimumSizeHint().expandedTo(widget.minimumSize())


class Wrap(QLayout):
    """Lays its widgets out in reading order. With `far`, the last widget stands at the end of its line."""

    def __init__(
        self, parent: QWidget | None = None, gap: int = 8, line_gap: int = 8, far: bool = False, stretch: bool = False
    ) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._gap, self._line_gap, self._far, self._stretch = gap, line_gap, far, stretch
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)
        self.invalidate()

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        if not 0 <= index < len(self._items):
            return None
        item = self._items.pop(index)
        self.invalidate()
        return item

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), False)

    def sizeHint(self) -> QSize:
        sizes = [item.sizeHint() for item in self._shown()]
        wide = sum(one.width() for one in sizes) + self._gap * max(0, len(sizes) - 1)
        left, top, right, bottom = self._margins()
        return QSize(wide + left + right, max((one.height() for one in sizes), default=0) + top + bottom)

    def minimumSize(self) -> QSize:
        sizes = [_least(item) for item in self._shown()]
        left, top, right, bottom = self._margins()
        return QSize(
            max((one.width() for one in sizes), default=0) + left + right,
            max((one.height() for one in sizes), default=0) + top + bottom,
        )

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, True)

    def _margins(self) -> tuple[int, int, int, int]:
        margins = self.contentsMargins()
        return margins.left(), margins.top(), margins.right(), margins.bottom()

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, room: int) -> list[list[tuple[QLayoutItem, int]]]:
        lines: list[list[tuple[QLayoutItem, int]]] = []
        used = room + 1
        for item in self._shown():
            wide = min(item.sizeHint().width(), room)
            if lines and used + self._gap + wide <= room:
                lines[-1].append((item, wide))
                used += self._gap + wide
            else:
                lines.append([(item, wide)])
                used = wide
        return lines

    def _place(self, rect: QRect, really: bool) -> int:
        left, top, right, bottom = self._margins()
        area = rect.adjusted(left, top, -right, -bottom)
        y = area.top()
        lines = self._lines(max(1, area.width()))
        for number, line in enumerate(lines):
            heights = [
                item.heightForWidth(wide) if item.hasHeightForWidth() else item.sizeHint().height()
                for item, wide in line
            ]
            tall = max(heights)
            if really:
                self._place_line(area, y, tall, line, heights, number == len(lines) - 1)
            y += tall + (self._line_gap if number < len(lines) - 1 else 0)
        return y - rect.top() + bottom

    def _place_line(
        self, area: QRect, y: int, tall: int, line: list[tuple[QLayoutItem, int]], heights: list[int], last: bool
    ) -> None:
        mirrored = self._mirrored()
        spare = area.width() - sum(wide for _, wide in line) - self._gap * (len(line) - 1)
        x = 0
        for number, ((item, wide), height) in enumerate(zip(line, heights, strict=True)):
            if self._far and last and number == len(line) - 1 and number > 0:
                x += spare
            grown = wide + (spare // len(line) if self._stretch else 0)
            at = area.right() + 1 - x - grown if mirrored else area.left() + x
            item.setGeometry(QRect(at, y + (tall - height) // 2, grown, height))
            x += grown + self._gap

    def _mirrored(self) -> bool:
        owner = self.parentWidget()
        return owner is not None and owner.layoutDirection() == Qt.LayoutDirection.RightToLeft
