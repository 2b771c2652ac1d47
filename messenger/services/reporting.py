"""Reporting: from the click on Report abuse to the sealed report on disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from messenger.domain.errors import DraftGone, NoEndpoint, NotComplete, ReceiverChanged
from messenger.domain.events import DraftsChanged, ReportQueued
from messenger.domain.report import (
    Draft,
    DraftSummary,
    EndpointProfile,
    EvidencePage,
    EvidenceRow,
    Preview,
    ReportContext,
    Shown,
)
from messenger.evidence.canonical import scalar_text
from messenger.evidence.capture import CONTEXT
from messenger.evidence.transcript import preview_text
from messenger.questionnaire.form import Questionnaire
from messenger.questionnaire.interview import Interview
from messenger.services import kept_quiet
from messenger.services.bus import Bus
from messenger.services.ports import Clock
from messenger.services.preparing import Preparing
from messenger.services.quiet import Quiet
from messenger.services.receivers import Receivers, Routed
from messenger.services.room_evidence import is_room
from messenger.services.saving import Saving
from messenger.services.statement import details_of
from messenger.storage import conversations, outbox, report_drafts, snapshots
from messenger.storage.connection import Connection
from messenger.storage.database import Database


class ReportingService:
    """What a person does with a report before it is saved. Works signed out and offline; sends no stanza, ever.

    A draft's id is the report's id: made once, so that whatever happens in between there is one report.
    """

    def __init__(
        self,
        db: Database,
        preparing: Preparing,
        saving: Saving,
        receivers: Receivers,
        bus: Bus,
        clock: Clock,
        country: Callable[[], Awaitable[str]],
        quiet: Quiet,
    ) -> None:
        self._db = db
        self._preparing = preparing
        self._saving = saving
        self._receivers = receivers
        self._bus = bus
        self._clock = clock
        self._country = country
        self._quiet = quiet
        self._submitting: dict[str, asyncio.Lock] = {}

    async def begin(self, context: ReportContext) -> tuple[Draft, Questionnaire, Interview]:
        """Start a report. The evidence snapshot is fixed now; an open draft about the same conversation is resumed."""
        click = str(uuid4())
        if context.counterpart:
            # Before anything is waited for: a message that comes in meanwhile gets no receipt any more.
            self._quiet.hold(context.account, context.counterpart, f"click {click}")
        try:
            form = await self._preparing.questionnaire()
            draft = await self._db.write(_begin, context, click, self._clock.now(), form.sha256)
            await self._hold(draft)
        finally:
            self._quiet.release(f"click {click}")
        self._bus.publish(DraftsChanged())
        return draft, form, Interview.from_json(form, draft.interview)

    async def drafts(self) -> tuple[DraftSummary, ...]:
        """Unfinished reports, the newest first."""
        return await self._db.run(report_drafts.every)

    async def resume(self, draft_id: str) -> tuple[Draft, Questionnaire, Interview]:
        """An unfinished report as it was left. Raises `DraftGone`."""
        form = await self._preparing.questionnaire()
        draft = await self._draft(draft_id)
        await self._hold(draft)
        return draft, form, Interview.from_json(form, draft.interview)

    async def save(self, draft: Draft) -> Draft:
        """Keep a draft (encrypted store); called at every change. Returns it with `updated_at`. Raises `StoreFull`, `DraftGone`."""
        kept = replace(draft, updated_at=self._clock.now())
        if not await self._db.write(report_drafts.put, kept):
            raise DraftGone
        if is_room(kept):
            # Each further choice may be about one person more.
            await self._hold(kept)
        return kept

    async def discard(self, draft_id: str) -> None:
        """Erase a draft; nothing happens when it is gone."""
        async with self._lock(draft_id):
            self._preparing.forget(draft_id)
            if await self._db.write(report_drafts.drop, draft_id):
                await self._saving.discard(draft_id)
                self._quiet.release(draft_id)
                self._bus.publish(DraftsChanged())

    async def lines(
        self,
        draft: Draft,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int = 100,
        newest_first: bool = False,
    ) -> EvidencePage:
        """A run of the snapshot's messages with what goes: chosen ones, context (goes too), no. Rows are in order of time.

        Without `before`, `after` or `around` (message ids): the oldest, or with `newest_first` the newest.
        """
        found = await self._db.run(
            report_drafts.lines,
            draft,
            CONTEXT,
            before=before,
            after=after,
            around=around,
            limit=limit,
            newest=newest_first,
        )
        return _page(found)

    async def choose_all(self, draft: Draft) -> Draft:
        """Choose every message of the snapshot, and keep the draft."""
        if draft.snapshot is None:
            return draft
        ids = await self._db.run(snapshots.all_ids, draft.snapshot)
        return await self.save(replace(draft, chosen=ids, left_out=()))

    async def details(self) -> dict[str, Any]:
        """What was given about the reporter before (name, contact, country, when it is safe): asked once and reused.

        Keys are fields of the questionnaire (checks.FIELDS); values are typed text or option ids with a space between.
        """
        return dict(await self._db.run(report_drafts.details))

    async def endpoint(self, draft: Draft) -> EndpointProfile | None:
        """Who receives this report; None where nobody is configured (the draft is kept). Raises `AssetRefused`."""
        routed = await self.route(draft)
        return routed.profile if routed is not None else None

    async def route(self, draft: Draft) -> Routed | None:
        """As `endpoint`, by country, category and urgency of the answers; `closed` names the desk that it stands in for."""
        form = await self._preparing.questionnaire()
        result = Interview.from_json(form, draft.interview).result()
        country = result.fields.get("country", "") or await self._country()
        return await self._receivers.route(country, result.category, result.urgency.tier)

    async def preview(self, draft: Draft) -> Preview:
        """Readable form of exactly what will be sent. Raises `TooLarge` or `AssetRefused`.

        The signed and sealed report is held in memory: `submit` sends this very one unless the draft changes. While
        answers are missing, or nobody is there to send to, the preview shows the messages alone and says so.
        """
        try:
            receiver = await self._receiver(draft)
            ready = await self._preparing.prepare(draft, receiver, await self._country())
        except (NoEndpoint, NotComplete):
            return Preview(await self._preparing.messages(draft), "", "", 0, whole=False)
        text = await asyncio.to_thread(preview_text, ready.prepared)
        size = sum(
            len(one)
            for one in (ready.prepared.sealed_report, ready.prepared.sealed_items, ready.prepared.sealed_identity)
        )
        return Preview(text, receiver.name, ready.prepared.digest, size)

    async def submit(self, draft_id: str, keep_copy: bool = False, shown: Shown | None = None) -> str:
        """Sign, seal, put on disk and queue; returns the report id only after all of it is safe there (fsync, commit).

        A second call for the same draft gives the same report id and makes no second report. With `keep_copy` a
        readable signed copy stays in the encrypted store (decision 5); without, one is held in memory until
        `OutboxService.forget_copy`. `shown` is who the person saw: where it would go to another one by now (a desk
        closed), `ReceiverChanged` is raised before anything is signed. Raises `NoEndpoint`, `NotComplete`, `TooLarge`,
        `DraftGone`, `StoreFull`; the draft is kept.
        """
        async with self._lock(draft_id):
            if await self._db.run(outbox.get, draft_id) is not None:
                return draft_id
            draft = await self._db.run(_report, draft_id)
            if draft is None:
                # The worker may have found its file just now and queued it (F1).
                if await self._db.run(outbox.get, draft_id) is not None:
                    return draft_id
                raise DraftGone
            receiver = await self._receiver(draft)
            if shown is not None and not shown.fits(receiver):
                raise ReceiverChanged
            ready = await self._preparing.prepare(draft, receiver, await self._country())
            await self._saving.save(ready, details_of(ready.result), keep_copy)
            self._preparing.forget(draft_id)
        self._submitting.pop(draft_id, None)
        self._bus.publish(ReportQueued(draft_id))
        self._bus.publish(DraftsChanged())
        return draft_id

    async def _hold(self, draft: Draft) -> None:
        """From the click to the receipt nothing goes to this person by itself (decision 10)."""
        for jid in await self._db.run(_whom, draft):
            self._quiet.hold(draft.account, jid, draft.id)

    def _lock(self, draft_id: str) -> asyncio.Lock:
        return self._submitting.setdefault(draft_id, asyncio.Lock())

    async def _receiver(self, draft: Draft) -> EndpointProfile:
        receiver = await self.endpoint(draft)
        if receiver is None:
            raise NoEndpoint
        return receiver

    async def _draft(self, draft_id: str) -> Draft:
        draft = await self._db.run(report_drafts.get, draft_id)
        if draft is None:
            raise DraftGone
        return draft


def _begin(conn: Connection, context: ReportContext, id: str, now: str, form: str) -> Draft:
    """One transaction: the conversation, its snapshot as of now, and the draft, new or resumed."""
    conversation = context.conversation
    if conversation is None and context.account and context.counterpart:
        conversation = conversations.find(conn, context.account, context.counterpart)
    snap = None if conversation is None else snapshots.snapshot(conn, conversation, now)
    account = snap.account if snap else context.account
    # What a person typed may hold half a character; the store takes whole ones only.
    counterpart = snap.counterpart if snap else scalar_text(context.counterpart)
    known = report_drafts.find(conn, account, counterpart, conversation)
    if known is None:
        draft = Draft(id, snap, form, {}, context.messages, (), account, counterpart, now, now, context.occupant)
        report_drafts.add(conn, draft)
        return draft
    # A new click fixes the chat anew: what was chosen stays, and newer messages can be chosen too.
    chosen = tuple(dict.fromkeys((*known.chosen, *context.messages)))
    left_out = tuple(one for one in known.left_out if one not in context.messages)
    occupant = context.occupant or known.occupant
    draft = replace(known, snapshot=snap, chosen=chosen, left_out=left_out, updated_at=now, occupant=occupant)
    report_drafts.put(conn, draft)
    return draft


def _report(conn: Connection, draft_id: str) -> Draft | None:
    """The draft of a report; one of later evidence is none."""
    return None if report_drafts.addendum_of(conn, draft_id) else report_drafts.get(conn, draft_id)


def _whom(conn: Connection, draft: Draft) -> frozenset[str]:
    """Nobody where the draft is gone meanwhile, or is of later evidence: its report has the receipt."""
    return frozenset() if _report(conn, draft.id) is None else kept_quiet.addresses(conn, draft)


def _page(found: report_drafts.Lines) -> EvidencePage:
    rows = tuple(
        EvidenceRow(
            message=one.message,
            direction=one.direction.value,
            name=found.names[one.message],
            at=one.times.best,
            body=one.body,
            media=tuple(media.name for media in one.media),
            edited=any(not edit.kind.startswith("retract") for edit in one.edits),
            retracted=any(edit.kind.startswith("retract") for edit in one.edits),
            goes="chosen" if one.message in found.chosen else "context" if one.message in found.context else "no",
        )
        for one in found.messages
    )
    return EvidencePage(rows, found.has_older, found.has_newer, found.total, len(found.chosen), len(found.context))
