"""When something of the questionnaire holds: the small language of all, any, not, answer, category and score.

{"all": [C, ...]}  {"any": [C, ...]}  {"not": C}
{"answer": "m1", "is": ["today", "week"]}     one of these options is ticked
{"category": ["blackmail", "meeting"]}        one of these is ticked, or was added by an answer
{"score>=": 40}                               points so far
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from messenger.domain.datafile import Reader

DEEPEST = 4
"""Nested levels of one condition: more cannot be read by a person either."""


class Kind(StrEnum):
    ALL = "all"
    ANY = "any"
    NOT = "not"
    ANSWER = "answer"
    CATEGORY = "category"
    SCORE = "score>="


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; which members count depends on `kind`."""

    kind: Kind
    parts: tuple[Condition, ...] = ()
    question: str = ""
    values: tuple[str, ...] = ()
    least: int = 0

    def each(self) -> Iterator[Condition]:
        """This condition and all those inside it."""
        yield self
        for part in self.parts:
            yield from part.each()


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are held against: ticked options by question, categories, and the score so far."""

    chosen: Mapping[str, frozenset[str]]
    categories: frozenset[str]
    score: Callable[[], int]


def read(reader: Reader, deep: int = 0) -> Condition:
    """The condition in `reader`. Raises `AssetRefused`."""
    if deep > DEEPEST:
        reader.refuse("a condition is nested too deeply")
    found = [kind for kind in Kind if reader.has(kind)]
    if len(found) != 1:
        reader.refuse("a condition has exactly one of all, any, not, answer, category, score>=")
    condition = _read(reader, found[0], deep)
    reader.done()
    return condition


def _read(reader: Reader, kind: Kind, deep: int) -> Condition:
    if kind is Kind.ANSWER:
        return Condition(kind, question=reader.text("answer"), values=reader.texts("is", required=True))
    if kind is Kind.CATEGORY:
        return Condition(kind, values=reader.texts("category", required=True))
    if kind is Kind.SCORE:
        return Condition(kind, least=reader.whole("score>="))
    inner = [reader.child("not")] if kind is Kind.NOT else reader.children(kind)
    return Condition(kind, parts=tuple(read(one, deep + 1) for one in inner if one is not None))


def holds(condition: Condition | None, facts: Facts) -> bool:
    """Whether `condition` is true of `facts`; no condition always is."""
    if condition is None:
        return True
    if condition.kind is Kind.ALL:
        return all(holds(part, facts) for part in condition.parts)
    if condition.kind is Kind.ANY:
        return any(holds(part, facts) for part in condition.parts)
    if condition.kind is Kind.NOT:
        return not holds(condition.parts[0], facts)
    if condition.kind is Kind.ANSWER:
        return not facts.chosen.get(condition.question, frozenset()).isdisjoint(condition.values)
    if condition.kind is Kind.CATEGORY:
        return not facts.categories.isdisjoint(condition.values)
    return facts.score() >= condition.least
