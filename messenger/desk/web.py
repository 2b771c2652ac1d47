"""The calls of a reporter's app over HTTP (WIRE contract, assets/schema/README.md)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from messenger.desk import bodies, cases
from messenger.desk.changes import Changes
from messenger.desk.floods import Floods
from messenger.desk.intake import Intake, checked_id
from messenger.desk.moments import Clock, rfc3339
from messenger.desk.problems import Problem
from messenger.desk.store import Store
from messenger.domain.errors import SignatureRefused
from messenger.evidence import possession
from messenger.evidence.canonical import canonical, digest
from messenger.evidence.discovery import PATH

MAX_WAIT = 30
_MAX_WAITING = 1000
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Api:
    """What the calls need. `base` is the address under which reporters reach the desk; `discovery` its signed answer."""

    base: str
    discovery: bytes
    intake: Intake
    store: Store
    changes: Changes
    floods: Floods
    clock: Clock

    def routes(self) -> list[BaseRoute]:
        report = "/v1/reports/{report_id}"
        return [
            Route(PATH, self._guarded(self.discover), methods=["GET"]),
            Route(report, self._guarded(self.put_report), methods=["PUT"]),
            Route(report, self._guarded(self.status), methods=["GET"]),
            Route(report + "/items/{sealed_digest}", self._guarded(self.put_file), methods=["PUT"]),
            Route(report + "/finish", self._guarded(self.finish), methods=["POST"]),
            Route(report + "/messages", self._guarded(self.messages), methods=["GET"]),
            Route(report + "/messages", self._guarded(self.reply), methods=["POST"]),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: Request) -> Response:
            wait = self.floods.wait(request.client.host if request.client else "")
            if wait:
                return Problem(429, "flood", retry_after=wait).response()
            try:
                return await handler(request)
            except Problem as problem:
                return problem.response()

        return guarded

    async def discover(self, request: Request) -> Response:
        return Response(self.discovery, media_type="application/json")

    async def put_report(self, request: Request) -> Response:
        report_id = checked_id(request.path_params["report_id"])
        if request.headers.get("if-none-match", "*").strip() != "*":
            raise Problem(400, "digest")
        named = request.headers.get("robin-digest", "")
        if not _DIGEST.fullmatch(named):
            raise Problem(400, "digest")
        body = await bodies.sealed_body(request, bodies.MAX_REPORT)
        new = await self.intake.put_report(report_id, named, body)
        return _json({"report_id": report_id, "digest": named}, 201 if new else 200)

    async def put_file(self, request: Request) -> Response:
        report_id = checked_id(request.path_params["report_id"])
        named = request.path_params["sealed_digest"]
        body = await bodies.sealed_body(request, bodies.MAX_FILE)
        new = await self.intake.put_file(report_id, named, body)
        return _json({"sealed_digest": named}, 201 if new else 200)

    async def finish(self, request: Request) -> Response:
        report_id = checked_id(request.path_params["report_id"])
        await bodies.small_body(request)
        answer = await self.intake.finish(report_id)
        return Response(answer, media_type="application/json")

    async def status(self, request: Request) -> Response:
        report_id = await self._proved(request)
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
        row = await self.intake.row(report_id)
        if row["filed"] is None:
            raise Problem(409, "not-finished")
        history = await self.store.run(cases.history, report_id)
        return canonical(
            {
                "status": row["status"],
                "status_at": rfc3339(row["status_at"]),
                "case_number": row["case_number"],
                "history": [{"status": one["status"], "at": rfc3339(one["at"])} for one in history],
                "messages": await self.store.run(cases.message_count, report_id),
            }
        )

    async def messages(self, request: Request) -> Response:
        report_id = await self._proved(request)
        after = request.query_params.get("after", "0")
        if not re.fullmatch(r"[0-9]{1,9}", after):
            raise Problem(400, "id")
        rows = await self.store.run(cases.messages, report_id, int(after), 100)
        return _json({"messages": [{"n": row["n"], "sealed": row["sealed"].decode("ascii")} for row in rows]})

    async def reply(self, request: Request) -> Response:
        report_id = await self._proved(request)
        body = await bodies.sealed_body(request, bodies.MAX_REPLY)
        id, new = await self.intake.put_reply(report_id, body)
        return _json({"id": id}, 201 if new else 200)

    async def _proved(self, request: Request) -> str:
        """The report's id, when the call carries a fresh proof by its reporter's key. Raises `Problem`."""
        report_id = checked_id(request.path_params["report_id"])
        scheme, _space, proof = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != possession.SCHEME.lower() or not proof:
            raise Problem(401, "proof")
        row = await self.intake.row(report_id)
        signed = await self.intake.signed(row)
        now = self.clock()
        keys = [signed.body["reporter"]["keys"]["sig"]]
        try:
            found = possession.check_proof(
                proof.strip(), keys, request.method, self.base + request.url.path, report_id, int(now)
            )
        except SignatureRefused:
            raise Problem(401, "proof") from None
        until = found.iat + 2 * possession.WINDOW_SECONDS
        if not await self.store.run(cases.use_proof, f"{report_id}:{found.jti}", until):
            raise Problem(401, "replayed")
        return report_id


def _json(value: Any, status: int = 200) -> Response:
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(content, status, media_type="application/json")


def _tag(body: bytes) -> str:
    return f'"{digest(body)}"'


def _wait(request: Request) -> int:
    """The seconds of ``Prefer: wait=25`` (RFC 7240), at most `MAX_WAIT`."""
    found = re.search(r"(?:^|[,;\s])wait=([0-9]{1,4})(?:$|[,;\s])", request.headers.get("prefer", ""))
    return min(int(found.group(1)), MAX_WAIT) if found else 0
