"""Reporting: from the click on Report abuse to the sealed report on disk."""

from __future__ import annotations

from typing import Any

from messenger.domain.report import Draft, DraftSummary, EndpointProfile, EvidencePage, Preview, ReportContext
from messenger.questionnaire.form import Questionnaire
from messenger.questionnaire.interview import Interview


class ReportingService:
    """What a person does with a report before it is saved. Works signed out and offline; sends no stanza, ever."""

    async def begin(self, context: ReportContext) -> tuple[Draft, Questionnaire, Interview]:
        """Start a report. The evidence snapshot is fixed now; an open draft about the same conversation is resumed."""
        raise NotImplementedError

    async def drafts(self) -> tuple[DraftSummary, ...]:
        """Unfinished reports, the newest first."""
        raise NotImplementedError

    async def resume(self, draft_id: str) -> tuple[Draft, Questionnaire, Interview]:
        """An unfinished report as it was left. Raises `DraftGone`."""
        raise NotImplementedError

    async def save(self, draft: Draft) -> Draft:
        """Keep a draft (encrypted store); called at every change. Returns it with `updated_at`. Raises `StoreFull`, `DraftGone`."""
        raise NotImplementedError

    async def discard(self, draft_id: str) -> None:
        """Erase a draft; nothing happens when it is gone."""
        raise NotImplementedError

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
        raise NotImplementedError

    async def choose_all(self, draft: Draft) -> Draft:
        """Choose every message of the snapshot, and keep the draft."""
        raise NotImplementedError

    async def details(self) -> dict[str, Any]:
        """What was given about the reporter before (name, contact, country, when it is safe): asked once and reused.

        Keys are fields of the questionnaire (checks.FIELDS); values are typed text or option ids with a space between.
        """
        raise NotImplementedError

    async def endpoint(self, draft: Draft) -> EndpointProfile | None:
        """Who receives this report; None where nobody is configured (the draft is kept)."""
        raise NotImplementedError

    async def preview(self, draft: Draft) -> Preview:
        """Readable form of exactly what will be sent. Raises `NoEndpoint`, or `DraftGone`."""
        raise NotImplementedError

    async def submit(self, draft_id: str, keep_copy: bool = False) -> str:
        """Sign, seal, put on disk and queue; returns the report id only after all of it is safe there (fsync, commit).

        A second call for the same draft gives the same report id and makes no second report. With `keep_copy` a
        readable signed copy stays in the encrypted store (decision 5); without, one is held in memory until
        `OutboxService.forget_copy`. Raises `NoEndpoint`, `DraftGone`, `StoreFull`; the draft is kept.
        """
        raise NotImplementedError
