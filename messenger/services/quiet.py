"""Quiet (decision 10): whom nothing may be sent to by itself while a report about them is open.

Receipts, read markers and typing marks are dropped for these people from the click on Report to the receipt. What
the person sends by hand is their own deed and goes.
"""

from __future__ import annotations

from collections.abc import Callable


class Quiet:
    """Counts who is kept quiet, by account and bare address; reporting holds and releases.

    `changed` is told the account each time; the session of that account then answers nothing by itself either.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], set[str]] = {}
        self.changed: Callable[[str], None] = lambda _account: None

    def hold(self, account: str, jid: str, why: str) -> None:
        """Keep quiet towards this person because of `why` (a draft's or report's id), until `release` of the same."""
        self._held.setdefault((account, jid), set()).add(why)
        self.changed(account)

    def release(self, why: str) -> None:
        """This draft or report is done."""
        for key in [key for key, reasons in self._held.items() if why in reasons]:
            self._held[key].discard(why)
            if not self._held[key]:
                del self._held[key]
                self.changed(key[0])

    def holds(self, account: str, jid: str) -> bool:
        """Whether nothing may go to this person by itself."""
        return (account, jid) in self._held

    def people(self, account: str) -> frozenset[str]:
        """All whom this account keeps quiet towards."""
        return frozenset(jid for held, jid in self._held if held == account)
