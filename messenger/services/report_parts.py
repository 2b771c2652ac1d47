"""Puts the reporting path together, in the one order in which its parts need each other. For app/bootstrap and the tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from messenger.domain.events import ReportAccepted
from messenger.evidence.statement import ServerFacts
from messenger.safety.directory import Desks as Directory
from messenger.services.addenda import AddendaService
from messenger.services.aftercare import AftercareService, Leave, TellRoom
from messenger.services.archive_checks import ArchiveChecks
from messenger.services.blocking import BlockingService
from messenger.services.bus import Bus
from messenger.services.clock import SystemClock
from messenger.services.copies import Copies
from messenger.services.correspondence import Correspondence
from messenger.services.delivery import HOURLY, Delivery
from messenger.services.desks import Desks
from messenger.services.following import Following
from messenger.services.handed import HandedService
from messenger.services.handing import Handing
from messenger.services.identity import Identity
from messenger.services.outbox import OutboxService
from messenger.services.ports import Clock, Endpoint, SecretStore
from messenger.services.preparing import Preparing
from messenger.services.quiet import Quiet
from messenger.services.receivers import Receivers, no_desks
from messenger.services.reporter_keys import ReporterKeys
from messenger.services.reporting import ReportingService
from messenger.services.saving import Saving
from messenger.services.sessions import Sessions
from messenger.services.tasks import Tasks
from messenger.services.withdrawals import Withdrawals
from messenger.storage.database import Database
from messenger.storage.sealed_files import SealedFiles

_MOST_FEATURES = 200
_LONGEST_FEATURE = 200


async def _nothing() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Ways:
    """Where things are and who receives. `setting` gives the chosen endpoint, `country` the chosen country.

    `outbox` and `endpoints` are the profile's folders; `command_line` is a profile file given by --endpoint. `directory`
    gives the desks of the signed directory.
    """

    outbox: Path
    endpoints: Path | None = None
    command_line: Path | None = None
    setting: Callable[[], Awaitable[str]] = _nothing
    country: Callable[[], Awaitable[str]] = _nothing
    lang: str = "en"
    hourly: int = HOURLY
    directory: Callable[[], Awaitable[Directory]] = no_desks


@dataclass(frozen=True, slots=True)
class ReportServices:
    """The services of reporting. `keys` is for signing out with forgetting: `keys.forget(account)`."""

    reporting: ReportingService
    outbox: OutboxService
    aftercare: AftercareService
    addenda: AddendaService
    handed: HandedService
    keys: ReporterKeys
    delivery: Delivery = field(repr=False)


def report_services(
    db: Database,
    secrets: SecretStore,
    endpoints: Mapping[str, Endpoint],
    ways: Ways,
    tasks: Tasks,
    bus: Bus,
    clock: Clock | None = None,
    sessions: Sessions | None = None,
    quiet: Quiet | None = None,
    blocking: BlockingService | None = None,
    leave_room: Leave | None = None,
    tell_room: TellRoom | None = None,
) -> ReportServices:
    """All of reporting over one store; `endpoints` come from `endpoints.make_all`. Call it on the engine's loop.

    Then `outbox.start()`, and `outbox.close()` at the end. With `sessions` the report names the server's features and
    clock; with `quiet` nothing goes to a reported person by itself from the click to the receipt. `blocking` and
    `leave_room` (of a conversation) and `tell_room` are for what is offered after the receipt.
    """
    clock, quiet, sessions = clock or SystemClock(), quiet or Quiet(), sessions or Sessions()
    files, gate = SealedFiles(ways.outbox), asyncio.Lock()
    copies = Copies(db, files)
    keys = ReporterKeys(db, secrets)
    receivers = Receivers(ways.endpoints, ways.command_line, ways.setting, ways.directory)
    desks = Desks(db, endpoints, receivers, keys, clock)
    identity = Identity(db, sessions, keys, desks, bus, clock)
    handing = Handing(db, files, desks, receivers, keys, copies, identity, clock)
    delivery = Delivery(db, files, handing, bus, clock, gate, ways.hourly)
    preparing = Preparing(db, keys, clock, ways.lang, own_server(sessions), ArchiveChecks(sessions, clock))
    saving = Saving(db, files, copies, clock, gate)
    aftercare = AftercareService(db, sessions, desks, blocking, leave_room, bus, clock, tell_room)
    addenda = AddendaService(db, desks, preparing, bus, clock, quiet, ways.lang, lambda: correspondence.wake())
    correspondence = Correspondence(db, desks, (identity.carry, aftercare.carry, addenda.carry), bus, clock)
    following = Following(db, correspondence, identity, Withdrawals(db, desks, bus, clock), sessions, bus, tasks)
    held = quiet
    bus.subscribe(ReportAccepted, lambda event: held.release(event.report_id))
    return ReportServices(
        ReportingService(db, preparing, saving, receivers, bus, clock, ways.country, quiet),
        OutboxService(db, delivery, following, copies, endpoints, bus, clock, tasks, quiet),
        aftercare,
        addenda,
        HandedService(db, files, handing, delivery, receivers),
        keys,
        delivery,
    )


def own_server(sessions: Sessions) -> Callable[[str], Awaitable[ServerFacts]]:
    """What a report says of the reporter's own server: its name, and what the session knows of it."""

    async def facts(account: str) -> ServerFacts:
        domain = account.rpartition("@")[2]
        session = sessions.get(account)
        if session is None:
            return ServerFacts(domain)
        features = sorted(one for one in session.features() if len(one) <= _LONGEST_FEATURE)
        return ServerFacts(domain, tuple(features[:_MOST_FEATURES]), session.time_offset_ms())

    return facts
