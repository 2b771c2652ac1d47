"""RFC 6120 door: implements `ports.ChatServer`, sessions for accounts and new accounts on servers."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from messenger.domain.account import Login, ServerAddress
from messenger.domain.errors import AccountError, InvalidAddress
from messenger.services.ports import SessionListener
from messenger.stream.address import prepared
from messenger.stream.client import GuardedClient
from messenger.stream.negotiation import Negotiation
from messenger.stream.plan import StreamPlan
from messenger.xmpp import registration
from messenger.xmpp.session import Session


class _NoStanzas:
    """A sink for streams that never sign in."""

    def stanza(self, element: Element, received: str) -> None:
        """Cannot happen before sign-in."""

    def acked(self, keys: list[str]) -> None:
        """Cannot happen before sign-in."""

    def lost(self, reason: AccountError) -> None:
        """The question ends by itself."""


class XmppServer:
    """See `ports.ChatServer`. Calls are made on the engine's loop."""

    def session(self, login: Login, listener: SessionListener) -> Session:
        """A session that is not started yet. Raises `InvalidAddress`."""
        return Session(login, listener)

    async def register(self, domain: str, username: str, password: str, server: ServerAddress | None) -> str:
        """Make an account (XEP-0077); returns its bare address. Raises an `AccountError`."""
        account = prepared(f"{username}@{domain}")
        if account is None or account.resource or "@" not in account.bare or not password:
            raise InvalidAddress
        client = GuardedClient(StreamPlan(account, "", server), _NoStanzas())

        async def talk(negotiation: Negotiation) -> None:
            await registration.register(negotiation, account.domain, account.bare.rpartition("@")[0], password)

        await client.ask_before_sign_in(talk)
        return account.bare
