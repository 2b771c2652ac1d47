"""Reports go in once, whole, and get the same signed receipt every time; everything else has a defined answer."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import uuid
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from desk_case import SCHEMAS, Https, ReporterApp, content_digest
from desk_clock import Time, endpoint_of

from messenger.desk.intake import Redirect, Rules
from messenger.desk.server import Desk, Options
from messenger.evidence.canonical import b64u, canonical, digest, parse_canonical, unb64u
from messenger.evidence.discovery import read_discovery
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.receipt import open_code, verify_receipt
from messenger.evidence.report import TYP, Prepared
from messenger.evidence.seal import seal
from messenger.evidence.signature import sign


def path_of(app: ReporterApp) -> str:
    return f"/v1/reports/{app.report_id}"


def enc_of(app: ReporterApp) -> dict[str, str]:
    return next(key for key in app.endpoint.keys if key["crv"] == "X25519")


def changed(app: ReporterApp, change: Callable[[dict[str, Any]], None], key: SigningKey | None = None) -> Prepared:
    """A report changed before it was signed and sealed: what a broken or lying app could send."""
    prepared = app.report()
    body = parse_canonical(prepared.report)
    change(body)
    report = canonical(body)
    jws = sign(report, key or app.signing, TYP)
    return replace(prepared, digest=digest(report), report=report, jws=jws, sealed_report=seal(jws.encode(), enc_of(app)))


# -- the good way


def test_a_whole_report(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    assert https.put_report(prepared).status == 201
    assert [one.status for one in https.put_files(prepared)] == [201, 201]
    answer = https.finish(app.report_id)
    assert answer.status == 200
    receipt = verify_receipt(answer.json["receipt"], app.endpoint.keys, prepared.digest, app.report_id)
    assert receipt.reporter_jid == "sam@example.org"
    assert receipt.identity_level == "unverified"
    assert receipt.next_contact_by > receipt.received_at
    code = open_code(answer.json["receipt_code"].encode(), app.sealing, app.endpoint.keys, prepared.digest)
    assert len(code) == 19
    assert (answer.json["status"], answer.json["messages_after"]) == ("received", "0")


def test_f14_repeats_get_the_same_answers(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    first = https.send(prepared).body
    assert https.put_report(prepared).status == 200
    assert [one.status for one in https.put_files(prepared)] == [200, 200]
    assert https.finish(app.report_id).body == first


def test_the_same_report_sealed_again_is_the_same_report(https: Https, app: ReporterApp) -> None:
    """A seal is new each time; the digest says what is inside."""
    prepared = app.report()
    first = https.send(prepared).body
    again = replace(prepared, sealed_report=seal(prepared.jws.encode(), enc_of(app)))
    assert https.put_report(again).status == 200
    assert https.finish(app.report_id).body == first


def test_f14_fifty_at_once_are_one_report(https: Https, app: ReporterApp, desk: Desk) -> None:
    prepared = app.report()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _n: https.put_report(prepared).status, range(50)))
    assert sorted(set(answers)) == [200, 201]
    assert answers.count(201) == 1
    https.put_files(prepared)
    with ThreadPoolExecutor(20) as pool:
        finished = {https_finish.body for https_finish in pool.map(lambda _n: https.finish(app.report_id), range(20))}
    assert len(finished) == 1


def test_discovery_is_signed(https: Https, app: ReporterApp) -> None:
    answer = https.call("GET", "/.well-known/abuse-report")
    document = read_discovery(answer.body, SCHEMAS, app.endpoint.keys)
    assert document["base"] == app.endpoint.base
    assert document["limits"] == {"bytes": 64 * 1024 * 1024, "media": "hash-only"}
    assert document["retention_days"] == 90


def test_a_report_without_messages_or_address(https: Https, app: ReporterApp) -> None:
    """Reported signed out, about something with no chat: taken like any other."""
    prepared = app.report(lines=(), chosen=())
    assert https.send(prepared).status == 200


# -- bad input


def test_another_report_under_the_same_number(https: Https, app: ReporterApp) -> None:
    https.send(app.report())
    other = app.report(narrative="Something else.")
    assert https.put_report(other).problem == "other-digest"
    assert https.put_report(other).status == 409


BAD_HEADERS = [
    ({"Content_Type": "application/json"}, 415, "media-type"),
    ({"Content_Type": "image/png"}, 415, "media-type"),
    ({"Content_Type": "video/mp4"}, 415, "media-type"),
    ({"Content_Type": ""}, 415, "media-type"),
    ({"Content_Encoding": "gzip"}, 415, "media-type"),
    ({"Content_Digest": ""}, 400, "digest"),
    ({"Content_Digest": "sha-256=:AAAA:"}, 400, "digest"),
    ({"Content_Digest": content_digest(b"another body")}, 400, "digest"),
    ({"Content_Digest": "md5=:1B2M2Y8AsgTpgAmY7PhCfg==:"}, 400, "digest"),
    ({"Robin_Digest": ""}, 400, "digest"),
    ({"Robin_Digest": "short"}, 400, "digest"),
    ({"Robin_Digest": digest(b"another report")}, 400, "digest"),
    ({"If_None_Match": '"tag"'}, 400, "digest"),
]


@pytest.mark.parametrize(("headers", "status", "problem"), BAD_HEADERS)
def test_bad_headers(https: Https, app: ReporterApp, headers: dict[str, str], status: int, problem: str) -> None:
    prepared = app.report()
    answer = https.put_report(prepared, **headers)
    assert (answer.status, answer.problem) == (status, problem)
    assert https.finish(app.report_id).problem == "unknown-report"


def _set(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda body: body.update(values)


BAD_REPORTS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "version": (_set(type="urn:robin:abuse-report:2"), "version"),
    "another type": (_set(type="urn:robin:items:1"), "schema"),
    "no such category": (_set(category="weather"), "schema"),
    "unknown member": (_set(extra=1), "schema"),
    "not in good faith": (lambda body: body["declaration"].update(good_faith=False), "schema"),
    "negative score": (lambda body: body["urgency"].update(score=-1), "schema"),
    "no such tier": (lambda body: body["urgency"].update(tier="whenever"), "schema"),
    "missing part": (lambda body: body.pop("evidence"), "schema"),
    "another number": (_set(report_id=str(uuid.uuid4())), "id"),
    "written for another desk": (lambda body: body["sent_to"].update(keys=[digest(b"other key")]), "wrong-desk"),
    "keys of somebody else": (
        lambda body: body["reporter"]["keys"].update(sig=SigningKey.generate().public_jwk()),
        "signature",
    ),
    "text too long": (lambda body: body["narrative"].update(text="x" * 4001), "schema"),
}


@pytest.mark.parametrize("name", BAD_REPORTS)
def test_bad_reports(https: Https, app: ReporterApp, name: str) -> None:
    change, problem = BAD_REPORTS[name]
    answer = https.put_report(changed(app, change))
    assert (answer.status, answer.problem) == (422, problem)
    assert https.finish(app.report_id).problem == "unknown-report"


def test_weak_keys_are_no_keys(https: Https, app: ReporterApp) -> None:
    """With the point that is no point anybody signs everything, and reads what is sealed to it."""
    nothing = b64u(b"\x01" + bytes(31))
    prepared = changed(app, lambda body: body["reporter"]["keys"]["sig"].update(x=nothing))
    header = canonical({"alg": "Ed25519", "kid": thumbprint_of(nothing), "typ": TYP})
    forged = f"{b64u(header)}.{b64u(prepared.report)}"
    signature = b"\x01" + bytes(63)
    Ed25519PublicKey.from_public_bytes(unb64u(nothing)).verify(signature, forged.encode())  # it fits, without any secret
    sealed = seal(f"{forged}.{b64u(signature)}".encode(), enc_of(app))
    answer = https.put_report(replace(prepared, sealed_report=sealed))
    assert (answer.status, answer.problem) == (422, "signature")
    for weak in (b64u(bytes(32)), nothing):
        answer = https.put_report(changed(app, lambda body, x=weak: body["reporter"]["keys"]["enc"].update(x=x)))
        assert (answer.status, answer.problem) == (422, "schema")
    assert https.finish(app.report_id).problem == "unknown-report"


def thumbprint_of(x: str) -> str:
    return digest(canonical({"crv": "Ed25519", "kty": "OKP", "x": x}))


LOOSE: dict[str, Callable[[dict[str, Any]], None]] = {
    "a day that is none": _set(created_at="2026-02-30T09:00:00.000Z"),
    "left-over bits": lambda body: body["questionnaire"].update(sha256="A" * 42 + "B"),
    "another key's name": lambda body: body["reporter"]["keys"]["enc"].update(kid="A" * 43),
    "keys in another order": lambda body: body["sent_to"].update(keys=body["sent_to"]["keys"][::-1]),
}


@pytest.mark.parametrize("name", LOOSE)
def test_what_the_contract_says_beyond_the_schemas(https: Https, app: ReporterApp, name: str) -> None:
    answer = https.put_report(changed(app, LOOSE[name]))
    assert (answer.status, answer.problem) == (422, "schema")


def test_forged_by_another_key(https: Https, app: ReporterApp) -> None:
    answer = https.put_report(changed(app, lambda body: None, SigningKey.generate()))
    assert (answer.status, answer.problem) == (422, "signature")


def test_sealed_for_another_desk(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    other = seal(prepared.jws.encode(), SealingKey.generate().public_jwk())
    answer = https.put_report(replace(prepared, sealed_report=other))
    assert (answer.status, answer.problem) == (422, "wrong-key")


@pytest.mark.parametrize("body", [b"", b"x", b"{}", b"a.b.c", b"....", b"\xff\xfe\x00", b"eyJ9..AAAA.AAAA.AAAA"])
def test_not_a_seal(https: Https, app: ReporterApp, body: bytes) -> None:
    answer = https.put_report(replace(app.report(), sealed_report=body))
    assert (answer.status, answer.problem) == (422, "not-sealed")


def test_every_place_of_a_seal_holds(https: Https, app: ReporterApp) -> None:
    """One character changed, at places all over the report: never stored, never a fault of ours."""
    prepared = app.report()
    sealed = prepared.sealed_report
    for at in range(0, len(sealed), len(sealed) // 40):
        other = b"A" if sealed[at : at + 1] != b"A" else b"B"
        answer = https.put_report(replace(prepared, sealed_report=sealed[:at] + other + sealed[at + 1 :]))
        assert answer.status == 422, at
    assert https.put_report(prepared).status == 201


FIRST_BYTES = [b"\x89PNG\r\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypmp42", b"PK\x03\x04"]


@pytest.mark.parametrize("start", FIRST_BYTES)
def test_pictures_and_films_are_refused(https: Https, app: ReporterApp, start: bytes) -> None:
    body = start + b"\0" * 100
    assert https.put_report(replace(app.report(), sealed_report=body)).problem == "media-type"
    named = https.put(f"{path_of(app)}/items/{digest(body)}", body)
    assert (named.status, named.problem) == (415, "media-type")


BAD_NUMBERS = ["1", "..%2f..%2fetc", "A" * 3000,
               "3F0C2A9E-6D1B-4B7A-9C55-0A4D8E2F7B10", "3f0c2a9e-6d1b-1b7a-9c55-0a4d8e2f7b10", "%00", "x'--"]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NUMBERS)
def test_bad_report_numbers(https: Https, app: ReporterApp, name: str) -> None:
    prepared = app.report()
    answer = https.put(f"/v1/reports/{name}", prepared.sealed_report, Robin_Digest=prepared.digest)
    assert answer.problem in ("id", "not-found")
    assert answer.status in (400, 404)


def test_too_large(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    answer = https.put_report(replace(prepared, sealed_report=b"e" * (3 * 1024 * 1024 + 1)))
    assert (answer.status, answer.problem) == (413, "too-large")


def _raw(https: Https, head: str, body: bytes, half_close: bool = True) -> bytes:
    plain = socket.create_connection((https.host, https.port), 20)
    with plain, https.tls.wrap_socket(plain, server_hostname=https.host) as tls:
        tls.sendall(head.encode() + b"\r\n\r\n" + body)
        return b"" if half_close else tls.recv(65536)


def test_f03_a_cut_body_is_never_stored(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    sealed = prepared.sealed_report
    head = "\r\n".join(
        [
            f"PUT {path_of(app)} HTTP/1.1", f"Host: {https.host}:{https.port}", "Content-Type: application/jose",
            f"Content-Digest: {content_digest(sealed)}", f"Robin-Digest: {prepared.digest}", f"Content-Length: {len(sealed)}",
        ]
    )  # fmt: skip
    for part in (0, 1, len(sealed) // 2, len(sealed) - 1):
        _raw(https, head, sealed[:part])
    assert https.finish(app.report_id).problem == "unknown-report"
    assert https.put_report(prepared).status == 201


def test_a_body_without_a_length(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    sealed = prepared.sealed_report
    head = "\r\n".join(
        [
            f"PUT {path_of(app)} HTTP/1.1", f"Host: {https.host}:{https.port}", "Content-Type: application/jose",
            f"Content-Digest: {content_digest(sealed)}", f"Robin-Digest: {prepared.digest}", "Transfer-Encoding: chunked",
        ]
    )  # fmt: skip
    answer = _raw(https, head, b"%x\r\n" % len(sealed) + sealed + b"\r\n0\r\n\r\n", half_close=False)
    assert answer.startswith(b"HTTP/1.1 400")
    assert https.finish(app.report_id).problem == "unknown-report"


def test_files_before_the_report(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    assert [one.problem for one in https.put_files(prepared)] == ["unknown-report"] * 2
    assert https.send(prepared).status == 200


def test_files_in_the_other_order(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    https.put_report(prepared)
    for one in (prepared.sealed_identity, prepared.sealed_items):
        assert https.put(f"{path_of(app)}/items/{digest(one)}", one).status == 201
    assert https.finish(app.report_id).status == 200


def test_finish_is_all_or_nothing(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    https.put_report(prepared)
    answer = https.finish(app.report_id)
    assert (answer.status, answer.problem) == (409, "missing")
    assert answer.json["missing"] == sorted([digest(prepared.sealed_items), digest(prepared.sealed_identity)])
    https.put(f"{path_of(app)}/items/{digest(prepared.sealed_items)}", prepared.sealed_items)
    assert https.finish(app.report_id).json["missing"] == [digest(prepared.sealed_identity)]


def test_a_file_under_another_name(https: Https, app: ReporterApp) -> None:
    prepared = app.report()
    https.put_report(prepared)
    answer = https.put(f"{path_of(app)}/items/{digest(prepared.sealed_items)}", prepared.sealed_identity)
    assert (answer.status, answer.problem) == (409, "hash")


def test_a_file_that_is_not_listed(https: Https, app: ReporterApp, endpoint: Any) -> None:
    https.put_report(app.report())
    other = ReporterApp(endpoint).report()
    answer = https.put(f"{path_of(app)}/items/{digest(other.sealed_items)}", other.sealed_items)
    assert (answer.status, answer.problem) == (409, "not-listed")


def test_items_that_do_not_fit_the_manifest(https: Https, app: ReporterApp) -> None:
    """Signed by the reporter's own key, but the lines are not the ones of the Merkle root."""
    prepared = app.report()
    items = parse_canonical(prepared.items)
    items["items"][2]["body"] = "something nobody wrote"
    plain = canonical(items)
    sealed = seal(plain, enc_of(app))

    def point(body: dict[str, Any]) -> None:
        body["files"]["items"] = {
            "digest": digest(plain), "size": len(plain), "sealed_digest": digest(sealed), "sealed_size": len(sealed),
        }  # fmt: skip

    lying = changed(app, point)
    assert https.put_report(lying).status == 201
    answer = https.put(f"{path_of(app)}/items/{digest(sealed)}", sealed)
    assert (answer.status, answer.problem) == (422, "schema")


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/v1/reports/x"), ("POST", "/v1/reports/x"), ("PUT", "/.well-known/abuse-report")])
def test_calls_that_are_not_there(https: Https, method: str, path: str) -> None:
    answer = https.call(method, path)
    assert (answer.status, answer.problem) == (405, "method")
    assert https.call("GET", "/v2/reports").problem == "not-found"


