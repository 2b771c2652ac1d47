"""Reports by an e-mail that the person writes: Robin gives a locked file and neutral words, opens nothing and sends nothing."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from messenger.domain.errors import EndpointRejected, Handed
from messenger.endpoints._one_way import OneWay, checked
from messenger.safety.handing import handed_way
from messenger.services.ports import Accepted, Clock, Endpoint, Submission

KIND = "mailto"


def make(clock: Clock) -> Endpoint:
    """The endpoint for mailto addresses."""
    return EmailDraft(clock)


class EmailDraft(OneWay):
    """`ports.Endpoint` that ends with the person: the report stays here until the desk's receipt file comes back."""

    async def submit(self, submission: Submission) -> Accepted:
        """Never accepted: raises `Handed`, or `EvidenceRefused` for a damaged package."""
        await asyncio.to_thread(checked, submission)
        _hand(submission)


def _hand(submission: Submission) -> NoReturn:
    way = handed_way(submission.profile, submission.report_id)
    if way is None:
        raise EndpointRejected(0, "address")
    raise Handed(way.kind, way.place, way.words)
