"""XEP-0045 and friends, pure: stanzas to rooms, what a room says of itself, and why it said no."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import (
    RoomBanned,
    RoomError,
    RoomFull,
    RoomMembersOnly,
    RoomMissing,
    RoomNameTaken,
    RoomPasswordWrong,
    RoomWantsProof,
)
from messenger.domain.room import RoomEnd, RoomInfo
from messenger.services.room_ports import NewRoom
from messenger.stream.room_facts import RoomPresence
from messenger.stream.rooms import DIRECT, MUC, OCCUPANT_ID, USER
from messenger.stream.serial import CLIENT_NS
from messenger.xmpp import forms
from messenger.xmpp.disco import INFO

OWNER = f"{MUC}#owner"
CONFIG = f"{MUC}#roomconfig"
REPORT = "urn:xmpp:gcreport:0"
_REPORTING = "urn:xmpp:reporting:1"
_LONGEST = 500
_REFUSALS: dict[str, type[RoomError]] = {
    "conflict": RoomNameTaken,
    "forbidden": RoomBanned,
    "item-not-found": RoomMissing,
    "gone": RoomMissing,
    "remote-server-not-found": RoomMissing,
    "not-authorized": RoomPasswordWrong,
    "registration-required": RoomMembersOnly,
    "service-unavailable": RoomFull,
    "resource-constraint": RoomFull,
    "not-allowed": RoomError,
    "not-acceptable": RoomNameTaken,
    "captcha": RoomWantsProof,
}
_ENDS = (
    (301, RoomEnd.BANNED),
    (333, RoomEnd.LOST),
    (307, RoomEnd.KICKED),
    (321, RoomEnd.MEMBERS_ONLY),
    (322, RoomEnd.MEMBERS_ONLY),
    (332, RoomEnd.SHUT_DOWN),
)


def refused(condition: str) -> RoomError:
    """A room's error as a plain sentence."""
    return _REFUSALS.get(condition, RoomError)()


def end_of(presence: RoomPresence, asked: bool) -> RoomEnd:
    """Why this client's place ended. `asked`: it left by itself."""
    if presence.destroyed:
        return RoomEnd.DESTROYED
    for code, end in _ENDS:
        if code in presence.codes:
            return end
    return RoomEnd.LEFT if asked else RoomEnd.LOST


def join(room: str, nick: str, password: str, history: int) -> Element:
    """The presence that asks to come in, with at most `history` old messages."""
    presence = Element(f"{{{CLIENT_NS}}}presence", {"to": f"{room}/{nick}"})
    wish = SubElement(presence, f"{{{MUC}}}x")
    if password:
        SubElement(wish, f"{{{MUC}}}password").text = password
    SubElement(wish, f"{{{MUC}}}history", {"maxstanzas": str(history)})
    return presence


def leave(room: str, nick: str) -> Element:
    """The presence that goes out."""
    return Element(f"{{{CLIENT_NS}}}presence", {"to": f"{room}/{nick}", "type": "unavailable"})


def set_up(new: NewRoom | None) -> Element:
    """The owner's answer to a new room: these settings, or with None the room's own (XEP-0045, 10.1.2)."""
    query = Element(f"{{{OWNER}}}query")
    if new is None:
        query.append(Element(f"{{{forms.NS}}}x", {"type": "submit"}))
        return query
    closed = "1" if new.members_only else "0"
    values = {
        "muc#roomconfig_roomname": new.name,
        "muc#roomconfig_persistentroom": "1",
        "muc#roomconfig_membersonly": closed,
        "muc#roomconfig_publicroom": "0",
        "muc#roomconfig_enablelogging": "1",
        "muc#roomconfig_enablearchiving": "1",
        "muc#roomconfig_whois": "moderators",
    }
    query.append(forms.submit(CONFIG, values))
    return query


def invite_through(room: str, jid: str) -> Element:
    """An invitation that the room passes on, and with it the membership."""
    message = Element(f"{{{CLIENT_NS}}}message", {"to": room})
    extra = SubElement(message, f"{{{USER}}}x")
    SubElement(extra, f"{{{USER}}}invite", {"to": jid})
    return message


def invite_directly(room: str, jid: str) -> Element:
    """An invitation from person to person (XEP-0249)."""
    message = Element(f"{{{CLIENT_NS}}}message", {"to": jid})
    SubElement(message, f"{{{DIRECT}}}x", {"jid": room})
    return message


def report(occupant_id: str, text: str, reason: str) -> Element:
    """A report about an occupant for the people who run the room (ProtoXEP gc-reporting 0.0.1)."""
    asked = Element(f"{{{REPORT}}}report-participant")
    SubElement(asked, f"{{{OCCUPANT_ID}}}occupant-id", {"id": occupant_id})
    inner = SubElement(asked, f"{{{_REPORTING}}}report", {"reason": f"urn:xmpp:reporting:{reason}"})
    if text:
        SubElement(inner, f"{{{_REPORTING}}}text").text = text
    return asked


def info_of(room: str, query: Element) -> RoomInfo | None:
    """What the answer to a disco#info question says; None when that is no room."""
    identities = [one for one in query.iterfind(f"{{{INFO}}}identity") if one.get("category") == "conference"]
    features = {
        name for one in query.iterfind(f"{{{INFO}}}feature") if (name := one.get("var")) and len(name) <= _LONGEST
    }
    if not identities or MUC not in features:
        return None
    more: dict[str, str] = {}
    for form in query.iterfind(f"{{{forms.NS}}}x"):
        more.update({one.name: one.values[0] for one in forms.fields(form) if one.values})
    people = more.get("muc#roominfo_occupants", "")
    name = identities[0].get("name", "") or more.get("muc#roomconfig_roomname", "")
    return RoomInfo(
        room,
        name[:_LONGEST],
        more.get("muc#roominfo_description", "")[:_LONGEST],
        int(people) if people.isascii() and people.isdecimal() and len(people) < 7 else None,
        tuple(sorted(features)),
    )
