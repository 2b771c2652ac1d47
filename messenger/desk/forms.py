"""The small form that a question can carry: drafted on the officer's page without scripts, answered in the reporter's app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from messenger.desk.gate import Form
from messenger.domain.receipt import FormAnswer, FormOption, FormQuestion
from messenger.evidence.message import (
    CHOICES,
    MAX_OPTION_TEXT,
    MAX_OPTIONS,
    MAX_QUESTION_TEXT,
    MAX_QUESTIONS,
)
from messenger.evidence.visible import escaped
from messenger.i18n import tr

KINDS = ("one", "many", "text", "date")


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question as it stands in the composer. `options` has one choice a line."""

    kind: str = "one"
    text: str = ""
    options: str = ""

    @property
    def empty(self) -> bool:
        return not self.text and not self.options

    def choices(self) -> list[str]:
        """The choices, each once."""
        return list(dict.fromkeys(one.strip() for one in self.options.split("\n") if one.strip()))


def kind_words(kind: str) -> str:
    """What kind of answer a question takes."""
    return {
        "one": tr("One of these"),
        "many": tr("Some of these"),
        "text": tr("Words of their own"),
        "date": tr("Date"),
    }.get(kind, kind)


def read(form: Form) -> tuple[DraftQuestion, ...]:
    """The questions of a posted composer."""
    kinds, texts, options = (form.texts(name) for name in ("q_kind", "q_text", "q_options"))
    return tuple(
        DraftQuestion(kind, text, said) for kind, text, said in zip(kinds, texts, options, strict=False)
    )[:MAX_QUESTIONS]


def change(drafts: Sequence[DraftQuestion], do: str) -> tuple[DraftQuestion, ...] | None:
    """The questions after one of the composer's own buttons ("add", "drop-2"); None when `do` is none of them."""
    if do == "add":
        return (*drafts, DraftQuestion())[:MAX_QUESTIONS]
    word, _dash, place = do.partition("-")
    if word == "drop" and place.isascii() and place.isdigit():
        return tuple(one for at, one in enumerate(drafts, 1) if at != int(place))
    return None


def problem(drafts: Sequence[DraftQuestion]) -> str:
    """What is wrong with the questions that are not empty, in plain words, or ''."""
    for at, one in enumerate(drafts, 1):
        said = "" if one.empty else _problem(one)
        if said:
            return tr("Question {n}: {problem}").format(n=at, problem=said)
    return ""


def _problem(one: DraftQuestion) -> str:
    choices = one.choices()
    if one.kind not in KINDS:
        return tr("choose what kind of answer it takes.")
    if not one.text:
        return tr("write the question.")
    if len(one.text) > MAX_QUESTION_TEXT:
        return tr("at most {n} characters.").format(n=MAX_QUESTION_TEXT)
    if one.kind not in CHOICES:
        return tr("choices go with One of these or Some of these.") if choices else ""
    if not 2 <= len(choices) <= MAX_OPTIONS:
        return tr("write 2 to {n} choices, one a line.").format(n=MAX_OPTIONS)
    if any(len(choice) > MAX_OPTION_TEXT for choice in choices):
        return tr("a choice has at most {n} characters.").format(n=MAX_OPTION_TEXT)
    return ""


def questions(drafts: Sequence[DraftQuestion]) -> tuple[FormQuestion, ...]:
    """The questions as they are sent; empty ones are left out."""
    found = []
    for at, one in enumerate((draft for draft in drafts if not draft.empty), 1):
        options = tuple(FormOption(f"o{place}", text) for place, text in enumerate(one.choices(), 1))
        found.append(FormQuestion(f"q{at}", one.kind, one.text, options if one.kind in CHOICES else ()))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was sent, with the newest answer. `seen` holds the question's words where the reporter's app showed others."""

    text: str
    kind: str
    choices: tuple[str, ...]
    answer: str = ""
    answered: bool = False
    seen: str = ""
    doubt: bool = False


def asked(form: Sequence[FormQuestion], answers: Sequence[FormAnswer]) -> tuple[Asked, ...]:
    """Each question with its answer, if any; what the app says that it showed is compared with what was sent."""
    by_question = {one.q: one for one in answers}
    return tuple(_asked(one, by_question.get(one.id)) for one in form)


def _asked(question: FormQuestion, answer: FormAnswer | None) -> Asked:
    base = Asked(
        escaped(question.text), kind_words(question.kind), tuple(escaped(one.text) for one in question.options)
    )
    if answer is None:
        return base
    words = {one.id: one.text for one in question.options}
    chosen = ", ".join(words.get(one, one) for one in answer.a)
    known = not question.options or all(one in words for one in answer.a)
    return replace(
        base,
        answer=escaped(answer.answer_shown or chosen),
        answered=True,
        seen=escaped(answer.text_shown) if answer.text_shown != question.text else "",
        doubt=not known or (question.kind == "one" and len(answer.a) > 1),
    )
