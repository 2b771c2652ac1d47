"""What the reporter states, as typed input for a report: every field of the wire that a person or the wizard fills."""

from __future__ import annotations

from dataclasses import dataclass, field

from messenger.domain.report import EndpointProfile

CATEGORIES = ("grooming", "sexual", "blackmail", "meeting", "threat", "bullying", "self_harm", "deception", "unsure")
TIERS = ("now", "today", "soon", "log")
ROLES = ("self", "parent", "friend", "professional", "other")
AGE_BANDS = ("under_13", "13_15", "16_17", "18_over", "unknown")
CONTACT_KINDS = ("xmpp", "email", "phone", "post", "other")
MAX_NARRATIVE = 4000


@dataclass(frozen=True, slots=True)
class Client:
    """The program that makes the report. `os` is a family such as "linux", never a machine's name."""

    name: str
    version: str
    os: str


@dataclass(frozen=True, slots=True)
class QuestionnaireRef:
    """Which questions were asked: the digest is SHA-256 (b64u) of the questionnaire file's bytes."""

    id: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Qualifier:
    """One question with its answers, in the exact words that the reporter saw. `a` are option ids, or one own text."""

    q: str
    a: tuple[str, ...]
    text_shown: str
    answer_shown: str
    at: str


@dataclass(frozen=True, slots=True)
class Urgency:
    """How soon somebody should look, by the questionnaire's own rules. `factors` name the rules that counted."""

    tier: str
    score: int
    factors: tuple[str, ...] = ()
    emergency_card_shown_at: str | None = None
    emergency_choice: str | None = None


@dataclass(frozen=True, slots=True)
class ContactWay:
    """A way to reach the reporter. `safe`: whether it is safe to write there; `when`: in the person's own words."""

    kind: str
    value: str
    safe: bool | None = None
    when: str = ""


@dataclass(frozen=True, slots=True)
class Guardian:
    """A grown-up whom the reporter named."""

    name: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports. Name, contact, guardian and age band go into the identity file, sealed apart.

    `country` is ISO 3166-1 alpha-2 in lower case, or "elsewhere".
    """

    jid: str
    name: str
    age_band: str
    country: str
    contact: tuple[ContactWay, ...]
    guardian: Guardian | None = None
    region: str = ""
    lang: str = "en"


@dataclass(frozen=True, slots=True)
class Affected:
    """A person whom it happens to."""

    is_reporter: bool
    age_band: str
    age: int | None = None
    jid: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the reported party said of themselves."""

    name: str = ""
    age: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Reported:
    """The reported party: an allegation, not a verdict. `known_offline` is "yes", "no" or "unsure"."""

    jid: str
    names_seen: tuple[str, ...] = ()
    occupant_id: str = ""
    first_seen: str | None = None
    last_seen: str | None = None
    roster_state: str = ""
    resources: tuple[str, ...] = ()
    claims: Claims = field(default_factory=Claims)
    other_accounts: tuple[str, ...] = ()
    known_offline: str = "unsure"


@dataclass(frozen=True, slots=True)
class Incident:
    """When and where. `place` is "chat", "room" or "elsewhere"; `ongoing` is "yes", "no" or "unsure"."""

    first_at: str | None = None
    last_at: str | None = None
    ongoing: str = "unsure"
    place: str = "chat"
    room_jid: str = ""
    also_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """The promise that the report is true, in the words that the reporter saw."""

    text_shown: str
    at: str


@dataclass(frozen=True, slots=True)
class Consent:
    """What the reporter allows. Sending to the endpoint is what Send means; the rest is asked."""

    share_with_police: bool | None = None
    tell_own_server: bool = False
    tell_their_server: bool = False
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class Actions:
    """What was done before the report."""

    blocked_at: str | None = None
    told_adult: bool | None = None
    reported_elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What the own server is and says. `time_offset_ms` is its clock minus ours (XEP-0202), where known.

    `asked_at`: when the archive was asked for the lines of this report (RFC 3339 UTC), or None when it was not.
    """

    domain: str = ""
    features: tuple[str, ...] = ()
    time_offset_ms: int | None = None
    asked_at: str | None = None


@dataclass(frozen=True, slots=True)
class ReportInput:
    """Everything of a report but its evidence and keys. Times are RFC 3339 UTC with milliseconds and Z.

    `report_id` is a random UUID (version 4) made once, when the report is begun.
    """

    report_id: str
    created_at: str
    lang: str
    client: Client
    questionnaire: QuestionnaireRef
    category: str
    urgency: Urgency
    role: str
    reporter: Reporter
    declaration: Declaration
    endpoint: EndpointProfile
    also: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    qualifiers: tuple[Qualifier, ...] = ()
    affected: tuple[Affected, ...] = ()
    reported: tuple[Reported, ...] = ()
    incident: Incident = field(default_factory=Incident)
    narrative: str = ""
    consent: Consent = field(default_factory=Consent)
    actions: Actions = field(default_factory=Actions)
    server: ServerFacts = field(default_factory=ServerFacts)
