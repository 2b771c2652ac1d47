"""The XARF file, held against the JSON schemas that the package xarf ships (its own code is not used: it drops reports)."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import export_case as case
import pytest
from evidence_case import ACCOUNT, OTHER, ROOM
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

from messenger.domain.errors import NoSuchForm
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.export.xarf import Organisation, xarf_bytes, xarf_report
from messenger.evidence.schema import Schemas

DESK = Organisation("Desk of Example", "desk@desk.example", "desk.example")


@cache
def validator() -> Draft202012Validator:
    """XARF's master schema with all that it refers to."""
    spec = find_spec("xarf")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "schemas"
    assert json.loads((folder / ".version").read_text("utf-8"))["version"] == "v4.2.0"
    schemas = [json.loads(path.read_text("utf-8")) for path in folder.rglob("*.json")]
    registry: Registry[Any] = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in schemas)
    master = next(one for one in schemas if one["$id"].endswith("xarf-v4-master.json"))
    return Draft202012Validator(master, registry=registry, format_checker=FormatChecker())


def faults(report: dict[str, Any]) -> list[str]:
    return [one.message for one in validator().iter_errors(report)]


KINDS = [
    ("grooming", {}, "content", "csem", "grooming"),
    ("meeting", {}, "content", "csem", "grooming"),
    ("sexual", {}, "content", "csem", "solicitation"),
    ("blackmail", {}, "content", "csem", "sextortion"),
    ("deception", {"d1": "money"}, "content", "fraud", None),
    ("deception", {"d1": "password"}, "content", "phishing", None),
    ("deception", {"d1": "adverts"}, "messaging", "spam", None),
]


@pytest.mark.parametrize(("category", "answers", "family", "kind", "exploitation"), KINDS)
def test_each_kind_that_xarf_knows_fits_its_schema(
    schemas: Schemas, category: str, answers: dict[str, str], family: str, kind: str, exploitation: str | None
) -> None:
    report = json.loads(xarf_bytes(case.dossier(schemas, category, **answers)))
    assert faults(report) == []
    assert (report["category"], report["type"], report.get("exploitation_type")) == (family, kind, exploitation)
    assert report["source_identifier"] == OTHER
    assert report.get("url", f"xmpp:{OTHER}") == f"xmpp:{OTHER}"


def test_the_schemas_do_refuse(schemas: Schemas) -> None:
    """The check above is one that can fail."""
    report = xarf_report(case.dossier(schemas))
    for change in ({"exploitation_type": "other"}, {"type": "bullying"}, {"tags": ["No"]}, {"description": "w" * 1001}):
        assert faults({**report, **change})
    assert faults({key: value for key, value in report.items() if key != "url"})


@pytest.mark.parametrize("category", ["bullying", "threat", "self_harm", "unsure"])
def test_what_has_no_type_is_refused(schemas: Schemas, category: str) -> None:
    with pytest.raises(NoSuchForm) as refusal:
        xarf_bytes(case.dossier(schemas, category), DESK)
    assert refusal.value.fields == {"what": "xarf"}


@pytest.mark.parametrize("category", ["grooming", "meeting", "sexual", "blackmail"])
def test_what_is_done_to_an_adult_is_no_child_abuse_report(schemas: Schemas, category: str) -> None:
    with pytest.raises(NoSuchForm):
        xarf_bytes(case.dossier(schemas, category, age="18_over"), DESK)


def test_the_reports_own_category_wins_over_one_beside_it(schemas: Schemas) -> None:
    found = case.dossier(schemas, "blackmail")
    both = {**found.report, "also": ["grooming"], "codes": ["xarf:content/csem:grooming", *found.report["codes"]]}
    assert xarf_report(replace(found, report=both))["exploitation_type"] == "sextortion"
    beside = {**both, "category": "threat", "also": ["bullying", "grooming"]}
    assert xarf_report(replace(found, report=beside))["exploitation_type"] == "grooming"


@pytest.mark.parametrize(
    ("age", "range_"), [("under_13", "prepubescent"), ("13_15", "pubescent"), ("16_17", "pubescent"), ("unknown", "unknown")]
)
def test_the_age_is_a_range(schemas: Schemas, age: str, range_: str) -> None:
    assert xarf_report(case.dossier(schemas, age=age))["victim_age_range"] == range_


