"""Compares a message that a server gave by itself with the lines that the reporter signed. Pure: XML and items in, a verdict out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element

from messenger.evidence.canonical import scalar_text
from messenger.evidence.media import media_free_text
from messenger.stream.address import prepared
from messenger.stream.ingress import SID
from messenger.stream.serial import CLIENT_NS

_BODY = f"{{{CLIENT_NS}}}body"
_OCCUPANT = "{urn:xmpp:occupant-id:0}occupant-id"
Item = Mapping[str, Any]


class Fit(StrEnum):
    """SAME: as signed. DIFFERS: another sender or other words under the same id. OTHER: none of the shown lines.

    MISSING: the archive has nothing under the line's id.
    """

    SAME = "same"
    DIFFERS = "differs"
    OTHER = "other"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`seq` is the line; 0 where the message is none of them."""

    seq: int
    fit: Fit


def shown(entries: Sequence[Item]) -> list[Item]:
    """The lines that are not withheld."""
    return [entry for entry in entries if "withheld" not in entry]


def compare_forwarded(original: Element, entries: Sequence[Item], reporter: str) -> Verdict:
    """What a forwarded original says of the lines. `reporter` is the bare address to which it was written.

    A line is the same when bare sender, id and words are; ids are looked up as the sender's and as the archive's.
    """
    sender, to = prepared(original.get("from")), prepared(original.get("to"))
    if sender is None or (to is not None and to.bare != reporter):
        return Verdict(0, Fit.OTHER)
    incoming = [item for item in shown(entries) if item["dir"] == "in"]
    ids = {original.get("id", "")} - {""}
    archived = {
        one.get("id", "")
        for one in original.iterfind(f"{{{SID}}}stanza-id")
        if (by := prepared(one.get("by"))) is not None and by.full == reporter
    }
    named = [item for item in incoming if item["id"] in ids or _archive_id(item, reporter) in archived - {""}]
    if not ids and not named:
        # A message without an id can only be known by its words.
        named = [item for item in incoming if not item["id"] and _same(item, sender.bare, original)]
    fitting = next((item for item in named if _same(item, sender.bare, original)), None)
    if fitting is not None:
        return Verdict(fitting["seq"], Fit.SAME)
    return Verdict(named[0]["seq"], Fit.DIFFERS) if named else Verdict(0, Fit.OTHER)


def room_ids(entries: Sequence[Item], room: str) -> dict[int, str]:
    """The lines that have an id of the room's archive: seq -> id."""
    return {item["seq"]: found for item in shown(entries) if (found := _archive_id(item, room))}


def compare_room_line(message: Element, item: Item, room: str, me: str) -> Fit:
    """SAME or DIFFERS: the room's own copy beside a line. `me` is the reporter's nick, for lines that they wrote."""
    sender = prepared(message.get("from"))
    if sender is None or sender.bare != room or not _same_words(item, message):
        return Fit.DIFFERS
    nick = (message.get("from") or "").partition("/")[2]
    if _nick(item, room, me) not in (nick, sender.resource):
        return Fit.DIFFERS
    occupant = message.find(_OCCUPANT)
    theirs = occupant.get("id", "") if occupant is not None else ""
    ours = (item["occupant"] or {}).get("occupant_id", "")
    return Fit.DIFFERS if theirs and ours and theirs != ours else Fit.SAME


def _nick(item: Item, room: str, me: str) -> str:
    if item["occupant"]:
        return str(item["occupant"]["nick"])
    bare, _slash, nick = str(item["from"]).partition("/")
    return nick if bare == room else me


def _archive_id(item: Item, by: str) -> str:
    found = item["stanza_id"]
    return str(found["id"]) if found and found["by"] == by else ""


def _same(item: Item, sender: str, message: Element) -> bool:
    written_by = prepared(item["from"])
    return written_by is not None and written_by.bare == sender and _same_words(item, message)


def _same_words(item: Item, message: Element) -> bool:
    """The words as evidence carries them: without pictures, and cut where they were too long."""
    text, _pieces = media_free_text(scalar_text(message.findtext(_BODY) or ""))
    if item["body_length"] is None:
        return bool(item["body"] == text)
    return len(text) == item["body_length"] and text.startswith(item["body"])
