"""``robin``: the window, the engine behind it, and what connects them."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from messenger import __version__
from messenger.app import instance, logging, paths
from messenger.app.engine import Engine
from messenger.app.locking import Locking, numbers
from messenger.app.paths import Profile
from messenger.app.practice import Practising
from messenger.app.reports import Reports
from messenger.domain.errors import KeyLost, RobinError, SecondInstance, StoreLocked
from messenger.domain.jurisdiction import HelpLine
from messenger.domain.lock import LockState
from messenger.domain.report import ReportContext
from messenger.ui import a11y
from messenger.ui.lock.curtain import stand_up
from messenger.ui.main_window import MainWindow
from messenger.ui.theme.context import ThemeContext

if TYPE_CHECKING:
    # Imported when they are first shown; the services by the engine's thread.
    from messenger.app.telling import Telling
    from messenger.services.hub import Hub
    from messenger.ui.unlock import UnlockWindow
    from messenger.ui.welcome.first_run import FirstRun

APP_ID = "org.robin_messenger.Robin"


class Application(QObject):
    """One running window with its engine. Nothing here decides; it connects."""

    def __init__(
        self, app: QApplication, profile: Profile, offline: bool = False, endpoint: Path | None = None
    ) -> None:
        super().__init__()
        self._app, self._profile = app, profile
        self._offline, self._endpoint = offline, endpoint
        self._passphrase = ""
        self._anew = False
        self._builder: object | None = None
        self._unlock: UnlockWindow | None = None
        self._news: object | None = None
        self._began: object | None = None
        self._steps: FirstRun | None = None
        self._doorbell: instance.Doorbell | None = None
        self._telling: Telling | None = None
        self._leaving = False
        self._lock = LockState()
        self.ctx = ThemeContext(app)
        self.engine = Engine(self._build, self._end)
        self.engine.start_failed.connect(self._start_failed, Qt.ConnectionType.QueuedConnection)
        self.engine.started.connect(self._started, Qt.ConnectionType.QueuedConnection)
        self._reports = Reports(self.ctx, self.engine, self.open_link)
        self.window = MainWindow(self.ctx, self.engine, self.report, self._make_safety)
        self.window.closing.connect(self._window_closed)
        self.locking = Locking(self.ctx, self.engine, self.window, app, self._reports, self)
        self.curtain = self.locking.curtain
        self.curtain.ask = self._ask_lock
        self._reports.gone.connect(self.maybe_quit)
        self._practising = Practising(self.ctx, self.engine, self.open_link)
        self._practising.hidden.connect(self.curtain.hidden)
        self._practising.real.connect(lambda: self.report())
        # Queued: what takes its place, a real report or another practice, is there first.
        self._practising.gone.connect(self.maybe_quit, Qt.ConnectionType.QueuedConnection)
        app.setQuitOnLastWindowClosed(False)
        app.aboutToQuit.connect(self.close)

    def start(self) -> None:
        """Show the window, or the lock screen; the engine starts beside it."""
        if self._profile.locked_mark.exists():
            self.curtain.wait_locked()
        else:
            self.window.show()
        self.engine.start()
        self.window.start()
        QTimer.singleShot(0, self._after_paint)

    def report(self, context: ReportContext | None = None) -> None:
        """Open Report abuse. While Robin is locked it opens after the PIN, and the numbers at once."""
        if self._unlock is not None:
            self.show()  # from behind the notes too
            self._unlock.show_numbers()
        elif self.curtain.locked:
            self.locking.want_report()
        else:
            self.curtain.come_back()
            # A practice beside a real report could be taken for it.
            self._practising.close()
            self._reports.begin(context or ReportContext())

    def resume(self, draft_id: str) -> None:
        """Go on with a draft."""
        self._practising.close()
        self._reports.resume(draft_id)

    def welcome(self) -> None:
        """Offer the first steps, once the window is painted and the store is open. For a person's own Robin only."""
        QTimer.singleShot(0, self._welcome)

    def practise(self) -> None:
        """Open a practice report; nothing of it can be sent or kept. Where Robin is locked: the lock screen."""
        if self._unlock is None and self.curtain.come_back():
            self._practising.open()

    def show(self) -> None:
        """Bring Robin to the front, from behind the notes of Hide this too. Where it is locked: the lock screen."""
        self._leaving = False
        if not self.curtain.come_back():
            return
        place: QWidget = self._unlock or self.window
        stand_up(place)
        place.show()
        place.raise_()
        place.activateWindow()

    def report_windows(self) -> list[QWidget]:
        """The reports that are open."""
        return list(self._reports.windows)

    def run(self) -> int:
        """The window's event loop; returns the exit code."""
        signal.signal(signal.SIGTERM, lambda *_: self._app.quit())
        signal.signal(signal.SIGINT, lambda *_: self._app.quit())
        # Python's signal handlers run only between byte codes; a slow tick lets them.
        tick = QTimer(self)
        tick.timeout.connect(lambda: None)
        tick.start(500)
        return self._app.exec()

    def close(self) -> None:
        """End the engine in good order."""
        if self._doorbell is not None:
            self._doorbell.close()
        self._practising.close()
        if self._telling is not None:
            self._telling.notifications.stop()
        self.engine.close()
        if self._telling is not None:
            self._telling.notifications.join()

    async def _build(self) -> Hub:
        # Imported on the engine's thread: the window is painted meanwhile.
        from messenger.app.bootstrap import Bootstrap, Start

        bootstrap = Bootstrap(Start(self._profile, self._offline, self._endpoint, self._passphrase, self._anew))
        self._builder = bootstrap
        hub = await bootstrap.build()
        self._lock = await self._ask_lock(hub)
        return hub

    async def _ask_lock(self, hub: Hub) -> LockState:
        """How the lock stands; at the next start it is known from a mark before the store is open."""
        state = await hub.lock.state()
        await asyncio.to_thread(self._profile.mark_locked, state.is_set and state.at_start)
        return state

    async def _end(self, hub: Hub) -> None:
        from messenger.app.bootstrap import Bootstrap

        if isinstance(self._builder, Bootstrap):
            await self._builder.close(hub)

    def _after_paint(self) -> None:
        from messenger.app.telling import Telling
        from messenger.ui.guardian.began import Began
        from messenger.ui.safety.news import News
        from messenger.ui.tray import window_icon

        self._news = News(self.engine, self.window, self.window.rail.set_news)
        self._began = Began(self.ctx, self.engine, self.window, self.window.tops)
        self._app.setWindowIcon(window_icon())
        self._doorbell = instance.Doorbell(self._profile, self._heard)
        self._telling = Telling(self._app, self.engine, self.window, self.locking, self)

    def _welcome(self) -> None:
        from messenger.ui.welcome.first_run import FirstRun

        def busy() -> bool:
            return bool(self._reports.windows) or self._practising.window is not None

        self._steps = FirstRun(self.ctx, self.engine, self.window, self.curtain, busy, self.practise)
        self._reports.gone.connect(self._steps.offer)

    def _heard(self, word: str) -> None:
        self.show()
        if word == "report":
            self.report()

    def _started(self) -> None:
        # The first word of the engine: what was asked of it meanwhile is answered after this.
        self.locking.ready = True
        if self._unlock is not None:
            window, self._unlock = self._unlock, None
            window.close()
            window.deleteLater()
            self.window.show()
            self._reports.to_front()
        self.curtain.begin(self._lock, bool(self._passphrase))
        self._passphrase = ""  # it is not needed any more

    def _start_failed(self, error: RobinError | None) -> None:
        from messenger.ui.unlock import UnlockWindow

        if self._unlock is not None:
            if isinstance(error, StoreLocked) and self._passphrase:
                self._unlock.wrong()
                return
            self._unlock.blockSignals(True)
            self._unlock.close()
        self.curtain.give_way()
        window = UnlockWindow(self.ctx, error)
        self._reports.wait()
        self.engine.early(numbers, self._numbers_known)
        window.unlocked.connect(self._try_passphrase)
        window.again.connect(lambda: self._again(error))
        window.gone.connect(self._unlock_closed)
        self._unlock = window
        self.window.hide()
        window.show()

    def _numbers_known(self, lines: tuple[HelpLine, ...]) -> None:
        if self._unlock is not None:
            self._unlock.set_numbers(lines)
            self._reports.wait(lines)

    def _try_passphrase(self, passphrase: str) -> None:
        self._passphrase = passphrase
        self.engine.retry(self._build)

    def _again(self, error: RobinError | None) -> None:
        self._anew = isinstance(error, KeyLost)
        if isinstance(error, SecondInstance) and instance.ask_open_window(self._profile, "show"):
            self._app.quit()
        else:
            self.engine.retry(self._build)

    def _unlock_closed(self) -> None:
        if self._unlock is not None and not self.curtain.away:
            self._app.quit()

    def start_anew(self) -> None:
        """The PIN is forgotten: everything that it kept goes, and Robin with it."""
        from messenger.app.bootstrap import Bootstrap

        builder = self._builder
        if isinstance(builder, Bootstrap):
            self.engine.call(builder.erase, lambda _none: self._app.quit())

    def open_link(self, url: str) -> None:
        """Open a link in the browser, after asking."""
        from messenger.ui.conversation.links import open_after_asking

        place: QWidget = self.curtain.screen() if self.curtain.locked else self.window
        open_after_asking(self.ctx, QApplication.activeWindow() or place, url)

    def _make_safety(self) -> QWidget:
        from messenger.ui.safety.page import SafetyPage

        deeds = {"account": lambda: _lead_to_account(self.window), "practise_report": self.practise}
        page = SafetyPage(self.ctx, self.engine, deeds)
        page.practise.connect(self.practise)
        page.resume_wanted.connect(self.resume)
        page.link_requested.connect(self.open_link)
        page.hidden.connect(self.curtain.hidden)
        page.hide_wanted.connect(lambda: self.curtain.hide_from(self.window))
        return page

    def _window_closed(self) -> None:
        self._leaving = True
        self.maybe_quit()

    def maybe_quit(self) -> None:
        """End, when the window was closed and neither a report nor the notes are left."""
        # A report that is being written keeps Robin open; it is saved, but closing it unasked would frighten.
        busy = self._reports.windows or self._practising.window is not None
        if self._leaving and not busy and not self.curtain.notes_open():
            self._app.quit()


