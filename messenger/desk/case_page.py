"""The page of one report: who, what, how sure, what was added or taken back, correspondence and the composer."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from messenger.desk import advice, casefile, cases_found, codes, forms, gate, identity, lines, triage, view, withdrawals
from messenger.desk.advice import Composed
from messenger.desk.bench import Bench
from messenger.desk.casefile import CaseFile, Stored
from messenger.desk.checks import Later
from messenger.desk.exports import offered
from messenger.desk.letters import letters
from messenger.desk.moments import DAY, clock_time, day, short
from messenger.desk.officer_pages import journal_entry
from messenger.desk.officers import Session
from messenger.evidence.message import MAX_QUESTIONS
from messenger.evidence.visible import escaped
from messenger.i18n import tr


class CasePage:
    """Shows one report. What changes something is in officer_actions.py."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def routes(self) -> list[BaseRoute]:
        guarded = self._bench.gate.page
        return [Route("/desk/cases/{case_number}", guarded(self.case), methods=["GET"])]

    async def case(self, request: Request, session: Session) -> Response:
        number = request.path_params["case_number"]
        row = await self._bench.store.run(cases_found.open_case, number, session.officer, self._bench.clock())
        if row is None:
            return await self.missing(session, number)
        return await self.case_page(row, session, done=request.query_params.get("done", ""))

    async def missing(self, session: Session, case_number: str = "") -> Response:
        """There is no such case, or no more than its tombstone."""
        stone = await self._bench.store.run(withdrawals.erased, case_number)
        if stone is None:
            return self._bench.page("missing", "", session, {"title": tr("Nothing here")}, 404)
        at = f"{day(stone['at'])} {clock_time(stone['at'])}"
        values = {"title": stone["case_number"], "case_number": stone["case_number"], "at": at}
        return self._bench.page("tombstone", "closed", session, values, 410)

    async def case_page(
        self,
        row: sqlite3.Row,
        session: Session,
        composed: Composed | None = None,
        problem: str = "",
        done: str = "",
        preview: bool = False,
    ) -> Response:
        """The report's page, with what stands in the composer when it was not sent."""
        run = self._bench.store.run
        stored = await run(casefile.load, row["report_id"], session.officer)
        if stored is None:
            return await self.missing(session, row["case_number"])
        file = await asyncio.to_thread(casefile.open_case, self._bench, stored)
        if file is None:
            return self._bench.page("damaged", "queue", session, {"title": row["case_number"]}, 500)
        signed = file.opened.signed
        keyed = [self._bench.keys.index(one["jid"]) for one in signed.body["reported"] if one["jid"]]
        now = self._bench.clock()
        values = {
            **self._report_values(file),
            **await self._people_values(file),
            **self._evidence_values(file),
            "also_seen": await run(cases_found.also_seen, row["report_id"], keyed),
            "letters": await asyncio.to_thread(letters, signed, self._bench.keys, stored.sent, stored.came, now),
            "history": [(one["status"], short(one["at"], now)) for one in stored.history],
            "entries": [journal_entry(one) for one in stored.entries],
            "composer": {**self._composer(stored.row, composed), "problem": problem if composed else ""},
            "exports": offered(file),
            "problem": problem,
            "done": _done_words(done),
            "preview": preview and not problem,
            "title": row["case_number"],
        }
        return self._bench.page("case", "queue", session, values, 400 if problem else 200)

    def _report_values(self, file: CaseFile) -> dict[str, Any]:
        now = self._bench.clock()
        row, signed = file.stored.row, file.opened.signed
        body = signed.body
        return {
            "case_number": row["case_number"],
            "category": triage.category_words(row["category"]),
            "also": [triage.category_words(one) for one in body["also"]],
            "tier": row["tier"],
            "first_tier": row["first_tier"],
            "status_now": row["status"],
            "officer": row["officer"] or "",
            "received": short(row["filed"], now),
            "answer_by": short(row["answer_by"], now),
            "erased_on": day(row["filed"] + self._bench.retention_days * DAY),
            "whole": file.opened.whole and all(one.whole for one in file.later),
            "withdrawal": _withdrawal(file),
            "checks": file.opened.checks,
            "factors": view.factors(signed),
            "emergency_seen": bool(body["urgency"]["emergency_card_shown_at"]),
            "reported_cards": view.reported_card(signed),
            "narrative": body["narrative"]["text"] if body["narrative"] else "",
            "answers": view.answers(signed),
            "facts": view.facts(signed),
            "consents": [_consent(one) for one in file.stored.consents],
        }

    async def _people_values(self, file: CaseFile) -> dict[str, Any]:
        stored, opened = file.stored, file.opened
        signed = opened.signed
        known = identity.known(stored.row)
        own = opened.reporter if stored.identity_at else None
        return {
            "level": known.level.value,
            "level_words": identity.words(known.level.value),
            "level_about": ", ".join(filter(None, (escaped(known.domain), _moment(known.at) if known.at else ""))),
            "reporter_address": escaped(signed.body["reporter"]["jid"]) or tr("none given"),
            "reporter_card": [
                *view.reporter_card(signed),
                (tr("Country"), self._bench.countries.name(stored.row["country"])),
                *view.affected_card(signed),
            ],
            "identity_card": view.identity_card(own) if own else None,
            "code_addresses": await self._code_addresses(stored, own) if own else [],
            "identity_at": short(stored.identity_at, self._bench.clock()) if stored.identity_at else "",
            "openings": [
                {"at": _moment(one["at"]), "officer": one["officer"], "words": one["words"] or ""} for one in stored.openings
            ],
            "to_name": own["name"] if own else view.names(signed)[0],
        }

    async def _code_addresses(self, stored: Stored, reporter: dict[str, Any]) -> list[str]:
        """The e-mail addresses of the opened name part to which a code went and came back."""
        found = []
        for one in reporter["contact"]:
            fits = await self._bench.store.run(
                codes.proven_address, self._bench.keys, stored.report_id, one["value"]
            )
            if one["kind"] == "email" and fits:
                found.append(escaped(one["value"]))
        return found

    def _evidence_values(self, file: CaseFile) -> dict[str, Any]:
        signed, entries = file.opened.signed, file.opened.entries or []
        own = file.opened.reporter if file.stored.identity_at else None
        reporter, reported = view.names(signed)
        names = (escaped(own["name"]) if own else reporter, reported)
        manifest = signed.body["evidence"]
        report_lines = lines.lines(manifest, entries, names, casefile.marks(file.stored))
        later = [self._later(one, names) for one in file.later]
        every = [*report_lines, *(line for one in later for line in one["lines"])]
        return {
            "lines": report_lines,
            "days": _days(report_lines),
            "assurances": {one.assurance for one in every if one.assurance},
            "legend": [(level, lines.meaning(level)) for level in ("A3r", "A3", "A2", "A1", "A0")],
            "outside": casefile.outside(file.stored),
            "room": lines.room_card(manifest),
            "people": lines.people(entries) if manifest["room"] else [],
            "later": later,
        }

    def _later(self, one: Later, names: lines.Names) -> dict[str, Any]:
        body = one.signed.body if one.signed else None
        manifest = body["evidence"] if body else None
        found = lines.lines(manifest, one.signed.entries, names) if one.signed and manifest else []
        return {
            "n": one.n,
            "at": short(one.at, self._bench.clock()),
            "whole": one.whole,
            "checks": one.checks,
            "narrative": body["narrative"]["text"] if body and body["narrative"] else "",
            "lines": found,
            "days": _days(found),
            "room": lines.room_card(manifest) if manifest else [],
        }

    def _composer(self, row: sqlite3.Row, composed: Composed | None) -> dict[str, Any]:
        child = row["age_band"] != "18_over"
        steps_offered = [
            tr("Keep the messages. Do not answer."),
            tr("Show this page to a grown-up you trust.") if child else tr("Tell somebody you trust."),
            self._bench.countries.call_step(row["country"], row["category"], child),
        ]
        steps = composed.steps if composed else ()
        return {
            "kind": composed.kind if composed else "advice",
            "text": composed.text if composed else "",
            "steps": steps,
            "offered": [one for one in steps_offered if one and one not in steps],
            "own": [""] * 2,
            "form": composed.form if composed else (),
            "form_kinds": [(kind, forms.kind_words(kind)) for kind in forms.KINDS],
            "form_limit": MAX_QUESTIONS,
            "asks": forms.asked(forms.questions(composed.form), ()) if composed else (),
            "draft": composed.draft if composed else gate.new_token(),
            "grade": advice.grade_words(composed.text if composed else ""),
            "length": len(composed.text) if composed else 0,
            "limit": advice.MAX_TEXT,
            "kinds": [(kind, advice.kind_words(kind)) for kind in advice.KINDS],
        }


def _withdrawal(file: CaseFile) -> dict[str, str] | None:
    note = file.stored.withdrawal
    if note is None:
        return None
    reason = withdrawals.reason_words(file.wish.reason) if file.wish else tr("The letter does not open any more")
    return {"at": _moment(note["at"]), "reason": reason, "text": file.wish.text if file.wish else ""}


def _consent(row: sqlite3.Row) -> tuple[str, str]:
    said = [
        tr("Their own server may be told") if row["tell_own_server"] else "",
        tr("This desk may read the room") if row["read_room"] else "",
    ]
    return _moment(row["at"]), ", ".join(filter(None, said)) or tr("Nothing more is allowed")


def _moment(at: float) -> str:
    return f"{day(at)} {clock_time(at)}"


def _days(found: list[lines.Line]) -> list[str]:
    return list(dict.fromkeys(one.day for one in found if one.day))


def _done_words(done: str) -> str:
    table = {
        "sent": tr("Sent. The reporter's app shows it the next time it asks."),
        "taken": tr("The case is yours now."),
        "urgency": tr("The urgency was changed."),
        "status": tr("The status was changed."),
        "same": tr("Nothing changed: it was like this before."),
        "identity": tr("Name and contact are open for you now."),
    }
    return table.get(done, "")
