"""After the receipt: keep the chat, mute, block, leave, tell the own server (hub.aftercare). Always the person's own deed.

Telling the own server (XEP-0377) rides on the block and can have their server told by a careless one, so it is never done
by itself, and what travels is the least there is: ids that the own server gave, the case and a digest.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, FeatureMissing
from messenger.domain.events import ChatsChanged, ReportChanged
from messenger.domain.report import Aftercare, AftercareDeed
from messenger.evidence.consent import LaterConsent, make_consent
from messenger.services import blocking as blocks
from messenger.services.blocking import BlockingService
from messenger.services.bus import Bus
from messenger.services.desks import Desks, Way
from messenger.services.ports import ChatSession, Clock, ServerReport
from messenger.services.sessions import Sessions
from messenger.storage import contacts, conversations, outbox, report_after, report_cases
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.outbox import Entry
from messenger.storage.report_after import CONSENT, After
from messenger.storage.report_cases import Case

log = logging.getLogger(__name__)
REPORTING = "urn:xmpp:reporting:1"
TOLD_BY_DEFAULT = frozenset({"deception", "bullying"})
"""Categories for which telling the own server is ticked at first (reporting.md, c.5)."""
MOST_ITEMS = 50
CONSENT_FIRST = 10.0
"""Seconds for which the block waits for the desk to know that it is allowed to hear of this from the server."""
_URGENT = 1

TellRoom = Callable[[int, str, str], Awaitable[None]]
"""Tells the people who run the room of a conversation about an occupant (id), in some words."""
Leave = Callable[[int], Awaitable[None]]
"""Leaves the room of a conversation."""


class AftercareService:
    """What was done is kept with the case; nothing here is needed for the report to count."""

    def __init__(
        self,
        db: Database,
        sessions: Sessions,
        desks: Desks,
        blocking: BlockingService | None,
        leave_room: Leave | None,
        bus: Bus,
        clock: Clock,
        tell_room: TellRoom | None = None,
    ) -> None:
        self._db = db
        self._sessions = sessions
        self._desks = desks
        self._blocking = blocking
        self._leave_room = leave_room
        self._tell_room = tell_room
        self._bus = bus
        self._clock = clock
        # One deed at a time: two windows that block at once must not tell the server twice.
        self._one = asyncio.Lock()

    async def options(self, report_id: str) -> Aftercare:
        """What can be done now, and what was done. Raises `KeyError` when there is no receipt yet."""
        about = await self._about(report_id)
        entry, after = about.entry, about.after
        session = self._sessions.online(entry.account)
        features = session.features() if session is not None else frozenset()
        target = _target(entry, after)
        can_block = self._blocking is not None and blocks.FEATURE in features and bool(target)
        return Aftercare(
            report_id=report_id,
            counterpart=entry.about,
            can_block=can_block,
            can_tell_server=can_block and REPORTING in features and not after.room,
            tell_server_default=after.category in TOLD_BY_DEFAULT,
            own_server=entry.account.rpartition("@")[2],
            in_roster=about.in_roster,
            is_room=after.room,
            public_room=after.public_room,
            done=after.done,
            told_server=after.told_server,
            read_room=after.read_room,
            can_tell_room=self._tell_room is not None and session is not None and _takes_reports(session, entry, after),
            told_room=after.told_room,
        )

    async def keep(self, report_id: str) -> Aftercare:
        """Leave everything as it is. Raises `KeyError`."""
        await self._about(report_id)
        return await self._did(report_id, AftercareDeed.KEEP)

    async def mute(self, report_id: str) -> Aftercare:
        """No notices of this chat any more; only this computer knows of it. Raises `KeyError`."""
        about = await self._about(report_id)
        conversation = await self._db.write(_mute, about.entry)
        if conversation is not None:
            self._bus.publish(ChatsChanged(about.entry.account, (conversation,)))
        return await self._did(report_id, AftercareDeed.MUTE)

    async def block(self, report_id: str, tell_server: bool = False) -> Aftercare:
        """Block the person, and with `tell_server` tell the own server why. Raises `KeyError`, `NotConnected`, `FeatureMissing`."""
        async with self._one:
            told = await self._block(await self._about(report_id), tell_server)
            return await self._did(report_id, AftercareDeed.BLOCK, told=told)

    async def block_and_leave(self, report_id: str, tell_server: bool = False) -> Aftercare:
        """Block, and take the person off the contacts; or leave the room, and block the person where the room shows who it is.

        Raises as `block` does.
        """
        async with self._one:
            return await self._block_and_leave(await self._about(report_id), tell_server)

    async def _block_and_leave(self, about: _About, tell_server: bool) -> Aftercare:
        entry, told, report_id = about.entry, False, about.entry.report_id
        session = self._sessions.need(entry.account)
        if about.after.room:
            conversation = await self._db.run(conversations.find, entry.account, entry.about)
            if self._leave_room is None or conversation is None:
                raise FeatureMissing
            await self._leave_room(conversation)
            if about.after.party:
                told = await self._block(about, False)
        else:
            told = await self._block(about, tell_server)
            # Kept first: whatever the roster says, the block is done.
            await self._did(report_id, AftercareDeed.BLOCK, told=told)
            if about.in_roster:
                await session.remove_contact(entry.about)
        return await self._did(report_id, AftercareDeed.BLOCK_AND_LEAVE, told=told)

    async def allow_room(self, report_id: str) -> Aftercare:
        """The desk may read the public room by itself. Raises `KeyError`, or `FeatureMissing` where the room is not public."""
        about = await self._about(report_id)
        if not about.after.public_room:
            raise FeatureMissing
        await self._consent(report_id, tell_own_server=about.after.told_server, read_room=True)
        await self._db.write(report_after.allow_room, report_id)
        self._bus.publish(ReportChanged(report_id))
        return await self.options(report_id)

    async def tell_room(self, report_id: str) -> Aftercare:
        """Tell the people who run the room, once (urn:xmpp:gcreport:0): whom it is about, the case and the digest.

        Raises `KeyError`, `NotConnected`, or `FeatureMissing` where the room does not take it.
        """
        async with self._one:
            about = await self._about(report_id)
            if about.after.told_room:
                return await self.options(report_id)
            entry, occupant = about.entry, about.after.occupant
            conversation = await self._db.run(conversations.find, entry.account, entry.about)
            if self._tell_room is None or conversation is None or not (about.after.room and occupant):
                raise FeatureMissing
            await self._tell_room(conversation, occupant, _reference(about))
            await self._db.write(report_after.tell_room, report_id)
        self._bus.publish(ReportChanged(report_id))
        return await self.options(report_id)

    async def carry(self, way: Way) -> None:
        """Hand over consents that wait. Raises `EndpointUnreachable`, or `EndpointRejected` when the case is gone."""
        if way.case.outcome is not None:
            return
        for letter in await self._db.run(report_after.letters, way.case.report_id, CONSENT):
            try:
                await way.endpoint.consent(way.profile, way.case.report_id, way.prove, letter.sealed)
            except EndpointRejected as error:
                if error.fields["status"] in (0, 401, 404, 410):
                    raise
                # A desk that knows no consent does not get it again; it then reads no room and heeds no server.
                log.warning("a consent was not taken: %d", int(error.fields["status"]))
            await self._db.write(report_after.letter_done, letter.n)

    # -- parts

    async def _about(self, report_id: str) -> _About:
        return await self._db.run(_about, report_id)

    async def _did(self, report_id: str, deed: AftercareDeed, told: bool = False) -> Aftercare:
        await self._db.write(report_after.did, report_id, (deed,), told)
        self._bus.publish(ReportChanged(report_id))
        return await self.options(report_id)

    async def _block(self, about: _About, tell_server: bool) -> bool:
        """Whether the own server was told, too."""
        entry, after = about.entry, about.after
        target = _target(entry, after)
        if self._blocking is None or not target:
            raise FeatureMissing
        session = self._sessions.need(entry.account)
        if not tell_server or after.told_server or after.room or REPORTING not in session.features():
            await self._blocking.block(entry.account, target)
            return False
        await self._consent(entry.report_id, tell_own_server=True, read_room=after.read_room)
        try:
            await self._blocking.block_and_report(entry.account, target, _reports(about))
        except FeatureMissing:
            # The block is what keeps a person safe; it must not fail because of the word beside it.
            await self._blocking.block(entry.account, target)
            return False
        return True

    async def _consent(self, report_id: str, *, tell_own_server: bool, read_room: bool) -> None:
        """Seal the consent, keep it, and try to hand it over now; else it goes with the next line to the desk."""
        way = await self._desks.to(report_id)
        consent = LaterConsent(report_id, str(uuid4()), self._clock.now(), tell_own_server, read_room)
        sealed = await asyncio.to_thread(make_consent, way.pair.signing, way.reader, consent)
        says = f"server {tell_own_server:d} room {read_room:d}"
        await self._db.write(report_after.add_letter, report_id, CONSENT, says, consent.at, sealed)
        try:
            async with asyncio.timeout(CONSENT_FIRST):
                await self.carry(way)
        except (TimeoutError, EndpointUnreachable, EndpointRejected):
            log.info("a consent goes later")


class _About:
    """What is known of a report that has its receipt."""

    def __init__(self, entry: Entry, case: Case, after: After, in_roster: bool) -> None:
        self.entry = entry
        self.case = case
        self.after = after
        self.in_roster = in_roster


def _about(conn: Connection, report_id: str) -> _About:
    entry, case = outbox.get(conn, report_id), report_cases.get(conn, report_id)
    if entry is None or case is None:
        raise KeyError("case")
    entry = replace(entry, account=entry.account or case.receipt.reporter_jid)
    item = contacts.item(conn, entry.account, entry.about) if entry.about else None
    return _About(entry, case, report_after.get(conn, report_id), item is not None)


def _target(entry: Entry, after: After) -> str:
    """Whom a block is about: in a room the real address, where it was shown."""
    return after.party if after.room else entry.about


def _takes_reports(session: ChatSession, entry: Entry, after: After) -> bool:
    """Whether the room offers reports to the people who run it, and the person can be named to them."""
    return after.room and bool(after.occupant) and session.rooms.now(entry.about).info.reports


def _mute(conn: Connection, entry: Entry) -> int | None:
    found = conversations.find(conn, entry.account, entry.about)
    if found is not None:
        conversations.set_muted(conn, found, True)
    return found


def _reference(about: _About) -> str:
    """What others are told of a report: the case and the digest, and no word of it."""
    return f"ref case {about.case.receipt.case_number}, sha-256:{about.case.receipt.report_digest}"


def _reports(about: _About) -> tuple[ServerReport, ...]:
    """One item for each chosen message of theirs, or one without a message where none is known."""
    receipt, after = about.case.receipt, about.after
    words = _reference(about)
    common = ServerReport(
        reason="spam" if after.category == "deception" else "abuse",
        text=f"urgent, {words}" if about.entry.urgency <= _URGENT else words,
        case_number=receipt.case_number,
        digest=receipt.report_digest,
        third_party=after.third_party,
    )
    return tuple(replace(common, archive_id=name) for name in after.marked[:MOST_ITEMS]) or (common,)
