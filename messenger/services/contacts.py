"""Contacts: the roster as kept here, and requests of people who are not in it."""

from __future__ import annotations

from messenger.domain.contact import Contact, ContactRequest


class ContactsService:
    """People. Addresses are bare. Nothing at all is sent to a stranger until the person accepts."""

    async def contacts(self, account: str) -> tuple[Contact, ...]:
        """The people in the roster, in order of name."""
        raise NotImplementedError

    async def contact(self, account: str, jid: str) -> Contact:
        """One person, in the roster or not. Raises `InvalidAddress`."""
        raise NotImplementedError

    async def add(self, account: str, jid: str, name: str = "") -> None:
        """Add to the roster and ask for presence. Raises `InvalidAddress` or `NotConnected`."""
        raise NotImplementedError

    async def remove(self, account: str, jid: str) -> None:
        """Take out of the roster. The chat stays. Raises `NotConnected`."""
        raise NotImplementedError

    async def rename(self, account: str, jid: str, name: str) -> None:
        """Change the name shown for a contact. Raises `NotConnected`."""
        raise NotImplementedError

    async def requests(self, account: str) -> tuple[ContactRequest, ...]:
        """Subscription requests, and first messages of people who are not in the roster; newest first."""
        raise NotImplementedError

    async def accept(self, account: str, jid: str) -> int:
        """Accept a request; returns the conversation's id."""
        raise NotImplementedError

    async def decline(self, account: str, jid: str) -> None:
        """Put a request away quietly: for a first message nothing is sent."""
        raise NotImplementedError
