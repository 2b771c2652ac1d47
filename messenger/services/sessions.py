"""The open streams: which account has one, how it stands, and what is known only while it lasts (presence, typing)."""

from __future__ import annotations

from collections.abc import Callable

from messenger.domain.account import ConnectionState, Show
from messenger.domain.contact import Presence
from messenger.domain.errors import NotConnected
from messenger.services.ports import ChatSession


class Sessions:
    """Accounts by bare address. Filled by `AccountsService`, asked by the others. `made` is told of each new session."""

    def __init__(self) -> None:
        self._sessions: dict[str, ChatSession] = {}
        self._states: dict[str, ConnectionState] = {}
        self._presences: dict[tuple[str, str], Presence] = {}
        self._typing: set[tuple[str, str]] = set()
        self._rooms: set[tuple[str, str]] = set()
        self.made: Callable[[str], None] = lambda _account: None

    def put(self, account: str, session: ChatSession) -> None:
        """A session was made."""
        self._sessions[account] = session
        self.made(account)

    def take(self, account: str) -> ChatSession | None:
        """Let go of a session; what it told is forgotten."""
        self._states.pop(account, None)
        self.lost(account)
        return self._sessions.pop(account, None)

    def every(self) -> tuple[tuple[str, ChatSession], ...]:
        """All sessions, online or not."""
        return tuple(self._sessions.items())

    def get(self, account: str) -> ChatSession | None:
        """The account's session, online or not."""
        return self._sessions.get(account)

    def state(self, account: str) -> ConnectionState:
        """How the account's stream stands."""
        return self._states.get(account, ConnectionState.OFFLINE)

    def set_state(self, account: str, state: ConnectionState) -> None:
        """The session told its state."""
        self._states[account] = state
        if state is not ConnectionState.ONLINE:
            self.lost(account)

    def online(self, account: str) -> ChatSession | None:
        """The session when it is online now, else None."""
        return self._sessions.get(account) if self.state(account) is ConnectionState.ONLINE else None

    def need(self, account: str) -> ChatSession:
        """The online session. Raises `NotConnected`."""
        session = self.online(account)
        if session is None:
            raise NotConnected
        return session

    def lost(self, account: str) -> None:
        """Nobody's presence is known any more."""
        for key in [key for key in self._presences if key[0] == account]:
            del self._presences[key]
        self._typing = {key for key in self._typing if key[0] != account}
        self._rooms = {key for key in self._rooms if key[0] != account}

    def room_open(self, account: str, room: str) -> bool:
        """Whether the account is in the room and has read what it missed: now words may go there."""
        return (account, room) in self._rooms

    def set_room_open(self, account: str, room: str, is_open: bool) -> None:
        """Note it."""
        (self._rooms.add if is_open else self._rooms.discard)((account, room))

    def presence(self, account: str, jid: str) -> Presence:
        """A person's presence; offline when nothing is known."""
        return self._presences.get((account, jid), Presence(jid, Show.OFFLINE))

    def set_presence(self, account: str, presence: Presence) -> None:
        """A person's presence changed."""
        if presence.show is Show.OFFLINE:
            self._presences.pop((account, presence.jid), None)
            self._typing.discard((account, presence.jid))
        else:
            self._presences[(account, presence.jid)] = presence

    def typing(self, account: str, jid: str) -> bool:
        """Whether the person is writing."""
        return (account, jid) in self._typing

    def set_typing(self, account: str, jid: str, typing: bool) -> bool:
        """Note it; whether that is news."""
        before = self.typing(account, jid)
        (self._typing.add if typing else self._typing.discard)((account, jid))
        return before is not typing
