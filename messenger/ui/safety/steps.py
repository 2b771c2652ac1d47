"""Opens the windows that follow a report, one for each report and step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from messenger.ui.safety.cases import Case
from messenger.ui.safety.follow_window import AddWindow, FollowWindow, StepWindow, TakeBackWindow
from messenger.ui.theme.context import ThemeContext

if TYPE_CHECKING:
    from messenger.ui.border import Engine

_WINDOWS: dict[str, type[FollowWindow]] = {"step": StepWindow, "add": AddWindow, "take_back": TakeBackWindow}
STEPS = tuple(_WINDOWS)


class Steps(QObject):
    """Holds the open windows; `link_requested` and `hidden` are theirs."""

    link_requested = Signal(str)
    hidden = Signal()

    def __init__(self, ctx: ThemeContext, engine: Engine) -> None:
        super().__init__()
        self._ctx, self._engine = ctx, engine
        self.windows: dict[tuple[str, str], FollowWindow] = {}

    def open(self, step: str, case: Case) -> None:
        """Open the window, or show the one that is open."""
        key = (step, case.id)
        window = self.windows.get(key)
        if window is None:
            window = self.windows[key] = _WINDOWS[step](self._ctx, self._engine)
            window.gone.connect(lambda: self.windows.pop(key, None))
            window.link_requested.connect(self.link_requested)
            window.hidden.connect(self.hidden)
            window.begin(case)
        else:
            window.raise_()
        window.show()
        window.activateWindow()
