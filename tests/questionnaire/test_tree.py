"""The real file is read; each broken one is refused, naming the file and the id."""

# ruff: noqa: E501 - a table reads better on long lines

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest

from messenger import resources
from messenger.domain.errors import AssetRefused
from messenger.questionnaire import answers, conditions, interview, outcome, tree, walk
from messenger.questionnaire import form as form_parts
from messenger.questionnaire.form import PageKind, Questionnaire

Change = Callable[[dict[str, Any]], None]
Load = Callable[[Change], Questionnaire]
CATEGORIES = {"grooming", "sexual", "blackmail", "meeting", "threat", "bullying", "self_harm", "deception", "unsure"}


def page(form: dict[str, Any], id: str) -> dict[str, Any]:
    return next(one for one in form["pages"] if one["id"] == id)


def question(form: dict[str, Any], id: str) -> dict[str, Any]:
    groups = [one.get("questions", []) for one in form["pages"]] + [form["follow_ups"]]
    return next(one for group in groups for one in group if one["id"] == id)


def option(form: dict[str, Any], where: str) -> dict[str, Any]:
    name, id = where.split(".")
    return next(one for one in question(form, name)["options"] if one["id"] == id)


def card(form: dict[str, Any], id: str) -> dict[str, Any]:
    return next(one for one in form["cards"] if one["id"] == id)


def test_the_real_file_has_nine_categories_each_with_follow_ups(form: Questionnaire) -> None:
    assert {one.id for one in form.categories} == CATEGORIES
    for category in CATEGORIES:
        assert any(category in one.categories for one in form.follow_ups)


def test_the_asking_pages_are_the_nine_of_decision_14(form: Questionnaire) -> None:
    assert [one.kind for one in form.pages if one.counted] == [
        PageKind.CHOICE,
        PageKind.AGE,
        PageKind.TILES,
        PageKind.FOLLOW_UPS,
        PageKind.PEOPLE,
        PageKind.MESSAGES,
        PageKind.WORDS,
        PageKind.DETAILS,
        PageKind.CHECK,
    ]


def test_only_safe_what_name_and_contact_are_required(form: Questionnaire) -> None:
    assert [one.id for _page, one in form.questions() if one.required] == [
        "safe",
        "what",
        "name",
        "contact",
        "phone",
        "email",
    ]
    assert {one.id for one in form.pages if one.kind is not PageKind.START and not one.skip} == {
        "safe",
        "what",
        "details",
        "check",
    }


def test_own_words_are_two_thousand_characters(form: Questionnaire) -> None:
    assert form.question("own_words").max_length == 2000


def test_the_digest_is_of_the_canonical_form(form: Questionnaire) -> None:
    data = resources.read("questions/abuse.json")
    spaced = json.dumps(json.loads(data), indent=7).encode()
    assert spaced != data
    assert tree.load(spaced, "spaced.json").sha256 == form.sha256
    assert len(form.sha256) == 43


def test_the_digest_changes_with_one_word(form: Questionnaire, changed: Load) -> None:
    assert changed(lambda f: page(f, "who").update(title="Who is it about?")).sha256 != form.sha256


def test_nothing_is_asked_for_a_picture(form: Questionnaire) -> None:
    assert {one.kind.value for _page, one in form.questions()} == {"one", "many", "text", "country", "person"}


def _drop(where: Callable[[dict[str, Any]], dict[str, Any]], key: str) -> Change:
    return lambda form: where(form).pop(key) and None


