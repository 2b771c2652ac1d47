"""The worked example of assets/schema: it is what the code makes, it still verifies, and the schemas are sound."""

from __future__ import annotations

import json
import re

import evidence_case as case
import make_examples
import pytest
from jsonschema import Draft202012Validator

from messenger import resources
from messenger.domain.receipt import WithdrawalOutcome
from messenger.evidence import addendum as addenda
from messenger.evidence import consent as consents
from messenger.evidence import message as messages
from messenger.evidence import withdrawal as withdrawals
from messenger.evidence.addendum import open_addendum, verify_addendum_receipt
from messenger.evidence.canonical import digest, parse_canonical
from messenger.evidence.consent import open_code_request, open_consent
from messenger.evidence.discovery import read_discovery
from messenger.evidence.message import open_message, open_reply
from messenger.evidence.package import Package, read_copy
from messenger.evidence.possession import check_proof
from messenger.evidence.receipt import open_code, verify_receipt
from messenger.evidence.report import open_report, read_identity, read_items, read_report
from messenger.evidence.schema import NAMES, Schemas
from messenger.evidence.seal import unseal
from messenger.evidence.signature import verify as check_jws
from messenger.evidence.verify import REFUSED, verify
from messenger.evidence.withdrawal import open_withdrawal, verify_withdrawal_receipt

README = resources.read("schema/README.md").decode()


def read(name: str) -> bytes:
    return resources.read(f"schema/examples/{name}")


def test_the_examples_are_what_the_code_makes(schemas: Schemas) -> None:
    made = make_examples.files(schemas)
    assert {path.name for path in make_examples.FOLDER.iterdir()} == set(made)
    for name, data in made.items():
        assert read(name) == data, f"{name}: run tests/evidence/make_examples.py and say in the README what changed"


def test_the_examples_still_verify(schemas: Schemas) -> None:
    for name in (
        "copy.robin.json",
        "copy-without-receipt.robin.json",
        "copy-with-addenda.robin.json",
        "copy-of-a-room.robin.json",
        "package.json",
    ):
        assert all(one.result != REFUSED for one in verify(read(name)))
    assert read_copy(read("copy.robin.json"), schemas).receipt
    package = Package.decode(read("package.json"))
    schemas.check("package", parse_canonical(read("package.json")))
    schemas.check("copy", parse_canonical(read("copy.robin.json")))
    signed = open_report(package.report, case.DESK_ENC, schemas)
    assert signed.jws.encode() == read("report.jws")
    assert signed.report == read("report.json")
    assert package.report == read("report.jwe")
    assert read_items(signed, unseal(package.items, case.DESK_ENC), schemas)
    assert read_identity(signed, read("identity.json"), schemas)
    keys = case.ENDPOINT.keys
    assert verify_receipt(read("receipt.jws").decode(), keys, signed.digest, signed.report_id)
    assert open_code(read("receipt-code.jwe"), case.REPORTER_ENC, keys, signed.digest) == "4827 1930 5561 0374"
    assert open_message(read("message.jwe"), case.REPORTER_ENC, keys, case.REPORT_ID, 1) == make_examples.ADVICE
    reporter = signed.reporter_keys()
    assert open_reply(read("reply.jwe"), case.DESK_ENC, reporter, case.REPORT_ID) == make_examples.REPLY
    assert open_message(read("question.jwe"), case.REPORTER_ENC, keys, case.REPORT_ID, 2) == make_examples.QUESTION
    assert open_reply(read("answer.jwe"), case.DESK_ENC, reporter, case.REPORT_ID) == make_examples.ANSWER
    proof = read("proof.jws").decode()
    now = make_examples.PROOF_TIME + 60
    assert check_proof(proof, signed.reporter_keys(), "GET", make_examples.PROOF_URL, case.REPORT_ID, now)
    assert read_discovery(read("discovery.json"), schemas, keys)


