"""Keeps an account signed in: first sign-in, watch for silence, reconnect with back-off and jitter (our own; slixmpp has none)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from typing import Protocol

from messenger.domain.account import ConnectionState
from messenger.domain.errors import (
    AccountError,
    BadCertificate,
    InvalidAddress,
    NoSecureConnection,
    RobinError,
    ServerTimedOut,
    ServerUnreachable,
    UnknownHost,
    WrongPassword,
)
from messenger.stream.client import GuardedClient
from messenger.stream.requests import Refused

_FIRST_DELAY = 1.0
_LONGEST_DELAY = 300.0
_STEADY = 30.0
# What only a person can mend. After the first sign-in only a refused password ends the trying.
_FIRST_FATAL = (WrongPassword, BadCertificate, NoSecureConnection, UnknownHost, InvalidAddress)

log = logging.getLogger(__name__)


class Backoff:
    """Seconds until the next try: doubling from 1 to 300, each half fixed and half by chance."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.SystemRandom()
        self._ceiling = _FIRST_DELAY

    def next(self) -> float:
        """The next delay."""
        ceiling = self._ceiling
        self._ceiling = min(_LONGEST_DELAY, ceiling * 2)
        return ceiling / 2 + self._chance.random() * ceiling / 2

    def reset(self) -> None:
        """A connection held: begin anew."""
        self._ceiling = _FIRST_DELAY


class LinkListener(Protocol):
    """Who is told how the link stands."""

    def link_state(self, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        """A change of state; `retry_in` seconds until the next try, 0 when none is planned."""

    async def link_ready(self, resumed: bool) -> None:
        """A session is up; raise an `AccountError` when it cannot be used."""

    async def link_settled(self) -> None:
        """Wait until everything received so far is dealt with, before a session is resumed."""


class Link:
    """The life of one account's connection. `start` once, `stop` once."""

    def __init__(self, client: GuardedClient, listener: LinkListener, backoff: Backoff | None = None) -> None:
        self._client = client
        self._listener = listener
        self._backoff = backoff or Backoff()
        self._now = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Sign in for the first time, then stay. Raises what only a person can mend; goes on trying after the rest."""
        self._listener.link_state(ConnectionState.CONNECTING, None, 0)
        failure: AccountError | None = None
        try:
            await self._open()
        except _FIRST_FATAL as error:
            self._listener.link_state(ConnectionState.FAILED, error, 0)
            raise
        except AccountError as error:
            failure = error
        if not self._stopping:
            self._keeper = asyncio.get_running_loop().create_task(self._kept(failure))

    async def stop(self) -> None:
        """Sign out and end the keeping."""
        self._stopping = True
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.wait({keeper})
        await self._client.close()
        self._listener.link_state(ConnectionState.OFFLINE, None, 0)

    def retry_now(self) -> None:
        """Do not wait for the next try."""
        self._now.set()

    async def _open(self) -> None:
        session = await self._client.open()
        try:
            await self._listener.link_ready(session.resumed)
        except (Refused, AccountError) as error:
            self._client.cut(error if isinstance(error, AccountError) else ServerTimedOut())
            await self._client.gone()
            raise (error if isinstance(error, AccountError) else ServerTimedOut()) from None
        self._listener.link_state(ConnectionState.ONLINE, None, 0)

    async def _kept(self, failure: AccountError | None) -> None:
        """A mistake of ours in whoever is told must not leave the account offline for good."""
        while True:
            try:
                await self._keep(failure)
                return
            except Exception as error:  # noqa: BLE001  the door of tasks
                log.error("keeping the line failed: %s", type(error).__name__)
                failure = ServerUnreachable()

    async def _keep(self, failure: AccountError | None) -> None:
        while True:
            if failure is None:
                failure = await self._watch()
            else:
                self._client.cut(failure)
            if isinstance(failure, WrongPassword):
                self._listener.link_state(ConnectionState.FAILED, failure, 0)
                return
            await self._pause(failure)
            await self._listener.link_settled()
            try:
                await self._open()
                failure = None
            except AccountError as error:
                failure = error

    async def _watch(self) -> AccountError:
        """Until the line is lost; a silent server is asked, and cut when it does not answer."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        idle = self._client.plan.idle
        gone = loop.create_task(self._client.gone())
        try:
            while not gone.done():
                await asyncio.wait({gone}, timeout=idle / 2)
                if not gone.done() and self._client.silence > idle:
                    await self._ask_for_life(gone, idle)
        finally:
            gone.cancel()
        if loop.time() - begun > _STEADY:
            self._backoff.reset()
        return self._client.ended

    async def _ask_for_life(self, gone: asyncio.Task[None], seconds: float) -> None:
        self._client.traffic.probe()
        await asyncio.wait({gone}, timeout=seconds / 2)
        if not gone.done() and self._client.silence > seconds:
            log.info("the server fell silent")
            self._client.cut(ServerTimedOut())

    async def _pause(self, failure: AccountError) -> None:
        delay = self._backoff.next()
        self._listener.link_state(ConnectionState.RECONNECTING, failure, max(1, round(delay)))
        # A wish that came between the loss and this pause counts as well.
        with contextlib.suppress(TimeoutError):
            # Not wait_for: in Python 3.11 it swallows a cancellation that comes together with the wish.
            async with asyncio.timeout(delay):
                await self._now.wait()
        self._now.clear()
        self._listener.link_state(ConnectionState.CONNECTING, None, 0)
