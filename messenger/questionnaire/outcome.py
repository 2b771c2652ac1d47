"""What the answers come to: category, qualifiers, urgency, codes, and the fields of the report (reporting.md c.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from messenger.questionnaire.answers import Answer
from messenger.questionnaire.checks import FIELDS
from messenger.questionnaire.conditions import Kind, holds
from messenger.questionnaire.form import Card, CardKind, Questionnaire
from messenger.questionnaire.walk import Factor, Walk

_FIRST = {CardKind.EMERGENCY: 0, CardKind.HELP: 1, CardKind.ADVICE: 2}


@dataclass(frozen=True, slots=True)
class Qualifier:
    """An answer in the report (assets/schema). `a`: option ids, or the typed words. `..._shown`: the words on the screen."""

    q: str
    a: tuple[str, ...]
    text_shown: str
    answer_shown: str
    at: str


@dataclass(frozen=True, slots=True)
class Urgency:
    """`tier` is now, today, soon or log. Never shown to the reporter; the desk's people can only raise it."""

    tier: str
    score: int
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """`category` is '' while nothing is ticked. `fields` holds, by field name (checks.FIELDS), typed text or option ids with a
    space between them; fields without an answer are absent. `facts` are what ticked options set; where one sets a field, as
    "We met once" sets known_offline to yes, that is the field's value.
    `narrative` is the reporter's own words. `reporter_age_band` is 'unknown' for a friend. `routes` are hints for routing.
    `emergency_shown_at` is when an emergency card first stood on the screen, or ''."""

    category: str
    also: tuple[str, ...]
    qualifiers: tuple[Qualifier, ...]
    urgency: Urgency
    role: str
    age_band: str
    affected_is_reporter: bool
    reporter_age_band: str
    codes: tuple[str, ...]
    routes: tuple[str, ...]
    cards: tuple[Card, ...]
    facts: Mapping[str, str]
    fields: Mapping[str, str]
    narrative: str
    emergency_shown_at: str


def _one(walk: Walk, question: str, default: str) -> str:
    return next(iter(walk.counted.get(question, ())), default)


def role_of(form: Questionnaire, walk: Walk) -> str:
    """The reporter's role; 'self' until another is chosen."""
    return _one(walk, form.role_question, "self")


def reporter_age(form: Questionnaire, walk: Walk) -> str:
    """The reporter's own age band: the answer when it is about them, 18 and over for a parent or professional."""
    role = role_of(form, walk)
    if role == "self":
        return _one(walk, form.age_question, "unknown")
    return "18_over" if role in ("parent", "professional") else "unknown"


def cards_of(form: Questionnaire, walk: Walk, page_id: str = "") -> tuple[Card, ...]:
    """The cards whose condition holds, of a page or of all pages on the way; emergency first, then help, then advice."""
    facts = walk.facts()
    way = {page.id for page in walk.pages}
    found = [
        card
        for card in form.cards
        if card.when is not None
        and card.page in way
        and card.page == (page_id or card.page)
        and holds(card.when, facts)
    ]
    return tuple(sorted(found, key=lambda one: _FIRST[one.kind]))


def category_of(form: Questionnaire, walk: Walk) -> tuple[str, tuple[str, ...]]:
    """The most urgent category by the file's rules, and the others by rank."""
    facts = walk.facts()
    by_rank = [one.id for one in sorted(form.categories, key=lambda one: one.rank) if one.id in walk.categories]
    if not by_rank:
        return "", ()
    raised = (one.category for one in form.primary if one.category in walk.categories and holds(one.when, facts))
    category = next(raised, by_rank[0])
    return category, tuple(one for one in by_rank if one != category)


def urgency_of(form: Questionnaire, walk: Walk) -> Urgency:
    """The first tier whose score is reached or whose condition holds; the last tier always is."""
    factors = walk.factors()
    score = sum(one.points for one in factors)
    facts = walk.facts()
    for tier in form.tiers:
        lifted = tier.when is not None and holds(tier.when, facts)
        if lifted or score >= tier.score:
            reasons = [Factor(f"tier.{tier.id}", 0, tier.factor)] if lifted else []
            return Urgency(tier.id, score, (*reasons, *factors))
    raise AssertionError("the last tier needs no points")


def _emergency_at(form: Questionnaire, walk: Walk, answers: Mapping[str, Answer]) -> str:
    """The earliest answer that an emergency card on this way was called for by."""
    times = [
        answers[part.question].at
        for card in cards_of(form, walk)
        if card.kind is CardKind.EMERGENCY and card.when is not None
        for part in card.when.each()
        if part.kind is Kind.ANSWER and not walk.counted.get(part.question, frozenset()).isdisjoint(part.values)
    ]
    return min((one for one in times if one), default="")


def _value(answer: Answer) -> str:
    return answer.text or " ".join(answer.choices)


def result_of(form: Questionnaire, walk: Walk, answers: Mapping[str, Answer]) -> Result:
    """Everything at once."""
    shown = [(question, answers.get(question.id, Answer())) for group in walk.shown.values() for question in group]
    given = [(question, answer) for question, answer in shown if not answer.empty]
    category, also = category_of(form, walk)
    facts = walk.facts()
    told = {name: value for _question, option in walk.options() for name, value in (option.sets or {}).items()}
    fields = {question.field: _value(answer) for question, answer in given if question.field}
    fields.update({name: value for name, value in told.items() if name in FIELDS})
    routes = dict.fromkeys(route for _question, option in walk.options() for route in option.routes)
    role = role_of(form, walk)
    return Result(
        category=category,
        also=also,
        qualifiers=tuple(
            Qualifier(
                question.id, answer.choices or (answer.text,), answer.question_shown, answer.answer_shown, answer.at
            )
            for question, answer in given
            if question.options or question.categories
        ),
        urgency=urgency_of(form, walk),
        role=role,
        age_band=_one(walk, form.age_question, "unknown"),
        affected_is_reporter=role == "self",
        reporter_age_band=reporter_age(form, walk),
        codes=tuple(code.code for code in form.codes if holds(code.when, facts)),
        routes=tuple(routes),
        cards=cards_of(form, walk),
        facts=told,
        fields=fields,
        narrative=fields.get("narrative", ""),
        emergency_shown_at=_emergency_at(form, walk, answers),
    )
