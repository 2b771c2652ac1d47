"""R6: the account's own password, and the four to eight digits that answer "what code did you get?".

A code is told by its shape (six digits, two groups of three, a nought in front), by what stands before it ("it is", "code:",
nothing) and by what stands behind it (nothing, "it says", and no unit). The small weights are added up; each is a fact that a
person can check in the message.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from messenger.domain.notice import Surroundings
from messenger.safety.numerals import Run, runs
from messenger.safety.words import LONGEST, Text

_ENOUGH = 4
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[=:.,!?;\n\"“”]")
_START = re.compile(r"(?<![^\W_])[^\W_]|[^\w\s]|_")
"""Where a password can begin: with a word, or at a sign."""
_BEFORE = 60
_AFTER = 24
_YEAR = re.compile(r"(?:1[5-9]\d|20[0-4])\d")
_SHORT = 2
_MOST_COUNTED = 6
"""Digits of a number with which somebody counts."""
_TALK = frozenset(".!?,;\n")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language that this rule reads by: the lists `codes` of assets/phrases."""

    asked: frozenset[str]
    sends: frozenset[str]
    points: frozenset[str]
    hints: frozenset[str]
    other: frozenset[str]
    being: frozenset[str]
    leads: frozenset[str]
    bad: frozenset[str]
    follow: frozenset[str]
    units: frozenset[str]


class Password:
    """R6: recognises the account's own password without keeping it. The key lives as long as the process."""

    def __init__(self, password: str, key: bytes) -> None:
        self._key, self._length = key, len(password)
        self._digest = self._of(password)

    def _of(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=32).digest()

    def find(self, raw: str) -> tuple[int, int] | None:
        """Where the password stands, spaces in it and signs beside it or not; inside a longer word it is another word."""
        shown = raw[:LONGEST]
        for match in _START.finditer(shown):
            start, end = match.start(), match.start() + self._length
            if end > len(shown):
                break
            if shown[end - 1].isalnum() and shown[end : end + 1].isalnum():
                continue  # a word goes on here
            if hmac.compare_digest(self._of(shown[start:end]), self._digest):
                return start, end
        return None


def find(w: Words, text: Text, around: Surroundings) -> tuple[int, int] | None:
    """The characters of a code that answers the other side's question, or None."""
    if not around.code_asked:
        return None
    shown = text.raw[:LONGEST]
    for run in runs(shown):
        for one in _readings(run):
            if 4 <= len(one.digits) <= 8 and _clean(one, shown) and _weight(w, one, shown) >= _ENOUGH:
                return one.start, one.end
    return None


def _readings(run: Run) -> Iterator[Run]:
    """The run, and its first group alone: "my code was 7215 5 minutes ago"."""
    yield run
    if len(run.groups) > 1 and len(run.groups[0]) >= 4 and run.signs[:1].isspace() and len(run.groups[1]) < 3:
        end = run.spans[0][1]
        after = " " + run.groups[1][0]
        yield replace(
            run, digits=run.groups[0], groups=run.groups[:1], spans=run.spans[:1], signs="", end=end, after=after
        )


def _counted(groups: tuple[str, ...]) -> bool:
    """Whether somebody counts up or down."""
    if len(groups) < 5 or max(map(len, groups)) > _MOST_COUNTED:
        return False
    return {int(after) - int(one) for one, after in pairwise(groups)} in ({1}, {-1})


def _clean(run: Run, raw: str) -> bool:
    """Whether the digits can be a code by their signs: no price, time, date, fraction, share or address part."""
    signs = {ch for ch in run.signs if not ch.isspace()}
    spelt = max(run.sizes()) == 1
    if (
        (signs - {"-", "\u2013", "\u2011", ","} and not (spelt and signs == {"."}))
        or run.before in ("/", "$", "£", "€", "#", "+", "_", "@")
        or run.plus
    ):
        return False
    if _counted(run.groups):
        return False
    if run.before in (".", ",", ":", "-") and raw[max(0, run.start - 2) : run.start - 1].isdigit():
        return False
    return not re.match(r"[%°£$€_/@x×]|[.,:\-][^\W_]", run.after)


def _weight(w: Words, run: Run, raw: str) -> int:
    before = [one.casefold() for one in _WORD.findall(raw[max(0, run.start - _BEFORE) : run.start])]
    after = [one.casefold() for one in _WORD.findall(raw[run.end : run.end + _AFTER])]
    return _shape(run) + _lead(w, before) + _follow(w, after)


def _shape(run: Run) -> int:
    sizes, digits = run.sizes(), run.digits
    if len(sizes) == 1:
        if digits.endswith("00") or _YEAR.fullmatch(digits):
            return -1
        return 3 if len(digits) in (6, 8) else 2 if digits[0] == "0" else 1
    even = len(set(sizes)) == 1 or max(sizes) <= 2 or (sizes[0] == sizes[-1] == 3)
    return (3 if sum(sizes) in (6, 8) else 2) if even else 0


def _lead(w: Words, before: list[str]) -> int:
    words = [one for one in before if one not in ("“", "”", '"')]
    sign = bool(words) and words[-1] in ".!?,;\n:="
    plain = [one for one in words if one[0].isalnum()][-6:]
    asked = [at for at, one in enumerate(plain) if one in w.asked and plain[max(0, at - 1)] not in w.other]
    if any(at >= len(plain) - 2 for at in asked) and plain[-1] not in w.bad:
        return 4
    coded = bool(asked) or any(one in w.hints for one in plain)
    if not words or (sign and words[-1] in _TALK):
        long = bool(words) and words[-1] == "," and len(plain) > _SHORT
        return (1 if long else 2) + coded
    if sign:
        return 2 + coded if words[-1] == ":" or coded else -1
    if words[-1] in w.bad and words[-2:-1] not in (["ends"], ["ending"]):
        return -3
    if words[-1] in w.being:
        owner = words[-2] if len(words) > 1 else "it"
        named = owner in w.points and (len(words) < 3 or words[-3] not in w.other)
        return 2 + coded if coded or named else -1
    return (2 if words[-1] in w.leads else 0) + coded


def _follow(w: Words, after: list[str]) -> int:
    if not after or not after[0][0].isalnum():
        return 1
    return -3 if after[0] in w.units else 1 if after[0] in w.follow else -1
