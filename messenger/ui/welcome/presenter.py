"""Keeps what is chosen in the first steps, and opens the account dialog and the private words over them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt

from messenger.domain.account import Account
from messenger.domain.errors import RobinError
from messenger.domain.events import AccountsChanged, SettingsChanged
from messenger.domain.jurisdiction import CountryCard
from messenger.i18n import trd
from messenger.ui.border import Cancel, Engine
from messenger.ui.theme.context import ThemeContext
from messenger.ui.welcome.view import Welcome

if TYPE_CHECKING:
    from messenger.services.hub import Hub

T = TypeVar("T")
Countries = tuple[tuple[str, str], ...]


class WelcomePresenter(QObject):
    """Each setting holds at once, and in the window behind too."""

    def __init__(self, ctx: ThemeContext, engine: Engine, view: Welcome, practise: Callable[[], None]) -> None:
        super().__init__(view)
        self._ctx, self._engine, self._view = ctx, engine, view
        self._live = True
        self._ends: tuple[Cancel, ...] = (
            engine.on(SettingsChanged, lambda _: self.load()),
            engine.on(AccountsChanged, lambda _: self._load_account()),
        )
        view.looks.changed.connect(self.keep)
        view.people.changed.connect(self.keep)
        view.account.wanted.connect(self._open_account)
        view.people.private_words.connect(self._open_words)
        view.button.practise.connect(practise)
        view.done_with.connect(lambda: self.keep("onboarded", "yes"))
        view.finished.connect(lambda _: self.close())
        self.load()
        self._load_account()

    def load(self) -> None:
        """Ask for what is set, and for the countries."""
        self._ask(lambda hub: hub.settings.all(), self._got)

        async def countries(hub: Hub) -> tuple[CountryCard, Countries]:
            return await hub.safety.card(), await hub.safety.countries()

        self._ask(countries, lambda found: self._view.people.show_countries(found[1], found[0].code))

    def keep(self, key: str, value: str) -> None:
        """Keep a setting; one that may not be changed shows again what holds."""
        self._view.say("")
        self._engine.call(lambda hub: hub.settings.set(key, value), None, self._failed)

    def close(self) -> None:
        """The window is gone; answers that come later are not shown."""
        self._live = False
        for end in self._ends:
            end()
        self._ends = ()

    def _ask(self, ask: Callable[[Hub], Coroutine[Any, Any, T]], got: Callable[[T], None]) -> None:
        # What cannot be read leaves what stands there.
        self._engine.call(ask, lambda found: got(found) if self._live else None, lambda _error: None)

    def _got(self, values: Mapping[str, str]) -> None:
        self._view.show_values(values)

    def _load_account(self) -> None:
        self._ask(lambda hub: hub.accounts.active(), self._got_account)

    def _got_account(self, account: Account | None) -> None:
        self._view.show_account(account.jid if account is not None else "")

    def _failed(self, error: RobinError) -> None:
        if self._live:
            self._view.say(f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields))
            self.load()

    def _open_account(self, way: str) -> None:
        from messenger.ui.accounts.view import AccountDialog

        dialog = AccountDialog(self._ctx, self._engine, self._view.report.emit, self._view)
        new = way == "new"
        (dialog.register_card if new else dialog.sign_in_card).radio.setChecked(True)
        dialog.open()
        (dialog.server if new else dialog.address).edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_words(self) -> None:
        from messenger.ui.notices.doors import open_private_words

        open_private_words(self._ctx, self._engine, self._view, self._view.report.emit)
