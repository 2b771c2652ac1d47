"""What My reports shows of a report: five marks, words for its state, advice; made from the summary by pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from messenger.domain.receipt import Advice, CaseStatus, FormQuestion, IdentityLevel, WithdrawalOutcome
from messenger.domain.report import AddendumSummary, DraftSummary, OutboxState, ReportSummary
from messenger.i18n import ntr, tr, trd
from messenger.ui.plain import isolate, message_text, visible
from messenger.ui.report.when import by, near, near_time


class Reach(StrEnum):
    """Where a mark stands."""

    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Mark:
    """One of the five marks: its word, its day ('' while it is to come)."""

    word: str
    day: str
    reach: Reach


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, to be ticked."""

    id: str
    text: str
    done: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the desk, or the reporter's own reply (`mine`). `form` are questions still to answer, `said` answers given."""

    n: int
    who: str
    at: str
    text: str
    steps: tuple[Step, ...]
    new: bool
    mine: bool
    form: tuple[FormQuestion, ...] = ()
    said: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """Something that the reporter added later: when and what, and whether they have it."""

    id: str
    at: str
    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Identity:
    """How sure they are who reports, in words, and how it can be checked (again)."""

    words: str
    sure: bool
    again: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A report in My reports. `title` is the case number once there is one."""

    id: str
    title: str
    about: str
    marks: tuple[Mark, ...]
    words: str
    letters: tuple[Letter, ...]
    problem: str
    retry: bool
    write: bool
    code: str
    unread: int
    sent: bool = False
    identity: Identity | None = None
    overdue: str = ""
    added: tuple[Added, ...] = ()
    add: bool = False
    take_back: bool = False
    step: bool = False
    carry: bool = False
    handed: bool = False
    desk: str = ""
    reader: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft."""

    id: str
    about: str
    saved: str


_READ = (CaseStatus.TRIAGED, CaseStatus.ASSIGNED, CaseStatus.NEED_INFO, CaseStatus.WITH_POLICE)
_FROM_DESK = ("advice", "question", "safety_plan", "emergency")
REPLY = "reply"


def case_of(report: ReportSummary, now: datetime) -> Case:
    """The case as the page shows it at `now`."""
    sent = report.state is OutboxState.SENT
    gone = report.withdrawn is not None or report.status is CaseStatus.WITHDRAWN
    handed = report.state is OutboxState.HANDED
    problem = "" if handed else " ".join(trd(one) for one in (report.problem, report.problem_advice) if one)
    about = visible(report.about)
    return Case(
        id=report.id,
        title=report.case_number or _title(report.state),
        about=tr("about {name}").format(name=about) if about else "",
        marks=marks_of(report, now) if sent and not gone else (),
        words=_words(report, now),
        letters=tuple(_letter(one, now) for one in report.advice),
        problem=problem,
        retry=not sent and not handed,
        write=sent and report.status is not CaseStatus.CLOSED and not gone,
        code=report.receipt_code,
        unread=report.unread,
        sent=sent,
        identity=identity_of(report) if sent and not gone else None,
        overdue=_overdue(report, now),
        added=tuple(_added(one, now, report.withdrawn) for one in report.addenda),
        add=report.can_add,
        take_back=report.can_withdraw,
        step=sent and bool(report.about),
        carry=not sent and not handed,
        handed=handed,
        desk=visible(report.endpoint),
        reader=report.reader,
        country=report.country,
    )


def _title(state: OutboxState) -> str:
    if state is OutboxState.HANDED:
        return tr("Made, but not sent")
    return tr("Needs a look") if state is OutboxState.NEEDS_ATTENTION else tr("Saved, not sent yet")


def identity_of(report: ReportSummary) -> Identity:
    """How sure the desk is of the reporter (identity level), as the last signed word says."""
    level = report.identity_level
    if level is IdentityLevel.VERIFIED:
        domain = visible(report.identity_domain)
        words = tr("They know that this is your chat address. {server} said so.").format(server=isolate(domain))
        return Identity(words if domain else tr("They know that this is your chat address."), True)
    if level is IdentityLevel.CODE:
        return Identity(tr("They know that this is your e-mail. You gave them the code."), True, report.can_prove)
    words = tr("They do not know yet that it is you. They read it in any case.")
    return Identity(words, False, report.can_prove, report.can_code)


def _overdue(report: ReportSummary, now: datetime) -> str:
    if not report.overdue:
        return ""
    due = near_time(report.next_contact_by, now)
    return tr("They said by {when}. They have not written yet. You can write, or call.").format(when=due)


