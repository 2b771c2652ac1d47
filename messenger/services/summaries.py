"""How My reports shows a report: outbox row, case, messages and additions put together. Pure reading."""

from __future__ import annotations

from dataclasses import replace

from messenger.domain.receipt import Advice, CaseStatus, IdentityLevel
from messenger.domain.report import OutboxState, ReportSummary
from messenger.services import problems
from messenger.services.identity import BY_EMAIL, provable
from messenger.storage import outbox, report_addenda, report_after, report_cases
from messenger.storage.connection import Connection
from messenger.storage.outbox import Entry
from messenger.storage.report_cases import Case


def every(conn: Connection, now: str) -> tuple[ReportSummary, ...]:
    """All reports, the newest first. `now`: RFC 3339 UTC."""
    cases = report_cases.every(conn)
    return tuple(_combined(conn, one, cases.get(one.report_id), now) for one in outbox.every(conn))


def one(conn: Connection, report_id: str, now: str) -> ReportSummary:
    """One report. Raises `KeyError` when there is none."""
    entry = outbox.get(conn, report_id)
    if entry is None:
        raise KeyError("report")
    return _combined(conn, entry, report_cases.get(conn, report_id), now)


def _combined(conn: Connection, entry: Entry, case: Case | None, now: str) -> ReportSummary:
    problem, advice = problems.words_for(case.problem if case else entry.problem)
    after = report_after.get(conn, entry.report_id)
    plain = ReportSummary(
        id=entry.report_id,
        about=entry.about,
        endpoint=entry.endpoint,
        state=entry.state if case is None else OutboxState.SENT,
        saved_at=entry.saved_at,
        problem=problem,
        problem_advice=advice,
        reader=after.reader,
        country=after.country,
    )
    if case is None:
        return plain
    account = entry.account or case.receipt.reporter_jid
    verified = case.identity is IdentityLevel.VERIFIED
    messages = report_cases.messages(conn, entry.report_id)
    # A report that went by hand or in one chat message has no way for more: nothing is offered that can not be done.
    answers = case.profile.base.startswith("https:")
    going_on = answers and not case.over and case.outcome is None and case.problem != problems.CLOSED
    return replace(
        plain,
        sent_at=case.sent_at,
        case_number=case.receipt.case_number,
        receipt_code=case.receipt_code,
        status=case.status,
        history=case.history,
        advice=messages,
        next_contact_by=case.receipt.next_contact_by,
        receipt=case.receipt,
        identity_level=case.identity,
        identity_domain=account.rpartition("@")[2] if verified else "",
        can_prove=going_on and not verified and bool(account) and provable(case.profile),
        can_code=going_on and case.identity is IdentityLevel.UNVERIFIED and BY_EMAIL in case.profile.auth,
        overdue=going_on and _overdue(case, messages, now),
        addenda=report_addenda.summaries(conn, entry.report_id),
        can_add=going_on,
        can_withdraw=going_on,
        withdrawn=case.outcome,
    )


def _overdue(case: Case, messages: tuple[Advice, ...], now: str) -> bool:
    """The time by which the desk promised to write has passed, and it wrote nothing and did nothing that it told."""
    heard = any(one.kind != "reply" for one in messages)
    return not heard and case.status is CaseStatus.RECEIVED and "" < case.receipt.next_contact_by < now
