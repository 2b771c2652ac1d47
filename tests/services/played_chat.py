"""A signed-in session for tests of reporting: what it was asked stands in `out`; what it answers, the test says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from messenger.domain.account import ConnectionState
from messenger.domain.errors import FeatureMissing, RobinError
from messenger.domain.message import IncomingMessage
from messenger.services.blocking import BlockingService
from messenger.services.ports import ArchivePage, ServerReport
from messenger.services.sessions import Sessions
from messenger.storage.database import Database
from tests.room_world import PlayedRooms

BLOCKING = "urn:xmpp:blocking"
REPORTING = "urn:xmpp:reporting:1"


class PlayedSession:
    """The part of `ports.ChatSession` that reporting uses."""

    def __init__(self, account: str, features: Sequence[str] = (BLOCKING, REPORTING)) -> None:
        self.account = account
        self.known = frozenset(features)
        self.out: list[tuple[Any, ...]] = []
        self.expected: dict[str, tuple[str, str]] = {}
        self.nudgers: frozenset[str] = frozenset()
        self.archive: list[IncomingMessage] = []
        self.archive_fails: RobinError | None = None
        self.report_fails: RobinError | None = None
        self.rooms = PlayedRooms()

    def features(self) -> frozenset[str]:
        return self.known

    def time_offset_ms(self) -> int | None:
        return None

    def full_jid(self) -> str:
        return f"{self.account}/robin"

    def set_quiet(self, jids: frozenset[str]) -> None:
        self.quiet = jids

    def expect_confirm(self, desk: str, url: str, transaction: str) -> None:
        self.out.append(("expect", desk, url, transaction))
        self.expected[transaction] = (desk, url)

    def forget_confirm(self, transaction: str) -> None:
        self.expected.pop(transaction, None)

    def expect_news(self, desks: frozenset[str]) -> None:
        self.nudgers = desks

    async def archive_page(self, before: str | None, size: int = 250, counterpart: str = "") -> ArchivePage:
        self.out.append(("page", before, counterpart))
        return ArchivePage(tuple(self.archive), "", "", True)

    async def archive_by_ids(self, ids: Sequence[str]) -> tuple[IncomingMessage, ...]:
        self.out.append(("ids", *ids))
        if self.archive_fails is not None:
            raise self.archive_fails
        return tuple(one for one in self.archive if one.archive_id is not None and one.archive_id.id in ids)

    async def block(self, jids: Sequence[str]) -> None:
        if BLOCKING not in self.known:
            raise FeatureMissing
        self.out.append(("block", *jids))

    async def block_and_report(self, jid: str, reports: Sequence[ServerReport]) -> None:
        if self.report_fails is not None:
            raise self.report_fails
        self.out.append(("block_and_report", jid, tuple(reports)))

    async def remove_contact(self, jid: str) -> None:
        self.out.append(("remove", jid))

    def did(self, *names: str) -> list[tuple[Any, ...]]:
        return [one for one in self.out if one[0] in names]


class Listener:
    """The part of `ports.SessionListener` that blocking tells."""

    def __init__(self) -> None:
        self.lists: list[tuple[str, tuple[str, ...]]] = []

    async def blocklist(self, account: str, jids: Sequence[str]) -> None:
        self.lists.append((account, tuple(jids)))


def signed_in(sessions: Sessions, account: str, features: Sequence[str] = (BLOCKING, REPORTING)) -> PlayedSession:
    made = PlayedSession(account, features)
    sessions.put(account, made)  # type: ignore[arg-type]
    sessions.set_state(account, ConnectionState.ONLINE)
    return made


def blocking(db: Database, sessions: Sessions) -> BlockingService:
    return BlockingService(db, sessions, Listener())  # type: ignore[arg-type]
