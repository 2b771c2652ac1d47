"""Patterns over words and the matching of them: what phrases.py reads from its data file, in time that grows with the text only.

A pattern is words with a space between. ``a|b`` is either, ``a_b`` two words at one place, ``pic*`` a beginning, ``@set``
any entry of a set (an entry may be several words), ``?`` before a word makes it optional, ``~`` stands for up to five words
of the set `filler` (please, just, really ...), ``~name`` for words of that set too, ``..`` for up to three of any words
(``..5`` for up to five), ``^`` in front wants the beginning of a clause, ``$`` at the end the end of a clause, and ``#q``
behind that a question.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from messenger.domain.datafile import Reader

Entries = tuple[tuple[str, ...], ...]
Span = tuple[int, int]
_LONGEST = 14
_GAP = re.compile(r"\.\.([1-9]?)")
_WORD = re.compile(r"[^\W_]+(?:\*|(?:_[^\W_]+)+)?")
_OPENING, _CLOSING, _QUESTION = "^", "$", "#q"


@dataclass(frozen=True, slots=True)
class Line:
    """A message ready to be matched: its words in one spelling, and for each word where its sentence ends."""

    forms: tuple[str, ...]
    ends: tuple[int, ...]
    asks: tuple[bool, ...]
    """Whether the word is in a sentence with a question mark."""
    opens: frozenset[int]
    """Places that begin a clause, or that only opening words (please, and, ok) stand before in it."""
    closes: frozenset[int]
    """Places behind which a clause ends, but for closing words (please, now, mate)."""
    places: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a pattern: exact words, beginnings of words, phrases of a set, or a gap of up to `gap` words."""

    exact: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    phrases: Mapping[str, Entries] = field(default_factory=dict)
    gap: int = 0
    filler: bool = False
    optional: bool = False
    plain: bool = field(init=False)
    """Whether the place takes exactly one of its exact words."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", not (self.starts or self.phrases or self.gap or self.optional))

    def firsts(self) -> frozenset[str]:
        """Every word that this place can begin with, but for beginnings of words."""
        return self.exact.union(self.phrases)

    def words(self) -> frozenset[str]:
        """Every whole word that this place may hold."""
        return self.exact | {word for entries in self.phrases.values() for one in entries for word in one}

    def must(self) -> bool:
        """Whether a match holds one of `firsts`."""
        return not (self.optional or self.gap or self.starts)

    def sizes(self, forms: Sequence[str], place: int, last: int) -> Iterator[int]:
        """How many words this place may take here, in the order in which they are tried."""
        if self.gap:
            for step in range(min(self.gap, last - place) + 1):
                if step and self.filler and forms[place + step - 1] not in self.exact:
                    return
                yield step
            return
        yield from self.fits(forms, place, last)
        if self.optional:
            yield 0

    def fits(self, forms: Sequence[str], place: int, end: int) -> Sequence[int]:
        """How many words this place can take here, the longest first."""
        if place >= end:
            return ()
        word = forms[place]
        one = (1,) if word in self.exact or (self.starts and word.startswith(self.starts)) else ()
        if word not in self.phrases:
            return one
        longer = {
            len(entry)
            for entry in self.phrases[word]
            if place + len(entry) <= end and tuple(forms[place : place + len(entry)]) == entry
        }
        return sorted({*longer, *one}, reverse=True)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Places one after the other, inside one sentence."""

    slots: tuple[Slot, ...]
    question: bool
    opening: bool
    closing: bool

    def end(self, line: Line, place: int) -> int:
        """The word after the match that begins at `place`, or -1."""
        if (self.question and not line.asks[place]) or (self.opening and place not in line.opens):
            return -1
        slots, last = self.slots, line.ends[place]
        # Most attempts end here: the second word is another one.
        pair = len(slots) > 1 and slots[0].plain and slots[1].plain
        if pair and (place + 1 >= last or line.forms[place + 1] not in slots[1].exact):
            return -1
        stops = line.closes if self.closing else None
        return _run(slots, stops, 0, line.forms, place, last, set())


def _run(
    slots: tuple[Slot, ...],
    stops: frozenset[int] | None,
    at: int,
    forms: Sequence[str],
    place: int,
    last: int,
    failed: set[tuple[int, int]],
) -> int:
    """The word behind the match of the places from `at` on, or -1.

    `failed` keeps what was tried in vain, so that the work at one word is bounded by the places of the pattern times the
    words that it can reach, whatever somebody writes.
    """
    while at < len(slots) and slots[at].plain:
        if place >= last or forms[place] not in slots[at].exact:
            return -1
        at, place = at + 1, place + 1
    if at == len(slots):
        return place if stops is None or place - 1 in stops else -1
    if (at, place) in failed:
        return -1
    after = slots[at + 1] if at + 1 < len(slots) else None
    exact = after.exact if after is not None and after.plain else None
    for size in slots[at].sizes(forms, place, last):
        if exact is not None and (place + size >= last or forms[place + size] not in exact):
            continue
        end = _run(slots, stops, at + 1, forms, place + size, last, failed)
        if end >= 0:
            return end
    failed.add((at, place))
    return -1


_Entry = tuple[int, int, Pattern, frozenset[str]]
"""The bits of the sets of words of each of which a message must hold one, a group, its pattern, the words it begins with."""


