"""A made-up report with fixed keys, clock and randomness, for the tests of evidence and the example files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

from messenger.domain.evidence import (
    ArchiveCheck,
    CapturedMessage,
    EditRecord,
    JournalHead,
    Occupant,
    RoomFacts,
    Snapshot,
)
from messenger.domain.message import ArchiveId, Direction, MediaRef, RawStanza, Times, Via
from messenger.domain.receipt import AddendumReceipt, IdentityLevel, Receipt, WithdrawalOutcome, Withdrawn
from messenger.domain.report import EndpointProfile
from messenger.evidence.addendum import MAX_LINES_BYTES, Addendum, AddendumInput, make_addendum, make_addendum_receipt
from messenger.evidence.canonical import b64u, canonical, digest
from messenger.evidence.capture import Capture, capture
from messenger.evidence.keys import SealingKey, SigningKey
from messenger.evidence.package import make_copy, with_addendum, with_withdrawal
from messenger.evidence.receipt import make_receipt
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
from messenger.evidence.withdrawal import make_withdrawal_receipt

NOW = "2026-11-24T09:00:00.000Z"
REPORT_ID = "3f0c2a9e-6d1b-4b7a-9c55-0a4d8e2f7b10"
ACCOUNT = "robin@home.example"
OTHER = "max@elsewhere.example"
ROOM = "games@rooms.example"
ADDENDUM_ID = "9a1d7c52-3b0e-4f4e-8d21-6c5b4a392817"
SAME = ArchiveCheck.SAME
ASKED_AT = "2026-11-24T08:59:58.000Z"


def seeded(seed: str) -> Callable[[int], bytes]:
    """Random bytes that are the same in every run."""
    count = 0

    def random(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{seed}/{count}".encode()).digest(size)

    return random


def secret(name: str) -> str:
    """The secret of a fixed test key."""
    return b64u(hashlib.sha256(f"robin test key: {name}".encode()).digest())


REPORTER_SIG = SigningKey.from_secret(secret("reporter sig"))
REPORTER_ENC = SealingKey.from_secret(secret("reporter enc"))
DESK_SIG = SigningKey.from_secret(secret("desk sig"))
DESK_ENC = SealingKey.from_secret(secret("desk enc"))

ENDPOINT = EndpointProfile(
    id="example-desk",
    name="Example desk",
    base="https://desk.example:8443",
    keys=(DESK_SIG.public_jwk(), DESK_ENC.public_jwk()),
    country="gb",
    languages=("en",),
)


def raw(xml: str, media_free: str | None = None) -> RawStanza:
    less = xml if media_free is None else media_free
    return RawStanza(xml, _hex(xml), less, _hex(less))


def message(seq: int, body: str = "", **changes: object) -> CapturedMessage:
    """A stored message; its store id is 1000 + seq."""
    words = body or f"line {seq}"
    incoming = seq % 2 == 1
    times = Times(received=f"2026-11-24T08:{seq % 60:02d}:00.000Z")
    base = CapturedMessage(
        message=1000 + seq,
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
        body=words,
        lang="en",
        times=times,
        raw=raw(f"<message xmlns='jabber:client' id='id-{seq}'><body>{words}</body></message>"),
        edits=(),
        reply_to="",
        media=(),
        encryption="none",
        journal_index=seq,
        journal_hash=hashlib.sha256(f"journal {seq}".encode()).hexdigest(),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def conversation(count: int = 30) -> list[CapturedMessage]:
    """A talk in which somebody asks for secrecy and an address."""
    said = {
        5: "You are the only one who gets me. Keep this between us.",
        7: "Which street do you live in?",
        8: "I do not want to say.",
        9: "Come on. I can pick you up. \u202eneerg\u202c",
    }
    checks = {
        4: SAME,
        5: SAME,
        7: SAME,
        8: SAME,
        9: ArchiveCheck.FOUND,
        10: ArchiveCheck.MISSING,
        11: ArchiveCheck.DIFFERS,
    }
    found = [
        message(seq, said.get(seq, ""), archive_check=checks.get(seq, ArchiveCheck.NOT_ASKED))
        for seq in range(1, count + 1)
    ]
    for index, one in enumerate(found):
        if one.seq == 9:
            found[index] = replace(one, archive_id=None, duplicate_archive_ids=True)
        if one.seq == 11:
            found[index] = replace(
                one,
                media=(MediaRef("beach.jpg", "image/jpeg", 48213, "https://up.example/a1", (("sha-256", "q1w2"),)),),
            )
        if one.seq == 13:
            edit = EditRecord(
                "correction",
                "See you at the park.",
                one.sender,
                Times("2026-11-24T08:14:30.000Z"),
                raw("<message><body>See you at the park.</body></message>"),
                31,
            )
            found[index] = replace(one, edits=(edit,))
    return found


def snapshot(total: int = 30) -> Snapshot:
    head = JournalHead(31, hashlib.sha256(b"journal head").hexdigest(), "2026-11-01T00:00:00.000Z")
    return Snapshot(1, ACCOUNT, OTHER, head, NOW, total)


def stated(**changes: object) -> ReportInput:
    base = ReportInput(
        report_id=REPORT_ID,
        created_at=NOW,
        lang="en",
        client=Client("Robin Messenger", "0.1.0", "linux"),
        questionnaire=QuestionnaireRef("abuse", "1", b64u(hashlib.sha256(b"questions").digest())),
        category="grooming",
        also=("meeting",),
        codes=("tools.ozone.report.defs#reasonChildSafetyGroom",),
        qualifiers=(Qualifier("g1", ("yes",), "Did they ask you to keep it secret?", "Yes", NOW),),
        urgency=Urgency("today", 45, ("g1.yes",)),
        role="self",
        reporter=Reporter(
            ACCOUNT,
            "Sam",
            "13_15",
            "gb",
            (ContactWay("xmpp", ACCOUNT, True, "after school"),),
            Guardian("Alex", "aunt"),
        ),
        affected=(Affected(True, "13_15"),),
        reported=(Reported(OTHER, ("Max",), claims=Claims(age="14"), known_offline="no"),),
        incident=Incident("2026-11-24T08:01:00.000Z", "2026-11-24T08:30:00.000Z", "yes"),
        narrative="He keeps asking where I live.",
        declaration=Declaration("I believe that this is true.", NOW),
        consent=Consent(share_with_police=True),
        actions=Actions(told_adult=False),
        server=ServerFacts("home.example", ("urn:xmpp:mam:2", "urn:xmpp:sid:0"), 120, ASKED_AT),
        endpoint=ENDPOINT,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def captured(seed: str = "salts") -> Capture:
    """Lines 7 and 9 chosen, line 6 taken out."""
    return capture(conversation(), {1007, 1009}, {1006}, random=seeded(seed))


def prepared(schemas: Schemas, seed: str = "seal", **changes: object) -> Prepared:
    return prepare(stated(**changes), captured(), snapshot(), REPORTER_SIG, REPORTER_ENC, schemas, seeded(seed))


def small(schemas: Schemas) -> Prepared:
    """A report of few bytes with every kind of part: shown, context, withheld, media."""
    lines = [replace(one, raw=raw("<m/>")) for one in conversation(12)]
    chosen = capture(lines[8:12], {1011}, {1010, 1012}, random=seeded("small"))
    return prepare(stated(narrative=""), chosen, snapshot(12), REPORTER_SIG, REPORTER_ENC, schemas, seeded("small"))


def receipt_for(report: Prepared, key: SigningKey = DESK_SIG, **changes: object) -> str:
    base = Receipt(
        report_id=report.report_id,
        report_digest=report.digest,
        case_number="AB42-CD34",
        received_at="2026-11-24T09:00:05.000Z",
        reporter_jid=ACCOUNT,
        identity_level=IdentityLevel.UNVERIFIED,
        next_contact_by="2026-11-25T09:00:00.000Z",
        jws="",
    )
    return make_receipt(key, replace(base, **changes))  # type: ignore[arg-type]


def copy_of(report: Prepared, with_receipt: bool = True) -> bytes:
    receipt = receipt_for(report) if with_receipt else ""
    return make_copy(report.jws, report.items, report.identity, receipt, ENDPOINT.keys)


def added(
    prev_digest: str, schemas: Schemas, seed: str = "addendum", lines: Capture | None = None, **changes: object
) -> Addendum:
    """Later evidence: line 13 chosen, with a few words. `lines` empty means words only."""
    stated = AddendumInput(
        report_id=REPORT_ID,
        addendum_id=ADDENDUM_ID,
        created_at="2026-11-25T09:00:00.000Z",
        prev_digest=prev_digest,
        lang="en",
        narrative="He wrote again.",
        server=ServerFacts("home.example", ("urn:xmpp:mam:2",), None, "2026-11-25T08:59:58.000Z"),
    )
    stated = replace(stated, **changes)  # type: ignore[arg-type]
    if lines is None:
        lines = capture(conversation()[9:16], {1013}, random=seeded(seed), max_bytes=MAX_LINES_BYTES)
    taken = snapshot() if lines.entries else None
    return make_addendum(REPORTER_SIG, DESK_ENC.public_jwk(), stated, lines, taken, schemas, seeded(seed))


def addendum_receipt(made: Addendum, key: SigningKey = DESK_SIG, **changes: object) -> str:
    base = AddendumReceipt(
        report_id=made.report_id,
        addendum_id=made.addendum_id,
        addendum_digest=made.digest,
        case_number="AB42-CD34",
        received_at="2026-11-25T09:00:05.000Z",
        jws="",
    )
    return make_addendum_receipt(key, replace(base, **changes))  # type: ignore[arg-type]


def withdrawal_receipt(report: Prepared, key: SigningKey = DESK_SIG, **changes: object) -> str:
    base = Withdrawn(
        report_id=report.report_id,
        report_digest=report.digest,
        case_number="AB42-CD34",
        at="2026-11-26T09:00:05.000Z",
        outcome=WithdrawalOutcome.NOTED,
        jws="",
    )
    return make_withdrawal_receipt(key, replace(base, **changes))  # type: ignore[arg-type]


def full_copy(report: Prepared, schemas: Schemas) -> bytes:
    """A copy with everything: two addenda, the second of words only and not yet received, and a withdrawal."""
    first = added(report.digest, schemas)
    second = added(first.digest, schemas, "second", Capture(), addendum_id="1b9e2f4a-7c3d-4a1e-9f00-112233445566")
    copy = with_addendum(copy_of(report), first.jws, addendum_receipt(first), ENDPOINT.keys)
    copy = with_addendum(copy, second.jws, "", ENDPOINT.keys)
    return with_withdrawal(copy, withdrawal_receipt(report), ENDPOINT.keys)


def rechecked(value: dict[str, object]) -> bytes:
    """A copy or package changed by somebody who knows to make its check anew."""
    rest = {name: one for name, one in value.items() if name != "check"}
    return canonical({**rest, "check": digest(canonical(rest))})


def room_prepared(schemas: Schemas, seed: str = "room") -> Prepared:
    """A report from a room: two people who go by one name, one of them known by the room's own id only."""
    first, second = Occupant("Max", "occ-1", "participant", "none"), Occupant("Max", "occ-2", "visitor", "none", OTHER)
    me = Occupant("Robin", "occ-9", "participant", "member", ACCOUNT)
    lines = [
        message(
            seq,
            kind="groupchat",
            sender=f"{ROOM}/{who.nick}",
            to=ACCOUNT,
            archive_id=ArchiveId(ROOM, f"room-{seq}"),
            archive_check=SAME,
            occupant=who,
        )
        for seq, who in enumerate((first, second, me, first), 1)
    ]
    facts = RoomFacts(ROOM, "Games", me, True, ("urn:xmpp:mam:2", "muc_public", "urn:xmpp:occupant-id:0"))
    taken = replace(snapshot(4), counterpart=ROOM, room=facts)
    told = stated(
        reported=(Reported(f"{ROOM}/Max", ("Max",), occupant_id="occ-1"),),
        incident=Incident(place="room", room_jid=ROOM),
    )
    return prepare(
        told, capture(lines, {1001}, random=seeded(seed)), taken, REPORTER_SIG, REPORTER_ENC, schemas, seeded(seed)
    )


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
