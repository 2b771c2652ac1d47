"""Notices through the service: a real store, a real bus, a clock that the test moves; nothing of it leaves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from chat_case import ME, SAM, archived, at, message

from messenger.domain.account import Show
from messenger.domain.contact import Presence, RosterItem, Subscription
from messenger.domain.events import ChatsChanged, NoticeRaised, TaskFailed
from messenger.domain.message import Direction, Occupant, Via
from messenger.domain.notice import Notice
from messenger.safety import rules
from messenger.safety.people import NEW_PICTURE
from messenger.services import notice_choice, notices
from messenger.storage import contacts, conversations, notice_facts

ANN, EVE = "ann@a.example", "eve@b.example"
FRIEND = RosterItem(SAM, "Sam", Subscription.BOTH)
HOUR, DAY = 3600.0, 86_400.0
ASKS = {
    "R8": "which school do you go to?",
    "R9": "add me on snap",
    "R10": "do not tell your dad that we chat, ok? it is our secret",
    "R11": "can we meet on saturday? come alone",
    "R12": "send me a pic",
    "R13": "i can get you free game coins",
    "R14": "if you dont send it ill post it everywhere",
    "R15": "see https://bit.ly/3xyz",
    "R18": "why are you ignoring me",
}
GIVES = {
    "R1": "my number is +44 20 7946 0123 ok",
    "R2": "my mail is robin@example.com",
    "R3": "i live at 12 Elm Road, AB1 2CD",
    "R4": "I go to Hill Road Primary School",
}


class Play:
    """One signed-in run with the chat of Sam; `say` is what arrives, one second after the other."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.notices = world.services.notices
        self.count = 0

    async def say(self, *texts: str, by: str = SAM, **more: Any) -> list[int]:
        batch = [self.make(one, by, **more) for one in texts]
        await self.world.me.listener.messages(batch)
        await self.world.settle()
        return [int(row[0]) for row in await self.rows("SELECT id FROM messages ORDER BY id DESC LIMIT ?", len(texts))]

    def make(self, text: str, by: str = SAM, **more: Any) -> Any:
        self.count += 1
        self.world.clock.seconds += 1
        n = int(self.world.clock.seconds)
        return message(text, n, counterpart=by, stanza_id=f"say-{self.count}", **more)

    async def chat(self, by: str = SAM) -> int:
        return await self.world.services.conversations.open(ME, by)

    async def current(self, by: str = SAM) -> Notice | None:
        found = await self.notices.current(await self.chat(by))
        assert found is None or isinstance(found, Notice)
        return found

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        return await self.world.database.run(lambda conn: conn.execute(sql, values).fetchall())

    def wait(self, seconds: float) -> None:
        self.world.clock.seconds += seconds

    def raised(self) -> int:
        return len(self.world.heard(NoticeRaised))


Deed = Callable[[Play], Awaitable[None]]


@pytest.fixture
def run(play: Any, server: Any) -> Callable[[Deed], None]:
    """Signs in with Sam in the roster and plays."""
    server.roster = (FRIEND,)

    def go(deed: Deed) -> None:
        async def whole(world: Any) -> None:
            await world.sign_in()
            await deed(Play(world))
            assert not world.heard(TaskFailed)

        play(whole)

    return go


# -- what comes in


@pytest.mark.parametrize("rule", list(ASKS))
def test_an_ask_that_arrives_is_a_notice(run: Any, rule: str) -> None:
    async def deed(p: Play) -> None:
        [message_id] = await p.say(ASKS[rule])
        found = await p.current()
        assert found is not None
        assert (found.rule, found.message, found.state, found.useful) == (rule, message_id, "shown", None)
        assert found.matched
        assert found.matched in ASKS[rule]
        assert found.text
        assert found.why
        assert "{" not in found.text + found.why
        assert found.urgent is (rule == "R14")
        assert found.link == ("https://bit.ly/3xyz" if rule == "R15" else "")
        assert found.buttons
        assert p.raised() == 1

    run(deed)


