"""RFC 6121 and friends: what each checked fact means for the hub, and the few answers that are due."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from messenger.domain.contact import RosterItem
from messenger.domain.message import Direction, IncomingMessage, Via
from messenger.services.ports import SessionListener
from messenger.stream.facts import (
    BlockPush,
    Bounce,
    Chat,
    ConfirmAsked,
    Fact,
    Nudge,
    PepEvent,
    PresenceKind,
    PresenceSeen,
    Query,
    RosterPush,
)
from messenger.stream.room_facts import RoomInvited, RoomNotice, RoomPresence, RoomSubject
from messenger.stream.traffic import Traffic
from messenger.xmpp import answers, avatars, chat_states, stanzas
from messenger.xmpp.avatars import Avatars
from messenger.xmpp.blocking import Blocklist
from messenger.xmpp.confirm import Confirmations
from messenger.xmpp.contacts import ContactList
from messenger.xmpp.presence import Devices
from messenger.xmpp.rooms import Rooms
from messenger.xmpp.sent import Sent

Spawn = Callable[[Coroutine[Any, Any, None]], None]


class Reactions:
    """Takes facts one by one, in order. Slow answers are fetched beside the queue."""

    def __init__(
        self,
        account: str,
        traffic: Traffic,
        contacts: ContactList,
        blocklist: Blocklist,
        confirmations: Confirmations,
        rooms: Rooms,
        pictures: Avatars,
        listener: SessionListener,
        sent: Sent,
        spawn: Spawn,
        is_quiet: Callable[[str], bool],
    ) -> None:
        self._account = account
        self._traffic = traffic
        self._contacts = contacts
        self._blocklist = blocklist
        self._confirmations = confirmations
        self._rooms = rooms
        self._pictures = pictures
        self._listener = listener
        self._sent = sent
        self._spawn = spawn
        self._is_quiet = is_quiet
        self._devices = Devices()

    def message(self, fact: Fact) -> IncomingMessage | None:
        """The message to store in a fact, if it is one."""
        return stanzas.incoming(self._account, fact) if isinstance(fact, Chat) else None

    async def begin(self) -> None:
        """A fresh session: nobody's presence is known."""
        for jid in self._devices.clear():
            await self._listener.presence(self._account, self._devices.best(jid))

    async def loaded(self, roster: Sequence[RosterItem] | None, has_list: bool) -> None:
        """The lists of a fresh session. One that was refused, for the moment or for good, is no empty list."""
        if roster is not None:
            await self._listener.roster(self._account, roster, True)
        if has_list:
            await self._listener.blocklist(self._account, self._blocklist.jids)

    async def react(self, fact: Fact) -> None:
        """What follows from a fact, apart from storing its message."""
        match fact:
            case Chat():
                await self._chat(fact)
            case PresenceSeen():
                await self._presence(fact)
            case RosterPush() | BlockPush():
                await self._pushed(fact)
            case Query() | ConfirmAsked():
                await self._question(fact)
            case RoomPresence() | RoomSubject() | RoomNotice() | RoomInvited():
                await self._rooms.react(fact)
            case Nudge():
                await self._listener.nudged(self._account, fact.desk)
            case PepEvent():
                self._event(fact)
            case Bounce():
                if self._sent.bounced(fact.stanza_id, fact.sender):
                    await self._listener.rejected(self._account, fact.stanza_id)

    async def _pushed(self, push: RosterPush | BlockPush) -> None:
        self._reply(answers.result(push.query_id))
        if isinstance(push, RosterPush):
            self._contacts.pushed(push.items)
            await self._listener.roster(self._account, push.items, False)
        else:
            self._blocklist.pushed(push)
            await self._listener.blocklist(self._account, self._blocklist.jids)

    async def _question(self, asked: Query | ConfirmAsked) -> None:
        if isinstance(asked, Query):
            if asked.own or not self._is_quiet(asked.sender):
                self._reply(answers.answer(asked))
            return
        verdict = self._confirmations.judge(asked)
        if verdict.confirmed or not self._is_quiet(asked.sender.bare):
            self._reply(verdict.reply)
        if verdict.tell:
            await self._listener.confirm_refused(self._account, asked.sender.bare)

    def _reply(self, element: Element) -> None:
        if self._traffic.up:
            self._traffic.put(element)

    async def _chat(self, chat: Chat) -> None:
        for mark in stanzas.marks(chat):
            await self._listener.marked(self._account, *mark)
        if chat.via is Via.LIVE and chat.direction is Direction.IN and self._contacts.is_contact(chat.counterpart):
            state = chat_states.read(chat.element)
            if state is not None:
                await self._listener.chat_state(self._account, chat.counterpart, state)

    async def _presence(self, fact: PresenceSeen) -> None:
        jid = fact.sender.bare
        if jid == self._account:
            return
        if fact.kind is PresenceKind.SUBSCRIBE:
            if self._contacts.we_asked(jid) and self._traffic.up and not self._is_quiet(jid):
                # The person asked them first, so this is the answer hoped for and no stranger's wish.
                self._contacts.answer(jid, True)
            else:
                await self._listener.subscription_requested(self._account, jid, fact.status)
            return
        shown = self._devices.seen(fact)
        if shown is None:
            return
        await self._listener.presence(self._account, shown)
        name = self._pictures.photo(jid, fact.photo)
        if name and not self._is_quiet(jid):
            self._spawn(self._picture(jid, name, carded=True))

    def _event(self, event: PepEvent) -> None:
        if event.node != avatars.METADATA or event.sender == self._account or not event.items:
            return
        name = self._pictures.news(event.sender, event.items[0][1])
        if name and not self._is_quiet(event.sender):
            self._spawn(self._picture(event.sender, name, carded=False))

    async def _picture(self, jid: str, name: str, carded: bool) -> None:
        image = await (self._pictures.carded(jid, name) if carded else self._pictures.published(jid, name))
        if image is not None:
            await self._listener.avatar(self._account, jid, image)
