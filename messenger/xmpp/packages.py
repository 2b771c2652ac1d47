"""Sealed packages to a desk over XMPP (assets/schema, kind xmpp): one message there, one message back, matched by its id."""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable
from xml.etree.ElementTree import Element, SubElement

from messenger.domain.errors import EndpointRejected, EndpointUnreachable, NotConnected
from messenger.services.ports import PackageAnswer
from messenger.stream.address import prepared
from messenger.stream.facts import Fact, ParcelAnswer
from messenger.stream.ingress import Ingress
from messenger.stream.serial import CLIENT_NS
from messenger.stream.traffic import Traffic

PACKAGE = "{urn:robin:package:1}package"
PATIENCE = 45.0
"""Seconds to wait for a desk's answer. A later one is lost: the package is sent again and gets the same answer."""
_PASSING = frozenset({408, 425, 429})
# The own archive and other devices need not keep it (XEP-0334, XEP-0280).
_HINTS = ("{urn:xmpp:hints}no-permanent-store", "{urn:xmpp:hints}no-copy", "{urn:xmpp:carbons:2}private")

React = Callable[[Fact], Awaitable[None]]


class Packages:
    """The packages of one session that wait for their answer. Implements `ports.PackageCarrier`."""

    def __init__(self, traffic: Traffic, ingress: Ingress, patience: float = PATIENCE) -> None:
        self._traffic = traffic
        self._ingress = ingress
        self._patience = patience
        self._waiting: dict[str, asyncio.Future[ParcelAnswer]] = {}

    def before(self, react: React) -> React:
        """`react` for every fact but the answers to packages, which end here."""

        async def first(fact: Fact) -> None:
            if not isinstance(fact, ParcelAnswer):
                await react(fact)
                return
            future = self._waiting.get(fact.stanza_id)
            if future is not None and not future.done():
                future.set_result(fact)

        return first

    async def send(self, desk: str, report_id: str, digest: str, package: bytes) -> PackageAnswer:
        """See `ports.PackageCarrier`."""
        address = prepared(desk)
        if address is None or "@" not in address.bare or address.resource:
            raise EndpointRejected(0, "address")
        name = secrets.token_hex(16)
        self._waiting[name] = asyncio.get_running_loop().create_future()
        self._ingress.parcels[name] = address.bare
        try:
            self._traffic.put(_message(address.bare, name, report_id, digest, package))
            async with asyncio.timeout(self._patience):
                return _checked(await self._waiting[name])
        except NotConnected:
            raise EndpointUnreachable("line") from None
        except TimeoutError:
            raise EndpointUnreachable("timeout") from None
        finally:
            del self._waiting[name], self._ingress.parcels[name]


def _message(desk: str, name: str, report_id: str, digest: str, package: bytes) -> Element:
    message = Element(f"{{{CLIENT_NS}}}message", {"type": "normal", "to": desk, "id": name})
    held = SubElement(message, PACKAGE, {"id": report_id, "digest": digest})
    held.text = base64.b64encode(package).decode("ascii")
    for hint in _HINTS:
        SubElement(message, hint)
    return message


def _checked(answer: ParcelAnswer) -> PackageAnswer:
    if answer.receipt:
        return PackageAnswer(answer.receipt, answer.code)
    if answer.status == 0:
        # It bounced on the way, or somebody answered something else.
        raise EndpointUnreachable("bounced")
    if answer.status in _PASSING or answer.status >= 500:
        raise EndpointUnreachable(f"status {answer.status}")
    raise EndpointRejected(answer.status, answer.word)
