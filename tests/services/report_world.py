"""A whole reporting path for tests: real store, real keys, real sealed files; the clock and the desk may be stand-ins."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from messenger import resources
from messenger.domain.errors import EndpointRejected, RobinError
from messenger.domain.events import Event
from messenger.domain.message import Direction, IncomingMessage, RawStanza, Times, Via
from messenger.domain.receipt import AddendumReceipt, IdentityLevel, Receipt, WithdrawalOutcome, Withdrawn
from messenger.domain.report import Draft, EndpointProfile, ReportContext
from messenger.evidence.addendum import (
    SignedAddendum,
    make_addendum_receipt,
    open_addendum,
    verify_addendum_receipt,
)
from messenger.evidence.consent import CodeRequest, LaterConsent, open_code_request, open_consent
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.message import Reply, open_reply
from messenger.evidence.package import Package
from messenger.evidence.receipt import make_code, make_receipt, verify_receipt
from messenger.evidence.report import SignedReport, open_report
from messenger.evidence.schema import Schemas
from messenger.evidence.withdrawal import (
    Withdrawal,
    make_withdrawal_receipt,
    open_withdrawal,
    verify_withdrawal_receipt,
)
from messenger.questionnaire.form import QuestionKind, Questionnaire
from messenger.questionnaire.interview import Interview
from messenger.safety import profiles
from messenger.services.bus import Bus
from messenger.services.clock import SystemClock, rfc3339
from messenger.services.ports import Accepted, CaseNews, Clock, Endpoint, Submission
from messenger.services.quiet import Quiet
from messenger.services.report_parts import ReportServices, Ways, report_services
from messenger.services.sessions import Sessions
from messenger.services.tasks import Tasks
from messenger.storage import history
from messenger.storage.database import Database
from tests.services.played_chat import blocking

KEY = bytes(range(32))
ACCOUNT = "sam@home.example"
OTHER = "max@elsewhere.example"
CODE = "4827 1930 5561 0374"
CASE = "AB42-CD34"


class Memory:
    """`ports.SecretStore` that keeps secrets in a dict shared by all runs of a test."""

    def __init__(self, persistent: bool = True, fails: type[RobinError] | None = None) -> None:
        self.persistent = persistent
        self.fails = fails
        self.kept: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        if self.fails is not None:
            raise self.fails
        return self.kept.get(name)

    async def put(self, name: str, value: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.kept[name] = value

    async def delete(self, name: str) -> None:
        if self.fails is not None:
            raise self.fails
        self.kept.pop(name, None)


class Manual:
    """`ports.Clock` that moves only when it is told; whoever sleeps waits until then."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 11, 24, 9, tzinfo=UTC)
        self.ticks = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    @classmethod
    def at(cls, wall: datetime) -> Manual:
        """A clock of a program that starts at this time."""
        made = cls()
        made.wall = wall
        return made

    def now(self) -> str:
        return rfc3339(self.wall)

    def monotonic(self) -> float:
        return self.ticks

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.ticks + seconds, future))
        await future

    def forward(self, seconds: float) -> None:
        self.ticks += seconds
        self.wall += timedelta(seconds=seconds)
        for at, future in self._sleepers:
            if at <= self.ticks and not future.done():
                future.set_result(None)
        self._sleepers = [one for one in self._sleepers if not one[1].done()]

    @property
    def slept_in(self) -> bool:
        """Whether somebody sleeps who is not due."""
        return bool(self._sleepers)

    def jump(self, seconds: float) -> None:
        """The wall clock alone is set, as by a person or a time server."""
        self.wall += timedelta(seconds=seconds)


