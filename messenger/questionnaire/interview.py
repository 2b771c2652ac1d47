"""One person's walk through a questionnaire: where they are, what they said, and what comes of it. Immutable and pure.

    talk = Interview.start(questionnaire)              # at the start page
    talk = talk.forward()                              # to "safe"
    talk = talk.answer("safe", "yes", at=now, translate=tr)
    if problems := talk.problems():                    # plain words (msgids), maybe with a card to show
        ...
    else:
        talk = talk.forward()                          # marks what was left empty as skipped
    talk.skip(); talk.back(); talk.go_to("what")       # go_to: a Change link; forward then returns to the check page
    talk.page, talk.questions(), talk.wording(question), talk.progress, talk.cards("safe"), talk.rows()
    talk.result()                                      # outcome.Result, at any time
    draft = talk.to_json();  talk = Interview.from_json(questionnaire, draft)

Every method that changes something gives a new `Interview`. Nothing is ever lost: an answer to a question that is not shown
any more is kept and counts for nothing; an answer that a newer questionnaire does not know is kept aside.
Words that come out are msgids; pass them through the translation function. `translate` in `answer` is that function, so that
the report can hold the exact words that were on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from messenger.questionnaire import outcome
from messenger.questionnaire.answers import Answer, draft_of, restore
from messenger.questionnaire.form import Card, CardKind, Option, Page, PageKind, Question, QuestionKind, Questionnaire
from messenger.questionnaire.walk import Walk, walk

__all__ = ["Answer", "Interview", "Problem", "Row"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A required answer is missing. `words` is a msgid; `card` helps a person who does not want to answer."""

    question: str
    words: str
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the check page. `values` are msgids of ticked options, or the typed words; empty means not given.

    `typed` says that `values` are the person's own words and are not translated. `page` is where Change leads.
    """

    question: str
    page: str
    label: str
    values: tuple[str, ...]
    typed: bool


@dataclass(frozen=True)
class Interview:
    """See the module's docstring. `position` is a page id; `returning` is true between a Change link and the check page."""

    form: Questionnaire
    answers: Mapping[str, Answer] = field(default_factory=dict)
    position: str = ""
    returning: bool = False
    aside: Mapping[str, Any] = field(default_factory=dict)

    # -- beginning and keeping

    @classmethod
    def start(cls, form: Questionnaire) -> Interview:
        return cls(form, position=form.pages[0].id)

    def to_json(self) -> dict[str, Any]:
        """For the encrypted draft: everything, also what this questionnaire does not know."""
        return draft_of(self.form, self.answers, self.position, self.returning, self.aside)

    @classmethod
    def from_json(cls, form: Questionnaire, draft: Mapping[str, Any]) -> Interview:
        """The interview of a draft, made with this or another version of the questionnaire. Never raises for a strange draft."""
        answers, position, returning, aside = restore(form, draft)
        return cls(form, answers, position, returning, aside)

    # -- where we are

    @cached_property
    def walk(self) -> Walk:
        """The way of these answers (walk.py)."""
        return walk(self.form, {id: one.choices for id, one in self.answers.items()})

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages of this person's way, in order."""
        return tuple(self.walk.pages)

    @property
    def page(self) -> Page:
        """The page to show. When an answer took the page away, the nearest one before it."""
        order = [one.id for one in self.form.pages]
        place = order.index(self.position) if self.position in order else 0
        open_ids = {one.id: one for one in self.walk.pages}
        return next((open_ids[id] for id in reversed(order[: place + 1]) if id in open_ids), self.form.pages[0])

    @property
    def progress(self) -> tuple[int, int]:
        """(n, total) of asking pages; n is 0 on the start page. Follow-ups count before it is known which there are."""
        known = bool(self.walk.categories)
        way = {one.id for one in self.walk.pages}
        counted = [
            one.id
            for one in self.form.pages
            if one.counted and (one.id in way or (not known and one.kind is PageKind.FOLLOW_UPS))
        ]
        return (counted.index(self.page.id) + 1 if self.page.counted else 0), len(counted)

    @property
    def at_start(self) -> bool:
        return self.page is self.form.pages[0]

    @property
    def at_check(self) -> bool:
        return self.page.kind is PageKind.CHECK

    def questions(self, page_id: str = "") -> tuple[Question, ...]:
        """The questions to show on a page (the present one), in order. They change as answers come in."""
        return tuple(self.walk.shown.get(page_id or self.page.id, ()))

    def given(self, question_id: str) -> Answer:
        """The answer so far, perhaps empty. Also of a question that is not shown now."""
        return self.answers.get(question_id, Answer())

    def counts(self, question_id: str) -> Answer:
        """The answer if its question is shown on this way, else an empty one."""
        return self.given(question_id) if question_id in self.walk.counted else Answer()

    @property
    def about_self(self) -> bool:
        """Whether the reporter is the person harmed; so until another role is chosen."""
        return outcome.role_of(self.form, self.walk) == "self"

    def wording(self, what: Question | Option) -> str:
        """The words (msgid) that fit who the report is about."""
        return what.text if self.about_self or not what.other else what.other

    # -- answering

    def answer(
        self,
        question_id: str,
        *choices: str,
        text: str = "",
        at: str = "",
        translate: Callable[[str], str] = str,
    ) -> Interview:
        """Sets the answer of a question: option ids, or typed text, or neither to clear it. `at` is RFC 3339 UTC.

        Raises `KeyError` for an unknown question and `ValueError` for what its kind does not take.
        """
        question = self.form.question(question_id)
        text = text.strip()
        ticked = self._ticked(question, choices)
        if len(text) > question.max_length:
            raise ValueError("too long")
        if text and question.kind not in (QuestionKind.TEXT, QuestionKind.PERSON):
            raise ValueError("no text here")
        asked = translate(self.wording(question))
        answered = "; ".join(translate(self.wording(one)) for one in question.options if one.id in ticked)
        answer = Answer(ticked, text, at=at, question_shown=asked, answer_shown=answered or text)
        return replace(self, answers={**self.answers, question_id: answer})

    def _ticked(self, question: Question, choices: tuple[str, ...]) -> tuple[str, ...]:
        if question.kind is QuestionKind.COUNTRY:
            if len(choices) > 1 or any(not (one.isascii() and one.isalpha() and one.islower()) for one in choices):
                raise ValueError("not a country code")
            return choices
        if any(question.option(one) is None for one in choices):
            raise ValueError("unknown option")
        if question.kind is not QuestionKind.MANY and len(choices) > 1:
            raise ValueError("one answer only")
        return question_order(question, choices)

    def tick(
        self, question_id: str, option_id: str, on: bool, at: str = "", translate: Callable[[str], str] = str
    ) -> Interview:
        """Ticks or unticks one option of a question of kind MANY. An option that stands alone clears the others, and is cleared by them."""
        question = self.form.question(question_id)
        option = question.option(option_id)
        if option is None:
            raise ValueError("unknown option")
        now = [one for one in self.given(question_id).choices if one != option_id]
        if on:
            stay = [one for one in now if not option.alone and not _alone(question, one)]
            now = [*stay, option_id]
        return self.answer(question_id, *now, at=at, translate=translate)

    # -- moving

    def problems(self, page_id: str = "") -> tuple[Problem, ...]:
        """What is missing on a page (the present one). Only a few questions are required; each says why."""
        return tuple(
            Problem(one.id, one.missing, self.form.card(one.missing_card) if one.missing_card else None)
            for one in self.questions(page_id)
            if one.required and self.given(one.id).empty
        )

    def all_problems(self) -> tuple[Problem, ...]:
        """What is missing on the whole way: the report can be sent when this is empty."""
        return tuple(problem for page in self.walk.pages for problem in self.problems(page.id))

    def forward(self) -> Interview:
        """To the next page; what was left empty is marked as skipped. Raises `ValueError` while `problems()` has any."""
        if self.problems():
            raise ValueError("a required answer is missing")
        return self._left_empty()._onward()

    def skip(self) -> Interview:
        """As `forward`, from the Skip button: what is already there stays. Raises `ValueError` where there is no skipping."""
        if not self.page.skip:
            raise ValueError("this page cannot be skipped")
        return self.forward()

    def back(self) -> Interview:
        """To the page before, or from a Change link back to the check page. Nothing is lost."""
        if self.returning:
            return replace(self, position=self._last().id, returning=False)
        return replace(self, position=self.walk.pages[max(0, self._place() - 1)].id)

    def go_to(self, page_id: str) -> Interview:
        """To a page by a Change link; `forward` and `back` lead to the check page again. Raises `ValueError` off the way."""
        if all(one.id != page_id for one in self.walk.pages):
            raise ValueError("not on this way")
        return replace(self, position=page_id, returning=page_id != self._last().id)

    def _last(self) -> Page:
        return self.walk.pages[-1]

    def _place(self) -> int:
        return self.walk.pages.index(self.page)

    def _left_empty(self) -> Interview:
        empty = {
            one.id: replace(self.given(one.id), skipped=True) for one in self.questions() if self.given(one.id).empty
        }
        return replace(self, answers={**self.answers, **empty}, position=self.page.id)

    def _onward(self) -> Interview:
        pages = self.walk.pages
        if not self.returning:
            return replace(self, position=pages[min(self._place() + 1, len(pages) - 1)].id)
        new = next((one for one in pages if self._unasked(one)), None)
        if new is not None:
            return replace(self, position=new.id)
        return replace(self, position=self._last().id, returning=False)

    def _unasked(self, page: Page) -> bool:
        """Whether a question came onto the way that this person has not seen: a changed answer can do that."""
        if page.kind is PageKind.CHECK:
            return False
        return any(one.id not in self.answers for one in self.questions(page.id))

    # -- what comes of it

    def cards(self, page_id: str = "") -> tuple[Card, ...]:
        """The cards that these answers call for (on one page, or all): emergency first. `missing_card`s are not among them."""
        return outcome.cards_of(self.form, self.walk, page_id)

    @property
    def emergency(self) -> bool:
        """Whether the country's emergency number has to be in sight."""
        return any(one.kind is CardKind.EMERGENCY for one in self.cards())

    @property
    def child(self) -> bool:
        """Whether the reporter may be under 18; so when it is not known."""
        return outcome.reporter_age(self.form, self.walk) != "18_over"

    def rows(self) -> tuple[Row, ...]:
        """The check page: every question on the way that has a label, answered or not, without folded empty ones."""
        return tuple(
            Row(question.id, page.id, question.label, self._values(question), not question.options)
            for page in self.walk.pages
            for question in self.questions(page.id)
            if question.label and not (question.more and self.given(question.id).empty)
        )

    def _values(self, question: Question) -> tuple[str, ...]:
        answer = self.given(question.id)
        if question.options:
            return tuple(self.wording(one) for one in question.options if one.id in answer.choices)
        return (answer.text,) if answer.text else answer.choices

    def result(self) -> outcome.Result:
        """What the answers so far come to (outcome.py). Can be asked at any time."""
        return outcome.result_of(self.form, self.walk, self.answers)


def _alone(question: Question, option_id: str) -> bool:
    option = question.option(option_id)
    return option is not None and option.alone


def question_order(question: Question, choices: tuple[str, ...]) -> tuple[str, ...]:
    """The chosen ids in the order of the options, each once; an option that stands alone and others together are refused."""
    found = tuple(one.id for one in question.options if one.id in choices)
    if len(found) > 1 and any(_alone(question, one) for one in found):
        raise ValueError("this answer stands alone")
    return found
