"""Every way through the questions ends, in at most nine pages; nothing is lost on the way back."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger import resources
from messenger.questionnaire import tree
from messenger.questionnaire.form import PageKind, Question, QuestionKind, Questionnaire
from messenger.questionnaire.interview import Answer, Interview

AT = "2026-11-24T09:00:00.000Z"
FORM = tree.load(resources.read("questions/abuse.json"), "questions/abuse.json")
CATEGORIES = [one.id for one in FORM.categories]
SUBSETS = [subset for size in range(1, 10) for subset in itertools.combinations(CATEGORIES, size)]


def begin(**answers: str) -> Interview:
    """An interview with these answers: option ids with a space between them."""
    talk = Interview.start(FORM)
    for id, value in answers.items():
        question = FORM.question(id)
        talk = talk.answer(id, *value.split(), at=AT) if question.options else talk.answer(id, text=value, at=AT)
    return talk


def to(talk: Interview, page_id: str) -> Interview:
    """Forward to a page, filling what is required."""
    talk = Interview.start(talk.form) if not talk.position else talk
    for _ in range(20):
        if talk.page.id == page_id:
            return talk
        for problem in talk.problems():
            question = FORM.question(problem.question)
            talk = (
                talk.answer(question.id, text="Sam", at=AT)
                if not question.options
                else talk.answer(question.id, question.options[0].id, at=AT)
            )
        talk = talk.forward()
    raise AssertionError("never came to " + page_id)


def all_ways(talk: Interview, page_id: str) -> Iterator[Interview]:
    """Every combination of one answer or none for each question of the page as it unfolds."""
    waiting = [(talk, frozenset[str]())]
    while waiting:
        now, done = waiting.pop()
        new = next((one for one in now.questions(page_id) if one.id not in done), None)
        if new is None:
            yield now
            continue
        waiting.append((now, done | {new.id}))
        waiting.extend((now.answer(new.id, option.id, at=AT), done | {new.id}) for option in new.options)


def test_every_choice_of_tiles_has_a_way_an_end_and_an_outcome() -> None:
    for ticked in SUBSETS:
        talk = begin(what=" ".join(ticked), age="under_13")
        assert talk.pages[-1].kind is PageKind.CHECK
        assert sum(page.counted for page in talk.pages) == 9
        assert 1 <= len(talk.questions("more")) <= 3
        result = talk.result()
        assert {result.category, *result.also} == set(ticked)
        assert result.codes


@pytest.mark.parametrize("ticked", [one for one in SUBSETS if len(one) in (1, 2, 9)], ids="+".join)
def test_f_every_choice_of_tiles_ends_in_nine_pages(ticked: tuple[str, ...]) -> None:
    talk = begin(age="under_13")
    talk = to(talk, "what").answer("what", *ticked, at=AT)
    seen = [talk.page.id]
    while not talk.at_check:
        talk = to(talk, talk.page.id)
        for problem in talk.problems():
            talk = (
                talk.answer(problem.question, text="Sam")
                if problem.question == "name"
                else talk.answer(problem.question, "here")
            )
        talk = talk.forward()
        seen.append(talk.page.id)
    assert len(seen) == len(set(seen))
    assert talk.progress == (9, 9)
    assert len(talk.questions("more")) <= 3
    result = talk.result()
    assert {result.category, *result.also} == set(ticked)
    assert result.codes
    assert result.urgency.tier in ("now", "today", "soon", "log")
    assert talk.all_problems() == ()


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_follow_up_answer_of_one_tile_ends(category: str) -> None:
    ways = 0
    for way in all_ways(begin(what=category), "more"):
        assert len(way.questions("more")) <= 3
        assert way.walk.pages[-1].kind is PageKind.CHECK
        assert sum(page.counted for page in way.walk.pages) <= 9
        assert way.result().category in CATEGORIES
        ways += 1
    assert ways >= 4


def test_every_follow_up_is_reached_by_some_one_tile(form: Questionnaire) -> None:
    reached = {
        question.id
        for category in CATEGORIES
        for way in all_ways(begin(what=category), "more")
        for question in way.questions("more")
    }
    assert reached == {one.id for one in form.follow_ups}


def test_pairs_of_tiles_show_the_most_urgent_follow_ups_first() -> None:
    for pair in itertools.combinations(CATEGORIES, 2):
        shown = begin(what=" ".join(pair)).questions("more")
        mine = [one for one in FORM.follow_ups if set(one.categories) & set(pair) and one.id != "d3"]
        assert [one.id for one in shown] == [one.id for one in mine[:3]]
        assert [one.priority for one in shown] == sorted(one.priority for one in shown)


def test_an_answer_changes_only_the_questions_below_it() -> None:
    tried: set[tuple[str, ...]] = set()
    for category in CATEGORIES:
        for way in all_ways(begin(what=category), "more"):
            shown = way.questions("more")
            ids = tuple(one.id for one in shown)
            for place, question in enumerate(shown):
                for option in question.options:
                    if (case := (*ids, question.id, option.id)) in tried:
                        continue
                    tried.add(case)
                    other = way.answer(question.id, option.id, at=AT).questions("more")
                    assert other[: place + 1] == shown[: place + 1]
    assert len(tried) > 100


# -- hypothesis: a person who wanders


def _some_answer(draw: Callable[..., Any], question: Question) -> tuple[tuple[str, ...], str]:
    if question.kind is QuestionKind.MANY:
        ids = draw(st.sets(st.sampled_from([one.id for one in question.options])))
        alone = [one for one in ids if question.option(one) and question.option(one).alone]  # type: ignore[union-attr]
        return (tuple(alone[:1]) if alone else tuple(ids)), ""
    if question.kind is QuestionKind.ONE:
        return (draw(st.sampled_from([one.id for one in question.options])),), ""
    if question.kind is QuestionKind.COUNTRY:
        return (draw(st.sampled_from(["gb", "us", "elsewhere"])),), ""
    return (), draw(st.text(max_size=min(40, question.max_length)))


@st.composite
def wanderings(draw: Callable[..., Any]) -> list[Interview]:
    """A person's steps: answers, forward, back, skip and Change links in any order."""
    talk = Interview.start(FORM)
    steps = [talk]
    for _ in range(draw(st.integers(1, 40))):
        deed = draw(st.sampled_from(["answer", "answer", "answer", "forward", "forward", "back", "skip", "change"]))
        if deed == "answer" and talk.questions():
            question = draw(st.sampled_from(talk.questions()))
            choices, text = _some_answer(draw, question)
            talk = talk.answer(question.id, *choices, text=text, at=AT)
        elif deed == "forward" and not talk.problems():
            talk = talk.forward()
        elif deed == "skip" and talk.page.skip:
            talk = talk.skip()
        elif deed == "back":
            talk = talk.back()
        elif deed == "change" and talk.at_check:
            talk = talk.go_to(draw(st.sampled_from([one.id for one in talk.pages])))
        steps.append(talk)
    return steps