class StandIn:
    """`ports.Endpoint` in memory with real keys: it opens, checks and files reports as a desk does.

    `plan` holds what the next calls raise; None means it goes well, and so does an empty plan.
    """

    def __init__(self, name: str = "Test desk") -> None:
        self.signing, self.sealing = SigningKey.generate(), SealingKey.generate()
        self.profile = EndpointProfile(
            id="test-desk",
            name=name,
            base="https://desk.example:8443",
            keys=(self.signing.public_jwk(), self.sealing.public_jwk()),
            country="gb",
        )
        self.plan: list[BaseException | None] = []
        self.tries: list[str] = []
        self.bytes: list[bytes] = []
        self.filed: dict[str, SignedReport] = {}
        self.news_plan: list[CaseNews | BaseException | None] = []
        self.asked: list[tuple[int, str, int]] = []
        self.replies: list[str] = []
        self.reply_plan: list[BaseException | None] = []
        self.full_replies: list[Reply] = []
        self.plans: dict[str, list[BaseException | None]] = {}
        self.calls: list[str] = []
        self.asked_jids: list[str] = []
        self.codes: list[CodeRequest] = []
        self.consents: list[LaterConsent] = []
        self.added: dict[str, list[SignedAddendum]] = {}
        self.added_bytes: list[bytes] = []
        self.withdrawn: list[Withdrawal] = []
        self.outcome = WithdrawalOutcome.ERASED
        self.before: Callable[[], None] = lambda: None

        async def nobody_asks() -> None:
            return None

        self.asking: Callable[[], Awaitable[None]] = nobody_asks
        self.schemas = Schemas.packaged()
        self.closed = False

    async def submit(self, submission: Submission) -> Accepted:
        self.tries.append(submission.report_id)
        self.bytes.append(submission.package)
        self.before()
        planned = self.plan.pop(0) if self.plan else None
        if planned is not None:
            raise planned
        package = Package.decode(submission.package)
        report = open_report(package.report, self.sealing, self.schemas)
        assert report.digest == submission.digest
        if submission.proof is not None:
            await submission.proof()
        self.filed.setdefault(report.report_id, report)
        jws = self.receipt(report)
        enc = report.body["reporter"]["keys"]["enc"]
        code = make_code(self.signing, enc, report.report_id, report.digest, CODE)
        return Accepted(verify_receipt(jws, self.profile.keys, report.digest), code.decode())

    def receipt(self, report: SignedReport) -> str:
        return make_receipt(
            self.signing,
            Receipt(
                report_id=report.report_id,
                report_digest=report.digest,
                case_number=CASE,
                received_at="2026-11-24T09:00:05.000Z",
                reporter_jid=report.body["reporter"]["jid"],
                identity_level=IdentityLevel.UNVERIFIED,
                next_contact_by="2026-11-25T09:00:00.000Z",
                jws="",
            ),
        )

    async def news(
        self,
        profile: EndpointProfile,
        report_id: str,
        prove: Callable[[str, str], str],
        after: int,
        etag: str,
        wait: int = 0,
    ) -> CaseNews | None:
        prove("GET", f"/v1/reports/{report_id}")
        self.asked.append((after, etag, wait))
        planned = self.news_plan.pop(0) if self.news_plan else None
        if isinstance(planned, BaseException):
            raise planned
        return planned

    async def write(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], sealed: bytes
    ) -> None:
        planned = self.reply_plan.pop(0) if self.reply_plan else None
        if planned is not None:
            raise planned
        keys = self.filed[report_id].reporter_keys()
        self.full_replies.append(open_reply(sealed, self.sealing, keys, report_id))
        self.replies.append(self.full_replies[-1].text)

    def planned(self, call: str) -> None:
        """The next thing planned for this call happens."""
        self.calls.append(call)
        plan = self.plans.get(call, [])
        planned = plan.pop(0) if plan else None
        if planned is not None:
            raise planned

    async def prove_address(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], jid: str
    ) -> IdentityLevel:
        prove("POST", "/v1/sessions")
        self.planned("prove_address")
        self.asked_jids.append(jid)
        await self.asking()
        return IdentityLevel.VERIFIED

    async def ask_code(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], sealed: bytes
    ) -> None:
        self.planned("ask_code")
        self.codes.append(open_code_request(sealed, self.sealing, self.filed[report_id].reporter_keys(), report_id))

    async def answer_code(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], code: str
    ) -> IdentityLevel:
        self.planned("answer_code")
        if code != "123456":
            raise EndpointRejected(403, "wrong-code")
        return IdentityLevel.CODE

    async def consent(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], sealed: bytes
    ) -> None:
        self.planned("consent")
        self.consents.append(open_consent(sealed, self.sealing, self.filed[report_id].reporter_keys(), report_id))

    async def add(
        self,
        profile: EndpointProfile,
        report_id: str,
        prove: Callable[[str, str], str],
        addendum_id: str,
        digest: str,
        sealed: bytes,
    ) -> AddendumReceipt:
        prove("PUT", f"/v1/reports/{report_id}/addenda/{addendum_id}")
        self.added_bytes.append(sealed)
        self.planned("add")
        report = self.filed[report_id]
        found = open_addendum(sealed, self.sealing, report.reporter_keys(), report_id, self.schemas)
        assert (found.digest, found.addendum_id) == (digest, addendum_id)
        chain = self.added.setdefault(report_id, [])
        if found.digest not in [one.digest for one in chain]:
            last = chain[-1].digest if chain else report.digest
            if found.prev_digest != last:
                error = EndpointRejected(409, "chain")
                error.fields["last"] = last
                raise error
            chain.append(found)
        self.planned("added")
        made = AddendumReceipt(report_id, addendum_id, digest, CASE, "2026-11-24T10:00:00.000Z", "")
        jws = make_addendum_receipt(self.signing, made)
        return verify_addendum_receipt(jws, self.profile.keys, digest, report_id, addendum_id)

    async def withdraw(
        self, profile: EndpointProfile, report_id: str, prove: Callable[[str, str], str], digest: str, sealed: bytes
    ) -> Withdrawn:
        self.planned("withdraw")
        self.withdrawn.append(open_withdrawal(sealed, self.sealing, self.filed[report_id].reporter_keys(), report_id))
        self.planned("withdrew")
        made = Withdrawn(report_id, digest, CASE, "2026-11-24T10:00:00.000Z", self.outcome, "")
        return verify_withdrawal_receipt(
            make_withdrawal_receipt(self.signing, made), self.profile.keys, digest, report_id
        )

    def clock_offset(self, profile: EndpointProfile) -> int:
        return 0

    async def close(self) -> None:
        self.closed = True


