"""Messages: what the stream hands up, and what the store hands to the window and to evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class Via(StrEnum):
    """How a message reached this client."""

    LIVE = "live"
    CARBON = "carbon"
    ARCHIVE = "archive"
    SENT_HERE = "sent_here"


class DeliveryState(StrEnum):
    """Of an outgoing message. RECEIVED marks an incoming one."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    RECEIVED = "received"


class ChatState(StrEnum):
    """XEP-0085."""

    ACTIVE = "active"
    COMPOSING = "composing"
    PAUSED = "paused"
    INACTIVE = "inactive"
    GONE = "gone"


class Marker(StrEnum):
    """XEP-0184 receipts and XEP-0333 displayed markers."""

    DELIVERED = "delivered"
    READ = "read"


@dataclass(frozen=True, slots=True)
class ArchiveId:
    """An id given by an archive (XEP-0359 stanza-id). `by` is the archive's bare address."""

    by: str
    id: str


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A file that a message names. Its bytes are never opened for a report. `hashes`: (algorithm, base64) pairs."""

    name: str
    mime: str = ""
    size: int | None = None
    url: str = ""
    hashes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Times:
    """RFC 3339 UTC strings with milliseconds. `received` is this client's clock; the others as far as trusted.

    `delay`: XEP-0203 stamp of the own server or room. `claimed`: any other delay stamp, kept but never shown as
    the message's time. `archive`: the stamp of the archive's result.
    """

    received: str
    delay: str | None = None
    archive: str | None = None
    claimed: str | None = None

    @property
    def best(self) -> str:
        """The time to show and to sort by."""
        return self.archive or self.delay or self.received


@dataclass(frozen=True, slots=True)
class Occupant:
    """Who somebody is in a room (XEP-0045, XEP-0421). `jid` is the real bare address where the room shows it, or ''.

    `occupant_id` is the room's own stable id, taken only from rooms that announce it; names can be taken by anybody.
    """

    nick: str
    occupant_id: str = ""
    role: str = ""
    affiliation: str = ""
    jid: str = ""


@dataclass(frozen=True, slots=True)
class RawStanza:
    """Our own deterministic serialisation of the parsed stanza (decisions.md 4), whole and without media."""

    xml: str
    sha256: str
    media_free_xml: str
    media_free_sha256: str


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A checked message stanza, in either direction (carbons and archives bring our own messages too).

    `account` and `counterpart` are bare; `sender` and `to` as in the stanza. `corrects` (XEP-0308) and `retracts`
    (XEP-0424) name the id of an earlier message of the same sender. `duplicate_archive_ids` says that the stanza
    held more than one stanza-id of our archive, so that none is trusted.

    In a room: `occupant` is who said it, `stay` a mark of one unbroken stay of that occupant (live messages only), and
    `moderates` the archive id of a message that the room itself took away (XEP-0425).
    """

    account: str
    counterpart: str
    direction: Direction
    via: Via
    sender: str
    to: str
    kind: str
    stanza_id: str
    origin_id: str
    archive_id: ArchiveId | None
    duplicate_archive_ids: bool
    body: str
    lang: str
    times: Times
    raw: RawStanza
    corrects: str = ""
    retracts: str = ""
    reply_to: str = ""
    media: tuple[MediaRef, ...] = ()
    encryption: str = "none"
    wants_receipt: bool = False
    markable: bool = False
    occupant: Occupant | None = None
    stay: str = ""
    moderates: str = ""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message to send. `origin_id` is made once, kept over every resend and used as the stanza's id.

    `kind` "groupchat": to a room, whose copy of it is the acknowledgement.
    """

    account: str
    counterpart: str
    origin_id: str
    body: str
    lang: str = ""
    reply_to: str = ""
    corrects: str = ""
    retracts: str = ""
    quote: str = ""
    kind: str = "chat"


@dataclass(frozen=True, slots=True)
class MessageView:
    """A stored message as the window shows it. Times are RFC 3339 UTC. `id` grows with the journal.

    In a room `occupant` is who said it, `looks_like` a name that theirs can be taken for, or '', and `moderated` says
    that the room took it away.
    """

    id: int
    conversation: int
    direction: Direction
    sender: str
    sender_name: str
    body: str
    at: str
    state: DeliveryState
    edited: bool = False
    retracted: bool = False
    reply_id: int | None = None
    reply_name: str = ""
    reply_body: str = ""
    media: tuple[MediaRef, ...] = ()
    occupant: Occupant | None = None
    looks_like: str = ""
    moderated: bool = False


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A run of messages in order of time. `has_older` and `has_newer` say whether more exist on that side."""

    conversation: int
    messages: tuple[MessageView, ...]
    has_older: bool
    has_newer: bool
    first_unread: int | None = None


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message found by the full-text search. `spans` are (start, end) of the matches in `snippet`."""

    message: int
    conversation: int
    title: str
    sender_name: str
    snippet: str
    spans: tuple[tuple[int, int], ...]
    at: str
