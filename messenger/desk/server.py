"""A desk in a folder: its keys, store, certificate and profile, and the server that runs it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from messenger.desk import cases, certificate, connections, officers
from messenger.desk.addenda import Addenda
from messenger.desk.bench import Bench
from messenger.desk.calls import Calls
from messenger.desk.case_page import CasePage
from messenger.desk.changes import Changes
from messenger.desk.connections import Connections
from messenger.desk.consents import Consents
from messenger.desk.floods import Floods
from messenger.desk.gate import Gate
from messenger.desk.headers import Headers
from messenger.desk.helplines import Countries
from messenger.desk.intake import Intake, Rules
from messenger.desk.keys import FILE as KEY_FILE
from messenger.desk.keys import DeskKeys, write_private
from messenger.desk.looks import Looks
from messenger.desk.moments import HOUR, Clock
from messenger.desk.officer_actions import OfficerActions
from messenger.desk.officer_pages import OfficerPages
from messenger.desk.outside import Outside
from messenger.desk.patience import PatientProtocol
from messenger.desk.problems import Problem
from messenger.desk.profile import Address, discovery_document, profile_of
from messenger.desk.questionnaires import Questionnaires
from messenger.desk.store import FILE as STORE_FILE
from messenger.desk.store import Store
from messenger.desk.web import Api
from messenger.desk.withdrawals import Withdrawals
from messenger.domain.errors import RobinError
from messenger.evidence.discovery import make_discovery
from messenger.evidence.schema import Schemas

log = logging.getLogger(__name__)
PROFILE = "endpoint.json"
_START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Options:
    """What can be set beside the address. `flood_burst` calls at once and `flood_rate` a second from one address.

    `connections`: XMPP account and mail server; None takes what was set in the desk's folder.
    """

    rules: Rules = field(default_factory=Rules)
    flood_burst: int = 3000
    flood_rate: float = 50.0
    purge_every: float = HOUR
    clock: Clock = time.time
    protocol: type[PatientProtocol] = PatientProtocol
    connections: Connections | None = None


class Desk:
    """A desk that can be started and stopped. Make it with `create`; `start` returns when it listens."""

    def __init__(self, folder: Path, keys: DeskKeys, address: Address, options: Options) -> None:
        self.folder = folder
        self.address = address
        self._keys = keys
        self._options = options
        self._connections = options.connections or connections.load(folder, keys)
        self._schemas = Schemas.packaged()
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._outside: Outside | None = None
        self._thread: threading.Thread | None = None

    @classmethod
    def create(
        cls,
        folder: Path | str,
        passphrase: str,
        name: str,
        country: str,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        cert: Path | None = None,
        key: Path | None = None,
        options: Options | None = None,
    ) -> Self:
        """The desk in `folder`, made when it is not there yet; `port` 0 takes a free one.

        Raises `StoreLocked` for a wrong passphrase, `OSError` when the port is taken, `FormatRefused` for damaged settings.
        """
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        place.chmod(0o700)
        key_file = place / KEY_FILE
        if key_file.exists():
            keys = DeskKeys.load(key_file, passphrase)
        else:
            keys = DeskKeys.generate()
            keys.save(key_file, passphrase)
        bound = _listen(host, port) if port == 0 else None
        if bound is not None:
            port = bound.getsockname()[1]
        own = cert is None or key is None
        files = certificate.ensure(place, host) if cert is None or key is None else (cert, key)
        desk = cls(place, keys, Address(name, country.lower(), host, port, files[0], files[1], own), options or Options())
        desk._socket = bound
        write_private(place / PROFILE, json.dumps(desk.profile(), indent=1, ensure_ascii=False).encode("utf-8") + b"\n")
        return desk

    def profile(self) -> dict[str, Any]:
        """The endpoint profile: what a Robin needs to send reports here."""
        return profile_of(self.address, self._keys, self._connections)

    @property
    def profile_path(self) -> Path:
        return self.folder / PROFILE

    @property
    def jid(self) -> str:
        """The address of the desk's chat account, or ''."""
        return self._connections.jid

    @property
    def online(self) -> bool:
        """Whether the desk's chat account is signed in now."""
        outside = self._outside
        return outside is not None and outside.line is not None and outside.line.up

    def dropped(self) -> dict[str, int]:
        """How much of what came to the chat account was dropped since the start, by reason."""
        return self._outside.turnings.table() if self._outside is not None else {}

    def add_officer(self, name: str, password: str = "") -> str:
        """Make an officer, or give one a new password; returns the password (random when none is given)."""
        return officers.add(self.folder, name, password, self._options.clock)

    def start(self) -> None:
        """Serve in a thread with a loop of its own; returns when the desk listens. Raises what stopped it."""
        if self._thread is not None:
            raise RuntimeError("started already")
        ready = threading.Event()
        failure: list[Exception] = []

        def run() -> None:
            try:
                asyncio.run(self._serve(ready.set))
            except (OSError, ValueError, RobinError) as error:
                failure.append(error)
            finally:
                ready.set()

        self._thread = threading.Thread(target=run, name="desk", daemon=True)
        self._thread.start()
        if not ready.wait(_START_SECONDS):
            raise TimeoutError("desk")
        if failure:
            self._thread.join()
            self._thread = None
            raise failure[0]
        if self._server is None:
            raise RuntimeError("the desk did not start")

    def stop(self) -> None:
        """Stop serving; returns when the thread has ended and the store is closed."""
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def run(self) -> None:
        """Serve in this thread until a signal comes (`robin desk run`)."""
        asyncio.run(self._serve(lambda: None))

    async def _serve(self, ready: Callable[[], None]) -> None:
        store = Store(self.folder / STORE_FILE)
        changes = Changes()
        try:
            application, outside = self._application(store, changes)
            self._outside = outside
            config = uvicorn.Config(
                application,
                ssl_certfile=str(self.address.certificate),
                ssl_keyfile=str(self.address.key),
                http=self._options.protocol,
                ws="none",
                lifespan="off",
                loop="asyncio",
                access_log=False,
                log_config=None,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=30,
                timeout_graceful_shutdown=5,
                h11_max_incomplete_event_size=32 * 1024,
            )
            server = _Server(config, ready, changes)
            self._server = server
            bound = self._socket or _listen(self.address.host, self.address.port)
            self._socket = None
            tasks = [asyncio.create_task(self._keep_house(store)), asyncio.create_task(outside.run())]
            try:
                await server.serve(sockets=[bound])
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                bound.close()
        finally:
            self._server = self._outside = None
            store.close()

    def _application(self, store: Store, changes: Changes) -> tuple[Starlette, Outside]:
        options, clock = self._options, self._options.clock
        intake = Intake(self._keys, store, self._schemas, options.rules, clock)
        countries = Countries()
        emergency = countries.emergency(self.address.country)
        questionnaires = Questionnaires(self._keys, self.address.base)
        document = discovery_document(
            self.address, self._keys, options.rules, emergency, questionnaires.listed, self._connections
        )
        floods = Floods(time.monotonic, options.flood_burst, options.flood_rate)
        calls = Calls(self.address.base, intake, store, floods, clock)
        outside = Outside(self._connections, self._keys, self._schemas, calls, changes)
        api = Api(
            calls=calls,
            discovery=make_discovery(self._keys.signing, document, self._schemas),
            questionnaires=questionnaires.answers,
            changes=changes,
            addenda=Addenda(self._keys, store, self._schemas, intake, clock),
            withdrawals=Withdrawals(self._keys, store, intake, clock),
            consents=Consents(self._keys, store, intake, clock, outside.allowed),
        )
        bench = Bench(
            name=self.address.name,
            store=store,
            keys=self._keys,
            schemas=self._schemas,
            intake=intake,
            changes=changes,
            clock=clock,
            looks=Looks(self.address.name),
            gate=Gate(store, clock),
            countries=countries,
            retention_days=options.rules.retention_days,
        )
        case = CasePage(bench)
        pages = [*OfficerPages(bench).routes(), *case.routes(), *OfficerActions(bench, case).routes()]
        application = Starlette(
            routes=[*api.routes(), *outside.routes(), *pages],
            middleware=[Middleware(Headers)],
            exception_handlers={404: _not_found, 405: _not_allowed},
        )
        return application, outside

    async def _keep_house(self, store: Store) -> None:
        """Erase what is over its time, now and every hour."""
        while True:
            gone = await store.run(cases.purge, self._options.clock(), self._options.rules.retention_days)
            if gone:
                await store.tidy()
                log.info("reports erased: %d", gone)
            await asyncio.sleep(self._options.purge_every)


class _Server(uvicorn.Server):
    """Says when it listens, and lets waiting calls go when it stops."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], changes: Changes) -> None:
        super().__init__(config)
        self._ready = ready
        self._changes = changes

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._changes.tell_all()
        await super().shutdown(sockets=sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    with contextlib.ExitStack() as failed:
        failed.callback(made.close)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(256)
        failed.pop_all()
    return made


async def _not_found(request: Request, error: Exception) -> Response:
    return Problem(404, "not-found").response()


async def _not_allowed(request: Request, error: Exception) -> Response:
    return Problem(405, "method").response()
