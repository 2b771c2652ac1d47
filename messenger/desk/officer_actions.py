"""What officers do to a case: take it, write, change urgency or status, open name and contact. All of it in the journal."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from messenger.desk import advice, casefile, cases_found, exports, forms, gate, journal, triage
from messenger.desk.advice import Composed
from messenger.desk.bench import Bench
from messenger.desk.case_page import CasePage
from messenger.desk.exports import NotMade
from messenger.desk.gate import Form
from messenger.desk.officers import Session
from messenger.i18n import tr

MAX_REASON = 500
MIN_REASON_WORDS = 3
_CaseAction = Callable[[sqlite3.Row, Session, Form], Awaitable[Response]]


class OfficerActions:
    """The forms of the officers' pages."""

    def __init__(self, bench: Bench, pages: CasePage) -> None:
        self._bench = bench
        self._pages = pages

    def routes(self) -> list[BaseRoute]:
        place = "/desk/cases/{case_number}"
        return [
            Route("/desk/sign-out", self._bench.gate.action(self.sign_out), methods=["POST"]),
            Route(place + "/take", self._on_case(self.take), methods=["POST"]),
            Route(place + "/message", self._on_case(self.message), methods=["POST"]),
            Route(place + "/urgency", self._on_case(self.urgency), methods=["POST"]),
            Route(place + "/status", self._on_case(self.status), methods=["POST"]),
            Route(place + "/export", self._on_case(self.export), methods=["POST"]),
            Route(place + "/identity", self._on_case(self.identity), methods=["POST"]),
        ]

    def _on_case(self, action: _CaseAction) -> Callable[[Request], Awaitable[Response]]:
        async def on_case(request: Request, session: Session, form: Form) -> Response:
            row = await self._bench.store.run(cases_found.by_case, request.path_params["case_number"])
            if row is None:
                return await self._pages.missing(session, request.path_params["case_number"])
            return await action(row, session, form)

        return self._bench.gate.action(on_case)

    async def sign_out(self, request: Request, session: Session, form: Form) -> Response:
        await self._bench.gate.sign_out(request)
        response = RedirectResponse("/desk/sign-in", 303)
        gate.drop_cookie(response, gate.COOKIE)
        return response

    async def take(self, row: sqlite3.Row, session: Session, form: Form) -> Response:
        await self._bench.store.run(cases_found.take, row, session.officer, self._bench.clock())
        self._bench.changes.tell(row["report_id"])
        return _back(row, "taken")

    async def urgency(self, row: sqlite3.Row, session: Session, form: Form) -> Response:
        tier, reason = form.one("tier"), form.one("reason")[:MAX_REASON]
        if tier not in triage.TIERS or not reason:
            return await self._again(row, session, tr("Choose an urgency and write the reason."))
        if tier == row["tier"]:
            return _back(row, "same")
        await self._bench.store.run(
            cases_found.change_urgency, row, session.officer, tier, reason, self._bench.clock()
        )
        return _back(row, "urgency")

    async def status(self, row: sqlite3.Row, session: Session, form: Form) -> Response:
        status, reason = form.one("status"), form.one("reason")[:MAX_REASON]
        if status not in triage.STATUSES or not reason:
            return await self._again(row, session, tr("Choose a status and write the reason."))
        changed = await self._bench.store.run(
            cases_found.change_status, row, session.officer, status, reason, self._bench.clock()
        )
        self._bench.changes.tell(row["report_id"])
        return _back(row, "status" if changed else "same")

    async def identity(self, row: sqlite3.Row, session: Session, form: Form) -> Response:
        reason = form.one("reason")[:MAX_REASON]
        if len(reason.split()) < MIN_REASON_WORDS:
            return await self._again(row, session, tr("Write why you need the name and contact, in a few words."))
        await self._bench.store.run(cases_found.open_identity, row, session.officer, reason, self._bench.clock())
        return _back(row, "identity")

    async def export(self, row: sqlite3.Row, session: Session, form: Form) -> Response:
        """A file of the case. It is in the journal before it leaves the desk."""
        run = self._bench.store.run
        stored = await run(casefile.load, row["report_id"], session.officer)
        if stored is None:
            return await self._pages.missing(session, row["case_number"])
        file = await asyncio.to_thread(casefile.open_case, self._bench, stored)
        if file is None:
            return await self._pages.case_page(row, session)
        kind = form.one("kind")
        try:
            made = await asyncio.to_thread(exports.make, self._bench, file, kind)
        except NotMade as problem:
            return await self._again(row, session, str(problem))
        await run(journal.write, self._bench.clock(), session.officer, "exported", row["case_number"], kind)
        headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return Response(made.data, headers=headers, media_type=made.media_type)

    async def message(self, row: sqlite3.Row, session: Session, form: Form) -> Response:
        steps = dict.fromkeys(one for one in (*form.all("step"), *form.all("own_step")) if one)
        do, questions = form.one("do"), forms.read(form)
        changed = forms.change(questions, do)
        asked = questions if changed is None else changed
        composed = Composed(form.one("kind"), form.one("text"), tuple(steps), form.one("draft"), asked)
        if changed is not None:
            return await self._pages.case_page(row, session, composed)
        problem = composed.problem()
        if problem or do != "send":
            return await self._pages.case_page(row, session, composed, problem, preview=True)
        signed = await self._bench.intake.signed(row)
        enc = signed.body["reporter"]["keys"]["enc"]
        await self._bench.store.run(
            advice.send,
            self._bench.keys, enc, self._bench.name, row, session.officer, composed, self._bench.clock(),
        )  # fmt: skip
        self._bench.changes.tell(row["report_id"])
        return _back(row, "sent")

    async def _again(self, row: sqlite3.Row, session: Session, problem: str) -> Response:
        return await self._pages.case_page(row, session, problem=problem)


def _back(row: sqlite3.Row, done: str) -> Response:
    return RedirectResponse(f"/desk/cases/{row['case_number']}?done={done}", 303)
