"""The chat services over a real store, a real bus, and an XMPP door that is played by the test."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chat_case import ME, at
from room_world import PlayedRooms

from messenger.domain.account import ConnectionState, Login, ServerAddress, Show
from messenger.domain.contact import RosterItem, Subscription
from messenger.domain.errors import AccountError, FeatureMissing, NotConnected
from messenger.domain.events import Event
from messenger.domain.message import (
    ArchiveId,
    ChatState,
    Direction,
    IncomingMessage,
    Marker,
    OutgoingMessage,
    Times,
    Via,
)
from messenger.services.assembly import ChatServices, chat_services
from messenger.services.bus import Bus
from messenger.services.ports import ArchivePage, SessionListener
from messenger.services.tasks import Tasks
from messenger.storage.database import Database


class TestClock:
    """A clock that the test moves."""

    __test__ = False

    def __init__(self) -> None:
        self.seconds = 50_000.0

    def now(self) -> str:
        self.seconds += 0.001
        return at(self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Server:
    """`ports.ChatServer`: what the network holds, over all sessions of a test."""

    archive: list[IncomingMessage] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    roster: tuple[RosterItem, ...] = ()
    fail_with: AccountError | None = None
    has_archive: bool = True
    acknowledge: bool = True
    registered: list[tuple[str, str, str]] = field(default_factory=list)
    pages_asked: list[str | None] = field(default_factory=list)
    cut_after_pages: int | None = None

    def session(self, login: Login, listener: SessionListener) -> Session:
        made = Session(self, login, listener)
        self.sessions.append(made)
        return made

    async def register(self, domain: str, username: str, password: str, server: ServerAddress | None) -> str:
        self.registered.append((domain, username, password))
        return f"{username}@{domain}"

    @property
    def now(self) -> Session:
        return self.sessions[-1]

    def sent(self) -> list[tuple[str, Any]]:
        """Everything that went out, over all sessions."""
        return [one for session in self.sessions for one in session.out]

    def archive_of(self, message: OutgoingMessage) -> IncomingMessage:
        """What the server's archive would hold of a sent message."""
        from chat_case import message as make

        number = len(self.archive)
        made = make(
            message.body,
            direction=Direction.OUT,
            via=Via.ARCHIVE,
            counterpart=message.counterpart,
            stanza_id=message.origin_id,
            account=message.account,
        )
        return replace(
            made,
            archive_id=ArchiveId(message.account, f"s{number:06}"),
            times=Times(at(90_000), None, at(60_000 + number), None),
            corrects=message.corrects,
            retracts=message.retracts,
        )


