"""Phrase data of a language: what an ask looks like in words.

    phrases = load(resources.read("phrases/en.json"), "phrases/en.json")
    phrases.find("R8", words.read("what school do you go to?"))        # (start, end) or None

patterns.py says how a pattern is read. A rule has one of two forms. With `any`, one pattern is enough; its `unless` patterns
anywhere in the sentence, and its `unless_before` patterns in the five words before, take the finding back. With `cues`, each
group of patterns has a weight, a group counts once in a sentence, and the rule sees an ask when a sentence comes to `enough`;
a group below nothing speaks against (advice, a story, a harmless thing with the same word). `readings` are groups that
several rules weigh: the general signs of a question, of advice, of a tale about somebody else. The weights are small whole
numbers that a person can add up; they say how sure a sentence is an ask, and nothing about anybody. A cue's `id` says what it
is: sure, asks, signs and hints speak for an ask, harmless ones and the readings against it.

A rule may have `leanings` as well (leanings.py): small weights of single words, and a `start`. Then a sentence is an ask when
its cues, counted in tenths, its words and the start come to nothing or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from messenger.domain.datafile import Reader, open_reader
from messenger.safety import wordlists
from messenger.safety.leanings import CUE, Leanings, Sums
from messenger.safety.patterns import Book, Entries, Line, Pattern, Slot, Span, parse
from messenger.safety.spelling import Spelling
from messenger.safety.wordlists import Lists
from messenger.safety.words import Text

BEFORE = 5
ENOUGH = 4
MOST = 8
"""What the cues of a sentence count at most, for or against, beside the leanings of its words."""
SPEAKS, ALONE = 2, 6
"""Where the cues come to less than `SPEAKS`, single words must come to `ALONE` tenths more; then those words are shown."""
NOWHERE = (0, 0)
NOTHING = (0, NOWHERE)
_HEAVIEST = 20
_LEANS = 99
Hits = Mapping[int, Sequence[Span]]


@dataclass(frozen=True, slots=True)
class _Plain:
    """A rule of which one pattern is enough; the numbers are those of the groups."""

    any: int
    unless: int
    before: int
    groups: frozenset[int]
    """The numbers of the groups that the rule looks at."""
    speaking: frozenset[int]
    """Those of them that speak for an ask."""
    enough: int = ENOUGH

    def sums(self, hits: Hits, text: Text) -> dict[int, tuple[int, Span]]:
        """By sentence, `enough` and the first words that count."""
        words = text.words
        back = {words[start].sentence for start, _end in hits.get(self.unless, ())}
        behind = {at for start, end in hits.get(self.before, ()) for at in range(end, start + BEFORE + 1)}
        found: dict[int, tuple[int, Span]] = {}
        for one in sorted(hits.get(self.any, ())):
            if words[one[0]].sentence not in back and one[0] not in behind:
                found.setdefault(words[one[0]].sentence, (self.enough, one))
        return found


@dataclass(frozen=True, slots=True)
class _Cue:
    group: int
    weight: int
    whole: bool
    """Counts for every sentence of the message."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A rule whose cues are added up; `cues` come with the heaviest first."""

    cues: tuple[_Cue, ...]
    enough: int
    groups: frozenset[int]
    """The numbers of the groups that the rule looks at."""
    speaking: frozenset[int]
    """Those of them that speak for an ask."""

    def sums(self, hits: Hits, text: Text) -> dict[int, tuple[int, Span]]:
        """By sentence, the sum of the cues and the words of the heaviest ones that make `enough` together."""
        sums: dict[int, int] = {}
        spans: dict[int, Span] = {}
        everywhere = 0
        for cue in self.cues:
            if cue.group not in hits:
                continue
            if cue.whole:
                everywhere += cue.weight
                continue
            per: dict[int, Span] = {}
            for one in hits[cue.group]:
                # What is quoted is told, not asked.
                if cue.weight < 0 or not text.words[one[0]].quoted:
                    per.setdefault(text.words[one[0]].sentence, one)
            for sentence, (start, end) in per.items():
                so_far = sums.get(sentence, 0)
                if cue.weight > 0 and so_far < self.enough:
                    first, last = spans.get(sentence, (start, end))
                    spans[sentence] = (min(first, start), max(last, end))
                sums[sentence] = so_far + cue.weight
        return {one: (sums[one] + everywhere, spans.get(one, NOWHERE)) for one in sums}


