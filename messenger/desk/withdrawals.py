"""Taking a report back: before anybody looked it is erased to a tombstone, afterwards it is noted and stays."""

from __future__ import annotations

import json
import sqlite3

from messenger.desk import cases, journal
from messenger.desk.intake import Intake
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import Clock, rfc3339
from messenger.desk.problems import Problem
from messenger.desk.store import Store
from messenger.domain.receipt import WithdrawalOutcome, Withdrawn
from messenger.domain.report import WithdrawReason
from messenger.evidence.canonical import canonical
from messenger.evidence.keys import Jwk, PublicKeys
from messenger.evidence.withdrawal import TYPE, Withdrawal, make_withdrawal_receipt, open_withdrawal
from messenger.i18n import tr

# What is settled keeps its status: a note that it was taken back must not hide that the police have it.
_SETTLED = ("with_police", "closed")


class Withdrawals:
    """Takes withdrawals in. Raises `Problem` for what cannot be taken."""

    def __init__(self, keys: DeskKeys, store: Store, intake: Intake, clock: Clock) -> None:
        self._keys = keys
        self._store = store
        self._intake = intake
        self._clock = clock

    async def take_back(self, report_id: str, body: bytes) -> str:
        """The desk's signed statement: of the first withdrawal for ever, so that a repeat gets the same."""
        row, stone = await self._store.run(cases.known_or_left, report_id)
        if stone is not None:
            self._open(body, PublicKeys([json.loads(stone["reporter_key"])]), report_id)
            return str(stone["statement"])
        if row is None or row["filed"] is None:
            row = await self._intake.filed(report_id)
        signed = await self._intake.signed(row)
        wish = self._open(body, signed.reporter_keys(), report_id)
        key: Jwk = signed.body["reporter"]["keys"]["sig"]
        statement, erased = await self._store.run(keep, self._keys, key, wish, body, self._clock())
        if erased:
            await self._store.tidy()
        return statement

    def _open(self, body: bytes, keys: PublicKeys, report_id: str) -> Withdrawal:
        return self._intake.read_letter(
            body, TYPE, lambda: open_withdrawal(body, self._keys.sealing, keys, report_id)
        )


def keep(
    db: sqlite3.Connection, keys: DeskKeys, reporter_key: Jwk, wish: Withdrawal, sealed: bytes, now: float
) -> tuple[str, bool]:
    """Erase or note in one transaction: the signed statement, and whether this call erased the report."""
    stone = cases.tombstone(db, wish.report_id) or cases.withdrawal(db, wish.report_id)
    if stone is not None:
        return str(stone["statement"]), False
    row = cases.known(db, wish.report_id)
    if row is None:
        raise Problem(410, "gone")
    # Reading is the line: from then on somebody may have to be kept safe.
    seen = row["status"] != "received" or journal.touched(db, row["case_number"])
    outcome = WithdrawalOutcome.NOTED if seen else WithdrawalOutcome.ERASED
    statement = make_withdrawal_receipt(
        keys.signing,
        Withdrawn(wish.report_id, row["digest"], row["case_number"], rfc3339(now), outcome, ""),
    )
    if seen:
        db.execute(
            "INSERT INTO withdrawals (report_id, id, at, sealed, statement) VALUES (?, ?, ?, ?, ?)",
            (wish.report_id, wish.id, now, sealed, statement),
        )
        if row["status"] not in _SETTLED:
            cases.set_status(db, wish.report_id, "withdrawn", now)
        journal.write(db, now, "", "withdrawal", row["case_number"])
        return statement, False
    db.execute(
        "INSERT INTO tombstones (report_id, case_number, at, withdrawal_id, reporter_key, statement)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (wish.report_id, row["case_number"], now, wish.id, canonical(dict(reporter_key)).decode("ascii"), statement),
    )
    db.execute("DELETE FROM reports WHERE report_id = ?", (wish.report_id,))
    journal.forget_words(db, row["case_number"])
    journal.write(db, now, "", "withdrawn", row["case_number"])
    return statement, True


def erased(db: sqlite3.Connection, case_number: str) -> sqlite3.Row | None:
    """The tombstone with this case number."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM tombstones WHERE case_number = ?", (case_number,)).fetchone()
    return row


def all_erased(db: sqlite3.Connection) -> list[sqlite3.Row]:
    """The tombstones, newest first."""
    return db.execute("SELECT case_number, at FROM tombstones ORDER BY at DESC, case_number").fetchall()


def reason_words(reason: WithdrawReason) -> str:
    """Why a report was taken back, in the words of the desk."""
    return {
        WithdrawReason.MISTAKE: tr("It was a mistake"),
        WithdrawReason.UNSAFE: tr("It does not feel safe"),
        WithdrawReason.CHANGED_MIND: tr("They thought again"),
        WithdrawReason.SOLVED: tr("It is solved"),
    }[reason]
