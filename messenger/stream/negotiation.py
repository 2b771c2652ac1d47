"""The opening of a stream as a script: TLS, then proof of the password, then a session (RFC 6120; XEP-0198).

Every step waits for exactly what it expects. There is no way to a session that leaves out TLS or the proof (security.md
L1-L5, S19, S20): the script is straight, and the client below it closes the stream on anything early.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Protocol
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import (
    AccountError,
    BadCertificate,
    NoSecureConnection,
    ServerUnreachable,
    UnknownHost,
    WrongPassword,
)
from messenger.stream import management, sasl
from messenger.stream.address import prepared
from messenger.stream.management import Management
from messenger.stream.plan import StreamPlan
from messenger.stream.serial import CLIENT_NS, serialise

STREAM_NS = "http://etherx.jabber.org/streams"
STREAM_ERROR = f"{{{STREAM_NS}}}error"
FEATURES = f"{{{STREAM_NS}}}features"
TLS_NS = "urn:ietf:params:xml:ns:xmpp-tls"
SASL_NS = "urn:ietf:params:xml:ns:xmpp-sasl"
PROCEED = f"{{{TLS_NS}}}proceed"
SUCCESS = f"{{{SASL_NS}}}success"
_BIND_NS = "urn:ietf:params:xml:ns:xmpp-bind"
_SESSION_NS = "urn:ietf:params:xml:ns:xmpp-session"
_CSI = "{urn:xmpp:csi:0}csi"
_STREAM_ERRORS = "{urn:ietf:params:xml:ns:xmpp-streams}"
_IQ = f"{{{CLIENT_NS}}}iq"
# Failures that may pass by themselves; all others mean that these words are not accepted (RFC 6120, 6.5).
_PASSING = frozenset({"temporary-auth-failure", "aborted"})


class Wire(Protocol):
    """The stream as the script sees it."""

    secure: bool

    def write(self, text: str) -> None:
        """Send XML text."""

    def restart(self) -> None:
        """Begin a new XML stream on the same connection."""

    async def upgrade(self) -> None:
        """STARTTLS. Raises `BadCertificate` or `NoSecureConnection`."""

    async def element(self) -> Element:
        """The next child of the stream. Raises an `AccountError` when the stream ended."""

    def proven(self) -> None:
        """The password was proven and the server's proof checked."""

    def channel_binding(self) -> bytes | None:
        """tls-unique data, where this version of TLS has any."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the script reached. `early` are stanzas that came before stream management was on."""

    address: str
    resumed: bool
    csi: bool
    acked: tuple[str, ...] = ()
    resend: tuple[str, ...] = ()
    early: tuple[Element, ...] = ()


def failure_of(error: Element) -> AccountError:
    """What a stream error means for a person."""
    names = {child.tag.removeprefix(_STREAM_ERRORS) for child in error}
    if names & {"host-unknown", "host-gone", "improper-addressing"}:
        return UnknownHost()
    return ServerUnreachable()


