"""First contact (R17): who wants to write for the first time, in facts only. Nothing here sends anything to anybody."""

from __future__ import annotations

from messenger.domain.guardian import Standing
from messenger.domain.notice import FirstContact
from messenger.services.guardian import GuardianService
from messenger.services.notices import NoticesService
from messenger.services.sessions import Sessions
from messenger.services.settings import SettingsService
from messenger.storage import conversations, rooms
from messenger.storage import first_contact as store
from messenger.storage.connection import Connection
from messenger.storage.database import Database
from messenger.storage.first_contact import Stranger
from messenger.storage.rooms import KnownRoom


class FirstContactService:
    """The cards of people who are not accepted yet, and whether links of a chat may be opened."""

    def __init__(
        self,
        database: Database,
        sessions: Sessions,
        settings: SettingsService,
        notices: NoticesService,
        guardian: GuardianService,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._settings = settings
        self._notices = notices
        self._guardian = guardian

    async def card(self, conversation: int) -> FirstContact | None:
        """What is known of the person of this chat; None when they are accepted, in the roster, or nobody wrote or asked."""
        found = await self._database.run(_card, conversation)
        return None if found is None else await self._made(*found)

    async def waiting(self, account: str) -> tuple[FirstContact, ...]:
        """Everybody who waits for an answer, the newest first. `conversation` is 0 where there is none yet."""
        return await self._all(account, put_away=False)

    async def put_away(self, account: str) -> tuple[FirstContact, ...]:
        """Those who were put away by "Not now", or by themselves when nobody new may write; the newest first."""
        return await self._all(account, put_away=True)

    async def links(self, conversation: int) -> bool:
        """Whether links in this chat may be opened after asking.

        Links from new people are off to start with; who was in the contacts for a while, or was marked as known, is not new.
        """
        return await self._settings.get("links_from_new") == "ask" or await self._notices.known(conversation)

    async def _all(self, account: str, put_away: bool) -> tuple[FirstContact, ...]:
        found, known = await self._database.run(_everyone, account, put_away)
        return tuple([await self._made(one, known) for one in found])

    async def _made(self, one: Stranger, known: tuple[KnownRoom, ...]) -> FirstContact:
        groups, sure = self._groups(one, known)
        guardian = await self._guardian.standing(one.account, one.jid)
        words = one.words or ((one.asked,) if one.asked else ())
        return FirstContact(
            conversation=one.conversation,
            account=one.account,
            counterpart=one.jid,
            name=conversations.title(None, one.jid),
            server=one.jid.rpartition("@")[2],
            resembles=one.resembles,
            groups=groups,
            words=words,
            count=one.count,
            asks=one.asks,
            maybe_blocked=one.blocks and bool(one.conversation) and await self._notices.maybe_blocked(one.conversation),
            held=guardian is not Standing.FREE,
            groups_known=sure,
            guardian=guardian,
        )

    def _groups(self, one: Stranger, known: tuple[KnownRoom, ...]) -> tuple[tuple[str, ...], bool]:
        """Titles of the rooms in common, and whether all rooms show the real addresses of who is there."""
        session = self._sessions.online(one.account)
        shared: list[str] = []
        sure = True
        for room in known:
            there = session.rooms.now(room.jid).occupants if session is not None else ()
            if room.jid in one.spoke_in or any(who.jid == one.jid for who in there):
                shared.append(conversations.title(room.name, room.jid))
            sure = sure and bool(there) and all(who.jid for who in there)
        return tuple(shared), sure


def _card(conn: Connection, conversation: int) -> tuple[Stranger, tuple[KnownRoom, ...]] | None:
    found = store.stranger(conn, conversation)
    return None if found is None else (found, _rooms(conn, found.account))


def _everyone(conn: Connection, account: str, put_away: bool) -> tuple[tuple[Stranger, ...], tuple[KnownRoom, ...]]:
    return store.waiting(conn, account, put_away), _rooms(conn, account)


def _rooms(conn: Connection, account: str) -> tuple[KnownRoom, ...]:
    return tuple(one for one in rooms.every(conn, account) if one.wanted)
