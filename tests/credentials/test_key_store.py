"""The key store: a backend of the test, what counts as none, and a real gnome-keyring in a session bus of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from messenger.credentials.choice import choose
from messenger.credentials.keyring_store import KeyringStore
from messenger.credentials.memory_store import MemoryStore
from messenger.domain.errors import KeyringLocked, NoKeyring, StoreError

ROOT = Path(__file__).resolve().parents[2]


class Kept(KeyringBackend):
    """A backend in memory that can fail."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, fail: Exception | None = None) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.fail = fail
        self.threads: set[str] = set()

    def _note(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.fail is not None:
            raise self.fail

    def get_password(self, service: str, username: str) -> str | None:
        self._note()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._note()
        self.kept[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        self._note()
        if (service, username) not in self.kept:
            raise keyring.errors.PasswordDeleteError("not there")
        del self.kept[(service, username)]


class PlaintextKeyring(Kept):
    """Named as the one of keyrings.alt."""


PlaintextKeyring.__module__ = "keyrings.alt.file"


class Chain(Kept):
    """As keyring's chainer: several backends behind one."""

    def __init__(self, *backends: KeyringBackend) -> None:
        super().__init__()
        self.backends = backends


async def _contract(store: Any) -> None:
    """What every `SecretStore` does."""
    assert await store.get("a") is None
    await store.put("a", "pässword \u2713")
    await store.put("b", "other")
    assert await store.get("a") == "pässword \u2713"
    await store.put("a", "changed")
    assert await store.get("a") == "changed"
    await store.delete("a")
    await store.delete("a")
    assert await store.get("a") is None
    assert await store.get("b") == "other"
    assert "other" not in repr(store)
    await store.delete("b")


def test_memory_store_keeps_the_contract() -> None:
    store = MemoryStore()
    assert not store.persistent
    asyncio.run(_contract(store))


def test_keyring_store_keeps_the_contract_off_the_loop() -> None:
    backend = Kept()
    store = KeyringStore("default", backend)
    assert store.persistent
    asyncio.run(_contract(store))
    assert backend.threads == {"keyring"}


def test_profiles_do_not_see_each_other() -> None:
    backend = Kept()

    async def work() -> None:
        await KeyringStore("default", backend).put("a", "one")
        assert await KeyringStore("profile:/tmp/x", backend).get("a") is None

    asyncio.run(work())


@pytest.mark.parametrize(
    "backend",
    [keyring.backends.fail.Keyring(), keyring.backends.null.Keyring(), PlaintextKeyring(), Chain(PlaintextKeyring())],
)
def test_f22_no_keyring_is_memory_and_never_a_plain_file(backend: KeyringBackend) -> None:
    async def work() -> None:
        with pytest.raises(NoKeyring):
            await KeyringStore("default", backend).put("a", "secret")
        chosen = await choose("default", backend)
        assert isinstance(chosen, MemoryStore)

    asyncio.run(work())
    assert not getattr(backend, "kept", {})


def test_a_good_backend_in_a_chain_is_used_and_a_plain_one_is_not() -> None:
    plain, good = PlaintextKeyring(), Kept()
    asyncio.run(KeyringStore("default", Chain(plain, good)).put("a", "secret"))
    assert list(good.kept.values()) == ["secret"]
    assert plain.kept == {}


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (keyring.errors.InitError("Prompt dismissed"), KeyringLocked),
        (keyring.errors.KeyringLocked("locked"), KeyringLocked),
        (keyring.errors.NoKeyringError("none"), NoKeyring),
        (keyring.errors.PasswordSetError("full"), KeyringLocked),
        (OSError("the bus is gone"), NoKeyring),
    ],
)
def test_failures_are_of_the_domain(raised: Exception, told: type[StoreError]) -> None:
    async def work() -> None:
        store = KeyringStore("default", Kept(raised))
        for call in (store.get("a"), store.put("a", "b"), store.delete("a")):
            with pytest.raises(told):
                await call

    asyncio.run(work())


def test_a_locked_keyring_is_told_and_not_passed_over() -> None:
    async def work() -> None:
        with pytest.raises(KeyringLocked):
            await choose("default", Kept(keyring.errors.InitError("Prompt dismissed")))

    asyncio.run(work())


_REAL = """
import asyncio, sys
sys.path.insert(0, "tests/credentials")
from test_key_store import _contract
from messenger.credentials.choice import choose
from messenger.credentials.keyring_store import KeyringStore

async def main():
    store = await choose("profile:test")
    assert isinstance(store, KeyringStore), store
    await _contract(store)
    if sys.argv[1] == "write":
        await store.put("kept", "over processes")
    else:
        assert await store.get("kept") == "over processes"
    print("real keyring", sys.argv[1])

asyncio.run(main())
"""
_SESSION = """
printf 'pass phrase' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 || exit 9
"$PYTHON" -c "$SCRIPT" write && "$PYTHON" -c "$SCRIPT" read
code=$?

exit $code
"""


def test_a_real_gnome_keyring_keeps_the_contract(tmp_path: Path) -> None:
    """Integration: Debian's gnome-keyring and dbus are part of the test environment, so that this is never skipped."""
    assert shutil.which("dbus-run-session"), "install dbus"
    assert shutil.which("gnome-keyring-daemon"), "install gnome-keyring"
    folders = {name: tmp_path / name for name in ("data", "config", "cache", "run")}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    environment = {
        **os.environ,
        "XDG_DATA_HOME": str(folders["data"]),
        "XDG_CONFIG_HOME": str(folders["config"]),
        "XDG_CACHE_HOME": str(folders["cache"]),
        "XDG_RUNTIME_DIR": str(folders["run"]),
        "HOME": str(tmp_path),
        "PYTHON": sys.executable,
        "SCRIPT": _REAL,
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    environment.pop("PYTHON_KEYRING_BACKEND", None)
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", _SESSION],
        env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split("\n")[:2] == ["real keyring write", "real keyring read"]
    # The secret lies in the keyring's own file, encrypted.
    for file in folders["data"].rglob("*"):
        if file.is_file():
            assert b"over processes" not in file.read_bytes()
