"""Facts that travel up through the bus: frozen, past tense; no event asks for anything."""

from __future__ import annotations

from dataclasses import dataclass

from messenger.domain.account import ConnectionState
from messenger.domain.errors import RobinError


class Event:
    """Base of every event, so that the bus and the border have one type."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class AccountsChanged(Event):
    pass


@dataclass(frozen=True, slots=True)
class ConnectionChanged(Event):
    account: str
    state: ConnectionState
    reason: RobinError | None = None
    retry_in: int = 0


@dataclass(frozen=True, slots=True)
class ChatsChanged(Event):
    """Rows of the chat list changed; empty `conversations` means: any."""

    account: str
    conversations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MessagesStored(Event):
    """New messages are on disk. `live` is false for archive pages, which make no notification."""

    conversation: int
    messages: tuple[int, ...]
    live: bool
    incoming: bool


@dataclass(frozen=True, slots=True)
class MessagesChanged(Event):
    """Delivery state, correction or retraction of stored messages changed."""

    conversation: int
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TypingChanged(Event):
    conversation: int
    typing: bool


@dataclass(frozen=True, slots=True)
class ContactsChanged(Event):
    account: str
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestsChanged(Event):
    account: str
    count: int


@dataclass(frozen=True, slots=True)
class SettingsChanged(Event):
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftsChanged(Event):
    """A report draft was saved or removed."""


@dataclass(frozen=True, slots=True)
class ReportQueued(Event):
    """The sealed report is on disk: from here nothing can be lost."""

    report_id: str


@dataclass(frozen=True, slots=True)
class ReportChanged(Event):
    """State, problem, status or advice of a report changed."""

    report_id: str


@dataclass(frozen=True, slots=True)
class ReportAccepted(Event):
    """A verified signed receipt for our digest is on disk."""

    report_id: str
    case_number: str


@dataclass(frozen=True, slots=True)
class AdviceArrived(Event):
    report_id: str
    n: int


@dataclass(frozen=True, slots=True)
class TaskFailed(Event):
    """Background work failed. `error` is the world's failure, or None when it was our own mistake (logged)."""

    name: str
    error: RobinError | None


@dataclass(frozen=True, slots=True)
class RoomChanged(Event):
    """How this account stands in a room, or who else is in it, changed."""

    account: str
    conversation: int


@dataclass(frozen=True, slots=True)
class DeskNudged(Event):
    """A pinned desk said over XMPP that there is news of some case."""

    account: str
    desk: str


@dataclass(frozen=True, slots=True)
class ConfirmRefused(Event):
    """Somebody asked this client to confirm a web request that it did not make (XEP-0070). Nothing was confirmed."""

    account: str
    sender: str


@dataclass(frozen=True, slots=True)
class NoticeRaised(Event):
    """A just-in-time notice for a conversation is ready to be shown, or the one that was shown is over."""

    conversation: int


@dataclass(frozen=True, slots=True)
class LockChanged(Event):
    """The app lock was set, taken off, closed or opened."""

    locked: bool


@dataclass(frozen=True, slots=True)
class GuardianChanged(Event):
    """Young-person mode was begun, ended or changed, or somebody waits for the guardian's yes."""


@dataclass(frozen=True, slots=True)
class TipsRenewed(Event):
    """A newer signed file of tips is in use."""
