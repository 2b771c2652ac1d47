"""Hide this and the lock in one running Robin: what the curtain needs of the windows and the report."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from messenger.app.hide_keys import HideKeys
from messenger.domain.jurisdiction import HelpLine
from messenger.domain.report import ReportContext
from messenger.ui.lock.curtain import Curtain, is_notes
from messenger.ui.rail.view import SETTINGS

if TYPE_CHECKING:
    from messenger.app.engine import Engine
    from messenger.app.reports import Reports
    from messenger.ui.lock.screen import LockScreen
    from messenger.ui.main_window import MainWindow
    from messenger.ui.theme.context import ThemeContext


class Robin(Protocol):
    """What is asked of the program."""

    def show(self) -> None:
        """Bring it to the front."""

    def report(self) -> None:
        """Open Report abuse."""

    def open_link(self, url: str) -> None:
        """Open a link after asking."""

    def start_anew(self) -> None:
        """Take everything off this computer and end."""

    def maybe_quit(self) -> None:
        """End, if nothing is left in sight."""


class Locking(QObject):
    """Owns the curtain. `ready` once the store is open."""

    def __init__(
        self, ctx: ThemeContext, engine: Engine, window: MainWindow, app: QApplication, reports: Reports, robin: Robin
    ) -> None:
        super().__init__(window)
        self._engine, self._window, self._app, self._reports, self._robin = engine, window, app, reports, robin
        self._wanted = False
        self.ready = False
        self.curtain = curtain = Curtain(ctx, engine, window, app)
        self._keys = HideKeys(app, window, curtain.hide_from, curtain.hidden)
        curtain.before_screen = self._screen_made
        curtain.opened.connect(self._opened)
        curtain.covered.connect(self._covered)
        reports.hidden.connect(curtain.hidden)
        window.actions_.lock_now.triggered.connect(self.lock_now)

    def lock_now(self) -> None:
        """Lock, or lead to the settings where no PIN is set."""
        if not self.curtain.lock():
            self._robin.show()
            self._window.show_room(SETTINGS)

    def want_report(self) -> None:
        """Report abuse while it is locked: the numbers at once, the report after the PIN.

        A report goes in the owner's name, so that nobody else may send one from here.
        """
        self._wanted = True
        self._robin.show()
        screen = self.curtain.screen()
        if self.ready:
            self._engine.call(lambda hub: hub.safety.card(), lambda card: screen.show_numbers(card.lines[:4]))
        else:
            self._engine.early(numbers, screen.show_numbers)

    def tray_may(self) -> str:
        """What a notice may say: nothing behind the notes or beside a report, no name while it is locked."""
        if self.curtain.away or (self._reports.windows and not self.curtain.locked):
            return "nothing"
        return "little" if self.curtain.locked else "all"

    def _covered(self) -> None:
        self._wanted = False
        self._window.conversation.composer.flush()
        self._window.put_reports_away()
        for window in QApplication.topLevelWidgets():
            if is_notes(window) and not window.property("told"):
                window.setProperty("told", True)
                window.destroyed.connect(self._robin.maybe_quit)

    def _opened(self) -> None:
        if self._wanted:
            self._wanted = False
            self._reports.begin(ReportContext())

    def _screen_made(self, screen: LockScreen) -> None:
        screen.numbers_wanted.connect(self.want_report)
        screen.link_requested.connect(self._robin.open_link)
        screen.anew.connect(self._robin.start_anew)
        screen.gone.connect(self._app.quit)


def numbers() -> tuple[HelpLine, ...]:
    """The numbers of this computer's country, from the data alone: the store may be locked."""
    from PySide6.QtCore import QLocale

    from messenger import resources
    from messenger.safety.jurisdictions import readable

    known = readable((name, resources.read(name)) for name in resources.names("jurisdictions"))
    code = QLocale.territoryToCode(QLocale.system().territory()).lower()
    return known.card(code if code in known.codes else "elsewhere", date.today()).lines[:4]


