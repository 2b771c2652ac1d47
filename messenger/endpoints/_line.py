"""Calls to one desk or another over HTTPS, plain or with proof of possession of the reporter's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from messenger.domain.report import EndpointProfile
from messenger.endpoints._reply import Answer
from messenger.endpoints._transport import DEADLINE, Transport, checked_base, content_digest
from messenger.evidence.possession import SCHEME
from messenger.services.ports import Clock

Prove = Callable[[str, str], str]


class Line:
    """Makes calls and learns from each answer how the desk's clock stands to ours (F8)."""

    def __init__(self, clock: Clock, deadline: float = DEADLINE) -> None:
        self._clock = clock
        self._transport = Transport(deadline)
        self._offsets: dict[str, int] = {}

    def clock_offset(self, profile: EndpointProfile) -> int:
        """The desk's clock minus ours in seconds, by its last answer's Date; 0 while nothing is known."""
        return self._offsets.get(urlsplit(profile.base).netloc, 0)

    async def close(self) -> None:
        """Let go of connections."""
        await self._transport.close()

    async def call(
        self,
        method: str,
        profile: EndpointProfile,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        wait: int = 0,
        max_answer: int = 0,
    ) -> Answer:
        """One call; `wait` adds seconds for an answer that may be held back. Raises `EndpointUnreachable`."""
        limit = {"max_answer": max_answer} if max_answer else {}
        answer = await self._transport.call(
            method, url, profile.ca_file, body, headers, wait, pins=profile.pins, **limit
        )
        if answer.date is not None:
            ours = datetime.fromisoformat(self._clock.now()).timestamp()
            self._offsets[urlsplit(profile.base).netloc] = round(answer.date - ours)
        return answer

    async def proved(
        self,
        method: str,
        profile: EndpointProfile,
        path: str,
        query: str,
        prove: Prove,
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
            return await self.call(method, profile, url + query, body, signed, wait, max_answer)

        before = self.clock_offset(profile)
        answer = await call()
        if answer.status == 401 and self.clock_offset(profile) != before:
            answer = await call()
        return answer

    async def handed(
        self,
        method: str,
        profile: EndpointProfile,
        path: str,
        prove: Prove,
        body: bytes,
        media_type: str,
        *,
        headers: Mapping[str, str] | None = None,
        wait: int = 0,
    ) -> Answer:
        """A proved call that hands over a body."""
        named = {"Content-Type": media_type, "Content-Digest": content_digest(body), **(headers or {})}
        return await self.proved(method, profile, path, "", prove, body=body, headers=named, wait=wait)
