"""Every path through the questions: it ends, in at most nine asking pages, and with somebody who can help, in every country.

Nothing here is a sample. Pages: the longest way in the graph of pages, whatever the answers. Follow-ups: every state that the
answers can bring, where answers that the walk cannot tell apart are taken once (the walk reads of an answer only what it adds
and what a condition asks of it). Places: every category, tier, age and hint that there is, in each of the countries.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from messenger import resources
from messenger.questionnaire import tree
from messenger.questionnaire.conditions import Condition, Kind
from messenger.questionnaire.form import CardKind, PageKind, Question, QuestionKind, Questionnaire
from messenger.questionnaire.interview import Interview
from messenger.questionnaire.walk import Walk, walk
from messenger.safety.jurisdictions import AGE_BANDS, CATEGORIES, HINTS, TIERS, Jurisdictions, Route, load
from messenger.safety.where import Asked, where

FORM = tree.load(resources.read("questions/abuse.json"), "questions/abuse.json")
COUNTRIES = Jurisdictions.of(load(resources.read(name), name) for name in resources.names("jurisdictions"))
TODAY = date(2026, 11, 24)
NINE = 9
Answers = dict[str, tuple[str, ...]]
TILES = next(question for page, question in FORM.questions() if page.kind is PageKind.TILES)
AUTHORITIES = {"report", "police", "take_down", "advice"}


# -- pages


def longest(form: Questionnaire, page_id: str, above: tuple[str, ...] = ()) -> int:
    """Asking pages on the longest way from here to the end, over every step, whatever its condition says."""
    assert page_id not in above, "a way that never ends"
    page = form.page(page_id)
    if not page.next:
        assert page.kind is PageKind.CHECK, "a way that ends before the check page"
    return page.counted + max((longest(form, one.goto, (*above, page_id)) for one in page.next), default=0)


def test_done_every_path_has_at_most_nine_asking_pages_and_ends_at_the_check_page() -> None:
    assert longest(FORM, FORM.pages[0].id) <= NINE
    for page in FORM.pages:
        # The last step of a page has no condition, so that there always is one.
        assert (page.kind is PageKind.CHECK) is not bool(page.next)
        assert all(one.when is None for one in page.next[-1:])


def test_the_longest_way_is_one_that_could_be_too_long() -> None:
    """The check above is one that can fail."""
    assert longest(FORM, FORM.pages[0].id) == NINE
    assert longest(FORM, "what") == NINE - 2


# -- follow-ups


def conditions(form: Questionnaire) -> Iterator[Condition]:
    """Everything that decides which pages and questions come."""
    whole = [question.show_if for _page, question in form.questions()]
    whole += [step.when for page in form.pages for step in page.next]
    yield from (part for one in whole if one is not None for part in one.each())


def deciding(form: Questionnaire) -> set[str]:
    """Questions whose answer can change which follow-ups or pages come. No other answer can: the walk reads no more."""
    found = {question.id for _page, question in form.questions() if any(option.adds for option in question.options)}
    found |= {TILES.id}
    follow_ups = {one.id for one in form.follow_ups}
    for _page, question in form.questions():
        if question.id in follow_ups and question.show_if:
            found |= {part.question for part in question.show_if.each() if part.kind is Kind.ANSWER}
    for page in form.pages:
        found |= {part.question for step in page.next if step.when for part in step.when.each() if part.question}
    return found


def every_answer(question: Question) -> Iterator[tuple[str, ...]]:
    """None, one, and for ticks every set that is allowed."""
    yield ()
    alone = [one.id for one in question.options if one.alone or question.kind is not QuestionKind.MANY]
    yield from ((one,) for one in alone)
    together = [one.id for one in question.options if one.id not in alone]
    for size in range(1, len(together) + 1):
        yield from itertools.combinations(together, size)


@cache
def kinds_of_answer(question_id: str) -> tuple[tuple[str, ...], ...]:
    """One answer of each kind that the walk can tell apart: what it adds, and what each condition says of it."""
    question = FORM.question(question_id)
    asked = [one.values for one in conditions(FORM) if one.kind is Kind.ANSWER and one.question == question_id]
    adds = {option.id: option.adds for option in question.options}
    found: dict[object, tuple[str, ...]] = {}
    for answer in every_answer(question):
        added = frozenset(category for one in answer for category in adds[one])
        found.setdefault((added, *(not set(answer).isdisjoint(values) for values in asked)), answer)
    return tuple(found.values())


def tiles() -> Iterator[tuple[str, ...]]:
    names = [one.id for one in TILES.options]
    return (one for size in range(1, len(names) + 1) for one in itertools.combinations(names, size))


def states(ticked: tuple[str, ...]) -> Iterator[tuple[Answers, Walk]]:
    """Every state of the follow-ups for these tiles: answered as far as an answer can change anything."""
    decides = deciding(FORM)
    waiting: list[Answers] = [{TILES.id: ticked}]
    while waiting:
        answers = waiting.pop()
        way = walk(FORM, answers)
        shown = (question for group in way.shown.values() for question in group)
        open_one = next((one for one in shown if one.id in decides and one.id not in answers), None)
        if open_one is None:
            yield answers, way
        else:
            waiting.extend({**answers, open_one.id: one} for one in kinds_of_answer(open_one.id))


@cache
def all_states() -> tuple[tuple[Answers, Walk], ...]:
    return tuple(one for ticked in tiles() for one in states(ticked))


def mark(way: Walk) -> tuple[object, ...]:
    """What a state comes to."""
    return tuple(one.id for one in way.pages), tuple(one.id for one in way.shown["more"]), frozenset(way.categories)


def test_no_condition_of_the_way_asks_for_points() -> None:
    """Points would be one more thing that the walk reads of an answer, and the enumeration would have to know them."""
    assert all(one.kind is not Kind.SCORE for one in conditions(FORM))


def test_all_tiles_are_taken() -> None:
    assert len(set(tiles())) == 2 ** len(TILES.options) - 1 == 511
    assert {one.id for one in TILES.options} == set(CATEGORIES)


@pytest.mark.parametrize("tile", CATEGORIES)
def test_the_states_are_all_that_any_answers_bring(tile: str) -> None:
    """Held against every set of answers there is, one tile at a time."""
    known = {mark(way) for _answers, way in states((tile,))}
    met = set()
    waiting: list[Answers] = [{TILES.id: (tile,)}]
    while waiting:
        answers = waiting.pop()
        way = walk(FORM, answers)
        open_one = next((one for one in way.shown["more"] if one.options and one.id not in answers), None)
        if open_one is None:
            met.add(mark(way))
        else:
            waiting.extend({**answers, open_one.id: one} for one in every_answer(open_one))
    assert met == known


def test_done_every_state_of_the_follow_ups_ends_within_the_limits() -> None:
    assert len(all_states()) > 511
    for _answers, way in all_states():
        assert sum(page.counted for page in way.pages) <= NINE
        assert len({page.id for page in way.pages}) == len(way.pages)
        assert way.pages[-1].kind is PageKind.CHECK
        assert 1 <= len(way.shown["more"]) <= FORM.limits.follow_ups
        assert way.categories
        assert way.categories <= set(CATEGORIES)


def by_hand(answers: Answers, age: str) -> list[str]:
    """The pages that a person sees, one after the other, who answers like this and whatever else is required."""
    talk = Interview.start(FORM)
    seen = []
    for _ in range(2 * NINE):
        seen.append(talk.page.id)
        for question in talk.questions():
            if question.id in answers:
                talk = talk.answer(question.id, *answers[question.id])
            elif question.id == FORM.age_question:
                talk = talk.answer(question.id, age)
        if talk.at_check:
            assert talk.progress[0] == talk.progress[1]
            assert talk.all_problems() == ()
            return seen
        while problems := talk.problems():
            question = FORM.question(problems[0].question)
            choices = [one.id for one in question.options[:1]]
            talk = talk.answer(question.id, *choices, text="" if choices else "Sam")
        talk = talk.forward()
    raise AssertionError("never came to the check page")


@pytest.mark.parametrize("age", AGE_BANDS)
def test_done_a_person_sees_at_most_nine_asking_pages_each_once(age: str) -> None:
    one_of_each = {mark(way)[:2]: answers for answers, way in all_states()}
    counted = {page.id for page in FORM.pages if page.counted}
    for answers in one_of_each.values():
        seen = by_hand(answers, age)
        assert len(seen) == len(set(seen))
        assert sum(one in counted for one in seen) <= NINE


# -- where it ends


def test_what_the_questions_say_is_what_the_countries_know() -> None:
    """The tables below are of all that a report can say: no tier, age, hint or category is missing in them."""
    assert {one.id for one in FORM.categories} == set(CATEGORIES)
    assert {one.id for one in FORM.tiers} == set(TIERS)
    assert {one.id for one in FORM.question(FORM.age_question).options} <= set(AGE_BANDS)
    for _page, question in FORM.questions():
        for option in question.options:
            assert set(option.routes) <= set(HINTS)
    for answers, _way in all_states():
        talk = Interview.start(FORM)
        for question, choices in answers.items():
            talk = talk.answer(question, *choices)
        result = talk.result()
        assert {result.category, *result.also} <= set(CATEGORIES)
        assert result.urgency.tier in TIERS


def places(country: str, category: str, tier: str, age: str, hints: tuple[str, ...] = (), reader: str = "") -> list[Route]:
    return list(COUNTRIES.routes(country, category, tier, age, hints, reader, today=TODAY))


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("country", COUNTRIES.codes)
def test_done_every_end_has_an_authority_or_a_card(country: str, category: str) -> None:
    everything = [one for size in range(len(HINTS) + 1) for one in itertools.combinations(HINTS, size)]
    for tier, age in itertools.product(TIERS, AGE_BANDS):
        for hints in everything:
            check_end(country, category, tier, age, places(country, category, tier, age, hints))
        for reader in AGE_BANDS:
            check_end(country, category, tier, age, places(country, category, tier, age, (), reader))


def check_end(country: str, category: str, tier: str, age: str, found: list[Route]) -> None:
    """Somebody to go to, who can be reached, not merely a helpline unless that is what helps; a helpline always."""
    kinds = [one.kind for one in found]
    assert "helpline" in kinds
    assert len({one.line.id for one in found}) == len(found)
    if category not in ("self_harm", "unsure"):
        assert set(kinds) & AUTHORITIES, (country, category, tier, age)
    number = COUNTRIES.find(country).emergency_number
    assert (kinds[0] == "emergency") is (tier == "now" and bool(number))
    for one in found:
        assert one.line.detail or one.line.number or one.line.url
        assert one.line.number or one.line.url or one.kind == "advice"


@pytest.mark.parametrize("country", COUNTRIES.codes)
def test_what_was_done_to_a_child_reaches_who_takes_it_from_children(country: str) -> None:
    """Not merely a helpline: a body, or a person near by, that takes this category from a child."""
    file = COUNTRIES.find(country)
    for category, tier, age in itertools.product(CATEGORIES, TIERS, [one for one in AGE_BANDS if one != "18_over"]):
        bodies = [file.body(one.line.id) for one in places(country, category, tier, age) if one.kind != "emergency"]
        assert any(category in one.takes and "child" in one.ages for one in bodies), (country, category)


@pytest.mark.parametrize("country", COUNTRIES.codes)
def test_what_was_done_to_an_adult_reaches_who_takes_it_from_adults(country: str) -> None:
    file = COUNTRIES.find(country)
    for category, tier in itertools.product(CATEGORIES, TIERS):
        bodies = [file.body(one.line.id) for one in places(country, category, tier, "18_over") if one.kind != "emergency"]
        assert any(category in one.takes and "adult" in one.ages for one in bodies), (country, category)


@pytest.mark.parametrize("country", [*COUNTRIES.codes, "", "fr", "xx", "elsewhere"])
def test_the_wizards_page_of_where_it_goes_is_never_empty(country: str) -> None:
    for category, tier, age in itertools.product(CATEGORIES, TIERS, AGE_BANDS):
        found = where(COUNTRIES, Asked(country, category, tier, age), None, today=TODAY)
        assert found.places
        assert found.lines
        assert found.notes


def test_whoever_may_be_in_danger_today_sees_a_card_at_once() -> None:
    """Each answer that lifts a report to "now" by itself calls for an emergency or help card on the page it is given on."""
    tier = next(one for one in FORM.tiers if one.id == "now")
    assert tier.when is not None
    asked = [(part.question, value) for part in tier.when.each() if part.kind is Kind.ANSWER for value in part.values]
    assert len(asked) >= 6
    for question, value in asked:
        category = next((one for one in FORM.question(question).categories), "")
        talk = Interview.start(FORM).answer("what", category) if category else Interview.start(FORM)
        page = next(page.id for page, one in FORM.questions() if one.id == question)
        talk = talk.answer(question, value)
        assert talk.result().urgency.tier == "now"
        assert {one.kind for one in talk.cards(page)} & {CardKind.EMERGENCY, CardKind.HELP}, (question, value)
