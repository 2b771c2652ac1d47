"""The readable forms, word for word, and the limits that other implementations rely on.

After a change on purpose: ``python tests/evidence/test_readable.py`` writes the golden files anew; read the difference.
"""

from __future__ import annotations

import sys
from pathlib import Path

import evidence_case as case
import pytest

from messenger.domain.errors import SignatureRefused
from messenger.evidence import capture, package, report, verify
from messenger.evidence.canonical import canonical, parse_canonical
from messenger.evidence.receipt import CODE_TYP, make_code, open_code, verify_receipt
from messenger.evidence.report import Prepared
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import seal
from messenger.evidence.signature import sign
from messenger.evidence.transcript import messages_text, preview_text, transcript_html, transcript_text

GOLDEN = Path(__file__).parent / "golden"


def readable(prepared: Prepared) -> dict[str, str]:
    """Every readable form of the case."""
    body, items = parse_canonical(prepared.report), parse_canonical(prepared.items)["items"]
    reporter = parse_canonical(prepared.identity)["reporter"]
    receipt = verify_receipt(case.receipt_for(prepared), case.ENDPOINT.keys, prepared.digest)
    return {
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
    mib = 1024 * 1024
    assert (mib, 8 * mib, 64 * 1024) == (report.MAX_REPORT_BYTES, report.MAX_ITEMS_BYTES, report.MAX_IDENTITY_BYTES)
    assert (24 * mib, 16 * mib) == (package.MAX_PACKAGE_BYTES, package.MAX_COPY_BYTES)
    assert (24 * mib, 32) == (verify.MAX_BYTES, verify.MAX_DEPTH)
    assert (6 * mib, 10_000, 100) == (capture.MAX_CANONICAL_BYTES, capture.MAX_ENTRIES, capture.MAX_EDITS)
    assert (capture.CONTEXT, capture.COUNTABLE, capture.SALT_BYTES) == (3, 20, 16)


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
