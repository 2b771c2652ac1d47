"""The open report windows of one running Robin: one window for one draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from messenger.domain.jurisdiction import HelpLine
from messenger.domain.report import ReportContext
from messenger.ui.lock.curtain import stand_up

if TYPE_CHECKING:
    # Imported when the first one is shown.
    from messenger.app.engine import Engine
    from messenger.ui.report.window import ReportWindow
    from messenger.ui.theme.context import ThemeContext


class Reports(QObject):
    """Opens them and keeps them. `hidden`: Hide this was used; `gone`: one was closed."""

    hidden = Signal()
    gone = Signal()

    def __init__(self, ctx: ThemeContext, engine: Engine, open_link: Callable[[str], None]) -> None:
        super().__init__()
        self._ctx, self._engine, self._open_link = ctx, engine, open_link
        self.windows: list[ReportWindow] = []
        self._asked: dict[ReportWindow, tuple[int | None, str, str]] = {}

    def begin(self, context: ReportContext) -> None:
        """Start a report, or show the one about the same."""
        if not self._raise_open(context, ""):
            window = self._make(_about(context, ""))
            window.begin(context)
            window.show()

    def resume(self, draft_id: str) -> None:
        """Go on with a draft."""
        if not self._raise_open(None, draft_id):
            window = self._make(_about(None, draft_id))
            window.resume(draft_id)
            window.show()

    def wait(self, lines: tuple[HelpLine, ...] = ()) -> None:
        """Robin cannot start: they open when it can; `lines` can help meanwhile."""
        for window in self.windows:
            window.wait(lines)

    def to_front(self) -> None:
        """What was asked for first stays in front."""
        for window in self.windows:
            window.raise_()
            window.activateWindow()

    def _raise_open(self, context: ReportContext | None, draft_id: str) -> bool:
        """One window for one draft: two of them would write over each other."""
        for window in self.windows:
            # Pressed twice: a window that is still opening has no draft yet, but it knows what it was asked for.
            same = window.page is window.opening and self._asked.get(window) == _about(context, draft_id)
            if same or window.presenter.holds(context, draft_id):
                if context is not None and context.messages:
                    window.presenter.also(context)
                stand_up(window)
                window.show()
                window.raise_()
                window.activateWindow()
                return True
        return False

    def _make(self, about: tuple[int | None, str, str]) -> ReportWindow:
        from messenger.ui.report.window import ReportWindow

        window = ReportWindow(self._ctx, self._engine)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.link_requested.connect(self._open_link)
        window.hidden.connect(self.hidden)
        self.windows.append(window)
        self._asked[window] = about
        window.gone.connect(lambda: self._let_go(window))
        return window

    def _let_go(self, window: ReportWindow) -> None:
        if window in self.windows:
            self.windows.remove(window)
            del self._asked[window]
        self.gone.emit()


def _about(context: ReportContext | None, draft_id: str) -> tuple[int | None, str, str]:
    """What a window was opened for."""
    return (context.conversation, context.counterpart, "") if context is not None else (None, "", draft_id)
