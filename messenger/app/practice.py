"""Practice reports: each has an engine of its own around a sandbox. It never hears of the program's own hub."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QRect, Qt, Signal

from messenger.app.engine import Engine
from messenger.ui.lock.curtain import stand_up

if TYPE_CHECKING:
    # Imported when the first one is shown.
    from messenger.services.hub import Hub
    from messenger.services.practice import Practice, Sandbox
    from messenger.ui.report.practice import PracticeWindow
    from messenger.ui.theme.context import ThemeContext


class Practising(QObject):
    """Opens one practice at a time. `hidden`: Hide this was used in it; `real`: a real report is wanted; `gone`: it was closed.

    `practised`: the end was reached. A practice leaves nothing behind, not even that.
    """

    hidden = Signal()
    real = Signal()
    practised = Signal()
    gone = Signal()

    def __init__(self, ctx: ThemeContext, engine: Engine, open_link: Callable[[str], None]) -> None:
        super().__init__()
        self._ctx, self._engine, self._open_link = ctx, engine, open_link
        self._wanted = False
        self._ended: list[Engine] = []
        self.window: PracticeWindow | None = None

    def open(self) -> None:
        """Show the practice, or begin one in the words and with the numbers that the person chose."""
        if self.window is not None:
            stand_up(self.window)
            self.window.raise_()
            self.window.activateWindow()
        elif not self._wanted:
            self._wanted = True
            self._engine.call(lambda hub: hub.settings.all(), self._known, lambda _error: self._known({}))

    def close(self) -> None:
        """Robin ends, or a real report begins; a practice that was asked for a moment ago does not come any more."""
        self._wanted = False
        if self.window is not None:
            self.window.close()

    def _known(self, values: Mapping[str, str]) -> None:
        if self._wanted:
            self._begin(values)

    def _begin(self, values: Mapping[str, str], place: QRect | None = None) -> None:
        from messenger.ui.report.practice import PracticeWindow

        self._wanted = False
        made = Sand(values.get("band", ""), values.get("country", ""))
        engine = Engine(made.build, made.close)
        window = PracticeWindow(self._ctx, engine)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if place is not None:
            window.setGeometry(place)
        window.link_requested.connect(self._open_link)
        window.hidden.connect(self.hidden)
        window.real.connect(self.real)
        window.practised.connect(self.practised)
        window.again.connect(lambda: self._again(window, values))
        window.gone.connect(lambda: self._let_go(window, engine))
        self.window = window
        engine.start()
        window.start()
        window.show()

    def _again(self, window: PracticeWindow, values: Mapping[str, str]) -> None:
        place = window.geometry()
        window.close()
        self._begin(values, place)

    def _let_go(self, window: PracticeWindow, engine: Engine) -> None:
        # Its thread ends beside this one, so that the window does not wait for it.
        self._ended = [one for one in self._ended if one.running()]
        self._ended.append(engine)
        threading.Thread(target=engine.close, name="practice ends", daemon=True).start()
        if self.window is window:
            self.window = None
        self.gone.emit()


class Sand:
    """Builds the sandbox on its engine's loop."""

    def __init__(self, band: str, country: str) -> None:
        self._band, self._country = band, country
        self._practice: Practice | None = None

    async def build(self) -> Hub:
        """What the wizard's pages ask stands in a real hub under the same names; all else is not there at all."""
        from messenger.services.practice import Practice

        self._practice = Practice(self._band, self._country)
        return cast("Hub", await self._practice.build())

    async def close(self, hub: Hub) -> None:
        """The sandbox is gone after this."""
        if self._practice is not None:
            await self._practice.close(cast("Sandbox", hub))
