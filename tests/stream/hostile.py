"""A scripted XMPP server on loopback: it can be honest, and it can break every rule. Used by the stream's tests only."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from xml.etree.ElementTree import Element

import trustme

from messenger.domain.errors import AccountError

DOMAIN = "robin.test"
JID = f"kim@{DOMAIN}"
PASSWORD = "correct horse battery"
ROUNDS = 4096
STREAM = "http://etherx.jabber.org/streams"
TLS = "urn:ietf:params:xml:ns:xmpp-tls"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"
BIND = "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
SM = "<sm xmlns='urn:xmpp:sm:3'/>"
STARTTLS = f"<starttls xmlns='{TLS}'><required/></starttls>"


def mechanisms(*names: str) -> str:
    return f"<mechanisms xmlns='{SASL}'>" + "".join(f"<mechanism>{n}</mechanism>" for n in names) + "</mechanisms>"


SCRAM = mechanisms("SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN")


class Recorder:
    """A sink that keeps what it is given."""

    def __init__(self) -> None:
        self.stanzas: list[Element] = []
        self.keys: list[str] = []
        self.reasons: list[AccountError] = []

    def stanza(self, element: Element, received: str) -> None:
        self.stanzas.append(element)

    def acked(self, keys: list[str]) -> None:
        self.keys += keys

    def lost(self, reason: AccountError) -> None:
        self.reasons.append(reason)


class Authority:
    """A root and certificates below it."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA()
        self.other = trustme.CA()
        self.file = folder / "root.pem"
        self.ca.cert_pem.write_to_path(self.file)

    def context(self, *names: str, ca: trustme.CA | None = None, **kind: object) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issuer = ca if ca is not None else self.ca
        issuer.issue_cert(*(names or (DOMAIN,)), **kind).configure_cert(context)  # type: ignore[arg-type]
        return context