class Negotiation:
    """Runs the script once, on one connection."""

    def __init__(self, wire: Wire, plan: StreamPlan, memory: Management) -> None:
        self._wire = wire
        self._plan = plan
        self._memory = memory
        self._early: list[Element] = []
        self._acked: list[str] = []

    async def secured(self) -> Element:
        """Bring the stream under verified TLS; returns the features offered there. Raises `NoSecureConnection` and kin."""
        features = await self._features()
        if not self._wire.secure:
            if features.find(f"{{{TLS_NS}}}starttls") is None:
                raise NoSecureConnection
            self._wire.write(f"<starttls xmlns='{TLS_NS}'/>")
            if (await self._next()).tag != PROCEED:
                raise NoSecureConnection
            await self._wire.upgrade()
            features = await self._features()
        return features

    async def sign_in(self, resource: str) -> Session:
        """The whole way to a session. Raises an `AccountError`."""
        features = await self._prove(await self.secured())
        csi = features.find(_CSI) is not None
        managed = features.find(f"{{{management.NS}}}sm") is not None
        if managed and self._memory.resume_id:
            session = await self._resume(csi)
            if session is not None:
                return session
        self._memory.end()
        if features.find(f"{{{_BIND_NS}}}bind") is None:
            raise ServerUnreachable
        address = await self._bind(resource)
        await self._old_session(features)
        if managed:
            await self._manage()
        return Session(address, False, csi, tuple(self._acked), early=tuple(self._early))

    async def ask(self, iq: Element) -> Element:
        """Send an iq and wait for its own answer; used before there is a session."""
        iq.set("id", secrets.token_hex(8))
        self._wire.write(serialise(iq, CLIENT_NS))
        while True:
            answer = await self._next()
            if answer.tag == _IQ and answer.get("id") == iq.get("id") and answer.get("type") in ("result", "error"):
                return answer
            self._early.append(answer)

    async def _features(self) -> Element:
        self._wire.restart()
        features = await self._next()
        if features.tag != FEATURES:
            raise NoSecureConnection
        return features

    async def _next(self) -> Element:
        element = await self._wire.element()
        if element.tag == STREAM_ERROR:
            raise failure_of(element)
        return element

    async def _prove(self, features: Element) -> Element:
        if not self._wire.secure:
            raise NoSecureConnection
        offered = {name.text or "" for name in features.iterfind(f"{{{SASL_NS}}}mechanisms/{{{SASL_NS}}}mechanism")}
        mechanism = sasl.choose(offered, self._plan.allow_plain, self._wire.channel_binding())
        if mechanism is None:
            raise NoSecureConnection
        try:
            await (self._plain() if mechanism == "PLAIN" else self._scram(mechanism))
        except sasl.ServerProofWrong:
            raise BadCertificate from None
        self._wire.proven()
        return await self._features()

    async def _plain(self) -> None:
        self._say("auth", sasl.plain(self._user, self._plan.password), mechanism="PLAIN")
        await self._reply(SUCCESS)

    async def _scram(self, mechanism: str) -> None:
        exchange = sasl.Scram(mechanism, self._user, self._plan.password, self._wire.channel_binding())
        self._say("auth", exchange.first(), mechanism=mechanism)
        _tag, challenge = await self._reply(f"{{{SASL_NS}}}challenge")
        rounds, salt = exchange.challenge(challenge)
        salted = await asyncio.to_thread(exchange.derive, rounds, salt)
        self._say("response", exchange.final(salted))
        tag, last = await self._reply(SUCCESS, f"{{{SASL_NS}}}challenge")
        exchange.verify(last)
        if tag != SUCCESS:
            self._say("response", b"")
            await self._reply(SUCCESS)

    @property
    def _user(self) -> str:
        return self._plan.account.bare.rpartition("@")[0]

    def _say(self, name: str, data: bytes, **attributes: str) -> None:
        element = Element(f"{{{SASL_NS}}}{name}", attributes)
        element.text = base64.b64encode(data).decode() or None
        self._wire.write(serialise(element, CLIENT_NS))

    async def _reply(self, *tags: str) -> tuple[str, bytes]:
        element = await self._next()
        if element.tag == f"{{{SASL_NS}}}failure":
            names = {child.tag.removeprefix(f"{{{SASL_NS}}}") for child in element}
            raise ServerUnreachable if names & _PASSING else WrongPassword
        if element.tag not in tags:
            raise NoSecureConnection
        text = (element.text or "").strip()
        try:
            return element.tag, b"" if text == "=" else base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raise sasl.ServerProofWrong from None

    async def _resume(self, csi: bool) -> Session | None:
        self._memory.rewind()
        resume = Element(f"{{{management.NS}}}resume", {"h": str(self._memory.h), "previd": self._memory.resume_id})
        self._wire.write(serialise(resume, CLIENT_NS))
        answer = await self._one_of("resumed", "failed")
        h = management.counter(answer.get("h"))
        if answer.tag == f"{{{management.NS}}}failed":
            if h is None:
                return None
            # A server may say how much had reached it before it forgot the session: that much need not be sent again.
            self._acked = self._memory.acked(h)
            return None
        if answer.get("previd") != self._memory.resume_id or h is None:
            raise ServerUnreachable
        keys, texts = self._memory.resumed(h)
        return Session("", True, csi, tuple(keys), tuple(texts))

    async def _bind(self, resource: str) -> str:
        for wish in (resource, ""):
            iq = Element(_IQ, {"type": "set"})
            bind = SubElement(iq, f"{{{_BIND_NS}}}bind")
            if wish:
                SubElement(bind, f"{{{_BIND_NS}}}resource").text = wish
            answer = await self.ask(iq)
            if answer.get("type") == "result":
                given = prepared(answer.findtext(f"{{{_BIND_NS}}}bind/{{{_BIND_NS}}}jid"))
                # Only an address of this very account: anything else would make us somebody else.
                if given is None or given.bare != self._plan.account.bare:
                    raise ServerUnreachable
                return given.full
        raise ServerUnreachable

    async def _old_session(self, features: Element) -> None:
        """RFC 3921's session, where a server still insists on it."""
        session = features.find(f"{{{_SESSION_NS}}}session")
        if session is None or session.find(f"{{{_SESSION_NS}}}optional") is not None:
            return
        iq = Element(_IQ, {"type": "set"})
        SubElement(iq, f"{{{_SESSION_NS}}}session")
        if (await self.ask(iq)).get("type") != "result":
            raise ServerUnreachable

    async def _manage(self) -> None:
        self._wire.write(f"<enable xmlns='{management.NS}' resume='true'/>")
        answer = await self._one_of("enabled", "failed")
        if answer.tag == f"{{{management.NS}}}enabled":
            resumable = answer.get("resume") in ("true", "1")
            self._memory.begin(answer.get("id", "") if resumable else "")

    async def _one_of(self, *names: str) -> Element:
        tags = {f"{{{management.NS}}}{name}" for name in names}
        while True:
            element = await self._next()
            if element.tag in tags:
                return element
            self._early.append(element)
