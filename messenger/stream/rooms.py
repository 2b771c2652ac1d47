"""The one way in for rooms (XEP-0045): messages and presence only of rooms that this client joined, and who really spoke.

What an occupant can forge is never believed: archive ids only of the room itself and one at a time (XEP-0359), lasting ids
only where the room announces them (XEP-0421), delays only of the room and only while it sends its history, moderation only
from the room's bare address (XEP-0425), status codes only from the one element that the room puts in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from messenger.domain.message import ArchiveId, Direction, Occupant, Times, Via
from messenger.stream.address import Address, prepared
from messenger.stream.counts import Counts, Drop, Dropped
from messenger.stream.facts import ArchiveHit, Chat
from messenger.stream.ids import sound_id
from messenger.stream.requests import condition_of
from messenger.stream.room_facts import Came, RoomInvited, RoomNotice, RoomPresence, RoomSubject
from messenger.stream.serial import CLIENT_NS
from messenger.stream.stamps import not_after, stamp

MUC = "http://jabber.org/protocol/muc"
USER = f"{MUC}#user"
OCCUPANT_ID = "urn:xmpp:occupant-id:0"
DIRECT = "jabber:x:conference"
_MESSAGE = f"{{{CLIENT_NS}}}message"
_BODY, _SUBJECT = f"{{{CLIENT_NS}}}body", f"{{{CLIENT_NS}}}subject"
_X = f"{{{USER}}}x"
_FORWARDED = "{urn:xmpp:forward:0}forwarded"
_DELAY = "{urn:xmpp:delay}delay"
_STANZA_ID = "{urn:xmpp:sid:0}stanza-id"
_WRAPPERS = frozenset(
    {"{urn:xmpp:carbons:2}received", "{urn:xmpp:carbons:2}sent", "{urn:xmpp:mam:2}result", _FORWARDED}
)
_CAPTCHA = "{urn:xmpp:captcha}captcha"
_RETRACT = "{urn:xmpp:message-retract:1}retract"
_MODERATED = "{urn:xmpp:message-moderate:1}moderated"
_OLD_APPLY = "{urn:xmpp:fasten:0}apply-to"
_OLD_MODERATED = "{urn:xmpp:message-moderate:0}moderated"
_OLD_RETRACT = "{urn:xmpp:message-retract:0}retract"
_WORDS = frozenset({"none", "visitor", "participant", "moderator", "outcast", "member", "admin", "owner"})
_MOST_PEOPLE = 10_000
_LONGEST = 2_000


@dataclass(slots=True)
class Place:
    """A room that this client joins or is in. `ids` and `occupant_ids`: what the room announced. `history`: it still hands
    over what was said before. `stays`: a mark of the unbroken stay of each occupant, by name.
    """

    jid: str
    nick: str
    ids: bool
    occupant_ids: bool
    my_id: str = ""
    inside: bool = False
    history: bool = True
    occupants: dict[str, Occupant] = field(default_factory=dict)
    stays: dict[str, str] = field(default_factory=dict)
    unannounced: dict[str, str] = field(default_factory=dict)

    def announce(self, ids: bool, occupant_ids: bool) -> None:
        """What the room says that it does, asked anew (a new room says it only after it was set up)."""
        if occupant_ids and not self.occupant_ids:
            self.occupants = {
                nick: replace(one, occupant_id=self.unannounced.get(nick, "")) for nick, one in self.occupants.items()
            }
            self.my_id = self.unannounced.get(self.nick, "")
        self.ids, self.occupant_ids = ids, occupant_ids

    @property
    def me(self) -> Occupant:
        """This client's own occupant, as far as known."""
        return self.occupants.get(self.nick, Occupant(self.nick, self.my_id))


