"""Answers a report's questions as a person would, at the level of the services."""

from __future__ import annotations

from dataclasses import replace

from messenger.domain.report import ReportContext
from messenger.questionnaire.form import PageKind, QuestionKind
from messenger.questionnaire.interview import Interview
from messenger.services.hub import Hub

AT = "2026-11-24T09:00:00.000Z"
ANSWERS = {
    "safe": "yes",
    "role": "self",
    "age": "13_15",
    "what": ("grooming",),
    "own_words": "He keeps asking about my school. It feels odd.",
    "name": "Sam",
    "contact": ("here",),
    "country": "gb",
}


def walk(talk: Interview) -> Interview:
    """Go forward from the start page to the check page, answering what `ANSWERS` knows."""
    talk = talk.forward() if talk.page.kind is PageKind.START else talk
    while talk.page.kind is not PageKind.CHECK:
        for question in talk.questions():
            if question.id in ANSWERS and question.id not in talk.answers:
                given = ANSWERS[question.id]
                typed = question.kind is QuestionKind.TEXT
                choices = () if typed else (given,) if isinstance(given, str) else given
                text = given if typed and isinstance(given, str) else ""
                talk = talk.answer(question.id, *choices, text=text, at=AT)
        assert not talk.problems(), (talk.page.id, talk.problems())
        talk = talk.forward()
    return talk


async def report(hub: Hub, account: str, conversation: int, chosen: tuple[int, ...], keep_copy: bool = False) -> str:
    """Make and save a report about a conversation; returns its id."""
    draft, _form, talk = await hub.reporting.begin(ReportContext(account, conversation, chosen))
    talk = walk(talk)
    draft = await hub.reporting.save(replace(draft, interview=talk.to_json(), chosen=chosen))
    return await hub.reporting.submit(draft.id, keep_copy)
