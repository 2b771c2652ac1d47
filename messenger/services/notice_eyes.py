"""Looks at messages with the rules: the files are read once, off the loop; an account's password is known by a digest only."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from messenger import resources
from messenger.domain.notice import Found, Surroundings, Way
from messenger.safety import notices as notice_words
from messenger.safety.notices import Notices
from messenger.services.settings import SettingsService

if TYPE_CHECKING:
    # The rules are imported with their files, on the thread: the window is there before anybody needs them.
    from messenger.safety.codes import Password
    from messenger.safety.rules import Rules

_PHRASES = "phrases/en.json"
_PLACES = "pictures/places.json"
_WORDS = "notices/en-GB.json"


class Eyes:
    """The rules, ready to look, and the accounts' passwords. Everything is loaded at the first use."""

    def __init__(self, settings: SettingsService) -> None:
        self._settings = settings
        self._key = secrets.token_bytes(32)
        self._passwords: dict[str, Password] = {}
        self._rules: Rules | None = None
        self._words: Notices | None = None
        self._lock = asyncio.Lock()

    def password(self, account: str, password: str) -> None:
        """An account's password is now this one ('' for none): kept as a keyed digest that ends with the process (R6)."""
        from messenger.safety.codes import Password

        if password:
            self._passwords[account] = Password(password, self._key)
        else:
            self._passwords.pop(account, None)

    async def words(self) -> Notices:
        """What the notices say."""
        async with self._lock:
            if self._words is None:
                self._words = await asyncio.to_thread(_load_words)
            return self._words

    async def look_in(self, text: str, known: bool) -> tuple[Found, ...]:
        """What the rules find in a message that came."""
        rules = await self._ready()
        return rules.look(text, Surroundings(Way.IN, known=known, country=await self._settings.get("country")))

    async def look_out(
        self, text: str, account: str, known: bool, code_asked: bool, private: tuple[str, ...]
    ) -> tuple[Found, ...]:
        """What the rules find in words that are about to go out."""
        rules = await self._ready()
        around = Surroundings(
            Way.OUT,
            known=known,
            country=await self._settings.get("country"),
            code_asked=code_asked,
            harsh_words=await self._settings.get("harsh_words") == "yes",
            private_words=private,
        )
        found = rules.look(text, around)
        own = self._passwords[account].find(text) if account in self._passwords else None
        if own is None:
            return found
        return (Found("R6", *own), *(one for one in found if one.rule != "R6"))

    async def _ready(self) -> Rules:
        if self._rules is None:
            async with self._lock:
                if self._rules is None:
                    self._rules = await asyncio.to_thread(_load_rules)
        return self._rules


def _load_rules() -> Rules:
    from messenger.safety import phrases, pictures
    from messenger.safety.rules import Rules

    places = pictures.load(resources.read(_PLACES), _PLACES)
    rules = Rules(phrases.load(resources.read(_PHRASES), _PHRASES), places=places)
    # What the libraries read at their first use (names on the web, telephone numbers) is read here, and not on the loop.
    rules.look("https://\u00e9.example", Surroundings(Way.IN))
    rules.look("+44 20 7946 0018", Surroundings(Way.OUT))
    return rules


def _load_words() -> Notices:
    return notice_words.load(resources.read(_WORDS), _WORDS)
