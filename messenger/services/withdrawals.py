"""Taking a report back: at once or not at all, and only the desk's signed answer says that it was done."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, EvidenceRefused, NotWithdrawn
from messenger.domain.events import ReportChanged
from messenger.domain.receipt import WithdrawalOutcome, Withdrawn
from messenger.domain.report import WithdrawReason
from messenger.evidence.canonical import canonical, digest, scalar_text
from messenger.evidence.package import with_withdrawal
from messenger.evidence.withdrawal import MAX_TEXT, Withdrawal, make_withdrawal, verify_withdrawal_receipt
from messenger.services import problems
from messenger.services.bus import Bus
from messenger.services.desks import Desks
from messenger.services.ports import Clock
from messenger.storage import report_addenda, report_after, report_cases, report_drafts
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.report_after import WITHDRAWAL, Letter

_GONE = frozenset({404, 410})


class Withdrawals:
    """Never sent later by itself: who could not take a report back at once decides anew."""

    def __init__(self, db: Database, desks: Desks, bus: Bus, clock: Clock) -> None:
        self._db = db
        self._desks = desks
        self._bus = bus
        self._clock = clock

    async def withdraw(self, report_id: str, reason: WithdrawReason, text: str) -> Withdrawn:
        """Take a report back; a second time gives the first answer again.

        Raises `NotWithdrawn` (an `EndpointUnreachable`: the desk did not say that it is), `EndpointRejected` (the desk does not
        keep this case any more) or `KeyError`.
        """
        way = await self._desks.to(report_id)
        expected = way.case.receipt.report_digest
        if way.case.outcome is not None:
            jws = await self._db.run(report_cases.withdrawal, report_id)
            return verify_withdrawal_receipt(jws, way.profile.keys, expected, report_id)
        wish = Withdrawal(report_id, str(uuid4()), self._clock.now(), reason, scalar_text(text.strip())[:MAX_TEXT])
        sealed = await asyncio.to_thread(make_withdrawal, way.pair.signing, way.reader, wish)
        # The same wish again is the same letter again: the desk then gives the same answer.
        about = digest(canonical({"reason": wish.reason.value, "text": wish.text}))
        letter = await self._db.write(report_after.add_letter, report_id, WITHDRAWAL, about, wish.at, sealed)
        try:
            said = await way.endpoint.withdraw(way.profile, report_id, way.prove, expected, letter.sealed)
        except EndpointUnreachable as error:
            raise NotWithdrawn(str(error.fields["reason"]), int(error.fields["retry_after"])) from None
        except EndpointRejected as error:
            if error.fields["status"] not in _GONE:
                raise NotWithdrawn(f"status {error.fields['status']}") from None
            await self._db.write(report_cases.set_problem, report_id, problems.CLOSED)
            self._bus.publish(ReportChanged(report_id))
            raise
        copy = await self._db.run(report_cases.copy, report_id)
        if copy is not None:
            try:
                copy = await asyncio.to_thread(with_withdrawal, copy, said.jws, way.profile.keys)
            except EvidenceRefused:
                copy = None
        await self._db.write(_keep, letter, said, self._clock.now(), copy)
        self._bus.publish(ReportChanged(report_id))
        return said


def _keep(conn: Connection, letter: Letter, said: Withdrawn, now: str, copy: bytes | None) -> None:
    report_cases.set_withdrawn(conn, said, now)
    report_after.letter_done(conn, letter.n)
    if copy is not None:
        report_cases.keep_copy(conn, said.report_id, copy)
    if said.outcome is WithdrawalOutcome.ERASED:
        # What still waited has no place to go any more, and the person wanted it gone.
        for reply in report_cases.replies(conn, said.report_id, waiting=True):
            report_cases.reply_sent(conn, reply.n)
    # Words can still be written to a desk that keeps the case; more evidence and consents it takes no more.
    for waiting in report_after.letters(conn, said.report_id, report_after.CONSENT):
        report_after.letter_done(conn, waiting.n)
    report_addenda.give_up(conn, said.report_id)
    draft = report_drafts.addendum(conn, said.report_id)
    if draft is not None:
        report_drafts.drop(conn, draft.id)