def test_every_answer_says_not_to_keep_it(https: Https, app: ReporterApp) -> None:
    for answer in (https.finish(app.report_id), https.call("GET", "/nothing"), https.send(app.report())):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers


# -- other desks


def test_categories_that_are_not_handled(tmp_path: Path) -> None:
    rules = Rules(redirects={"bullying": Redirect("School helpline", "https://help.example", "0100 555")})
    desk = Desk.create(tmp_path, "pass", "Desk", "gb", options=Options(rules=rules))
    desk.start()
    try:
        endpoint = endpoint_of(desk)
        https = Https(endpoint)
        answer = https.put_report(ReporterApp(endpoint).report(category="bullying"))
        assert (answer.status, answer.problem) == (451, "category")
        assert answer.json["redirects"]["bullying"]["phone"] == "0100 555"
        assert https.send(ReporterApp(endpoint).report(category="bullying", also=("threat",))).status == 200
    finally:
        desk.stop()


def test_floods_wait_and_lose_nothing(tmp_path: Path) -> None:
    desk = Desk.create(tmp_path, "pass", "Desk", "gb", options=Options(flood_burst=3, flood_rate=2.0))
    desk.start()
    try:
        endpoint = endpoint_of(desk)
        https = Https(endpoint)
        statuses = [https.call("GET", "/.well-known/abuse-report") for _n in range(6)]
        refused = [one for one in statuses if one.status == 429]
        assert refused
        assert refused[0].problem == "flood"
        assert int(refused[0].headers["retry-after"]) >= 1
        threading.Event().wait(int(refused[-1].headers["retry-after"]))
        assert https.put_report(ReporterApp(endpoint).report()).status == 201
    finally:
        desk.stop()


