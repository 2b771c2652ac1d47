"""The window's own words of notices, and how matched words of a message are shown: as plain text, short, kept apart."""

from __future__ import annotations

from messenger.i18n import tr
from messenger.ui.plain import isolate, visible

LONGEST_QUOTE = 80
"""Characters of the matched words that are shown."""
_NOT_A_QUESTION = frozenset(("R14", "R15", "R16", "R18", "R19"))


def quote(matched: str) -> str:
    """The matched words between quotation marks, on one line; '' for none."""
    words = visible(matched, LONGEST_QUOTE)
    return tr("“{words}”").format(words=isolate(words)) if words else ""


def sentence(text: str) -> str:
    """A notice's sentence fit to show: a name or an address in it may hold marks that would turn the words around."""
    return visible(text, 400)


def second_line(rule: str) -> str:
    """The small line under a notice."""
    if rule.partition(".")[0] in _NOT_A_QUESTION:
        return tr("Only you can see this note.")
    return tr("You do not have to answer. Only you can see this note.")


def looked_at(matched: str) -> str:
    """What Robin looked at, and that nothing left the computer."""
    if matched:
        return tr("Robin looked at the words only. Nothing was sent.")
    return tr("Robin looked at this chat only, and only here. Nothing was sent.")


def thanks(resting: bool) -> str:
    """After "Was this note useful?"."""
    if resting:
        return tr("Thank you. This kind of note now rests for 30 days.")
    return tr("Thank you. No one else can see that.")
