"""One report to its desk: the very bytes that lie on disk, and the case that begins with the desk's verified receipt."""

from __future__ import annotations

import asyncio

from messenger.domain.errors import EvidenceRefused, ReceiptRefused
from messenger.domain.receipt import CaseStatus
from messenger.domain.report import EndpointProfile, StatusChange
from messenger.evidence.package import Package
from messenger.evidence.receipt import open_code, verify_receipt
from messenger.services import problems
from messenger.services.copies import Copies
from messenger.services.desks import Desks
from messenger.services.identity import Identity
from messenger.services.ports import Accepted, Clock, Submission
from messenger.services.receivers import Receivers
from messenger.services.reporter_keys import ReporterKeys
from messenger.storage import report_cases
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.outbox import Entry
from messenger.storage.report_cases import Case
from messenger.storage.sealed_files import SealedFiles


class Handing:
    """Hands over what the outbox worker gives it."""

    def __init__(
        self,
        db: Database,
        files: SealedFiles,
        desks: Desks,
        receivers: Receivers,
        keys: ReporterKeys,
        copies: Copies,
        identity: Identity,
        clock: Clock,
    ) -> None:
        self._db = db
        self._files = files
        self._desks = desks
        self._receivers = receivers
        self._keys = keys
        self._copies = copies
        self._identity = identity
        self._clock = clock

    async def hand_over(self, entry: Entry) -> Accepted:
        """Returns when the verified receipt and its case are on disk. Raises what `Endpoint.submit` does, or `EvidenceRefused`."""
        data = await asyncio.to_thread(self._files.load, entry.report_id)
        if data is None:
            raise EvidenceRefused(problems.GONE)
        package = await asyncio.to_thread(Package.decode, data)
        if (package.report_id, package.digest) != (entry.report_id, entry.digest):
            raise EvidenceRefused("digest")
        profile = await self._receivers.current(package.endpoint)
        endpoint = self._desks.endpoint(profile)
        proof = self._identity.before_filing(entry, profile, endpoint)
        accepted = await endpoint.submit(Submission(entry.report_id, entry.digest, data, profile, entry.account, proof))
        if accepted.receipt.report_digest != entry.digest:
            raise ReceiptRefused("digest")
        await self._keep_case(entry, accepted, profile)
        return accepted

    async def take(self, entry: Entry, receipt: str, code: str) -> Accepted:
        """The case of a receipt that came back by hand, on disk. Raises `EvidenceRefused` unless the report's desk signed it."""
        package = await asyncio.to_thread(self.package, entry.report_id)
        profile = await self._receivers.current(package.endpoint)
        accepted = Accepted(verify_receipt(receipt, profile.keys, entry.digest, entry.report_id), code)
        await self._keep_case(entry, accepted, profile)
        return accepted

    def package(self, report_id: str) -> Package:
        """The file's package. Raises `EvidenceRefused` for one that is damaged or under another report's name. Blocks."""
        package = Package.decode(self._files.load(report_id) or b"")
        if package.report_id != report_id:
            raise EvidenceRefused("id")
        return package

    async def _keep_case(self, entry: Entry, accepted: Accepted, profile: EndpointProfile) -> None:
        """Put receipt and case on disk: step 9. Only then may the sealed file go."""
        receipt = accepted.receipt
        now = self._clock.now()
        case = Case(
            report_id=entry.report_id,
            profile=profile,
            sent_at=now,
            receipt=receipt,
            receipt_code=await self._code(entry, accepted, profile),
            status=CaseStatus.RECEIVED,
            history=(StatusChange(CaseStatus.RECEIVED, receipt.received_at),),
            changed_at=now,
            identity=receipt.identity_level,
        )
        copy = await self._copies.received(entry.report_id, receipt.jws, profile)
        await self._db.write(_open_case, case, copy)

    async def _code(self, entry: Entry, accepted: Accepted, profile: EndpointProfile) -> str:
        pair = await self._keys.find(entry.account or accepted.receipt.reporter_jid, entry.key)
        if pair is None or not accepted.sealed_code:
            return ""
        try:
            return open_code(accepted.sealed_code.encode("ascii", "replace"), pair.sealing, profile.keys, entry.digest)
        except EvidenceRefused:
            # Without its code a report is received all the same.
            return ""


def _open_case(conn: Connection, case: Case, copy: bytes | None) -> None:
    report_cases.open_case(conn, case)
    if copy is not None:
        report_cases.keep_copy(conn, case.report_id, copy)
