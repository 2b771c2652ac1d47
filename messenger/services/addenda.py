"""Later evidence: messages and words that are added to a report that the desk has (hub.addenda).

An addendum is signed and sealed once and lies on disk before it counts as saved; the same bytes go on every try. Each
follows the one before by its digest, so that nobody can slip one in or lose one unseen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

from messenger.domain.errors import (
    DraftGone,
    EndpointRejected,
    EvidenceRefused,
    FormatRefused,
    NothingToAdd,
    TooLarge,
    TooLong,
)
from messenger.domain.events import ReportChanged
from messenger.domain.evidence import CapturedMessage
from messenger.domain.report import Draft
from messenger.evidence.addendum import MAX_LINES_BYTES, AddendumInput, make_addendum
from messenger.evidence.addendum import Addendum as Made
from messenger.evidence.canonical import scalar_text
from messenger.evidence.capture import COUNTABLE, Capture, capture
from messenger.evidence.package import with_addendum
from messenger.evidence.statement import MAX_NARRATIVE
from messenger.services import problems
from messenger.services.bus import Bus
from messenger.services.desks import Desks, Way
from messenger.services.ports import Clock
from messenger.services.preparing import Preparing
from messenger.services.quiet import Quiet
from messenger.services.room_evidence import minimised
from messenger.storage import conversations, outbox, report_addenda, report_cases, report_drafts, snapshots
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.report_addenda import Addendum, Selection

_WAY_IS_GONE = frozenset({0, 401, 404, 410})
"""Not this addendum but the whole case is the trouble."""


class AddendaService:
    """Works offline: what is saved goes out with the next line to the desk."""

    def __init__(
        self,
        db: Database,
        desks: Desks,
        preparing: Preparing,
        bus: Bus,
        clock: Clock,
        quiet: Quiet,
        lang: str,
        wake: Callable[[], None],
    ) -> None:
        self._db = db
        self._desks = desks
        self._preparing = preparing
        self._bus = bus
        self._clock = clock
        self._quiet = quiet
        self._lang = lang
        self._wake = wake
        self._one = asyncio.Lock()

    async def begin(self, report_id: str) -> Draft:
        """Start to add something; the chat is fixed as it is now. An open draft of this report is gone on with.

        `ReportingService.lines`, `choose_all` and `save` work with it. Raises `KeyError` without an open case.
        """
        draft = await self._db.write(_begin, report_id, str(uuid4()), self._clock.now())
        if draft.counterpart:
            self._quiet.hold(draft.account, draft.counterpart, draft.id)
        return draft

    async def submit(self, draft_id: str, words: str) -> str:
        """Sign, seal and keep on disk; returns the addendum's id only after that. The worker sends it.

        Again for the same draft: the same id, nothing is made twice. Raises `NothingToAdd`, `TooLong`, `TooLarge`, `DraftGone`,
        `StoreFull`, or `EndpointRejected` when the keys of the case are gone; the draft is kept.
        """
        async with self._one:
            if await self._db.run(report_addenda.get, draft_id) is not None:
                return draft_id
            draft, report_id = await self._db.run(_draft, draft_id)
            way = await self._desks.to(report_id)
            now, words = self._clock.now(), scalar_text(words.strip())
            before = await self._db.run(report_addenda.last_digest, report_id)
            stated = AddendumInput(
                report_id, draft_id, now, before or way.case.receipt.report_digest, self._lang, words
            )
            made, taken = await self._make(way, draft, stated)
            copied = await self._db.run(report_cases.copy, report_id) is not None
            row = Addendum(
                n=0,
                addendum_id=draft_id,
                report_id=report_id,
                at=now,
                words=words,
                lines=taken.shown,
                digest=made.digest,
                prev_digest=stated.prev_digest,
                sealed=made.sealed,
                selection=Selection(draft.snapshot, draft.chosen, draft.left_out),
                jws=made.jws if copied else "",
            )
            await self._db.write(_keep, row)
        self._quiet.release(draft_id)
        self._bus.publish(ReportChanged(report_id))
        self._wake()
        return draft_id

    async def discard(self, draft_id: str) -> None:
        """Erase an unfinished addendum; nothing happens when it is gone or sent."""
        async with self._one:
            if await self._db.run(report_drafts.addendum_of, draft_id):
                await self._db.write(report_drafts.drop, draft_id)
        self._quiet.release(draft_id)

    async def carry(self, way: Way) -> None:
        """Hand over what waits, in order. Raises `EndpointUnreachable`, or `EndpointRejected` when the case is gone."""
        if way.case.outcome is not None:
            return
        report_id = way.case.report_id
        for row in await self._db.run(report_addenda.waiting, report_id):
            sent = await self._send(way, row)
            if sent != "":
                await self._db.write(_refuse, row, sent)
            self._bus.publish(ReportChanged(report_id))

    # -- one addendum

    async def _send(self, way: Way, row: Addendum) -> str:
        """'' when the desk has it now, else the word of why it will not."""
        for attempt in range(2):
            try:
                await self._hand_over(way, row)
                return ""
            except EndpointRejected as error:
                if error.fields["status"] in _WAY_IS_GONE:
                    raise
                last = str(error.fields.get("last", ""))
                if (error.fields["status"], error.fields["reason"]) != (409, "chain"):
                    return problems.ADDED
                again = await self._remade(way, row, last) if last and attempt == 0 else None
                if again is None:
                    return problems.CHAIN
                row = again
        return problems.CHAIN

    async def _hand_over(self, way: Way, row: Addendum) -> None:
        assert row.sealed is not None
        receipt = await way.endpoint.add(way.profile, row.report_id, way.prove, row.addendum_id, row.digest, row.sealed)
        copy = await self._db.run(report_cases.copy, row.report_id) if row.jws else None
        if copy is not None:
            try:
                copy = await asyncio.to_thread(with_addendum, copy, row.jws, receipt.jws, way.profile.keys)
            except EvidenceRefused:
                # It is in already, or the copy would be too big; the receipt counts all the same.
                copy = None
        await self._db.write(_accepted, row, self._clock.now(), receipt.jws, copy)

    async def _remade(self, way: Way, row: Addendum, last: str) -> Addendum | None:
        """The same addendum behind the desk's last link; the desk has nothing of the one before. None when its lines are gone."""
        selection = row.selection
        if selection is None:
            return None
        draft = Draft(row.addendum_id, selection.snapshot, "", {}, selection.chosen, selection.left_out, way.account)
        stated = AddendumInput(row.report_id, row.addendum_id, row.at, last, self._lang, row.words)
        try:
            made, taken = await self._make(way, draft, stated)
        except (NothingToAdd, TooLarge):
            return None
        if taken.shown != row.lines:
            return None
        jws = made.jws if row.jws else ""
        if not await self._db.write(report_addenda.remake, row.addendum_id, last, made.digest, made.sealed, jws):
            return None
        return replace(row, prev_digest=last, digest=made.digest, sealed=made.sealed, jws=jws)

    async def _make(self, way: Way, draft: Draft, stated: AddendumInput) -> tuple[Made, Capture]:
        lines = await self._db.run(_lines, draft)
        checked = await self._preparing.checked(draft, lines)
        server = await self._preparing.server(way.account, checked)
        schemas = await self._preparing.schemas()

        def make() -> tuple[Made, Capture]:
            taken = capture(checked.lines, draft.chosen, draft.left_out, max_bytes=MAX_LINES_BYTES)
            snapshot = draft.snapshot if taken.shown else None
            shown = taken if taken.shown else Capture()
            whole = replace(stated, server=server)
            return make_addendum(way.pair.signing, way.reader, whole, shown, snapshot, schemas), taken

        if len(stated.narrative) > MAX_NARRATIVE:
            raise TooLong
        try:
            return await asyncio.to_thread(make)
        except FormatRefused as error:
            if error.fields["what"] == "empty":
                raise NothingToAdd from None
            raise (TooLarge() if error.fields["what"] in ("size", "lines") else error) from None


