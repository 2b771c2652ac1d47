"""Reports over HTTPS: hand over a sealed package, fetch news of a case, write back (assets/schema/README.md).

Only a receipt that the desk signed for our digest means that a report arrived; every other answer keeps it in the
outbox: to be tried again (`EndpointUnreachable`) or for the person to look at (`EndpointRejected`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

from messenger.domain.errors import (
    EndpointRejected,
    EndpointUnreachable,
    EvidenceRefused,
    FormatRefused,
    ReceiptRefused,
)
from messenger.domain.receipt import CaseStatus
from messenger.domain.report import EndpointProfile, StatusChange
from messenger.endpoints._transport import DEADLINE, Answer, Transport, checked_base, content_digest
from messenger.evidence.canonical import parse_json
from messenger.evidence.package import MEDIA_TYPE, Package
from messenger.evidence.possession import SCHEME
from messenger.evidence.receipt import verify_receipt
from messenger.services.ports import Accepted, CaseNews, Clock, Endpoint, Submission

KIND = "https"
MAX_MESSAGES_ANSWER = 1024 * 1024
"""Bytes of one answer with messages: a sealed message of full length is about 150 kB."""
_RETRY = frozenset({408, 421, 425, 429})
"""Answers of the 400 kind that pass by themselves (RFC 9110, RFC 8470, RFC 6585)."""
_LOST_ON_THE_WAY = frozenset({(400, "length"), (400, "digest"), (409, "hash")})
"""The desk got other bytes than were sent (F3): no fault of the report, so it is sent again."""
_MAX_WORDS = 500
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def make(clock: Clock) -> Endpoint:
    """The endpoint for https addresses."""
    return HttpsEndpoint(clock)


class HttpsEndpoint:
    """`ports.Endpoint` over HTTPS."""

    def __init__(self, clock: Clock, deadline: float = DEADLINE) -> None:
        self._clock = clock
        self._transport = Transport(deadline)
        self._offsets: dict[str, int] = {}

    async def submit(self, submission: Submission) -> Accepted:
        """Hand over: the report, its files, finish. The same bytes and the same id on every try.

        Raises `EndpointUnreachable`, `ReceiptRefused` or `EndpointRejected`; `EvidenceRefused` for a damaged package.
        """
        profile = submission.profile
        base = checked_base(profile.base)
        package = await asyncio.to_thread(Package.decode, submission.package)
        if (package.report_id, package.digest) != (submission.report_id, submission.digest):
            raise EvidenceRefused("digest")
        place = f"{base}/v1/reports/{package.report_id}"
        answer = await self._whole(profile, place, package)
        if _parts_forgotten(answer):
            # The desk forgets unfinished parts after a day: once more, from the beginning.
            answer = await self._whole(profile, place, package)
            if _parts_forgotten(answer):
                raise EndpointUnreachable("missing")
        if answer.status != 200:
            _refuse(answer)
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
        answer = await self._proved("GET", profile, path, "", prove, headers=headers, wait=wait)
        if answer.status == 304:
            return None
        if answer.status != 200:
            _refuse(answer)
        try:
            found = parse_json(answer.body)
            status, history = CaseStatus(found["status"]), _history(found["history"])
            case_number, count = found["case_number"], found["messages"]
            if not isinstance(case_number, str) or not isinstance(count, int):
                raise FormatRefused("news")
        except (FormatRefused, KeyError, TypeError, ValueError):
            raise EndpointUnreachable("form") from None
        sealed = await self._messages(profile, path, prove, after) if count > after else ()
        return CaseNews(status, history, case_number[:40], sealed, answer.etag)

    async def write(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], sealed: bytes
    ) -> None:
        """See `ports.Endpoint.write`. Raises `EndpointUnreachable` or `EndpointRejected`."""
        path = f"/v1/reports/{report_id}/messages"
        headers = {"Content-Type": MEDIA_TYPE, "Content-Digest": content_digest(sealed)}
        answer = await self._proved("POST", profile, path, "", prove, body=sealed, headers=headers)
        if answer.status not in (200, 201, 202, 204):
            _refuse(answer)

    def clock_offset(self, profile: EndpointProfile) -> int:
        """The desk's clock minus ours in seconds, by its last answer's Date; 0 while nothing is known."""
        return self._offsets.get(urlsplit(profile.base).netloc, 0)

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()

    # -- calls

    async def _put(self, profile: EndpointProfile, url: str, body: bytes, digest: str) -> Answer:
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Digest": content_digest(body),
            "If-None-Match": "*",
            "Robin-Digest": digest,
        }
        return await self._call("PUT", profile, url, body, headers)

    async def _whole(self, profile: EndpointProfile, place: str, package: Package) -> Answer:
        """Report, files, finish: the last answer, or an earlier one that says that parts were forgotten."""
        answer = await self._put(profile, place, package.report, package.digest)
        if answer.status not in (200, 201):
            _refuse(answer)
        for name, body in package.files().items():
            headers = {"Content-Type": MEDIA_TYPE, "Content-Digest": content_digest(body)}
            answer = await self._call("PUT", profile, f"{place}/items/{name}", body, headers)
            if _parts_forgotten(answer):
                return answer
            if answer.status not in (200, 201):
                _refuse(answer)
        return await self._call("POST", profile, f"{place}/finish", b"", {})

    async def _messages(
        self, profile: EndpointProfile, path: str, prove: Callable[[str, str], str], after: int
    ) -> tuple[tuple[int, str], ...]:
        answer = await self._proved(
            "GET", profile, f"{path}/messages", f"?after={after}", prove, max_answer=MAX_MESSAGES_ANSWER
        )
        if answer.status != 200:
            _refuse(answer)
        try:
            found = [(one["n"], one["sealed"]) for one in parse_json(answer.body)["messages"]]
            if not all(type(n) is int and isinstance(sealed, str) for n, sealed in found):
                raise FormatRefused("messages")
        except (FormatRefused, KeyError, TypeError):
            raise EndpointUnreachable("form") from None
        return tuple(sorted((n, sealed) for n, sealed in found if n > after))

    async def _proved(
        self,
        method: str,
        profile: EndpointProfile,
        path: str,
        query: str,
        prove: Callable[[str, str], str],
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        wait: int = 0,
        max_answer: int = 0,
    ) -> Answer:
        """A call with proof of possession. When our clock is wrong the desk says 401: once more, by its clock (F8)."""
        url = checked_base(profile.base) + path

        async def call() -> Answer:
            signed = {**(headers or {}), "Authorization": f"{SCHEME} {prove(method, path)}"}
            return await self._call(method, profile, url + query, body, signed, wait, max_answer)

        before = self.clock_offset(profile)
        answer = await call()
        if answer.status == 401 and self.clock_offset(profile) != before:
            answer = await call()
        return answer

    async def _call(
        self,
        method: str,
        profile: EndpointProfile,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        wait: int = 0,
        max_answer: int = 0,
    ) -> Answer:
        limit = {"max_answer": max_answer} if max_answer else {}
        answer = await self._transport.call(method, url, profile.ca_file, body, headers, wait, **limit)
        if answer.date is not None:
            ours = datetime.fromisoformat(self._clock.now()).timestamp()
            self._offsets[urlsplit(profile.base).netloc] = round(answer.date - ours)
        return answer


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
    return (answer.status, _problem(answer)) in ((409, "missing"), (404, "unknown-report"))


def _refuse(answer: Answer) -> NoReturn:
    """An answer that is not the one hoped for, as a failure (F9, F10, F11)."""
    passing = answer.status in _RETRY or answer.status >= 500
    if passing or (answer.status, _problem(answer)) in _LOST_ON_THE_WAY:
        raise EndpointUnreachable(f"status {answer.status}", answer.retry_after)
    if answer.status < 400:
        # A redirect leads somewhere else (a sign-in page of a network, most often); another 200 is no answer of a desk.
        raise ReceiptRefused(f"status {answer.status}") if answer.status < 300 else EndpointUnreachable("redirect")
    raise EndpointRejected(answer.status, _problem(answer), _words(answer))


def _problem_object(answer: Answer) -> dict[str, Any]:
    if answer.content_type != "application/problem+json":
        return {}
    try:
        return parse_json(answer.body)
    except FormatRefused:
        return {}


def _problem(answer: Answer) -> str:
    """The last word of ``urn:robin:problem:<word>`` (RFC 9457), or ''."""
    kind = _problem_object(answer).get("type")
    return kind.removeprefix("urn:robin:problem:")[:40] if isinstance(kind, str) else ""


def _words(answer: Answer) -> str:
    """The desk's plain sentence, cut and on one line."""
    words = _problem_object(answer).get("words")
    return _CONTROLS.sub(" ", words)[:_MAX_WORDS] if isinstance(words, str) else ""


def _history(found: Any) -> tuple[StatusChange, ...]:
    return tuple(StatusChange(CaseStatus(one["status"]), str(one["at"])[:40]) for one in found[:200])
