"""The parts of a questionnaire: pages, questions, options, cards and rules, all frozen (tree.py reads them).

Every `text`, `other`, `help`, `title`, `label`, `missing`, `lines` is a gettext msgid in British English: pass it through the
translation function before a person sees it. `Questionnaire.words()` gives all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from messenger.questionnaire.conditions import Condition


class PageKind(StrEnum):
    """START is not counted; CHECK is the last page."""

    START = "start"
    CHOICE = "choice"
    AGE = "age"
    TILES = "tiles"
    FOLLOW_UPS = "follow_ups"
    PEOPLE = "people"
    MESSAGES = "messages"
    WORDS = "words"
    DETAILS = "details"
    CHECK = "check"


class QuestionKind(StrEnum):
    """ONE: radio buttons. MANY: ticks. TEXT: typed words. COUNTRY: the code of a country card. PERSON: an XMPP address."""

    ONE = "one"
    MANY = "many"
    TEXT = "text"
    COUNTRY = "country"
    PERSON = "person"


class CardKind(StrEnum):
    """EMERGENCY cards come first and carry the country's number; HELP cards its helpline; ADVICE cards only words."""

    EMERGENCY = "emergency"
    HELP = "help"
    ADVICE = "advice"


TIERS = ("now", "today", "soon", "log")
"""Urgency, most urgent first."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `other` are the words when the report is about someone else; `alone` clears the other ticks.

    `points` and `factor` are for the desk. `adds` are categories, `routes` hints for where it goes, `sets` facts of the report.
    """

    id: str
    text: str
    other: str = ""
    icon: str = ""
    alone: bool = False
    points: int = 0
    factor: str = ""
    adds: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    sets: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `label` is its short name on the check page; `missing` the error when `required` and empty.

    `more` folds it under "More, if you know it". `max_length` counts characters of a typed answer. `field` is the place in
    the report that the answer fills (checks.FIELDS), or ''.
    `categories` and `priority` (small is urgent) are for follow-ups only.
    """

    id: str
    kind: QuestionKind
    text: str
    other: str = ""
    help: str = ""
    label: str = ""
    field: str = ""
    options: tuple[Option, ...] = ()
    required: bool = False
    missing: str = ""
    missing_card: str = ""
    more: bool = False
    max_length: int = 200
    show_if: Condition | None = None
    categories: tuple[str, ...] = ()
    priority: int = 0

    def option(self, id: str) -> Option | None:
        return next((one for one in self.options if one.id == id), None)


@dataclass(frozen=True, slots=True)
class Step:
    """Go to page `goto` when the condition holds."""

    goto: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the wizard. `skip` offers a Skip button. The last page has no `next`. `lines` are plain paragraphs."""

    id: str
    kind: PageKind
    title: str
    help: str = ""
    lines: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    next: tuple[Step, ...] = ()
    counted: bool = True
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """Words that help at once, shown on `page` while `when` holds. `actions` are ids that the window knows.

    Known actions: emergency, helpline, adult, take_down, report_remove, password, block_later, talk.
    """

    id: str
    kind: CardKind
    page: str
    title: str
    lines: tuple[str, ...]
    actions: tuple[str, ...] = ()
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Points that depend on several answers together. `factor` is what the desk reads."""

    id: str
    points: int
    factor: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Tier:
    """An urgency: reached by `score`, or by `when` whatever the score."""

    id: str
    score: int
    when: Condition | None = None
    factor: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of trouble; `id` is an option of the page of tiles. A small `rank` is more urgent."""

    id: str
    rank: int
    label: str


@dataclass(frozen=True, slots=True)
class Primary:
    """`category` becomes the report's category when it is there and the condition holds."""

    category: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Code:
    """A code of another system (`codes.py`)."""

    code: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Limits:
    """`pages`: asking pages on any way. `follow_ups`: questions shown on their page."""

    pages: int
    follow_ups: int


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A whole file. `follow_ups` are in order of priority; `role_question` and `age_question` are ids of questions."""

    id: str
    version: int
    sha256: str
    lang: str
    limits: Limits
    declaration: str
    practice: str
    pages: tuple[Page, ...]
    follow_ups: tuple[Question, ...]
    categories: tuple[Category, ...]
    cards: tuple[Card, ...]
    rules: tuple[Rule, ...]
    tiers: tuple[Tier, ...]
    primary: tuple[Primary, ...]
    codes: tuple[Code, ...]
    role_question: str
    age_question: str

    def page(self, id: str) -> Page:
        """Raises `KeyError`."""
        for one in self.pages:
            if one.id == id:
                return one
        raise KeyError(id)

    def questions(self) -> Iterator[tuple[Page, Question]]:
        """Every question with its page, in the order of asking; follow-ups by priority."""
        for page in self.pages:
            asked = self.follow_ups if page.kind is PageKind.FOLLOW_UPS else page.questions
            for question in asked:
                yield page, question

    def question(self, id: str) -> Question:
        """Raises `KeyError`."""
        for _page, one in self.questions():
            if one.id == id:
                return one
        raise KeyError(id)

    def card(self, id: str) -> Card:
        """Raises `KeyError`."""
        for one in self.cards:
            if one.id == id:
                return one
        raise KeyError(id)

    def words(self) -> Iterator[tuple[str, str]]:
        """(id, words) of everything that the reporter may read: what is translated, and held to the reading grade."""
        yield "declaration", self.declaration
        yield "practice", self.practice
        for page in self.pages:
            yield from ((page.id, one) for one in (page.title, page.help, *page.lines) if one)
        for _page, question in self.questions():
            shown = (question.text, question.other, question.help, question.label, question.missing)
            yield from ((question.id, one) for one in shown if one)
            for option in question.options:
                yield from ((f"{question.id}.{option.id}", one) for one in (option.text, option.other) if one)
        for card in self.cards:
            yield from ((card.id, one) for one in (card.title, *card.lines))
        yield from ((one.id, one.label) for one in self.categories)
