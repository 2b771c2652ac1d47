"""What follows a report over HTTPS: proof of the address, codes, consent, later evidence, taking it back."""

from __future__ import annotations

import json

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, EvidenceRefused, ReceiptRefused
from messenger.domain.receipt import AddendumReceipt, IdentityLevel, Withdrawn
from messenger.domain.report import EndpointProfile
from messenger.endpoints._answers import found, refuse
from messenger.endpoints._line import Line, Prove
from messenger.endpoints._transport import DEADLINE
from messenger.evidence.addendum import verify_addendum_receipt
from messenger.evidence.package import MEDIA_TYPE
from messenger.evidence.withdrawal import verify_withdrawal_receipt
from messenger.services.ports import Clock

ASKING = 20
"""Seconds for which the desk may wait for an answer to its question (XEP-0070)."""
_JSON = "application/json"
_ID_IN_CHAT = "/v1/sessions"


class Following:
    """The part of `ports.Endpoint` that comes after the report itself."""

    def __init__(self, clock: Clock, deadline: float = DEADLINE) -> None:
        self._line = Line(clock, deadline)

    async def prove_address(self, profile: EndpointProfile, report_id: str, prove: Prove, jid: str) -> IdentityLevel:
        """See `ports.Endpoint.prove_address`."""
        body = json.dumps({"report_id": report_id, "jid": jid}).encode("utf-8")
        answer = await self._line.handed("POST", profile, _ID_IN_CHAT, prove, body, _JSON, wait=ASKING)
        if answer.status == 408:
            # No passing trouble of the line: the desk asked and this client did not answer in time.
            raise EndpointRejected(408, "no-answer")
        if answer.status not in (200, 201):
            refuse(answer)
        said = found(answer)
        domain = jid.partition("/")[0].rpartition("@")[2]
        if said.get("identity_level") != IdentityLevel.VERIFIED.value or said.get("domain", domain) != domain:
            raise EndpointUnreachable("form")
        return IdentityLevel.VERIFIED

    async def ask_code(self, profile: EndpointProfile, report_id: str, prove: Prove, sealed: bytes) -> None:
        """See `ports.Endpoint.ask_code`."""
        path = f"/v1/reports/{report_id}/code"
        answer = await self._line.handed("POST", profile, path, prove, sealed, MEDIA_TYPE)
        if answer.status not in (200, 201, 202):
            refuse(answer)

    async def answer_code(self, profile: EndpointProfile, report_id: str, prove: Prove, code: str) -> IdentityLevel:
        """See `ports.Endpoint.answer_code`."""
        path = f"/v1/reports/{report_id}/code/answer"
        body = json.dumps({"code": code}).encode("utf-8")
        answer = await self._line.handed("POST", profile, path, prove, body, _JSON)
        if answer.status != 200:
            refuse(answer)
        try:
            return IdentityLevel(str(found(answer).get("identity_level")))
        except ValueError:
            raise EndpointUnreachable("form") from None

    async def consent(self, profile: EndpointProfile, report_id: str, prove: Prove, sealed: bytes) -> None:
        """See `ports.Endpoint.consent`."""
        path = f"/v1/reports/{report_id}/consent"
        answer = await self._line.handed("POST", profile, path, prove, sealed, MEDIA_TYPE)
        if answer.status not in (200, 201, 204):
            refuse(answer)

    async def add(
        self, profile: EndpointProfile, report_id: str, prove: Prove, addendum_id: str, digest: str, sealed: bytes
    ) -> AddendumReceipt:
        """See `ports.Endpoint.add`. Raises `ReceiptRefused` for an answer that the desk did not sign for this addendum."""
        path = f"/v1/reports/{report_id}/addenda/{addendum_id}"
        headers = {"If-None-Match": "*", "Robin-Digest": digest}
        answer = await self._line.handed("PUT", profile, path, prove, sealed, MEDIA_TYPE, headers=headers)
        if answer.status not in (200, 201):
            refuse(answer)
        try:
            return verify_addendum_receipt(
                _text(found(answer).get("receipt")), profile.keys, digest, report_id, addendum_id
            )
        except (EvidenceRefused, EndpointUnreachable):
            raise ReceiptRefused("addendum") from None

    async def withdraw(
        self, profile: EndpointProfile, report_id: str, prove: Prove, digest: str, sealed: bytes
    ) -> Withdrawn:
        """See `ports.Endpoint.withdraw`. Raises `ReceiptRefused` for an answer that the desk did not sign for this report."""
        path = f"/v1/reports/{report_id}/withdraw"
        answer = await self._line.handed("POST", profile, path, prove, sealed, MEDIA_TYPE)
        if answer.status != 200:
            refuse(answer)
        try:
            return verify_withdrawal_receipt(_text(found(answer).get("statement")), profile.keys, digest, report_id)
        except (EvidenceRefused, EndpointUnreachable):
            raise ReceiptRefused("withdrawal") from None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
