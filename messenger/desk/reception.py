"""The one way in of the desk's XMPP account: says of every stanza what it is and who really sent it, or drops and counts it.

The desk takes three things: reports that servers forward (XEP-0377 as mod_report_forward documents it), packages that
reporters send, and the lines that a room's archive gives for a pending question (XEP-0313). A sender is what the servers
stamped. Subscriptions, chats, questions of strangers and all else go nowhere and get no answer.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from xml.etree.ElementTree import Element

from messenger.stream.address import Address, prepared
from messenger.stream.ingress import ARCHIVE, FORWARD, IQ, MESSAGE, sound_id

REPORTING = "urn:xmpp:reporting:1"
JID = "{urn:xmpp:jid:0}jid"
REF = "{urn:robin:ref:1}ref"
PACKAGE = "{urn:robin:package:1}package"
MAX_PACKAGE = 180 * 1024
"""Bytes of a package that comes by XMPP; more does not fit a stanza of ordinary servers."""
_REPORT = f"{{{REPORTING}}}report"
_RESULT = f"{{{ARCHIVE}}}result"
_FORWARDED = f"{{{FORWARD}}}forwarded"
# Where a server does not hand on elements that it does not know, the same stands in the text.
_REF_TEXT = re.compile(r"ref case ([2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}), sha-256:([A-Za-z0-9_-]{43})")
_CASE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
_DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


class Turned(StrEnum):
    """Why something that came over the line was dropped."""

    BAD_ADDRESS = "bad address"
    NOT_FOR_US = "not for us"
    PRESENCE = "presence"
    CHAT = "message that is none of the desk's"
    STRANGER_QUERY = "query of a stranger"
    FORGED_ARCHIVE = "archive result nobody asked for"
    FORGED_REPORT = "forwarded report from no server"
    BROKEN = "broken content"
    UNKNOWN_CASE = "report about no case of ours"
    OTHER_SERVER = "report from a server that is not the reporter's"
    NO_ORIGINAL = "report without its message"
    TOO_MUCH = "too much at once"
    OUR_FAULT = "handler failed"


class Turnings:
    """Counts what was dropped, by reason; nothing of a stanza's text is kept for it."""

    def __init__(self) -> None:
        self._counter: Counter[Turned] = Counter()

    def add(self, reason: Turned) -> None:
        """Count one."""
        self._counter[reason] += 1

    def __getitem__(self, reason: Turned) -> int:
        return self._counter[reason]

    def table(self) -> dict[str, int]:
        """Reason and number."""
        return {reason.value: number for reason, number in sorted(self._counter.items())}


@dataclass(frozen=True, slots=True)
class Forwarded:
    """A report that the server `domain` forwarded, about a case. `original` is the message that it took from its archive.

    `reported` is the bare address that was reported, or ''.
    """

    domain: str
    case_number: str
    digest: str
    reported: str
    original: Element | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A sealed package from a reporter's app. `id` is the message's own, for the answer."""

    sender: Address
    id: str
    report_id: str
    digest: str
    data: bytes


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A message of a room's archive that was asked for. `id` is the archive's."""

    query: str
    id: str
    message: Element


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """Our own server asks something."""

    sender: str
    id: str
    ping: bool


Fact = Forwarded | Parcel | RoomLine | OwnQuestion


