"""The CyberTipline file: well-formed, in the interface's own elements and order, and no more in it than may be."""

from __future__ import annotations

import copy
from dataclasses import replace
from xml.etree import ElementTree

import export_case as case
import pytest
from evidence_case import ACCOUNT, OTHER, ROOM
from hypothesis import given
from hypothesis import strategies as st
from ncmec_elements import INCIDENT_TYPES, faults

from messenger.domain.errors import NoSuchForm
from messenger.domain.evidence import Assurance
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.export.ncmec import ncmec_bytes, ncmec_report
from messenger.evidence.schema import Schemas

KINDS = [
    ("grooming", {}, "Online Enticement of Children for Sexual Acts", []),
    ("meeting", {}, "Online Enticement of Children for Sexual Acts", []),
    ("blackmail", {}, "Online Enticement of Children for Sexual Acts", ["sextortion"]),
    ("sexual", {"x1": "asked"}, "Online Enticement of Children for Sexual Acts", ["csamSolicitation"]),
    ("sexual", {"x1": "sent"}, "Unsolicited Obscene Material Sent to a Child", []),
    ("sexual", {"x2": "yes"}, "Child Pornography (possession, manufacture, and distribution)", []),
]


@pytest.mark.parametrize(("category", "answers", "kind", "marks"), KINDS)
def test_each_kind_has_the_incident_type_of_the_design(
    schemas: Schemas, category: str, answers: dict[str, str], kind: str, marks: list[str]
) -> None:
    data = ncmec_bytes(case.dossier(schemas, category, **answers))
    root = ElementTree.fromstring(data)
    assert faults(root) == []
    assert root.findtext("incidentSummary/incidentType") == kind
    assert kind in INCIDENT_TYPES
    assert [one.tag for one in root.iterfind("incidentSummary/reportAnnotations/*")] == marks


@pytest.mark.parametrize("category", ["threat", "bullying", "self_harm", "deception", "unsure"])
def test_what_has_no_incident_type_is_refused(schemas: Schemas, category: str) -> None:
    with pytest.raises(NoSuchForm) as refusal:
        ncmec_bytes(case.dossier(schemas, category))
    assert refusal.value.fields == {"what": "ncmec"}


@pytest.mark.parametrize("category", ["grooming", "meeting", "blackmail", "sexual"])
def test_an_adult_is_not_reported_as_a_child(schemas: Schemas, category: str) -> None:
    with pytest.raises(NoSuchForm):
        ncmec_bytes(case.dossier(schemas, category, age="18_over", x1="asked"))


