"""First contact: the facts of a card, what puts a request away, and that nothing is ever sent by it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from chat_case import ME, SAM, at, message

from messenger.domain import lookalike
from messenger.domain.contact import RosterItem, Subscription
from messenger.domain.events import RequestsChanged
from messenger.domain.message import Marker, Occupant
from messenger.domain.room import RoomInvitation, RoomNow, RoomState
from messenger.storage import first_contact, notice_facts, rooms

MIKE = "mike_2010@chat.example"
ROOM = "club@rooms.a.example"


async def _wrote(world: Any, *bodies: str, jid: str = MIKE, first: int = 0) -> int:
    lines = [
        message(body, first + n, counterpart=jid, stanza_id=f"{jid}-{first + n}", wants_receipt=True, markable=True)
        for n, body in enumerate(bodies)
    ]
    await world.services.listener.messages(lines)
    await world.settle()
    return await world.services.conversations.open(ME, jid)


def test_a_first_message_gives_a_card_of_facts(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        chat = await _wrote(world, "hey", "are you on?", "add me on https://app.example")
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert (card.account, card.counterpart, card.name, card.server) == (ME, MIKE, "mike_2010", "chat.example")
        assert (card.count, card.words) == (3, ("hey", "are you on?", "add me on https://app.example"))
        assert (card.resembles, card.groups, card.groups_known, card.asks, card.held) == ("", (), True, False, False)
        assert not card.maybe_blocked
        (waiting,) = await world.services.first_contact.waiting(ME)
        assert waiting == card

    play(work)


def test_the_newest_five_are_shown_and_all_are_counted(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        chat = await _wrote(world, *[f"line {n}" for n in range(130)])
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert card.words == tuple(f"line {n}" for n in range(125, 130))
        assert card.count == 100

    play(work)


def test_a_long_message_is_cut_and_a_taken_back_one_is_not_shown(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        chat = await _wrote(world, "x" * 1_000_000, "oops")
        gone = message("", 9, counterpart=MIKE, stanza_id="gone", retracts=f"{MIKE}-1")
        await world.services.listener.messages([gone])
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert [len(one) for one in card.words] == [600]
        assert card.count == 2

    play(work)


def test_a_page_of_requests_looks_at_each_contact_once(play: Any, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = lookalike.skeleton

    def counted(address: str) -> str:
        made.append(address)
        return real(address)

    async def work(world: Any) -> None:
        server.roster = tuple(RosterItem(f"friend{n}@b.example", "", Subscription.BOTH) for n in range(30))
        await world.sign_in()
        for n in range(20):
            await _wrote(world, "hi", jid=f"new{n}@c.example", first=n)
        monkeypatch.setattr(lookalike, "skeleton", counted)
        assert len(await world.services.first_contact.waiting(ME)) == 20
        assert len(made) <= 60  # 30 contacts, 20 who ask, the own address
        made.clear()
        assert len(await world.services.contacts.requests(ME)) == 20
        assert len(made) <= 60

    play(work)


def test_rooms_in_common_are_found_without_reading_the_rooms(play: Any) -> None:
    async def work(world: Any) -> None:
        plans: list[str] = []

        def looked(conn: Any) -> tuple[str, ...]:
            real = conn.execute

            class Watched:
                def execute(self, sql: str, values: Any = ()) -> Any:
                    plans.extend(str(row[3]) for row in real("EXPLAIN QUERY PLAN " + sql, values))
                    return real(sql, values)

            return first_contact._spoke_in(Watched(), ME, MIKE)  # type: ignore[arg-type]

        await world.database.run(looked)
        assert any("messages_real" in one for one in plans), plans

    play(work)


def test_no_card_for_people_who_may_write(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        server.roster = (RosterItem(SAM, "Sam", Subscription.BOTH),)
        await world.sign_in()
        cards = world.services.first_contact
        known = await _wrote(world, "hello", jid=SAM)
        assert await cards.card(known) is None
        empty = await world.services.conversations.open(ME, "new@b.example")
        assert await cards.card(empty) is None  # nobody wrote: the person begins
        mine = await world.services.conversations.open(ME, "zoe@b.example")
        await world.services.conversations.send(mine, "hi")
        await _wrote(world, "hi too", jid="zoe@b.example")
        assert await cards.card(mine) is None
        taken = await _wrote(world, "hey")
        await world.services.contacts.accept(ME, MIKE)
        assert await cards.card(taken) is None
        assert await cards.card(999) is None

    play(work)


def test_a_request_without_a_message_is_a_card_too(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        await world.services.listener.subscription_requested(ME, MIKE, "it is me")
        (card,) = await world.services.first_contact.waiting(ME)
        assert (card.conversation, card.asks, card.count, card.words) == (0, True, 0, ("it is me",))
        chat = await world.services.conversations.open(ME, MIKE)
        assert await world.services.first_contact.card(chat) == replace(card, conversation=chat)

    play(work)


def test_an_address_that_looks_like_a_known_one_is_named(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        server.roster = (RosterItem("mike@a.example", "", Subscription.BOTH),)
        await world.sign_in()
        chat = await _wrote(world, "hey", jid="m1ke@a.example")
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert card.resembles == ""
        chat = await _wrote(world, "hey", jid="mіke@a.example")  # a letter of another script
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert card.resembles == "mike@a.example"

    play(work)


def test_groups_in_common_are_told_where_addresses_are_shown(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        chat = await _wrote(world, "hey")
        await world.database.write(lambda conn: rooms.ensure(conn, ME, ROOM, "Robin"))
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert (card.groups, card.groups_known) == ((), False)  # who is there is not known
        me, mike = Occupant("Robin", jid=ME), Occupant("Mike", jid=MIKE)
        world.me.rooms.stands[ROOM] = RoomNow(ROOM, RoomState.INSIDE, me=me, occupants=(me, mike))
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert (card.groups, card.groups_known) == (("club",), True)
        hidden = Occupant("Mike")
        world.me.rooms.stands[ROOM] = RoomNow(ROOM, RoomState.INSIDE, me=me, occupants=(me, hidden))
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert (card.groups, card.groups_known) == ((), False)

    play(work)


def test_not_now_sends_nothing_and_the_request_stays_away(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        contacts, cards = world.services.contacts, world.services.first_contact
        await world.services.listener.subscription_requested(ME, MIKE, "")
        chat = await _wrote(world, "hey")
        before = list(world.me.out)
        await world.services.conversations.mark_read(chat, 1)
        await world.services.conversations.set_typing(chat, True)
        await contacts.decline(ME, MIKE)
        # The server brings the request again at the next sign-in, and more is written: it stays put away.
        await world.services.listener.subscription_requested(ME, MIKE, "")
        await _wrote(world, "are you there", first=5)
        await world.settle()
        assert world.me.out == before
        assert (await contacts.requests(ME), await contacts.count(ME), await cards.waiting(ME)) == ((), 0, ())
        (away,) = await cards.put_away(ME)
        assert (away.counterpart, away.words, away.asks) == (MIKE, ("hey", "are you there"), True)
        assert await cards.card(chat) == away
        # A later yes is still a whole yes.
        assert await contacts.accept(ME, MIKE) == chat
        assert world.me.out == [*before, ("answer", (MIKE, True))]
        assert await cards.put_away(ME) == ()

    play(work)


def test_accepting_a_first_message_sends_nothing_about_what_came_before(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        chat = await _wrote(world, "hey", "are you on?")
        before = list(world.me.out)
        await world.services.contacts.accept(ME, MIKE)
        await world.services.listener.roster(ME, (RosterItem(MIKE, "", Subscription.BOTH),), False)
        page = await world.services.conversations.page(chat)
        await world.services.conversations.mark_read(chat, page.messages[-1].id)  # the chat that opens
        await world.settle()
        assert world.me.out == before
        await _wrote(world, "thank you", first=7)
        assert world.me.out == [*before, ("marker", (MIKE, Marker.DELIVERED, f"{MIKE}-7"))]
        assert (await world.services.conversations.summary(chat)).known

    play(work)


def test_nobody_new_puts_requests_away_by_themselves(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        server.roster = (RosterItem(SAM, "Sam", Subscription.BOTH),)
        await world.sign_in()
        await world.services.settings.set("who_can_write", "nobody_new")
        contacts, cards = world.services.contacts, world.services.first_contact
        await _wrote(world, "hey")
        await world.services.listener.subscription_requested(ME, "eve@b.example", "hello")
        friend = await _wrote(world, "hi", jid=SAM)
        assert (await contacts.count(ME), await contacts.requests(ME), await cards.waiting(ME)) == (0, (), ())
        assert {one.counterpart for one in await cards.put_away(ME)} == {MIKE, "eve@b.example"}
        assert world.heard(RequestsChanged)[-1] == RequestsChanged(ME, 0)
        assert await cards.card(friend) is None
        assert [one.conversation for one in await world.services.conversations.chats(ME)] == [friend]
        await world.services.settings.set("who_can_write", "accepted")
        await _wrote(world, "hello", jid="zoe@b.example")
        assert await contacts.count(ME) == 1

    play(work)


def test_nobody_new_puts_groups_away_that_new_people_ask_into(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        server.roster = (RosterItem(SAM, "Sam", Subscription.BOTH),)
        await world.sign_in()
        await world.services.settings.set("who_can_write", "nobody_new")
        await world.services.listener.invited(ME, RoomInvitation(ME, ROOM, MIKE, at=at(1)))
        await world.services.listener.invited(ME, RoomInvitation(ME, "b@rooms.a.example", SAM, at=at(2)))
        await world.settle()
        groups = world.services.rooms
        assert [one.inviter for one in await groups.invitations(ME)] == [SAM]
        assert [one.inviter for one in await groups.put_away(ME)] == [MIKE]
        assert await world.services.contacts.count(ME) == 1
        await groups.decline(ME, ROOM)
        assert await groups.put_away(ME) == ()

    play(work)


def test_blocked_people_have_no_card(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        chat = await _wrote(world, "hey")
        await world.services.blocking.block(ME, MIKE)
        assert await world.services.first_contact.card(chat) is None
        assert await world.services.first_contact.waiting(ME) == ()

    play(work)


def test_r19_somebody_like_one_who_was_blocked_is_said(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unread(*_args: Any) -> Any:
        raise AssertionError("the pictures of all contacts, for each of a hundred requests")

    async def work(world: Any) -> None:
        await world.sign_in()
        await _wrote(world, "hey")
        await world.services.blocking.block(ME, MIKE)
        chat = await _wrote(world, "hey it is me", jid="mike_2010@other.example", first=70_000)
        monkeypatch.setattr(notice_facts, "people", unread)
        card = await world.services.first_contact.card(chat)
        assert card is not None
        assert card.maybe_blocked

    play(work)


def test_links_of_new_people_are_off_until_they_are_known_or_it_is_set(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        chat = await _wrote(world, "see https://a.example")
        cards = world.services.first_contact
        await world.services.contacts.accept(ME, MIKE)
        assert not await cards.links(chat)
        await world.services.notices.set_known(chat, True)
        assert await cards.links(chat)
        await world.services.notices.set_known(chat, False)
        await world.services.settings.set("links_from_new", "ask")
        assert await cards.links(chat)

    play(work)


def test_the_order_is_the_newest_first(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        await _wrote(world, "one", jid="a@b.example", first=1)
        await _wrote(world, "two", jid="b@b.example", first=2)
        assert [one.counterpart for one in await world.services.first_contact.waiting(ME)] == ["b@b.example", "a@b.example"]
        assert at(1) < at(2)

    play(work)


def test_who_is_blocked_asks_into_no_group(play: Any) -> None:
    """An invitation that came before the block waits no longer; it is there again when the block is taken away."""

    async def work(world: Any) -> None:
        await world.sign_in()
        heard, rooms_of = world.services.listener, world.services.rooms
        await heard.invited(ME, RoomInvitation(ME, ROOM, MIKE, at=at(1)))
        await heard.invited(ME, RoomInvitation(ME, "b@rooms.a.example", SAM, at=at(2)))
        await heard.blocklist(ME, (MIKE,))
        assert [one.room for one in await rooms_of.invitations(ME)] == ["b@rooms.a.example"]
        assert await world.services.contacts.count(ME) == 1
        assert world.heard(RequestsChanged)[-1].count == 1
        await heard.blocklist(ME, ("b@rooms.a.example",))
        assert [one.room for one in await rooms_of.invitations(ME)] == [ROOM]
        await heard.blocklist(ME, ())
        assert len(await rooms_of.invitations(ME)) == 2

    play(work)


def test_the_count_is_of_what_the_page_shows(play: Any, server: Any) -> None:
    """Whom the person asked themselves is answered without them, unless a report is open: then it waits unseen."""

    async def work(world: Any) -> None:
        server.roster = (RosterItem(SAM, "Sam", Subscription.TO),)
        await world.sign_in()
        await world.services.listener.subscription_requested(ME, SAM, "")
        await world.services.listener.subscription_requested(ME, MIKE, "")
        assert [one.counterpart for one in await world.services.first_contact.waiting(ME)] == [MIKE]
        assert await world.services.contacts.count(ME) == 1
        assert [one.jid for one in await world.services.contacts.requests(ME)] == [MIKE]

    play(work)