@given(wanderings())
def test_a_wandering_person_is_never_lost(steps: list[Interview]) -> None:
    for talk in steps:
        place, total = talk.progress
        assert 0 <= place <= total <= 9
        assert talk.page in talk.pages
        assert len(talk.questions("more")) <= 3
        talk.result()
        talk.rows()
        assert Interview.from_json(FORM, json.loads(json.dumps(talk.to_json()))) == talk
    end = to(steps[-1], "check")
    assert end.at_check
    assert end.all_problems() == ()


@given(wanderings())
def test_moving_never_changes_an_answer(steps: list[Interview]) -> None:
    for before, after in itertools.pairwise(steps):
        if before.position != after.position:
            for id, answer in before.answers.items():
                if not answer.empty:
                    assert after.answers[id] == answer


@given(wanderings())
def test_back_from_forward_is_where_one_was(steps: list[Interview]) -> None:
    for talk in steps:
        if not talk.problems() and not talk.at_check and not talk.returning:
            assert talk.forward().back().page == talk.page


# -- single steps


def test_nothing_is_chosen_at_the_start() -> None:
    talk = Interview.start(FORM)
    assert talk.at_start
    assert talk.progress == (0, 9)
    assert talk.result().category == ""
    assert talk.cards() == ()


def test_the_question_of_safety_is_the_first_and_cannot_be_passed() -> None:
    talk = Interview.start(FORM).forward()
    assert (talk.page.id, talk.progress) == ("safe", (1, 9))
    (problem,) = talk.problems()
    assert problem.question == "safe"
    assert problem.words.startswith("Choose")
    with pytest.raises(ValueError, match="missing"):
        talk.forward()
    with pytest.raises(ValueError, match="skipped"):
        talk.skip()


