"""What the officers' pages work with, and the frame that every page of a signed-in officer has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from messenger.desk.changes import Changes
from messenger.desk.gate import Gate
from messenger.desk.helplines import Countries
from messenger.desk.intake import Intake
from messenger.desk.keys import DeskKeys
from messenger.desk.looks import Looks
from messenger.desk.moments import Clock, clock_time
from messenger.desk.officers import Session
from messenger.desk.store import Store
from messenger.evidence.schema import Schemas


@dataclass(frozen=True, slots=True)
class Bench:
    """What the officers' pages work with."""

    name: str
    store: Store
    keys: DeskKeys
    schemas: Schemas
    intake: Intake
    changes: Changes
    clock: Clock
    looks: Looks
    gate: Gate
    countries: Countries
    retention_days: int

    def page(self, name: str, tab: str, session: Session, values: Mapping[str, Any], status: int = 200) -> Response:
        """A page with the bar on top; `tab` says which part of the desk it belongs to."""
        everywhere = {
            "tab": tab,
            "officer_name": session.officer,
            "csrf": session.csrf,
            "clock": clock_time(self.clock()),
            "asked": "",
        }
        return self.looks.page(name, {**everywhere, **values}, status)
