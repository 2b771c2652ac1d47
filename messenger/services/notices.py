"""Just-in-time notices: looks at what comes in and at what is about to go out, on this computer alone.

    pause = await hub.notices.before_send(conversation, text)     # None: send it
    notice = await hub.notices.current(conversation)              # the one for the bar, or None

A notice speaks of the words, never of a person. Nothing here is sent, logged with values, or seen by the other side.
The order in which rules come first, the caps and the quiet times are in notice_choice.py; the design's page is
tips-and-notices.md, a.3 and a.4.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from messenger.domain.events import ChatsChanged, MessagesChanged, MessagesStored, NoticeRaised
from messenger.domain.notice import Notice, NoticeCard, NoticeSeen, Pause
from messenger.services import notice_words
from messenger.services.bus import Bus
from messenger.services.notice_choice import OUTGOING, SAFE_ALWAYS, Choice, Times
from messenger.services.notice_eyes import Eyes
from messenger.services.notice_people import NoticePeople
from messenger.services.notice_ways import NoticeWays
from messenger.services.ports import Clock
from messenger.services.settings import SettingsService
from messenger.services.tasks import Tasks
from messenger.storage import conversations, notice_facts
from messenger.storage import notices as store
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.notice_facts import Chat, Line

BURST = 50
"""Messages of a burst that are looked at: the newest ones."""
CARD_LINES = 20
MUTED_HOURS = 24
MOST_WORDS, SHORTEST_WORD, LONGEST_WORD = 40, 2, 60


class NoticesService:
    """Notices of all chats of this profile. Built on the engine's loop; it listens to the bus by itself."""

    def __init__(self, database: Database, settings: SettingsService, tasks: Tasks, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._tasks = tasks
        self._bus = bus
        self._clock = clock
        self._eyes = Eyes(settings)
        self._people = NoticePeople(database)
        self._choice = Choice(database, settings, self._eyes)
        self._ways = NoticeWays(settings)
        self._private: tuple[str, ...] | None = None
        self._new: dict[int, list[int]] = {}
        self._reworded: dict[int, list[int]] = {}
        self._work: asyncio.Task[None] | None = None
        self._unmuting: asyncio.Task[None] | None = None
        bus.subscribe(MessagesStored, self._stored)
        bus.subscribe(MessagesChanged, self._changed)

    async def start(self) -> None:
        """Go on with what outlives a run: chats that are muted for a day."""
        self._watch_mutes()

    def password(self, account: str, password: str) -> None:
        """An account's own password, for R6; '' when it is signed out. Only a keyed digest of it is kept, in memory."""
        self._eyes.password(account, password)

    # -- the bar

    async def current(self, conversation: int) -> Notice | None:
        """The notice to show in a chat's bar now, the gravest first; None for none, strangers and blocked people."""
        now = self._times()
        chat = await self._chat(conversation, now)
        if chat is None or chat.blocked or not (chat.accepted or chat.room):
            return None
        waiting = await self._database.run(store.waiting, conversation)
        one = await self._choice.first(chat, waiting, now)
        return None if one is None else notice_words.notice(await self._eyes.words(), one)

    async def findings(self, conversation: int) -> tuple[Notice, ...]:
        """For the card of a first contact: threats and risky links (R14, R15) in the newest words, each rule once.

        Looked at anew, so that also what came while this computer was off counts. `id` is 0 where it was not raised live.
        """
        words = await self._eyes.words()
        lines = await self._database.run(notice_facts.newest, conversation, CARD_LINES)
        waiting = await self._database.run(store.waiting, conversation)
        found = await self._choice.grave(lines)
        kept = (self._choice.kept(conversation, one, lines, waiting, self._clock.now()) for one in found)
        return tuple(notice_words.notice(words, one) for one in kept)

    async def answer(self, notice_id: int, action: str) -> None:
        """A button was pressed, 'dismiss' for the cross. Works for a pause's id too. An id that is gone is no error.

        What only shows something (ways to say no, who can help, both addresses ...) is noted and the notice stays.
        'mute_day' is done here: no notifications of the chat for 24 hours.
        """
        kept = await self._database.run(store.get, notice_id)
        if kept is None:
            return
        peek = action in notice_words.PEEKS
        state = "shown" if peek else "dismissed" if action == notice_words.DISMISS else "acted"
        noted = "" if action == notice_words.DISMISS else action
        if not await self._database.write(store.close, notice_id, state, noted):
            return
        if action == "mute_day":
            until = self._times().later(hours=MUTED_HOURS)
            await self._database.write(conversations.mute_until, kept.conversation, until)
            account, _counterpart = await self._database.run(conversations.ends, kept.conversation)
            self._bus.publish(ChatsChanged(account, (kept.conversation,)))
            self._watch_mutes()
        if not peek and kept.rule not in OUTGOING:
            self._bus.publish(NoticeRaised(kept.conversation))

    async def useful(self, notice_id: int, yes: bool) -> bool:
        """Whether it was useful. After two times no the rule is quiet for 30 days: True when that begins now.

        Codes and passwords, threats and risky links (R6, R14, R15) are never quiet.
        """
        kept = await self._database.run(store.get, notice_id)
        if kept is None or not await self._database.write(store.set_useful, notice_id, yes):
            return False
        if kept.rule in SAFE_ALWAYS:
            return False
        limits = (await self._eyes.words()).limits
        until = self._times().later(days=limits.quiet_days)
        return await self._database.write(store.rate, kept.rule, yes, limits.not_useful, until)

    # -- before sending

    async def before_send(self, conversation: int, text: str) -> Pause | None:
        """Something to think about before these words go out, or None. It never blocks, and nothing is sent here.

        One thing at a time, the gravest first: words that were changed are to be asked about again. For known people only
        codes and passwords (R6).
        """
        now = self._times()
        before = await self._database.run(_before, conversation, now)
        if before is None:
            return None
        found = await self._choice.out(text, before, await self.private_words(), now)
        if found is None:
            return None
        words = await self._eyes.words()
        raised = store.Raised(found.rule, places=found.places)
        id = await self._database.write(store.add, conversation, raised, now.now)
        return notice_words.pause(words, conversation, found, text, id)

    async def rest(self, conversation: int, rule: str) -> None:
        """Do not ask for this rule in this chat again. Raises `ValueError` for R6 and for rules that look at what comes in."""
        if rule not in OUTGOING or rule in SAFE_ALWAYS:
            raise ValueError(rule)
        await self._database.write(store.rest, conversation, rule)

    # -- what was seen

    async def seen(self, limit: int = 100) -> tuple[NoticeSeen, ...]:
        """Notices and pauses that were shown, the newest first."""
        words = await self._eyes.words()
        return tuple(notice_words.seen(words, one) for one in await self._database.run(store.seen, limit))

    async def counts(self) -> dict[str, int]:
        """How many were 'shown', 'acted' on and 'dismissed'."""
        return await self._database.run(store.counts)

    async def forget_all(self) -> None:
        """Erase what was shown, what was said of it, and quiet times. Private words and choices for a chat stay."""
        for conversation in await self._database.write(store.forget):
            self._bus.publish(NoticeRaised(conversation))

    # -- what the person says

    async def private_words(self) -> tuple[str, ...]:
        """The words that the person wants to be asked about (R5)."""
        if self._private is None:
            self._private = await self._database.run(store.private_words)
        return self._private

    async def set_private_words(self, words: Sequence[str]) -> None:
        """Take over the private words; none is allowed. Raises `ValueError` beyond 40 words or 2 to 60 characters."""
        tidy: dict[str, str] = {}
        for one in words:
            plain = " ".join(one.split())
            if not SHORTEST_WORD <= len(plain) <= LONGEST_WORD:
                raise ValueError("length of a private word")
            tidy.setdefault(plain.casefold(), plain)
        if len(tidy) > MOST_WORDS:
            raise ValueError("too many private words")
        await self._database.write(store.set_private_words, tuple(tidy.values()))
        self._private = tuple(tidy.values())

    async def known(self, conversation: int) -> bool:
        """Whether the person knows who is on the other side: see `notice_facts.known`."""
        return await self._database.run(notice_facts.known, conversation, self._times().week_ago)

    async def set_known(self, conversation: int, yes: bool) -> None:
        """Tick "I know them", or take it back. Raises `KeyError` for an unknown conversation."""
        await self._database.write(notice_facts.set_known, conversation, yes)
        self._bus.publish(NoticeRaised(conversation))

    async def maybe_blocked(self, conversation: int) -> bool:
        """R19: a new address within 30 days of a block, with a name or a picture like that of the blocked one."""
        now = self._times()
        chat = await self._chat(conversation, now)
        return chat is not None and await self._people.back_again(chat, now) is not None

    # -- help

    async def ways(self, rule: str) -> tuple[str, ...]:
        """Three to five short sentences to say no (R8 to R13), in the chosen band's words; none for other rules.

        They are to be put into the composer; they are never sent by themselves.
        """
        return await self._ways.ways(rule)

    async def card(self, kind: str) -> NoticeCard:
        """How to meet safely ('meet') or what to know of money ('money'). Raises `KeyError`."""
        return await self._ways.card(kind)

    # -- what comes in

    def _stored(self, event: MessagesStored) -> None:
        if event.live and event.incoming:
            self._later(self._new, event.conversation, event.messages)

    def _changed(self, event: MessagesChanged) -> None:
        # A harmless message can be corrected into an ask. No messages: the chat was erased, and its notices with it.
        if event.messages:
            self._later(self._reworded, event.conversation, event.messages)
        else:
            self._bus.publish(NoticeRaised(event.conversation))

    def _later(self, to: dict[int, list[int]], conversation: int, messages: Sequence[int]) -> None:
        kept = to.setdefault(conversation, [])
        kept += messages[-BURST:]
        del kept[:-BURST]
        if self._work is None or self._work.done():
            self._work = self._tasks.start("notices", self._drain())

    async def _drain(self) -> None:
        while self._new or self._reworded:
            # Taken out before it is looked at: what fails once is not looked at for ever.
            conversation = next(iter(self._new or self._reworded))
            new, reworded = self._new.pop(conversation, []), self._reworded.pop(conversation, [])
            # A task of its own: what fails with the words of one chat does not hold the others.
            await self._tasks.start("notices", self._look(conversation, new, reworded))

    async def _look(self, conversation: int, new: Sequence[int], reworded: Sequence[int]) -> None:
        now = self._times()
        arrived = await self._database.run(_arrived, conversation, new, reworded, now)
        if arrived is None:
            return
        chat, lines, unanswered = arrived
        people = await self._people.about(chat, now) if new and chat.accepted and not chat.room else ()
        raised = await self._choice.come(chat, lines, unanswered, people, now)
        if raised and await self._choice.keep(chat, raised, now):
            self._bus.publish(NoticeRaised(conversation))

    # -- mutes

    def _watch_mutes(self) -> None:
        if self._unmuting is None or self._unmuting.done():
            self._unmuting = self._tasks.start("mutes", self._unmute())

    async def _unmute(self) -> None:
        while until := await self._database.run(conversations.next_unmuting):
            now = self._times()
            left = now.seconds_to(until)
            if left > now.seconds_to(now.later(hours=MUTED_HOURS)):
                await self._database.write(conversations.shorten_mutes, now.later(hours=MUTED_HOURS))
            elif left > 0:
                # In short steps: a computer that slept does not count its sleep.
                await self._clock.sleep(min(left, 300.0))
            else:
                for account, conversation in await self._database.write(conversations.unmute_over, self._clock.now()):
                    self._bus.publish(ChatsChanged(account, (conversation,)))

    def _times(self) -> Times:
        return Times(self._clock.now())

    async def _chat(self, conversation: int, now: Times) -> Chat | None:
        return await self._database.run(notice_facts.chat, conversation, now.week_ago)


def _arrived(
    conn: Connection, conversation: int, new: Sequence[int], reworded: Sequence[int], now: Times
) -> tuple[Chat, tuple[Line, ...], tuple[str, ...]] | None:
    lines = notice_facts.lines(conn, conversation, new)
    if reworded:
        lines += notice_facts.corrections(conn, conversation, reworded, now.earlier(minutes=10))
    chat = notice_facts.chat(conn, conversation, now.week_ago) if lines else None
    if chat is None or chat.blocked:
        return None
    return chat, lines, notice_facts.unanswered(conn, conversation) if new and not chat.room else ()


def _before(conn: Connection, conversation: int, now: Times) -> tuple[Chat, tuple[str, ...], frozenset[str]] | None:
    chat = notice_facts.chat(conn, conversation, now.week_ago)
    if chat is None:
        return None
    lately = notice_facts.lately(conn, conversation, now.earlier(minutes=30))
    return chat, lately, store.resting(conn, conversation)
