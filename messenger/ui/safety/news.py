"""News about the person's reports, from anywhere in the program: counted for the rail, and said without its content."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from messenger.domain.errors import RobinError
from messenger.domain.events import AdviceArrived, Event, ReportAccepted, ReportChanged
from messenger.domain.report import ReportSummary
from messenger.i18n import tr
from messenger.ui import a11y

if TYPE_CHECKING:
    from messenger.ui.border import Engine


class News:
    """`count` is called with the number of unread letters. Made once; ends with `close`."""

    def __init__(self, engine: Engine, window: QWidget, count: Callable[[int], None]) -> None:
        self._engine, self._window, self._count = engine, window, count
        self._ends = [engine.on(kind, self._changed) for kind in (ReportChanged, ReportAccepted)]
        self._ends.append(engine.on(AdviceArrived, self._arrived))
        self._load()

    def close(self) -> None:
        """Hear no more."""
        for end in self._ends:
            end()
        self._ends = []

    def _arrived(self, _event: AdviceArrived) -> None:
        a11y.announce(self._window, tr("News about your report."))
        self._load()

    def _changed(self, _event: Event) -> None:
        self._load()

    def _load(self) -> None:
        self._engine.call(lambda hub: hub.outbox.reports(), self._got, self._quiet)

    def _got(self, reports: tuple[ReportSummary, ...]) -> None:
        self._count(sum(one.unread for one in reports))

    def _quiet(self, _error: RobinError) -> None:
        """The count stays as it was; My reports says what is wrong."""
