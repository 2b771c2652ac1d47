"""Reports over XMPP: the sealed package in one message from the person's own account, a signed receipt back.

For desks without a web address, and for networks that let nothing but chat through. Only what fits into a stanza goes
this way. The desk sees from which account it came, as the servers say it; that proves the address.
"""

from __future__ import annotations

import asyncio

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, EvidenceRefused, ReceiptRefused
from messenger.endpoints._one_way import OneWay, checked
from messenger.evidence.receipt import verify_receipt
from messenger.services.ports import Accepted, Clock, Endpoint, PackageAnswer, PackageLine, Submission

KIND = "xmpp"
MAX_PACKAGE = 180 * 1024
"""Bytes of a package: in base64 it still fits a stanza of ordinary servers."""


class NoLine:
    """Where there is no account to send from."""

    async def send_package(self, account: str, desk: str, report_id: str, digest: str, package: bytes) -> PackageAnswer:
        """Raises `EndpointUnreachable`."""
        raise EndpointUnreachable("line")


def make(clock: Clock) -> Endpoint:
    """The endpoint for xmpp addresses, without an account to send from."""
    return XmppReport(clock, NoLine())


def make_on(clock: Clock, line: PackageLine) -> Endpoint:
    """The endpoint for xmpp addresses over the person's own accounts."""
    return XmppReport(clock, line)


class XmppReport(OneWay):
    """`ports.Endpoint` over XMPP. News of a case do not come this way."""

    def __init__(self, clock: Clock, line: PackageLine) -> None:
        super().__init__(clock)
        self._line = line

    async def submit(self, submission: Submission) -> Accepted:
        """Hand over, the same bytes on every try; the desk gives the same receipt to a package that it knows.

        Raises `EndpointUnreachable`, `ReceiptRefused`, `EndpointRejected` or `EvidenceRefused`.
        """
        desk = submission.profile.base.partition(":")[2]
        package = await asyncio.to_thread(checked, submission)
        if len(submission.package) > MAX_PACKAGE:
            raise EndpointRejected(413, "size")
        answer = await self._line.send_package(
            submission.account, desk, package.report_id, package.digest, submission.package
        )
        try:
            receipt = verify_receipt(answer.receipt, submission.profile.keys, package.digest, package.report_id)
        except EvidenceRefused:
            raise ReceiptRefused("receipt") from None
        return Accepted(receipt, answer.code)