def test_nobody_learns_who_reported_unless_asked(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    quiet, named = xarf_report(found, DESK), xarf_report(found, DESK, named=True)
    assert quiet["sender"] == quiet["reporter"] == {"org": DESK.org, "contact": DESK.contact, "domain": DESK.domain}
    assert named["sender"] == {"org": "user of home.example", "contact": ACCOUNT, "domain": "home.example"}
    assert faults(named) == []
    whole = json.dumps(quiet) + "".join(base64.b64decode(one["payload"]).decode() for one in quiet["evidence"])
    assert ACCOUNT not in whole
    assert "home.example" not in whole
    assert "Sam" not in whole
    messages = json.loads(base64.b64decode(quiet["evidence"][0]["payload"]))["messages"]
    assert {one["from"] for one in messages} == {"the reporter", f"{OTHER}/phone"}
    assert ACCOUNT in base64.b64decode(named["evidence"][0]["payload"]).decode()


def test_the_desk_of_the_report_stands_for_it_when_none_is_given(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    assert xarf_report(found)["reporter"] == {
        "org": "Example desk",
        "contact": "abuse@desk.example",  # RFC 2142
        "domain": "desk.example",
    }
    for base, jid, contact, domain in (
        ("xmpp:in@d.example", "in@d.example", "in@d.example", "d.example"),
        ("mailto:help@m.example", "", "help@m.example", "m.example"),
    ):
        report = {**found.report, "sent_to": {**found.report["sent_to"], "base": base, "jid": jid}}
        made = xarf_report(replace(found, report=report))["reporter"]
        assert (made["contact"], made["domain"]) == (contact, domain)
    nowhere = {**found.report, "sent_to": {**found.report["sent_to"], "base": "folder:///media/stick", "jid": ""}}
    with pytest.raises(NoSuchForm):
        xarf_report(replace(found, report=nowhere))
    assert faults(xarf_report(replace(found, report=nowhere), DESK)) == []


def test_nobody_with_an_address_is_refused(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    report = {**found.report, "reported": [{**found.report["reported"][0], "jid": ""}]}
    with pytest.raises(NoSuchForm):
        xarf_report(replace(found, report=report), DESK)


def test_evidence_is_text_with_its_digest_and_the_case_can_be_found(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    report = xarf_report(found, DESK)
    (evidence,) = report["evidence"]
    data = base64.b64decode(evidence["payload"])
    assert evidence["content_type"] == "application/json"
    assert evidence["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
    assert evidence["size"] == len(data)
    assert [one["seq"] for one in json.loads(data)["messages"]] == [4, 5, 7, 8, 9, 10, 11, 12]
    assert "case:ab42-cd34" in report["tags"]
    assert f"report-sha256:{hashlib.sha256(json_bytes(found)).hexdigest()}" in report["tags"]
    assert found.digest in report["description"]
    assert report["timestamp"] == "2026-11-24T08:30:00.000Z"
    assert report["evidence_type"] == ["chat_logs", "metadata"]


def json_bytes(found: Dossier) -> bytes:
    return json.dumps(found.report, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_no_picture_is_attached_and_no_links_key(schemas: Schemas) -> None:
    found = case.dossier(schemas, "sexual", x2="yes")
    entries = copy.deepcopy(found.entries)
    item = next(one for one in entries if "withheld" not in one and one["media_refs"])
    item["media_refs"][0]["url"] = "aesgcm://up.example/a1#c2VjcmV0"
    report = xarf_report(replace(found, entries=entries), DESK)
    assert faults(report) == []
    assert {one["content_type"] for one in report["evidence"]} == {"application/json"}
    data = base64.b64decode(report["evidence"][0]["payload"])
    assert b'"url":"aesgcm://up.example/a1"' in data
    assert b"c2VjcmV0" not in data
    assert b"raw_xml" not in data


def test_much_evidence_comes_in_pieces_that_fit(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(list(found.entries))
    shown = next(one for one in entries if "withheld" not in one)
    many = tuple({**shown, "seq": 1 + place, "body": "\u00fc" * 60_000} for place in range(120))
    report = xarf_report(replace(found, entries=many), DESK)
    assert faults(report) == []
    assert len(report["evidence"]) == 4
    seqs = [one["seq"] for part in report["evidence"] for one in json.loads(base64.b64decode(part["payload"]))["messages"]]
    assert seqs == list(range(1, 121))
    assert all(len(base64.b64decode(part["payload"])) <= 5_242_880 for part in report["evidence"])


def test_without_messages_there_is_no_evidence(schemas: Schemas) -> None:
    report = xarf_report(replace(case.dossier(schemas), entries=()), DESK)
    assert report["evidence"] == []
    assert faults(report) == []


@given(st.text(), st.text(min_size=1, max_size=1000))
def test_whatever_was_written_it_fits(hostile: Dossier, body: str, name: str) -> None:
    found = case.with_words(hostile, body, name=name, narrative=body)
    report = json.loads(xarf_bytes(found, DESK))
    assert faults(report) == []
    assert json.loads(base64.b64decode(report["evidence"][0]["payload"]))["messages"][0]["body"] == body


@given(st.text(alphabet="aB3-.@/%? #\u00fc", min_size=1, max_size=40))
def test_whatever_the_address_the_url_is_one(hostile: Dossier, address: str) -> None:
    report = copy.deepcopy(hostile.report)
    report["reported"][0]["jid"] = address
    if not address.split("/")[0]:
        return
    made = xarf_report(replace(hostile, report=report), DESK)
    assert faults(made) == []
    assert made["url"].isascii()
    assert not set(made["url"]) & set(" #?")


@pytest.mark.parametrize(
    ("category", "age", "kind"),
    [
        ("grooming", "13_15", "grooming"),
        ("meeting", "unknown", "grooming"),
        ("blackmail", "under_13", "sextortion"),
        ("sexual", "16_17", "solicitation"),
        ("sexual", "18_over", ""),
        ("deception", "13_15", ""),
        ("bullying", "13_15", ""),
    ],
)
def test_a_report_of_another_messenger_without_codes_goes_by_its_category(
    schemas: Schemas, category: str, age: str, kind: str
) -> None:
    found = case.dossier(schemas, category, age=age)
    plain = replace(found, report={**found.report, "codes": []})
    if kind:
        assert xarf_report(plain)["exploitation_type"] == kind
    else:
        with pytest.raises(NoSuchForm):
            xarf_report(plain)


def test_what_was_added_later_is_evidence_of_its_own(schemas: Schemas) -> None:
    found = case.grown(schemas)
    report = xarf_report(found, DESK)
    assert faults(report) == []
    first, later = report["evidence"]
    assert later["description"] == "Messages 10 to 16, text only, added later"
    assert first["description"] == "Messages 4 to 12, text only"
    assert json.loads(base64.b64decode(later["payload"]))["digest"] == found.later[0].digest


def test_somebody_in_a_room_is_named_whole(schemas: Schemas) -> None:
    report = xarf_report(case.room(schemas), DESK)
    assert faults(report) == []
    assert report["source_identifier"] == f"{ROOM}/Max"
    assert report["url"] == f"xmpp:{ROOM}/Max"
    assert report["domain"] == "rooms.example"


@pytest.mark.parametrize(("added", "more"), [(49, False), (50, True)])
def test_more_pieces_than_the_format_holds_are_told_of(schemas: Schemas, added: int, more: bool) -> None:
    found = case.grown(schemas)
    report = xarf_report(replace(found, later=found.later[:1] * added), DESK)
    assert faults(report) == []
    assert len(report["evidence"]) == 50
    assert ("more messages than this format holds" in report["description"]) is more


def test_nobody_named_or_several_of_different_ages_is_no_range(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    one = found.report["affected"][0]
    for affected in ([], [one, {**one, "age_band": "under_13"}]):
        assert xarf_report(replace(found, report={**found.report, "affected": affected}))["victim_age_range"] == "unknown"
    both = [one, {**one, "age_band": "16_17"}]
    assert xarf_report(replace(found, report={**found.report, "affected": both}))["victim_age_range"] == "pubescent"


@pytest.mark.parametrize(("id", "kept"), [("x" * 200, True), ("x", True), ("x" * 201, False), (None, False)])
@pytest.mark.parametrize(("lang", "said"), [("en", True), ("en-GB", True), ("EN", False), ("x-klingon", False), (None, False)])
def test_an_advert_names_its_message_and_language_where_they_fit(
    schemas: Schemas, id: str | None, kept: bool, lang: str | None, said: bool
) -> None:
    found = case.dossier(schemas, "deception", d1="adverts")
    entries = copy.deepcopy(found.entries)
    item = next(one for one in entries if "withheld" not in one and one["highlighted"])
    item.update(id=id, lang=lang)
    report = xarf_report(replace(found, entries=entries), DESK)
    assert faults(report) == []
    assert report["protocol"] == "chat"
    assert (report.get("message_id") == id) is (kept or id is None)
    assert ("message_id" in report, "language" in report) == (kept, said)
