"""Ways to say no and the cards of notices, translated and in the words of the chosen band."""

from __future__ import annotations

import asyncio

from messenger import resources
from messenger.domain.notice import CardLine, NoticeCard
from messenger.i18n import trd
from messenger.safety import ways
from messenger.safety.ways import Ways
from messenger.services.settings import SettingsService

_FILE = "notices/ways-en-GB.json"


class NoticeWays:
    """Reads the file at the first use, off the loop."""

    def __init__(self, settings: SettingsService) -> None:
        self._settings = settings
        self._ways: Ways | None = None

    async def ways(self, rule: str) -> tuple[str, ...]:
        """Sentences to say no; none for a rule that has none."""
        found = await self._load()
        return tuple(trd(one) for one in found.say(rule, await self._settings.get("band")))

    async def card(self, kind: str) -> NoticeCard:
        """'meet' or 'money'. Raises `KeyError`."""
        found = (await self._load()).card(kind, await self._settings.get("band"))
        lines = tuple(CardLine(trd(one.text), one.org, one.url, one.seen_on) for one in found.lines)
        return NoticeCard(kind, trd(found.title), lines)

    async def _load(self) -> Ways:
        if self._ways is None:
            self._ways = await asyncio.to_thread(_read)
        return self._ways


def _read() -> Ways:
    return ways.load(resources.read(_FILE), _FILE)
