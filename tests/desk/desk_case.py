"""A made-up report for the desk's tests, a reporter's app in a few lines, and a client that speaks plain HTTPS."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import ssl
import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from messenger.domain.evidence import CapturedMessage, JournalHead, RoomFacts, Snapshot
from messenger.domain.message import ArchiveId, Direction, MediaRef, RawStanza, Times, Via
from messenger.domain.report import EndpointProfile, WithdrawReason
from messenger.evidence.addendum import Addendum, AddendumInput, make_addendum
from messenger.evidence.canonical import digest
from messenger.evidence.capture import Capture, capture
from messenger.evidence.consent import LaterConsent, make_consent
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.message import Reply, make_reply, open_message
from messenger.evidence.possession import make_proof
from messenger.evidence.report import Prepared, prepare
from messenger.evidence.schema import Schemas
from messenger.evidence.statement import (
    Actions,
    Affected,
    Claims,
    Client,
    Consent,
    ContactWay,
    Declaration,
    Guardian,
    Incident,
    Qualifier,
    QuestionnaireRef,
    Reported,
    Reporter,
    ReportInput,
    ServerFacts,
    Urgency,
)
from messenger.evidence.withdrawal import Withdrawal, make_withdrawal

SCHEMAS = Schemas.packaged()
ACCOUNT = "sam@example.org"
OTHER = "mike_2010@chat.example"
LINES = (
    ("out", "i am on level 9 now"),
    ("in", "nice, you are really good for your age"),
    ("in", "which school do you go to?"),
    ("out", "why do you want to know"),
    ("in", "do not tell your dad that we chat, ok?"),
    ("in", "look at this"),
    ("in", "i can get you free game coins"),
    ("out", "no thank you"),
)
CHOSEN = (3, 5, 6, 7)


def at(minute: int) -> str:
    return f"2026-11-21T20:{minute:02d}:00.000Z"


def raw(xml: str) -> RawStanza:
    digest_hex = hashlib.sha256(xml.encode()).hexdigest()
    return RawStanza(xml, digest_hex, xml, digest_hex)


def line(seq: int, direction: str, body: str, **changes: Any) -> CapturedMessage:
    incoming = direction == "in"
    base = CapturedMessage(
        message=seq,
        seq=seq,
        direction=Direction.IN if incoming else Direction.OUT,
        via=Via.LIVE if incoming else Via.SENT_HERE,
        sender=f"{OTHER}/phone" if incoming else f"{ACCOUNT}/robin",
        to=ACCOUNT if incoming else OTHER,
        kind="chat",
        stanza_id=f"id-{seq}",
        origin_id=f"id-{seq}",
        archive_id=ArchiveId(ACCOUNT, f"archive-{seq}"),
        duplicate_archive_ids=False,
        body=body,
        lang="en",
        times=Times(received=at(seq)),
        raw=raw(f"<message id='id-{seq}'/>"),
        edits=(),
        reply_to="",
        media=(MediaRef("photo.jpg", "image/jpeg", 1_258_291, "https://up.example/a", ()),) if seq == 6 else (),
        encryption="none",
        journal_index=seq,
        journal_hash=hashlib.sha256(str(seq).encode()).hexdigest(),
    )
    return replace(base, **changes)


def statement(endpoint: EndpointProfile, report_id: str, **changes: Any) -> ReportInput:
    base = ReportInput(
        report_id=report_id,
        created_at=at(30),
        lang="en",
        client=Client("Robin", "0.1", "linux"),
        questionnaire=QuestionnaireRef("abuse", "1", digest(b"questions")),
        category="grooming",
        urgency=Urgency("today", 45, ("13 to 15 years old", "asked to keep a secret", "asked for the school", "still going on")),
        role="self",
        reporter=Reporter(
            ACCOUNT,
            "Sam",
            "13_15",
            "gb",
            (ContactWay("xmpp", ACCOUNT, True, "after school"),),
            Guardian("Kim", "0100 555"),
        ),
        declaration=Declaration("I believe that this is true.", at(29)),
        endpoint=endpoint,
        qualifiers=(
            Qualifier("g1", ("yes",), "Did they ask you to keep a secret?", "Yes", at(25)),
            Qualifier("g3", ("school",), "Did they ask where you live or go to school?", "My school", at(26)),
        ),
        affected=(Affected(True, "13_15"),),
        reported=(Reported(OTHER, ("mike_2010",), claims=Claims(age="16")),),
        incident=Incident(at(1), at(8), "yes"),
        narrative="He keeps asking about my school. It feels odd.",
        consent=Consent(share_with_police=True),
        actions=Actions(told_adult=False),
        server=ServerFacts("example.org", ("urn:xmpp:mam:2",), asked_at=at(29)),
    )
    return replace(base, **changes)


@dataclass
class ReporterApp:
    """The reporter's side of one report."""

    endpoint: EndpointProfile
    signing: SigningKey = field(default_factory=SigningKey.generate)
    sealing: SealingKey = field(default_factory=SealingKey.generate)
    report_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def report(self, lines: Any = LINES, chosen: Any = CHOSEN, room: RoomFacts | None = None, **changes: Any) -> Prepared:
        said = [one if isinstance(one, CapturedMessage) else line(seq, *one) for seq, one in enumerate(lines, 1)]
        taken = Snapshot(1, ACCOUNT, OTHER, JournalHead(max(8, len(said)) + 1, digest(b"head"), at(0)), at(30), len(said), room)
        stated = statement(self.endpoint, self.report_id, **changes)
        return prepare(stated, capture(said, set(chosen)), taken, self.signing, self.sealing, SCHEMAS)

    def authorization(self, method: str, path: str, now: float | None = None) -> dict[str, str]:
        url = self.endpoint.base + path
        made = make_proof(self.signing, method, url, self.report_id, int(time.time() if now is None else now))
        return {"Authorization": f"DPoP {made}"}

    def reply(self, text: str, id: str = "", done: tuple[str, ...] = (), **more: Any) -> bytes:
        made = Reply(self.report_id, id or str(uuid.uuid4()), at(40), text, done, **more)
        return make_reply(self.signing, self.desk_enc, made)

    @property
    def desk_enc(self) -> dict[str, str]:
        return next(key for key in self.endpoint.keys if key["crv"] == "X25519")

    def addendum(self, prev: str, lines: Any = LINES[:3], words: str = "There was more.", **changes: Any) -> Addendum:
        said = [one if isinstance(one, CapturedMessage) else line(seq, *one) for seq, one in enumerate(lines, 1)]
        taken = Snapshot(1, ACCOUNT, OTHER, JournalHead(9, digest(b"head 2"), at(0)), at(50), len(said)) if said else None
        stated = AddendumInput(self.report_id, str(uuid.uuid4()), at(50), prev, "en", words, ServerFacts("example.org", asked_at=at(49)))
        kept = capture(said, {1}) if said else Capture()
        return make_addendum(self.signing, self.desk_enc, replace(stated, **changes), kept, taken, SCHEMAS)

    def withdrawal(self, reason: WithdrawReason = WithdrawReason.MISTAKE, text: str = "", **changes: Any) -> bytes:
        wish = Withdrawal(self.report_id, str(uuid.uuid4()), at(55), reason, text)
        return make_withdrawal(self.signing, self.desk_enc, replace(wish, **changes))

    def consent(self, **changes: Any) -> bytes:
        allowed = LaterConsent(self.report_id, str(uuid.uuid4()), at(52))
        return make_consent(self.signing, self.desk_enc, replace(allowed, **changes))

    def read(self, sealed: str, n: int) -> Any:
        return open_message(sealed.encode(), self.sealing, self.endpoint.keys, self.report_id, n)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def problem(self) -> str:
        assert self.headers["content-type"] == "application/problem+json", self.body
        assert self.json["words"]
        return str(self.json["type"]).removeprefix("urn:robin:problem:")


