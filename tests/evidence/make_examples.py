"""Writes the worked example of assets/schema/examples: `python tests/evidence/make_examples.py`. Same bytes every time."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[2])]

import evidence_case as case

from messenger.domain.receipt import Advice, AdviceStep, FormAnswer, FormOption, FormQuestion
from messenger.domain.report import WithdrawReason
from messenger.evidence.canonical import canonical, parse_canonical
from messenger.evidence.consent import CodeRequest, LaterConsent, make_code_request, make_consent
from messenger.evidence.discovery import make_discovery
from messenger.evidence.message import Reply, make_message, make_reply
from messenger.evidence.package import Package
from messenger.evidence.possession import make_proof
from messenger.evidence.receipt import TYP, make_code
from messenger.evidence.schema import Schemas
from messenger.evidence.signature import verify
from messenger.evidence.withdrawal import Withdrawal, make_withdrawal

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "schema" / "examples"
PROOF_URL = f"{case.ENDPOINT.base}/v1/reports/{case.REPORT_ID}"
PROOF_TIME = 1795510800  # 2026-11-24T09:00:00Z

ADVICE = Advice(
    report_id=case.REPORT_ID,
    n=1,
    at="2026-11-24T09:30:00.000Z",
    from_name="Officer Green",
    from_role="Child safety desk",
    kind="safety_plan",
    text="You did the right thing. Here are two steps for today.",
    steps=(AdviceStep("tell", "Tell a grown-up you trust."), AdviceStep("keep", "Keep the messages. Do not answer.")),
)
REPLY = Reply(
    case.REPORT_ID, "5d2f6a0e-0d3c-4a51-8f0e-7b7f0c1f2a90", "2026-11-24T10:00:00.000Z", "I told my aunt.", ("tell",)
)
QUESTION = Advice(
    report_id=case.REPORT_ID,
    n=2,
    at="2026-11-24T11:00:00.000Z",
    from_name="Officer Green",
    from_role="Child safety desk",
    kind="question",
    text="Two short questions. You may skip each.",
    form=(
        FormQuestion("home", "one", "Does he know where you live?", (FormOption("yes", "Yes"), FormOption("no", "No"))),
        FormQuestion("since", "date", "Since when does he write?"),
    ),
)
ANSWER = Reply(
    case.REPORT_ID,
    "7c1a4e2b-9d3f-4b6a-8e5d-0f1a2b3c4d5e",
    "2026-11-24T12:00:00.000Z",
    "",
    to=2,
    answers=(
        FormAnswer("home", ("no",), "Does he know where you live?", "No"),
        FormAnswer("since", ("2026-11-01",), "Since when does he write?", "1 November 2026"),
    ),
)
WITHDRAWAL = Withdrawal(
    case.REPORT_ID,
    "c0ffee00-1111-4222-8333-444455556666",
    "2026-11-26T09:00:00.000Z",
    WithdrawReason.SOLVED,
    "All is well.",
)
CONSENT = LaterConsent(
    case.REPORT_ID, "c0ffee00-2222-4222-8333-444455556666", "2026-11-24T09:05:00.000Z", tell_own_server=True
)
CODE_REQUEST = CodeRequest(
    case.REPORT_ID, "c0ffee00-3333-4222-8333-444455556666", "2026-11-24T09:06:00.000Z", "robin@mail.example"
)


def discovery_document() -> dict[str, object]:
    """A small desk's description of itself."""
    return {
        "v": 1,
        "name": case.ENDPOINT.name,
        "base": case.ENDPOINT.base,
        "jid": "desk@desk.example",
        "countries": ["gb"],
        "categories": {"accepts": ["grooming", "sexual", "blackmail", "meeting", "threat"], "redirects": {}},
        "hours": "every day, 8 to 20",
        "out_of_hours": None,
        "emergency": {"gb": "999"},
        "languages": ["en"],
        "limits": {"bytes": 12582912, "media": "hash-only"},
        "retention_days": 90,
        "keys": {"keys": [dict(key) for key in case.ENDPOINT.keys]},
        "auth": ["xmpp-0070", "code-email"],
        "corroboration": {"forward_jid": "desk@desk.example"},
        "questionnaires": [],
        "privacy_url": "",
    }


def files(schemas: Schemas) -> dict[str, bytes]:
    """Every example file's bytes by its name."""
    made = case.prepared(schemas, "example")
    receipt = case.receipt_for(made)
    secrets = {
        "note": "Test keys, known to everybody. Never use them.",
        "reporter": {"sig": case.REPORTER_SIG.public_jwk(), "enc": case.REPORTER_ENC.public_jwk()},
        "desk": {"sig": case.DESK_SIG.public_jwk(), "enc": case.DESK_ENC.public_jwk()},
        "secrets_d": {name: case.secret(name) for name in ("reporter sig", "reporter enc", "desk sig", "desk enc")},
    }
    enc, desk = case.REPORTER_ENC.public_jwk(), case.DESK_ENC.public_jwk()
    more = case.added(made.digest, schemas)
    return {
        "keys.json": canonical(secrets),
        "report.json": made.report,
        "report.jws": made.jws.encode(),
        "report.jwe": made.sealed_report,
        "items.json": made.items,
        "identity.json": made.identity,
        "package.json": Package.of(made).encode(),
        "receipt.json": canonical(parse_canonical(verify(receipt, case.ENDPOINT.keys, TYP))),
        "receipt.jws": receipt.encode(),
        "copy.robin.json": case.copy_of(made),
        "copy-without-receipt.robin.json": case.copy_of(made, with_receipt=False),
        "receipt-code.jwe": make_code(
            case.DESK_SIG, enc, made.report_id, made.digest, "4827 1930 5561 0374", case.seeded("code")
        ),
        "message.jwe": make_message(case.DESK_SIG, enc, ADVICE, case.seeded("message")),
        "reply.jwe": make_reply(case.REPORTER_SIG, desk, REPLY, case.seeded("reply")),
        "question.jwe": make_message(case.DESK_SIG, enc, QUESTION, case.seeded("question")),
        "answer.jwe": make_reply(case.REPORTER_SIG, desk, ANSWER, case.seeded("answer")),
        "addendum.json": more.payload,
        "addendum.jws": more.jws.encode(),
        "addendum.jwe": more.sealed,
        "addendum-receipt.jws": case.addendum_receipt(more).encode(),
        "withdrawal.jwe": make_withdrawal(case.REPORTER_SIG, desk, WITHDRAWAL, case.seeded("withdrawal")),
        "withdrawal-receipt.jws": case.withdrawal_receipt(made).encode(),
        "consent.jwe": make_consent(case.REPORTER_SIG, desk, CONSENT, case.seeded("consent")),
        "code-request.jwe": make_code_request(case.REPORTER_SIG, desk, CODE_REQUEST, case.seeded("code request")),
        "copy-with-addenda.robin.json": case.full_copy(made, schemas),
        "copy-of-a-room.robin.json": case.copy_of(case.room_prepared(schemas)),
        "proof.jws": make_proof(
            case.REPORTER_SIG, "GET", PROOF_URL, case.REPORT_ID, PROOF_TIME, case.seeded("proof")
        ).encode(),
        "discovery.json": make_discovery(case.DESK_SIG, discovery_document(), schemas),
    }


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in files(Schemas.packaged()).items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
