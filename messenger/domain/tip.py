"""A safety tip as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Band(StrEnum):
    """Which words suit the reader. Never asked as an age."""

    SIMPLE = "S"
    TEEN = "T"
    ADULT = "A"
    CARER = "C"


@dataclass(frozen=True, slots=True)
class Tip:
    """`number` of `count` is the tip's place in the deck. `action` is an id that the window knows, or ''; `action_url`
    the web page that it opens, if it does. `reviewer` is who checked the tip for a child safety body, '' for nobody yet."""

    id: str
    title: str
    body: str
    topic: str
    action: str
    action_label: str
    source: str
    source_url: str
    number: int
    count: int
    pinned: bool = False
    useful: bool | None = None
    action_url: str = ""
    reviewer: str = ""