class Book:
    """Many patterns, each of a group, found in one look at a message."""

    def __init__(self, patterns: Sequence[tuple[int, Pattern]]) -> None:
        """`patterns` come with the number of their group."""
        self._patterns = patterns
        self._loose: list[_Entry] = []
        self._by_word: dict[str, list[_Entry]] = {}
        self._bits: dict[str, int] = {}
        """For each word, a bit for every set of words that it is in."""
        self._sorted = False

    def _sort(self) -> None:
        """Put the patterns in order, at the first look: a book of which only a part is used costs nothing."""
        self._sorted = True
        seen = Counter(
            word for _group, one in self._patterns for slot in one.slots if slot.must() for word in slot.firsts()
        )
        sets: dict[frozenset[str], int] = {}
        for group, one in self._patterns:
            musts = sorted(
                {slot.firsts() for slot in one.slots if slot.must()},
                key=lambda words: sum(seen[word] for word in words),
            )
            need = sum(sets.setdefault(must, 1 << len(sets)) for must in musts[1:])
            entry = (need, group, one, one.slots[0].firsts())
            if not musts:
                self._loose.append(entry)
            # The place with the rarest words decides: most messages hold none of them.
            for word in musts[0] if musts else ():
                self._by_word.setdefault(word, []).append(entry)
        for words, bit in sets.items():
            for word in words:
                self._bits[word] = self._bits.get(word, 0) | bit

    def find(self, line: Line) -> dict[int, list[Span]]:
        """Where the patterns of each group are: (first word, word after the last)."""
        if not self._sorted:
            self._sort()
        places, bits = line.places, self._bits
        held = 0
        for word in places:
            if word in bits:
                held |= bits[word]
        tried: set[int] = set()
        found: dict[int, list[Span]] = {}
        for entries in (self._loose, *(self._by_word[word] for word in places if word in self._by_word)):
            for need, group, one, firsts in entries:
                if held & need != need or id(one) in tried:
                    continue
                tried.add(id(one))
                for place in _beginnings(one, firsts, line):
                    end = one.end(line, place)
                    if end > place:
                        found.setdefault(group, []).append((place, end))
        return found


def _beginnings(pattern: Pattern, firsts: frozenset[str], line: Line) -> Sequence[int]:
    if pattern.slots[0].starts:
        return range(len(line.forms))
    words = [word for word in line.places if word in firsts]
    found = line.places[words[0]] if len(words) == 1 else sorted(at for word in words for at in line.places[word])
    return [one for one in found if one in line.opens] if pattern.opening else found


def parse(
    text: str, sets: Mapping[str, Entries], same: Mapping[str, str], reader: Reader, made: dict[str, Slot] | None = None
) -> Pattern:
    """The pattern in `text`. `same` are the spellings that are made one, `made` the places of earlier patterns of this file.

    Raises `AssetRefused` naming the pattern.
    """
    made = {} if made is None else made
    parts = text.removeprefix(_OPENING).split()
    question = parts[-1:] == [_QUESTION]
    parts = parts[:-1] if question else parts
    closing = parts[-1:] == [_CLOSING]
    parts = parts[:-1] if closing else parts
    for one in parts:
        if one not in made:
            made[one] = _slot(one, sets, same, reader, text)
    slots = tuple(made[one] for one in parts)
    if not slots or len(slots) > _LONGEST:
        reader.refuse(f"the pattern '{text}' must have 1 to {_LONGEST} places")
    if slots[0].optional or slots[0].gap or slots[-1].gap:
        reader.refuse(f"the pattern '{text}' must begin and end with a word")
    return Pattern(slots, question, text.startswith(_OPENING), closing)


def _slot(part: str, sets: Mapping[str, Entries], same: Mapping[str, str], reader: Reader, text: str) -> Slot:
    if part.startswith("~"):
        names = ("filler", part[1:]) if part[1:] else ("filler",)
        entries = [one for name in names for one in _entries(name, sets, reader, text)]
        return Slot(exact=frozenset(one[0] for one in entries if len(one) == 1), gap=5, filler=True)
    if gap := _GAP.fullmatch(part):
        return Slot(gap=int(gap.group(1) or 3))
    optional, part = part.startswith("?"), part.removeprefix("?")
    found: list[tuple[str, ...]] = []
    for one in part.split("|"):
        if one.startswith("@"):
            found += _entries(one[1:], sets, reader, text)
        elif _WORD.fullmatch(one):
            found.append(tuple(same.get(word, word) for word in one.split("_")))
        else:
            reader.refuse(f"the pattern '{text}' has a place that is not a word")
    longer: dict[str, list[tuple[str, ...]]] = {}
    for entry in dict.fromkeys(one for one in found if len(one) > 1):
        longer.setdefault(entry[0], []).append(entry)
    return Slot(
        exact=frozenset(one[0] for one in found if len(one) == 1 and not one[0].endswith("*")),
        starts=tuple(one[0][:-1] for one in found if len(one) == 1 and one[0].endswith("*")),
        phrases={word: tuple(entries) for word, entries in longer.items()},
        optional=optional,
    )


def _entries(name: str, sets: Mapping[str, Entries], reader: Reader, text: str) -> Entries:
    if name not in sets:
        reader.refuse(f"the pattern '{text}' names an unknown set")
    return sets[name]
