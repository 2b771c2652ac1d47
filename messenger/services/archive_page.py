"""A page of a message archive, as the XMPP door hands it over (XEP-0313)."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.domain.message import IncomingMessage, Marker


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """One page of XEP-0313 results, in order of time. `first` is the archive id to go on from, backwards.

    `complete`: the page reached the archive's beginning. `marks` are receipts and read marks that the archive keeps
    (counterpart, mark, stanza id, by another own device), to be told as `SessionListener.marked` tells live ones.
    """

    messages: tuple[IncomingMessage, ...]
    first: str
    last: str
    complete: bool
    marks: tuple[tuple[str, Marker, str, bool], ...] = ()
