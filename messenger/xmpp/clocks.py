"""XEP-0202 entity time: how far the own server's clock is from ours."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from messenger.domain.errors import AccountError
from messenger.stream.requests import Refused
from messenger.stream.stamps import stamp
from messenger.stream.traffic import Traffic

_NS = "urn:xmpp:time"


async def offset_ms(traffic: Traffic, domain: str) -> int | None:
    """Server's clock minus ours in milliseconds, halving the way there and back; None when it does not say."""
    before = datetime.now(UTC)
    try:
        answer = await traffic.request("get", Element(f"{{{_NS}}}time"), domain)
    except (Refused, AccountError):
        return None
    after = datetime.now(UTC)
    said = stamp((answer.findtext(f"{{{_NS}}}time/{{{_NS}}}utc") or "").strip())
    if said is None:
        return None
    middle = before + (after - before) / 2
    return round((datetime.fromisoformat(said) - middle).total_seconds() * 1000)
