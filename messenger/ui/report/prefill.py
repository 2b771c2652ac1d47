"""What is known already is not asked again: the chat's address, and the details of an earlier report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from messenger.domain.report import Draft
from messenger.i18n import trd
from messenger.questionnaire.form import Question, QuestionKind
from messenger.questionnaire.interview import Interview
from messenger.safety.where import Asked


def with_counterpart(talk: Interview, counterpart: str, at: str) -> Interview:
    """The address of the chat as the answer to who did it, unless that was answered or skipped."""
    for question in _unanswered(talk):
        if question.field == "counterpart" and counterpart:
            talk = talk.answer(question.id, text=counterpart, at=at, translate=trd)
    return talk


def about(draft: Draft) -> str:
    """Whom a report is about, as the wizard names them: in a group the person that was pointed at, else the chat's address."""
    who = draft.occupant
    return (who.jid or who.nick) if who is not None else draft.counterpart


def with_details(talk: Interview, details: Mapping[str, object], at: str) -> Interview:
    """The details of an earlier report (field: typed text, or option ids with a space between), where nothing was said yet."""
    for question in _unanswered(talk):
        value = details.get(question.field) if question.field else None
        if isinstance(value, str) and value:
            talk = _answered(talk, question, value, at)
    return talk


def country_of(talk: Interview) -> str:
    """The code of the country that was chosen, or ''."""
    for _page, question in talk.form.questions():
        if question.kind is QuestionKind.COUNTRY and (choices := talk.given(question.id).choices):
            return choices[0]
    return ""


def asked_of(talk: Interview) -> Asked:
    """What decides where a report goes, by the answers so far."""
    found = talk.result()
    return Asked(
        country=country_of(talk),
        category=found.category or "unsure",
        tier=found.urgency.tier,
        age_band=found.age_band,
        hints=found.routes,
        reader=found.reporter_age_band,
    )


def _unanswered(talk: Interview) -> Iterator[Question]:
    return (one for _page, one in talk.form.questions() if one.id not in talk.answers)


def _answered(talk: Interview, question: Question, value: str, at: str) -> Interview:
    try:
        if question.kind in (QuestionKind.TEXT, QuestionKind.PERSON):
            return talk.answer(question.id, text=value, at=at, translate=trd)
        return talk.answer(question.id, *value.split(), at=at, translate=trd)
    except ValueError:
        return talk  # an option that this questionnaire no longer has
