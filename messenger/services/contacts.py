"""Contacts: the roster as kept here, and requests of people who are not in it."""

from __future__ import annotations

from dataclasses import replace

from messenger.domain import jid as addresses
from messenger.domain import lookalike
from messenger.domain.contact import Contact, ContactRequest, RosterItem, Subscription
from messenger.domain.events import ChatsChanged, ContactsChanged, RequestsChanged
from messenger.services.bus import Bus
from messenger.services.guardian import GuardianService
from messenger.services.receiving import requests_count
from messenger.services.sessions import Sessions
from messenger.storage import contacts as store
from messenger.storage import conversations, first_contact
from messenger.storage.connection import Connection
from messenger.storage.database import Database

_KNOWN = (Subscription.TO, Subscription.FROM, Subscription.BOTH)


class ContactsService:
    """People. Addresses are bare. Nothing at all is sent to a stranger until the person accepts."""

    def __init__(self, database: Database, sessions: Sessions, guardian: GuardianService, bus: Bus) -> None:
        self._database = database
        self._sessions = sessions
        self._guardian = guardian
        self._bus = bus

    async def contacts(self, account: str) -> tuple[Contact, ...]:
        """The people in the roster, in order of name."""
        facts = await self._database.run(_facts, account)
        return tuple(self._contact(account, item, facts) for item in facts.roster)

    async def contact(self, account: str, jid: str) -> Contact:
        """One person, in the roster or not. Raises `InvalidAddress`."""
        address = addresses.bare(jid)
        facts = await self._database.run(_facts, account)
        item = next((one for one in facts.roster if one.jid == address), None)
        return self._contact(account, item or RosterItem(address, "", Subscription.NONE), facts)

    async def add(self, account: str, jid: str, name: str = "") -> None:
        """Add to the roster and ask for presence. Raises `InvalidAddress`, `GuardianNeeded` or `NotConnected`."""
        address = addresses.bare(jid)
        await self._guardian.need(account, address)
        await self._sessions.need(account).add_contact(address, name.strip())
        await self._database.write(_accept, account, address)
        await self._changed(account, address)

    async def remove(self, account: str, jid: str) -> None:
        """Take out of the roster. The chat stays. Raises `NotConnected`."""
        address = addresses.bare(jid)
        await self._sessions.need(account).remove_contact(address)

    async def rename(self, account: str, jid: str, name: str) -> None:
        """Change the name shown for a contact. Raises `NotConnected`."""
        address = addresses.bare(jid)
        await self._sessions.need(account).rename_contact(address, name.strip())

    async def requests(self, account: str) -> tuple[ContactRequest, ...]:
        """Subscription requests, and first messages of people who are not in the roster; newest first."""
        return await self._database.run(_requests, account)

    async def count(self, account: str) -> int:
        """How many wait for an answer: people, and groups that ask this account in."""
        return await self._database.run(requests_count, account)

    async def resembles(self, account: str, jid: str) -> str:
        """The address of a known person that this one looks like without being it, or ''. Raises `InvalidAddress`."""
        return lookalike.resembles(addresses.bare(jid), await self._database.run(_known, account))

    async def accept(self, account: str, jid: str) -> int:
        """Accept a request; returns the conversation's id.

        Who asked for presence gets the answer, and is asked back: raises `NotConnected` when that cannot be sent now.
        For a first message nothing is sent; from now on receipts and the like may go. Raises `GuardianNeeded` while a
        guardian has to say yes first.
        """
        address = addresses.bare(jid)
        await self._guardian.need(account, address)
        if await self._asked(account, address):
            await self._sessions.need(account).answer_request(address, True)
        conversation = await self._database.write(_accept_request, account, address)
        await self._changed(account, address)
        return conversation

    async def decline(self, account: str, jid: str) -> None:
        """Put a request away quietly: "Not now". Nothing at all is sent, to anybody.

        A no to a request for presence ('unsubscribed', RFC 6121, section 3.1.4) would tell the other side that somebody
        is there and looked at it, so it is not sent either: the server goes on keeping the request, brings it again at a
        sign-in, and it stays put away here until the person says yes or blocks.
        """
        address = addresses.bare(jid)
        await self._database.write(first_contact.put_away, account, address)
        await self._guardian.withdraw(account, address)
        await self._changed(account, address)

    async def _asked(self, account: str, address: str) -> bool:
        return await self._database.run(store.asked, account, address)

    async def _changed(self, account: str, address: str) -> None:
        self._bus.publish(ContactsChanged(account, (address,)))
        self._bus.publish(ChatsChanged(account))
        self._bus.publish(RequestsChanged(account, await self._database.run(requests_count, account)))

    def _contact(self, account: str, item: RosterItem, facts: _Facts) -> Contact:
        return Contact(
            account=account,
            jid=item.jid,
            name=conversations.title(item.name, item.jid),
            subscription=item.subscription,
            presence=self._sessions.presence(account, item.jid),
            known=item.subscription in _KNOWN,
            blocked=item.jid in facts.blocked,
            muted=item.jid in facts.muted,
            avatar=facts.avatars.get(item.jid),
        )


class _Facts:
    """What the store knows of an account's people, read at one moment."""

    def __init__(self, conn: Connection, account: str) -> None:
        self.roster = store.roster(conn, account)
        self.blocked = frozenset(store.blocked(conn, account))
        self.avatars = store.avatars(conn, account)
        self.muted = conversations.muted(conn, account)


def _facts(conn: Connection, account: str) -> _Facts:
    return _Facts(conn, account)


def _accept(conn: Connection, account: str, jid: str) -> int:
    conversation = conversations.ensure(conn, account, jid)
    conversations.set_accepted(conn, conversation, 1)
    store.drop_request(conn, account, jid)
    return conversation


def _accept_request(conn: Connection, account: str, jid: str) -> int:
    first_contact.seen(conn, account, jid)
    return _accept(conn, account, jid)


def _known(conn: Connection, account: str) -> tuple[str, ...]:
    """Whom this account knows, and the account itself."""
    return (*(one.jid for one in store.roster(conn, account) if one.subscription in _KNOWN), account)


def _requests(conn: Connection, account: str) -> tuple[ContactRequest, ...]:
    writing = {jid: (words, at, n) for jid, words, at, n in conversations.strangers(conn, account)}
    found: list[ContactRequest] = []
    for jid, words, at in store.requests(conn, account):
        said, said_at, count = writing.pop(jid, ("", "", 0))
        found.append(ContactRequest(account, jid, said or words, max(at, said_at), count))
    found += [ContactRequest(account, jid, words, at, n) for jid, (words, at, n) in writing.items()]
    known = lookalike.Twins(_known(conn, account))
    warned = (replace(one, resembles=known.of(one.jid)) for one in found)
    return tuple(sorted(warned, key=lambda one: one.at, reverse=True))