BROKEN: list[tuple[str, Change, str, str]] = [
    ("unknown goto", lambda f: page(f, "who").update(next=[{"goto": "nowhere"}]), "who", "unknown page in goto"),
    ("cycle", lambda f: page(f, "details").update(next=[{"goto": "who"}]), "who", "circle"),
    ("cycle by condition",
     lambda f: page(f, "words").update(next=[{"goto": "people", "when": {"category": ["threat"]}}, {"goto": "details"}]),
     "people", "circle"),
    ("own cycle", lambda f: page(f, "who").update(next=[{"goto": "who"}]), "who", "circle"),
    ("page not reached", lambda f: page(f, "who").update(next=[{"goto": "more"}]), "what", "no page leads here"),
    ("dead end", lambda f: page(f, "words").pop("next") and None, "words", "leads on"),
    ("check page leads on", lambda f: page(f, "check").update(next=[{"goto": "who"}]), "check", "leads on"),
    ("only a conditional step", lambda f: page(f, "who").update(next=[{"goto": "what", "when": {"answer": "role", "is": ["self"]}}]), "who", "last step"),
    ("step after the last", lambda f: page(f, "who").update(next=[{"goto": "what"}, {"goto": "more"}]), "who", "last step"),
    ("ten pages",
     lambda f: (page(f, "details").update(next=[{"goto": "tenth"}]),
                f["pages"].insert(-1, {"id": "tenth", "kind": "words", "title": "One more", "next": [{"goto": "check"}]}))[1],
     "check", "more than 9"),
    ("limit above nine", lambda f: f["limits"].update(pages=10), "abuse", "from 1 to 9"),
    ("four follow-ups", lambda f: f["limits"].update(follow_ups=4), "abuse", "from 1 to 3"),
    ("no title", lambda f: page(f, "who").update(title=" "), "who", "no words"),
    ("title missing", _drop(lambda f: page(f, "who"), "title"), "who", "'title' is missing"),
    ("question without words", _drop(lambda f: question(f, "m1"), "text"), "m1", "'text' is missing"),
    ("option without words", lambda f: option(f, "m1.week").update(text=""), "week", "no words"),
    ("required without words", _drop(lambda f: question(f, "name"), "missing"), "name", "words for a missing answer"),
    ("title too long", lambda f: page(f, "who").update(title="w" * 61), "who", "longer than 60"),
    ("option too long", lambda f: option(f, "m1.week").update(text="w" * 91), "m1.week", "longer than 90"),
    ("card line too long", lambda f: card(f, "danger").update(lines=["w" * 141]), "danger", "longer than 140"),
    ("double question", lambda f: question(f, "own_words").update(id="role"), "role", "two questions"),
    ("double option", lambda f: option(f, "m1.week").update(id="today"), "today", "twice"),
    ("double page", lambda f: page(f, "words").update(id="people"), "people", "twice"),
    ("double field", lambda f: question(f, "own_words").update(field="name"), "name", "fill this field"),
    ("double priority", lambda f: question(f, "m1").update(priority=1), "abuse", "same priority"),
    ("card title too long", lambda f: card(f, "danger").update(title="w" * 61), "danger", "longer than 60"),
    ("question text too long", lambda f: question(f, "m1").update(text="w" * 61), "m1", "longer than 60"),
    ("other words too long", lambda f: question(f, "age").update(other="w" * 61), "age", "longer than 60"),
    ("help too long", lambda f: question(f, "feel").update(help="w" * 161), "feel", "longer than 160"),
    ("page help too long", lambda f: page(f, "who").update(help="w" * 161), "who", "longer than 160"),
    ("page line too long", lambda f: page(f, "start").update(lines=["w" * 141]), "start", "longer than 140"),
    ("label too long", lambda f: question(f, "m1").update(label="w" * 31), "m1", "longer than 30"),
    ("missing too long", lambda f: question(f, "name").update(missing="w" * 121), "name", "longer than 120"),
    ("other option words too long", lambda f: option(f, "h1.told").update(other="w" * 91), "h1.told", "longer than 90"),
    ("unknown question in a primary rule", lambda f: f["primary"][0].update(when={"answer": "zz", "is": ["a"]}), "primary.self_harm", "unknown question"),
    ("unknown question in a code", lambda f: f["codes"][0].update(when={"answer": "zz", "is": ["a"]}), "tools.ozone.report.defs#reasonChildSafetyGroom", "unknown question"),
    ("unknown question in a rule", lambda f: f["rules"][0].update(when={"answer": "zz", "is": ["a"]}), "age.under_13", "unknown question"),
    ("unknown question in a step", lambda f: page(f, "who").update(next=[{"goto": "what", "when": {"answer": "zz", "is": ["a"]}}, {"goto": "what"}]), "who", "unknown question"),
    ("a text in a condition", lambda f: card(f, "danger").update(when={"answer": "own_words", "is": ["a"]}), "danger", "unknown answer"),
    ("max_length nought", lambda f: question(f, "own_words").update(max_length=0), "own_words", "from 1 to 4000"),
    ("max_length too large", lambda f: question(f, "own_words").update(max_length=4001), "own_words", "from 1 to 4000"),
    ("priority nought", lambda f: question(f, "m1").update(priority=0), "m1", "from 1"),
    ("rank nought", lambda f: f["categories"][0].update(rank=0), "blackmail", "from 1"),
    ("rule points too many", lambda f: f["rules"][0].update(points=101), "age.under_13", "from 0 to 100"),
    ("tier score too large", lambda f: f["tiers"][0].update(score=1001), "now", "from 0 to 1000"),
    ("no pages allowed", lambda f: f["limits"].update(pages=0), "abuse", "from 1 to 9"),
    ("no follow-ups allowed", lambda f: f["limits"].update(follow_ups=0), "abuse", "from 1 to 3"),
    ("double rank", lambda f: f["categories"][0].update(rank=9), "9", "two ranks"),
    ("unknown code", lambda f: f["codes"][0].update(code="ozone:nothing"), "ozone:nothing", "unknown code"),
    ("category without code", lambda f: f.update(codes=[one for one in f["codes"] if "ViolenceThreats" not in one["code"]]), "threat", "not mapped"),
    ("unknown kind", lambda f: question(f, "m1").update(kind="picture"), "m1", "not one of"),
    ("unknown page kind", lambda f: page(f, "words").update(kind="upload"), "words", "not one of"),
    ("unknown category of a follow-up", lambda f: question(f, "m1").update(categories=["nothing"]), "m1", "unknown category"),
    ("unknown category added", lambda f: option(f, "m1.week").update(adds=["nothing"]), "m1.week", "unknown category"),
    ("unknown route", lambda f: option(f, "m1.week").update(routes=["moon"]), "m1.week", "unknown route"),
    ("unknown field", lambda f: question(f, "name").update(field="shoe_size"), "name", "unknown field"),
    ("unknown action", lambda f: card(f, "danger").update(actions=["dance"]), "danger", "unknown action"),
    ("unknown page of a card", lambda f: card(f, "danger").update(page="nowhere"), "danger", "unknown page"),
    ("unknown missing card", lambda f: question(f, "name").update(missing_card="nothing"), "name", "unknown card"),
    ("no emergency card", lambda f: [one.update(kind="advice") for one in f["cards"]] and None, "abuse", "no emergency card"),
    ("unknown question in a condition", lambda f: card(f, "danger").update(when={"answer": "zz", "is": ["yes"]}), "danger", "unknown question"),
    ("unknown answer in a condition", lambda f: card(f, "danger").update(when={"answer": "safe", "is": ["maybe"]}), "danger", "unknown answer"),
    ("unknown category in a condition", lambda f: f["tiers"][1].update(when={"category": ["zz"]}), "today", "unknown category"),
    ("unknown category in a primary rule", lambda f: f["primary"][0].update(category="zz"), "primary", "unknown category"),
    ("two conditions in one", lambda f: card(f, "danger").update(when={"answer": "safe", "is": ["no"], "category": ["threat"]}), "danger", "exactly one"),
    ("empty condition", lambda f: card(f, "danger").update(when={}), "danger", "exactly one"),
    ("condition nested too deeply",
     lambda f: card(f, "danger").update(when={"not": {"not": {"not": {"not": {"not": {"score>=": 1}}}}}}), "danger", "deeply"),
    ("shown by a later question", lambda f: question(f, "role").update(show_if={"answer": "name", "is": ["yes"]}), "role", "not asked before"),
    ("shown by itself", lambda f: question(f, "m1").update(show_if={"answer": "m1", "is": ["today"]}), "m1", "not asked before"),
    ("shown by a later follow-up", lambda f: question(f, "m1").update(show_if={"answer": "g1", "is": ["yes"]}), "m1", "not asked before"),
    ("step by a later question", lambda f: page(f, "who").update(next=[{"goto": "more", "when": {"answer": "name", "is": ["x"]}}, {"goto": "what"}]), "who", "not asked before"),
    ("points in show_if", lambda f: question(f, "age").update(show_if={"score>=": 3}), "age", "points cannot"),
    ("points in a rule", lambda f: f["rules"][0].update(when={"score>=": 3}), "age.under_13", "points cannot"),
    ("points in a tier", lambda f: f["tiers"][0].update(when={"score>=": 3}), "now", "points cannot"),
    ("points without a factor", lambda f: option(f, "m1.no").update(points=3), "m1.no", "go together"),
    ("a factor without points", lambda f: option(f, "m1.no").update(factor="Said no"), "m1.no", "go together"),
    ("too many points", lambda f: option(f, "m1.today").update(points=101), "today", "from 0 to 100"),
    ("points as text", lambda f: option(f, "m1.today").update(points="40"), "today", "whole number"),
    ("points as true", lambda f: option(f, "m1.today").update(points=True), "today", "whole number"),
    ("follow-up never shown", lambda f: question(f, "m2").update(categories=["grooming"]), "m2", "never be shown"),
    ("required follow-up", lambda f: question(f, "m1").update(required=True, missing="Choose one."), "m1", "cannot be required"),
    ("category without follow-up", lambda f: [question(f, one).update(categories=["threat"]) for one in ("s1", "s2")] and None, "s2", "never be shown"),
    ("tiles unlike the categories", lambda f: option(f, "what.threat").update(id="storm"), "what", "exactly the categories"),
    ("one option only", lambda f: question(f, "g1").update(options=question(f, "g1")["options"][:1]), "g1", "at least two"),
    ("options of a text", lambda f: question(f, "own_words").update(options=question(f, "g1")["options"]), "own_words", "at least two"),
    ("alone in a question of one", lambda f: option(f, "m1.no").update(alone=True), "m1.no", "stand alone"),
    ("tiers out of order", lambda f: f["tiers"].reverse(), "tiers", "in this order"),
    ("tier scores out of order", lambda f: f["tiers"][0].update(score=40), "tiers", "go down"),
    ("last tier with points", lambda f: f["tiers"][3].update(score=1), "tiers", "go down"),
    ("tier without a factor", lambda f: f["tiers"][0].pop("factor") and None, "now", "go together"),
    ("two start pages", lambda f: page(f, "words").update(kind="start"), "abuse", "exactly one page of kind start"),
    ("no check page", lambda f: page(f, "check").update(kind="words"), "abuse", "exactly one page of kind check"),
    ("start page counted", lambda f: page(f, "start").update(counted=True), "start", "not counted"),
    ("follow-ups with questions", lambda f: page(f, "more").update(questions=[{"id": "z", "kind": "text", "text": "Z"}]), "more", "none|no questions"),
    ("unknown role", lambda f: option(f, "role.friend").update(id="spy"), "role", "unknown answer"),
    ("unknown age", lambda f: option(f, "age.13_15").update(id="old"), "age", "unknown answer"),
    ("role is no question", lambda f: f.update(role_question="zz"), "abuse", "unknown question"),
    ("role of kind many", lambda f: question(f, "role").update(kind="many"), "role", "kind one"),
    ("role of kind text", lambda f: question(f, "role").update(kind="text"), "role", "kind one"),
    ("age of kind country", lambda f: question(f, "age").update(kind="country"), "age", "kind one"),
    ("age of kind person", lambda f: question(f, "age").update(kind="person"), "age", "kind one"),
    ("a slip of the pen", lambda f: question(f, "m1").update(optoins=[]), "m1", "'optoins' is not known"),
    ("a slip at the top", lambda f: f.update(pagse=[]), "abuse", "'pagse' is not known"),
    ("pages as object", lambda f: f.update(pages={}), "abuse", "list of objects"),
    ("no pages", lambda f: f.update(pages=[]), "abuse", "is empty"),
    ("limits as list", lambda f: f.update(limits=[]), "abuse", "must be an object"),
    ("version nought", lambda f: f.update(version=0), "abuse", "from 1"),
    ("space at the end", lambda f: page(f, "who").update(title="Who? "), "who", "space"),
    ("sets no texts", lambda f: option(f, "m3.yes").update(sets={"told_adult": 1}), "yes", "object of texts"),
    ("skip as text", lambda f: page(f, "who").update(skip="yes"), "who", "true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "id", "reason"), [one[1:] for one in BROKEN], ids=[one[0] for one in BROKEN])
def test_a_broken_file_is_refused_by_name(changed: Load, change: Change, id: str, reason: str) -> None:
    with pytest.raises(AssetRefused) as refused:
        changed(change)
    assert refused.value.fields["file"] == "changed.json"
    assert str(refused.value.fields["id"]).split(".all")[0] == id
    assert any(part in str(refused.value.fields["reason"]) for part in reason.split("|"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a JSON file"),
        (b"\xff\xfe", "not a JSON file"),
        (b"[]", "one object"),
        (b'{"id": "a", "id": "b"}', "twice"),
        (b'{"id": NaN}', "not allowed"),
        (b'{"id": 1.5}', "not allowed"),
        (b"[" * 100_000, "not a JSON file"),
        (b" " * 600_000, "larger than"),
        (b"{}", "missing"),
        (b'{"$schema": 99999999999999999999, "limits": {}, "id": "a", "version": 1}', "canonical form"),
    ],
)
def test_what_is_no_questionnaire_at_all_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(AssetRefused, match=reason) as refused:
        tree.load(data, "x.json")
    assert refused.value.fields["file"] == "x.json"


def test_the_edges_of_the_numbers_are_taken(changed: Load) -> None:
    found = changed(
        lambda f: (
            question(f, "own_words").update(max_length=4000),
            question(f, "their_name").update(max_length=1),
            option(f, "m1.today").update(points=100),
            f["rules"][0].update(points=100),
            f["tiers"][0].update(score=1000),
        )[0]
    )
    assert (found.question("own_words").max_length, found.question("their_name").max_length) == (4000, 1)
    assert (found.rules[0].points, found.tiers[0].score) == (100, 1000)


FROZEN = [
    one
    for module in (answers, conditions, form_parts, interview, outcome, walk)
    for one in vars(module).values()
    if dataclasses.is_dataclass(one) and isinstance(one, type) and one.__module__ == module.__name__
]


@pytest.mark.parametrize("kind", [one for one in FROZEN if one is not walk.Walk], ids=lambda one: one.__name__)
def test_every_part_is_frozen(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert ("__slots__" in vars(kind)) is (kind is not interview.Interview)
