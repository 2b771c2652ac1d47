"""The one way in: says of every stanza who really sent it, for whom and when, or drops and counts it.

What a peer can forge is never believed: carbons only from the own bare address (XEP-0280), archive results only for a
pending query (XEP-0313), pushes only from the own server (RFC 6121, XEP-0191), events only from contacts (XEP-0163),
archive ids only of the own archive and one at a time (XEP-0359), delays only of the own server (XEP-0203).
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from messenger.domain.account import Show
from messenger.domain.message import ArchiveId, Direction, Times, Via
from messenger.stream import roster
from messenger.stream.address import Address, prepared
from messenger.stream.counts import Counts, Drop
from messenger.stream.counts import Dropped as _Dropped
from messenger.stream.facts import (
    ArchiveHit,
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
from messenger.stream.ids import sound_id as sound_id
from messenger.stream.parcels import parcel_answer
from messenger.stream.requests import condition_of
from messenger.stream.room_facts import RoomPresence
from messenger.stream.rooms import RoomIngress
from messenger.stream.serial import CLIENT_NS
from messenger.stream.stamps import not_after, stamp

MESSAGE = f"{{{CLIENT_NS}}}message"
PRESENCE = f"{{{CLIENT_NS}}}presence"
IQ = f"{{{CLIENT_NS}}}iq"
CARBONS = "urn:xmpp:carbons:2"
ARCHIVE = "urn:xmpp:mam:2"
FORWARD = "urn:xmpp:forward:0"
SID = "urn:xmpp:sid:0"
BLOCKING = "urn:xmpp:blocking"
ROSTER = "jabber:iq:roster"
CONFIRM = "http://jabber.org/protocol/http-auth"
NEWS = "urn:robin:news:1"
_DELAY = "{urn:xmpp:delay}delay"
_EVENT = "{http://jabber.org/protocol/pubsub#event}"
_PHOTO = "{vcard-temp:x:update}x/{vcard-temp:x:update}photo"
_CARBON = {f"{{{CARBONS}}}received": Direction.IN, f"{{{CARBONS}}}sent": Direction.OUT}
_RESULT = f"{{{ARCHIVE}}}result"
_WRAPPERS = frozenset({*_CARBON, _RESULT})
_KINDS = frozenset({"chat", "normal", "headline", "groupchat", "error"})
_SHOWS = {"chat": Show.CHAT, "away": Show.AWAY, "xa": Show.XA, "dnd": Show.DND}
_MAX_STATUS = 1024
_MAX_URL = 2048


class Ingress:
    """Checks the stanzas of one account.

    Its fields say what may be believed now: `own_full`, the bound address; `contacts`, bare addresses with a subscription;
    `watchers`, those of them that see our presence; `queries`, ids of pending archive queries; `ids_announced`, whether
    the own archive said that it sets ids (XEP-0359, section 6); `delays_trusted`, whether the server may just now be
    handing over what it kept: at other times a delay can only come from a peer; `confirmers`, bare addresses of desks
    whose XEP-0070 questions are looked at; `nudgers`, those whose word that there are news is taken; `parcels`, ids of
    our messages that carried a sealed package, with the bare address of the desk that may answer.
    """

    def __init__(self, account: Address, counts: Counts) -> None:
        self.account = account
        self.own_full = ""
        self.contacts: frozenset[str] = frozenset()
        self.watchers: frozenset[str] = frozenset()
        self.queries: set[str] = set()
        self.ids_announced = False
        self.delays_trusted = False
        self.confirmers: frozenset[str] = frozenset()
        self.nudgers: frozenset[str] = frozenset()
        self.parcels: dict[str, str] = {}
        self._counts = counts
        self.rooms = RoomIngress(account, counts)

    def admit(self, stanza: Element, received: str) -> Fact | None:
        """The checked fact in a stanza, or None. `received`: when it came, in our form of time."""
        try:
            return self._admit(stanza, received)
        except _Dropped as dropped:
            self._counts.add(dropped.reason)
            return None

    def _admit(self, stanza: Element, received: str) -> Fact:
        sender = prepared(stanza.get("from")) if stanza.get("from") is not None else self.account
        if sender is None:
            raise _Dropped(Drop.BAD_ADDRESS)
        to = stanza.get("to")
        if to is not None and not self._is_me(prepared(to)):
            raise _Dropped(Drop.NOT_FOR_US)
        if stanza.tag == MESSAGE:
            return self._message(stanza, sender, received)
        if stanza.tag == PRESENCE:
            return self._presence(stanza, sender)
        return self._question(stanza, sender)

    def _is_me(self, address: Address | None) -> bool:
        return address is not None and (address == self.account or address.full == self.own_full)

    def _is_own_server(self, sender: Address) -> bool:
        """The account itself (its server speaking) or the server's own address; not another device."""
        return sender == self.account or (sender.bare == self.account.domain and not sender.resource)

    # messages

    def _message(self, stanza: Element, sender: Address, received: str) -> Fact:
        wrapper = next((child for child in stanza if child.tag in _WRAPPERS), None)
        if wrapper is not None:
            if wrapper.tag == _RESULT:
                return self._archived(wrapper, sender, received)
            return self._carbon(wrapper, sender, received)
        if stanza.find(f"{_EVENT}event") is not None:
            return self._event(stanza, sender)
        name = stanza.get("id", "")
        if self.parcels.get(name) == sender.bare:
            return parcel_answer(stanza, name)
        kind = _kind(stanza)
        if kind == "error":
            return Bounce(sender.bare, sound_id(stanza.get("id")), condition_of(stanza))
        if kind == "groupchat":
            return self.rooms.message(stanza, sender, received)
        aside = self.rooms.aside(stanza, sender)
        if aside is not None:
            return aside
        if kind == "headline" and sender.bare in self.nudgers and _is_nudge(stanza):
            return Nudge(sender.bare)
        own = sender.bare == self.account.bare
        archive_id, duplicate = self._archive_id(stanza)
        return Chat(
            via=Via.LIVE,
            direction=Direction.OUT if own else Direction.IN,
            sender=sender,
            to=stanza.get("to") or self.account.bare,
            counterpart=sender.bare,
            kind=kind,
            element=stanza,
            times=self._times(stanza, received, None),
            archive_id=archive_id,
            duplicate_archive_ids=duplicate,
        )

    def _carbon(self, wrapper: Element, sender: Address, received: str) -> Chat:
        if sender != self.account:
            raise _Dropped(Drop.FORGED_CARBON)
        found = self._unwrap(wrapper, received, Via.CARBON)
        # A note to oneself is sent and received at once; otherwise the wrapper's name must fit what it holds.
        if found.direction is not _CARBON[wrapper.tag] and found.counterpart != self.account.bare:
            raise _Dropped(Drop.FORGED_CARBON)
        return found

    def _archived(self, result: Element, sender: Address, received: str) -> ArchiveHit:
        query = result.get("queryid", "")
        if query in self.rooms.queries:
            return self.rooms.archived(result, sender, received)
        if sender != self.account or query not in self.queries:
            raise _Dropped(Drop.FORGED_ARCHIVE)
        archive_id = sound_id(result.get("id"))
        try:
            return ArchiveHit(query, archive_id, self._unwrap(result, received, Via.ARCHIVE, archive_id))
        except _Dropped as dropped:
            self._counts.add(dropped.reason)
            return ArchiveHit(query, archive_id, None)

    def _unwrap(self, wrapper: Element, received: str, via: Via, archive_id: str = "") -> Chat:
        """The one message that a wrapper of our own server holds: one level, never two (S02)."""
        inner = wrapper.findall(f"{{{FORWARD}}}forwarded/{MESSAGE}")
        if len(inner) != 1:
            raise _Dropped(Drop.BROKEN)
        message = inner[0]
        if any(child.tag in _WRAPPERS for child in message):
            raise _Dropped(Drop.NESTED)
        kind = _kind(message)
        if kind in ("groupchat", "error"):
            raise _Dropped(Drop.ROOM if kind == "groupchat" else Drop.UNKNOWN_KIND)
        sender, to = prepared(message.get("from")), prepared(message.get("to"))
        if sender is None or (to is None and message.get("to") is not None):
            raise _Dropped(Drop.BAD_ADDRESS)
        if self.rooms.is_private(message, sender, to):
            raise _Dropped(Drop.ROOM_PRIVATE)
        out = sender.bare == self.account.bare
        if not out and to is not None and to.bare != self.account.bare:
            raise _Dropped(Drop.NOT_FOR_US)
        own_id, duplicate = self._archive_id(message)
        if via is Via.ARCHIVE:
            # The archive's own word; ids inside the message may be the sender's invention.
            own_id = ArchiveId(self.account.bare, archive_id) if archive_id else None
        stamped = wrapper.find(f"{{{FORWARD}}}forwarded/{_DELAY}") if via is Via.ARCHIVE else None
        return Chat(
            via=via,
            direction=Direction.OUT if out else Direction.IN,
            sender=sender,
            to=message.get("to") or self.account.bare,
            counterpart=(to.bare if to is not None else self.account.bare) if out else sender.bare,
            kind=kind,
            element=message,
            times=self._times(message, received, stamped),
            archive_id=own_id,
            duplicate_archive_ids=duplicate,
        )

    def _archive_id(self, message: Element) -> tuple[ArchiveId | None, bool]:
        """The id that our own archive gave, and whether more than one claims to be it (then none counts)."""
        ids = [
            sound_id(child.get("id"))
            for child in message.iterfind(f"{{{SID}}}stanza-id")
            if (by := prepared(child.get("by"))) is not None and by == self.account
        ]
        if len(ids) > 1:
            return None, True
        if not self.ids_announced or not ids or not ids[0]:
            return None, False
        return ArchiveId(self.account.bare, ids[0]), False

    def _times(self, message: Element, received: str, archived: Element | None) -> Times:
        trusted: list[str] = []
        claimed: str | None = None
        for delay in message.iterfind(_DELAY):
            moment = stamp(delay.get("stamp"))
            if moment is None:
                continue
            by = prepared(delay.get("from"))
            if by is not None and self._is_own_server(by) and not_after(moment, received):
                trusted.append(moment)
            claimed = claimed or moment
        kept = trusted[0] if len(trusted) == 1 and self.delays_trusted and archived is None else None
        archive = stamp(archived.get("stamp")) if archived is not None else None
        if archive is not None and not not_after(archive, received, 86_400):
            archive = None
        return Times(received=received, delay=kept, archive=archive, claimed=None if kept is not None else claimed)

    def _event(self, stanza: Element, sender: Address) -> PepEvent:
        if sender.resource or not (sender == self.account or sender.bare in self.contacts):
            raise _Dropped(Drop.FORGED_EVENT)
        items = stanza.find(f"{_EVENT}event/{_EVENT}items")
        if items is None:
            raise _Dropped(Drop.UNKNOWN_KIND)
        found = tuple((sound_id(item.get("id")), item[0]) for item in items.iterfind(f"{_EVENT}item") if len(item) > 0)
        return PepEvent(sender.bare, items.get("node", ""), found)

    # presence

    def _presence(self, stanza: Element, sender: Address) -> PresenceSeen | RoomPresence:
        if self.rooms.holds(sender):
            return self.rooms.presence(stanza, sender)
        try:
            kind = PresenceKind(stanza.get("type", "available"))
        except ValueError:
            raise _Dropped(Drop.UNKNOWN_KIND) from None
        known = sender.bare in self.contacts or sender.bare == self.account.bare
        if not known and kind is not PresenceKind.SUBSCRIBE:
            raise _Dropped(Drop.STRANGER_PRESENCE)
        show = _SHOWS.get((stanza.findtext(f"{{{CLIENT_NS}}}show") or "").strip(), Show.ONLINE)
        return PresenceSeen(
            sender=sender,
            kind=kind,
            show=Show.OFFLINE if kind is PresenceKind.UNAVAILABLE else show,
            status=(stanza.findtext(f"{{{CLIENT_NS}}}status") or "")[:_MAX_STATUS],
            photo=_photo(stanza),
        )

    # questions and pushes

    def _question(self, stanza: Element, sender: Address) -> Fact:
        kind = stanza.get("type")
        query_id = sound_id(stanza.get("id"))
        payload = stanza[0] if len(stanza) == 1 else None
        if stanza.tag != IQ or kind not in ("get", "set") or not query_id:
            raise _Dropped(Drop.UNKNOWN_KIND)
        if kind == "set" and payload is not None:
            if payload.tag == f"{{{ROSTER}}}query":
                return self._roster_push(payload, sender, query_id)
            if payload.tag in (f"{{{BLOCKING}}}block", f"{{{BLOCKING}}}unblock"):
                return self._block_push(payload, sender, query_id)
        own = sender.bare == self.account.bare or self._is_own_server(sender)
        confirm = payload is not None and payload.tag == f"{{{CONFIRM}}}confirm"
        known = sender.bare in self.watchers or self.rooms.is_me(sender)
        if not own and not known and not (confirm and sender.bare in self.confirmers):
            raise _Dropped(Drop.STRANGER_QUERY)
        if confirm and payload is not None:
            return _confirm(payload, sender, kind, query_id)
        return Query(sender.full, own, kind, query_id, payload)

    def _roster_push(self, payload: Element, sender: Address, query_id: str) -> RosterPush:
        if sender != self.account:
            raise _Dropped(Drop.FORGED_ROSTER)
        return RosterPush(query_id, tuple(roster.items(payload)))

    def _block_push(self, payload: Element, sender: Address, query_id: str) -> BlockPush:
        if sender != self.account:
            raise _Dropped(Drop.FORGED_BLOCKLIST)
        jids = tuple(_jids(payload))
        if payload.tag == f"{{{BLOCKING}}}block":
            return BlockPush(query_id, jids, (), False)
        return BlockPush(query_id, (), jids, len(payload) == 0)


def _confirm(payload: Element, sender: Address, kind: str, query_id: str) -> ConfirmAsked:
    url = payload.get("url", "")
    if len(url) > _MAX_URL or not url.isprintable():
        url = ""
    return ConfirmAsked(sender, kind, query_id, sound_id(payload.get("id")), sound_id(payload.get("method")), url)


def _is_nudge(stanza: Element) -> bool:
    """The one element and nothing that a person could read."""
    readable = (f"{{{CLIENT_NS}}}body", f"{{{CLIENT_NS}}}subject")
    return stanza.find(f"{{{NEWS}}}news") is not None and not any(child.tag in readable for child in stanza)


def _kind(message: Element) -> str:
    kind = message.get("type", "normal")
    return kind if kind in _KINDS else "normal"


def _photo(stanza: Element) -> str:
    text = (stanza.findtext(_PHOTO) or "").strip().lower()
    return text if len(text) == 40 and all(ch in "0123456789abcdef" for ch in text) else ""


def _jids(payload: Element) -> Iterator[str]:
    for item in payload.iterfind(f"{{{BLOCKING}}}item"):
        address = prepared(item.get("jid"))
        if address is not None:
            yield address.full
