"""Makes the report that is signed and sealed out of a draft, once: the preview shows it and Send saves that very one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from messenger import resources
from messenger.domain.contact import Subscription
from messenger.domain.errors import FormatRefused, TooLarge
from messenger.domain.evidence import CapturedMessage
from messenger.domain.message import Direction
from messenger.domain.report import Draft, EndpointProfile
from messenger.evidence.capture import COUNTABLE, Capture, capture, selection
from messenger.evidence.manifest import make_manifest
from messenger.evidence.report import Prepared, prepare
from messenger.evidence.schema import Schemas
from messenger.evidence.statement import ServerFacts
from messenger.evidence.transcript import messages_text
from messenger.questionnaire import tree
from messenger.questionnaire.form import Questionnaire
from messenger.questionnaire.interview import Interview
from messenger.questionnaire.outcome import Result
from messenger.services.archive_checks import ArchiveChecks, Checked
from messenger.services.ports import Clock
from messenger.services.reporter_keys import ReporterKeys
from messenger.services.room_evidence import minimised, reported
from messenger.services.statement import Surroundings, state
from messenger.storage import contacts, snapshots
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.report_after import After

_FORM = "questions/abuse.json"
_LONGEST_NAME = 1000


@dataclass(frozen=True, slots=True)
class Ready:
    """A finished report of a draft, with what the outbox wants to know beside it. It is readable: memory only."""

    draft: Draft
    prepared: Prepared = field(repr=False)
    result: Result = field(repr=False)
    key: str
    after: After


class Preparing:
    """Holds one finished report at most, in memory, until the draft changes, is sent or thrown away."""

    def __init__(
        self,
        db: Database,
        keys: ReporterKeys,
        clock: Clock,
        lang: str,
        server: Callable[[str], Awaitable[ServerFacts]],
        checks: ArchiveChecks,
    ) -> None:
        self._db = db
        self._keys = keys
        self._clock = clock
        self._lang = lang
        self._server = server
        self._checks = checks
        self._form: Questionnaire | None = None
        self._schemas: Schemas | None = None
        self._held: tuple[object, Ready] | None = None
        self._one = asyncio.Lock()

    async def questionnaire(self) -> Questionnaire:
        """The wizard's questions, read once."""
        if self._form is None:
            self._form = await asyncio.to_thread(_read_form)
        return self._form

    def forget(self, draft_id: str) -> None:
        """Let the finished report of this draft go."""
        if self._held is not None and self._held[1].draft.id == draft_id:
            self._held = None

    async def prepare(self, draft: Draft, receiver: EndpointProfile, country: str) -> Ready:
        """The finished report of this draft for this receiver: made now, or the one that was made for the preview.

        Raises `NotComplete`, `TooLarge`, `FormatRefused` (no desk key) or `StoreFull` (the reporter's first keys).
        """
        same = _sameness(draft, receiver, country)
        async with self._one:
            if self._held is not None and self._held[0] == same:
                return self._held[1]
            ready = await self._prepare(draft, receiver, country)
            self._held = (same, ready)
            return ready

    async def messages(self, draft: Draft) -> str:
        """The messages that would go, as readable text, whatever else is still missing. Raises `TooLarge`."""
        known = await self._db.run(_known, draft)
        now = self._clock.now()

        def make() -> str:
            taken = capture(known.lines, draft.chosen, draft.left_out)
            return messages_text(make_manifest(taken, draft.snapshot, ServerFacts(), now), taken.entries)

        try:
            return await asyncio.to_thread(make)
        except FormatRefused:
            raise TooLarge from None

    async def _prepare(self, draft: Draft, receiver: EndpointProfile, country: str) -> Ready:
        talk = Interview.from_json(await self.questionnaire(), draft.interview)
        known = await self._db.run(_known, draft)
        keys = await self._keys.for_account(draft.account)
        checked = await self.checked(draft, known.lines)
        server = await self.server(draft.account, checked)
        schemas = await self.schemas()
        now = self._clock.now()

        def make() -> Ready:
            try:
                taken = capture(checked.lines, draft.chosen, draft.left_out)
                around = _around(known, taken, server, country, self._lang)
                stated = state(talk, draft, around, receiver, now)
                prepared = prepare(stated, taken, draft.snapshot, keys.signing, keys.sealing, schemas)
            except FormatRefused as error:
                raise (TooLarge() if error.fields["what"] in ("size", "lines") else error) from None
            result = talk.result()
            after = _after(draft, result, stated.consent.third_party, known.lines, checked)
            return Ready(draft, prepared, result, keys.signing.thumbprint, after)

        return await asyncio.to_thread(make)

    async def checked(self, draft: Draft, lines: Sequence[CapturedMessage]) -> Checked:
        """These lines, those that go with what the own server's archive says of them; the limit of time is kept."""
        removed = set(draft.left_out)
        picked = {one.seq for one in lines if one.message in set(draft.chosen)}
        near = selection([one.seq for one in lines], picked)
        going = [one for one in lines if one.seq in near and one.message not in removed]
        found = await self._checks.check(draft.snapshot, going)
        told = {one.message: one for one in found.lines}
        return replace(found, lines=tuple(told.get(one.message, one) for one in lines))

    async def server(self, account: str, checked: Checked) -> ServerFacts:
        """What is said of the own server."""
        facts = await self._server(account) if account else ServerFacts()
        return replace(facts, asked_at=checked.asked_at)

    async def schemas(self) -> Schemas:
        """The schemas of the format, read once."""
        if self._schemas is None:
            self._schemas = await asyncio.to_thread(Schemas.packaged)
        return self._schemas


