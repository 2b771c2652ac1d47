"""Asks the own server's archive about the lines of a report just before it is signed (assurance A2, XEP-0313).

Only the own archive is asked, by the ids that it gave itself; nothing goes to the reported party or their server. Lines
whose id is missing or not to be trusted (two claim to be it: XEP-0359, rule 4) are looked for by what they say.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from messenger.domain.errors import RobinError
from messenger.domain.evidence import ArchiveCheck, CapturedMessage, EditRecord, Snapshot
from messenger.domain.message import Direction, IncomingMessage
from messenger.services.ports import ChatSession, Clock
from messenger.services.sessions import Sessions

log = logging.getLogger(__name__)
LIMIT = 5.0
"""Seconds for all questions of one report."""
_PAGES = 8
_NEAR = 300.0
"""Seconds between a line's time and the archive's for a line that has no id of its own at all."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Lines with the archive's word. `asked_at` None: nobody could be asked. `ids`: message to its archive id, checked."""

    lines: tuple[CapturedMessage, ...]
    asked_at: str | None = None
    ids: dict[int, str] = field(default_factory=dict)


class ArchiveChecks:
    """See the module. A room's lines are not in the own archive: they are not asked about."""

    def __init__(self, sessions: Sessions, clock: Clock, limit: float = LIMIT) -> None:
        self._sessions = sessions
        self._clock = clock
        self._limit = limit

    async def check(self, snapshot: Snapshot | None, lines: Sequence[CapturedMessage]) -> Checked:
        """The lines with what the archive said; never raises for the world and never takes longer than the limit."""
        asked = Checked(tuple(lines))
        if snapshot is None or snapshot.room is not None or not lines:
            return asked
        session = self._sessions.online(snapshot.account)
        if session is None:
            return asked
        try:
            async with asyncio.timeout(self._limit):
                return await self._check(session, snapshot, lines)
        except TimeoutError:
            log.info("the archive did not answer in time")
        except RobinError as error:
            log.info("the archive was not asked: %s", type(error).__name__)
        return asked

    async def _check(self, session: ChatSession, snapshot: Snapshot, lines: Sequence[CapturedMessage]) -> Checked:
        now = self._clock.now()
        known = await _by_ids(session, snapshot.account, lines)
        nameless = [one for one in lines if not _own_id(snapshot.account, one) and _sought(one)]
        if not known and not nameless:
            return Checked(tuple(lines))
        taken = {name for one in lines if _is_same(one, known.get(name := _own_id(snapshot.account, one)))}
        found, covered = await _seek(session, snapshot, nameless, taken)
        ids: dict[int, str] = {}
        checked = []
        for line in lines:
            verdict, name = _verdict(snapshot.account, line, known, found, covered)
            checked.append(replace(line, archive_check=verdict))
            if verdict in (ArchiveCheck.SAME, ArchiveCheck.FOUND):
                ids[line.message] = name
        return Checked(tuple(checked), now, ids)


async def _seek(
    session: ChatSession, snapshot: Snapshot, lines: Sequence[CapturedMessage], taken: set[str]
) -> tuple[dict[int, str], bool]:
    """Pages of the archive with this counterpart, the newest first, until every line was found or is behind us.

    Message to archive id, each id for one line only; and whether what was not found cannot be further back.
    """
    left: dict[tuple[str, str, str], list[CapturedMessage]] = {}
    for line in lines:
        left.setdefault(_words(line.sender, line.kind, line.body), []).append(line)
    oldest = min((one.times.best for one in lines), default="")
    found: dict[int, str] = {}
    before: str | None = None
    for _ in range(_PAGES if lines else 0):
        page = await session.archive_page(before, counterpart=snapshot.counterpart)
        for message in page.messages:
            name = message.archive_id.id if message.archive_id else ""
            alike = left.get(_words(message.sender, message.kind, message.body), [])
            hit = next((one for one in alike if name and name not in taken and _is_line(one, message)), None)
            if hit is not None:
                taken.add(name)
                found[hit.message] = name
                alike.remove(hit)
        first = min((one.times.best for one in page.messages), default=oldest)
        if page.complete or not page.first or _seconds(first, oldest) < -_NEAR:
            return found, True
        if len(found) == len(lines):
            break
        before = page.first
    return found, len(found) == len(lines)