class Talk:
    """One connection as the server sees it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext) -> None:
        self.reader = reader
        self.writer = writer
        self.context = context
        self.seen = ""
        self.secure = writer.get_extra_info("ssl_object") is not None
        self.clear = ""

    def say(self, text: str | bytes) -> None:
        self.writer.write(text.encode() if isinstance(text, str) else text)

    async def read(self) -> str:
        data = (await self.reader.read(65536)).decode(errors="replace")
        if not data:
            raise ConnectionResetError
        self.seen += data
        if "</stream:stream>" in data:
            self.writer.close()
        if not self.secure:
            self.clear += data
        return data

    async def until(self, pattern: str) -> re.Match[str]:
        """Read until the pattern is there; what was before it and itself are used up."""
        while True:
            match = re.search(pattern, self.seen, re.S)
            if match:
                self.seen = self.seen[match.end() :]
                return match
            await self.read()

    async def header(self, features: str) -> None:
        await self.until(r"<stream:stream[^>]*>")
        self.say(
            f"<?xml version='1.0'?><stream:stream from='{DOMAIN}' id='s1' version='1.0' xmlns='jabber:client' "
            f"xmlns:stream='{STREAM}'><stream:features>{features}</stream:features>"
        )

    async def starttls(self) -> None:
        await self.header(STARTTLS)
        await self.until("<starttls[^>]*/>")
        self.say(f"<proceed xmlns='{TLS}'/>")
        await self.writer.drain()
        await self.encrypt()

    async def encrypt(self) -> None:
        await self.writer.start_tls(self.context)
        self.secure = True

    async def scram(self, password: str = PASSWORD, lie: bool = False, rounds: int = ROUNDS) -> None:
        match = await self.until(r'<auth[^>]*mechanism="(SCRAM-SHA-\d+)"[^>]*>([^<]*)</auth>')
        algorithm = "sha256" if match[1].endswith("256") else "sha1"
        bare = base64.b64decode(match[2]).decode().partition(",,")[2]
        nonce = bare.partition(",r=")[2] + "server"
        salt = b"0123456789abcdef"
        first = f"r={nonce},s={base64.b64encode(salt).decode()},i={rounds}"
        self.say(f"<challenge xmlns='{SASL}'>{base64.b64encode(first.encode()).decode()}</challenge>")
        reply = base64.b64decode((await self.until(r"<response[^>]*>([^<]*)</response>"))[1]).decode()
        without, _, proof = reply.rpartition(",p=")
        salted = hashlib.pbkdf2_hmac(algorithm, password.encode(), salt, rounds)

        def mac(key: bytes, text: str) -> bytes:
            return hmac.new(key, text.encode(), algorithm).digest()

        whole = f"{bare},{first},{without}"
        key = mac(salted, "Client Key")
        wanted = bytes(a ^ b for a, b in zip(key, mac(hashlib.new(algorithm, key).digest(), whole), strict=True))
        if base64.b64decode(proof) != wanted:
            self.say(f"<failure xmlns='{SASL}'><not-authorized/></failure>")
            return
        signature = mac(mac(salted, "Server Key" if not lie else "Nothing"), whole)
        final = base64.b64encode(b"v=" + base64.b64encode(signature)).decode()
        self.say(f"<success xmlns='{SASL}'>{final}</success>")

    async def bind(self, features: str = BIND + SM, resume: bool = True) -> None:
        await self.header(features)
        name = (await self.until(r'<iq[^>]*id="([^"]+)".*?</iq>'))[1]
        self.say(
            f"<iq type='result' id='{name}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{JID}/r1</jid></bind></iq>"
        )
        if SM in features:
            await self.until(r"<enable [^>]*/>")
            self.say(
                "<enabled xmlns='urn:xmpp:sm:3' id='sm1' resume='true'/>"
                if resume
                else "<enabled xmlns='urn:xmpp:sm:3'/>"
            )

    async def honest(self, features: str = BIND + SM) -> None:
        """Everything as it should be, up to a bound session."""
        if not self.secure:
            await self.starttls()
        await self.header(SCRAM)
        await self.scram()
        await self.bind(features)

    def answer(self, iq: str, roster: str = "") -> None:
        """A plausible result for a question of our client's set-up."""
        name = re.search(r'id="([^"]+)"', iq)
        asked = re.search(r'to="([^"]+)"', iq)
        if name is None:
            return
        payload = ""
        if "jabber:iq:roster" in iq:
            payload = f"<query xmlns='jabber:iq:roster'>{roster}</query>"
        elif "disco#info" in iq:
            features = ("urn:xmpp:mam:2", "urn:xmpp:sid:0", "urn:xmpp:carbons:2")
            payload = "<query xmlns='http://jabber.org/protocol/disco#info'>" + "".join(
                f"<feature var='{feature}'/>" for feature in features
            )
            payload += "</query>"
        elif "urn:xmpp:blocking" in iq:
            payload = "<blocklist xmlns='urn:xmpp:blocking'/>"
        sender = f"from='{asked[1]}'" if asked else ""
        self.say(f"<iq type='result' id='{name[1]}' {sender} to='{JID}/r1'>{payload}</iq>")

    async def settled(self, roster: str = "", features: str = BIND + SM) -> None:
        """Honest up to and with our client's initial presence and clock question: from here on it speaks when spoken to."""
        await self.honest(features)
        clock = False
        while not clock:
            found = await self.until(r"<iq .*?</iq>|<presence.*?</presence>|<r [^>]*/>")
            if found[0].startswith("<iq"):
                self.answer(found[0], roster)
                clock = "urn:xmpp:time" in found[0]

    async def rest(self, seconds: float = 0.3) -> str:
        """Whatever the client still says within the time, until it hangs up."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.read()
        except (TimeoutError, OSError):
            pass
        left, self.seen = self.seen, ""
        return left


Script = Callable[[Talk], Awaitable[None]]


class HostileServer:
    """Serves scripts, one a connection; the last one is repeated."""

    def __init__(self, context: ssl.SSLContext, *scripts: Script, direct: bool = False) -> None:
        self._context = context
        self._scripts = list(scripts)
        self._direct = direct
        self.talks: list[Talk] = []
        self.faults: list[BaseException] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> HostileServer:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._context if self._direct else None
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for talk in self.talks:
            talk.writer.transport.abort()
        await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        talk = Talk(reader, writer, self._context)
        self.talks.append(talk)
        script = self._scripts[min(len(self.talks), len(self._scripts)) - 1]
        try:
            await script(talk)
        except (OSError, ssl.SSLError, asyncio.CancelledError) as gone:
            self.faults.append(gone)
        finally:
            self._tasks.discard(task)

    @property
    def clear(self) -> str:
        """All that was sent to us without TLS."""
        return "".join(talk.clear for talk in self.talks)
