"""The app lock: a PIN for the window. It keeps people at this computer out of the window, and hides no file."""

from __future__ import annotations

from messenger.domain.events import LockChanged
from messenger.domain.lock import LockAnswer, LockState
from messenger.services.bus import Bus
from messenger.services.pins import Tries, hashed
from messenger.services.ports import Clock
from messenger.services.settings import SettingsService
from messenger.storage import lock as store
from messenger.storage.database import Database


class LockService:
    """Sets, checks and takes off the PIN. The store itself is encrypted with a key of its own, PIN or not."""

    def __init__(self, database: Database, settings: SettingsService, bus: Bus, clock: Clock) -> None:
        self._database, self._settings, self._bus = database, settings, bus
        self._tries = Tries(database, clock, store.get, store.count)

    async def is_set(self) -> bool:
        """Whether there is a PIN."""
        return await self._database.run(store.get) is not None

    async def state(self) -> LockState:
        """Whether there is a PIN, and when the window locks."""
        if not await self.is_set():
            return LockState()
        values = await self._settings.all()
        after = 0 if values["lock_after"] == "off" else int(values["lock_after"])
        return LockState(True, after, "yes" in (values["lock_at_start"], values["locked"]))

    async def set_pin(self, pin: str) -> None:
        """Set the first PIN. Raises `ValueError` for what is no PIN (4 to 12 figures or letters), or when one is set."""
        if await self.is_set():
            raise ValueError("a PIN is set")
        await self._database.write(store.put, await hashed(pin))
        self._tries.forget()
        self._bus.publish(LockChanged(False))

    async def change(self, old: str, new: str) -> LockAnswer:
        """Set another PIN, knowing the one before. Raises `ValueError` when the new one is no PIN."""
        made = await hashed(new)
        answer = await self._tries.check(old)
        if answer.ok:
            await self._database.write(store.put, made)
            self._tries.forget()
            self._bus.publish(LockChanged(False))
        return answer

    async def check(self, pin: str) -> LockAnswer:
        """Whether this is the PIN; see `LockAnswer`. After five wrong tries one waits, also over a new start."""
        return await self._tries.check(pin)

    async def wait_seconds(self) -> int:
        """How long no try counts now."""
        return await self._tries.wait_seconds()

    async def remove(self, pin: str) -> LockAnswer:
        """Take the lock off, knowing the PIN."""
        answer = await self._tries.check(pin)
        if answer.ok:
            await self._database.write(store.drop)
            await self._settings.set("locked", "no")
            self._tries.forget()
            self._bus.publish(LockChanged(False))
        return answer

    async def told(self, locked: bool) -> None:
        """The window was locked or opened: kept, so that ending Robin does not open it, and told to those who listen."""
        await self._settings.set("locked", "yes" if locked else "no")
        self._bus.publish(LockChanged(locked))
