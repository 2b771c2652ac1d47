"""Lost lines and restarted servers: nothing is lost, nothing is doubled (F16, L17)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from people import Person, new_account, signed_in, until

from messenger.demo.prosody import Prosody
from messenger.domain.account import ConnectionState
from messenger.domain.errors import NotConnected, ServerUnreachable, StoreFull


def run(test: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(test(), 120))  # type: ignore[arg-type]


async def resend_until_acked(sender: Person, to: Person, waiting: dict[str, str]) -> None:
    """What the hub's durable queue does: the same ids again after each fresh sign-in, until they are acknowledged."""
    seen = 0
    while not set(waiting) <= set(sender.heard.acks):
        fresh = sender.heard.readies.count(False)
        if fresh != seen:
            seen = fresh
            for name, body in waiting.items():
                if name not in sender.heard.acks:
                    try:
                        await sender.say(to, body, name)
                    except NotConnected:
                        break
        await asyncio.sleep(0.02)


async def chat_with_cuts(kim: Person, sam: Person) -> bool:
    """Sixty lines each way with two cuts of kim's line; False when the server did not let the session live on."""
    for number in range(60):
        await sam.say(kim, f"to kim {number}")
        try:
            await kim.say(sam, f"to sam {number}")
        except NotConnected:
            return False
        if number in (20, 40):
            kim.session._client.cut(ServerUnreachable())
            await until(lambda: not kim.session._traffic.up)
            for more in range(5):
                await sam.say(kim, f"meanwhile {number} {more}")
            kim.session.retry_now()
            await until(lambda: kim.session._traffic.up)
    await until(lambda: len(kim.heard.stored) >= 70 or False in kim.heard.readies[1:])
    return False not in kim.heard.readies[1:]


def test_l17_a_cut_line_is_resumed_with_nothing_lost_or_doubled(server: Prosody) -> None:
    """Prosody 0.12.3 goes on reading a resumed session with the parser of the line that was cut: where half a stanza had
    come before the cut, it answers our sound ones with not-well-formed and ends the session (seen on its own log, one run
    in fifty). That is a fresh sign-in to us, where the hub's queue and the archive take over (F16); here it is tried anew.
    """

    async def test() -> None:
        for _ in range(4):
            async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
                if not await chat_with_cuts(kim, sam):
                    continue
                await until(lambda heard=sam.heard: len(heard.stored) >= 60)  # type: ignore[misc]
                await asyncio.sleep(0.3)
                assert kim.heard.readies == [False, True, True]
                assert len(kim.heard.stored) == len({m.stanza_id for m in kim.heard.stored}) == 70
                assert len(sam.heard.stored) == len({m.stanza_id for m in sam.heard.stored}) == 60
                await until(lambda heard=kim.heard: len(heard.acks) == 60)  # type: ignore[misc]
                return
        pytest.fail("no session was resumed in four tries")

    run(test)


def test_what_could_not_be_stored_comes_again(server: Prosody) -> None:
    """A full disk: the server keeps what we did not store, and hands it over when the session is resumed."""

    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            kim.heard.fail_next.append(StoreFull())
            await sam.say(kim, "kept by the server")
            await until(lambda: kim.heard.bodies == ["kept by the server"])
            assert kim.heard.readies == [False, True]

    run(test)


def test_l14_a_mistake_of_ours_costs_one_message_and_answers_nobody(server: Prosody) -> None:
    async def test() -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            kim.heard.fail_next.append(ZeroDivisionError())
            await sam.say(kim, "one")
            await until(lambda: not kim.heard.fail_next)
            await sam.say(kim, "two")
            await until(lambda: kim.heard.bodies == ["two"])
            assert sam.heard.rejects == []
            assert sam.heard.stored == []
            assert kim.heard.readies == [False]

    run(test)


@pytest.mark.parametrize("hard", [False, True])
def test_f16_server_restart(memory_folder: Callable[[], Path], hard: bool) -> None:
    async def test(server: Prosody) -> None:
        async with signed_in(server, await new_account(server), await new_account(server)) as [kim, sam]:
            waiting = {f"id-{number}": f"line {number}" for number in range(40)}
            sending = asyncio.create_task(resend_until_acked(sam, kim, waiting))
            await until(lambda: len(kim.heard.stored) >= 5)
            await asyncio.to_thread(server.kill if hard else server.stop)
            await until(lambda: not kim.session._traffic.up and not sam.session._traffic.up)
            with pytest.raises(NotConnected):
                await kim.say(sam, "offline")
            await asyncio.to_thread(server.start)
            for person in (kim, sam):
                person.session.retry_now()
            await until(lambda: kim.session._traffic.up and sam.session._traffic.up, 30)
            await asyncio.wait_for(sending, 30)
            assert ConnectionState.RECONNECTING in [state for state, _ in kim.heard.states]
            assert kim.heard.states[-1][0] is ConnectionState.ONLINE
            page = await kim.session.archive_page(None)
            names = [m.origin_id for m in page.messages]
            # Together with the archive nothing is missing; the same id twice is one message for the store.
            assert set(names) | {m.origin_id for m in kim.heard.stored} == set(waiting)

    with Prosody(memory_folder()) as restarted:
        asyncio.run(asyncio.wait_for(test(restarted), 90))


def test_the_server_is_down_at_first(memory_folder: Callable[[], Path]) -> None:
    async def test(server: Prosody) -> None:
        jid = await new_account(server)
        await asyncio.to_thread(server.stop)
        kim = Person(jid, server.address)
        await kim.session.start()  # not a failure that the person could mend: it goes on trying
        await until(lambda: kim.heard.states[-1][0] is ConnectionState.RECONNECTING)
        assert isinstance(kim.heard.states[-1][1], ServerUnreachable)
        await asyncio.to_thread(server.start)
        await until(lambda: kim.heard.readies == [False], 30)
        await kim.session.stop()

    with Prosody(memory_folder()) as late:
        asyncio.run(asyncio.wait_for(test(late), 60))
