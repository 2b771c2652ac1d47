"""What the ingress lets through from rooms: frozen records with checked senders."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from messenger.domain.message import Occupant


class Came(StrEnum):
    """What a room's presence says."""

    HERE = "here"
    GONE = "gone"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RoomPresence:
    """Somebody came, changed, went, or this client was refused. `mine`: it is about this client's own place.

    `codes` are the status codes of XEP-0045, 10.2.2. `new_nick`: they go on under this name. `destroyed`: the room is gone.
    """

    room: str
    came: Came
    occupant: Occupant
    mine: bool
    codes: frozenset[int]
    new_nick: str = ""
    destroyed: bool = False
    condition: str = ""


@dataclass(frozen=True, slots=True)
class RoomSubject:
    """The subject of a room; its text is an occupant's. It also ends the history that a room sends at joining."""

    room: str
    text: str


@dataclass(frozen=True, slots=True)
class RoomNotice:
    """The room's own word, by status codes: its settings changed."""

    room: str
    codes: frozenset[int]


@dataclass(frozen=True, slots=True)
class RoomInvited:
    """Somebody asks this account into a room. `inviter`: stamped by the server (XEP-0249), or with `by_room` as the room says.

    `reason` is the inviter's text.
    """

    room: str
    inviter: str
    by_room: bool
    reason: str
    password: str
