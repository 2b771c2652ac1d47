"""What the reporter allows after the receipt: that their own server is told, that the desk reads a public room."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from messenger.desk import cases, journal
from messenger.desk.intake import Intake
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import Clock
from messenger.desk.problems import Problem
from messenger.desk.store import Store
from messenger.evidence.consent import TYPE, LaterConsent, open_consent

MAX_CONSENTS = 100


class Consents:
    """Takes consents in, and tells `heard` of new ones. Raises `Problem` for what cannot be taken."""

    def __init__(
        self, keys: DeskKeys, store: Store, intake: Intake, clock: Clock, heard: Callable[[], None] | None = None
    ) -> None:
        self._heard = heard
        self._keys = keys
        self._store = store
        self._intake = intake
        self._clock = clock

    async def put(self, report_id: str, body: bytes) -> tuple[str, bool]:
        """Check and keep a consent: its id, and whether it is new."""
        row = await self._intake.filed(report_id)
        keys = (await self._intake.signed(row)).reporter_keys()
        consent = self._intake.read_letter(
            body, TYPE, lambda: open_consent(body, self._keys.sealing, keys, report_id)
        )
        new = await self._store.run(keep, consent, body, self._clock())
        if new and self._heard is not None:
            self._heard()
        return consent.id, new


def keep(db: sqlite3.Connection, consent: LaterConsent, sealed: bytes, now: float) -> bool:
    """Keep a consent, once; True when it is new. Raises `Problem`."""
    row = cases.known(db, consent.report_id)
    if row is None:
        raise Problem(410, "withdrawn" if cases.tombstone(db, consent.report_id) else "gone")
    said = of_report(db, consent.report_id)
    same = next((one for one in said if one["id"] == consent.id), None)
    if same is not None:
        if (bool(same["tell_own_server"]), bool(same["read_room"])) != (consent.tell_own_server, consent.read_room):
            raise Problem(409, "other-digest")
        return False
    if cases.withdrawal(db, consent.report_id) is not None:
        raise Problem(409, "withdrawn-noted")
    if len(said) >= MAX_CONSENTS:
        raise Problem(413, "full")
    db.execute(
        "INSERT INTO consents (report_id, id, at, sealed, tell_own_server, read_room) VALUES (?, ?, ?, ?, ?, ?)",
        (consent.report_id, consent.id, now, sealed, consent.tell_own_server, consent.read_room),
    )
    journal.write(db, now, "", "consent", row["case_number"])
    return True


def of_report(db: sqlite3.Connection, report_id: str) -> list[sqlite3.Row]:
    """What was allowed, in the order in which it came."""
    return db.execute("SELECT * FROM consents WHERE report_id = ? ORDER BY rowid", (report_id,)).fetchall()


def current(db: sqlite3.Connection, report_id: str) -> tuple[bool, bool]:
    """Whether the own server may be told, and whether the room may be read: the newest consent holds."""
    said = of_report(db, report_id)
    return (bool(said[-1]["tell_own_server"]), bool(said[-1]["read_room"])) if said else (False, False)