def test_the_examples_of_what_follows_still_verify(schemas: Schemas) -> None:
    report = read_report(read("report.jws").decode(), schemas)
    reporter, keys, report_id = report.reporter_keys(), case.ENDPOINT.keys, case.REPORT_ID
    more = open_addendum(read("addendum.jwe"), case.DESK_ENC, reporter, report_id, schemas)
    assert (more.jws.encode(), more.prev_digest) == (read("addendum.jws"), report.digest)
    assert more.digest == digest(read("addendum.json"))
    got = verify_addendum_receipt(read("addendum-receipt.jws").decode(), keys, more.digest, report_id, more.addendum_id)
    assert got.case_number == "AB42-CD34"
    wish = open_withdrawal(read("withdrawal.jwe"), case.DESK_ENC, reporter, report_id)
    assert wish == make_examples.WITHDRAWAL
    answer = verify_withdrawal_receipt(read("withdrawal-receipt.jws").decode(), keys, report.digest, report_id)
    assert answer.outcome is WithdrawalOutcome.NOTED
    assert open_consent(read("consent.jwe"), case.DESK_ENC, reporter, report_id) == make_examples.CONSENT
    assert open_code_request(read("code-request.jwe"), case.DESK_ENC, reporter, report_id) == make_examples.CODE_REQUEST
    full = read_copy(read("copy-with-addenda.robin.json"), schemas)
    assert [one.receipt is not None for one in full.addenda] == [True, False]
    assert full.withdrawn == answer
    room = read_copy(read("copy-of-a-room.robin.json"), schemas).signed.body["evidence"]
    assert (room["kind"], room["room"]["me"]["affiliation"]) == ("room", "member")


def test_every_payload_fits_its_schema(schemas: Schemas) -> None:
    reporter, desk = [case.REPORTER_SIG.public_jwk()], case.ENDPOINT.keys
    for name, typ, schema in (
        ("message", messages.TYP, "message"),
        ("question", messages.TYP, "message"),
        ("reply", messages.REPLY_TYP, "message"),
        ("answer", messages.REPLY_TYP, "message"),
        ("withdrawal", withdrawals.TYP, "withdrawal"),
        ("consent", consents.TYP, "consent"),
        ("code-request", consents.CODE_TYP, "code-request"),
        ("addendum", addenda.TYP, "addendum"),
    ):
        to_reporter = name in ("message", "question")
        key, signers = (case.REPORTER_ENC, desk) if to_reporter else (case.DESK_ENC, reporter)
        jws = unseal(read(f"{name}.jwe"), key).decode()
        schemas.check(schema, parse_canonical(check_jws(jws, signers, typ)))
    for name, typ in (("addendum-receipt", addenda.RECEIPT_TYP), ("withdrawal-receipt", withdrawals.RECEIPT_TYP)):
        schemas.check(name, parse_canonical(check_jws(read(f"{name}.jws").decode(), desk, typ)))


def test_the_readme_names_the_digest_every_file_and_every_schema() -> None:
    assert digest(read("report.json")) in README
    for path in make_examples.FOLDER.iterdir():
        assert f"`{path.name}`" in README, path.name
    for name in NAMES:
        assert f"{name}.schema.json" in README
    for typ in set(re.findall(r"robin-[a-z-]+\+jw[se]", README)) | {"dpop+jwt"}:
        assert typ in README


@pytest.mark.parametrize("name", NAMES)
def test_schemas_are_valid_and_closed(name: str) -> None:
    document = json.loads(resources.read(f"schema/{name}.schema.json"))
    Draft202012Validator.check_schema(document)
    assert document["$id"] == f"urn:robin:schema:{name}:1"

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object" and "properties" in node:
                assert node.get("additionalProperties") is False, "an unknown member is refused"
            if "pattern" in node:
                assert node["pattern"].startswith("^")
                assert node["pattern"].endswith("(?!\\n)$")
            if node.get("type") == "string":
                assert {"maxLength", "pattern"} & set(node), "every text has a limit"
            if node.get("type") == "array":
                assert "maxItems" in node
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(document)
