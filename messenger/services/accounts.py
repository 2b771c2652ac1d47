"""Accounts: signing in and out, presence, and the state of each connection."""

from __future__ import annotations

from messenger.domain.account import Account, ConnectionState, ServerAddress, Show


class AccountsService:
    """What a person does with their accounts. Addresses are bare."""

    async def list(self) -> tuple[Account, ...]:
        """All accounts of this profile, in the order in which they were added."""
        raise NotImplementedError

    async def active(self) -> Account | None:
        """The account that the window shows: the first enabled one, or None."""
        raise NotImplementedError

    async def state(self, account: str) -> ConnectionState:
        """How the account's stream stands now."""
        raise NotImplementedError

    async def sign_in(self, jid: str, password: str, remember: bool, server: ServerAddress | None = None) -> Account:
        """Sign in and keep the account. With `remember` the password goes to the key store, else it stays in memory.

        Raises `AccountError` for what the person must mend; a server that does not answer is tried again by itself.
        """
        raise NotImplementedError

    async def register(self, domain: str, username: str, password: str, server: ServerAddress | None = None) -> Account:
        """Make an account on a server (XEP-0077), then sign in. Raises `AccountError`."""
        raise NotImplementedError

    async def resume(self) -> None:
        """At start: sign in all enabled accounts whose passwords are kept. Never raises; failures are events."""
        raise NotImplementedError

    async def sign_out(self, account: str, forget: bool = False) -> None:
        """Sign out and disable. With `forget` the account, its chats, keys and password are erased."""
        raise NotImplementedError

    async def reconnect(self, account: str) -> None:
        """Try to connect now instead of waiting for the next try."""
        raise NotImplementedError

    async def set_presence(self, account: str, show: Show, text: str) -> None:
        """Availability and status line; kept for the next sign-in."""
        raise NotImplementedError

    async def set_nick(self, account: str, nick: str) -> None:
        """The name that this person goes by; kept on this computer."""
        raise NotImplementedError

    async def set_active(self, active: bool) -> None:
        """Whether a person looks at the window (XEP-0352)."""
        raise NotImplementedError

    async def close(self) -> None:
        """Sign out all sessions in good order; accounts stay enabled."""
        raise NotImplementedError
