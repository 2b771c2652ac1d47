"""A small line at the top of the window at the first start after young-person mode began, until it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from messenger.domain.events import GuardianChanged
from messenger.domain.guardian import GuardianState
from messenger.i18n import tr
from messenger.ui import a11y
from messenger.ui.guardian.words import never, sees
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.blocks import Surface
from messenger.ui.widgets.buttons import LINK, Button
from messenger.ui.widgets.labels import TextLabel

if TYPE_CHECKING:
    from messenger.ui.border import Engine

_BESIDE = 640  # px at 100 %: in a narrower window the button stands below the words

class BeganBar(Surface):
    """The line. It goes when its button is pressed, and not by itself."""

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__(ctx, "accent-soft", "b")
        a11y.name(self, "began", tr("Young-person mode is on"))
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(16, 4, 16, 4)
        words = f"{tr('Young-person mode is on.')} {sees()} {never()}"
        row.addWidget(TextLabel(ctx, words, "secondary"), 1)  # as wide as the window, which is more than a column of words
        self.known = Button(ctx, tr("I have read this"), "began.known", LINK, height=28)
        row.addWidget(self.known, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        below = self.width() < self._ctx.px(_BESIDE)
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(2 if below else 16)


class Began(QObject):
    """Asks once the window is there, and when the mode changes. `tops` is the column of lines above the rooms."""

    def __init__(self, ctx: ThemeContext, engine: Engine, window: QWidget, tops: QVBoxLayout) -> None:
        super().__init__(window)
        self._ctx, self._engine, self._window, self._tops = ctx, engine, window, tops
        self.bar: BeganBar | None = None
        engine.on(GuardianChanged, lambda _event: self.load())
        self.load()

    def load(self) -> None:
        """Ask whether there is something that was not read yet."""
        self._engine.call(lambda hub: hub.guardian.state(), self._got, lambda _: None)

    def _got(self, state: GuardianState) -> None:
        wanted = state.on and not state.told
        if wanted and self.bar is None:
            self.bar = BeganBar(self._ctx)
            self.bar.known.clicked.connect(self._read)
            self._tops.insertWidget(0, self.bar)
        elif not wanted and self.bar is not None:
            bar, self.bar = self.bar, None
            inside = self._window.focusWidget()
            bar.hide()
            if isinstance(inside, QWidget) and bar.isAncestorOf(inside):
                self._window.focusNextChild()
            bar.deleteLater()

    def _read(self) -> None:
        self._engine.call(lambda hub: hub.guardian.told())
