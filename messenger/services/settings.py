"""Settings: every key with its default and allowed values, in one table."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from messenger.domain.events import SettingsChanged
from messenger.services.bus import Bus
from messenger.storage import settings as store
from messenger.storage.database import Database

_ONCE = ("yes", "no")
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Setting:
    """`allowed` words, or a `pattern` for free text; both empty: any short text."""

    default: str
    allowed: tuple[str, ...] = ()
    pattern: str = ""

    def fits(self, value: str) -> bool:
        """Whether this may be the value."""
        if self.allowed:
            return value in self.allowed
        return len(value) <= _LONGEST and (not self.pattern or re.fullmatch(self.pattern, value) is not None)


# Privacy first: what others may learn is as little as the setting allows to start with.
TABLE: Mapping[str, Setting] = {
    "theme": Setting("system", ("system", "light", "dark", "cream", "contrast")),
    "text_size": Setting("100", pattern=r"(8|9)\d|1\d\d|2\d\d|300"),  # per cent
    "motion": Setting("system", ("system", "reduced", "full")),
    "language": Setting("", pattern=r"([a-z]{2,3}(_[A-Z]{2})?)?"),
    "band": Setting("T", ("S", "T", "A", "C")),
    "country": Setting("", pattern=r"([a-z]{2}|elsewhere)?"),
    "read_receipts": Setting("contacts", ("on", "contacts", "off")),
    "typing": Setting("on", ("on", "off")),
    "who_can_write": Setting("accepted", ("accepted", "nobody_new")),  # nobody_new: requests are put away by themselves
    "links_from_new": Setting("off", ("off", "ask")),  # links of people who are accepted but not known for long
    "notifications": Setting("on", ("on", "private", "off")),  # private: no name, no words
    "sounds": Setting("off", ("on", "off")),
    "enter_sends": Setting("yes", _ONCE),
    "window_geometry": Setting("", pattern=r"[A-Za-z0-9+/=_-]*"),
    "splitter": Setting("", pattern=r"[A-Za-z0-9+/=_-]*"),
    "last_conversation": Setting("", pattern=r"\d*"),
    "endpoint": Setting(""),
    "directory": Setting("", pattern=r"(https://[^\s?#@]{1,500})?"),  # where the signed directory is fetched from
    "new_tips": Setting("no", _ONCE),
    "tips_address": Setting("", pattern=r"(https://[^\s?#@]{1,500})?"),  # where newer signed tips are fetched from
    "trusted_adult": Setting(""),
    "report_copy": Setting("no", _ONCE),
    "onboarded": Setting("no", _ONCE),  # the first steps were offered
    "hide_explained": Setting("no", _ONCE),
    "harsh_words": Setting("no", _ONCE),  # ask before words that can hurt go out (R20)
    "notices": Setting("all", ("all", "few")),  # few: codes, threats, risky links and wrong names (R6 R14 R15 R16)
    "lock_after": Setting("off", ("off", "1", "5", "15")),  # minutes without use
    "lock_at_start": Setting("yes", _ONCE),  # counts only while a PIN is set
    "locked": Setting("no", _ONCE),  # how the window was left
}


async def _free(_key: str, _before: str, _after: str) -> None:
    """Nothing is held."""


class SettingsService:
    """Typed settings of this profile. Read from memory after the first use."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._values: dict[str, str] | None = None
        self.guard: Callable[[str, str, str], Awaitable[None]] = _free
        """Asked with key, value before and value after; raises what holds a setting."""

    async def all(self) -> Mapping[str, str]:
        """Every key with its value or default."""
        kept = await self._kept()
        return {key: self._value(key, kept) for key in TABLE}

    async def get(self, key: str) -> str:
        """The value or default of a key. Raises `KeyError` for a key that does not exist."""
        if key not in TABLE:
            raise KeyError(key)
        return self._value(key, await self._kept())

    async def set(self, key: str, value: str) -> None:
        """Change a setting.

        Raises `KeyError` for an unknown key, `ValueError` for a value that is not allowed, `SettingHeld` in young-person mode.
        """
        if not TABLE[key].fits(value):
            raise ValueError(key)
        kept = await self._kept()
        if self._value(key, kept) == value:
            return
        await self.guard(key, self._value(key, kept), value)
        await self._database.write(store.put, key, value)
        kept[key] = value
        self._bus.publish(SettingsChanged((key,)))

    async def _kept(self) -> dict[str, str]:
        if self._values is None:
            found = await self._database.run(store.every)
            if self._values is None:  # of two first uses at once the later one must not put back what was read before
                self._values = found
        return self._values

    def _value(self, key: str, kept: Mapping[str, str]) -> str:
        # What an older or newer Robin wrote and this one does not allow counts as the default.
        value = kept.get(key, TABLE[key].default)
        return value if TABLE[key].fits(value) else TABLE[key].default
