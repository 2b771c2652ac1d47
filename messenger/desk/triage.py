"""Which report comes first: urgency, then the time by which the reporter was promised an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from messenger.desk.moments import DAY, HOUR, MINUTE
from messenger.evidence import transcript
from messenger.i18n import tr

TIERS = ("now", "today", "soon", "log")
ICONS = {"now": "siren", "today": "clock-3", "soon": "calendar", "log": "archive"}
# How soon the reporter hears from a person, in seconds after the report came in.
ANSWER_WITHIN = {"now": 15 * MINUTE, "today": 2 * HOUR, "soon": 3 * DAY, "log": 7 * DAY}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report stands in the queue."""

    tier: str
    answer_by: float
    received: float

    def order(self) -> tuple[int, float, float]:
        return (TIERS.index(self.tier), self.answer_by, self.received)


def answer_by(tier: str, received: float) -> float:
    """When the reporter hears from us at the latest (Unix seconds). Raises `KeyError` for an unknown tier."""
    return received + ANSWER_WITHIN[tier]


def most_urgent(tiers: Iterable[str]) -> str:
    """The most urgent of some tiers; "log" of none."""
    return min(tiers, key=TIERS.index, default="log")


def tier_words(tier: str) -> str:
    """The urgency as a word."""
    return {"now": tr("Now"), "today": tr("Today"), "soon": tr("Soon"), "log": tr("Log")}[tier]


def category_words(category: str) -> str:
    """What happened, in the words of the desk."""
    table = {
        "grooming": tr("Too friendly, wants secrets"),
        "sexual": tr("Private pictures or talk"),
        "blackmail": tr("Threat to share or to tell"),
        "meeting": tr("Wants to meet, or knows the home"),
        "threat": tr("Says they will hurt somebody"),
        "bullying": tr("Mean again and again"),
        "self_harm": tr("Talk about hurting oneself"),
        "deception": tr("A trick, or acts as somebody else"),
        "unsure": tr("Not sure what it is"),
    }
    return table.get(category, category)


_STATUS_ICONS = {
    "received": "mail", "triaged": "list-checks", "assigned": "user-check", "need_info": "circle-question-mark",
    "with_police": "shield-check", "advice_given": "reply", "closed": "archive", "withdrawn": "undo-2",
}  # fmt: skip
STATUSES = ("triaged", "assigned", "need_info", "with_police", "advice_given", "closed")
"""What an officer can choose; the rest comes by itself."""


def status_words(status: str) -> str:
    """A status of a case as words."""
    table = {
        "received": tr("Received"),
        "triaged": tr("Looked at"),
        "assigned": tr("With an officer"),
        "need_info": tr("We asked something"),
        "with_police": tr("With the police"),
        "advice_given": tr("Advice given"),
        "closed": tr("Closed"),
        "withdrawn": tr("Taken back"),
    }
    return table.get(status, status)


def status_icon(status: str) -> str:
    """The icon that goes with a status."""
    return _STATUS_ICONS.get(status, "flag")


_FACTOR_ICONS = (
    (("secret", "tell no"), "lock"),
    (("school", "address", "lives", "where", "home"), "map-pin"),
    (("still", "again", "weeks", "going on"), "refresh-cw"),
    (("meet",), "calendar"),
    (("money", "gift", "coin", "pay"), "coins"),
    (("picture", "photo", "video"), "image-off"),
    (("hurt", "scared", "danger", "threat", "weapon", "very bad"), "circle-alert"),
    (("years", " old", "under 13", "adult", "13", "age"), "user"),
)


def factor_icon(factor: str) -> str:
    """An icon for one of the reasons why a report is urgent."""
    small = factor.casefold()
    return next((icon for words, icon in _FACTOR_ICONS if any(word in small for word in words)), "flag")


def age_words(band: str) -> str:
    """The age band as words."""
    return transcript.age_words().get(band, tr("age not known"))


def role_words(role: str) -> str:
    """Whom the report is about, as words."""
    table = {
        "self": tr("about themselves"),
        "parent": tr("about their child"),
        "friend": tr("about a friend"),
        "professional": tr("at work, about a young person"),
        "other": tr("about somebody else"),
    }
    return table.get(role, role)
