"""Word lists of a language, by which the rules about what a person gives away read: the key `words` of assets/phrases."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypeVar

from messenger.domain.datafile import Reader
from messenger.safety import address, belonging, codes, handles, harsh

Words = TypeVar("Words", address.Words, belonging.Words, codes.Words, handles.Words, harsh.Words)


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of R3, R4, R6, R2 and R20. A rule whose lists a language lacks looks at its patterns alone."""

    address: address.Words | None = None
    belonging: belonging.Words | None = None
    codes: codes.Words | None = None
    handles: handles.Words | None = None
    harsh: harsh.Words | None = None


def load(top: Reader) -> Lists:
    """The lists in a data file. Raises `AssetRefused` naming the file and the group of lists."""
    found = {one.text("id"): one for one in top.children("words", required=False)}
    for id, one in found.items():
        if id not in {field.name for field in fields(Lists)}:
            one.refuse("no rule reads by these words")
    return Lists(
        address=_filled(address.Words, found.get("address")),
        belonging=_filled(belonging.Words, found.get("belonging")),
        codes=_filled(codes.Words, found.get("codes")),
        handles=_filled(handles.Words, found.get("handles")),
        harsh=_filled(harsh.Words, found.get("harsh")),
    )


def _filled(kind: type[Words], reader: Reader | None) -> Words | None:
    """The lists of one rule; each must be there."""
    if reader is None:
        return None
    words = {field.name: frozenset(reader.texts(field.name, required=True)) for field in fields(kind)}
    reader.done()
    return kind(**words)
