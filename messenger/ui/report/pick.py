"""A button that opens a menu of choices and shows the chosen one: countries, the order of messages, settings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from messenger.i18n import tr
from messenger.ui.report.wrap import shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import QUIET, Button


class Pick(Button):
    """One of several, each (id, words). A screen reader hears the name and the choice."""

    picked = Signal(str)

    def __init__(
        self,
        ctx: ThemeContext,
        words: str,
        ident: str,
        kind: str = QUIET,
        empty: str = "",
        height: int = 40,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(ctx, empty or words, ident, kind, trailing="chevron-down", height=height, parent=parent)
        self._name, self._empty = words, empty
        self._menu = QMenu(self)
        self._menu.setAccessibleName(words)
        self._group = QActionGroup(self)
        self._choices: tuple[tuple[str, str], ...] = ()
        self.value = ""
        self.setMenu(self._menu)
        shrinkable(self)
        self._group.triggered.connect(self._triggered)

    def set_choices(self, choices: Sequence[tuple[str, str]], value: str = "") -> None:
        """Offer these; `value` is the chosen id, '' for none."""
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            for old in self._group.actions():
                self._group.removeAction(old)
            self._menu.clear()
            for id, words in self._choices:
                action = QAction(words.replace("&", "&&"), self._menu)
                action.setCheckable(True)
                action.setData(id)
                self._group.addAction(action)
                self._menu.addAction(action)
        self.set_value(value)

    def set_value(self, value: str) -> None:
        """Show this choice; nothing is told."""
        self.value = value
        for action in self._group.actions():
            action.setChecked(action.data() == value)
        words = next((one for id, one in self._choices if id == value), "")
        shown = words or self._empty or self._name
        self.set_words(shown, tr("{name}: {choice}").format(name=self._name, choice=words or tr("not chosen")))

    def _triggered(self, action: QAction) -> None:
        self.set_value(str(action.data()))
        self.picked.emit(self.value)
