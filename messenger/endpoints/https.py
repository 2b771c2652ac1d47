"""Reports over HTTPS: hand over a sealed package, fetch news of a case, write back (assets/schema/README.md).

Only a receipt that the desk signed for our digest means that a report arrived; every other answer keeps it in the
outbox: to be tried again (`EndpointUnreachable`) or for the person to look at (`EndpointRejected`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from messenger.domain.errors import (
    EndpointUnreachable,
    EvidenceRefused,
    FormatRefused,
    ReceiptRefused,
)
from messenger.domain.receipt import CaseStatus, IdentityLevel
from messenger.domain.report import EndpointProfile, StatusChange
from messenger.endpoints._answers import problem, refuse
from messenger.endpoints._following import Following
from messenger.endpoints._reply import Answer
from messenger.endpoints._transport import checked_base, content_digest
from messenger.evidence.canonical import parse_json
from messenger.evidence.package import MEDIA_TYPE, Package
from messenger.evidence.receipt import verify_receipt
from messenger.services.ports import Accepted, CaseNews, Clock, Endpoint, Submission

KIND = "https"
MAX_MESSAGES_ANSWER = 1024 * 1024
"""Bytes of one answer with messages: a sealed message of full length is about 150 kB."""


def make(clock: Clock) -> Endpoint:
    """The endpoint for https addresses."""
    return HttpsEndpoint(clock)


class HttpsEndpoint(Following):
    """`ports.Endpoint` over HTTPS."""

    async def submit(self, submission: Submission) -> Accepted:
        """Hand over: the report, the proof of who reports, its files, finish. The same bytes and the same id on every try.

        Raises `EndpointUnreachable`, `ReceiptRefused` or `EndpointRejected`; `EvidenceRefused` for a damaged package.
        """
        profile = submission.profile
        base = checked_base(profile.base)
        package = await asyncio.to_thread(Package.decode, submission.package)
        if (package.report_id, package.digest) != (submission.report_id, submission.digest):
            raise EvidenceRefused("digest")
        place = f"{base}/v1/reports/{package.report_id}"
        answer = await self._whole(profile, place, package, submission.proof)
        if _parts_forgotten(answer):
            # The desk forgets unfinished parts after a day: once more, from the beginning.
            answer = await self._whole(profile, place, package)
            if _parts_forgotten(answer):
                raise EndpointUnreachable("missing")
        if answer.status != 200:
            refuse(answer)
        return _accepted(answer, profile, package)

    async def news(
        self,
        profile: EndpointProfile,
        report_id: str,
        prove: Callable[[str, str], str],
        after: int,
        etag: str,
        wait: int = 0,
    ) -> CaseNews | None:
        """See `ports.Endpoint.news`. Raises `EndpointUnreachable` or `EndpointRejected`."""
        path = f"/v1/reports/{report_id}"
        headers = {"If-None-Match": etag} if etag else {}
        if etag and wait:
            headers["Prefer"] = f"wait={wait}"
        answer = await self._line.proved("GET", profile, path, "", prove, headers=headers, wait=wait)
        if answer.status == 304:
            return None
        if answer.status != 200:
            refuse(answer)
        try:
            found = parse_json(answer.body)
            status, history = CaseStatus(found["status"]), _history(found["history"])
            case_number, count = found["case_number"], found["messages"]
            level = IdentityLevel(found["identity_level"])
            if not isinstance(case_number, str) or not isinstance(count, int):
                raise FormatRefused("news")
        except (FormatRefused, KeyError, TypeError, ValueError):
            raise EndpointUnreachable("form") from None
        sealed = await self._messages(profile, path, prove, after) if count > after else ()
        return CaseNews(status, history, case_number[:40], sealed, answer.etag, level)

    async def write(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], sealed: bytes
    ) -> None:
        """See `ports.Endpoint.write`. Raises `EndpointUnreachable` or `EndpointRejected`."""
        path = f"/v1/reports/{report_id}/messages"
        answer = await self._line.handed("POST", profile, path, prove, sealed, MEDIA_TYPE)
        if answer.status not in (200, 201, 202, 204):
            refuse(answer)

    def clock_offset(self, profile: EndpointProfile) -> int:
        """The desk's clock minus ours in seconds, by its last answer's Date; 0 while nothing is known."""
        return self._line.clock_offset(profile)

    async def close(self) -> None:
        """Let go of connections."""
        await self._line.close()

    # -- calls

    async def _put(self, profile: EndpointProfile, url: str, body: bytes, digest: str) -> Answer:
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Digest": content_digest(body),
            "If-None-Match": "*",
            "Robin-Digest": digest,
        }
        return await self._line.call("PUT", profile, url, body, headers)

    async def _whole(
        self, profile: EndpointProfile, place: str, package: Package, proof: Callable[[], Awaitable[None]] | None = None
    ) -> Answer:
        """Report, proof, files, finish: the last answer, or an earlier one that says that parts were forgotten."""
        answer = await self._put(profile, place, package.report, package.digest)
        if answer.status not in (200, 201):
            refuse(answer)
        if proof is not None:
            await proof()
        for name, body in package.files().items():
            headers = {"Content-Type": MEDIA_TYPE, "Content-Digest": content_digest(body)}
            answer = await self._line.call("PUT", profile, f"{place}/items/{name}", body, headers)
            if _parts_forgotten(answer):
                return answer
            if answer.status not in (200, 201):
                refuse(answer)
        return await self._line.call("POST", profile, f"{place}/finish", b"", {})

    async def _messages(
        self, profile: EndpointProfile, path: str, prove: Callable[[str, str], str], after: int
    ) -> tuple[tuple[int, str], ...]:
        answer = await self._line.proved(
            "GET", profile, f"{path}/messages", f"?after={after}", prove, max_answer=MAX_MESSAGES_ANSWER
        )
        if answer.status != 200:
            refuse(answer)
        try:
            found = [(one["n"], one["sealed"]) for one in parse_json(answer.body)["messages"]]
            if not all(type(n) is int and isinstance(sealed, str) for n, sealed in found):
                raise FormatRefused("messages")
        except (FormatRefused, KeyError, TypeError):
            raise EndpointUnreachable("form") from None
        return tuple(sorted((n, sealed) for n, sealed in found if n > after))


def _accepted(answer: Answer, profile: EndpointProfile, package: Package) -> Accepted:
    """The verified receipt of a 200; a captive portal's page is none."""
    try:
        found = parse_json(answer.body)
        receipt = verify_receipt(found["receipt"], profile.keys, package.digest, package.report_id)
        code = found.get("receipt_code") or ""
    except (EvidenceRefused, KeyError, TypeError, AttributeError):
        raise ReceiptRefused("receipt") from None
    return Accepted(receipt, code if isinstance(code, str) else "")


def _parts_forgotten(answer: Answer) -> bool:
    return (answer.status, problem(answer)) in ((409, "missing"), (404, "unknown-report"))


def _history(found: Any) -> tuple[StatusChange, ...]:
    return tuple(StatusChange(CaseStatus(one["status"]), str(one["at"])[:40]) for one in found[:200])
