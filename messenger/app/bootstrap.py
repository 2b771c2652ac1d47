"""Builds the hub: the only place that knows every part. Runs on the engine's loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from messenger.app.paths import Profile
from messenger.credentials.choice import choose
from messenger.credentials.memory_store import MemoryStore
from messenger.domain.errors import KeyLost, KeyringLocked, NoKeyring, RobinError, StoreDamaged, StoreFull, StoreLocked
from messenger.domain.events import TaskFailed
from messenger.endpoints import fetch, make_all
from messenger.i18n import locale_code
from messenger.services.assembly import chat_services
from messenger.services.bus import Bus
from messenger.services.clock import SystemClock
from messenger.services.directory import DirectoryService
from messenger.services.hub import Hub
from messenger.services.lock import LockService
from messenger.services.package_line import SessionLine
from messenger.services.ports import SecretStore
from messenger.services.receivers import Receivers
from messenger.services.report_parts import Ways, report_services
from messenger.services.tasks import Tasks
from messenger.services.tip_pack import TipPackService
from messenger.storage import keyfile
from messenger.storage.database import Database
from messenger.xmpp.server import XmppServer

log = logging.getLogger(__name__)
_KEY = "store key"


@dataclass(frozen=True, slots=True)
class Start:
    """How to start. `passphrase` opens the store where there is no key store; `endpoint` is a profile file.

    `anew` puts a store aside whose key is gone, because the person chose to.
    """

    profile: Profile
    offline: bool = False
    endpoint: Path | None = None
    passphrase: str = ""
    anew: bool = False


class Bootstrap:
    """Builds one hub and ends it in good order."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._database: Database | None = None
        self._tasks: Tasks | None = None
        self._secrets: SecretStore | None = None
        self._erase = False

    async def build(self) -> Hub:
        """Open the store, build the services, start the outbox and sign in.

        Raises `NoKeyring` (choose a passphrase), `KeyringLocked`, `KeyLost` (offer to start anew), `StoreLocked` (type
        the passphrase), `SecondInstance`, `StoreNewer`, `NoPlace` or `StoreFull`. Then nothing is left open: it can be tried
        again.
        """
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self._let_go)
            hub = await self._build()
            undo.pop_all()
        return hub

    async def _build(self) -> Hub:
        start, profile = self._start, self._start.profile
        await asyncio.to_thread(profile.make)
        secrets, key = await self._key()
        self._secrets = secrets
        database = await Database.open(profile.database, key)
        self._database = database
        bus, clock = Bus(), SystemClock()
        tasks = Tasks(bus)
        self._tasks = tasks
        chat = chat_services(database, XmppServer(), secrets, tasks, bus, clock)

        async def endpoint() -> str:
            return await chat.settings.get("endpoint")

        async def country() -> str:
            return await chat.settings.get("country")

        async def directory_address() -> str:
            return await chat.settings.get("directory")

        directory = DirectoryService(database, clock, profile.roots, fetch, directory_address)
        ways = Ways(
            profile.outbox,
            profile.endpoints,
            start.endpoint,
            endpoint,
            country,
            locale_code(),
            directory=directory.desks,
        )
        report = report_services(
            database,
            secrets,
            make_all(clock, SessionLine(chat.sessions)),
            ways,
            tasks,
            bus,
            clock,
            chat.sessions,
            chat.quiet,
            chat.blocking,
            chat.rooms.leave,
            chat.rooms.report_occupant,
        )
        chat.accounts.on_forget.append(lambda account: self._background("forget keys", report.keys.forget(account)))
        hub = Hub(
            bus=bus,
            accounts=chat.accounts,
            conversations=chat.conversations,
            contacts=chat.contacts,
            blocking=chat.blocking,
            reporting=report.reporting,
            outbox=report.outbox,
            aftercare=report.aftercare,
            addenda=report.addenda,
            handed=report.handed,
            directory=directory,
            rooms=chat.rooms,
            safety=chat.safety,
            notices=chat.notices,
            first_contact=chat.first_contact,
            settings=chat.settings,
            lock=LockService(database, chat.settings, bus, clock),
            tips=TipPackService(database, chat.settings, bus, clock, profile.tip_keys, fetch),
            guardian=chat.guardian,
        )
        chat.safety.newer = hub.tips.book
        receivers = Receivers(ways.endpoints, ways.command_line, ways.setting, ways.directory)
        chat.guardian.always = receivers.addresses
        await hub.outbox.start()
        await hub.notices.start()
        if not start.offline:
            tasks.start("resume accounts", hub.accounts.resume())
            tasks.start("tips", hub.tips.watch())
            tasks.start("directory", directory.watch(lambda error: bus.publish(TaskFailed("directory", error))))
        if database.needs_check:
            tasks.start("check store", self._check(database))
        # Last, with nothing awaited behind it: these begin once the window listens.
        if database.damaged is not None:
            tasks.start("store", _damaged())
        tasks.start("endpoint", _receiver(receivers, country))
        return hub

    async def close(self, hub: Hub) -> None:
        """End the hub: sign out, stop the outbox (what waits stays on disk), close the store."""
        await hub.outbox.close()
        await hub.accounts.close()
        await hub.conversations.close()
        await self._let_go()
        if self._erase:
            # The store goes first: a key store may say no, or ask for minutes, and the PIN must not be met again.
            await asyncio.to_thread(self._remove_store)
            if self._secrets is not None:
                await self._secrets.delete(_KEY)

    async def _let_go(self) -> None:
        """End the background work and close the store, as far as they were begun."""
        if self._tasks is not None:
            await self._tasks.close()
        if self._database is not None:
            await self._database.close()

    async def erase(self, hub: Hub) -> None:
        """Take everything off this computer but the sealed reports that wait: the PIN is forgotten. Robin has to end then.

        Accounts and their keys go first, then the store with its key. What goes wrong with an account, such as a full disk,
        keeps nobody from starting anew: the store goes all the same.
        """
        for account in await hub.accounts.list():
            with contextlib.suppress(RobinError):
                await hub.accounts.sign_out(account.jid, forget=True)
        self._erase = True

    def _remove_store(self) -> None:
        database = self._start.profile.database
        for path in database.parent.glob(f"{database.name}*"):
            path.unlink(missing_ok=True)
        self._start.profile.locked_mark.unlink(missing_ok=True)

    async def _key(self) -> tuple[SecretStore, bytes]:
        profile, passphrase = self._start.profile, self._start.passphrase
        database = profile.database
        salted = await asyncio.to_thread(database.with_name(database.name + ".salt").exists)
        if passphrase:
            try:
                return MemoryStore(), await asyncio.to_thread(keyfile.derive, database, passphrase)
            except OSError:
                raise StoreFull from None
        if salted:
            # This store was begun with a passphrase; a key store that came later does not know it.
            raise StoreLocked
        secrets = await choose(profile.name)
        if not secrets.persistent:
            raise NoKeyring
        kept = await secrets.get(_KEY)
        if kept is None:
            if await asyncio.to_thread(_has_store, database):
                if not self._start.anew:
                    raise KeyLost
                await Database.put_aside(database)
            kept = keyfile.new_key().hex()
            await secrets.put(_KEY, kept)
            if await secrets.get(_KEY) != kept:
                # A key store that forgets would lose every chat at the next start.
                raise KeyringLocked
        return secrets, bytes.fromhex(kept)

    def _background(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        assert self._tasks is not None
        self._tasks.start(name, work)

    async def _check(self, database: Database) -> None:
        await database.check()


async def _damaged() -> None:
    """Say that the store was begun anew."""
    raise StoreDamaged


async def _receiver(receivers: Receivers, country: Callable[[], Awaitable[str]]) -> None:
    """Say at start, and not only in a report, that the file which names the receiver is wrong."""
    await receivers.choose(await country())


def _has_store(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
