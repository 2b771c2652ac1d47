"""What the wizard's presenter asks of whatever draws it."""

from __future__ import annotations

from typing import Protocol

from messenger.domain.report import Draft, Preview, Shown
from messenger.ui.report.places import ChatChoice
from messenger.ui.report.state import CheckState, Numbers, PageState, Receiver


class WizardView(Protocol):
    """What draws the wizard."""

    def show_page(self, state: PageState) -> None:
        """Go to a page; the focus moves to its title."""

    def refresh_page(self, state: PageState) -> None:
        """The same page after an answer: cards, follow-ups and ticks may have changed; the focus stays."""

    def show_faults(self, state: PageState) -> None:
        """The same page with its error summary, which takes the focus."""

    def show_chats(self, chats: tuple[ChatChoice, ...]) -> None:
        """Ask which chat it is about."""

    def show_check(self, state: CheckState) -> None:
        """The check page."""

    def show_preview(self, preview: Preview | None, trouble: str) -> None:
        """Exactly what will be sent, or why it cannot be shown."""

    def show_numbers(self, numbers: Numbers) -> None:
        """The footer's line and the page of numbers."""

    def show_receiver(self, receiver: Receiver | None) -> None:
        """The permanent line about who receives, where there is one."""

    def show_trouble(self, words: str) -> None:
        """A sentence about saving, '' when all is well."""

    def send(self, draft: Draft, keep_copy: bool, may_keep: bool, shown: Shown) -> None:
        """Everything is kept: go to the sending page. `shown` is who the person was told of."""

    def leave(self) -> None:
        """Everything is kept: close."""