@pytest.mark.parametrize(("safe", "card"), [("yes", False), ("no", True), ("unsure", True)])
def test_danger_shows_the_emergency_card_at_once_and_the_report_goes_on(safe: str, card: bool) -> None:
    talk = Interview.start(FORM).forward().answer("safe", safe, at=AT)
    assert [one.id for one in talk.cards("safe")] == (["danger"] if card else [])
    assert talk.emergency is card
    assert ("emergency" in [one.id for one in talk.questions()]) is card
    assert talk.forward().page.id == "who"


def test_emergency_cards_come_first() -> None:
    talk = begin(safe="no", what="blackmail self_harm", h2="yes", b2="shared")
    kinds = [one.kind.value for one in talk.cards()]
    assert kinds == sorted(kinds, key=["emergency", "help", "advice"].index)
    assert kinds.count("emergency") == 2
    assert {"help", "advice"} <= set(kinds)


def test_a_missing_name_says_why_and_shows_a_helpline() -> None:
    talk = to(begin(), "details")
    name, contact = talk.problems()
    assert (name.question, contact.question) == ("name", "contact")
    assert name.card is not None
    assert "helpline" in name.card.actions
    assert "no_name" not in [one.id for one in talk.cards()]


def test_any_name_and_the_chat_itself_are_enough() -> None:
    talk = to(begin(), "details").answer("name", text="S").tick("contact", "here", True)
    assert talk.problems() == ()
    assert talk.forward().at_check


def test_a_phone_is_asked_for_only_when_chosen() -> None:
    talk = to(begin(), "details").answer("name", text="S").tick("contact", "phone", True)
    assert [one.question for one in talk.problems()] == ["phone"]
    assert talk.answer("phone", text="020 7946 0000").problems() == ()


def test_skipped_questions_are_marked_and_given_ones_stay() -> None:
    talk = to(begin(), "who").answer("role", "friend", at=AT).skip()
    assert talk.given("role").choices == ("friend",)
    assert talk.given("age") == Answer(skipped=True)


def test_an_answer_out_of_sight_is_kept_and_counts_for_nothing() -> None:
    talk = begin(what="meeting", m1="today")
    assert talk.result().urgency.tier == "now"
    talk = talk.answer("what", "deception")
    assert talk.given("m1").choices == ("today",)
    assert talk.counts("m1").empty
    assert talk.result().urgency.tier == "log"
    assert talk.answer("what", "meeting").result().urgency.tier == "now"


def test_a_change_link_comes_back_to_the_check_page() -> None:
    talk = to(begin(what="deception"), "check").go_to("who")
    assert (talk.page.id, talk.returning) == ("who", True)
    assert talk.back().at_check
    assert talk.answer("role", "friend").forward().at_check


def test_a_change_that_brings_new_questions_shows_them_first() -> None:
    talk = to(begin(what="deception"), "check").go_to("what").answer("what", "blackmail").forward()
    assert (talk.page.id, talk.returning) == ("more", True)
    talk = talk.forward()
    assert talk.at_check
    assert not talk.returning


