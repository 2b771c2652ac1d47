"""Addresses that look like another one: letters of other scripts, digits for letters (security.md L24, S44).

A warning and no proof: it is worded so, and nothing is refused because of it. Source of the idea: Unicode Technical
Standard 39, section 4 (skeletons); the table holds the letters that common fonts draw alike.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_CYRILLIC = dict(zip("абвгдеёкмнорсстухьіїјѕһԁԛԝӏү", "a6brdeekmhopcctyxbiijshdqwly", strict=True))
_GREEK = dict(zip("αβγεηικνορτυχω", "abyenikvoptuxw", strict=True))
_LATIN = {"ı": "i", "ɑ": "a", "ɡ": "g", "ł": "l", "ø": "o", "0": "o", "1": "l", "5": "s", "-": "", "_": "", ".": ""}
_UNSEEN = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"  # fillers that are drawn as nothing
_ALIKE = str.maketrans(_CYRILLIC | _GREEK | _LATIN)
_LETTERS = str.maketrans(_CYRILLIC | _GREEK | {"ı": "i", "ɑ": "a", "ɡ": "g", "ł": "l", "ø": "o"})


def skeleton(address: str) -> str:
    """What is left of a bare address when letters that look alike are made the same."""
    local, _, domain = address.rpartition("@")
    return f"{_skeleton(local)}@{_skeleton(domain)}"


def letters(text: str) -> str:
    """The text with letters of other scripts that look like Latin ones made Latin."""
    return text.translate(_LETTERS)


def nick_skeleton(nick: str) -> str:
    """What is left of a name in a room: without spaces and signs that nobody sees, letters that look alike made the same (S15)."""
    return "".join(ch for ch in _skeleton(nick) if not ch.isspace())


def resembles(address: str, known: Iterable[str]) -> str:
    """The first known address that this one looks like without being it, or ''."""
    return Twins(known).of(address)


class Twins:
    """Known addresses, looked at once: `resembles` for many addresses."""

    def __init__(self, known: Iterable[str]) -> None:
        self._alike: dict[str, list[str]] = {}
        for one in known:
            self._alike.setdefault(skeleton(one), []).append(one)

    def of(self, address: str) -> str:
        """The first known address that this one looks like without being it, or ''."""
        return next((one for one in self._alike.get(skeleton(address), ()) if one != address), "")


def _skeleton(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(
        ch for ch in apart if not unicodedata.combining(ch) and unicodedata.category(ch) != "Cf" and ch not in _UNSEEN
    )
    return bare.translate(_ALIKE).replace("rn", "m").replace("vv", "w")
