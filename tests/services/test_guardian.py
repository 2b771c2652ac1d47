"""Young-person mode over the real store and services: what is held, what never is, and what the guardian can be told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chat_case import ME, SAM, message
from chat_world import Secrets, Server, Session, TestClock, World
from room_world import PlayedRooms

from messenger.domain.account import Login
from messenger.domain.contact import RosterItem, Subscription
from messenger.domain.errors import GuardianNeeded, SettingHeld
from messenger.domain.events import GuardianChanged
from messenger.domain.guardian import GuardianRules, GuardianState, Standing, looser
from messenger.domain.message import Occupant
from messenger.domain.report import Draft
from messenger.domain.room import RoomInfo, RoomInvitation, RoomNow, RoomState
from messenger.services.room_ports import NewRoom
from messenger.services.settings import TABLE
from messenger.storage import guardian as store
from messenger.storage import report_drafts
from messenger.storage.database import Database

PIN, WRONG = "4821", "0000"
MIKE, ANN, TEAM = "mike_2010@chat.example", "ann@a.example", "team@rooms.a.example"


class Rooms(PlayedRooms):
    """A server that lets anybody in."""

    def __init__(self, joined: list[str]) -> None:
        super().__init__()
        self._joined = joined

    async def service(self) -> str:
        return "rooms.a.example"

    async def join(self, room: str, nick: str, password: str = "", new: NewRoom | None = None) -> RoomNow:
        self._joined.append(room)
        now = self.stands[room] = RoomNow(room, RoomState.INSIDE, RoomInfo(room), Occupant(nick), (Occupant(nick),))
        return now


class RoomServer(Server):
    """Its sessions have rooms; `joined` is which were gone into, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.joined: list[str] = []

    def session(self, login: Login, listener: Any) -> Session:
        made = super().session(login, listener)
        made.rooms = Rooms(self.joined)
        return made


@pytest.fixture
def play(tmp_path: Path) -> Any:
    """Runs a job over fresh services and one store; again, as after a restart. Sam is in the roster."""
    server, clock = RoomServer(), TestClock()
    server.roster = (RosterItem(SAM, "Sam Hill", Subscription.BOTH),)

    def run(job: Any, sign_in: bool = True) -> Any:
        async def whole() -> Any:
            database = await Database.open(tmp_path / "robin.db", bytes(range(32)))
            world = World(database, server, Secrets(), clock)
            try:
                if sign_in:
                    await world.sign_in()
                return await job(world)
            finally:
                await world.services.accounts.close()
                await world.tasks.close()
                await world.services.conversations.close()
                await database.close()

        return asyncio.run(whole())

    return run


async def strangers(world: World) -> int:
    """Mike asks for presence and writes; gives his conversation."""
    await world.services.listener.subscription_requested(ME, MIKE, "")
    await world.me.listener.messages([message("hey there", 1, counterpart=MIKE)])
    await world.settle()
    return await world.services.conversations.open(ME, MIKE)


def held_out(world: World) -> list[tuple[str, Any]]:
    return [one for one in world.server.sent() if MIKE in repr(one) or ANN in repr(one)]


def test_who_is_accepted_stays_and_the_pin_ends_it(play: Any) -> None:
    async def job(world: World) -> None:
        guardian = world.services.guardian
        assert await guardian.state() == GuardianState()
        assert await guardian.allows(ME, MIKE), "nothing is held while the mode is off"
        accepted = await guardian.accepted()
        assert [(one.jid, one.name, one.group) for one in accepted] == [(SAM, "Sam Hill", False)]
        await guardian.begin(PIN, GuardianRules())
        assert await guardian.on()
        assert await guardian.state() == GuardianState(True, GuardianRules(), 0, False)
        assert [one.jid for one in await guardian.people()] == [SAM]
        assert await guardian.allows(ME, SAM)
        assert not await guardian.allows(ME, MIKE)
        with pytest.raises(ValueError, match="young-person mode is on"):
            await guardian.begin("9999", GuardianRules())
        assert not (await guardian.end(WRONG)).ok
        assert await guardian.on()
        assert (await guardian.end(PIN)).ok
        assert not await guardian.on()
        assert await guardian.people() == ()
        assert len(world.heard(GuardianChanged)) == 2

    play(job)