@pytest.mark.parametrize(("question", "page"), [("safe", "safe"), ("age", "who"), ("known", "people"), ("own_words", "words")])
def test_a_question_that_a_newer_file_asks_anew_is_asked_before_the_check_page(question: str, page: str) -> None:
    draft = to(begin(safe="yes", what="deception"), "check").to_json()
    del draft["answers"][question]
    talk = Interview.from_json(FORM, draft).go_to("details").forward()
    assert (talk.page.id, talk.returning) == (page, True)
    for problem in talk.problems():
        talk = talk.answer(problem.question, "yes", at=AT)
    talk = talk.forward()
    assert (talk.at_check, talk.returning) == (True, False)


def test_a_question_on_the_check_page_itself_is_not_gone_back_for(changed: Callable[..., Questionnaire]) -> None:
    form = changed(
        lambda f: f["pages"][-1].update(questions=[{"id": "last", "kind": "text", "text": "Anything else?"}])
    )
    talk = to(begin(safe="yes", what="deception"), "check")
    there = Interview.from_json(form, talk.to_json()).go_to("who").forward()
    assert (there.at_check, there.returning) == (True, False)


def test_a_change_link_comes_back_whatever_the_pages_are_called(changed: Callable[..., Questionnaire]) -> None:
    def renamed(form: dict[str, Any]) -> None:
        pages = {one["id"]: one for one in form["pages"]}
        pages["check"]["id"] = "z_check"
        pages["details"]["next"] = [{"goto": "z_check"}]

    form = changed(renamed)
    talk = Interview.from_json(form, to(begin(safe="yes", what="deception"), "check").to_json())
    there = talk.go_to("who")
    assert (there.page.id, there.returning) == ("who", True)
    assert there.forward().page.id == "z_check"


def test_a_change_link_off_the_way_is_refused() -> None:
    with pytest.raises(ValueError, match="not on this way"):
        begin().go_to("nowhere")


def test_going_to_the_check_page_is_no_change() -> None:
    talk = to(begin(), "check")
    assert talk.go_to("check") == talk


def test_back_at_the_start_stays_and_forward_at_the_end_stays() -> None:
    assert Interview.start(FORM).back() == Interview.start(FORM)
    end = to(begin(), "check")
    assert end.forward().page == end.page


@pytest.mark.parametrize(("role", "words"), [("self", "How old are you?"), ("friend", "How old is that person?")])
def test_the_words_fit_who_it_is_about(role: str, words: str) -> None:
    talk = begin(role=role)
    assert talk.wording(FORM.question("age")) == words


def test_the_report_holds_the_words_that_were_shown() -> None:
    talk = begin(role="friend").answer("x1", "asked", "sent", at=AT, translate=str.upper)
    answer = talk.given("x1")
    assert answer.question_shown == "WHAT WAS IT?"
    assert answer.answer_shown == "THEY ASKED FOR A PICTURE; THEY SENT ONE"
    assert answer.at == AT


def test_ticks_that_stand_alone_clear_the_others() -> None:
    talk = begin().tick("g3", "phone", True).tick("g3", "photo", True)
    assert talk.given("g3").choices == ("phone", "photo")
    assert talk.tick("g3", "none", True).given("g3").choices == ("none",)
    assert talk.tick("g3", "none", True).tick("g3", "phone", True).given("g3").choices == ("phone",)
    assert talk.tick("g3", "phone", False).given("g3").choices == ("photo",)
    assert talk.tick("g3", "phone", True).given("g3").choices == ("phone", "photo")


