"""What a user can do, in one place: the services that the window and the command line call."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.services.accounts import AccountsService
from messenger.services.addenda import AddendaService
from messenger.services.aftercare import AftercareService
from messenger.services.blocking import BlockingService
from messenger.services.bus import Bus
from messenger.services.contacts import ContactsService
from messenger.services.conversations import ConversationsService
from messenger.services.directory import DirectoryService
from messenger.services.first_contact import FirstContactService
from messenger.services.guardian import GuardianService
from messenger.services.handed import HandedService
from messenger.services.lock import LockService
from messenger.services.notices import NoticesService
from messenger.services.outbox import OutboxService
from messenger.services.reporting import ReportingService
from messenger.services.rooms import RoomsService
from messenger.services.safety import SafetyService
from messenger.services.settings import SettingsService
from messenger.services.tip_pack import TipPackService


@dataclass(frozen=True, slots=True)
class Hub:
    """All services, built by app/bootstrap on the engine's loop."""

    bus: Bus
    accounts: AccountsService
    conversations: ConversationsService
    contacts: ContactsService
    blocking: BlockingService
    reporting: ReportingService
    outbox: OutboxService
    aftercare: AftercareService
    addenda: AddendaService
    handed: HandedService
    directory: DirectoryService
    rooms: RoomsService
    safety: SafetyService
    notices: NoticesService
    first_contact: FirstContactService
    settings: SettingsService
    lock: LockService
    tips: TipPackService
    guardian: GuardianService
