"""XEP-0191 blocking: the list, its changes and its pushes (the sender of a push was checked by the ingress).

And XEP-0377 (0.4.1): reports for the own server inside a block, one item for each message.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import FeatureMissing, InvalidAddress
from messenger.services.ports import ServerReport
from messenger.stream.address import prepared
from messenger.stream.facts import BlockPush
from messenger.stream.ingress import BLOCKING, SID
from messenger.stream.requests import Refused
from messenger.stream.traffic import Traffic

REPORTING = "urn:xmpp:reporting:1"
REF = "urn:robin:ref:1"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_REASONS = {"abuse": "urn:xmpp:reporting:abuse", "spam": "urn:xmpp:reporting:spam"}


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
        await self._set(change)

    async def block_and_report(self, own: str, jid: str, reports: Sequence[ServerReport]) -> None:
        """Block with what the own server is to know. Raises `FeatureMissing`, `InvalidAddress` or `NotConnected`."""
        address = prepared(jid)
        if address is None:
            raise InvalidAddress
        change = Element(f"{{{BLOCKING}}}block")
        for report in reports:
            item = SubElement(change, f"{{{BLOCKING}}}item", {"jid": address.full})
            item.append(_report(report, own, address.full))
        if reports:
            await self._set(change)
        else:
            await self.change((jid,), block=True)

    async def _set(self, change: Element) -> None:
        try:
            await self._traffic.request("set", change)
        except Refused:
            raise FeatureMissing from None


def _report(report: ServerReport, own: str, reported: str) -> Element:
    """XEP-0377's element. A server finds the original by either `by` (measured: the XEP-0359 form and the XEP-0377 one).

    `report-origin` is never put in: it would tell the reported party's server.
    """
    made = Element(f"{{{REPORTING}}}report", {"reason": _REASONS[report.reason]})
    if report.archive_id:
        for by in (own, reported):
            SubElement(made, f"{{{SID}}}stanza-id", {"by": by, "id": report.archive_id})
    SubElement(made, f"{{{REPORTING}}}text", {_LANG: "en"}).text = report.text
    SubElement(made, f"{{{REF}}}ref", {"case": report.case_number, "digest": report.digest})
    if report.third_party:
        SubElement(made, f"{{{REPORTING}}}third-party")
    return made
