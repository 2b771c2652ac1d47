"""The CASE/UCO file: conforms to the ontology's shapes, names every message, gives the same bytes each time."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import export_case as case
import pytest
from evidence_case import ACCOUNT, OTHER
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.evidence import Assurance
from messenger.evidence.export.case import case_bytes, case_graph
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.schema import Schemas

Find = Callable[[str], list[dict[str, Any]]]


def validate(folder: Path, *files: bytes) -> subprocess.CompletedProcess[str]:
    """case_validate over several files at once, with every information and warning counted as a fault."""
    paths = [folder / f"{number}.jsonld" for number in range(len(files))]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    command = [str(Path(sys.executable).with_name("case_validate")), "--built-version", "case-1.4.0", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def as_another(found: Dossier, number: int) -> Dossier:
    """The same with another report's number, so that its nodes are others."""
    return replace(found, report={**found.report, "report_id": f"3f0c2a9e-6d1b-4b7a-9c55-0000000000{number:02d}"})


def rich(schemas: Schemas) -> Dossier:
    """A report with every kind of node: chosen, changed and taken-back messages, files, a room's member, no times."""
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    shown = [one for one in entries if "withheld" not in one]
    edit = {
        "kind": "correction",
        "from": shown[1]["from"],
        "times": {**shown[1]["times"]},
        "body": "Other words.",
        "raw_sha256": shown[1]["raw_sha256"],
    }
    shown[1]["edits"] = [edit, {**edit, "kind": "retraction", "body": "", "raw_sha256": None}]
    shown[1]["retracted"] = True
    shown[2]["times"] = {"client": "once upon a time", "delay": None, "archive": None, "claimed": None}
    shown[3]["to"] = ""
    shown[4]["media_refs"] = [
        {"name": "a.jpg", "mime": "image/jpeg", "size": 7, "url": "aesgcm://x.example/a#key", "hashes": [
            {"alg": "sha-256", "value": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
            {"alg": "SHA-256", "value": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
            {"alg": "sha-256", "value": "no sum"}, {"alg": "md5", "value": "d41d8cd98f00b204e9800998ecf8427e"},
        ]},
        {"name": "", "mime": "", "size": None, "url": None, "hashes": []},
    ]  # fmt: skip
    return replace(found, entries=entries, raised={shown[0]["seq"]: Assurance.A3})


@pytest.fixture(scope="module")
def nodes(schemas: Schemas) -> Find:
    graph = case_graph(rich(schemas))["@graph"]

    def find(kind: str) -> list[dict[str, Any]]:
        return [one for one in graph if one["@type"].endswith(":" + kind)]

    return find


def test_every_kind_of_report_conforms_to_the_ontology(schemas: Schemas, hostile: Dossier, tmp_path: Path) -> None:
    words = ["\x00\x07\u202e", "<script>&]]>", '"@id": "x"', "\ufdd0\uffff\U0001f600", "w" * 64_000, "\u2028\r\n\t", "@value"]
    smallest = replace(case.dossier(schemas, "bullying", named=False), entries=(), case_number="")
    kinds = [rich(schemas), smallest, case.grown(schemas), case.room(schemas), case.with_words(hostile, *words, name="\x00")]
    done = validate(tmp_path, *(case_bytes(as_another(one, number)) for number, one in enumerate(kinds)))
    assert done.returncode == 0, (done.stdout + done.stderr)[:5000]
    assert "Conforms: True" in done.stdout
    assert done.stderr == ""  # it also says there what the ontology does not know


def test_the_validator_does_refuse(schemas: Schemas, tmp_path: Path) -> None:
    """The check above is one that can fail, and not for the first file alone."""
    small = replace(case.dossier(schemas), entries=())
    broken = case_bytes(small).replace(b'"uco-types:hashMethod":"SHA256"', b'"uco-types:hashMethod":7', 1)
    done = validate(tmp_path, case_bytes(as_another(small, 1)), broken)
    assert done.returncode == 1
    assert "Conforms: False" in done.stdout


def facet(node: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in node["uco-core:hasFacet"] if one["@type"].endswith(":" + name))


def test_every_message_stands_in_its_order(nodes: Find) -> None:
    (thread,) = nodes("Thread")
    items = {one["@id"]: one for one in nodes("ThreadItem")}
    messages = {one["@id"]: one for one in nodes("Message")}
    walked, now = [], thread["uco-types:threadOriginItem"][0]["@id"]
    while now:
        walked.append(messages[items[now]["co:itemContent"]["@id"]]["uco-core:description"])
        now = items[now].get("uco-types:threadNextItem", {}).get("@id")
    assert [int(one.split("Number ")[1].rstrip(".")) for one in walked] == [4, 5, 7, 8, 9, 10, 11, 12]
    assert thread["co:size"]["@value"] == "8"
    assert len(messages) == 10  # and two changes


def test_words_senders_and_levels_are_there(nodes: Find) -> None:
    addresses = {one["@id"]: facet(one, "InstantMessagingAddressFacet") for one in nodes("InstantMessagingAddress")}
    assert {ACCOUNT, OTHER, f"{OTHER}/phone"} <= {one["uco-observable:addressValue"] for one in addresses.values()}
    chosen = next(one for one in nodes("Message") if "Number 7." in one.get("uco-core:description", ""))
    said = facet(chosen, "MessageFacet")
    assert chosen["uco-core:description"].startswith("Chosen by the reporter. Corroboration: level A2.")
    assert said["uco-observable:messageText"] == "Which street do you live in?"
    assert addresses[said["uco-observable:from"]["@id"]]["uco-observable:addressValue"] == f"{OTHER}/phone"
    assert said["uco-observable:messageID"] == "id-7"
    assert "uco-observable:sentTime" not in said  # that stamp was no time
    raised = next(one for one in nodes("Message") if "Number 4." in one.get("uco-core:description", ""))
    assert "level A3" in raised["uco-core:description"]


def test_changes_and_files_are_linked_to_their_message(nodes: Find) -> None:
    links = [(one["uco-core:kindOfRelationship"], one["uco-core:target"]["@id"]) for one in nodes("ObservableRelationship")]
    message = next(one for one in nodes("Message") if "Number 5." in one.get("uco-core:description", ""))
    assert ("Corrects", message["@id"]) in links
    assert ("Retracts", message["@id"]) in links
    assert [kind for kind, _target in links].count("Attached_To") == 3
    picture = next(one for one in nodes("File") if facet(one, "FileFacet").get("uco-observable:fileName") == "a.jpg")
    sums = [one["uco-types:hashValue"]["@value"] for one in facet(picture, "ContentDataFacet")["uco-observable:hash"]]
    assert sums == ["E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"] * 2
    assert "not in the report" in picture["uco-core:description"]


def test_provenance_names_case_and_digest(nodes: Find, schemas: Schemas) -> None:
    found = rich(schemas)
    (record,) = nodes("ProvenanceRecord")
    assert record["case-investigation:exhibitNumber"] == "AB42-CD34"
    assert record["uco-core:description"] == [f"Digest (SHA-256) of the signed report: {found.digest}"]
    everything = {one["@id"] for kind in ("Message", "File", "InstantMessagingAddress", "MessageThread") for one in nodes(kind)}
    assert everything <= {one["@id"] for one in record["uco-core:object"]}
    (action,) = nodes("InvestigativeAction")
    assert action["uco-action:result"] == [{"@id": record["@id"]}]
    (investigation,) = nodes("Investigation")
    assert {one["@id"] for one in investigation["uco-core:object"]} == {record["@id"], action["@id"]}


def test_every_link_leads_to_a_node_and_no_id_is_there_twice(schemas: Schemas) -> None:
    made: list[str] = []
    links: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if set(value) == {"@id"}:
                links.add(value["@id"])
            elif "@id" in value:
                made.append(value["@id"])
            for one in value.values():
                look(one)
        elif isinstance(value, list):
            for one in value:
                look(one)

    look(case_graph(rich(schemas))["@graph"])
    assert len(made) == len(set(made))
    assert links <= set(made)


def test_the_reporter_is_named_only_when_the_identity_part_is_opened(schemas: Schemas) -> None:
    assert b'"Sam"' in case_bytes(case.dossier(schemas))
    assert b'"Sam"' not in case_bytes(case.dossier(schemas, named=False))


def test_no_links_key_is_in_it(schemas: Schemas) -> None:
    assert b"#key" not in case_bytes(rich(schemas))


def test_the_same_report_gives_the_same_bytes(schemas: Schemas) -> None:
    assert case_bytes(rich(schemas)) == case_bytes(rich(schemas))


@given(st.text(), st.text())
def test_whatever_was_written_it_is_kept_word_for_word(hostile: Dossier, first: str, second: str) -> None:
    graph = json.loads(case_bytes(case.with_words(hostile, first, second)))["@graph"]
    texts = [
        facet(one, "MessageFacet").get("uco-observable:messageText", "")
        for one in graph
        if one["@type"] == "uco-observable:Message"
    ]
    assert texts[:2] == [first, second]


def test_what_was_added_later_stands_after_the_report(schemas: Schemas) -> None:
    found = case.grown(schemas)
    graph = case_graph(found)["@graph"]
    said = [one.get("uco-core:description", "") for one in graph if one["@type"] == "uco-observable:Message"]
    later = [one for one in said if one.startswith("Added later by the reporter.")]
    assert [int(one.split("Number ")[1].rstrip(".")) for one in later] == [10, 11, 12, 13, 14, 15, 16]
    (record,) = [one for one in graph if one["@type"].endswith("ProvenanceRecord")]
    assert [one.split(": ")[1] for one in record["uco-core:description"]] == [
        found.digest,
        *(part.digest for part in found.later),
    ]

