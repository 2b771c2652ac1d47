"""A list that asks for pages near its edges, keeps what is in sight in its place, and stays at the end when it is there."""

from __future__ import annotations

from PySide6.QtCore import QPersistentModelIndex, QRect, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from messenger.ui.conversation.model import MessageModel

_NEAR = 240  # px from an edge at which the next page is asked for


class PagedList(QListView):
    """The scrolling of the message list."""

    older_wanted = Signal()
    newer_wanted = Signal()
    at_end_changed = Signal(bool)

    def __init__(self, model: MessageModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._at_end = True
        self._keep: tuple[QPersistentModelIndex, int] | None = None
        self._quiet = False
        # A timer of the list's own ends with it; a single shot would call into a list that is gone.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._stick)
        self.setModel(model)
        self.verticalScrollBar().setSingleStep(40)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._ranged)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        model.rowsAboutToBeInserted.connect(self._before)
        model.rowsAboutToBeRemoved.connect(self._before)
        model.rowsInserted.connect(self._after)
        model.rowsRemoved.connect(self._after)
        model.dataChanged.connect(self._changed)

    def at_end(self) -> bool:
        """Whether the newest message is in sight."""
        return self._at_end

    def to_end(self) -> None:
        """Show the newest row of the window."""
        self._at_end = True
        self.executeDelayedItemsLayout()
        self.scrollToBottom()
        self._scrolled()

    def resizeEvent(self, event: QResizeEvent) -> None:
        stay = self._at_end
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()
        if stay:
            self.to_end()

    def _before(self, *_: object) -> None:
        """Remember where the first row in sight stands, to keep it there."""
        if self._keep is None:
            index = self.indexAt(self.viewport().rect().center())
            if index.isValid():
                self._keep = (QPersistentModelIndex(index), self.visualRect(index).top())

    def _after(self, *_: object) -> None:
        keep, self._keep = self._keep, None
        if self._at_end and not self._model.has_newer:
            self._soon.start()
            return
        if keep is None or not keep[0].isValid():
            return
        self._quiet = True
        self.executeDelayedItemsLayout()
        bar = self.verticalScrollBar()
        rect: QRect = self.visualRect(self._model.index(keep[0].row(), 0))
        bar.setValue(bar.value() + rect.top() - keep[1])
        self._quiet = False

    def _changed(self, *_: object) -> None:
        # A state that becomes a word changes a row's height.
        self.scheduleDelayedItemsLayout()
        if self._at_end:
            self._soon.start()

    def _stick(self) -> None:
        # The person may have scrolled away since this was wanted.
        if self._at_end and not self._model.has_newer:
            self.to_end()

    def _is_at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return not self._model.has_newer and bar.value() >= bar.maximum() - 8

    def _ranged(self, *_: object) -> None:
        if self._at_end and not self._quiet and not self._model.has_newer:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _scrolled(self, *_: object) -> None:
        if self._quiet:
            return
        bar = self.verticalScrollBar()
        if bar.value() < _NEAR and self._model.has_older:
            self.older_wanted.emit()
        if bar.maximum() - bar.value() < _NEAR and self._model.has_newer:
            self.newer_wanted.emit()
        at_end = self._is_at_end()
        if at_end != self._at_end:
            self._at_end = at_end
            self.at_end_changed.emit(at_end)
