"""The system's key store through the keyring library: never a plain file, every call in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

import keyring
import keyring.errors
from keyring.backend import KeyringBackend

from messenger.domain.errors import KeyringLocked, NoKeyring

log = logging.getLogger(__name__)
T = TypeVar("T")

_SERVICE = "Robin Messenger"
_PROBE = "probe"
# These forget, refuse, or keep secrets in clear: the same as none. keyrings.alt is refused as a whole.
_REFUSED = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt", "keyrings.cryptfile")


class KeyringStore:
    """`ports.SecretStore` on a keyring backend. `profile` keeps the secrets of profiles apart."""

    persistent = True

    def __init__(self, profile: str, backend: KeyringBackend | None = None) -> None:
        self._service = _SERVICE if profile == "default" else f"{_SERVICE} ({profile})"
        self._backend = backend

    def __repr__(self) -> str:
        return "<KeyringStore>"

    async def usable(self) -> bool:
        """Whether a secret can be read here. Raises `KeyringLocked` when the person closed the question."""
        try:
            await self.get(_PROBE)
        except NoKeyring:
            return False
        return True

    async def get(self, name: str) -> str | None:
        """A secret, or None. Raises `NoKeyring` or `KeyringLocked`."""
        return await self._ask(lambda backend: backend.get_password(self._service, name))

    async def put(self, name: str, value: str) -> None:
        """Keep a secret. Raises `NoKeyring` or `KeyringLocked`."""
        await self._ask(lambda backend: backend.set_password(self._service, name, value))

    async def delete(self, name: str) -> None:
        """Forget a secret; nothing happens when there is none. Raises `NoKeyring` or `KeyringLocked`."""

        def forget(backend: KeyringBackend) -> None:
            try:
                backend.delete_password(self._service, name)
            except keyring.errors.PasswordDeleteError:
                return

        await self._ask(forget)

    async def _ask(self, call: Callable[[KeyringBackend], T]) -> T:
        # A prompt of the system can stand open for minutes: a thread for each call, so that none waits in a pool,
        # and a daemon, so that it does not hold up the end of the process.
        answer: Future[T] = Future()

        def work() -> None:
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(self._call(call))
                except Exception as error:  # noqa: BLE001 - door: the awaiting task gets it
                    answer.set_exception(error)

        threading.Thread(target=work, name="keyring", daemon=True).start()
        return await asyncio.wrap_future(answer)

    def _call(self, call: Callable[[KeyringBackend], T]) -> T:
        try:
            return call(self._chosen())
        except keyring.errors.NoKeyringError:
            raise NoKeyring from None
        except (keyring.errors.InitError, keyring.errors.KeyringLocked):
            raise KeyringLocked from None
        except keyring.errors.KeyringError:
            raise KeyringLocked from None
        except Exception as error:  # noqa: BLE001 - door: backends raise errors of their own, of D-Bus for one
            log.info("keyring failed: %s", type(error).__name__)
            raise NoKeyring from None

    def _chosen(self) -> KeyringBackend:
        """The backend, or the first good one behind a chain of backends. Raises `NoKeyring`."""
        backend = self._backend or keyring.get_keyring()
        members: list[KeyringBackend] = list(getattr(backend, "backends", ())) or [backend]
        self._backend = next((one for one in members if not _refused(one)), None)
        if self._backend is None:
            raise NoKeyring
        return self._backend


def _refused(backend: KeyringBackend) -> bool:
    module = type(backend).__module__
    return module.startswith(_REFUSED) or "plaintext" in type(backend).__name__.casefold()