def _begin(conn: Connection, report_id: str, id: str, now: str) -> Draft:
    case, entry = report_cases.get(conn, report_id), outbox.get(conn, report_id)
    if case is None or entry is None or case.outcome is not None:
        raise KeyError("case")
    account = entry.account or case.receipt.reporter_jid
    conversation = conversations.find(conn, account, entry.about) if account and entry.about else None
    snap = None if conversation is None else snapshots.snapshot(conn, conversation, now)
    known = report_drafts.addendum(conn, report_id)
    if known is not None:
        draft = replace(known, snapshot=snap, updated_at=now)
        report_drafts.put(conn, draft)
        return draft
    draft = Draft(id, snap, "", {}, (), (), account, entry.about, now, now)
    report_drafts.add(conn, draft, addendum_of=report_id)
    return draft


def _draft(conn: Connection, draft_id: str) -> tuple[Draft, str]:
    draft, report_id = report_drafts.get(conn, draft_id), report_drafts.addendum_of(conn, draft_id)
    if draft is None or not report_id:
        raise DraftGone
    return draft, report_id


def _lines(conn: Connection, draft: Draft) -> tuple[CapturedMessage, ...]:
    if draft.snapshot is None or not draft.chosen:
        return ()
    return minimised(draft, snapshots.around(conn, draft.snapshot, draft.chosen, COUNTABLE))


def _keep(conn: Connection, row: Addendum) -> None:
    """One transaction: the sealed addendum, and its draft goes. Raises `DraftGone` when the report was taken back meanwhile."""
    if not report_drafts.drop(conn, row.addendum_id):
        raise DraftGone
    report_addenda.add(conn, row)


def _refuse(conn: Connection, row: Addendum, problem: str) -> None:
    report_addenda.refuse(conn, row.addendum_id)
    report_cases.set_problem(conn, row.report_id, problem)


def _accepted(conn: Connection, row: Addendum, at: str, receipt: str, copy: bytes | None) -> None:
    report_addenda.accepted(conn, row.addendum_id, at, receipt)
    report_cases.end_problem(conn, row.report_id, problems.ADDED, problems.CHAIN)
    if copy is not None:
        report_cases.keep_copy(conn, row.report_id, copy)
