"""XEP-0402 bookmarks: rooms that the own server remembers, kept private (XEP-0223) or not at all (S09, S10)."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from messenger.services.room_ports import Bookmark
from messenger.stream.address import prepared
from messenger.stream.requests import Refused
from messenger.stream.traffic import Traffic
from messenger.xmpp import forms

NODE = "urn:xmpp:bookmarks:1"
PUBSUB = "http://jabber.org/protocol/pubsub"
OPTIONS = f"{PUBSUB}#publish-options"
_OWNER = f"{PUBSUB}#owner"
_PRIVATE = {
    "pubsub#persist_items": "true",
    "pubsub#max_items": "max",
    "pubsub#send_last_published_item": "never",
    "pubsub#access_model": "whitelist",
}
_MOST = 500
_LONGEST = 500


async def load(traffic: Traffic) -> tuple[Bookmark, ...]:
    """The rooms; empty where there are none or the server has no such thing. Raises `NotConnected`."""
    query = Element(f"{{{PUBSUB}}}pubsub")
    SubElement(query, f"{{{PUBSUB}}}items", {"node": NODE})
    try:
        # Asked of the own account only, and only its answer counts (stream/requests.py).
        answer = await traffic.request("get", query)
    except Refused:
        return ()
    items = answer.iterfind(f"{{{PUBSUB}}}pubsub/{{{PUBSUB}}}items/{{{PUBSUB}}}item")
    found = [made for _number, item in zip(range(_MOST), items, strict=False) if (made := _read(item)) is not None]
    return tuple(found)


async def store(traffic: Traffic, features: frozenset[str], bookmark: Bookmark) -> bool:
    """Have a room remembered, readable for this account only. False where that cannot be made sure: then nothing is stored.

    Raises `NotConnected`.
    """
    if OPTIONS not in features:
        return False
    query = Element(f"{{{PUBSUB}}}pubsub")
    publish = SubElement(query, f"{{{PUBSUB}}}publish", {"node": NODE})
    item = SubElement(publish, f"{{{PUBSUB}}}item", {"id": bookmark.room})
    conference = SubElement(item, f"{{{NODE}}}conference", {"autojoin": "true" if bookmark.autojoin else "false"})
    if bookmark.name:
        conference.set("name", bookmark.name)
    if bookmark.nick:
        SubElement(conference, f"{{{NODE}}}nick").text = bookmark.nick
    options = SubElement(query, f"{{{PUBSUB}}}publish-options")
    options.append(forms.submit(OPTIONS, _PRIVATE))
    try:
        await traffic.request("set", query)
    except Refused:
        return False
    if await _is_private(traffic):
        return True
    await drop(traffic, bookmark.room)
    return False


async def drop(traffic: Traffic, room: str) -> None:
    """Have a room forgotten. Raises `NotConnected`."""
    query = Element(f"{{{PUBSUB}}}pubsub")
    retract = SubElement(query, f"{{{PUBSUB}}}retract", {"node": NODE, "notify": "true"})
    SubElement(retract, f"{{{PUBSUB}}}item", {"id": room})
    try:
        await traffic.request("set", query)
    except Refused:
        return


async def _is_private(traffic: Traffic) -> bool:
    """Whether the node as it stands can be read by this account only (S10)."""
    query = Element(f"{{{_OWNER}}}pubsub")
    SubElement(query, f"{{{_OWNER}}}configure", {"node": NODE})
    try:
        answer = await traffic.request("get", query)
    except Refused:
        return False
    form = answer.find(f"{{{_OWNER}}}pubsub/{{{_OWNER}}}configure/{{{forms.NS}}}x")
    found = forms.fields(form) if form is not None else ()
    return any(one.name == "pubsub#access_model" and one.values == ("whitelist",) for one in found)


def _read(item: Element) -> Bookmark | None:
    room = prepared(item.get("id"))
    conference = item.find(f"{{{NODE}}}conference")
    if room is None or room.resource or "@" not in room.bare or conference is None:
        return None
    return Bookmark(
        room.bare,
        conference.get("name", "")[:_LONGEST],
        (conference.findtext(f"{{{NODE}}}nick") or "")[:_LONGEST],
        conference.get("autojoin", "false") in ("true", "1"),
    )
