"""Phrase data of a language: what an ask looks like in words, as patterns that are matched in linear time.

    phrases = load(resources.read("phrases/en.json"), "phrases/en.json")
    phrases.find("R8", words.read("what school do you go to?"))        # (start, end) or None

A pattern is words with a space between. ``a|b`` is either, ``pic*`` a beginning, ``@set`` any entry of a set (an entry may
be several words), ``?`` before a word makes it optional, ``~`` stands for up to five words of the set `filler` (please, just,
really ...), ``~name`` for words of that set too, ``..`` for up to three of any words (``..5`` for up to five), and ``#q`` at
the end wants a question. A rule's `unless` patterns anywhere in the sentence, and its `unless_before` patterns in the five
words before, take a finding back: advice and stories speak of an ask without asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from messenger.domain.datafile import Reader, open_reader
from messenger.safety.words import Text, Word

BEFORE = 5
_LONGEST = 14
_GAP = re.compile(r"\.\.([1-9]?)")
_WORD = re.compile(r"[^\W_]+\*?")
_QUESTION = "#q"
_LISTS = ("any", "unless", "unless_before")


@dataclass(frozen=True, slots=True)
class _Slot:
    """One place of a pattern: exact words, beginnings of words, phrases of a set, or a gap of up to `gap` words."""

    exact: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    gap: int = 0
    filler: bool = False
    optional: bool = False

    def firsts(self) -> frozenset[str]:
        """Every word that this place can begin with, but for beginnings of words."""
        return self.exact | {one[0] for one in self.phrases}

    def sizes(self, words: Sequence[Word], place: int, last: int) -> Iterator[int]:
        """How many words this place may take here, in the order in which they are tried."""
        if self.gap:
            for step in range(min(self.gap, last - place) + 1):
                if step and self.filler and words[place + step - 1].text not in self.exact:
                    return
                yield step
            return
        yield from self.fits(words, place, last)
        if self.optional:
            yield 0

    def fits(self, words: Sequence[Word], place: int, end: int) -> list[int]:
        """How many words this place can take here, the longest first."""
        if place >= end:
            return []
        word = words[place].text
        found = [1] if word in self.exact or (self.starts and word.startswith(self.starts)) else []
        longer = [
            len(one)
            for one in self.phrases
            if one[0] == word
            and place + len(one) <= end
            and all(words[place + at].text == one[at] for at in range(1, len(one)))
        ]
        return sorted({*longer, *found}, reverse=True) if longer else found


@dataclass(frozen=True, slots=True)
class _Pattern:
    slots: tuple[_Slot, ...]
    question: bool
    needs: frozenset[str]
    """Words of which a message must hold one: a quick no for most messages. Empty: no such place."""

    def end(self, text: Text, place: int, last: int) -> int:
        """The word after the match that begins at `place`, or -1. `last` is the end of the sentence."""
        if self.question and text.words[place].sentence not in text.questions:
            return -1
        return _run(self.slots, 0, text.words, place, last, set())


def _run(
    slots: tuple[_Slot, ...], at: int, words: Sequence[Word], place: int, last: int, failed: set[tuple[int, int]]
) -> int:
    """The word behind the match of the places from `at` on, or -1.

    `failed` keeps what was tried in vain, so that the work at one word is bounded by the places of the pattern times the
    words that it can reach, whatever somebody writes.
    """
    if at == len(slots):
        return place
    if (at, place) in failed:
        return -1
    slot = slots[at]
    for size in slot.sizes(words, place, last):
        end = _run(slots, at + 1, words, place + size, last, failed)
        if end >= 0:
            return end
    failed.add((at, place))
    return -1


@dataclass(frozen=True, slots=True)
class _Index:
    """Patterns, each with its rule, by the word that they begin with."""

    exact: Mapping[str, tuple[tuple[str, _Pattern], ...]]
    starts: tuple[tuple[str, tuple[str, _Pattern]], ...]

    def at(self, word: str) -> Sequence[tuple[str, _Pattern]]:
        """What may begin with this word."""
        found = self.exact.get(word, ())
        if self.starts:
            found = (*found, *(one for start, one in self.starts if word.startswith(start)))
        return found


@dataclass(frozen=True, slots=True)
class _Rule:
    """What takes a finding of a rule back."""

    unless: _Index
    before: _Index


@dataclass(frozen=True, slots=True)
class Phrases:
    """A language's patterns by rule."""

    lang: str
    _asks: _Index = field(repr=False)
    _rules: Mapping[str, _Rule] = field(repr=False)
    _sets: Mapping[str, tuple[tuple[str, ...], ...]] = field(repr=False)

    def rules(self) -> tuple[str, ...]:
        """The rules that this language has patterns for."""
        return tuple(self._rules)

    def words(self, name: str) -> frozenset[str]:
        """The entries of a set, several words with a space between. Raises `KeyError`."""
        return frozenset(" ".join(one) for one in self._sets[name])

    def find(self, rule: str, text: Text) -> tuple[int, int] | None:
        """The first characters of the message that this rule sees, or None."""
        return self.find_all(text).get(rule)

    def find_all(self, text: Text) -> dict[str, tuple[int, int]]:
        """The first characters that each rule sees, by rule; rules that see nothing are not in it."""
        words = text.words
        bag = frozenset(one.text for one in words)
        ends = _sentence_ends(words)
        found: dict[str, tuple[int, int]] = {}
        for place, word in enumerate(words):
            for rule, pattern in self._asks.at(word.text):
                if rule in found or (pattern.needs and bag.isdisjoint(pattern.needs)):
                    continue
                end = pattern.end(text, place, ends[place])
                if end > place and not _taken_back(self._rules[rule], text, place, ends):
                    found[rule] = (word.start, words[end - 1].end)
        return found


