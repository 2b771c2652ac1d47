"""A small questionnaire of our own: ways that part and meet again, pages that are passed by, points on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from messenger.domain.errors import AssetRefused
from messenger.questionnaire import tree
from messenger.questionnaire.form import CardKind, Option, PageKind, Question, QuestionKind, Questionnaire
from messenger.questionnaire.interview import Interview, Row


def small() -> dict[str, Any]:
    yes_no = [{"id": "yes", "text": "Yes", "points": 30, "factor": "Yes was said"}, {"id": "no", "text": "No"}]
    return {
        "id": "small",
        "version": 3,
        "lang": "en-GB",
        "limits": {"pages": 6, "follow_ups": 2},
        "role_question": "role",
        "age_question": "age",
        "declaration": "It is true.",
        "practice": "Practice.",
        "pages": [
            {"id": "start", "kind": "start", "counted": False, "title": "Hello", "next": [{"goto": "who"}]},
            {
                "id": "who",
                "kind": "age",
                "title": "Who?",
                "help": "Any one.",
                "lines": ["One line."],
                "skip": True,
                "questions": [
                    {
                        "id": "role",
                        "kind": "one",
                        "text": "Who?",
                        "label": "About",
                        "field": "role",
                        "options": [
                            {"id": "self", "text": "Me"},
                            {"id": "friend", "text": "A friend", "other": "Them"},
                        ],
                    },
                    {
                        "id": "age",
                        "kind": "one",
                        "text": "Age?",
                        "other": "Their age?",
                        "options": [{"id": "under_13", "text": "Young"}, {"id": "18_over", "text": "Old"}],
                        "show_if": {"answer": "role", "is": ["friend"]},
                    },
                ],
                "next": [
                    {"goto": "words", "when": {"answer": "age", "is": ["18_over"]}},
                    {"goto": "what"},
                ],
            },
            {
                "id": "what",
                "kind": "tiles",
                "title": "What?",
                "questions": [
                    {
                        "id": "what",
                        "kind": "many",
                        "text": "What?",
                        "required": True,
                        "missing": "Choose.",
                        "missing_card": "help",
                        "options": [{"id": "threat", "text": "T"}, {"id": "meeting", "text": "M"}],
                    }
                ],
                "next": [{"goto": "more"}],
            },
            {
                "id": "more",
                "kind": "follow_ups",
                "title": "More",
                "skip": True,
                "next": [{"goto": "check", "when": {"score>=": 60}}, {"goto": "words"}],
            },
            {
                "id": "words",
                "kind": "words",
                "title": "Words",
                "skip": True,
                "questions": [
                    {
                        "id": "own",
                        "kind": "text",
                        "text": "Words?",
                        "label": "Words",
                        "field": "narrative",
                        "max_length": 5,
                        "more": True,
                    },
                    {"id": "land", "kind": "country", "text": "Land?", "label": "Land"},
                ],
                "next": [{"goto": "check"}],
            },
            {"id": "check", "kind": "check", "title": "Check"},
        ],
        "follow_ups": [
            {"id": "two", "priority": 2, "categories": ["meeting"], "kind": "one", "text": "Two?", "options": yes_no},
            {
                "id": "one",
                "priority": 1,
                "categories": ["threat"],
                "kind": "one",
                "text": "One?",
                "label": "One",
                "options": [{**yes_no[0], "adds": ["meeting"], "routes": ["police"]}, yes_no[1]],
            },
            {
                "id": "three",
                "priority": 3,
                "categories": ["threat"],
                "kind": "one",
                "text": "Three?",
                "options": yes_no,
                "show_if": {"answer": "one", "is": ["no"]},
            },
        ],
        "categories": [
            {"id": "threat", "rank": 2, "label": "Threat"},
            {"id": "meeting", "rank": 1, "label": "Meeting"},
        ],
        "cards": [
            {"id": "tip", "kind": "advice", "page": "more", "title": "Tip", "lines": ["A."], "when": {"score>=": 30}},
            {"id": "help", "kind": "help", "page": "what", "title": "Help", "lines": ["B."]},
            {
                "id": "now",
                "kind": "emergency",
                "page": "more",
                "title": "Now",
                "lines": ["C."],
                "when": {"answer": "two", "is": ["yes"]},
            },
            {
                "id": "first",
                "kind": "help",
                "page": "who",
                "title": "First",
                "lines": ["D."],
                "when": {"answer": "role", "is": ["self"]},
            },
        ],
        "rules": [
            {
                "id": "both",
                "points": 5,
                "factor": "Both",
                "when": {"all": [{"answer": "one", "is": ["yes"]}, {"answer": "two", "is": ["yes"]}]},
            }
        ],
        "tiers": [
            {"id": "now", "score": 65, "factor": "Two", "when": {"answer": "three", "is": ["yes"]}},
            {"id": "today", "score": 30},
            {"id": "soon", "score": 10},
            {"id": "log", "score": 0},
        ],
        "primary": [{"category": "threat", "when": {"score>=": 30}}],
        "codes": [{"code": "xarf:messaging/spam", "when": {"category": ["threat", "meeting"]}}],
    }


def load(change: Callable[[dict[str, Any]], Any] = lambda form: None) -> Questionnaire:
    form = small()
    change(form)
    return tree.load(json.dumps(form).encode(), "small.json")


def talk(**answers: str) -> Interview:
    found = Interview.start(load())
    for id, value in answers.items():
        found = found.answer(id, *value.split(), at="T")
    return found


def way(found: Interview) -> list[str]:
    return [one.id for one in found.pages]


def test_ways_part_and_meet_again() -> None:
    assert way(talk()) == ["start", "who", "what", "words", "check"]
    assert way(talk(what="threat")) == ["start", "who", "what", "more", "words", "check"]
    assert way(talk(role="friend", age="18_over", what="threat")) == ["start", "who", "words", "check"]
    assert way(talk(role="self", age="18_over", what="threat"))[2] == "what"


def test_enough_points_lead_another_way() -> None:
    assert way(talk(what="threat", one="yes", two="yes")) == ["start", "who", "what", "more", "check"]
    assert "words" in way(talk(what="threat", one="yes", two="no"))


def test_progress_counts_the_follow_ups_before_they_are_known() -> None:
    found = talk()
    assert [found.progress, found.forward().progress, found.forward().forward().progress] == [(0, 5), (1, 5), (2, 5)]
    assert talk(role="friend", age="18_over").progress == (0, 4)


def test_follow_ups_come_by_priority_and_at_most_two() -> None:
    def shown(**answers: str) -> list[str]:
        return [one.id for one in talk(**answers).questions("more")]

    assert shown(what="threat") == ["one"]
    assert shown(what="threat", one="yes") == ["one", "two"]
    assert shown(what="threat", one="no") == ["one", "three"]
    assert shown(what="threat meeting", one="no") == ["one", "two"]
    assert shown(what="meeting") == ["two"]


def test_a_page_that_was_passed_by_counts_for_nothing() -> None:
    result = talk(role="friend", age="18_over", what="threat", one="yes").result()
    assert (result.category, result.urgency.score, result.routes) == ("", 0, ())
    assert result.codes == ()


def test_urgency_of_the_small_form() -> None:
    def tier(**answers: str) -> tuple[str, int, list[str]]:
        urgency = talk(**answers).result().urgency
        return urgency.tier, urgency.score, [one.id for one in urgency.factors]

    assert tier(what="threat", one="no") == ("log", 0, [])
    assert tier(what="threat", one="yes") == ("today", 30, ["one.yes"])
    assert tier(what="threat", one="yes", two="yes") == ("now", 65, ["one.yes", "two.yes", "both"])
    assert tier(what="threat", one="no", three="yes") == ("now", 30, ["tier.now", "three.yes"])


def test_the_category_by_rank_or_by_rule() -> None:
    assert talk(what="threat meeting").result().category == "meeting"
    result = talk(what="threat", one="yes").result()
    assert (result.category, result.also) == ("threat", ("meeting",))
    assert result.routes == ("police",)


def test_cards_by_page_and_by_kind() -> None:
    found = talk(role="self", what="threat", one="yes", two="yes")
    assert [one.id for one in found.cards()] == ["now", "first", "tip"]
    assert [one.id for one in found.cards("more")] == ["now", "tip"]
    assert [one.id for one in found.cards("who")] == ["first"]
    assert found.cards("what") == ()
    assert found.emergency
    assert not talk(role="self").emergency


def test_problems_of_a_page_and_of_the_way() -> None:
    found = talk()
    assert found.problems() == ()
    (problem,) = found.problems("what")
    assert (problem.question, problem.words) == ("what", "Choose.")
    assert problem.card is not None
    assert problem.card.id == "help"
    assert found.all_problems() == (problem,)
    assert talk(role="friend", age="18_over").all_problems() == ()


def test_the_errors_of_our_own_mistakes_say_what_they_are() -> None:
    found = talk()
    for wrong, words in [
        (lambda: found.go_to("nowhere"), "not on this way"),
        (lambda: found.skip(), "this page cannot be skipped"),
        (lambda: found.go_to("what").forward(), "a required answer is missing"),
        (lambda: found.tick("what", "nothing", True), "unknown option"),
        (lambda: found.answer("what", "nothing"), "unknown option"),
        (lambda: found.answer("role", "self", "friend"), "one answer only"),
        (lambda: found.answer("own", text="123456"), "too long"),
        (lambda: found.answer("role", text="words"), "no text here"),
        (lambda: found.answer("land", "Gb"), "not a country code"),
    ]:
        with pytest.raises(ValueError, match=f"^{words}$"):
            wrong()


def test_ticks_carry_the_time_and_the_words() -> None:
    found = Interview.start(load()).tick("what", "meeting", True, at="T1", translate=str.lower)
    found = found.tick("what", "threat", True, at="T2", translate=str.lower)
    answer = found.given("what")
    assert (answer.choices, answer.at, answer.question_shown, answer.answer_shown) == (
        ("threat", "meeting"),
        "T2",
        "what?",
        "t; m",
    )
    plain = Interview.start(load()).tick("what", "meeting", True).given("what")
    assert (plain.at, plain.question_shown, plain.answer_shown) == ("", "What?", "M")
    assert found.tick("what", "threat", False, at="T3").given("what").choices == ("meeting",)


def test_counting_answers_only_of_shown_questions() -> None:
    found = talk(what="threat", one="yes")
    assert found.counts("one").choices == ("yes",)
    assert found.counts("three").empty
    assert found.answer("three", "yes").counts("three").empty
    assert found.given("nothing").empty


def test_text_is_trimmed_and_cleared() -> None:
    found = talk().answer("own", text="  ab  ", at="T")
    assert found.given("own").text == "ab"
    assert found.given("own").answer_shown == "ab"
    assert not found.given("own").empty
    assert found.answer("own", text="   ").given("own").empty


def test_rows_of_the_check_page() -> None:
    found = talk(role="friend", age="under_13", what="threat", land="gb")
    assert found.rows() == (
        Row("role", "who", "About", ("Them",), False),
        Row("one", "more", "One", (), False),
        Row("land", "words", "Land", ("gb",), True),
    )
    assert Row("own", "words", "Words", ("ab",), True) in found.answer("own", text="ab").rows()


def test_forward_back_and_change() -> None:
    found = talk(what="threat").forward()
    assert found.position == "who"
    found = found.skip()
    assert found.given("role").skipped
    assert found.position == "what"
    assert found.back().position == "who"
    assert not found.back().returning
    end = found.forward().forward().forward()
    assert end.at_check
    assert not end.at_start
    change = end.go_to("who")
    assert change.returning
    assert change.back() == end
    friend = change.answer("role", "friend").forward()
    assert (friend.position, friend.returning) == ("check", False)
    assert friend.given("age").skipped


def test_a_position_off_the_way_falls_back_to_the_page_before() -> None:
    found = talk(what="threat").go_to("words")
    assert found.answer("one", "yes").answer("two", "yes").page.id == "more"


def test_a_draft_is_written_in_full() -> None:
    found = talk(role="friend").go_to("who")
    assert found.to_json() == {
        "format": 1,
        "questionnaire": {"id": "small", "version": 3, "sha256": load().sha256},
        "position": "who",
        "returning": True,
        "answers": {
            "role": {
                "choices": ["friend"],
                "text": "",
                "skipped": False,
                "at": "T",
                "question_shown": "Who?",
                "answer_shown": "A friend",
            }
        },
        "aside": {},
    }
    assert Interview.from_json(load(), found.to_json()) == found


def test_a_draft_keeps_skips_and_its_place() -> None:
    found = talk(what="threat").forward().forward()
    again = Interview.from_json(load(), found.to_json())
    assert again.given("role").skipped
    assert again.position == "what"
    assert not again.returning
    lost = Interview.from_json(load(), {**found.to_json(), "position": "gone", "returning": True})
    assert (lost.position, lost.returning) == ("start", False)


def test_everything_of_the_file_is_in_the_form() -> None:
    form = load()
    assert (form.id, form.version, form.lang, form.declaration, form.practice) == (
        "small",
        3,
        "en-GB",
        "It is true.",
        "Practice.",
    )
    assert (form.limits.pages, form.limits.follow_ups) == (6, 2)
    who = form.page("who")
    assert (who.kind, who.title, who.help, who.lines, who.counted, who.skip) == (
        PageKind.AGE,
        "Who?",
        "Any one.",
        ("One line.",),
        True,
        True,
    )
    assert [one.goto for one in who.next] == ["words", "what"]
    assert form.question("own") == Question(
        "own", QuestionKind.TEXT, "Words?", label="Words", field="narrative", more=True, max_length=5
    )
    assert form.question("one").options[0] == Option(
        "yes", "Yes", points=30, factor="Yes was said", adds=("meeting",), routes=("police",), sets={}
    )
    assert [one.id for one in form.follow_ups] == ["one", "two", "three"]
    assert form.question("three").categories == ("threat",)
    assert form.card("now").kind is CardKind.EMERGENCY
    assert form.question("land").max_length == 200
    for unknown in (form.page, form.question, form.card):
        with pytest.raises(KeyError):
            unknown("nothing")


def test_all_words_are_listed() -> None:
    words = list(load().words())
    assert {
        "It is true.",
        "Practice.",
        "Hello",
        "One line.",
        "Any one.",
        "Their age?",
        "Them",
        "Choose.",
        "Tip",
        "A.",
        "Threat",
    } <= {one for _id, one in words}
    assert ("who", "One line.") in words
    assert ("role.friend", "Them") in words
    assert ("one", "One") in words
    assert "" not in {one for _id, one in words}


@pytest.mark.parametrize(
    ("change", "id", "reason"),
    [
        (lambda f: f["limits"].update(pages=4), "check", "more than 4 asking pages"),
        (lambda f: f["limits"].update(pages=5), "", ""),
        (lambda f: f["limits"].update(weeks=1), "small", "'weeks' is not known"),
        (lambda f: f["pages"][3]["next"][0].update(when={"answer": "own", "is": ["x"]}), "more", "not asked before"),
        (lambda f: f["pages"][3]["next"][0].update(when={"answer": "three", "is": ["yes"]}), "", ""),
        (lambda f: f["pages"][1]["next"][0].update(when={"answer": "age", "is": ["old"]}), "who", "unknown answer"),
        (lambda f: f["follow_ups"][2].update(show_if={"answer": "two", "is": ["yes"]}), "", ""),
        (lambda f: f["follow_ups"][0].update(show_if={"answer": "three", "is": ["yes"]}), "two", "not asked before"),
        (lambda f: f["codes"].append({"code": "xarf:content/fraud", "when": {"score>=": 3}}), "", ""),
        (lambda f: f["cards"][0].update(when={"all": [{"score>=": 3}, {"category": ["threat"]}]}), "", ""),
        (lambda f: f["codes"][0].update(when={"category": ["threat"]}), "meeting", "not mapped"),
        (lambda f: f["rules"].append(f["rules"][0]), "both", "twice"),
        (lambda f: f["pages"][4].update(kind="start"), "small", "exactly one page of kind start"),
        (lambda f: f["pages"].reverse(), "check", "first page"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_what_is_right(change: Callable[[dict[str, Any]], Any], id: str, reason: str) -> None:
    if not reason:
        assert load(change)
        return
    with pytest.raises(AssetRefused) as refused:
        load(change)
    assert refused.value.fields["id"] == id
    assert reason in str(refused.value.fields["reason"])
