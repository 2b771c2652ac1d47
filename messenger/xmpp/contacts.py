"""RFC 6121 roster and subscriptions: the list that the server keeps, and asking and answering for presence."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.contact import RosterItem, Subscription
from messenger.domain.errors import FeatureMissing, InvalidAddress
from messenger.stream import roster
from messenger.stream.address import prepared
from messenger.stream.ingress import ROSTER, Ingress
from messenger.stream.requests import Refused
from messenger.stream.serial import CLIENT_NS
from messenger.stream.traffic import Traffic

_SEES_US = (Subscription.FROM, Subscription.BOTH)
_WE_SEE = (Subscription.TO, Subscription.BOTH)


class ContactList:
    """The roster of one account. Keeps the ingress told who is a contact."""

    def __init__(self, traffic: Traffic, ingress: Ingress) -> None:
        self._traffic = traffic
        self._ingress = ingress
        self._items: dict[str, RosterItem] = {}

    async def load(self) -> tuple[RosterItem, ...] | None:
        """Fetch the roster; None when the server refuses it: then it is as it was. Raises `NotConnected` or `ServerTimedOut`."""
        try:
            answer = await self._traffic.request("get", Element(f"{{{ROSTER}}}query"))
        except Refused:
            return None
        query = answer.find(f"{{{ROSTER}}}query")
        self._items = {item.jid: item for item in roster.items(query)} if query is not None else {}
        self._tell()
        return tuple(self._items.values())

    def pushed(self, items: Sequence[RosterItem]) -> None:
        """Our server changed it."""
        for item in items:
            if item.subscription is Subscription.REMOVE:
                self._items.pop(item.jid, None)
            else:
                self._items[item.jid] = item
        self._tell()

    def _tell(self) -> None:
        self._ingress.watchers = frozenset(i.jid for i in self._items.values() if i.subscription in _SEES_US)
        self._ingress.contacts = frozenset(
            i.jid for i in self._items.values() if i.subscription is not Subscription.NONE
        )

    def we_asked(self, jid: str) -> bool:
        """Whether this account itself asked for that person's presence, or sees it already."""
        item = self._items.get(jid)
        return item is not None and (item.pending or item.subscription in _WE_SEE)

    async def add(self, jid: str, name: str) -> None:
        """Put into the roster and ask for presence. Raises `InvalidAddress`, `FeatureMissing`, `NotConnected`."""
        address = await self._set(jid, name=name)
        self._presence(address, "subscribe")

    async def rename(self, jid: str, name: str) -> None:
        """Change the name, keep the groups."""
        await self._set(jid, name=name)

    async def remove(self, jid: str) -> None:
        """Take out of the roster; the server ends both subscriptions."""
        await self._set(jid, subscription="remove")

    def answer(self, jid: str, accept: bool) -> None:
        """Let somebody see our presence (and ask for theirs), or not."""
        address = prepared(jid)
        if address is None:
            raise InvalidAddress
        self._presence(address.bare, "subscribed" if accept else "unsubscribed")
        if accept and not self.we_asked(address.bare):
            self._presence(address.bare, "subscribe")

    async def _set(self, jid: str, **attributes: str) -> str:
        address = prepared(jid)
        if address is None:
            raise InvalidAddress
        query = Element(f"{{{ROSTER}}}query")
        item = SubElement(query, f"{{{ROSTER}}}item", {"jid": address.bare})
        known = self._items.get(address.bare)
        for name, value in attributes.items():
            if value:
                item.set(name, value)
        if known is not None and "subscription" not in attributes:
            for group in known.groups:
                SubElement(item, f"{{{ROSTER}}}group").text = group
        try:
            await self._traffic.request("set", query)
        except Refused:
            raise FeatureMissing from None
        return address.bare

    def _presence(self, to: str, kind: str) -> None:
        self._traffic.put(Element(f"{{{CLIENT_NS}}}presence", {"to": to, "type": kind}))

    def is_contact(self, jid: str) -> bool:
        """Whether there is a subscription in either direction."""
        return jid in self._ingress.contacts
