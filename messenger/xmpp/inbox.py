"""RFC 6121 delivery: the queue between the stream and the hub. Runs of messages go up as one batch; order is kept."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from messenger.domain.errors import RobinError
from messenger.domain.message import IncomingMessage
from messenger.stream.facts import Fact

_BATCH = 100

Deal = Callable[[Fact], Awaitable[None]]
Read = Callable[[Fact], IncomingMessage | None]
Store = Callable[[Sequence[IncomingMessage]], Awaitable[None]]

log = logging.getLogger(__name__)


class Inbox:
    """Facts in order of arrival, dealt with one after the other by one task.

    `read` gives the message in a fact that is to be stored, or None; `store` returns when a batch is on disk; `deal`
    takes every fact after its message was stored; `handled` is told how many stanzas are done for good, so that the
    server keeps what is not (XEP-0198); `broken` is called when storing failed: what is left stays with the server.
    """

    def __init__(
        self,
        read: Read,
        store: Store,
        deal: Deal,
        handled: Callable[[int], None],
        broken: Callable[[], None],
    ) -> None:
        self._read, self._store, self._deal = read, store, deal
        self._handled, self._broken = handled, broken
        self._queue: deque[Fact | None] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, fact: Fact | None) -> None:
        """Queue a fact, or None for a dropped stanza that only has to be counted in its place."""
        if fact is None and self._idle.is_set():
            self._handled(1)
            return
        self._queue.append(fact)
        self._idle.clear()
        self._wake.set()

    async def settled(self) -> None:
        """Wait until everything is dealt with."""
        await self._idle.wait()

    async def run(self) -> None:
        """Deal with the queue until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                facts = [self._queue.popleft() for _ in range(min(_BATCH, len(self._queue)))]
                if not await self._batch(facts):
                    self._queue.clear()
                    self._broken()
                    break
                self._handled(len(facts))
                await asyncio.sleep(0)
            self._idle.set()

    async def _batch(self, facts: Sequence[Fact | None]) -> bool:
        """Store and deal in order. False when a message could not be stored."""
        start = 0
        while start < len(facts):
            messages: list[IncomingMessage] = []
            end = start
            while end < len(facts):
                fact = facts[end]
                end += 1
                message = self._safely(fact) if fact is not None else None
                if message is not None:
                    messages.append(message)
                elif fact is not None:
                    break
            if messages and not await self._stored(messages):
                return False
            await self._dealt(facts[start:end])
            start = end
        return True

    def _safely(self, fact: Fact) -> IncomingMessage | None:
        try:
            return self._read(fact)
        except Exception as error:  # noqa: BLE001  the door of stanzas (L14)
            log.error("a stanza could not be read: %s", type(error).__name__)
            return None

    async def _stored(self, messages: Sequence[IncomingMessage]) -> bool:
        try:
            await self._store(messages)
        except RobinError as error:
            log.error("messages could not be stored: %s", type(error).__name__)
            return False
        except Exception as error:  # noqa: BLE001  the door of stanzas (L14)
            log.error("storing messages failed: %s", type(error).__name__)
            # A mistake of ours over one message must not cost its neighbours, nor come back for ever.
            if len(messages) > 1:
                return all([await self._stored([message]) for message in messages])
        return True

    async def _dealt(self, facts: Sequence[Fact | None]) -> None:
        for fact in facts:
            if fact is None:
                continue
            try:
                await self._deal(fact)
            except RobinError as error:
                log.info("a stanza could not be dealt with: %s", type(error).__name__)
            except Exception as error:  # noqa: BLE001  the door of stanzas (L14)
                log.error("a stanza handler failed: %s", type(error).__name__)
