"""Which finding becomes a notice: the gravest first, within the caps, quiet times and the person's volume.

One notice a chat in 24 hours and three a day in all, and a graver one once more after a milder one (safety/caps.py says
why); threats and risky links (R14, R15) are always shown and count for neither. A look-alike name (R16) and "may be someone
you blocked" (R19) are shown once for an address, a contact's new picture (R16.picture) once for a change.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from messenger.domain.notice import Found
from messenger.safety import caps, code_talk, people
from messenger.safety.notices import Limits
from messenger.services.clock import rfc3339
from messenger.services.notice_eyes import Eyes
from messenger.services.settings import SettingsService
from messenger.storage import notice_facts
from messenger.storage import notices as store
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.notice_facts import Chat, Line
from messenger.storage.notices import Kept, Raised

GRAVE = ("R14", "R15")
SAFE_ALWAYS = frozenset({"R6", *GRAVE})
"""Rules that nothing makes quiet."""
ALWAYS = frozenset({*SAFE_ALWAYS, "R16"})
"""Rules that speak up for known people too (`safety.rules.ALWAYS`), and when the person wants few notices."""
_IN = ("R14", "R15", "R16", "R19", "R12", "R11", "R10", "R13", "R9", "R8", "R18", people.NEW_PICTURE)
OUTGOING = ("R6", "R5", "R3", "R1", "R7", "R2", "R4", "R20")
_ONCE = frozenset({"R16", "R19"})
_ROOM = frozenset({"R8", "R9", "R10", "R11", "R12", "R13", *GRAVE})
_LINKS = 5
"""Risky links of one chat that wait to be answered at most."""
_STALE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Times:
    """Points in time around a `now` (RFC 3339 UTC), as text that sorts."""

    now: str

    @property
    def moment(self) -> datetime:
        """The same as a datetime."""
        return datetime.fromisoformat(self.now)

    @property
    def week_ago(self) -> str:
        """Seven days before."""
        return self.earlier(days=7)

    def earlier(self, days: int = 0, hours: int = 0, minutes: int = 0) -> str:
        """So much before."""
        return rfc3339(self.moment - timedelta(days=days, hours=hours, minutes=minutes))

    def later(self, days: int = 0, hours: int = 0) -> str:
        """So much after."""
        return rfc3339(self.moment + timedelta(days=days, hours=hours))

    def seconds_to(self, then: str) -> float:
        """Seconds until another time."""
        return (datetime.fromisoformat(then) - self.moment).total_seconds()


class Choice:
    """Looks, and chooses what is said."""

    def __init__(self, database: Database, settings: SettingsService, eyes: Eyes) -> None:
        self._database = database
        self._settings = settings
        self._eyes = eyes

    async def come(
        self,
        chat: Chat,
        lines: Sequence[Line],
        unanswered: Sequence[str],
        about: Sequence[Found],
        now: Times,
    ) -> tuple[Raised, ...]:
        """What the rules find in a burst of messages, the gravest first, each rule once with its newest message."""
        found: dict[str, Raised] = {one.rule: Raised(one.rule, lines[-1].message, places=one.places) for one in about}
        few = await self._settings.get("notices") == "few"
        for line in lines:
            for one in await self._eyes.look_in(line.text, chat.known):
                found[one.rule] = _raised(one, line)
            # Between two messages the loop may do other things.
            await asyncio.sleep(0)
        if not chat.known and not chat.room and "R18" not in found:
            times = [datetime.fromisoformat(one) for one in unanswered]
            if people.pressed(times, now.moment) is not None:
                found["R18"] = Raised("R18", lines[-1].message)
        return tuple(found[rule] for rule in _IN if rule in found and _wanted(rule, chat, few))

    async def grave(self, lines: Sequence[Line]) -> tuple[tuple[Found, Line], ...]:
        """Threats and risky links in these lines, each once, the newest."""
        found: dict[str, tuple[Found, Line]] = {}
        for line in lines:
            for one in await self._eyes.look_in(line.text, known=True):
                if one.rule in GRAVE:
                    found[one.rule] = (one, line)
            await asyncio.sleep(0)
        return tuple(found[rule] for rule in GRAVE if rule in found)

    def kept(
        self, conversation: int, found: tuple[Found, Line], lines: Sequence[Line], waiting: Sequence[Kept], at: str
    ) -> Kept:
        """The kept notice of a finding, or one that is made for the moment (id 0)."""
        one, line = found
        for kept in waiting:
            if kept.rule == one.rule and kept.message == line.message:
                return kept
        matched = line.text[one.start : one.end]
        return Kept(0, conversation, "", line.message, one.rule, matched, one.places, at, "shown", "", None)

    async def keep(self, chat: Chat, raised: Sequence[Raised], now: Times) -> bool:
        """Write down what is to be shown; whether there was anything."""
        limits = (await self._eyes.words()).limits
        return await self._database.write(_keep, chat, tuple(raised), limits, now)

    async def out(
        self, text: str, before: tuple[Chat, tuple[str, ...], frozenset[str]], private: tuple[str, ...], now: Times
    ) -> Found | None:
        """The gravest finding in words that are about to go out, or None."""
        chat, lately, resting = before
        asked = any(code_talk.spoken(one) for one in lately)
        found = {one.rule: one for one in await self._eyes.look_out(text, chat.account, chat.known, asked, private)}
        if not found:
            return None
        limits = (await self._eyes.words()).limits
        silent = resting | await self._database.run(store.quiet, now.now, _latest(limits, now))
        few = await self._settings.get("notices") == "few"
        for rule in OUTGOING:
            if rule in found and (rule in SAFE_ALWAYS or not (few or rule in silent)):
                return found[rule]
        return None

    async def first(self, chat: Chat, waiting: Sequence[Kept], now: Times) -> Kept | None:
        """Which of the unanswered notices is shown now. Of those that are always shown none grows old; others do in a day.

        Whom the person marked as known meanwhile, or "few notices", ends what would not be raised any more.
        """
        since = rfc3339(now.moment - _STALE)
        few = await self._settings.get("notices") == "few"
        fresh = [one for one in waiting if _wanted(one.rule, chat, few) and (one.rule in GRAVE or one.at > since)]
        return min(fresh, key=lambda one: _IN.index(one.rule), default=None)


def _raised(one: Found, line: Line) -> Raised:
    return Raised(one.rule, line.message, line.edit, one.start, one.end, one.places)


def _wanted(rule: str, chat: Chat, few: bool) -> bool:
    """By where it came from and how much the person wants to be told. Strangers' cards show R14 and R15 only."""
    if rule not in ALWAYS and (few or (chat.known and rule != people.NEW_PICTURE)):
        return False
    if chat.room:
        return rule in _ROOM
    return chat.accepted or rule in GRAVE


