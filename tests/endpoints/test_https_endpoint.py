"""The HTTPS endpoint against a desk that does everything wrong (F3, F8-F13, F23, S23, S31, S33)."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import trustme

import tests.endpoints.scripted_desk as case
from messenger import endpoints
from messenger.domain.errors import EndpointRejected, EndpointUnreachable, EvidenceRefused, ReceiptRefused, RobinError
from messenger.domain.receipt import CaseStatus
from messenger.domain.report import EndpointProfile
from messenger.endpoints._reply import MAX_RETRY_AFTER, retry_after
from messenger.endpoints.https import HttpsEndpoint
from messenger.evidence.keys import SigningKey
from messenger.evidence.possession import check_proof, make_proof
from messenger.evidence.report import Prepared
from messenger.evidence.schema import Schemas
from messenger.services.clock import SystemClock
from messenger.services.ports import Accepted, Submission
from tests.endpoints.scripted_desk import Request, ScriptedDesk, finished, problem, response

Act = Callable[[HttpsEndpoint, ScriptedDesk, EndpointProfile, Prepared], Awaitable[object]]


class Fixed(SystemClock):
    """A wrong clock."""

    def __init__(self, now: str) -> None:
        self.at = now

    def now(self) -> str:
        return self.at


@pytest.fixture
def run(schemas: Schemas, authority: trustme.CA, ca_file: str) -> Callable[..., object]:
    """Run `act` against a scripted desk; `script` is made from the prepared report."""

    def go(
        act: Act,
        script: Callable[[Prepared], dict[str, object]] | None = None,
        *,
        deadline: float = 20.0,
        clock: SystemClock | None = None,
        trusted: str = ca_file,
        **desk_options: object,
    ) -> object:
        async def main() -> object:
            desk = ScriptedDesk(authority, **desk_options)  # type: ignore[arg-type]
            async with desk:
                profile = desk.profile(trusted)
                report = await asyncio.to_thread(case.make_report, schemas, profile)
                desk.script = {"finish": finished(report), **(script(report) if script else {})}  # type: ignore[dict-item]
                endpoint = HttpsEndpoint(clock or SystemClock(), deadline)
                try:
                    return await act(endpoint, desk, profile, report)
                finally:
                    await endpoint.close()

        return asyncio.run(main())

    return go


def submission(report: Prepared, profile: EndpointProfile) -> Submission:
    return Submission(report.report_id, report.digest, case.package_of(report), profile)


async def submit(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> Accepted:
    return await endpoint.submit(submission(report, profile))


async def failure(
    endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared
) -> tuple[RobinError, ScriptedDesk]:
    with pytest.raises(RobinError) as caught:
        await endpoint.submit(submission(report, profile))
    return caught.value, desk


# -- the good way


def test_a_report_is_handed_over_and_its_receipt_verified(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        return await submit(endpoint, desk, profile, report), desk, report

    accepted, desk, report = run(act)  # type: ignore[misc]
    assert accepted.receipt.case_number == "AB42-CD34"
    assert accepted.receipt.report_digest == report.digest
    assert accepted.sealed_code
    assert desk.steps == ["put", "item", "item", "finish"]
    assert [one.body for one in desk.seen[:3]] == [report.sealed_report, report.sealed_items, report.sealed_identity]


def test_f03_every_body_carries_its_length_and_digest(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        await submit(endpoint, desk, profile, report)
        return desk, report

    desk, report = run(act)  # type: ignore[misc]
    for one in desk.seen[:3]:
        expected = base64.b64encode(hashlib.sha256(one.body).digest()).decode()
        assert one.headers["content-digest"] == f"sha-256=:{expected}:"
        assert int(one.headers["content-length"]) == len(one.body)
        assert one.headers["content-type"] == "application/jose"
    first = desk.seen[0]
    assert first.headers["robin-digest"] == report.digest
    assert first.headers["if-none-match"] == "*"
    assert first.path == f"/v1/reports/{report.report_id}"


def test_the_request_says_nothing_of_the_person_or_the_machine(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        await submit(endpoint, desk, profile, report)
        return desk

    desk = run(act)
    for one in desk.seen:  # type: ignore[attr-defined]
        assert one.headers["user-agent"] == "Robin-Messenger"
        assert one.headers["accept-encoding"] == "identity"
        assert "cookie" not in one.headers
        assert "robin@home.example" not in repr(one)


def test_f23_the_same_bytes_on_every_try(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        first = await submit(endpoint, desk, profile, report)
        again = await submit(endpoint, desk, profile, report)
        return first, again, desk

    first, again, desk = run(act, lambda report: {"put": [response(201), response(200)]})  # type: ignore[misc]
    assert first == again
    assert [one.body for one in desk.seen[:4]] == [one.body for one in desk.seen[4:]]


def test_a_package_that_is_not_this_report_is_never_sent(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        with pytest.raises(EvidenceRefused):
            await endpoint.submit(Submission(report.report_id, "A" * 43, case.package_of(report), profile))
        broken = case.package_of(report).replace(b'"created_at":"2026', b'"created_at":"2025')
        with pytest.raises(EvidenceRefused):
            await endpoint.submit(Submission(report.report_id, report.digest, broken, profile))
        return desk

    assert run(act).seen == []  # type: ignore[attr-defined]


# -- statuses

REJECTED = (400, 401, 403, 404, 409, 410, 413, 415, 422, 451)
RETRIED = (408, 421, 425, 429, 500, 502, 503, 504, 507)


@pytest.mark.parametrize("step", ["put", "item", "finish"])
@pytest.mark.parametrize("status", REJECTED)
def test_f09_a_refusal_needs_attention_and_keeps_its_words(run: Callable[..., object], status: int, step: str) -> None:
    script = {step: problem(status, "some_word", "Please call us.\x1b[31m" + "x" * 900)}
    error, desk = run(failure, lambda report: script)  # type: ignore[misc]
    assert isinstance(error, EndpointRejected)
    assert error.fields["status"] == status
    assert error.fields["reason"] == "some_word"
    words = str(error.fields["words"])
    assert words.startswith("Please call us. [31m")
    assert len(words) <= 500
    assert desk.steps[-1] == step


@pytest.mark.parametrize("step", ["put", "item", "finish"])
@pytest.mark.parametrize("status", RETRIED)
def test_f09_a_passing_trouble_is_tried_again(run: Callable[..., object], status: int, step: str) -> None:
    error, _desk = run(failure, lambda report: {step: response(status, b"", {"Retry-After": "120"})})  # type: ignore[misc]
    assert isinstance(error, EndpointUnreachable)
    assert error.fields["retry_after"] == 120


def test_f09_parts_that_the_desk_forgot_are_sent_once_more(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        return await submit(endpoint, desk, profile, report), desk

    accepted, desk = run(act, lambda report: {"finish": [problem(409, "missing"), finished(report)]})  # type: ignore[misc]
    assert accepted.receipt.case_number == "AB42-CD34"
    assert desk.steps == ["put", "item", "item", "finish"] * 2


def test_f09_parts_that_are_forgotten_again_and_again_are_tried_later(run: Callable[..., object]) -> None:
    error, desk = run(failure, lambda report: {"finish": problem(409, "missing")})  # type: ignore[misc]
    assert isinstance(error, EndpointUnreachable)
    assert desk.steps.count("finish") == 2


@pytest.mark.parametrize("step", ["item", "finish"])
def test_f09_a_report_that_the_desk_lost_half_way_is_sent_once_more(run: Callable[..., object], step: str) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        return await submit(endpoint, desk, profile, report), desk

    good = finished if step == "finish" else lambda report: response(201)
    accepted, desk = run(act, lambda report: {step: [problem(404, "unknown-report"), good(report)]})  # type: ignore[misc]
    assert accepted.receipt.case_number == "AB42-CD34"
    assert desk.steps.count("put") == 2


@pytest.mark.parametrize(("status", "word"), [(400, "length"), (400, "digest"), (409, "hash")])
def test_f03_what_got_lost_on_the_way_is_sent_again(run: Callable[..., object], status: int, word: str) -> None:
    error, _desk = run(failure, lambda report: {"item": problem(status, word)})  # type: ignore[misc]
    assert isinstance(error, EndpointUnreachable)


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("86400", 86400),
        ("99999999", MAX_RETRY_AFTER),
        ("9" * 400, 0),
        ("-5", 0),
        ("1.5", 0),
        ("", 0),
        ("soon", 0),
        ("\u0661\u0662", 0),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOON + timedelta(days=400), usegmt=True), MAX_RETRY_AFTER),
        (format_datetime(NOON - timedelta(days=400), usegmt=True), 0),
        ("Tue, 99 Foo 2026 12:00:00 GMT", 0),
        ("Mon, 01 Jan 99999 00:00:00 GMT", 0),
    ],
)
def test_f09_retry_after_in_seconds_or_as_a_date_at_most_a_day(value: str, seconds: int) -> None:
    assert retry_after(value, NOON) == seconds


# -- 2xx without a receipt


def other_receipts(report: Prepared) -> dict[str, bytes]:
    stranger = SigningKey.generate()
    return {
        "another key": finished(report, case.receipt_of(report, stranger)),
        "another digest": finished(report, case.receipt_of(report, digest="B" * 43)),
        "another report": finished(report, case.receipt_of(report, report_id="3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b11")),
        "captive portal": response(200, b"<html><body>Welcome. Please sign in.</body></html>", kind="text/html"),
        "an empty object": response(200, b"{}"),
        "a list": response(200, b"[]"),
        "nothing": response(200),
        "a number": response(200, json.dumps({"receipt": 5}).encode()),
        "half": response(200, finished(report).split(b"\r\n\r\n", 1)[1][:-40]),
        "deep": response(200, b'{"receipt":' + b"[" * 20000 + b"]" * 20000 + b"}"),
        "created": response(201, b"{}"),
        "no content": response(204),
    }


NAMES = (
    "another key", "another digest", "another report", "captive portal", "an empty object", "a list", "nothing",
    "a number", "half", "deep", "created", "no content",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_f10_a_good_answer_without_our_receipt_is_not_delivered(run: Callable[..., object], name: str) -> None:
    error, _desk = run(failure, lambda report: {"finish": other_receipts(report)[name]})  # type: ignore[misc]
    assert isinstance(error, ReceiptRefused)


def test_f10_a_portal_that_says_yes_to_everything_delivers_nothing(run: Callable[..., object]) -> None:
    page = response(200, b"<html>Hello</html>", kind="text/html")
    error, _desk = run(failure, lambda report: {"put": page, "item": page, "finish": page})  # type: ignore[misc]
    assert isinstance(error, ReceiptRefused)


# -- the line


async def reset(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def silent(request: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def drops(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 Word\r\nContent-Length: 5000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


async def slow_head(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 Word\r\nX: ")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


async def flood(request: Request, writer: asyncio.StreamWriter) -> None:
    size = 300 * 1024 * 1024
    writer.write(f"HTTP/1.1 200 Word\r\nContent-Length: {size}\r\n\r\n".encode())
    for _ in range(size // 65536):
        writer.write(b" " * 65536)
        await writer.drain()


async def flood_chunks(request: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 Word\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(5000):
        writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
        await writer.drain()


BOMB = gzip.compress(b" " * 50_000_000)
BAD_LINES: dict[str, tuple[object, str]] = {
    "reset": (reset, "connection"),
    "silent": (silent, "timeout"),
    "slow loris": (drops, "timeout"),
    "slow head": (slow_head, "timeout"),
    "300 MB": (flood, "size"),
    "300 MB in chunks": (flood_chunks, "size"),
    "gzip bomb": (response(200, BOMB, {"Content-Encoding": "gzip"}), "packed"),
    "garbage": (b"\x00\x01\x02 nothing like HTTP\r\n\r\n", "connection"),
    "short": (b"HTTP/1.1 200 Word\r\nContent-Length: 500\r\n\r\nten bytes.", "connection"),
    "bad chunk": (b"HTTP/1.1 200 Word\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n{}\r\n0\r\n\r\n", "connection"),
    "negative length": (b"HTTP/1.1 200 Word\r\nContent-Length: -1\r\n\r\n{}", "connection"),
    "two lengths": (b"HTTP/1.1 200 Word\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}", "connection"),
    "endless header": (b"HTTP/1.1 200 Word\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", "connection"),
}


@pytest.mark.parametrize("name", list(BAD_LINES))
def test_f13_s31_whatever_comes_back_is_bounded_and_tried_again(run: Callable[..., object], name: str) -> None:
    answer, reason = BAD_LINES[name]
    deadline = 0.5 if reason == "timeout" else 20.0
    error, _desk = run(failure, lambda report: {"finish": answer}, deadline=deadline)  # type: ignore[misc]
    assert isinstance(error, EndpointUnreachable)
    assert error.fields["reason"] == reason


def test_f10_no_name_and_no_listener(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        reasons = []
        await desk.__aexit__(None, None, None)
        for base in ("https://no-such-desk.invalid:8443", profile.base):
            with pytest.raises(EndpointUnreachable) as caught:
                await endpoint.submit(submission(report, replace(profile, base=base)))
            reasons.append(caught.value.fields["reason"])
        await desk.__aenter__()
        return reasons

    assert run(act) == ["name", "connection"]


@pytest.mark.parametrize(
    "base",
    [
        "http://127.0.0.1:1",
        "ftp://x.example",
        "https://",
        "https://a@b.example",
        "https://b.example/?x=1",
        "",
        "https://[::1",
    ],
)
def test_a_desk_without_https_is_never_called(run: Callable[..., object], base: str) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        with pytest.raises(EndpointRejected) as caught:
            await endpoint.submit(submission(report, replace(profile, base=base)))
        return caught.value.fields["reason"], desk.connections

    assert run(act) == ("address", 0)


@pytest.mark.parametrize("step", ["put", "item", "finish"])
@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_f11_a_redirect_is_not_followed(
    run: Callable[..., object], authority: trustme.CA, status: int, step: str
) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        async with ScriptedDesk(authority) as second:
            for target in (f"https://127.0.0.1:{second.port}/", f"http://127.0.0.1:{second.port}/"):
                desk.script[step] = response(status, b"", {"Location": target})
                with pytest.raises(EndpointUnreachable) as caught:
                    await endpoint.submit(submission(report, profile))
                assert caught.value.fields["reason"] == "redirect"
            return second.connections

    assert run(act) == 0


def test_s33_a_file_name_from_the_desk_is_never_used(run: Callable[..., object], tmp_path: object) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        return await submit(endpoint, desk, profile, report)

    name = {"Content-Disposition": 'attachment; filename="../../.config/autostart/x.desktop"', "X-Name": "../x"}

    def script(report: Prepared) -> dict[str, object]:
        return {"finish": response(200, finished(report).split(b"\r\n\r\n", 1)[1], name)}

    accepted = run(act, script)
    assert "autostart" not in repr(accepted)


# -- TLS


def bad_certificates(authority: trustme.CA) -> dict[str, trustme.LeafCert]:
    past = datetime.now(UTC) - timedelta(days=3)
    return {
        "wrong host": authority.issue_cert("other.example"),
        "expired": authority.issue_cert("127.0.0.1", not_before=past - timedelta(days=3), not_after=past),
        "not yet": authority.issue_cert(
            "127.0.0.1",
            not_before=datetime.now(UTC) + timedelta(days=3),
            not_after=datetime.now(UTC) + timedelta(days=9),
        ),
        "unknown authority": trustme.CA().issue_cert("127.0.0.1"),
        "common name only": authority.issue_cert("x.example", common_name="127.0.0.1"),
    }


@pytest.mark.parametrize("name", ["wrong host", "expired", "not yet", "unknown authority", "common name only"])
def test_f12_a_certificate_that_does_not_hold_gets_no_byte(
    run: Callable[..., object], authority: trustme.CA, name: str
) -> None:
    error, desk = run(failure, certificate=bad_certificates(authority)[name])  # type: ignore[misc]
    assert isinstance(error, EndpointUnreachable)
    assert error.fields["reason"] == "certificate"
    assert desk.seen == []


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_s22_old_tls_is_refused(run: Callable[..., object]) -> None:
    error, desk = run(failure, max_tls=ssl.TLSVersion.TLSv1_1)  # type: ignore[misc]
    assert isinstance(error, EndpointUnreachable)
    assert desk.seen == []


def test_f12_a_reader_on_the_way_that_is_trusted_here_sees_sealed_bytes_only(run: Callable[..., object]) -> None:
    """The scripted desk stands for a proxy whose authority this computer trusts: it sees all of HTTP, and no words."""

    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        await submit(endpoint, desk, profile, report)
        return desk

    seen = b"".join(one.body + repr(one.headers).encode() + one.path.encode() for one in run(act).seen)  # type: ignore[attr-defined]
    for words in (case.CANARY, "Sam", "robin@home.example", "13_15"):
        raw = words.encode()
        shapes = [raw, *(base64.b64encode(b"x" * skip + raw)[4:-4] for skip in range(3))]
        assert not any(shape in seen for shape in shapes if len(shape) > 3)


def test_a_ca_file_that_is_not_there_is_said_and_tried_again(run: Callable[..., object]) -> None:
    error, desk = run(failure, trusted="/nowhere/ca.pem")  # type: ignore[misc]
    assert isinstance(error, EndpointUnreachable)
    assert error.fields["reason"] == "ca_file"
    assert desk.connections == 0


def test_s23_proxies_of_the_environment_are_not_used(
    run: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://user:secret@127.0.0.1:9")
    assert run(submit).receipt.case_number == "AB42-CD34"  # type: ignore[attr-defined]


# -- after the receipt


def proof(desk_profile: EndpointProfile, clock: SystemClock, offset: Callable[[], int]) -> Callable[[str, str], str]:
    def prove(method: str, path: str) -> str:
        now = int(datetime.fromisoformat(clock.now()).timestamp()) + offset()
        return make_proof(case.REPORTER_SIG, method, desk_profile.base + path, case.REPORT_ID, now)

    return prove


STATUS = {
    "status": "triaged",
    "status_at": case.NOW,
    "case_number": "AB42-CD34",
    "history": [{"status": "received", "at": case.NOW}, {"status": "triaged", "at": case.NOW}],
    "messages": 2,
    "identity_level": "code",
}
MESSAGES = {"messages": [{"n": 2, "sealed": "b"}, {"n": 1, "sealed": "a"}]}


async def ask(
    endpoint: HttpsEndpoint, profile: EndpointProfile, after: int = 0, etag: str = "", wait: int = 0
) -> object:
    clock = SystemClock()
    prove = proof(profile, clock, lambda: endpoint.clock_offset(profile))
    return await endpoint.news(profile, case.REPORT_ID, prove, after, etag, wait)


def test_news_has_status_history_and_messages_in_order(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        return await ask(endpoint, profile, after=1, etag='"old"', wait=25), desk, profile

    script = {
        "status": response(200, json.dumps(STATUS).encode(), {"ETag": '"v2"'}),
        "messages": response(200, json.dumps(MESSAGES).encode()),
    }
    news, desk, profile = run(act, lambda report: script)  # type: ignore[misc]
    assert news.status is CaseStatus.TRIAGED
    assert [one.status for one in news.history] == [CaseStatus.RECEIVED, CaseStatus.TRIAGED]
    assert news.sealed == ((2, "b"),)
    assert news.etag == '"v2"'
    first, second = desk.seen
    assert first.headers["if-none-match"] == '"old"'
    assert first.headers["prefer"] == "wait=25"
    assert second.path.endswith("/messages?after=1")
    for one in desk.seen:
        scheme, _, jws = one.headers["authorization"].partition(" ")
        assert scheme == "DPoP"
        url = profile.base + one.path.partition("?")[0]
        now = int(datetime.now(UTC).timestamp())
        check_proof(jws, [case.REPORTER_SIG.public_jwk()], one.method, url, case.REPORT_ID, now)
    assert first.headers["authorization"] != second.headers["authorization"]


def test_no_news_is_none(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        return await ask(endpoint, profile, etag='"v2"')

    assert run(act, lambda report: {"status": response(304)}) is None


BAD_NEWS = [
    response(200, b"<html>"),
    response(200, b"{}"),
    response(200, json.dumps({**STATUS, "status": "eaten"}).encode()),
    response(200, json.dumps({**STATUS, "history": 5}).encode()),
    response(200, json.dumps({**STATUS, "history": [5]}).encode()),
    response(200, json.dumps({**STATUS, "messages": "2"}).encode()),
    response(200, json.dumps({**STATUS, "identity_level": "sure"}).encode()),
    response(200, json.dumps({**STATUS, "case_number": None}).encode()),
    response(503),
    response(302, b"", {"Location": "/x"}),
]


@pytest.mark.parametrize("answer", BAD_NEWS, ids=range(len(BAD_NEWS)))
def test_f20_news_that_make_no_sense_are_asked_for_again(run: Callable[..., object], answer: bytes) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        with pytest.raises(EndpointUnreachable):
            await ask(endpoint, profile)
        return True

    assert run(act, lambda report: {"status": answer})


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"messages": 1},
        {"messages": [1]},
        {"messages": [{"n": "1", "sealed": "a"}]},
        {"messages": [{"n": True, "sealed": "a"}]},
        {"messages": [{"n": 1}]},
    ],
)
def test_f20_messages_that_make_no_sense_are_asked_for_again(run: Callable[..., object], found: object) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        with pytest.raises(EndpointUnreachable):
            await ask(endpoint, profile)
        return True

    script = {
        "status": response(200, json.dumps(STATUS).encode()),
        "messages": response(200, json.dumps(found).encode()),
    }
    assert run(act, lambda report: script)


def test_f08_with_a_wrong_clock_the_proof_is_made_by_the_desks_clock(run: Callable[..., object]) -> None:
    wrong = Fixed("2031-01-01T00:00:00.000Z")

    async def status(request: Request, writer: asyncio.StreamWriter) -> None:
        jws = request.headers["authorization"].partition(" ")[2]
        date = {"Date": format_datetime(datetime.now(UTC), usegmt=True)}
        try:
            url = f"https://{request.headers['host']}{request.path}"
            now = int(datetime.now(UTC).timestamp())
            check_proof(jws, [case.REPORTER_SIG.public_jwk()], "GET", url, case.REPORT_ID, now)
            writer.write(response(200, json.dumps({**STATUS, "messages": 0}).encode(), date))
        except EvidenceRefused:
            writer.write(problem(401, "proof", headers=date))
        await writer.drain()
        await asyncio.sleep(0.05)

    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        prove = proof(profile, wrong, lambda: endpoint.clock_offset(profile))
        return await endpoint.news(profile, case.REPORT_ID, prove, 0, ""), desk

    news, desk = run(act, lambda report: {"status": status}, clock=wrong)  # type: ignore[misc]
    assert news.case_number == "AB42-CD34"
    assert len(desk.seen) == 2


def test_a_proof_that_is_refused_for_good_is_said_once(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        with pytest.raises(EndpointRejected) as caught:
            await ask(endpoint, profile)
        return caught.value.fields["status"], len(desk.seen)

    assert run(act, lambda report: {"status": problem(401, "proof")}) == (401, 1)


def test_a_reply_is_handed_over_with_proof(run: Callable[..., object]) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        prove = proof(profile, SystemClock(), lambda: 0)
        await endpoint.write(profile, case.REPORT_ID, prove, b"sealed words")
        return desk, profile

    desk, profile = run(act, lambda report: {"write": response(201)})  # type: ignore[misc]
    one = desk.seen[0]
    assert (one.method, one.body) == ("POST", b"sealed words")
    assert "content-digest" in one.headers
    url = f"{profile.base}/v1/reports/{case.REPORT_ID}/messages"
    now = int(datetime.now(UTC).timestamp())
    check_proof(
        one.headers["authorization"].partition(" ")[2],
        [case.REPORTER_SIG.public_jwk()],
        "POST",
        url,
        case.REPORT_ID,
        now,
    )


@pytest.mark.parametrize(
    ("status", "kind"), [(403, EndpointRejected), (503, EndpointUnreachable), (302, EndpointUnreachable)]
)
def test_a_reply_that_was_not_taken_is_a_failure(
    run: Callable[..., object], status: int, kind: type[RobinError]
) -> None:
    async def act(endpoint: HttpsEndpoint, desk: ScriptedDesk, profile: EndpointProfile, report: Prepared) -> object:
        with pytest.raises(kind):
            await endpoint.write(profile, case.REPORT_ID, lambda method, path: "proof", b"sealed")
        return True

    assert run(act, lambda report: {"write": response(status)})


def test_kinds_are_found_by_looking_in_the_folder() -> None:
    found = endpoints.kinds()
    assert "https" in found
    made = endpoints.make_all(SystemClock())
    assert isinstance(made["https"], HttpsEndpoint)
