"""Notices through the service: a real store, a real bus, a clock that the test moves; nothing of it leaves."""

from __future__ import annotations

from typing import Any

from chat_case import SAM, message

from messenger.domain.contact import RosterItem, Subscription

FRIEND = RosterItem(SAM, "Sam", Subscription.BOTH)


def test_smoke(play: Any, server: Any) -> None:
    server.roster = (FRIEND,)

    async def work(world: Any) -> None:
        await world.sign_in()
        await world.me.listener.messages([message("which school do you go to?", 1)])
        await world.settle()
        found = await world.services.notices.current(1)
        print(found)
        assert found.rule == "R8"
        print(await world.services.notices.before_send(1, "my number is +44 20 7946 0123 ok"))
        print(await world.services.notices.seen())
        print(await world.services.notices.ways("R8"))
        print(await world.services.notices.card("meet"))
        print(await world.services.notices.counts())
        await world.services.notices.answer(found.id, "fine")
        assert await world.services.notices.current(1) is None

    play(work)
