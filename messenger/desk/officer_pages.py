"""The pages that officers read: queue, one report, closed cases, the journal, the sign-in."""

from __future__ import annotations

import hmac
import json
import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from messenger.desk import cases_found, gate, identity, journal, triage, withdrawals
from messenger.desk.bench import Bench
from messenger.desk.cases_found import News
from messenger.desk.moments import clock_time, day, short, waiting
from messenger.desk.officers import Session
from messenger.desk.problems import Problem
from messenger.evidence.receipt import CASE_FORM
from messenger.evidence.visible import escaped
from messenger.i18n import tr


class OfficerPages:
    """Everything that only shows. What changes something is in officer_actions.py."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def routes(self) -> list[BaseRoute]:
        guarded = self._bench.gate.page
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/desk/", self.home, methods=["GET"]),
            Route("/privacy", self.privacy, methods=["GET"]),
            Route("/desk/sign-in", self.sign_in_form, methods=["GET"]),
            Route("/desk/sign-in", self.sign_in, methods=["POST"]),
            Route("/desk/look/desk.css", self.styles, methods=["GET"]),
            Route("/desk/look/{name}", self.font, methods=["GET"]),
            Route("/favicon.ico", self.mark, methods=["GET"]),
            Route("/desk/queue", guarded(self.queue), methods=["GET"]),
            Route("/desk/mine", guarded(self.mine), methods=["GET"]),
            Route("/desk/closed", guarded(self.closed), methods=["GET"]),
            Route("/desk/journal", guarded(self.journal), methods=["GET"]),
            Route("/desk/find", guarded(self.find), methods=["GET"]),
        ]

    async def home(self, request: Request) -> Response:
        return RedirectResponse(gate.HOME, 303)

    async def styles(self, request: Request) -> Response:
        return self._bench.looks.styles()

    async def font(self, request: Request) -> Response:
        return self._bench.looks.font(request.path_params["name"]) or Problem(404, "not-found").response()

    async def mark(self, request: Request) -> Response:
        return self._bench.looks.mark()

    async def privacy(self, request: Request) -> Response:
        return self._bench.looks.page("privacy", {"days": self._bench.retention_days})

    # -- sign-in

    async def sign_in_form(self, request: Request) -> Response:
        return self._sign_in_page(request.query_params.get("next", ""))

    def _sign_in_page(self, next_page: str, problem: str = "", name: str = "", status: int = 200) -> Response:
        token = gate.new_token()
        values = {"csrf": token, "next": gate.safe_next(next_page), "problem": problem, "name": name}
        response = self._bench.looks.page("sign_in", values, status)
        gate.set_cookie(response, gate.FORM_COOKIE, token)
        return response

    async def sign_in(self, request: Request) -> Response:
        try:
            form = await gate.read_form(request)
        except Problem as problem:
            return Response(str(problem.status), problem.status, media_type="text/plain")
        name, next_page = form.one("name")[:60], form.one("next")
        token = request.cookies.get(gate.FORM_COOKIE, "")
        if not (token and hmac.compare_digest(token.encode(), form.one("csrf").encode()) and gate.same_origin(request)):
            return self._sign_in_page(next_page, tr("The page was too old. Please try again."), name, 403)
        if wait := self._bench.gate.wait(request, name):
            words = tr("Too many tries. Please wait {n} seconds.").format(n=wait)
            response = self._sign_in_page(next_page, words, name, 429)
            response.headers["Retry-After"] = str(wait)
            return response
        session = await self._bench.gate.sign_in(request, name, form.one("password"))
        if not session:
            return self._sign_in_page(next_page, tr("The name or the password is not right."), name, 403)
        response = RedirectResponse(gate.safe_next(next_page), 303)
        gate.set_cookie(response, gate.COOKIE, session)
        gate.drop_cookie(response, gate.FORM_COOKIE)
        return response

    # -- lists

    async def queue(self, request: Request, session: Session) -> Response:
        tier = request.query_params.get("tier", "")
        tier = tier if tier in triage.TIERS else ""
        rows = await self._bench.store.run(cases_found.queue)
        news = await self._bench.store.run(cases_found.news)
        shown = [self._row(row, news) for row in rows if tier in ("", row["tier"])]
        values = {"title": tr("Queue"), "rows": shown, "tiers": self._tiers(rows), "tier": tier, "stones": []}
        return self._bench.page("queue", "queue", session, values)

    async def mine(self, request: Request, session: Session) -> Response:
        rows = await self._bench.store.run(cases_found.queue, "open", session.officer)
        news = await self._bench.store.run(cases_found.news)
        values = {"title": tr("Mine"), "rows": [self._row(row, news) for row in rows], "tiers": [], "tier": "", "stones": []}
        return self._bench.page("queue", "mine", session, values)

    async def closed(self, request: Request, session: Session) -> Response:
        rows = await self._bench.store.run(cases_found.queue, "closed")
        news = await self._bench.store.run(cases_found.news)
        stones = [
            (one["case_number"], f"{day(one['at'])} {clock_time(one['at'])}")
            for one in await self._bench.store.run(withdrawals.all_erased)
        ]
        values = {"title": tr("Closed"), "stones": stones, "rows": [self._row(row, news) for row in rows], "tiers": [], "tier": ""}
        return self._bench.page("queue", "closed", session, values)

    async def find(self, request: Request, session: Session) -> Response:
        asked = request.query_params.get("q", "").strip()[:3071]
        number = asked.upper()
        known = await self._bench.store.run(cases_found.known_number, number)
        if known and CASE_FORM.fullmatch(number):
            return RedirectResponse(f"/desk/cases/{number}", 303)
        keyed = self._bench.keys.index(asked)
        rows = await self._bench.store.run(cases_found.by_address, keyed) if asked else []
        news = await self._bench.store.run(cases_found.news)
        shown = [self._row(row, news) for row in rows]
        values = {"title": tr("Found"), "rows": shown, "tiers": [], "tier": "", "stones": [], "asked": asked}
        return self._bench.page("queue", "", session, values)

    def _row(self, row: sqlite3.Row, news: News) -> dict[str, Any]:
        now = self._bench.clock()
        answered = row["status"] in ("advice_given", "closed", "withdrawn", "with_police")
        late = row["answer_by"] <= now
        soon = row["answer_by"] - now
        answer_by = short(row["answer_by"], now)
        if not answered and late:
            answer_by = tr("now")
        elif not answered and soon < 3600:
            answer_by = tr("in {n} min").format(n=max(1, int(soon // 60)))
        return {
            "case_number": row["case_number"],
            "tier": row["tier"],
            "title": triage.category_words(row["category"]),
            "age": triage.age_words(row["age_band"]),
            "country": self._bench.countries.name(row["country"]),
            "factors": [escaped(one) for one in json.loads(row["factors"])],
            "received": short(row["filed"], now),
            "waiting": waiting(now - row["filed"]),
            "answer_by": answer_by,
            "pressing": not answered and soon < 3600,
            "status": row["status"],
            "officer": row["officer"] or "",
            "level": row["identity_level"],
            "level_words": identity.short_words(row["identity_level"]),
            "wrote": row["report_id"] in news.wrote,
            "added": row["report_id"] in news.added,
            "taken_back": row["report_id"] in news.withdrawn,
        }

    def _tiers(self, rows: list[sqlite3.Row]) -> list[dict[str, Any]]:
        now = self._bench.clock()
        found = []
        for tier in triage.TIERS:
            here = [row for row in rows if row["tier"] == tier]
            words = ""
            if here and tier == "now":
                words = tr("oldest {time}").format(time=waiting(now - min(row["filed"] for row in here)))
            elif here:
                words = tr("next {time}").format(time=short(min(row["answer_by"] for row in here), now))
            found.append({"tier": tier, "count": len(here), "words": words})
        return found

    async def journal(self, request: Request, session: Session) -> Response:
        asked = request.query_params.get("case", "")
        case_number = asked if CASE_FORM.fullmatch(asked) else ""
        rows = await self._bench.store.run(journal.entries, case_number)
        values = {
            "title": tr("Journal"),
            "whole": await self._bench.store.run(journal.whole),
            "entries": [journal_entry(row) for row in rows],
        }
        return self._bench.page("journal", "journal", session, values)


def journal_entry(row: sqlite3.Row) -> dict[str, Any]:
    """An entry of the journal as the pages show it."""
    return {
        "n": row["id"],
        "at": f"{day(row['at'])} {clock_time(row['at'])}",
        "officer": row["officer"],
        "action": journal.action_words(row["action"]),
        "case_number": row["case_number"],
        "words": row["words"] or "",
        "forgotten": bool(row["words_digest"]) and row["words"] is None,
        "hash": row["hash"],
    }
