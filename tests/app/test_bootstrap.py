"""Starting: keys from the key store, a passphrase without one, a lost key, a second instance. Nothing is ever erased."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoBackend
from keyring.errors import KeyringLocked as KeyringIsLocked

from messenger.app.bootstrap import Bootstrap, Start
from messenger.app.paths import Profile
from messenger.domain.errors import KeyLost, KeyringLocked, NoKeyring, SecondInstance, StoreFull, StoreLocked
from messenger.services.outbox import OutboxService


class Memory(KeyringBackend):
    """A key store that lives as long as the test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        self.kept.pop((service, username), None)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Memory:
    one = Memory()
    monkeypatch.setattr(keyring, "get_keyring", lambda: one)
    return one


def start(folder: Path, **more: Any) -> Bootstrap:
    return Bootstrap(Start(Profile(folder, folder / "state", f"test:{folder}"), True, **more))


async def visit(bootstrap: Bootstrap, setting: str = "") -> str:
    hub = await bootstrap.build()
    try:
        if setting:
            await hub.settings.set("trusted_adult", setting)
        return await hub.settings.get("trusted_adult")
    finally:
        await bootstrap.close(hub)


def test_the_key_is_made_once_and_kept_in_the_key_store(store: Memory, tmp_path: Path) -> None:
    assert asyncio.run(visit(start(tmp_path), "Gran")) == "Gran"
    assert asyncio.run(visit(start(tmp_path))) == "Gran"
    key = next(value for (_, name), value in store.kept.items() if name == "store key")
    assert all(key.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_lost_key_is_said_and_the_old_store_is_put_aside_only_when_asked(store: Memory, tmp_path: Path) -> None:
    asyncio.run(visit(start(tmp_path), "Gran"))
    before = (tmp_path / "robin.db").read_bytes()
    store.kept.clear()
    with pytest.raises(KeyLost):
        asyncio.run(visit(start(tmp_path)))
    assert (tmp_path / "robin.db").read_bytes() == before
    assert asyncio.run(visit(start(tmp_path, anew=True))) == ""
    assert any(path.read_bytes() == before for path in tmp_path.rglob("*") if path.is_file() and path.stat().st_size == len(before))
    assert asyncio.run(visit(start(tmp_path))) == "", "the next start needs no question"


def test_without_a_key_store_a_passphrase_opens_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(keyring, "get_keyring", NoBackend)
    with pytest.raises(NoKeyring):
        asyncio.run(visit(start(tmp_path)))
    assert asyncio.run(visit(start(tmp_path, passphrase="four quiet words"), "Gran")) == "Gran"
    with pytest.raises(StoreLocked):
        asyncio.run(visit(start(tmp_path)))
    with pytest.raises(StoreLocked):
        asyncio.run(visit(start(tmp_path, passphrase="four other words")))
    assert asyncio.run(visit(start(tmp_path, passphrase="four quiet words"))) == "Gran"


def test_a_second_start_is_told(store: Memory, tmp_path: Path) -> None:
    async def both() -> None:
        first = start(tmp_path)
        hub = await first.build()
        try:
            with pytest.raises(SecondInstance):
                await start(tmp_path).build()
        finally:
            await first.close(hub)

    asyncio.run(both())


def test_a_start_that_fails_lets_go_of_the_store(store: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk was full for a moment: "Try again" must not meet a second Robin that is this one."""
    real, times = OutboxService.start, []

    async def full(self: OutboxService) -> None:
        times.append(1)
        if len(times) == 1:
            raise StoreFull
        await real(self)

    monkeypatch.setattr(OutboxService, "start", full)

    async def twice() -> str:
        with pytest.raises(StoreFull):
            await start(tmp_path).build()
        assert len(asyncio.all_tasks()) == 1
        return await visit(start(tmp_path), "Gran")

    assert asyncio.run(twice()) == "Gran"


def test_starting_anew_takes_the_store_away_though_the_key_store_says_no(
    store: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else who forgot the PIN would meet it at every start, whatever they choose."""

    def refused(service: str, username: str) -> None:
        raise KeyringIsLocked

    async def anew() -> None:
        bootstrap = start(tmp_path)
        hub = await bootstrap.build()
        await hub.lock.set_pin("4821")
        await bootstrap.erase(hub)
        monkeypatch.setattr(store, "delete_password", refused)
        with pytest.raises(KeyringLocked):
            await bootstrap.close(hub)
        again = start(tmp_path)
        hub = await again.build()
        try:
            assert not await hub.lock.is_set()
        finally:
            await again.close(hub)

    asyncio.run(anew())
