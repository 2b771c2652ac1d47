"""A country's numbers, as the window shows them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A number or page. `kind`: emergency, helpline, report or police. `checked_on` is a date; `stale` asks to check it.

    `by_person`: a person checked it at its owner; else it is from a second-hand page, or from the owner's, unchecked.
    """

    id: str
    kind: str
    name: str
    detail: str
    number: str
    url: str
    source_url: str
    checked_on: str
    stale: bool = False
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class CountryCard:
    """`code` is ISO 3166-1 alpha-2 in lower case, or 'eu' or 'elsewhere'."""

    code: str
    name: str
    emergency_number: str
    emergency_how: str
    cannot_talk: str
    lines: tuple[HelpLine, ...]
