"""Young-person mode: a guardian's yes, the rules that hold meanwhile, and which settings may become stricter only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

STRICTER: Mapping[str, tuple[str, ...]] = {
    "who_can_write": ("accepted", "nobody_new"),
    "links_from_new": ("ask", "off"),
    "read_receipts": ("on", "contacts", "off"),
    "harsh_words": ("no", "yes"),
}
"""Settings that are held, with their values from the loosest to the strictest."""


def looser(key: str, before: str, after: str) -> bool:
    """Whether this change of a setting makes it less strict."""
    order = STRICTER.get(key, ())
    return before in order and after in order and order.index(after) < order.index(before)


class Standing(StrEnum):
    """How it stands with a guardian's yes for one address."""

    FREE = "free"
    """Nothing is held."""
    HELD = "held"
    ASKED = "asked"
    """Held, and the young person asked for a yes."""
    REFUSED = "refused"
    """Held, and the guardian said no."""


@dataclass(frozen=True, slots=True)
class GuardianRules:
    """What a guardian may choose. That new people need a yes always holds while the mode is on.

    `groups`: joining a group needs a yes too. `settings`: the settings of `STRICTER` may become stricter only.
    """

    groups: bool = True
    settings: bool = True


@dataclass(frozen=True, slots=True)
class GuardianState:
    """`waiting`: how many people and groups wait for a yes. `told`: the young person has seen that it began."""

    on: bool = False
    rules: GuardianRules = field(default_factory=GuardianRules)
    waiting: int = 0
    told: bool = True


@dataclass(frozen=True, slots=True)
class GuardianPerson:
    """All that a guardian sees of somebody: address and name. Nothing of what was said, when, or how often."""

    account: str
    jid: str = field(repr=False)
    name: str = field(repr=False)
    group: bool = False
    standing: Standing = Standing.HELD
