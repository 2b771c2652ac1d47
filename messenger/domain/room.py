"""Rooms (XEP-0045): what a room says of itself, who is in it, how this account stands there, and invitations."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from messenger.domain.evidence import Occupant
from messenger.domain.guardian import Standing


class RoomState(StrEnum):
    """How this client stands in a room."""

    OUTSIDE = "outside"
    JOINING = "joining"
    INSIDE = "inside"


class RoomEnd(StrEnum):
    """Why this client is outside. Taken from status codes only, never from anybody's words."""

    NONE = ""
    LEFT = "left"
    KICKED = "kicked"
    BANNED = "banned"
    MEMBERS_ONLY = "members_only"
    DESTROYED = "destroyed"
    SHUT_DOWN = "shut_down"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """What a room says of itself (XEP-0030). `people` is None when it does not say. `public`: its archive may be read by
    anybody, as far as can be told: open, no password, and it keeps an archive. `ids`: it stamps archive ids (XEP-0359);
    `occupant_ids`: it gives everybody a lasting id (XEP-0421). `found` is false for a room that does not exist yet.
    """

    jid: str
    name: str = ""
    description: str = ""
    people: int | None = None
    features: tuple[str, ...] = ()
    found: bool = True

    def has(self, feature: str) -> bool:
        """Whether the room announces a feature."""
        return feature in self.features

    @property
    def occupant_ids(self) -> bool:
        return self.has("urn:xmpp:occupant-id:0")

    @property
    def archive(self) -> bool:
        return self.has("urn:xmpp:mam:2")

    @property
    def ids(self) -> bool:
        return self.has("urn:xmpp:sid:0") or self.archive

    @property
    def reports(self) -> bool:
        return self.has("urn:xmpp:gcreport:0")

    @property
    def members_only(self) -> bool:
        return self.has("muc_membersonly")

    @property
    def password(self) -> bool:
        return self.has("muc_passwordprotected")

    @property
    def shows_addresses(self) -> bool:
        return self.has("muc_nonanonymous")

    @property
    def public(self) -> bool:
        return self.archive and not (self.members_only or self.password)


@dataclass(frozen=True, slots=True)
class RoomNow:
    """A room at this moment. `occupants` holds everybody, this account too, in order of name."""

    jid: str
    state: RoomState = RoomState.OUTSIDE
    info: RoomInfo = field(default_factory=lambda: RoomInfo(""))
    me: Occupant = field(default_factory=lambda: Occupant(""))
    occupants: tuple[Occupant, ...] = ()
    subject: str = ""
    end: RoomEnd = RoomEnd.NONE


@dataclass(frozen=True, slots=True)
class RoomInvitation:
    """Somebody asks this account into a room (XEP-0249, XEP-0045 7.8.2). Facts only: nothing was joined or asked.

    `inviter` is the address that the server stamped, or with `by_room` the one that the room names: a person's, or their
    place in it (room/name).
    `guardian`: how a guardian's yes stands, in young-person mode. `reason` is the inviter's text.
    `people` and `name` are known only after the person let Robin look at the room.
    """

    account: str
    room: str
    inviter: str
    by_room: bool = False
    reason: str = ""
    password: str = field(default="", repr=False)
    at: str = ""
    name: str = ""
    people: int | None = None
    guardian: Standing = Standing.FREE


@dataclass(frozen=True, slots=True)
class RoomPerson:
    """Somebody in a room, for the panel of people. `looks_like` is the name that theirs can be taken for, or ''."""

    occupant: Occupant
    me: bool = False
    looks_like: str = ""
