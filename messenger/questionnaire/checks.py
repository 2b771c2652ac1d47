"""What makes a questionnaire wrong: dead ends, cycles, unknown names, questions that nobody can reach, too many pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NoReturn

from messenger.domain.errors import AssetRefused
from messenger.questionnaire import codes
from messenger.questionnaire.conditions import Condition, Kind
from messenger.questionnaire.form import (
    TIERS,
    CardKind,
    Page,
    PageKind,
    Question,
    QuestionKind,
    Questionnaire,
    Step,
)

ROLES = frozenset({"self", "parent", "friend", "professional", "other"})
AGE_BANDS = frozenset({"under_13", "13_15", "16_17", "18_over", "unknown"})
ACTIONS = frozenset(
    {
        "emergency",
        "helpline",
        "adult",
        "take_down",
        "report_remove",
        "password",
        "keep_messages",
        "numbers",
        "called",
        "adult_calling",
    }
)
ROUTES = frozenset({"pictures", "fraud", "school", "account", "police"})
FIELDS = frozenset(
    {
        *("role", "age_band", "category", "emergency_choice", "narrative"),
        *(
            "name",
            "contact",
            "phone",
            "email",
            "safe_when",
            "country",
            "guardian_name",
            "guardian_contact",
            "told_adult",
        ),
        *("counterpart", "other_addresses", "known_offline", "claims_name", "claims_age", "claims_place"),
        *("other_accounts", "also_on", "ongoing"),
    }
)
"""Places in the report that an answer may fill: reporting.md c.1."""
_CHOSEN = frozenset({QuestionKind.ONE, QuestionKind.MANY})
_LONGEST = {"title": 60, "text": 90, "help": 160, "label": 30, "line": 140, "missing": 120}


class _Check:
    """One pass over one questionnaire."""

    def __init__(self, form: Questionnaire, file: str) -> None:
        self.form = form
        self.file = file
        self.order = {question.id: place for place, (_page, question) in enumerate(form.questions())}
        self.categories = {one.id for one in form.categories}

    def refuse(self, id: str, reason: str) -> NoReturn:
        raise AssetRefused(self.file, id, reason)

    def unique(self, what: str, ids: Iterable[str]) -> None:
        seen: set[str] = set()
        for id in ids:
            if id in seen:
                self.refuse(id, f"two {what} have this id")
            seen.add(id)

    def short(self, id: str, what: str, words: str) -> None:
        if len(words) > _LONGEST[what]:
            self.refuse(id, f"the {what} is longer than {_LONGEST[what]} characters")

    def known(self, id: str, what: str, name: str, known: Iterable[str]) -> None:
        if name not in set(known):
            self.refuse(id, f"unknown {what} '{name}'")

    # -- names and words

    def names(self) -> None:
        form = self.form
        self.unique("questions", (question.id for _page, question in form.questions()))
        self.unique("pages", (page.id for page in form.pages))
        self.unique("questions fill this field; they", (one.field for _page, one in form.questions() if one.field))
        for kind in (PageKind.START, PageKind.TILES, PageKind.FOLLOW_UPS, PageKind.CHECK):
            if sum(page.kind is kind for page in form.pages) != 1:
                self.refuse(form.id, f"there must be exactly one page of kind {kind}")
        if form.pages[0].kind is not PageKind.START or form.pages[0].counted:
            self.refuse(form.pages[0].id, "the first page must be the start page, not counted")
        self.ids_of(form.role_question, "role_question", ROLES)
        self.ids_of(form.age_question, "age_question", AGE_BANDS)

    def ids_of(self, id: str, what: str, allowed: frozenset[str]) -> None:
        if id not in self.order:
            self.refuse(self.form.id, f"unknown question '{id}' in '{what}'")
        question = self.form.question(id)
        if question.kind is not QuestionKind.ONE:
            self.refuse(id, f"'{what}' must be a question of kind one")
        for option in question.options:
            self.known(id, "answer", option.id, allowed)

    def page(self, page: Page) -> None:
        self.short(page.id, "title", page.title)
        self.short(page.id, "help", page.help)
        for line in page.lines:
            self.short(page.id, "line", line)
        if page.kind is PageKind.FOLLOW_UPS and page.questions:
            self.refuse(page.id, "the page of follow-ups has no questions of its own")
        if page.kind is PageKind.TILES:
            self.tiles(page)

    def tiles(self, page: Page) -> None:
        if len(page.questions) != 1 or page.questions[0].kind is not QuestionKind.MANY:
            self.refuse(page.id, "the page of tiles has one question of kind many")
        question = page.questions[0]
        if {one.id for one in question.options} != self.categories:
            self.refuse(question.id, "the tiles must be exactly the categories")

    def question(self, question: Question) -> None:
        self.short(question.id, "title", question.text)
        self.short(question.id, "title", question.other)
        self.short(question.id, "help", question.help)
        self.short(question.id, "label", question.label)
        self.short(question.id, "missing", question.missing)
        if (question.kind in _CHOSEN) != (len(question.options) >= 2):
            self.refuse(question.id, "kinds one and many have at least two options, other kinds none")
        if question.required and not question.missing:
            self.refuse(question.id, "a required question needs the words for a missing answer")
        if question.field:
            self.known(question.id, "field", question.field, FIELDS)
        if question.missing_card:
            self.known(question.id, "card", question.missing_card, (one.id for one in self.form.cards))
        for option in question.options:
            self.option(question, option.id)

    def option(self, question: Question, id: str) -> None:
        option = question.option(id)
        assert option is not None
        where = f"{question.id}.{id}"
        self.short(where, "text", option.text)
        self.short(where, "text", option.other)
        if bool(option.points) != bool(option.factor):
            self.refuse(where, "points and the factor that the desk reads go together")
        if option.alone and question.kind is not QuestionKind.MANY:
            self.refuse(where, "only an option of a question of kind many can stand alone")
        for category in option.adds:
            self.known(where, "category", category, self.categories)
        for route in option.routes:
            self.known(where, "route", route, ROUTES)

    def follow_ups(self) -> None:
        for question in self.form.follow_ups:
            if question.required:
                self.refuse(question.id, "a follow-up cannot be required")
            for category in question.categories:
                self.known(question.id, "category", category, self.categories)
            if not any(question in self.first(category) for category in question.categories):
                self.refuse(
                    question.id, f"can never be shown: {self.form.limits.follow_ups} more urgent ones come first"
                )
        for one in self.form.categories:
            if not self.first(one.id):
                self.refuse(one.id, "has no follow-up question")
        if len({one.priority for one in self.form.follow_ups}) != len(self.form.follow_ups):
            self.refuse(self.form.id, "two follow-ups have the same priority")

    def first(self, category: str) -> list[Question]:
        mine = [one for one in self.form.follow_ups if category in one.categories]
        return mine[: self.form.limits.follow_ups]

    def cards(self) -> None:
        for card in self.form.cards:
            self.short(card.id, "title", card.title)
            for line in card.lines:
                self.short(card.id, "line", line)
            self.known(card.id, "page", card.page, (page.id for page in self.form.pages))
            for action in card.actions:
                self.known(card.id, "action", action, ACTIONS)
        if not any(card.kind is CardKind.EMERGENCY for card in self.form.cards):
            self.refuse(self.form.id, "there is no emergency card")

    # -- conditions

    def condition(self, id: str, condition: Condition | None, before: int | None = None, score: bool = False) -> None:
        """`before`: only questions asked before this place may be named. `score`: whether points may be."""
        for one in condition.each() if condition else ():
            if one.kind is Kind.ANSWER:
                self.answer(id, one, before)
            elif one.kind is Kind.CATEGORY:
                for category in one.values:
                    self.known(id, "category", category, self.categories)
            elif one.kind is Kind.SCORE and not score:
                self.refuse(id, "points cannot be asked about here")

    def answer(self, id: str, condition: Condition, before: int | None) -> None:
        self.known(id, "question", condition.question, self.order)
        if before is not None and self.order[condition.question] >= before:
            self.refuse(id, f"depends on '{condition.question}', which is not asked before it")
        question = self.form.question(condition.question)
        for value in condition.values:
            if question.option(value) is None:
                self.refuse(id, f"unknown answer '{value}' of '{question.id}'")

    def conditions(self) -> None:
        form = self.form
        for _page, question in form.questions():
            self.condition(question.id, question.show_if, before=self.order[question.id])
        for rule in form.rules:
            self.condition(rule.id, rule.when)
        for tier in form.tiers:
            self.condition(tier.id, tier.when)
        for card in form.cards:
            self.condition(card.id, card.when, score=True)
        for primary in form.primary:
            self.known("primary", "category", primary.category, self.categories)
            self.condition(f"primary.{primary.category}", primary.when, score=True)
        for code in form.codes:
            self.known(code.code, "code", code.code, codes.KNOWN)
            self.condition(code.code, code.when, score=True)

    def ranks(self) -> None:
        self.unique("ranks of categories", (str(one.rank) for one in self.form.categories))
        mapped = {
            value
            for code in self.form.codes
            for one in code.when.each()
            if one.kind is Kind.CATEGORY
            for value in one.values
        }
        for category in self.form.categories:
            if category.id not in mapped:
                self.refuse(category.id, "is not mapped to any code")

    def tiers(self) -> None:
        tiers = self.form.tiers
        if tuple(one.id for one in tiers) != TIERS:
            self.refuse("tiers", f"must be {', '.join(TIERS)} in this order")
        scores = [one.score for one in tiers]
        if scores[-1] != 0 or any(high <= low for high, low in pairwise(scores)):
            self.refuse("tiers", "the scores must go down to 0")
        for one in tiers:
            if (one.when is None) != (not one.factor):
                self.refuse(one.id, "a condition and the factor that the desk reads go together")

    # -- the way through

    def steps(self) -> None:
        ids = {page.id for page in self.form.pages}
        for page in self.form.pages:
            if (page.kind is PageKind.CHECK) != (not page.next):
                self.refuse(page.id, "every page leads on, except the check page")
            for step in page.next:
                self.known(page.id, "page in goto", step.goto, ids)
            if any(step.when is None for step in page.next[:-1]) or (page.next and page.next[-1].when is not None):
                self.refuse(page.id, "the last step, and only the last, has no condition")
        self.way(self.form.pages[0].id, ())
        reached = set(_reached(self.form))
        for page in self.form.pages:
            if page.id not in reached:
                self.refuse(page.id, "no page leads here")
        for page in self.form.pages:
            self.step_conditions(page)

    def step_conditions(self, page: Page) -> None:
        asked = [self.order[one.id] for where, one in self.form.questions() if where is page]
        last = max(asked, default=-1)
        for step in page.next:
            self.condition(page.id, step.when, before=last + 1, score=True)

    def way(self, id: str, before: tuple[str, ...]) -> None:
        """Follows every way to its end; the files are small and the ways few."""
        if id in before:
            self.refuse(id, "the pages go round in a circle: " + " > ".join((*before[before.index(id) :], id)))
        path = (*before, id)
        page = self.form.page(id)
        if not page.next and sum(self.form.page(one).counted for one in path) > self.form.limits.pages:
            self.refuse(id, f"more than {self.form.limits.pages} asking pages lead here")
        for target in dict.fromkeys(step.goto for step in page.next):
            self.way(target, path)


def _reached(form: Questionnaire) -> Iterator[str]:
    waiting, seen = [form.pages[0].id], {form.pages[0].id}
    while waiting:
        id = waiting.pop()
        yield id
        found: tuple[Step, ...] = form.page(id).next
        new = [step.goto for step in found if step.goto not in seen]
        seen.update(new)
        waiting.extend(new)


def check(form: Questionnaire, file: str) -> None:
    """Raises `AssetRefused` for the first thing that is wrong."""
    one = _Check(form, file)
    one.names()
    for page in form.pages:
        one.page(page)
    for _page, question in form.questions():
        one.question(question)
    passes: tuple[Callable[[], None], ...] = (
        one.follow_ups,
        one.cards,
        one.conditions,
        one.ranks,
        one.tiers,
        one.steps,
    )
    for step in passes:
        step()
