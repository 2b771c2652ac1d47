"""A package and its answer within one session: matched by id, bounded in time, forgotten afterwards."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, NotConnected
from messenger.services.ports import PackageAnswer
from messenger.stream.facts import Fact, Nudge, ParcelAnswer
from messenger.xmpp.packages import PACKAGE, Packages

DESK = "desk@robin.test"


class Wire:
    """Traffic and ingress in one: it keeps what was put, and which answers are waited for."""

    def __init__(self, up: bool = True) -> None:
        self.up = up
        self.sent: list[Element] = []
        self.parcels: dict[str, str] = {}

    def put(self, element: Element, key: str = "") -> None:
        if not self.up:
            raise NotConnected
        self.sent.append(element)


def play(
    work: Callable[[Packages, Wire, Callable[[Fact], Awaitable[None]], list[Fact]], Awaitable[Any]], up: bool = True
) -> Any:
    async def whole() -> Any:
        wire, passed = Wire(up), list[Fact]()

        async def react(fact: Fact) -> None:
            passed.append(fact)

        packages = Packages(wire, wire, patience=0.3)  # type: ignore[arg-type]
        done = await work(packages, wire, packages.before(react), passed)
        assert wire.parcels == {}
        return done

    return asyncio.run(whole())


def answered(answer: Callable[[str], ParcelAnswer]) -> Any:
    async def work(packages: Packages, wire: Wire, react: Any, passed: list[Fact]) -> Any:
        task = asyncio.ensure_future(packages.send(DESK, "report", "digest", b"sealed"))
        await asyncio.sleep(0)
        [name] = wire.parcels
        await react(answer(name))
        await react(answer(name))
        assert passed == []
        return await task

    return play(work)


def test_the_message_carries_the_package_and_nothing_to_read() -> None:
    async def work(packages: Packages, wire: Wire, react: Any, passed: list[Fact]) -> None:
        task = asyncio.ensure_future(packages.send(DESK, "report", "digest", b"sealed"))
        await asyncio.sleep(0)
        [message] = wire.sent
        assert (message.get("to"), message.get("type")) == (DESK, "normal")
        assert wire.parcels == {message.get("id"): DESK}
        held = message.find(PACKAGE)
        assert held is not None
        assert (held.get("id"), held.get("digest")) == ("report", "digest")
        assert base64.b64decode(held.text or "") == b"sealed"
        names = {child.tag.rpartition("}")[2] for child in message}
        assert names == {"package", "no-permanent-store", "no-copy", "private"}
        with pytest.raises(EndpointUnreachable):
            await task

    play(work)


def test_the_answer_comes_back_and_other_facts_go_on() -> None:
    assert answered(lambda name: ParcelAnswer(name, "jws", "jwe", 0, "")) == PackageAnswer("jws", "jwe")

    async def work(packages: Packages, wire: Wire, react: Any, passed: list[Fact]) -> None:
        await react(Nudge(DESK))
        await react(ParcelAnswer("unknown", "jws", "", 0, ""))
        assert passed == [Nudge(DESK)]

    play(work)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (0, EndpointUnreachable), (408, EndpointUnreachable), (429, EndpointUnreachable), (503, EndpointUnreachable),
        (409, EndpointRejected), (413, EndpointRejected), (422, EndpointRejected),
    ],
)  # fmt: skip
def test_what_a_desk_refuses(status: int, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        answered(lambda name: ParcelAnswer(name, "", "", status, "word"))
    if error is EndpointRejected:
        assert caught.value.fields["status"] == status  # type: ignore[attr-defined]


@pytest.mark.parametrize("desk", ["robin.test", "", "desk@robin.test/phone", "@x"])
def test_only_an_account_is_a_desk(desk: str) -> None:
    with pytest.raises(EndpointRejected):
        play(lambda packages, *_: packages.send(desk, "r", "d", b""))


def test_offline_and_without_an_answer_it_waits_for_the_next_try() -> None:
    with pytest.raises(EndpointUnreachable):
        play(lambda packages, *_: packages.send(DESK, "r", "d", b""), up=False)
    with pytest.raises(EndpointUnreachable):
        play(lambda packages, *_: packages.send(DESK, "r", "d", b""))
