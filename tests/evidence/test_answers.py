"""Receipts, codes, proofs of possession, sealed messages and the discovery document."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import evidence_case as case
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.domain.errors import EvidenceRefused, FormatRefused, SealRefused, SignatureRefused
from messenger.domain.receipt import Advice, AdviceStep, IdentityLevel, Receipt
from messenger.evidence import message as messages
from messenger.evidence import receipt as receipts
from messenger.evidence.canonical import canonical, parse_canonical
from messenger.evidence.discovery import make_discovery, read_discovery
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.message import Reply, make_message, make_reply, open_message, open_reply
from messenger.evidence.possession import check_proof, make_proof, target
from messenger.evidence.receipt import (
    make_code,
    make_receipt,
    new_case_number,
    new_receipt_code,
    open_code,
    verify_receipt,
)
from messenger.evidence.report import Prepared
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import seal, unseal
from messenger.evidence.signature import sign, verify

DESK = case.ENDPOINT.keys
DIGEST = "A" * 43
ENC = case.REPORTER_ENC.public_jwk()


def test_receipt_round_trip_fits_its_schema(prepared: Prepared, schemas: Schemas) -> None:
    jws = case.receipt_for(prepared)
    found = verify_receipt(jws, DESK, prepared.digest, prepared.report_id)
    assert (found.case_number, found.reporter_jid, found.jws) == ("AB42-CD34", case.ACCOUNT, jws)
    schemas.check("receipt", parse_canonical(receipts.verify(jws, DESK, receipts.TYP)))


def test_a_receipt_for_another_report_or_by_another_desk_is_no_receipt(prepared: Prepared) -> None:
    good = case.receipt_for(prepared)
    for jws, keys, digest, report_id in (
        (good, DESK, DIGEST, ""),
        (good, DESK, prepared.digest, "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11"),
        (good, [case.REPORTER_SIG.public_jwk()], prepared.digest, ""),
        (good, [], prepared.digest, ""),
        (case.receipt_for(prepared, case.REPORTER_SIG), DESK, prepared.digest, ""),
        (good[:-1], DESK, prepared.digest, ""),
        ("", DESK, prepared.digest, ""),
        ("<html>200 OK</html>", DESK, prepared.digest, ""),
    ):
        with pytest.raises(SignatureRefused):
            verify_receipt(jws, keys, digest, report_id)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "urn:robin:receipt:2"}, {"case_number": "AB42-CDI4"}, {"case_number": "AB42"}, {"case_number": 5}, {"more": "x"},
        {"identity_level": "sure"}, {"received_at": None}, {"next_contact_by": "x" * 5000}, {"report_digest": None},
    ],
    ids=repr,
)  # fmt: skip
def test_a_signed_receipt_must_still_make_sense(change: dict[str, Any], prepared: Prepared) -> None:
    payload = parse_canonical(receipts.verify(case.receipt_for(prepared), DESK, receipts.TYP))
    jws = sign(canonical({**payload, **change}), case.DESK_SIG, receipts.TYP)
    with pytest.raises(SignatureRefused):
        verify_receipt(jws, DESK, prepared.digest)
    with pytest.raises(SignatureRefused):
        verify_receipt(sign(b"[1]", case.DESK_SIG, receipts.TYP), DESK, prepared.digest)


def test_case_numbers_and_codes_have_their_form() -> None:
    numbers = [new_case_number() for _ in range(500)]
    assert all(re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", one) for one in numbers)
    assert len(set(numbers)) == 500
    signs = Counter("".join(numbers).replace("-", ""))
    assert len(signs) == 32
    assert not set("IO01") & set(signs)
    codes = {new_receipt_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"\d{4} \d{4} \d{4} \d{4}", one) for one in codes)
    base = Receipt("r", DIGEST, "AB10-CD34", case.NOW, "", IdentityLevel.CODE, "", "")
    with pytest.raises(FormatRefused):
        make_receipt(case.DESK_SIG, base)


def test_receipt_code_is_signed_and_sealed() -> None:
    sealed = make_code(case.DESK_SIG, ENC, case.REPORT_ID, DIGEST, "4827 1930 5561 0374")
    assert open_code(sealed, case.REPORTER_ENC, DESK, DIGEST) == "4827 1930 5561 0374"
    with pytest.raises(SealRefused):
        open_code(sealed, case.DESK_ENC, DESK, DIGEST)
    with pytest.raises(SignatureRefused):
        open_code(sealed, case.REPORTER_ENC, DESK, "B" * 43)
    for other in (
        make_code(case.REPORTER_SIG, ENC, case.REPORT_ID, DIGEST, "4827 1930 5561 0374"),
        make_code(case.DESK_SIG, ENC, case.REPORT_ID, DIGEST, "4827"),
        seal(b"4827 1930 5561 0374", ENC),
        seal(b"\xff\xfe", ENC),
        seal(sign(b"[]", case.DESK_SIG, receipts.CODE_TYP).encode(), ENC),
    ):
        with pytest.raises(SignatureRefused):
            open_code(other, case.REPORTER_ENC, DESK, DIGEST)


URL = "https://desk.example:8443/v1/reports/1/messages?after=2"


def test_possession_proof_round_trip() -> None:
    proof = make_proof(case.REPORTER_SIG, "GET", URL, case.REPORT_ID, 1000)
    keys = [case.REPORTER_SIG.public_jwk()]
    one = check_proof(proof, keys, "GET", "https://DESK.example:8443/v1/reports/1/messages#x", case.REPORT_ID, 1300)
    two = check_proof(
        make_proof(case.REPORTER_SIG, "GET", URL, case.REPORT_ID, 1000), keys, "GET", URL, case.REPORT_ID, 700
    )
    assert one.iat == two.iat == 1000
    assert one.jti != two.jti


def test_possession_proof_fits_one_call_only() -> None:
    proof = make_proof(case.REPORTER_SIG, "GET", URL, case.REPORT_ID, 1000)
    keys = [case.REPORTER_SIG.public_jwk()]
    for arguments in (
        (proof, keys, "POST", URL, case.REPORT_ID, 1000),
        (proof, keys, "GET", URL.replace("reports/1", "reports/2"), case.REPORT_ID, 1000),
        (proof, keys, "GET", URL.replace("8443", "8444"), case.REPORT_ID, 1000),
        (proof, keys, "GET", URL.replace("https", "http"), case.REPORT_ID, 1000),
        (proof, keys, "GET", "https://[", case.REPORT_ID, 1000),
        (proof, keys, "GET", URL, "other", 1000),
        (proof, keys, "GET", URL, case.REPORT_ID, 1301),
        (proof, keys, "GET", URL, case.REPORT_ID, 699),
        (proof, DESK, "GET", URL, case.REPORT_ID, 1000),
        (proof[:-20] + ("A" if proof[-20] != "A" else "B") + proof[-19:], keys, "GET", URL, case.REPORT_ID, 1000),
        ("x" * 5000, keys, "GET", URL, case.REPORT_ID, 1000),
    ):
        with pytest.raises(SignatureRefused):
            check_proof(*arguments)


@pytest.mark.parametrize(
    "change",
    [{"iat": True}, {"iat": "1000"}, {"jti": "short"}, {"jti": "x" * 65}, {"jti": 5}, {"more": 1}, {"iat": None}],
    ids=repr,
)
def test_possession_claims_are_strict(change: dict[str, Any]) -> None:
    claims = {"htm": "GET", "htu": target(URL), "iat": 1000, "jti": "x" * 22, "report_id": case.REPORT_ID, **change}
    proof = sign(canonical(claims), case.REPORTER_SIG, "dpop+jwt")
    with pytest.raises(SignatureRefused):
        check_proof(proof, [case.REPORTER_SIG.public_jwk()], "GET", URL, case.REPORT_ID, 1000)


def test_targets() -> None:
    assert target("https://Desk.Example:443") == "https://desk.example/"
    assert target("https://[::1]:8443/a?b#c") == "https://[::1]:8443/a"
    for wrong in ("http://x/", "ftp://x", "https://", "https://u:p@x/", "https://x:99999/", "x"):
        with pytest.raises(FormatRefused):
            target(wrong)


ADVICE = Advice(
    report_id=case.REPORT_ID,
    n=1,
    at=case.NOW,
    from_name="Officer Green",
    from_role="Child safety desk",
    kind="safety_plan",
    text="You did the right thing.\nNobody is cross with you.",
    steps=(AdviceStep("a", "Tell a grown-up you trust."), AdviceStep("b", "Keep the messages.")),
)


def test_advice_round_trip_fits_its_schema(schemas: Schemas) -> None:
    sealed = make_message(case.DESK_SIG, ENC, ADVICE)
    assert open_message(sealed, case.REPORTER_ENC, DESK, case.REPORT_ID, 1) == ADVICE
    assert open_message(sealed, case.REPORTER_ENC, DESK, case.REPORT_ID) == ADVICE
    jws = unseal(sealed, case.REPORTER_ENC).decode()
    schemas.check("message", parse_canonical(verify(jws, DESK, messages.TYP)))
    assert b"right thing" not in sealed


def test_advice_for_or_from_others_is_refused() -> None:
    sealed = make_message(case.DESK_SIG, ENC, ADVICE)
    with pytest.raises(SealRefused):
        open_message(sealed, SealingKey.generate(), DESK, case.REPORT_ID)
    for data, report_id, n in (
        (sealed, "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11", 1),
        (sealed, case.REPORT_ID, 2),
        (make_message(SigningKey.generate(), ENC, ADVICE), case.REPORT_ID, 1),
        (make_reply(case.DESK_SIG, ENC, Reply(case.REPORT_ID, "1", case.NOW, "x")), case.REPORT_ID, 1),
        (seal(b"\x00", ENC), case.REPORT_ID, 1),
        (seal(sign(b"{}", case.DESK_SIG, messages.TYP).encode(), ENC), case.REPORT_ID, 1),
        (seal(sign(b"{ }", case.DESK_SIG, messages.TYP).encode(), ENC), case.REPORT_ID, 1),
    ):
        with pytest.raises(SignatureRefused):
            open_message(data, case.REPORTER_ENC, DESK, report_id, n)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "joke"}, {"n": 0}, {"text": "x" * 10_001}, {"steps": (AdviceStep("a", "x" * 501),)},
        {"steps": tuple(AdviceStep(str(n), "x") for n in range(21))}, {"from_name": "x" * 201}, {"n": True},
    ],
    ids=lambda change: str(next(iter(change))),
)  # fmt: skip
def test_advice_that_does_not_fit_is_not_made(change: dict[str, Any]) -> None:
    with pytest.raises(FormatRefused):
        make_message(case.DESK_SIG, ENC, replace(ADVICE, **change))


@pytest.mark.parametrize(
    "change",
    [
        {"from": "Officer"}, {"from": {"name": "x"}}, {"steps": {}}, {"steps": [1]}, {"steps": [{"id": "a"}]}, {"text": None},
        {"html": "<b>"}, {"type": "urn:robin:message:2"}, {"n": "1"}, {"at": 5},
    ],
    ids=repr,
)  # fmt: skip
def test_signed_advice_must_still_make_sense(change: dict[str, Any]) -> None:
    jws = unseal(make_message(case.DESK_SIG, ENC, ADVICE), case.REPORTER_ENC).decode()
    payload = {**parse_canonical(verify(jws, DESK, messages.TYP)), **change}
    sealed = seal(sign(canonical(payload), case.DESK_SIG, messages.TYP).encode(), ENC)
    with pytest.raises(SignatureRefused):
        open_message(sealed, case.REPORTER_ENC, DESK, case.REPORT_ID)


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=5))
def test_replies_round_trip(text: str, done: list[str]) -> None:
    reply = Reply(case.REPORT_ID, "0b1c0b1c-0000-4000", case.NOW, text, tuple(done))
    sealed = make_reply(case.REPORTER_SIG, case.DESK_ENC.public_jwk(), reply)
    assert open_reply(sealed, case.DESK_ENC, [case.REPORTER_SIG.public_jwk()], case.REPORT_ID) == reply


def test_replies_of_others_are_refused(schemas: Schemas) -> None:
    enc = case.DESK_ENC.public_jwk()
    keys = [case.REPORTER_SIG.public_jwk()]
    reply = Reply(case.REPORT_ID, "0b1c0b1c-0000-4000", case.NOW, "thanks", ("a",))
    sealed = make_reply(case.REPORTER_SIG, enc, reply)
    jws = unseal(sealed, case.DESK_ENC).decode()
    payload = parse_canonical(verify(jws, keys, messages.REPLY_TYP))
    schemas.check("message", payload)
    for data, report_id in (
        (sealed, "other"),
        (make_reply(case.DESK_SIG, enc, reply), case.REPORT_ID),
        (
            seal(sign(canonical({**payload, "done": "a"}), case.REPORTER_SIG, messages.REPLY_TYP).encode(), enc),
            case.REPORT_ID,
        ),
        (
            seal(sign(canonical({**payload, "more": 1}), case.REPORTER_SIG, messages.REPLY_TYP).encode(), enc),
            case.REPORT_ID,
        ),
    ):
        with pytest.raises(SignatureRefused):
            open_reply(data, case.DESK_ENC, keys, report_id)
    with pytest.raises(FormatRefused):
        make_reply(case.REPORTER_SIG, enc, replace(reply, text="x" * 10_001))


def document() -> dict[str, Any]:
    return {
        "v": 1, "name": "Example desk", "base": "https://desk.example:8443", "jid": "", "countries": ["gb"],
        "categories": {"accepts": ["grooming", "meeting"], "redirects": {"bullying": {"name": "School line", "phone": "0800"}}},
        "hours": "", "out_of_hours": None, "emergency": {"gb": "999"}, "languages": ["en"],
        "limits": {"bytes": 8388608, "media": "hash-only"}, "retention_days": 90, "keys": {"keys": [dict(key) for key in DESK]},
        "auth": ["code"], "corroboration": None, "questionnaires": [], "privacy_url": "",
    }  # fmt: skip


def test_discovery_round_trip(schemas: Schemas) -> None:
    data = make_discovery(case.DESK_SIG, document(), schemas)
    assert read_discovery(data, schemas) == document()
    assert read_discovery(data, schemas, DESK) == document()
    assert read_discovery(json.dumps(json.loads(data), indent=1).encode(), schemas, DESK) == document()


def test_endpoint_impersonation_a_changed_or_foreign_discovery_document_is_refused(schemas: Schemas) -> None:
    data = make_discovery(case.DESK_SIG, document(), schemas)
    with pytest.raises(SignatureRefused):
        read_discovery(data, schemas, [SigningKey.generate().public_jwk()])
    with pytest.raises(SignatureRefused):
        read_discovery(make_discovery(SigningKey.generate(), document(), schemas), schemas)
    for change in (
        {"base": "https://evil.example"},
        {"name": "Other"},
        {"keys": {"keys": [ENC, case.REPORTER_SIG.public_jwk()]}},
    ):
        value = json.loads(data)
        value["document"].update(change)
        with pytest.raises(SignatureRefused):
            read_discovery(canonical(value), schemas, DESK)
    for change in ({"base": "http://desk.example"}, {"v": 2}, {"limits": {"bytes": 1, "media": "yes"}}, {"x": 1}):
        value = json.loads(data)
        value["document"].update(change)
        with pytest.raises(EvidenceRefused):
            read_discovery(canonical(value), schemas, DESK)
    for garbage in (b"", b"[]", b"<html>", b'{"document":{}}', b"{" * 300_000):
        with pytest.raises(FormatRefused):
            read_discovery(garbage, schemas)
    loose = {"document": document(), "signature": sign(b"not json", case.DESK_SIG, "robin-discovery+jws")}
    with pytest.raises(SignatureRefused):
        read_discovery(canonical(loose), schemas, DESK)
