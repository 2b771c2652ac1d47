"""A report on its way: draft, outbox state, and what My reports shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from messenger.domain.evidence import Occupant, Snapshot
from messenger.domain.receipt import Advice, CaseStatus, IdentityLevel, Receipt, WithdrawalOutcome


class OutboxState(StrEnum):
    """SAVED and SENDING are retried by themselves; NEEDS_ATTENTION waits for the person; SENT has a verified receipt.

    HANDED: given to a way that has no receipt of its own (a folder, an e-mail draft); it is never called sent.
    """

    SAVED = "saved"
    SENDING = "sending"
    NEEDS_ATTENTION = "needs_attention"
    HANDED = "handed"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class ReportContext:
    """Where Report abuse was pressed. Everything may be empty: it works signed out and offline.

    `occupant`: in a room, whom it was pressed at; without, it is about who said the chosen messages.
    """

    account: str = ""
    conversation: int | None = None
    messages: tuple[int, ...] = ()
    counterpart: str = ""
    occupant: Occupant | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished report. `interview` is the questionnaire's own JSON state; `chosen` and `left_out` are message ids.

    `left_out` are context lines around the chosen ones that the person took away. `updated_at` is RFC 3339 UTC.
    """

    id: str
    snapshot: Snapshot | None
    questionnaire_sha256: str
    interview: dict[str, Any] = field(default_factory=dict)
    chosen: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    account: str = ""
    counterpart: str = ""
    started_at: str = ""
    updated_at: str = ""
    occupant: Occupant | None = None


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """An unfinished report in a list. `about` is the reported party's name or address, or ''."""

    id: str
    about: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A case's status, and since when (RFC 3339 UTC)."""

    status: CaseStatus
    at: str


class WithdrawReason(StrEnum):
    """Why a report is taken back."""

    MISTAKE = "mistake"
    UNSAFE = "unsafe"
    CHANGED_MIND = "changed_mind"
    SOLVED = "solved"


class AftercareDeed(StrEnum):
    """What was chosen after the receipt. KEEP: do nothing, the officer may want the chat as it is."""

    KEEP = "keep"
    MUTE = "mute"
    BLOCK = "block"
    BLOCK_AND_LEAVE = "block_and_leave"


@dataclass(frozen=True, slots=True)
class Aftercare:
    """What can be chosen after the receipt, and what was. `counterpart` '' means that there is nobody to act on.

    `can_block`: the own server blocks (XEP-0191). `can_tell_server`: it takes reports with a block (XEP-0377);
    `tell_server_default` is the default of reporting.md c.5 (on for deception and bullying, else off). `in_roster`:
    leaving means taking them off the contacts. `is_room`: leaving means leaving the room. `can_tell_room`: the room takes
    reports for the people who run it, and the person has a lasting id there. `done` is what was done.
    """

    report_id: str
    counterpart: str = ""
    can_block: bool = False
    can_tell_server: bool = False
    tell_server_default: bool = False
    own_server: str = ""
    in_roster: bool = False
    is_room: bool = False
    public_room: bool = False
    done: tuple[AftercareDeed, ...] = ()
    told_server: bool = False
    read_room: bool = False
    can_tell_room: bool = False
    told_room: bool = False


@dataclass(frozen=True, slots=True)
class AddendumSummary:
    """Later evidence of a report. `sent_at` '' while it waits to be sent. `lines` counts its messages."""

    id: str
    at: str
    sent_at: str
    words: str
    lines: int


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A report as My reports shows it. `problem` is an error's plain sentence (msgid) or ''.

    `reader` (the reporter's age band) and `country` say which helpline the wizard named, '' where that is not known.
    """

    id: str
    about: str
    endpoint: str
    state: OutboxState
    saved_at: str
    sent_at: str = ""
    case_number: str = ""
    receipt_code: str = ""
    status: CaseStatus | None = None
    history: tuple[StatusChange, ...] = ()
    advice: tuple[Advice, ...] = ()
    problem: str = ""
    problem_advice: str = ""
    next_contact_by: str = ""
    receipt: Receipt | None = None
    identity_level: IdentityLevel = IdentityLevel.UNVERIFIED
    identity_domain: str = ""
    can_prove: bool = False
    can_code: bool = False
    overdue: bool = False
    addenda: tuple[AddendumSummary, ...] = ()
    can_add: bool = False
    can_withdraw: bool = False
    withdrawn: WithdrawalOutcome | None = None
    reader: str = ""
    country: str = ""

    @property
    def unread(self) -> int:
        return sum(1 for one in self.advice if not one.read)


@dataclass(frozen=True, slots=True)
class EndpointProfile:
    """Who receives reports. `keys` are public JWKs (RFC 8037): use 'sig' and use 'enc'. `hand_set` shows a permanent line.

    `auth`: how the desk can check who reports ("xmpp-0070", "code-email"). `forward_jid`: the address to which a server
    may forward originals (A3), or ''. `out_of_hours`: id of the desk that takes urgent reports while `hours` say closed.
    `pins`: SHA-256 of the public keys (SPKI) that its TLS certificate may have, in base64url; none means any.
    """

    id: str
    name: str
    base: str
    keys: tuple[dict[str, str], ...]
    country: str = ""
    jid: str = ""
    hours: str = ""
    languages: tuple[str, ...] = ()
    ca_file: str = ""
    hand_set: bool = False
    demonstration: bool = False
    auth: tuple[str, ...] = ()
    forward_jid: str = ""
    out_of_hours: str = ""
    pins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """Who the person saw as the one who gets the report; None: nobody."""

    profile: EndpointProfile | None

    def fits(self, receiver: EndpointProfile) -> bool:
        """Whether a report to `receiver` goes where the person was told: its address and keys may have moved on."""
        return self.profile is not None and _told(self.profile) == _told(receiver)


def _told(desk: EndpointProfile) -> tuple[object, ...]:
    """What a person is told of a desk."""
    return desk.id, desk.name, desk.country, desk.hand_set, desk.demonstration, desk.base.partition(":")[0]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A line of the wizard's messages page. `goes`: chosen, context (goes too) or no."""

    message: int
    direction: str
    name: str
    at: str
    body: str
    media: tuple[str, ...]
    edited: bool
    retracted: bool
    goes: str


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """A run of evidence rows in order of time, with counts over the whole selection."""

    rows: tuple[EvidenceRow, ...]
    has_older: bool
    has_newer: bool
    total: int
    chosen: int
    context: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what will be sent, as readable text, and who gets it. `text` is built from the very bytes to be sealed.

    A preview that is not `whole` holds the messages alone: other answers are still to come.
    """

    text: str
    endpoint: str
    digest: str
    size: int
    whole: bool = True