@dataclass(frozen=True, slots=True)
class _Known:
    """What the store knows for a report: the lines with what must stay countable around them, and the roster's entry."""

    lines: tuple[CapturedMessage, ...] = ()
    name: str = ""
    subscription: Subscription | None = None


def _known(conn: Connection, draft: Draft) -> _Known:
    lines: tuple[CapturedMessage, ...] = ()
    if draft.snapshot is not None:
        lines = minimised(draft, snapshots.around(conn, draft.snapshot, draft.chosen, COUNTABLE))
    item = contacts.item(conn, draft.account, draft.counterpart) if draft.counterpart else None
    if item is None:
        return _Known(lines)
    return _Known(lines, item.name[:_LONGEST_NAME], item.subscription)


def _after(
    draft: Draft, result: Result, third_party: bool, lines: Sequence[CapturedMessage], checked: Checked
) -> After:
    """What the outbox keeps readable of a report: no words, only what is needed for what can be done after the receipt."""
    removed, room = set(draft.left_out), draft.snapshot.room if draft.snapshot else None
    chosen = [one for one in lines if one.message in set(draft.chosen) and one.message not in removed]
    theirs = [one for one in chosen if one.direction is Direction.IN]
    names = [_name(one, checked) for one in theirs]
    about = reported(draft, lines) if room is not None else ()
    return After(
        draft.id,
        category=result.category,
        marked=tuple(name for name in names if name),
        room=room is not None,
        public_room=room is not None and room.public,
        party=next((one.jid for one in about), ""),
        third_party=third_party,
        occupant=next((one.occupant_id for one in about), ""),
        reader=result.reporter_age_band,
        country=result.fields.get("country", ""),
    )


def _name(line: CapturedMessage, checked: Checked) -> str:
    """The line's id in the own archive: as the archive confirmed it, or as it came where nobody could be asked."""
    if checked.asked_at is not None:
        return checked.ids.get(line.message, "")
    return line.archive_id.id if line.archive_id is not None else ""


def _around(known: _Known, taken: Capture, server: ServerFacts, country: str, lang: str) -> Surroundings:
    shown = set(taken.messages)
    lines = [one for one in known.lines if one.message in shown]
    return Surroundings(lines, known.name, known.subscription, server, country, lang)


def _sameness(draft: Draft, receiver: EndpointProfile, country: str) -> tuple[Any, ...]:
    """What a report depends on; `updated_at` may move without anything else moving."""
    return (
        draft.id,
        draft.snapshot,
        _answers(draft.interview),
        sorted(draft.chosen),
        sorted(draft.left_out),
        draft.account,
        draft.counterpart,
        draft.occupant,
        receiver,
        country,
    )


def _answers(interview: dict[str, Any]) -> dict[str, Any]:
    """The draft's interview without the page that it is open at."""
    return {name: value for name, value in interview.items() if name not in ("position", "returning")}


def _read_form() -> Questionnaire:
    return tree.load(resources.read(_FORM), _FORM)
