"""One spelling for a word that chats write in many ways: "heyyy", "u", "wot", "ag3". The data file of a language lists them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_STRETCHED = re.compile(r"(.)\1{2,}")
_LEET = str.maketrans("0134578@$", "oieastbas")


class Spelling:
    """`same` maps a spelling to the one that patterns use, `known` are the words of the patterns.

    The sets `joiners` (and, but, so), `openers` (please, hey) and `closers` (mate, then) say where a clause begins and
    ends; a language may have none.
    """

    def __init__(
        self, same: Mapping[str, str], known: Collection[str], sets: Mapping[str, tuple[tuple[str, ...], ...]]
    ) -> None:
        self._same = same
        self._known = known
        self._joiners = frozenset(one[0] for one in sets.get("joiners", ()))
        self._openers = frozenset(one[0] for one in sets.get("openers", ()))
        self._closers = frozenset(one[0] for one in sets.get("closers", ()))

    def plain(self, word: str) -> str:
        """The spelling that patterns use; a word that none knows stays as it is."""
        if word in self._same:
            return self._same[word]
        if word in self._known:
            return word
        for other in self._others(word):
            if other in self._same or other in self._known:
                return self._same.get(other, other)
        return word

    def _others(self, word: str) -> list[str]:
        found = []
        if _STRETCHED.search(word):
            found += [_STRETCHED.sub(r"\1", word), _STRETCHED.sub(r"\1\1", word)]
        if len(word) > 1 and not word.isalpha() and not word.isdigit():
            found += [word.translate(_LEET), word.replace("1", "l").translate(_LEET)]
        return found

    def joins(self, word: str) -> bool:
        """Whether a clause begins after this word."""
        return word in self._joiners

    def opens(self, word: str) -> bool:
        """Whether a clause still begins after this word, when it begins the clause."""
        return word in self._openers

    def closes(self, word: str) -> bool:
        """Whether a clause ends before this word, when it ends the clause."""
        return word in self._closers
