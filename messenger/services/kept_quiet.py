"""Towards whom an open report keeps quiet: the chat or the room, and in a room the real addresses that it showed (decision 10)."""

from __future__ import annotations

from messenger.domain.report import Draft
from messenger.services.room_evidence import is_room, reported
from messenger.storage import outbox, report_drafts, snapshots
from messenger.storage.connection import Connection


def addresses(conn: Connection, draft: Draft) -> frozenset[str]:
    """Whom this draft is about, by every bare address that is known: a person in a room has a chat of their own, too."""
    found = {draft.counterpart}
    if draft.occupant is not None:
        found.add(draft.occupant.jid)
    if is_room(draft) and draft.snapshot is not None and draft.chosen:
        found |= {one.jid for one in reported(draft, snapshots.captured(conn, draft.snapshot, draft.chosen))}
    return frozenset(found - {""})


def everybody(conn: Connection) -> list[tuple[str, str, str]]:
    """(id, account, address) of all whom an open draft or a report without its receipt is about: for a new start."""
    found = list(outbox.people(conn))
    for one in report_drafts.every(conn):
        draft = report_drafts.get(conn, one.id)
        if draft is not None:
            found += [(draft.id, draft.account, address) for address in sorted(addresses(conn, draft))]
    return found