def _lead_to_account(window: MainWindow) -> None:
    """A tip leads to the account: its menu, or the way to sign in."""
    from messenger.ui.rail.view import CHATS

    window.show_room(CHATS)
    window.conversation.header.back.emit()
    window.account_header.presence.setFocus(Qt.FocusReason.OtherFocusReason)
    window.account_header.presence.click()


def application(arguments: list[str]) -> QApplication:
    """The QApplication with Robin's names."""
    app = QApplication([arguments[0] if arguments else "robin"])
    app.setApplicationName("robin-messenger")
    # No display name: Qt would write it behind every title, behind that of the notes of "Hide this" too.
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(APP_ID)
    a11y.tell_roles()
    return app


def run(options: argparse.Namespace) -> int:
    """Open the window, or show the one that is open. Returns the exit code."""
    profile = paths.find(options.profile)
    if instance.ask_open_window(profile, "report" if options.report else "show"):
        return 0
    with contextlib.suppress(RobinError):  # the engine meets the same failure, and the window says it
        profile.make()
    logging.begin(profile.log, debug=options.debug)
    app = application(sys.argv)
    endpoint = Path(options.endpoint) if options.endpoint else None
    robin = Application(app, profile, options.offline, endpoint)
    robin.start()
    if options.report:
        robin.report()
    robin.welcome()
    return robin.run()
