"""A just-in-time notice: what in a message an own rule found. It speaks of the words, never of the person."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from messenger.domain.guardian import Standing


class Way(StrEnum):
    """Whether the message came in or is about to go out."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's finding. `start` and `end` are the matched characters of the message; `places` fill the notice's words."""

    rule: str
    start: int
    end: int
    places: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rule may know beside the words. Nothing of it leaves the computer, and nothing is a score of a person.

    `known`: in the contacts for 7 days or more with 20 messages each way, or marked as known by hand. `country`: two
    small letters. `code_asked`: the other side wrote of a code in the last lines. `harsh_words`: R20 was switched on.
    """

    way: Way
    known: bool = False
    country: str = ""
    code_asked: bool = False
    harsh_words: bool = False
    private_words: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class NoticeButton:
    """A thing to do. `id` is what the window does (see assets/notices), `label` is translated."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as the window shows it, in translated words with its places filled in.

    `matched` are the words of the message that the rule saw ('' where it looks at no words); `link` is the address of R15.
    `urgent` notices are told at once (R14), all others politely. `useful`: what the person said of it, or None.
    """

    id: int
    conversation: int
    rule: str
    text: str
    why: str
    matched: str = field(repr=False)
    buttons: tuple[NoticeButton, ...]
    at: str
    message: int | None = None
    link: str = field(default="", repr=False)
    urgent: bool = False
    state: str = "shown"
    useful: bool | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Something to think about before a message goes out. It never blocks: `send_anyway` is always there.

    `without` is the message with the matched words taken out, stripped; '' when nothing would be left.
    """

    conversation: int
    rule: str
    text: str
    why: str
    matched: str = field(repr=False)
    buttons: tuple[NoticeButton, ...]
    without: str = field(repr=False)
    can_rest: bool = True
    """Whether "do not ask for this person again" is offered (not for R6)."""
    id: int = 0
    """For `answer` and `useful`, as a notice's."""


@dataclass(frozen=True, slots=True)
class NoticeSeen:
    """A line of "Notices I have seen". `action` is a button's label or ''; `chat` the title of the conversation."""

    id: int
    conversation: int
    chat: str = field(repr=False)
    rule: str
    text: str
    at: str
    state: str
    action: str
    useful: bool | None


@dataclass(frozen=True, slots=True)
class FirstContact:
    """What is known of somebody who wrote for the first time: facts only, the unknown said as unknown.

    `resembles` is the address of a known person that this one looks like, or ''. `groups`: titles of rooms in common.
    `words` are the newest messages in order of time, plain text, links not live; `count` is how many came in all (at most 100).
    `asks`: they also asked to see presence. `maybe_blocked`: R19, a name or picture like that of someone blocked.
    `held`: a guardian has to say yes first, and `guardian` how that stands.
    `groups_known`: false where a group hides who is in it, or Robin is offline.
    """

    conversation: int
    account: str
    counterpart: str
    name: str = field(repr=False)
    server: str = field(repr=False)
    resembles: str = field(repr=False)
    groups: tuple[str, ...] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)
    count: int = 0
    asks: bool = False
    maybe_blocked: bool = False
    held: bool = False
    groups_known: bool = True
    guardian: Standing = Standing.FREE


@dataclass(frozen=True, slots=True)
class CardLine:
    """A line of a card in translated words, with who says so and where."""

    text: str
    source: str
    source_url: str
    seen_on: str


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """Help that belongs to a notice: `kind` is "meet" (R11) or "money" (R13)."""

    kind: str
    title: str
    lines: tuple[CardLine, ...]
