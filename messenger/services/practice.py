"""A practice report: the wizard's services over a store in memory that holds a made-up chat, with every answer filled in.

Nothing can be sent from here because there is nothing to send with: no endpoint, no outbox, no account, no session, no key
store and no file. The store ends with the window.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from messenger.domain.contact import RosterItem, Subscription
from messenger.domain.errors import NoEndpoint, NoKeyring
from messenger.domain.message import Direction, IncomingMessage, RawStanza, Times, Via
from messenger.domain.report import Draft, ReportContext
from messenger.evidence.statement import ServerFacts
from messenger.i18n import tr, trd
from messenger.questionnaire.form import QuestionKind, Questionnaire, Step
from messenger.questionnaire.interview import Interview
from messenger.services.archive_checks import ArchiveChecks
from messenger.services.bus import Bus
from messenger.services.clock import SystemClock, rfc3339
from messenger.services.preparing import Preparing, Ready
from messenger.services.quiet import Quiet
from messenger.services.receivers import Receivers, Routed
from messenger.services.reporter_keys import ReporterKeys
from messenger.services.reporting import ReportingService
from messenger.services.safety import SafetyService
from messenger.services.saving import Saving
from messenger.services.sessions import Sessions
from messenger.services.settings import SettingsService
from messenger.storage import contacts, history
from messenger.storage.connection import Connection
from messenger.storage.in_memory import MemoryDatabase

ME, FRIEND = "me@practice.invalid", "friend@practice.invalid"
"""Nobody can have an address below .invalid (RFC 2606)."""
_AGES = {"S": "under_13", "T": "13_15", "A": "18_over", "C": "18_over"}
"""The age of the one in the story, by the words that suit the reader. It is nobody's."""


_PAGES = ("start", "safe", "who", "what", "messages", "details", "check")
"""A practice takes well under a minute: the pages where something is to be learnt."""


def short(form: Questionnaire) -> Questionnaire:
    """The same questionnaire with the pages of a practice only, one after the other."""
    pages = [one for one in form.pages if one.id in _PAGES]
    ways = [*((Step(after.id),) for after in pages[1:]), ()]
    kept = tuple(replace(page, next=way) for page, way in zip(pages, ways, strict=True))
    return replace(form, pages=kept, follow_ups=())


class ShortPreparing(Preparing):
    """Asks the short way."""

    async def questionnaire(self) -> Questionnaire:
        """See `short`."""
        return short(await super().questionnaire())


class NobodyThere(Receivers):
    """Nobody receives a practice report, whatever is chosen in the settings or lies in a folder."""

    async def route(self, country: str, category: str = "", tier: str = "") -> Routed | None:
        """Nobody."""
        return None


class NoPlace(Saving):
    """There is no outbox and no folder that a report could be put into."""

    def __init__(self) -> None:
        """Nothing is given to it that could keep anything."""

    async def save(self, ready: Ready, details: Mapping[str, str], keep_copy: bool) -> None:
        """Raises `NoEndpoint`."""
        raise NoEndpoint

    async def discard(self, report_id: str) -> None:
        """There is nothing to take away."""