@pytest.mark.parametrize(
    ("question", "choices", "text", "error"),
    [
        ("nothing", ("yes",), "", KeyError),
        ("safe", ("maybe",), "", ValueError),
        ("safe", ("yes", "no"), "", ValueError),
        ("safe", (), "words", ValueError),
        ("g3", ("none", "phone"), "", ValueError),
        ("own_words", (), "w" * 2001, ValueError),
        ("own_words", ("yes",), "", ValueError),
        ("country", ("GB",), "", ValueError),
        ("country", ("gb", "us"), "", ValueError),
        ("country", ("../x",), "", ValueError),
    ],
)
def test_what_a_question_does_not_take_is_refused(
    question: str, choices: tuple[str, ...], text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        begin().answer(question, *choices, text=text)


def test_a_tick_on_an_unknown_option_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown"):
        begin().tick("g3", "nothing", True)


def test_two_thousand_characters_are_taken() -> None:
    assert begin().answer("own_words", text="w" * 2000).result().narrative == "w" * 2000


def test_the_check_page_lists_what_was_said() -> None:
    talk = to(begin(safe="yes", role="friend", age="13_15", what="threat", own_words="It is odd."), "check")
    rows = {one.question: one for one in talk.rows()}
    assert rows["safe"].values == ("Yes, I am safe",)
    assert rows["own_words"].values == ("It is odd.",)
    assert rows["own_words"].typed
    assert rows["what"].values == ("Someone says they will hurt people",)
    assert rows["guardian_name"].values == ()
    assert "their_name" not in rows
    assert {one.page for one in rows.values()} <= {one.id for one in talk.pages}
    assert "emergency" not in rows


# -- drafts


def test_a_draft_survives_a_newer_questionnaire(changed: Callable[..., Questionnaire]) -> None:
    def newer(form: dict[str, Any]) -> None:
        people = next(one for one in form["pages"] if one["id"] == "people")
        people["questions"] = [one for one in people["questions"] if one["id"] != "their_name"]
        known = next(one for one in people["questions"] if one["id"] == "known")
        known["options"] = [one for one in known["options"] if one["id"] != "met"]
        known["id"] = "known"
        form["rules"] = [one for one in form["rules"] if not one["id"].startswith("known")]
        form["version"] = 2

    talk = begin(safe="yes", what="threat", their_name="Alex", known="met", own_words="Words.")
    draft = json.loads(json.dumps(talk.to_json()))
    later = Interview.from_json(changed(newer), draft)
    assert later.given("own_words").text == "Words."
    assert later.given("their_name").empty
    assert set(later.aside) == {"their_name", "known"}
    again = Interview.from_json(FORM, json.loads(json.dumps(later.to_json())))
    assert again.answers == talk.answers
    assert again.aside == {}


def test_an_answer_given_anew_wins_over_the_one_kept_aside() -> None:
    draft = begin(own_words="New.").to_json()
    draft["aside"] = {"own_words": {"choices": [], "text": "Old."}}
    assert Interview.from_json(FORM, draft).given("own_words").text == "New."


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"answers": None, "position": 3, "aside": []},
        {"answers": {"safe": "yes"}, "position": "nowhere"},
        {"answers": {"safe": {"choices": ["maybe"]}}},
        {"answers": {"safe": {"choices": "yes"}}},
        {"answers": {"safe": {"choices": ["yes", "no"]}}},
        {"answers": {"safe": {"choices": [], "text": "yes"}}},
        {"answers": {"g3": {"choices": ["none", "phone"]}}},
        {"answers": {"own_words": {"text": "w" * 2001}}},
        {"answers": {"own_words": {"choices": ["x"]}}},
        {"answers": {"own_words": {"text": 7}}},
        {"answers": {"country": {"choices": ["GB"]}}},
    ],
)
def test_a_strange_draft_never_raises_and_is_kept(draft: dict[str, Any]) -> None:
    talk = Interview.from_json(FORM, draft)
    assert talk.page.kind is PageKind.START
    assert talk.answers == {}
    given_before = draft.get("answers") or {}
    assert talk.to_json()["aside"] == given_before


def test_a_position_that_the_answers_took_away_falls_back() -> None:
    talk = to(begin(what="threat"), "more").answer("what")
    assert talk.page.id == "what"
