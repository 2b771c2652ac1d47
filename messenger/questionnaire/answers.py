"""Answers and their JSON form in the encrypted draft: what a newer questionnaire does not know is kept aside, not lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from messenger.questionnaire.form import Question, QuestionKind, Questionnaire

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What was ticked and typed. `at` is RFC 3339 UTC, `skipped` means passed by.

    `question_shown` and `answer_shown` are the exact words that were on the screen.
    """

    choices: tuple[str, ...] = ()
    text: str = ""
    skipped: bool = False
    at: str = ""
    question_shown: str = ""
    answer_shown: str = ""

    @property
    def empty(self) -> bool:
        return not self.choices and not self.text


def draft_of(
    form: Questionnaire,
    answers: Mapping[str, Answer],
    position: str,
    returning: bool,
    aside: Mapping[str, Any],
) -> dict[str, Any]:
    """The JSON object of an interview."""
    return {
        "format": FORMAT,
        "questionnaire": {"id": form.id, "version": form.version, "sha256": form.sha256},
        "position": position,
        "returning": returning,
        "answers": {id: _plain(one) for id, one in answers.items()},
        "aside": dict(aside),
    }


def _plain(answer: Answer) -> dict[str, Any]:
    return {
        "choices": list(answer.choices),
        "text": answer.text,
        "skipped": answer.skipped,
        "at": answer.at,
        "question_shown": answer.question_shown,
        "answer_shown": answer.answer_shown,
    }


def restore(form: Questionnaire, draft: Mapping[str, Any]) -> tuple[dict[str, Answer], str, bool, dict[str, Any]]:
    """(answers, position, returning, aside) of a draft. What does not fit this questionnaire goes aside unchanged."""
    known = {question.id: question for _page, question in form.questions()}
    answers: dict[str, Answer] = {}
    aside: dict[str, Any] = {}
    for source in (draft.get("aside"), draft.get("answers")):
        for id, plain in source.items() if isinstance(source, Mapping) else ():
            question = known.get(id)
            answer = _answer(question, plain) if question is not None else None
            if answer is None:
                aside[id] = plain
            else:
                answers[id] = answer
                aside.pop(id, None)
    position = draft.get("position")
    pages = {page.id for page in form.pages}
    where = position if isinstance(position, str) and position in pages else form.pages[0].id
    return answers, where, draft.get("returning") is True and where == position, aside


def _answer(question: Question, plain: Any) -> Answer | None:
    """The answer, or None when it does not fit the question as it is now."""
    if not isinstance(plain, Mapping):
        return None
    choices, text = plain.get("choices", []), plain.get("text", "")
    if not isinstance(choices, list) or not all(isinstance(one, str) for one in choices) or not isinstance(text, str):
        return None
    if not _fits(question, choices, text):
        return None
    at, asked, answered = (_text(plain, key) for key in ("at", "question_shown", "answer_shown"))
    return Answer(tuple(choices), text, plain.get("skipped") is True, at, asked, answered)


def _text(plain: Mapping[str, Any], key: str) -> str:
    value = plain.get(key, "")
    return value if isinstance(value, str) else ""


def _fits(question: Question, choices: list[str], text: str) -> bool:
    if len(text) > question.max_length:
        return False
    if question.kind in (QuestionKind.TEXT, QuestionKind.PERSON):
        return not choices
    if text or (question.kind is not QuestionKind.MANY and len(choices) > 1):
        return False
    if question.kind is QuestionKind.COUNTRY:
        return all(one.isascii() and one.isalpha() and one.islower() for one in choices)
    options = [question.option(one) for one in choices]
    return None not in options and not (len(options) > 1 and any(one is not None and one.alone for one in options))