@dataclass(frozen=True, slots=True)
class Phrases:
    """A language's patterns by rule."""

    lang: str
    lists: Lists = field(repr=False)
    """The word lists of the rules that read by them."""
    _patterns: tuple[tuple[int, Pattern], ...] = field(repr=False)
    _book: Book = field(repr=False)
    _rules: Mapping[str, _Plain | _Weighed] = field(repr=False)
    _weights: Mapping[str, Mapping[str, int]] = field(repr=False)
    _leanings: Leanings = field(repr=False)
    _sets: Mapping[str, Entries] = field(repr=False)
    _spelling: Spelling = field(repr=False)

    def rules(self) -> tuple[str, ...]:
        """The rules that this language has patterns for."""
        return tuple(self._rules)

    def only(self, rules: Iterable[str]) -> Phrases:
        """The same with some of the rules only, so that no time goes to the others."""
        wanted = set(rules)
        kept = {id: rule for id, rule in self._rules.items() if id in wanted}
        groups = frozenset[int]().union(*(rule.groups for rule in kept.values()))
        patterns = tuple(one for one in self._patterns if one[0] in groups)
        weights = {id: one for id, one in self._weights.items() if id in kept}
        return replace(
            self, _patterns=patterns, _book=Book(patterns), _rules=kept, _weights=weights, _leanings=Leanings(weights)
        )

    def words(self, name: str) -> frozenset[str]:
        """The entries of a set, several words with a space between. Raises `KeyError`."""
        return frozenset(" ".join(one) for one in self._sets[name])

    def find(self, rule: str, text: Text) -> tuple[int, int] | None:
        """The first characters of the message that this rule sees, or None."""
        return self.find_all(text).get(rule)

    def find_all(self, text: Text) -> dict[str, tuple[int, int]]:
        """The first characters that each rule sees, by rule; rules that see nothing are not in it."""
        line = self.line(text)
        hits = self._book.find(line)
        leans = self._leanings.sums(line.forms, text)
        found: dict[str, tuple[int, int]] = {}
        for id, rule in self._rules.items():
            number = self._leanings.number.get(id)
            # Without a word for an ask the rest can only take away.
            if rule.speaking.isdisjoint(hits) and (number is None or all(lean[number] < 0 for lean in leans.values())):
                continue
            sums = rule.sums(hits, text)
            if number is not None:
                span = self._leaning(id, sums, leans, line, text)
            else:
                span = next((sums[one][1] for one in sorted(sums) if sums[one][0] >= rule.enough), None)
            if span is not None:
                found[id] = (text.words[span[0]].start, text.words[span[1] - 1].end)
        return found

    def cues(self, rule: str, text: Text) -> int:
        """What the cues of the sentence that speaks most for an ask come to, as it counts beside the leanings."""
        sums = self._rules[rule].sums(self._book.find(self.line(text)), text)
        return max(-MOST, min(MOST, max((heavy for heavy, _span in sums.values()), default=0)))

    def _leaning(
        self, id: str, sums: Mapping[int, tuple[int, Span]], leans: Sums, line: Line, text: Text
    ) -> Span | None:
        """The words of the sentence whose cues and single words speak most for an ask together, if they say enough.

        A sentence has its neighbours' words beside its own, so that the first one that says enough need not be the ask.
        """
        number = self._leanings.number[id]
        best, found = -1, None
        for sentence, lean in leans.items():
            heavy, span = sums.get(sentence, NOTHING)
            weak = heavy < SPEAKS
            over = max(-MOST, min(MOST, heavy)) * CUE + lean[number] - (ALONE if weak else 0)
            if over > best:
                best, found = over, (sentence, None if weak else span)
        if found is None:
            return None
        sentence, told = found
        return told or self._leanings.shown(id, sentence, line.forms, text)

    def line(self, text: Text) -> Line:
        """The message as it is matched."""
        words = text.words
        forms = tuple(self._spelling.plain(one.text) for one in words)
        places: dict[str, list[int]] = {}
        opens: set[int] = set()
        for place, form in enumerate(forms):
            places.setdefault(form, []).append(place)
            before = forms[place - 1] if place and words[place].clause == words[place - 1].clause else ""
            if not before or self._spelling.joins(before) or (place - 1 in opens and self._spelling.opens(before)):
                opens.add(place)
        ends = [len(words)] * len(words)
        for place in range(len(words) - 2, -1, -1):
            same = words[place + 1].sentence == words[place].sentence
            ends[place] = ends[place + 1] if same else place + 1
        closes: set[int] = set()
        for place in range(len(words) - 1, -1, -1):
            after = (
                forms[place + 1] if place + 1 < len(words) and words[place + 1].clause == words[place].clause else ""
            )
            if not after or (place + 1 in closes and self._spelling.closes(after)):
                closes.add(place)
        asks = tuple(one.sentence in text.questions for one in words)
        return Line(forms, tuple(ends), asks, frozenset(opens), frozenset(closes), places)


