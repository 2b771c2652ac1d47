"""Which pages and questions a set of answers leads through, and what those answers weigh. Pure: answers in, `Walk` out.

Follow-ups are picked one after the other: the most urgent of the categories known so far, then again with what its answer
added. So an answer can change the questions below it, never those above it. An answer to a question that is not
shown is kept by the interview and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from messenger.questionnaire.conditions import Facts, holds
from messenger.questionnaire.form import Option, Page, PageKind, Question, Questionnaire


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for the urgency, for the desk. A reason without points lifts the tier by itself."""

    id: str
    points: int
    words: str

    @property
    def line(self) -> str:
        """For the report: the words, and the points where there are any."""
        return f"{self.words} (+{self.points})" if self.points else self.words


@dataclass(slots=True)
class Walk:
    """The way of one set of answers. `shown` are the questions of each page in the order on screen."""

    form: Questionnaire
    chosen: Mapping[str, tuple[str, ...]]
    pages: list[Page] = field(default_factory=list)
    shown: dict[str, list[Question]] = field(default_factory=dict)
    counted: dict[str, frozenset[str]] = field(default_factory=dict)
    categories: set[str] = field(default_factory=set)

    def facts(self) -> Facts:
        return Facts(self.counted, frozenset(self.categories), self.score)

    def options(self) -> Iterable[tuple[Question, Option]]:
        """The ticked options that count, in the order of asking."""
        for questions in self.shown.values():
            for question in questions:
                ticked = self.counted.get(question.id, frozenset())
                yield from ((question, option) for option in question.options if option.id in ticked)

    def factors(self) -> list[Factor]:
        """Points and their reasons: first of single answers, then of several together."""
        found = [
            Factor(f"{question.id}.{option.id}", option.points, option.factor)
            for question, option in self.options()
            if option.points
        ]
        plain = Facts(self.counted, frozenset(self.categories), lambda: 0)
        found += [Factor(rule.id, rule.points, rule.factor) for rule in self.form.rules if holds(rule.when, plain)]
        return found

    def score(self) -> int:
        return sum(one.points for one in self.factors())


def walk(form: Questionnaire, chosen: Mapping[str, tuple[str, ...]]) -> Walk:
    """The way through `form` with these ticked options. A page of follow-ups with none to show is left out."""
    way = Walk(form, chosen)
    page: Page | None = form.pages[0]
    while page is not None:
        if page.kind is PageKind.FOLLOW_UPS:
            _follow_ups(way, page)
        else:
            _ordinary(way, page)
        if page.kind is not PageKind.FOLLOW_UPS or way.shown[page.id]:
            way.pages.append(page)
        page = _next(way, page)
    return way


def _next(way: Walk, page: Page) -> Page | None:
    facts = way.facts()
    return next((way.form.page(step.goto) for step in page.next if holds(step.when, facts)), None)


def _ordinary(way: Walk, page: Page) -> None:
    way.shown[page.id] = []
    for question in page.questions:
        if holds(question.show_if, way.facts()):
            _count(way, page, question)
            if page.kind is PageKind.TILES:
                way.categories |= way.counted[question.id]


def _follow_ups(way: Walk, page: Page) -> None:
    shown = way.shown[page.id] = []
    while len(shown) < way.form.limits.follow_ups:
        facts = way.facts()
        found = next(
            (
                one
                for one in way.form.follow_ups
                if one not in shown and way.categories.intersection(one.categories) and holds(one.show_if, facts)
            ),
            None,
        )
        if found is None:
            return
        _count(way, page, found)


def _count(way: Walk, page: Page, question: Question) -> None:
    way.shown[page.id].append(question)
    ticked = frozenset(way.chosen.get(question.id, ()))
    way.counted[question.id] = frozenset(one.id for one in question.options if one.id in ticked)
    for option in question.options:
        if option.id in ticked:
            way.categories.update(option.adds)
