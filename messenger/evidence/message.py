"""Advice and questions of the desk, and the reporter's replies: signed by the writer, sealed to the reader."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from messenger.domain.errors import FormatRefused, SignatureRefused
from messenger.domain.receipt import Advice, AdviceStep, FormAnswer, FormOption, FormQuestion
from messenger.evidence import letter
from messenger.evidence.canonical import scalar_text
from messenger.evidence.keys import Jwk, PublicKeys, SealingKey, SigningKey
from messenger.evidence.seal import Random

TYPE = "urn:robin:message:1"
TYP = "robin-message+jws"
REPLY_TYPE = "urn:robin:reply:1"
REPLY_TYP = "robin-reply+jws"
KINDS = frozenset({"advice", "question", "safety_plan", "status", "emergency"})
CHOICES = frozenset({"one", "many"})
WORDS = frozenset({"text", "date"})
MAX_TEXT = 10_000
MAX_STEPS = 20
MAX_STEP_TEXT = 500
MAX_QUESTIONS = 8
MAX_OPTIONS = 20
MAX_QUESTION_TEXT = 500
MAX_OPTION_TEXT = 200
MAX_ANSWER = 4000
MAX_MESSAGE_BYTES = letter.MAX_LETTER_BYTES
_MESSAGE = frozenset({"type", "report_id", "n", "at", "from", "kind", "text", "steps", "form"})
_REPLY = frozenset({"type", "report_id", "id", "at", "text", "done", "to", "answers"})


@dataclass(frozen=True, slots=True)
class Reply:
    """What the reporter writes back. `id` is made once and kept over every resend; `done` are ids of advice steps.

    `to` is the number of the desk's message that `answers` belong to, or None.
    """

    report_id: str
    id: str
    at: str
    text: str
    done: tuple[str, ...] = ()
    to: int | None = None
    answers: tuple[FormAnswer, ...] = ()


def make_message(key: SigningKey, reporter_enc: Jwk, advice: Advice, random: Random = os.urandom) -> bytes:
    """A message of the desk as sealed bytes. `read`, `done` and `answered` are not sent. Raises `FormatRefused` for a bad one."""
    payload: dict[str, Any] = {
        "type": TYPE,
        "report_id": advice.report_id,
        "n": advice.n,
        "at": advice.at,
        "from": {"name": scalar_text(advice.from_name), "role": scalar_text(advice.from_role)},
        "kind": advice.kind,
        "text": scalar_text(advice.text),
        "steps": [{"id": step.id, "text": scalar_text(step.text)} for step in advice.steps],
        "form": [_question_written(one) for one in advice.form],
    }
    _advice(payload)
    return letter.close(payload, key, TYP, reporter_enc, random)


def open_message(
    jwe: bytes, key: SealingKey, desk_jwks: Iterable[Jwk] | PublicKeys, report_id: str, n: int | None = None
) -> Advice:
    """A message of the desk about this report; `n` is compared where it is given.

    Raises `SealRefused`, or `SignatureRefused` for another signer, another report or another form.
    """
    advice = letter.about(report_id, letter.opened(jwe, key, desk_jwks, TYP), _advice, "message")
    if n not in (None, advice.n):
        raise SignatureRefused("message")
    return advice


def make_reply(key: SigningKey, desk_enc: Jwk, reply: Reply, random: Random = os.urandom) -> bytes:
    """The reporter's words for the desk, as sealed bytes. Raises `FormatRefused` for a bad one."""
    payload: dict[str, Any] = {
        "type": REPLY_TYPE,
        "report_id": reply.report_id,
        "id": reply.id,
        "at": reply.at,
        "text": scalar_text(reply.text),
        "done": list(reply.done),
        "to": reply.to,
        "answers": [_answer_written(one) for one in reply.answers],
    }
    _reply(payload)
    return letter.close(payload, key, REPLY_TYP, desk_enc, random)


def open_reply(jwe: bytes, key: SealingKey, reporter_jwks: Iterable[Jwk] | PublicKeys, report_id: str) -> Reply:
    """The reporter's words. Raises `SealRefused` or `SignatureRefused`."""
    return letter.about(report_id, letter.opened(jwe, key, reporter_jwks, REPLY_TYP), _reply, "reply")


