"""A layout that puts widgets in rows, going on below when a row is full."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """`gap` px between widgets and rows. Mirrored in right-to-left languages."""

    def __init__(self, parent: QWidget, gap: int = 8) -> None:
        super().__init__(parent)
        self._gap = gap
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        wide = max((item.minimumSize().width() for item in self._items), default=0)
        tall = max((item.minimumSize().height() for item in self._items), default=0)
        return QSize(wide, tall)

    def _place(self, rect: QRect, really: bool) -> int:
        x = y = row = 0
        parent = self.parentWidget()
        mirrored = parent is not None and parent.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for item in self._items:
            size = item.sizeHint()
            if size.width() > rect.width() > 0:  # wider than all there is: its words break
                wide = max(rect.width(), item.minimumSize().width())
                size = QSize(wide, item.heightForWidth(wide) if item.hasHeightForWidth() else size.height())
            if x and x + size.width() > rect.width():
                x, y, row = 0, y + row + self._gap, 0
            if really:
                left = rect.right() + 1 - x - size.width() if mirrored else rect.left() + x
                place, widget = QRect(left, rect.top() + y, size.width(), size.height()), item.widget()
                if widget is None:
                    item.setGeometry(place)
                else:
                    widget.setGeometry(place)  # the item would hold it at the height of one line
            x += size.width() + self._gap
            row = max(row, size.height())
        return y + row