@pytest.mark.parametrize("pin", ["", "123", "12 34", "1234567890123"])
def test_what_is_no_pin_begins_nothing(play: Any, pin: str) -> None:
    async def job(world: World) -> None:
        with pytest.raises(ValueError, match="pin"):
            await world.services.guardian.begin(pin, GuardianRules())
        assert not await world.services.guardian.on()

    play(job)


def test_a_request_is_held_until_a_yes_and_the_yes_accepts_nobody(play: Any) -> None:
    async def job(world: World) -> None:
        chat, guardian = world.services, world.services.guardian
        await guardian.begin(PIN, GuardianRules())
        conversation = await strangers(world)
        card = await chat.first_contact.card(conversation)
        assert card is not None
        assert card.held
        assert card.guardian is Standing.HELD
        with pytest.raises(GuardianNeeded):
            await chat.contacts.accept(ME, MIKE)
        assert held_out(world) == []
        assert [(one.jid, one.standing) for one in await guardian.waiting()] == [(MIKE, Standing.HELD)]
        await guardian.ask(ME, MIKE)
        assert [(one.jid, one.standing) for one in await guardian.waiting()] == [(MIKE, Standing.ASKED)]
        assert not (await guardian.decide(WRONG, ME, MIKE, True)).ok
        assert not await guardian.allows(ME, MIKE)
        assert (await guardian.decide(PIN, ME, MIKE, False)).ok
        card = await chat.first_contact.card(conversation)
        assert card is not None
        assert card.guardian is Standing.REFUSED
        assert await guardian.waiting() == ()
        assert (await guardian.decide(PIN, ME, MIKE, True)).ok
        card = await chat.first_contact.card(conversation)
        assert card is not None, "a yes accepts nobody: the young person chooses"
        assert not card.held
        assert held_out(world) == [], "neither a no nor a yes is told"
        await chat.contacts.accept(ME, MIKE)
        assert held_out(world) == [("answer", (MIKE, True))]

    play(job)


def test_not_now_and_block_always_work_and_are_the_young_persons_own(play: Any) -> None:
    async def job(world: World) -> None:
        chat, guardian = world.services, world.services.guardian
        await guardian.begin(PIN, GuardianRules())
        conversation = await strangers(world)
        await guardian.ask(ME, MIKE)
        await chat.contacts.decline(ME, MIKE)
        assert await chat.first_contact.card(conversation) is not None
        assert await guardian.waiting() == (), "who was put away is asked for no more"
        await guardian.ask(ME, MIKE)
        assert len(await guardian.waiting()) == 1
        await chat.blocking.block(ME, MIKE)
        await world.settle()
        await world.me.listener.blocklist(ME, [MIKE])
        assert await guardian.waiting() == ()
        assert ("block", (MIKE,)) in world.server.sent()

    play(job)


def test_nobody_new_can_be_added_or_written_to(play: Any) -> None:
    async def job(world: World) -> None:
        chat, guardian = world.services, world.services.guardian
        await guardian.begin(PIN, GuardianRules())
        with pytest.raises(GuardianNeeded) as held:
            await chat.contacts.add(ME, "Ann@a.example/phone")
        assert held.value.fields == {"account": ME, "jid": ANN, "group": 0}
        conversation = await chat.conversations.open(ME, ANN)
        with pytest.raises(GuardianNeeded):
            await chat.conversations.send(conversation, "hello Ann")
        page = await chat.conversations.page(conversation)
        assert page.messages == (), "nothing was stored"
        await world.settle()
        assert held_out(world) == []
        sam = await chat.conversations.open(ME, SAM)
        sent = await chat.conversations.send(sam, "hello Sam")
        await world.settle()
        assert [one.body for kind, one in world.server.sent() if kind == "message"] == ["hello Sam"]
        assert (await guardian.decide(PIN, ME, SAM, False)).ok, "a guardian takes Sam off the list"
        with pytest.raises(GuardianNeeded):
            await chat.conversations.send(sam, "again")
        with pytest.raises(GuardianNeeded):
            await chat.conversations.correct(sent, "hello again")
        with pytest.raises(GuardianNeeded):
            await chat.conversations.resend(sent)
        await chat.conversations.retract(sent)
        assert (await guardian.decide(PIN, ME, ANN, True)).ok
        await chat.contacts.add(ME, ANN)
        await chat.conversations.send(conversation, "hello Ann")

    play(job)


