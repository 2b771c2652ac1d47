"""What an officer writes to the reporter: checked, graded for reading, signed by the desk and sealed to the reporter."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from messenger.desk import cases, forms, journal
from messenger.desk.forms import DraftQuestion
from messenger.desk.keys import DeskKeys
from messenger.desk.moments import from_rfc3339, rfc3339
from messenger.domain.receipt import Advice, AdviceStep, FormOption, FormQuestion
from messenger.evidence.canonical import canonical
from messenger.evidence.keys import Jwk
from messenger.evidence.message import make_message
from messenger.evidence.seal import seal, unseal
from messenger.i18n import tr

KINDS = ("advice", "question", "safety_plan")
MAX_TEXT = 1000
MAX_STEPS = 8
MAX_STEP = 200
EASY_GRADE = 4
_AFTER = {"advice": "advice_given", "question": "need_info", "safety_plan": "advice_given"}
_SETTLED = ("with_police", "closed", "withdrawn")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:;\n]+")
_VOWELS = re.compile(r"[aeiouyàâäáæèéêëíîïóôöœúùûü]+", re.I)


@dataclass(frozen=True, slots=True)
class Composed:
    """What stands in the composer. `draft` is made with the form, so that one form is sent once."""

    kind: str
    text: str
    steps: tuple[str, ...]
    draft: str
    form: tuple[DraftQuestion, ...] = ()

    def problem(self) -> str:
        """What is wrong, in plain words, or ''."""
        if self.kind not in KINDS:
            return tr("Choose what you write: advice, a question or a safety plan.")
        if not self.text:
            return tr("Write some words first.")
        if len(self.text) > MAX_TEXT:
            return tr("This is too long. At most 1,000 characters can be sent at once.")
        if len(self.steps) > MAX_STEPS or any(len(one) > MAX_STEP for one in self.steps):
            return tr("At most 8 steps of 200 characters each.")
        if not 16 <= len(self.draft) <= 64:
            return tr("This form is too old. Copy your words and open the page again.")
        if self.kind != "question" and any(not one.empty for one in self.form):
            return tr("Questions to answer go with the kind Question. Choose it, or take them out.")
        return forms.problem(self.form)


@dataclass(frozen=True, slots=True)
class Written:
    """A message of the desk as the officers see it later. `done` says which steps the reporter has ticked."""

    n: int
    at: float
    officer: str
    kind: str
    text: str
    steps: tuple[tuple[str, str], ...]
    form: tuple[FormQuestion, ...] = ()


def kind_words(kind: str) -> str:
    """The kind of a message as words."""
    return {"advice": tr("Advice"), "question": tr("Question"), "safety_plan": tr("Safety plan")}.get(kind, kind)


def grade(text: str) -> int:
    """The school grade that reads `text` with ease (Flesch and Kincaid 1975), at least 1; 0 for no words.

    Syllables are counted by groups of vowels: good to about one grade, which is enough to warn.
    """
    words = _WORD.findall(text)
    if not words:
        return 0
    sentences = max(1, sum(1 for one in _SENTENCE_END.split(text) if _WORD.search(one)))
    syllables = sum(_syllables(one) for one in words)
    found = 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
    return max(1, round(found))


def _syllables(word: str) -> int:
    count = len(_VOWELS.findall(word))
    if count > 1 and word.lower().endswith("e") and not word.lower().endswith(("le", "ee")):
        count -= 1
    return max(1, count)


def grade_words(text: str) -> str:
    """What the officer reads below the composer."""
    found = grade(text)
    if not found:
        return tr("Preview shows how easy it is to read.")
    if found <= EASY_GRADE:
        return tr("Easy to read: grade {n}").format(n=found)
    return tr("Hard to read for a child: grade {n}. Aim for 4 or less.").format(n=found)


def send(
    db: sqlite3.Connection,
    keys: DeskKeys,
    reporter_enc: Jwk,
    desk_name: str,
    row: Mapping[str, object] | sqlite3.Row,
    officer: str,
    composed: Composed,
    now: float,
) -> bool:
    """Sign, seal and keep a message in one transaction; False when this very form was sent before."""
    report_id, case_number = str(row["report_id"]), str(row["case_number"])
    if cases.draft_used(db, report_id, composed.draft):
        return False
    n = cases.message_count(db, report_id) + 1
    steps = tuple(AdviceStep(f"{n}-{place}", text) for place, text in enumerate(composed.steps, 1))
    advice = Advice(report_id, n, rfc3339(now), desk_name, tr("officer"), composed.kind, composed.text, steps,
                    form=forms.questions(composed.form))  # fmt: skip
    own = {
        "officer": officer,
        "at": advice.at,
        "kind": advice.kind,
        "text": advice.text,
        "steps": [[one.id, one.text] for one in steps],
        "form": [asdict(one) for one in advice.form],
    }
    sealed = make_message(keys.signing, reporter_enc, advice)
    kept = seal(canonical(own), keys.sealing.public_jwk())
    cases.put_message(db, cases.Outgoing(report_id, n, now, officer, sealed, kept, composed.draft))
    if row["status"] not in _SETTLED:
        cases.set_status(db, report_id, _AFTER[composed.kind], now)
    journal.write(db, now, officer, "message", case_number)
    return True


def written(rows: Sequence[sqlite3.Row], keys: DeskKeys) -> list[Written]:
    """The desk's messages, opened with its own key."""
    found = []
    for row in rows:
        own = json.loads(unseal(row["own"], keys.sealing))
        steps = tuple((one[0], one[1]) for one in own["steps"])
        at = from_rfc3339(own["at"]) or row["at"]
        form = tuple(_question(one) for one in own["form"])
        found.append(Written(row["n"], at, own["officer"], own["kind"], own["text"], steps, form))
    return found


def _question(kept: Mapping[str, Any]) -> FormQuestion:
    options = tuple(FormOption(one["id"], one["text"]) for one in kept["options"])
    return FormQuestion(kept["id"], kept["kind"], kept["text"], options)
