"""TLS pins (F12): a desk with the pinned key is spoken to, one in the middle with a trusted certificate gets no byte."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

import tests.endpoints.scripted_desk as case
from messenger.domain.errors import EndpointRejected, EndpointUnreachable
from messenger.endpoints._static import fetch
from messenger.endpoints._transport import spki_pin
from messenger.endpoints.https import HttpsEndpoint
from messenger.evidence.schema import Schemas
from messenger.services.clock import SystemClock
from messenger.services.ports import Submission
from tests.endpoints.scripted_desk import ScriptedDesk, finished, response

OTHER = "A" * 42 + "E"


def pin_of(certificate: trustme.LeafCert) -> str:
    loaded = load_pem_x509_certificate(certificate.cert_chain_pems[0].bytes())
    return spki_pin(loaded.public_bytes(Encoding.DER))


def send(authority: trustme.CA, schemas: Schemas, ca_file: str, pins: Any) -> tuple[Any, ScriptedDesk]:
    async def main() -> tuple[Any, ScriptedDesk]:
        certificate = authority.issue_cert("127.0.0.1")
        async with ScriptedDesk(authority, certificate) as desk:
            profile = replace(desk.profile(ca_file), pins=pins(pin_of(certificate)))
            report = case.make_report(schemas, profile)
            desk.script = {"finish": finished(report)}
            endpoint = HttpsEndpoint(SystemClock())
            given = Submission(report.report_id, report.digest, case.package_of(report), profile)
            try:
                return await endpoint.submit(given), desk
            except EndpointUnreachable as error:
                return error, desk
            finally:
                await endpoint.close()

    return asyncio.run(main())


@pytest.mark.parametrize("pins", [lambda pin: (pin,), lambda pin: (OTHER, pin), lambda _pin: ()])
def test_f12_a_desk_with_a_pinned_key_gets_the_report(
    pins: Any, authority: trustme.CA, schemas: Schemas, ca_file: str
) -> None:
    done, desk = send(authority, schemas, ca_file, pins)
    assert done.receipt.case_number == "AB42-CD34"
    assert desk.steps == ["put", "item", "item", "finish"]


def test_f12_a_trusted_certificate_with_another_key_gets_no_byte(
    authority: trustme.CA, schemas: Schemas, ca_file: str
) -> None:
    done, desk = send(authority, schemas, ca_file, lambda _pin: (OTHER,))
    assert isinstance(done, EndpointUnreachable)
    assert done.fields["reason"] == "certificate"
    assert desk.seen == []


# -- the static file of a directory


def ask(authority: trustme.CA, ca_file: str, answer: bytes, most: int = 1000, path: str = "/robin.jws") -> Any:
    async def main() -> Any:
        async with ScriptedDesk(authority) as desk:
            desk.script = {"status": answer}
            return await fetch(f"https://127.0.0.1:{desk.port}{path}", most, ca_file), desk.seen[0]

    return asyncio.run(main())


def test_a_static_file_is_fetched_without_anything_that_names_the_asker(authority: trustme.CA, ca_file: str) -> None:
    data, seen = ask(authority, ca_file, response(200, b"words", {"Set-Cookie": "a=b", "ETag": '"one"'}))
    assert data == b"words"
    assert (seen.method, seen.path, seen.body) == ("GET", "/robin.jws", b"")
    assert set(seen.headers) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert seen.headers["user-agent"] == "Robin-Messenger"


@pytest.mark.parametrize(
    "answer",
    [
        response(302, b"", {"Location": "https://elsewhere.example/"}),
        response(404),
        response(200, b"a" * 1001),
        response(200, b"a", {"Content-Encoding": "gzip"}),
    ],
)
def test_a_static_file_that_is_not_there_or_too_big_is_none(answer: bytes, authority: trustme.CA, ca_file: str) -> None:
    with pytest.raises(EndpointUnreachable):
        ask(authority, ca_file, answer)


@pytest.mark.parametrize("path", ["/robin.jws?who=me", "/robin.jws#me"])
def test_an_address_with_a_query_is_not_asked(path: str, authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    with pytest.raises(EndpointRejected):
        ask(authority, ca_file, response(200), path=path)
