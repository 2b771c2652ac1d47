"""What My reports says after the desk asked and the reporter answered."""

from __future__ import annotations

from dataclasses import replace

from messenger.domain.receipt import Advice, CaseStatus, FormAnswer
from messenger.ui.safety.cases import case_of
from tests.ui.report.stand_ins import answered
from tests.ui.safety.test_safety_tab import NOW
from tests.ui.safety.test_ui_following import FORM

QUESTION = "They have a question for you."
DONE = "You answered. They will read it."


def words(*advice, status=CaseStatus.NEED_INFO):
    return case_of(replace(answered(), status=status, advice=advice), NOW).words


def asks(n, form=(), answers=()):
    at = f"2026-11-24T10:{n:02d}:00Z"
    return Advice("r1", n, at, "Priya", "officer", "question", "Please tell us more.", form=form, answered=answers)


def reply(n):
    return Advice("r1", -n, f"2026-11-24T10:{n:02d}:00Z", "", "", "reply", "In a game", read=True)


ANSWERS = (FormAnswer("q1", ("y",), "Have you met?", "Yes"),)


def test_a_question_stays_until_all_of_it_is_answered():
    assert words() == QUESTION
    assert words(asks(1, FORM)) == QUESTION
    assert words(asks(1, FORM), reply(2)) == QUESTION, "its form is still open"
    assert words(asks(1, FORM, ANSWERS)) == DONE
    assert words(asks(1, FORM, ANSWERS), asks(3)) == QUESTION
    assert words(asks(1, FORM, ANSWERS), asks(3), reply(4)) == DONE
    assert words(reply(1), asks(3)) == QUESTION, "words from before do not answer it"


def test_other_states_say_what_they_said():
    assert words(asks(1, FORM, ANSWERS), status=CaseStatus.ASSIGNED) == "A person works on it."
    assert words(asks(1, FORM, ANSWERS), status=CaseStatus.CLOSED).startswith("It is closed.")
