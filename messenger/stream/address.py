"""Addresses on the wire: prepared by the library's profiles, compared in one form (RFC 7622)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from slixmpp.jid import JID, InvalidJID

from messenger.domain import jid as addresses
from messenger.domain.errors import InvalidAddress


@dataclass(frozen=True, slots=True)
class Address:
    """A prepared address. `full` has the resource where there is one; all parts are text, never library objects."""

    bare: str
    domain: str
    resource: str

    @property
    def full(self) -> str:
        return f"{self.bare}/{self.resource}" if self.resource else self.bare


@lru_cache(maxsize=4096)
def prepared(text: str | None) -> Address | None:
    """The address in `text`, or None when it is missing or is none (the library's exception never escapes).

    What is another address when it is prepared once more is none: nobody could answer it, and nobody could block it.
    """
    if not text:
        return None
    try:
        jid = JID(text)
        bare = str(jid.bare)
        if str(JID(bare).bare) != bare or addresses.bare(bare) != bare:
            return None
        # A resource keeps trailing spaces that a name on the screen would not show; it only tells devices apart here.
        return Address(bare, str(jid.domain), str(jid.resource))
    except (InvalidJID, InvalidAddress, ValueError, UnicodeError):
        return None
