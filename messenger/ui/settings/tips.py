"""The part of the settings about newer tips: what is fetched and what is not told, the switch, the address, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from messenger.domain.errors import RobinError
from messenger.domain.events import SettingsChanged, TipsRenewed
from messenger.i18n import ntr, tr
from messenger.ui import a11y, times
from messenger.ui.plain import isolate, visible
from messenger.ui.theme.context import ThemeContext
from messenger.ui.widgets.fields import Field
from messenger.ui.widgets.labels import TextLabel

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.services.tip_pack import TipsStanding
    from messenger.ui.border import Engine


class TipsRow(QWidget):
    """Shown below the switch. `address` carries what was written, when it is done with; `seen` tells that it is looked at."""

    address = Signal(str)
    seen = Signal()

    def __init__(self, ctx: ThemeContext) -> None:
        super().__init__()
        a11y.name(self, "settings.tips", tr("Where new tips come from"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(8)
        self.now = TextLabel(ctx, "", "secondary", "muted")
        column.addWidget(self.now)
        self.field = Field(ctx, tr("Where new tips come from"), "settings.tips_address", tr("It starts with https."))
        self.field.edit.setMaxLength(500)
        self.field.edit.editingFinished.connect(lambda: self.address.emit(self.field.text().strip()))
        column.addWidget(self.field)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit()

    def show_address(self, address: str) -> None:
        """The address that is kept, unless somebody writes another one now."""
        if not self.field.edit.hasFocus():
            self.field.set_text(address)
            self.field.set_error("")


class TipsPresenter(QObject):
    """Keeps the address, and says which tips are in use."""

    def __init__(self, engine: Engine, row: TipsRow) -> None:
        super().__init__(row)
        self._engine, self._row = engine, row
        row.address.connect(self._keep)
        row.seen.connect(self.load)  # a file that was refused, or did not come, is no event
        self._ends = (engine.on(TipsRenewed, lambda _: self.load()), engine.on(SettingsChanged, self._changed))
        row.destroyed.connect(self._end)
        self.load()

    def load(self) -> None:
        """Ask for the address and for the tips in use."""

        async def ask(hub: Hub) -> tuple[str, str, TipsStanding]:
            values = await hub.settings.all()
            return values["tips_address"], values["new_tips"], await hub.tips.standing()

        self._engine.call(ask, self._got, lambda _error: None)

    def _got(self, found: tuple[str, str, TipsStanding]) -> None:
        address, wanted, standing = found
        self._row.show_address(address)
        self._row.now.setText(standing_words(standing, wanted == "yes", bool(address)))

    def _changed(self, event: SettingsChanged) -> None:
        if {"new_tips", "tips_address"} & set(event.keys):
            self.load()

    def _keep(self, address: str) -> None:
        if address and not address.startswith("https://"):
            self._row.field.set_error(tr("This must start with https://"))
            return
        self._row.field.set_error("")

        async def ask(hub: Hub) -> bool:
            try:
                await hub.settings.set("tips_address", address)
            except ValueError:
                return False
            return True

        def kept(good: bool) -> None:
            if not good:
                self._row.field.set_error(tr("Robin can not use this address. Please check it."))

        self._engine.call(ask, kept, self._refused)

    def _refused(self, _error: RobinError) -> None:
        self.load()

    def _end(self) -> None:
        for one in self._ends:
            one()


def standing_words(standing: TipsStanding, wanted: bool, address: bool) -> str:
    """Which tips are in use, and why no newer ones come."""
    count = ntr("There is {n} tip.", "There are {n} tips.", standing.count)
    if standing.signed_by:
        who, date = isolate(visible(standing.signed_by)), times.date_words(standing.got[:10])
        words = [count, tr("They are from {who} and came on {date}.").format(who=who, date=date)]
    else:
        words = [count, tr("They came with Robin.")]
    if wanted and not standing.can:
        words.append(tr("No one gives out new tips for this Robin yet."))
    elif wanted and not address:
        words.append(tr("Robin needs to know where new tips come from."))
    elif standing.refused:
        words.append(tr("The last new tips were not right, so they are not used."))
    elif wanted and standing.missed in ("certificate", "tls"):
        words.append(tr("Robin could not be sure who sends the new tips, so it took none."))
    elif wanted and standing.missed:
        words.append(tr("Robin could not get new tips. It will try again."))
    return " ".join(words)
