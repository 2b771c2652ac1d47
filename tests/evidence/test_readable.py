"""The readable forms, word for word, and the limits that other implementations rely on.

After a change on purpose: ``python tests/evidence/test_readable.py`` writes the golden files anew; read the difference.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import evidence_case as case
import pytest

from messenger import resources
from messenger.domain.errors import SignatureRefused
from messenger.domain.evidence import ArchiveCheck, CapturedMessage, EditRecord
from messenger.domain.message import MediaRef, Times
from messenger.domain.receipt import WithdrawalOutcome
from messenger.evidence import (
    addendum,
    capture,
    consent,
    discovery,
    letter,
    message,
    package,
    possession,
    report,
    signature,
    statement,
    verify,
    withdrawal,
)
from messenger.evidence import canonical as forms
from messenger.evidence import receipt as receipts
from messenger.evidence import seal as seals
from messenger.evidence.canonical import canonical, parse_canonical
from messenger.evidence.manifest import make_manifest
from messenger.evidence.package import read_copy
from messenger.evidence.receipt import CODE_TYP, make_code, open_code, verify_receipt
from messenger.evidence.report import Prepared
from messenger.evidence.schema import NAMES, Schemas
from messenger.evidence.seal import seal
from messenger.evidence.signature import sign
from messenger.evidence.statement import ServerFacts
from messenger.evidence.transcript import (
    Following,
    addendum_text,
    messages_text,
    preview_text,
    transcript_html,
    transcript_text,
)

GOLDEN = Path(__file__).parent / "golden"


def history() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Lines with every kind of history: corrected twice and taken back, very many changes, cut, without a record."""
    first = case.raw("<m/>")
    correction = EditRecord("correction", "better words", case.OTHER, Times(case.NOW), first, 6)
    again = replace(correction, body="the best words", times=Times(case.NOW, archive="2026-11-24T09:00:01.000Z"))
    back = EditRecord("retraction", "", case.OTHER, Times(case.NOW, delay="2026-11-24T09:00:02.000Z"), first, 8)
    lines = [
        case.message(1, "first words", edits=(correction, again, back)),
        case.message(2, "many", edits=(correction,) * 102),
        case.message(3, "x" * 70_000),
        case.message(4, journal_hash="", raw=None, archive_check=ArchiveCheck.MISSING),
        case.message(5, media=(MediaRef("one", size=1), MediaRef("none"))),
    ]
    taken = capture.capture(lines, {1001, 1005}, random=case.seeded("history"))
    manifest = make_manifest(taken, case.snapshot(5), ServerFacts(), case.NOW)
    entries = [dict(one) for one in taken.entries]
    for one in entries:
        # The long body need not stand in the golden file; all but four of the many changes neither.
        one.update(body=one["body"][:20], edits=one["edits"][:4])
    return manifest, entries


def gaps(lines: list[CapturedMessage], chosen: set[int], left_out: set[int]) -> str:
    """Lines far apart, and lines that were erased before: each gap is said where it is, and once."""
    taken = capture.capture(lines, chosen, left_out, random=case.seeded("gaps"))
    return messages_text(make_manifest(taken, case.snapshot(100), ServerFacts(), case.NOW), taken.entries)


def bare_report(schemas: Schemas) -> Prepared:
    """A report with as little as there can be, and with what the other one has not."""
    told = case.stated(
        narrative="",
        also=(),
        qualifiers=(),
        affected=(
            case.Affected(False, "under_13", age=9, jid="kit@home.example"),
            case.Affected(False, "18_over", relation="my friend"),
        ),
        reported=(
            case.Reported(
                "", (), claims=case.Claims("Max", "", "Leeds"), other_accounts=("a@b.example", "c@d.example")
            ),
        ),
        reporter=case.Reporter(
            "",
            "Sam",
            "unknown",
            "gb",
            (case.ContactWay("email", "sam@mail.example", False), case.ContactWay("phone", "0800")),
            case.Guardian("Alex"),
            region="Leeds",
        ),
        server=ServerFacts(),
        endpoint=replace(case.ENDPOINT, base=""),
        client=case.Client("Robin Messenger", "0.1.0", ""),
    )
    none = capture.Capture()
    return report.prepare(told, none, None, case.REPORTER_SIG, case.REPORTER_ENC, schemas, case.seeded("bare"))


