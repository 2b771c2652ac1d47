"""Messages through the services: received, sent, synced, edited, marked; strangers learn nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chat_case import ME, SAM, archived, at, message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from messenger.domain.account import Show
from messenger.domain.contact import Presence, RosterItem, Subscription
from messenger.domain.errors import FeatureMissing, StoreDamaged, StoreFull
from messenger.domain.events import (
    AccountsChanged,
    ChatsChanged,
    MessagesChanged,
    MessagesStored,
    RequestsChanged,
    TaskFailed,
    TypingChanged,
)
from messenger.domain.message import ArchiveId, ChatState, DeliveryState, Direction, Marker, Times, Via
from messenger.services.archive import PAGE
from messenger.services.outgoing import sendable

FRIEND = RosterItem(SAM, "Sam", Subscription.BOTH)
EVE = "eve@b.example"


async def live(world: Any, *batch: Any) -> None:
    await world.me.listener.messages(batch)


async def texts(world: Any, conversation: int) -> list[str]:
    page = await world.services.conversations.page(conversation, limit=500)
    return [one.body for one in page.messages]


def outgoing(world: Any) -> list[str]:
    return [one.origin_id for kind, one in world.server.sent() if kind == "message"]


# -- receiving


def test_a_message_is_stored_then_told(play: Any, server: Any) -> None:
    server.roster = (FRIEND,)

    async def work(world: Any) -> None:
        await world.sign_in()
        await live(world, message("hello", 1))
        (stored,) = world.heard(MessagesStored)
        assert (stored.live, stored.incoming) == (True, True)
        (chat,) = await world.services.conversations.chats(ME)
        assert (chat.title, chat.preview, chat.unread, chat.known) == ("Sam", "hello", 1, True)
        (view,) = await world.services.conversations.messages(chat.conversation, stored.messages)
        assert (view.body, view.sender_name) == ("hello", "Sam")

    play(work)


def test_f17_a_burst_is_one_event_for_each_conversation(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        world.events.clear()
        one_by_one = [live(world, message(f"m{n}", n, counterpart=f"p{n % 3}@a.example")) for n in range(300)]
        await asyncio.gather(*one_by_one)
        told = world.heard(MessagesStored)
        assert sum(len(one.messages) for one in told) == 300
        assert len(told) <= 9
        for conversation in {one.conversation for one in told}:
            numbers = [int(body[1:]) for body in await texts(world, conversation)]
            assert numbers == sorted(numbers)
            assert len(numbers) == 100

    play(work)


def test_blocked_people_are_dropped(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        await world.me.listener.blocklist(ME, (EVE, "bad.example"))
        world.events.clear()
        await live(world, message("hi", 1, counterpart=EVE), message("hi", 2, counterpart="x@bad.example"))
        assert world.heard(MessagesStored) == []
        assert await world.services.contacts.requests(ME) == ()
        await world.me.listener.blocklist(ME, ())
        await live(world, message("hi again", 3, counterpart=EVE))
        assert len(world.heard(MessagesStored)) == 1

    play(work)


def test_s06_a_forged_correction_is_a_new_message_and_a_genuine_one_an_edit(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        await live(world, message("one", 1))
        world.events.clear()
        await live(world, message("two", 2, corrects="id-1"))
        assert world.heard(MessagesStored) == []
        assert len(world.heard(MessagesChanged)) == 1
        await live(world, message("three", 3, corrects="id-1", sender="x@evil.example/r"))
        assert len(world.heard(MessagesStored)) == 1
        assert await texts(world, 1) == ["two", "three"]

    play(work)


def test_a_full_disk_is_raised_to_the_stream(play: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()

        async def full(*_args: Any, **_more: Any) -> None:
            raise StoreFull

        monkeypatch.setattr(world.database, "write", full)
        with pytest.raises(StoreFull):
            await live(world, message("hello", 1))

    play(work)


def test_f07_damage_while_running_is_told_and_the_archive_fills_the_new_store(
    play: Any, server: Any, tmp_path: Path
) -> None:
    server.roster = (FRIEND,)
    server.archive = _past(30)

    async def work(world: Any) -> None:
        await world.sign_in()
        await world.database.run(lambda conn: conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
        await world.database.run(lambda conn: conn.execute("PRAGMA shrink_memory").fetchall())
        spoiled = bytearray((tmp_path / "robin.db").read_bytes())
        for place in range(4_096 + 50, len(spoiled), 4_096):
            spoiled[place] ^= 1
        (tmp_path / "robin.db").write_bytes(bytes(spoiled))
        await live(world, message("after", 90_000, archive="s999999"))
        await world.settle()
        assert [type(one.error) for one in world.heard(TaskFailed)] == [StoreDamaged]
        assert world.heard(AccountsChanged)
        conversation = await world.services.conversations.open(ME, SAM)
        assert await texts(world, conversation) == ["after"]
        world.me.drop()
        await world.me.connect(resumed=False)
        await world.settle()
        assert await texts(world, conversation) == [*(f"m{n}" for n in range(30)), "after"]
        assert await world.services.conversations.send(conversation, "goes on")

    play(work)


# -- strangers


def test_s54_a_stranger_gets_nothing_until_accepted(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        before = len(world.server.sent())
        await live(world, message("hey", 1, counterpart=EVE, wants_receipt=True, markable=True))
        await world.me.listener.subscription_requested(ME, EVE, "let me in")
        conversation = await world.services.conversations.open(ME, EVE)
        page = await world.services.conversations.page(conversation)
        await world.services.conversations.mark_read(conversation, page.messages[-1].id)
        await world.services.conversations.set_typing(conversation, True)
        await world.services.conversations.set_typing(conversation, False)
        await world.services.settings.set("read_receipts", "on")
        await world.services.conversations.mark_read(conversation, page.messages[-1].id)
        await world.settle()
        assert world.server.sent()[before:] == []
        assert await world.services.conversations.chats(ME) == ()
        (request,) = await world.services.contacts.requests(ME)
        assert (request.jid, request.text, request.messages) == (EVE, "hey", 1)
        assert world.heard(RequestsChanged)[-1].count == 1
        accepted = await world.services.contacts.accept(ME, EVE)
        assert accepted == conversation
        assert world.server.sent()[before:] == [("answer", (EVE, True))]
        assert world.heard(RequestsChanged)[-1].count == 0
        await live(world, message("thanks", 2, counterpart=EVE, wants_receipt=True, markable=True))
        assert world.server.sent()[-1] == ("marker", (EVE, Marker.DELIVERED, "id-2"))

    play(work)


def test_not_now_is_quiet(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        await live(world, message("hey", 1, counterpart=EVE))
        before = len(world.server.sent())
        await world.services.contacts.decline(ME, EVE)
        await live(world, message("hey??", 2, counterpart=EVE, wants_receipt=True))
        assert world.server.sent()[before:] == []
        assert await world.services.contacts.requests(ME) == ()
        assert await world.services.conversations.chats(ME) == ()

    play(work)


@pytest.mark.parametrize(
    ("setting", "roster", "goes"),
    [("on", False, True), ("contacts", False, False), ("contacts", True, True), ("off", True, False)],
)
def test_read_markers_follow_the_setting(play: Any, server: Any, setting: str, roster: bool, goes: bool) -> None:
    server.roster = (FRIEND,) if roster else ()

    async def work(world: Any) -> None:
        await world.sign_in()
        await world.services.settings.set("read_receipts", setting)
        if not roster:
            await world.services.contacts.accept(ME, SAM)  # before: what came earlier was seen on the card
        await live(world, message("hello", 1, markable=True))
        page = await world.services.conversations.page(1)
        await world.services.conversations.mark_read(1, page.messages[-1].id)
        await world.services.conversations.mark_read(1, page.messages[-1].id)
        markers = [one for kind, one in world.server.sent() if kind == "marker"]
        assert markers == ([(SAM, Marker.READ, "id-1")] if goes else [])
        assert (await world.services.conversations.summary(1)).unread == 0

    play(work)


def test_quiet_holds_back_receipts_markers_and_typing(play: Any, server: Any) -> None:
    server.roster = (FRIEND,)

    async def work(world: Any) -> None:
        await world.sign_in()
        world.services.quiet.hold(ME, SAM, "draft-1")
        before = len(world.server.sent())
        await live(world, message("where are you", 1, wants_receipt=True, markable=True))
        page = await world.services.conversations.page(1)
        await world.services.conversations.mark_read(1, page.messages[-1].id)
        await world.services.conversations.set_typing(1, True)
        assert world.server.sent()[before:] == []
        world.services.quiet.release("draft-1")
        await world.services.conversations.set_typing(1, True)
        assert world.server.sent()[before:] == [("state", (SAM, ChatState.COMPOSING))]

    play(work)


# -- sending


def test_sending_is_stored_first_and_then_goes(play: Any, server: Any) -> None:
    server.acknowledge = False

    async def work(world: Any) -> None:
        await world.sign_in()
        conversation = await world.services.conversations.open(ME, "Sam@A.example/phone")
        number = await world.services.conversations.send(conversation, "hi\x00 there\ud800")
        await world.settle()
        (view,) = await world.services.conversations.messages(conversation, [number])
        assert view.state is DeliveryState.QUEUED
        (sent,) = [one for kind, one in world.server.sent() if kind == "message"]
        assert sent.body == "hi there\ufffd"
        assert sent.counterpart == SAM
        await world.me.listener.acknowledged(ME, sent.origin_id)
        await world.me.listener.marked(ME, SAM, Marker.DELIVERED, sent.origin_id, False)
        (view,) = await world.services.conversations.messages(conversation, [number])
        assert view.state is DeliveryState.DELIVERED
        await world.me.listener.marked(ME, SAM, Marker.READ, sent.origin_id, False)
        (chat,) = await world.services.conversations.chats(ME)
        assert chat.last_state is DeliveryState.READ

    play(work)


def test_words_only(play: Any) -> None:
    for empty in ("", "  \n", "\x00\x01", "\u2028" * 0):
        with pytest.raises(ValueError, match="no words"):
            sendable(empty)
    assert sendable("a\tb\nc\x1b[0m\ufffe") == "a\tb\nc[0m"


def test_f16_offline_words_go_in_order_at_the_next_sign_in(play: Any, server: Any) -> None:
    async def write(world: Any) -> None:
        await world.sign_in()
        world.me.drop()
        conversation = await world.services.conversations.open(ME, SAM)
        for number in range(5):
            await world.services.conversations.send(conversation, f"m{number}")
        await world.settle()
        assert outgoing(world) == []

    async def after_restart(world: Any) -> None:
        await world.services.accounts.resume()
        await world.settle()
        assert [one.body for kind, one in world.server.sent() if kind == "message"] == [f"m{n}" for n in range(5)]
        page = await world.services.conversations.page(1)
        assert {one.state for one in page.messages} == {DeliveryState.SENT}

    play(write)
    play(after_restart)


def test_l17_what_was_on_the_line_when_it_broke_goes_again_with_the_same_id(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        conversation = await world.services.conversations.open(ME, SAM)
        world.me.lose_next = 1
        await world.services.conversations.send(conversation, "lost")
        await world.settle()
        world.me.drop()
        await world.me.connect(resumed=False)
        await world.settle()
        assert len(outgoing(world)) == 2
        assert len(set(outgoing(world))) == 1
        assert len(server.archive) == 1
        assert await texts(world, conversation) == ["lost"]

    play(work)


def test_f16_what_the_server_has_already_is_not_sent_again(play: Any, server: Any) -> None:
    server.acknowledge = False

    async def work(world: Any) -> None:
        await world.sign_in()
        conversation = await world.services.conversations.open(ME, SAM)
        number = await world.services.conversations.send(conversation, "arrived, but no ack came")
        await world.settle()
        world.me.drop()
        await world.me.connect(resumed=False)
        await world.settle()
        assert len(outgoing(world)) == 1
        (view,) = await world.services.conversations.messages(conversation, [number])
        assert view.state is DeliveryState.SENT

    play(work)


def test_a_resumed_stream_does_not_send_twice(play: Any, server: Any) -> None:
    server.acknowledge = False

    async def work(world: Any) -> None:
        await world.sign_in()
        conversation = await world.services.conversations.open(ME, SAM)
        await world.services.conversations.send(conversation, "one")
        await world.settle()
        world.me.drop()
        await world.services.conversations.send(conversation, "two")
        await world.me.connect(resumed=True)
        await world.settle()
        assert len(outgoing(world)) == 2

    play(work)


_STEPS = st.lists(st.sampled_from(["send", "send", "lose", "drop", "resume", "fresh", "restart"]), max_size=14)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(_STEPS)
def test_f16_nothing_is_lost_or_doubled_over_any_cuts(tmp_path_factory: Any, steps: list[str]) -> None:
    from chat_cuts import replay

    replay(tmp_path_factory.mktemp("cuts"), steps)


def test_a_rejected_message_fails_and_can_be_sent_again(play: Any, server: Any) -> None:
    server.acknowledge = False

    async def work(world: Any) -> None:
        await world.sign_in()
        conversation = await world.services.conversations.open(ME, SAM)
        number = await world.services.conversations.send(conversation, "hi")
        await world.settle()
        (origin,) = outgoing(world)
        await world.me.listener.rejected(ME, origin)
        (view,) = await world.services.conversations.messages(conversation, [number])
        assert view.state is DeliveryState.FAILED
        await world.services.conversations.resend(number)
        assert outgoing(world) == [origin, origin]
        await world.me.listener.acknowledged(ME, origin)
        (view,) = await world.services.conversations.messages(conversation, [number])
        assert view.state is DeliveryState.SENT

    play(work)


def test_own_corrections_and_retractions_are_sent_and_shown(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        conversation = await world.services.conversations.open(ME, SAM)
        number = await world.services.conversations.send(conversation, "teh")
        await world.services.conversations.correct(number, "the")
        await world.settle()
        first, second = [one for kind, one in world.server.sent() if kind == "message"]
        assert (second.corrects, second.body) == (first.origin_id, "the")
        assert await texts(world, conversation) == ["the"]
        # Its archive copy is the same edit, not a second one.
        world.me.drop()
        await world.me.connect(resumed=False)
        await world.settle()
        assert await texts(world, conversation) == ["the"]
        await world.services.conversations.retract(number)
        await world.settle()
        (view,) = await world.services.conversations.messages(conversation, [number])
        assert (view.body, view.retracted) == ("", True)
        assert [one for kind, one in world.server.sent() if kind == "message"][-1].retracts == first.origin_id
        await world.services.conversations.correct(number, "again")
        await world.settle()
        assert len(outgoing(world)) == 3

    play(work)


def test_a_reply_names_and_quotes(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        await live(world, message("maths at four?", 1))
        page = await world.services.conversations.page(1)
        await world.services.conversations.send(1, "yes", reply_to=page.messages[0].id)
        await world.settle()
        (sent,) = [one for kind, one in world.server.sent() if kind == "message"]
        assert (sent.reply_to, sent.quote) == ("id-1", "maths at four?")

    play(work)


# -- the archive


def _past(count: int, offset: int = 0) -> list[Any]:
    return [archived(message(f"m{n}", n), f"s{n:06}", n) for n in range(offset, offset + count)]


def test_a_first_sync_brings_everything_and_nothing_is_unread(play: Any, server: Any) -> None:
    server.archive = _past(PAGE * 2 + 70)
    server.roster = (FRIEND,)

    async def work(world: Any) -> None:
        await world.sign_in()
        await world.settle()
        first = world.heard(MessagesStored)[0]
        assert not first.live
        (chat,) = await world.services.conversations.chats(ME)
        assert chat.unread == 0
        assert chat.preview == f"m{PAGE * 2 + 69}"
        assert server.pages_asked == [None, f"s{PAGE + 70:06}", f"s{70:06}"]
        found = await texts(world, chat.conversation)
        assert len(found) == 500
        assert found[-1] == chat.preview

    play(work)


def test_the_next_sync_stops_where_things_are_known(play: Any, server: Any) -> None:
    server.archive = _past(PAGE * 2)

    async def first(world: Any) -> None:
        await world.sign_in()
        await world.settle()

    async def second(world: Any) -> None:
        server.archive += _past(PAGE + 30, PAGE * 2)
        server.pages_asked.clear()
        await world.services.accounts.resume()
        await world.settle()
        assert len(server.pages_asked) == 2
        page = await world.services.conversations.page(1, limit=500)
        assert page.has_older
        assert [one.body for one in page.messages] == [f"m{n}" for n in range(PAGE * 3 + 30 - 500, PAGE * 3 + 30)]
        assert (await world.services.conversations.summary(1)).unread == PAGE + 30

    play(first)
    play(second)


def test_an_interrupted_sync_goes_on_where_it_stood(play: Any, server: Any) -> None:
    server.archive = _past(PAGE * 5)
    server.cut_after_pages = 2

    async def first(world: Any) -> None:
        await world.sign_in()
        await world.settle()
        assert len(await texts(world, 1)) == 500

    async def second(world: Any) -> None:
        server.cut_after_pages = None
        server.pages_asked.clear()
        server.archive += _past(3, PAGE * 5)
        await world.services.accounts.resume()
        await world.settle()
        assert server.pages_asked == [None, f"s{PAGE * 3:06}", f"s{PAGE * 2:06}", f"s{PAGE:06}"]
        count = await world.database.run(
            lambda conn: conn.execute("SELECT count(*), count(DISTINCT body) FROM messages").fetchone()
        )
        assert tuple(count) == (PAGE * 5 + 3, PAGE * 5 + 3)

    play(first)
    play(second)


def test_live_messages_move_the_known_end(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        await live(world, *(message(f"m{n}", n, archive=f"s{n:06}") for n in range(10)))
        server.archive = _past(PAGE * 3)
        server.archive = [
            replace(one, body=f"old {n}", archive_id=ArchiveId(ME, f"r{n:06}"), stanza_id=f"old-{n}", origin_id="")
            for n, one in enumerate(server.archive)
        ] + [archived(message(f"m{n}", n), f"s{n:06}", 10_000 + n) for n in range(10)]
        server.pages_asked.clear()
        world.me.drop()
        await world.me.connect(resumed=False)
        await world.settle()
        assert server.pages_asked == [None]

    play(work)


def test_a_server_without_an_archive_is_no_failure(play: Any, server: Any) -> None:
    server.has_archive = False

    async def work(world: Any) -> None:
        await world.sign_in()
        conversation = await world.services.conversations.open(ME, SAM)
        await world.services.conversations.send(conversation, "hi")
        await world.settle()
        assert len(outgoing(world)) == 1
        with pytest.raises(FeatureMissing):
            await world.me.archive_page(None)

    play(work)


# -- the rest


def test_typing_is_told_once_and_ends_with_a_message(play: Any, server: Any) -> None:
    server.roster = (FRIEND,)

    async def work(world: Any) -> None:
        await world.sign_in()
        conversation = await world.services.conversations.open(ME, SAM)
        await world.me.listener.presence(ME, Presence(SAM, Show.AWAY, "at the park"))
        await world.me.listener.chat_state(ME, SAM, ChatState.COMPOSING)
        await world.me.listener.chat_state(ME, SAM, ChatState.COMPOSING)
        assert [one.typing for one in world.heard(TypingChanged)] == [True]
        chat = await world.services.conversations.summary(conversation)
        assert (chat.typing, chat.show) == (True, Show.AWAY)
        await live(world, message("hi", 1))
        assert [one.typing for one in world.heard(TypingChanged)] == [True, False]
        before = len(world.server.sent())
        for typing in (False, True, True, False, False):
            await world.services.conversations.set_typing(conversation, typing)
        await world.services.settings.set("typing", "off")
        await world.services.conversations.set_typing(conversation, True)
        assert world.server.sent()[before:] == [
            ("state", (SAM, ChatState.COMPOSING)),
            ("state", (SAM, ChatState.PAUSED)),
        ]
        world.me.drop()
        assert (await world.services.conversations.summary(conversation)).show is Show.OFFLINE

    play(work)


def test_read_on_another_device(play: Any, server: Any) -> None:
    server.roster = (FRIEND,)

    async def work(world: Any) -> None:
        await world.sign_in()
        await live(world, message("one", 1), message("two", 2), message("three", 3))
        await world.me.listener.marked(ME, SAM, Marker.READ, "id-2", True)
        (chat,) = await world.services.conversations.chats(ME)
        assert chat.unread == 1

    play(work)


def test_drafts_pins_mutes_and_erasing(play: Any, server: Any) -> None:
    server.roster = (FRIEND, RosterItem("ann@a.example", "Ann", Subscription.BOTH))

    async def before(world: Any) -> None:
        await world.sign_in()
        await live(world, message("from sam", 1), message("from ann", 2, counterpart="ann@a.example"))
        await world.services.conversations.set_draft(1, "unsent")
        await world.services.conversations.set_pinned(1, True)
        await world.services.conversations.set_muted(2, True)
        assert [one.title for one in await world.services.conversations.chats(ME)] == ["Sam", "Ann"]

    async def after(world: Any) -> None:
        assert await world.services.conversations.draft(1) == "unsent"
        sam, ann = await world.services.conversations.chats(ME)
        assert (sam.pinned, sam.draft, ann.muted) == (True, "unsent", True)
        assert (await world.services.contacts.contact(ME, "ann@a.example")).muted
        await world.services.conversations.set_pinned(1, False)
        assert [one.title for one in await world.services.conversations.chats(ME)] == ["Ann", "Sam"]
        assert len(await world.services.conversations.search(ME, "sam")) == 1
        await world.services.conversations.delete_history(1)
        assert await texts(world, 1) == []
        assert await world.services.conversations.search(ME, "sam") == ()
        assert world.heard(ChatsChanged)
        with pytest.raises(KeyError):
            await world.services.conversations.summary(99)

    play(before)
    play(after)


def test_a_carbon_of_an_own_message_is_shown_as_sent(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        carbon = message("from my phone", 1, direction=Direction.OUT, via=Via.CARBON)
        await live(world, carbon)
        (chat,) = await world.services.conversations.chats(ME)
        assert (chat.last_direction, chat.last_state, chat.known) == (Direction.OUT, DeliveryState.SENT, True)
        await live(world, replace(carbon, times=Times(at(2))))
        assert await texts(world, chat.conversation) == ["from my phone"]

    play(work)
