"""Accounts: signing in and out, presence, and the state of each connection."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from messenger.domain.account import Account, ConnectionState, Login, ServerAddress, Show
from messenger.domain.errors import AccountError, InvalidAddress, RobinError, StoreError
from messenger.domain.events import AccountsChanged, ChatsChanged, ConnectionChanged, TaskFailed
from messenger.domain.jid import Jid
from messenger.services.bus import Bus
from messenger.services.ports import ChatServer, ChatSession, SecretStore, SessionListener
from messenger.services.sessions import Sessions
from messenger.services.tasks import Tasks
from messenger.storage import accounts as store
from messenger.storage.database import Database

log = logging.getLogger(__name__)


def password_name(account: str) -> str:
    """The name under which the key store keeps an account's password."""
    return f"password:{account}"


class AccountsService:
    """What a person does with their accounts. Addresses are bare.

    `on_forget` are told an address when its account is erased (for keys and the like that others keep); `on_password` are
    told an address and its password when that is known, and '' when it is forgotten.
    """

    def __init__(
        self,
        database: Database,
        server: ChatServer,
        listener: SessionListener,
        sessions: Sessions,
        secrets: SecretStore,
        tasks: Tasks,
        bus: Bus,
    ) -> None:
        self._database = database
        self._server = server
        self._listener = listener
        self._sessions = sessions
        self._secrets = secrets
        self._tasks = tasks
        self._bus = bus
        self._passwords: dict[str, str] = {}
        self.on_forget: list[Callable[[str], None]] = []
        self.on_password: list[Callable[[str, str], None]] = []

    async def list(self) -> tuple[Account, ...]:
        """All accounts of this profile, in the order in which they were added."""
        return await self._database.run(store.every)

    async def active(self) -> Account | None:
        """The account that the window shows: the first enabled one, or None."""
        return next((one for one in await self.list() if one.enabled), None)

    async def state(self, account: str) -> ConnectionState:
        """How the account's stream stands now."""
        return self._sessions.state(account)

    async def sign_in(self, jid: str, password: str, remember: bool, server: ServerAddress | None = None) -> Account:
        """Sign in and keep the account. With `remember` the password goes to the key store, else it stays in memory.

        Raises `AccountError` for what the person must mend; a server that does not answer is tried again by itself.
        """
        address = Jid.parse(jid)
        if not address.local:
            raise InvalidAddress
        before = await self._database.run(store.get, address.bare)
        account = replace(before or Account(address.bare), server=server, enabled=True)
        await self._stop(account.jid)
        session = await self._session(account, password)
        await self._database.write(store.put, account)
        try:
            await session.start()
        except AccountError:
            await self._stop(account.jid)
            await self._undo(account.jid, before)
            raise
        self._know(account.jid, password)
        await self._remember(account.jid, password if remember else None)
        self._bus.publish(AccountsChanged())
        self._bus.publish(ChatsChanged(account.jid))
        return account

    async def register(self, domain: str, username: str, password: str, server: ServerAddress | None = None) -> Account:
        """Make an account on a server (XEP-0077), then sign in. Raises `AccountError`."""
        wanted = Jid.parse(f"{username.strip()}@{domain.strip()}")
        if not wanted.local or wanted.resource:
            raise InvalidAddress
        made = await self._server.register(wanted.domain, wanted.local, password, server)
        return await self.sign_in(made, password, remember=True, server=server)

    async def resume(self) -> None:
        """At start: sign in all enabled accounts whose passwords are kept. Never raises; failures are events."""
        try:
            accounts = [one for one in await self.list() if one.enabled and self._sessions.get(one.jid) is None]
        except StoreError as error:
            self._bus.publish(TaskFailed("sign in", error))
            return
        for account in accounts:
            try:
                password = self._passwords.get(account.jid) or await self._secrets.get(password_name(account.jid))
            except StoreError as error:
                self._failed(account.jid, error)
                continue
            if password:
                self._know(account.jid, password)
                session = await self._session(account, password)
                self._tasks.start("sign in", self._start(account.jid, session))
            else:
                self._bus.publish(ConnectionChanged(account.jid, ConnectionState.OFFLINE))

    async def sign_out(self, account: str, forget: bool = False) -> None:
        """Sign out, disable, and forget the password. With `forget` the account, its chats and keys are erased."""
        await self._stop(account)
        self._know(account, "")
        await self._remember(account, None)
        found = await self._database.run(store.get, account)
        if forget:
            for told in self.on_forget:
                told(account)
            await self._database.write(store.forget, account)
        elif found is not None:
            await self._database.write(store.put, replace(found, enabled=False))
        self._bus.publish(ConnectionChanged(account, ConnectionState.OFFLINE))
        self._bus.publish(AccountsChanged())

    async def reconnect(self, account: str) -> None:
        """Try to connect now instead of waiting for the next try."""
        found = await self._database.run(store.get, account)
        if found is None or self._sessions.state(account) in (ConnectionState.ONLINE, ConnectionState.CONNECTING):
            return
        await self._stop(account)
        if not found.enabled:
            await self._database.write(store.put, replace(found, enabled=True))
        await self.resume()

    async def set_presence(self, account: str, show: Show, text: str) -> None:
        """Availability and status line; kept for the next sign-in."""
        found = await self._database.run(store.get, account)
        if found is not None:
            await self._database.write(store.put, replace(found, show=show, status_text=text))
            session = self._sessions.get(account)
            if session is not None:
                await session.set_presence(show, text)
            self._bus.publish(AccountsChanged())

    async def set_nick(self, account: str, nick: str) -> None:
        """The name that this person goes by; kept on this computer."""
        found = await self._database.run(store.get, account)
        if found is not None:
            await self._database.write(store.put, replace(found, nick=nick.strip()))
            self._bus.publish(AccountsChanged())

    async def set_active(self, active: bool) -> None:
        """Whether a person looks at the window (XEP-0352)."""
        for _account, session in self._sessions.every():
            await session.set_active(active)

    async def close(self) -> None:
        """Sign out all sessions in good order; accounts stay enabled."""
        for account, _session in self._sessions.every():
            await self._stop(account)

    async def _session(self, account: Account, password: str) -> ChatSession:
        session = self._server.session(Login(account.jid, password, account.server), self._listener)
        self._sessions.put(account.jid, session)
        self._sessions.set_state(account.jid, ConnectionState.CONNECTING)
        await session.set_presence(account.show, account.status_text)
        return session

    async def _start(self, account: str, session: ChatSession) -> None:
        try:
            await session.start()
        except AccountError as error:
            if self._sessions.get(account) is session:
                await self._stop(account)
                self._failed(account, error)

    async def _stop(self, account: str) -> None:
        session = self._sessions.take(account)
        if session is not None:
            await session.stop()
            # What the session told while it ended is about a stream that is gone.
            self._listener.state_changed(account, ConnectionState.OFFLINE, None, 0)

    def _failed(self, account: str, error: RobinError) -> None:
        self._sessions.set_state(account, ConnectionState.FAILED)
        self._bus.publish(ConnectionChanged(account, ConnectionState.FAILED, error))

    def _know(self, account: str, password: str) -> None:
        if password:
            self._passwords[account] = password
        else:
            self._passwords.pop(account, None)
        for told in self.on_password:
            told(account, password)

    async def _undo(self, account: str, before: Account | None) -> None:
        if before is not None:
            await self._database.write(store.put, before)
        else:
            await self._database.write(store.drop, account)

    async def _remember(self, account: str, password: str | None) -> None:
        """Keep the password in the key store, or take it out. A key store that fails is told, and nothing else."""
        try:
            if password is None:
                await self._secrets.delete(password_name(account))
            else:
                await self._secrets.put(password_name(account), password)
        except StoreError as error:
            log.info("key store: %s", type(error).__name__)
            if password is not None:
                self._bus.publish(TaskFailed("remember password", error))