def _keep(conn: Connection, chat: Chat, raised: Sequence[Raised], limits: Limits, now: Times) -> bool:
    conversation = chat.conversation
    waiting = store.waiting(conn, conversation)
    quiet = store.quiet(conn, now.now, _latest(limits, now))
    made = False
    for one in raised:
        if not store.is_there(conn, one.message):
            continue
        if one.rule in GRAVE:
            if not _waits(one, waiting):
                store.add(conn, conversation, one, now.now)
                store.drop_oldest_waiting(conn, conversation, one.rule, _LINKS)
                made = True
        elif one.rule not in quiet and _may_be_shown(conn, conversation, one.rule, limits, now):
            store.add(conn, conversation, one, now.now)
            made = True
            if one.rule == people.NEW_PICTURE:
                notice_facts.told_picture(conn, chat.account, chat.counterpart)
    return made


def _waits(one: Raised, waiting: Sequence[Kept]) -> bool:
    """Whether the same is in the bar already: a threat, or a link to the same place."""
    return any(kept.rule == one.rule and (one.rule == "R14" or kept.places == one.places) for kept in waiting)


def _may_be_shown(conn: Connection, conversation: int, rule: str, limits: Limits, now: Times) -> bool:
    if rule in _ONCE and store.ever(conn, conversation, rule):
        return False
    # As far ahead as back: what a clock wrote that was ahead by years counts for nothing, by an hour it counts.
    hours = limits.chat_hours
    here = store.shown_between(conn, now.earlier(hours=hours), now.later(hours=hours), conversation)
    today = store.shown_between(conn, now.earlier(hours=24), now.later(hours=24))
    return caps.may_show(rule, here, today, limits.day)


def _latest(limits: Limits, now: Times) -> str:
    """Until when a rule can be quiet at most; a day more, for a clock that goes back a little."""
    return now.later(days=limits.quiet_days + 1)
