"""Mutated stanzas through the whole way in, as a hostile server would send them (L23, F19). Used by CI and tests/long."""

from __future__ import annotations

import asyncio
import copy
import logging
import random
import re
import resource
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from xml.etree import ElementTree as ET

from messenger.domain.account import ConnectionState, Login
from messenger.domain.contact import Presence, RosterItem
from messenger.domain.errors import RobinError
from messenger.domain.message import ChatState, IncomingMessage, Marker
from messenger.stream.feed import Piece, StanzaFeed, StreamRefused
from messenger.stream.serial import serialise
from messenger.xmpp.session import Session

ME = "kim@robin.test"
FULL = f"{ME}/r1"
SAM = "sam@robin.test"
HEAD = "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"

_INNER = f"<message from='{SAM}/x' to='{ME}' type='chat' id='a'><body>hi</body></message>"
_FORWARD = f"<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>{_INNER}</forwarded>"
SEEDS = [
    f"<message from='{SAM}/x' to='{FULL}' type='chat' id='a'><body>hi</body><request xmlns='urn:xmpp:receipts'/></message>",
    f"<message from='{ME}' to='{FULL}'><received xmlns='urn:xmpp:carbons:2'>{_FORWARD}</received></message>",
    f"<message from='{ME}' to='{FULL}'><sent xmlns='urn:xmpp:carbons:2'>{_FORWARD}</sent></message>",
    f"<message to='{FULL}'><result xmlns='urn:xmpp:mam:2' queryid='q1' id='r'>{_FORWARD}</result></message>",
    f"<message from='{SAM}' id='c'><replace xmlns='urn:xmpp:message-correct:0' id='a'/><body>x</body></message>",
    f"<message from='{SAM}' id='d'><retract xmlns='urn:xmpp:message-retract:1' id='a'/></message>",
    f"<message from='{SAM}' id='e'><displayed xmlns='urn:xmpp:chat-markers:0' id='a'/>"
    "<active xmlns='http://jabber.org/protocol/chatstates'/></message>",
    f"<message from='{SAM}' id='f'><body>&gt; a\nb</body><reply xmlns='urn:xmpp:reply:0' id='a' to='{ME}'/>"
    "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='4'/></fallback></message>",
    f"<message from='{SAM}' id='g'><x xmlns='jabber:x:oob'><url>https://a.example/b.png</url></x>"
    "<file-sharing xmlns='urn:xmpp:sfs:0'><file xmlns='urn:xmpp:file:metadata:0'><name>n</name><size>5</size></file>"
    "</file-sharing></message>",
    f"<message from='{SAM}' id='h'><stanza-id xmlns='urn:xmpp:sid:0' by='{ME}' id='s'/><origin-id xmlns='urn:xmpp:sid:0' "
    f"id='o'/><delay xmlns='urn:xmpp:delay' from='robin.test' stamp='2026-01-01T00:00:00Z'/><body>x</body></message>",
    f"<message from='{SAM}' type='error' id='i'><error type='cancel'>"
    "<gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>",
    f"<message from='{SAM}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:avatar:metadata'>"
    f"<item id='{'a' * 40}'><metadata xmlns='urn:xmpp:avatar:metadata'><info id='{'a' * 40}' bytes='9' type='image/png'/>"
    "</metadata></item></items></event></message>",
    f"<presence from='{SAM}/x'><show>away</show><status>out</status><x xmlns='vcard-temp:x:update'>"
    f"<photo>{'b' * 40}</photo></x></presence>",
    "<presence from='eve@attacker.example' type='subscribe'/>",
    f"<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='{SAM}' subscription='both'><group>g</group></item></query></iq>",
    f"<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='{SAM}'/></block></iq>",
    f"<iq from='{SAM}/x' to='{FULL}' type='get' id='v'><query xmlns='http://jabber.org/protocol/disco#info'/></iq>",
    f"<iq from='robin.test' to='{FULL}' type='result' id='z'/>",
]
_TREATS = [
    "", "'", "\"", "<", ">", "&", "&amp;", "\u202e", "\ufdd0", "\x00", "\U0001f600", "@", "/", "@@", "-1", "4294967296", "NaN", "9" * 400,
    "x" * 2000, "кim@robin.test", "eve@attacker.example", ME, FULL, "robin.test", "<a>" * 70 + "</a>" * 70, "xmlns=''", "]]>", "<!--",
    "<?x?>",     "0000-00-00T00:00:00Z", "id='a'", "type='error'", "\r\n\t", "%s%n",
    "<body>", "</message>", "<stream:stream>", "\u0130", "ß", "xn--",
]  # fmt: skip


@dataclass
class Findings:
    """What came of a run."""

    stanzas: int = 0
    refused: int = 0
    stored: int = 0
    said: int = 0
    escaped: Counter[str] = field(default_factory=Counter)
    answers: list[str] = field(default_factory=list)
    drops: dict[str, int] = field(default_factory=dict)
    growth_kib: int = 0