@dataclass(slots=True)
class _Groups:
    """The patterns of a file while it is read, by the number of their group."""

    sets: Mapping[str, Entries]
    same: Mapping[str, str]
    patterns: list[tuple[int, Pattern]] = field(default_factory=list)
    count: int = 0
    made: dict[str, Slot] = field(default_factory=dict)

    def add(self, reader: Reader, key: str) -> int:
        """The number of the group with the patterns at `key`."""
        self.count += 1
        self.patterns += [
            (self.count, parse(one, self.sets, self.same, reader, self.made)) for one in reader.texts(key)
        ]
        return self.count


def load(data: bytes, file: str) -> Phrases:
    """The patterns in `data`. Raises `AssetRefused` naming `file` and the pattern."""
    top = open_reader(data, file)
    same = {word: id for id, words in _named(top, "spellings").items() for word in words}
    entries = _named(top, "sets", required=True)
    sets = {
        id: tuple(tuple(same.get(word, word) for word in one.split()) for one in found) for id, found in entries.items()
    }
    groups = _Groups(sets, same)
    readings: dict[str, int] = {}
    for one in top.children("readings", required=False):
        readings[one.text("id")] = groups.add(one, "any")
        one.done()
    rules: dict[str, _Plain | _Weighed] = {}
    weights: dict[str, dict[str, int]] = {}
    for one in top.children("rules"):
        id = one.text("id")
        rules[id] = _weighed(one, groups, readings) if one.has("cues") else _plain(one, groups)
        if one.has("leanings"):
            weights[id] = _leanings(one)
        one.done()
    lang, lists = top.text("lang"), wordlists.load(top)
    top.whole("version", least=1)
    top.done()
    known = {word for _group, one in groups.patterns for slot in one.slots for word in slot.words()}
    patterns = tuple(groups.patterns)
    spelling = Spelling(same, known, sets)
    return Phrases(lang, lists, patterns, Book(patterns), rules, weights, Leanings(weights), sets, spelling)


def _named(top: Reader, key: str, required: bool = False) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in top.children(key, required=required):
        found[one.text("id")] = one.texts("words", required=True)
        one.done()
    return found


def _plain(one: Reader, groups: _Groups) -> _Plain:
    numbers = groups.add(one, "any"), groups.add(one, "unless"), groups.add(one, "unless_before")
    return _Plain(*numbers, frozenset(numbers), frozenset(numbers[:1]))


def _weighed(one: Reader, groups: _Groups, readings: Mapping[str, int]) -> _Weighed:
    cues: list[_Cue] = []
    for child in one.children("cues"):
        child.text("id")
        weight = child.whole("weight", least=-_HEAVIEST, most=_HEAVIEST)
        named = child.text("reading", "")
        if named and named not in readings:
            child.refuse(f"'reading' is '{named}', which is not there")
        group = readings[named] if named else groups.add(child, "any")
        cues.append(_Cue(group, weight, child.yes("whole")))
        child.done()
    enough = one.whole("enough", ENOUGH, least=1, most=_HEAVIEST)
    heaviest_first = tuple(sorted(cues, key=lambda cue: -cue.weight))
    every = frozenset(cue.group for cue in cues)
    return _Weighed(heaviest_first, enough, every, frozenset(cue.group for cue in cues if cue.weight > 0))


def _leanings(one: Reader) -> dict[str, int]:
    found = {"": one.whole("start", 0, least=-_LEANS, most=_LEANS)}
    for child in one.children("leanings", required=True):
        weight = child.whole("weight", least=-_LEANS, most=_LEANS)
        for word in child.texts("words", required=True):
            if word in found:
                child.refuse(f"'{word}' has two weights")
            found[word] = weight
        child.done()
    return found