def test_groups_need_a_yes_unless_the_guardian_leaves_them_free(play: Any) -> None:
    async def job(world: World) -> None:
        chat, guardian = world.services, world.services.guardian
        await guardian.begin(PIN, GuardianRules())
        await world.me.listener.invited(ME, RoomInvitation(ME, TEAM, SAM, reason="come in"))
        await world.settle()
        (invitation,) = await chat.rooms.invitations(ME)
        assert invitation.guardian is Standing.HELD
        assert [(one.jid, one.group) for one in await guardian.waiting()] == [(TEAM, True)]
        for deed in (chat.rooms.accept(ME, TEAM), chat.rooms.join(ME, TEAM)):
            with pytest.raises(GuardianNeeded):
                await deed
        with pytest.raises(GuardianNeeded):
            await chat.rooms.create(ME, "All", members_only=False)
        assert [one.jid for one in await guardian.waiting()] == [TEAM], "the invitation stays"
        made = await chat.rooms.create(ME, "Ours")
        assert await guardian.allows_group(ME, (await chat.conversations.summary(made)).counterpart)
        with pytest.raises(GuardianNeeded):
            await chat.rooms.invite(made, MIKE)
        assert (await guardian.decide(PIN, ME, TEAM, True, group=True)).ok
        await chat.rooms.accept(ME, TEAM)
        assert (await guardian.decide(PIN, ME, TEAM, False, group=True)).ok
        assert (await guardian.change_rules(PIN, GuardianRules(groups=False))).ok
        assert await guardian.allows_group(ME, TEAM)
        assert not (await guardian.change_rules(WRONG, GuardianRules())).ok

    play(job)


def test_a_group_that_is_held_is_not_gone_back_into_by_itself(play: Any) -> None:
    async def first(world: World) -> None:
        conversation = await world.services.rooms.create(ME, "Ours")
        assert await world.services.guardian.people() == ()
        await world.services.guardian.begin(PIN, GuardianRules())
        room = (await world.services.conversations.summary(conversation)).counterpart
        assert room in [one.jid for one in await world.services.guardian.people() if one.group]

    async def second(world: World) -> None:
        await world.settle()
        assert len(world.server.joined) == 2, "the first time, and once more after a new start"
        (chat,) = [one for one in await world.services.conversations.chats(ME) if one.is_room]
        assert (await world.services.guardian.decide(PIN, ME, chat.counterpart, False, group=True)).ok

    async def third(world: World) -> None:
        await world.settle()
        assert len(world.server.joined) == 2
        (chat,) = [one for one in await world.services.conversations.chats(ME) if one.is_room]
        assert (await world.services.rooms.now(chat.conversation)).state.value == "outside"
        with pytest.raises(GuardianNeeded):
            await world.services.rooms.join_again(chat.conversation)
        await world.services.rooms.leave(chat.conversation)

    play(first)
    play(second)
    play(third)


def test_safety_settings_may_only_get_stricter(play: Any) -> None:
    async def job(world: World) -> None:
        settings, guardian = world.services.settings, world.services.guardian
        await settings.set("links_from_new", "ask")
        await settings.set("read_receipts", "on")
        await guardian.begin(PIN, GuardianRules())
        for key, value in (("who_can_write", "nobody_new"), ("links_from_new", "off"), ("harsh_words", "yes")):
            await settings.set(key, value)
        await settings.set("read_receipts", "contacts")
        for key, value in (
            ("who_can_write", "accepted"),
            ("links_from_new", "ask"),
            ("harsh_words", "no"),
            ("read_receipts", "on"),
        ):
            with pytest.raises(SettingHeld):
                await settings.set(key, value)
        for key, value in (("theme", "dark"), ("trusted_adult", "Aunt Jo"), ("notices", "few"), ("typing", "off")):
            await settings.set(key, value)
        assert (await guardian.change_rules(PIN, GuardianRules(settings=False))).ok
        await settings.set("links_from_new", "ask")

    play(job)


