"""A just-in-time notice: what in a message an own rule found. It speaks of the words, never of the person."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Way(StrEnum):
    """Whether the message came in or is about to go out."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's finding. `start` and `end` are the matched characters of the message; `places` fill the notice's words."""

    rule: str
    start: int
    end: int
    places: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule may know beside the words. Nothing of it leaves the computer, and nothing is a score of a person.

    `known`: in the contacts for 7 days or more with 20 messages each way, or marked as known by hand. `country`: two
    small letters. `code_asked`: the other side wrote of a code in the last lines. `harsh_words`: R20 was switched on.
    """

    way: Way
    known: bool = False
    country: str = ""
    code_asked: bool = False
    harsh_words: bool = False
    private_words: tuple[str, ...] = field(default=(), repr=False)
