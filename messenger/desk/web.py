"""The calls of a reporter's app over HTTP (WIRE contract, assets/schema/README.md)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from messenger.desk import bodies, cases
from messenger.desk.addenda import MAX_ADDENDUM, Addenda
from messenger.desk.calls import Calls, as_json, named_digest
from messenger.desk.changes import Changes
from messenger.desk.consents import Consents
from messenger.desk.intake import checked_id
from messenger.desk.moments import rfc3339
from messenger.desk.problems import Problem
from messenger.desk.questionnaires import LANG
from messenger.desk.withdrawals import Withdrawals
from messenger.evidence.canonical import canonical, digest
from messenger.evidence.discovery import PATH

MAX_WAIT = 30
_MAX_WAITING = 1000


@dataclass(frozen=True, slots=True)
class Api:
    """What the calls need. `discovery` and `questionnaires` are signed answers, made once."""

    calls: Calls
    discovery: bytes
    questionnaires: Mapping[str, bytes]
    changes: Changes
    addenda: Addenda
    withdrawals: Withdrawals
    consents: Consents

    def routes(self) -> list[BaseRoute]:
        report = "/v1/reports/{report_id}"
        calls = (
            ("GET", PATH, self.discover),
            ("GET", "/v1/questionnaires/{id}", self.questionnaire),
            ("PUT", report, self.put_report),
            ("GET", report, self.status),
            ("PUT", report + "/items/{sealed_digest}", self.put_file),
            ("POST", report + "/finish", self.finish),
            ("GET", report + "/messages", self.messages),
            ("POST", report + "/messages", self.reply),
            ("PUT", report + "/addenda/{addendum_id}", self.put_addendum),
            ("POST", report + "/withdraw", self.withdraw),
            ("POST", report + "/consent", self.consent),
        )
        return [Route(path, self.calls.guarded(handler), methods=[method]) for method, path, handler in calls]

    async def discover(self, request: Request) -> Response:
        return Response(self.discovery, media_type="application/json")

    async def questionnaire(self, request: Request) -> Response:
        """The questionnaire is one signed file whatever `lang` asks for: a translation would have another digest."""
        found = self.questionnaires.get(request.path_params["id"])
        if found is None:
            raise Problem(404, "not-found")
        return Response(found, headers={"Content-Language": LANG}, media_type="application/json")

    async def put_report(self, request: Request) -> Response:
        report_id = checked_id(request.path_params["report_id"])
        named = named_digest(request)
        body = await bodies.sealed_body(request, bodies.MAX_REPORT)
        new = await self.calls.intake.put_report(report_id, named, body)
        return as_json({"report_id": report_id, "digest": named}, 201 if new else 200)

    async def put_file(self, request: Request) -> Response:
        report_id = checked_id(request.path_params["report_id"])
        named = request.path_params["sealed_digest"]
        body = await bodies.sealed_body(request, bodies.MAX_FILE)
        new = await self.calls.intake.put_file(report_id, named, body)
        return as_json({"sealed_digest": named}, 201 if new else 200)

    async def finish(self, request: Request) -> Response:
        report_id = checked_id(request.path_params["report_id"])
        await bodies.small_body(request)
        answer = await self.calls.intake.finish(report_id)
        return Response(answer, media_type="application/json")

    async def status(self, request: Request) -> Response:
        report_id = await self.calls.proved(request)
        wait = _wait(request)
        known = request.headers.get("if-none-match", "")
        with self.changes.listen(report_id) as changed:
            body = await self._status_body(report_id)
            if known == _tag(body) and wait and self.changes.waiting() <= _MAX_WAITING:
                try:
                    async with asyncio.timeout(wait):
                        await changed.wait()
                except TimeoutError:
                    pass
                body = await self._status_body(report_id)
        headers = {"ETag": _tag(body)}
        if known == _tag(body):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    async def _status_body(self, report_id: str) -> bytes:
        history, count, row = await self.calls.store.run(cases.news, report_id)
        if row is None or row["filed"] is None:
            # Says what is wrong; else it was filed this moment, and is read again.
            await self.calls.intake.filed(report_id)
            return await self._status_body(report_id)
        return canonical(
            {
                "status": row["status"],
                "identity_level": row["identity_level"],
                "status_at": rfc3339(row["status_at"]),
                "case_number": row["case_number"],
                "history": [{"status": one["status"], "at": rfc3339(one["at"])} for one in history],
                "messages": count,
            }
        )

    async def messages(self, request: Request) -> Response:
        report_id = await self.calls.proved(request)
        after = request.query_params.get("after", "0")
        if not re.fullmatch(r"[0-9]{1,9}", after):
            raise Problem(400, "id")
        rows = await self.calls.store.run(cases.messages, report_id, int(after), 100)
        return as_json({"messages": [{"n": row["n"], "sealed": row["sealed"].decode("ascii")} for row in rows]})

    async def reply(self, request: Request) -> Response:
        report_id = await self.calls.proved(request)
        body = await bodies.sealed_body(request, bodies.MAX_LETTER)
        id, new = await self.calls.intake.put_reply(report_id, body)
        return as_json({"id": id}, 201 if new else 200)

    async def put_addendum(self, request: Request) -> Response:
        report_id = await self.calls.proved(request)
        addendum_id, named = checked_id(request.path_params["addendum_id"]), named_digest(request)
        body = await bodies.sealed_body(request, MAX_ADDENDUM)
        receipt, new = await self.addenda.put(report_id, addendum_id, named, body)
        self.changes.wake(report_id)
        return as_json({"receipt": receipt}, 201 if new else 200)

    async def withdraw(self, request: Request) -> Response:
        report_id = await self.calls.proved_for_withdrawing(request)
        body = await bodies.sealed_body(request, bodies.MAX_LETTER)
        statement = await self.withdrawals.take_back(report_id, body)
        self.changes.wake(report_id)
        return as_json({"statement": statement})

    async def consent(self, request: Request) -> Response:
        report_id = await self.calls.proved(request)
        body = await bodies.sealed_body(request, bodies.MAX_LETTER)
        id, new = await self.consents.put(report_id, body)
        return as_json({"id": id}, 201 if new else 200)


def _tag(body: bytes) -> str:
    return f'"{digest(body)}"'


def _wait(request: Request) -> int:
    """The seconds of ``Prefer: wait=25`` (RFC 7240), at most `MAX_WAIT`."""
    found = re.search(r"(?:^|[,;\s])wait=([0-9]{1,4})(?:$|[,;\s])", request.headers.get("prefer", ""))
    return min(int(found.group(1)), MAX_WAIT) if found else 0
