"""Digits in a message, however they are written: spaced, spelt out, with a capital O for a nought, in keycaps.

    runs("oh seven 700, then 9OO 216")        # one run: digits "07700900216"

A run is what a person reads as one number: groups with a small sign, a gap or a word like "then" between. Every run remembers
its characters in the message. The text is read once from left to right.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from messenger.safety.lists import words_of

_TOKEN = re.compile(r"[^\W_]+|#(?=\d)")
_CLEAN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0f\u20e3\ufeff]+")
_GAP = re.compile(r"[ \t\u00a0.\u2026\-\u2010-\u2015/()\u00b7*~=>]{0,6}\Z")
_COMMA = re.compile(r"[ ]?,[ ]?\Z")
_DIGITS = {
    "oh": "0", "zero": "0", "nought": "0", "nil": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "o": "0",
}  # fmt: skip
_UNGLUED = re.compile(r"zero|one|two|three|four|five|six|seven|eight|nine|\d")
_GLUED = re.compile(r"(?:zero|one|two|three|four|five|six|seven|eight|nine|\d){2,24}")
_TIMES = {"double": 2, "dbl": 2, "triple": 3, "treble": 3}
_LINKS = words_of(
    "then and second first other half next last bit part dash space dot rest the is ends ending finishes lastly finally after that "
    "hyphen 1st 2nd"
)
_LONGEST_LINK = 4
_WHOLE = 10
"""Digits after which a linking word or a nought begins another number."""
_FIRST = re.compile(r"\d|\b(?:zero|oh|double|triple|nine|eight|seven|six|five|four|three|two|one)\b", re.I)


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that belong together. `start` and `end` are characters of the message; `before` and `after` are the next to them.

    `signs` are the characters in the gaps; `plus`: a plus sign or the word stands in front.
    """

    digits: str
    start: int
    end: int
    groups: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    plus: bool
    signs: str
    before: str
    after: str

    def sizes(self) -> tuple[int, ...]:
        """How many digits each group has."""
        return tuple(len(one) for one in self.groups)


@dataclass(slots=True)
class _Open:
    """A run that is being read."""

    groups: list[str] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)
    plus: bool = False
    size: int = 0
    """How many digits it has."""
    links: int = 0
    held: str = ""
    """The gap before the linking words that wait for more digits."""


def runs(raw: str) -> list[Run]:
    """The numbers of a message, in order."""
    if not _FIRST.search(raw) and raw.isascii():
        return []
    shown, places = _shown(raw)
    found: list[Run] = []
    run, times, last, plus, doubled = _Open(), 1, 0, False, 0
    for match in _TOKEN.finditer(shown):
        piece, gap = match.group(), shown[last : match.start()]
        last = match.end()
        value = _value(piece, bool(run.groups))
        if not value:
            times, plus, doubled = _TIMES.get(piece.casefold(), 1), piece.casefold() == "plus", match.start()
            if run.groups and not _goes_on(run, piece, gap, times):
                _close(run, found, shown, places)
                run = _Open()
            continue
        value *= times if len(value) == 1 else 1
        if run.groups and not _joins(run, gap, plus, value):
            _close(run, found, shown, places)
            run = _Open()
        if not run.groups:
            run.plus = plus or gap.endswith(("+", "+("))
        else:
            run.signs.append(run.held + gap)
        run.groups.append(value)
        run.size += len(value)
        run.spans.append((doubled if times > 1 else match.start(), match.end()))
        run.links, run.held, times, plus = 0, "", 1, False
    if run.groups:
        _close(run, found, shown, places)
    return found


def _goes_on(run: _Open, piece: str, gap: str, times: int) -> bool:
    """Whether a word may stand inside a number: "double", or up to three of "then", "second half" and the like."""
    if times == 1 and piece.casefold() not in _LINKS:
        return False
    run.links += 1
    run.held += gap
    return run.links <= _LONGEST_LINK and bool(_GAP.match(gap) or _COMMA.match(gap))


def _joins(run: _Open, gap: str, plus: bool, value: str) -> bool:
    if plus or (run.size >= _WHOLE and (run.links or (value[0] == "0" and len(value) > 2))):
        return False
    single = len(value) == 1 and len(run.groups[-1]) == 1
    return bool(
        _GAP.match(gap)
        or ((run.links or single) and _COMMA.match(gap))
        or (gap == "_" and (single or run.groups[0][0] == "0"))
    )


def _value(piece: str, inside: bool) -> str:
    if piece.isdecimal():
        return piece if piece.isascii() else "".join(str(unicodedata.decimal(ch)) for ch in piece)
    if piece[0].isdecimal() or piece[-1].isdecimal():
        plain = piece.upper().replace("O", "0")
        return plain if plain.isdecimal() and plain.isascii() else _glued(piece.casefold())
    found = _DIGITS.get(piece.casefold(), "")
    return found if inside or piece.casefold() != "o" else ""


def _glued(piece: str) -> str:
    """Digits and words for digits without a gap: "0seven7zero0"."""
    if not _GLUED.fullmatch(piece):
        return ""
    return "".join(_DIGITS.get(one, one) for one in _UNGLUED.findall(piece))


def _close(run: _Open, found: list[Run], shown: str, places: list[int] | None) -> None:
    start, end = run.spans[0][0], run.spans[-1][1]
    spans = [(places[one], places[last - 1] + 1) for one, last in run.spans] if places else run.spans
    found.append(
        Run(
            "".join(run.groups), spans[0][0], spans[-1][1], tuple(run.groups), tuple(spans), run.plus, "".join(run.signs),
            shown[max(0, start - 1) : start], shown[end : end + 2],
        )
    )  # fmt: skip


def _shown(raw: str) -> tuple[str, list[int] | None]:
    """The message without characters that nobody sees, and the place of each character left; None: nothing was taken."""
    if raw.isascii() or not _CLEAN.search(raw):
        return raw, None
    places = [at for at, ch in enumerate(raw) if not _CLEAN.match(ch)]
    return "".join(raw[at] for at in places), places