class RoomIngress:
    """Checks what rooms send to one account. `known`: rooms that were joined at some time, by bare address."""

    def __init__(self, account: Address, counts: Counts) -> None:
        self._account = account
        self._counts = counts
        self._places: dict[str, Place] = {}
        self.queries: dict[str, Place] = {}
        self.known: frozenset[str] = frozenset()

    def enter(self, place: Place) -> None:
        """From now on this room may speak."""
        self._places[place.jid] = place

    def leave(self, room: str) -> None:
        """It may not any more."""
        self._places.pop(room, None)

    def place(self, room: str) -> Place | None:
        """This client's place in a room, or None."""
        return self._places.get(room)

    def clear(self) -> tuple[str, ...]:
        """The stream is gone: nobody is anywhere. Where this client was."""
        gone = tuple(self._places)
        self._places.clear()
        return gone

    def holds(self, sender: Address) -> bool:
        """Whether this is a room that may speak now."""
        return sender.bare in self._places

    def is_me(self, sender: Address) -> bool:
        """Whether this is this client's own place in a room (XEP-0410)."""
        place = self._places.get(sender.bare)
        return place is not None and place.inside and sender.resource == place.nick

    def aside(self, stanza: Element, sender: Address) -> RoomInvited | RoomPresence | None:
        """What a message of another type has to do with rooms; None: nothing. What goes privately through one is dropped."""
        invited = invitation(stanza, sender) if sender.bare != self._account.bare else None
        found = invited or self._challenge(stanza, sender)
        if found is None and self.is_private(stanza, sender):
            raise Dropped(Drop.ROOM_PRIVATE)
        return found

    def _challenge(self, stanza: Element, sender: Address) -> RoomPresence | None:
        """A room asks for a proof before it lets this client in (XEP-0158), which Robin cannot show: it ends the try."""
        place = self._places.get(sender.bare)
        if place is None or place.inside or sender.resource or stanza.find(_CAPTCHA) is None:
            return None
        self.leave(place.jid)
        return RoomPresence(place.jid, Came.REFUSED, Occupant(place.nick), True, frozenset(), condition="captcha")

    def is_private(self, stanza: Element, *ends: Address | None) -> bool:
        """Whether this message goes privately through a room, which is not shown for now."""
        if stanza.find(_X) is not None:
            return True
        return any(end is not None and (end.bare in self._places or end.bare in self.known) for end in ends)

    # messages

    def message(self, stanza: Element, sender: Address, received: str) -> Chat | RoomSubject | RoomNotice:
        """A message of type groupchat."""
        place = self._places.get(sender.bare)
        if place is None:
            raise Dropped(Drop.ROOM)
        if any(child.tag in _WRAPPERS for child in stanza):
            raise Dropped(Drop.NESTED)
        subject = stanza.find(_SUBJECT)
        if subject is not None and stanza.find(_BODY) is None:
            place.history = False
            return RoomSubject(place.jid, (subject.text or "")[:_LONGEST])
        archive_id, duplicate = _archive_id(stanza, place)
        times = _times(stanza, place, received)
        if not sender.resource:
            if moderates(stanza):
                return self._by_room(stanza, place, Via.LIVE, times, archive_id, duplicate)
            extras = stanza.findall(_X)
            if len(extras) == 1:
                return RoomNotice(place.jid, _codes(extras[0]))
            raise Dropped(Drop.ROOM)
        return self._said(stanza, sender, place, Via.LIVE, times, archive_id, duplicate)

    def archived(self, result: Element, sender: Address, received: str) -> ArchiveHit:
        """A result of a room's archive (XEP-0313): only of the room that was asked."""
        query = result.get("queryid", "")
        place = self.queries.get(query)
        if place is None or sender.full != place.jid:
            raise Dropped(Drop.FORGED_ARCHIVE)
        archive_id = sound_id(result.get("id"))
        try:
            return ArchiveHit(query, archive_id, self._unwrap(result, place, archive_id, received))
        except Dropped as dropped:
            self._counts.add(dropped.reason)
            return ArchiveHit(query, archive_id, None)

    def _unwrap(self, result: Element, place: Place, archive_id: str, received: str) -> Chat:
        inner = result.findall(f"{_FORWARDED}/{_MESSAGE}")
        if len(inner) != 1:
            raise Dropped(Drop.BROKEN)
        message = inner[0]
        sender = prepared(message.get("from"))
        if any(child.tag in _WRAPPERS for child in message):
            raise Dropped(Drop.NESTED)
        if sender is None or sender.bare != place.jid or message.get("type") != "groupchat":
            raise Dropped(Drop.ROOM)
        delay = result.find(f"{_FORWARDED}/{_DELAY}")
        moment = stamp(delay.get("stamp")) if delay is not None else None
        if moment is not None and not not_after(moment, received, 86_400):
            moment = None
        times = Times(received=received, archive=moment, claimed=_claimed(message))
        own_id = ArchiveId(place.jid, archive_id) if archive_id else None
        _id, duplicate = _archive_id(message, place)
        if not sender.resource:
            if moderates(message):
                return self._by_room(message, place, Via.ARCHIVE, times, own_id, duplicate)
            raise Dropped(Drop.ROOM)
        return self._said(message, sender, place, Via.ARCHIVE, times, own_id, duplicate)

    def _said(
        self,
        stanza: Element,
        sender: Address,
        place: Place,
        via: Via,
        times: Times,
        archive_id: ArchiveId | None,
        duplicate: bool,
    ) -> Chat:
        nick = sender.resource
        lasting = self._lasting_id(stanza, place)
        past = via is Via.ARCHIVE or times.delay is not None
        if past:
            # A name may have been somebody else's then; only a lasting id tells.
            mine = bool(lasting) and lasting == place.my_id
            occupant, stay = Occupant(nick, lasting), ""
        else:
            mine = place.inside and nick == place.nick and (not place.my_id or lasting == place.my_id)
            there = place.occupants.get(nick)
            same = there is not None and there.occupant_id == lasting
            occupant = there if there is not None and same else Occupant(nick, lasting)
            stay = place.stays.get(nick, "")
        return Chat(
            via=via,
            direction=Direction.OUT if mine else Direction.IN,
            sender=sender,
            to=stanza.get("to") or self._account.bare,
            counterpart=place.jid,
            kind="groupchat",
            element=stanza,
            times=times,
            archive_id=archive_id,
            duplicate_archive_ids=duplicate,
            occupant=occupant,
            stay=stay,
        )

    def _by_room(
        self, stanza: Element, place: Place, via: Via, times: Times, archive_id: ArchiveId | None, duplicate: bool
    ) -> Chat:
        return Chat(
            via=via,
            direction=Direction.IN,
            sender=Address(place.jid, place.jid.rpartition("@")[2], ""),
            to=stanza.get("to") or self._account.bare,
            counterpart=place.jid,
            kind="groupchat",
            element=stanza,
            times=times,
            archive_id=archive_id,
            duplicate_archive_ids=duplicate,
            moderates=moderates(stanza) if place.ids else "",
        )

    def _lasting_id(self, stanza: Element, place: Place) -> str:
        return _lasting(stanza) if place.occupant_ids else ""

    # presence

    def presence(self, stanza: Element, sender: Address) -> RoomPresence:
        """Somebody's presence in a room that this client joins or is in."""
        place = self._places[sender.bare]
        kind = stanza.get("type", "available")
        if kind == "error":
            if not place.inside:
                self.leave(place.jid)
            return RoomPresence(
                place.jid, Came.REFUSED, Occupant(sender.resource), True, frozenset(), condition=condition_of(stanza)
            )
        extras = stanza.findall(_X)
        if kind not in ("available", "unavailable") or not sender.resource or len(extras) > 1:
            raise Dropped(Drop.UNKNOWN_KIND)
        extra = extras[0] if extras else Element(_X)
        codes = _codes(extra)
        occupant, new_nick = self._occupant(stanza, extra, sender.resource, place)
        if kind == "available":
            return self._here(stanza, place, occupant, codes)
        return self._gone(place, occupant, codes, new_nick, extra.find(f"{{{USER}}}destroy") is not None)

    def _here(self, stanza: Element, place: Place, occupant: Occupant, codes: frozenset[int]) -> RoomPresence:
        nick = occupant.nick
        mine = 110 in codes
        if nick not in place.occupants and len(place.occupants) >= _MOST_PEOPLE:
            raise Dropped(Drop.ROOM)
        place.occupants[nick] = occupant
        place.unannounced[nick] = _lasting(stanza)
        place.stays.setdefault(nick, secrets.token_hex(8))
        if mine:
            place.nick, place.my_id, place.inside = nick, occupant.occupant_id, True
        return RoomPresence(place.jid, Came.HERE, occupant, mine or nick == place.nick, codes)

    def _gone(
        self, place: Place, occupant: Occupant, codes: frozenset[int], new_nick: str, destroyed: bool
    ) -> RoomPresence:
        nick = occupant.nick
        mine = place.inside and (110 in codes or nick == place.nick)
        place.occupants.pop(nick, None)
        place.unannounced.pop(nick, None)
        stay = place.stays.pop(nick, "")
        renamed = 303 in codes and bool(new_nick)
        if renamed and stay:
            place.stays[new_nick] = stay
        if mine and renamed:
            place.nick = new_nick
        elif mine:
            self.leave(place.jid)
        return RoomPresence(
            place.jid, Came.GONE, occupant, mine, codes, new_nick if renamed else "", destroyed and mine
        )

    def _occupant(self, stanza: Element, extra: Element, nick: str, place: Place) -> tuple[Occupant, str]:
        item = extra.find(f"{{{USER}}}item")
        if item is None:
            return Occupant(nick, self._lasting_id(stanza, place)), ""
        role, affiliation = item.get("role", ""), item.get("affiliation", "")
        real = prepared(item.get("jid"))
        named = prepared(f"{place.jid}/{item.get('nick')}") if item.get("nick") else None
        made = Occupant(
            nick,
            self._lasting_id(stanza, place),
            role if role in _WORDS else "",
            affiliation if affiliation in _WORDS else "",
            real.bare if real is not None else "",
        )
        return made, named.resource if named is not None else ""


