"""Safety: the tip of the day and the country's numbers."""

from __future__ import annotations

from messenger.domain.jurisdiction import CountryCard, HelpLine
from messenger.domain.tip import Tip


class SafetyService:
    """Tips and help cards, with what the person pinned and found useful kept in the store. Works offline."""

    async def tip(self) -> Tip:
        """Today's tip."""
        raise NotImplementedError

    async def next_tip(self) -> Tip:
        """Go one tip on."""
        raise NotImplementedError

    async def previous_tip(self) -> Tip:
        """Go one tip back."""
        raise NotImplementedError

    async def pin(self, tip_id: str, pinned: bool) -> Tip:
        """Keep a tip, or let it go."""
        raise NotImplementedError

    async def useful(self, tip_id: str, yes: bool | None) -> Tip:
        """Say whether a tip was useful; None takes the answer back. Stays on this computer."""
        raise NotImplementedError

    async def countries(self) -> tuple[tuple[str, str], ...]:
        """(code, name) of every card, in the order of the data."""
        raise NotImplementedError

    async def card(self, code: str | None = None) -> CountryCard:
        """A country's numbers; None means the chosen country."""
        raise NotImplementedError

    async def talk_line(self, code: str | None = None, band: str = "") -> HelpLine:
        """The one line of "Talk to someone" for this country and band."""
        raise NotImplementedError
