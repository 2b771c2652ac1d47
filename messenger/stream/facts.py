"""What the ingress lets through: frozen records with checked addresses and times. Payloads are plain XML elements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element

from messenger.domain.account import Show
from messenger.domain.contact import RosterItem
from messenger.domain.message import ArchiveId, Direction, Occupant, Times, Via
from messenger.stream.address import Address
from messenger.stream.room_facts import RoomInvited, RoomNotice, RoomPresence, RoomSubject


@dataclass(frozen=True, slots=True)
class Chat:
    """A message whose sender is established: by the server's stamp on it, by a carbon or by our own archive.

    `element` is the message itself, without a wrapper. `counterpart` is bare. The last three are of rooms: see
    `domain.message.IncomingMessage`.
    """

    via: Via
    direction: Direction
    sender: Address
    to: str
    counterpart: str
    kind: str
    element: Element
    times: Times
    archive_id: ArchiveId | None
    duplicate_archive_ids: bool
    occupant: Occupant | None = None
    stay: str = ""
    moderates: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveHit:
    """A result that belongs to a pending query of our own archive. `chat` is None when the message itself was not sound."""

    query: str
    archive_id: str
    chat: Chat | None


@dataclass(frozen=True, slots=True)
class Bounce:
    """An error came back for a message with this id, from this bare address."""

    sender: str
    stanza_id: str
    condition: str


@dataclass(frozen=True, slots=True)
class PepEvent:
    """A contact or another own device published something (XEP-0163)."""

    sender: str
    node: str
    items: tuple[tuple[str, Element], ...]


class PresenceKind(StrEnum):
    """Types of presence that mean something to us (RFC 6121, 4.7.1)."""

    AVAILABLE = "available"
    UNAVAILABLE = "unavailable"
    SUBSCRIBE = "subscribe"
    SUBSCRIBED = "subscribed"
    UNSUBSCRIBE = "unsubscribe"
    UNSUBSCRIBED = "unsubscribed"


@dataclass(frozen=True, slots=True)
class PresenceSeen:
    """Presence of a contact or an own device, or anybody's request for ours. `photo`: SHA-1 of XEP-0153, or ''."""

    sender: Address
    kind: PresenceKind
    show: Show
    status: str
    photo: str


@dataclass(frozen=True, slots=True)
class RosterPush:
    """Our server changed our roster."""

    query_id: str
    items: tuple[RosterItem, ...]


@dataclass(frozen=True, slots=True)
class BlockPush:
    """Our server says that our block list changed. An empty unblock means all."""

    query_id: str
    blocked: tuple[str, ...]
    unblocked: tuple[str, ...]
    all_unblocked: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A question from our own server, our own devices or a contact; strangers' questions end in the ingress."""

    sender: str
    own: bool
    kind: str
    query_id: str
    payload: Element | None


@dataclass(frozen=True, slots=True)
class ConfirmAsked:
    """Somebody whose questions are looked at asks to confirm a web request (XEP-0070). `transaction` is its `id`."""

    sender: Address
    kind: str
    query_id: str
    transaction: str
    method: str
    url: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """A desk that news are expected from says that there are some, and nothing else. `desk` is bare."""

    desk: str


@dataclass(frozen=True, slots=True)
class ParcelAnswer:
    """A desk's answer to the message with this id, which carried a sealed package. Without a receipt it is a refusal.

    `status` is the desk's own (as of HTTPS), 0 where the way to it failed; `word` the problem's or the error's word.
    """

    stanza_id: str
    receipt: str
    code: str
    status: int
    word: str


RoomFact = RoomPresence | RoomSubject | RoomNotice | RoomInvited
Fact = (
    Chat
    | ArchiveHit
    | Bounce
    | PepEvent
    | PresenceSeen
    | RosterPush
    | BlockPush
    | Query
    | ConfirmAsked
    | Nudge
    | ParcelAnswer
    | RoomFact
)
