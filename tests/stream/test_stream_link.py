"""The link: a wish to reconnect is heard whenever it comes, and everything received is settled before a session is resumed."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from messenger.domain.account import ConnectionState
from messenger.domain.errors import RobinError, ServerUnreachable
from messenger.stream.link import Backoff, Link


class Client:
    """A stream that opens at once and is lost when the test says so."""

    def __init__(self) -> None:
        self.plan = SimpleNamespace(idle=1000.0)
        self.silence = 0.0
        self.ended = ServerUnreachable()
        self.opened = 0
        self.lost = asyncio.Event()
        self.order: list[str] = []

    async def open(self) -> Any:
        self.opened += 1
        self.order.append("open")
        self.lost = asyncio.Event()
        return SimpleNamespace(resumed=self.opened > 1)

    async def gone(self) -> None:
        await self.lost.wait()

    def cut(self, reason: RobinError) -> None:
        self.lost.set()

    async def close(self) -> None:
        self.lost.set()


class Listener:
    """Whoever is told."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.states: list[ConnectionState] = []

    def link_state(self, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        self.states.append(state)

    async def link_ready(self, resumed: bool) -> None:
        self.client.order.append("ready")

    async def link_settled(self) -> None:
        self.client.order.append("settled")


class Long(Backoff):
    """A pause that nobody waits out."""

    def next(self) -> float:
        return 10_000.0


def test_l17_signing_out_in_the_moment_of_a_wish_to_reconnect_ends_it() -> None:
    async def main() -> None:
        client = Client()
        heard = Listener(client)
        link = Link(client, heard, Long())  # type: ignore[arg-type]
        await link.start()
        client.cut(ServerUnreachable())
        for _ in range(50):
            await asyncio.sleep(0)
        link.retry_now()
        ending = asyncio.create_task(link.stop())
        done, _still = await asyncio.wait({ending}, timeout=5)
        assert done
        assert heard.states[-1] is ConnectionState.OFFLINE

    asyncio.run(main())


def test_l17_a_wish_to_reconnect_between_the_loss_and_the_pause_is_not_lost() -> None:
    async def main() -> None:
        client = Client()
        link = Link(client, Listener(client), Long())  # type: ignore[arg-type]
        await link.start()
        await asyncio.sleep(0)
        for again in (2, 3):
            client.cut(ServerUnreachable())
            # The keeper has not even seen the loss yet.
            link.retry_now()
            async with asyncio.timeout(60):
                while client.opened < again:
                    await asyncio.sleep(0)
        assert client.order == ["open", "ready", "settled", "open", "ready", "settled", "open", "ready"]
        # The wish is used up: the next loss waits.
        client.cut(ServerUnreachable())
        for _ in range(50):
            await asyncio.sleep(0)
        assert client.opened == 3
        await link.stop()

    asyncio.run(main())
