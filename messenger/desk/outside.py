"""Plugs in what the desk has beside the web: its XMPP account with all that hangs on it, and its mail server. Each may be missing."""

from __future__ import annotations

import asyncio

from starlette.routing import BaseRoute

from messenger.desk.calls import Calls
from messenger.desk.changes import Changes
from messenger.desk.codes import Codes
from messenger.desk.connections import Connections
from messenger.desk.corroboration import Corroboration
from messenger.desk.floods import Floods
from messenger.desk.keys import DeskKeys
from messenger.desk.line import DeskLine
from messenger.desk.mail import Mailer
from messenger.desk.moments import HOUR
from messenger.desk.nudges import Nudges
from messenger.desk.parcels import Parcels
from messenger.desk.reception import Forwarded, Parcel, Turnings
from messenger.desk.sessions import Sessions
from messenger.evidence.schema import Schemas

_PACKAGES = 30
_CATCH_UP = HOUR


class Outside:
    """One desk's outside connections. `routes` are its calls; `run` keeps the line up until cancelled."""

    def __init__(
        self, connections: Connections, keys: DeskKeys, schemas: Schemas, calls: Calls, changes: Changes
    ) -> None:
        self.turnings = Turnings()
        self.line = DeskLine(connections.line, self.turnings) if connections.line else None
        self._sessions = Sessions(calls, keys, changes, self.line)
        self._codes = Codes(calls, keys, changes, Mailer(connections.mail) if connections.mail else None)
        self._corroboration: Corroboration | None = None
        if self.line is not None:
            floods = Floods(calls.clock, _PACKAGES, _PACKAGES / HOUR)
            self._parcels = Parcels(calls.store, calls.intake, self.line, self.turnings, floods, calls.clock)
            self._corroboration = Corroboration(
                calls.store, calls.intake, schemas, self.line, self.turnings, calls.clock
            )
            changes.follow(Nudges(calls.store, calls.intake, self.line).news)

    def routes(self) -> list[BaseRoute]:
        """The calls about identity. They are there without an account too, and say then that nobody can be asked."""
        return [*self._sessions.routes(), *self._codes.routes()]

    def allowed(self) -> None:
        """A reporter changed what may be read."""
        if self._corroboration is not None:
            self._corroboration.allowed()

    async def run(self) -> None:
        """Keep the line up; returns at once when there is no account."""
        if self.line is None or self._corroboration is None:
            return
        again = asyncio.create_task(self._again(self._corroboration))
        try:
            await self.line.run(self._deal, self._corroboration.catch_up)
        finally:
            again.cancel()
            await asyncio.gather(again, return_exceptions=True)

    async def _again(self, corroboration: Corroboration) -> None:
        """What could not be reached is tried every hour."""
        while True:
            await asyncio.sleep(_CATCH_UP)
            await corroboration.catch_up()

    async def _deal(self, fact: Forwarded | Parcel) -> None:
        if isinstance(fact, Parcel):
            await self._parcels.take(fact)
        elif self._corroboration is not None:
            await self._corroboration.forwarded(fact)
