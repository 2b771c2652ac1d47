"""R5: one of the person's own private words, in any dress: spaced, joined, with digits for letters, inside a name with a year.

A word counts only where it stands by itself. "o a k", "0ak", "oak-field" and "oakfield2012" are a dress; "soaked" is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from messenger.domain.lookalike import letters
from messenger.safety.words import LONGEST, Text, plain

_PIECE = re.compile(r"[^\W_]+(?:[’'@$!|\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+[^\W_]+)*[$]?")
_OWNS = re.compile(r"['’]s?\Z", re.I)
_AS_I = str.maketrans("0134578962@$!|", "oieastbgbzasil")
_AS_L = str.maketrans("0134578962@$!|", "oleastbgbzasil")
_SAME = str.maketrans("0134578962@$!|l", "oieastbgbzasiii")
_SIGNS = re.compile(r"[\W_]+")
_AGAIN_TWO = re.compile(r"(.)\1+")
_AGAIN = re.compile(r"(.)\1{2,}")
_NUMBER = re.compile(r"\A\d{1,4}|\d{1,4}\Z")
_SHORTEST = 3
_FAR = 3
"""Characters between the letters of a word that is written letter by letter."""
Piece = tuple[str, int, int]


def find(text: Text, private: Sequence[str]) -> tuple[int, int] | None:
    """The characters of the first private word in the list that stands in the message, or None."""
    if not private:
        return None
    shown = _bones(text.raw[:LONGEST])
    if not any(_key(word) in shown for word in private):
        return None
    pieces = [(match.group(), match.start(), match.end()) for match in _PIECE.finditer(text.raw[:LONGEST])]
    keys = frozenset(word for word in map("".join, map(_parts, private)) if len(word) >= _SHORTEST)
    for word in private:
        parts = _parts(word)
        found = (_stands(parts, pieces, keys) or _in_bits("".join(parts), text.raw, pieces)) if parts else None
        if found:
            return found
    return None


def _bones(text: str) -> str:
    """What is left of a text when all that a dress can change is taken away: a quick no for most messages."""
    low = text.lower() if text.isascii() else letters(unicodedata.normalize("NFKD", text.casefold()).casefold())
    return _AGAIN_TWO.sub(r"\1", _SIGNS.sub("", low.translate(_SAME)))


@lru_cache(maxsize=256)
def _key(word: str) -> str:
    return _bones("".join(_parts(word)))


@lru_cache(maxsize=256)
def _parts(word: str) -> tuple[str, ...]:
    return tuple(one for one in (plain(piece) for piece in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", word)) if one)


def _stands(parts: tuple[str, ...], pieces: Sequence[Piece], keys: frozenset[str]) -> tuple[int, int] | None:
    """The word as a row of pieces, or as one piece."""
    whole = "".join(parts)
    size = len(parts)
    for place, (piece, start, end) in enumerate(pieces):
        if _is(piece, whole) or _holds(piece, whole, keys):
            return start, end
        if size > 1 and place + size <= len(pieces):
            row = pieces[place : place + size]
            if all(_is(one[0], part) for one, part in zip(row, parts, strict=True)):
                return start, row[-1][2]
    return None


def _is(piece: str, word: str) -> bool:
    return word in _forms(piece)


@lru_cache(maxsize=512)
def _forms(piece: str) -> frozenset[str]:
    """The plain words that a piece can be read as."""
    low = plain(piece).casefold()
    found = {low}
    bare = _OWNS.sub("", piece)
    if bare != piece:
        found.add(plain(bare))
    elif low.endswith("s") and len(low) > _SHORTEST + 1:
        found.add(low[:-1])
    if not piece.isalpha() and any(ch.isalpha() for ch in piece):
        for table in (_AS_I, _AS_L):
            found.add(plain(piece.casefold().translate(table)))
    if _AGAIN.search(low):
        found |= {_AGAIN.sub(r"\1", low), _AGAIN.sub(r"\1\1", low)}
    return frozenset(found)


def _holds(piece: str, word: str, keys: frozenset[str]) -> bool:
    """The word with a number beside it (a name of an account), or together with another private word."""
    if len(word) < _SHORTEST:
        return False
    low = plain(piece)
    if _NUMBER.sub("", low) == word or _NUMBER.sub("", piece.casefold()) == word:
        return True
    return any(low in (word + other, other + word) for other in keys if len(word + other) == len(low))


def _in_bits(whole: str, raw: str, pieces: Sequence[Piece]) -> tuple[int, int] | None:
    """The word in bits with signs between ("oak-field", "Oak_Field"), or in single letters ("o a k"). Bits with spaces are words."""
    if len(whole) < _SHORTEST:
        return None
    for place, (first, start, end) in enumerate(pieces):
        made, single = plain(first), len(first) == 1
        if not made or len(made) == len(whole) or not whole.startswith(made):
            continue
        for piece, begin, after in pieces[place + 1 : place + len(whole)]:
            single = single and len(piece) == 1
            if begin - end > _FAR or not (single or raw[end:begin].strip() == raw[end:begin]):
                break
            made, end = made + plain(piece), after
            if made == whole:
                return start, end
            if not whole.startswith(made):
                break
    return None
