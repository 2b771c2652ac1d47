"""Services that keep to their signatures and hold everything in memory, and a border that answers on the next turn."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QObject, QTimer

from messenger import resources
from messenger.domain.account import Account
from messenger.domain.conversation import ChatSummary
from messenger.domain.errors import (
    CodeWrong,
    DraftGone,
    EndpointUnreachable,
    NoEndpoint,
    ReceiverChanged,
    RobinError,
)
from messenger.domain.events import Event, ReportAccepted, ReportChanged, SettingsChanged, TaskFailed
from messenger.domain.evidence import JournalHead, Snapshot
from messenger.domain.receipt import Advice, AdviceStep, CaseStatus, IdentityLevel, WithdrawalOutcome, Withdrawn
from messenger.domain.report import (
    AddendumSummary,
    Aftercare,
    AftercareDeed,
    Draft,
    DraftSummary,
    EndpointProfile,
    EvidencePage,
    EvidenceRow,
    OutboxState,
    Preview,
    ReportContext,
    ReportSummary,
    Shown,
    StatusChange,
)
from messenger.domain.tip import Band
from messenger.questionnaire import tree
from messenger.questionnaire.interview import Interview
from messenger.safety import deck as decks
from messenger.safety import jurisdictions
from messenger.safety.handing import handed_way
from messenger.safety.where import where
from messenger.services.receivers import Routed
from tests.ui.stand_ins import Guardian

TODAY = date(2026, 11, 24)
CHILD, PARTY = "sam@example.org", "mike_2010@chat.example"
TALK = (
    ("out", "20:58", "i am on level 9 now"),
    ("in", "20:59", "nice, you are really good for your age"),
    ("in", "21:01", "which school do you go to?"),
    ("out", "21:02", "why do you want to know"),
    ("in", "21:03", "do not tell your dad that we chat, ok?"),
    ("in", "21:04", ""),
    ("in", "21:05", "i can get you free game coins"),
    ("out", "21:07", "no thank you"),
)


class StandInEngine(QObject):
    """Runs the question at once and gives the answer on the next turn of the event loop, as the border does."""

    def __init__(self, hub: Any) -> None:
        super().__init__()
        self.hub = hub
        self.handlers: dict[type, list[Any]] = {}
        self.failures: list[RobinError] = []
        self.waiting = 0

    def call(self, ask, done=None, failed=None):
        live = [True]
        try:
            result = asyncio.run(ask(self.hub))
        except RobinError as error:
            kept = error
            if failed is None:
                self.failures.append(kept)
                self.publish(TaskFailed("call", kept))
            else:
                self._post(live, lambda: failed(kept))
        else:
            if done is not None:
                self._post(live, lambda: done(result))
        return lambda: live.__setitem__(0, False)

    def _post(self, live, answer) -> None:
        self.waiting += 1

        def give() -> None:
            self.waiting -= 1
            if live[0]:
                answer()

        QTimer.singleShot(0, self, give)

    def on(self, kind, handler):
        self.handlers.setdefault(kind, []).append(handler)
        return lambda: self.handlers[kind].remove(handler) if handler in self.handlers[kind] else None

    def publish(self, event: Event) -> None:
        for handler in tuple(self.handlers.get(type(event), ())):
            QTimer.singleShot(0, self, lambda h=handler: h(event))


class Reporting:
    def __init__(self, talk=TALK) -> None:
        self.form = tree.load(resources.read("questions/abuse.json"), "questions/abuse.json")
        self.rows = [
            EvidenceRow(
                n + 1, d, "You" if d == "out" else "mike_2010", f"2026-11-21T{t}:00.000Z", b,
                () if b else ("picture.jpg",), False, False, "no",
            )
            for n, (d, t, b) in enumerate(talk)
        ]  # fmt: skip
        self.kept: dict[str, Draft] = {}
        self.saves = 0
        self.submitted: list[tuple[str, bool]] = []
        self.profile: EndpointProfile | None = EndpointProfile(
            "harbour", "Harbour Child Safety Desk", "https://desk.example", (), country="gb"
        )
        self.closed = ""
        self.asked: list[Draft] = []
        self.fail_save: RobinError | None = None
        self.fail_submit: RobinError | None = None
        self.known: dict[str, Any] = {}
        self.number = 0

    async def begin(self, context: ReportContext):
        for draft in self.kept.values():
            if draft.snapshot is not None and draft.snapshot.conversation == context.conversation:
                chosen = tuple(dict.fromkeys((*draft.chosen, *context.messages)))
                self.kept[draft.id] = replace(draft, chosen=chosen)
                return await self.resume(draft.id)
        self.number += 1
        snapshot = None
        if context.conversation is not None:
            head = JournalHead(8, "x", "2026-11-01T00:00:00.000Z")
            snapshot = Snapshot(context.conversation, context.account, context.counterpart, head, "2026-11-24T08:00:00Z", len(self.rows))
        talk = Interview.start(self.form)
        draft = Draft(
            f"d{self.number}", snapshot, self.form.sha256, talk.to_json(), context.messages, (),
            context.account, context.counterpart, "2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z",
        )  # fmt: skip
        self.kept[draft.id] = draft
        return draft, self.form, talk

    async def drafts(self):
        kept = [one for one in self.kept.values() if not one.id.startswith("more ")]
        return tuple(DraftSummary(one.id, one.counterpart, one.updated_at) for one in kept)

    async def resume(self, draft_id: str):
        if draft_id not in self.kept:
            raise DraftGone
        draft = self.kept[draft_id]
        return draft, self.form, Interview.from_json(self.form, draft.interview)

    async def save(self, draft: Draft) -> Draft:
        if self.fail_save is not None:
            raise self.fail_save
        if draft.id not in self.kept:
            raise DraftGone
        self.saves += 1
        self.kept[draft.id] = draft
        return draft

    async def discard(self, draft_id: str) -> None:
        self.kept.pop(draft_id, None)

    def _goes(self, draft: Draft):
        near = {m + d for m in draft.chosen for d in range(-3, 4)} - set(draft.left_out)
        for row in self.rows:
            yield replace(row, goes="chosen" if row.message in draft.chosen else "context" if row.message in near else "no")

    async def lines(self, draft, before=None, after=None, around=None, limit=100, newest_first=False) -> EvidencePage:
        rows = list(self._goes(draft))
        low, high = 0, len(rows)
        if before is not None:
            high = min(high, before - 1)
            low = max(0, high - limit)
        elif after is not None:
            low = max(0, after)
            high = min(high, low + limit)
        elif around is not None:
            low = max(0, around - limit // 2)
            high = min(high, low + limit)
        elif newest_first:
            low = max(0, high - limit)
        else:
            high = min(high, limit)
        return EvidencePage(
            tuple(rows[low:high]), low > 0, high < len(rows), len(rows), len(draft.chosen),
            sum(1 for one in rows if one.goes == "context"),
        )  # fmt: skip

    async def choose_all(self, draft: Draft) -> Draft:
        return await self.save(replace(draft, chosen=tuple(one.message for one in self.rows), left_out=()))

    async def details(self):
        return self.known

    async def endpoint(self, draft: Draft):
        return self.profile

    async def route(self, draft: Draft):
        self.asked.append(draft)
        return None if self.profile is None else Routed(self.profile, self.closed)

    async def preview(self, draft: Draft) -> Preview:
        if self.profile is None:
            raise NoEndpoint
        words = "\n".join(f"{one.at} {one.name}: {one.body or '[picture.jpg, not sent]'}" for one in self._goes(draft) if one.goes != "no")
        return Preview(f"Report about {draft.counterpart}\n\n{words}\n", self.profile.name, "digest", len(words))

    async def submit(self, draft_id: str, keep_copy: bool = False, shown: Shown | None = None) -> str:
        if self.profile is None:
            raise NoEndpoint
        if shown is not None and not shown.fits(self.profile):
            raise ReceiverChanged
        if self.fail_submit is not None:
            raise self.fail_submit
        self.submitted.append((draft_id, keep_copy))
        self.kept.pop(draft_id)
        return "r1"


class Outbox:
    def __init__(self, engine_of) -> None:
        self._engine_of = engine_of
        self.kept: dict[str, ReportSummary] = {
            "r1": ReportSummary("r1", PARTY, "Harbour Child Safety Desk", OutboxState.SENDING, "2026-11-24T08:05:00Z")
        }
        self.deeds: list[tuple[Any, ...]] = []
        self.fail_write: RobinError | None = None
        self.fail_proof: RobinError | None = None
        self.way = EndpointProfile("mail", "Harbour Desk", "mailto:desk@harbour.example", ())
        self.level, self.outcome = IdentityLevel.VERIFIED, WithdrawalOutcome.ERASED

    async def reports(self):
        return tuple(self.kept.values())

    async def report(self, report_id: str):
        return self.kept[report_id]

    async def retry(self, report_id: str) -> None:
        self.deeds.append(("retry", report_id))

    async def refresh(self, report_id=None) -> None:
        self.deeds.append(("refresh", report_id))

    async def mark_read(self, report_id, n) -> None:
        self.deeds.append(("read", report_id, n))
        one = self.kept[report_id]
        self.kept[report_id] = replace(one, advice=tuple(replace(a, read=True) if a.n == n else a for a in one.advice))

    async def tick_step(self, report_id, n, step_id, done) -> None:
        self.deeds.append(("tick", report_id, n, step_id, done))

    async def write(self, report_id, text) -> None:
        if self.fail_write is not None:
            raise self.fail_write
        self.deeds.append(("write", report_id, text))

    async def answer_form(self, report_id, n, answers) -> None:
        if self.fail_write is not None:
            raise self.fail_write
        self.deeds.append(("answers", report_id, n, tuple(answers)))
        one = self.kept[report_id]
        advice = tuple(replace(a, answered=tuple(answers)) if a.n == n else a for a in one.advice)
        self.kept[report_id] = replace(one, advice=advice)

    async def withdraw(self, report_id, reason, text="") -> Withdrawn:
        if self.fail_write is not None:
            raise self.fail_write
        self.deeds.append(("withdraw", report_id, reason, text))
        one = self.kept[report_id]
        self.kept[report_id] = replace(one, withdrawn=self.outcome, can_withdraw=False, status=CaseStatus.WITHDRAWN)
        return Withdrawn(report_id, "digest", one.case_number, "2026-11-24T11:00:00Z", self.outcome, "jws")

    async def prove_again(self, report_id) -> IdentityLevel:
        if self.fail_proof is not None:
            raise self.fail_proof
        self.deeds.append(("prove", report_id))
        self.kept[report_id] = replace(self.kept[report_id], identity_level=self.level, can_prove=False)
        return self.level

    async def ask_code(self, report_id, email) -> None:
        if self.fail_proof is not None:
            raise self.fail_proof
        self.deeds.append(("ask_code", report_id, email))

    async def answer_code(self, report_id, code) -> IdentityLevel:
        if code != "123456":
            raise CodeWrong
        self.kept[report_id] = replace(self.kept[report_id], identity_level=IdentityLevel.CODE, can_code=False)
        return IdentityLevel.CODE

    async def save_copy(self, report_id, path) -> None:
        self.deeds.append(("copy", report_id, path))

    async def save_sealed(self, report_id, path) -> None:
        if self.fail_write is not None:
            raise self.fail_write
        self.deeds.append(("sealed", report_id, path))

    async def handed(self, report_id):
        return handed_way(self.way, report_id)

    async def forget_copy(self, report_id) -> None:
        self.deeds.append(("forget", report_id))

    def change(self, **fields: Any) -> None:
        """The report moved on: the store first, then the event."""
        self.kept["r1"] = replace(self.kept["r1"], **fields)
        self._engine_of().publish(ReportChanged("r1"))

    def accept(self) -> None:
        self.change(
            state=OutboxState.SENT, case_number="AB23-CD45", receipt_code="4827 1930 5561 0374",
            sent_at="2026-11-24T08:06:00Z", next_contact_by="2026-11-25T18:00:00Z", problem="", problem_advice="",
        )  # fmt: skip
        self._engine_of().publish(ReportAccepted("r1", "AB23-CD45"))

    def offline(self) -> None:
        self.change(
            state=OutboxState.SAVED, problem=EndpointUnreachable.sentence, problem_advice=EndpointUnreachable.advice
        )


class Safety:
    def __init__(self) -> None:
        names = resources.names("jurisdictions")
        self.all = jurisdictions.Jurisdictions.of(jurisdictions.load(resources.read(one), one) for one in names)
        self.chosen, self.today = "gb", TODAY
        book = decks.load(resources.read("tips/en-GB.json"), "tips/en-GB.json")
        self.deck = decks.Deck(book, Band.SIMPLE, "seed", "gb")
        self.state = self.deck.open(decks.DeckState.from_json(None), TODAY)
        self.book = book

    async def tip(self):
        return self.deck.tip(self.state)

    async def next_tip(self):
        self.state = self.deck.next(self.state, TODAY)
        return await self.tip()

    async def previous_tip(self):
        self.state = self.deck.previous(self.state)
        return await self.tip()

    async def pin(self, tip_id, pinned):
        self.state = self.deck.pin(self.state, tip_id, pinned)
        return await self.tip()

    async def useful(self, tip_id, yes):
        self.state = self.deck.mark(self.state, tip_id, yes)
        return await self.tip()

    async def topics(self):
        return tuple((one.id, one.title, one.icon) for one in self.book.topics)

    async def topic(self, topic_id):
        return self.deck.topic(topic_id)

    async def countries(self):
        return tuple((code, self.all.find(code).name) for code in self.all.codes)

    async def card(self, code=None):
        return self.all.card(code or self.chosen, TODAY)

    async def talk_line(self, code=None, band=""):
        return self.all.helpline(code or self.chosen, band, TODAY)

    async def where(self, asked, receiver, closed="", isolate=str):
        whole = replace(asked, country=asked.country or self.chosen)
        return where(self.all, whole, receiver, closed, today=TODAY, isolate=isolate)


class Settings:
    def __init__(self, safety: Safety, engine_of) -> None:
        self._safety, self._engine_of = safety, engine_of
        self.kept = {"read_receipts": "contacts", "typing": "on", "notifications": "on", "trusted_adult": "", "theme": "system"}
        self.kept |= {"who_can_write": "accepted", "links_from_new": "off"}

    async def all(self):
        return dict(self.kept, country=self._safety.chosen)

    async def set(self, key, value) -> None:
        self.kept[key] = value
        if key == "country":
            self._safety.chosen = value
        self._engine_of().publish(SettingsChanged((key,)))


class Blocking:
    def __init__(self) -> None:
        self.blocks: list[tuple[str, str]] = []
        self.fail: RobinError | None = None

    async def block(self, account, jid) -> None:
        if self.fail is not None:
            raise self.fail
        self.blocks.append((account, jid))

    async def supported(self, account) -> bool:
        return True


class Chats:
    def __init__(self) -> None:
        self.accounts = [Account(CHILD)]

    async def active(self):
        return None

    async def list(self):
        return tuple(self.accounts)

    async def chats(self, account):
        return (
            ChatSummary(7, account, PARTY, "mike_2010", "", "", None, None, 0, "", False),
            ChatSummary(8, account, "ann@example.org", "Ann Lee", "", "", None, None, 0, "", True),
        )

    async def requests(self, account):
        return ()


class AftercareService:
    """The step after the receipt."""

    def __init__(self) -> None:
        self.now = Aftercare("r1", PARTY, True, True, False, "example.org", in_roster=True)
        self.deeds: list[tuple[Any, ...]] = []
        self.fail: RobinError | None = None
        self.fail_room: RobinError | None = None

    async def options(self, report_id):
        return replace(self.now, report_id=report_id)

    def _did(self, deed: AftercareDeed, *more: Any) -> None:
        if self.fail is not None:
            raise self.fail
        self.deeds.append((deed, *more))
        self.now = replace(self.now, done=(*self.now.done, deed), told_server=self.now.told_server or True in more)

    async def keep(self, report_id):
        self._did(AftercareDeed.KEEP)

    async def mute(self, report_id):
        self._did(AftercareDeed.MUTE)

    async def block(self, report_id, tell_server=False):
        self._did(AftercareDeed.BLOCK, tell_server)

    async def block_and_leave(self, report_id, tell_server=False):
        self._did(AftercareDeed.BLOCK_AND_LEAVE, tell_server)

    async def allow_room(self, report_id):
        if self.fail is not None:
            raise self.fail
        self.deeds.append(("room",))
        self.now = replace(self.now, read_room=True)


    async def tell_room(self, report_id):
        if self.fail_room is not None:
            raise self.fail_room
        self.deeds.append(("staff",))
        self.now = replace(self.now, told_room=True)


class Handed:
    """Reports that go by hand. `taken`: the report that a receipt file is of, by path."""

    def __init__(self) -> None:
        self.saved: list[tuple[str, str]] = []
        self.taken: dict[str, str] = {}
        self.fail: Exception | None = None

    async def save_file(self, report_id, path) -> None:
        if self.fail is not None:
            raise self.fail
        self.saved.append((report_id, path))

    async def take_receipt_file(self, path) -> str:
        if self.fail is not None:
            raise self.fail
        return self.taken[path]


class AddendaService:
    """Later evidence."""

    def __init__(self, reporting: Reporting, outbox: Outbox) -> None:
        self._reporting, self._outbox = reporting, outbox
        self.sent: list[tuple[tuple[int, ...], str]] = []
        self.fail: RobinError | None = None

    async def begin(self, report_id):
        for draft in self._reporting.kept.values():
            if draft.id == f"more {report_id}":
                return draft
        draft, _form, _talk = await self._reporting.begin(replace(CONTEXT, messages=()))
        self._reporting.kept.pop(draft.id)
        made = replace(draft, id=f"more {report_id}", interview={})
        self._reporting.kept[made.id] = made
        return made

    async def submit(self, draft_id, words):
        if self.fail is not None:
            raise self.fail
        draft = self._reporting.kept.pop(draft_id)
        self.sent.append((draft.chosen, words))
        one = self._outbox.kept["r1"]
        more = AddendumSummary("a1", "2026-11-24T11:00:00Z", "", words, len(draft.chosen))
        self._outbox.change(addenda=(*one.addenda, more))
        return "a1"

    async def discard(self, draft_id):
        self._reporting.kept.pop(draft_id, None)


def make_hub():
    """(engine, hub) of stand-ins."""
    box: list[StandInEngine] = []
    chats = Chats()
    safety = Safety()
    hub = SimpleNamespace(
        reporting=Reporting(), outbox=Outbox(lambda: box[0]), safety=safety, blocking=Blocking(),
        settings=Settings(safety, lambda: box[0]),
        accounts=chats, conversations=chats, contacts=chats, guardian=Guardian(),
    )  # fmt: skip
    hub.aftercare, hub.handed = AftercareService(), Handed()
    hub.addenda = AddendaService(hub.reporting, hub.outbox)
    box.append(StandInEngine(hub))
    return box[0], hub


CONTEXT = ReportContext(CHILD, 7, (3, 5, 6, 7), PARTY)


def answered() -> ReportSummary:
    """A report with everything: read, with advice of two steps."""
    letter = Advice(
        "r1", 1, "2026-11-24T10:20:00Z", "Priya", "child safety officer", "advice",
        "Thank you for telling us, Sam. You did well. Two things help now:",
        (AdviceStep("a", "Keep the messages. Do not answer.", True), AdviceStep("b", "Show this page to Dad.")),
    )  # fmt: skip
    history = tuple(
        StatusChange(status, at)
        for status, at in (
            (CaseStatus.RECEIVED, "2026-11-23T21:04:00Z"),
            (CaseStatus.ASSIGNED, "2026-11-24T09:00:00Z"),
            (CaseStatus.ADVICE_GIVEN, "2026-11-24T10:20:00Z"),
        )
    )
    return ReportSummary(
        "r1", PARTY, "Harbour Child Safety Desk", OutboxState.SENT, "2026-11-23T21:03:00Z", "2026-11-23T21:04:00Z",
        "AB23-CD45", "4827 1930 5561 0374", CaseStatus.ADVICE_GIVEN, history, (letter,),
        next_contact_by="2026-11-25T18:00:00Z",
    )  # fmt: skip


def waiting() -> ReportSummary:
    """A report that could not be sent yet."""
    why = EndpointUnreachable
    return ReportSummary(
        "r2", PARTY, "Harbour Child Safety Desk", OutboxState.SAVED, "2026-11-24T08:05:00Z",
        problem=why.sentence, problem_advice=why.advice,
    )  # fmt: skip
