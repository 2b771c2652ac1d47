"""The block with its reports (XEP-0377), and the report that stands alone."""

from __future__ import annotations

import copy
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import export_case as case
import pytest
from evidence_case import ACCOUNT, OTHER, ROOM
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.errors import NoSuchForm
from messenger.evidence.export.dossier import Dossier
from messenger.evidence.export.xep0377 import block, block_bytes, messages
from messenger.evidence.schema import Schemas

BLOCKING, REPORTING, SID, REF = "urn:xmpp:blocking", "urn:xmpp:reporting:1", "urn:xmpp:sid:0", "urn:robin:ref:1"


def items(root: Element) -> list[Element]:
    return list(root.iterfind(f"{{{BLOCKING}}}item"))


def ids(parent: Element) -> list[tuple[str | None, str | None]]:
    return [(one.get("by"), one.get("id")) for one in parent.iterfind(f".//{{{SID}}}stanza-id")]


def test_one_item_for_each_chosen_message_with_the_id_in_both_forms(schemas: Schemas) -> None:
    root = ElementTree.fromstring(block_bytes(case.dossier(schemas)))
    assert root.tag == f"{{{BLOCKING}}}block"
    seven, nine = items(root)
    assert {one.get("jid") for one in (seven, nine)} == {OTHER}
    assert ids(seven) == [(ACCOUNT, "archive-7"), (OTHER, "archive-7")]
    assert ids(nine) == []  # it came with several ids, so none is trusted


def test_what_is_written_is_what_xmpp_writes(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    text = block_bytes(found).decode()
    assert text.startswith(f'<block xmlns="{BLOCKING}"><item jid="{OTHER}"><report xmlns="{REPORTING}" ')
    assert f'<stanza-id xmlns="{SID}" by="{ACCOUNT}" id="archive-7"/>' in text
    assert f'<text xml:lang="en">ref case AB42-CD34, sha-256:{found.digest}</text>' in text
    assert f'<ref xmlns="{REF}" case="AB42-CD34" digest="{found.digest}"/>' in text
    assert "ns0" not in text


def test_a_message_without_an_archive_id_has_none(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    entries = copy.deepcopy(found.entries)
    for one in entries:
        if "withheld" not in one:
            one["stanza_id"] = None
    assert ids(block(replace(found, entries=entries))) == []


@pytest.mark.parametrize(
    ("category", "reason"),
    [(one, "spam" if one == "deception" else "abuse") for one in case.CATEGORIES],
)
def test_the_reason_follows_the_category(schemas: Schemas, category: str, reason: str) -> None:
    found = case.dossier(schemas)
    root = block(replace(found, report={**found.report, "category": category}))
    report = root.find(f".//{{{REPORTING}}}report")
    assert report is not None
    assert report.get("reason") == f"urn:xmpp:reporting:{reason}"


@pytest.mark.parametrize("origin", [True, False])
@pytest.mark.parametrize("third", [True, False])
def test_servers_hand_on_only_what_was_allowed(schemas: Schemas, origin: bool, third: bool) -> None:
    found = case.dossier(schemas)
    consent = {**found.report["consent"], "tell_their_server": origin, "third_party": third}
    root = block(replace(found, report={**found.report, "consent": consent}))
    for item in items(root):
        assert (item.find(f"./{{{REPORTING}}}report/{{{REPORTING}}}report-origin") is not None) is origin
        assert (item.find(f"./{{{REPORTING}}}report/{{{REPORTING}}}third-party") is not None) is third


def test_neither_is_there_by_default(schemas: Schemas) -> None:
    data = block_bytes(case.dossier(schemas))
    assert b"report-origin" not in data
    assert b"third-party" not in data


def test_without_messages_there_is_one_item(schemas: Schemas) -> None:
    (item,) = items(block(replace(case.dossier(schemas), entries=())))
    assert item.get("jid") == OTHER
    assert ids(item) == []


def test_of_a_rooms_member_the_whole_address_is_blocked_not_the_room(schemas: Schemas) -> None:
    (item,) = items(block(case.room(schemas)))
    assert item.get("jid") == f"{ROOM}/Max"
    assert ids(item) == [(ROOM, "room-1"), (f"{ROOM}/Max", "room-1")]


def test_of_everybody_else_the_bare_address_is_blocked(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    report = copy.deepcopy(found.report)
    report["reported"][0]["jid"] = f"{OTHER}/phone"
    assert {one.get("jid") for one in items(block(replace(found, report=report)))} == {OTHER}


def test_what_was_added_later_is_not_in_the_block(schemas: Schemas) -> None:
    assert len(items(block(case.grown(schemas)))) == 2


def test_nobody_with_an_address_cannot_be_blocked(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    report = {**found.report, "reported": [{**found.report["reported"][0], "jid": ""}]}
    with pytest.raises(NoSuchForm):
        block(replace(found, report=report))


def test_a_case_without_a_number_is_named_by_the_report(schemas: Schemas) -> None:
    found = replace(case.dossier(schemas), case_number="")
    root = block(found)
    assert f"ref case {found.report['report_id']}, " in (root.findtext(f".//{{{REPORTING}}}text") or "")
    ref = root.find(f".//{{{REF}}}ref")
    assert ref is not None
    assert ref.get("case") == ""


def test_a_report_that_stands_alone_carries_the_original(schemas: Schemas) -> None:
    found = case.dossier(schemas)
    seven, nine = messages(found, "desk@desk.example")
    assert {one.get("to") for one in (seven, nine)} == {"desk@desk.example"}
    assert seven.findtext("{urn:xmpp:jid:0}jid") == OTHER
    forwarded = seven.find("{urn:xmpp:forward:0}forwarded")
    assert forwarded is not None
    delay, original = forwarded
    assert delay.get("stamp") == "2026-11-24T08:07:00.000Z"
    assert (original.get("from"), original.get("to"), original.get("id")) == (f"{OTHER}/phone", ACCOUNT, "id-7")
    assert original.findtext("{jabber:client}body") == "Which street do you live in?"
    assert nine.findtext(".//{jabber:client}body") == "Come on. I can pick you up. \u202eneerg\u202c"
    (alone,) = messages(replace(found, entries=()), "desk@desk.example")
    assert alone.find("{urn:xmpp:forward:0}forwarded") is None


@given(st.text(), st.text(min_size=1))
def test_whatever_the_address_and_id_it_is_well_formed(hostile: Dossier, id: str, address: str) -> None:
    entries = copy.deepcopy(hostile.entries)
    item = next(one for one in entries if "withheld" not in one and one["highlighted"])
    item["stanza_id"] = {"by": address, "id": id}
    item["dup_stanza_id"] = False
    report = copy.deepcopy(hostile.report)
    report["reported"][0]["jid"] = f"max@{address}"
    root = ElementTree.fromstring(block_bytes(replace(hostile, entries=entries, report=report)))
    assert len(ids(items(root)[0])) == 2
