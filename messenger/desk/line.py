"""The desk's own XMPP account on the guarded stream: asks reporters' accounts, reads rooms, nudges, takes what servers forward.

It subscribes to nobody, approves nobody, joins nothing and answers only what it asked for. The desk works without it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from xml.etree.ElementTree import Element, SubElement

from messenger.desk.connections import LineAccount
from messenger.desk.reception import Fact, Forwarded, OwnQuestion, Parcel, Reception, RoomLine, Turned, Turnings
from messenger.domain.account import ConnectionState
from messenger.domain.errors import AccountError, FormatRefused, NotConnected, RobinError
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.ingress import ARCHIVE
from messenger.stream.link import Link
from messenger.stream.plan import StreamPlan
from messenger.stream.requests import Refused
from messenger.stream.serial import CLIENT_NS
from messenger.stream.traffic import Traffic

CONFIRM_SECONDS = 20.0
_ARCHIVE_SECONDS = 30.0
_MOST_WAITING = 64
_MOST_LINES = 200
_AGAIN, _LONGEST = 60.0, 3600.0
_CONFIRM = "{http://jabber.org/protocol/http-auth}confirm"
_FORMS = "jabber:x:data"
_RSM = "http://jabber.org/protocol/rsm"

Deal = Callable[[Forwarded | Parcel], Awaitable[None]]
Begun = Callable[[], Awaitable[None]]
log = logging.getLogger(__name__)


class DeskLine:
    """One account, signed in for as long as `run` runs. Implements `traffic.Sink` and `link.LinkListener`. Not thread-safe."""

    def __init__(self, account: LineAccount, turnings: Turnings, again: float = _AGAIN) -> None:
        address = prepared(account.jid)
        if address is None:
            raise FormatRefused("jid")
        self.jid = address.bare
        self.turnings = turnings
        self.reception = Reception(address, turnings)
        self._plan = StreamPlan(address, account.password, account.server)
        self._again = again
        self._traffic: Traffic | None = None
        self._failed = asyncio.Event()
        self._queue: deque[Forwarded | Parcel | None] = deque()
        self._wake, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._collected: dict[str, list[RoomLine]] = {}
        self._begun: Begun | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._pause = again

    @property
    def up(self) -> bool:
        """Whether the account is signed in now."""
        return self._traffic is not None and self._traffic.up

    async def run(self, deal: Deal, begun: Begun) -> None:
        """Stay signed in until cancelled. `deal` takes what comes, one at a time; `begun` is told of each new session.

        What only a person can mend (a wrong password, a false certificate) is tried again more and more seldom.
        """
        self._begun = begun
        while True:
            try:
                await self._live(deal)
            except AccountError as error:
                log.warning("the desk's line is down: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001  the door of tasks
                log.error("the desk's line failed: %s", type(error).__name__)
            await asyncio.sleep(self._pause)
            self._pause = min(_LONGEST, self._pause * 2)

    async def _live(self, deal: Deal) -> None:
        self._failed.clear()
        self._queue.clear()
        self._idle.set()
        client = GuardedClient(self._plan, self)
        self._traffic = client.traffic
        link = Link(client, self)
        worker = asyncio.create_task(self._work(deal, client.traffic))
        try:
            await link.start()
            await self._failed.wait()
        finally:
            worker.cancel()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(worker, *self._tasks, return_exceptions=True)
            await link.stop()

    # traffic.Sink

    def stanza(self, element: Element, received: str) -> None:
        """A stanza of the stream, through the reception."""
        fact = self._kept(self.reception.admit(element))
        if fact is None and self._idle.is_set():
            self._handled(1)
            return
        self._queue.append(fact)
        self._idle.clear()
        self._wake.set()

    def _kept(self, fact: Fact | None) -> Forwarded | Parcel | None:
        """What has to wait for its turn; the rest is dealt with here."""
        if isinstance(fact, RoomLine):
            lines = self._collected.get(fact.query)
            if lines is not None and len(lines) < _MOST_LINES:
                lines.append(fact)
            return None
        if isinstance(fact, OwnQuestion):
            self._answer(fact)
            return None
        if fact is not None and sum(one is not None for one in self._queue) >= _MOST_WAITING:
            self.turnings.add(Turned.TOO_MUCH)
            return None
        return fact

    def _answer(self, question: OwnQuestion) -> None:
        """Our own server asks: a ping is answered, anything else is not offered here (RFC 6120, 8.4)."""
        iq = Element(f"{{{CLIENT_NS}}}iq", {"to": question.sender, "id": question.id})
        iq.set("type", "result" if question.ping else "error")
        if not question.ping:
            error = SubElement(iq, f"{{{CLIENT_NS}}}error", {"type": "cancel"})
            SubElement(error, "{urn:ietf:params:xml:ns:xmpp-stanzas}service-unavailable")
        with contextlib.suppress(NotConnected):
            self.say(iq)

    def acked(self, keys: list[str]) -> None:
        """The server has our stanzas: nothing hangs on it here."""

    def lost(self, reason: AccountError) -> None:
        """The line is gone; the link comes back by itself."""
        log.info("the desk's line was lost: %s", type(reason).__name__)

    def _handled(self, number: int) -> None:
        if self._traffic is not None:
            self._traffic.handled(number)

    async def _work(self, deal: Deal, traffic: Traffic) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                fact = self._queue[0]
                if fact is not None:
                    await self._dealt(deal, fact)
                self._queue.popleft()
                traffic.handled(1)
            self._idle.set()

    async def _dealt(self, deal: Deal, fact: Forwarded | Parcel) -> None:
        try:
            await deal(fact)
        except RobinError as error:
            log.info("a stanza could not be dealt with: %s", type(error).__name__)
        except Exception as error:  # noqa: BLE001  the door of stanzas (L14)
            self.turnings.add(Turned.OUR_FAULT)
            log.error("a stanza handler failed: %s", type(error).__name__)

    # link.LinkListener

    def link_state(self, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        """Where the link gives up, a new life begins later."""
        if state is ConnectionState.FAILED:
            self._failed.set()

    async def link_settled(self) -> None:
        """Everything received is dealt with."""
        await self._idle.wait()

    async def link_ready(self, resumed: bool) -> None:
        """A fresh session says that it is there; no contact list is asked for, so nobody's presence comes."""
        self._pause = self._again
        if resumed or self._traffic is None:
            return
        self.reception.own_full = self._traffic.requests.own_full
        self.say(Element(f"{{{CLIENT_NS}}}presence"))
        self._spawn(self._keep_no_copies())
        if self._begun is not None:
            self._spawn(self._begun())

    def _spawn(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except (RobinError, Refused) as error:
                log.info("a task of the desk's line ended: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001  the door of tasks
                log.error("a task of the desk's line failed: %s", type(error).__name__)

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_no_copies(self) -> None:
        """Ask our server to archive nothing of this account: what comes here is evidence (XEP-0441)."""
        wish = Element(f"{{{ARCHIVE}}}prefs", {"default": "never"})
        SubElement(wish, f"{{{ARCHIVE}}}always")
        SubElement(wish, f"{{{ARCHIVE}}}never")
        await self._request("set", wish, "", _ARCHIVE_SECONDS)

    # giving and asking

    def say(self, stanza: Element) -> None:
        """Send a stanza. Raises `NotConnected`."""
        if self._traffic is None:
            raise NotConnected
        self._traffic.put(stanza)

    async def _request(self, kind: str, payload: Element, to: str, seconds: float) -> Element:
        if self._traffic is None:
            raise NotConnected
        return await self._traffic.request(kind, payload, to, seconds)

    async def confirm(self, to: str, id: str, url: str, seconds: float = CONFIRM_SECONDS) -> bool:
        """Ask the account at this full address whether it makes the call with this id (XEP-0070). True when it says yes.

        False when the yes names another call. Raises `Refused`, `ServerTimedOut` or `NotConnected`.
        """
        wanted = {"id": id, "method": "POST", "url": url}
        answer = await self._request("get", Element(_CONFIRM, wanted), to, seconds)
        named = answer.find(_CONFIRM)
        return named is None or all(named.get(name) == value for name, value in wanted.items())

    async def room_lines(self, room: str, ids: Sequence[str]) -> list[RoomLine]:
        """What a room's archive holds under these ids, without joining (XEP-0313, `ids`); missing ones are left out.

        Raises `Refused` where the room gives nothing, `ServerTimedOut` or `NotConnected`.
        """
        name = secrets.token_hex(16)
        query = Element(f"{{{ARCHIVE}}}query", {"queryid": name})
        form = SubElement(query, f"{{{_FORMS}}}x", {"type": "submit"})
        kind = SubElement(form, f"{{{_FORMS}}}field", {"var": "FORM_TYPE", "type": "hidden"})
        SubElement(kind, f"{{{_FORMS}}}value").text = ARCHIVE
        wanted = SubElement(form, f"{{{_FORMS}}}field", {"var": "ids"})
        for one in ids:
            SubElement(wanted, f"{{{_FORMS}}}value").text = one
        set_ = SubElement(query, f"{{{_RSM}}}set")
        SubElement(set_, f"{{{_RSM}}}max").text = str(len(ids))
        lines = self._collected[name] = []
        self.reception.queries[name] = room
        try:
            await self._request("set", query, room, _ARCHIVE_SECONDS)
        finally:
            del self.reception.queries[name], self._collected[name]
        return [one for one in lines if one.id in ids]
