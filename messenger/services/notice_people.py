"""R16 and R19: whether a name, an address or a picture is like that of somebody in the contacts, or of somebody blocked; and
whether a contact's picture is a new one.

Said as what is seen, never as who somebody is. An address is looked at when it writes, at most every ten minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from messenger.domain import lookalike
from messenger.domain.notice import Found
from messenger.safety import people
from messenger.safety.people import AFTER_BLOCK, Blocked, Known, Pictured
from messenger.services.clock import rfc3339
from messenger.services.notice_choice import Times
from messenger.storage import conversations, notice_facts
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.notice_facts import Block, Chat, Person, SeenPicture

_AGAIN = timedelta(minutes=10)
"""Pictures of all contacts are read for it."""


@dataclass(frozen=True, slots=True)
class _Around:
    people: tuple[Person, ...]
    blocks: tuple[Block, ...]
    picture: str
    seen: tuple[SeenPicture, ...]


class NoticePeople:
    """Compares people of one account with each other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._looked: dict[int, datetime] = {}

    async def about(self, chat: Chat, now: Times) -> tuple[Found, ...]:
        """What R16 and R19 see of the person of a chat; nothing when they were looked at a short while ago."""
        before = self._looked.get(chat.conversation)
        if before is not None and timedelta(0) <= now.moment - before < _AGAIN:
            return ()
        self._looked[chat.conversation] = now.moment
        around = await self._database.run(_read, chat, rfc3339(now.moment - AFTER_BLOCK))
        found = _other_name(chat, around), _back_again(chat, around, now), _new_picture(chat, around, now)
        return tuple(one for one in found if one is not None)

    async def back_again(self, chat: Chat, now: Times) -> Found | None:
        """R19 for a chat; asked for each request of a page, so that nobody else's picture is read for it."""
        around = await self._database.run(_read_blocks, chat, rfc3339(now.moment - AFTER_BLOCK))
        return _back_again(chat, around, now)


def _read(conn: Connection, chat: Chat, since: str) -> _Around:
    return _Around(
        notice_facts.people(conn, chat.account),
        notice_facts.blocks(conn, chat.account, since),
        notice_facts.picture(conn, chat.account, chat.counterpart),
        notice_facts.pictures_seen(conn, chat.account, chat.counterpart),
    )


def _read_blocks(conn: Connection, chat: Chat, since: str) -> _Around:
    blocks = notice_facts.blocks(conn, chat.account, since)
    return _Around((), blocks, notice_facts.picture(conn, chat.account, chat.counterpart), ())


def _other_name(chat: Chat, around: _Around) -> Found | None:
    own = next((one for one in around.people if one.address == chat.counterpart), None)
    if own is not None and own.name:
        return None  # the person gave them this name: two friends may have the same
    others = [one for one in around.people if one.address != chat.counterpart]
    known = [Known(one.address, conversations.title(one.name, one.address)) for one in others]
    found = people.other_name(chat.counterpart, chat.title, known)
    if found is not None:
        return found
    twin = lookalike.resembles(chat.counterpart, (one.address for one in others))
    for one in others:
        if one.address == twin or (around.picture and one.picture == around.picture):
            name = conversations.title(one.name, one.address)
            return Found("R16", 0, 0, (("name", name), ("address", chat.counterpart)))
    return None


def _back_again(chat: Chat, around: _Around, now: Times) -> Found | None:
    if chat.room or chat.known:
        return None
    # An address with which there was talk before the block is not a new one.
    blocked = [
        Blocked(one.address, conversations.title(one.name, one.address), one.picture, datetime.fromisoformat(one.at))
        for one in around.blocks
        if not chat.began or chat.began >= one.at
    ]
    return people.back_again(chat.counterpart, chat.title, around.picture, blocked, now.moment)


def _new_picture(chat: Chat, around: _Around, now: Times) -> Found | None:
    if all(one.address != chat.counterpart for one in around.people):
        return None  # who is no contact has no picture here
    seen = (Pictured(one.digest, datetime.fromisoformat(one.at) if one.at else None, one.told) for one in around.seen)
    return people.new_picture(chat.title, around.picture, seen, now.moment)