def check_form(form: Iterable[FormQuestion]) -> None:
    """Refuse questions that the format does not allow, before anybody relies on them. Raises `FormatRefused`."""
    _form([_question_written(one) for one in form])


def _advice(found: dict[str, Any]) -> Advice:
    letter.members(found, _MESSAGE, TYPE)
    writer = letter.members(found["from"], frozenset({"name", "role"}))
    kind, form = letter.text(found["kind"], 64), _form(found["form"])
    if kind not in KINDS or (form and kind != "question"):
        raise FormatRefused("message")
    return Advice(
        report_id=letter.text(found["report_id"], 64),
        n=letter.number(found["n"]),
        at=letter.text(found["at"], 64),
        from_name=letter.text(writer["name"], 200),
        from_role=letter.text(writer["role"], 200),
        kind=kind,
        text=letter.text(found["text"], MAX_TEXT),
        steps=tuple(_step(one) for one in letter.listed(found["steps"], MAX_STEPS)),
        form=form,
    )


def _reply(found: dict[str, Any]) -> Reply:
    letter.members(found, _REPLY, REPLY_TYPE)
    answers = tuple(_answer(one) for one in letter.listed(found["answers"], MAX_QUESTIONS))
    letter.unique([one.q for one in answers])
    to = None if found["to"] is None else letter.number(found["to"])
    if answers and to is None:
        raise FormatRefused("answers")
    return Reply(
        report_id=letter.text(found["report_id"], 64),
        id=letter.text(found["id"], letter.MAX_ID),
        at=letter.text(found["at"], 64),
        text=letter.text(found["text"], MAX_TEXT),
        done=tuple(letter.text(one, 64) for one in letter.listed(found["done"], MAX_STEPS * 10)),
        to=to,
        answers=answers,
    )


def _step(found: Any) -> AdviceStep:
    letter.members(found, frozenset({"id", "text"}))
    return AdviceStep(id=letter.text(found["id"], 64, 1), text=letter.text(found["text"], MAX_STEP_TEXT))


def _form(found: Any) -> tuple[FormQuestion, ...]:
    form = tuple(_question(one) for one in letter.listed(found, MAX_QUESTIONS))
    letter.unique([one.id for one in form])
    return form


def _question(found: Any) -> FormQuestion:
    letter.members(found, frozenset({"id", "kind", "text", "options"}))
    options = tuple(_option(one) for one in letter.listed(found["options"], MAX_OPTIONS))
    letter.unique([one.id for one in options])
    kind = letter.text(found["kind"], 64)
    if kind not in (CHOICES if options else WORDS):
        raise FormatRefused("question")
    return FormQuestion(
        id=letter.text(found["id"], 64, 1),
        kind=kind,
        text=letter.text(found["text"], MAX_QUESTION_TEXT, 1),
        options=options,
    )


def _option(found: Any) -> FormOption:
    letter.members(found, frozenset({"id", "text"}))
    return FormOption(id=letter.text(found["id"], 64, 1), text=letter.text(found["text"], MAX_OPTION_TEXT, 1))


def _answer(found: Any) -> FormAnswer:
    letter.members(found, frozenset({"q", "a", "text_shown", "answer_shown"}))
    return FormAnswer(
        q=letter.text(found["q"], 64, 1),
        a=tuple(letter.text(one, MAX_ANSWER) for one in letter.listed(found["a"], MAX_OPTIONS)),
        text_shown=letter.text(found["text_shown"], MAX_QUESTION_TEXT),
        answer_shown=letter.text(found["answer_shown"], MAX_TEXT),
    )


def _question_written(one: FormQuestion) -> dict[str, Any]:
    options = [{"id": option.id, "text": scalar_text(option.text)} for option in one.options]
    return {"id": one.id, "kind": one.kind, "text": scalar_text(one.text), "options": options}


def _answer_written(one: FormAnswer) -> dict[str, Any]:
    return {
        "q": one.q,
        "a": [scalar_text(part) for part in one.a],
        "text_shown": scalar_text(one.text_shown),
        "answer_shown": scalar_text(one.answer_shown),
    }
