"""XEP-0191 blocking: the list, its changes and its pushes (the sender of a push was checked by the ingress)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import FeatureMissing, InvalidAddress
from messenger.stream.address import prepared
from messenger.stream.facts import BlockPush
from messenger.stream.ingress import BLOCKING
from messenger.stream.requests import Refused
from messenger.stream.traffic import Traffic


class Blocklist:
    """The blocked addresses of one account."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._jids: set[str] = set()

    @property
    def jids(self) -> tuple[str, ...]:
        """All of them, sorted."""
        return tuple(sorted(self._jids))

    async def load(self) -> bool:
        """Fetch the list; False when the server has none. Raises `NotConnected`."""
        try:
            answer = await self._traffic.request("get", Element(f"{{{BLOCKING}}}blocklist"))
        except Refused:
            return False
        items = answer.iterfind(f"{{{BLOCKING}}}blocklist/{{{BLOCKING}}}item")
        self._jids = {address.full for item in items if (address := prepared(item.get("jid"))) is not None}
        return True

    def pushed(self, push: BlockPush) -> None:
        """Our server says that the list changed."""
        self._jids.update(push.blocked)
        if push.all_unblocked:
            self._jids.clear()
        self._jids.difference_update(push.unblocked)

    async def change(self, jids: Sequence[str], block: bool) -> None:
        """Block or unblock. Raises `FeatureMissing`, `InvalidAddress` or `NotConnected`."""
        addresses = [prepared(jid) for jid in jids]
        if not addresses:
            return  # an empty unblock would unblock everybody
        change = Element(f"{{{BLOCKING}}}{'block' if block else 'unblock'}")
        for address in addresses:
            if address is None:
                raise InvalidAddress
            SubElement(change, f"{{{BLOCKING}}}item", {"jid": address.full})
        try:
            await self._traffic.request("set", change)
        except Refused:
            raise FeatureMissing from None