def invitation(stanza: Element, sender: Address) -> RoomInvited | None:
    """The invitation in a message that is not of a room (XEP-0249), or that a room passes on (XEP-0045, 7.8.2)."""
    extra, direct = stanza.find(_X), stanza.find(f"{{{DIRECT}}}x")
    invite = extra.find(f"{{{USER}}}invite") if extra is not None else None
    if invite is not None and extra is not None and not sender.resource and "@" in sender.bare:
        by = prepared(invite.get("from"))
        reason = invite.findtext(f"{{{USER}}}reason") or ""
        password = extra.findtext(f"{{{USER}}}password") or ""
        # Inside a room people are named by their place there; their name may be all that is known.
        who = "" if by is None else by.full if by.bare == sender.bare else by.bare
        return RoomInvited(sender.bare, who, True, reason[:_LONGEST], password[:_LONGEST])
    if extra is None and direct is not None:
        room = prepared(direct.get("jid"))
        if room is not None and not room.resource and "@" in room.bare:
            reason, password = direct.get("reason", ""), direct.get("password", "")
            return RoomInvited(room.bare, sender.bare, False, reason[:_LONGEST], password[:_LONGEST])
    return None


def moderates(stanza: Element) -> str:
    """The archive id of the message that this one takes away for the room (XEP-0425, new or old form), or ''.

    It counts only where the sender is the room's bare address; the caller has checked that.
    """
    found = [one for one in stanza.findall(_RETRACT) if one.find(_MODERATED) is not None]
    if not found:
        found = [one for one in stanza.findall(_OLD_APPLY) if one.find(f"{_OLD_MODERATED}/{_OLD_RETRACT}") is not None]
    return sound_id(found[0].get("id")) if len(found) == 1 else ""