def readable(prepared: Prepared) -> dict[str, str]:
    """Every readable form of the case."""
    body, items = parse_canonical(prepared.report), parse_canonical(prepared.items)["items"]
    reporter = parse_canonical(prepared.identity)["reporter"]
    receipt = verify_receipt(case.receipt_for(prepared), case.ENDPOINT.keys, prepared.digest)
    schemas = Schemas.packaged()
    full = read_copy(case.full_copy(prepared, schemas), schemas)
    following = Following(tuple((one.addendum.body, one.receipt) for one in full.addenda), full.withdrawn)
    erased = replace(full.withdrawn, outcome=WithdrawalOutcome.ERASED) if full.withdrawn else None
    room = case.room_prepared(schemas)
    return {
        "room.txt": preview_text(room),
        "following.txt": transcript_text(body, items, None, receipt, following),
        "following.html": transcript_html(body, items, None, receipt, following),
        "erased.txt": transcript_text(body, [], None, receipt, Following(withdrawn=erased)),
        "addendum.txt": addendum_text(full.addenda[0].addendum.body),
        "addendum-received.txt": addendum_text(full.addenda[0].addendum.body, full.addenda[0].receipt),
        "history.txt": messages_text(*history()),
        "gaps.txt": gaps(case.conversation(100), {1020, 1080}, {1019, 1081, 1082}),
        "erased-lines.txt": gaps([case.message(seq) for seq in (18, 20, 22, 23, 27)], {1018, 1022}, {1023}),
        "bare.txt": preview_text(bare_report(schemas)),
        "preview.txt": preview_text(prepared),
        "sealed-identity.txt": transcript_text(body, items, None),
        "receipt.txt": transcript_text(body, items, reporter, receipt),
        "transcript.html": transcript_html(body, items, reporter, receipt),
        "messages.txt": messages_text(body["evidence"], items),
    }


def test_the_readable_forms_are_as_they_were_read(prepared: Prepared) -> None:
    for name, text in readable(prepared).items():
        assert text == (GOLDEN / name).read_text("utf-8"), name


def test_the_limits_are_those_of_the_contract() -> None:
    kib, mib = 1024, 1024 * 1024
    assert (mib, 8 * mib, 64 * kib) == (report.MAX_REPORT_BYTES, report.MAX_ITEMS_BYTES, report.MAX_IDENTITY_BYTES)
    assert (24 * mib, 64 * mib) == (package.MAX_PACKAGE_BYTES, package.MAX_COPY_BYTES)
    assert (64 * mib, 32) == (verify.MAX_BYTES, verify.MAX_DEPTH)
    assert (6 * mib, 10_000, 100) == (capture.MAX_CANONICAL_BYTES, capture.MAX_ENTRIES, capture.MAX_EDITS)
    assert (capture.CONTEXT, capture.COUNTABLE, capture.SALT_BYTES) == (3, 20, 16)
    assert (capture.MAX_SHOWN, capture.MAX_FILES) == (2000, 100)
    assert capture._LIMITS == ((65536, 100), (16384, 100), (4096, 40), (1024, 20), (256, 4))
    assert (4 * mib, 8 * mib, 12 * mib) == (signature.MAX_JWS_BYTES, seals.MAX_PLAIN_BYTES, seals.MAX_JWE_BYTES)
    assert (16 * mib, 32) == (forms.MAX_BYTES, forms.MAX_DEPTH)
    assert (3_000_000, 8 * mib, mib) == (
        addendum.MAX_ADDENDUM_BYTES,
        addendum.MAX_SEALED_BYTES,
        addendum.MAX_LINES_BYTES,
    )
    assert (256 * kib, 64, 16) == (letter.MAX_LETTER_BYTES, letter.MAX_ID, letter.MIN_ID)
    assert (16 * kib, 4096, 256 * kib) == (
        receipts.MAX_RECEIPT_BYTES,
        possession.MAX_PROOF_BYTES,
        discovery.MAX_DISCOVERY_BYTES,
    )
    assert (possession.WINDOW_SECONDS, statement.MAX_NARRATIVE, withdrawal.MAX_TEXT) == (300, 4000, 2000)
    assert (message.MAX_TEXT, message.MAX_STEPS, message.MAX_STEP_TEXT) == (10_000, 20, 500)
    assert (message.MAX_QUESTIONS, message.MAX_OPTIONS) == (8, 20)
    assert (message.MAX_QUESTION_TEXT, message.MAX_OPTION_TEXT, message.MAX_ANSWER) == (500, 200, 4000)
    assert (consent.MAX_EMAIL, package.COPY_SUFFIX, package.MEDIA_TYPE) == (254, ".robin.json", "application/jose")


