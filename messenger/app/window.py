"""``robin``: the window, the engine behind it, and what connects them."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from messenger import __version__
from messenger.app import instance, logging, paths
from messenger.app.engine import Engine
from messenger.app.paths import Profile
from messenger.domain.errors import KeyLost, RobinError, SecondInstance, StoreLocked
from messenger.domain.jurisdiction import HelpLine
from messenger.domain.report import ReportContext
from messenger.ui import a11y
from messenger.ui.main_window import MainWindow
from messenger.ui.theme.context import ThemeContext

if TYPE_CHECKING:
    # Imported when they are first shown; the services by the engine's thread.
    from messenger.services.hub import Hub
    from messenger.ui.report.window import ReportWindow
    from messenger.ui.unlock import UnlockWindow

APP_ID = "org.robin_messenger.Robin"


class Application(QObject):
    """One running window with its engine. Nothing here decides; it connects."""

    def __init__(self, app: QApplication, profile: Profile, offline: bool = False, endpoint: Path | None = None) -> None:
        super().__init__()
        self._app, self._profile = app, profile
        self._offline, self._endpoint = offline, endpoint
        self._passphrase = ""
        self._anew = False
        self._builder: object | None = None
        self._unlock: UnlockWindow | None = None
        self._reports: list[ReportWindow] = []
        self._tray: QObject | None = None
        self._news: object | None = None
        self._doorbell: instance.Doorbell | None = None
        self._leaving = False
        self.ctx = ThemeContext(app)
        self.engine = Engine(self._build, self._end)
        self.engine.start_failed.connect(self._start_failed, Qt.ConnectionType.QueuedConnection)
        self.engine.started.connect(self._started, Qt.ConnectionType.QueuedConnection)
        self.window = MainWindow(self.ctx, self.engine, self.report, self._make_safety)
        self.window.closing.connect(self._window_closed)
        app.setQuitOnLastWindowClosed(False)
        app.aboutToQuit.connect(self.close)

    def start(self) -> None:
        """Show the window; the engine starts beside it."""
        self.window.show()
        self.engine.start()
        self.window.start()
        QTimer.singleShot(0, self._after_paint)

    def report(self, context: ReportContext | None = None) -> None:
        """Open Report abuse."""
        if self._unlock is not None:
            self._unlock.show_numbers()
            return
        if self._raise_open(context or ReportContext(), ""):
            return
        window = self._report_window()
        window.begin(context or ReportContext())
        window.show()

    def resume(self, draft_id: str) -> None:
        """Go on with a draft."""
        if self._raise_open(None, draft_id):
            return
        window = self._report_window()
        window.resume(draft_id)
        window.show()

    def _raise_open(self, context: ReportContext | None, draft_id: str) -> bool:
        """One window for one draft: two of them would write over each other."""
        for window in self._reports:
            if window.presenter.holds(context, draft_id):
                if context is not None and context.messages:
                    window.presenter.also(context)
                window.show()
                window.raise_()
                window.activateWindow()
                return True
        return False

    def show(self) -> None:
        """Bring the window to the front."""
        place: QWidget = self._unlock or self.window
        place.show()
        place.raise_()
        place.activateWindow()

    def report_windows(self) -> list[QWidget]:
        """The reports that are open."""
        return list(self._reports)

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
        self.engine.close()

    async def _build(self) -> Hub:
        # Imported on the engine's thread: the window is painted meanwhile.
        from messenger.app.bootstrap import Bootstrap, Start

        bootstrap = Bootstrap(Start(self._profile, self._offline, self._endpoint, self._passphrase, self._anew))
        self._builder = bootstrap
        return await bootstrap.build()

    async def _end(self, hub: Hub) -> None:
        from messenger.app.bootstrap import Bootstrap

        if isinstance(self._builder, Bootstrap):
            await self._builder.close(hub)

    def _after_paint(self) -> None:
        from messenger.ui.safety.news import News
        from messenger.ui.tray import Tray, window_icon

        self._news = News(self.engine, self.window, self.window.rail.set_news)
        self._app.setWindowIcon(window_icon())
        self._doorbell = instance.Doorbell(self._profile, self._heard)
        if QSystemTrayIcon.isSystemTrayAvailable():
            tray = Tray(self.engine, lambda: bool(self._reports))
            tray.opened.connect(self.show)
            tray.report.connect(lambda: self.report())
            tray.quit.connect(self._app.quit)
            self._tray = tray

    def _heard(self, word: str) -> None:
        self.show()
        if word == "report":
            self.report()

    def _started(self) -> None:
        if self._unlock is not None:
            window, self._unlock = self._unlock, None
            window.close()
            window.deleteLater()
            self.window.show()
            for report in self._reports:  # what was asked for first stays in front
                report.raise_()
                report.activateWindow()

    def _start_failed(self, error: RobinError | None) -> None:
        from messenger.ui.unlock import UnlockWindow

        if self._unlock is not None:
            if isinstance(error, StoreLocked) and self._passphrase:
                self._unlock.wrong()
                return
            self._unlock.blockSignals(True)
            self._unlock.close()
        window = UnlockWindow(self.ctx, error)
        for report in self._reports:
            report.wait()
        self.engine.early(_numbers, self._numbers_known)
        window.unlocked.connect(self._try_passphrase)
        window.again.connect(lambda: self._again(error))
        window.gone.connect(self._unlock_closed)
        self._unlock = window
        self.window.hide()
        window.show()

    def _numbers_known(self, lines: tuple[HelpLine, ...]) -> None:
        if self._unlock is not None:
            self._unlock.set_numbers(lines)
            for report in self._reports:
                report.wait(lines)

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
        if self._unlock is not None:
            self._app.quit()

    def _report_window(self) -> ReportWindow:
        from messenger.ui.report.window import ReportWindow

        window = ReportWindow(self.ctx, self.engine)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        window.link_requested.connect(self._open_link)
        window.hidden.connect(self.window.put_reports_away)
        self._reports.append(window)
        window.gone.connect(lambda: self._reports.remove(window) if window in self._reports else None)
        window.gone.connect(self._maybe_quit)
        return window

    def _open_link(self, url: str) -> None:
        from messenger.ui.conversation.links import open_after_asking

        open_after_asking(self.ctx, self._reports[-1] if self._reports else self.window, url)

    def _make_safety(self) -> QWidget:
        from messenger.ui.safety.page import SafetyPage

        page = SafetyPage(self.ctx, self.engine)
        page.resume_wanted.connect(self.resume)
        page.link_requested.connect(self._open_link)
        page.hidden.connect(self.window.put_reports_away)
        return page

    def _window_closed(self) -> None:
        self._leaving = True
        self._maybe_quit()

    def _maybe_quit(self) -> None:
        # A report that is being written keeps Robin open; it is saved, but closing it unasked would frighten.
        if self._leaving and not self._reports:
            self._app.quit()


def _numbers() -> tuple[HelpLine, ...]:
    """The numbers of this computer's country, from the data alone: the store may be locked."""
    from PySide6.QtCore import QLocale

    from messenger import resources
    from messenger.safety.jurisdictions import Jurisdictions, load

    known = Jurisdictions.of(load(resources.read(name), name) for name in resources.names("jurisdictions"))
    code = QLocale.territoryToCode(QLocale.system().territory()).lower()
    return known.card(code if code in known.codes else "elsewhere", date.today()).lines[:4]


def application(arguments: list[str]) -> QApplication:
    """The QApplication with Robin's names."""
    app = QApplication([arguments[0] if arguments else "robin"])
    app.setApplicationName("robin-messenger")
    # No display name: Qt would write it behind every title, behind that of the notes of "Hide this" too.
    app.setApplicationVersion(__version__)
    app.setDesktopFileName(APP_ID)
    a11y.tell_windows()
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
    return robin.run()
