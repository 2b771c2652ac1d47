"""Where and how to connect: the address's domain, its SRV records (RFC 2782, XEP-0368) and the TLS rules."""

from __future__ import annotations

import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from messenger.domain.account import ServerAddress
from messenger.domain.errors import BadCertificate, ServerUnreachable, UnknownHost
from messenger.stream.address import Address

DIRECT = "xmpps-client"
_DEFAULT_PORT = 5222

Lookup = Callable[[str], Awaitable[Sequence[tuple[str, str, str, int]]]]
Resolve = Callable[[str, int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What a client needs to open streams. `account` is bare; certificates are checked against its domain, always.

    `deadline`: seconds for connecting and signing in at one place; `idle`: seconds of silence after which the server is
    asked whether it is there, and as long again for its answer.
    """

    account: Address
    password: str = field(repr=False)
    server: ServerAddress | None = None
    resource: str = ""
    allow_plain: bool = False
    lang: str = "en"
    deadline: float = 20.0
    idle: float = 60.0

    def device(self) -> str:
        """The resource to ask for: the given one, or a random one that names nothing."""
        return self.resource or f"robin.{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Place:
    """One thing to try: TLS from the first byte (`direct`) or STARTTLS."""

    host: str
    port: int
    direct: bool


def tls_context() -> ssl.SSLContext:
    """TLS 1.2 or newer, chain and name checked, names only from subjectAltName. Without roots yet it trusts nobody."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def load_roots(context: ssl.SSLContext, ca_file: str | None) -> None:
    """Load the system's roots, and those of `ca_file` in addition. Slow (tens of milliseconds): call it off the loop.

    Raises `BadCertificate` when the file cannot be read as certificates.
    """
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if ca_file:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError):
            raise BadCertificate from None


async def places(plan: StreamPlan, lookup: Lookup, resolve: Resolve) -> list[Place]:
    """What to try, in order: a hand-set address alone, or the SRV records with direct TLS first, or the domain itself.

    Raises `UnknownHost` when the name does not exist, `ServerUnreachable` when no name can be looked up.
    """
    if plan.server is not None:
        host, port = plan.server.host, plan.server.port
        kinds = (False,) if plan.server.starttls_only else (True, False)
        return [Place(host, port, direct) for direct in kinds]
    domain = plan.account.domain
    records = await lookup(domain)
    found = [Place(address, port, service == DIRECT) for service, _host, address, port in records]
    if found:
        return sorted(found, key=lambda place: not place.direct)
    try:
        await resolve(domain, _DEFAULT_PORT)
    except socket.gaierror as error:
        raise (ServerUnreachable if error.errno == socket.EAI_AGAIN else UnknownHost) from None
    except UnicodeError:
        raise UnknownHost from None
    return [Place(domain, _DEFAULT_PORT, False)]