class Https:
    """Calls on a desk with its own certificate pinned; no redirects."""

    def __init__(self, endpoint: EndpointProfile) -> None:
        self.host, _, port = endpoint.base.removeprefix("https://").partition(":")
        self.port = int(port)
        self.tls = ssl.create_default_context(cafile=endpoint.ca_file)

    def connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=40)

    def call(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        connection = self.connection()
        try:
            connection.request(method, path, body, headers or {})
            got = connection.getresponse()
            data = got.read()
            named = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, named, data, tuple(got.headers.get_all("set-cookie") or ()))
        finally:
            connection.close()

    def put(self, path: str, body: bytes, **headers: str) -> Answer:
        made = {
            "Content-Type": "application/jose",
            "Content-Digest": content_digest(body),
            "If-None-Match": "*",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.call("PUT", path, body, {name: value for name, value in made.items() if value})

    def put_report(self, prepared: Prepared, **headers: str) -> Answer:
        path = f"/v1/reports/{prepared.report_id}"
        return self.put(path, prepared.sealed_report, **{"Robin_Digest": prepared.digest, **headers})

    def put_files(self, prepared: Prepared) -> list[Answer]:
        path = f"/v1/reports/{prepared.report_id}/items/"
        return [self.put(path + digest(one), one) for one in (prepared.sealed_items, prepared.sealed_identity)]

    def post(self, path: str, body: bytes, **headers: str) -> Answer:
        """POST of a sealed body."""
        made = {"Content-Type": "application/jose", "Content-Digest": content_digest(body)}
        return self.call("POST", path, body, {**made, **{name.replace("_", "-"): one for name, one in headers.items()}})

    def add(self, app: ReporterApp, one: Addendum, **headers: str) -> Answer:
        """PUT of an addendum, proved by the reporter's key."""
        path = f"/v1/reports/{app.report_id}/addenda/{one.addendum_id}"
        return self.put(path, one.sealed, **{"Robin_Digest": one.digest, **app.authorization("PUT", path), **headers})

    def withdraw(self, app: ReporterApp, body: bytes, **headers: str) -> Answer:
        """POST of a withdrawal, proved by the reporter's key."""
        path = f"/v1/reports/{app.report_id}/withdraw"
        return self.post(path, body, **{**app.authorization("POST", path), **headers})

    def write(self, app: ReporterApp, body: bytes) -> Answer:
        """POST of a reply, proved by the reporter's key."""
        path = f"/v1/reports/{app.report_id}/messages"
        return self.post(path, body, **app.authorization("POST", path))

    def allow(self, app: ReporterApp, body: bytes, **headers: str) -> Answer:
        """POST of a consent, proved by the reporter's key."""
        path = f"/v1/reports/{app.report_id}/consent"
        return self.post(path, body, **{**app.authorization("POST", path), **headers})

    def finish(self, report_id: str) -> Answer:
        return self.call("POST", f"/v1/reports/{report_id}/finish", b"")

    def send(self, prepared: Prepared) -> Answer:
        """The whole of a report; the answer of finish."""
        assert self.put_report(prepared).status in (200, 201)
        parts = self.put_files(prepared)
        assert all(one.status in (200, 201) for one in parts), [one.body for one in parts]
        return self.finish(prepared.report_id)


def content_digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
