"""Newer tips and the directory of desks over real TLS: a good file is used; whatever goes wrong, the last good one stays."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from messenger import resources
from messenger.domain.errors import AssetRefused, EndpointUnreachable
from messenger.endpoints import fetch
from messenger.evidence.keys import SigningKey
from messenger.evidence.tip_pack import MAX_BYTES, make_pack
from messenger.safety.directory import Root
from messenger.services.bus import Bus
from messenger.services.directory import DirectoryService
from messenger.services.settings import SettingsService
from messenger.services.signed_file import Fetch
from messenger.services.tip_pack import TipPackService
from messenger.storage.database import Database
from tests.endpoints.scripted_desk import Raw, Request, ScriptedDesk, response
from tests.services.directory_case import ROOT, STRANGER, content, signed
from tests.services.report_world import Manual

OTHER = trustme.CA()
SHORT = 1.0
"""Seconds of the whole fetch, where the other side never ends."""


class Tips:
    """Newer tips, number 4 in use."""

    def __init__(self, db: Database, keys: Path, fetch: Fetch, address: str) -> None:
        bus = Bus()
        self._settings, self._address = SettingsService(db, bus), address
        self.service = TipPackService(db, self._settings, bus, Manual(), keys, fetch)

    async def begin(self) -> None:
        await self._settings.set("tips_address", self._address)
        await self._settings.set("new_tips", "yes")
        await self.service.install(self.made(4), "tips.jws")

    @staticmethod
    def made(version: int, key: SigningKey = ROOT) -> bytes:
        book = {**json.loads(resources.read("tips/en-GB.json")), "version": version}
        return make_pack(book, "2026-11-24T09:00:00Z", key).encode()

    async def version(self) -> int:
        return (await self.service.standing()).version

    async def told(self) -> str:
        """What went wrong with the last one, as the settings page hears it."""
        seen = await self.service.standing()
        return seen.refused or seen.missed


class Directory:
    """The directory of desks, number 4 in use."""

    def __init__(self, db: Database, keys: Path, fetch: Fetch, address: str) -> None:
        async def where() -> str:
            return address

        self.service = DirectoryService(db, Manual(), keys, fetch, where)

    async def begin(self) -> None:
        await self.service.install(self.made(4), "directory.jws")

    @staticmethod
    def made(version: int, key: SigningKey = ROOT) -> bytes:
        return signed(content(version=version), key)

    async def version(self) -> int:
        seen = await self.service.standing()
        assert seen is not None
        return seen.version


Kind = type[Tips] | type[Directory]
KINDS = pytest.mark.parametrize("kind", [Tips, Directory])


@dataclass
class World:
    """A host with a file, and this computer's Robin that is to fetch it."""

    host: ScriptedDesk
    robin: Any

    def give(self, answer: Raw) -> None:
        self.host.script["status"] = answer

    async def refused(self, error: type[AssetRefused | EndpointUnreachable], reason: str) -> None:
        """It says why, nothing changes, and a good one is used the next time."""
        with pytest.raises(error) as caught:
            await self.robin.service.update()
        assert reason in str(caught.value.fields["reason"])
        assert await self.robin.version() == 4
        if isinstance(self.robin, Tips):
            assert reason in await self.robin.told()
        self.give(response(200, self.robin.made(6)))


@pytest.fixture
def play(authority: trustme.CA, ca_file: str, tmp_path: Path) -> Callable[..., None]:
    """Runs `act` in a `World` of this kind; `host` are options of the host, `deadline` the seconds of a fetch."""
    keys = tmp_path / "keys.json"
    root = Root("harbour", "Harbour office", ROOT.public_jwk())
    keys.write_text(json.dumps({"roots": [{"id": root.id, "name": root.name, "key": dict(root.key)}]}))

    @asynccontextmanager
    async def world(kind: Kind, host: ScriptedDesk, deadline: float) -> AsyncIterator[World]:
        db = await Database.open(tmp_path / "robin.db", b"k" * 32)
        try:
            async with host:
                get = functools.partial(fetch, ca_file=ca_file, deadline=deadline)
                robin = kind(db, keys, get, f"https://127.0.0.1:{host.port}/newest.jws")
                await robin.begin()
                yield World(host, robin)
        finally:
            await db.close()

    def run(
        kind: Kind,
        act: Callable[[World], Awaitable[None]],
        deadline: float = 30.0,
        ca: trustme.CA = authority,
        **host: Any,
    ) -> None:
        async def whole() -> None:
            async with world(kind, ScriptedDesk(ca, **host), deadline) as one:
                # A fetch that does not keep to its own limit would go on for ever.
                await asyncio.wait_for(act(one), 120)

        asyncio.run(whole())

    return run


@KINDS
def test_a_good_newer_file_is_fetched_and_used(kind: Kind, play: Any) -> None:
    async def act(one: World) -> None:
        one.give(response(200, one.robin.made(5), kind="application/octet-stream"))
        assert await one.robin.service.update() is True
        assert await one.robin.version() == 5
        assert await one.robin.service.update() is False
        (first, _second) = one.host.seen
        assert (first.method, first.path, first.body) == ("GET", "/newest.jws", b"")

    play(kind, act)


