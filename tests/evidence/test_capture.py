"""Capture: which lines go, what stays countable, the tree over all, and no media in any byte."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace

import evidence_case as case
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.errors import FormatRefused
from messenger.domain.evidence import EditRecord
from messenger.domain.message import ArchiveId, MediaRef, Times
from messenger.evidence.canonical import b64u, canonical, digest
from messenger.evidence.capture import (
    MAX_ENTRIES,
    Reason,
    Withheld,
    capture,
    leaf_hash,
    make_item,
    merkle_root,
    selection,
    withheld_runs,
)
from messenger.evidence.media import media_free_text, media_free_xml
from messenger.evidence.schema import Schemas
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