def _archive_id(stanza: Element, place: Place) -> tuple[ArchiveId | None, bool]:
    """The id that the room gave, and whether more than one claims to be it (then none counts)."""
    ids = [
        sound_id(child.get("id"))
        for child in stanza.iterfind(_STANZA_ID)
        if (by := prepared(child.get("by"))) is not None and by.full == place.jid
    ]
    if len(ids) > 1:
        return None, True
    if not place.ids or not ids or not ids[0]:
        return None, False
    return ArchiveId(place.jid, ids[0]), False


def _times(stanza: Element, place: Place, received: str) -> Times:
    trusted = [
        moment
        for delay in stanza.iterfind(_DELAY)
        if (by := prepared(delay.get("from"))) is not None
        and by.full == place.jid
        and (moment := stamp(delay.get("stamp"))) is not None
        and not_after(moment, received)
    ]
    kept = trusted[0] if len(trusted) == 1 and place.history else None
    return Times(received=received, delay=kept, claimed=None if kept is not None else _claimed(stanza))


def _lasting(stanza: Element) -> str:
    found = stanza.findall(f"{{{OCCUPANT_ID}}}occupant-id")
    return sound_id(found[0].get("id")) if len(found) == 1 else ""


def _codes(extra: Element) -> frozenset[int]:
    texts = [status.get("code", "") for status in extra.iterfind(f"{{{USER}}}status")]
    return frozenset(int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) == 3)


def _claimed(stanza: Element) -> str | None:
    return next((moment for delay in stanza.iterfind(_DELAY) if (moment := stamp(delay.get("stamp")))), None)
