"""What fails with one chat's words keeps no other chat's notice back."""

from __future__ import annotations

from typing import Any

import pytest
from chat_case import ME, SAM, message

from messenger.domain.contact import RosterItem, Subscription
from messenger.domain.events import TaskFailed
from messenger.services.notice_eyes import Eyes

ANN = "ann@a.example"
THREAT = "if you dont send it ill post it everywhere"


def test_a_failure_in_one_chat_does_not_hold_the_others(
    play: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.roster = tuple(RosterItem(one, "", Subscription.BOTH) for one in (SAM, ANN))
    real = Eyes.look_in

    async def look_in(self: Eyes, text: str, *more: Any, **named: Any) -> Any:
        if text == "breaks":
            raise IndexError
        return await real(self, text, *more, **named)

    monkeypatch.setattr(Eyes, "look_in", look_in)

    async def work(world: Any) -> None:
        await world.sign_in()
        both = [
            message("breaks", 1, counterpart=SAM, stanza_id="1"),
            message(THREAT, 2, counterpart=ANN, stanza_id="2"),
        ]
        await world.me.listener.messages(both)
        await world.settle()
        assert [one.error for one in world.heard(TaskFailed)] == [None]
        found = await world.services.notices.current(await world.services.conversations.open(ME, ANN))
        assert found is not None
        assert found.rule == "R14"

    play(work)
