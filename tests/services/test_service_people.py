"""Accounts, contacts, blocking, settings and safety."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from chat_case import ME, SAM, message

from messenger.domain.account import ConnectionState, ServerAddress, Show
from messenger.domain.contact import Presence, RosterItem, Subscription
from messenger.domain.errors import (
    AccountError,
    BadCertificate,
    InvalidAddress,
    KeyringLocked,
    NoKeyring,
    NotConnected,
    WrongPassword,
)
from messenger.domain.events import (
    AccountsChanged,
    ConnectionChanged,
    ContactsChanged,
    RequestsChanged,
    SettingsChanged,
    TaskFailed,
)
from messenger.services.accounts import password_name
from messenger.services.quiet import Quiet
from messenger.services.settings import TABLE
from messenger.storage import conversations

ANN = "ann@a.example"
SERVER = ServerAddress("127.0.0.1", 5222, True, "/ca.pem")


# -- accounts


def test_signing_in_keeps_the_account_and_the_password(play: Any, secrets: Any, server: Any) -> None:
    async def first(world: Any) -> None:
        made = await world.services.accounts.sign_in("Robin@A.example/x", "s3cret", True, SERVER)
        assert (made.jid, made.server) == (ME, SERVER)
        assert secrets.kept == {password_name(ME): "s3cret"}
        assert await world.services.accounts.state(ME) is ConnectionState.ONLINE
        assert await world.services.accounts.active() == made
        assert world.heard(AccountsChanged)
        await world.services.accounts.set_nick(ME, " Robin ")
        await world.services.accounts.set_presence(ME, Show.AWAY, "at the park")

    async def second(world: Any) -> None:
        (found,) = await world.services.accounts.list()
        assert (found.nick, found.show, found.status_text, found.server) == ("Robin", Show.AWAY, "at the park", SERVER)
        await world.services.accounts.resume()
        await world.settle()
        assert server.now.login.password == "s3cret"
        assert server.now.login.server == SERVER
        assert ("presence", (Show.AWAY, "at the park")) in server.now.out
        assert await world.services.accounts.state(ME) is ConnectionState.ONLINE

    play(first)
    play(second)


def test_without_remember_nothing_is_kept(play: Any, secrets: Any, server: Any) -> None:
    async def first(world: Any) -> None:
        await world.services.accounts.sign_in(ME, "s3cret", False)
        assert secrets.kept == {}
        world.me.drop()
        await world.services.accounts.reconnect(ME)
        await world.settle()
        assert len(server.sessions) == 2
        assert server.sessions[0].stopped
        assert await world.services.accounts.state(ME) is ConnectionState.ONLINE

    async def second(world: Any) -> None:
        await world.services.accounts.resume()
        await world.settle()
        assert len(server.sessions) == 2
        (told,) = world.heard(ConnectionChanged)
        assert told.state is ConnectionState.OFFLINE

    play(first)
    play(second)


@pytest.mark.parametrize("error", [WrongPassword(), BadCertificate()])
def test_a_sign_in_that_fails_leaves_no_trace(play: Any, secrets: Any, server: Any, error: AccountError) -> None:
    server.fail_with = error

    async def work(world: Any) -> None:
        with pytest.raises(type(error)):
            await world.services.accounts.sign_in(ME, "wrong", True)
        assert await world.services.accounts.list() == ()
        assert secrets.kept == {}
        assert await world.services.accounts.state(ME) is ConnectionState.OFFLINE
        assert server.now.stopped

    play(work)


@pytest.mark.parametrize("jid", ["", "a.example", "@a.example", "a b@c", "x@", "a@b@c"])
def test_addresses_are_checked(play: Any, server: Any, jid: str) -> None:
    async def work(world: Any) -> None:
        with pytest.raises(InvalidAddress):
            await world.services.accounts.sign_in(jid, "x", True)
        assert server.sessions == []

    play(work)


def test_resume_never_raises_and_tells_why(play: Any, secrets: Any, server: Any) -> None:
    async def first(world: Any) -> None:
        await world.sign_in()

    async def locked(world: Any) -> None:
        secrets.fail = KeyringLocked()
        await world.services.accounts.resume()
        await world.settle()
        (told,) = world.heard(ConnectionChanged)
        assert told.state is ConnectionState.FAILED
        assert isinstance(told.reason, KeyringLocked)

    async def wrong(world: Any) -> None:
        secrets.fail = None
        server.fail_with = WrongPassword()
        await world.services.accounts.resume()
        await world.settle()
        assert isinstance(world.heard(ConnectionChanged)[-1].reason, WrongPassword)
        assert await world.services.accounts.state(ME) is ConnectionState.FAILED
        assert [one.enabled for one in await world.services.accounts.list()] == [True]

    play(first)
    play(locked)
    play(wrong)


def test_f22_a_key_store_that_fails_does_not_stop_the_sign_in(play: Any, secrets: Any) -> None:
    secrets.fail = NoKeyring()

    async def work(world: Any) -> None:
        await world.sign_in()
        assert await world.services.accounts.state(ME) is ConnectionState.ONLINE
        (told,) = world.heard(TaskFailed)
        assert isinstance(told.error, NoKeyring)

    play(work)


def test_s51_signing_out_forgets_the_password_and_forgetting_all_else(play: Any, secrets: Any, server: Any) -> None:
    server.roster = (RosterItem(SAM, "Sam", Subscription.BOTH),)

    async def work(world: Any) -> None:
        await world.sign_in()
        await world.me.listener.messages([message("hello", 1)])
        await world.me.listener.avatar(ME, SAM, b"\x89PNG")
        assert (await world.services.contacts.contact(ME, SAM)).avatar == b"\x89PNG"
        await world.services.accounts.sign_out(ME)
        assert secrets.kept == {}
        (kept,) = await world.services.accounts.list()
        assert not kept.enabled
        assert await world.services.accounts.active() is None
        assert len(await world.services.conversations.chats(ME)) == 1
        told: list[str] = []
        world.services.accounts.on_forget.append(told.append)
        await world.services.accounts.sign_out(ME, forget=True)
        assert told == [ME]
        assert await world.services.accounts.list() == ()
        assert await world.services.conversations.chats(ME) == ()
        assert await world.services.contacts.contacts(ME) == ()
        assert await world.services.conversations.search(ME, "hello") == ()

    play(work)


def test_registering_makes_the_account_and_signs_in(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        made = await world.services.accounts.register("a.example", "Robin", "s3cret")
        assert made.jid == ME
        assert server.registered == [("a.example", "robin", "s3cret")]
        assert await world.services.accounts.state(ME) is ConnectionState.ONLINE
        for bad in (("", "robin"), ("a.example", ""), ("a.example", "ro bin"), ("a.example", "x/y")):
            with pytest.raises(InvalidAddress):
                await world.services.accounts.register(*bad, "s3cret")

    play(work)


def test_s49_passwords_have_no_repr(play: Any) -> None:
    async def work(world: Any) -> None:
        await world.services.accounts.sign_in(ME, "s3cret-canary", True)
        assert "s3cret-canary" not in repr(world.me.login)
        assert "s3cret-canary" not in repr(world.services.accounts)

    play(work)


def test_two_accounts_have_chats_of_their_own(play: Any, server: Any) -> None:
    other = "other@a.example"

    async def work(world: Any) -> None:
        await world.sign_in()
        await world.services.accounts.sign_in(other, "x", True)
        await world.me.listener.messages([message("to me", 1), message("to other", 2, account=other)])
        await world.services.contacts.accept(ME, SAM)
        assert [one.preview for one in await world.services.conversations.chats(ME)] == ["to me"]
        assert await world.services.conversations.chats(other) == ()
        assert [one.jid for one in await world.services.contacts.requests(other)] == [SAM]
        await world.services.accounts.set_active(False)
        assert [one.active for one in server.sessions] == [False, False]

    play(work)


# -- contacts


def test_the_roster_is_kept_for_the_next_start(play: Any, server: Any) -> None:
    server.roster = (
        RosterItem(SAM, "Sam", Subscription.BOTH, groups=("School",)),
        RosterItem(ANN, "", Subscription.NONE, pending=True),
    )

    async def first(world: Any) -> None:
        await world.sign_in()
        await world.me.listener.presence(ME, Presence(SAM, Show.DND, "maths"))
        ann, sam = await world.services.contacts.contacts(ME)
        assert (sam.name, sam.known, sam.presence.show) == ("Sam", True, Show.DND)
        assert (ann.name, ann.known, ann.presence.show) == ("ann", False, Show.OFFLINE)

    async def second(world: Any) -> None:
        ann, sam = await world.services.contacts.contacts(ME)
        assert (ann.jid, sam.jid) == (ANN, SAM)
        assert sam.presence.show is Show.OFFLINE
        with pytest.raises(NotConnected):
            await world.services.contacts.add(ME, "new@a.example")

    play(first)
    play(second)


def test_l24_a_request_that_looks_like_a_known_person_says_whom(play: Any, server: Any) -> None:
    server.roster = (RosterItem(SAM, "Sam", Subscription.BOTH), RosterItem(ANN, "", Subscription.NONE, pending=True))
    twin = SAM.replace("a", "\u0430", 1)  # a Cyrillic letter

    async def work(world: Any) -> None:
        await world.sign_in()
        for jid in (twin, ANN.replace("a", "\u0430", 1), "tom@a.example"):
            await world.me.listener.subscription_requested(ME, jid, "")
        found = {one.jid: one.resembles for one in await world.services.contacts.requests(ME)}
        assert found == {twin: SAM, ANN.replace("a", "\u0430", 1): "", "tom@a.example": ""}, "Ann is not known yet"
        assert await world.services.contacts.resembles(ME, twin) == SAM
        assert await world.services.contacts.resembles(ME, SAM) == ""

    play(work)


def test_adding_renaming_removing(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        await world.services.contacts.add(ME, "Ann@A.example", " Ann ")
        assert ("add", (ANN, "Ann")) in world.me.out
        assert [one.name for one in await world.services.contacts.contacts(ME)] == ["Ann"]
        assert [one.title for one in await world.services.conversations.chats(ME)] == ["Ann"]
        await world.services.contacts.rename(ME, ANN, "Annie")
        assert (await world.services.contacts.contact(ME, ANN)).name == "Annie"
        await world.services.contacts.remove(ME, ANN)
        assert await world.services.contacts.contacts(ME) == ()
        assert world.heard(ContactsChanged)
        with pytest.raises(InvalidAddress):
            await world.services.contacts.contact(ME, "not an address @")

    play(work)


def test_a_subscription_request_waits_for_an_answer(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        before = len(world.me.out)
        await world.me.listener.subscription_requested(ME, ANN, "it's me")
        await world.me.listener.subscription_requested(ME, ANN, "it's me")
        (request,) = await world.services.contacts.requests(ME)
        assert (request.jid, request.text, request.messages) == (ANN, "it's me", 0)
        assert world.me.out[before:] == []
        await world.services.contacts.decline(ME, ANN)
        assert world.me.out[before:] == []  # a no would tell that somebody is there
        assert await world.services.contacts.requests(ME) == ()
        await world.me.listener.subscription_requested(ME, ANN, "")
        await world.me.listener.roster(ME, (RosterItem(ANN, "", Subscription.BOTH),), False)
        assert await world.services.contacts.requests(ME) == ()
        assert world.heard(RequestsChanged)[-1].count == 0
        await world.me.listener.subscription_requested(ME, "eve@b.example", "")
        world.me.drop()
        with pytest.raises(NotConnected):
            await world.services.contacts.accept(ME, "eve@b.example")
        assert len(await world.services.contacts.requests(ME)) == 1

    play(work)


# -- blocking


def test_blocking_is_sent_kept_and_taken_back(play: Any, server: Any) -> None:
    async def work(world: Any) -> None:
        await world.sign_in()
        assert await world.services.blocking.supported(ME)
        await world.me.listener.messages([message("hey", 1, counterpart=ANN)])
        await world.services.blocking.block(ME, f"{ANN}/phone")
        assert ("block", (ANN,)) in world.me.out
        assert await world.services.blocking.blocked(ME) == (ANN,)
        assert (await world.services.contacts.contact(ME, ANN)).blocked
        assert await world.services.contacts.requests(ME) == ()
        await world.me.listener.subscription_requested(ME, ANN, "again")
        assert await world.services.contacts.requests(ME) == ()
        await world.services.blocking.unblock(ME, ANN)
        assert await world.services.blocking.blocked(ME) == ()
        world.me.drop()
        assert not await world.services.blocking.supported(ME)
        with pytest.raises(NotConnected):
            await world.services.blocking.block(ME, ANN)

    play(work)


def test_blocked_people_are_no_longer_accepted(play: Any, server: Any) -> None:
    server.roster = (RosterItem(SAM, "Sam", Subscription.BOTH),)

    async def work(world: Any) -> None:
        await world.sign_in()
        assert await world.database.run(conversations.accepted, ME, SAM)
        await world.services.blocking.block(ME, SAM)
        assert not await world.database.run(conversations.accepted, ME, SAM)

    play(work)


# -- settings


def test_two_first_uses_at_once_lose_no_change(play: Any) -> None:
    """Two readers and a writer start together, as the window and the engine do: the change must stay."""

    async def story(world: Any) -> None:
        settings, run = world.services.settings, world.database.run
        late = asyncio.Event()
        times = []

        async def held(*work: Any) -> Any:
            found = await run(*work)
            times.append(work)
            if len(times) == 1:
                await late.wait()
            return found

        world.database.run = held
        reader = asyncio.ensure_future(settings.get("country"))
        while not times:
            await asyncio.sleep(0)
        await settings.set("read_receipts", "off")
        late.set()
        await reader
        assert await settings.get("read_receipts") == "off"

    play(story)


def test_settings_have_defaults_and_allowed_values(play: Any) -> None:
    async def first(world: Any) -> None:
        settings = world.services.settings
        assert set(await settings.all()) == set(TABLE)
        assert await settings.get("read_receipts") == "contacts"
        await settings.set("theme", "dark")
        await settings.set("theme", "dark")
        assert [one.keys for one in world.heard(SettingsChanged)] == [("theme",)]
        for key, value in (("theme", "pink"), ("text_size", "7"), ("country", "Britain"), ("window_geometry", "\x00")):
            with pytest.raises(ValueError, match=key):
                await settings.set(key, value)
        with pytest.raises(KeyError):
            await settings.set("colour", "red")
        with pytest.raises(KeyError):
            await settings.get("colour")

    async def second(world: Any) -> None:
        assert await world.services.settings.get("theme") == "dark"

    play(first)
    play(second)


@pytest.mark.parametrize("key", sorted(TABLE))
def test_every_default_is_allowed(key: str) -> None:
    assert TABLE[key].fits(TABLE[key].default)


# -- safety


def test_the_deck_goes_on_after_a_restart(play: Any) -> None:
    async def first(world: Any) -> tuple[str, str]:
        safety = world.services.safety
        tip = await safety.tip()
        assert await safety.tip() == tip
        following = await safety.next_tip()
        assert following.id != tip.id
        assert (await safety.previous_tip()).id == tip.id
        assert (await safety.pin(tip.id, True)).pinned
        assert (await safety.useful(tip.id, True)).useful is True
        with pytest.raises(KeyError):
            await safety.pin("no such tip", True)
        return tip.id, following.id

    tip, following = play(first)

    async def second(world: Any) -> None:
        safety = world.services.safety
        found = await safety.tip()
        assert (found.id, found.pinned, found.useful) == (tip, True, True)
        assert (await safety.next_tip()).id == following
        assert not (await safety.pin(tip, False)).pinned
        topics = await safety.topics()
        assert topics
        assert all([await safety.topic(topic) for topic, _title, _icon in topics][:3])

    play(second)


def test_cards_and_the_talk_line_follow_the_country_and_band(play: Any) -> None:
    async def work(world: Any) -> None:
        safety, settings = world.services.safety, world.services.settings
        codes = [code for code, _name in await safety.countries()]
        assert codes[-1] == "elsewhere"
        assert {"gb", "us", "eu"} <= set(codes)
        assert (await safety.card()).code == "elsewhere"
        await settings.set("country", "gb")
        assert (await safety.card()).emergency_number == "999"
        assert (await safety.card("us")).code == "us"
        child = await safety.talk_line()
        await settings.set("band", "A")
        adult = await safety.talk_line()
        assert child != adult
        assert await safety.talk_line("gb", "under_13") == child
        assert (await safety.tip()).title

    play(work)


# -- quiet


def test_quiet_counts_its_reasons() -> None:
    quiet = Quiet()
    quiet.hold(ME, SAM, "draft")
    quiet.hold(ME, SAM, "report")
    quiet.release("draft")
    assert quiet.holds(ME, SAM)
    quiet.release("report")
    quiet.release("report")
    assert not quiet.holds(ME, SAM)