def test_plain_talk_raises_nothing(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say("hello", "how was school today", "see you in maths", "lol")
        assert await p.current() is None
        assert p.raised() == 0
        assert await p.notices.counts() == {"shown": 0, "acted": 0, "dismissed": 0}

    run(deed)


def test_the_gravest_is_shown_first_and_the_next_when_it_is_answered(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R8"], ASKS["R15"], ASKS["R14"], ASKS["R12"])
        seen = []
        while (one := await p.current()) is not None:
            seen.append(one.rule)
            await p.notices.answer(one.id, "dismiss")
        assert seen == ["R14", "R15", "R12"], "one of the others only, and the gravest of them"

    run(deed)


def test_one_notice_a_chat_a_day_and_three_in_all(run: Any) -> None:
    async def deed(p: Play) -> None:
        people = [f"p{number}@a.example" for number in range(5)]
        for one in people:
            await p.world.services.contacts.accept(ME, one)
        await p.say(ASKS["R13"])
        await p.say(ASKS["R12"])
        assert len(await p.notices.seen()) == 1
        for one in people:
            await p.say(ASKS["R11"], by=one)
        assert [one.rule for one in await p.notices.seen()] == ["R11", "R11", "R13"]
        await p.say(ASKS["R14"])
        await p.say(ASKS["R15"], by=people[4])
        assert [one.rule for one in await p.notices.seen()][:2] == ["R15", "R14"], "these are always shown"
        p.wait(DAY)
        await p.say(ASKS["R12"], by=people[4])
        found = await p.current(people[4])
        assert found is not None
        assert (await p.notices.seen())[0].rule == "R12", "the links of yesterday count for nothing"

    run(deed)


@pytest.mark.parametrize("mild", ["R8", "R9", "R18"])
@pytest.mark.parametrize("grave", ["R10", "R11", "R12", "R13"])
def test_a_graver_ask_comes_through_after_a_mild_one_of_the_same_chat(run: Any, mild: str, grave: str) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS[mild])
        found = await p.current()
        assert found is not None
        assert found.rule == mild
        p.wait(HOUR)
        await p.say(ASKS[grave])
        found = await p.current()
        assert found is not None
        assert found.rule == grave
        await p.notices.answer(found.id, "fine")
        for rule in ("R8", "R9", "R18", "R10", "R11", "R12", "R13"):
            await p.say(ASKS[rule])
        assert [one.rule for one in await p.notices.seen()] == [grave, mild], "once, and then it is quiet"
        p.wait(DAY)
        await p.say(ASKS[mild])
        assert [one.rule for one in await p.notices.seen()] == [mild, grave, mild]

    run(deed)


def test_mild_notices_leave_the_last_place_of_a_day_to_a_graver_one(run: Any) -> None:
    async def deed(p: Play) -> None:
        people = [f"p{number}@a.example" for number in range(5)]
        for one in people:
            await p.world.services.contacts.accept(ME, one)
        for one in people:
            await p.say(ASKS["R8"], by=one)
        assert len(await p.notices.seen()) == 2
        for one in people:
            await p.say(ASKS["R12"], by=one)
        assert [one.rule for one in await p.notices.seen()] == ["R12", "R8", "R8"], "three in all"

    run(deed)


def test_an_old_notice_is_not_shown_next_day_but_a_threat_is(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R8"])
        assert await p.current() is not None
        p.wait(DAY + 1)
        assert await p.current() is None
        await p.say(ASKS["R14"])
        p.wait(40 * DAY)
        found = await p.current()
        assert found is not None
        assert found.rule == "R14"

    run(deed)


def test_many_risky_links_do_not_pile_up(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(*[f"http://10.1.1.{number}/x" for number in range(40)])
        for number in range(40):
            await p.say(f"http://10.1.2.{number}/x")
        await p.say("http://10.1.2.39/x")
        waiting = await p.rows("SELECT count(*) FROM notices WHERE rule = 'R15'")
        assert waiting[0][0] == 5
        found = await p.current()
        assert found is not None
        assert found.link == "http://10.1.2.39/x"

    run(deed)


def test_r14_is_said_once_while_it_waits(run: Any) -> None:
    async def deed(p: Play) -> None:
        for _ in range(5):
            await p.say(ASKS["R14"])
        assert [one.rule for one in await p.notices.seen()].count("R14") == 1
        found = await p.current()
        assert found is not None
        await p.notices.answer(found.id, "report")
        await p.say(ASKS["R14"])
        assert [one.rule for one in await p.notices.seen()].count("R14") == 2

    run(deed)


# -- who is known


async def _talk(p: Play, days: float, each: int = 20) -> None:
    """So many messages each way, so many days ago."""
    now = p.world.clock.seconds
    start = int(now - days * DAY)
    batch = []
    for n in range(each):
        batch.append(message("hi", start + 2 * n, stanza_id=f"in-{n}"))
        batch.append(message("hi", start + 2 * n + 1, direction=Direction.OUT, via=Via.CARBON, stanza_id=f"out-{n}"))
    await p.world.me.listener.messages(batch)
    await p.world.settle()


def test_known_people_make_no_notices_but_threats_links_and_codes(run: Any) -> None:
    async def deed(p: Play) -> None:
        chat = await p.chat()
        await p.notices.set_known(chat, True)
        for rule in ("R8", "R9", "R10", "R11", "R12", "R13", "R18"):
            await p.say(ASKS[rule])
        assert await p.current() is None
        for text in GIVES.values():
            assert await p.notices.before_send(chat, text) is None
        await p.say(ASKS["R14"], ASKS["R15"])
        assert [one.rule for one in await p.notices.seen()] == ["R15", "R14"]
        await p.say("what code did you get?")
        pause = await p.notices.before_send(chat, "it is 481 902")
        assert pause is not None
        assert pause.rule == "R6"
        assert [one.state for one in await p.notices.seen()] == ["shown"] * 3
        await p.notices.set_known(chat, False)
        assert not await p.notices.known(chat)
        await p.say(ASKS["R12"])
        assert (await p.notices.seen())[0].rule == "R12"

    run(deed)


@pytest.mark.parametrize(("days", "each", "known"), [(8, 20, True), (6, 20, False), (8, 19, False), (30, 40, True)])
def test_who_was_in_the_roster_before_is_known_by_the_oldest_message(
    run: Any, days: float, each: int, known: bool
) -> None:
    async def deed(p: Play) -> None:
        await _talk(p, days, each)
        chat = await p.chat()
        [row] = await p.rows("SELECT since FROM contacts WHERE jid = ?", SAM)
        assert row[0] == "", "they came with the first roster"
        assert await p.notices.known(chat) is known
        await p.say(ASKS["R8"])
        assert (await p.current() is None) is known

    run(deed)


def test_who_is_marked_as_known_ends_what_was_asked_of_strangers_only(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R8"])
        assert await p.current() is not None
        before = p.raised()
        await p.notices.set_known(await p.chat(), True)
        assert p.raised() == before + 1
        assert await p.current() is None
        await p.notices.set_known(await p.chat(), False)
        assert await p.current() is not None
        await p.world.services.settings.set("notices", "few")
        assert await p.current() is None

    run(deed)


def test_since_when_somebody_is_in_the_roster_outlives_each_new_roster(run: Any) -> None:
    async def deed(p: Play) -> None:
        await _talk(p, 0.1)
        ann = RosterItem(ANN, "Ann", Subscription.BOTH)
        await p.world.me.listener.roster(ME, (ann,), False)
        [[since]] = await p.rows("SELECT since FROM contacts WHERE jid = ?", ANN)
        assert since.startswith(at(p.world.clock.seconds)[:16])
        p.wait(DAY)
        await p.world.me.listener.roster(ME, (FRIEND, replace(ann, name="Annie")), True)
        await p.world.me.listener.roster(ME, (ann,), False)
        assert [row[0] for row in await p.rows("SELECT since FROM contacts ORDER BY jid")] == [since, ""]
        start = p.world.clock.seconds
        batch = [
            message("hi", int(start) + n, counterpart=ANN, direction=way, stanza_id=f"{way}-{n}")
            for n in range(20)
            for way in (Direction.IN, Direction.OUT)
        ]
        await p.world.me.listener.messages(batch)
        chat = await p.chat(ANN)
        assert not await p.notices.known(chat)
        p.wait(6 * DAY + 60)
        assert await p.notices.known(chat)
        await p.world.me.listener.roster(ME, (RosterItem(ANN, "", Subscription.REMOVE),), False)
        assert not await p.notices.known(chat)
        await p.world.me.listener.roster(ME, (ann,), False)
        assert not await p.notices.known(chat), "a new time begins"

    run(deed)


# -- strangers and blocked people


def test_a_strangers_bar_stays_empty_and_the_card_tells_threats_and_links(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R8"], ASKS["R14"], ASKS["R15"], by=EVE)
        chat = await p.chat(EVE)
        assert await p.notices.current(chat) is None
        assert [one.rule for one in await p.notices.findings(chat)] == ["R14", "R15"]
        assert all(one.id for one in await p.notices.findings(chat))
        assert [one.rule for one in await p.notices.seen()] == ["R15", "R14"]
        await p.world.services.contacts.accept(ME, EVE)
        found = await p.current(EVE)
        assert found is not None
        assert found.rule == "R14"

    run(deed)


def test_findings_are_told_of_what_came_while_this_computer_was_off(run: Any) -> None:
    async def deed(p: Play) -> None:
        late = archived(p.make(ASKS["R14"], EVE), "s1", 1000)
        await p.world.services.listener._receiver.page([late], True)
        await p.world.settle()
        [found] = await p.notices.findings(await p.chat(EVE))
        assert (found.rule, found.id, found.urgent) == ("R14", 0, True)
        await p.notices.answer(0, "dismiss")
        assert p.raised() == 0

    run(deed)


def test_pages_of_the_archive_raise_nothing(run: Any) -> None:
    async def deed(p: Play) -> None:
        pages = [archived(p.make(text), f"s{number}", 1000 + number) for number, text in enumerate(ASKS.values())]
        await p.world.services.listener._receiver.page(pages, True)
        await p.world.settle()
        assert await p.current() is None
        assert p.raised() == 0
        assert await p.notices.seen() == ()

    run(deed)


def test_blocked_people_raise_nothing_and_show_nothing(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R14"])
        assert await p.current() is not None
        await p.world.services.blocking.block(ME, SAM)
        assert await p.current() is None
        before, counted = p.raised(), await p.notices.counts()
        await p.say(ASKS["R14"], ASKS["R15"])
        assert p.raised() == before
        assert await p.notices.counts() == counted

    run(deed)


# -- who somebody is


@pytest.mark.parametrize("address", ["sam@evil.example", "s\u0430m@evil.example", "sam7@evil.example"])
def test_r16_a_name_like_a_contacts_is_told_once(run: Any, address: str) -> None:
    async def deed(p: Play) -> None:
        await p.world.services.contacts.accept(ME, address)
        await p.say("hi it is me", by=address)
        found = await p.current(address)
        assert found is not None
        assert found.rule == "R16"
        assert "Sam" in found.text
        assert address in found.why
        await p.notices.answer(found.id, "show_both")
        assert await p.current(address) is not None, "showing both leaves the notice where it is"
        await p.notices.answer(found.id, "dismiss")
        p.wait(2 * DAY)
        await p.say("hi again", by=address)
        assert await p.current(address) is None

    run(deed)


def test_r16_the_same_picture_with_another_address(run: Any) -> None:
    async def deed(p: Play) -> None:
        other = "kingfisher@b.example"
        await p.world.services.contacts.accept(ME, other)
        await p.world.me.listener.avatar(ME, SAM, b"\x89PNG sam")
        await p.world.me.listener.avatar(ME, other, b"\x89PNG sam")
        await p.say("hi", by=other)
        found = await p.current(other)
        assert found is not None
        assert found.rule == "R16"

    run(deed)


def test_r16_leaves_a_name_alone_that_the_person_gave(run: Any) -> None:
    async def deed(p: Play) -> None:
        other = "sam@b.example"
        await p.world.me.listener.roster(ME, (RosterItem(other, "Sam", Subscription.BOTH),), False)
        await p.say("hi", by=other)
        await p.say("hi")
        assert await p.current(other) is None
        assert await p.current() is None

    run(deed)


NEW, OLD = b"\x89PNG sam in spring", b"\x89PNG sam in winter"


async def _picture(p: Play, image: bytes, of: str = SAM) -> None:
    await p.world.me.listener.avatar(ME, of, image)


@pytest.mark.parametrize("known", [False, True])
def test_r16_a_new_picture_is_told_once(run: Any, known: bool) -> None:
    async def deed(p: Play) -> None:
        await p.notices.set_known(await p.chat(), known)
        await _picture(p, OLD)
        await p.say("hi")
        assert await p.current() is None, "the first one is not a new one"
        p.wait(2 * DAY)
        await _picture(p, OLD)
        await p.say("hi")
        assert await p.current() is None, "the same as at each sign-in"
        await _picture(p, NEW)
        p.wait(HOUR)
        assert await p.current() is None, "nothing before they write"
        await p.say("hello")
        found = await p.current()
        assert found is not None
        assert (found.rule, found.matched, found.urgent) == ("R16.picture", "", False)
        assert "Sam" in found.text
        assert "address is the same" in found.why
        assert [one.id for one in found.buttons] == ["fine"]
        await p.notices.answer(found.id, "fine")
        p.wait(HOUR)
        await p.say("hello")
        await p.notices.forget_all()
        p.wait(HOUR)
        await p.say("hello")
        assert await p.current() is None, "once for a change, also when the notes were erased"
        p.wait(2 * DAY)
        await _picture(p, OLD)
        await p.say("hello")
        assert await p.current() is None, "one that was there before is no new one"

    run(deed)


def test_r16_a_picture_that_changed_long_ago_is_no_news(run: Any) -> None:
    async def deed(p: Play) -> None:
        await _picture(p, OLD)
        p.wait(DAY)
        await _picture(p, NEW)
        p.wait(DAY + 60)
        await p.say("hello")
        assert await p.current() is None

    run(deed)


def test_r16_two_kinds_of_picture_of_one_person_are_no_change(run: Any) -> None:
    """XEP-0084 and XEP-0153 can hold different pictures: the one of the card comes first at some sign-ins, and goes again."""

    async def deed(p: Play) -> None:
        await _picture(p, OLD)
        await _picture(p, NEW)
        await p.say("hello")
        assert await p.current() is None, "both came with the first look"
        p.wait(2 * DAY)
        await _picture(p, b"\x89PNG sam on the card")
        await _picture(p, NEW)
        await p.say("hello")
        assert await p.current() is None

    run(deed)


def test_r16_of_many_pictures_of_one_person_the_newest_are_remembered(run: Any) -> None:
    async def deed(p: Play) -> None:
        for number in range(30):
            p.wait(HOUR)
            await _picture(p, OLD + bytes([number]))
        rows = await p.rows("SELECT digest, at FROM pictures_seen WHERE jid = ? ORDER BY at", SAM)
        assert len(rows) == notice_facts.PICTURES
        assert rows[-1][0] == notice_facts.picture_digest(OLD + bytes([29]))
        await _picture(p, b"")
        assert len(await p.rows("SELECT 1 FROM pictures_seen")) == notice_facts.PICTURES, "none is no picture"

    run(deed)


def test_r16_a_picture_that_was_here_before_this_was_kept(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.world.database.write(contacts.set_avatar, ME, SAM, OLD)
        await _picture(p, NEW)
        await p.say("hello")
        found = await p.current()
        assert found is not None
        assert found.rule == "R16.picture"

    run(deed)


def test_r16_a_new_picture_of_somebody_who_is_no_contact_is_not_told(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.world.services.contacts.accept(ME, EVE)
        await _picture(p, OLD, EVE)
        p.wait(2 * DAY)
        await _picture(p, NEW, EVE)
        await p.say("hello", by=EVE)
        assert await p.current(EVE) is None

    run(deed)


def test_r16_a_new_picture_takes_no_place_from_anything_graver(run: Any) -> None:
    async def deed(p: Play) -> None:
        for one in (SAM, ANN):
            await p.world.me.listener.roster(ME, (RosterItem(one, "", Subscription.BOTH),), False)
            await _picture(p, OLD + one.encode(), one)
        p.wait(2 * DAY)
        for one in (SAM, ANN):
            await _picture(p, NEW + one.encode(), one)
            await p.say("hello", by=one)
        assert [one.rule for one in await p.notices.seen()] == ["R16.picture"], "one a day at most"
        await p.say(ASKS["R8"])
        await p.say(ASKS["R12"])
        assert [one.rule for one in await p.notices.seen()] == ["R12", "R8", "R16.picture"]
        found = await p.current()
        assert found is not None
        assert found.rule == "R12"
        p.wait(DAY - HOUR)
        await p.say("hello", by=ANN)
        assert (await p.notices.seen())[0].rule == "R12", "not before there is room"

    run(deed)


def test_r16_few_notices_and_not_useful_leave_the_look_alikes_alone(run: Any) -> None:
    async def deed(p: Play) -> None:
        for number in range(4):
            await _picture(p, NEW + bytes([number]))
            p.wait(HOUR)
            await p.say("hello")
            found = await p.current()
            if found is not None:
                await p.notices.useful(found.id, False)
                await p.notices.answer(found.id, "dismiss")
            p.wait(2 * DAY)
        assert [one.rule for one in await p.notices.seen()] == ["R16.picture"] * 2, "then this kind rests"
        other = "sam@evil.example"
        await p.world.services.contacts.accept(ME, other)
        await p.say("hi", by=other)
        found = await p.current(other)
        assert found is not None
        assert found.rule == "R16"
        p.wait(40 * DAY)
        await p.world.services.settings.set("notices", "few")
        await _picture(p, b"\x89PNG once more")
        await p.say("hello")
        assert await p.current() is None

    run(deed)


def test_r18_eight_messages_without_an_answer(run: Any) -> None:
    async def deed(p: Play) -> None:
        for _ in range(7):
            await p.say("hello")
        assert await p.current() is None
        await p.say("hello")
        found = await p.current()
        assert found is not None
        assert (found.rule, found.matched) == ("R18", "")

    run(deed)


def test_r18_an_answer_or_time_ends_the_count(run: Any) -> None:
    async def deed(p: Play) -> None:
        for _ in range(7):
            await p.say("hello")
        p.world.clock.seconds += 1
        await p.world.services.conversations.send(await p.chat(), "hi")
        for _ in range(7):
            await p.say("hello")
        p.wait(601)
        await p.say("hello")
        assert await p.current() is None

    run(deed)


def test_r18_what_was_kept_for_days_by_the_server_did_not_come_in_a_rush(run: Any) -> None:
    async def deed(p: Play) -> None:
        for day in range(9, 0, -1):
            await p.say("hello", delay=at(p.world.clock.seconds - day * DAY))
        assert await p.current() is None

    run(deed)


def test_r19_a_blocked_name_that_comes_back(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say("hello")
        await p.world.me.listener.avatar(ME, SAM, b"\x89PNG sam")
        await p.world.services.blocking.block(ME, SAM)
        [row] = await p.rows("SELECT name, length(picture), at FROM blocks")
        assert (row[0], row[1]) == ("Sam", 64)
        await p.world.me.listener.roster(ME, (RosterItem(SAM, "", Subscription.REMOVE),), False)
        await p.say("hi", by="sam99@c.example")
        assert await p.notices.maybe_blocked(await p.chat("sam99@c.example"))
        await p.say("hi", by="finch@c.example")
        assert not await p.notices.maybe_blocked(await p.chat("finch@c.example"))
        await p.world.me.listener.avatar(ME, "finch@c.example", b"\x89PNG sam")
        assert await p.notices.maybe_blocked(await p.chat("finch@c.example"))
        await p.world.services.contacts.accept(ME, "finch@c.example")
        await p.say("hi", by="finch@c.example")
        found = await p.current("finch@c.example")
        assert found is not None
        assert found.rule == "R19"
        assert [one.id for one in found.buttons] == ["block", "add_to_report"]
        await p.notices.answer(found.id, "dismiss")
        p.wait(DAY)
        await p.say("hi", by="finch@c.example")
        assert await p.current("finch@c.example") is None, "once for an address"
        p.wait(31 * DAY)
        assert not await p.notices.maybe_blocked(await p.chat("sam99@c.example"))

    run(deed)


def test_r19_an_old_friend_with_a_like_name_is_no_new_address(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say("hi", by="sam@c.example")
        p.wait(60)
        await p.world.services.blocking.block(ME, SAM)
        assert not await p.notices.maybe_blocked(await p.chat("sam@c.example"))
        await p.say("hi", by="sam@d.example")
        assert await p.notices.maybe_blocked(await p.chat("sam@d.example"))
        await p.world.services.blocking.unblock(ME, SAM)
        assert await p.rows("SELECT 1 FROM blocks") == []
        assert not await p.notices.maybe_blocked(await p.chat("sam@d.example"))

    run(deed)


def test_a_block_of_another_device_counts_from_when_it_is_known_here(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.world.me.listener.blocklist(ME, (SAM, "old@c.example"))
        first = await p.rows("SELECT jid, at FROM blocks ORDER BY jid")
        p.wait(DAY)
        await p.world.me.listener.blocklist(ME, (SAM, "old@c.example"))
        assert [tuple(one) for one in await p.rows("SELECT jid, at FROM blocks ORDER BY jid")] == [
            tuple(one) for one in first
        ]
        assert [one[0] for one in first] == ["old@c.example", SAM]
        await p.world.me.listener.blocklist(ME, ())
        assert await p.rows("SELECT 1 FROM blocks") == []

    run(deed)


# -- before sending


@pytest.mark.parametrize("rule", list(GIVES))
def test_words_that_give_something_away_pause(run: Any, rule: str) -> None:
    async def deed(p: Play) -> None:
        chat = await p.chat()
        pause = await p.notices.before_send(chat, GIVES[rule])
        assert pause is not None
        assert (pause.rule, pause.conversation, pause.can_rest) == (rule, chat, True)
        assert pause.matched
        assert pause.matched in GIVES[rule]
        assert pause.matched not in pause.without
        assert pause.text
        assert [one.id for one in pause.buttons] == ["take_out", "send_anyway", "cancel"]
        assert p.raised() == 0
        await p.notices.answer(pause.id, "take_out")
        [seen] = await p.notices.seen()
        assert (seen.rule, seen.state, seen.action) == (rule, "acted", "Take it out")
        assert await p.notices.before_send(chat, pause.without or "ok") is None

    run(deed)


def test_r1_what_is_left_reads_well(run: Any) -> None:
    async def deed(p: Play) -> None:
        pause = await p.notices.before_send(await p.chat(), GIVES["R1"])
        assert pause is not None
        assert pause.without == "my number is ok"
        pause = await p.notices.before_send(await p.chat(), "+44 20 7946 0123")
        assert pause is not None
        assert pause.without == ""

    run(deed)


def test_r5_private_words(run: Any) -> None:
    async def deed(p: Play) -> None:
        chat = await p.chat()
        assert await p.notices.private_words() == ()
        assert await p.notices.before_send(chat, "my dog is Biscuit") is None
        await p.notices.set_private_words(["  Biscuit ", "biscuit", "Elm  Tree"])
        assert await p.notices.private_words() == ("Biscuit", "Elm Tree")
        pause = await p.notices.before_send(chat, "my dog is bIscu\u0456t ok")
        assert pause is not None
        assert (pause.rule, pause.without) == ("R5", "my dog is ok")
        for wrong in (["a"], ["x" * 61], [" "], [f"word{n}" for n in range(41)]):
            with pytest.raises(ValueError, match="private word"):
                await p.notices.set_private_words(wrong)
        assert await p.notices.private_words() == ("Biscuit", "Elm Tree")
        await p.notices.set_private_words([])
        assert await p.notices.before_send(chat, "my dog is Biscuit") is None

    run(deed)


def test_r6_the_own_password_to_anybody(run: Any) -> None:
    async def deed(p: Play) -> None:
        chat = await p.chat()
        await p.notices.set_known(chat, True)
        pause = await p.notices.before_send(chat, "it is password ok")
        assert pause is not None
        assert (pause.rule, pause.matched, pause.can_rest) == ("R6", "password", False)
        assert await p.notices.before_send(chat, "it is passwords ok") is None
        with pytest.raises(ValueError, match="R6"):
            await p.notices.rest(chat, "R6")
        await p.world.services.accounts.sign_in(ME, "kingfisher", True)
        assert await p.notices.before_send(chat, "it is password ok") is None
        assert await p.notices.before_send(chat, "kingfisher") is not None
        assert "kingfisher" not in repr(vars(p.notices)) + repr(vars(p.notices._eyes))
        await p.world.services.accounts.sign_out(ME)
        assert await p.notices.before_send(chat, "kingfisher") is None

    run(deed)


def test_r6_the_password_is_known_again_after_a_restart(play: Any, server: Any, secrets: Any) -> None:
    async def first(world: Any) -> None:
        await world.sign_in()

    async def second(world: Any) -> None:
        await world.services.accounts.resume()
        await world.settle()
        chat = await world.services.conversations.open(ME, SAM)
        asked = secrets.asked = []
        secrets.get = lambda name: asked.append(name)
        assert await world.services.notices.before_send(chat, "password") is not None
        assert asked == [], "the key store is not read for a message"

    play(first)
    play(second)


@pytest.mark.parametrize(
    ("before", "wait", "lines", "asked"),
    [
        ("what code did you get?", 0, 0, True),
        ("i sent you a text, tell me the digits", 0, 0, True),
        ("what code did you get?", 31 * 60, 0, False),
        ("what code did you get?", 0, 6, False),
        ("what code did you get?", 0, 5, True),
        ("hello there", 0, 0, False),
    ],
)
def test_r6_digits_after_a_question_for_a_code(run: Any, before: str, wait: float, lines: int, asked: bool) -> None:
    async def deed(p: Play) -> None:
        await p.say(before)
        p.wait(wait)
        for _ in range(lines):
            await p.say("ok")
        pause = await p.notices.before_send(await p.chat(), "481902")
        assert (pause is not None) is asked
        assert pause is None or pause.rule == "R6"

    run(deed)


def test_r7_a_link_to_a_picture_for_somebody_not_known_yet(run: Any) -> None:
    async def deed(p: Play) -> None:
        chat, text = await p.chat(), "that is me https://photos.example/IMG_2041.JPG?w=1 ok"
        pause = await p.notices.before_send(chat, text)
        assert pause is not None
        assert (pause.rule, pause.matched) == ("R7", "https://photos.example/IMG_2041.JPG?w=1")
        assert [one.id for one in pause.buttons] == ["send", "cancel"]
        assert pause.without == "that is me ok"
        await p.notices.answer(pause.id, "cancel")
        assert [(one.rule, one.state) for one in await p.notices.seen()] == [("R7", "acted")]
        assert await p.notices.before_send(chat, "save it as .png, or see https://photos.example/") is None
        await p.notices.rest(chat, "R7")
        assert await p.notices.before_send(chat, text) is None
        other = await p.chat(ANN)
        assert await p.notices.before_send(other, "imgur.com/abc12") is not None
        await p.notices.set_known(other, True)
        assert await p.notices.before_send(other, "imgur.com/abc12") is None

    run(deed)


def test_r20_only_when_it_is_wanted(run: Any) -> None:
    async def deed(p: Play) -> None:
        chat, text = await p.chat(), "you are such a loser, nobody likes you"
        assert await p.notices.before_send(chat, text) is None
        await p.world.services.settings.set("harsh_words", "yes")
        pause = await p.notices.before_send(chat, text)
        assert pause is not None
        assert pause.rule == "R20"
        assert [one.id for one in pause.buttons] == ["edit", "send"]

    run(deed)


def test_the_gravest_comes_first_and_the_rest_after_it(run: Any) -> None:
    async def deed(p: Play) -> None:
        chat = await p.chat()
        await p.notices.set_private_words(["Biscuit"])
        text = "Biscuit says: call +44 20 7946 0123, mail robin@example.com"
        order = []
        while (pause := await p.notices.before_send(chat, text)) is not None:
            order.append(pause.rule)
            text = pause.without
        assert order == ["R5", "R1", "R2"]

    run(deed)


def test_do_not_ask_for_them_again(run: Any) -> None:
    async def deed(p: Play) -> None:
        chat, other = await p.chat(), await p.chat(ANN)
        await p.notices.rest(chat, "R1")
        assert await p.notices.before_send(chat, GIVES["R1"]) is None
        assert await p.notices.before_send(other, GIVES["R1"]) is not None
        assert await p.notices.before_send(chat, GIVES["R2"]) is not None
        await p.notices.forget_all()
        assert await p.notices.before_send(chat, GIVES["R1"]) is None, "a choice is not history"
        with pytest.raises(ValueError, match="R8"):
            await p.notices.rest(chat, "R8")

    run(deed)


def test_pauses_do_not_use_up_the_days_notices(run: Any) -> None:
    async def deed(p: Play) -> None:
        for _ in range(5):
            assert await p.notices.before_send(await p.chat(), GIVES["R1"]) is not None
        await p.say(ASKS["R8"])
        assert await p.current() is not None

    run(deed)


def test_an_unknown_chat_asks_nothing(run: Any) -> None:
    async def deed(p: Play) -> None:
        assert await p.notices.before_send(999, GIVES["R1"]) is None
        assert await p.notices.current(999) is None
        assert await p.notices.findings(999) == ()
        assert not await p.notices.known(999)
        assert not await p.notices.maybe_blocked(999)
        with pytest.raises(KeyError):
            await p.notices.set_known(999, True)

    run(deed)


# -- answers, quiet times, volume, history


def test_two_times_no_and_a_rule_is_quiet_for_thirty_days(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R8"])
        one = await p.current()
        assert one is not None
        assert not await p.notices.useful(one.id, False)
        assert not await p.notices.useful(one.id, False), "the same no again is one no"
        shown = await p.current()
        assert shown is not None
        assert shown.useful is False
        p.wait(DAY)
        await p.say(ASKS["R8"])
        two = await p.current()
        assert two is not None
        assert await p.notices.useful(two.id, False)
        p.wait(2 * DAY)
        await p.say(ASKS["R8"])
        assert await p.current() is None
        await p.say(ASKS["R12"])
        assert await p.current() is not None, "only this rule"
        p.wait(29 * DAY)
        await p.say(ASKS["R8"])
        found = await p.current()
        assert found is not None
        assert found.rule == "R8"
        assert not await p.notices.useful(found.id, False), "the count begins anew"

    run(deed)


def test_a_yes_takes_a_no_back(run: Any) -> None:
    async def deed(p: Play) -> None:
        chat = await p.chat()
        ids = [(await p.notices.before_send(chat, GIVES["R1"])).id for _ in range(3)]
        assert not await p.notices.useful(ids[0], False)
        assert not await p.notices.useful(ids[1], True)
        assert not await p.notices.useful(ids[2], False)
        assert await p.notices.useful(ids[1], False)
        assert await p.notices.before_send(chat, GIVES["R1"]) is None
        assert not await p.notices.useful(999, False)

    run(deed)


@pytest.mark.parametrize("rule", ["R14", "R15"])
def test_threats_and_risky_links_are_never_quiet(run: Any, rule: str) -> None:
    async def deed(p: Play) -> None:
        for _ in range(3):
            await p.say(ASKS[rule])
            one = await p.current()
            assert one is not None
            assert not await p.notices.useful(one.id, False)
            await p.notices.answer(one.id, "dismiss")
        await p.world.services.settings.set("notices", "few")
        await p.say(ASKS[rule])
        assert await p.current() is not None

    run(deed)


def test_few_notices_are_codes_threats_links_and_wrong_names(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.world.services.settings.set("notices", "few")
        for rule in ("R8", "R9", "R10", "R11", "R12", "R13", "R18"):
            await p.say(ASKS[rule])
        assert await p.current() is None
        chat = await p.chat()
        for text in GIVES.values():
            assert await p.notices.before_send(chat, text) is None
        assert await p.notices.before_send(chat, "password") is not None
        other = "sam@evil.example"
        await p.world.services.contacts.accept(ME, other)
        await p.say("hi", by=other)
        found = await p.current(other)
        assert found is not None
        assert found.rule == "R16"

    run(deed)


def test_what_was_seen_is_told_counted_and_forgotten(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R8"])
        one = await p.current()
        assert one is not None
        for peek in ("meet_safely", "money_safely", "show_both", "copy", "who_can_help", "ways_out"):
            await p.notices.answer(one.id, peek)
        assert await p.current() is not None, "ways to say no leave the notice where it is"
        await p.notices.answer(one.id, "block_and_report")
        await p.say(ASKS["R14"])
        two = await p.current()
        assert two is not None
        await p.notices.answer(two.id, "dismiss")
        await p.notices.answer(two.id, "report")
        await p.say(ASKS["R15"])
        seen = await p.notices.seen()
        assert [(line.rule, line.state, line.action) for line in seen] == [
            ("R15", "shown", ""), ("R14", "dismissed", ""), ("R8", "acted", "Block and report"),
        ]  # fmt: skip
        assert all(line.chat == "Sam" for line in seen)
        assert "bit.ly" in seen[0].text
        assert await p.notices.counts() == {"shown": 3, "acted": 1, "dismissed": 1}
        assert len(await p.notices.seen(limit=1)) == 1
        before = p.raised()
        await p.notices.forget_all()
        assert p.raised() == before + 1
        assert await p.current() is None
        assert await p.notices.seen() == ()
        assert await p.notices.counts() == {"shown": 0, "acted": 0, "dismissed": 0}
        await p.notices.answer(one.id, "fine")

    run(deed)


def test_erasing_a_chat_erases_its_notices(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R15"])
        before = p.raised()
        await p.world.services.conversations.delete_history(await p.chat())
        assert p.raised() == before + 1
        assert await p.current() is None
        assert await p.rows("SELECT * FROM notices") == []

    run(deed)


def test_forgetting_an_account_forgets_what_belongs_to_it(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say(ASKS["R15"])
        await p.notices.set_known(await p.chat(), True)
        await p.notices.rest(await p.chat(), "R1")
        await p.world.services.blocking.block(ME, EVE)
        await p.world.me.listener.avatar(ME, SAM, b"\x89PNG sam")
        assert await p.rows("SELECT * FROM pictures_seen") != []
        await p.world.services.accounts.sign_out(ME, forget=True)
        for table in ("notices", "notice_unasked", "known_people", "blocks", "pictures_seen"):
            assert await p.rows(f"SELECT * FROM {table}") == []

    run(deed)


def test_the_words_that_were_seen_are_kept_only_in_the_message(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say("send me a pic kingfisher")
        await p.notices.before_send(await p.chat(), "kingfisher +44 20 7946 0123")
        rows = await p.rows("SELECT * FROM notices")
        assert len(rows) == 2
        assert not any("pic" in str(value) or "7946" in str(value) for row in rows for value in row)

    run(deed)


def test_mute_for_a_day_ends_by_itself(run: Any) -> None:
    async def deed(p: Play) -> None:
        started, go_on = [], []
        clock = p.world.clock

        async def sleep(seconds: float) -> None:
            started.append(seconds)
            gate = asyncio.Event()
            go_on.append(gate)
            await gate.wait()

        clock.sleep = sleep
        for _ in range(8):
            await p.say("hello")
        one = await p.current()
        assert one is not None
        await p.notices.answer(one.id, "mute_day")
        for _ in range(20):
            await p.rows("SELECT 1")
        assert (await p.world.services.conversations.summary(await p.chat())).muted
        assert 0 < started[0] <= 300
        p.wait(DAY)
        before = len(p.world.heard(ChatsChanged))
        go_on[0].set()
        await p.world.settle()
        assert not (await p.world.services.conversations.summary(await p.chat())).muted
        assert len(p.world.heard(ChatsChanged)) > before
        assert (await p.notices.seen())[0].action == "Mute for a day"

    run(deed)


def test_a_mute_that_ended_while_robin_was_off_ends_at_the_start(play: Any, server: Any) -> None:
    server.roster = (FRIEND,)

    async def first(world: Any) -> None:
        await world.sign_in()
        chat = await world.services.conversations.open(ME, SAM)
        until = at(world.clock.seconds + DAY)
        await world.database.write(conversations.mute_until, chat, until)
        assert (await world.services.conversations.summary(chat)).muted
        world.clock.seconds += DAY + 1

    async def second(world: Any) -> None:
        await world.services.notices.start()
        await world.settle()
        chat = await world.services.conversations.open(ME, SAM)
        assert not (await world.services.conversations.summary(chat)).muted

    play(first)
    play(second)


def test_what_was_said_and_chosen_is_there_after_a_restart(play: Any, server: Any) -> None:
    server.roster = (FRIEND,)

    async def first(world: Any) -> None:
        await world.sign_in()
        p = Play(world)
        await p.say(ASKS["R14"])
        await p.notices.set_private_words(["Biscuit"])
        await p.notices.rest(await p.chat(), "R1")
        await p.notices.set_known(await p.chat(ANN), True)
        for _ in range(2):
            pause = await p.notices.before_send(await p.chat(), GIVES["R2"])
            assert pause is not None
            await p.notices.useful(pause.id, False)

    async def second(world: Any) -> None:
        p = Play(world)
        found = await p.current()
        assert found is not None
        assert found.rule == "R14"
        assert found.matched
        assert await p.notices.private_words() == ("Biscuit",)
        assert await p.notices.known(await p.chat(ANN))
        assert await p.notices.before_send(await p.chat(), GIVES["R1"]) is None
        assert await p.notices.before_send(await p.chat(), GIVES["R2"]) is None, "quiet"
        assert await p.notices.before_send(await p.chat(), "Biscuit") is not None

    play(first)
    play(second)


def test_a_chat_that_is_muted_by_hand_stays_muted(run: Any) -> None:
    async def deed(p: Play) -> None:
        for _ in range(8):
            await p.say("hello")
        await p.world.services.conversations.set_muted(await p.chat(), True)
        one = await p.current()
        assert one is not None
        await p.notices.answer(one.id, "mute_day")
        await p.world.settle()
        p.wait(2 * DAY)
        await p.notices.start()
        await p.world.settle()
        assert (await p.world.services.conversations.summary(await p.chat())).muted

    run(deed)


# -- corrections, rooms, bursts, bad input


def test_a_harmless_message_that_is_corrected_into_an_ask(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say("hello")
        assert await p.current() is None
        [first] = await p.rows("SELECT stanza_id FROM messages")
        await p.say(ASKS["R14"], corrects=first[0])
        found = await p.current()
        assert found is not None
        assert (found.rule, found.message) == ("R14", 1)
        assert found.matched in ASKS["R14"]
        await p.say("only a joke", corrects=first[0])
        again = await p.current()
        assert again is not None
        assert again.matched == found.matched, "what was said first is not unsaid"

    run(deed)


def test_an_old_correction_of_the_archive_raises_nothing(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say("hello")
        [first] = await p.rows("SELECT stanza_id FROM messages")
        late = archived(p.make(ASKS["R14"], corrects=first[0]), "s1", 1000)
        await p.world.services.listener._receiver.page([late], True)
        await p.world.settle()
        assert await p.current() is None

    run(deed)


def test_rooms_ask_the_same_and_count_nobody(run: Any) -> None:
    room = "den@rooms.a.example"

    async def deed(p: Play) -> None:
        async def said(*texts: str) -> None:
            await p.say(*texts, by=room, kind="groupchat", sender=f"{room}/Eve", occupant=Occupant("Eve", "e1"))

        for _ in range(9):
            await said("hello")
        assert await p.current(room) is None, "nobody has to answer in a room"
        await said(ASKS["R12"])
        found = await p.current(room)
        assert found is not None
        assert found.rule == "R12"
        chat = await p.chat(room)
        assert await p.notices.before_send(chat, GIVES["R1"]) is not None
        await p.notices.set_known(chat, True)
        assert await p.notices.before_send(chat, GIVES["R1"]) is None
        await said(ASKS["R14"])
        found = await p.current(room)
        assert found is not None
        assert found.rule == "R14"

    run(deed)


def test_of_a_burst_the_newest_are_looked_at_in_one_read(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def deed(p: Play) -> None:
        looked: list[int] = []
        look = p.notices._eyes.look_in

        async def counted(text: str, known: bool) -> Any:
            looked.append(len(text))
            return await look(text, known)

        monkeypatch.setattr(p.notices._eyes, "look_in", counted)
        await p.say(ASKS["R12"], *(["hello"] * 9_998), ASKS["R11"])
        assert len(looked) == notices.BURST
        found = await p.current()
        assert found is not None
        assert found.rule == "R11"
        assert (await p.notices.counts())["shown"] == 1

    run(deed)


def test_a_message_of_a_million_letters_is_looked_at_by_its_ends(run: Any) -> None:
    async def deed(p: Play) -> None:
        long = "hello there " * 90_000 + ASKS["R12"]
        assert len(long) > 1_000_000
        await p.say(long)
        found = await p.current()
        assert found is not None
        assert found.rule == "R12"
        assert found.matched in ASKS["R12"]
        pause = await p.notices.before_send(await p.chat(), "+44 20 7946 0123 " + long)
        assert pause is not None
        assert pause.rule == "R1"

    run(deed)


@pytest.mark.parametrize(
    "text",
    [
        "a@" * 200_000, "(" * 500_000, "http://" + "a." * 200_000, "1 " * 300_000, "'\"" * 200_000, "\u202e\u200b" * 100_000,
        "{name}{site}{0}", "%s%d", "\x00" * 10, "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") * 50_000,
        "https://" + "%" * 100_000, "@" * 100_000 + "." * 100_000,
    ],
    ids=lambda text: text[:6].encode("unicode_escape").decode(),
)  # fmt: skip
def test_hostile_words_do_no_harm(run: Any, text: str) -> None:
    async def deed(p: Play) -> None:
        chat = await p.chat()
        await p.notices.set_private_words(["(((", "a.*b+", "\\d{4}"])
        await p.say(text)
        await p.notices.before_send(chat, text)
        await p.notices.current(chat)
        await p.notices.findings(chat)
        await p.notices.seen()

    run(deed)


def test_a_name_with_braces_stays_a_name(run: Any) -> None:
    async def deed(p: Play) -> None:
        odd = "{address}{0}"
        await p.world.me.listener.roster(ME, (RosterItem(ANN, odd, Subscription.BOTH),), False)
        await p.world.me.listener.avatar(ME, ANN, b"\x89PNG ann")
        await p.world.me.listener.avatar(ME, EVE, b"\x89PNG ann")
        await p.world.services.contacts.accept(ME, EVE)
        await p.say("hi", by=EVE)
        found = await p.current(EVE)
        assert found is not None
        assert odd in found.text

    run(deed)


# -- nothing leaves, nothing is told


def test_no_stanza_leaves_because_of_a_notice(run: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def deed(p: Play) -> None:
        await p.world.services.contacts.accept(ME, EVE)
        await p.world.me.listener.presence(ME, Presence(SAM, Show.AWAY, ""))
        await p.world.settle()
        before = list(p.world.server.sent())
        chat = await p.chat()
        await p.notices.set_private_words(["kingfisher"])
        for text in ASKS.values():
            await p.say(text)
            await p.say(text, by=EVE)
        for text in (*GIVES.values(), "kingfisher", "password"):
            pause = await p.notices.before_send(chat, text)
            assert pause is not None
            await p.notices.answer(pause.id, pause.buttons[0].id)
        for action in (
            "ways_out",
            "who_can_help",
            "fine",
            "report",
            "block",
            "block_and_report",
            "copy",
            "open",
            "leave",
        ):
            one = await p.current() or await p.current(EVE)
            if one is not None:
                await p.notices.useful(one.id, False)
                await p.notices.answer(one.id, action)
        await p.notices.set_known(chat, True)
        await p.notices.ways("R8")
        await p.notices.card("meet")
        await p.notices.forget_all()
        assert p.world.server.sent() == before

    run(deed)
    told = caplog.text
    for secret in ("kingfisher", "snap", "bit.ly", "7946", SAM, EVE, "Elm"):
        assert secret not in told


def test_notices_have_no_words_in_their_repr(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say("see https://bit.ly/kingfisher")
        pause = await p.notices.before_send(await p.chat(), GIVES["R1"])
        shown = repr((await p.current(), pause))
        assert "kingfisher" not in shown
        assert "7946" not in shown

    run(deed)


# -- help


def test_ways_to_say_no_suit_the_band(run: Any) -> None:
    async def deed(p: Play) -> None:
        found: dict[str, set[tuple[str, ...]]] = {}
        for band in ("S", "T", "A", "C"):
            await p.world.services.settings.set("band", band)
            for rule in ("R8", "R9", "R10", "R11", "R12", "R13"):
                lines = await p.notices.ways(rule)
                assert 3 <= len(lines) <= 5
                found.setdefault(rule, set()).add(lines)
            for kind in ("meet", "money"):
                card = await p.notices.card(kind)
                assert card.title
                assert 3 <= len(card.lines) <= 5
                assert all(line.source and line.source_url.startswith("https://") for line in card.lines)
        assert all(len(one) == 3 for one in found.values()), "carers read the adult's words"
        assert await p.notices.ways("R14") == ()
        with pytest.raises(KeyError):
            await p.notices.card("moon")

    run(deed)


def test_the_order_of_the_rules_names_each_of_them() -> None:
    assert set(notice_choice.OUTGOING) == set(rules.OUTGOING)
    assert set(notice_choice._IN) == {*rules.INCOMING, "R16", "R19", NEW_PICTURE}
    assert notice_choice.ALWAYS == rules.ALWAYS


# -- a clock that was wrong, an erasing that comes between


def test_a_clock_that_was_years_ahead_does_not_silence_the_notices(run: Any) -> None:
    """A computer without a battery for its clock can be in any year for a while."""

    async def deed(p: Play) -> None:
        p.wait(5000 * DAY)
        for _ in range(2):
            await p.say(ASKS["R8"])
            one = await p.current()
            assert one is not None
            await p.notices.useful(one.id, False)
            await p.notices.answer(one.id, "dismiss")
            p.wait(DAY)
        p.wait(-5002 * DAY)
        await p.say(ASKS["R8"])
        found = await p.current()
        assert found is not None, "neither the cap nor the quiet time lasts for years"
        p.wait(-HOUR)
        await p.say(ASKS["R9"])
        assert [one.rule for one in await p.notices.seen()].count("R9") == 0, "an hour back is the same day"

    run(deed)


def test_a_quiet_rule_stays_quiet_when_the_clock_goes_back_an_hour(run: Any) -> None:
    async def deed(p: Play) -> None:
        for _ in range(2):
            pause = await p.notices.before_send(await p.chat(), GIVES["R2"])
            assert pause is not None
            await p.notices.useful(pause.id, False)
        p.wait(-HOUR)
        assert await p.notices.before_send(await p.chat(), GIVES["R2"]) is None
        p.wait(-5000 * DAY)
        assert await p.notices.before_send(await p.chat(), GIVES["R2"]) is not None

    run(deed)


def test_a_mute_for_a_day_is_no_longer_than_a_day_when_the_clock_was_ahead(play: Any, server: Any) -> None:
    server.roster = (FRIEND,)

    async def first(world: Any) -> None:
        await world.sign_in()
        chat = await world.services.conversations.open(ME, SAM)
        await world.database.write(conversations.mute_until, chat, at(world.clock.seconds + 5000 * DAY))

    async def second(world: Any) -> None:
        slept: list[float] = []
        wait = world.clock.sleep

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            if sum(slept) > DAY + HOUR:
                await asyncio.Event().wait()
            await wait(seconds)

        world.clock.sleep = sleep
        await world.services.notices.start()
        await world.settle()
        chat = await world.services.conversations.open(ME, SAM)
        assert not (await world.services.conversations.summary(chat)).muted
        assert sum(slept) > DAY - HOUR, "but a day it is"

    play(first)
    play(second)


def test_a_chat_that_is_erased_while_robin_looks_keeps_no_notice(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def deed(p: Play) -> None:
        chat, look = await p.chat(), p.notices._choice.come

        async def come(*facts: Any) -> Any:
            found = await look(*facts)
            await p.world.services.conversations.delete_history(chat)
            return found

        monkeypatch.setattr(p.notices._choice, "come", come)
        await p.say(ASKS["R15"], ASKS["R8"])
        assert await p.rows("SELECT * FROM notices") == [], "the site of the link would stay"

    run(deed)


def test_the_card_tells_a_threat_that_a_stranger_wrote_into_an_old_message(run: Any) -> None:
    async def deed(p: Play) -> None:
        await p.say("hello", by=EVE)
        [first] = await p.rows("SELECT stanza_id FROM messages")
        await p.say(ASKS["R14"], by=EVE, corrects=first[0])
        [found] = await p.notices.findings(await p.chat(EVE))
        assert found.rule == "R14"
        assert found.matched in ASKS["R14"]
        await p.say("only a joke", by=EVE, corrects=first[0])
        assert [one.rule for one in await p.notices.findings(await p.chat(EVE))] == ["R14"], "it was said"

    run(deed)