class _Dropped(Exception):
    def __init__(self, reason: Turned) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Reception:
    """Checks the stanzas of the desk's account. `queries`: id of each pending question to a room -> the room's address."""

    def __init__(self, account: Address, turnings: Turnings) -> None:
        self.account = account
        self.own_full = ""
        self.queries: dict[str, str] = {}
        self._turnings = turnings

    def admit(self, stanza: Element) -> Fact | None:
        """The checked fact in a stanza, or None."""
        try:
            return self._admit(stanza)
        except _Dropped as dropped:
            self._turnings.add(dropped.reason)
            return None

    def _admit(self, stanza: Element) -> Fact:
        sender = prepared(stanza.get("from")) if stanza.get("from") is not None else self.account
        if sender is None:
            raise _Dropped(Turned.BAD_ADDRESS)
        to = prepared(stanza.get("to")) if stanza.get("to") is not None else self.account
        if to is None or (to != self.account and to.full != self.own_full):
            raise _Dropped(Turned.NOT_FOR_US)
        if stanza.tag == MESSAGE:
            return self._message(stanza, sender)
        if stanza.tag == IQ:
            return self._question(stanza, sender)
        raise _Dropped(Turned.PRESENCE)

    def _message(self, stanza: Element, sender: Address) -> Fact:
        if stanza.get("type", "normal") not in ("normal", "chat", "headline"):
            raise _Dropped(Turned.CHAT)
        found = [child for child in stanza if child.tag in (_RESULT, _REPORT, PACKAGE)]
        if not found:
            raise _Dropped(Turned.CHAT)
        if len(found) != 1:
            raise _Dropped(Turned.BROKEN)
        child = found[0]
        if child.tag == _RESULT:
            return self._room_line(child, sender)
        if child.tag == _REPORT:
            return self._forwarded(stanza, child, sender)
        return self._parcel(stanza, child, sender)

    def _room_line(self, result: Element, sender: Address) -> RoomLine:
        query = result.get("queryid", "")
        if self.queries.get(query) != sender.full:
            raise _Dropped(Turned.FORGED_ARCHIVE)
        message = _one_inside(result)
        if message is None:
            raise _Dropped(Turned.BROKEN)
        return RoomLine(query, sound_id(result.get("id")), message)

    def _forwarded(self, stanza: Element, report: Element, sender: Address) -> Forwarded:
        if "@" in sender.bare or sender.resource:
            raise _Dropped(Turned.FORGED_REPORT)
        case_number, digest = _reference(report)
        if not _CASE.fullmatch(case_number) or not _DIGEST.fullmatch(digest):
            raise _Dropped(Turned.UNKNOWN_CASE)
        # The documentation shows the address inside the report and the prose beside it: both are taken.
        jid = report.find(JID) if report.find(JID) is not None else stanza.find(JID)
        reported = prepared((jid.text or "").strip()) if jid is not None else None
        wrapped = stanza.find(_FORWARDED) is not None
        original = _one_inside(stanza)
        if wrapped and original is None:
            raise _Dropped(Turned.BROKEN)
        return Forwarded(sender.domain, case_number, digest, reported.bare if reported else "", original)

    def _parcel(self, stanza: Element, package: Element, sender: Address) -> Parcel:
        if "@" not in sender.bare:
            raise _Dropped(Turned.BROKEN)
        report_id, digest = package.get("id", ""), package.get("digest", "")
        text = "".join((package.text or "").split())
        if not _ID.fullmatch(report_id) or not _DIGEST.fullmatch(digest) or len(text) > MAX_PACKAGE * 4 // 3 + 4:
            raise _Dropped(Turned.BROKEN)
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            raise _Dropped(Turned.BROKEN) from None
        return Parcel(sender, sound_id(stanza.get("id")), report_id, digest, data)

    def _question(self, stanza: Element, sender: Address) -> OwnQuestion:
        name = sound_id(stanza.get("id"))
        own = sender == self.account or sender.full == self.account.domain
        if stanza.get("type") not in ("get", "set") or not name or not own:
            raise _Dropped(Turned.STRANGER_QUERY)
        ping = stanza.get("type") == "get" and stanza.find("{urn:xmpp:ping}ping") is not None
        return OwnQuestion(sender.full, name, ping)


def _reference(report: Element) -> tuple[str, str]:
    """Case number and digest that the reporter's app put into the report."""
    ref = report.find(REF)
    if ref is not None:
        return ref.get("case", ""), ref.get("digest", "")
    for text in report.iterfind(f"{{{REPORTING}}}text"):
        found = _REF_TEXT.search(text.text or "")
        if found:
            return found.group(1), found.group(2)
    return "", ""


def _one_inside(wrapper: Element) -> Element | None:
    """The one message that a wrapper holds: one level, never two (S02)."""
    inner = wrapper.findall(f"{_FORWARDED}/{MESSAGE}")
    if len(inner) != 1 or any(child.tag in (_RESULT, _FORWARDED) for child in inner[0]):
        return None
    return inner[0]
