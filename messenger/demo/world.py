"""The demonstration's world: a real XMPP server, a real desk with an officer, real accounts, and a real key store."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from messenger.demo.cast import BAD, FRIEND, NEW, Actor, Host, Stranger
from messenger.demo.prosody import ROOMS, Prosody
from messenger.demo.secret_service import SecretService
from messenger.desk.connections import Connections, LineAccount, account
from messenger.desk.server import Desk, Options
from messenger.domain.account import Login, ServerAddress
from messenger.xmpp.server import XmppServer

log = logging.getLogger(__name__)
T = TypeVar("T")

DOMAIN = "robin.example"
USER = "sam"
OFFICER = "Priya Nair"
DESK_USER = "desk"
DESK_NAME = "Demonstration desk"
_PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the person at the window signs in with. The passwords are random and live as long as the demonstration."""

    jid: str
    password: str
    server: ServerAddress
    officer: str
    officer_password: str


class World:
    """Everything around the window, in `folder` (short: socket paths are limited). `pace`: seconds a line takes to write."""

    def __init__(self, folder: Path, pace: float, own_key_store: bool) -> None:
        self.folder = folder
        self._pace = pace
        self._secret_service = SecretService(folder / "keys") if own_key_store else None
        self._prosody = Prosody(folder / "xmpp", DOMAIN, components={f"rooms.{DOMAIN}": ROOMS})
        self._desk: Desk | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cast", daemon=True)
        self._actors: dict[str, Actor] = {}
        self.environment: dict[str, str] = {}

    def start(self) -> Credentials:
        """Start all parts; returns when the cast are contacts of the window's account. Raises `RobinError`."""
        if self._secret_service is not None:
            (self.folder / "keys").mkdir(mode=0o700, parents=True, exist_ok=True)
            self._secret_service.start()
            self.environment = dict(self._secret_service.environment)
        self._prosody.start()
        self._thread.start()
        options = Options(connections=Connections(line=self.do(self._desk_account()).result(_PATIENCE)))
        self._desk = Desk.create(self.folder / "desk", secrets.token_urlsafe(18), DESK_NAME, "gb", options=options)
        self._desk.start()
        officer_password = self._desk.add_officer(OFFICER)
        return self.do(self._people(officer_password)).result(_PATIENCE)

    @property
    def desk(self) -> Desk:
        """The running desk."""
        assert self._desk is not None
        return self._desk

    @property
    def server(self) -> ServerAddress:
        """Where the XMPP server listens."""
        return self._prosody.address

    def jid(self, part: str) -> str:
        """The address of one of the cast."""
        return f"{part}@{DOMAIN}"

    def actor(self, part: str) -> Actor:
        """One of the cast, to count what they said and heard."""
        return self._actors[part]

    def play(self, part: str) -> Future[None]:
        """Let one of the cast say the opening lines; later lines come as answers."""
        return self.do(self._actors[part].open())

    def stop(self) -> None:
        """End all parts."""
        if self._thread.is_alive():
            for actor in self._actors.values():
                try:
                    self.do(actor.leave()).result(10)
                except (TimeoutError, OSError):
                    log.warning("an actor did not leave in time")
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
        if not self._loop.is_running():
            self._loop.close()
        if self._desk is not None:
            self._desk.stop()
        self._prosody.stop()
        if self._secret_service is not None:
            self._secret_service.stop()

    async def _desk_account(self) -> LineAccount:
        """The desk's own ordinary account, by which it checks who reports (XEP-0070)."""
        password = secrets.token_urlsafe(18)
        return account(await XmppServer().register(DOMAIN, DESK_USER, password, self.server), password, self.server)

    async def _people(self, officer_password: str) -> Credentials:
        server, xmpp = self.server, XmppServer()
        passwords = {name: secrets.token_urlsafe(12) for name in (USER, FRIEND.user, BAD.user, NEW.user)}
        for name, password in passwords.items():
            await xmpp.register(DOMAIN, name, password, server)
        me = self.jid(USER)
        for part in (FRIEND, BAD):
            login = Login(self.jid(part.user), passwords[part.user], server, "demo")
            self._actors[part.user] = Actor(part, xmpp, login, me, self._pace)
        host = Host(
            xmpp, Login(me, passwords[USER], server, "before"), {self.jid(p.user): p.name for p in (FRIEND, BAD)}
        )
        await host.receive(tuple(self._actors.values()))
        await host.leave()
        login = Login(self.jid(NEW.user), passwords[NEW.user], server, "demo")
        self._actors[NEW.user] = Stranger(NEW, xmpp, login, me, self._pace)
        return Credentials(me, passwords[USER], server, OFFICER, officer_password)

    def do(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run something on the cast's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)