def _added(one: AddendumSummary, now: datetime, outcome: WithdrawalOutcome | None) -> Added:
    """An addition as a line among the letters. What waits is not called sent."""
    if not one.sent_at and outcome is not None:
        return Added(one.id, near_time(one.at, now), tr("This was not sent. You took the report back."), message_text(one.words))
    if not one.sent_at:
        waits = tr("Your words wait here. They go by themselves.")
        if one.lines:
            waits = ntr(
                "{n} more message waits here. It goes by itself.",
                "{n} more messages wait here. They go by themselves.",
                one.lines,
            )
        return Added(one.id, near_time(one.at, now), waits, message_text(one.words))
    erased = outcome is WithdrawalOutcome.ERASED
    state = tr("It is gone there, too.") if erased else tr("They have it.")
    lines = (
        ntr("You sent {n} more message.", "You sent {n} more messages.", one.lines)
        if one.lines
        else tr("You sent more words.")
    )
    return Added(one.id, near_time(one.at, now), f"{lines} {state}", message_text(one.words))


def unfinished_of(draft: DraftSummary, now: datetime) -> Unfinished:
    """A draft as the page shows it."""
    about = visible(draft.about)
    return Unfinished(
        draft.id,
        tr("about {name}").format(name=about) if about else "",
        tr("saved {when}").format(when=near_time(draft.updated_at, now)),
    )


def marks_of(report: ReportSummary, now: datetime) -> tuple[Mark, ...]:
    """Sent, received, read, advice, closed. The last one reached is the present one, unless all is over."""
    first = {one.status: one.at for one in reversed(report.history)}
    reached = [
        report.sent_at,
        first.get(CaseStatus.RECEIVED) or (report.receipt.received_at if report.receipt else "") or report.sent_at,
        min((first[one] for one in _READ if one in first), default=""),
        first.get(CaseStatus.ADVICE_GIVEN) or _first_advice(report),
        first.get(CaseStatus.CLOSED, ""),
    ]
    last = max((n for n, at in enumerate(reached) if at), default=-1)
    if last >= 3 and not reached[2]:
        reached[2] = reached[last]
    words = (tr("Sent"), tr("Received"), tr("Read"), tr("Advice"), tr("Closed"))
    over = last == len(words) - 1
    marks = []
    for n, (word, at) in enumerate(zip(words, reached, strict=True)):
        reach = Reach.FUTURE if n > last else Reach.PRESENT if n == last and not over else Reach.PAST
        marks.append(Mark(word, near(at, now) if at and n <= last else "", reach))
    return tuple(marks)


def _first_advice(report: ReportSummary) -> str:
    return next((one.at for one in report.advice if one.kind in _FROM_DESK), "")


def _words(report: ReportSummary, now: datetime) -> str:
    if report.state is OutboxState.SENDING:
        return tr("It is on its way.")
    if report.state is OutboxState.HANDED:
        return tr("We made a file or an e-mail for you. No one has it until you hand it over.")
    if report.withdrawn is WithdrawalOutcome.ERASED:
        return tr("You took this report back. It is gone there.")
    if report.withdrawn is WithdrawalOutcome.NOTED:
        return tr("You took this report back. They wrote that down. They may still have to keep someone safe.")
    if report.state is not OutboxState.SENT:
        return tr("It is saved here. Nothing is lost.")
    told = {
        CaseStatus.TRIAGED: tr("A person has read it."),
        CaseStatus.ASSIGNED: tr("A person works on it."),
        CaseStatus.NEED_INFO: tr("They have a question for you."),
        CaseStatus.WITH_POLICE: tr("The police have it now."),
        CaseStatus.ADVICE_GIVEN: tr("They have written to you."),
        CaseStatus.CLOSED: tr("It is closed. You can still make a new report."),
        CaseStatus.WITHDRAWN: tr("You took this report back."),
    }
    if report.status is CaseStatus.NEED_INFO and _answered_all(report):
        return tr("You answered. They will read it.")
    if report.status in told:
        return told[report.status]
    due = by(report.next_contact_by, now)
    return tr("They have it. A person reads it by {when}.").format(when=due) if due else tr("They have it.")


def _answered_all(report: ReportSummary) -> bool:
    """Whether they asked, and every question has its answers, or words that were written after it."""
    asked = [n for n, one in enumerate(report.advice) if one.kind == "question" or one.form]
    wrote = max((n for n, one in enumerate(report.advice) if one.kind == REPLY), default=-1)
    return bool(asked) and all(report.advice[n].answered or (not report.advice[n].form and wrote > n) for n in asked)


def _letter(advice: Advice, now: datetime) -> Letter:
    mine = advice.kind == REPLY
    who = visible(advice.from_name)
    if advice.from_role and not mine:
        who = tr("{name}, {role}").format(name=who, role=visible(advice.from_role))
    return Letter(
        advice.n,
        tr("You") if mine else who,
        near_time(advice.at, now),
        message_text(advice.text),
        tuple(Step(one.id, message_text(one.text), one.done) for one in advice.steps),
        not advice.read and not mine,
        mine,
        () if mine or advice.answered else advice.form,
        tuple((message_text(one.text_shown), message_text(one.answer_shown)) for one in advice.answered),
    )
