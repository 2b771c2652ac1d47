"""The page of one report: evidence, checks, people, correspondence and the composer."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from messenger.desk import advice, cases, cases_found, checks, gate, identity, journal, triage, view
from messenger.desk.advice import Composed
from messenger.desk.bench import Bench
from messenger.desk.moments import DAY, day, short
from messenger.desk.officer_pages import journal_entry
from messenger.desk.officers import Session
from messenger.domain.errors import EvidenceRefused
from messenger.evidence.message import open_reply
from messenger.i18n import tr


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of the correspondence, either way."""

    mine: bool
    who: str
    at: str
    kind: str
    text: str
    steps: tuple[tuple[str, bool], ...]
    order: float


class CasePage:
    """Shows one report. What changes something is in officer_actions.py."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def routes(self) -> list[BaseRoute]:
        guarded = self._bench.gate.page
        return [Route("/desk/cases/{case_number}", guarded(self.case), methods=["GET"])]

    async def case(self, request: Request, session: Session) -> Response:
        row = await self._bench.store.run(cases_found.by_case, request.path_params["case_number"])
        if row is None:
            return self.missing(session)
        await self._bench.store.run(
            journal.write_seldom, self._bench.clock(), session.officer, "opened", row["case_number"]
        )
        return await self.case_page(row, session, done=request.query_params.get("done", ""))

    def missing(self, session: Session) -> Response:
        return self._bench.page("missing", "", session, {"title": tr("Nothing here")}, 404)

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
        report_id = row["report_id"]
        items, sealed_identity = await run(cases.body, report_id, "items"), await run(cases.body, report_id, "identity")
        opened = await asyncio.to_thread(
            checks.open_stored,
            self._bench.intake, self._bench.schemas, row["digest"], row["sealed"], items or b"", sealed_identity or b"",
        )  # fmt: skip
        if opened is None:
            return self._bench.page("damaged", "queue", session, {"title": row["case_number"]}, 500)
        identity_at = await run(cases_found.opened_at, report_id, session.officer)
        keyed = [self._bench.keys.index(one["jid"]) for one in opened.signed.body["reported"] if one["jid"]]
        values = self._report_values(row, opened, identity_at)
        values.update(
            also_seen=await run(cases_found.also_seen, report_id, keyed),
            letters=await self._letters(row, opened),
            history=[(one["status"], short(one["at"], self._bench.clock())) for one in await run(cases.history, report_id)],
            entries=[journal_entry(one) for one in await run(journal.entries, row["case_number"], 50)],
            composer=self._composer(row, opened, composed),
            problem=problem,
            done=_done_words(done),
            preview=preview and not problem,
            title=row["case_number"],
        )
        return self._bench.page("case", "queue", session, values, 400 if problem else 200)

    def _report_values(self, row: sqlite3.Row, opened: checks.Opened, identity_at: float | None) -> dict[str, Any]:
        now = self._bench.clock()
        signed, body = opened.signed, opened.signed.body
        shown_identity = view.identity_card(opened.reporter) if identity_at and opened.reporter else None
        reporter_name, _reported = view.names(signed)
        if identity_at and opened.reporter:
            reporter_name = opened.reporter["name"]
        lines = view.lines(signed, opened.entries or [])
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
            "whole": opened.whole,
            "checks": opened.checks,
            "factors": view.factors(signed),
            "emergency_seen": bool(body["urgency"]["emergency_card_shown_at"]),
            "reporter_card": [
                *view.reporter_card(signed),
                (tr("Country"), self._bench.countries.name(row["country"])),
                *view.affected_card(signed),
            ],
            "level": identity.words(identity.known(row).level.value),
            "identity_card": shown_identity,
            "identity_at": short(identity_at, now) if identity_at else "",
            "reported_cards": view.reported_card(signed),
            "lines": lines,
            "days": sorted({one.day for one in lines if one.day}, key=[one.day for one in lines].index),
            "assurances": sorted({one.assurance for one in lines if one.assurance}, reverse=True),
            "narrative": body["narrative"]["text"] if body["narrative"] else "",
            "answers": view.answers(signed),
            "facts": view.facts(signed),
            "to_name": reporter_name,
        }

    def _composer(self, row: sqlite3.Row, opened: checks.Opened, composed: Composed | None) -> dict[str, Any]:
        child = row["age_band"] != "18_over"
        offered = [
            tr("Keep the messages. Do not answer."),
            tr("Show this page to a grown-up you trust.") if child else tr("Tell somebody you trust."),
            self._bench.countries.call_step(row["country"], row["category"], child),
        ]
        steps = composed.steps if composed else ()
        return {
            "kind": composed.kind if composed else "advice",
            "text": composed.text if composed else "",
            "steps": steps,
            "offered": [one for one in offered if one and one not in steps],
            "own": [""] * 2,
            "draft": composed.draft if composed else gate.new_token(),
            "grade": advice.grade_words(composed.text if composed else ""),
            "length": len(composed.text) if composed else 0,
            "limit": advice.MAX_TEXT,
            "kinds": [(kind, advice.kind_words(kind)) for kind in advice.KINDS],
        }

    async def _letters(self, row: sqlite3.Row, opened: checks.Opened) -> list[Letter]:
        sent = await self._bench.store.run(cases.messages, row["report_id"])
        came = await self._bench.store.run(cases.replies, row["report_id"])
        return await asyncio.to_thread(self._open_letters, row, opened, sent, came)

    def _open_letters(
        self, row: sqlite3.Row, opened: checks.Opened, sent: list[sqlite3.Row], came: list[sqlite3.Row]
    ) -> list[Letter]:
        now = self._bench.clock()
        done: set[str] = set()
        letters = []
        for one in came:
            try:
                reply = open_reply(one["sealed"], self._bench.keys.sealing, opened.signed.reporter_keys(), row["report_id"])
            except EvidenceRefused:
                continue
            done.update(reply.done)
            if reply.text:
                letters.append(Letter(False, "", short(one["at"], now), tr("Reply"), reply.text, (), one["at"]))
        for own in advice.written(sent, self._bench.keys):
            steps = tuple((text, id in done) for id, text in own.steps)
            letters.append(
                Letter(True, own.officer, short(own.at, now), advice.kind_words(own.kind), own.text, steps, own.at)
            )
        return sorted(letters, key=lambda one: one.order)


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