def test_the_parts_of_a_report_are_in_their_places(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    root = ncmec_report(found)
    assert root.findtext("personOrUserReported/espIdentifier") == OTHER
    assert root.findtext("personOrUserReported/espService") == "elsewhere.example"
    assert root.findtext("personOrUserReported/screenName") == "Max"
    assert "Says their age is: 14" in (root.findtext("personOrUserReported/additionalInfo") or "")
    assert root.findtext("victim/espIdentifier") == ACCOUNT
    assert root.findtext("reporter/reportingPerson/firstName") == "Sam"
    assert root.findtext("reporter/reportingPerson/address/country") == "GB"
    assert root.findtext("incidentSummary/incidentDateTime") == "2026-11-24T08:09:00.000Z"
    content = root.findtext("internetDetails/chatImIncident/content") or ""
    assert f"7 (chosen) 2026-11-24T08:07:00.000Z {OTHER}/phone: Which street do you live in?" in content
    assert "[U+202E]neerg[U+202C]" in content
    assert "beach.jpg, image/jpeg, 48213 bytes" in (root.findtext("internetDetails/chatImIncident/additionalInfo") or "")
    more = root.findtext("additionalInfo") or ""
    assert found.digest in more
    assert found.case_number in more
    assert "He keeps asking where I live." in more
    assert "I believe that this is true." in more


@pytest.mark.parametrize(("tier", "there"), [("now", True), ("today", True), ("soon", False), ("log", False)])
def test_urgency_is_handed_on(schemas: Schemas, tier: str, there: bool) -> None:
    found = case.dossier(schemas)
    report = copy.deepcopy(found.report)
    report["urgency"] = {**report["urgency"], "tier": tier, "factors": ["They asked for a secret (+10)"] * 99}
    root = ncmec_report(replace(found, report=report))
    words = root.findtext("incidentSummary/escalateToHighPriority")
    assert (words is not None) is there
    assert faults(root) == []
    if there:
        assert words is not None
        assert words.startswith(f"Urgency by the reporter's answers: {tier}. They asked")
        assert len(words) == 3000


def test_without_the_identity_part_nobody_is_named(schemas: Schemas) -> None:
    data = ncmec_bytes(case.dossier(schemas, named=False))
    root = ElementTree.fromstring(data)
    assert faults(root) == []
    assert list(root.iterfind("reporter/reportingPerson/*")) == []
    assert b"Sam" not in data
    assert b"sealed part that was not opened" in data


def test_a_second_reported_party_is_not_lost(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    report = copy.deepcopy(found.report)
    second = {**report["reported"][0], "jid": "kim@third.example/phone"}
    root = ncmec_report(replace(found, report={**report, "reported": [*report["reported"], second]}))
    assert len(list(root.iterfind("personOrUserReported"))) == 1
    assert "Also reported: kim@third.example" in (root.findtext("additionalInfo") or "")


def test_a_reported_party_without_an_address_is_passed_over_for_one_with(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    report = copy.deepcopy(found.report)
    first = {**report["reported"][0], "jid": ""}
    root = ncmec_report(replace(found, report={**report, "reported": [first, *report["reported"]]}))
    assert root.findtext("personOrUserReported/espIdentifier") == OTHER
    alone = ncmec_report(replace(found, report={**report, "reported": [first]}))
    assert faults(alone) == []
    assert alone.find("personOrUserReported/espIdentifier") is None
    assert alone.findtext("personOrUserReported/screenName") == "Max"


def test_no_messages_and_no_times_still_make_a_report(schemas: Schemas) -> None:
    found = replace(case.dossier(schemas), entries=())
    root = ncmec_report(found)
    assert faults(root) == []
    assert root.find("internetDetails") is None
    assert root.findtext("incidentSummary/incidentDateTime") == found.report["created_at"]
    assert "not known" in (root.findtext("incidentSummary/incidentDateTimeDescription") or "")


def test_levels_that_the_desk_found_count(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    raised = replace(found, raised={one["seq"]: Assurance.A3 for one in found.shown})
    assert "8 at level A3" in (ncmec_report(raised).findtext("additionalInfo") or "")


def test_a_links_key_stays_out(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    item = next(one for one in entries if "withheld" not in one and one["media_refs"])
    item["media_refs"][0]["url"] = "aesgcm://up.example/a1#c2VjcmV0"
    data = ncmec_bytes(replace(found, entries=entries))
    assert b"aesgcm://up.example/a1" in data
    assert b"c2VjcmV0" not in data


@given(st.text(), st.text(), st.text(min_size=1, max_size=1000))
def test_whatever_was_written_the_file_is_well_formed(hostile: Dossier, first: str, second: str, name: str) -> None:
    root = ElementTree.fromstring(ncmec_bytes(case.with_words(hostile, first, second, name=name, narrative=second)))
    assert faults(root) == []


def test_sixty_four_thousand_characters_are_all_there(hostile: Dossier) -> None:
    body = "\x00\u202e<&>]]>\ufffe\r\n" * 6000
    root = ElementTree.fromstring(ncmec_bytes(case.with_words(hostile, body)))
    content = root.findtext("internetDetails/chatImIncident/content") or ""
    assert content.count("[U+0000][U+202E]<&>]]>[U+FFFE][U+000D]") == 6000


@pytest.mark.parametrize(
    ("category", "age", "there"),
    [
        ("grooming", "13_15", True),
        ("meeting", "unknown", True),
        ("blackmail", "under_13", True),
        ("grooming", "18_over", False),
        ("sexual", "13_15", False),
        ("threat", "13_15", False),
    ],
)
def test_a_report_of_another_messenger_without_codes_goes_by_its_category(
    schemas: Schemas, category: str, age: str, there: bool
) -> None:
    found = case.dossier(schemas, category, age=age)
    plain = replace(found, report={**found.report, "codes": ["tools.ozone.report.defs#reasonOther"]})
    if there:
        assert ncmec_report(plain).findtext("incidentSummary/incidentType") == KINDS[0][2]
        nobody = replace(plain, report={**plain.report, "affected": []})
        assert ncmec_report(nobody).findtext("incidentSummary/incidentType") == KINDS[0][2]
    else:
        with pytest.raises(NoSuchForm):
            ncmec_report(plain)


def test_what_was_added_later_and_that_it_was_taken_back_is_told(schemas: Schemas) -> None:
    found = case.grown(schemas)
    root = ncmec_report(found)
    assert faults(root) == []
    content = (root.findtext("internetDetails/chatImIncident/content") or "").split("\n")
    place = content.index("Added by the reporter on 2026-11-25T09:00:00.000Z:")
    assert [line.split(" ")[0] for line in content[:place]] == ["4", "5", "7", "8", "9", "10", "11", "12"]
    assert [line.split(" ")[0] for line in content[place + 1 :] if line[0] != " "] == ["10", "11", "12", "13", "14", "15", "16"]
    more = root.findtext("additionalInfo") or ""
    for part in found.later:
        assert f"Added by the reporter on 2026-11-25T09:00:00.000Z, digest {part.digest}. He wrote again." in more
    assert "took the report back on 2026-11-26T09:00:05.000Z" in more
    assert root.findtext("incidentSummary/incidentDateTime") == "2026-11-24T08:13:00.000Z"


def test_somebody_in_a_room_is_named_whole_with_the_rooms_id(schemas: Schemas) -> None:
    root = ncmec_report(case.room(schemas))
    assert faults(root) == []
    assert root.findtext("personOrUserReported/espIdentifier") == f"{ROOM}/Max"
    assert "Id in the room: occ-1" in (root.findtext("personOrUserReported/additionalInfo") or "")
    assert root.findtext("internetDetails/chatImIncident/chatRoomName") == ROOM


def test_each_way_to_reach_the_reporter_is_what_it_is(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    ways = [("email", "sam@mail.example"), ("xmpp", ACCOUNT), ("phone", "020 7946 0000"), ("post", "1 Road"), ("phone", "2")]
    contact = [{"kind": kind, "value": value, "safe": None, "when": ""} for kind, value in ways]
    root = ncmec_report(replace(found, reporter={**(found.reporter or {}), "contact": contact}))
    assert faults(root) == []
    person = root.find("reporter/reportingPerson")
    assert person is not None
    assert [(one.tag, one.text) for one in person if not len(one)] == [
        ("firstName", "Sam"),
        ("phone", "020 7946 0000"),
        ("phone", "2"),
        ("email", "sam@mail.example"),
    ]


@pytest.mark.parametrize("country", ["gb", "elsewhere"])
def test_a_country_is_named_where_there_is_one(schemas: Schemas, country: str) -> None:
    found = case.dossier(schemas)
    report = {**found.report, "reporter": {**found.report["reporter"], "country": country}}
    root = ncmec_report(replace(found, report=report))
    assert faults(root) == []
    assert (root.find("reporter/reportingPerson/address") is not None) is (country == "gb")


@pytest.mark.parametrize(("known", "words"), [("yes", "real life: yes"), ("no", "real life: no"), ("unsure", "")])
def test_what_the_reporter_knows_of_them_is_told(schemas: Schemas, known: str, words: str) -> None:
    found = case.dossier(schemas)
    report = copy.deepcopy(found.report)
    report["reported"][0].update(known_offline=known, other_accounts=["max_99 elsewhere"])
    told = ncmec_report(replace(found, report=report)).findtext("personOrUserReported/additionalInfo") or ""
    assert ("real life" in told) is bool(words)
    assert words in told
    assert "Other accounts named by the reporter: max_99 elsewhere" in told


def test_each_text_is_cut_where_the_interface_ends_it(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    report = copy.deepcopy(found.report)
    long = "w" * 300
    report["client"]["name"] = long
    report["incident"]["room_jid"] = f"{long}@rooms.example"
    report["reported"][0].update(jid=f"{long}@{long}", names_seen=[long, long])
    report["affected"][0].update(jid=f"{long}@{long}", age=13)
    reporter = {
        **(found.reporter or {}),
        "name": long,
        "contact": [{"kind": kind, "value": long, "safe": None, "when": ""} for kind in ("phone", "email")],
    }
    root = ncmec_report(replace(found, report=report, reporter=reporter))
    assert faults(root) == []
    lengths = {
        "incidentSummary/platform": 256,
        "internetDetails/chatImIncident/chatClient": 255,
        "internetDetails/chatImIncident/chatRoomName": 255,
        "reporter/reportingPerson/firstName": 100,
        "reporter/reportingPerson/phone": 50,
        "reporter/reportingPerson/email": 255,
        "personOrUserReported/espIdentifier": 255,
        "personOrUserReported/espService": 100,
        "personOrUserReported/screenName": 256,
        "personOrUserReported/displayName": 300,
        "victim/espIdentifier": 255,
        "victim/espService": 100,
    }
    assert {name: len(root.findtext(name) or "") for name in lengths} == lengths
    assert root.findtext("victim/victimPerson/age") == "13"


def test_who_is_harmed_beside_the_reporter_is_told(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    one = {**found.report["affected"][0], "is_reporter": False, "relation": "my friend", "age_band": "under_13"}
    root = ncmec_report(replace(found, report={**found.report, "affected": [one, one]}))
    assert faults(root) == []
    assert [victim.findtext("additionalInfo") for victim in root.iterfind("victim")] == [
        "Not the reporter. my friend Age band: under 13."
    ] * 2
    assert root.find("victim/espIdentifier") is None


def test_later_changes_stand_below_their_message(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    item = next(one for one in entries if "withheld" not in one)
    times = {"client": "2026-11-24T08:20:00.000Z", "delay": None, "archive": None, "claimed": None}
    item["edits"] = [
        {"kind": "correction", "times": times, "body": "Other\nwords."},
        {"kind": "retraction", "times": times, "body": ""},
    ]
    content = ncmec_report(replace(found, entries=entries)).findtext("internetDetails/chatImIncident/content") or ""
    assert content.split("\n")[1:4] == [
        "    2026-11-24T08:20:00.000Z changed to: Other",
        "    words.",
        "    2026-11-24T08:20:00.000Z taken back",
    ]
