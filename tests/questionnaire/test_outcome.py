"""Category, urgency and codes by the data's rules: the tables of the design."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from test_interview import AT, FORM, begin

from messenger import resources
from messenger.questionnaire import codes
from messenger.questionnaire.interview import Interview

TIERS: list[tuple[dict[str, str], str, int]] = [
    ({"what": "unsure"}, "log", 0),
    ({"what": "bullying", "u1": "once"}, "log", 0),
    ({"safe": "yes", "what": "bullying"}, "log", 0),
    ({"safe": "no", "what": "bullying"}, "now", 0),
    ({"safe": "unsure", "what": "bullying"}, "today", 0),
    ({"safe": "no"}, "now", 0),
    ({"what": "meeting", "m1": "today"}, "now", 40),
    ({"what": "meeting", "m1": "week"}, "today", 30),
    ({"what": "meeting", "m1": "some_day"}, "today", 15),
    ({"what": "meeting", "m1": "no"}, "today", 0),
    ({"what": "meeting", "m1": "week", "m2": "yes", "m3": "no", "age": "13_15"}, "now", 60),
    ({"what": "meeting", "m1": "week", "m2": "yes", "m3": "yes", "age": "13_15"}, "today", 55),
    ({"what": "meeting", "known": "met"}, "today", 15),
    ({"what": "threat", "t2": "today"}, "now", 40),
    ({"what": "threat", "t2": "later"}, "soon", 0),
    ({"what": "threat", "t1": "many", "t3": "yes"}, "today", 40),
    ({"what": "threat", "t1": "many", "t3": "yes", "known": "yes", "ongoing": "yes"}, "now", 60),
    ({"what": "threat", "t1": "many", "known": "yes"}, "soon", 30),
    ({"what": "bullying", "known": "yes"}, "log", 0),
    ({"what": "self_harm", "h2": "yes"}, "now", 0),
    ({"what": "self_harm", "h2": "no"}, "today", 0),
    ({"what": "self_harm", "h1": "told"}, "today", 30),
    ({"what": "blackmail"}, "today", 0),
    ({"what": "blackmail", "feel": "scared"}, "now", 0),
    ({"what": "bullying", "feel": "hurt"}, "now", 0),
    ({"what": "bullying", "feel": "sad", "u1": "weeks", "u3": "several shared"}, "soon", 20),
    ({"what": "blackmail", "b2": "today", "b1": "money task"}, "today", 40),
    ({"what": "blackmail", "b2": "today shared", "b1": "money", "age": "13_15"}, "now", 60),
    ({"what": "sexual"}, "soon", 0),
    ({"what": "sexual", "x1": "asked sent"}, "soon", 15),
    ({"what": "sexual", "x1": "other"}, "soon", 0),
    ({"what": "sexual", "x1": "asked", "x2": "yes", "x3": "yes"}, "today", 50),
    ({"what": "sexual", "x1": "asked", "x2": "yes", "x3": "yes", "age": "under_13"}, "now", 65),
    ({"what": "sexual", "x3": "shared"}, "today", 15),
    ({"what": "grooming"}, "soon", 0),
    ({"what": "grooming", "g1": "yes", "g3": "address school gifts"}, "soon", 25),
    ({"what": "grooming", "g1": "yes", "their_age": "adult", "age": "13_15"}, "soon", 35),
    ({"what": "grooming", "g1": "yes", "their_age": "adult", "age": "16_17"}, "soon", 10),
    ({"what": "grooming", "g1": "yes", "their_age": "adult", "age": "under_13"}, "today", 40),
    ({"what": "grooming", "m1": "today"}, "now", 40),
    ({"what": "deception", "d2": "money"}, "log", 10),
    ({"what": "deception", "d2": "both", "again": "yes"}, "soon", 15),
    ({"what": "deception", "ongoing": "yes", "again": "no"}, "log", 10),
    ({"what": "deception", "age": "under_13"}, "soon", 15),
    ({"what": "deception", "age": "18_over"}, "log", 0),
    ({"what": "unsure", "s2": "meet", "m1": "today"}, "now", 40),
    ({"what": "unsure", "s1": "scary"}, "log", 10),
]


@pytest.mark.parametrize(("answers", "tier", "score"), TIERS, ids=lambda one: str(one) if isinstance(one, dict) else "")
def test_urgency_follows_the_table(answers: dict[str, str], tier: str, score: int) -> None:
    urgency = begin(**answers).result().urgency
    assert (urgency.tier, urgency.score) == (tier, score)
    assert sum(one.points for one in urgency.factors) == score
    assert all(one.words for one in urgency.factors)


def test_a_tier_lifted_by_a_condition_says_so() -> None:
    factors = begin(safe="no", what="bullying").result().urgency.factors
    assert [(one.id, one.points) for one in factors] == [("tier.now", 0)]


def test_factors_have_a_line_for_the_report() -> None:
    lines = [one.line for one in begin(what="meeting", m1="today", age="13_15").result().urgency.factors]
    assert lines == [
        "In danger, or it may happen today",
        "A meeting is planned for today or tomorrow (+40)",
        "The person harmed is 13 to 15 (+10)",
    ]


def test_when_the_emergency_card_was_shown_is_known() -> None:
    assert begin(safe="yes", what="meeting").result().emergency_shown_at == ""
    talk = Interview.start(FORM).answer("safe", "no", at="2026-11-24T09:05:00.000Z").answer("what", "meeting", at=AT)
    assert talk.result().emergency_shown_at == "2026-11-24T09:05:00.000Z"
    talk = talk.answer("m1", "today", at="2026-11-24T09:07:00.000Z")
    assert talk.result().emergency_shown_at == "2026-11-24T09:05:00.000Z"
    assert talk.answer("safe", "yes", at=AT).result().emergency_shown_at == "2026-11-24T09:07:00.000Z"


def test_the_result_fits_the_report_format() -> None:
    """Qualifiers and urgency as services/reporting puts them into the report (assets/schema)."""
    folder = resources.root() / "schema"
    schemas = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.schema.json")]
    registry = Registry().with_resources([(one["$id"], Resource.from_contents(one)) for one in schemas])
    report = next(one for one in schemas if one["$id"] == "urn:robin:schema:report:1")["properties"]
    answers = {
        "safe": "no",
        "role": "friend",
        "age": "13_15",
        "what": "self_harm",
        "h1": "told",
        "h3": "At home",
    }
    result = begin(**answers, own_words="Words", name="Sam").result()
    qualifiers = [
        {"q": one.q, "a": list(one.a), "text_shown": one.text_shown, "answer_shown": one.answer_shown, "at": one.at}
        for one in result.qualifiers
    ]
    urgency = {
        "tier": result.urgency.tier,
        "score": result.urgency.score,
        "factors": [one.line for one in result.urgency.factors],
        "emergency_card_shown_at": result.emergency_shown_at or None,
        "emergency_choice": result.fields.get("emergency_choice"),
    }
    for name, value in {
        "qualifiers": qualifiers,
        "urgency": urgency,
        "category": result.category,
        "also": list(result.also),
        "codes": list(result.codes),
        "role": result.role,
    }.items():
        assert [one.message for one in Draft202012Validator(report[name], registry=registry).iter_errors(value)] == []
    assert len(qualifiers) == len(answers)


CATEGORIES: list[tuple[dict[str, str], str, tuple[str, ...]]] = [
    ({"what": "grooming"}, "grooming", ()),
    ({"what": "grooming sexual"}, "sexual", ("grooming",)),
    ({"what": "grooming blackmail unsure"}, "blackmail", ("grooming", "unsure")),
    ({"what": "grooming", "m1": "some_day"}, "meeting", ("grooming",)),
    ({"what": "blackmail meeting"}, "blackmail", ("meeting",)),
    ({"what": "blackmail meeting", "m1": "today"}, "meeting", ("blackmail",)),
    ({"what": "blackmail threat", "t2": "today"}, "threat", ("blackmail",)),
    ({"what": "blackmail self_harm", "h2": "yes"}, "self_harm", ("blackmail",)),
    ({"what": "blackmail self_harm", "h2": "no"}, "blackmail", ("self_harm",)),
    ({"what": "bullying", "feel": "hurt"}, "self_harm", ("bullying",)),
    ({"what": "unsure", "s2": "hurt"}, "threat", ("unsure",)),
    ({}, "", ()),
]


@pytest.mark.parametrize(("answers", "category", "also"), CATEGORIES)
def test_the_most_urgent_category_is_the_first(answers: dict[str, str], category: str, also: tuple[str, ...]) -> None:
    result = begin(**answers).result()
    assert (result.category, result.also) == (category, also)


CODES: list[tuple[dict[str, str], set[str], set[str]]] = [
    (
        {"what": "grooming", "age": "13_15"},
        {"xarf:content/csem:grooming", "ncmec:Online Enticement of Children for Sexual Acts"},
        set(),
    ),
    (
        {"what": "grooming", "age": "18_over"},
        {"tools.ozone.report.defs#reasonHarassmentTargeted"},
        {"xarf:content/csem:grooming"},
    ),
    ({"what": "blackmail", "age": "unknown"}, {"xarf:content/csem:sextortion", "ncmec:annotation:sextortion"}, set()),
    (
        {"what": "blackmail", "age": "18_over"},
        {"tools.ozone.report.defs#reasonSexualSextortion"},
        {"ncmec:annotation:sextortion"},
    ),
    ({"what": "deception", "d1": "money"}, {"xarf:content/fraud"}, {"xarf:messaging/spam", "xarf:content/phishing"}),
    ({"what": "deception", "d1": "link"}, {"xarf:content/phishing"}, {"xarf:content/fraud"}),
    ({"what": "deception", "d1": "adverts"}, {"xarf:messaging/spam"}, {"tools.ozone.report.defs#reasonMisleadingScam"}),
    ({"what": "sexual", "x2": "yes"}, {"tools.ozone.report.defs#reasonChildSafetyCSAM"}, set()),
    (
        {"what": "sexual", "x1": "sent"},
        {"ncmec:Unsolicited Obscene Material Sent to a Child"},
        {"ncmec:annotation:csamSolicitation"},
    ),
    ({"what": "bullying"}, {"tools.ozone.report.defs#reasonChildSafetyHarassment"}, {"xarf:content/csem:grooming"}),
    ({"what": "threat"}, {"tools.ozone.report.defs#reasonViolenceThreats"}, set()),
    ({"what": "self_harm"}, {"tools.ozone.report.defs#reasonViolenceSelfHarm"}, set()),
]


@pytest.mark.parametrize(("answers", "there", "absent"), CODES)
def test_codes_of_other_systems(answers: dict[str, str], there: set[str], absent: set[str]) -> None:
    found = set(begin(**answers).result().codes)
    assert there <= found <= codes.KNOWN
    assert not absent & found


def test_bullying_threats_and_self_harm_have_no_xarf_type() -> None:
    found = begin(what="bullying threat self_harm", feel="sad").result().codes
    assert not [one for one in found if one.startswith("xarf:")]


@pytest.mark.parametrize(
    ("role", "age", "reporter", "child"),
    [
        ("self", "under_13", "under_13", True),
        ("self", "18_over", "18_over", False),
        ("self", "unknown", "unknown", True),
        ("parent", "under_13", "18_over", False),
        ("friend", "18_over", "unknown", True),
        ("other", "13_15", "unknown", True),
    ],
)
def test_the_reporter_and_the_person_harmed_are_told_apart(role: str, age: str, reporter: str, child: bool) -> None:
    talk = begin(role=role, age=age)
    result = talk.result()
    assert (result.role, result.age_band, result.reporter_age_band) == (role, age, reporter)
    assert result.affected_is_reporter is (role == "self")
    assert talk.child is child


def test_before_the_questions_the_reporter_is_a_child_who_speaks_of_themselves() -> None:
    talk = Interview.start(FORM)
    assert talk.about_self
    assert talk.child
    assert talk.result().age_band == "unknown"


def test_fields_facts_and_routes_go_into_the_report() -> None:
    talk = begin(
        what="meeting deception", m3="no", ongoing="yes", name="Sam", contact="here", counterpart="m@chat.example"
    )
    result = talk.result()
    assert result.fields["counterpart"] == "m@chat.example"
    assert (result.fields["name"], result.fields["contact"], result.fields["ongoing"]) == ("Sam", "here", "yes")
    assert "narrative" not in result.fields
    assert result.facts == {"told_adult": "no"}
    assert result.fields["told_adult"] == "no"
    assert [begin(known=one).result().fields["known_offline"] for one in ("yes", "met", "no", "unsure")] == [
        "yes",
        "yes",
        "no",
        "unsure",
    ]
    assert begin(what="deception", d1="money", d2="both").result().routes == ("fraud", "account")


def test_qualifiers_hold_choices_and_no_identity() -> None:
    result = begin(what="threat", t1="me many", name="Sam", phone="1", own_words="Words").result()
    found = {one.q: one for one in result.qualifiers}
    assert found["t1"].a == ("me", "many")
    assert found["t1"].answer_shown == "Me; A lot of people"
    assert found["t1"].at == AT
    assert not {"name", "phone", "own_words"} & set(found)


def test_a_typed_follow_up_is_a_qualifier() -> None:
    result = begin(what="self_harm", h1="friend", h3="At school").result()
    assert [(one.q, one.a) for one in result.qualifiers if one.q == "h3"] == [("h3", ("At school",))]