def test_the_schemas_have_the_limits_of_the_code(schemas: Schemas) -> None:
    """Two writings of one contract: what the code makes at its limits, the schemas take, and not one more."""
    read = {name: json.loads(resources.read(f"schema/{name}.schema.json")) for name in NAMES}
    form = read["message"]["$defs"]["message"]["properties"]["form"]
    assert form["maxItems"] == message.MAX_QUESTIONS
    question = form["items"]["properties"]
    assert question["text"]["maxLength"] == message.MAX_QUESTION_TEXT
    assert question["options"]["maxItems"] == message.MAX_OPTIONS
    assert question["options"]["items"]["properties"]["text"]["maxLength"] == message.MAX_OPTION_TEXT
    answers = read["message"]["$defs"]["reply"]["properties"]["answers"]
    assert answers["maxItems"] == message.MAX_QUESTIONS
    assert answers["items"]["properties"]["a"]["items"]["maxLength"] == message.MAX_ANSWER
    assert answers["items"]["properties"]["answer_shown"]["maxLength"] == message.MAX_TEXT
    assert read["withdrawal"]["properties"]["text"]["maxLength"] == withdrawal.MAX_TEXT
    for name in ("withdrawal", "consent", "code-request"):
        assert read[name]["properties"]["id"]["minLength"] == letter.MIN_ID
        assert read[name]["properties"]["id"]["maxLength"] == letter.MAX_ID
    assert read["code-request"]["properties"]["value"]["maxLength"] == consent.MAX_EMAIL
    assert read["items"]["properties"]["items"]["maxItems"] == capture.MAX_ENTRIES
    assert read["items"]["$defs"]["item"]["properties"]["edits"]["maxItems"] == capture.MAX_EDITS
    assert read["items"]["$defs"]["item"]["properties"]["body"]["maxLength"] == capture._LIMITS[0][0]
    assert read["items"]["$defs"]["item"]["properties"]["media_refs"]["maxItems"] == capture.MAX_FILES
    assert read["items"]["$defs"]["item"]["properties"]["assurance"]["enum"] == ["A0", "A1", "A2"]


@pytest.mark.parametrize("other", ["-" * 43, "z" * 43])
def test_a_receipt_for_a_digest_before_or_after_ours_is_refused(other: str, prepared: Prepared) -> None:
    with pytest.raises(SignatureRefused):
        verify_receipt(case.receipt_for(prepared), case.ENDPOINT.keys, other)
    code = make_code(case.DESK_SIG, case.REPORTER_ENC.public_jwk(), case.REPORT_ID, "M" * 43, "4827 1930 5561 0374")
    with pytest.raises(SignatureRefused):
        open_code(code, case.REPORTER_ENC, case.ENDPOINT.keys, other)


def test_a_signed_paper_of_another_kind_is_no_receipt_code() -> None:
    paper = {
        "type": "urn:robin:other:1",
        "report_id": case.REPORT_ID,
        "report_digest": "A" * 43,
        "code": "4827 1930 5561 0374",
    }
    sealed = seal(sign(canonical(paper), case.DESK_SIG, CODE_TYP).encode("ascii"), case.REPORTER_ENC.public_jwk())
    with pytest.raises(SignatureRefused):
        open_code(sealed, case.REPORTER_ENC, case.ENDPOINT.keys, "A" * 43)


if __name__ == "__main__":
    sys.path.insert(0, str(GOLDEN.parent))
    GOLDEN.mkdir(exist_ok=True)
    for file, words in readable(case.prepared(Schemas.packaged())).items():
        (GOLDEN / file).write_text(words, "utf-8")
