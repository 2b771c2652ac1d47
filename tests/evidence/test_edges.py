"""Each limit of evidence at its very edge, and each comparison from both sides: what mutation testing asks for."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import evidence_case as case
import pytest

from messenger.domain.errors import EvidenceRefused, FormatRefused, SealRefused, SignatureRefused
from messenger.domain.evidence import EditRecord, Occupant, RoomFacts
from messenger.domain.message import ArchiveId, MediaRef, Times
from messenger.domain.receipt import Advice, AdviceStep
from messenger.evidence import addendum as addenda
from messenger.evidence import capture as captures
from messenger.evidence import letter
from messenger.evidence import seal as seals
from messenger.evidence.canonical import MAX_DEPTH, b64u, canonical, parse_canonical, parse_json, unb64u
from messenger.evidence.discovery import read_discovery
from messenger.evidence.keys import PublicKeys, SigningKey, thumbprint
from messenger.evidence.manifest import make_manifest
from messenger.evidence.media import media_free_text, media_free_xml
from messenger.evidence.message import make_message, open_message
from messenger.evidence.package import MAX_PACKAGE_BYTES, Package, read_copy
from messenger.evidence.possession import check_proof, make_proof, target
from messenger.evidence.receipt import MAX_RECEIPT_BYTES, TYP, new_case_number, new_receipt_code, verify_receipt
from messenger.evidence.report import (
    Prepared,
    check_sealed_file,
    open_report,
    read_identity,
    read_items,
    read_report,
)
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import check_sealed, seal, unseal
from messenger.evidence.signature import MAX_JWS_BYTES, sign, signer, unchecked_payload, verify
from messenger.evidence.statement import ServerFacts
from messenger.evidence.verify import REFUSED, Unreadable
from messenger.evidence.verify import canonical as other_canonical
from messenger.evidence.verify import verify as verifier
from messenger.evidence.visible import escaped

DESK = case.ENDPOINT.keys
REPORTER = [case.REPORTER_SIG.public_jwk()]
ENC = case.REPORTER_ENC.public_jwk()
LEAST, MOST = "-" * 42 + "0", "z" * 42 + "w"  # digests before and after any other, their left-over bits zero


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = {"a": value}
    return value


def test_nesting_at_the_limit_in_both_readers() -> None:
    data = canonical(nested(MAX_DEPTH))
    assert parse_canonical(data) == nested(MAX_DEPTH)
    assert other_canonical(nested(MAX_DEPTH)) == data
    with pytest.raises(FormatRefused):
        canonical(nested(MAX_DEPTH + 1))
    with pytest.raises(ValueError, match="value"):
        other_canonical(nested(MAX_DEPTH + 1))
    with pytest.raises(ValueError, match="value"):
        other_canonical([[nested(MAX_DEPTH - 1)]])
    assert other_canonical([nested(MAX_DEPTH - 1)])
    deep = b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1)
    with pytest.raises(FormatRefused):
        parse_canonical(deep)
    assert parse_canonical(b'{"a":{"b":1}}', max_depth=2)
    with pytest.raises(FormatRefused):
        parse_json(b'{"a":{"b":1}}', max_depth=1)


@pytest.mark.parametrize("number", [2**53 - 1, -(2**53 - 1), 0])
def test_whole_numbers_at_the_limit_in_both_writers(number: int) -> None:
    assert canonical({"a": number}) == other_canonical({"a": number}) == f'{{"a":{number}}}'.encode()


@pytest.mark.parametrize("value", [2**53, -(2**53), 1.0, 0.5, float("nan")])
def test_the_verifier_takes_no_other_number(value: float) -> None:
    with pytest.raises(ValueError, match="value"):
        other_canonical({"a": value})


def test_sizes_of_signed_and_sealed_bytes_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    made = sign(b"payload", case.DESK_SIG, "t")
    assert verify(made, DESK, "t", len(made)) == b"payload"
    assert signer(made, "t", len(made)) == case.DESK_SIG.thumbprint
    assert unchecked_payload(made, len(made)) == b"payload"
    for ask in (
        lambda: verify(made, DESK, "t", len(made) - 1),
        lambda: signer(made, "t", len(made) - 1),
        lambda: unchecked_payload(made, len(made) - 1),
        lambda: signer(made, "u"),
    ):
        with pytest.raises(SignatureRefused):
            ask()
    sealed = seal(b"12345", case.DESK_ENC.public_jwk())
    assert unseal(sealed, case.DESK_ENC, len(sealed)) == b"12345"
    assert check_sealed(sealed, len(sealed)) == case.DESK_ENC.thumbprint
    with pytest.raises(SealRefused):
        check_sealed(sealed, len(sealed) - 1)
    monkeypatch.setattr(seals, "MAX_PLAIN_BYTES", 5)
    assert unseal(seal(b"12345", case.DESK_ENC.public_jwk()), case.DESK_ENC) == b"12345"
    with pytest.raises(FormatRefused):
        seal(b"123456", case.DESK_ENC.public_jwk())


def test_a_signature_of_the_longest_kind_is_read() -> None:
    room = MAX_JWS_BYTES - len(sign(b"", case.DESK_SIG, "t"))
    payload = b"x" * (room * 3 // 4)
    made = sign(payload, case.DESK_SIG, "t")
    assert MAX_JWS_BYTES - 4 <= len(made) <= MAX_JWS_BYTES
    assert verify(made, DESK, "t") == payload
    with pytest.raises(SignatureRefused):
        verify(sign(payload + b"xxxx", case.DESK_SIG, "t"), DESK, "t")


@pytest.mark.parametrize("kid", ["A" * 42, "A" * 44, "z" * 43, "-" * 43])
def test_another_kid_is_refused(kid: str) -> None:
    header = b64u(canonical({"alg": "Ed25519", "kid": kid, "typ": "t"}))
    signed = f"{header}.{b64u(b'payload')}"
    jws = f"{signed}.{b64u(case.DESK_SIG.sign(signed.encode()))}"
    with pytest.raises(SignatureRefused):
        verify(jws, DESK, "t")


URL = "https://desk.example/v1/x"


@pytest.mark.parametrize(("now", "holds"), [(700, True), (1300, True), (699, False), (1301, False), (1000, True)])
def test_the_window_of_a_proof_at_its_edges(now: int, holds: bool) -> None:
    proof = make_proof(case.REPORTER_SIG, "GET", URL, case.REPORT_ID, 1000)
    if holds:
        assert check_proof(proof, REPORTER, "GET", URL, case.REPORT_ID, now).iat == 1000
        return
    with pytest.raises(SignatureRefused):
        check_proof(proof, REPORTER, "GET", URL, case.REPORT_ID, now)


@pytest.mark.parametrize(("length", "holds"), [(15, False), (16, True), (64, True), (65, False)])
def test_the_number_of_a_proof_at_its_edges(length: int, holds: bool) -> None:
    claims = {"htm": "GET", "htu": target(URL), "iat": 1000, "jti": "x" * length, "report_id": case.REPORT_ID}
    proof = sign(canonical(claims), case.REPORTER_SIG, "dpop+jwt")
    if holds:
        assert check_proof(proof, REPORTER, "GET", URL, case.REPORT_ID, 1000).jti == "x" * length
        return
    with pytest.raises(SignatureRefused):
        check_proof(proof, REPORTER, "GET", URL, case.REPORT_ID, 1000)


def test_a_window_of_its_own() -> None:
    proof = make_proof(case.REPORTER_SIG, "GET", URL, case.REPORT_ID, 1000)
    assert check_proof(proof, REPORTER, "GET", URL, case.REPORT_ID, 1010, window=10)
    with pytest.raises(SignatureRefused):
        check_proof(proof, REPORTER, "GET", URL, case.REPORT_ID, 1011, window=10)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://a.example:443/x", "https://a.example/x"),
        ("https://a.example:442/x", "https://a.example:442/x"),
        ("https://a.example:444/x", "https://a.example:444/x"),
        ("https://a.example:0/x", "https://a.example:0/x"),
        ("HTTPS://A.example", "https://a.example/"),
        ("https://[::1]/", "https://[::1]/"),
    ],
)
def test_targets_at_the_edges(url: str, wanted: str) -> None:
    assert target(url) == wanted


def test_case_numbers_and_codes_come_from_their_randomness() -> None:
    assert new_case_number(lambda size: bytes(range(size))) == "2345-6789"
    assert new_case_number(lambda size: bytes([31] * size)) == "ZZZZ-ZZZZ"
    assert new_case_number(lambda size: bytes([32 + 8] * size)) == "AAAA-AAAA"
    assert new_receipt_code(lambda size: bytes(size - 2) + b"\x04\xd2") == "0000 0000 0000 1234"
    assert new_receipt_code(lambda size: (10**16 + 5).to_bytes(size)) == "0000 0000 0000 0005"


def test_receipt_members_at_the_limit(prepared: Prepared) -> None:
    at = case.receipt_for(prepared, next_contact_by="x" * 4096)
    assert len(verify_receipt(at, DESK, prepared.digest).next_contact_by) == 4096
    with pytest.raises(SignatureRefused):
        verify_receipt(case.receipt_for(prepared, next_contact_by="x" * 4097), DESK, prepared.digest)
    over = {**parse_canonical(verify(at, DESK, TYP)), "next_contact_by": "x" * MAX_RECEIPT_BYTES}
    with pytest.raises(SignatureRefused):
        verify_receipt(sign(canonical(over), case.DESK_SIG, TYP), DESK, prepared.digest)


@pytest.mark.parametrize("other", ["0" + case.REPORT_ID[1:], "f" + case.REPORT_ID[1:]])
def test_a_receipt_for_a_report_before_or_after_ours_is_refused(other: str, prepared: Prepared) -> None:
    with pytest.raises(SignatureRefused):
        verify_receipt(case.receipt_for(prepared), DESK, prepared.digest, other)
    assert verify_receipt(case.receipt_for(prepared), DESK, prepared.digest, "")


ADVICE = Advice(case.REPORT_ID, 5, case.NOW, "x" * 200, "y" * 200, "advice", "z" * 10_000)


def test_advice_at_the_limits() -> None:
    steps = tuple(AdviceStep(f"{n:064d}", "x" * 500) for n in range(20))
    full = replace(ADVICE, steps=steps)
    sealed = make_message(case.DESK_SIG, ENC, full)
    assert open_message(sealed, case.REPORTER_ENC, DESK, case.REPORT_ID, 5) == full
    for n in (4, 6):
        with pytest.raises(SignatureRefused):
            open_message(sealed, case.REPORTER_ENC, DESK, case.REPORT_ID, n)
    for report_id in ("0" + case.REPORT_ID[1:], "f" + case.REPORT_ID[1:]):
        with pytest.raises(SignatureRefused):
            open_message(sealed, case.REPORTER_ENC, DESK, report_id)
    first = replace(ADVICE, n=1, steps=(AdviceStep("a", ""),))
    assert open_message(make_message(case.DESK_SIG, ENC, first), case.REPORTER_ENC, DESK, case.REPORT_ID).n == 1
    for change in (
        {"n": 0},
        {"n": -1},
        {"from_role": "y" * 201},
        {"at": "x" * 65},
        {"report_id": "x" * 65},
        {"steps": (*steps, AdviceStep("a", "b"))},
        {"steps": (AdviceStep("", "b"),)},
        {"steps": (AdviceStep("x" * 65, "b"),)},
    ):
        with pytest.raises(FormatRefused):
            make_message(case.DESK_SIG, ENC, replace(ADVICE, **change))  # type: ignore[arg-type]


def test_the_parts_of_a_letter() -> None:
    assert letter.text("abc", 3) == "abc"
    assert letter.text("abc", 3, 3) == "abc"
    assert letter.text("", 3) == ""
    assert list(letter.listed([1, 2], 2)) == [1, 2]
    assert letter.number(1) == 1
    assert letter.truth(False) is False
    assert letter.members({"a": 1}, frozenset({"a"})) == {"a": 1}
    letter.unique(["a", "b"])
    for wrong in (
        lambda: letter.text("abcd", 3),
        lambda: letter.text("ab", 3, 3),
        lambda: letter.text(b"abc", 3),
        lambda: letter.listed([1, 2, 3], 2),
        lambda: letter.listed((1, 2), 2),
        lambda: letter.number(0),
        lambda: letter.number(True),
        lambda: letter.number("1"),
        lambda: letter.truth(0),
        lambda: letter.truth(None),
        lambda: letter.members([], frozenset()),
        lambda: letter.members({"a": 1}, frozenset({"a", "b"})),
        lambda: letter.members({"a": 1, "b": 2}, frozenset({"a"})),
        lambda: letter.members({"type": "a"}, frozenset({"type"}), "b"),
        lambda: letter.members({"type": "c"}, frozenset({"type"}), "b"),
        lambda: letter.unique(["a", "b", "a"]),
    ):
        with pytest.raises(FormatRefused):
            wrong()


def test_a_letter_at_the_limit_of_its_size_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    payload = {"a": "x" * 100}
    made = letter.close(payload, case.DESK_SIG, "t", ENC, case.seeded("x"))
    monkeypatch.setattr(letter, "MAX_LETTER_BYTES", len(made))
    assert letter.close(payload, case.DESK_SIG, "t", ENC, case.seeded("x")) == made
    assert letter.opened(made, case.REPORTER_ENC, DESK, "t") == payload
    monkeypatch.setattr(letter, "MAX_LETTER_BYTES", len(made) - 1)
    with pytest.raises(FormatRefused):
        letter.close(payload, case.DESK_SIG, "t", ENC, case.seeded("x"))
    with pytest.raises(SealRefused):
        letter.opened(made, case.REPORTER_ENC, DESK, "t")


def test_files_of_a_report_by_digest_and_by_size(prepared: Prepared, schemas: Schemas) -> None:
    """Digest and size are both compared: each lie alone is refused, whichever way it goes."""
    for name, read, data in (("items", read_items, prepared.items), ("identity", read_identity, prepared.identity)):
        for member, lie in (
            ("size", -1),
            ("size", 1),
            ("digest", LEAST),
            ("digest", MOST),
        ):
            body = parse_canonical(prepared.report)
            named = body["files"][name]
            named[member] = named[member] + lie if isinstance(lie, int) else lie
            signed = read_report(sign(canonical(body), case.REPORTER_SIG, "robin-report+jws"), schemas)
            with pytest.raises(EvidenceRefused) as refusal:
                read(signed, data, schemas)
            assert refusal.value.fields["what"] == name
        sealed = prepared.sealed_items if name == "items" else prepared.sealed_identity
        for member, lie in (
            ("sealed_size", -1),
            ("sealed_size", 1),
            ("sealed_digest", LEAST),
            ("sealed_digest", MOST),
        ):
            body = parse_canonical(prepared.report)
            named = body["files"][name]
            named[member] = named[member] + lie if isinstance(lie, int) else lie
            signed = read_report(sign(canonical(body), case.REPORTER_SIG, "robin-report+jws"), schemas)
            with pytest.raises(EvidenceRefused):
                check_sealed_file(signed, name, sealed)


def test_the_desk_opens_what_is_sealed_to_it_only(prepared: Prepared, schemas: Schemas) -> None:
    with pytest.raises(SealRefused):
        open_report(prepared.sealed_items[:-1], case.DESK_ENC, schemas)
    with pytest.raises(SignatureRefused):
        open_report(prepared.sealed_items, case.DESK_ENC, schemas)


def test_a_report_says_everything_that_was_stated(prepared: Prepared) -> None:
    body = parse_canonical(prepared.report)
    assert body["reporter"] == {
        "jid": case.ACCOUNT, "country": "gb", "region": "", "lang": "en",
        "keys": {"sig": case.REPORTER_SIG.public_jwk(), "enc": case.REPORTER_ENC.public_jwk()},
    }  # fmt: skip
    assert body["sent_to"] == {
        "id": "example-desk", "name": "Example desk", "base": "https://desk.example:8443", "jid": "",
        "keys": PublicKeys(DESK).thumbprints(),
    }  # fmt: skip
    assert body["consent"] == {
        "send_to_endpoint": True, "share_with_police": True, "tell_own_server": False, "tell_their_server": False, "third_party": False,
    }  # fmt: skip
    assert body["declaration"] == {"good_faith": True, "text_shown": "I believe that this is true.", "at": case.NOW}
    assert body["actions"] == {"blocked_at": None, "told_adult": False, "reported_elsewhere": []}
    assert body["qualifiers"] == [
        {"q": "g1", "a": ["yes"], "text_shown": "Did they ask you to keep it secret?", "answer_shown": "Yes", "at": case.NOW}
    ]  # fmt: skip
    assert body["narrative"] == {"text": "He keeps asking where I live.", "lang": "en"}
    assert len(unb64u(parse_canonical(prepared.identity)["salt"])) == 16


def test_packages_at_the_limit_of_their_size(prepared: Prepared) -> None:
    data = Package.of(prepared).encode()
    assert Package.decode(data, max_bytes=len(data))
    with pytest.raises(FormatRefused):
        Package.decode(data, max_bytes=len(data) - 1)
    with pytest.raises(FormatRefused):
        Package.decode(b" " * (MAX_PACKAGE_BYTES + 1))


@pytest.mark.parametrize("check", ["-" * 43, "z" * 43, None, 5])
def test_another_check_is_refused(check: object, prepared: Prepared, copy: bytes, schemas: Schemas) -> None:
    for data, read in (
        (Package.of(prepared).encode(), Package.decode),
        (copy, lambda changed: read_copy(changed, schemas)),
    ):
        changed = canonical({**json.loads(data), "check": check})
        with pytest.raises(EvidenceRefused):
            read(changed)
        assert verifier(changed)[0].result == REFUSED
        less = {name: value for name, value in json.loads(data).items() if name != "check"}
        with pytest.raises(EvidenceRefused):
            read(canonical(less))
        assert verifier(canonical(less))[0].result == REFUSED


def test_the_verifier_reads_files_up_to_its_limit(copy: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("messenger.evidence.verify.MAX_BYTES", len(copy))
    assert verifier(copy)[0].result != REFUSED
    monkeypatch.setattr("messenger.evidence.verify.MAX_BYTES", len(copy) - 1)
    with pytest.raises(Unreadable):
        verifier(copy)
    with pytest.raises(Unreadable):
        verifier(b"hello")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u2764\u200d\U0001f525", "\u2764\u200d\U0001f525"),
        ("\ufe0f\u200d\U0001f525", "\ufe0f\u200d\U0001f525"),
        ("\U0001f3fd\u200d\U0001f525", "\U0001f3fd\u200d\U0001f525"),
        ("\U0001f525\u200da", "\U0001f525[U+200D]a"),
        ("a\u200d\U0001f525", "a[U+200D]\U0001f525"),
        ("\u200d\U0001f525", "[U+200D]\U0001f525"),
        ("\U0001f525\u200d", "\U0001f525[U+200D]"),
        ("\U0001f525\u200b\U0001f525", "\U0001f525[U+200B]\U0001f525"),
        ("tab\tline\n", "tab\tline\n"),
        ("\x00", "[U+0000]"),
        ("\x1f \x7f \x9f \xa0", "[U+001F] [U+007F] [U+009F] \xa0"),
    ],
)
def test_hidden_characters_one_by_one(text: str, shown: str) -> None:
    assert escaped(text) == shown


PNG = "iVBORw0KGgo"


@pytest.mark.parametrize(("length", "count"), [(63, 0), (64, 1), (65, 1)])
def test_a_file_in_words_at_the_limit_of_its_length(length: int, count: int) -> None:
    text = PNG + "a" * (length - len(PNG))
    assert media_free_text(text)[1] == count
    assert media_free_text("b" * 5 + text)[1] == count


@pytest.mark.parametrize(("length", "count"), [(255, 0), (256, 1), (257, 1)])
def test_any_run_in_a_stanza_at_the_limit_of_its_length(length: int, count: int) -> None:
    xml = f"<m><x>{'a' * length}</x></m>"
    assert media_free_xml(xml)[1] == count
    body = f"<m><body>{'a' * length}</body></m>"
    assert media_free_xml(body) == (body, 0)
    assert media_free_xml(f"<m><subject>{'a' * length}</subject></m>")[1] == 0


@pytest.mark.parametrize(("length", "count"), [(7, 0), (8, 1)])
def test_a_data_address_at_the_limit_of_its_length(length: int, count: int) -> None:
    text, found = media_free_text(f"data:image/png,{'%' * length}")
    assert found == count
    assert ("[media removed: 8 characters, SHA-256 " in text) is bool(count)


def test_what_was_taken_out_is_named_by_its_length_and_sum() -> None:
    run = "a" * 300
    text, _count = media_free_xml(f"<m><x>{run}</x></m>")
    total = b64u(hashlib.sha256(run.encode()).digest())
    assert text == f"<m><x>[media removed: 300 characters, SHA-256 {total}]</x></m>"


def test_the_element_of_a_text_is_the_innermost() -> None:
    run = "a" * 300
    for xml, count in (
        (f"<m><body>hello</body><x>{run}</x></m>", 1),
        (f"<m><body/><x>{run}</x></m>", 1),
        (f"<m><x><body>{run}</body></x></m>", 0),
        (f"<m><body><x>{run}</x></body></m>", 1),
        (f"<m>{run}</m>", 1),
        (run, 1),
        (f"</m><body>{run}</body>", 0),
        (f"<a:body>{run}</a:body>", 0),
        (f"<e xmlns='urn:xmpp:omemo:2'><p>{run}</p></e><x>{run}</x>", 1),
        (f"<e xmlns='urn:xmpp:omemo:2'><p><q>{run}</q></p></e>", 0),
        (f"<e xmlns='urn:xmpp:omemo:x'><p>{run}</p></e>", 1),
    ):
        assert media_free_xml(xml)[1] == count, xml[:60]


def test_schemas_name_the_place_and_the_rule(schemas: Schemas) -> None:
    with pytest.raises(FormatRefused) as refusal:
        schemas.check("withdrawal", {**json.loads(canonical({"type": "urn:robin:withdrawal:1"})), "x": 1})
    assert str(refusal.value.fields["what"]).startswith("withdrawal:/ (")
    said = {"type": "urn:robin:consent:1", "report_id": case.REPORT_ID, "id": "x" * 16, "at": case.NOW}
    with pytest.raises(FormatRefused) as refusal:
        schemas.check("consent", {**said, "tell_own_server": 1, "read_room": True})
    assert refusal.value.fields["what"] == "consent:/tell_own_server (type)"


def test_a_discovery_answer_too_big_is_refused(schemas: Schemas) -> None:
    with pytest.raises(FormatRefused) as refusal:
        read_discovery(b"{" + b" " * (256 * 1024) + b"}", schemas)
    assert refusal.value.fields["what"] == "size"


def test_keys_of_a_set_are_told_apart(schemas: Schemas) -> None:
    one, two = SigningKey.generate(), SigningKey.generate()
    keys = PublicKeys([one.public_jwk(), two.public_jwk(), case.DESK_ENC.public_jwk(), case.REPORTER_ENC.public_jwk()])
    assert keys.sealing_jwk() == case.DESK_ENC.public_jwk(), "the first"
    assert keys.signing_jwk(two.thumbprint) == two.public_jwk()
    assert verify(sign(b"x", two, "t"), keys, "t") == b"x"
    assert keys.thumbprints() == sorted(keys.thumbprints())
    assert [dict(one) for one in keys][1] == two.public_jwk()


@pytest.mark.parametrize(("most", "entries"), [(11, 11), (10, 9), (9, 9), (8, 7), (7, 7), (3, 7)])
def test_fewer_lines_stay_countable_where_there_would_be_too_many(
    most: int, entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captures, "MAX_ENTRIES", most)
    lines = [case.message(seq, raw=None) for seq in range(1, 41)]
    found = captures.capture(lines, {1020})
    assert (len(found.entries), found.shown) == (entries, 7)


def test_as_many_lines_as_allowed_are_shown_and_not_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [case.message(seq, raw=None) for seq in range(1, 41)]
    monkeypatch.setattr(captures, "MAX_SHOWN", 7)
    assert captures.capture(lines, {1020}).shown == 7
    monkeypatch.setattr(captures, "MAX_SHOWN", 6)
    with pytest.raises(FormatRefused) as refusal:
        captures.capture(lines, {1020})
    assert refusal.value.fields["what"] == "lines"


def test_every_field_of_a_line_is_cut_at_its_own_length() -> None:
    long = "y" * 70_000
    media = (MediaRef(long, long, 1, long, ((long, long),)),)
    line = case.message(
        1, kind=long, sender=long, to=long, archive_id=ArchiveId(long, long), stanza_id=long, origin_id=long, lang=long,
        reply_to=long, encryption=long, times=Times(case.NOW, claimed=long), media=media,
        edits=(EditRecord("correction", "x", long, Times(case.NOW), None, 1),),
    )  # fmt: skip
    item = captures.make_item(line, highlighted=False, salt=bytes(16)).item
    named, one = item["stanza_id"], item["media_refs"][0]
    lengths = {
        "type": len(item["type"]), "from": len(item["from"]), "to": len(item["to"]), "id": len(item["id"]),
        "origin_id": len(item["origin_id"]), "by": len(named["by"]), "archive": len(named["id"]), "lang": len(item["lang"]),
        "reply_to": len(item["reply_to"]), "enc": len(item["enc"]), "claimed": len(item["times"]["claimed"]),
        "name": len(one["name"]), "mime": len(one["mime"]), "url": len(one["url"]), "alg": len(one["hashes"][0]["alg"]),
        "value": len(one["hashes"][0]["value"]), "editor": len(item["edits"][0]["from"]),
    }  # fmt: skip
    assert lengths == {
        "type": 100, "from": 3071, "to": 3071, "id": 65536, "origin_id": 65536, "by": 3071, "archive": 65536, "lang": 100,
        "reply_to": 65536, "enc": 100, "claimed": 64, "name": 1000, "mime": 200, "url": 65536, "alg": 100, "value": 200,
        "editor": 3071,
    }  # fmt: skip
    assert item["highlighted"] is False


def test_empty_fields_of_a_line_are_null() -> None:
    line = case.message(
        2, stanza_id="", origin_id="", lang="", archive_id=None, media=(MediaRef("a"),), times=Times(case.NOW)
    )
    item = captures.make_item(line, highlighted=True, salt=bytes(16)).item
    empty = ("id", "origin_id", "stanza_id", "lang", "reply_to", "occupant", "body_escaped", "body_length")
    assert {item[name] for name in empty} == {None}
    assert item["times"] == {"client": case.NOW, "delay": None, "archive": None, "claimed": None}
    assert item["media_refs"] == [
        {"name": "a", "name_escaped": None, "mime": "", "size": None, "url": None, "hashes": []}
    ]  # fmt: skip
    assert (item["dir"], item["via"], item["retracted"], item["dup_stanza_id"]) == ("out", "sent_here", False, False)
    assert (item["edits"], item["edits_total"], item["highlighted"], item["salt"]) == ([], 0, True, "A" * 22)


def test_pieces_of_media_are_counted_in_words_stanzas_and_changes() -> None:
    picture = "data:image/png,%%%%%%%%%"
    edit = EditRecord("correction", picture, "a@b.c", Times(case.NOW), case.raw(f"<m a='{picture}'/>"), 1)
    line = case.message(1, picture, raw=case.raw(f"<m a='{picture}'/>"), edits=(edit, edit))
    assert captures.make_item(line, highlighted=True, salt=bytes(16)).media_removed == 6
    taken = captures.capture([line, case.message(2, picture, raw=None)], {1001}, {1002})
    assert taken.media_removed == 6, "what is not shown is not counted"
    files = case.message(1, media=(MediaRef("a"), MediaRef("b")))
    assert captures.capture([files, case.message(2, media=(MediaRef("c"),))], {1001}, {1002}).media == 2


def test_the_facts_of_a_room_are_cut_at_their_own_length() -> None:
    facts = RoomFacts(
        "r" * 4000, "n" * 1001, Occupant("x"), False, ("b" * 501, "a", *(f"z{n:03d}" for n in range(500)))
    )
    taken = captures.capture([case.message(1)], {1001})
    room = make_manifest(taken, replace(case.snapshot(1), room=facts), ServerFacts(), case.NOW)["room"]
    assert (len(room["jid"]), len(room["name"]), len(room["features"])) == (3071, 1000, 500)
    assert room["features"][:2] == ["a", "b" * 500]
    assert room["features"][-1] == "z497"
    assert room["me"] == {"nick": "x", "occupant_id": "", "role": "", "affiliation": "", "jid": ""}


def test_an_addendum_at_the_limit_of_its_size(
    prepared: Prepared, schemas: Schemas, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = case.added(prepared.digest, schemas)
    monkeypatch.setattr(addenda, "MAX_ADDENDUM_BYTES", len(made.payload))
    assert case.added(prepared.digest, schemas) == made
    assert addenda.read_addendum(made.jws, REPORTER, case.REPORT_ID, schemas).digest == made.digest
    monkeypatch.setattr(addenda, "MAX_ADDENDUM_BYTES", len(made.payload) - 1)
    with pytest.raises(FormatRefused):
        case.added(prepared.digest, schemas)
    with pytest.raises(SignatureRefused):
        addenda.read_addendum(made.jws, REPORTER, case.REPORT_ID, schemas)
    monkeypatch.setattr(addenda, "MAX_SEALED_BYTES", len(made.sealed) - 1)
    with pytest.raises(SealRefused):
        addenda.open_addendum(made.sealed, case.DESK_ENC, REPORTER, case.REPORT_ID, schemas)


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "A"}, {"alg": "Z"}, {"alg": 1}, {"enc": "A128GCM"}, {"enc": "Z"}, {"typ": "A"}, {"typ": "z"}, {"more": 1},
        {"kid": 5}, {"epk": 5}, {"epk": {"crv": "X25519", "kty": "OKP"}}, {"epk": {"crv": "X25519", "kty": "OKP", "x": "", "d": ""}},
    ],
    ids=repr,
)  # fmt: skip
def test_the_header_of_a_seal_is_checked_without_the_key(change: dict[str, Any]) -> None:
    """By who only passes it on: the outbox and a package's reader."""
    sealed = seal(b"12345", case.DESK_ENC.public_jwk()).decode()
    header, rest = sealed.split(".", 1)
    value = parse_canonical(unb64u(header))
    assert check_sealed(f"{b64u(canonical(value))}.{rest}".encode()) == case.DESK_ENC.thumbprint
    with pytest.raises(SealRefused):
        check_sealed(f"{b64u(canonical({**value, **change}))}.{rest}".encode())
    for name in value:
        less = {member: one for member, one in value.items() if member != name}
        with pytest.raises(SealRefused):
            check_sealed(f"{b64u(canonical(less))}.{rest}".encode())


