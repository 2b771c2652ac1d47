"""R16 to R19: rules about what happens, not about words. They say what is seen and never who somebody is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from messenger.domain.lookalike import skeleton
from messenger.domain.notice import Found

UNANSWERED = 8
WITHIN = timedelta(minutes=10)
AFTER_BLOCK = timedelta(days=30)
NEW_PICTURE = "R16.picture"
"""R16 about a contact whose picture is a new one: a fact about a friend, with words, a place in the caps and a rest of its own."""
NEWS = timedelta(hours=24)
TOGETHER = timedelta(hours=1)
"""Pictures that come within this time are one change: a person can have one for each of two ways to publish it."""
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody in the contacts, by address and shown name."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """Somebody who was blocked: address, shown name, digest of the picture ('' for none), and when."""

    address: str
    name: str
    picture: str
    at: datetime


def other_name(address: str, name: str, contacts: Iterable[Known]) -> Found | None:
    """R16: the shown name looks like that of a contact, but the address is another one."""
    wanted = _name(name)
    if len(wanted) < _SHORTEST_NAME:
        return None
    same = [one for one in contacts if _name(one.name) == wanted]
    if not same or any(one.address == address for one in same):
        return None
    return Found("R16", 0, 0, (("name", same[0].name), ("address", address)))


@dataclass(frozen=True, slots=True)
class Pictured:
    """A picture of somebody that was seen: its digest, since when (None for before this was kept), and whether it was told."""

    digest: str
    at: datetime | None
    told: bool


def new_picture(name: str, current: str, seen: Iterable[Pictured], now: datetime) -> Found | None:
    """R16 about a contact: the picture that is shown came within a day in the place of an earlier one, and nobody told it yet.

    The first picture of somebody is none, and neither is one that was there before. A shown name is not looked at: Robin
    shows the name that the person here gave, or a part of the address, and never one that somebody gives themselves.
    """
    all_ = tuple(seen)
    one = next((one for one in all_ if one.digest == current), None)
    if one is None or one.told or one.at is None or not timedelta(0) <= now - one.at <= NEWS:
        return None
    earlier = any(other.at is None or one.at - other.at >= TOGETHER for other in all_ if other.digest != current)
    return Found(NEW_PICTURE, 0, 0, (("name", name),)) if earlier else None


def first_contact(address: str, contacts: Collection[str], accepted: bool) -> Found | None:
    """R17: the first words of somebody who is not in the contacts and was not accepted."""
    return None if accepted or address in contacts else Found("R17", 0, 0)


def pressed(unanswered: Sequence[datetime], now: datetime) -> Found | None:
    """R18: eight messages or more in ten minutes without an answer. `unanswered` are those since the last own words."""
    recent = [at for at in unanswered if timedelta(0) <= now - at <= WITHIN]
    return Found("R18", 0, 0) if len(recent) >= UNANSWERED else None


def back_again(address: str, name: str, picture: str, blocked: Iterable[Blocked], now: datetime) -> Found | None:
    """R19: a new address within 30 days of a block, with a name or a picture like that of the blocked one."""
    for one in blocked:
        if one.address == address or not timedelta(0) <= now - one.at <= AFTER_BLOCK:
            continue
        alike = len(_name(name)) >= _SHORTEST_NAME and _name(name) == _name(one.name)
        local = skeleton(address).partition("@")[0], skeleton(one.address).partition("@")[0]
        same_local = len(local[0]) >= _SHORTEST_NAME and local[0] == local[1]
        if alike or same_local or (picture and picture == one.picture):
            return Found("R19", 0, 0)
    return None


def _name(name: str) -> str:
    """A shown name without what is easily changed: spaces, marks, capitals, letters that look alike, digits at the end."""
    return skeleton("".join(name.split()).rstrip("0123456789") + "@").partition("@")[0]
