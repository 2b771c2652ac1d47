"""An account, how it signs in, and how its connection stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ConnectionState(StrEnum):
    """How an account's stream stands."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    ONLINE = "online"
    RECONNECTING = "reconnecting"
    FAILED = "failed"


class Show(StrEnum):
    """Availability (RFC 6121, section 4.7.2.1), with words of our own for none and unavailable."""

    ONLINE = "online"
    CHAT = "chat"
    AWAY = "away"
    XA = "xa"
    DND = "dnd"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where to connect instead of the DNS answer; for tests, the demonstration and hand-set servers.

    `starttls_only` leaves out direct TLS (XEP-0368). `ca_file` adds roots; verification is never turned off.
    """

    host: str
    port: int
    starttls_only: bool = True
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-in or signed-out account. `jid` is the bare address."""

    jid: str
    nick: str = ""
    status_text: str = ""
    show: Show = Show.ONLINE
    server: ServerAddress | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Login:
    """What a session needs to sign in. The password lives in memory only and has no repr."""

    jid: str
    password: str = field(repr=False)
    server: ServerAddress | None = None
    resource: str = ""
