"""Country names and the helpline that an officer may offer as a step, from Robin's country files."""

from __future__ import annotations

from messenger import resources
from messenger.i18n import tr, trd
from messenger.safety import jurisdictions
from messenger.safety.jurisdictions import BodyKind, Jurisdiction


class Countries:
    """All country files. Reads them once: make it before the desk serves."""

    def __init__(self) -> None:
        loaded = [jurisdictions.load(resources.read(name), name) for name in resources.names("jurisdictions")]
        self._by_code: dict[str, Jurisdiction] = {one.code: one for one in loaded}

    def name(self, code: str) -> str:
        """The country's name, or its code in capitals where there is no file."""
        found = self._by_code.get(code)
        return trd(found.name) if found else code.upper()

    def emergency(self, code: str) -> dict[str, str]:
        """The emergency number by country code, where it is known."""
        found = self._by_code.get(code)
        return {code: found.emergency_number} if found and found.emergency_number else {}

    def call_step(self, code: str, category: str, child: bool) -> str:
        """A step such as ``Call Childline, 0800 1111.`` for this category, or ''."""
        found = self._by_code.get(code)
        age = "child" if child else "adult"
        lines = [
            one
            for one in (found.bodies if found else ())
            if one.kind is BodyKind.HELPLINE and one.number and age in one.ages
        ]
        if not lines:
            return ""
        best = next((one for one in lines if category in one.takes), lines[0])
        return tr("Call {name}, {number}.").format(name=best.name, number=best.number)
