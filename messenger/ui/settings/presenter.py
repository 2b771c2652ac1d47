"""Keeps what is changed on the settings page, and says who gets reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from messenger.domain.errors import RobinError
from messenger.domain.events import SettingsChanged
from messenger.domain.report import Draft, EndpointProfile
from messenger.i18n import tr, trd
from messenger.ui import a11y
from messenger.ui.border import Engine
from messenger.ui.guardian.notice import GuardianNotice
from messenger.ui.guardian.section import GuardianPresenter
from messenger.ui.lock.section import LockPresenter
from messenger.ui.notices.doors import open_private_words
from messenger.ui.people.doors import open_block_list
from messenger.ui.plain import isolate, visible
from messenger.ui.settings.tips import TipsPresenter
from messenger.ui.settings.view import SettingsPage
from messenger.ui.theme.context import ThemeContext


class SettingsPresenter(QObject):
    """Reads all values when made and after each change from elsewhere."""

    def __init__(self, engine: Engine, view: SettingsPage) -> None:
        super().__init__(view)
        self._engine, self._view, self.view = engine, view, view
        view.changed.connect(self._keep)
        self._guardian = GuardianPresenter(view.guardian.ctx, engine, view.guardian, view, view.header.report.emit)
        self._tips = TipsPresenter(engine, view.tips)
        self._lock = LockPresenter(view.lock.ctx, engine, view.lock, view.lock_more)
        engine.on(SettingsChanged, lambda _: self.load())
        self.load()

    def load(self) -> None:
        """Ask for all values and the receiver."""
        self._engine.call(lambda hub: hub.settings.all(), self._got)
        nobody = Draft(id="", snapshot=None, questionnaire_sha256="")
        self._engine.call(
            lambda hub: hub.reporting.endpoint(nobody), self._got_receiver, lambda _: self._got_receiver(None)
        )

    def _got(self, values: Mapping[str, str]) -> None:
        self._view.show_values(values)

    def _got_receiver(self, profile: EndpointProfile | None) -> None:
        self._view.show_receiver(*receiver_words(profile))

    def _keep(self, key: str, value: str) -> None:
        self._engine.call(lambda hub: hub.settings.set(key, value), failed=self._failed)

    def _failed(self, error: RobinError) -> None:
        self.load()  # show what holds, not what was pressed
        words = f"{trd(error.sentence)} {trd(error.advice)}".format(**error.fields)
        self._view.note.setText(words)
        self._view.note.show()
        a11y.announce(self._view, words)


def make_settings(
    ctx: ThemeContext, engine: Engine, report: Callable[[], None], keys: Callable[[], None]
) -> SettingsPresenter:
    """The page with its presenter. `report` opens Report abuse, `keys` the list of keys."""
    page = SettingsPage(ctx)
    page.header.report.connect(report)
    page.keys_wanted.connect(keys)
    page.private_words_wanted.connect(lambda: open_private_words(ctx, engine, page, report))
    page.block_list_wanted.connect(lambda: open_block_list(ctx, engine, page, report))
    page.column.insertWidget(0, GuardianNotice(ctx, engine, "settings.guardian.notice"))
    return SettingsPresenter(engine, page)


def receiver_words(profile: EndpointProfile | None) -> tuple[str, str]:
    """Who gets reports, and the permanent line of a receiver that was set by hand (decision 19)."""
    if profile is None:
        return tr("Nobody yet. A report is kept on this computer, and the help numbers are shown."), ""
    name = isolate(visible(profile.name))
    words = tr("Reports go to {name}.").format(name=name)
    if profile.country:
        words = tr("Reports go to {name}, {country}.").format(name=name, country=isolate(visible(profile.country)))
    if profile.demonstration:
        words += " " + tr("This is a demonstration on this computer.")
    note = tr("This receiver was set by hand: {name}.").format(name=name) if profile.hand_set else ""
    return words, note
