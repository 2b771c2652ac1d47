"""A desk on loopback whose every answer is a script: it speaks TLS and just enough HTTP to be as bad as it likes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import trustme

from messenger.domain.receipt import IdentityLevel, Receipt
from messenger.domain.report import EndpointProfile
from messenger.evidence.canonical import b64u
from messenger.evidence.capture import Capture
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.package import Package
from messenger.evidence.receipt import make_code, make_receipt
from messenger.evidence.report import Prepared, prepare
from messenger.evidence.schema import Schemas
from messenger.evidence.statement import (
    Client,
    ContactWay,
    Declaration,
    QuestionnaireRef,
    Reporter,
    ReportInput,
    Urgency,
)

NOW = "2026-11-24T09:00:00.000Z"
REPORT_ID = "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b10"
REPORTER_SIG, REPORTER_ENC = SigningKey.generate(), SealingKey.generate()
DESK_SIG, DESK_ENC = SigningKey.generate(), SealingKey.generate()
CANARY = "the words that nobody on the way may read"


@dataclass
class Request:
    """A call as the desk saw it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def step(self) -> str:
        """put, item, finish, status, messages or write; sessions, code, answer, consent, withdraw, addenda."""
        for name in ("sessions", "code", "answer", "consent", "withdraw"):
            if self.path.endswith(f"/{name}"):
                return name
        if "/addenda/" in self.path:
            return "addenda"
        if self.path.endswith("/finish"):
            return "finish"
        if "/messages" in self.path:
            return "messages" if self.method == "GET" else "write"
        if "/items/" in self.path:
            return "item"
        return "put" if self.method == "PUT" else "status"


Raw = bytes | Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def response(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None, kind: str = "application/json"
) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status} Word", f"Content-Length: {len(body)}", f"Content-Type: {kind}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def problem(status: int, word: str, words: str = "", headers: dict[str, str] | None = None) -> bytes:
    body = {"type": f"urn:robin:problem:{word}", "title": word, "status": status, "words": words}
    return response(status, json.dumps(body).encode(), headers, "application/problem+json")


@dataclass
class ScriptedDesk:
    """Answers by `script[step]`: bytes, a coroutine that writes them, or a list of such, one a call (the last one stays)."""

    authority: trustme.CA
    certificate: trustme.LeafCert | None = None
    script: dict[str, Raw | list[Raw]] = field(default_factory=dict)
    seen: list[Request] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    max_tls: ssl.TLSVersion | None = None

    async def __aenter__(self) -> Self:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.max_tls is not None:
            context.minimum_version = self.max_tls
            context.maximum_version = self.max_tls
            context.set_ciphers("ALL:@SECLEVEL=0")
        (self.certificate or self.authority.issue_cert("127.0.0.1", "localhost")).configure_cert(context)
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context, limit=2**24)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def steps(self) -> list[str]:
        return [one.step for one in self.seen]

    def profile(self, ca_file: str, host: str = "127.0.0.1") -> EndpointProfile:
        return EndpointProfile(
            id="desk",
            name="Test desk",
            base=f"https://{host}:{self.port}",
            keys=(DESK_SIG.public_jwk(), DESK_ENC.public_jwk()),
            ca_file=ca_file,
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            request = await self._read(reader)
            if request is not None:
                self.seen.append(request)
                await self._answer(request, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # A cancelled handler would be logged by the stream's own callback.
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader) -> Request | None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, path, _version = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        return Request(method, path, headers, body)

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        scripted = self.script.get(request.step)
        if isinstance(scripted, list):
            scripted = scripted.pop(0) if len(scripted) > 1 else scripted[0]
        if scripted is None:
            scripted = response(201) if request.step in ("put", "item") else response(200, b"{}")
        if isinstance(scripted, bytes):
            writer.write(scripted)
            await writer.drain()
            writer.write_eof() if writer.can_write_eof() else None
            await asyncio.sleep(0.05)
        else:
            await scripted(request, writer)


def make_report(schemas: Schemas, profile: EndpointProfile) -> Prepared:
    """A small report to the desk of `profile`."""
    stated = ReportInput(
        report_id=REPORT_ID,
        created_at=NOW,
        lang="en",
        client=Client("Robin Messenger", "0", "linux"),
        questionnaire=QuestionnaireRef("abuse", "1", b64u(hashlib.sha256(b"q").digest())),
        category="unsure",
        urgency=Urgency("log", 0),
        role="self",
        reporter=Reporter("robin@home.example", "Sam", "13_15", "gb", (ContactWay("xmpp", "robin@home.example"),)),
        declaration=Declaration("This is true.", NOW),
        narrative=CANARY,
        endpoint=profile,
    )
    return prepare(stated, Capture(), None, REPORTER_SIG, REPORTER_ENC, schemas)


def receipt_of(report: Prepared, key: SigningKey = DESK_SIG, digest: str = "", report_id: str = "") -> str:
    return make_receipt(
        key,
        Receipt(
            report_id=report_id or report.report_id,
            report_digest=digest or report.digest,
            case_number="AB42-CD34",
            received_at=NOW,
            reporter_jid="robin@home.example",
            identity_level=IdentityLevel.UNVERIFIED,
            next_contact_by="2026-11-25T09:00:00.000Z",
            jws="",
        ),
    )


def finished(report: Prepared, receipt: str = "") -> bytes:
    """The good answer to finish."""
    code = make_code(DESK_SIG, REPORTER_ENC.public_jwk(), report.report_id, report.digest, "4827 1930 5561 0374")
    body = {
        "receipt": receipt or receipt_of(report),
        "receipt_code": code.decode(),
        "status": "received",
        "messages_after": "0",
    }
    return response(200, json.dumps(body).encode())


def package_of(report: Prepared) -> bytes:
    return Package.of(report).encode()
