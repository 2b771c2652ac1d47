"""Puts the chat services together, in the one order in which they need each other. For app/bootstrap and the tests."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from messenger.domain.errors import StoreDamaged
from messenger.domain.events import AccountsChanged, DraftsChanged, TaskFailed
from messenger.services.accounts import AccountsService
from messenger.services.archive import ArchiveSync
from messenger.services.blocking import BlockingService
from messenger.services.bus import Bus
from messenger.services.clock import SystemClock
from messenger.services.contacts import ContactsService
from messenger.services.conversations import ConversationsService
from messenger.services.courtesy import Courtesy
from messenger.services.first_contact import FirstContactService
from messenger.services.guardian import GuardianService
from messenger.services.listener import SessionFacts
from messenger.services.notices import NoticesService
from messenger.services.outgoing import Outgoing
from messenger.services.ports import ChatServer, Clock, SecretStore
from messenger.services.quiet import Quiet
from messenger.services.receiving import Receiver
from messenger.services.room_following import RoomFollowing
from messenger.services.rooms import RoomsService
from messenger.services.safety import SafetyService
from messenger.services.sessions import Sessions
from messenger.services.settings import SettingsService
from messenger.services.tasks import Tasks
from messenger.storage.database import Database


@dataclass(frozen=True, slots=True)
class ChatServices:
    """The services of a messenger. `quiet` and `sessions` are for reporting."""

    accounts: AccountsService
    conversations: ConversationsService
    contacts: ContactsService
    blocking: BlockingService
    safety: SafetyService
    notices: NoticesService
    first_contact: FirstContactService
    settings: SettingsService
    sessions: Sessions
    quiet: Quiet
    listener: SessionFacts
    rooms: RoomsService
    guardian: GuardianService


def chat_services(
    database: Database, server: ChatServer, secrets: SecretStore, tasks: Tasks, bus: Bus, clock: Clock | None = None
) -> ChatServices:
    """All chat services over one store and one XMPP door. Call it on the engine's loop."""
    clock = clock or SystemClock()
    sessions, quiet = Sessions(), Quiet()

    def hush(account: str) -> None:
        session = sessions.get(account)
        if session is not None:
            session.set_quiet(quiet.people(account))

    settings, guardian = SettingsService(database, bus), GuardianService(database, bus, clock)
    settings.guard = guardian.need_setting
    courtesy = Courtesy(database, settings, quiet)
    outgoing = Outgoing(database, sessions, bus)
    receiver = Receiver(database, sessions, quiet, bus, clock)
    archive = ArchiveSync(database, sessions, receiver, clock)
    _tell_damage(database, bus)
    following = RoomFollowing(database, sessions, receiver, outgoing, quiet, tasks, bus, clock)
    following.may_enter = guardian.allows_group

    def quieted(account: str) -> None:
        hush(account)
        following.quiet_changed(account)

    sessions.made, quiet.changed = hush, quieted
    listener = SessionFacts(database, sessions, receiver, outgoing, archive, tasks, bus, clock, following)
    notices = NoticesService(database, settings, tasks, bus, clock)
    accounts = AccountsService(database, server, listener, sessions, secrets, tasks, bus)
    accounts.on_password.append(notices.password)
    return ChatServices(
        accounts=accounts,
        conversations=ConversationsService(database, sessions, outgoing, courtesy, guardian, bus, clock),
        contacts=ContactsService(database, sessions, guardian, bus),
        blocking=BlockingService(database, sessions, listener),
        safety=SafetyService(database, settings, clock),
        notices=notices,
        first_contact=FirstContactService(database, sessions, settings, notices, guardian),
        settings=settings,
        sessions=sessions,
        quiet=quiet,
        listener=listener,
        rooms=RoomsService(database, sessions, following, guardian, bus),
        guardian=guardian,
    )


def _tell_damage(database: Database, bus: Bus) -> None:
    """When the store is found damaged while running, a new one is begun: say so, and let everything be read anew."""
    loop = asyncio.get_running_loop()

    def tell() -> None:
        bus.publish(TaskFailed("store", StoreDamaged()))
        bus.publish(AccountsChanged())
        bus.publish(DraftsChanged())

    def on_thread() -> None:
        # The database thread calls this.
        loop.call_soon_threadsafe(tell)

    database.on_damage = on_thread