async def _by_ids(
    session: ChatSession, account: str, lines: Iterable[CapturedMessage]
) -> dict[str, IncomingMessage | None]:
    """What the archive has under each id that it gave; None where it has nothing (reporting.md, fact 2)."""
    wanted = list(dict.fromkeys(name for line in lines for name in _all_ids(account, line)))
    if not wanted:
        return {}
    answers = await session.archive_by_ids(wanted)
    by_id = {one.archive_id.id: one for one in answers if one.archive_id is not None}
    return {name: by_id.get(name) for name in wanted}


def _verdict(
    account: str,
    line: CapturedMessage,
    known: dict[str, IncomingMessage | None],
    found: dict[int, str],
    covered: bool,
) -> tuple[ArchiveCheck, str]:
    name = _own_id(account, line)
    if name:
        answer = known[name]
        if answer is None:
            return ArchiveCheck.MISSING, ""
        first = ArchiveCheck.SAME if _is_same(line, answer) else ArchiveCheck.DIFFERS
    elif line.message in found:
        first, name = ArchiveCheck.FOUND, found[line.message]
    else:
        # Own words without a copy from the server may still wait to be sent: that they are not there says nothing.
        came = covered and line.raw is not None
        return (ArchiveCheck.MISSING if came else ArchiveCheck.NOT_ASKED), ""
    worst = [_edit_verdict(account, edit, known) for edit in line.edits]
    if ArchiveCheck.DIFFERS in (first, *worst):
        return ArchiveCheck.DIFFERS, ""
    if ArchiveCheck.MISSING in worst:
        return ArchiveCheck.MISSING, ""
    return first, name


def _edit_verdict(account: str, edit: EditRecord, known: dict[str, IncomingMessage | None]) -> ArchiveCheck:
    if edit.archive_id is None or edit.archive_id.by != account:
        return ArchiveCheck.NOT_ASKED
    answer = known[edit.archive_id.id]
    if answer is None:
        return ArchiveCheck.MISSING
    retracts = edit.kind.startswith("retract")
    same = _bare(answer.sender) == _bare(edit.sender) and retracts == bool(answer.retracts)
    return ArchiveCheck.SAME if same and (retracts or answer.body == edit.body) else ArchiveCheck.DIFFERS


def _words(sender: str, kind: str, body: str) -> tuple[str, str, str]:
    """What has to be the same: the sender, the kind of message and the words."""
    return _bare(sender), kind, body


def _is_same(line: CapturedMessage, answer: IncomingMessage | None) -> bool:
    """Whether the archive has these very words of this sender."""
    if answer is None:
        return False
    return _words(answer.sender, answer.kind, answer.body) == _words(line.sender, line.kind, line.body)


def _is_line(line: CapturedMessage, answer: IncomingMessage) -> bool:
    """Whether a message with the same words is this very line: by its own ids, or where it has none by its time."""
    for ours, theirs in ((line.stanza_id, answer.stanza_id), (line.origin_id, answer.origin_id)):
        if ours or theirs:
            return ours == theirs
    return abs(_seconds(line.times.best, answer.times.best)) <= _NEAR


def _sought(line: CapturedMessage) -> bool:
    """Whether the archive may have this line: it came over the stream, or it was sent from here under an id of ours."""
    return line.raw is not None or (line.direction is Direction.OUT and bool(line.origin_id))


def _own_id(account: str, line: CapturedMessage) -> str:
    """The line's id in the own archive, when there is one and it can be trusted."""
    if line.archive_id is None or line.archive_id.by != account:
        return ""
    return line.archive_id.id


def _all_ids(account: str, line: CapturedMessage) -> Iterable[str]:
    if name := _own_id(account, line):
        yield name
    for edit in line.edits:
        if edit.archive_id is not None and edit.archive_id.by == account:
            yield edit.archive_id.id


def _bare(address: str) -> str:
    return address.partition("/")[0]


def _seconds(one: str, other: str) -> float:
    """How much later `one` is than `other`."""
    return (datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds()
