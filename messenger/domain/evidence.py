"""What evidence is made from: messages as stored, whole, with their place in the journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from messenger.domain.message import ArchiveId, Direction, MediaRef, Occupant, RawStanza, Times, Via


class Assurance(StrEnum):
    """How far a line is corroborated (reporting.md, assurance ladder)."""

    A0 = "A0"
    A1 = "A1"
    A2 = "A2"
    A3 = "A3"
    A3R = "A3r"


class ArchiveCheck(StrEnum):
    """What the own server's archive said about a line when it was asked just before the report was signed (A2).

    NOT_ASKED: nobody asked (offline, no archive, an unfinished message). SAME: the id gave the same sender and words.
    FOUND: the line's own id was missing or not to be trusted, and the archive has this line under another id. MISSING:
    the archive has no message under that id. DIFFERS: it has another one there.
    """

    NOT_ASKED = "not_asked"
    SAME = "same"
    FOUND = "found"
    MISSING = "missing"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """The room of a snapshot and the reporter's own place in it. `public`: its archive may be read by anybody."""

    jid: str
    name: str = ""
    me: Occupant = field(default_factory=lambda: Occupant(""))
    public: bool = False
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditRecord:
    """A later stanza that changes a message: a correction (XEP-0308) or a retraction (XEP-0424).

    `raw` is None for an edit made here whose copy did not come back from the server yet. `archive_id` as of the line.
    """

    kind: str
    body: str
    sender: str
    times: Times
    raw: RawStanza | None
    journal_index: int
    archive_id: ArchiveId | None = None


@dataclass(frozen=True, slots=True)
class CapturedMessage:
    """A stored message with everything that evidence needs. `seq` counts within the conversation from 1.

    `journal_index` is the entry of the client's hash chain written at receipt; `journal_hash` its chain value.
    """

    message: int
    seq: int
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
    raw: RawStanza | None
    edits: tuple[EditRecord, ...]
    reply_to: str
    media: tuple[MediaRef, ...]
    encryption: str
    journal_index: int
    journal_hash: str
    archive_check: ArchiveCheck = ArchiveCheck.NOT_ASKED
    occupant: Occupant | None = None


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The end of the client's hash chain at the click: index of the last entry, its chain value, when it began."""

    index: int
    head: str
    started_at: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is fixed at the click on Report: nothing later in the conversation changes the evidence (F17, F18)."""

    conversation: int
    account: str
    counterpart: str
    head: JournalHead
    taken_at: str
    total: int
    room: RoomFacts | None = None


__all__ = [
    "ArchiveCheck",
    "Assurance",
    "CapturedMessage",
    "EditRecord",
    "JournalHead",
    "Occupant",
    "RoomFacts",
    "Snapshot",
]
