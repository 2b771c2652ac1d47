"""People on a real server for the tests of the XMPP door: a listener that remembers, and helpers to make and wait."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from messenger.demo.prosody import Prosody
from messenger.domain.account import ConnectionState, Login, ServerAddress
from messenger.domain.contact import Presence, RosterItem
from messenger.domain.errors import RobinError
from messenger.domain.message import ChatState, IncomingMessage, Marker, OutgoingMessage
from messenger.domain.room import RoomInvitation, RoomNow
from messenger.xmpp.server import XmppServer
from messenger.xmpp.session import Session

PASSWORD = "a quiet river"
_numbers = itertools.count(1)


@dataclass
class Listener:
    """`ports.SessionListener` that keeps everything. `fail_next` makes storing fail once."""

    states: list[tuple[ConnectionState, RobinError | None]] = field(default_factory=list)
    readies: list[bool] = field(default_factory=list)
    stored: list[IncomingMessage] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    acks: list[str] = field(default_factory=list)
    rejects: list[str] = field(default_factory=list)
    marks: list[tuple[str, Marker, str, bool]] = field(default_factory=list)
    typing: list[tuple[str, ChatState]] = field(default_factory=list)
    presences: list[Presence] = field(default_factory=list)
    rosters: dict[str, RosterItem] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    blocked: tuple[str, ...] = ()
    nudges: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    avatars: list[tuple[str, bytes]] = field(default_factory=list)
    rooms: dict[str, RoomNow] = field(default_factory=dict)
    invitations: list[RoomInvitation] = field(default_factory=list)
    fail_next: list[Exception] = field(default_factory=list)

    def state_changed(self, account: str, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        self.states.append((state, reason))

    async def ready(self, account: str, resumed: bool) -> None:
        self.readies.append(resumed)

    async def messages(self, batch: Sequence[IncomingMessage]) -> None:
        if self.fail_next:
            raise self.fail_next.pop()
        self.batches.append(len(batch))
        self.stored.extend(batch)

    async def acknowledged(self, account: str, origin_id: str) -> None:
        self.acks.append(origin_id)

    async def rejected(self, account: str, origin_id: str) -> None:
        self.rejects.append(origin_id)

    async def marked(self, account: str, counterpart: str, marker: Marker, stanza_id: str, by_me: bool) -> None:
        self.marks.append((counterpart, marker, stanza_id, by_me))

    async def chat_state(self, account: str, counterpart: str, state: ChatState) -> None:
        self.typing.append((counterpart, state))

    async def presence(self, account: str, presence: Presence) -> None:
        self.presences.append(presence)

    async def roster(self, account: str, items: Sequence[RosterItem], whole: bool) -> None:
        if whole:
            self.rosters.clear()
        self.rosters.update({item.jid: item for item in items})

    async def subscription_requested(self, account: str, jid: str, text: str) -> None:
        self.requests.append((jid, text))

    async def blocklist(self, account: str, jids: Sequence[str]) -> None:
        self.blocked = tuple(jids)

    async def avatar(self, account: str, jid: str, image: bytes) -> None:
        self.avatars.append((jid, image))

    async def nudged(self, account: str, desk: str) -> None:
        self.nudges.append(desk)

    async def confirm_refused(self, account: str, sender: str) -> None:
        self.refused.append(sender)

    async def room_changed(self, account: str, room: RoomNow) -> None:
        self.rooms[room.jid] = room

    async def invited(self, account: str, invitation: RoomInvitation) -> None:
        self.invitations.append(invitation)

    @property
    def bodies(self) -> list[str]:
        return [message.body for message in self.stored]


class Person:
    """One device of one account."""

    def __init__(self, jid: str, address: ServerAddress, password: str = PASSWORD) -> None:
        self.jid = jid
        self.address = address
        self.heard = Listener()
        self.session: Session = XmppServer().session(Login(jid, password, address), self.heard)

    async def say(self, to: Person | str, body: str, name: str = "", **more: str) -> str:
        name = name or f"m{next(_numbers)}"
        to = to if isinstance(to, str) else to.jid
        await self.session.send(OutgoingMessage(self.jid, to, name, body, **more))
        return name


async def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for a condition; a test that waits in vain fails here."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


async def new_account(server: Prosody, name: str = "") -> str:
    """An account nobody had before."""
    name = name or f"person{next(_numbers)}"
    return await XmppServer().register(server.domain, name, PASSWORD, server.address)


@asynccontextmanager
async def signed_in(server: Prosody, *jids: str) -> AsyncIterator[list[Person]]:
    """Devices that are signed in, and signed out at the end."""
    people = [Person(jid, server.address) for jid in jids]
    try:
        for person in people:
            await person.session.start()
        await until(lambda: all(person.heard.readies for person in people))
        yield people
    finally:
        for person in people:
            await person.session.stop()


async def befriend(one: Person, other: Person) -> None:
    """Both see each other's presence."""
    await one.session.add_contact(other.jid, "")
    await until(lambda: (one.jid, "") in other.heard.requests)
    await other.session.answer_request(one.jid, True)
    await until(
        lambda: all(
            a.heard.rosters.get(b.jid) is not None and a.heard.rosters[b.jid].subscription == "both"
            for a, b in ((one, other), (other, one))
        )
    )
