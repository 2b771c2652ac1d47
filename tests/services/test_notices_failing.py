"""What fails or is slow with one chat's words keeps no other chat's notice back."""

from __future__ import annotations

import threading
from typing import Any

import publicsuffixlist
import pytest
from chat_case import ME, SAM, message

from messenger.domain.contact import RosterItem, Subscription
from messenger.domain.events import TaskFailed
from messenger.safety import weblinks
from messenger.services import notice_eyes
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


def test_lists_of_the_libraries_are_not_read_on_the_loop(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first link that comes would hold all accounts for as long as a file is read."""
    where: list[bool] = []
    real = publicsuffixlist.PublicSuffixList

    def made(*args: Any, **named: Any) -> Any:
        where.append(threading.current_thread() is threading.main_thread())
        return real(*args, **named)

    monkeypatch.setattr(publicsuffixlist, "PublicSuffixList", made)
    monkeypatch.setattr(notice_eyes, "_load_rules", notice_eyes._load_rules.__wrapped__)  # not those of another test
    weblinks._suffixes.cache_clear()

    async def work(world: Any) -> None:
        found = await Eyes(world.services.settings).look_in("see https://bit.ly/3xyz", known=False)
        assert [one.rule for one in found] == ["R15"]
        assert where == [False]

    play(work)