@dataclass
class World:
    """One run of the program over one profile folder."""

    folder: Path
    db: Database
    services: ReportServices
    bus: Bus
    tasks: Tasks
    clock: Clock
    quiet: Quiet
    sessions: Sessions
    left: list[int] = field(default_factory=list)
    rooms_told: list[tuple[int, str, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def told(self, kind: type[Event]) -> list[Event]:
        return [one for one in self.events if isinstance(one, kind)]

    async def chat(self, count: int = 12, account: str = ACCOUNT, other: str = OTHER, start: int = 1) -> list[int]:
        """Store a conversation; returns the message ids in order."""
        batch = [message(number, account, other) for number in range(start, start + count)]
        stored = await self.db.write(history.store, batch)
        return [one for part in stored for one in part.new]

    async def draft(self, chosen: tuple[int, ...] = (), conversation: int | None = None, **options: str) -> Draft:
        """A draft with every answer given."""
        context = ReportContext(
            account=options.pop("account", ACCOUNT),
            conversation=conversation,
            messages=chosen,
            counterpart=options.pop("counterpart", OTHER),
        )
        draft, form, talk = await self.services.reporting.begin(context)
        return await self.answer(draft, form, talk, **options)

    async def answer(self, draft: Draft, form: Questionnaire, talk: Interview, **options: str) -> Draft:
        from dataclasses import replace

        talk = answered(form, talk, self.clock.now(), options)
        return await self.services.reporting.save(replace(draft, interview=talk.to_json()))


def message(number: int, account: str = ACCOUNT, other: str = OTHER, body: str = "") -> IncomingMessage:
    incoming = number % 2 == 1
    words = body or f"line {number}"
    xml = f"<message xmlns='jabber:client' id='m-{number}'><body>{words}</body></message>"
    digest = hashlib.sha256(xml.encode()).hexdigest()
    return IncomingMessage(
        account=account,
        counterpart=other,
        direction=Direction.IN if incoming else Direction.OUT,
        via=Via.LIVE if incoming else Via.CARBON,
        sender=f"{other}/phone" if incoming else f"{account}/tablet",
        to=account if incoming else other,
        kind="chat",
        stanza_id=f"m-{number}",
        origin_id=f"m-{number}",
        archive_id=None,
        duplicate_archive_ids=False,
        body=words,
        lang="en",
        times=Times(received=f"2026-11-23T{number // 60 % 24:02d}:{number % 60:02d}:00.000Z"),
        raw=RawStanza(xml, digest, xml, digest),
    )


def answered(form: Questionnaire, talk: Interview, now: str, options: Mapping[str, str] | None = None) -> Interview:
    """Walk to the check page answering what is required; `options` by question id take the place of the first choice."""
    given = {
        "safe": "yes",
        "role": "self",
        "age": "13_15",
        "tiles": "grooming",
        "name": "Sam",
        "contact": "here",
        **(options or {}),
    }
    while not talk.at_check:
        # Questions come and go with the answers: until nothing new is asked on this page.
        while asked := [
            one for one in talk.questions() if talk.given(one.id).empty and (one.required or one.id in given)
        ]:
            question = asked[0]
            value = given.get(question.id)
            if question.kind in (QuestionKind.TEXT, QuestionKind.PERSON):
                talk = talk.answer(question.id, text=value or "some words", at=now)
            else:
                choices = value.split() if value else [question.options[0].id]
                talk = talk.answer(question.id, *choices, at=now)
        talk = talk.forward()
    assert not talk.all_problems()
    return talk


def write_profile(folder: Path, profile: EndpointProfile) -> None:
    (folder / "endpoints").mkdir(parents=True, exist_ok=True)
    (folder / "endpoints" / "desk.json").write_bytes(profiles.dump(profile))


@asynccontextmanager
async def opened(
    folder: Path,
    endpoint: Endpoint | None,
    clock: Clock | None = None,
    secrets: Memory | None = None,
    profile: EndpointProfile | None = None,
    hourly: int = 5,
    country: str = "gb",
) -> AsyncIterator[World]:
    """Start over the profile in `folder`; the worker is not started."""
    if profile is not None:
        write_profile(folder, profile)
    db = await Database.open(folder / "robin.db", KEY)
    bus = Bus()
    tasks = Tasks(bus)
    clock = clock or SystemClock()
    quiet = Quiet()

    async def chosen_country() -> str:
        return country

    sessions = Sessions()
    left: list[int] = []

    async def leave(conversation: int) -> None:
        left.append(conversation)

    rooms_told: list[tuple[int, str, str]] = []

    async def tell_room(conversation: int, occupant: str, words: str) -> None:
        rooms_told.append((conversation, occupant, words))

    services = report_services(
        db,
        secrets or Memory(),
        {"https": endpoint} if endpoint is not None else {},
        Ways(folder / "outbox", folder / "endpoints", country=chosen_country, hourly=hourly),
        tasks,
        bus,
        clock,
        sessions,
        quiet,
        blocking(db, sessions),
        leave,
        tell_room,
    )
    world = World(folder, db, services, bus, tasks, clock, quiet, sessions, left, rooms_told)
    bus.subscribe(Event, world.events.append)
    try:
        yield world
    finally:
        await services.outbox.close()
        await tasks.close()
        await db.close()


async def until(condition: Callable[[], object]) -> None:
    """Let real threads and the loop work until it is so."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


def questions() -> bytes:
    return resources.read("questions/abuse.json")
