"""The settings of the Safety page while young-person mode holds some: what would make them less safe cannot be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from messenger.domain.events import GuardianChanged, SettingsChanged
from messenger.domain.guardian import GuardianState
from messenger.i18n import tr
from messenger.ui.guardian.section import held_values
from messenger.ui.report.pick import Pick
from messenger.ui.safety.help_card import SettingsCheck, checks

if TYPE_CHECKING:
    from messenger.services.hub import Hub
    from messenger.ui.border import Engine


class HeldChecks(QObject):
    """Belongs to the settings check; asks when it is made and after each change."""

    def __init__(self, engine: Engine, card: SettingsCheck) -> None:
        super().__init__(card)
        self._engine, self._card = engine, card
        self._shown: dict[str, tuple[str, ...]] = {}
        ends = (
            engine.on(GuardianChanged, lambda _event: self.load()),
            engine.on(SettingsChanged, lambda _event: self.load()),
        )
        card.destroyed.connect(lambda: [end() for end in ends])
        self.load()

    def load(self) -> None:
        """Ask anew."""

        async def ask(hub: Hub) -> tuple[GuardianState, Mapping[str, str]]:
            return await hub.guardian.state(), await hub.settings.all()

        self._engine.call(ask, self._got, lambda _: None)

    def _got(self, found: tuple[GuardianState, Mapping[str, str]]) -> None:
        known = checks()
        for key, held in held_values(*found).items():
            pick = self._card.lead_to(key)
            if key not in known or not isinstance(pick, Pick) or self._shown.get(key, ()) == held:
                continue
            self._shown[key] = held
            pick.set_choices([one for one in known[key].choices if one[0] not in held], found[1][key])
            pick.setAccessibleDescription(tr("Young-person mode holds this.") if held else "")
