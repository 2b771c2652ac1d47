"""How sure the desk is that the reporter holds the account they name, and since when. The level only rises.

`verified`: the account itself said yes through its own chat server (XEP-0070). `code`: a code sent to an e-mail address
came back. A report without proof is taken and ranked like any other: never a dead end.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from messenger.domain.receipt import IdentityLevel
from messenger.i18n import tr

_RANK = {IdentityLevel.UNVERIFIED: 0, IdentityLevel.CODE: 1, IdentityLevel.VERIFIED: 2}


@dataclass(frozen=True, slots=True)
class Known:
    """The level of a report. `at` is Unix seconds, 0 for `unverified`; `domain` is the server that vouched, or ''."""

    level: IdentityLevel
    at: float = 0.0
    domain: str = ""


def known(row: sqlite3.Row) -> Known:
    """What a report's row says of its sender."""
    return Known(IdentityLevel(row["identity_level"]), row["identity_at"] or 0.0, row["identity_domain"])


def level(db: sqlite3.Connection, report_id: str) -> IdentityLevel:
    """The level of a report; `unverified` when there is none with this id."""
    row = db.execute("SELECT identity_level FROM reports WHERE report_id = ?", (report_id,)).fetchone()
    return IdentityLevel(row[0]) if row else IdentityLevel.UNVERIFIED


def rise(db: sqlite3.Connection, report_id: str, to: IdentityLevel, domain: str, now: float) -> bool:
    """Raise the level of a report; False when it was as high before, or the report is gone."""
    if _RANK[to] <= _RANK[level(db, report_id)]:
        return False
    found = db.execute(
        "UPDATE reports SET identity_level = ?, identity_domain = ?, identity_at = ? WHERE report_id = ?",
        (to.value, domain, now, report_id),
    )
    return bool(found.rowcount)


def words(level: str) -> str:
    """What the level means, for the officer."""
    table = {
        IdentityLevel.UNVERIFIED.value: tr("Not checked with the chat server. The address is what the reporter's app says."),
        IdentityLevel.CODE.value: tr("Checked by a code sent to the reporter."),
        IdentityLevel.VERIFIED.value: tr("Checked with the reporter's own chat server."),
    }
    return table.get(level, level)


def short_words(level: str) -> str:
    """The level in the queue."""
    table = {
        IdentityLevel.UNVERIFIED.value: tr("address not checked"),
        IdentityLevel.CODE.value: tr("code came back"),
        IdentityLevel.VERIFIED.value: tr("address checked"),
    }
    return table.get(level, level)
