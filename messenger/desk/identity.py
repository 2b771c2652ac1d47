"""How sure the desk is that the reporter holds the account they name.

Every report is `unverified` for now: the signature shows that all parts come from one key, not whose key it is. Proof
by XEP-0070 (the desk's own address asks the account through its server) has its place here; until it runs, the
officer's page says so. A report without proof is taken and ranked like any other: never a dead end.
"""

from __future__ import annotations

from messenger.domain.receipt import IdentityLevel
from messenger.i18n import tr


def level_of(jid: str) -> IdentityLevel:
    """The level of a report from `jid` (may be empty) as far as this desk can check it now."""
    del jid
    return IdentityLevel.UNVERIFIED


def words(level: str) -> str:
    """What the level means, for the officer."""
    table = {
        IdentityLevel.UNVERIFIED.value: tr("Not checked with the chat server. The address is what the reporter's app says."),
        IdentityLevel.CODE.value: tr("Checked by a code sent to the reporter."),
        IdentityLevel.VERIFIED.value: tr("Checked with the reporter's own chat server."),
    }
    return table.get(level, level)