def test_f23_the_receipt_is_the_same_after_a_restart(tmp_path: Path) -> None:
    desk = Desk.create(tmp_path, "pass", "Desk", "gb")
    desk.start()
    endpoint = endpoint_of(desk)
    app = ReporterApp(endpoint)
    prepared = app.report()
    first = Https(endpoint).send(prepared).body
    desk.stop()
    again = Desk.create(tmp_path, "pass", "Desk", "gb", port=desk.address.port)
    again.start()
    try:
        assert again.profile() == desk.profile()
        assert Https(endpoint).send(prepared).body == first
    finally:
        again.stop()


def test_unfinished_reports_go_after_a_day_and_may_come_again(tmp_path: Path) -> None:
    clock = Time()
    options = Options(clock=clock, purge_every=0.05)
    desk = Desk.create(tmp_path, "pass", "Desk", "gb", options=options)
    desk.start()
    try:
        endpoint = endpoint_of(desk)
        https = Https(endpoint)
        app = ReporterApp(endpoint)
        prepared = app.report()
        https.put_report(prepared)
        clock.ahead = 24 * 3600 - 60
        _until(lambda: https.finish(app.report_id).problem == "missing")
        clock.ahead = 24 * 3600 + 60
        _until(lambda: https.finish(app.report_id).problem == "unknown-report")
        assert https.send(prepared).status == 200
        clock.ahead = 90 * 24 * 3600
        assert https.finish(app.report_id).status == 200
        clock.ahead = 92 * 24 * 3600
        _until(lambda: https.finish(app.report_id).status == 410)
        assert https.put_report(prepared).problem == "gone"
        for file in tmp_path.glob("desk.sqlite3*"):
            assert prepared.sealed_report[200:400] not in file.read_bytes()
    finally:
        desk.stop()


