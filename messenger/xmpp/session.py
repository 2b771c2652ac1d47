"""RFC 6120 and 6121 session of one account: implements `ports.ChatSession` on the guarded stream."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from messenger.domain.account import ConnectionState, Login, Show
from messenger.domain.errors import (
    AccountError,
    FeatureMissing,
    InvalidAddress,
    NotConnected,
    RobinError,
    ServerUnreachable,
)
from messenger.domain.message import ChatState, IncomingMessage, Marker, OutgoingMessage
from messenger.services.ports import ArchivePage, ServerReport, SessionListener
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.facts import ArchiveHit
from messenger.stream.ingress import ARCHIVE, BLOCKING, SID, Ingress
from messenger.stream.link import Link
from messenger.stream.plan import StreamPlan
from messenger.xmpp import carbons, clocks, disco, presence, registration, stanzas
from messenger.xmpp.archive import Archive
from messenger.xmpp.avatars import Avatars
from messenger.xmpp.blocking import REPORTING, Blocklist
from messenger.xmpp.confirm import Confirmations
from messenger.xmpp.contacts import ContactList
from messenger.xmpp.inbox import Inbox
from messenger.xmpp.jobs import Jobs
from messenger.xmpp.packages import Packages
from messenger.xmpp.reactions import Reactions
from messenger.xmpp.rooms import Rooms
from messenger.xmpp.sent import Sent

_KEPT_DELIVERY = 60.0  # seconds after sign-in in which the server hands over what it kept
_CSI = "urn:xmpp:csi:0"

log = logging.getLogger(__name__)


class Session:
    """One account's connection. See `ports.ChatSession` for what each call promises."""

    def __init__(self, login: Login, listener: SessionListener, plan: StreamPlan | None = None) -> None:
        account = prepared(login.jid)
        if account is None or "@" not in account.bare or account.resource:
            raise InvalidAddress
        self._account = account
        self._listener = listener
        plan = plan or StreamPlan(account, login.password, login.server, login.resource)
        self._client = GuardedClient(plan, self)
        self._traffic = self._client.traffic
        self._ingress = Ingress(account, self._client.counts)
        self._contacts = ContactList(self._traffic, self._ingress)
        self._blocklist = Blocklist(self._traffic)
        self._confirmations = Confirmations()
        self._archive = Archive(account.bare, self._traffic, self._ingress)
        self._sent = Sent()
        self._features: frozenset[str] = frozenset()
        self._offset_ms: int | None = None
        self._show, self._status, self._active = Show.ONLINE, "", True
        self.packages = Packages(self._traffic, self._ingress)
        self._quiet: frozenset[str] = frozenset()
        self._jobs = Jobs()
        self._spawn = self._jobs.spawn
        self._link = Link(self._client, self)
        self.rooms = Rooms(
            account,
            self._traffic,
            self._ingress.rooms,
            self._archive,
            listener,
            self.features,
            self._spawn,
            self._is_quiet,
        )
        self._reactions = Reactions(
            account.bare,
            self._traffic,
            self._contacts,
            self._blocklist,
            self._confirmations,
            self.rooms,
            Avatars(self._traffic),
            listener,
            self._sent,
            self._spawn,
            self._is_quiet,
        )
        self._inbox = Inbox(
            self._reactions.message,
            lambda batch: listener.messages(batch),
            self.packages.before(self._reactions.react),
            self._traffic.handled,
            lambda: self._client.cut(ServerUnreachable()),
        )

    # life

    async def start(self) -> None:
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self._jobs.end)
            self._spawn(self._inbox.run())
            self._spawn(self.rooms.watch())
            await self._link.start()
            undo.pop_all()

    async def stop(self) -> None:
        if self._traffic.up:
            with contextlib.suppress(NotConnected):
                self._traffic.put(presence.broadcast(Show.OFFLINE, ""))
        await self._link.stop()
        await self._jobs.end()

    def retry_now(self) -> None:
        """Reconnect at once instead of waiting for the next try."""
        self._link.retry_now()

    def set_quiet(self, jids: frozenset[str]) -> None:
        """Nothing goes to these bare addresses by itself (answers, marks, states, look-ups) until set anew (decisions.md 10)."""
        self._quiet = jids

    def drops(self) -> dict[str, int]:
        """How many stanzas were dropped, by reason."""
        return self._client.counts.table()

    def _is_quiet(self, address: str) -> bool:
        return address.partition("/")[0] in self._quiet

    # traffic.Sink

    def stanza(self, element: Element, received: str) -> None:
        """A stanza of the stream: through the ingress into the inbox."""
        fact = self._ingress.admit(element, received)
        if isinstance(fact, ArchiveHit):
            self._archive.hit(fact)
            fact = None
        self._inbox.put(fact)

    def acked(self, keys: list[str]) -> None:
        """The server has these messages of ours."""
        self._spawn(self._acknowledge(keys))

    async def _acknowledge(self, keys: Sequence[str]) -> None:
        for key in keys:
            await self._listener.acknowledged(self._account.bare, key)

    def lost(self, reason: AccountError) -> None:
        """The line is gone; the link comes back by itself."""
        log.info("line lost: %s", type(reason).__name__)

    # link.LinkListener

    def link_state(self, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        """Tells the hub; after ONLINE the hub is told that the session can be used."""
        self._listener.state_changed(self._account.bare, state, reason, retry_in)

    async def link_settled(self) -> None:
        """Everything received is stored."""
        await self._inbox.settled()

    async def link_ready(self, resumed: bool) -> None:
        """Set up a fresh session; a resumed one is as it was."""
        if not resumed:
            await self._set_up()
        else:
            self._spawn(self.rooms.check_all())
        self._say_activity()
        self._spawn(self._listener.ready(self._account.bare, resumed))

    async def _set_up(self) -> None:
        account, traffic = self._account, self._traffic
        self._ingress.own_full = traffic.requests.own_full
        server, own, roster, _carbons, has_list = await asyncio.gather(
            disco.features_of(traffic, account.domain),
            disco.features_of(traffic, account.bare),
            self._contacts.load(),
            carbons.enable(traffic),
            self._blocklist.load(),
        )
        self._features = server | own | ({BLOCKING} if has_list else frozenset())
        self._ingress.ids_announced = SID in own or ARCHIVE in own
        await self._reactions.begin()
        await self.rooms.begin()
        await self._reactions.loaded(roster, has_list)
        self._ingress.delays_trusted = True
        asyncio.get_running_loop().call_later(_KEPT_DELIVERY, setattr, self._ingress, "delays_trusted", False)
        traffic.put(presence.broadcast(self._show, self._status))
        self._spawn(self._learn_clock())

    async def _learn_clock(self) -> None:
        self._offset_ms = await clocks.offset_ms(self._traffic, self._account.domain)

    # giving

    async def send(self, message: OutgoingMessage) -> None:
        if message.kind == "groupchat":
            self.rooms.send(message)
            self._sent.add(message.origin_id, message.counterpart)
            return
        self._traffic.put(stanzas.outgoing(message), key=message.origin_id)
        self._sent.add(message.origin_id, message.counterpart)
        if not self._traffic.memory.enabled:
            self._spawn(self._confirm(message.origin_id))

    async def _confirm(self, origin_id: str) -> None:
        """Without XEP-0198: the server works in order, so an answer behind the message shows that it has the message."""
        await disco.features_of(self._traffic, self._account.domain)
        await self._acknowledge([origin_id])

    def _may_tell(self, counterpart: str) -> bool:
        return self._traffic.up and counterpart in self._ingress.contacts and not self._is_quiet(counterpart)

    async def send_marker(self, counterpart: str, marker: Marker, stanza_id: str) -> None:
        if self._may_tell(counterpart):
            self._traffic.put(stanzas.mark(counterpart, marker, stanza_id, secrets.token_hex(8)))

    async def send_chat_state(self, counterpart: str, state: ChatState) -> None:
        if self._may_tell(counterpart):
            self._traffic.put(stanzas.state(counterpart, state, secrets.token_hex(8)))

    async def set_presence(self, show: Show, status: str) -> None:
        self._show, self._status = show, status
        if self._traffic.up:
            self._traffic.put(presence.broadcast(show, status))

    async def set_active(self, active: bool) -> None:
        self._active = active
        self._say_activity()

    def _say_activity(self) -> None:
        if self._client.csi:
            self._traffic.nonza(f"<{'active' if self._active else 'inactive'} xmlns='{_CSI}'/>")

    # asking

    async def archive_page(self, before: str | None, size: int = 250, counterpart: str = "") -> ArchivePage:
        return await self._archive.page(self._features, before, size, counterpart)

    async def archive_by_ids(self, ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        return await self._archive.by_ids(self._features, ids)

    async def add_contact(self, jid: str, name: str) -> None:
        await self._contacts.add(jid, name)

    async def remove_contact(self, jid: str) -> None:
        await self._contacts.remove(jid)

    async def rename_contact(self, jid: str, name: str) -> None:
        await self._contacts.rename(jid, name)

    async def answer_request(self, jid: str, accept: bool) -> None:
        self._contacts.answer(jid, accept)

    async def block(self, jids: Sequence[str]) -> None:
        if BLOCKING not in self._features:
            raise FeatureMissing if self._traffic.up else NotConnected
        await self._blocklist.change(jids, block=True)

    async def unblock(self, jids: Sequence[str]) -> None:
        await self._blocklist.change(jids, block=False)

    async def block_and_report(self, jid: str, reports: Sequence[ServerReport]) -> None:
        if not {BLOCKING, REPORTING} <= self._features:
            raise FeatureMissing if self._traffic.up else NotConnected
        await self._blocklist.block_and_report(self._account.bare, jid, reports)

    def full_jid(self) -> str:
        return self._traffic.requests.own_full if self._traffic.up else ""

    def expect_confirm(self, desk: str, url: str, transaction: str) -> None:
        self._confirmations.expect(desk, url, transaction)
        self._ingress.confirmers = self._confirmations.desks

    def forget_confirm(self, transaction: str) -> None:
        self._confirmations.forget(transaction)

    def expect_news(self, desks: frozenset[str]) -> None:
        self._ingress.nudgers = desks

    async def change_password(self, password: str) -> None:
        username = self._account.bare.rpartition("@")[0]
        await registration.change_password(self._traffic, self._account.domain, username, password)

    def features(self) -> frozenset[str]:
        return self._features

    def time_offset_ms(self) -> int | None:
        return self._offset_ms
