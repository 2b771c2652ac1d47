"""Reports from rooms: whom they are about, and what of the others goes (security.md, minimisation). Pure.

The reported party is an occupant: at whom Report abuse was pressed, or who said the chosen messages. Everybody else goes
under the name that the room showed and nothing more: no lasting id, no real address, no role, no stanza as it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from messenger.domain.evidence import CapturedMessage, Occupant
from messenger.domain.message import Direction
from messenger.domain.report import Draft

_MOST = 20


def is_room(draft: Draft) -> bool:
    """Whether the report is about what happened in a room."""
    return draft.snapshot is not None and draft.snapshot.room is not None


def reported(draft: Draft, lines: Sequence[CapturedMessage]) -> tuple[Occupant, ...]:
    """Whom a report from a room is about, the one that was pointed at first; at most 20 people."""
    chosen = set(draft.chosen) - set(draft.left_out)
    said = [one.occupant for one in lines if one.message in chosen and one.direction is Direction.IN]
    found: list[Occupant] = []
    for one in (draft.occupant, *said):
        if one is not None and one.nick and not any(same(one, known) for known in found):
            found.append(one)
    return tuple(found[:_MOST])


def same(one: Occupant, other: Occupant) -> bool:
    """The same person: by the room's lasting id where it gives one, else by name."""
    if one.occupant_id or other.occupant_id:
        return one.occupant_id == other.occupant_id
    return one.nick == other.nick


def minimised(draft: Draft, lines: Sequence[CapturedMessage]) -> tuple[CapturedMessage, ...]:
    """The lines with third parties under their shown name only. Lines of a chat are as they were."""
    if not is_room(draft):
        return tuple(lines)
    about = reported(draft, lines)
    return tuple(_minimised(one, about) for one in lines)


def _minimised(line: CapturedMessage, about: tuple[Occupant, ...]) -> CapturedMessage:
    who = line.occupant
    if line.direction is Direction.OUT or who is None or any(same(who, one) for one in about):
        return line
    edits = tuple(replace(one, raw=None) for one in line.edits)
    return replace(line, occupant=Occupant(who.nick), raw=None, edits=edits)
