"""What the kinds share that take a report and nothing else: every other call says that this kind can not do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from messenger.domain.errors import EndpointRejected, EvidenceRefused
from messenger.domain.receipt import AddendumReceipt, IdentityLevel, Withdrawn
from messenger.domain.report import EndpointProfile
from messenger.evidence.package import Package
from messenger.services.ports import CaseNews, Clock, Submission

Prove = Callable[[str, str], str]


def checked(submission: Submission) -> Package:
    """The package that is handed over. Raises `EvidenceRefused` for one that is damaged or another report's."""
    package = Package.decode(submission.package)
    if (package.report_id, package.digest) != (submission.report_id, submission.digest):
        raise EvidenceRefused("digest")
    return package


class OneWay:
    """`ports.Endpoint` but for `submit`. A case has no news, no messages and no proof by this way."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def news(
        self, profile: EndpointProfile, report_id: str, prove: Prove, after: int, etag: str, wait: int = 0
    ) -> CaseNews | None:
        """Nothing ever changes: there is nobody to ask. `wait` passes as it does at a desk that holds its answer back."""
        if wait:
            await self._clock.sleep(wait)
        return None

    async def write(self, profile: EndpointProfile, report_id: str, prove: Prove, sealed: bytes) -> None:
        """Raises `EndpointRejected`."""
        _refuse()

    async def prove_address(self, profile: EndpointProfile, report_id: str, prove: Prove, jid: str) -> IdentityLevel:
        """Raises `EndpointRejected`."""
        _refuse()

    async def ask_code(self, profile: EndpointProfile, report_id: str, prove: Prove, sealed: bytes) -> None:
        """Raises `EndpointRejected`."""
        _refuse()

    async def answer_code(self, profile: EndpointProfile, report_id: str, prove: Prove, code: str) -> IdentityLevel:
        """Raises `EndpointRejected`."""
        _refuse()

    async def consent(self, profile: EndpointProfile, report_id: str, prove: Prove, sealed: bytes) -> None:
        """Raises `EndpointRejected`."""
        _refuse()

    async def add(
        self, profile: EndpointProfile, report_id: str, prove: Prove, addendum_id: str, digest: str, sealed: bytes
    ) -> AddendumReceipt:
        """Raises `EndpointRejected`."""
        _refuse()

    async def withdraw(
        self, profile: EndpointProfile, report_id: str, prove: Prove, digest: str, sealed: bytes
    ) -> Withdrawn:
        """Raises `EndpointRejected`."""
        _refuse()

    def clock_offset(self, profile: EndpointProfile) -> int:
        """Nothing is known."""
        return 0

    async def close(self) -> None:
        """Nothing is held."""


def _refuse() -> NoReturn:
    raise EndpointRejected(0, "kind")
