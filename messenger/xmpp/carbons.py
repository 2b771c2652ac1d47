"""XEP-0280 carbons: ask the server for copies of what the other devices send and get."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from messenger.stream.ingress import CARBONS
from messenger.stream.requests import Refused
from messenger.stream.traffic import Traffic


async def enable(traffic: Traffic) -> bool:
    """Whether the server will send them. Raises `NotConnected`."""
    try:
        await traffic.request("set", Element(f"{{{CARBONS}}}enable"))
    except Refused:
        return False
    return True
