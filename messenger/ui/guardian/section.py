"""The part of the settings about young-person mode: what it is, a way to begin it, and the guardian's page while it is on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from messenger.domain.events import GuardianChanged, RequestsChanged, SettingsChanged
from messenger.domain.guardian import STRICTER, GuardianState, looser
from messenger.i18n import ntr, tr
from messenger.ui import a11y
from messenger.ui.report.wrap import Wrap, shrinkable
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.buttons import Button
from messenger.ui.widgets.labels import TextLabel

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.border import Engine


class GuardianRow(QWidget):
    """Words about the mode and one button."""

    wanted = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        self.ctx = ctx
        a11y.name(self, "settings.guardian", tr("Young-person mode"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        self._now = TextLabel(ctx, "", "body", weight=500)
        self._waiting = TextLabel(ctx, "", "body")
        self._held = TextLabel(
            ctx, tr("Some settings are held. They can get safer, but not less safe."), "secondary", "muted"
        )
        words = tr("A grown-up says yes to new people and groups. They see names only, never what is said.")
        for label in (self._now, self._waiting, TextLabel(ctx, words, "secondary", "muted"), self._held):
            column.addWidget(label)
        buttons = QWidget()
        wrap = Wrap(buttons, 12, 8)
        self.button = Button(ctx, "", "settings.guardian.open")
        shrinkable(self.button)
        self.button.clicked.connect(self.wanted)
        wrap.addWidget(self.button)
        column.addWidget(buttons)
        self.show_state(GuardianState())

    def show_state(self, state: GuardianState) -> None:
        """Whether it is on, and how many wait."""
        self._now.setText(tr("It is on.") if state.on else tr("It is off."))
        self.button.set_words(tr("Open the page for grown-ups") if state.on else tr("Set it up"))
        self.button.setAccessibleDescription(tr("Young-person mode"))
        self._waiting.setText(ntr("{n} waits for a yes.", "{n} wait for a yes.", state.waiting).format(n=state.waiting))
        self._waiting.setVisible(state.on and state.waiting > 0)
        self._held.setVisible(state.on and state.rules.settings)


class Held(Protocol):
    """What shows settings and can say that a value is held."""

    def show_held(self, held: Mapping[str, tuple[str, ...]]) -> None:
        """By key, the values that cannot be chosen now."""


class GuardianPresenter(QObject):
    """Asks how the mode stands, shows it, marks what is held, and opens the windows."""

    def __init__(
        self, ctx: ThemeContext, engine: Engine, row: GuardianRow, page: Held, report: Callable[[], None]
    ) -> None:
        super().__init__(row)
        self._ctx, self._engine, self._row, self._page, self._report = ctx, engine, row, page, report
        self._state = GuardianState()
        row.wanted.connect(self._open)
        engine.on(GuardianChanged, lambda _event: self.load())
        engine.on(RequestsChanged, lambda _event: self.load())
        engine.on(SettingsChanged, lambda _event: self.load())
        self.load()

    def load(self) -> None:
        """Ask anew."""

        async def ask(hub: Hub) -> tuple[GuardianState, Mapping[str, str]]:
            return await hub.guardian.state(), await hub.settings.all()

        self._engine.call(ask, self._got, lambda _: None)

    def _got(self, found: tuple[GuardianState, Mapping[str, str]]) -> None:
        self._state, values = found
        self._row.show_state(self._state)
        self._page.show_held(held_values(self._state, values))

    def _open(self) -> None:
        from messenger.ui.guardian.begin import BeginWindow
        from messenger.ui.guardian.page import GuardianWindow

        kind = GuardianWindow if self._state.on else BeginWindow
        made = kind(self._ctx, self._engine, self._row.window())
        made.report.connect(self._report)
        made.open()


def held_values(state: GuardianState, values: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """By setting, the values that would make it less strict than it is."""
    if not state.on or not state.rules.settings:
        return {key: () for key in STRICTER}
    return {
        key: tuple(value for value in order if looser(key, values.get(key, ""), value))
        for key, order in STRICTER.items()
    }
