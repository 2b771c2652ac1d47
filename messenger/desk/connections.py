"""The desk's XMPP account and mail server, kept in its folder and sealed to its own key: without the passphrase nobody reads them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from messenger.desk.keys import DeskKeys, write_private
from messenger.domain.account import ServerAddress
from messenger.domain.errors import FormatRefused, SealRefused
from messenger.evidence.canonical import canonical, parse_canonical
from messenger.evidence.seal import seal, unseal
from messenger.stream.address import prepared

FILE = "desk-connections.jwe"
_TYPE = "urn:robin:desk-connections:1"
_MAX_BYTES = 64 * 1024
TLS_KINDS = ("starttls", "tls")


@dataclass(frozen=True, slots=True)
class LineAccount:
    """The desk's ordinary XMPP account. `jid` is bare; `server` is where to connect instead of the DNS answer."""

    jid: str
    password: str = field(repr=False)
    server: ServerAddress | None = None


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where codes are sent from. `tls`: "starttls" or "tls" from the first byte; there is no way without.

    `sender` is the address in From. `user` '' signs in nowhere. `ca_file` adds roots.
    """

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class Connections:
    """What the desk is connected to beside the web; each may be missing."""

    line: LineAccount | None = None
    mail: MailServer | None = None

    def auth(self) -> list[str]:
        """How the desk can check who reports (WIRE: `auth` of the discovery document)."""
        return [*(["xmpp-0070"] if self.line else []), *(["code-email"] if self.mail else [])]

    @property
    def jid(self) -> str:
        """The desk's address, or ''."""
        return self.line.jid if self.line else ""


def account(jid: str, password: str, server: ServerAddress | None = None) -> LineAccount:
    """A checked account. Raises `FormatRefused` when `jid` is no bare address of a person or the password is empty."""
    found = prepared(jid)
    if found is None or "@" not in found.bare or found.resource or not password:
        raise FormatRefused("jid")
    return LineAccount(found.bare, password, server)


def save(folder: Path, keys: DeskKeys, connections: Connections) -> None:
    """Write the file, sealed, private and whole."""
    value: dict[str, Any] = {"type": _TYPE, **asdict(connections)}
    write_private(folder / FILE, seal(canonical(value), keys.sealing.public_jwk()))


def load(folder: Path, keys: DeskKeys) -> Connections:
    """What is in the folder; nothing where there is no file. Raises `FormatRefused` for a damaged one."""
    path = folder / FILE
    if not path.exists():
        return Connections()
    try:
        found = parse_canonical(unseal(path.read_bytes(), keys.sealing, _MAX_BYTES), _MAX_BYTES)
        if found.pop("type") != _TYPE:
            raise FormatRefused("desk-connections")
        line, mail = found["line"], found["mail"]
        if line is not None:
            server = line.pop("server")
            line = LineAccount(**line, server=ServerAddress(**server) if server else None)
        return Connections(line, MailServer(**mail) if mail else None)
    except (KeyError, TypeError, AttributeError, SealRefused):
        raise FormatRefused("desk-connections") from None
