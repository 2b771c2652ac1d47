"""From the wizard's answers and the chosen lines to the typed statement that is signed (evidence/statement.py). Pure."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from messenger import __version__
from messenger.domain.contact import Subscription
from messenger.domain.errors import InvalidAddress, NotComplete
from messenger.domain.evidence import CapturedMessage, Occupant
from messenger.domain.jid import Jid
from messenger.domain.message import Direction
from messenger.domain.report import Draft, EndpointProfile
from messenger.evidence.canonical import scalar_text
from messenger.evidence.statement import (
    Actions,
    Affected,
    Claims,
    Client,
    ContactWay,
    Declaration,
    Guardian,
    Incident,
    Qualifier,
    QuestionnaireRef,
    Reported,
    Reporter,
    ReportInput,
    ServerFacts,
    Urgency,
)
from messenger.i18n import tr, trd
from messenger.questionnaire.form import Question
from messenger.questionnaire.interview import Interview
from messenger.questionnaire.outcome import Result
from messenger.services.room_evidence import is_room, reported, same

DETAILS = ("name", "contact", "phone", "email", "safe_when", "country", "guardian_name", "guardian_contact")
"""Fields of the reporter that are asked once and offered again in the next report."""
TIERS = ("now", "today", "soon", "log")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_COUNTRY = re.compile(r"[a-z]{2}")
_UNSURE = {"yes": "yes", "met": "yes", "no": "no"}
_MAX_NAMES = 100
_LONGEST_NAME = 1000
_MAX_ADDRESS = 3071


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known beside the answers: the lines that go, the contact's name, the roster, server, place and language."""

    lines: Sequence[CapturedMessage] = ()
    contact_name: str = ""
    subscription: Subscription | None = None
    server: ServerFacts = field(default_factory=ServerFacts)
    country: str = ""
    lang: str = "en"


def state(talk: Interview, draft: Draft, around: Surroundings, endpoint: EndpointProfile, now: str) -> ReportInput:
    """The statement. Raises `NotComplete` while a required answer is missing."""
    result = talk.result()
    if talk.all_problems() or not result.category:
        raise NotComplete
    return ReportInput(
        report_id=draft.id,
        created_at=now,
        lang=around.lang,
        client=Client("Robin Messenger", __version__, sys.platform),
        questionnaire=QuestionnaireRef(talk.form.id, str(talk.form.version), talk.form.sha256),
        category=result.category,
        also=result.also,
        codes=result.codes,
        qualifiers=tuple(
            Qualifier(one.q, one.a, one.text_shown, one.answer_shown, _time(one.at, draft.started_at))
            for one in result.qualifiers
        ),
        urgency=_urgency(talk, result, draft),
        role=result.role,
        reporter=_reporter(talk, result, draft, around),
        declaration=Declaration(trd(talk.form.declaration), now),
        endpoint=endpoint,
        affected=(Affected(result.affected_is_reporter, result.age_band),),
        reported=_reported(talk, result, draft, around),
        incident=_incident(result, draft, around),
        narrative=result.narrative,
        actions=Actions(told_adult=_yes_no(result.facts.get("told_adult", result.fields.get("told_adult", "")))),
        server=around.server,
    )


def details_of(result: Result) -> dict[str, str]:
    """What of this report's answers is offered again in the next one."""
    return {name: scalar_text(result.fields[name]) for name in DETAILS if result.fields.get(name)}


def urgency_place(result: Result) -> int:
    """0 for now to 3 for log: the outbox sends in this order."""
    return TIERS.index(result.urgency.tier)


def _urgency(talk: Interview, result: Result, draft: Draft) -> Urgency:
    shown = None
    if talk.emergency:
        card = next(one for one in talk.cards() if one.kind == "emergency")
        asked = [talk.given(one.id).at for one in talk.questions(card.page)]
        shown = _time(next((at for at in asked if at), ""), draft.started_at)
    return Urgency(
        result.urgency.tier,
        result.urgency.score,
        tuple(one.words for one in result.urgency.factors),
        shown,
        result.fields.get("emergency_choice"),
    )


def _reporter(talk: Interview, result: Result, draft: Draft, around: Surroundings) -> Reporter:
    given = result.fields
    guardian_name, guardian_contact = given.get("guardian_name", ""), given.get("guardian_contact", "")
    guardian = None
    if guardian_name or guardian_contact:
        guardian = Guardian(guardian_name or tr("a grown-up"), guardian_contact)
    country = given.get("country", "") or around.country
    return Reporter(
        jid=draft.account,
        name=given["name"],
        age_band=result.reporter_age_band,
        country=country if _COUNTRY.fullmatch(country) else "elsewhere",
        contact=_contact(talk, result, draft),
        guardian=guardian,
        lang=around.lang,
    )


