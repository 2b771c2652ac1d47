"""What follows a report over HTTPS, against a desk that answers rightly, wrongly or not at all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
import trustme

import tests.endpoints.scripted_desk as case
from messenger.domain.errors import EndpointRejected, EndpointUnreachable, ReceiptRefused, RobinError
from messenger.domain.receipt import AddendumReceipt, IdentityLevel, WithdrawalOutcome, Withdrawn
from messenger.domain.report import EndpointProfile
from messenger.endpoints.https import HttpsEndpoint
from messenger.evidence.addendum import make_addendum_receipt
from messenger.evidence.keys import SigningKey
from messenger.evidence.possession import check_proof
from messenger.evidence.schema import Schemas
from messenger.evidence.withdrawal import make_withdrawal_receipt
from messenger.services.clock import SystemClock
from messenger.services.ports import Submission
from tests.endpoints.scripted_desk import Raw, ScriptedDesk, finished, problem, response
from tests.endpoints.test_https_endpoint import proof

JID = "robin@home.example/robin"
ADDENDUM = str(uuid4())
DIGEST = "D" * 43
SEALED = b"a.b.c.d.e"
Call = Callable[[HttpsEndpoint, EndpointProfile, Callable[[str, str], str]], Awaitable[Any]]


def calls() -> dict[str, Call]:
    one = case.REPORT_ID
    return {
        "sessions": lambda end, desk, prove: end.prove_address(desk, one, prove, JID),
        "code": lambda end, desk, prove: end.ask_code(desk, one, prove, SEALED),
        "answer": lambda end, desk, prove: end.answer_code(desk, one, prove, "123456"),
        "consent": lambda end, desk, prove: end.consent(desk, one, prove, SEALED),
        "addenda": lambda end, desk, prove: end.add(desk, one, prove, ADDENDUM, DIGEST, SEALED),
        "withdraw": lambda end, desk, prove: end.withdraw(desk, one, prove, DIGEST, SEALED),
    }


def as_json(status: int, body: object) -> bytes:
    return response(status, json.dumps(body).encode())


def added(
    key: SigningKey = case.DESK_SIG, digest: str = DIGEST, report_id: str = case.REPORT_ID, id: str = ADDENDUM
) -> str:
    return make_addendum_receipt(key, AddendumReceipt(report_id, id, digest, "AB42-CD34", case.NOW, ""))


def withdrawn(key: SigningKey = case.DESK_SIG, digest: str = DIGEST, report_id: str = case.REPORT_ID) -> str:
    return make_withdrawal_receipt(
        key, Withdrawn(report_id, digest, "AB42-CD34", case.NOW, WithdrawalOutcome.NOTED, "")
    )


GOOD: dict[str, list[bytes]] = {
    "sessions": [
        as_json(201, {"identity_level": "verified", "domain": "home.example"}),
        as_json(200, {"identity_level": "verified"}),
    ],
    "code": [response(202)],
    "answer": [as_json(200, {"identity_level": "code"})],
    "consent": [response(200), response(201, b"{}")],
    "addenda": [as_json(201, {"receipt": added()}), as_json(200, {"receipt": added()})],
    "withdraw": [as_json(200, {"statement": withdrawn()})],
}
RESULTS: dict[str, object] = {"sessions": IdentityLevel.VERIFIED, "answer": IdentityLevel.CODE}
PATHS = {
    "sessions": ("POST", "/v1/sessions"),
    "code": ("POST", f"/v1/reports/{case.REPORT_ID}/code"),
    "answer": ("POST", f"/v1/reports/{case.REPORT_ID}/code/answer"),
    "consent": ("POST", f"/v1/reports/{case.REPORT_ID}/consent"),
    "addenda": ("PUT", f"/v1/reports/{case.REPORT_ID}/addenda/{ADDENDUM}"),
    "withdraw": ("POST", f"/v1/reports/{case.REPORT_ID}/withdraw"),
}


@pytest.fixture
def ask(authority: trustme.CA, ca_file: str) -> Callable[[str, Raw], tuple[Any, ScriptedDesk]]:
    """Make one call against one answer: what came of it (or the error), and the desk."""

    def go(name: str, answer: Raw) -> tuple[Any, ScriptedDesk]:
        async def main() -> tuple[Any, ScriptedDesk]:
            async with ScriptedDesk(authority) as desk:
                desk.script = {name: answer}
                profile = desk.profile(ca_file)
                endpoint = HttpsEndpoint(SystemClock(), 20.0)
                prove = proof(profile, SystemClock(), lambda: endpoint.clock_offset(profile))
                try:
                    return await calls()[name](endpoint, profile, prove), desk
                except RobinError as error:
                    return error, desk
                finally:
                    await endpoint.close()

        return asyncio.run(main())

    return go


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name, answers in GOOD.items() for answer in answers])
def test_each_call_goes_where_it_should_with_its_proof(ask: Any, name: str, answer: bytes) -> None:
    result, desk = ask(name, answer)
    assert not isinstance(result, Exception)
    if name in RESULTS:
        assert result is RESULTS[name]
    [seen] = desk.seen
    assert (seen.method, seen.path) == PATHS[name]
    scheme, _, jws = seen.headers["authorization"].partition(" ")
    assert scheme == "DPoP"
    url = f"https://127.0.0.1:{desk.port}{seen.path}"
    now = int(datetime.now(UTC).timestamp())
    check_proof(jws, [case.REPORTER_SIG.public_jwk()], seen.method, url, case.REPORT_ID, now)
    assert seen.headers["content-digest"].startswith("sha-256=:")
    if name == "sessions":
        assert json.loads(seen.body) == {"report_id": case.REPORT_ID, "jid": JID}
        assert seen.headers["content-type"] == "application/json"
    elif name == "answer":
        assert json.loads(seen.body) == {"code": "123456"}
    else:
        assert (seen.body, seen.headers["content-type"]) == (SEALED, "application/jose")
    if name == "addenda":
        assert (seen.headers["robin-digest"], seen.headers["if-none-match"]) == (DIGEST, "*")
    if name == "withdraw":
        assert (result.outcome, result.report_digest) == (WithdrawalOutcome.NOTED, DIGEST)


OTHER = SigningKey.generate()
WRONG: list[tuple[str, bytes, type[RobinError]]] = [
    ("sessions", as_json(201, {"identity_level": "code"}), EndpointUnreachable),
    ("sessions", as_json(201, {"identity_level": "verified", "domain": "elsewhere.example"}), EndpointUnreachable),
    ("sessions", as_json(201, {}), EndpointUnreachable),
    ("sessions", response(200, b"<html>sign in</html>"), EndpointUnreachable),
    ("sessions", problem(403, "not-confirmed"), EndpointRejected),
    ("sessions", problem(408, "no-answer"), EndpointRejected),
    ("sessions", problem(409, "other-address"), EndpointRejected),
    ("sessions", problem(503, "no-line"), EndpointUnreachable),
    ("code", response(200 + 103), EndpointUnreachable),
    ("code", problem(422, "contact-kind"), EndpointRejected),
    ("code", problem(429, "flood"), EndpointUnreachable),
    ("code", problem(503, "no-mail"), EndpointUnreachable),
    ("answer", as_json(200, {"identity_level": "sure"}), EndpointUnreachable),
    ("answer", as_json(200, {}), EndpointUnreachable),
    ("answer", response(200, b"[]"), EndpointUnreachable),
    ("answer", problem(403, "wrong-code"), EndpointRejected),
    ("answer", problem(410, "code-over"), EndpointRejected),
    ("consent", problem(422, "consent"), EndpointRejected),
    ("consent", response(302, b"", {"Location": "/x"}), EndpointUnreachable),
    # A receipt that this desk did not sign for exactly this addendum is none.
    ("addenda", as_json(201, {"receipt": added(OTHER)}), ReceiptRefused),
    ("addenda", as_json(201, {"receipt": added(digest="E" * 43)}), ReceiptRefused),
    ("addenda", as_json(201, {"receipt": added(report_id=str(uuid4()))}), ReceiptRefused),
    ("addenda", as_json(201, {"receipt": added(id=str(uuid4()))}), ReceiptRefused),
    ("addenda", as_json(201, {"receipt": withdrawn()}), ReceiptRefused),
    ("addenda", as_json(201, {"receipt": 5}), ReceiptRefused),
    ("addenda", as_json(200, {}), ReceiptRefused),
    ("addenda", response(200, b"<html>sign in</html>"), ReceiptRefused),
    ("addenda", response(202), ReceiptRefused),
    ("addenda", problem(409, "other-digest"), EndpointRejected),
    ("addenda", problem(413, "too-large"), EndpointRejected),
    ("addenda", problem(409, "hash"), EndpointUnreachable),
    ("withdraw", as_json(200, {"statement": withdrawn(OTHER)}), ReceiptRefused),
    ("withdraw", as_json(200, {"statement": withdrawn(digest="E" * 43)}), ReceiptRefused),
    ("withdraw", as_json(200, {"statement": withdrawn(report_id=str(uuid4()))}), ReceiptRefused),
    ("withdraw", as_json(200, {"statement": added()}), ReceiptRefused),
    ("withdraw", as_json(200, {}), ReceiptRefused),
    ("withdraw", response(200, b"no"), ReceiptRefused),
    ("withdraw", response(201, b"{}"), ReceiptRefused),
    ("withdraw", problem(410, "gone"), EndpointRejected),
    ("withdraw", problem(500, "oops"), EndpointUnreachable),
]


@pytest.mark.parametrize(("name", "answer", "kind"), WRONG)
def test_a_wrong_answer_is_never_taken_for_a_right_one(
    ask: Any, name: str, answer: bytes, kind: type[RobinError]
) -> None:
    result, _desk = ask(name, answer)
    assert type(result) is kind


@pytest.mark.parametrize("name", list(PATHS))
def test_a_desk_that_hangs_up_is_unreachable(ask: Any, name: str) -> None:
    result, _desk = ask(name, b"")
    assert type(result) is EndpointUnreachable


def chain(last: object) -> bytes:
    body = {"type": "urn:robin:problem:chain", "title": "chain", "status": 409, "last": last}
    return response(409, json.dumps(body).encode(), None, "application/problem+json")


def test_a_broken_chain_names_its_last_link(ask: Any) -> None:
    error, _desk = ask("addenda", chain("L" * 43))
    assert (error.fields["status"], error.fields["reason"], error.fields["last"]) == (409, "chain", "L" * 43)
    for odd in ("short", 5, None, "x" * 44):
        error, _desk = ask("addenda", chain(odd))
        assert "last" not in error.fields


def test_the_proof_is_awaited_after_the_report_and_before_its_files(
    authority: trustme.CA, ca_file: str, schemas: Schemas
) -> None:
    async def main() -> None:
        async with ScriptedDesk(authority) as desk:
            profile = desk.profile(ca_file)
            report = await asyncio.to_thread(case.make_report, schemas, profile)
            desk.script = {"finish": finished(report)}
            endpoint = HttpsEndpoint(SystemClock(), 20.0)
            when: list[list[str]] = []

            async def proof() -> None:
                when.append(list(desk.steps))

            try:
                given = Submission(
                    report.report_id, report.digest, case.package_of(report), profile, "robin@home.example", proof
                )
                await endpoint.submit(given)
            finally:
                await endpoint.close()
            assert when == [["put"]]
            assert desk.steps == ["put", "item", "item", "finish"]

    asyncio.run(main())