@pytest.mark.parametrize(
    "broken", ["{h}.{i}.{t}.{g}", "{h}.x.{i}.{t}.{g}", "{h}..{i}A.{t}.{g}", "{h}..{s}.{t}.{g}", "{h}..{i}.{t}.{g}A", "{h}..{i}.{t}.",
               "{h}..{i}.A.{g}", "{h}..{i}.=.{g}", "{h}..{i}.{t}.{g}.", ".{h}..{i}.{t}.{g}"],
)  # fmt: skip
def test_the_parts_of_a_seal_have_their_lengths(broken: str) -> None:
    sealed = seal(b"123", case.DESK_ENC.public_jwk()).decode()
    head, _none, iv, text, tag = sealed.split(".")
    with pytest.raises(SealRefused):
        check_sealed(broken.format(h=head, i=iv, s=iv[1:], t=text, g=tag).encode())


def test_a_paper_with_a_member_less_is_refused(prepared: Prepared) -> None:
    receipt = parse_canonical(verify(case.receipt_for(prepared), DESK, TYP))
    for name in receipt:
        less = {member: one for member, one in receipt.items() if member != name}
        with pytest.raises(SignatureRefused):
            verify_receipt(sign(canonical(less), case.DESK_SIG, TYP), DESK, prepared.digest)
    claims = {"htm": "GET", "htu": target(URL), "iat": 1000, "jti": "x" * 22, "report_id": case.REPORT_ID}
    assert check_proof(
        sign(canonical(claims), case.REPORTER_SIG, "dpop+jwt"), REPORTER, "GET", URL, case.REPORT_ID, 1000
    )
    for name in claims:
        less = {member: one for member, one in claims.items() if member != name}
        with pytest.raises(SignatureRefused):
            check_proof(
                sign(canonical(less), case.REPORTER_SIG, "dpop+jwt"), REPORTER, "GET", URL, case.REPORT_ID, 1000
            )


@pytest.mark.parametrize("use", ["", "a", "enc", "f", "sig", "sih", "z"])
def test_a_key_is_used_for_what_its_curve_is_for(use: str) -> None:
    for jwk, right in ((case.DESK_SIG.public_jwk(), "sig"), (case.DESK_ENC.public_jwk(), "enc")):
        if use == right:
            assert thumbprint({**jwk, "use": use}) == thumbprint(jwk)
            continue
        with pytest.raises(FormatRefused):
            thumbprint({**jwk, "use": use})


@pytest.mark.parametrize("x", ["", "A" * 42, "A" * 44, "A" * 46])
def test_a_key_has_32_bytes(x: str) -> None:
    for curve in ("Ed25519", "X25519"):
        with pytest.raises(FormatRefused):
            thumbprint({"kty": "OKP", "crv": curve, "x": x})


def test_a_tag_without_a_name_stops_nothing() -> None:
    run = "a" * 300
    text, count = media_free_xml(f"<m>< ><x>{run}</x>after</m>")
    assert count == 1
    assert text.startswith("<m>< ><x>[media removed: 300 characters, ")
    assert text.endswith("</x>after</m>")
