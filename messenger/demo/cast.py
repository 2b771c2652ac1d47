"""The cast of the demonstration: a friendly contact, and one who behaves badly in a non-graphic way.

Each is a real XMPP client on the same server, with the same guarded stream as the window's.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from messenger.domain.account import ConnectionState, Login
from messenger.domain.contact import Presence, RosterItem, Subscription
from messenger.domain.errors import RobinError
from messenger.domain.message import ChatState, Direction, IncomingMessage, Marker, OutgoingMessage
from messenger.domain.room import RoomInvitation, RoomNow
from messenger.services.ports import ChatServer, ChatSession

_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Part:
    """A contact's script: what it says first, and what it answers, line by line, to whatever it is told."""

    user: str
    name: str
    opening: tuple[str, ...]
    answers: tuple[str, ...]


FRIEND = Part(
    "ann", "Ann Lee",
    ("hi! are you coming to maths club at 4?", "we are doing the puzzle with the nine dots"),
    ("only the worksheet. it is on the club page too: https://maths-club.example/nine-dots", "see you at 4 😊", "bye for now"),
)  # fmt: skip
# The lines of this part name what a young person should be able to report; there is nothing graphic in them.
BAD = Part(
    "mike_2010", "mike_2010",
    ("hey, you are really good at this game for your age", "which school do you go to?"),
    (
        "do not tell your dad that we chat, ok? it is our secret",
        "what is your address? i can get you free game coins",
        "can we meet on saturday? come alone",
    ),
)  # fmt: skip
# Somebody who is in nobody's contacts: the window shows the card of a first contact.
NEW = Part("jo_from_the_game", "jo_from_the_game", ("hi", "you played well today", "add me on the other app?"), ())


class Actor:
    """Plays a part. Implements `ports.SessionListener`; all calls are on the cast's loop.

    `noticed` counts everything that reached this client, so that quiet can be shown and not only promised.
    """

    def __init__(self, part: Part, server: ChatServer, login: Login, partner: str, pace: float) -> None:
        self.part = part
        self.jid = login.jid
        self.heard = 0
        self.said = 0
        self.noticed = 0
        self.partner = partner
        self._pace = pace
        self._answers = list(part.answers)
        self._ready = asyncio.Event()
        self._friends = asyncio.Event()
        self._speaking: set[asyncio.Task[None]] = set()
        self.session: ChatSession = server.session(login, self)

    async def enter(self) -> None:
        """Sign in and be in the partner's roster, both ways."""
        await self.session.start()
        await asyncio.wait_for(self._ready.wait(), _PATIENCE)
        await self.session.add_contact(self.partner, "")

    async def befriended(self) -> None:
        """Wait until the partner has accepted."""
        await asyncio.wait_for(self._friends.wait(), _PATIENCE)

    async def open(self) -> None:
        """Say the opening lines."""
        for line in self.part.opening:
            await self._say(line)

    async def leave(self) -> None:
        """Sign out."""
        for task in self._speaking:
            task.cancel()
        await self.session.stop()

    async def _say(self, line: str) -> None:
        await self.session.send_chat_state(self.partner, ChatState.COMPOSING)
        await asyncio.sleep(self._pace)
        await self.session.send(OutgoingMessage(self.jid, self.partner, uuid.uuid4().hex, line))
        self.said += 1

    def state_changed(self, account: str, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        """Nothing to show."""

    async def ready(self, account: str, resumed: bool) -> None:
        self._ready.set()

    async def messages(self, batch: Sequence[IncomingMessage]) -> None:
        self.noticed += len(batch)
        for message in batch:
            if message.direction is not Direction.IN or message.counterpart != self.partner or not message.body:
                continue
            self.heard += 1
            if message.wants_receipt and message.stanza_id:
                await self.session.send_marker(self.partner, Marker.DELIVERED, message.stanza_id)
            if message.stanza_id:
                await self.session.send_marker(self.partner, Marker.READ, message.stanza_id)
            if self._answers:
                task = asyncio.create_task(self._say(self._answers.pop(0)))
                self._speaking.add(task)
                task.add_done_callback(self._speaking.discard)

    async def roster(self, account: str, items: Sequence[RosterItem], whole: bool) -> None:
        if any(item.jid == self.partner and item.subscription is Subscription.BOTH for item in items):
            self._friends.set()

    async def subscription_requested(self, account: str, jid: str, text: str) -> None:
        self.noticed += 1
        if jid == self.partner:
            await self.session.answer_request(jid, True)

    async def acknowledged(self, account: str, origin_id: str) -> None:
        """Nothing to show."""

    async def rejected(self, account: str, origin_id: str) -> None:
        """Nothing to show."""

    async def marked(self, account: str, counterpart: str, marker: Marker, stanza_id: str, by_me: bool) -> None:
        self.noticed += 1

    async def chat_state(self, account: str, counterpart: str, state: ChatState) -> None:
        self.noticed += 1

    async def presence(self, account: str, presence: Presence) -> None:
        self.noticed += 1

    async def blocklist(self, account: str, jids: Sequence[str]) -> None:
        self.noticed += 1

    async def avatar(self, account: str, jid: str, image: bytes) -> None:
        self.noticed += 1

    async def nudged(self, account: str, desk: str) -> None:
        """No desk knows this account."""

    async def confirm_refused(self, account: str, sender: str) -> None:
        """Nobody asks this account."""

    async def invited(self, account: str, invitation: RoomInvitation) -> None:
        """No room knows this account."""

    async def room_changed(self, account: str, room: RoomNow) -> None:
        """No room knows this account."""


class Stranger(Actor):
    """Writes without being a contact. `noticed` then shows that nothing at all comes back before a yes."""

    async def open(self) -> None:
        """Sign in and say the opening lines."""
        await self.session.start()
        await asyncio.wait_for(self._ready.wait(), _PATIENCE)
        await super().open()


class Host(Actor):
    """Signs in once as the window's account before the window does, to accept the cast as contacts."""

    def __init__(self, server: ChatServer, login: Login, names: dict[str, str]) -> None:
        super().__init__(Part("", "", (), ()), server, login, "", 0.0)
        self._names = names
        self._known: set[str] = set()
        self._all = asyncio.Event()

    async def receive(self, actors: Sequence[Actor]) -> None:
        """Sign in and let the cast in; returns when each of them is a contact both ways."""
        await self.session.start()
        await asyncio.wait_for(self._ready.wait(), _PATIENCE)
        for actor in actors:
            await actor.enter()
        await asyncio.wait_for(self._all.wait(), _PATIENCE)
        for jid, name in self._names.items():
            await self.session.rename_contact(jid, name)
        for actor in actors:
            await actor.befriended()

    async def subscription_requested(self, account: str, jid: str, text: str) -> None:
        if jid in self._names:
            await self.session.answer_request(jid, True)

    async def roster(self, account: str, items: Sequence[RosterItem], whole: bool) -> None:
        self._known |= {item.jid for item in items if item.subscription is Subscription.BOTH}
        if self._known >= set(self._names):
            self._all.set()

    async def messages(self, batch: Sequence[IncomingMessage]) -> None:
        """The window reads them later."""
