"""What one notification says, and the arguments of Notify for it. Pure.

Source: Desktop Notifications Specification 1.3, freedesktop.org (Notify, GetCapabilities, hints).
"""

from __future__ import annotations

import html
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from messenger.i18n import tr

NOTIFY = "susssasa{sv}i"
"""The D-Bus signature of Notify."""
SHOWN_MS = 6000
"""How long it stays when nothing takes it back; a desktop may use its own time instead."""
_DESKTOP_ENTRY = "org.robin_messenger.Robin"
_URGENCY_NORMAL = 1


@dataclass(frozen=True, slots=True)
class Bubble:
    """`chat` is the conversation that it opens, or 0. `name` is fit to show (`ui.plain.visible`), or "" to name nobody."""

    chat: int
    name: str
    words: str

    @property
    def title(self) -> str:
        """Its first line."""
        return self.name or tr("Robin")


def arguments(bubble: Bubble, replaces: int, icon: str, capabilities: Collection[str]) -> tuple[Any, ...]:
    """The arguments of Notify, in order. `replaces` is the id of the one that this one takes the place of, or 0.

    Titles are plain text by the specification; the body is markup where the service has `body-markup`. `transient`
    asks the desktop not to keep it in a list: others who use this computer could read there who wrote.
    """
    body = html.escape(bubble.words, quote=False) if "body-markup" in capabilities else bubble.words
    actions = ["default", tr("Open Robin")] if "actions" in capabilities else []
    hints = {
        "desktop-entry": ("s", _DESKTOP_ENTRY),
        "category": ("s", "im.received"),
        "urgency": ("y", _URGENCY_NORMAL),
        "transient": ("b", True),
    }
    return (tr("Robin"), replaces, icon, bubble.title, body, actions, hints, SHOWN_MS)
