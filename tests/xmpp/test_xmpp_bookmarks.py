"""Bookmarks of rooms (XEP-0402): private or not at all (S10), and only what the own server says (S09)."""

from __future__ import annotations

import asyncio
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from messenger.services.room_ports import Bookmark
from messenger.stream.address import prepared
from messenger.stream.counts import Counts, Drop
from messenger.stream.ingress import Ingress
from messenger.stream.requests import Refused
from messenger.xmpp import bookmarks

MARK = Bookmark("club@rooms.robin.test", "Club", "kim", True)
FEATURES = frozenset({bookmarks.OPTIONS})


class Server:
    """Answers as a server with this access model; keeps what it was asked."""

    def __init__(self, access: str = "whitelist", refuse: bool = False) -> None:
        self.access, self.refuse = access, refuse
        self.asked: list[Element] = []

    async def request(self, kind: str, payload: Element, to: str = "", seconds: float = 30.0) -> Element:
        self.asked.append(payload)
        assert to == ""  # of the own account only
        if self.refuse:
            raise Refused("feature-not-implemented")
        field = f"<field var='pubsub#access_model'><value>{self.access}</value></field>"
        form = f"<configure node='x'><x xmlns='jabber:x:data'>{field}</x></configure>"
        pubsub = f"<pubsub xmlns='http://jabber.org/protocol/pubsub#owner'>{form}</pubsub>"
        return ElementTree.fromstring(f"<iq xmlns='jabber:client'>{pubsub}</iq>")

    def deeds(self) -> list[str]:
        return [child.tag.rpartition("}")[2] for payload in self.asked for child in payload[:1]]


def store(server: Server, features: frozenset[str] = FEATURES) -> bool:
    return asyncio.run(bookmarks.store(server, features, MARK))  # type: ignore[arg-type]


def test_s10_without_publish_options_nothing_is_stored() -> None:
    server = Server()
    assert not store(server, frozenset())
    assert server.asked == []


def test_s10_a_node_that_others_can_read_is_emptied_again() -> None:
    for access in ("open", "presence", "roster", ""):
        server = Server(access)
        assert not store(server)
        assert server.deeds() == ["publish", "configure", "retract"]


def test_s10_a_private_node_is_kept_and_asked_for_as_one() -> None:
    server = Server()
    assert store(server)
    assert server.deeds() == ["publish", "configure"]
    text = ElementTree.tostring(server.asked[0], encoding="unicode")
    assert "whitelist" in text
    assert "#publish-options" in text


def test_a_server_that_refuses_remembers_nothing() -> None:
    assert not store(Server(refuse=True))
    assert asyncio.run(bookmarks.load(Server(refuse=True))) == ()  # type: ignore[arg-type]


def test_what_is_no_room_is_left_out() -> None:
    def read(xml: str) -> Bookmark | None:
        return bookmarks._read(ElementTree.fromstring(xml))

    conference = "<conference xmlns='urn:xmpp:bookmarks:1' name='Club' autojoin='1'><nick>kim</nick></conference>"
    assert read(f"<item id='club@rooms.robin.test'>{conference}</item>") == MARK
    assert read(f"<item id='rooms.robin.test'>{conference}</item>") is None
    assert read(f"<item id='club@rooms.robin.test/x'>{conference}</item>") is None
    assert read("<item id='club@rooms.robin.test'/>") is None
    assert read(f"<item>{conference}</item>") is None


def test_s09_an_event_of_a_stranger_is_dropped() -> None:
    account = prepared("kim@robin.test")
    assert account is not None
    counts = Counts()
    way_in = Ingress(account, counts)
    items = f"<items node='{bookmarks.NODE}'><item id='trap@evil.example'><x xmlns='y'/></item></items>"
    event = f"<event xmlns='http://jabber.org/protocol/pubsub#event'>{items}</event>"
    for sender in ("eve@evil.example", "club@rooms.robin.test/bob", "club@rooms.robin.test"):
        xml = f"<message xmlns='jabber:client' from='{sender}' to='kim@robin.test'>{event}</message>"
        assert way_in.admit(ElementTree.fromstring(xml), "2026-11-24T10:00:00.000Z") is None
    assert counts[Drop.FORGED_EVENT] == 3
