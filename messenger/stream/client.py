"""The guarded client: slixmpp's client with every door of security.md L1-L26 shut.

Nothing that the server or a peer sends reaches the library's handlers or plugins. They match each stanza against each
handler (60 % of the time of a burst), several of them act on forged stanzas (L7-L13), and they answer strangers (L14, L15).
So the list of allowed plugins is short: it is empty. What is used of the library is below that: addresses, DNS, SASLprep.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from xml.sax.saxutils import quoteattr

from slixmpp import ClientXMPP

from messenger.domain.errors import (
    AccountError,
    BadCertificate,
    NoSecureConnection,
    ServerTimedOut,
    ServerUnreachable,
    UnknownHost,
)
from messenger.stream.counts import Counts
from messenger.stream.line import Line
from messenger.stream.negotiation import STREAM_NS, Negotiation, Session
from messenger.stream.plan import Place, StreamPlan, load_roots, places, tls_context
from messenger.stream.quiet import hush
from messenger.stream.traffic import Sink, Traffic

ALLOWED_PLUGINS: frozenset[str] = frozenset()
"""The library's plugins that may be loaded. See the module's docstring before adding one."""

# Failures after which the next place is tried; the last in this row tells a person most.
_TRY_ELSEWHERE = (UnknownHost, ServerUnreachable, ServerTimedOut, NoSecureConnection, BadCertificate)
T = TypeVar("T")


class GuardedClient(ClientXMPP):
    """One account's stream, opened again after each loss. It knows no chat: it gives and takes stanza elements.

    `open` connects, secures, proves the password and binds or resumes; `traffic` talks; `close` ends. Not thread-safe.
    """

    def __init__(self, plan: StreamPlan, sink: Sink) -> None:
        hush()
        # The library never gets the password: our script alone proves it.
        super().__init__(plan.account.bare, "", ssl_context=tls_context(), loop=asyncio.get_running_loop())
        self.auto_authorize = None
        self.auto_subscribe = False
        self.plan = plan
        self.counts = Counts()
        self.traffic = Traffic(plan.account.bare, sink, self.counts)
        self.csi = False
        self._roots_loaded = False
        self._line: Line | None = None
        self._device = plan.device()
        self.check_plugins()

    # what is kept of the library, and what is not

    def register_plugin(self, plugin: str, pconfig: dict[str, Any] | None = None, module: Any = None) -> None:
        """Only what is on the list; the library's constructor asks for seven others, which are left out."""
        if plugin in ALLOWED_PLUGINS:
            super().register_plugin(plugin, pconfig, module)

    def check_plugins(self) -> None:
        """The library only logs when a plugin fails to load. Raises `RuntimeError` when list and truth differ."""
        if set(self.plugin) != ALLOWED_PLUGINS:
            raise RuntimeError("the loaded plugins are not the allowed ones")

    def add_event_handler(self, name: str, pointer: Callable[..., Any], disposable: bool = False) -> None:
        """As the library's, but for `ssl_invalid_chain`: handling it would keep a connection with a bad certificate."""
        if name == "ssl_invalid_chain":
            raise ValueError("a bad certificate always ends the connection")
        super().add_event_handler(name, pointer, disposable)

    def connect(self, host: str | None = None, port: int | None = None) -> asyncio.Future[Any]:
        """Not used: the library's way connects without our script. Raises `RuntimeError`."""
        raise RuntimeError("use open()")

    # opening and closing

    async def open(self) -> Session:
        """Connect, secure, prove, bind or resume. Raises the `AccountError` that tells most, after all places were tried."""

        async def script(line: Line) -> Session:
            session = await Negotiation(line, self.plan, self.traffic.memory).sign_in(self._device)
            self._line, self.csi = line, session.csi
            self.traffic.begin(line, session)
            return session

        return await self._somewhere(script, asking=False)

    async def ask_before_sign_in(self, talk: Callable[[Negotiation], Awaitable[T]]) -> T:
        """Secure a stream without signing in, and let `talk` ask its questions (XEP-0077); then close."""

        async def script(line: Line) -> T:
            negotiation = Negotiation(line, self.plan, self.traffic.memory)
            await negotiation.secured()
            try:
                return await talk(negotiation)
            finally:
                line.write("</stream:stream>")
                await line.discard()

        return await self._somewhere(script, asking=True)

    async def _somewhere(self, script: Callable[[Line], Awaitable[T]], asking: bool) -> T:
        worst: AccountError | None = None
        if not self._roots_loaded:
            ca_file = self.plan.server.ca_file if self.plan.server is not None else None
            await asyncio.to_thread(load_roots, self.ssl_context, ca_file)
            self._roots_loaded = True
        for place in await places(self.plan, self.get_dns_records, self.loop.getaddrinfo):
            line = Line(self._header(), self.plan.account.domain, self.ssl_context, self.counts, asking)
            try:
                with contextlib.ExitStack() as undo:
                    undo.callback(line.drop)
                    async with asyncio.timeout(self.plan.deadline):
                        await self._connect(line, place)
                        reached = await script(line)
                    undo.pop_all()
                    return reached
            except TimeoutError:
                error: AccountError = ServerTimedOut()
            except AccountError as failed:
                error = failed
            await line.discard()
            if type(error) not in _TRY_ELSEWHERE:
                raise error
            if worst is None or _TRY_ELSEWHERE.index(type(error)) > _TRY_ELSEWHERE.index(type(worst)):
                worst = error
        raise worst or UnknownHost()

    def _header(self) -> str:
        return (
            f"<?xml version='1.0'?><stream:stream to={quoteattr(self.plan.account.domain)} xmlns='jabber:client' "
            f"xmlns:stream='{STREAM_NS}' version='1.0' xml:lang={quoteattr(self.plan.lang)}>"
        )

    async def _connect(self, line: Line, place: Place) -> None:
        try:
            await self.loop.create_connection(
                lambda: line,
                place.host,
                place.port,
                ssl=self.ssl_context if place.direct else None,
                server_hostname=self.plan.account.domain if place.direct else None,
            )
        except ssl.SSLCertVerificationError:
            raise BadCertificate from None
        except (ssl.SSLError, ConnectionResetError, ConnectionAbortedError):
            raise NoSecureConnection from None
        except (OSError, UnicodeError):
            raise ServerUnreachable from None

    async def close(self, seconds: float = 2.0) -> None:
        """End the stream in good order, or after `seconds` by force. The session cannot be resumed afterwards."""
        line = self._line
        if line is None:
            return
        self.traffic.memory.end()
        line.write("</stream:stream>")
        try:
            async with asyncio.timeout(seconds):
                await line.gone.wait()
        except TimeoutError:
            await line.discard()
        self.traffic.requests.fail()

    def cut(self, reason: AccountError) -> None:
        """Drop the line at once; the session may be resumed."""
        if self._line is not None:
            self._line.cut(reason)

    async def gone(self) -> None:
        """Wait until there is no connection."""
        if self._line is not None:
            await self._line.gone.wait()

    @property
    def silence(self) -> float:
        """Seconds since the server was last heard."""
        return self.loop.time() - self._line.heard if self._line is not None else 0.0

    def new_device(self) -> None:
        """Ask for another resource next time, since this one is in conflict."""
        self._device = self.plan.device()

    @property
    def ended(self) -> AccountError:
        """Why the last line ended."""
        return self._line.end if self._line is not None else ServerUnreachable()
