"""People: roster contacts, presence and requests."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from messenger.domain.account import Show


class Subscription(StrEnum):
    """RFC 6121, section 2.1.2.5."""

    NONE = "none"
    TO = "to"
    FROM = "from"
    BOTH = "both"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class RosterItem:
    """A line of the server's roster. `jid` is bare. `pending` is RFC 6121's ask='subscribe'."""

    jid: str
    name: str
    subscription: Subscription
    pending: bool = False
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Presence:
    """What a contact's best resource shows now."""

    jid: str
    show: Show
    status: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person as the window shows them. `known`: in the roster with a subscription to or from them."""

    account: str
    jid: str
    name: str
    subscription: Subscription
    presence: Presence
    known: bool
    blocked: bool = False
    muted: bool = False
    avatar: bytes | None = None


@dataclass(frozen=True, slots=True)
class ContactRequest:
    """Somebody asks to see this account's presence (RFC 6121, section 3.1), or writes for the first time.

    `resembles` is the address of a known person that this one looks like without being it, or ''.
    """

    account: str
    jid: str
    text: str
    at: str
    messages: int = 0
    resembles: str = ""
