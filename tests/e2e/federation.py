"""Two Prosody servers that talk to each other on loopback, through a relay that counts, with every stanza written down."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from messenger.demo.prosody import Prosody

HOME, AWAY = "home.test", "away.test"
_MODULES = Path(__file__).parent / "prosody_modules"
_SETTINGS = """\
s2s_secure_auth = false
robin_test_wire = "{wire}"
robin_test_peers = {{ ["{peer}"] = {port} }}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A stanza that passed a server: `way` in or out, `line` c2s, s2sin or s2sout."""

    way: str
    line: str
    sender: str
    to: str
    name: str
    text: str


class Relay:
    """A TCP relay on loopback in front of `port` that counts what goes through, and how often somebody called."""

    def __init__(self, port: int) -> None:
        self._target = port
        self.port = 0
        self.calls = 0
        self.bytes_there = 0
        self.bytes_back = 0
        self._running: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._server = server

    async def close(self) -> None:
        """Stop listening, and end what is still open."""
        self._server.close()
        tasks = tuple(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:  # the server behind has ended
            writer.close()
            return
        await asyncio.gather(self._pump(reader, back, True), self._pump(there, writer, False))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, there: bool) -> None:
        try:
            while data := await reader.read(65536):
                if there:
                    self.bytes_there += len(data)
                else:
                    self.bytes_back += len(data)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()


class Federation:
    """`home` and `away`; `to_away` and `to_home` count the bytes between them. `extra` are settings of both servers."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="relays", daemon=True)
        self.home = self._server(HOME, options)
        self.away = self._server(AWAY, {})
        self.to_away, self.to_home = Relay(self.away.s2s_port), Relay(self.home.s2s_port)

    def _server(self, domain: str, options: dict[str, Any]) -> Prosody:
        modules = ("dialback", "robin_test_names", "robin_test_wire", *options.pop("modules", ()))
        plugins = (_MODULES, *options.pop("plugins", ()))
        (self.folder / domain).mkdir(parents=True, exist_ok=True)
        return Prosody(self.folder / domain, domain, modules=modules, plugins=plugins, federated=True, **options)

    def start(self) -> None:
        """Start relays and servers."""
        self._thread.start()
        self._do(self.to_away.open())
        self._do(self.to_home.open())
        for server, peer, relay in ((self.home, AWAY, self.to_away), (self.away, HOME, self.to_home)):
            server.settings += _SETTINGS.format(wire=server.folder / "wire.jsonl", peer=peer, port=relay.port)
            server.start()

    def stop(self) -> None:
        """End servers and relays."""
        self.home.stop()
        self.away.stop()
        self._do(self.to_away.close())
        self._do(self.to_home.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    @staticmethod
    def wire(server: Prosody) -> list[Seen]:
        """Every stanza that passed this server so far."""
        path = server.folder / "wire.jsonl"
        found = []
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            one = json.loads(line)
            found.append(Seen(one["way"], one["line"], one["from"], one["to"], one["name"], one["text"]))
        return found
