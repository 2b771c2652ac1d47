"""What every call of a reporter's app goes through: the flood gate, problems as answers, and proof by the reporter's key."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from messenger.desk import cases
from messenger.desk.floods import Floods
from messenger.desk.intake import Intake, checked_id
from messenger.desk.moments import Clock
from messenger.desk.problems import Problem
from messenger.desk.store import Store
from messenger.domain.errors import SignatureRefused
from messenger.evidence import possession
from messenger.evidence.report import SignedReport

_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Calls:
    """`base` is the address under which reporters reach the desk: proofs name it."""

    base: str
    intake: Intake
    store: Store
    floods: Floods
    clock: Clock

    def guarded(self, handler: Handler) -> Handler:
        """A call that answers 429 in a flood, and problem+json for what it cannot take."""

        async def guarded(request: Request) -> Response:
            wait = self.floods.wait(request.client.host if request.client else "")
            if wait:
                return Problem(429, "flood", retry_after=wait).response()
            try:
                return await handler(request)
            except Problem as problem:
                return problem.response()

        return guarded

    async def proved(self, request: Request) -> str:
        """The id of the report in the call's path, when the call carries a fresh proof by its reporter's key.

        Raises `Problem`: 401, 404 for a report that never was here, 410 for one that was erased.
        """
        report_id = checked_id(request.path_params["report_id"])
        await self.proved_for(request, report_id)
        return report_id

    async def proved_for(self, request: Request, report_id: str) -> SignedReport:
        """`proved` for a call whose path does not name the report: the report itself, opened and checked."""
        checked_id(report_id)
        proof = _proof(request)
        signed = await self.intake.signed(await self.intake.row(report_id))
        await self.check_proof(request, proof, report_id, signed.body["reporter"]["keys"]["sig"])
        return signed

    async def proved_for_withdrawing(self, request: Request) -> str:
        """`proved`, and true as well for a report that is gone because its reporter took it back."""
        report_id = checked_id(request.path_params["report_id"])
        proof = _proof(request)
        row, stone = await self.store.run(cases.known_or_left, report_id)
        if stone is not None:
            key = json.loads(stone["reporter_key"])
        else:
            signed = await self.intake.signed(row or await self.intake.row(report_id))
            key = signed.body["reporter"]["keys"]["sig"]
        await self.check_proof(request, proof, report_id, key)
        return report_id

    async def check_proof(self, request: Request, proof: str, report_id: str, key: dict[str, str]) -> None:
        """Check that `key` made this proof for this very call, once. Raises `Problem` 401."""
        now = self.clock()
        try:
            found = possession.check_proof(
                proof, [key], request.method, self.base + request.url.path, report_id, int(now)
            )
        except SignatureRefused:
            raise Problem(401, "proof") from None
        until = found.iat + 2 * possession.WINDOW_SECONDS
        if not await self.store.run(cases.use_proof, f"{report_id}:{found.jti}", until):
            raise Problem(401, "replayed")


def _proof(request: Request) -> str:
    scheme, _space, proof = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != possession.SCHEME.lower() or not proof:
        raise Problem(401, "proof")
    return proof.strip()


def named_digest(request: Request) -> str:
    """The digest that the call names for what it brings. Raises `Problem`."""
    if request.headers.get("if-none-match", "*").strip() != "*":
        raise Problem(400, "digest")
    named = request.headers.get("robin-digest", "")
    if not _DIGEST.fullmatch(named):
        raise Problem(400, "digest")
    return named


def as_json(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Response(content, status, media_type="application/json")