class _Quiet:
    """A listener that counts."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings

    def state_changed(self, account: str, state: ConnectionState, reason: RobinError | None, retry_in: int) -> None:
        pass

    async def messages(self, batch: Sequence[IncomingMessage]) -> None:
        self._findings.stored += len(batch)

    async def ready(self, account: str, resumed: bool) -> None: ...
    async def acknowledged(self, account: str, origin_id: str) -> None: ...
    async def rejected(self, account: str, origin_id: str) -> None: ...
    async def marked(self, account: str, counterpart: str, marker: Marker, stanza_id: str, by_me: bool) -> None: ...
    async def chat_state(self, account: str, counterpart: str, state: ChatState) -> None: ...
    async def presence(self, account: str, presence: Presence) -> None: ...
    async def roster(self, account: str, items: Sequence[RosterItem], whole: bool) -> None: ...
    async def subscription_requested(self, account: str, jid: str, text: str) -> None: ...
    async def blocklist(self, account: str, jids: Sequence[str]) -> None: ...
    async def avatar(self, account: str, jid: str, image: bytes) -> None: ...

    async def nudged(self, account: str, desk: str) -> None: ...

    async def confirm_refused(self, account: str, sender: str) -> None: ...


class _Watched(logging.Handler):
    """Notices that a door caught something: in a fuzz that is a finding too."""

    def __init__(self, findings: Findings) -> None:
        super().__init__()
        self._findings = findings

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self._findings.escaped[record.getMessage()] += 1


def mutate(seed: str, chance: random.Random) -> str:
    """A stanza with one to four wounds."""
    text = seed
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0:
                text = text[:at] + chance.choice(_TREATS) + text[at:]
            case 1:
                text = text[:at] + text[at + chance.randint(1, 12) :]
            case 2:
                other = chance.choice(SEEDS)
                start = chance.randrange(len(other))
                text = text[:at] + other[start : start + chance.randint(1, 80)] + text[at:]
            case 3:
                inside = text.find("'", at)
                end = text.find("'", inside + 1)
                if 0 <= inside < end:
                    text = text[: inside + 1] + chance.choice(_TREATS).replace("'", "") + text[end:]
            case _:
                text = text.replace(
                    chance.choice(["message", "body", "id", "from", ME, SAM]), chance.choice(_TREATS), 1
                )
    return text


def graft(seed: str, chance: random.Random) -> str:
    """A well-formed stanza with one to four wounds in its tree."""
    root = ET.fromstring(HEAD + seed + "</stream:stream>")[0]
    for _ in range(chance.randint(1, 4)):
        nodes = list(root.iter())
        node = chance.choice(nodes)
        treat = "".join(ch for ch in chance.choice(_TREATS) if ch.isprintable() or ch in "\r\n\t")
        treat = treat.replace("\ufdd0", "")
        match chance.randrange(6):
            case 0:
                node.set(chance.choice(["id", "from", "to", "type", "by", "stamp", "jid", "node", "queryid"]), treat)
            case 1 if node.attrib:
                del node.attrib[chance.choice(list(node.attrib))]
            case 2:
                node.text = treat
            case 3:
                other = ET.fromstring(HEAD + chance.choice(SEEDS) + "</stream:stream>")[0]
                node.append(chance.choice(list(other.iter())))
            case 4 if len(node):
                node.append(copy.deepcopy(node[chance.randrange(len(node))]))
            case _ if len(node):
                node.remove(node[chance.randrange(len(node))])
            case _:
                pass
    return serialise(root, "jabber:client")


class _Line:
    """A line that is up and keeps what is said on it, apart from what contacts and the own server may be told."""

    up = True

    def __init__(self, findings: Findings, session: Session) -> None:
        self._findings = findings
        self._session = session

    def write(self, text: str) -> None:
        to = re.search(r' to="([^"]*)"', text)
        known = {SAM, ME, "robin.test", *self._session._ingress.contacts}
        address = unescape(to[1]) if to else ""
        allowed = to is None or address.partition("/")[0] in known or self._session._contacts.we_asked(address)
        if text.startswith(("<message", "<presence", "<iq")) and not allowed:
            self._findings.answers.append(text)
        self._findings.said += 1

    def pause(self, paused: bool) -> None:
        pass


async def fuzz(number: int, seed: int) -> Findings:
    """Send `number` mutated stanzas through a session without a network."""
    findings = Findings()
    watched = _Watched(findings)
    logging.getLogger("messenger").addHandler(watched)
    session = Session(Login(ME, "secret"), _Quiet(findings))
    session._ingress.own_full = FULL
    session._ingress.queries.add("q1")
    session._ingress.ids_announced = session._ingress.delays_trusted = True
    session._contacts.pushed([])
    session._ingress.contacts = session._ingress.watchers = frozenset({SAM})
    session._traffic._line = _Line(findings, session)  # type: ignore[assignment]
    dealing = asyncio.get_running_loop().create_task(session._inbox.run())
    chance = random.Random(seed)
    before = 0
    for index in range(number):
        if index == number // 10:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        feed = StanzaFeed()
        wounded = (mutate if index % 3 == 0 else graft)(chance.choice(SEEDS), chance)
        data = (HEAD + wounded).encode(errors="replace")
        try:
            for piece, element in feed.feed(data):
                if piece is Piece.STANZA:
                    findings.stanzas += 1
                    session._traffic._take(element, "2026-11-24T10:00:00.000Z")
        except StreamRefused:
            findings.refused += 1
        except Exception as error:  # the finding itself
            findings.escaped[type(error).__name__] += 1
        if index % 50 == 0:
            await session._inbox.settled()
    await session._inbox.settled()
    findings.growth_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    findings.drops = session.drops()
    dealing.cancel()
    await asyncio.gather(dealing, return_exceptions=True)
    await session._jobs.end()
    logging.getLogger("messenger").removeHandler(watched)
    return findings
