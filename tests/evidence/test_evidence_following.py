"""What follows a report: addenda, withdrawals, later consent, requests for a code, questions and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import evidence_case as case
import pytest

from messenger.domain.errors import EvidenceRefused, FormatRefused, SealRefused, SignatureRefused
from messenger.domain.receipt import (
    AddendumReceipt,
    Advice,
    FormAnswer,
    FormOption,
    FormQuestion,
    WithdrawalOutcome,
    Withdrawn,
)
from messenger.domain.report import WithdrawReason
from messenger.evidence import addendum as addenda
from messenger.evidence import consent as consents
from messenger.evidence import letter
from messenger.evidence import message as messages
from messenger.evidence import withdrawal as withdrawals
from messenger.evidence.addendum import make_addendum_receipt, open_addendum, read_addendum, verify_addendum_receipt
from messenger.evidence.canonical import canonical, digest, parse_canonical
from messenger.evidence.capture import Capture, capture
from messenger.evidence.consent import (
    CodeRequest,
    LaterConsent,
    make_code_request,
    make_consent,
    open_code_request,
    open_consent,
)
from messenger.evidence.keys import PublicKeys, SealingKey, SigningKey
from messenger.evidence.message import Reply, check_form, make_message, make_reply, open_message, open_reply
from messenger.evidence.report import Prepared
from messenger.evidence.schema import Schemas
from messenger.evidence.seal import seal, unseal
from messenger.evidence.signature import sign, verify
from messenger.evidence.withdrawal import (
    Withdrawal,
    make_withdrawal,
    make_withdrawal_receipt,
    open_withdrawal,
    verify_withdrawal_receipt,
)

DESK = case.ENDPOINT.keys
DESK_ENC = case.DESK_ENC.public_jwk()
REPORTER = [case.REPORTER_SIG.public_jwk(), case.REPORTER_ENC.public_jwk()]
OTHER_ID = "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11"
ID = "c0ffee00-1111-4222-8333-444455556666"
WISH = Withdrawal(case.REPORT_ID, ID, case.NOW, WithdrawReason.UNSAFE, "Please stop.")
CONSENT = LaterConsent(case.REPORT_ID, ID, case.NOW, tell_own_server=True)
REQUEST = CodeRequest(case.REPORT_ID, ID, case.NOW, "robin@mail.example")
QUESTION = FormQuestion("home", "one", "Does he know your street?", (FormOption("y", "Yes"), FormOption("n", "No")))
ASKING = Advice(case.REPORT_ID, 2, case.NOW, "Officer Green", "desk", "question", "A question.", form=(QUESTION,))
ANSWER = FormAnswer("home", ("n",), "Does he know your street?", "No")
ANSWERING = Reply(case.REPORT_ID, ID, case.NOW, "", to=2, answers=(ANSWER,))

Open = Callable[[bytes, SealingKey, list[dict[str, str]], str], object]
LETTERS: dict[str, tuple[Callable[[SigningKey, dict[str, str]], bytes], Open, object, str]] = {
    "withdrawal": (
        lambda key, enc: make_withdrawal(key, enc, WISH),
        open_withdrawal,
        WISH,
        withdrawals.TYP,
    ),
    "consent": (lambda key, enc: make_consent(key, enc, CONSENT), open_consent, CONSENT, consents.TYP),
    "code request": (
        lambda key, enc: make_code_request(key, enc, REQUEST),
        open_code_request,
        REQUEST,
        consents.CODE_TYP,
    ),
    "reply": (lambda key, enc: make_reply(key, enc, ANSWERING), open_reply, ANSWERING, messages.REPLY_TYP),
}


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_to_the_desk_round_trips_and_hides_everything(name: str) -> None:
    make, opens, value, _typ = LETTERS[name]
    sealed = make(case.REPORTER_SIG, DESK_ENC)
    assert opens(sealed, case.DESK_ENC, REPORTER, case.REPORT_ID) == value
    assert case.REPORT_ID.encode() not in sealed


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_by_or_for_others_is_refused(name: str) -> None:
    make, opens, _value, typ = LETTERS[name]
    sealed = make(case.REPORTER_SIG, DESK_ENC)
    with pytest.raises(SealRefused):
        opens(sealed, SealingKey.generate(), REPORTER, case.REPORT_ID)
    with pytest.raises(SealRefused):
        opens(sealed + b"A" * letter.MAX_LETTER_BYTES, case.DESK_ENC, REPORTER, case.REPORT_ID)
    wrong_kind = seal(sign(b"{}", case.REPORTER_SIG, "robin-report+jws").encode(), DESK_ENC)
    for data, report_id in (
        (sealed, OTHER_ID),
        (sealed, "zzzz"),
        (sealed, ""),
        (make(SigningKey.generate(), DESK_ENC), case.REPORT_ID),
        (wrong_kind, case.REPORT_ID),
        (seal(sign(b"{ }", case.REPORTER_SIG, typ).encode(), DESK_ENC), case.REPORT_ID),
        (seal(sign(b"{}", case.REPORTER_SIG, typ).encode(), DESK_ENC), case.REPORT_ID),
        (seal(b"\xff", DESK_ENC), case.REPORT_ID),
    ):
        with pytest.raises(SignatureRefused):
            opens(data, case.DESK_ENC, REPORTER, report_id)


@pytest.mark.parametrize("one", LETTERS)
@pytest.mark.parametrize("other", LETTERS)
def test_one_kind_of_letter_never_stands_for_another(one: str, other: str) -> None:
    sealed = LETTERS[one][0](case.REPORTER_SIG, DESK_ENC)
    if one == other:
        assert LETTERS[other][1](sealed, case.DESK_ENC, REPORTER, case.REPORT_ID)
        return
    with pytest.raises(SignatureRefused):
        LETTERS[other][1](sealed, case.DESK_ENC, REPORTER, case.REPORT_ID)
    # Nor when its words are signed again under the other's typ: its own type says what it is.
    payload = verify(unseal(sealed, case.DESK_ENC).decode(), REPORTER, LETTERS[one][3])
    again = seal(sign(payload, case.REPORTER_SIG, LETTERS[other][3]).encode(), DESK_ENC)
    with pytest.raises(SignatureRefused):
        LETTERS[other][1](again, case.DESK_ENC, REPORTER, case.REPORT_ID)


CHANGES: dict[str, list[dict[str, Any]]] = {
    "withdrawal": [
        {"type": "urn:robin:withdrawal:2"}, {"more": 1}, {"reason": "bored"}, {"reason": []}, {"reason": None},
        {"text": "x" * 2001}, {"text": None}, {"id": "x" * 15}, {"id": "x" * 65}, {"id": 5}, {"at": 5}, {"at": "x" * 65},
        {"report_id": 5},
    ],
    "consent": [
        {"type": "urn:robin:consent:2"}, {"more": 1}, {"tell_own_server": 1}, {"tell_own_server": "true"},
        {"read_room": None}, {"read_room": 0}, {"id": "x" * 15}, {"id": "x" * 65}, {"at": None}, {"report_id": []},
    ],
    "code request": [
        {"type": "urn:robin:code-request:2"}, {"more": 1}, {"kind": "phone"}, {"kind": None}, {"value": ""},
        {"value": "robin"}, {"value": "a@b@c"}, {"value": "a b@c"}, {"value": "a@b\r\nBcc: x@y"}, {"value": "a@b\n"},
        {"value": "@b"}, {"value": "a@"}, {"value": "x" * 250 + "@b.cc"}, {"value": 5}, {"value": "\u00e4@b"},
        {"id": "x" * 15}, {"id": "x" * 65}, {"at": 5},
    ],
    "reply": [
        {"type": "urn:robin:reply:2"}, {"more": 1}, {"to": 0}, {"to": True}, {"to": "2"}, {"to": None},
        {"answers": {}}, {"answers": [1]}, {"answers": [{"q": "home"}]}, {"done": [5]}, {"done": ["x"] * 201},
        {"done": ["x" * 65]}, {"text": "x" * 10_001}, {"id": "x" * 65}, {"at": "x" * 65}, {"report_id": "x" * 65},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change"), [(name, change) for name, some in CHANGES.items() for change in some], ids=repr
)
def test_a_signed_letter_must_still_make_sense(name: str, change: dict[str, Any]) -> None:
    make, opens, _value, typ = LETTERS[name]
    payload = parse_canonical(verify(unseal(make(case.REPORTER_SIG, DESK_ENC), case.DESK_ENC).decode(), REPORTER, typ))
    sealed = seal(sign(canonical({**payload, **change}), case.REPORTER_SIG, typ).encode(), DESK_ENC)
    with pytest.raises(SignatureRefused):
        opens(sealed, case.DESK_ENC, REPORTER, case.REPORT_ID)
    less = {member: value for member, value in payload.items() if member != next(iter(change))}
    if less != payload:
        sealed = seal(sign(canonical(less), case.REPORTER_SIG, typ).encode(), DESK_ENC)
        with pytest.raises(SignatureRefused):
            opens(sealed, case.DESK_ENC, REPORTER, case.REPORT_ID)


def test_what_does_not_fit_is_not_made() -> None:
    for wish in (replace(WISH, text="x" * 2001), replace(WISH, id="x" * 15), replace(WISH, id="x" * 65)):
        with pytest.raises(FormatRefused):
            make_withdrawal(case.REPORTER_SIG, DESK_ENC, wish)
    with pytest.raises(FormatRefused):
        make_consent(case.REPORTER_SIG, DESK_ENC, replace(CONSENT, id="x" * 15))
    for value in ("", "robin", "a@b\r\nBcc: x@y", "x" * 250 + "@b.cc"):
        with pytest.raises(FormatRefused):
            make_code_request(case.REPORTER_SIG, DESK_ENC, replace(REQUEST, value=value))
    with pytest.raises(FormatRefused):
        make_code_request(case.REPORTER_SIG, DESK_ENC, replace(REQUEST, kind="phone"))


def test_the_limits_themselves_are_allowed() -> None:
    for wish in (
        replace(WISH, text="x" * 2000, id="x" * 16),
        replace(WISH, text="", id="x" * 64),
        *(replace(WISH, reason=reason) for reason in WithdrawReason),
    ):
        sealed = make_withdrawal(case.REPORTER_SIG, DESK_ENC, wish)
        assert open_withdrawal(sealed, case.DESK_ENC, REPORTER, case.REPORT_ID) == wish
    longest = replace(REQUEST, value="x" * 249 + "@b.cc")
    sealed = make_code_request(case.REPORTER_SIG, DESK_ENC, longest)
    assert len(longest.value) == 254
    assert open_code_request(sealed, case.DESK_ENC, REPORTER, case.REPORT_ID) == longest
    for consent in (LaterConsent(case.REPORT_ID, ID, case.NOW), replace(CONSENT, read_room=True)):
        sealed = make_consent(case.REPORTER_SIG, DESK_ENC, consent)
        assert open_consent(sealed, case.DESK_ENC, REPORTER, case.REPORT_ID) == consent


def test_half_a_character_of_the_window_does_not_stop_a_withdrawal() -> None:
    sealed = make_withdrawal(case.REPORTER_SIG, DESK_ENC, replace(WISH, text="oh \ud83d"))
    assert open_withdrawal(sealed, case.DESK_ENC, REPORTER, case.REPORT_ID).text == "oh \ufffd"


def test_letters_are_the_same_from_the_same_randomness() -> None:
    for make in (
        lambda: make_withdrawal(case.REPORTER_SIG, DESK_ENC, WISH, case.seeded("x")),
        lambda: make_consent(case.REPORTER_SIG, DESK_ENC, CONSENT, case.seeded("x")),
        lambda: make_code_request(case.REPORTER_SIG, DESK_ENC, REQUEST, case.seeded("x")),
        lambda: make_reply(case.REPORTER_SIG, DESK_ENC, ANSWERING, case.seeded("x")),
    ):
        assert make() == make()


# The desk's answers.

WITHDRAWN = Withdrawn(case.REPORT_ID, "D" * 43, "AB42-CD34", case.NOW, WithdrawalOutcome.ERASED, "")


@pytest.mark.parametrize("outcome", list(WithdrawalOutcome))
def test_the_answer_to_a_withdrawal_round_trips(outcome: WithdrawalOutcome) -> None:
    jws = make_withdrawal_receipt(case.DESK_SIG, replace(WITHDRAWN, outcome=outcome))
    found = verify_withdrawal_receipt(jws, DESK, "D" * 43, case.REPORT_ID)
    assert found == replace(WITHDRAWN, outcome=outcome, jws=jws)
    assert verify_withdrawal_receipt(jws, PublicKeys(DESK), "D" * 43, case.REPORT_ID) == found


def test_an_answer_to_another_withdrawal_is_refused(prepared: Prepared) -> None:
    good = make_withdrawal_receipt(case.DESK_SIG, WITHDRAWN)
    for jws, keys, named, report_id in (
        (good, DESK, "A" * 43, case.REPORT_ID),
        (good, DESK, "Z" * 43, case.REPORT_ID),
        (good, DESK, "D" * 43, OTHER_ID),
        (good, DESK, "D" * 43, "0" + case.REPORT_ID[1:]),
        (good, REPORTER, "D" * 43, case.REPORT_ID),
        (make_withdrawal_receipt(case.REPORTER_SIG, WITHDRAWN), DESK, "D" * 43, case.REPORT_ID),
        (case.receipt_for(prepared), DESK, prepared.digest, case.REPORT_ID),
        (good[:-1], DESK, "D" * 43, case.REPORT_ID),
        ("", DESK, "D" * 43, case.REPORT_ID),
    ):
        with pytest.raises(SignatureRefused):
            verify_withdrawal_receipt(jws, keys, named, report_id)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "urn:robin:withdrawal-receipt:2"}, {"more": 1}, {"outcome": "lost"}, {"outcome": {}}, {"case_number": "1"},
        {"case_number": "AB42-CD30"}, {"case_number": 5}, {"at": 5}, {"at": "x" * 65}, {"report_digest": "D" * 42},
        {"report_digest": "D" * 44}, {"report_id": "x" * 65},
    ],
    ids=repr,
)  # fmt: skip
def test_a_signed_answer_to_a_withdrawal_must_still_make_sense(change: dict[str, Any]) -> None:
    payload = parse_canonical(verify(make_withdrawal_receipt(case.DESK_SIG, WITHDRAWN), DESK, withdrawals.RECEIPT_TYP))
    wrong = {**payload, **change}
    jws = sign(canonical(wrong), case.DESK_SIG, withdrawals.RECEIPT_TYP)
    with pytest.raises(SignatureRefused):
        verify_withdrawal_receipt(jws, DESK, str(wrong["report_digest"]), str(wrong["report_id"]))


def test_a_bad_answer_of_the_desk_is_not_made(prepared: Prepared, schemas: Schemas) -> None:
    for change in ({"case_number": "1"}, {"report_digest": "x"}, {"at": "x" * 65}):
        with pytest.raises(FormatRefused):
            make_withdrawal_receipt(case.DESK_SIG, replace(WITHDRAWN, **change))  # type: ignore[arg-type]
    made = case.added(prepared.digest, schemas)
    for change in (
        {"case_number": "1"},
        {"addendum_digest": "x"},
        {"received_at": "x" * 65},
        {"addendum_id": "x" * 65},
    ):
        with pytest.raises(FormatRefused):
            case.addendum_receipt(made, **change)


# Addenda.


def test_an_addendum_round_trips(prepared: Prepared, schemas: Schemas) -> None:
    made = case.added(prepared.digest, schemas)
    found = open_addendum(made.sealed, case.DESK_ENC, REPORTER, case.REPORT_ID, schemas)
    assert found == read_addendum(made.jws, PublicKeys(REPORTER), case.REPORT_ID, schemas)
    assert (found.digest, found.addendum_id, found.prev_digest) == (made.digest, case.ADDENDUM_ID, prepared.digest)
    assert made.digest == digest(made.payload)
    assert canonical(found.body) == made.payload
    assert found.body["narrative"] == {"text": "He wrote again.", "lang": "en"}
    assert [entry["seq"] for entry in found.entries if entry.get("highlighted")] == [13]
    assert found.body["evidence"]["integrity"]["asked_at"] == "2026-11-25T08:59:58.000Z"
    assert case.added(prepared.digest, schemas) == made
    for word in (b"He wrote again", case.OTHER.encode(), case.REPORT_ID.encode()):
        assert word not in made.sealed


def test_words_alone_or_messages_alone_are_enough_nothing_is_not(prepared: Prepared, schemas: Schemas) -> None:
    words = case.added(prepared.digest, schemas, lines=Capture())
    assert parse_canonical(words.payload)["evidence"] is None
    assert open_addendum(words.sealed, case.DESK_ENC, REPORTER, case.REPORT_ID, schemas).entries == []
    lines = case.added(prepared.digest, schemas, narrative="")
    assert parse_canonical(lines.payload)["narrative"] is None
    assert open_addendum(lines.sealed, case.DESK_ENC, REPORTER, case.REPORT_ID, schemas).entries
    with pytest.raises(FormatRefused) as refusal:
        case.added(prepared.digest, schemas, lines=Capture(), narrative="")
    assert refusal.value.fields["what"] == "empty"


@pytest.mark.parametrize(
    "change",
    [{"addendum_id": "1"}, {"addendum_id": "../x"}, {"created_at": "now"}, {"lang": "e n"},
     {"narrative": "x" * 4001}, {"report_id": "1"}],
    ids=repr,
)  # fmt: skip
def test_an_addendum_that_does_not_fit_is_not_made(
    change: dict[str, Any], prepared: Prepared, schemas: Schemas
) -> None:
    with pytest.raises(FormatRefused):
        case.added(prepared.digest, schemas, **change)


def test_an_addendum_without_a_chain_is_not_made(schemas: Schemas) -> None:
    with pytest.raises(FormatRefused):
        case.added("x", schemas)


def test_half_a_character_does_not_stop_an_addendum(prepared: Prepared, schemas: Schemas) -> None:
    made = case.added(prepared.digest, schemas, narrative="oh \ud83d no")
    assert parse_canonical(made.payload)["narrative"]["text"] == "oh \ufffd no"


def test_an_addendum_by_or_for_others_is_refused(prepared: Prepared, schemas: Schemas) -> None:
    made = case.added(prepared.digest, schemas)
    with pytest.raises(SealRefused):
        open_addendum(made.sealed, SealingKey.generate(), REPORTER, case.REPORT_ID, schemas)
    with pytest.raises(SealRefused):
        open_addendum(made.sealed[:-1], case.DESK_ENC, REPORTER, case.REPORT_ID, schemas)
    with pytest.raises(SealRefused):
        open_addendum(b"A" * (addenda.MAX_SEALED_BYTES + 1), case.DESK_ENC, REPORTER, case.REPORT_ID, schemas)
    for jws, keys, report_id in (
        (made.jws, REPORTER, OTHER_ID),
        (made.jws, REPORTER, "0" + case.REPORT_ID[1:]),
        (made.jws, DESK, case.REPORT_ID),
        (prepared.jws, REPORTER, case.REPORT_ID),
        (sign(made.payload, case.REPORTER_SIG, "robin-report+jws"), REPORTER, case.REPORT_ID),
        (sign(made.payload, SigningKey.generate(), addenda.TYP), REPORTER, case.REPORT_ID),
        (sign(b"[]", case.REPORTER_SIG, addenda.TYP), REPORTER, case.REPORT_ID),
        (sign(b"{}", case.REPORTER_SIG, addenda.TYP), REPORTER, case.REPORT_ID),
        (sign(made.payload + b"\n", case.REPORTER_SIG, addenda.TYP), REPORTER, case.REPORT_ID),
        ("", REPORTER, case.REPORT_ID),
    ):
        with pytest.raises(SignatureRefused):
            read_addendum(jws, keys, report_id, schemas)


ADDENDUM_CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "type": lambda body: body.update(type="urn:robin:addendum:2"),
    "unknown member": lambda body: body.update(more=1),
    "no chain": lambda body: body.pop("prev_digest"),
    "id": lambda body: body.update(addendum_id="1"),
    "line dropped": lambda body: body["items"].pop(),
    "line changed": lambda body: body["items"][0].update(body="other"),
    "reordered": lambda body: body["items"].reverse(),
    "doubled": lambda body: body["items"].insert(0, body["items"][0]),
    "no manifest": lambda body: body.update(evidence=None),
    "no lines": lambda body: body.update(items=[]),
    "shown": lambda body: body["evidence"].update(shown=1),
    "empty": lambda body: body.update(evidence=None, items=[], narrative=None),
    "image": lambda body: body["items"][0].update(image="iVBORw0KGgo"),
}


@pytest.mark.parametrize("name", ADDENDUM_CHANGES)
def test_the_holder_of_the_key_cannot_bend_an_addendum(name: str, prepared: Prepared, schemas: Schemas) -> None:
    made = case.added(prepared.digest, schemas)
    body = parse_canonical(made.payload)
    ADDENDUM_CHANGES[name](body)
    with pytest.raises(EvidenceRefused):
        read_addendum(sign(canonical(body), case.REPORTER_SIG, addenda.TYP), REPORTER, case.REPORT_ID, schemas)


def test_an_addendum_of_many_long_messages_stays_within_the_limit(prepared: Prepared, schemas: Schemas) -> None:
    huge = "\u202e\U0001f600x" * 22_000
    lines = [case.message(seq, huge, raw=case.raw(f"<m>{huge}</m>"), journal_hash="") for seq in range(1, 31)]
    chosen = {1000 + seq for seq in range(1, 31)}
    taken = capture(lines, chosen, random=case.seeded("huge"), max_bytes=addenda.MAX_LINES_BYTES)
    made = case.added(prepared.digest, schemas, lines=taken)
    assert len(made.payload) <= addenda.MAX_ADDENDUM_BYTES
    assert open_addendum(made.sealed, case.DESK_ENC, REPORTER, case.REPORT_ID, schemas).entries
    whole = capture(lines, chosen, random=case.seeded("huge"))
    with pytest.raises(FormatRefused) as refusal:
        case.added(prepared.digest, schemas, lines=whole)
    assert refusal.value.fields["what"] == "size"


def test_the_largest_addendum_can_be_signed_sealed_and_opened() -> None:
    payload = canonical({"x": "a" * (addenda.MAX_ADDENDUM_BYTES - 8)})
    assert len(payload) == addenda.MAX_ADDENDUM_BYTES
    jws = sign(payload, case.REPORTER_SIG, addenda.TYP)
    assert verify(jws, REPORTER, addenda.TYP) == payload
    sealed = seal(jws.encode(), DESK_ENC)
    assert len(sealed) < addenda.MAX_SEALED_BYTES
    assert unseal(sealed, case.DESK_ENC, addenda.MAX_SEALED_BYTES).decode() == jws


def test_a_receipt_of_an_addendum_round_trips(prepared: Prepared, schemas: Schemas) -> None:
    made = case.added(prepared.digest, schemas)
    jws = case.addendum_receipt(made)
    found = verify_addendum_receipt(jws, DESK, made.digest, case.REPORT_ID, case.ADDENDUM_ID)
    assert (found.case_number, found.received_at, found.jws) == ("AB42-CD34", "2026-11-25T09:00:05.000Z", jws)
    assert make_addendum_receipt(case.DESK_SIG, found) == jws
    for key, keys, named, report_id, addendum_id in (
        (case.DESK_SIG, DESK, "-" * 43, case.REPORT_ID, case.ADDENDUM_ID),
        (case.DESK_SIG, DESK, "z" * 43, case.REPORT_ID, case.ADDENDUM_ID),
        (case.DESK_SIG, DESK, prepared.digest, case.REPORT_ID, case.ADDENDUM_ID),
        (case.DESK_SIG, DESK, made.digest, OTHER_ID, case.ADDENDUM_ID),
        (case.DESK_SIG, DESK, made.digest, case.REPORT_ID, OTHER_ID),
        (case.DESK_SIG, DESK, made.digest, case.REPORT_ID, ""),
        (case.DESK_SIG, REPORTER, made.digest, case.REPORT_ID, case.ADDENDUM_ID),
        (case.REPORTER_SIG, DESK, made.digest, case.REPORT_ID, case.ADDENDUM_ID),
    ):
        with pytest.raises(SignatureRefused):
            verify_addendum_receipt(case.addendum_receipt(made, key), keys, named, report_id, addendum_id)
    with pytest.raises(SignatureRefused):
        verify_addendum_receipt(case.receipt_for(prepared), DESK, prepared.digest, case.REPORT_ID, case.ADDENDUM_ID)


@pytest.mark.parametrize(
    "change",
    [{"type": "urn:robin:addendum-receipt:2"}, {"more": 1}, {"case_number": "AB42-CD31"}, {"case_number": None},
     {"received_at": 1}, {"received_at": "x" * 65}, {"addendum_digest": "D" * 42}, {"addendum_digest": "D" * 44}],
    ids=repr,
)  # fmt: skip
def test_a_signed_receipt_of_an_addendum_must_still_make_sense(
    change: dict[str, Any], prepared: Prepared, schemas: Schemas
) -> None:
    made = case.added(prepared.digest, schemas)
    payload = parse_canonical(verify(case.addendum_receipt(made), DESK, addenda.RECEIPT_TYP))
    wrong = {**payload, **change}
    jws = sign(canonical(wrong), case.DESK_SIG, addenda.RECEIPT_TYP)
    with pytest.raises(SignatureRefused):
        verify_addendum_receipt(jws, DESK, str(wrong["addendum_digest"]), case.REPORT_ID, case.ADDENDUM_ID)


# Questions of the desk and the answers.


def test_a_question_and_its_answer_round_trip() -> None:
    form = (
        QUESTION,
        FormQuestion("many", "many", "Which?", (FormOption("a", "A"),)),
        FormQuestion("text", "text", "What?"),
        FormQuestion("date", "date", "When?"),
    )
    asking = replace(ASKING, form=form)
    sealed = make_message(case.DESK_SIG, case.REPORTER_ENC.public_jwk(), asking)
    assert open_message(sealed, case.REPORTER_ENC, DESK, case.REPORT_ID, 2) == asking
    answers = (ANSWER, FormAnswer("many", (), "Which?", "Skipped"), FormAnswer("text", ("so \ud83d",), "What?", "so"))
    sealed = make_reply(case.REPORTER_SIG, DESK_ENC, replace(ANSWERING, answers=answers))
    found = open_reply(sealed, case.DESK_ENC, REPORTER, case.REPORT_ID)
    assert found.to == 2
    assert [one.a for one in found.answers] == [("n",), (), ("so \ufffd",)]
    plain = replace(ANSWERING, to=None, answers=(), text="hello")
    assert open_reply(make_reply(case.REPORTER_SIG, DESK_ENC, plain), case.DESK_ENC, REPORTER, case.REPORT_ID) == plain


def question(**changes: object) -> FormQuestion:
    return replace(QUESTION, **changes)  # type: ignore[arg-type]


OPTION = FormOption("y", "Yes")
BAD_FORMS: dict[str, tuple[FormQuestion, ...]] = {
    "too many": tuple(question(id=str(n)) for n in range(9)),
    "twice": (QUESTION, QUESTION),
    "kind": (question(kind="file"),),
    "no options": (question(options=()),),
    "options of a text": (question(kind="text"),),
    "options of a date": (question(kind="date"),),
    "no id": (question(id=""),),
    "long id": (question(id="x" * 65),),
    "no words": (question(text=""),),
    "long words": (question(text="x" * 501),),
    "too many options": (question(options=tuple(FormOption(str(n), "x") for n in range(21))),),
    "option twice": (question(options=(OPTION, OPTION)),),
    "option without id": (question(options=(FormOption("", "x"),)),),
    "option with long id": (question(options=(FormOption("x" * 65, "x"),)),),
    "option without words": (question(options=(FormOption("x", ""),)),),
    "option with long words": (question(options=(FormOption("x", "x" * 201),)),),
}


@pytest.mark.parametrize("name", BAD_FORMS)
def test_a_form_that_does_not_fit_is_not_sent(name: str) -> None:
    with pytest.raises(FormatRefused):
        check_form(BAD_FORMS[name])
    with pytest.raises(FormatRefused):
        make_message(case.DESK_SIG, case.REPORTER_ENC.public_jwk(), replace(ASKING, form=BAD_FORMS[name]))


def test_a_form_at_the_limits_is_sent_and_only_with_a_question() -> None:
    options = (*(FormOption(str(n), "x" * 200) for n in range(19)), FormOption("o" * 64, "x"))
    form = tuple(question(id=str(n) * 64, text="x" * 500, options=options) for n in range(8))
    check_form(form)
    sealed = make_message(case.DESK_SIG, case.REPORTER_ENC.public_jwk(), replace(ASKING, form=form))
    assert open_message(sealed, case.REPORTER_ENC, DESK, case.REPORT_ID).form == form
    check_form(())
    for kind in messages.KINDS - {"question"}:
        with pytest.raises(FormatRefused):
            make_message(case.DESK_SIG, case.REPORTER_ENC.public_jwk(), replace(ASKING, kind=kind))
        assert make_message(case.DESK_SIG, case.REPORTER_ENC.public_jwk(), replace(ASKING, kind=kind, form=()))


BAD_ANSWERS: dict[str, dict[str, Any]] = {
    "to nobody": {"to": None},
    "to none": {"to": 0},
    "twice": {"answers": (ANSWER, ANSWER)},
    "too many": {"answers": tuple(replace(ANSWER, q=str(n)) for n in range(9))},
    "no question": {"answers": (replace(ANSWER, q=""),)},
    "long question": {"answers": (replace(ANSWER, q="x" * 65),)},
    "too many parts": {"answers": (replace(ANSWER, a=("x",) * 21),)},
    "long part": {"answers": (replace(ANSWER, a=("x" * 4001,)),)},
    "long words": {"answers": (replace(ANSWER, text_shown="x" * 501),)},
    "long answer": {"answers": (replace(ANSWER, answer_shown="x" * 10_001),)},
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_an_answer_that_does_not_fit_is_not_sent(name: str) -> None:
    with pytest.raises(FormatRefused):
        make_reply(case.REPORTER_SIG, DESK_ENC, replace(ANSWERING, **BAD_ANSWERS[name]))


def test_answers_at_the_limits_are_sent() -> None:
    long = FormAnswer("x" * 64, ("x" * 4000,), "x" * 500, "x" * 10_000)
    short = tuple(FormAnswer(str(n), ("x",) * 20, "", "") for n in range(7))
    reply = replace(ANSWERING, answers=(long, *short), to=2**53 - 1, done=("x" * 64,) * 200, id="x" * 64)
    assert open_reply(make_reply(case.REPORTER_SIG, DESK_ENC, reply), case.DESK_ENC, REPORTER, case.REPORT_ID) == reply


def test_a_letter_that_nobody_could_open_is_not_made() -> None:
    huge = tuple(FormAnswer(str(n), ("\x00" * 4000,) * 20, "", "") for n in range(8))
    with pytest.raises(FormatRefused) as refusal:
        make_reply(case.REPORTER_SIG, DESK_ENC, replace(ANSWERING, answers=huge))
    assert refusal.value.fields["what"] == "size"


@pytest.mark.parametrize(
    "change",
    [{"form": None}, {"form": {}}, {"form": [1]}, {"form": [{"id": "a", "kind": [], "text": "x", "options": []}]}, {"kind": []},
     {"form": [{"id": "a", "kind": "text", "text": "x", "options": {}}]}, {"form": [{"id": "a", "kind": "text", "text": "x"}]},
     {"form": [{"id": "a", "kind": "one", "text": "x", "options": [{"id": "a"}]}]}, {"at": "x" * 65},
     {"report_id": "x" * 65}, {"from": {"name": "x" * 201, "role": ""}}, {"from": {"name": "", "role": "x" * 201}},
     {"steps": [{"id": "", "text": "x"}]}, {"steps": [{"id": "x" * 65, "text": "x"}]}, {"text": "x" * 10_001}],
    ids=repr,
)  # fmt: skip
def test_a_signed_question_must_still_make_sense(change: dict[str, Any]) -> None:
    enc = case.REPORTER_ENC.public_jwk()
    jws = unseal(make_message(case.DESK_SIG, enc, ASKING), case.REPORTER_ENC).decode()
    payload = {**parse_canonical(verify(jws, DESK, messages.TYP)), **change}
    sealed = seal(sign(canonical(payload), case.DESK_SIG, messages.TYP).encode(), enc)
    with pytest.raises(SignatureRefused):
        open_message(sealed, case.REPORTER_ENC, DESK, case.REPORT_ID)


def test_times_and_report_numbers_at_their_longest() -> None:
    """What the schemas are narrower about, the readers of letters take up to 64 characters of, and not one more."""
    one, at = "r" * 64, "t" * 64
    for value, make, opens in (
        (replace(WISH, report_id=one, at=at), make_withdrawal, open_withdrawal),
        (replace(CONSENT, report_id=one, at=at), make_consent, open_consent),
        (replace(REQUEST, report_id=one, at=at), make_code_request, open_code_request),
        (replace(ANSWERING, report_id=one, at=at), make_reply, open_reply),
    ):
        made: Any = make
        assert opens(made(case.REPORTER_SIG, DESK_ENC, value), case.DESK_ENC, REPORTER, one) == value
        for wrong in (replace(value, at=at + "t"), replace(value, report_id=one + "r")):  # type: ignore[type-var]
            with pytest.raises(FormatRefused):
                made(case.REPORTER_SIG, DESK_ENC, wrong)
    advice = replace(ASKING, report_id=one, at=at)
    sealed = make_message(case.DESK_SIG, case.REPORTER_ENC.public_jwk(), advice)
    assert open_message(sealed, case.REPORTER_ENC, DESK, one) == advice
    withdrawn = replace(WITHDRAWN, report_id=one, at=case.NOW)
    jws = make_withdrawal_receipt(case.DESK_SIG, withdrawn)
    assert verify_withdrawal_receipt(jws, DESK, "D" * 43, one).at == case.NOW
    received = AddendumReceipt(one, "a" * 64, "D" * 43, "AB42-CD34", case.NOW, "")
    jws = make_addendum_receipt(case.DESK_SIG, received)
    assert verify_addendum_receipt(jws, DESK, "D" * 43, one, "a" * 64).received_at == case.NOW
    for long in (replace(received, report_id=one + "r"), replace(received, received_at=case.NOW + "t")):
        with pytest.raises(FormatRefused):
            make_addendum_receipt(case.DESK_SIG, long)
    for late in (replace(withdrawn, report_id=one + "r"), replace(withdrawn, at=case.NOW + "t")):
        with pytest.raises(FormatRefused):
            make_withdrawal_receipt(case.DESK_SIG, late)