def _contact(talk: Interview, result: Result, draft: Draft) -> tuple[ContactWay, ...]:
    """The ways that were chosen; the chat address is always one of them (decision 16)."""
    given, chosen = result.fields, result.fields.get("contact", "").split()
    when, safe = given.get("safe_when", ""), None
    words = ""
    if when:
        safe = when != "wait"
        words = next((talk.counts(one.id).answer_shown for one in _asking(talk, "safe_when")), "")
    ways = [
        ContactWay(kind, given[kind], safe, words) for kind in ("phone", "email") if kind in chosen and kind in given
    ]
    if draft.account:
        here = "here" in chosen
        ways.insert(0, ContactWay("xmpp", draft.account, safe if here else None, words if here else ""))
    elif "here" in chosen or not ways:
        ways.insert(0, ContactWay("other", tr("In this app"), safe, words))
    return tuple(ways)


def _asking(talk: Interview, wanted: str) -> list[Question]:
    return [one for _page, one in talk.form.questions() if one.field == wanted]


def _reported(talk: Interview, result: Result, draft: Draft, around: Surroundings) -> tuple[Reported, ...]:
    given = result.fields
    typed = given.get("counterpart", "")
    if is_room(draft):
        return _reported_in_room(talk, result, draft, around, typed)
    jid = draft.counterpart or _address(typed)
    theirs = [one for one in around.lines if one.direction is Direction.IN]
    names = [around.contact_name, "" if typed == jid else typed, given.get("other_addresses", "")]
    if not jid and not any(names):
        return ()
    times = sorted(one.times.best for one in theirs)
    return (
        Reported(
            jid=jid,
            names_seen=tuple(dict.fromkeys(one for one in names if one))[:_MAX_NAMES],
            first_seen=times[0] if times else None,
            last_seen=times[-1] if times else None,
            roster_state=around.subscription.value if around.subscription else "",
            resources=_resources(theirs, jid),
            claims=_claims(talk, result),
            other_accounts=tuple(one for one in (given.get("other_accounts", ""),) if one),
            known_offline=_UNSURE.get(given.get("known_offline", ""), "unsure"),
        ),
    )


def _reported_in_room(
    talk: Interview, result: Result, draft: Draft, around: Surroundings, typed: str
) -> tuple[Reported, ...]:
    """The occupants that the report is about; when nobody was pointed at, the room itself with what was typed."""
    given, room = result.fields, draft.counterpart
    about = reported(draft, around.lines)
    words = [one for one in (typed, given.get("other_addresses", "")) if one and one != room]
    found: list[Reported] = []
    for who in about or (Occupant(""),):
        theirs = [one for one in around.lines if one.occupant is not None and same(one.occupant, who)]
        times = sorted(one.times.best for one in theirs)
        names = [who.nick, *(one.occupant.nick for one in theirs if one.occupant), *(words if not found else [])]
        place = f"{room}/{who.nick}" if who.nick else room
        first = not found
        found.append(
            Reported(
                jid=scalar_text(who.jid or place)[:_MAX_ADDRESS],
                names_seen=tuple(dict.fromkeys(scalar_text(one)[:_LONGEST_NAME] for one in names if one))[:_MAX_NAMES],
                occupant_id=who.occupant_id,
                first_seen=times[0] if times else None,
                last_seen=times[-1] if times else None,
                claims=_claims(talk, result) if first else Claims(),
                other_accounts=tuple(one for one in (given.get("other_accounts", ""),) if one and first),
                known_offline=_UNSURE.get(given.get("known_offline", ""), "unsure") if first else "unsure",
            )
        )
    return tuple(found)


def _claims(talk: Interview, result: Result) -> Claims:
    given = result.fields
    ages = [talk.counts(one.id).answer_shown for one in _asking(talk, "claims_age")]
    return Claims(given.get("claims_name", ""), next((one for one in ages if one), ""), given.get("claims_place", ""))


def _resources(lines: Sequence[CapturedMessage], jid: str) -> tuple[str, ...]:
    found = [one.sender.partition("/") for one in lines]
    # Cut as the schema cuts; a resource may hold whatever its owner likes.
    return tuple(dict.fromkeys(scalar_text(rest)[:1023] for bare, _, rest in found if bare == jid and rest))[
        :_MAX_NAMES
    ]


def _incident(result: Result, draft: Draft, around: Surroundings) -> Incident:
    times = sorted(one.times.best for one in around.lines)
    room = is_room(draft)
    elsewhere = result.fields.get("also_on", "")
    return Incident(
        first_at=times[0] if times else None,
        last_at=times[-1] if times else None,
        ongoing=_UNSURE.get(result.facts.get("ongoing", result.fields.get("ongoing", "")), "unsure"),
        place="room" if room else "chat" if draft.counterpart else "elsewhere",
        room_jid=draft.counterpart if room else "",
        also_on=(elsewhere,) if elsewhere else (),
    )


def _address(typed: str) -> str:
    """The bare address in what a person typed, or ''."""
    try:
        return Jid.parse(typed).bare if "@" in typed else ""
    except InvalidAddress:
        return ""


def _time(at: str, otherwise: str) -> str:
    return at if _TIME.fullmatch(at) else otherwise


def _yes_no(word: str) -> bool | None:
    return {"yes": True, "no": False}.get(word)
