"""Changes of old messages that were to go out and were not answered for: kept while other chats are in sight.

A new message that a question holds back is kept as the chat's draft. A change is no draft, so it is kept here, in memory, until
it goes, the person leaves it, or the window is closed; the message itself says what it said before.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Held:
    """The number of the message and what it is to say."""

    message: int
    text: str


class HeldChanges:
    """One at most for each chat."""

    def __init__(self) -> None:
        self._held: dict[int, Held] = {}

    def keep(self, conversation: int, message: int, text: str) -> None:
        """Keep a change; in the place of another one of that chat."""
        self._held[conversation] = Held(message, text)

    def rewrite(self, conversation: int, message: int | None, text: str) -> None:
        """The box says something else now: what is kept of this very change says it too, and nothing is kept of nothing."""
        held = self._held.get(conversation)
        if held is None or held.message != message:
            return
        if text:
            self._held[conversation] = Held(held.message, text)
        else:
            self.drop(conversation)

    def drop(self, conversation: int) -> None:
        """It went, or the person left it."""
        self._held.pop(conversation, None)

    def get(self, conversation: int) -> Held | None:
        """What is kept of a chat."""
        return self._held.get(conversation)
