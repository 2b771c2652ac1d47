"""Takes whole packages that come by XMPP (WIRE, kind xmpp): through the same intake as HTTP, answered with receipt and code."""

from __future__ import annotations

import json
import logging
import secrets
from typing import Protocol
from xml.etree.ElementTree import Element, SubElement

from messenger.desk import identity
from messenger.desk.floods import Floods
from messenger.desk.intake import Intake
from messenger.desk.moments import Clock
from messenger.desk.problems import Problem
from messenger.desk.reception import MAX_PACKAGE, Parcel, Turned, Turnings
from messenger.desk.store import Store
from messenger.domain.errors import EvidenceRefused, NotConnected
from messenger.domain.receipt import IdentityLevel
from messenger.evidence.canonical import parse_json
from messenger.evidence.package import Package
from messenger.stream.address import prepared
from messenger.stream.serial import CLIENT_NS

RECEIPT = "{urn:robin:receipt:1}receipt"
CODE = "{urn:robin:receipt:1}code"
PROBLEM = "{urn:robin:problem:1}problem"
_MAX_ANSWER = 1024 * 1024
log = logging.getLogger(__name__)


class Speaker(Protocol):
    """Who sends: the desk's line."""

    def say(self, stanza: Element) -> None:
        """Send a stanza. Raises `NotConnected`."""


class Parcels:
    """`floods` limits how many packages one account may send."""

    def __init__(
        self, store: Store, intake: Intake, line: Speaker, turnings: Turnings, floods: Floods, clock: Clock
    ) -> None:
        self._store = store
        self._intake = intake
        self._line = line
        self._turnings = turnings
        self._floods = floods
        self._clock = clock

    async def take(self, parcel: Parcel) -> None:
        """File a package and answer its sender; the same package again gets the same answer."""
        try:
            wait = self._floods.wait(parcel.sender.bare)
            if wait:
                self._turnings.add(Turned.TOO_MUCH)
                raise Problem(429, "flood", retry_after=wait)
            answer = _answer(parcel, await self._filed(parcel))
        except Problem as problem:
            answer = _refusal(parcel, problem)
        try:
            self._line.say(answer)
        except NotConnected:
            log.info("an answer to a package could not be sent")

    async def _filed(self, parcel: Parcel) -> bytes:
        try:
            package = Package.decode(parcel.data, MAX_PACKAGE)
        except EvidenceRefused:
            raise Problem(422, "schema", place="package") from None
        if (package.report_id, package.digest) != (parcel.report_id, parcel.digest):
            raise Problem(400, "digest")
        await self._intake.put_report(package.report_id, package.digest, package.report)
        await self._vouch(parcel)
        for sealed_digest, body in package.files().items():
            await self._intake.put_file(package.report_id, sealed_digest, body)
        return await self._intake.finish(package.report_id)

    async def _vouch(self, parcel: Parcel) -> None:
        """The sender's own server says from which account this very report came: as good as a yes to XEP-0070."""
        signed = await self._intake.signed(await self._intake.row(parcel.report_id))
        named = prepared(signed.body["reporter"]["jid"])
        if named is not None and named.bare == parcel.sender.bare:
            level, domain = IdentityLevel.VERIFIED, parcel.sender.domain
            await self._store.run(identity.rise, parcel.report_id, level, domain, self._clock())


def _message(parcel: Parcel, kind: str) -> Element:
    """A message to the device that sent the package; no archive or other device should keep it (XEP-0334, XEP-0280)."""
    name = parcel.id or secrets.token_hex(8)
    message = Element(f"{{{CLIENT_NS}}}message", {"type": kind, "to": parcel.sender.full, "id": name})
    for hint in ("{urn:xmpp:hints}no-permanent-store", "{urn:xmpp:hints}no-copy", "{urn:xmpp:carbons:2}private"):
        SubElement(message, hint)
    return message


def _answer(parcel: Parcel, filed: bytes) -> Element:
    found = parse_json(filed, _MAX_ANSWER)
    message = _message(parcel, "normal")
    SubElement(message, RECEIPT, {"id": parcel.report_id}).text = found["receipt"]
    SubElement(message, CODE, {"id": parcel.report_id}).text = found["receipt_code"]
    return message


def _refusal(parcel: Parcel, problem: Problem) -> Element:
    """A problem as a stanza error: `wait` may come again, `modify` will not be taken as it is."""
    passing = problem.status in (408, 429, 500, 503)
    message = _message(parcel, "error")
    error = SubElement(message, f"{{{CLIENT_NS}}}error", {"type": "wait" if passing else "modify"})
    condition = "resource-constraint" if passing else "not-acceptable"
    SubElement(error, f"{{urn:ietf:params:xml:ns:xmpp-stanzas}}{condition}")
    detail = SubElement(error, PROBLEM, {"id": parcel.report_id, "status": str(problem.status)})
    detail.text = json.dumps(problem.document(), ensure_ascii=False, separators=(",", ":"))
    return message