def _until(true: Callable[[], bool]) -> None:
    for _n in range(400):
        if true():
            return
        threading.Event().wait(0.05)
    raise AssertionError("never")


def test_nothing_readable_at_rest(tmp_path: Path) -> None:
    """The store holds sealed bytes; no name, address, word or receipt code stands in its files."""
    desk = Desk.create(tmp_path, "pass", "Desk", "gb")
    desk.start()
    endpoint = endpoint_of(desk)
    app = ReporterApp(endpoint)
    prepared = app.report()
    answer = Https(endpoint).send(prepared)
    code = open_code(answer.json["receipt_code"].encode(), app.sealing, endpoint.keys, prepared.digest)
    desk.stop()
    for file in tmp_path.rglob("*"):
        data = file.read_bytes()
        canaries = (b"sam@example.org", b"mike_2010", b"which school", b"0100 555", b"keeps asking", code.encode(), code.encode()[:9])
        for canary in canaries:
            assert canary not in data, file.name
            assert base64.b64encode(canary).rstrip(b"=")[:-2] not in data, file.name
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_tls_is_not_older_than_1_2(https: Https) -> None:
    for version, taken in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
        client = ssl.create_default_context(cadata=None)
        client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
        client.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            client.minimum_version = client.maximum_version = version
        with socket.create_connection((https.host, https.port), 20) as plain:
            if not taken:
                with pytest.raises((ssl.SSLError, ConnectionError)):
                    client.wrap_socket(plain, server_hostname=https.host)
                continue
            client.wrap_socket(plain, server_hostname=https.host).close()


def test_problems_are_plain_json(https: Https, app: ReporterApp) -> None:
    found = json.loads(https.finish(app.report_id).body)
    assert set(found) == {"type", "title", "status", "words"}
    assert "!" not in found["words"]
