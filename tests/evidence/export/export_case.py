"""Reports of every kind for the tests of exports: the made-up report of evidence_case, with answers of the real questionnaire."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import evidence_case as case

from messenger import resources
from messenger.domain.message import MediaRef
from messenger.evidence.capture import capture
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.package import Copy, read_copy
from messenger.evidence.report import Prepared, prepare
from messenger.evidence.schema import Schemas
from messenger.evidence.statement import Affected
from messenger.questionnaire import tree
from messenger.questionnaire.interview import Interview

FORM = tree.load(resources.read("questions/abuse.json"), "questions/abuse.json")
CATEGORIES = [one.id for one in FORM.categories]
# Answers that make each kind of trick: d1 decides between fraud, phishing and spam.
TRICKS = {"fraud": "money", "phishing": "password", "spam": "adverts"}


def codes(category: str, age: str = "13_15", **answers: str) -> tuple[str, ...]:
    """The codes that the real questionnaire gives for these answers."""
    talk = Interview.start(FORM).answer("what", category).answer("age", age)
    for question, option in answers.items():
        talk = talk.answer(question, option)
    return talk.result().codes


def prepared(schemas: Schemas, category: str = "grooming", age: str = "13_15", **answers: str) -> Prepared:
    return case.prepared(
        schemas,
        category=category,
        also=(),
        codes=codes(category, age, **answers),
        affected=(Affected(True, age),),
    )


def copy_of(schemas: Schemas, category: str = "grooming", age: str = "13_15", **answers: str) -> Copy:
    return read_copy(case.copy_of(prepared(schemas, category, age, **answers)), schemas)


def dossier(
    schemas: Schemas, category: str = "grooming", age: str = "13_15", named: bool = True, **answers: str
) -> Dossier:
    return Dossier.of_copy(copy_of(schemas, category, age, **answers), named)


def grown(schemas: Schemas) -> Dossier:
    """A report to which messages and words were added, and which was then taken back."""
    made = prepared(schemas)
    return Dossier.of_copy(read_copy(case.full_copy(made, schemas), schemas))


def room(schemas: Schemas) -> Dossier:
    """A report from a room."""
    found = Dossier.of_copy(read_copy(case.copy_of(case.room_prepared(schemas)), schemas))
    return replace(found, report={**found.report, "codes": list(codes("grooming"))})


def with_words(found: Dossier, *words: str, name: str = "Max", narrative: str = "") -> Dossier:
    """`found` with other words in its messages, as a stranger may have written them. Only for what needs no signature."""
    entries = copy.deepcopy(list(found.entries))
    shown = [one for one in entries if "withheld" not in one]
    for item, text in zip(shown, words, strict=False):
        item["body"] = text
    report = copy.deepcopy(found.report)
    report["reported"][0]["names_seen"] = [name]
    report["narrative"] = {"text": narrative, "lang": "en"} if narrative else None
    return replace(found, report=report, entries=tuple(entries))


def signed_words(schemas: Schemas, body: str, media: MediaRef | None = None) -> tuple[bytes, Copy]:
    """A whole signed copy with one message that says `body`."""
    lines = case.conversation(12)
    lines[8] = replace(lines[8], body=body, media=(media,) if media else ())
    chosen = capture(lines, {1009}, (), random=case.seeded("words"))
    report = prepare(
        case.stated(), chosen, case.snapshot(12), case.REPORTER_SIG, case.REPORTER_ENC, schemas, case.seeded("words")
    )
    data = case.copy_of(report)
    return data, read_copy(data, schemas)


def first_shown(found: Dossier) -> dict[str, Any]:
    return next(found.shown)