class NoSecrets:
    """`ports.SecretStore` that keeps no secret."""

    persistent = False

    async def get(self, name: str) -> str | None:
        """Raises `NoKeyring`."""
        raise NoKeyring

    async def put(self, name: str, value: str) -> None:
        """Raises `NoKeyring`."""
        raise NoKeyring

    async def delete(self, name: str) -> None:
        """There is none."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """What the wizard asks of a hub up to its last question. It has none of the other services."""

    bus: Bus
    reporting: ReportingService
    safety: SafetyService
    settings: SettingsService


class Practice:
    """Builds one sandbox and ends it. `band` and `country` are the person's settings: words and numbers fit them."""

    def __init__(self, band: str = "", country: str = "") -> None:
        self._band, self._country = band, country
        self._database: MemoryDatabase | None = None

    async def build(self) -> Sandbox:
        """The sandbox with its one draft, filled in and at its first page."""
        database = self._database = await MemoryDatabase.make()
        bus, clock = Bus(), SystemClock()
        settings = SettingsService(database, bus)
        for key, value in (("band", self._band), ("country", self._country)):
            if value:
                await settings.set(key, value)

        async def country() -> str:
            return await settings.get("country")

        async def server(_account: str) -> ServerFacts:
            return ServerFacts()

        keys, sessions = ReporterKeys(database, NoSecrets()), Sessions()
        preparing = ShortPreparing(database, keys, clock, "en", server, ArchiveChecks(sessions, clock))
        reporting = ReportingService(database, preparing, NoPlace(), NobodyThere(), bus, clock, country, Quiet())
        sandbox = Sandbox(bus, reporting, SafetyService(database, settings, clock), settings)
        ids = await database.write(_chat, datetime.now(UTC))
        draft, _form, talk = await reporting.begin(ReportContext(ME, None, (ids[2], ids[4]), FRIEND))
        await self._fill(sandbox, draft, talk)
        return sandbox

    async def close(self, _sandbox: Sandbox) -> None:
        """The store goes, and with it all that was in it."""
        database, self._database = self._database, None
        if database is not None:
            await database.close()

    async def _fill(self, sandbox: Sandbox, draft: Draft, talk: Interview) -> None:
        """Answers for every page, so that Continue leads from the first to the last; each can be changed."""
        band = await sandbox.settings.get("band")
        given = {
            "safe": "yes",
            "role": "self",
            "age": _AGES[band],
            "what": "grooming",
            "name": tr("Sam"),
            "contact": "here",
            "safe_when": "after_school" if band in ("S", "T") else "evening",
            "country": await sandbox.settings.get("country"),
            "told": "yes",
        }
        for _page, question in talk.form.questions():
            value = given.get(question.id, "")
            if not value:
                continue
            if question.kind in (QuestionKind.TEXT, QuestionKind.PERSON):
                talk = talk.answer(question.id, text=value, at=draft.started_at, translate=trd)
            else:
                talk = talk.answer(question.id, value, at=draft.started_at, translate=trd)
        await sandbox.reporting.save(replace(draft, interview=talk.to_json()))


def _chat(conn: Connection, now: datetime) -> list[int]:
    """A short chat that never was, a quarter of an hour ago; the ids of its messages."""
    words = (
        tr("Hi, how was your day?"),
        tr("Good, thanks. We had art."),
        tr("Which school do you go to?"),
        tr("Why do you ask?"),
        tr("Tell me the name. I want to know."),
        tr("I do not want to say."),
    )
    contacts.put(conn, ME, [RosterItem(FRIEND, tr("Practice friend"), Subscription.BOTH)], True)
    began = now - timedelta(minutes=15)
    batch = [_line(number, one, began + timedelta(minutes=number)) for number, one in enumerate(words)]
    return [one for stored in history.store(conn, batch) for one in stored.new]


def _line(number: int, words: str, at: datetime) -> IncomingMessage:
    theirs, name = number % 2 == 0, f"practice-{number}"
    sender, to = (FRIEND, ME) if theirs else (ME, FRIEND)
    raw = f"<message xmlns='jabber:client' id='{name}'/>"
    digest = hashlib.sha256(raw.encode()).hexdigest()
    return IncomingMessage(
        account=ME,
        counterpart=FRIEND,
        direction=Direction.IN if theirs else Direction.OUT,
        via=Via.LIVE if theirs else Via.CARBON,
        sender=sender,
        to=to,
        kind="chat",
        stanza_id=name,
        origin_id=name,
        archive_id=None,
        duplicate_archive_ids=False,
        body=words,
        lang="",
        times=Times(received=rfc3339(at)),
        raw=RawStanza(raw, digest, raw, digest),
    )