class Session:
    """`ports.ChatSession` over the played server. `out` is what went onto the stream, in order."""

    def __init__(self, server: Server, login: Login, listener: SessionListener) -> None:
        self.server = server
        self.login = login
        self.listener = listener
        self.account = login.jid
        self.out: list[tuple[str, Any]] = []
        self.online = False
        self.stopped = False
        self.active: bool | None = None
        self.quiet: frozenset[str] = frozenset()
        self.lose_next = 0
        self.unconfirmed: list[OutgoingMessage] = []
        self.rooms = PlayedRooms()

    def set_quiet(self, jids: frozenset[str]) -> None:
        self.quiet = jids

    async def start(self) -> None:
        if self.server.fail_with is not None:
            raise self.server.fail_with
        await self.connect(resumed=False)
        await self.listener.roster(self.account, self.server.roster, True)

    async def connect(self, resumed: bool) -> None:
        self.online = True
        self.listener.state_changed(self.account, ConnectionState.ONLINE, None, 0)
        # A resumed stream carries again what the server did not confirm; a fresh one has forgotten it (L17).
        again = self.unconfirmed if resumed else []
        self.unconfirmed = []
        for message in again:
            self.server.archive.append(self.server.archive_of(message))
            await self.listener.acknowledged(self.account, message.origin_id)
        await self.listener.ready(self.account, resumed)

    def drop(self) -> None:
        self.online, self.lose_next = False, 0
        self.listener.state_changed(self.account, ConnectionState.RECONNECTING, None, 5)

    async def stop(self) -> None:
        self.online, self.stopped = False, True

    async def send(self, message: OutgoingMessage) -> None:
        if not self.online:
            raise NotConnected
        self.out.append(("message", message))
        if self.lose_next > 0:
            self.lose_next -= 1  # on the wire when the line broke: the server never saw it
            self.unconfirmed.append(message)
            return
        self.server.archive.append(self.server.archive_of(message))
        if self.server.acknowledge:
            await self.listener.acknowledged(self.account, message.origin_id)

    async def send_marker(self, counterpart: str, marker: Marker, stanza_id: str) -> None:
        self.out.append(("marker", (counterpart, marker, stanza_id)))

    async def send_chat_state(self, counterpart: str, state: ChatState) -> None:
        self.out.append(("state", (counterpart, state)))

    async def set_presence(self, show: Show, status: str) -> None:
        self.out.append(("presence", (show, status)))

    async def set_active(self, active: bool) -> None:
        self.active = active

    async def archive_page(self, before: str | None, size: int = 250, counterpart: str = "") -> ArchivePage:
        self.server.pages_asked.append(before)
        if not self.server.has_archive:
            raise FeatureMissing
        if self.server.cut_after_pages is not None:
            if self.server.cut_after_pages == 0:
                self.drop()
                raise NotConnected
            self.server.cut_after_pages -= 1
        ids = [one.archive_id.id for one in self.server.archive if one.archive_id]
        end = len(ids) if before is None else bisect.bisect_left(ids, before)
        start = max(0, end - size)
        run = tuple(self.server.archive[start:end])
        await asyncio.sleep(0)
        return ArchivePage(run, ids[start] if run else "", ids[end - 1] if run else "", start == 0)

    async def archive_by_ids(self, ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        return tuple(one for one in self.server.archive if one.archive_id and one.archive_id.id in ids)

    async def add_contact(self, jid: str, name: str) -> None:
        self.out.append(("add", (jid, name)))
        await self.listener.roster(self.account, (RosterItem(jid, name, Subscription.NONE, True),), False)

    async def remove_contact(self, jid: str) -> None:
        self.out.append(("remove", jid))
        await self.listener.roster(self.account, (RosterItem(jid, "", Subscription.REMOVE),), False)

    async def rename_contact(self, jid: str, name: str) -> None:
        self.out.append(("rename", (jid, name)))
        await self.listener.roster(self.account, (RosterItem(jid, name, Subscription.BOTH),), False)

    async def answer_request(self, jid: str, accept: bool) -> None:
        self.out.append(("answer", (jid, accept)))

    async def block(self, jids: Sequence[str]) -> None:
        self.out.append(("block", tuple(jids)))

    async def unblock(self, jids: Sequence[str]) -> None:
        self.out.append(("unblock", tuple(jids)))

    async def change_password(self, password: str) -> None:
        self.out.append(("password", None))

    def features(self) -> frozenset[str]:
        return frozenset({"urn:xmpp:blocking"})

    def time_offset_ms(self) -> int | None:
        return 0


class Secrets:
    """`ports.SecretStore` in memory that can fail."""

    persistent = True

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.fail: Exception | None = None

    async def get(self, name: str) -> str | None:
        if self.fail:
            raise self.fail
        return self.kept.get(name)

    async def put(self, name: str, value: str) -> None:
        if self.fail:
            raise self.fail
        self.kept[name] = value

    async def delete(self, name: str) -> None:
        if self.fail:
            raise self.fail
        self.kept.pop(name, None)


class World:
    """One run of the engine: services, and every event that was published."""

    def __init__(self, database: Database, server: Server, secrets: Secrets, clock: TestClock) -> None:
        self.database = database
        self.server = server
        self.secrets = secrets
        self.clock = clock
        self.bus = Bus()
        self.tasks = Tasks(self.bus)
        self.events: list[Event] = []
        self.bus.subscribe(Event, self.events.append)
        self.services: ChatServices = chat_services(database, server, secrets, self.tasks, self.bus, clock)

    @property
    def me(self) -> Session:
        return self.server.now

    async def sign_in(self) -> None:
        await self.services.accounts.sign_in(ME, "password", True)
        await self.settle()

    async def settle(self) -> None:
        """Let background work come to rest."""
        for turn in range(2_000):
            await self.database.run(lambda _conn: None)
            await asyncio.sleep(0 if turn < 100 else 0.005)  # files are read on a thread
            others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
            if not others:
                return
        raise AssertionError("the engine did not come to rest")

    def heard(self, kind: type[Event]) -> list[Any]:
        return [one for one in self.events if type(one) is kind]
