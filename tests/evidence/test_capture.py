"""Capture: which lines go, what stays countable, the tree over all, and no media in any byte."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import evidence_case as case
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.errors import EvidenceRefused, FormatRefused
from messenger.domain.evidence import ArchiveCheck, EditRecord, Occupant, RoomFacts
from messenger.domain.message import ArchiveId, MediaRef, Times
from messenger.evidence.canonical import b64u, canonical, digest, parse_canonical
from messenger.evidence.capture import (
    MAX_CANONICAL_BYTES,
    MAX_ENTRIES,
    Reason,
    Withheld,
    assurance,
    capture,
    leaf_hash,
    make_item,
    merkle_root,
    selection,
    withheld_runs,
)
from messenger.evidence.manifest import check_entries, make_manifest
from messenger.evidence.media import media_free_text, media_free_xml
from messenger.evidence.report import prepare
from messenger.evidence.schema import Schemas
from messenger.evidence.statement import ServerFacts
from messenger.evidence.verify import tree, withheld
from messenger.evidence.visible import escaped, escaped_or_none

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + hashlib.shake_256(b"picture").digest(900)).decode()
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0\x00\x10JFIF" + hashlib.shake_256(b"photo").digest(900)).decode()
MP4 = base64.b64encode(b"\x00\x00\x00\x20ftypisom" + hashlib.shake_256(b"film").digest(900)).decode()


def shown(entries: tuple[dict[str, object], ...]) -> list[object]:
    return [entry["seq"] for entry in entries if "withheld" not in entry]


def test_chosen_and_three_around_go_and_twenty_stay_countable() -> None:
    found = capture(case.conversation(60), {1030}, random=case.seeded("s"))
    assert shown(found.entries) == [27, 28, 29, 30, 31, 32, 33]
    assert [entry["seq"] for entry in found.entries] == list(range(10, 51))
    assert found.withheld == (Withheld(10, 26, 17, Reason.CONTEXT), Withheld(34, 50, 17, Reason.CONTEXT))
    assert (found.first_seq, found.last_seq, found.shown) == (10, 50, 7)
    assert found.messages == (1027, 1028, 1029, 1030, 1031, 1032, 1033)
    assert [entry["seq"] for entry in found.entries if entry.get("highlighted")] == [30]


def test_left_out_lines_stay_in_order_and_countable_but_cannot_be_read() -> None:
    found = capture(case.conversation(30), {1007}, {1006, 1005}, random=case.seeded("s"))
    assert shown(found.entries) == [4, 7, 8, 9, 10]
    assert Withheld(5, 6, 2, Reason.REMOVED) in found.withheld
    hidden = next(entry for entry in found.entries if entry["seq"] == 5)
    assert set(hidden) == {"seq", "withheld", "leaf"}
    assert "only one who gets me" not in canonical(list(found.entries)).decode()


def test_a_chosen_line_that_is_left_out_is_left_out() -> None:
    assert shown(capture(case.conversation(), {1007}, {1007}).entries) == [4, 5, 6, 8, 9, 10]


def test_far_apart_choices_leave_a_gap_that_is_counted() -> None:
    found = capture(case.conversation(100), {1001, 1100})
    assert Withheld(22, 79, 58, Reason.OUTSIDE) in found.withheld
    covered = sum(run.count for run in found.withheld) + found.shown
    assert covered == 100


def test_nothing_chosen_is_nothing_sent() -> None:
    found = capture(case.conversation(), set())
    assert (found.entries, found.shown, found.first_seq, found.withheld) == ((), 0, 0, ())
    assert found.merkle_root == digest(b"")


def test_messages_may_come_in_any_order_and_more_than_needed() -> None:
    lines = case.conversation(60)
    one = capture(lines, {1030}, random=case.seeded("s"))
    two = capture(list(reversed(lines))[5:-5], {1030}, random=case.seeded("s"))
    assert one == two


@given(st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)), st.sets(st.integers(1, 40)))
def test_every_line_is_shown_or_counted(present: set[int], chosen: set[int], left_out: set[int]) -> None:
    lines = [case.message(seq) for seq in sorted(present)]
    found = capture(lines, {1000 + one for one in chosen}, {1000 + one for one in left_out})
    counted = found.shown + sum(run.count for run in found.withheld)
    span = found.last_seq - found.first_seq + 1 if found.entries else 0
    assert counted == span
    expected = {seq for seq in present if any(abs(seq - one) <= 3 for one in chosen & present)} - left_out
    assert set(shown(found.entries)) == expected
    assert selection(sorted(present), chosen & present) - left_out == expected
    # The verifier, written apart, comes to the same runs and the same tree.
    runs = [
        {"from_seq": r.from_seq, "to_seq": r.to_seq, "count": r.count, "reason": r.reason.value} for r in found.withheld
    ]
    assert withheld(list(found.entries)) == runs
    assert withheld_runs(found.entries) == found.withheld


@pytest.mark.parametrize(
    ("count", "root"),
    [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ],
)
def test_rfc_6962_known_trees(count: int, root: str) -> None:
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in data[:count]]
    assert merkle_root(leaves).hex() == root


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_both_trees_agree(leaves: list[bytes]) -> None:
    assert merkle_root(leaves) == tree(leaves)


def test_an_item_holds_what_the_design_says() -> None:
    line = replace(
        case.message(9),
        edits=(
            EditRecord("correction", "x", "a@b.c", Times(case.NOW), case.raw("<message/>"), 3),
            EditRecord("retraction", "", "a@b.c", Times(case.NOW), case.raw("<message/>"), 4),
        ),
        media=(MediaRef("a\u202egpj.exe", "image/jpeg", 5, "https://x.example/a", (("sha-256", "eA=="),)),),
        reply_to="id-8",
        duplicate_archive_ids=True,
        archive_id=None,
    )
    item = make_item(line, highlighted=True, salt=bytes(16)).item
    assert item["dup_stanza_id"]
    assert item["stanza_id"] is None
    assert item["retracted"]
    assert item["highlighted"]
    assert [edit["kind"] for edit in item["edits"]] == ["correction", "retraction"]
    media = item["media_refs"][0]
    assert media == {
        "name": "a\u202egpj.exe", "name_escaped": "a[U+202E]gpj.exe", "mime": "image/jpeg", "size": 5,
        "url": "https://x.example/a", "hashes": [{"alg": "sha-256", "value": "eA=="}],
    }  # fmt: skip
    assert item["reply_to"] == "id-8"
    assert item["assurance"] == "A1"
    assert item["raw_sha256"] == digest(item["raw_xml"].encode())
    assert line.raw is not None
    assert item["xml_sha256"] == digest(line.raw.xml.encode())


def test_a_line_without_journal_or_stanza_says_so() -> None:
    item = make_item(case.message(9, journal_hash="", raw=None), highlighted=False, salt=bytes(16)).item
    assert item["assurance"] == "A0"
    assert item["journal"] is None
    assert (item["raw_xml"], item["raw_sha256"], item["xml_sha256"]) == (None, None, None)


def test_s35_hidden_characters_stay_raw_with_a_visible_form_beside() -> None:
    item = make_item(case.message(9, "pay\u202e\u2066 \u200bme\x07"), highlighted=True, salt=bytes(16)).item
    assert item["body"] == "pay\u202e\u2066 \u200bme\x07"
    assert item["body_escaped"] == "pay[U+202E][U+2066] [U+200B]me[U+0007]"
    plain = make_item(case.message(9, "hello\n\tthere \u00e9\u4f60"), highlighted=True, salt=bytes(16)).item
    assert plain["body_escaped"] is None


@pytest.mark.parametrize(
    "text", ["\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u2764\ufe0f\u200d\U0001f525", "\U0001f44b\U0001f3fd"]
)
def test_joined_emoji_are_not_hidden_characters(text: str) -> None:
    assert escaped_or_none(text) is None


def test_a_joiner_elsewhere_is_shown() -> None:
    assert escaped("a\u200db") == "a[U+200D]b"
    assert escaped("\u200d") == "[U+200D]"
    assert escaped("\U000e0041") == "[U+E0041]"


@pytest.mark.parametrize("data", [PNG, JPEG, MP4], ids=["png", "jpeg", "mp4"])
@pytest.mark.parametrize(
    "form",
    [
        "<message><data xmlns='urn:xmpp:bob' cid='sha1+x@bob.xmpp.org'>{}</data></message>",
        "<message><thumbnail xmlns='urn:xmpp:thumbs:1' uri='data:image/png;base64,{}'/></message>",
        '<message><x xmlns="vcard-temp"><PHOTO><BINVAL>{}</BINVAL></PHOTO></x></message>',
        "<message><body>look {} there</body></message>",
        "<message><a b='c>d'><data>{}</data></a></message>",
        "<message><encrypted xmlns='urn:xmpp:omemo:2'><payload>{}</payload></encrypted></message>",
        "<message><broken>{}",
        "data:image/png,{}",
    ],
)
def test_media_bytes_never_stay(data: str, form: str) -> None:
    text, count = media_free_xml(form.format(data))
    assert count >= 1
    assert data[60:120] not in text
    assert data[-100:] not in text
    assert "[media removed:" in text


def test_media_broken_over_lines_never_stays() -> None:
    lines = "\n".join(PNG[at : at + 76] for at in range(0, len(PNG), 76))
    for glue in ("\n", "&#10;", " \r\n"):
        text, count = media_free_xml(f"<m><data>{lines.replace(chr(10), glue)}</data></m>")
        assert count == 1
        assert PNG[300:340] not in text


def test_a_picture_in_the_body_never_stays() -> None:
    for body in (
        f"data:image/jpeg;base64,{JPEG}",
        f"see:{PNG}",
        f"<img src='data:image/png;base64,{PNG}'>",
        bytes.fromhex("ffd8ffe0").hex() + "ab" * 90,
    ):
        text, count = media_free_text(body)
        assert count == 1
        assert PNG[200:240] not in text
        assert JPEG[200:240] not in text
        assert "abababab" not in text


def test_words_are_never_taken_out() -> None:
    for words in (
        "ha" * 400,
        "https://example.org/" + "a1" * 200,
        "x" * 3000,
        "The data: it is here, look",
        "a normal line, with 9j and iVBORw0KGgo in it",
    ):
        assert media_free_text(words) == (words, 0)
        assert media_free_xml(f"<message><body>{words}</body></message>") == (
            f"<message><body>{words}</body></message>",
            0,
        )


def test_cipher_text_stays_for_the_one_with_the_key() -> None:
    cipher = base64.b64encode(hashlib.shake_256(b"cipher").digest(400)).decode()
    xml = f"<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>{cipher}</payload></encrypted>"
    assert media_free_xml(xml) == (xml, 0)
    assert media_free_xml(f"<other><payload>{cipher}</payload></other>")[1] == 1


def test_illegal_media_a_hundred_media_messages_leave_no_media_bytes() -> None:
    lines = []
    for seq in range(1, 101):
        xml = f"<message><body>see</body><data xmlns='urn:xmpp:bob'>{PNG}</data><t uri='data:image/png;base64,{JPEG}'/></message>"
        # A store that forgot to take media out must not matter.
        lines.append(replace(case.message(seq, f"see data:image/png;base64,{PNG}"), raw=case.raw(xml, xml)))
    found = capture(lines, {1000 + seq for seq in range(1, 101)})
    data = canonical(list(found.entries)).decode()
    for part in (PNG[40:80], JPEG[40:80], PNG[400:440]):
        assert part not in data
    assert found.media_removed == 300


def test_hostile_text_is_fast_and_never_fails() -> None:
    for text in (
        "<" * 50_000,
        "<a " + "b='" * 50_000,
        "A" * 200_000,
        ("A" * 20 + " ") * 20_000,
        "data:" * 40_000,
        "data:;;;;" * 20_000,
    ):
        media_free_xml(text)
        media_free_text(text)


def test_same_messages_and_salts_make_the_same_bytes() -> None:
    one, two = (canonical(list(case.captured().entries)) for _ in range(2))
    assert one == two
    assert canonical(list(case.captured("other salts").entries)) != one


def test_a_withheld_leaf_is_the_leaf_of_the_item_that_stands_there() -> None:
    random = case.seeded("s")
    salts = [random(16) for _ in range(30)]
    found = capture(case.conversation(), {1007}, {1006}, random=case.seeded("s"))
    index = [entry["seq"] for entry in found.entries].index(6)
    item = make_item(case.conversation()[5], highlighted=False, salt=salts[index]).item
    assert found.entries[index]["leaf"] == b64u(leaf_hash(item))


def test_items_are_json_people_can_read() -> None:
    assert json.loads(canonical(case.captured().entries[5]))["seq"]


def test_a_flood_of_huge_messages_cannot_make_a_report_too_big(schemas: Schemas) -> None:
    huge = "\u202e\U0001f600x" * 160_000
    lines = [
        replace(case.message(seq, huge), raw=case.raw(f"<message><body>{huge}</body></message>"))
        for seq in range(1, 17)
    ]
    found = capture(lines, {1000 + seq for seq in range(1, 17)})
    data = canonical({"type": "urn:robin:items:1", "report_id": case.REPORT_ID, "items": list(found.entries)})
    assert len(data) < 7 * 1024 * 1024
    schemas.check("items", json.loads(data))
    first = found.entries[0]
    assert first["body_length"] == len(huge)
    assert huge.startswith(first["body"])
    assert first["raw_xml"] is None
    assert lines[0].raw is not None
    assert first["xml_sha256"] == digest(lines[0].raw.xml.encode())


def test_s07_ten_thousand_corrections_stay_small_and_counted(schemas: Schemas) -> None:
    edit = EditRecord("correction", "x", "a@b.c", Times(case.NOW), case.raw("<message/>"), 3)
    many = tuple(replace(edit, journal_index=number) for number in range(10_000))
    item = make_item(replace(case.message(1), edits=many), highlighted=True, salt=bytes(16)).item
    assert item["edits_total"] == 10_000
    assert [one["journal_index"] for one in item["edits"]] == [*range(50), *range(9950, 10_000)]


def test_hostile_fields_fit_the_schema(schemas: Schemas) -> None:
    long = "\ud800" + "y" * 400_000
    line = replace(
        case.message(1, "a\ud800b"),
        kind=long,
        sender=long,
        to=long,
        archive_id=ArchiveId(long, long),
        stanza_id=long,
        origin_id=long,
        lang=long,
        reply_to=long,
        encryption=long,
        times=Times(case.NOW, claimed=long),
        media=tuple(
            MediaRef(long, long, size, "https://x/" + long, ((long, long),) * 50) for size in (-1, 10**30, None)
        )
        * 99,
    )
    item = make_item(line, highlighted=True, salt=bytes(16)).item
    schemas.check("items", {"type": "urn:robin:items:1", "report_id": case.REPORT_ID, "items": [item]})
    assert item["body"] == "a\ufffdb"
    assert {one["size"] for one in item["media_refs"]} == {None}
    assert canonical(item)


def test_too_many_lines_are_refused() -> None:
    lines = [case.message(seq) for seq in range(1, 2010)]
    with pytest.raises(FormatRefused):
        capture(lines, {1000 + seq for seq in range(1, 2010)})


def test_very_many_choices_keep_fewer_lines_countable(schemas: Schemas) -> None:
    lines = [case.message(seq, raw=None) for seq in range(1, 11_601)]
    chosen = {1000 + seq for seq in range(21, 11_601, 41)}
    found = capture(lines, chosen)
    assert found.shown == 7 * len(chosen)
    assert len(found.entries) <= MAX_ENTRIES
    assert found.shown + sum(run.count for run in found.withheld) == found.last_seq - found.first_seq + 1


def test_s08_a_retracted_message_keeps_its_words_and_both_stanzas() -> None:
    edit = EditRecord(
        "retraction", "", f"{case.OTHER}/phone", Times(case.NOW), case.raw("<message><retract/></message>"), 40
    )
    item = make_item(case.message(7, "Which street?", edits=(edit,)), highlighted=True, salt=bytes(16)).item
    assert item["retracted"]
    assert item["body"] == "Which street?"
    assert "Which street?" in item["raw_xml"]
    assert item["edits"][0]["raw_xml"] == "<message><retract/></message>"


def test_s17_a_claimed_time_stays_apart_from_the_trusted_ones() -> None:
    times = Times("2026-11-24T08:00:00.000Z", claimed="1999-01-01T00:00:00.000Z")
    item = make_item(case.message(7, times=times), highlighted=True, salt=bytes(16)).item
    assert item["times"] == {
        "client": "2026-11-24T08:00:00.000Z", "delay": None, "archive": None, "claimed": "1999-01-01T00:00:00.000Z",
    }  # fmt: skip


def test_a_flood_of_corrections_cannot_make_a_report_too_big() -> None:
    edit = EditRecord("correction", "x" * 300, "a@b.c", Times(case.NOW), case.raw("<message>" + "y" * 300), 3)
    lines = [case.message(seq, edits=(edit,) * 120) for seq in range(1, 141)]
    found = capture(lines, {1000 + seq for seq in range(1, 141)})
    shown_items = [entry for entry in found.entries if "withheld" not in entry]
    assert sum(len(canonical(entry)) for entry in shown_items) <= MAX_CANONICAL_BYTES
    assert {len(entry["edits"]) for entry in shown_items} == {40}
    assert {entry["edits_total"] for entry in shown_items} == {120}


def test_the_limit_of_bytes_can_be_given_and_is_met_to_the_byte() -> None:
    lines = [case.message(seq, "z" * 20_000) for seq in range(1, 4)]
    chosen = {1001, 1002, 1003}
    whole = capture(lines, chosen, random=case.seeded("s"))
    size = sum(len(canonical(entry)) for entry in whole.entries)
    assert [entry["body_length"] for entry in whole.entries] == [None] * 3
    assert capture(lines, chosen, random=case.seeded("s"), max_bytes=size) == whole
    less = capture(lines, chosen, random=case.seeded("s"), max_bytes=size - 1)
    assert [(entry["body_length"], len(entry["body"])) for entry in less.entries] == [(20_000, 16_384)] * 3
    least = capture(lines, chosen, random=case.seeded("s"), max_bytes=1)
    assert [len(entry["body"]) for entry in least.entries] == [256] * 3


@pytest.mark.parametrize("count", [4, 5, 6])
def test_of_many_changes_the_first_and_the_last_are_listed(count: int) -> None:
    edits = tuple(EditRecord("correction", str(n), "a@b.c", Times(case.NOW), None, n) for n in range(count))
    item = make_item(case.message(1, edits=edits), highlighted=True, salt=bytes(16), max_edits=4).item
    listed = [one["body"] for one in item["edits"]]
    assert listed == (["0", "1", "2", "3"] if count == 4 else ["0", "1", str(count - 2), str(count - 1)])
    assert item["edits_total"] == count
    assert item["edits"][0]["raw_xml"] is None


@pytest.mark.parametrize(
    ("check", "kept", "level"),
    [
        (ArchiveCheck.SAME, True, "A2"),
        (ArchiveCheck.SAME, False, "A2"),
        (ArchiveCheck.FOUND, True, "A2"),
        (ArchiveCheck.FOUND, False, "A2"),
        (ArchiveCheck.MISSING, True, "A1"),
        (ArchiveCheck.MISSING, False, "A0"),
        (ArchiveCheck.DIFFERS, True, "A1"),
        (ArchiveCheck.DIFFERS, False, "A0"),
        (ArchiveCheck.NOT_ASKED, True, "A1"),
        (ArchiveCheck.NOT_ASKED, False, "A0"),
    ],
)
def test_the_assurance_follows_from_what_is_known(check: ArchiveCheck, kept: bool, level: str) -> None:
    line = case.message(9, archive_check=check, journal_hash="ab" if kept else "")
    item = make_item(line, highlighted=True, salt=bytes(16)).item
    assert (item["archive_check"], item["assurance"]) == (check.value, level)
    assert assurance(check.value, kept) == level
    assert item["journal"] == ({"index": 9, "hash": "ab"} if kept else None)


def test_a_room_is_captured_with_who_was_who(schemas: Schemas) -> None:
    body = parse_canonical(case.room_prepared(schemas).report)["evidence"]
    assert body["kind"] == "room"
    assert body["with"] == case.ROOM
    assert body["room"] == {
        "jid": case.ROOM, "name": "Games", "public": True,
        "features": ["muc_public", "urn:xmpp:mam:2", "urn:xmpp:occupant-id:0"],
        "me": {"nick": "Robin", "occupant_id": "occ-9", "role": "participant", "affiliation": "member", "jid": case.ACCOUNT},
    }  # fmt: skip
    items = parse_canonical(case.room_prepared(schemas).items)["items"]
    assert [item["occupant"]["occupant_id"] for item in items] == ["occ-1", "occ-2", "occ-9", "occ-1"]
    assert {item["from"] for item in items[:2]} == {f"{case.ROOM}/Max"}
    assert [item["occupant"]["jid"] for item in items] == ["", case.OTHER, case.ACCOUNT, ""]


def test_hostile_names_in_a_room_fit_the_schema(schemas: Schemas) -> None:
    long = "\ud800" + "y" * 400_000
    who = Occupant(long, long, long, long, long)
    item = make_item(case.message(1, occupant=who), highlighted=True, salt=bytes(16)).item
    schemas.check("items", {"type": "urn:robin:items:1", "report_id": case.REPORT_ID, "items": [item]})
    assert {name: len(value) for name, value in item["occupant"].items()} == {
        "nick": 3071, "occupant_id": 3071, "role": 100, "affiliation": 100, "jid": 3071,
    }  # fmt: skip
    facts = RoomFacts(long, long, who, False, (long, *(f"feature {n}" for n in range(600))))
    taken = capture([case.message(1, occupant=who)], {1001})
    told = case.stated(incident=case.Incident(place="room"))
    made = prepare(
        told, taken, replace(case.snapshot(1), room=facts), case.REPORTER_SIG, case.REPORTER_ENC, schemas
    )  # fmt: skip
    room = parse_canonical(made.report)["evidence"]["room"]
    assert (len(room["jid"]), len(room["name"]), len(room["features"])) == (3071, 1000, 500)
    assert max(map(len, room["features"])) <= 500
    assert room["public"] is False


def test_findings_over_all_lines_count_shown_lines_only() -> None:
    lines = case.conversation(30)
    taken = capture(lines, {1007, 1009}, {1008})
    body = make_manifest(taken, case.snapshot(), ServerFacts(asked_at=case.ASKED_AT), case.NOW)["integrity"]
    assert body == {
        "dup_stanza_ids": 1, "mam_same": 3, "mam_found": 1, "mam_missing": 1, "mam_mismatch": 1, "asked_at": case.ASKED_AT,
    }  # fmt: skip
    for check, name in (
        (ArchiveCheck.SAME, "mam_same"),
        (ArchiveCheck.FOUND, "mam_found"),
        (ArchiveCheck.MISSING, "mam_missing"),
        (ArchiveCheck.DIFFERS, "mam_mismatch"),
    ):
        one = capture([case.message(1, archive_check=check)], {1001})
        found = make_manifest(one, case.snapshot(1), ServerFacts(), case.NOW)["integrity"]
        wanted = {"mam_same": 0, "mam_found": 0, "mam_missing": 0, "mam_mismatch": 0, name: 1}
        assert found == {"dup_stanza_ids": 0, **wanted, "asked_at": None}


def test_nobody_asked_is_not_nothing_found() -> None:
    taken = capture([case.message(1), case.message(2, duplicate_archive_ids=True)], {1001})
    body = make_manifest(taken, case.snapshot(2), ServerFacts(), case.NOW)["integrity"]
    assert body == {
        "dup_stanza_ids": 1, "mam_same": None, "mam_found": None, "mam_missing": None, "mam_mismatch": None, "asked_at": None,
    }  # fmt: skip


def test_a_manifest_says_what_it_is_about() -> None:
    taken = case.captured()
    body = make_manifest(taken, case.snapshot(), ServerFacts("h.example", ("b", "a"), -5), "2026-11-24T09:09:09.000Z")
    assert (body["v"], body["kind"], body["room"], body["total"]) == (1, "chat", None, 30)
    assert (body["account"], body["with"], body["captured_at"]) == (case.ACCOUNT, case.OTHER, case.NOW)
    assert body["range"] == {"first": "2026-11-24T08:04:00.000Z", "last": "2026-11-24T08:12:00.000Z"}
    assert body["seq"] == {"first": 1, "last": 29}
    assert (body["entries"], body["shown"]) == (29, 8)
    assert body["server"] == {"domain": "h.example", "features": ["a", "b"], "time_offset_ms": -5}
    assert body["journal"] == {
        "index": 31, "started_at": "2026-11-01T00:00:00.000Z", "head": case.snapshot().head.head,
    }  # fmt: skip
    none = make_manifest(capture([], set()), None, ServerFacts(), "2026-11-24T09:09:09.000Z")
    assert (none["kind"], none["account"], none["with"], none["room"], none["range"], none["seq"], none["total"]) == (
        "none", None, None, None, None, None, 0,
    )  # fmt: skip
    assert (none["captured_at"], none["journal"], none["server"]["domain"]) == ("2026-11-24T09:09:09.000Z", None, None)
    assert none["merkle_root"] == digest(b"")
    unsigned = replace(case.snapshot(), account="", counterpart="", head=replace(case.snapshot().head, head=""))
    bare = make_manifest(taken, unsigned, ServerFacts(), case.NOW)
    assert (bare["account"], bare["with"], bare["journal"]) == (None, None, None)


def test_the_best_time_of_a_line_is_the_archives_then_the_servers() -> None:
    times = [
        Times("2026-11-24T08:00:00.000Z", delay="2026-11-23T08:00:00.000Z", archive="2026-11-22T08:00:00.000Z"),
        Times("2026-11-24T08:00:00.000Z", delay="2026-11-25T08:00:00.000Z"),
    ]
    taken = capture([case.message(seq, times=one) for seq, one in enumerate(times, 1)], {1001})
    body = make_manifest(taken, case.snapshot(2), ServerFacts(), case.NOW)
    assert body["range"] == {"first": "2026-11-22T08:00:00.000Z", "last": "2026-11-25T08:00:00.000Z"}


MANIFEST_CHANGES: dict[str, tuple[str, Callable[[dict[str, Any], list[dict[str, Any]]], object]]] = {
    "entries": ("count", lambda body, items: body.update(entries=body["entries"] - 1)),
    "shown": ("count", lambda body, items: body.update(shown=body["shown"] - 1)),
    "first": ("count", lambda body, items: body["seq"].update(first=2)),
    "last": ("count", lambda body, items: body["seq"].update(last=31)),
    "runs": ("withheld", lambda body, items: body["withheld"][0].update(reason="removed")),
    "dup": ("integrity", lambda body, items: body["integrity"].update(dup_stanza_ids=0)),
    "same": ("integrity", lambda body, items: body["integrity"].update(mam_same=9)),
    "found": ("integrity", lambda body, items: body["integrity"].update(mam_found=0)),
    "missing": ("integrity", lambda body, items: body["integrity"].update(mam_missing=None)),
    "mismatch": ("integrity", lambda body, items: body["integrity"].update(mam_mismatch=2)),
    "root": ("items", lambda body, items: body.update(merkle_root="A" * 43)),
    "claims more": ("assurance at 10", lambda body, items: items[9].update(assurance="A2")),
    "claims A3": ("assurance at 4", lambda body, items: items[3].update(assurance="A3")),
    "claims less": ("assurance at 4", lambda body, items: items[3].update(assurance="A1")),
    "no journal": ("assurance at 10", lambda body, items: items[9].update(journal=None)),
    "raw": ("raw at 4", lambda body, items: items[3].update(raw_xml="<m/>")),
    "raw of an edit": ("raw at 13", lambda body, items: items[12]["edits"][0].update(raw_xml="<m/>")),
    "order": ("order at 1", lambda body, items: items.reverse()),
    "same place": ("order at 1", lambda body, items: items.insert(0, items[0])),
    "place 0": ("order at 0", lambda body, items: items[0].update(seq=0)),
    "journal end": ("journal", lambda body, items: body["journal"].update(index=12)),
    "no chain": ("journal", lambda body, items: body.update(journal=None)),
    "one place twice": ("journal", lambda body, items: items[3]["journal"].update(index=5)),
    "another end": ("journal", lambda body, items: body["journal"].update(index=13)),
    "asked at no time": ("integrity", lambda body, items: body["integrity"].update(asked_at=None)),
    "more lines than messages": ("total", lambda body, items: body.update(total=len(items) - 1)),
    "lines of no chat": ("kind", lambda body, items: body.update(kind="none")),
    "a room without its facts": ("kind", lambda body, items: body.update(kind="room")),
    "a chat with a room": ("kind", lambda body, items: body.update(room={"jid": "r@rooms.example"})),
    "fewer changes than listed": ("edits at 13", lambda body, items: items[12].update(edits_total=0)),
}


@pytest.mark.parametrize("name", MANIFEST_CHANGES)
def test_entries_that_the_manifest_was_not_made_over_are_refused(name: str) -> None:
    taken = capture(case.conversation(), {1007, 1009, 1013}, {1006}, random=case.seeded("s"))
    body = make_manifest(taken, case.snapshot(), ServerFacts(asked_at=case.ASKED_AT), case.NOW)
    items = json.loads(canonical(list(taken.entries)))
    check_entries(body, items)
    what, change = MANIFEST_CHANGES[name]
    change(body, items)
    with pytest.raises(EvidenceRefused) as refusal:
        check_entries(body, items)
    if not what.startswith("order"):
        assert refusal.value.fields["what"] == what


def test_the_last_place_of_the_chain_may_be_a_line() -> None:
    taken = capture(case.conversation(), {1007}, random=case.seeded("s"))
    head = replace(case.snapshot().head, index=10, head=case.conversation()[9].journal_hash)
    body = make_manifest(taken, replace(case.snapshot(), head=head), ServerFacts(asked_at=case.ASKED_AT), case.NOW)
    check_entries(body, list(taken.entries))
    with pytest.raises(EvidenceRefused):
        check_entries({**body, "journal": {**body["journal"], "index": 9}}, list(taken.entries))


def test_no_entries_fit_an_empty_manifest() -> None:
    body = make_manifest(capture([], set()), None, ServerFacts(), case.NOW)
    check_entries(body, [])
    with pytest.raises(EvidenceRefused):
        check_entries({**body, "entries": 1}, [])


@pytest.mark.parametrize(("total", "context"), [(7, 3), (5, 2), (1, 0)])
def test_the_context_can_be_chosen(total: int, context: int) -> None:
    found = capture(case.conversation(60), {1030}, context=context, countable=5)
    assert found.shown == total
    assert len(found.entries) == 11


def test_exactly_as_many_lines_as_allowed_may_be_shown() -> None:
    lines = [case.message(seq, raw=None) for seq in range(1, 2001)]
    assert capture(lines, {1000 + seq for seq in range(1, 2001)}, countable=1).shown == 2000


def test_bodies_at_the_limit_are_whole() -> None:
    at = make_item(case.message(1, "x" * 50), highlighted=True, salt=bytes(16), limit=50).item
    assert (at["body"], at["body_length"]) == ("x" * 50, None)
    over = make_item(case.message(1, "x" * 51), highlighted=True, salt=bytes(16), limit=50).item
    assert (over["body"], over["body_length"]) == ("x" * 50, 51)
    xml = "<m>" + "y" * 47
    raw_at = make_item(case.message(1, raw=case.raw(xml)), highlighted=True, salt=bytes(16), limit=50).item
    assert raw_at["raw_xml"] == xml
    raw_over = make_item(case.message(1, raw=case.raw(xml + "z")), highlighted=True, salt=bytes(16), limit=50).item
    assert (raw_over["raw_xml"], raw_over["raw_sha256"]) == (None, digest((xml + "z").encode()))


def test_the_size_of_a_file_is_kept_where_it_can_be_true() -> None:
    sizes = (0, 1, 2**53 - 1, 2**53, -1, None)
    media = tuple(MediaRef("a", size=size) for size in sizes)
    item = make_item(case.message(1, media=media), highlighted=True, salt=bytes(16)).item
    assert [one["size"] for one in item["media_refs"]] == [0, 1, 2**53 - 1, None, None, None]
    many = make_item(case.message(1, media=(MediaRef("a"),) * 101), highlighted=True, salt=bytes(16)).item
    assert len(many["media_refs"]) == 100
    hashes = tuple(("sha-256", str(n)) for n in range(11))
    few = make_item(case.message(1, media=(MediaRef("a", hashes=hashes),)), highlighted=True, salt=bytes(16)).item
    assert [one["value"] for one in few["media_refs"][0]["hashes"]] == [str(n) for n in range(10)]
