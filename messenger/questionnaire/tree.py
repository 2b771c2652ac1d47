"""The wizard's questions: a file of assets/questions/ read into a frozen `Questionnaire`, or refused by file and id.

    questionnaire = tree.load(resources.read("questions/abuse.json"), "questions/abuse.json")

A questionnaire is a list of pages. A page holds questions and says which page comes next (`Step`, by condition). The
page of kind FOLLOW_UPS holds none of its own: it shows up to `limits.follow_ups` of `questionnaire.follow_ups`, chosen
by what was ticked (walk.py). `Questionnaire.sha256` is the SHA-256 (base64url, as in assets/schema) of the RFC 8785
bytes of the file, so that a report can say which words were shown. form.py has the parts, checks.py what makes a file
wrong, interview.py the walk of a person.
"""

from __future__ import annotations

import base64
import hashlib

import rfc8785

from messenger.domain.datafile import Reader, open_reader, parse
from messenger.domain.errors import AssetRefused
from messenger.questionnaire import checks
from messenger.questionnaire.conditions import Condition, read
from messenger.questionnaire.form import (
    TIERS,
    Card,
    CardKind,
    Category,
    Code,
    Limits,
    Option,
    Page,
    PageKind,
    Primary,
    Question,
    QuestionKind,
    Questionnaire,
    Rule,
    Step,
    Tier,
)

__all__ = ["Questionnaire", "load"]


def load(data: bytes, file: str) -> Questionnaire:
    """The questionnaire in `data`. Raises `AssetRefused` naming `file` and the id that is wrong."""
    top = open_reader(data, file)
    limits = top.child("limits")
    assert limits is not None
    questionnaire = Questionnaire(
        id=top.text("id"),
        version=top.whole("version", least=1),
        sha256=_digest(data, file),
        lang=top.text("lang"),
        limits=Limits(limits.whole("pages", least=1, most=9), limits.whole("follow_ups", least=1, most=3)),
        declaration=top.text("declaration"),
        practice=top.text("practice"),
        pages=tuple(_page(one) for one in top.children("pages")),
        follow_ups=_by_priority([_question(one, follow_up=True) for one in top.children("follow_ups")]),
        categories=tuple(_category(one) for one in top.children("categories")),
        cards=tuple(_card(one) for one in top.children("cards")),
        rules=tuple(_rule(one) for one in top.children("rules")),
        tiers=tuple(_tier(one) for one in top.children("tiers")),
        primary=tuple(_primary(one) for one in top.children("primary")),
        codes=tuple(_code(one) for one in top.children("codes")),
        role_question=top.text("role_question"),
        age_question=top.text("age_question"),
    )
    limits.done()
    top.done()
    checks.check(questionnaire, file)
    return questionnaire


def _digest(data: bytes, file: str) -> str:
    try:
        canonical = rfc8785.dumps(parse(data, file))  # type: ignore[arg-type]
    except (ValueError, RecursionError):
        raise AssetRefused(file, "file", "cannot be put into canonical form") from None
    return base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode("ascii")


def _by_priority(questions: list[Question]) -> tuple[Question, ...]:
    return tuple(sorted(questions, key=lambda one: one.priority))


def _condition(reader: Reader, key: str) -> Condition | None:
    found = reader.child(key, required=False)
    return None if found is None else read(found)


def _must(reader: Reader, key: str) -> Condition:
    found = reader.child(key)
    assert found is not None
    return read(found)


def _page(reader: Reader) -> Page:
    page = Page(
        id=reader.text("id"),
        kind=PageKind(reader.word("kind", PageKind)),
        title=reader.text("title"),
        help=reader.text("help", ""),
        lines=reader.texts("lines"),
        questions=tuple(_question(one) for one in reader.children("questions", required=False)),
        next=tuple(_step(one) for one in reader.children("next", required=False)),
        counted=reader.yes("counted", True),
        skip=reader.yes("skip"),
    )
    reader.done()
    return page


def _step(reader: Reader) -> Step:
    step = Step(reader.text("goto"), _condition(reader, "when"))
    reader.done()
    return step


def _question(reader: Reader, follow_up: bool = False) -> Question:
    question = Question(
        id=reader.text("id"),
        kind=QuestionKind(reader.word("kind", QuestionKind)),
        text=reader.text("text"),
        other=reader.text("other", ""),
        help=reader.text("help", ""),
        label=reader.text("label", ""),
        field=reader.text("field", ""),
        options=tuple(_option(one) for one in reader.children("options", required=False)),
        required=reader.yes("required"),
        missing=reader.text("missing", ""),
        missing_card=reader.text("missing_card", ""),
        more=reader.yes("more"),
        max_length=reader.whole("max_length", 200, least=1, most=4000),
        show_if=_condition(reader, "show_if"),
        categories=reader.texts("categories", required=True) if follow_up else (),
        priority=reader.whole("priority", least=1) if follow_up else 0,
    )
    reader.done()
    return question


def _option(reader: Reader) -> Option:
    option = Option(
        id=reader.text("id"),
        text=reader.text("text"),
        other=reader.text("other", ""),
        icon=reader.text("icon", ""),
        alone=reader.yes("alone"),
        points=reader.whole("points", 0, most=100),
        factor=reader.text("factor", ""),
        adds=reader.texts("adds"),
        routes=reader.texts("routes"),
        sets=reader.words_of("sets"),
    )
    reader.done()
    return option


def _category(reader: Reader) -> Category:
    category = Category(reader.text("id"), reader.whole("rank", least=1), reader.text("label"))
    reader.done()
    return category


def _card(reader: Reader) -> Card:
    card = Card(
        id=reader.text("id"),
        kind=CardKind(reader.word("kind", CardKind)),
        page=reader.text("page"),
        title=reader.text("title"),
        lines=reader.texts("lines", required=True),
        actions=reader.texts("actions"),
        when=_condition(reader, "when"),
    )
    reader.done()
    return card


def _rule(reader: Reader) -> Rule:
    rule = Rule(reader.text("id"), reader.whole("points", most=100), reader.text("factor"), _must(reader, "when"))
    reader.done()
    return rule


def _tier(reader: Reader) -> Tier:
    tier = Tier(
        reader.word("id", TIERS),
        reader.whole("score", most=1000),
        _condition(reader, "when"),
        reader.text("factor", ""),
    )
    reader.done()
    return tier


def _primary(reader: Reader) -> Primary:
    primary = Primary(reader.text("category"), _must(reader, "when"))
    reader.done()
    return primary


def _code(reader: Reader) -> Code:
    code = Code(reader.text("code"), _must(reader, "when"))
    reader.done()
    return code