def test_what_counts_as_stricter_names_real_settings() -> None:
    from messenger.domain.guardian import STRICTER

    assert {key: set(values) for key, values in STRICTER.items()} == {key: set(TABLE[key].allowed) for key in STRICTER}
    assert not looser("theme", "dark", "light")
    assert not looser("read_receipts", "contacts", "contacts")


def test_a_desk_and_the_own_address_are_never_held(play: Any) -> None:
    async def job(world: World) -> None:
        guardian = world.services.guardian

        async def desks() -> frozenset[str]:
            return frozenset({"desk@help.example"})

        guardian.always = desks
        await world.services.contacts.add(ME, "desk@help.example")
        await guardian.begin(PIN, GuardianRules())
        assert await guardian.allows(ME, "desk@help.example")
        assert await guardian.allows(ME, ME)
        conversation = await world.services.conversations.open(ME, "desk@help.example")
        await world.services.conversations.send(conversation, "thank you")
        assert [one.jid for one in await guardian.people()] == [SAM], "nor is it shown to a guardian"

    play(job)


def test_the_mode_and_the_wait_last_over_a_new_start(play: Any) -> None:
    async def first(world: World) -> None:
        await world.services.guardian.begin(PIN, GuardianRules())
        for _ in range(5):
            assert not (await world.services.guardian.end(WRONG)).ok

    async def second(world: World) -> None:
        guardian = world.services.guardian
        assert await guardian.on()
        answer = await guardian.end(PIN)
        assert not answer.ok
        assert answer.wait_seconds > 0
        await guardian.told()
        assert (await guardian.state()).told
        world.clock.seconds += 31
        assert (await guardian.check(PIN)).ok

    play(first)
    play(second)


def test_the_pin_is_kept_as_an_argon2id_hash_only(play: Any, tmp_path: Path) -> None:
    pin = "kettle4821"

    async def job(world: World) -> str:
        await world.services.guardian.begin(pin, GuardianRules())
        row = await world.database.run(store.get)
        assert row is not None
        assert pin not in repr(row)
        return row.pin

    assert play(job).startswith("$argon2id$")
    assert [one for one in tmp_path.rglob("*") if one.is_file() and pin.encode() in one.read_bytes()] == []


def test_an_account_that_is_forgotten_takes_its_list_along(play: Any) -> None:
    async def job(world: World) -> None:
        await world.services.guardian.begin(PIN, GuardianRules())
        await world.services.accounts.sign_out(ME, forget=True)
        assert await world.services.guardian.people() == ()
        assert await world.services.guardian.on(), "signing out does not end the mode"
        await world.sign_in()
        assert not await world.services.guardian.allows(ME, SAM)

    play(job)


def test_nothing_of_messages_is_in_what_the_guardian_gets(play: Any) -> None:
    canary = "kingfisher-canary"

    async def job(world: World) -> None:
        chat, guardian = world.services, world.services.guardian
        await chat.notices.start()
        await guardian.begin(PIN, GuardianRules())
        await world.services.listener.subscription_requested(ME, MIKE, f"{canary} request")
        await world.me.listener.messages(
            [message(f"{canary} from mike", 1, counterpart=MIKE), message(f"{canary} from sam", 2)]
        )
        await world.me.listener.invited(ME, replace(RoomInvitation(ME, TEAM, SAM), reason=f"{canary} reason"))
        sam = await chat.conversations.open(ME, SAM)
        await chat.conversations.set_draft(sam, f"{canary} draft")
        await chat.notices.set_private_words((canary,))
        await chat.settings.set("trusted_adult", canary)
        await world.me.listener.messages([message(f"dont tell your dad, it is our secret {canary}", 3)])
        await world.settle()
        seen = await chat.notices.seen()
        assert seen, "a notice was raised"
        draft = Draft("d1", None, "", account=ME, counterpart=MIKE, interview={"words": [canary]})
        await world.database.write(report_drafts.add, draft)
        await world.settle()
        await guardian.ask(ME, MIKE)
        got = [await guardian.state(), await guardian.waiting(), await guardian.people(), await guardian.accepted()]
        fields = [vars_of(one) for part in got for one in (part if isinstance(part, tuple) else (part,))]
        assert MIKE in repr(fields)
        assert canary not in repr(fields)
        assert all(one.text not in repr(fields) for one in seen)

    play(job)


def vars_of(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