@KINDS
@pytest.mark.parametrize("what", ["wrong signature", "one byte changed", "older", "same number, other words"])
def test_a_file_that_is_not_right_is_refused(kind: Kind, what: str, play: Any) -> None:
    good = kind.made(5)
    place = len(good) - 20
    data, reason = {
        "wrong signature": (kind.made(5, STRANGER), "trusts signed it"),
        "one byte changed": (good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :], "trusts signed it"),
        "older": (kind.made(3), "older than"),
        "same number, other words": (_other_words(kind), "the number of the one in use"),
    }[what]

    async def act(one: World) -> None:
        one.give(response(200, data))
        await one.refused(AssetRefused, reason)
        assert await one.robin.service.update() is True
        assert await one.robin.version() == 6

    play(kind, act)


def _other_words(kind: Kind) -> bytes:
    if kind is Directory:
        return signed(content(version=4, routes=[]))
    book = {**json.loads(resources.read("tips/en-GB.json")), "version": 4, "licence": "CC0-1.0"}
    return make_pack(book, "2026-11-24T09:00:00Z", ROOT).encode()


@KINDS
@pytest.mark.parametrize("what", ["an authority nobody trusts", "another name", "out of date"])
def test_a_wrong_certificate_gets_no_byte(kind: Kind, what: str, play: Any, authority: trustme.CA) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    certificate = {
        "an authority nobody trusts": OTHER.issue_cert("127.0.0.1"),
        "another name": authority.issue_cert("tips.example.org"),
        "out of date": authority.issue_cert("127.0.0.1", not_before=past - timedelta(days=1), not_after=past),
    }[what]

    async def act(one: World) -> None:
        one.give(response(200, one.robin.made(5)))
        await one.refused(EndpointUnreachable, "certificate")
        assert one.host.seen == []

    play(kind, act, certificate=certificate)


@KINDS
@pytest.mark.parametrize(("scheme", "status"), [("http", 302), ("http", 308), ("https", 301)])
def test_no_redirect_is_followed(kind: Kind, scheme: str, status: int, play: Any) -> None:
    asked: list[str] = []

    async def elsewhere(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append("http")
        writer.close()

    async def act(one: World) -> None:
        async with await asyncio.start_server(elsewhere, "127.0.0.1", 0) as plain:
            port = plain.sockets[0].getsockname()[1] if scheme == "http" else one.host.port
            one.give(response(status, b"", {"Location": f"{scheme}://127.0.0.1:{port}/other.jws"}))
            await one.refused(EndpointUnreachable, f"status {status}")
        assert asked == []
        assert [request.path for request in one.host.seen] == ["/newest.jws"]
        assert await one.robin.service.update() is True

    play(kind, act)


async def _cut_off(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"a" * 200)
    await writer.drain()


async def _flood(_request: Request, writer: asyncio.StreamWriter) -> None:
    """As much as the other side takes, without an end and without a word of how much it is."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"4000\r\n" + b"a" * 0x4000 + b"\r\n")
        await writer.drain()


NOT_THERE: dict[str, tuple[Raw, str]] = {
    "404": (response(404, b"no such file"), "status 404"),
    "500": (response(500), "status 500"),
    "an empty 204": (response(204), "status 204"),
    "too large": (response(200, b"a" * (MAX_BYTES + 1)), "size"),
    "too large, and not said before": (_flood, "size"),
    "packed": (response(200, b"a", {"Content-Encoding": "gzip"}), "packed"),
    "cut off": (_cut_off, "connection"),
    "not the language of the web": (b"220 mail.example.org ESMTP\r\n", "connection"),
}


@pytest.mark.parametrize(
    ("kind", "what"), [*((Tips, what) for what in NOT_THERE), (Directory, "404"), (Directory, "too large")]
)
def test_what_is_no_file_is_not_used(kind: Kind, what: str, play: Any) -> None:
    answer, reason = NOT_THERE[what]

    async def act(one: World) -> None:
        one.give(answer)
        await one.refused(EndpointUnreachable, reason)
        assert await one.robin.service.update() is True
        assert await one.robin.version() == 6
        if isinstance(one.robin, Tips):
            assert await one.robin.told() == ""

    play(kind, act)


async def _silence(_request: Request, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _drops(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.01)


@KINDS
@pytest.mark.parametrize("answer", [_silence, _drops])
def test_a_host_that_never_ends_is_left_when_the_time_is_over(kind: Kind, answer: Raw, play: Any) -> None:
    async def act(one: World) -> None:
        one.give(answer)
        await one.refused(EndpointUnreachable, "timeout")

    play(kind, act, deadline=SHORT)


@KINDS
def test_a_host_that_is_not_there(kind: Kind, play: Any) -> None:
    async def act(one: World) -> None:
        one.host._server.close()
        await one.host._server.wait_closed()
        await one.refused(EndpointUnreachable, "connection")

    play(kind, act)