def _taken_back(rule: _Rule, text: Text, place: int, ends: Sequence[int]) -> bool:
    words = text.words
    first = place
    while first > 0 and words[first - 1].sentence == words[place].sentence:
        first -= 1
    for at in range(first, ends[place]):
        for _rule, pattern in rule.unless.at(words[at].text):
            if pattern.end(text, at, ends[place]) > at:
                return True
    for at in range(max(first, place - BEFORE), place):
        for _rule, pattern in rule.before.at(words[at].text):
            if at < pattern.end(text, at, ends[place]) <= place:
                return True
    return False


def _sentence_ends(words: Sequence[Word]) -> list[int]:
    """For each word the place behind its sentence's last word."""
    ends = [0] * len(words)
    end = len(words)
    for place in range(len(words) - 1, -1, -1):
        if place + 1 < len(words) and words[place + 1].sentence != words[place].sentence:
            end = place + 1
        ends[place] = end
    return ends


def load(data: bytes, file: str) -> Phrases:
    """The patterns in `data`. Raises `AssetRefused` naming `file` and the pattern."""
    top = open_reader(data, file)
    sets: dict[str, tuple[tuple[str, ...], ...]] = {}
    for one in top.children("sets"):
        name = one.text("id")
        sets[name] = tuple(tuple(entry.split()) for entry in one.texts("words", required=True))
        one.done()
    rules: dict[str, _Rule] = {}
    asks: list[tuple[str, _Pattern]] = []
    for one in top.children("rules"):
        id = one.text("id")
        found = {key: [(id, _pattern(text, sets, one)) for text in one.texts(key)] for key in _LISTS}
        asks += found["any"]
        rules[id] = _Rule(_index(found["unless"]), _index(found["unless_before"]))
        one.done()
    lang = top.text("lang")
    top.whole("version", least=1)
    top.done()
    return Phrases(lang, _index(asks), rules, sets)


def _pattern(text: str, sets: Mapping[str, tuple[tuple[str, ...], ...]], reader: Reader) -> _Pattern:
    parts = text.split()
    question = parts[-1:] == [_QUESTION]
    slots = tuple(_slot(one, sets, reader, text) for one in (parts[:-1] if question else parts))
    if not slots or len(slots) > _LONGEST:
        reader.refuse(f"the pattern '{text}' must have 1 to {_LONGEST} places")
    if slots[0].optional or slots[0].gap or slots[-1].gap:
        reader.refuse(f"the pattern '{text}' must begin and end with a word")
    musts = [one.firsts() for one in slots[1:] if not (one.optional or one.gap or one.starts)]
    return _Pattern(slots, question, min(musts, key=len, default=frozenset()))


def _slot(part: str, sets: Mapping[str, tuple[tuple[str, ...], ...]], reader: Reader, text: str) -> _Slot:
    if part.startswith("~"):
        names = ("filler", part[1:]) if part[1:] else ("filler",)
        for name in names:
            if name not in sets:
                reader.refuse(f"the pattern '{text}' names an unknown set")
        return _Slot(
            exact=frozenset(one[0] for name in names for one in sets[name] if len(one) == 1), gap=5, filler=True
        )
    if gap := _GAP.fullmatch(part):
        return _Slot(gap=int(gap.group(1) or 3))
    optional, part = part.startswith("?"), part.removeprefix("?")
    entries: list[tuple[str, ...]] = []
    for one in part.split("|"):
        if one.startswith("@"):
            if one[1:] not in sets:
                reader.refuse(f"the pattern '{text}' names an unknown set")
            entries += sets[one[1:]]
        elif _WORD.fullmatch(one):
            entries.append((one,))
        else:
            reader.refuse(f"the pattern '{text}' has a place that is not a word")
    singles = [one[0] for one in entries if len(one) == 1]
    return _Slot(
        exact=frozenset(one for one in singles if not one.endswith("*")),
        starts=tuple(one[:-1] for one in singles if one.endswith("*")),
        phrases=tuple(dict.fromkeys(one for one in entries if len(one) > 1)),
        optional=optional,
    )


def _index(patterns: Sequence[tuple[str, _Pattern]]) -> _Index:
    exact: dict[str, list[tuple[str, _Pattern]]] = {}
    starts: list[tuple[str, tuple[str, _Pattern]]] = []
    for one in patterns:
        first = one[1].slots[0]
        for word in first.firsts():
            exact.setdefault(word, []).append(one)
        starts += [(start, one) for start in first.starts]
    return _Index({word: tuple(found) for word, found in exact.items()}, tuple(starts))
