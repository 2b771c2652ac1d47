"""Reports, packages and copies: built, read back, and refused after any change."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import evidence_case as case
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.errors import CopyFull, EvidenceRefused, FormatRefused, SealRefused, SignatureRefused
from messenger.domain.receipt import IdentityLevel, WithdrawalOutcome
from messenger.evidence import addendum as addenda
from messenger.evidence import package as packages
from messenger.evidence.canonical import b64u, canonical, digest, parse_canonical, unb64u
from messenger.evidence.capture import Capture, leaf_hash, merkle_root
from messenger.evidence.keys import SigningKey, thumbprint
from messenger.evidence.package import Package, make_copy, read_copy, with_addendum, with_receipt, with_withdrawal
from messenger.evidence.report import (
    Prepared,
    check_sealed_file,
    open_report,
    prepare,
    read_identity,
    read_items,
    read_report,
)
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import unseal
from messenger.evidence.signature import sign
from messenger.evidence.statement import ContactWay, Reporter
from messenger.evidence.verify import REFUSED, verify


def refused(data: bytes) -> bool:
    return any(one.result == REFUSED for one in verify(data))


def test_the_desk_reads_what_was_prepared(prepared: Prepared, schemas: Schemas) -> None:
    signed = open_report(prepared.sealed_report, case.DESK_ENC, schemas)
    assert signed.digest == prepared.digest == digest(prepared.report)
    assert signed.report_id == case.REPORT_ID
    check_sealed_file(signed, "items", prepared.sealed_items)
    check_sealed_file(signed, "identity", prepared.sealed_identity)
    entries = read_items(signed, unseal(prepared.sealed_items, case.DESK_ENC), schemas)
    assert [entry["seq"] for entry in entries if entry.get("highlighted")] == [7, 9]
    reporter = read_identity(signed, unseal(prepared.sealed_identity, case.DESK_ENC), schemas)
    assert reporter["name"] == "Sam"
    assert reporter["guardian"] == {"name": "Alex", "contact": "aunt"}
    assert signed.reporter_keys().thumbprints() == sorted([case.REPORTER_SIG.thumbprint, case.REPORTER_ENC.thumbprint])


def test_the_report_itself_holds_no_name_and_no_contact(prepared: Prepared) -> None:
    text = prepared.report.decode()
    for word in ("Sam", "Alex", "aunt", "after school"):
        assert word not in text
    assert case.ACCOUNT in text, "the address is visible to the officer at once"


def test_sealed_bytes_can_be_opened_by_the_desk_only(prepared: Prepared, schemas: Schemas) -> None:
    with pytest.raises(SealRefused):
        open_report(prepared.sealed_report, case.REPORTER_ENC, schemas)
    package = Package.of(prepared).encode()
    for word in (b"after school", b"street", case.ACCOUNT.encode(), case.OTHER.encode(), b"grooming"):
        assert word not in package


def test_same_input_same_bytes(schemas: Schemas) -> None:
    one, two = (case.prepared(schemas) for _ in range(2))
    assert one == two
    assert Package.of(one).encode() == Package.of(two).encode()
    assert case.prepared(schemas, "other").sealed_report != one.sealed_report


def test_no_desk_key_no_report(schemas: Schemas) -> None:
    for keys in ((), (case.DESK_SIG.public_jwk(),)):
        with pytest.raises(FormatRefused):
            case.prepared(schemas, endpoint=replace(case.ENDPOINT, keys=keys))


@pytest.mark.parametrize(
    "change",
    [
        {"report_id": "1"}, {"report_id": "../../etc"}, {"created_at": "yesterday"}, {"category": "other"}, {"role": "robot"},
        {"narrative": "x" * 4001}, {"also": ("grooming", "grooming")}, {"lang": "e n"}, {"lang": "en\n"},
        {"reporter": Reporter(case.ACCOUNT, "", "13_15", "gb", (ContactWay("xmpp", case.ACCOUNT),))},
        {"reporter": Reporter(case.ACCOUNT, "Sam", "13_15", "GB", (ContactWay("xmpp", case.ACCOUNT),))},
    ],
    ids=lambda change: str(next(iter(change))),
)  # fmt: skip
def test_a_field_that_does_not_fit_is_refused_without_naming_it(change: dict[str, Any], schemas: Schemas) -> None:
    with pytest.raises(FormatRefused) as refusal:
        case.prepared(schemas, **change)
    assert "yesterday" not in str(refusal.value.fields)


def test_contact_is_needed(schemas: Schemas) -> None:
    with pytest.raises(FormatRefused):
        case.prepared(schemas, reporter=Reporter(case.ACCOUNT, "Sam", "13_15", "gb", ()))


def test_half_a_character_of_the_window_does_not_stop_a_report(schemas: Schemas) -> None:
    made = case.prepared(schemas, narrative="oh \ud83d no")
    assert parse_canonical(made.report)["narrative"]["text"] == "oh \ufffd no"


def test_a_report_without_chat(schemas: Schemas) -> None:
    made = prepare(case.stated(), Capture(), None, case.REPORTER_SIG, case.REPORTER_ENC, schemas)
    copy = case.copy_of(made)
    assert read_copy(copy, schemas).entries == ()
    assert not refused(copy)
    assert parse_canonical(made.report)["evidence"]["kind"] == "none"


def resigned(made: Prepared, change: Callable[[dict[str, Any]], object]) -> str:
    """The report changed by its own reporter, who has the key."""
    body = parse_canonical(made.report)
    change(body)
    return sign(canonical(body), case.REPORTER_SIG, "robin-report+jws")


def test_the_schema_holds_for_the_holder_of_the_key_too(prepared: Prepared, schemas: Schemas) -> None:
    assert read_report(resigned(prepared, lambda body: None), schemas).digest == prepared.digest
    for change in (
        lambda body: body.update(extra=1),
        lambda body: body.pop("category"),
        lambda body: body.update(category=["grooming"]),
        lambda body: body["evidence"].update(v=2),
        lambda body: body["urgency"].update(score=1.5),
        lambda body: body["client"].update(name=None),
        lambda body: body["files"]["items"].update(size="1"),
    ):
        with pytest.raises(FormatRefused):
            read_report(resigned(prepared, change), schemas)


def test_a_signature_by_another_key_or_of_another_kind_is_refused(prepared: Prepared, schemas: Schemas) -> None:
    for jws in (
        sign(prepared.report, case.DESK_SIG, "robin-report+jws"),
        sign(prepared.report, case.REPORTER_SIG, "robin-receipt+jws"),
        sign(b"[]", case.REPORTER_SIG, "robin-report+jws"),
        sign(b'{"reporter":{"keys":{"sig":[]}}}', case.REPORTER_SIG, "robin-report+jws"),
        sign(b'{"reporter":1}', case.REPORTER_SIG, "robin-report+jws"),
        "",
    ):
        with pytest.raises(SignatureRefused):
            read_report(jws, schemas)


def test_package_round_trip(prepared: Prepared) -> None:
    package = Package.of(prepared)
    again = Package.decode(package.encode())
    assert again == package
    assert list(again.files()) == [digest(prepared.sealed_items), digest(prepared.sealed_identity)]
    full = replace(
        package, endpoint=replace(case.ENDPOINT, ca_file="/x/ca.pem", hand_set=True, jid="desk@x", hours="9-5")
    )
    assert Package.decode(full.encode()) == full


def test_any_changed_byte_of_a_package_is_refused(prepared: Prepared) -> None:
    data = Package.of(prepared).encode()
    for at in range(0, len(data), 7):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(EvidenceRefused):
            Package.decode(changed)
    for cut in (data[:-1], data + b"\n", data[1:], b"", data + data):
        with pytest.raises(EvidenceRefused):
            Package.decode(cut)
    assert not refused(data)
    assert refused(data[:200] + bytes([data[200] ^ 1]) + data[201:])


def test_a_package_must_make_sense(prepared: Prepared, schemas: Schemas) -> None:
    def made(change: Callable[[dict[str, Any]], object]) -> bytes:
        body = parse_canonical(Package.of(prepared).encode())
        body.pop("check")
        change(body)
        return canonical({**body, "check": digest(canonical(body))})

    schemas.check("package", parse_canonical(made(lambda body: None)))
    Package.decode(made(lambda body: None))
    for change in (
        lambda body: body.update(extra=1),
        lambda body: body.pop("report"),
        lambda body: body.update(report=1),
        lambda body: body.update(report="no seal"),
        lambda body: body["files"].update(items="é"),
        lambda body: body["files"].update(more="x"),
        lambda body: body.update(endpoint=[]),
        lambda body: body["endpoint"].update(unknown=1),
        lambda body: body["endpoint"].update(keys=[case.DESK_SIG.public_jwk()]),
        lambda body: body["endpoint"].pop("name"),
    ):
        with pytest.raises(FormatRefused):
            Package.decode(made(change))


def test_copy_is_accepted_by_both_readers(copy: bytes, prepared: Prepared, schemas: Schemas) -> None:
    found = read_copy(copy, schemas)
    assert found.receipt is not None
    assert found.receipt.case_number == "AB42-CD34"
    assert found.receipt.identity_level is IdentityLevel.UNVERIFIED
    assert found.signed.digest == prepared.digest
    assert not refused(copy)


def test_a_receipt_can_be_put_in_later(copy: bytes, prepared: Prepared, schemas: Schemas) -> None:
    early = case.copy_of(prepared, with_receipt=False)
    assert read_copy(early, schemas).receipt is None
    assert not refused(early)
    assert with_receipt(early, case.receipt_for(prepared), case.ENDPOINT.keys) == copy
    with pytest.raises(FormatRefused):
        with_receipt(copy, case.receipt_for(prepared), case.ENDPOINT.keys)


@pytest.mark.parametrize("half", [0, 1])
def test_flip_every_byte_of_a_copy_refused(half: int, schemas: Schemas) -> None:
    """One changed bit in each byte, by the independent verifier (in halves, so that two processes share the work)."""
    data = case.copy_of(case.small(schemas))
    assert not refused(data)
    accepted = [
        at
        for at in range(half, len(data), 2)
        if not refused(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
    ]
    assert accepted == []


@pytest.mark.parametrize("receipt", [True, False])
def test_flip_bytes_of_a_copy_refused_inside_robin_too(receipt: bool, schemas: Schemas) -> None:
    data = case.copy_of(case.small(schemas), with_receipt=receipt)
    assert read_copy(data, schemas)
    for at in range(int(receipt), len(data), 5):
        with pytest.raises(EvidenceRefused):
            read_copy(data[:at] + bytes([data[at] ^ 1 << at % 7]) + data[at + 1 :], schemas)


@given(st.data())
def test_any_other_byte_anywhere_refused(copy: bytes, schemas: Schemas, pick: st.DataObject) -> None:
    at = pick.draw(st.integers(0, len(copy) - 1))
    new = pick.draw(st.integers(0, 255).filter(lambda one: one != copy[at]))
    kind = pick.draw(st.sampled_from(["change", "insert", "delete", "double", "swap"]))
    changed = {
        "change": copy[:at] + bytes([new]) + copy[at + 1 :],
        "insert": copy[:at] + bytes([new]) + copy[at:],
        "delete": copy[:at] + copy[at + 1 :],
        "double": copy[:at] + copy[at : at + 1] + copy[at:],
        "swap": copy[:at] + copy[at : at + 2][::-1] + copy[at + 2 :],
    }[kind]
    if changed != copy:
        assert refused(changed)
        with pytest.raises(EvidenceRefused):
            read_copy(changed, schemas)


MUTATIONS: dict[str, Callable[[dict[str, Any]], object]] = {
    "reorder": lambda copy: copy["files"]["items"]["items"].reverse(),
    "swap": lambda copy: copy["files"]["items"]["items"].insert(3, copy["files"]["items"]["items"].pop(8)),
    "drop first": lambda copy: copy["files"]["items"]["items"].pop(0),
    "drop last": lambda copy: copy["files"]["items"]["items"].pop(),
    "drop middle": lambda copy: copy["files"]["items"]["items"].pop(7),
    "double": lambda copy: copy["files"]["items"]["items"].insert(5, copy["files"]["items"]["items"][5]),
    "body": lambda copy: copy["files"]["items"]["items"][6].update(body="I live in High Street."),
    "sender": lambda copy: copy["files"]["items"]["items"][6].update({"from": case.ACCOUNT}),
    "time": lambda copy: copy["files"]["items"]["items"][6]["times"].update(client=case.NOW),
    "show as withheld": lambda copy: copy["files"]["items"]["items"].__setitem__(
        6, {"seq": 7, "withheld": "removed", "leaf": b64u(leaf_hash(copy["files"]["items"]["items"][6]))}
    ),
    "reason": lambda copy: copy["files"]["items"]["items"][0].update(withheld="removed"),
    "empty": lambda copy: copy["files"]["items"].update(items=[]),
    "name": lambda copy: copy["files"]["identity"]["reporter"].update(name="Max"),
    "no receipt": lambda copy: copy.update(receipt=None),
    "no receipt, no key": lambda copy: copy.update(receipt=None, desk_keys=[1]),
    "no key": lambda copy: copy.update(desk_keys=[]),
    "two keys": lambda copy: copy["desk_keys"].append(case.REPORTER_SIG.public_jwk()),
    "other key": lambda copy: copy.update(desk_keys=[case.REPORTER_SIG.public_jwk()]),
    "key with less": lambda copy: copy["desk_keys"][0].pop("use"),
    "key with its name": lambda copy: copy["desk_keys"][0].update(kid=case.DESK_SIG.thumbprint),
    "key of another shape": lambda copy: copy["desk_keys"][0].update(crv=[]),
    "keys of another shape": lambda copy: copy.update(desk_keys={"0": copy["desk_keys"][0]}),
    "key with more": lambda copy: copy["desk_keys"][0].update(note="x"),
    "extra member": lambda copy: copy.update(note="trust me"),
    "extra file": lambda copy: copy["files"].update(more={}),
    "missing file": lambda copy: copy["files"].pop("identity"),
    "type": lambda copy: copy.update(type="urn:robin:copy:2"),
    "report is receipt": lambda copy: copy.update(report=copy["receipt"]),
    "receipt is report": lambda copy: copy.update(receipt=copy["report"]),
    "report is no text": lambda copy: copy.update(report=None),
    "receipt is no text": lambda copy: copy.update(receipt=5),
    "items is no list": lambda copy: copy["files"]["items"].update(items={}),
    "swapped files": lambda copy: copy.update(
        files={"items": copy["files"]["identity"], "identity": copy["files"]["items"]}
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutations_of_a_copy_are_refused(name: str, copy: bytes, schemas: Schemas) -> None:
    value = json.loads(copy)
    MUTATIONS[name](value)
    changed = case.rechecked(value)
    assert changed != copy
    assert refused(canonical(value)), "without a check made anew too"
    if name == "no receipt":
        # The key that is left over gives it away; without both, it is an honest copy without receipt.
        assert value["desk_keys"]
    assert refused(changed)
    with pytest.raises(EvidenceRefused):
        read_copy(changed, schemas)


@pytest.mark.parametrize("keys", [None, False, "", 0, {}, [None]], ids=repr)
def test_without_receipt_the_keys_are_the_empty_list(keys: object, prepared: Prepared, schemas: Schemas) -> None:
    value = json.loads(case.copy_of(prepared, with_receipt=False))
    value["desk_keys"] = keys
    assert refused(case.rechecked(value))
    with pytest.raises(EvidenceRefused):
        read_copy(case.rechecked(value), schemas)


def forged(made: Prepared, change: Callable[[list[dict[str, Any]], dict[str, Any]], object]) -> bytes:
    """A copy that the reporter changed and signed anew: digests fit, the story does not."""
    body, items = parse_canonical(made.report), parse_canonical(made.items)
    change(items["items"], body["evidence"])
    data = canonical(items)
    body["files"]["items"].update(digest=digest(data), size=len(data))
    jws = sign(canonical(body), case.REPORTER_SIG, "robin-report+jws")
    return make_copy(jws, data, made.identity)


def test_the_reporter_cannot_hide_that_lines_are_missing(prepared: Prepared, schemas: Schemas) -> None:
    honest = forged(prepared, lambda items, manifest: None)
    assert not refused(honest)
    assert read_copy(honest, schemas)

    def leaves(items: list[dict[str, Any]], manifest: dict[str, Any]) -> None:
        hashes = [leaf_hash(one) for one in items if "withheld" not in one]
        manifest["merkle_root"] = b64u(merkle_root(hashes))

    for change in (
        lambda items, manifest: items.pop(7),
        lambda items, manifest: items.reverse(),
        lambda items, manifest: items.insert(1, deepcopy(items[1])),
        lambda items, manifest: manifest.update(shown=manifest["shown"] + 1),
        lambda items, manifest: manifest.update(entries=manifest["entries"] + 1),
        lambda items, manifest: manifest.update(withheld=[]),
        lambda items, manifest: manifest["withheld"][0].update(count=99),
        lambda items, manifest: items[6].update(body="other words"),
        leaves,
    ):
        changed = forged(prepared, change)
        assert refused(changed)
        with pytest.raises(EvidenceRefused):
            read_copy(changed, schemas)


def test_files_of_another_report_are_refused(prepared: Prepared, schemas: Schemas) -> None:
    signed = read_report(prepared.jws, schemas)
    other = case.prepared(schemas, report_id="3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11")
    for read in (read_items, read_identity):
        data = other.items if read is read_items else other.identity
        with pytest.raises(EvidenceRefused):
            read(signed, data, schemas)
    with pytest.raises(EvidenceRefused):
        check_sealed_file(signed, "items", other.sealed_items)
    with pytest.raises(EvidenceRefused):
        check_sealed_file(signed, "items", prepared.sealed_identity)
    # Even when the digests were made to fit, the report_id inside does not.
    body = parse_canonical(prepared.report)
    body["files"]["identity"].update(digest=digest(other.identity), size=len(other.identity))
    jws = sign(canonical(body), case.REPORTER_SIG, "robin-report+jws")
    with pytest.raises(EvidenceRefused):
        read_identity(read_report(jws, schemas), other.identity, schemas)
    assert refused(make_copy(jws, prepared.items, other.identity))


def test_oversized_and_deep_copies_are_refused(copy: bytes, schemas: Schemas) -> None:
    with pytest.raises(FormatRefused):
        read_copy(copy, schemas, max_bytes=len(copy) - 1)
    deep = b'{"type":"urn:robin:copy:1","x":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    assert refused(deep)
    with pytest.raises(FormatRefused):
        read_copy(deep, schemas)
    for other in (b'{"type":"urn:robin:package:1"}', b'{"type":"urn:robin:copy:1"}', b"{}"):
        with pytest.raises(EvidenceRefused):
            read_copy(other, schemas)
        with pytest.raises(EvidenceRefused):
            Package.decode(other)


def test_schema_refusal_names_the_place_only(schemas: Schemas) -> None:
    with pytest.raises(FormatRefused) as refusal:
        schemas.check("identity", {"type": "urn:robin:identity:1", "reporter": {"name": 7}})
    assert str(refusal.value.fields["what"]).startswith("identity:/")


# A copy with what followed.


@pytest.fixture(scope="session")
def full(prepared: Prepared, schemas: Schemas) -> bytes:
    return case.full_copy(prepared, schemas)


def test_a_copy_keeps_what_followed(full: bytes, prepared: Prepared, schemas: Schemas) -> None:
    found = read_copy(full, schemas)
    assert [one.addendum.prev_digest for one in found.addenda] == [prepared.digest, found.addenda[0].addendum.digest]
    assert found.addenda[0].receipt is not None
    assert found.addenda[0].receipt.case_number == "AB42-CD34"
    assert found.addenda[1].receipt is None
    assert found.withdrawn is not None
    assert found.withdrawn.outcome is WithdrawalOutcome.NOTED
    assert not refused(full)
    schemas.check("copy", json.loads(full))
    early = read_copy(case.copy_of(prepared), schemas)
    assert (early.addenda, early.withdrawn) == ((), None)


def test_a_receipt_of_an_addendum_can_be_put_in_later(prepared: Prepared, schemas: Schemas) -> None:
    copy, made, keys = case.copy_of(prepared), case.added(prepared.digest, schemas), case.ENDPOINT.keys
    waiting = with_addendum(copy, made.jws, "", keys)
    at_once = with_addendum(copy, made.jws, case.addendum_receipt(made), keys)
    assert with_addendum(waiting, made.jws, case.addendum_receipt(made), keys) == at_once
    for same in (waiting, at_once):
        with pytest.raises(FormatRefused):
            with_addendum(same, made.jws, "", keys)
    with pytest.raises(FormatRefused):
        with_addendum(at_once, made.jws, case.addendum_receipt(made), keys)
    gone = with_withdrawal(copy, case.withdrawal_receipt(prepared), keys)
    with pytest.raises(FormatRefused):
        with_withdrawal(gone, case.withdrawal_receipt(prepared), keys)
    for wrong in (Package.of(prepared).encode(), b"{}", canonical({**json.loads(copy), "check": "A" * 43}), b""):
        for put in (
            lambda data: with_addendum(data, made.jws, "", keys),
            lambda data: with_withdrawal(data, case.withdrawal_receipt(prepared), keys),
            lambda data: with_receipt(data, case.receipt_for(prepared), keys),
        ):
            with pytest.raises(EvidenceRefused):
                put(wrong)


def test_later_evidence_that_does_not_follow_is_not_put_in(prepared: Prepared, schemas: Schemas) -> None:
    copy, keys = case.copy_of(prepared), case.ENDPOINT.keys
    first = case.added(prepared.digest, schemas)
    second = case.added(first.digest, schemas, "second", addendum_id="1b9e2f4a-7c3d-4a1e-9f00-112233445566")
    with pytest.raises(EvidenceRefused) as refusal:
        with_addendum(copy, second.jws, "", keys)
    assert refusal.value.fields["what"] == "chain"
    both = with_addendum(with_addendum(copy, first.jws, "", keys), second.jws, "", keys)
    assert read_copy(both, schemas).addenda[1].addendum.digest == second.digest
    far = [case.added(prev, schemas).jws for prev in ("-" * 42 + "0", "z" * 42 + "w")]
    for wrong in (*far, prepared.jws, "x", sign(b"[]", case.REPORTER_SIG, "t")):
        with pytest.raises(EvidenceRefused):
            with_addendum(copy, wrong, "", keys)


def test_nothing_follows_a_report_that_has_no_receipt(prepared: Prepared, schemas: Schemas) -> None:
    """Such a copy could not be read again, so none is made."""
    early, made = case.copy_of(prepared, with_receipt=False), case.added(prepared.digest, schemas)
    for put in (
        lambda: with_addendum(early, made.jws, "", case.ENDPOINT.keys),
        lambda: with_addendum(early, made.jws, case.addendum_receipt(made), case.ENDPOINT.keys),
        lambda: with_withdrawal(early, case.withdrawal_receipt(prepared), case.ENDPOINT.keys),
    ):
        with pytest.raises(FormatRefused):
            put()


def test_two_keys_of_one_desk_stand_in_order_and_no_other(schemas: Schemas) -> None:
    """A desk that signed with a new key of its own since; both were its keys when the report was made."""
    newer = SigningKey.from_secret(case.secret("desk sig 2"))
    keys = (*case.ENDPOINT.keys, newer.public_jwk())
    made = case.prepared(schemas, endpoint=replace(case.ENDPOINT, keys=keys))
    first = case.added(made.digest, schemas)
    copy = make_copy(made.jws, made.items, made.identity, case.receipt_for(made), keys)
    assert [key["x"] for key in json.loads(copy)["desk_keys"]] == [case.DESK_SIG.public_jwk()["x"]]
    both = with_addendum(copy, first.jws, case.addendum_receipt(first, newer), [newer.public_jwk()])
    names = [thumbprint(key) for key in json.loads(both)["desk_keys"]]
    assert names == sorted([newer.thumbprint, case.DESK_SIG.thumbprint])
    assert read_copy(both, schemas)
    assert not refused(both)
    assert all(one.result != REFUSED for one in verify(both, newer.thumbprint))
    for change in (
        lambda value: value["desk_keys"].reverse(),
        lambda value: value["desk_keys"].pop(),
        lambda value: value["desk_keys"].append(case.REPORTER_SIG.public_jwk()),
        lambda value: value["desk_keys"].append(value["desk_keys"][0]),
    ):
        value = json.loads(both)
        change(value)
        changed = case.rechecked(value)
        assert refused(changed)
        with pytest.raises(EvidenceRefused):
            read_copy(changed, schemas)


def test_a_copy_too_big_is_not_made(full: bytes, monkeypatch: pytest.MonkeyPatch, prepared: Prepared) -> None:
    keys = case.ENDPOINT.keys
    made = with_withdrawal(case.copy_of(prepared), case.withdrawal_receipt(prepared), keys)
    monkeypatch.setattr(packages, "MAX_COPY_BYTES", len(made))
    assert with_withdrawal(case.copy_of(prepared), case.withdrawal_receipt(prepared), keys) == made
    monkeypatch.setattr(packages, "MAX_COPY_BYTES", len(made) - 1)
    with pytest.raises(CopyFull) as full_up:
        with_withdrawal(case.copy_of(prepared), case.withdrawal_receipt(prepared), keys)
    assert full_up.value.sentence == "There is no room for more in this copy."


def swapped_addendum(value: dict[str, Any], schemas: Schemas, **changes: Any) -> None:
    """The first addendum and its receipt replaced by another one that the desk received too."""
    prev = changes.pop("prev", digest(canonical(json.loads(unb64u(value["report"].split(".")[1])))))
    made = case.added(prev, schemas, "other", **changes)
    value["addenda"] = [{"addendum": made.jws, "receipt": case.addendum_receipt(made)}]


FOLLOWING: dict[str, Callable[[dict[str, Any], Schemas], object]] = {
    "first dropped": lambda value, _: value["addenda"].pop(0),
    "reordered": lambda value, _: value["addenda"].reverse(),
    "doubled": lambda value, _: value["addenda"].append(value["addenda"][1]),
    "doubled first": lambda value, _: value["addenda"].insert(0, value["addenda"][0]),
    "receipt of the other": lambda value, _: value["addenda"][1].update(receipt=value["addenda"][0]["receipt"]),
    "receipt is the report's": lambda value, _: value["addenda"][0].update(receipt=value["receipt"]),
    "report's receipt is its": lambda value, _: value.update(receipt=value["addenda"][0]["receipt"]),
    "withdrawal is a receipt": lambda value, _: value.update(withdrawal=value["receipt"]),
    "receipt is a withdrawal": lambda value, _: value.update(receipt=value["withdrawal"]),
    "addendum is the report": lambda value, _: value["addenda"][0].update(addendum=value["report"]),
    "report is an addendum": lambda value, _: value.update(report=value["addenda"][0]["addendum"]),
    "no receipt of the report": lambda value, _: value.update(receipt=None),
    "no receipt at all": lambda value, _: value.update(receipt=None, desk_keys=[]),
    "no receipt, addendum only": lambda value, _: value.update(
        receipt=None, withdrawal=None, desk_keys=[], addenda=[{**value["addenda"][0], "receipt": None}]
    ),
    "no receipt, withdrawal only": lambda value, _: value.update(receipt=None, addenda=[]),
    "member too many": lambda value, _: value["addenda"][0].update(note="x"),
    "member missing": lambda value, _: value["addenda"][1].pop("receipt"),
    "no list": lambda value, _: value.update(addenda=None),
    "an object for a list": lambda value, _: value.update(addenda={}),
    "no text": lambda value, _: value["addenda"][0].update(addendum=5),
    "false": lambda value, _: value.update(withdrawal=False),
    "empty": lambda value, _: value.update(withdrawal=""),
    "chain": lambda value, schemas: swapped_addendum(value, schemas, prev="A" * 43),
    "other report": lambda value, schemas: swapped_addendum(
        value, schemas, report_id="3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11"
    ),
}


@pytest.mark.parametrize("name", FOLLOWING)
def test_what_followed_cannot_be_bent(name: str, full: bytes, schemas: Schemas) -> None:
    value = json.loads(full)
    FOLLOWING[name](value, schemas)
    changed = case.rechecked(value)
    assert changed != full
    assert refused(changed)
    with pytest.raises(EvidenceRefused):
        read_copy(changed, schemas)
    assert refused(canonical(value))
    with pytest.raises(EvidenceRefused):
        read_copy(canonical(value), schemas)


def test_what_followed_can_be_swapped_for_what_truly_followed_only(full: bytes, schemas: Schemas) -> None:
    """The same helper as above without its change is accepted: it is the change that is refused."""
    value = json.loads(full)
    swapped_addendum(value, schemas)
    assert not refused(case.rechecked(value))
    assert read_copy(case.rechecked(value), schemas)


def test_the_end_of_a_copy_can_be_left_out_by_who_makes_its_check_anew(full: bytes, schemas: Schemas) -> None:
    """What the README says a copy does not show: that nothing followed."""
    value = json.loads(full)
    value["addenda"].pop()
    value["withdrawal"] = None
    assert refused(canonical(value))
    assert not refused(case.rechecked(value))
    assert read_copy(case.rechecked(value), schemas)


@pytest.mark.parametrize("part", ["addendum", "withdrawal"])
@pytest.mark.parametrize("change", ["case", "report", "digest", "key", "foreign key"])
def test_words_of_the_desk_about_another_case_are_refused(
    part: str, change: str, prepared: Prepared, schemas: Schemas
) -> None:
    made, keys = case.added(prepared.digest, schemas), case.ENDPOINT.keys
    key = case.REPORTER_SIG if change in ("key", "foreign key") else case.DESK_SIG
    changes: dict[str, Any] = {
        "case": {"case_number": "AB42-CD35"},
        "report": {"report_id": "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11"},
        "digest": {"addendum_digest" if part == "addendum" else "report_digest": "A" * 43},
    }.get(change, {})
    copy = case.copy_of(prepared)
    jwks = (*keys, key.public_jwk()) if key is case.REPORTER_SIG else keys
    if part == "addendum":
        copy = with_addendum(copy, made.jws, case.addendum_receipt(made, key, **changes), jwks)
    else:
        copy = with_withdrawal(copy, case.withdrawal_receipt(prepared, key, **changes), jwks)
    if change == "key":
        value = json.loads(copy)
        value["desk_keys"] = [one for one in value["desk_keys"] if one["x"] != key.public_jwk()["x"]]
        copy = case.rechecked(value)
    assert refused(copy)
    with pytest.raises(EvidenceRefused):
        read_copy(copy, schemas)


def test_an_addendum_by_another_key_is_refused(prepared: Prepared, schemas: Schemas) -> None:
    made = case.added(prepared.digest, schemas)
    forged_one = sign(made.payload, SigningKey.generate(), addenda.TYP)
    copy = with_addendum(case.copy_of(prepared), forged_one, "", ())
    assert refused(copy)
    with pytest.raises(SignatureRefused):
        read_copy(copy, schemas)


def test_one_id_of_an_addendum_comes_once(prepared: Prepared, schemas: Schemas) -> None:
    first = case.added(prepared.digest, schemas)
    again = case.added(first.digest, schemas, "again")
    copy = with_addendum(case.copy_of(prepared), first.jws, "", ())
    assert not refused(copy)
    copy = with_addendum(copy, again.jws, "", ())
    assert refused(copy)
    with pytest.raises(EvidenceRefused):
        read_copy(copy, schemas)


def test_flip_bytes_of_a_full_copy_refused(schemas: Schemas) -> None:
    """With the check made anew wherever the file can still be read, so that the check alone is not what refuses."""
    data = case.full_copy(case.small(schemas), schemas)
    assert not refused(data)
    accepted = []
    for at in range(0, len(data), 37):
        changed = data[:at] + bytes([data[at] ^ 1 << at % 7]) + data[at + 1 :]
        try:
            changed = case.rechecked(json.loads(changed))
        except (ValueError, EvidenceRefused):
            assert refused(changed)
            continue
        if changed != data and not refused(changed):
            accepted.append(at)
    assert accepted == []


LIES: dict[str, Callable[[dict[int, dict[str, Any]], dict[str, Any]], object]] = {
    "A2 that nobody asked for": lambda lines, manifest: lines[12].update(assurance="A2"),
    "A2 that the archive denied": lambda lines, manifest: lines[10].update(assurance="A2"),
    "A3 of the reporter's own": lambda lines, manifest: lines[7].update(assurance="A3"),
    "less than there is": lambda lines, manifest: lines[7].update(assurance="A1"),
    "A1 without a log": lambda lines, manifest: lines[12].update(journal=None),
    "said the same after all": lambda lines, manifest: lines[10].update(archive_check="same", assurance="A2"),
    "found, but counted as the same": lambda lines, manifest: manifest["integrity"].update(mam_same=5, mam_found=0),
    "differs, but counted as missing": lambda lines, manifest: manifest["integrity"].update(
        mam_missing=2, mam_mismatch=0
    ),
    "asked, but not said": lambda lines, manifest: manifest["integrity"].update(
        mam_same=None, mam_found=None, mam_missing=None, mam_mismatch=None
    ),
    "a planted id that is not counted": lambda lines, manifest: manifest["integrity"].update(dup_stanza_ids=0),
    "a planted id that is not said": lambda lines, manifest: lines[9].update(dup_stanza_id=False),
    "a log that ended before": lambda lines, manifest: manifest["journal"].update(index=11),
    "no log at all": lambda lines, manifest: manifest.update(journal=None),
    "one place of the log twice": lambda lines, manifest: lines[8]["journal"].update(index=7),
    "a place after the end": lambda lines, manifest: lines[8]["journal"].update(index=32),
    "a stanza of another": lambda lines, manifest: lines[7].update(raw_xml="<message/>"),
    "another end of the log than its last line": lambda lines, manifest: manifest["journal"].update(index=12),
    "asked at no time": lambda lines, manifest: manifest["integrity"].update(asked_at=None),
    "more lines than messages": lambda lines, manifest: manifest.update(total=len(lines) - 1),
    "first place": lambda lines, manifest: manifest["seq"].update(first=2),
    "no places": lambda lines, manifest: manifest.update(seq=None),
}


def lied(made: Prepared, lie: Callable[[dict[int, dict[str, Any]], dict[str, Any]], object]) -> bytes:
    """A copy whose reporter changed lines or findings, and then made tree, digests and signature anew."""

    def change(items: list[dict[str, Any]], manifest: dict[str, Any]) -> None:
        lie({one["seq"]: one for one in items}, manifest)
        leaves = [unb64u(one["leaf"]) if "withheld" in one else leaf_hash(one) for one in items]
        manifest["merkle_root"] = b64u(merkle_root(leaves))

    return forged(made, change)


@pytest.mark.parametrize("name", LIES)
def test_the_reporters_program_cannot_claim_more_than_its_file_shows(
    name: str, prepared: Prepared, schemas: Schemas
) -> None:
    changed = lied(prepared, LIES[name])
    assert refused(changed)
    with pytest.raises(EvidenceRefused):
        read_copy(changed, schemas)


@pytest.mark.parametrize("kind", ["none", "room"])
def test_lines_of_no_chat_or_of_a_room_that_is_not_described_are_refused(
    kind: str, prepared: Prepared, schemas: Schemas
) -> None:
    with pytest.raises(EvidenceRefused):
        read_copy(lied(prepared, lambda lines, manifest: manifest.update(kind=kind)), schemas)


def test_what_is_no_lie_is_taken(prepared: Prepared, schemas: Schemas) -> None:
    """The helper itself changes nothing that matters; the last place of the log may be a line's."""
    for honest in (
        lambda lines, manifest: None,
        lambda lines, manifest: manifest["journal"].update(index=12, head=lines[12]["journal"]["hash"]),
        lambda lines, manifest: lines[12].update(assurance="A0", journal=None),
        lambda lines, manifest: manifest.update(total=len(lines)),
        lambda lines, manifest: lines[12].update(edits_total=9),
    ):
        copy = lied(prepared, honest)
        assert not refused(copy)
        assert read_copy(copy, schemas)
